// On Today: how Rung comes onto the home screen, where it is not opened from there already. Browsers that can ask for it
// get a button, iPadOS and iOS words.
(() => {
  "use strict";
  const words = document.getElementById("install");
  const button = words.querySelector("button");
  const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
  // iPadOS says that it is a Mac; no Mac has more than one point of touch.
  const isApple = /iPad|iPhone/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  if (isApple && !isInstalled) {
    words.hidden = false;
    words.querySelector("details").hidden = false;
  }

  let offer = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    words.hidden = button.hidden = false;
  });
  // An offer can be taken up once; the browser makes another when it will.
  button.addEventListener("click", () => {
    offer.prompt();
    words.hidden = button.hidden = true;
  });
})();
