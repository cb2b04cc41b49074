// A button that prints the page, where there are scripts.
(() => {
  "use strict";
  const button = document.getElementById("print");
  button.hidden = false;
  button.addEventListener("click", () => print());
})();
