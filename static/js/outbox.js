// Every tap of a coach says whose it is, so that it is never taken for somebody else's.
(() => {
  "use strict";
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method === "POST") ctx.request.body.set("coach", document.body.dataset.coach);
  });
})();
