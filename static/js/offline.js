// What a page does about a connection that comes and goes: has itself and the class's other pages kept (worker.js), says
// when it is a kept one, takes nothing for an answer that is not the server's, and lets names go at sign-out.
(() => {
  "use strict";
  const { release, kept, instead, shell } = document.body.dataset;
  const worker = navigator.serviceWorker;
  // A coach's pages want more files than a member's; a worker that has them stays.
  const [ALL, OF_MEMBERS] = ["/sw.js", "/sw.js?of=member"];
  // Milliseconds: between looks for a new version; within which the class's other pages need not be kept again; between
  // two times that pages which change are; from a tap that was saved until its page is; between two questions whether the
  // server is back, and for an answer to one.
  const [HOUR, FRESH, MINUTE, SOON, AGAIN, TIMEOUT] = [36e5, 6e5, 6e4, 3e3, 5e3, 6e3];
  const INSTEAD = "/no-connection/";
  const isInstead = instead !== undefined;

  // ---- Keeping ----

  let isKeeping = false;
  async function keep() {
    const known = (await worker.getRegistration())?.active?.scriptURL;
    const registration = await worker.register(shell === "member" || isInstead ? (known ?? OF_MEMBERS) : ALL);
    if (!registration) return;
    // A board may be open all day; the browser itself looks for a new version only when somebody goes to a page.
    setInterval(() => registration.update().catch(() => {}), HOUR);
    if (isInstead) return;
    await worker.ready;
    isKeeping = true;
    keepClass();
    setInterval(keepClass, FRESH);
    setInterval(keepChanges, MINUTE);
    // A tablet that is put down may be opened again without a connection.
    document.addEventListener("visibilitychange", () => document.hidden && keepChanges());
  }
  const post = async (message) => (await worker.ready).active.postMessage(message);
  const others = () => [...document.querySelectorAll("[data-keep]")].map((each) => each.href ?? each.action);
  function keepClass() {
    post({ keep: [location.href, ...others()], within: FRESH });
  }
  // What is kept is the page as the server drew it, and a board changes with every tap: one's own are on it soon.
  let hasChanged = false;
  function keepChanges() {
    if (!hasChanged) return;
    hasChanged = false;
    post({ keep: [location.href], within: 0 });
    post({ keep: others(), within: MINUTE });
  }
  const SAVED = "saved";
  let soon = 0;
  document.addEventListener("outbox:answered", () => {
    hasChanged = true;
    try {
      localStorage.setItem(SAVED, Date.now());
    } catch {
      // No room to remember when it was.
    }
    if (!isKeeping) return;
    soon ||= setTimeout(() => {
      soon = 0;
      post({ keep: [location.href], within: 0 });
    }, SOON);
  });
  // The files of this page's version stay on the device until it is closed.
  if (release) navigator.locks?.request(`files ${release}`, { mode: "shared" }, () => new Promise(() => {}));
  // Not there in plain HTTP, and refused in some private windows: then everything works as long as there is a connection.
  // A page without a release, such as that to choose a gym, is no reason to keep anything.
  if (worker && release) addEventListener("load", () => keep().catch(() => {}));

  async function forget() {
    worker?.controller?.postMessage("forget");
    const names = (await globalThis.caches?.keys()) ?? [];
    await Promise.all(names.filter((name) => name.startsWith("pages ")).map((name) => caches.delete(name)));
  }

  // ---- A kept page ----

  const note = document.getElementById("kept");
  if (kept && note) {
    const at = new Date(Number(kept));
    const days = (Date.now() - at) / 864e5;
    const day = days < 6 ? { weekday: "short" } : { day: "numeric", month: "short" };
    const clock = { ...(at.toDateString() === new Date().toDateString() ? {} : day), hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    note.querySelector("b").textContent = at.toLocaleString(document.documentElement.lang, clock);
    // A tap that was saved after that may not be on it.
    note.querySelector("span").hidden = !(Number(localStorage.getItem(SAVED)) > at.getTime());
    note.hidden = false;
  }
  const asksItself = document.getElementById("live");
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const { status, headers } = ctx.response ?? {};
    // A tablet that coaches share may be unlocked again within seconds: lock.js finds out, and forgets.
    if (status === 401 && headers.get("X-For") && !document.body.dataset.ticket) forget();
    if (ctx.sourceElement !== asksItself) return;
    if (status === 200) hasChanged = true;
    if (!note || note.hidden || ![200, 304].includes(status)) return;
    note.hidden = true;
    keepClass();
  });
  // The page of a network that wants a sign-in first, or of a proxy, is no answer: nothing of it comes onto the page.
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "GET") return;
    ctx.fetch = async (address, request) => {
      const answer = await fetch(address, request);
      if (!answer.headers.has("X-Now")) throw new TypeError("This answer is not from Rung");
      return answer;
    };
  });

  // What does not ask by itself asks until it is answered, and is then drawn anew; not under a hand that types, nor over
  // what was filled in and is not sent, nor in the middle of a guided check.
  const isChanged = ({ type, checked, defaultChecked, value, defaultValue, options, selectedIndex }) => {
    if (options) return selectedIndex !== Math.max([...options].findIndex((each) => each.defaultSelected), 0);
    return ["radio", "checkbox"].includes(type) ? checked !== defaultChecked : value !== defaultValue;
  };
  const isFilledIn = () => [...document.querySelectorAll("input, select, textarea")].some(isChanged);
  const isTyping = () =>
    document.activeElement.matches("input, select, textarea") || isFilledIn() || Boolean(document.querySelector("[data-runs]"));
  async function isThere() {
    const options = { method: "HEAD", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) };
    const answer = await fetch(location.href, options).catch(() => null);
    return answer !== null && (answer.type === "opaqueredirect" || (answer.headers.has("X-For") && answer.status < 500));
  }
  async function comeBack() {
    if (document.hidden || isTyping()) return;
    if (isSignedOut()) return void leave();
    if (!(await isThere())) return;
    // Who came by signing out has no page to go back to.
    if (location.pathname === INSTEAD) location.assign("/");
    else location.reload();
  }

  // ---- A page that did not come whole ----

  // Without the script that keeps them, taps go straight to the server and are lost where nobody answers: the page says so,
  // where it would say that all is saved. A tap that is sent twice on the way is still one.
  // The page of a network that wants a sign-in first, where a script should be, cannot be read as one.
  let isTorn = false;
  addEventListener("error", ({ target, error }) => (isTorn ||= target instanceof HTMLScriptElement || error instanceof SyntaxError), true);
  const isWhole = () => !document.getElementById("net") || (globalThis.outbox && globalThis.inWords && !isTorn);
  function sayLost() {
    if (isWhole()) return;
    const net = document.getElementById("net");
    const button = net.querySelector("button");
    net.dataset.level = "stop";
    button.textContent = net.dataset.lost;
    button.removeAttribute("popovertarget");
    button.addEventListener("click", () => location.reload(), { once: true });
  }
  addEventListener("load", sayLost);
  document.addEventListener("htmx:after:swap", sayLost);
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const { method, body } = ctx.request;
    if (method === "POST" && !globalThis.outbox && !body.get("tap")) body.set("tap", tap.key());
  });

  // ---- Signing out ----

  // Also where the server cannot be told: then as soon as it can. The secret of the forms is another one after the next
  // sign-in, whose the old wish is not.
  const WISH = "signed out";
  const isSignedOut = () => localStorage.getItem(WISH) !== null && localStorage.getItem(WISH) === secret();
  async function leave() {
    await forget();
    // Where it leads to is asked for too: a page of ours says that it was heard, and not by another network's page.
    const asked = { method: "POST", headers: { "X-CSRFToken": secret() }, signal: AbortSignal.timeout(TIMEOUT) };
    const answer = await fetch("/account/logout/", asked).catch(() => null);
    if (answer?.headers.has("X-For") && answer.status < 500) {
      // Once heard it is no wish any more: who has the tablet next may have the same secret.
      localStorage.removeItem(WISH);
      location.assign("/");
    } else if (!isInstead) location.assign(INSTEAD);
  }
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.matches("[data-signs-out]") || !secret()) return;
    try {
      localStorage.setItem(WISH, secret());
    } catch {
      // There is no room for a wish: the form goes to the server as it is.
      return void forget();
    }
    event.preventDefault();
    leave();
  });

  if (!isInstead && isSignedOut()) leave();
  if (isInstead || (kept && !asksItself)) {
    setInterval(comeBack, AGAIN);
    addEventListener("online", comeBack);
    document.addEventListener("visibilitychange", comeBack);
  }

  // ---- The language that is read here ----

  // A page that somebody's device may keep speaks theirs; the page for what does not open is drawn for nobody.
  const READ = "language";
  try {
    if (release && !isInstead) localStorage.setItem(READ, document.documentElement.lang);
  } catch {
    // There is no room: that page then speaks the browser's.
  }
  const language = () => localStorage.getItem(READ);

  globalThis.offline = { forget, isSignedOut, language };
})();
