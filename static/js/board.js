// The board's own behaviour: a key and an age for every tap, the sheet beside its row,
// the connection in words. Every form works without it; see templates/coach/board.html.
(() => {
  "use strict";
  const net = () => document.getElementById("net");
  const live = () => document.getElementById("live");
  const sheet = () => document.getElementById("sheet");
  let opener = null;

  // Those of a tap for several people: each with what the screen showed of them, of which the id is the first.
  const membersOf = (body) => body.getAll("member").map((each) => each.split(":")[0]);
  // Whom a tap concerns: the member of its address; for several people "=" and the form's words ("=Rest clean").
  const rowOf = (member) => document.getElementById(`m-${member}`);
  const isGroup = (who) => who.startsWith("=");
  function whose({ sourceElement: form, request: { action } }) {
    const member = action.split("/").at(-3);
    return rowOf(member) ? member : `=${form.dataset.what ?? ""}`;
  }

  // Those whose last tap was not saved; it stays said, also after signing in again, until it is tapped again.
  const lost = new Set(JSON.parse(sessionStorage.getItem(`lost ${location.pathname}`) ?? "[]"));
  const nameOf = (who) => (isGroup(who) ? who.slice(1) : rowOf(who)?.querySelector(".name").textContent);
  function remember(who, isLost) {
    if (isLost) lost.add(who);
    else lost.delete(who);
    // Where everyone is seen by now, there is no rest to tap again.
    if (!document.querySelector("input[form=rest]")) lost.delete(`=${document.getElementById("rest").dataset.what}`);
    sessionStorage.setItem(`lost ${location.pathname}`, JSON.stringify([...lost]));
  }

  // The connection, in words that stand in the page.
  let state = "saved";
  let shown = "";
  const LEVELS = { saved: "ok", sending: "ok", away: "warn", unsent: "stop", signedOut: "stop" };
  function say(next) {
    state = next;
    const element = net();
    const { unsent, again, back, ...words } = element.dataset;
    const isUnsaved = state !== "sending" && (lost.size > 0 || state === "unsent");
    const names = isUnsaved ? [...lost].map(nameOf).filter(Boolean).join(", ") : "";
    const those = names ? `: ${unsent}` : unsent;
    const parts = !isUnsaved ? ["", "", words[state] ?? ""] : {
      saved: [`${back} · `, names, `${those} · ${again}`],
      unsent: ["", names, `${those} · ${again}`],
      away: [`${words.away} · `, names, those],
      signedOut: ["", names, those],
    }[state];
    if (shown === state + parts.join("")) return;
    shown = state + parts.join("");
    const [link, text] = element.children;
    link.hidden = state !== "signedOut";
    text.hidden = !parts.join("");
    // Where the names do not fit, they alone are cut.
    parts.forEach((part, index) => (text.children[index].textContent = part));
    element.dataset.level = isUnsaved ? "stop" : LEVELS[state];
    const whole = [link.hidden ? "" : link.textContent, parts.join("")].filter(Boolean).join(" · ");
    announce(!isUnsaved && ["saved", "sending"].includes(state) ? "" : whole);
  }
  function announce(words) {
    const status = document.getElementById("status");
    if (status.textContent !== words) status.textContent = words;
  }
  function signInAt(address) {
    if (address) net().querySelector("a").href = address;
    say("signedOut");
  }

  // What a rule said of this screen's last tap stands in the bar until its next one, also when a poll draws the bar anew.
  let refused = "";
  function keepRefused() {
    const last = document.querySelector(".bar .last:not([data-refused], :has(.refused))");
    if (!refused || !last) return;
    const said = document.createElement("b");
    said.className = "refused";
    said.textContent = refused;
    last.prepend(said, " ");
  }

  // Taps that were not answered yet, in order, and what they were painted over: element → [attribute, value].
  const pending = new Set();
  const covered = new Map();
  // What a tap will most likely look like, before the answer; the answer draws what is stored.
  function paint(ctx) {
    const { sourceElement: form, request: { submitter, body } } = ctx;
    if (isGroup(whose(ctx))) {
      const button = form.id === "rest" ? "[value=clean]" : `[name="${submitter?.name}"][value="${submitter?.value}"]`;
      for (const member of membersOf(body)) press(rowOf(member)?.querySelector(`button${button}`));
    } else if (submitter?.closest(".row")) {
      press(submitter);
    } else if (submitter?.name === "fault" && !submitter.getAttribute("aria-disabled")) {
      cover(submitter, "aria-pressed", "true");
    }
  }
  // A button of a row.
  function press(button) {
    if (!button || button.getAttribute("aria-disabled")) return;
    if (button.name === "stage") {
      for (const each of button.form.querySelectorAll("button[name=stage]")) cover(each, "aria-pressed", String(each === button));
      // What is seen next is seen at this stage.
      cover(button.closest(".row").querySelector("input[name=stage]"), "value", button.value);
    } else if (button.value === "clean") {
      cover(button, "aria-pressed", "true");
    }
  }
  function cover(element, name, value) {
    if (!covered.has(element)) covered.set(element, [name, element.getAttribute(name)]);
    element.setAttribute(name, value);
  }
  function uncover() {
    for (const [element, [name, value]] of covered) element.setAttribute(name, value);
    covered.clear();
  }
  function settle(ctx) {
    uncover();
    pending.delete(ctx);
    pending.forEach(paint);
  }

  // The server reckons when the finger landed by the age, and so takes the time on the way for time before it. Two quick
  // taps on one member could change places by that: a tap is never older than the last one can have been taken for.
  const latest = new Map();
  function ageOf(ctx) {
    const who = whose(ctx);
    const before = [...latest].filter(([each]) => each === who || isGroup(each) || isGroup(who)).map(([, time]) => time);
    return Math.max(Math.floor(performance.now() - Math.max(ctx.tapped, ...before)), 0);
  }

  // Who was placed a moment ago is one of the rest, although the row that says so is still on its way.
  function completeRest({ sourceElement: form, request: { body } }) {
    if (form.id !== "rest") return;
    for (const ctx of pending) {
      const member = whose(ctx);
      const { submitter } = ctx.request;
      if (isGroup(member) || submitter?.name !== "stage" || membersOf(body).includes(member)) continue;
      if (rowOf(member).matches(":not([data-seen], [data-hold])")) body.append("member", `${member}::${submitter.value}`);
    }
  }

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "POST") return;
    ctx.tapped = performance.now();
    refused = "";
    ctx.request.body.set("tap", tap.key());
    completeRest(ctx);
    pending.add(ctx);
    htmx.trigger(live(), "htmx:abort");
    paint(ctx);
    say("sending");
  });

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    // A poll that is older than a tap must not paint over it.
    if (ctx.sourceElement === live() && pending.size) event.preventDefault();
    if (ctx.tapped === undefined) return;
    ctx.age = ageOf(ctx);
    ctx.request.body.set("age", String(ctx.age));
    tap.prove(ctx.request);
  });

  // What is drawn now is the truth; taps still on their way are painted over it again.
  document.addEventListener("htmx:before:swap", uncover);
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    settle(ctx);
    keepRefused();
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const status = ctx.response?.status;
    if (status === 401) signInAt(ctx.response.headers.get("X-Sign-In"));
    if (ctx.tapped !== undefined) {
      settle(ctx);
      latest.set(whose(ctx), performance.now() - ctx.age);
      const answered = [200, 409, 422].includes(status);
      remember(whose(ctx), !answered);
      if (answered) {
        if (!pending.size) say("saved");
        refused = document.querySelector(".bar .last[data-refused]")?.textContent ?? "";
        announce(refused || (document.querySelector("#sheet:popover-open .lead p")?.textContent ?? ""));
        if (status === 200 && ctx.sourceElement.matches("[data-closes]")) sheet().hidePopover();
      } else {
        if (status !== 401) say("unsent");
        if (!pending.size) redraw();
      }
    } else if (ctx.sourceElement === live() && !pending.size) {
      if (status === 200 || status === 304) say("saved");
      else if (state !== "signedOut" && isLost(ctx)) say("away");
    } else if (ctx.target === sheet() && isLost(ctx)) {
      say("away");
    }
  });

  // Neither answered nor given up by this screen.
  function isLost({ response, request: { signal } }) {
    return ![200, 304, 401].includes(response?.status) && (!signal?.aborted || signal.reason === "timeout");
  }

  // Somebody else may have tapped meanwhile, and the server may know a tap whose answer was lost.
  function redraw() {
    if (live()._htmx) live()._htmx.ptag = "";
    htmx.trigger(live(), "wake");
  }

  // The sheet stands over the other column, level with its row.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[aria-haspopup=dialog]");
    if (button) opener = button;
    if (event.target.closest("[data-close]")) sheet().hidePopover();
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.target !== sheet()) return;
    if (ctx.request.method === "GET") {
      // What was not answered leaves the sheet closed, and the header says why.
      if (ctx.response.status === 200) open();
    }
    // The button that was tapped may be gone; focus stays in the sheet.
    else if (sheet().matches(":popover-open") && document.activeElement === document.body) focusInside();
  });
  function focusInside() {
    (sheet().querySelector("[data-focus]") ?? sheet().querySelector("[data-close]"))?.focus({ preventScroll: true });
  }
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
    if (!element.matches(":popover-open")) {
      beforeSheet = whereNow();
      element.showPopover();
    }
    // On a phone the sheet rises from below; its row stays in sight above it.
    if (innerWidth <= 700) row?.scrollIntoView({ block: "nearest" });
    focusInside();
  }

  // A tablet that wakes up asks at once.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live(), "wake");
  });
  if (lost.size) say("saved");

  // Who comes back from a member's sheet finds the board where it was left, and for a phone before its sheet rose.
  const roster = document.getElementById("roster");
  let beforeSheet = null;
  function whereNow() {
    return { page: scrollY, roster: roster.scrollTop, row: opener?.closest(".row")?.id ?? "" };
  }
  addEventListener("pagehide", () => {
    const place = sheet().matches(":popover-open") ? beforeSheet : whereNow();
    sessionStorage.setItem(tap.place(location.pathname), JSON.stringify(place));
  });
  const below = document.referrer.startsWith(location.origin + location.pathname);
  const again = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const left = JSON.parse(sessionStorage.getItem(tap.place(location.pathname)));
  if (left && (below || again) && !location.hash) {
    scrollTo(0, left.page);
    roster.scrollTop = left.roster;
    document.getElementById(left.row)?.querySelector(".who").focus({ preventScroll: true });
  }
  addEventListener("online", () => htmx.trigger(live(), "wake"));
})();
