// The board's own behaviour, beside that of its taps (outbox.js, waiting.js) and its sheet (sheet.js): what a rule said
// of the last tap, waking up, and the way back. Every form works without it; see templates/coach/board.html.
(() => {
  "use strict";
  const live = () => document.getElementById("live");

  // What a rule said of this screen's last tap stands in the bar until its next one, also when a poll draws the bar anew.
  let refused = "";
  function keepRefused() {
    const last = document.querySelector(".bar .last:not([data-refused], :has(.refused))");
    if (!refused || !last) return;
    const said = document.createElement("b");
    said.className = "refused";
    said.textContent = refused;
    last.prepend(said, " ");
  }
  document.addEventListener("outbox:kept", () => (refused = ""));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.tap) {
      refused = document.querySelector(".bar .last[data-refused]")?.textContent ?? "";
      announce(refused || (document.querySelector("#sheet:popover-open .lead p")?.textContent ?? ""));
    }
    keepRefused();
  });
  function announce(words) {
    const status = document.getElementById("status");
    if (words && status.textContent !== words) status.textContent = words;
  }

  // A tablet that wakes up asks at once.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live(), "wake");
  });
  addEventListener("online", () => htmx.trigger(live(), "wake"));

  // Who comes back from a member's sheet finds the board where it was left.
  const roster = document.getElementById("roster");
  addEventListener("pagehide", () => {
    sessionStorage.setItem(tap.place(location.pathname), JSON.stringify(sheetPlace()));
  });
  const below = document.referrer.startsWith(location.origin + location.pathname);
  const again = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const left = JSON.parse(sessionStorage.getItem(tap.place(location.pathname)));
  if (left && (below || again) && !location.hash) {
    scrollTo(0, left.page);
    roster.scrollTop = left.roster;
    document.getElementById(left.row)?.querySelector(".who").focus({ preventScroll: true });
  }

  // How long ago something was, as time goes on: rows are not drawn anew for it. See programming/crossings.py.
  const MINUTE = 60_000;
  function words({ since, just, minute, minutes, later }) {
    const passed = Math.floor((clock.now() - Number(since)) / MINUTE);
    if (passed < 1) return just;
    if (passed === 1) return minute;
    return passed < 60 ? minutes.replace("{}", String(passed)) : later;
  }
  function tell() {
    if (Number.isNaN(clock.now())) return;
    for (const each of document.querySelectorAll("time[data-since]")) {
      const said = words(each.dataset);
      if (each.textContent !== said) each.textContent = said;
    }
  }
  setInterval(tell, 5000);
  document.addEventListener("htmx:after:swap", tell);
})();
