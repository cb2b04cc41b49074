// The board and the plan keep the screen on while they are looked at. Where the device cannot, the page says so.
(() => {
  "use strict";
  const notes = document.querySelectorAll("[data-awake]");
  const say = (may) => notes.forEach((note) => (note.hidden = !may));
  async function hold() {
    if (document.hidden) return;
    try {
      await navigator.wakeLock.request("screen");
      say(false);
    } catch {
      // Not there at all (plain HTTP, older devices), or refused: low battery, for one.
      say(true);
    }
  }
  document.addEventListener("visibilitychange", hold);
  hold();
})();
