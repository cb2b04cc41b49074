// The editor of a class template: what a form knew is said when it is sent, not when it was queued; the focus stays with
// what one types; blocks can be dragged, or moved with Alt and an arrow key. Buttons do the same without any of it.
(() => {
  "use strict";
  const editor = () => document.getElementById("template");
  const place = (id) => document.getElementById(`place-${id}`);
  const idOf = (block) => block.id.slice("block-".length);

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const was = ctx.sourceElement.querySelector?.("input[name=was]");
    if (!was || !(ctx.request.body instanceof URLSearchParams)) return;
    // Queued before somebody else's version came: that one is to be looked at first.
    if (ctx.sourceElement.closest("[data-meanwhile]") && ctx.sourceEvent.type !== "submit") event.preventDefault();
    else ctx.request.body.set("was", was.value);
  });

  // Where one was: adding a drill gives its field another name, a moved block takes its buttons along.
  let at = null;
  document.addEventListener("htmx:before:swap", () => {
    const active = document.activeElement;
    at = active && editor()?.contains(active) ? { id: active.id, adds: active.dataset.adds } : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    const opened = document.querySelector("[data-fresh] [data-adds]");
    const there = at?.adds && document.querySelector(`[data-adds="${at.adds}"]`);
    const wanted = there || opened || (at?.id && document.getElementById(at.id));
    document.querySelector("[data-fresh]")?.removeAttribute("data-fresh");
    if (wanted && document.activeElement !== wanted && (there || opened || document.activeElement === document.body)) {
      (wanted.disabled ? wanted.closest("form").querySelector("button:enabled") ?? wanted : wanted).focus();
    }
    prepare();
  });

  // An answer that shows nothing: no network, signed out, a server that failed. What was typed stays in its field.
  const unsaved = document.getElementById("unsaved");
  const say = (isUnsaved) => { unsaved.hidden = !isUnsaved; };
  document.addEventListener("htmx:error", () => say(true));
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => say(ctx.response.status >= 400 && ![409, 422].includes(ctx.response.status)));

  function move(id, before) {
    const form = place(id);
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "before", value: before });
    form.append(input);
    form.requestSubmit();
    input.remove();
  }

  document.addEventListener("keydown", (event) => {
    const block = event.altKey && event.target.closest?.("#blocks > .block");
    if (!block || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const button = document.getElementById(`${event.key === "ArrowUp" ? "up" : "down"}-${idOf(block)}`);
    // What is being typed is saved first.
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    if (!button.disabled) button.click();
  });

  let dragged = null;
  function prepare() {
    for (const block of document.querySelectorAll("#blocks > .block")) block.draggable = !block.querySelector(":scope > details[open]");
  }
  document.addEventListener("toggle", prepare, true);
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("#blocks > .block") ?? null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged || !event.target.closest?.("#blocks")) return;
    event.preventDefault();
    const over = event.target.closest("#blocks > .block");
    for (const block of document.querySelectorAll("#blocks > .block")) block.toggleAttribute("data-over", block === over && block !== dragged);
  });
  document.addEventListener("drop", (event) => {
    const over = event.target.closest?.("#blocks > .block");
    if (!dragged || !event.target.closest?.("#blocks")) return;
    event.preventDefault();
    if (over !== dragged) move(idOf(dragged), over ? idOf(over) : "");
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    for (const block of document.querySelectorAll("[data-over]")) block.removeAttribute("data-over");
  });
  prepare();
})();
