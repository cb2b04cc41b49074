// A tablet that coaches share: it locks itself when nobody touches it, changes hands in two taps, and shows no name while
// it is locked; all of it without a network as well. What the tablet knows of itself stands in localStorage:
//   "tablet"          {turn, isLocked, hand: {coach, ticket, hand, name, isTold} | null, isTyped}: as of that turn; a page
//                     that shows an older turn is one that was kept, and follows what stands here. "hand" is who took it
//                     here last; a newer turn ends that once the server was told, or somebody typed a PIN since
//   "tablet touched"  when a finger last touched it, in ms of its own clock
// It is loaded before the page is drawn: a tablet that is locked draws none.
(() => {
  "use strict";
  const page = document.currentScript.dataset;
  const root = document.documentElement;
  const turn = Number(page.turn);
  const [STATE, TOUCHED] = ["tablet", "tablet touched"];
  const [AGAIN, PATIENCE, LONGEST_LEAVE, SHORT] = [5000, 6000, 8000, 3000];

  function known() {
    try {
      return JSON.parse(localStorage.getItem(STATE)) ?? { turn: -1 };
    } catch {
      return { turn: -1 };
    }
  }
  // Answers whether there was room for it.
  function write(name, value) {
    try {
      localStorage.setItem(name, value);
      return true;
    } catch {
      return false;
    }
  }
  const keep = (values) => write(STATE, JSON.stringify({ ...known(), ...values }));
  // What there was no room for.
  let touchedHere = 0;
  // Whether a finger is known to have made the last touch.
  let isSure = true;
  function mark() {
    const now = Date.now();
    touchedHere = write(TOUCHED, now) ? 0 : now;
  }
  function touch() {
    isSure = true;
    mark();
  }
  // A clock that was set back knows nothing of the last touch: from now on it counts anew.
  function idle() {
    const ago = Date.now() - Math.max(Number(localStorage.getItem(TOUCHED) ?? 0), touchedHere);
    if (ago >= 0) return ago;
    isSure = false;
    mark();
    return 0;
  }
  const isIdle = () => idle() > page.minutes * 60_000;
  async function send(address, values = {}) {
    const headers = { "HX-Request": "true", "X-CSRFToken": secret() ?? "" };
    const body = new URLSearchParams(values);
    return fetch(address, { method: "POST", redirect: "manual", headers, body, signal: AbortSignal.timeout(PATIENCE) });
  }

  // ---- Locked ----

  let isLeaving = false;
  function lock() {
    keep({ isLocked: true, hand: null });
    cover();
  }
  function cover() {
    if (isLeaving) return;
    isLeaving = true;
    root.dataset.locked = "";
    document.title = page.title;
    // A page that is locked while it is still being read has no other script yet.
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", letGo);
    else letGo();
  }
  function letGo() {
    globalThis.offline?.forget();
    tell();
  }
  // The server is told as soon as it can be; until then this page stays, and shows nothing.
  async function tell() {
    const answer = await send(page.lock).catch(() => null);
    if (answer && (answer.type === "opaqueredirect" || answer.status === 401)) {
      // What waits is taken also while it is locked; the lock screen sends what is left.
      await Promise.race([globalThis.outbox?.drain(), new Promise((resolve) => setTimeout(resolve, SHORT))]);
      return location.replace(page.screen);
    }
    root.dataset.locked = "away";
    const again = new AbortController();
    const timer = setTimeout(() => next(), AGAIN);
    const next = () => (clearTimeout(timer), again.abort(), tell());
    addEventListener("online", next, { signal: again.signal });
  }
  // The server says that it is locked: taps that wait prove by their tickets whose they are, and are sent first, for as
  // long as they were made without a pause they keep it unlocked. Answers whether it is not locked after all.
  async function leave(address) {
    const until = Date.now() + LONGEST_LEAVE;
    while (globalThis.outbox?.canSend() && Date.now() < until) {
      await globalThis.outbox.drain();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const options = { method: "HEAD", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch(globalThis.location.href, options).catch(() => null);
    if (answer?.status === 200) return true;
    keep({ isLocked: true, hand: null });
    root.dataset.locked = "";
    await globalThis.offline?.forget();
    location.replace(address);
  }
  let isAsked = false;
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const { status, headers } = ctx.response ?? {};
    if (status === 200 || status === 304) report();
    const address = status === 401 && headers.get("X-Sign-In");
    if (!address || !address.startsWith(page.screen) || isAsked) return;
    isAsked = true;
    leave(address).finally(() => (isAsked = false));
  });

  // ---- In whose hands ----

  const hands = () => [...document.querySelectorAll("#hands [name=unlock]")];
  const handOf = ({ value, textContent, dataset: { coach, ticket, hand } }) => ({ unlock: value, name: textContent, coach, ticket, hand });
  // One that there was no room for is known to this page alone.
  let unkept = null;
  const present = () => unkept ?? known().hand;
  // Every tap from now on is this coach's. What the page says to "you" it says to whom it was drawn for.
  let drawnFor = null;
  function give(hand) {
    drawnFor ??= document.body.dataset.coach;
    document.body.toggleAttribute("data-other-hand", hand.coach !== drawnFor);
    Object.assign(document.body.dataset, { coach: hand.coach, ticket: hand.ticket });
    if (hand.hand) document.body.dataset.hand = hand.hand;
    else delete document.body.dataset.hand;
    const shown = document.querySelector("#hands summary .name");
    if (shown && shown.textContent !== hand.name) shown.textContent = hand.name;
    for (const each of hands()) each.toggleAttribute("aria-current", each.dataset.coach === hand.coach);
  }
  function settle() {
    const hand = present();
    if (hand && document.body) give(hand);
  }
  async function change(button) {
    const hand = handOf(button);
    // Whatever PIN was typed before, this came after it.
    unkept = keep({ hand, isTyped: false }) ? null : hand;
    give(hand);
    document.getElementById("hands").open = false;
    await report();
  }
  // The server is told whose hands it is in now, and draws the page anew for them. Without a network it learns it later.
  let isReporting = false;
  async function report() {
    const hand = present();
    if (!hand || hand.isTold || isReporting) return;
    isReporting = true;
    const answer = await wish(hand, Math.max(turn, known().turn));
    isReporting = false;
    // Another coach has taken it while that was asked.
    if (answer && present()?.unlock !== hand.unlock) return report();
    if (![204, 401].includes(answer?.status)) return;
    if (answer.status === 204) {
      const told = Number(answer.headers.get("X-Turn"));
      // A network that wants a sign-in of its own has turned nothing.
      if (!told) return;
      // A page that was kept before may come instead of a new one, and must be known for an old one.
      keep({ turn: told, hand: { ...hand, isTold: true } });
      location.reload();
    } else await turnedAway(answer.headers.get("X-Sign-In") ?? page.screen);
  }
  // An earlier wish may have come late, and been heard since that turn: then once more, unless there is a later one.
  async function wish(hand, asOf) {
    const answer = await send(page.switch, { unlock: hand.unlock, turn: asOf }).catch(() => null);
    const heard = answer?.status === 409 ? Number(answer.headers.get("X-Turn")) : 0;
    return heard > asOf && present()?.unlock === hand.unlock ? wish(hand, heard) : answer;
  }
  // Whoever took it is not unlocked any more: it is in the hands that the server says.
  async function turnedAway(address) {
    unkept = null;
    keep({ hand: null });
    if (await leave(address)) location.reload();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "switch") {
      event.preventDefault();
      change(event.submitter);
    } else if (form.id === "lock") {
      event.preventDefault();
      lock();
    }
  });
  addEventListener("online", () => present() && report());

  // ---- A page of another time ----

  // Drawn at the very turn that the server answered: there is nothing left to tell.
  if (turn === known().turn && known().hand?.isTold) keep({ hand: null });
  const now = known();
  // What the server was not told yet is still to come: a newer turn may be that of an earlier wish.
  const isOver = now.isTyped || now.isLocked || !now.hand || now.hand.isTold;
  if (turn > now.turn) keep({ turn, isLocked: false, isTyped: false, hand: isOver ? null : now.hand });
  else if (now.isLocked || isIdle()) lock();
  touch();
  document.addEventListener("readystatechange", settle);
  document.addEventListener("htmx:after:swap", settle);

  // ---- Touched, and not touched ----

  function look() {
    if (known().isLocked || isIdle()) lock();
  }
  for (const name of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    document.addEventListener(name, () => isLeaving || (isIdle() ? lock() : touch()), { capture: true, passive: true });
  }
  setInterval(look, 1000);
  addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
  addEventListener("storage", ({ key }) => key === STATE && (look(), settle()));
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const ago = idle();
    if (isSure) ctx.request.headers["X-Touched"] = String(ago);
    if (ctx.request.method === "POST") ctx.request.body.set("ticket", document.body.dataset.ticket);
  });
})();
