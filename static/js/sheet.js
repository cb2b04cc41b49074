// The sheet beside a row: where it stands, and what it shows while nobody answers. Templates: coach/_at_hand.html.
(() => {
  "use strict";
  // How long the sheet waits for the server before it is drawn of what the page holds.
  const PATIENCE = 1000;
  const sheet = document.getElementById("sheet");
  const isOpen = () => sheet.matches(":popover-open");
  let opener = null;
  let beforeSheet = null;
  let openings = 0;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[aria-haspopup=dialog]");
    if (button) opener = button;
    if (event.target.closest("[data-close]")) sheet.hidePopover();
    if (event.target.closest("[data-everyone]")) for (const each of sheet.querySelectorAll("[type=checkbox]:not([data-away])")) each.checked = true;
  });

  // What the server says of it ---------------------------------------------------------------------------------------
  const isOpening = ({ sourceElement, target, request }) => request?.method === "GET" && (target === sheet || sourceElement.id === "finding");
  // Taps that wait come first: the sheet is drawn for the stage that was tapped a moment ago.
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (!isOpening(ctx)) return;
    const send = ctx.fetch ?? fetch;
    ctx.fetch = async (address, options) => {
      if (outbox.mine().length) await outbox.drain();
      return send(address, options);
    };
  });
  const patience = new WeakMap();
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (!isOpening(ctx) || ctx.isAgain) return;
    const draw = () => drawOwn(ctx);
    if (outbox.state() !== "ok" || opener?.closest(".row[data-unknown]")) {
      event.preventDefault();
      draw();
    } else patience.set(ctx, setTimeout(() => (ctx.request.abort(), draw()), PATIENCE));
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    clearTimeout(patience.get(ctx));
    const status = ctx.response?.status;
    if (isOpening(ctx) && patience.has(ctx) && !ctx.request.signal.aborted && status !== 200 && status !== 401) drawOwn(ctx);
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.target !== sheet) return;
    if (ctx.swap !== "none") own = null;
    // What was not answered leaves the sheet closed, and the header says why.
    if (ctx.request?.method === "GET") ctx.response.status === 200 && open();
    // The button that was tapped may be gone; focus stays in the sheet.
    else if (isOpen() && document.activeElement === document.body) focusInside();
  });
  function focusInside() {
    (sheet.querySelector("[data-focus]") ?? sheet.querySelector("[data-close]"))?.focus({ preventScroll: true });
  }
  // It stands over the other column, level with its row.
  function open() {
    openings += 1;
    const row = opener?.closest(".row, #add");
    const box = row?.getBoundingClientRect();
    const middle = box ? (box.left + box.right) / 2 : 0;
    sheet.dataset.side = row && middle > innerWidth / 2 ? "start" : "end";
    const third = box ? (box.top + box.bottom) / 2 / innerHeight : 1;
    sheet.dataset.place = third < 0.36 ? "top" : third < 0.64 ? "middle" : "bottom";
    const title = sheet.querySelector("h2");
    if (title) sheet.setAttribute("aria-labelledby", title.id);
    if (!isOpen()) {
      beforeSheet = whereNow();
      sheet.showPopover();
    }
    // On a phone the sheet rises from below; its row stays in sight above it.
    if (innerWidth <= 700) row?.scrollIntoView({ block: "nearest" });
    focusInside();
  }

  // What the page itself knows ---------------------------------------------------------------------------------------
  // What is drawn of it: its path, and the address by which the server is asked for the same.
  let own = null;
  function drawOwn({ request: { action } }) {
    const [path] = action.split("?");
    const kind = path.split("/").at(-2);
    // It was asked for again, and there is still no answer: it stays as it is, under the finger.
    if (isOpen() && own?.path === path && kind !== "add") return;
    const typed = document.getElementById("id_name")?.value;
    const drawn = document.querySelector(`template[data-own=${kind}]`) ?? document.querySelector("template[data-own=other]");
    sheet.replaceChildren(drawn.content.cloneNode(true));
    own = { path, kind, address: action };
    // In a page's templates an id would stand there twice.
    for (const each of sheet.querySelectorAll("[data-id]")) each.id = each.dataset.id;
    if (kind === "sheet") fillSheet(path);
    else if (kind === "several") fillSeveral();
    else if (kind === "taps") fillTaps();
    else if (kind === "add" && typed) document.getElementById("id_name").value = typed;
    waiting.paint();
    open();
  }
  // It gives way to the server's as soon as that has all taps: but for one in which somebody types or chooses. No finger
  // asks for it, and none has touched the tablet by that.
  let isAsking = false;
  async function askAgain() {
    if (!own || isAsking || !isOpen() || ["add", "several"].includes(own.kind)) return;
    if (outbox.state() !== "ok" || outbox.mine().length) return;
    isAsking = true;
    const how = { source: sheet, target: sheet, swap: "innerHTML", headers: { "HX-Source": "div#live" }, isAgain: true };
    await htmx.ajax("GET", own.address, how).finally(() => (isAsking = false));
  }
  document.addEventListener("outbox:change", askAgain);
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement?.id === "live" && [200, 304].includes(ctx.response?.status)) askAgain();
  });
  function fillSheet(path) {
    const address = path.replace(/sheet\/$/, "");
    const row = document.getElementById(`m-${address.split("/").at(-2)}`);
    const stage = row.querySelector("form input[name=stage]").value;
    const isHeld = row.matches("[data-hold]");
    const opening = tap.key();
    own.address = `${path}?opening=${opening}`;
    const fields = { from: "sheet", opening, stage, seen: row.querySelector("input[name=seen]").value };
    const [title, where] = sheet.querySelector("header").children;
    title.textContent = row.querySelector(".name").textContent;
    where.textContent = sheet.querySelector(`[data-stage="${stage}"]`)?.dataset.name ?? "";
    sheet.querySelector("[data-held]").textContent = isHeld ? row.querySelector("small").textContent : "";
    const gone = [isHeld ? "#faults" : "[data-held]", `[data-stage]:not([data-stage="${stage}"])`, stage ? "[data-unplaced]" : "[data-kind=saw]"];
    for (const part of sheet.querySelectorAll(gone.join())) part.remove();
    for (const form of sheet.querySelectorAll("form")) {
      form.setAttribute("hx-post", `${address}${form.dataset.kind}/`);
      for (const [name, value] of Object.entries(fields)) {
        const input = form.appendChild(document.createElement("input"));
        Object.assign(input, { type: "hidden", name, value });
      }
    }
    const state = ["absent=no_show", "expected=expected", "late=late"].find((pair) => row.matches(`[data-${pair.split("=")[0]}]`));
    sheet.querySelector(`[name=state][value=${state?.split("=")[1] ?? "here"}]`).setAttribute("aria-pressed", "true");
  }
  function fillSeveral() {
    const label = sheet.querySelector("label");
    for (const row of document.querySelectorAll("#roster .row")) {
      const made = label.cloneNode(true);
      const [box, words] = made.children;
      const value = (name) => row.querySelector(`form input[name=${name}]`).value;
      box.value = [row.id.slice(2), value("seen"), value("stage")].join(":");
      box.toggleAttribute("data-away", row.matches("[data-absent]"));
      words.firstElementChild.textContent = row.querySelector(".name").textContent;
      words.lastElementChild.textContent = row.querySelector(".seg [aria-pressed=true]")?.textContent ?? "";
      label.before(made);
    }
    label.remove();
  }
  function fillTaps() {
    const line = sheet.querySelector("li");
    for (const entry of waiting.undoable().reverse()) {
      const made = line.cloneNode(true);
      const [name, words, small] = made.firstElementChild.children;
      [name.textContent, words.textContent] = [inWords.name(entry), inWords.tap(entry)];
      small.textContent = [document.getElementById("roster").dataset.says, inWords.time(entry)].join(" · ");
      const form = made.querySelector("form");
      for (const [key, value] of Object.entries(waiting.undoing(entry))) form.setAttribute(key, value);
      form.elements.undone.value = entry.key;
      line.before(made);
    }
    line.remove();
  }

  // Taps of the sheet ------------------------------------------------------------------------------------------------
  // In which opening of the sheet each was made: an answer must not take the place of another one's sheet.
  const madeIn = new Map();
  const closing = new Set();
  document.addEventListener("outbox:kept", ({ detail: { entry, form } }) => {
    if (!form?.closest("#sheet")) return;
    madeIn.set(entry.key, openings);
    if (!("closes" in form.dataset)) return;
    if (outbox.state() === "ok") closing.add(entry.key);
    else sheet.hidePopover();
  });
  document.addEventListener("outbox:answered", ({ detail }) => {
    const { key, page, address } = detail.entry;
    const isItsOwn = isOpen() && madeIn.get(key) === openings;
    if (detail.target === "#sheet" && !isItsOwn && page === location.pathname) detail.swap = "none";
    if (closing.has(key) && detail.status === 200 && isItsOwn) sheet.hidePopover();
    // Nobody was selected: the sheet says so, and is there to be put right.
    if (isItsOwn && detail.status === 422 && address.endsWith("/several/")) outbox.dismiss(key);
  });

  // Where the board was left, for a phone before its sheet rose.
  function whereNow() {
    const row = opener?.closest(".row")?.id ?? "";
    return { page: scrollY, roster: document.getElementById("roster").scrollTop, row };
  }
  globalThis.sheetPlace = () => (isOpen() ? beforeSheet : whereNow());
})();
