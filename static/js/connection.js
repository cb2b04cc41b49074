// What the header says of the taps on this tablet, and the list behind it. All words stand in the page:
// templates/coach/_connection.html and _own_taps.html.
(() => {
  "use strict";
  // A tap that is answered sooner never shows as waiting.
  const SOON = 1000;
  const net = () => document.getElementById("net");
  const list = document.getElementById("own-taps");
  const counted = (forms, count) => forms[Math.min(count, forms.length) - 1].replace("{n}", count);

  // A tap in words ---------------------------------------------------------------------------------------------------
  const pairs = (text) => Object.fromEntries(text.split(/[;|]/).map((pair) => pair.trim().split("=")));
  const [KINDS, VALUES, WHY] = [list.dataset.kinds, list.dataset.values, list.dataset.why].map(pairs);
  const kindOf = ({ address }) => address.split("/").at(-2);
  // Those who were chosen from what was found: their names are on no row yet, and kept nowhere.
  const found = new Map();
  document.addEventListener("outbox:kept", ({ detail: { entry, submitter } }) => {
    if (submitter?.closest("#found")) found.set(entry.key, submitter.textContent);
  });
  function nameOf(entry) {
    const body = new URLSearchParams(entry.body);
    if (kindOf(entry) === "add" && !body.get("member")) return body.get("name");
    const member = outbox.whose(entry) || (kindOf(entry) === "add" && body.get("member"));
    if (!member) return "";
    if (found.has(entry.key)) return found.get(entry.key);
    if (isElsewhere(entry)) return list.dataset.elsewhere;
    const own = location.pathname.includes(member) && member ? document.querySelector("#member h1") : null;
    const shown = own ?? document.querySelector(`#m-${member} .name, #at-${member} .name`);
    return shown?.textContent || list.dataset.somebody;
  }
  const isElsewhere = (entry) => outbox.classOf(entry) !== outbox.classOf({ address: location.pathname });
  function wordsOf(entry) {
    const kind = kindOf(entry);
    for (const [name, value] of new URLSearchParams(entry.body)) {
      if (["stage", "setting", "drill", "fault", "saw", "state"].includes(name) && (name !== "stage" || ["stage", "several"].includes(kind))) {
        const button = buttonOf(name, value);
        const words = VALUES[value] ?? (button && [...button.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent.trim()).join(""));
        if (words && kind !== "setting") return words;
      }
    }
    return KINDS[kind] ?? "";
  }
  function buttonOf(name, value) {
    const places = [document, ...[...document.querySelectorAll("template")].map((each) => each.content)];
    const wanted = `button[name="${name}"][value="${CSS.escape(value)}"]`;
    for (const place of places) if (place.querySelector(wanted)) return place.querySelector(wanted);
    return null;
  }

  // The header -------------------------------------------------------------------------------------------------------
  let timer = 0;
  // Whether a tap has waited long enough to be called so.
  const isLate = (entry) => outbox.state() !== "ok" || outbox.age(entry) > SOON;
  function say() {
    if (!net()) return;
    const { dataset } = net();
    const [link, button] = net().children;
    const mine = outbox.mine();
    const failed = mine.filter(outbox.isFailed).length;
    const open = mine.filter((entry) => !outbox.isFailed(entry));
    const [refused, others, newer] = [outbox.refused(), ofOthers(), outbox.newer()];
    const isOut = outbox.state() === "signedOut";
    const words = (name, count) => counted(dataset[name].split("|"), count);
    const said = [];
    if (outbox.isFull()) said.push(dataset.full);
    else if (!isOut && open.some(isLate)) said.push(words("kept", open.length));
    else if (!isOut && open.length) said.push(dataset.sending);
    else if (outbox.state() === "away") said.push(dataset.away);
    if (failed && !isOut) said.push(words("failed", failed));
    if (refused) said.push(words("refused", refused));
    if (others) said.push(others);
    if (newer) said.push(words("newer", newer));
    if (!said.length && !isOut) said.push(dataset.saved);
    link.hidden = !isOut;
    write(link, dataset.signedOut.split("|")[Math.min(mine.length, 2)].replace("{n}", mine.length));
    if (outbox.signIn()) link.href = outbox.signIn();
    write(button, said.join(" · "));
    button.hidden = !said.length;
    net().dataset.level = isOut || failed || refused || outbox.isFull() ? "stop" : said[0] === dataset.saved || said[0] === dataset.sending ? "ok" : "warn";
    announce([isOut ? link.textContent : "", ...said].filter((each) => each && each !== dataset.saved && each !== dataset.sending).join(" · "));
    clearTimeout(timer);
    if (open.length && !open.some(isLate)) timer = setTimeout(() => document.dispatchEvent(new Event("outbox:change")), SOON + 50);
    if (list.matches(":popover-open")) fill();
  }
  // With their names where the page has them, which is on a tablet that they share.
  function ofOthers() {
    const taps = outbox.others();
    const names = [...new Set(taps.map(({ coach }) => document.querySelector(`#hands [data-coach="${coach}"]`)?.textContent))];
    const forms = names.every(Boolean) ? net().dataset.othersOf : net().dataset.others;
    return taps.length ? counted(forms.split("|"), taps.length).replace("{who}", () => names.join(", ")) : "";
  }
  function write(element, words) {
    if (element.textContent === words) return;
    if (element.firstChild instanceof Text) element.firstChild.data = words;
    else element.textContent = words;
  }
  let announced = "";
  function announce(words) {
    if (words === announced) return;
    announced = words;
    write(document.getElementById("status"), words);
  }

  // The list ---------------------------------------------------------------------------------------------------------
  // Why one was refused is known to the page that heard it; it may be about health, and is kept nowhere.
  const reasons = new Map();
  function fill() {
    const [mine, refused] = [outbox.mine(), outbox.refusals()];
    const failed = mine.filter(outbox.isFailed);
    const open = mine.filter((entry) => !outbox.isFailed(entry));
    const newer = outbox.newer();
    const said = { others: ofOthers(), newer: newer ? counted(net().dataset.newer.split("|"), newer) : "" };
    const shows = { saved: !mine.length && !refused.length && !outbox.size() && !newer, open: open.length > 0, failed: failed.length > 0, full: outbox.isFull(), ...said };
    for (const part of list.querySelectorAll("[data-say]")) part.hidden = !shows[part.dataset.say];
    for (const [name, words] of Object.entries(said)) list.querySelector(`[data-say=${name}]`).textContent = words;
    const drawn = list.querySelector("template").content.firstElementChild.cloneNode();
    drawn.append(...[...refused, ...failed, ...open].map(item));
    list.querySelector("ol")?.remove();
    list.append(drawn);
  }
  const hours = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const timeOf = (entry) => hours.format(Date.now() - outbox.age(entry));
  function item(entry) {
    const made = list.querySelector("template").content.querySelector("li").cloneNode(true);
    const [name, words] = made.firstElementChild.children;
    name.textContent = nameOf(entry);
    words.textContent = wordsOf(entry);
    const why = outbox.isFailed(entry) ? WHY.failed : entry.status ? (reasons.get(entry.key) ?? WHY[entry.status]) : "";
    made.querySelector("small").textContent = [timeOf(entry), why].filter(Boolean).join(" · ");
    made.querySelector("[data-again]").hidden = !outbox.isFailed(entry) && ![409, 422].includes(entry.status);
    for (const button of made.querySelectorAll("button")) button.value = entry.key;
    return made;
  }
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button[value]");
    if (!button) return;
    if ("again" in button.dataset) outbox.tryAgain(button.value);
    else outbox.dismiss(button.value);
    fill();
  });
  list.addEventListener("toggle", ({ newState }) => newState === "open" && fill());

  // On pages that paint nothing themselves, the button that was tapped is dashed.
  function mark() {
    for (const button of document.querySelectorAll("button[data-waiting]")) button.removeAttribute("data-waiting");
    for (const entry of outbox.mine()) {
      for (const form of document.querySelectorAll(`form[hx-post="${entry.address}"]`)) {
        const body = new URLSearchParams(entry.body);
        for (const button of form.querySelectorAll("button[name]")) button.toggleAttribute("data-waiting", body.getAll(button.name).includes(button.value));
      }
    }
  }
  function show() {
    say();
    if (!document.getElementById("roster")) mark();
  }

  document.addEventListener("outbox:change", show);
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("outbox:answered", ({ detail: { entry, status, text } }) => {
    if (status === 200) return;
    const parts = new DOMParser().parseFromString(text, "text/html");
    const said = parts.querySelector(".bar [data-refused], .refusal, .errorlist, [data-refused] small");
    if (said) reasons.set(entry.key, said.textContent.trim());
  });
  show();

  // Who signs out while taps wait is told once.
  document.addEventListener("submit", (event) => {
    const warning = event.target.querySelector("[data-warns]");
    if (!warning?.hidden || !outbox.mine().length) return;
    event.preventDefault();
    event.stopPropagation();
    warning.hidden = false;
  }, true);

  globalThis.inWords = { name: nameOf, tap: wordsOf, time: timeOf, kind: kindOf, isLate };
})();
