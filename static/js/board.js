// The board's own behaviour: a key and an age for every tap, the sheet beside its row,
// the connection in words. Every form works without it; see templates/coach/board.html.
(() => {
  "use strict";
  const net = () => document.getElementById("net");
  const live = () => document.getElementById("live");
  const sheet = () => document.getElementById("sheet");
  let opener = null;
  let underWay = 0;

  // A version 7 UUID: sorts by time, and taps made within one millisecond keep their order.
  let lastTime = 0;
  let count = 0;
  function tapKey() {
    const now = Date.now();
    count = now > lastTime ? 0 : count + 1;
    lastTime = Math.max(now, lastTime);
    const random = crypto.getRandomValues(new Uint16Array(5));
    const hex = (value, length) => value.toString(16).padStart(length, "0");
    const time = hex(lastTime, 12);
    const order = hex(0x7000 | (count & 0xfff), 4);
    const variant = hex(0x8000 | (random[0] & 0x3fff), 4);
    return `${time.slice(0, 8)}-${time.slice(8)}-${order}-${variant}-${[...random.slice(1, 4)].map((part) => hex(part, 4)).join("")}`;
  }

  // The connection, in words that stand in the page.
  function say(state, level) {
    const element = net();
    const link = element.querySelector("a");
    const text = element.querySelector("a + span");
    const signIn = state === "signedOut";
    link.hidden = !signIn;
    text.hidden = signIn;
    const words = element.dataset[state];
    if (!signIn && text.textContent !== words) text.textContent = words;
    element.dataset.level = level;
    announce(state === "saved" || state === "sending" ? "" : words);
  }
  function announce(words) {
    const status = document.getElementById("status");
    if (status.textContent !== words) status.textContent = words;
  }

  // What a tap will most likely look like, before the answer; the answer draws what is stored.
  function paint(form, submitter) {
    if (!submitter || !submitter.closest(".row, .faults") || submitter.getAttribute("aria-disabled")) return;
    if (submitter.name === "stage") {
      for (const button of form.querySelectorAll("button[name=stage]")) button.setAttribute("aria-pressed", String(button === submitter));
    } else if (submitter.value === "clean" || submitter.name === "fault") {
      submitter.setAttribute("aria-pressed", "true");
    }
  }

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "POST") return;
    ctx.tapped = performance.now();
    ctx.row = ctx.sourceElement.closest(".row");
    ctx.request.body.set("tap", tapKey());
    underWay += 1;
    htmx.trigger(live(), "htmx:abort");
    paint(ctx.sourceElement, ctx.request.submitter);
    say("sending", "ok");
  });

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    // A poll that is older than a tap must not paint over it.
    if (ctx.sourceElement === live() && underWay) event.preventDefault();
    else if (ctx.tapped !== undefined) ctx.request.body.set("age", String(Math.round(performance.now() - ctx.tapped)));
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const status = ctx.response?.status;
    if (ctx.tapped !== undefined) {
      underWay = Math.max(underWay - 1, 0);
      const answered = status === 200 || status === 422 || status === 409;
      if (answered) {
        if (!underWay) say("saved", "ok");
        announce((document.querySelector(".bar .last[data-refused]") ?? document.querySelector("#sheet:popover-open .lead p"))?.textContent ?? "");
        if (ctx.sourceElement.matches("[data-closes]")) sheet().hidePopover();
      } else if (status === 401) {
        signInAt(ctx.response.headers.get("X-Sign-In"));
      } else {
        say("unsent", "stop");
        if (!underWay) redraw();
      }
    } else if (ctx.sourceElement === live()) {
      if (status === 200 || status === 304) {
        if (!underWay && net().dataset.level === "warn") say("saved", "ok");
      } else if (status === 401) {
        signInAt(ctx.response.headers.get("X-Sign-In"));
      } else if (net().dataset.level === "ok" && !underWay && !ctx.request.signal?.aborted) {
        say("away", "warn");
      }
    }
  });

  // Nothing of an unsaved tap may stay painted: fetch the rows whatever their version.
  function redraw() {
    if (live()._htmx) live()._htmx.ptag = "";
    htmx.trigger(live(), "wake");
  }

  function signInAt(address) {
    if (address) net().querySelector("a").href = address;
    say("signedOut", "stop");
  }

  // The sheet stands over the other column, level with its row.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[aria-haspopup=dialog]");
    if (button) opener = button;
    if (event.target.closest("[data-close]")) sheet().hidePopover();
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx?.target === sheet() && ctx.request?.method === "GET") open();
  });
  function open() {
    const row = opener?.closest(".row, #add");
    const element = sheet();
    const box = row?.getBoundingClientRect();
    const middle = box ? (box.left + box.right) / 2 : 0;
    element.dataset.side = row && middle > innerWidth / 2 ? "start" : "end";
    const third = box ? (box.top + box.bottom) / 2 / innerHeight : 1;
    element.dataset.place = third < 0.36 ? "top" : third < 0.64 ? "middle" : "bottom";
    const title = element.querySelector("h2");
    if (title) element.setAttribute("aria-labelledby", title.id);
    if (!element.matches(":popover-open")) element.showPopover();
    (element.querySelector("[data-focus]") ?? element.querySelector("[data-close]"))?.focus({ preventScroll: true });
  }

  // A tablet that wakes up asks at once.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live(), "wake");
  });
  addEventListener("online", () => htmx.trigger(live(), "wake"));
})();
