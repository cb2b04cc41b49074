// The stations page's own behaviour. Its taps are kept by outbox.js. Every form works without it; see
// templates/coach/stations.html.
(() => {
  "use strict";
  const live = () => document.getElementById("live");

  let station = "";
  document.addEventListener("outbox:kept", ({ detail: { form } }) => (station = form?.closest("section")?.id ?? ""));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (!ctx.tap) return;
    document.getElementById("status").textContent = document.querySelector("#stations > .refusal")?.textContent ?? "";
    // Whoever was sent stands elsewhere by now; focus stays at the station.
    if (document.activeElement !== document.body) return;
    const place = document.getElementById(station) ?? document.getElementById("stations");
    place.querySelector("button, a")?.focus({ preventScroll: true });
  });

  // What waits on the tablet is not drawn here, and the last tap that is named is not the newest then: it says so, and
  // nothing older is undone in its place.
  const ofClass = document.getElementById("to-board").getAttribute("href");
  function tellWaiting() {
    const waits = outbox.mine().filter(({ address }) => address.startsWith(ofClass));
    const [last, words] = ["last", "waits"].map((name) => document.querySelector(`#stations .bar .${name}`));
    words.hidden = !waits.some(inWords.isLate);
    last.hidden = !words.hidden;
    document.querySelector("#undo-here button")?.toggleAttribute("disabled", waits.length > 0);
  }
  document.addEventListener("outbox:change", tellWaiting);
  document.addEventListener("htmx:after:swap", tellWaiting);
  tellWaiting();

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live(), "wake");
  });
  addEventListener("online", () => htmx.trigger(live(), "wake"));
})();
