// The service worker: lets a class be taught, and one's own drills be read, without a connection. gym/shell.py writes SHELL in front of it, so that it is
// another one whenever a file of the shell changes:
//
//   SHELL = {release, files: [[address, digest], …], static: "/static/", instead: the page for what is not kept}
//
// Two kinds of caches. "files <release>" holds a version's files and lives as long as a page that needs them, open or kept.
// "pages <person>" holds pages that the server marked (X-Keep) for that person (X-For); there is never more than one of
// these, and none while nobody is signed in. Taps are not its business: it leaves alone whatever is not a GET.
"use strict";
const FILES = `files ${SHELL.release}`;
const PAGES = "pages ";
// Milliseconds: until a kept page is opened instead; until the page for no connection is; an hour. And the hours after which
// nobody opens a kept page any more that does not say it itself (X-Keep-For).
const [LIMIT, PATIENCE, HOUR, STALE] = [3e3, 3e4, 36e5, 36];
// Rises whenever somebody else is there, or nobody: what was asked for before is then not kept any more.
let era = 0;

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
// Ours, and not from the page of a network that wants a sign-in first; nor an error, of ours or of a proxy.
const isOurs = (answer) => answer.headers.has("X-For") && answer.status < 500;
const addressOf = (url) => {
  const { origin, pathname, search } = new URL(url);
  return origin + pathname + search;
};

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), sweep()])));
addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(forget());
  else event.waitUntil(Promise.all(event.data.keep.map((url) => fetchToKeep(url, event.data.within))));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(open(event));
  else if (pathname.startsWith(SHELL.static)) event.respondWith(file(request));
});

// All or nothing: without one of its files the former version goes on.
async function install() {
  const files = await caches.open(FILES);
  const instead = await fetch(SHELL.instead, { credentials: "omit", redirect: "error", cache: "no-store" });
  if (!isOurs(instead)) throw new TypeError("this is not Rung");
  await files.put(SHELL.instead, instead);
  await Promise.all(SHELL.files.map(async ([address, integrity]) => {
    // What another network left in the browser's own cache has another digest; then past that cache.
    const answer = await fetch(address, { integrity }).catch(() => fetch(address, { integrity, cache: "reload" }));
    await files.put(address, answer);
  }));
  // At once, for open pages stay as they are and find their files: a page changes only when somebody goes to it.
  await skipWaiting();
}

async function file(request) {
  const options = { ignoreVary: true };
  const kept = (await (await caches.open(FILES)).match(request, options)) ?? (await caches.match(request, options));
  return kept ?? fetch(request);
}

// ---- Pages: the server's, else the one that was kept ----

async function open(event) {
  const address = addressOf(event.request.url);
  const asOf = era;
  const asked = fetch(event.request).then((answer) => {
    event.waitUntil(take(address, answer.clone(), asOf));
    return answer;
  });
  const answered = asked.catch(() => null);
  // An answer that comes late is kept all the same.
  event.waitUntil(answered);
  const kept = await find(address);
  const answer = await Promise.race([answered, wait(kept ? LIMIT : PATIENCE)]);
  // Where a redirect leads cannot be told here; the browser follows it and asks again.
  if (answer && (!kept || isOurs(answer) || answer.type === "opaqueredirect")) return answer;
  if (kept) return told(kept);
  return (new URL(address).pathname === "/" && (await home())) || caches.match(SHELL.instead, { ignoreVary: true });
}

async function pages() {
  return (await caches.keys()).filter((name) => name.startsWith(PAGES));
}

// Nobody opens it any more: it shows what was too long ago.
const isStale = ({ headers }) => Date.now() - headers.get("X-Kept-At") > (headers.get("X-Keep-For") || STALE) * HOUR;

async function find(address) {
  for (const name of await pages()) {
    const cache = await caches.open(name);
    const kept = await cache.match(address, { ignoreVary: true });
    if (!kept) continue;
    if (!isStale(kept)) return kept;
    await cache.delete(address, { ignoreVary: true });
  }
}

// Where somebody was last, for whom "/" leads to more than one place.
async function home() {
  await letGo();
  const kept = await Promise.all((await pages()).map(async (name) => (await caches.open(name)).matchAll()));
  const homes = kept.flat().filter(({ headers }) => headers.get("X-Keep") === "home");
  const latest = homes.sort((one, other) => one.headers.get("X-Kept-At") - other.headers.get("X-Kept-At")).at(-1);
  return latest && Response.redirect(latest.headers.get("X-Address"));
}

// The page learns that it was kept, and when (ms of this device's clock); see offline.js.
async function told(kept) {
  const html = await kept.text();
  const words = html.replace("<body", `<body data-kept="${kept.headers.get("X-Kept-At")}"`);
  return new Response(words, { headers: kept.headers });
}

// Look at a page that has come: whose it is, and whether it may be kept. A redirect shows nothing of itself.
async function take(address, answer, asOf) {
  const person = answer.headers.get("X-For");
  if (person === null || asOf !== era) return;
  const others = (await pages()).filter((name) => name !== PAGES + person);
  if (others.length) asOf = era += 1;
  await Promise.all(others.map((name) => caches.delete(name)));
  if (person === "nobody") return;
  const mayBeKept = answer.status === 200 && answer.headers.has("X-Keep") && !answer.redirected;
  const copy = mayBeKept && (await copyOf(address, answer));
  const cache = await caches.open(PAGES + person);
  // Somebody may have signed out while it was read.
  if (asOf !== era) return void (await caches.delete(PAGES + person));
  if (copy) await cache.put(address, copy);
  // No longer there, or no longer for them.
  else if ([403, 404, 410].includes(answer.status)) await cache.delete(address);
  await sweep();
}

async function copyOf(address, answer) {
  const headers = new Headers(answer.headers);
  // The body is read as text, and so no longer packed.
  ["Content-Encoding", "Content-Length"].forEach((name) => headers.delete(name));
  headers.set("X-Kept-At", Date.now());
  headers.set("X-Address", address);
  return new Response(await answer.text(), { headers });
}

// A page that was open before this worker was there, has changed since, or will be wanted soon; unless it was kept within
// so many milliseconds.
async function fetchToKeep(url, within) {
  const address = addressOf(url);
  const headers = (await find(address))?.headers;
  if (headers?.get("X-Release") === SHELL.release && Date.now() - headers.get("X-Kept-At") < within) return;
  const asOf = era;
  const answer = await fetch(address, { redirect: "manual" }).catch(() => null);
  if (answer && isOurs(answer)) await take(address, answer, asOf);
}

async function forget() {
  era += 1;
  for (const name of await pages()) await caches.delete(name);
}

async function letGo() {
  for (const name of await pages()) {
    const cache = await caches.open(name);
    const stale = (await cache.matchAll()).filter(isStale);
    await Promise.all(stale.map(({ headers }) => cache.delete(headers.get("X-Address"), { ignoreVary: true })));
  }
}

// Pages that nobody will open any more, and files that no page needs: neither a kept nor an open one, which holds a lock.
async function sweep() {
  await letGo();
  const needed = new Set([FILES]);
  for (const name of await pages()) {
    for (const kept of await (await caches.open(name)).matchAll()) needed.add(`files ${kept.headers.get("X-Release")}`);
  }
  const { held } = (await navigator.locks?.query()) ?? { held: [] };
  held.forEach(({ name }) => needed.add(name));
  for (const name of await caches.keys()) if (name.startsWith("files ") && !needed.has(name)) await caches.delete(name);
}
