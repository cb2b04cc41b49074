// The class's clock, on every page that shows one. What runs is reckoned from the server's start time, so that a reload,
// a sleep or a server that starts again change nothing, and it goes on while the network is away.
//
// The page says the server's time where it was drawn (data-now), every answer says it again (X-Now), all in ms. Of the
// device only the time that passes is used, never what its own clock shows.
//
//   <span data-clock data-started="…" data-paused="" data-seconds="720">   its text becomes 04:12, or +00:34 over time
//   <p data-interval data-started="…" data-paused="" data-begins="0" data-phases="[…]">   see interval() below
(() => {
  "use strict";
  // The server's time less performance.now(): the ends between which it must lie.
  let least = -Infinity;
  let most = Infinity;

  // The server said its time between these two moments of performance.now().
  function heard(server, sent, received) {
    if (!Number.isFinite(server)) return;
    const [from, to] = [server - received, server - sent];
    // Nothing in common: one of the clocks was set anew or stood still. What was heard last counts.
    const agrees = from <= most && to >= least;
    [least, most] = agrees ? [Math.max(from, least), Math.min(to, most)] : [from, to];
    draw();
  }
  const now = () => performance.now() + (least + most) / 2;

  // Whole seconds of the block that have passed, as programming/clock.py reckons them.
  function elapsed({ started, paused }) {
    return Math.max(Math.floor(((paused ? Number(paused) : now()) - Number(started)) / 1000), 0);
  }
  function spoken(seconds) {
    const all = Math.abs(seconds);
    return `${seconds < 0 ? "+" : ""}${String(Math.floor(all / 60)).padStart(2, "0")}:${String(all % 60).padStart(2, "0")}`;
  }
  function write(element, words) {
    if (element && element.textContent !== words) element.textContent = words;
  }

  function block(element) {
    const left = Number(element.dataset.seconds) - elapsed(element.dataset);
    write(element, spoken(left));
    element.toggleAttribute("data-over", left < 0);
  }

  // Each phase is [name, words, side, count, seconds]; the parts that show them are marked with data-part.
  function interval(element) {
    let rest = elapsed(element.dataset) - Number(element.dataset.begins);
    const phases = JSON.parse(element.dataset.phases);
    let place = rest < 0 ? -1 : 0;
    while (place >= 0 && place < phases.length && rest >= phases[place][4]) rest -= phases[place++][4];
    const [name, words, side, count, seconds] = phases[place] ?? [place < 0 ? "before" : "after", "", "", "", 0];
    const part = (which) => element.querySelector(`[data-part=${which}]`);
    write(part("words"), words || element.dataset[name]);
    write(part("side"), side);
    write(part("count"), count);
    write(part("left"), phases[place] ? String(seconds - rest) : "");
    if (element.dataset.phase !== name) element.dataset.phase = name;
    // By its place alone: going on after a pause begins no phase. An interval that comes onto the page later is told of
    // when it begins; nothing is told of what a page finds when it opens.
    const begins = places.has(element.id) ? places.get(element.id) !== place : place === 0;
    if (places !== none && begins && !element.dataset.paused) {
      element.dispatchEvent(new CustomEvent("clock:phase", { bubbles: true, detail: { name, words, side, count } }));
    }
    return [element.id, place];
  }
  // At which phase each interval of the page was last drawn.
  const none = new Map();
  let places = none;

  function draw() {
    if (least === -Infinity) return;
    document.querySelectorAll("[data-clock]").forEach(block);
    places = new Map([...document.querySelectorAll("[data-interval]")].map(interval));
  }

  // On some devices performance.now() stands still while they sleep. How long, their clock tells; the next answer tells
  // it better.
  let hidden = null;
  document.addEventListener("visibilitychange", () => {
    const [device, page] = [Date.now(), performance.now()];
    if (document.hidden) hidden = [device, page];
    else if (hidden) {
      const slept = device - hidden[0] - (page - hidden[1]);
      if (slept > 1000) [least, most] = [least + slept, most + slept];
      hidden = null;
      draw();
    }
  });

  const asked = new WeakMap();
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => asked.set(ctx, performance.now()));
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const said = ctx.response?.headers?.get("X-Now");
    if (said && asked.has(ctx)) heard(Number(said), asked.get(ctx), performance.now());
  });
  // What an answer drew shows the present second at once.
  document.addEventListener("htmx:after:swap", draw);

  const page = performance.getEntriesByType("navigation")[0];
  const drawn = document.querySelector("[data-now]");
  const kept = Number(document.body.dataset.kept);
  // Since a page was kept on this device, as much time has passed as its clock says.
  if (drawn && kept) heard(Number(drawn.dataset.now) + Date.now() - kept, performance.now(), performance.now());
  else if (drawn) heard(Number(drawn.dataset.now), page?.requestStart ?? 0, page?.responseStart || performance.now());
  setInterval(draw, 100);

  globalThis.clock = { now, heard, draw };
})();
