// Tells the server that somebody has looked at this page, so that the next visit can say what is new since: once it is on
// the screen, and not where the browser only gets it ready, nor a page that was kept. Without scripts there is a button.
(() => {
  "use strict";
  const form = document.getElementById("looked");
  if (!form || document.body.dataset.kept) return;
  function tell() {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", tell);
    // Unheard, it is told with the next visit.
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", keepalive: true }).catch(() => {});
  }
  document.addEventListener("visibilitychange", tell);
  tell();
})();
