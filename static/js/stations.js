// The stations page's own behaviour: a key and an age for every tap, and the connection in words. Every form works
// without it; see templates/coach/stations.html.
(() => {
  "use strict";
  const live = () => document.getElementById("live");
  const unsent = () => document.getElementById("unsent");
  const pending = new Set();
  let isUnsaved = false;

  // What is wanted is said with each tap, so that the same again changes nothing: every tap has a key of its own.
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "POST") return;
    ctx.tapped = performance.now();
    ctx.station = ctx.sourceElement.closest("section")?.id;
    ctx.request.body.set("tap", tap.key());
    pending.add(ctx);
    htmx.trigger(live(), "htmx:abort");
  });
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    // A poll that is older than a tap must not draw over its answer.
    if (ctx.sourceElement === live() && pending.size) event.preventDefault();
    if (ctx.tapped === undefined) return;
    ctx.request.body.set("age", String(Math.floor(performance.now() - ctx.tapped)));
    tap.prove(ctx.request);
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const status = ctx.response?.status;
    const isTap = pending.delete(ctx);
    if (!isTap && ctx.request.signal?.aborted && ctx.request.signal.reason !== "timeout") return;
    const answered = (isTap ? [200, 409, 422] : [200, 304]).includes(status);
    // What was not saved stays said until the next tap.
    if (isTap || !isUnsaved) say(answered ? "" : status === 401 ? "signedOut" : isTap ? "unsent" : "away", ctx.response);
    if (isTap) isUnsaved = !answered;
    if (isTap) keepFocus(ctx.station);
  });
  function say(name, response) {
    const [words, link] = unsent().children;
    const address = response?.headers.get("X-Sign-In");
    words.textContent = name ? unsent().dataset[name] : "";
    link.hidden = name !== "signedOut";
    if (address) link.href = address;
    unsent().hidden = !name;
    const status = document.getElementById("status");
    const said = words.textContent || (document.querySelector("#stations > .refusal")?.textContent ?? "");
    if (status.textContent !== said) status.textContent = said;
  }

  // Whoever was sent stands elsewhere by now; focus stays at the station.
  function keepFocus(id) {
    if (document.activeElement !== document.body) return;
    const station = document.getElementById(id) ?? document.getElementById("stations");
    station.querySelector("button, a")?.focus({ preventScroll: true });
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live(), "wake");
  });
  addEventListener("online", () => htmx.trigger(live(), "wake"));
})();
