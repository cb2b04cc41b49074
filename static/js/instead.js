// The page for one that does not open: in the language that was read last, whether somebody has signed out meanwhile, and
// the way back, which is to the page that this one would have led on to, or to where somebody was.
(() => {
  "use strict";
  const all = [...document.querySelectorAll("[data-language]")];
  const read = offline.language();
  const shown = all.find((each) => each.lang === read) ?? all[0];
  for (const each of all) each.hidden = each !== shown;
  document.documentElement.lang = shown.lang;
  document.title = `${shown.querySelector("h1").textContent} · Rung`;

  const isSignedOut = offline.isSignedOut();
  shown.querySelector("[data-signed-out]").hidden = !isSignedOut;
  const named = new URLSearchParams(location.search).get("next") ?? document.referrer;
  const page = named && new URL(named, location.origin);
  const isThere = page && page.origin === location.origin && page.pathname !== location.pathname && !isSignedOut;
  const link = shown.querySelector("[data-way-back]");
  link.hidden = !isThere;
  if (isThere) link.href = page.pathname + page.search;
})();
