// How long ago something was, as time goes on: the rows of a board are not drawn anew for it. See programming/crossings.py.
(() => {
  "use strict";
  const MINUTE = 60_000;
  function words({ since, just, minute, minutes, later }) {
    const passed = Math.floor((clock.now() - Number(since)) / MINUTE);
    if (passed < 1) return just;
    if (passed === 1) return minute;
    return passed < 60 ? minutes.replace("{}", String(passed)) : later;
  }
  function draw() {
    if (Number.isNaN(clock.now())) return;
    for (const each of document.querySelectorAll("time[data-since]")) {
      const said = words(each.dataset);
      if (each.textContent !== said) each.textContent = said;
    }
  }
  setInterval(draw, 5000);
  document.addEventListener("htmx:after:swap", draw);
})();
