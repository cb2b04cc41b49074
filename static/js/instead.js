// The page for one that does not open: whether somebody has signed out meanwhile, and the way back, which is to the page
// that this one would have led on to, or to where somebody was.
(() => {
  "use strict";
  const isSignedOut = offline.isSignedOut();
  document.getElementById("signed-out").hidden = !isSignedOut;
  const named = new URLSearchParams(location.search).get("next") ?? document.referrer;
  const page = named && new URL(named, location.origin);
  const isThere = page && page.origin === location.origin && page.pathname !== location.pathname && !isSignedOut;
  const link = document.getElementById("way-back");
  link.hidden = !isThere;
  if (isThere) link.href = page.pathname + page.search;
})();
