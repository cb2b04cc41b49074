// The board, the stations and the plan keep the screen on while they are looked at. Where the device cannot, the page says so.
(() => {
  "use strict";
  const notes = document.querySelectorAll("[data-awake]");
  const say = (may) => notes.forEach((note) => (note.hidden = !may));
  // As an app on the home screen iOS before 18.4 grants it and turns the screen off all the same. What tells the versions
  // apart is that 18.4 also brought these.
  const isPretence = navigator.standalone === true && !globalThis.Iterator?.prototype.map;
  let lock = null;
  let asking = false;
  async function hold() {
    if (document.hidden || asking || (lock && !lock.released)) return;
    asking = true;
    try {
      lock = await navigator.wakeLock.request("screen");
      // The device takes it back when the page is left, which asks again on return, or when the battery is low.
      lock.addEventListener("release", () => say(!document.hidden));
      say(isPretence);
    } catch {
      // Not there at all (plain HTTP, older devices), or refused.
      say(true);
    }
    asking = false;
  }
  document.addEventListener("visibilitychange", hold);
  addEventListener("pageshow", hold);
  // Safari grants it only once the page was touched.
  document.addEventListener("click", hold);
  hold();
})();
