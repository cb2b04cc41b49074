// The stations page's own behaviour. Its taps are kept by outbox.js. Every form works without it; see
// templates/coach/stations.html.
(() => {
  "use strict";
  const live = () => document.getElementById("live");

  let station = "";
  document.addEventListener("outbox:kept", ({ detail: { form } }) => (station = form?.closest("section")?.id ?? ""));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (!ctx.tap) return;
    document.getElementById("status").textContent = document.querySelector("#stations > .refusal")?.textContent ?? "";
    // Whoever was sent stands elsewhere by now; focus stays at the station.
    if (document.activeElement !== document.body) return;
    const place = document.getElementById(station) ?? document.getElementById("stations");
    place.querySelector("button, a")?.focus({ preventScroll: true });
  });

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live(), "wake");
  });
  addEventListener("online", () => htmx.trigger(live(), "wake"));
})();
