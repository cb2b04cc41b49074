// The member sheet's own behaviour: a key and an age for every tap, what was not saved in words, and the way back to
// where the board was left. Every form works without it; see templates/coach/member.html.
(() => {
  "use strict";
  const unsent = () => document.getElementById("unsent");

  // The tap that each form made last: its key, what was chosen or typed, and whether it is still on its way. Until it is
  // answered the same again is the same tap, for it may be stored and only its answer lost.
  const made = new Map();
  // What the page drew into a form, and draws anew with every answer, is not chosen.
  const DRAWN = new Set(["tap", "age", "csrfmiddlewaretoken", "from", "opening", "seen"]);
  function keyOf({ sourceElement: form, request: { submitter, body } }) {
    const atStage = ["setting", "drill"].includes(submitter?.name);
    const chosen = [...body].filter(([name]) => !DRAWN.has(name) && (name !== "stage" || atStage || submitter?.name === name));
    const said = JSON.stringify(chosen);
    const before = made.get(form);
    const key = before?.said === said ? before.key : tap.key();
    made.set(form, { key, said, underway: true });
    return key;
  }
  function settle(form, answered) {
    if (!answered) {
      const own = made.get(form);
      if (own) own.underway = false;
      return;
    }
    made.delete(form);
    // The page shows by now what is stored: the same button is a new tap. What was typed still stands there.
    for (const [other, { underway }] of made) if (!underway && !other.querySelector("textarea")) made.delete(other);
  }

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "POST") return;
    ctx.tapped = performance.now();
    // The answer may do away with it.
    ctx.form = ctx.sourceElement;
    ctx.panel = ctx.form.closest("section")?.id;
    ctx.request.body.set("tap", keyOf(ctx));
  });
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.tapped === undefined) return;
    ctx.request.body.set("age", String(Math.floor(performance.now() - ctx.tapped)));
    tap.prove(ctx.request);
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.tapped === undefined) return;
    const status = ctx.response?.status;
    const answered = [200, 409, 422].includes(status);
    settle(ctx.form, answered);
    const [words, link] = unsent().children;
    link.hidden = status !== 401;
    if (status === 401) link.href = ctx.response.headers.get("X-Sign-In") ?? link.href;
    words.textContent = answered ? "" : unsent().dataset[status === 401 ? "signedOut" : "unsent"];
    unsent().hidden = answered;
    if (!answered) unsent().scrollIntoView({ block: "nearest" });
    // What was written is saved: its form is shut and empty again.
    if (status === 200) {
      ctx.form.closest("details")?.removeAttribute("open");
      ctx.form.reset();
    }
    document.getElementById("status").textContent = words.textContent || (document.querySelector("#member > .refusal, #member .errorlist")?.textContent ?? "");
    keepFocus(ctx.panel);
    show(ctx);
  });

  // What the answer says may stand far from the finger: a refusal at the top, or the hold that pain has put on.
  let held = Boolean(document.getElementById("holding"));
  function show(ctx) {
    const hold = document.getElementById("holding");
    const said = document.querySelector("#member > .refusal") ?? (held ? null : hold);
    held = Boolean(hold);
    if (said && ctx.response?.status !== 401) said.scrollIntoView({ block: "nearest" });
  }

  // The button that was tapped may be gone or hidden; focus stays in its panel.
  function keepFocus(id) {
    const focused = document.activeElement;
    if (focused !== document.body && focused.checkVisibility()) return;
    const panel = document.getElementById(id) ?? document.getElementById("member");
    panel.querySelector("summary, button, a")?.focus({ preventScroll: true });
  }

  // The board knows where it was left, unless this page was opened in a tab of its own.
  document.addEventListener("click", (event) => {
    const back = event.target.closest("#to-board");
    if (back && sessionStorage.getItem(tap.place(back.pathname))) back.hash = "";
  });
})();
