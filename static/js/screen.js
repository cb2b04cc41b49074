// The gym's TV: nobody stands beside it, so it has to find its way back by itself, after a server that starts again, a
// night without network, a browser that slept, a new version of these files. The poll itself is htmx's; see
// templates/screen/screen.html.
(() => {
  "use strict";
  // Seconds without an answer after which it says so; between two questions of a link that shows nothing; a page of
  // names; and until a page that hears nothing, or is drawn with old files, loads itself anew.
  const [AWAY, CLOSED, PAGE, ANEW] = [15, 30, 10, 60];
  const seconds = () => performance.now() / 1000;
  const main = document.getElementById("content");
  const live = document.getElementById("live");
  const away = document.getElementById("away");
  const isClosed = () => document.getElementById("tv").dataset.kind === "closed";

  let heard = seconds();
  let asked = -Infinity;
  // The gym's own clock when it last answered.
  let clockThen = main.dataset.heard;

  document.addEventListener("htmx:before:request", (event) => {
    if (isClosed() && seconds() - asked < CLOSED) event.preventDefault();
    else asked = seconds();
  });
  document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
    const { status, headers } = ctx.response;
    const release = headers.get("X-Release");
    // A proxy's page, or that of a network which wants somebody to sign in, is no answer.
    if (!release || ![200, 304, 404].includes(status)) {
      ctx.swap = "none";
      return;
    }
    heard = seconds();
    clockThen = headers.get("X-Clock") ?? clockThen;
    say();
    if (release !== main.dataset.release) loadAnew();
  });

  function say() {
    const isAway = seconds() - heard >= AWAY && !isClosed();
    if (isAway) away.lastElementChild.textContent = clockThen;
    away.hidden = !isAway;
  }

  // Only when the server has just answered for the page as well: a browser's own page of errors would stay for ever.
  let tried = seconds();
  async function loadAnew() {
    if (seconds() - tried < ANEW) return;
    tried = seconds();
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (answer?.headers.get("X-Release")) location.reload();
  }

  setInterval(() => {
    say();
    if (seconds() - heard >= ANEW && !isClosed()) loadAnew();
  }, 1000);

  // Whoever wakes up asks at once.
  function wake() {
    asked = -Infinity;
    htmx.trigger(live, "wake");
    stayAwake();
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
  addEventListener("online", wake);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) wake(); });
  function stayAwake() {
    if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
  }
  stayAwake();

  // Names: the largest size in which all of a station fit, else pages of the smaller one; the least for one so long that
  // it fills a column.
  let page = 0;
  const lists = () => document.querySelectorAll(".names");
  const isWide = (element) => element.scrollWidth > element.clientWidth + 1;
  const set = (element, name, value) => { if (element.dataset[name] !== value) element.dataset[name] = value; };
  // One that is higher than the list goes on in the next column.
  const isTorn = (name) => name.getClientRects().length > 1;
  function fit(list) {
    const names = [...list.children];
    set(list, "size", list.closest("footer") ? "small" : "large");
    if (list.dataset.size === "large" && (isWide(list) || names.some(isWide))) set(list, "size", "small");
    if (names.some(isTorn)) set(list, "size", "least");
  }
  function turn(list) {
    const gap = parseFloat(getComputedStyle(list).columnGap);
    const width = list.clientWidth + gap;
    // The last page may be one column of two; widths are rounded.
    const pages = Math.max(Math.ceil((list.scrollWidth + gap) / width - 0.05), 1);
    const place = page % pages;
    list.scrollLeft = place * width;
    const heading = list.parentElement.querySelector("h2");
    if (pages > 1) set(heading, "page", `${place + 1}/${pages}`);
    else delete heading.dataset.page;
  }
  function layOut() {
    lists().forEach(fit);
    lists().forEach(turn);
  }
  setInterval(() => {
    page += 1;
    lists().forEach(turn);
  }, PAGE * 1000);
  // "Nothing new" swaps nothing.
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.response?.status !== 304) layOut();
  });
  addEventListener("resize", layOut);
  document.fonts.ready.then(layOut);
  layOut();
})();
