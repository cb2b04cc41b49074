// Whoever scanned the code on the TV has said enough: the page sends its one button by itself. Without scripts it is pressed.
(() => {
  "use strict";
  document.getElementById("check-in").requestSubmit();
})();
