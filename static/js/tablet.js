// The lock screen: a pad of big digits, and the taps that were not sent, without a name.
(() => {
  "use strict";
  const pin = document.querySelector("#unlock input[name=pin]");
  const pad = document.getElementById("pad");

  if (pin) {
    pad.hidden = false;
    document.getElementById("without-pad").hidden = true;
    pad.addEventListener("click", ({ target }) => {
      const digit = target.closest("[data-digit]")?.dataset.digit;
      if (!digit) return;
      if (digit === "back") pin.value = pin.value.slice(0, -1);
      else if (pin.value.length < pin.maxLength) pin.value += digit;
    });
    // Nobody is let in without the network; the page stays, and says so, instead of giving way to the browser's.
    const form = document.getElementById("unlock");
    const away = document.getElementById("away");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      away.hidden = true;
      try {
        await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(6000) });
      } catch {
        away.textContent = form.dataset.away;
        away.hidden = false;
        return;
      }
      // Who is let in has it from then on, whoever took it before.
      amend({ isTyped: true });
      form.submit();
    });
  }

  // The turn that the server says is the true one, also where it is lower than before: after a restore, or enrolled anew.
  // Its pages must not take themselves for old ones. See lock.js.
  const turn = Number(document.body.dataset.turn);
  const isLocked = "locked" in document.body.dataset;
  if (pin && (isLocked || turn < (stateOf("tablet")?.turn ?? -1))) {
    amend({ turn, isLocked, hand: null });
  }
  function amend(values) {
    try {
      localStorage.setItem("tablet", JSON.stringify({ ...stateOf("tablet"), ...values }));
    } catch {
      // No room: what stands there stays.
    }
  }
  function stateOf(name) {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  }

  // What waits is listed as what was tapped and when: a locked tablet names nobody.
  const unsent = document.getElementById("unsent");
  const words = JSON.parse(document.getElementById("tap-words").textContent);
  function kept() {
    const keys = Object.keys(localStorage).filter((each) => /^(tap|refused) /.test(each));
    return keys.map((each) => JSON.parse(localStorage.getItem(each))).sort((a, b) => a.landed - b.landed);
  }
  function said({ address, body, landed }) {
    const kind = new URL(address, location.href).pathname.split("/").at(-2);
    const saw = new URLSearchParams(body).get("saw");
    const what = (kind === "saw" && words[`saw ${saw}`]) || words[kind] || words[""];
    return `${what}, ${new Date(landed).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })}`;
  }
  function list() {
    const taps = kept();
    unsent.hidden = !taps.length;
    unsent.querySelector("h2").textContent =
      taps.length === 1 ? unsent.dataset.one : unsent.dataset.many.replace("%(count)s", taps.length);
    unsent.querySelector("ul").replaceChildren(
      ...taps.map((each) => Object.assign(document.createElement("li"), { textContent: said(each) })),
    );
  }
  list();
  setInterval(list, 2000);
})();
