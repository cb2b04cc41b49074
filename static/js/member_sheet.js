// The member sheet's own behaviour: what the answer to a tap says where it can be seen, and the way back to where the
// board was left. Its taps are kept by outbox.js. Every form works without it; see templates/coach/member.html.
(() => {
  "use strict";
  // The answer may do away with the form; its panel stays.
  let panel = "";
  document.addEventListener("outbox:kept", ({ detail: { form } }) => {
    panel = form?.closest("section")?.id ?? "";
    form?.closest("details")?.removeAttribute("open");
  });
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => (ctx.panel = ctx.sourceElement.closest("section")?.id ?? ""));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.tap) told(panel);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!ctx.written) return;
    // What was written is saved: its form is shut and empty again.
    if (ctx.response?.status === 200) {
      ctx.written.closest("details")?.removeAttribute("open");
      ctx.written.reset();
    } else ctx.written.querySelector("[data-unsaved]:not([hidden])")?.scrollIntoView({ block: "nearest" });
    told(ctx.panel);
  });
  function told(place) {
    const words = document.querySelector("#member > .refusal, #member .errorlist, #member [data-unsaved]:not([hidden])");
    document.getElementById("status").textContent = words?.textContent ?? "";
    keepFocus(place);
    show();
  }

  // What the answer says may stand far from the finger: a refusal at the top, or the hold that pain has put on.
  let held = Boolean(document.getElementById("holding"));
  function show() {
    const hold = document.getElementById("holding");
    const said = document.querySelector("#member > .refusal") ?? (held ? null : hold);
    held = Boolean(hold);
    said?.scrollIntoView({ block: "nearest" });
  }

  // The button that was tapped may be gone or hidden; focus stays in its panel.
  function keepFocus(id) {
    const focused = document.activeElement;
    if (focused !== document.body && focused.checkVisibility()) return;
    const place = document.getElementById(id) ?? document.getElementById("member");
    place.querySelector("summary, button, a")?.focus({ preventScroll: true });
  }

  // The board knows where it was left, unless this page was opened in a tab of its own.
  document.addEventListener("click", (event) => {
    const back = event.target.closest("#to-board");
    if (back && sessionStorage.getItem(tap.place(back.pathname))) back.hash = "";
  });
})();
