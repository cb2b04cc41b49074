// The outbox: every tap of a coach is saved on this tablet before anything is painted, then sent in the order of taps,
// and kept until an answer of ours names it (X-Op). The same way with a network and without one.
//
// A form with hx-post is a tap, but for one marked data-direct: what somebody wrote is never kept on the tablet. On a
// member's phone, whose pages have no htmx, it is a form marked data-tap; "coach" is there the member themself.
// Each tap has a key of its own in localStorage, so that two tabs never write the same one:
//   "tap <key>"      {form, key, coach, ticket, address, body, landed, page, target, swap, origin, ran}: it waits;
//                    "made" is whom a drop-in becomes, "tries" how often the server failed on it
//   "refused <key>"  the same and the answer's status: it was not taken, and stays until somebody has read it
// Who shows them listens to "outbox:change", and to "outbox:kept" and "outbox:answered" of one tap.
(() => {
  "use strict";
  // Where one of these did not come no tap could ever be sent: without an outbox the page says so, and taps go straight
  // to the server.
  if (!globalThis.tap || !globalThis.secret) return;
  const [WAITS, REFUSED] = ["tap ", "refused "];
  // Raised when entries change their form; those of earlier forms must still be understood. One of a later form, written
  // before a release was taken back, is counted and waits for a page that understands it.
  const FORM = 1;
  const [PATIENCE, FIRST_PAUSE, LONGEST_PAUSE, EVERY] = [6000, 1000, 15000, 5000];
  // How often the server may fail on one tap before others go first, and how long it is left alone then, in ms.
  const [TRIES, REST] = [3, 60000];
  // A year, in ms: the oldest tap that the server takes.
  const OLDEST = 366 * 24 * 3600 * 1000;
  const coach = () => document.body.dataset.coach;
  const live = () => document.getElementById("live");
  // What htmx knows of the page's own question: with the tag of what is shown.
  const asked = () => live()?._htmx ?? {};

  // What is kept ---------------------------------------------------------------------------------------------------
  let waiting = [];
  // Those that this tablet had no room for: sent all the same, but lost with the page.
  const loose = new Map();
  function kept(kind) {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(kind)).sort();
    return names.map((name) => parsed(name, name.slice(kind.length))).filter((entry) => entry);
  }
  function parsed(name, key) {
    try {
      return Object.assign(JSON.parse(localStorage.getItem(name)), { key });
    } catch {
      return null;
    }
  }
  const isKnown = (entry) => entry.form <= FORM;
  function read() {
    waiting = [...kept(WAITS), ...loose.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
    if (waiting.length) tap.after(waiting.at(-1).key);
  }
  function keep(entry) {
    const name = WAITS + entry.key;
    try {
      localStorage.setItem(name, JSON.stringify(entry));
    } catch {
      // An older form of it may have found room.
      if (!localStorage.getItem(name)) loose.set(entry.key, entry);
    }
  }
  function amend(key, values) {
    const entry = waiting.find((each) => each.key === key);
    if (entry) keep(Object.assign(entry, values));
  }
  function forget({ key }) {
    localStorage.removeItem(WAITS + key);
    loose.delete(key);
    waiting = waiting.filter((entry) => entry.key !== key);
  }
  function changed() {
    document.dispatchEvent(new Event("outbox:change"));
  }
  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // A tap ----------------------------------------------------------------------------------------------------------
  const PROOFS = ["csrfmiddlewaretoken", "tap", "age", "coach", "ticket"];
  const inherited = (form, name) => {
    const from = form.closest(`[${name}\\:inherited]`);
    return form.getAttribute(name) ?? from?.getAttribute(`${name}:inherited`) ?? "";
  };
  const isTap = (form) => "tap" in form.dataset || (globalThis.htmx && form.hasAttribute("hx-post") && !("direct" in form.dataset));
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!isTap(form)) return;
      event.preventDefault();
      event.stopPropagation();
      const body = new URLSearchParams(new FormData(form, event.submitter));
      PROOFS.forEach((name) => body.delete(name));
      const target = inherited(form, "hx-target");
      const entry = add(form.getAttribute("hx-post") ?? form.getAttribute("action"), body, {
        target: target === "closest .row" ? `#${form.closest(".row").id}` : target,
        swap: inherited(form, "hx-swap"),
      });
      tell("outbox:kept", { entry, form, submitter: event.submitter });
      changed();
    },
    true,
  );
  function add(address, body, how) {
    const { gym, ticket } = document.body.dataset;
    const entry = { form: FORM, key: tap.key(), coach: coach(), gym, ticket, address, body: String(body), ...since(0), page: location.pathname, ...how };
    keep(entry);
    waiting.push(entry);
    // What is painted comes first: it is sent once the frame that shows it is out. A page that nobody sees has none.
    if (document.hidden) drain();
    else requestAnimationFrame(() => setTimeout(drain));
    return entry;
  }

  // How long ago it landed, in ms: by this page's steady clock, as the tablet's own may be set right in between. The steady
  // one may stand still while the tablet sleeps, and a tablet that sleeps has hidden its pages: where this one was hidden
  // since then, it is the longer of both. A tap of an earlier page has the tablet's clock only.
  let hidden = -Infinity;
  document.addEventListener("visibilitychange", () => (hidden = performance.now()));
  function age({ landed, origin, ran }) {
    const byTablet = Math.max(Date.now() - landed, 0);
    if (origin !== performance.timeOrigin) return byTablet;
    const steady = performance.now() - ran;
    return Math.round(hidden > ran ? Math.max(steady, byTablet) : steady);
  }
  // What an entry says that landed so long ago.
  const since = (ago) => ({ landed: Date.now() - ago, origin: performance.timeOrigin, ran: performance.now() - ago });

  // Sending --------------------------------------------------------------------------------------------------------
  // "ok", "away" (nobody of ours answers), or "signedOut".
  let state = "ok";
  let signIn = "";
  let pause = 0;
  let timer = 0;
  let underway = null;
  let isAsked = false;
  // One tab at a time; another one waits its turn and then finds nothing left.
  const inTurn = (work) => (navigator.locks ? navigator.locks.request("outbox", work) : work());
  function drain() {
    clearTimeout(timer);
    timer = 0;
    if (underway) isAsked = true;
    underway ??= inTurn(sendAll).finally(() => {
      underway = null;
      // Somebody has tapped while the last one was being answered.
      if (isAsked && state === "ok") drain();
      isAsked = false;
    });
    return underway;
  }
  // Which taps are left alone for a while, until when by this page's clock: a page that opens tries each of them again.
  const resting = new Map();
  const isFailed = ({ tries }) => tries >= TRIES;
  // What two taps of a coach have in common if one of them must not come before the other: a person, also as one of
  // several; the tap that is undone; for steps of the plan and the like their class. A tap that came before the one that it
  // builds on could be refused, and a tap too late is better than none.
  function concerns(entry) {
    const fields = new URLSearchParams(entry.body);
    const people = [whose(entry), entry.made, fields.get("to"), ...fields.getAll("member").map((each) => each.split(":")[0])];
    const named = [...people, fields.get("undone")].filter(Boolean);
    return [entry.key, ...(named.length ? named : [classOf(entry)])].map((each) => `${entry.coach} ${each}`);
  }
  // A coach's taps are sent as theirs, or not at all: others' only with the ticket of the unlock they were made in.
  // Who belongs to several gyms is another coach or member in each.
  const isOfHere = ({ gym }) => !gym || gym === document.body.dataset.gym;
  const isSendable = (entry) => isKnown(entry) && (entry.coach === coach() || entry.ticket);
  // The undo of a tap for several people does not say whom it concerns: it may be anybody of the class.
  const isOfAnybody = ({ address }) => address.endsWith("/several/undo/");
  function next(stuck = new Set()) {
    const behind = new Set();
    for (const entry of waiting) {
      if (!isSendable(entry) || stuck.has(entry.coach)) continue;
      const [somebody, anybody] = ["somebody", "anybody"].map((each) => `${entry.coach} ${each} ${classOf(entry)}`);
      const all = [...concerns(entry), ...(isOfAnybody(entry) ? [somebody, anybody] : [])];
      const isHeldUp = resting.get(entry.key) > performance.now() || [...all, anybody].some((each) => behind.has(each));
      if (!isHeldUp) return entry;
      for (const each of [...all, somebody]) behind.add(each);
    }
    return null;
  }
  async function sendAll() {
    const stuck = new Set();
    read();
    for (let entry = next(stuck); entry; entry = next(stuck)) {
      const verdict = await send(entry);
      if (verdict === "ok") pause = 0;
      if (verdict === "signedOut" && entry.coach !== coach()) stuck.add(entry.coach);
      else if (verdict === "failed" && fail(entry)) continue;
      else if (verdict !== "ok") return later(verdict === "failed" ? "away" : verdict);
    }
    pause = 0;
    // What answered nobody's tap says nothing of the network.
    if (state === "away") state = "ok";
    changed();
  }
  // Whether it was tried so often that others go first.
  function fail({ key }) {
    const tries = (waiting.find((entry) => entry.key === key)?.tries ?? 0) + 1;
    amend(key, { tries });
    if (tries >= TRIES) resting.set(key, performance.now() + REST);
    return tries >= TRIES;
  }
  function later(verdict) {
    state = verdict;
    changed();
    pause = Math.min(pause * 2 || FIRST_PAUSE, LONGEST_PAUSE);
    if (verdict === "away") timer = setTimeout(drain, pause * (0.7 + Math.random() * 0.6));
  }
  function become(heard, address = signIn) {
    const isNew = heard !== state || address !== signIn;
    [state, signIn] = [heard, address];
    if (isNew) changed();
  }

  // The server says its time with everything it answers to a screen, and nobody else does.
  const isOurs = (answer) => answer.headers.has("X-Now");
  async function send(entry, isAgain = false) {
    try {
      const begun = performance.now();
      const response = await fetch(entry.address, request(entry));
      // What the answer draws is reckoned by the server's clock.
      if (isOurs(response)) globalThis.clock?.heard(Number(response.headers.get("X-Now")), begun, performance.now());
      if (response.headers.get("X-Op") === entry.key && response.status < 500) {
        await answered(entry, response, await response.text().catch(() => ""));
        return "ok";
      }
      if (response.status === 401) {
        signIn = response.headers.get("X-Sign-In") ?? "";
        return "signedOut";
      }
      if (response.status === 403 && !isAgain) {
        // Somebody has signed in again: the secret of this browser is another one now.
        await fetch("/account/secret/", { credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
        return send(entry, true);
      }
      // The server is there, and this tap is what it cannot take.
      if (isOurs(response) && ![403, 429, 503].includes(response.status)) return "failed";
    } catch {
      // No network, or nobody answers: it waits.
    }
    return "away";
  }
  function request(entry) {
    const body = new URLSearchParams(entry.body);
    body.set("tap", entry.key);
    body.set("coach", entry.coach);
    if (entry.ticket) body.set("ticket", entry.ticket);
    body.set("age", String(Math.min(age(entry), OLDEST)));
    // What waits besides this one, which the server then has.
    const headers = { Accept: "text/html", "HX-Request": "true", "HX-Current-URL": location.href, "X-Waiting": String(waiting.length - 1) };
    if (secret()) headers["X-CSRFToken"] = secret();
    // What the page shows: an answer that has all that is new since says so. A row that says why it was refused is to be
    // drawn anew with what comes next.
    const { ptag } = asked();
    if (ptag && isHere(entry) && entry.coach === coach() && !document.querySelector(".row[data-refused]")) headers["HX-PTag"] = ptag;
    return { method: "POST", credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(PATIENCE), headers, body };
  }

  // Whom a tap concerns, by its address; "" is everyone.
  const whose = ({ address }) => /\/class\/[^/]+\/(?:on\/[^/]+\/)?([0-9a-f-]{36})\//.exec(address)?.[1] ?? "";
  const classOf = ({ address }) => /^.*?\/class\/[^/]+\//.exec(address)?.[0] ?? address;
  // The server reckons when the finger landed by the age, and so takes the time on the way for time before it: a later
  // tap of the same person must not come before this one by that.
  function follow(entry, response) {
    const ago = Number(response.headers.get("X-Age") ?? Infinity);
    for (const each of waiting.filter(isKnown)) {
      const isSame = [whose(each), ""].includes(whose(entry)) || !whose(each);
      if (isSame && age(each) > ago) keep(Object.assign(each, since(ago)));
    }
  }
  async function answered(entry, response, text) {
    // Another tab may have kept some meanwhile.
    read();
    forget(entry);
    follow(entry, response);
    const detail = { entry, text, status: response.status, target: response.headers.get("HX-Retarget") ?? entry.target, swap: response.headers.get("HX-Reswap") ?? entry.swap, shown: response.headers.get("HX-PTag") };
    if (!response.ok) refuse({ ...entry, status: response.status });
    state = "ok";
    tell("outbox:answered", detail);
    if (response.headers.get("HX-Redirect") && isHere(entry)) location.href = response.headers.get("HX-Redirect");
    else await draw(detail);
    changed();
  }
  const isHere = (entry) => entry.page === location.pathname && Boolean(globalThis.htmx);
  // An answer is drawn on the page that was tapped; any other asks anew what there is.
  async function draw({ entry, text, target, swap, shown }) {
    // A tablet that is locked by now is told of nobody: the next question finds out.
    const place = text && isHere(entry) && document.querySelector(target);
    if (!place) return ask();
    // A poll that is older must not draw over it.
    if (live()) htmx.trigger(live(), "htmx:abort");
    await htmx.swap({ text, target: place, swap, sourceElement: place, tap: entry });
    // An open sheet may be of somebody who had no row any more.
    if (shown && document.getElementById(`m-${whose(entry)}`)) asked().ptag = shown;
  }
  function ask() {
    if (!live()) return;
    asked().ptag = "";
    htmx.trigger(live(), "htmx:abort");
    htmx.trigger(live(), "wake");
  }

  // What was written -----------------------------------------------------------------------------------------------
  // It goes straight to the server, after the taps that wait. Until it is answered, the same words are the same tap.
  const said = new WeakMap();
  const TAKEN = [200, 204, 409, 422];
  function direct(ctx) {
    const { sourceElement: form, request: { body, submitter } } = ctx;
    const landed = since(0);
    const words = [submitter?.value, ...[...form.querySelectorAll("textarea")].map((field) => field.value)].join("\n");
    if (said.get(form)?.words !== words) said.set(form, { words, key: tap.key() });
    body.set("tap", said.get(form).key);
    body.set("coach", coach());
    ctx.written = form;
    ctx.fetch = async (address, options) => {
      await drain();
      // Nobody's words wait for what another coach has left here, nor for what the server fails on.
      if (outbox.mine().some((entry) => whose(entry) === whose({ address }) && !isFailed(entry))) throw new TypeError("Not saved");
      let sent;
      // What is tapped meanwhile comes after it, but waits no longer for it than for another tap.
      await inTurn(() => {
        options.body.set("age", String(age(landed)));
        if (secret()) options.headers["X-CSRFToken"] = secret();
        sent = fetch(address, { ...options, redirect: "manual" });
        return Promise.race([sent, new Promise((done) => setTimeout(done, PATIENCE))]);
      }).catch(() => {});
      const answer = await sent;
      follow({ address }, answer);
      // A proxy's page, or that of a network which wants a sign-in of its own, has saved nothing. And a tablet that is
      // locked by now is not told why it was refused, and has nothing to draw in place of the words.
      const isNamed = !form.elements.tap || answer.headers.get("X-Op") === said.get(form).key;
      const isTold = answer.status !== 422 || (await answer.clone().text());
      if (!isOurs(answer) || (TAKEN.includes(answer.status) && !(isNamed && isTold))) throw new TypeError("Not saved");
      return answer;
    };
  }
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!ctx.written) return;
    const isAnswered = TAKEN.includes(ctx.response?.status);
    if (isAnswered) said.delete(ctx.written);
    ctx.written.querySelector("[data-unsaved]")?.toggleAttribute("hidden", isAnswered);
  });

  // Refused taps stay until they were read; one that is tried again is a new tap.
  const refusals = () => kept(REFUSED).filter((entry) => isKnown(entry) && entry.coach === coach());
  function refuse(entry) {
    try {
      localStorage.setItem(REFUSED + entry.key, JSON.stringify(entry));
    } catch {
      // The bar and the row have said it.
    }
  }
  function dismiss(key) {
    localStorage.removeItem(REFUSED + key);
    forget({ key });
    changed();
    // It may have held up others.
    drain();
  }
  function tryAgain(key) {
    // One that the server failed on may have been stored all the same: it stays the same tap.
    if (waiting.some((entry) => entry.key === key)) {
      resting.delete(key);
      return void drain();
    }
    const { address, body, target, swap, page } = JSON.parse(localStorage.getItem(REFUSED + key));
    localStorage.removeItem(REFUSED + key);
    const entry = add(address, body, { target, swap, page });
    tell("outbox:kept", { entry });
    changed();
  }

  // Whatever tells that the network is back, or that somebody else has written to this tablet -----------------------
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    ctx.request.headers["X-Waiting"] = String(waiting.length);
    if (ctx.request.method === "POST") direct(ctx);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const { status, headers } = ctx.response ?? {};
    const { signal } = ctx.request;
    if (status === 401) become("signedOut", headers.get("X-Sign-In") ?? "");
    else if (!status && (!signal?.aborted || signal.reason === "timeout")) become("away");
    else if (ctx.sourceElement === live() && [200, 304].includes(status) && state !== "ok") {
      if (next()) drain();
      else become("ok");
    }
  });
  addEventListener("online", drain);
  addEventListener("pageshow", () => drain());
  document.addEventListener("visibilitychange", () => drain());
  addEventListener("storage", ({ key, oldValue, newValue }) => {
    if (key !== null && !key.startsWith(WAITS) && !key.startsWith(REFUSED)) return;
    const before = waiting.length;
    read();
    // Another tab has sent some: what came of them is not known here.
    if (waiting.length < before) ask();
    changed();
    if (newValue === null) drain();
    // The tab that was tapped sends it, and knows what to do with the answer; where it is closed this one does.
    else if (oldValue === null) setTimeout(drain, FIRST_PAUSE);
  });
  setInterval(() => {
    if (!timer && !underway && state !== "signedOut" && next()) drain();
  }, EVERY);
  addEventListener("beforeunload", (event) => {
    if (loose.size) event.preventDefault();
  });
  read();
  navigator.storage?.persist?.();

  globalThis.outbox = {
    age,
    amend,
    ask,
    drain,
    dismiss,
    tryAgain,
    refusals,
    isFailed,
    canSend: () => next() !== null,
    refused: () => refusals().length,
    size: () => waiting.length,
    mine: () => waiting.filter((entry) => isKnown(entry) && entry.coach === coach()),
    others: () => waiting.filter((entry) => isKnown(entry) && entry.coach !== coach() && isOfHere(entry)),
    newer: () => [...waiting, ...kept(REFUSED)].filter((entry) => !isKnown(entry)).length,
    state: () => state,
    signIn: () => signIn,
    isFull: () => loose.size > 0,
    whose,
    classOf,
  };
})();
