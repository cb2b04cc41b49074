// Links and forms that need the network ask first whether there is any: without it the page says so and stays, where the
// browser would leave for an error page of its own. Without scripts they work as ever.
(() => {
  "use strict";
  const away = document.getElementById("away");
  // Longer than a slow network takes to say anything at all, shorter than a coach waits.
  const PATIENCE = 4000;
  let isAsking = false;
  async function ask(address) {
    // Whatever is answered, a refusal or the way to sign in, is for the browser to show.
    await fetch(address, { method: "HEAD", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  }
  async function goOn(event, address, go) {
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    away.hidden = true;
    try {
      await ask(address);
      go();
    } catch {
      away.hidden = false;
      away.scrollIntoView({ block: "nearest" });
    } finally {
      isAsking = false;
    }
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-needs-reach]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    goOn(event, link.href, () => location.assign(link.href));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-needs-reach]");
    if (!form || event.defaultPrevented || form.dataset.reached) return;
    goOn(event, location.href, () => {
      form.dataset.reached = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.reached;
    });
  });
})();
