// What a member practised, painted before the network answers; and how many taps wait on this phone (outbox.js).
//
//   <div class="practised" data-drill="…" data-times="key@ms key@ms">   what the server knew when it drew the card
//
// All words stand in templates/member/_waits.html.
(() => {
  "use strict";
  // A tap that is answered sooner never shows as waiting. Within the second two of one drill are a slip of the thumb.
  const [SOON, SLIP, NEAR] = [1000, 20000, 14];
  const waits = document.getElementById("waits");
  const [said, link, button] = waits.children;
  const kindOf = ({ address }) => address.split("/").at(-2);
  const named = ({ body }, name) => new URLSearchParams(body).get(name);
  const counted = (name, count) => {
    const forms = waits.dataset[name].split("|");
    return forms[Math.min(count, forms.length) - 1].replace("{n}", count);
  };

  // When a drill was practised ---------------------------------------------------------------------------------------
  const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
  const daysAgo = (at) => Math.round((midnight(Date.now()) - midnight(at)) / 864e5);
  function inWords(times) {
    const days = daysAgo(times[0].at);
    if (days <= 0) return counted("today", times.filter(({ at }) => daysAgo(at) <= 0).length);
    if (days === 1) return waits.dataset.yesterday;
    if (days < NEAR) return counted("days", days);
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long" }).format(times[0].at);
    return waits.dataset.day.replace("{day}", day);
  }
  // Newest first. Of those that are too near to another one only the first counts, as the server has it.
  function standing(times, undone) {
    const left = times.filter(({ key }) => !undone.has(key)).sort((one, other) => one.at - other.at);
    const kept = [];
    for (const each of left) if (!kept.length || each.at - kept.at(-1).at >= SLIP) kept.push(each);
    return kept.reverse();
  }

  function paint() {
    const taps = outbox.mine();
    const undone = new Set(taps.filter((entry) => kindOf(entry) === "undo").map((entry) => named(entry, "undone")));
    const made = taps.filter((entry) => kindOf(entry) === "practised");
    for (const acts of document.querySelectorAll(".practised")) {
      draw(acts, made.filter((entry) => named(entry, "drill") === acts.dataset.drill), undone);
    }
  }
  function draw(acts, made, undone) {
    const known = acts.dataset.times.split(" ").filter(Boolean).map((each) => each.split("@"));
    const drawn = known.map(([key, at]) => ({ key, at: Number(at) }));
    const times = standing([...drawn, ...made.map((entry) => ({ key: entry.key, at: Date.now() - outbox.age(entry) }))], undone);
    const isToday = times.length > 0 && daysAgo(times[0].at) <= 0;
    const [done, back, again] = acts.children;
    acts.toggleAttribute("data-done", isToday);
    acts.toggleAttribute("data-waiting", made.length > 0 || drawn.some(({ key }) => undone.has(key)));
    done.hidden = !times.length;
    done.querySelector("span").textContent = times.length ? inWords(times) : "";
    if (!isToday && back.contains(document.activeElement)) again.querySelector("button").focus();
    back.hidden = !isToday;
    back.elements.undone.value = isToday ? times[0].key : "";
    again.querySelector("[data-once]").hidden = isToday;
    again.querySelector("[data-again]").hidden = !isToday;
  }

  // The card as the server has it by now; a drill that is no longer to be done goes.
  function replace(drill, text) {
    const card = document.getElementById(`drill-${drill}`);
    const drawn = new DOMParser().parseFromString(text, "text/html").getElementById(`drill-${drill}`);
    if (!card) return;
    const focused = card.contains(document.activeElement) ? document.activeElement.id : "";
    if (drawn) card.replaceWith(drawn);
    else card.remove();
    if (focused) document.getElementById(focused)?.focus();
  }
  const drillOf = (text) => new DOMParser().parseFromString(text, "text/html").querySelector(".practised")?.dataset.drill;

  // What waits -------------------------------------------------------------------------------------------------------
  let reason = "";
  let warned = false;
  let timer = 0;
  const isLate = (entry) => outbox.state() !== "ok" || outbox.age(entry) > SOON;
  function say() {
    const mine = outbox.mine();
    const failed = mine.filter(outbox.isFailed).length;
    const open = mine.length - failed;
    const [refused, others, isOut] = [outbox.refused(), outbox.others().length, outbox.state() === "signedOut"];
    const words = [];
    if (outbox.isFull()) words.push(waits.dataset.full);
    else if (open && isOut) words.push(counted("signedOut", open));
    else if (open && mine.some(isLate)) words.push(counted("kept", open));
    if (failed) words.push(counted("failed", failed));
    if (refused) words.push(counted("refused", refused), reason);
    if (others) words.push(counted("others", others));
    if (warned && mine.length) words.push(waits.dataset.leaving);
    write(said, words.filter(Boolean).join(" "));
    waits.hidden = !said.textContent;
    link.hidden = !(isOut && open);
    button.hidden = !refused;
    if (outbox.signIn()) link.href = outbox.signIn();
    if (said.textContent) announce(said.textContent);
    clearTimeout(timer);
    if (open && !mine.some(isLate)) timer = setTimeout(say, SOON + 50);
  }
  function write(element, words) {
    if (element.textContent !== words) element.textContent = words;
  }
  const announce = (words) => write(document.getElementById("status"), words);
  button.addEventListener("click", () => {
    for (const { key } of outbox.refusals()) outbox.dismiss(key);
    reason = "";
    say();
  });

  function show() {
    paint();
    say();
  }
  document.addEventListener("outbox:change", show);
  document.addEventListener("outbox:kept", ({ detail: { form } }) => {
    const acts = form?.closest(".practised");
    if (!acts) return;
    paint();
    announce(`${acts.dataset.name}: ${acts.querySelector(".done span").textContent || waits.dataset.not}`);
  });
  document.addEventListener("outbox:answered", ({ detail: { entry, status, text } }) => {
    // A sentence, but for what is not there: that is a page.
    if (status !== 200) reason = text.startsWith("<") ? "" : text.trim();
    // A page that tells of them is drawn anew once all are sent.
    else if ("anew" in document.body.dataset) outbox.mine().length || location.reload();
    else if (!["practised", "undo"].includes(kindOf(entry))) return;
    else if (named(entry, "drill") ?? drillOf(text)) replace(named(entry, "drill") ?? drillOf(text), text);
    else location.reload();
  });
  // Who signs out while something waits is told once.
  document.addEventListener("submit", (event) => {
    if (!event.target.action.endsWith("/account/logout/") || warned || !outbox.mine().length) return;
    event.preventDefault();
    event.stopPropagation();
    warned = true;
    say();
    waits.scrollIntoView({ block: "center" });
  }, true);
  // A page that was left open overnight, or comes back from the browser's memory.
  addEventListener("pageshow", show);
  document.addEventListener("visibilitychange", () => document.hidden || show());
  show();
})();
