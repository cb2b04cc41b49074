// How the board shows taps that wait on the tablet: pressed, dashed, and in words once it takes longer. What the server
// drew lies beneath; whenever something else is drawn, what still waits is painted over it again.
(() => {
  "use strict";
  const NOBODY = "00000000-0000-0000-0000-000000000000";
  const { cover, write, put, uncover, membersOf, undoneBy } = painting;
  const roster = document.getElementById("roster");
  const rowOf = (member) => document.getElementById(`m-${member}`);
  // What is tapped of a ladder shows on that ladder's board alone.
  const OF_A_LADDER = ["stage", "setting", "drill", "saw", "fault", "rest", "several"];
  const ladderOf = (address) => /\/on\/([^/]+)\//.exec(address)?.[1];
  const isOfThisClass = (entry) =>
    outbox.classOf(entry) === outbox.classOf({ address: location.pathname }) &&
    (ladderOf(entry.address) === ladderOf(location.pathname) || !OF_A_LADDER.includes(inWords.kind(entry)));
  const mine = () => outbox.mine().filter(isOfThisClass);

  // Which taps are painted, and whether in words.
  let painted = "";
  const asNow = (taps = mine()) => taps.map((entry) => entry.key + inWords.isLate(entry) + entry.made).join();
  function paintAll() {
    uncover();
    const taps = mine();
    const undone = undoneBy(taps);
    for (const entry of taps) if (!undone.has(entry.key)) paint(entry);
    for (const entry of taps) mark(entry);
    finish(taps, undone);
  }
  // A new tap lies over those before.
  function paintOne(entry) {
    if (inWords.kind(entry) === "undo") return paintAll();
    const taps = mine();
    paint(entry);
    mark(entry);
    finish(taps, undoneBy(taps));
  }
  function finish(taps, undone) {
    paintBar(taps, undone);
    count();
    painted = asNow(taps);
  }
  function paint(entry) {
    const body = new URLSearchParams(entry.body);
    const kind = inWords.kind(entry);
    if (kind === "undo") return (entry.unseen ?? []).map(rowOf).forEach(unsee);
    if (kind === "add") return add(body.get("member") ?? entry.made, inWords.name(entry));
    if (kind === "rest" || kind === "several") {
      const [name, value] = kind === "rest" ? ["saw", "clean"] : [...body].find(([each]) => each !== "member") ?? [];
      for (const member of membersOf(body)) press(rowOf(member), name, value);
      return;
    }
    const row = rowOf(outbox.whose(entry));
    for (const [name, value] of body) if (name === kind || (kind === "attendance" && name === "state")) press(row, name, value);
    if (kind === "pain") hold(row);
    onSheet(entry, body);
  }
  // A stage, something that was seen, or attendance.
  function press(row, name, value) {
    if (!row) return;
    const button = row.querySelector(`button[name="${name}"][value="${value}"]`);
    if (button?.getAttribute("aria-disabled")) return;
    // Whoever is tapped is here, but for who is said not to be.
    cover(row, "data-expected", value === "expected" ? "" : null);
    cover(row, "data-absent", value === "no_show" ? "" : null);
    if (name === "stage") {
      for (const each of row.querySelectorAll("button[name=stage]")) cover(each, "aria-pressed", String(each === button));
      // What is seen next is seen at this stage.
      cover(row.querySelector("form input[name=stage]"), "value", value);
      for (const each of row.querySelectorAll(".saw button")) cover(each, "aria-pressed", "false");
      restOf(row, value);
    } else if (name === "saw" || name === "fault") {
      cover(row.querySelector("button[value=clean]"), "aria-pressed", String(value === "clean"));
      cover(row.querySelector("[data-saw=fault]"), "aria-pressed", String(name === "fault" || value === "not_yet"));
      see(row);
    }
  }
  // What was seen of them is undone: until the server says what stands instead, nothing does.
  function unsee(row) {
    if (!row) return;
    for (const button of row.querySelectorAll(".saw button")) cover(button, "aria-pressed", "false");
    for (const name of ["data-seen", "data-fault"]) cover(row, name, null);
  }
  function see(row) {
    cover(row, "data-seen", "");
    cover(row.querySelector("input[form=rest]"), "disabled", "");
  }
  // Who was placed a moment ago is one of the rest.
  function restOf(row, stage) {
    if (row.matches("[data-seen], [data-hold]")) return;
    const input = row.querySelector("input[form=rest]");
    if (input) return cover(input, "value", input.value.replace(/[^:]*$/, stage));
    const made = document.createElement("input");
    for (const [name, value] of Object.entries({ type: "hidden", name: "member", value: `${row.id.slice(2)}::${stage}`, form: "rest" })) made.setAttribute(name, value);
    put(made, (each) => row.append(each));
  }
  function hold(row) {
    if (!row) return;
    cover(row, "data-hold", "");
    cover(row.querySelector("button[value=clean]"), "aria-disabled", "true");
    see(row);
  }
  // The open sheet's own buttons.
  function onSheet(entry, body) {
    for (const form of document.querySelectorAll(`#sheet form[hx-post="${entry.address}"]`)) {
      for (const [name, value] of body) {
        const button = form.querySelector(`button[name="${name}"][value="${CSS.escape(value)}"]`);
        // What was seen shows in the opening of the sheet that it was tapped in.
        const isSeen = ["fault", "saw"].includes(name);
        if (!button || button.getAttribute("aria-disabled") || !(isSeen || button.hasAttribute("aria-pressed"))) continue;
        if (name === "state") for (const each of form.querySelectorAll("button")) cover(each, "aria-pressed", "false");
        if (!isSeen || form.elements.opening?.value === body.get("opening")) cover(button, "aria-pressed", "true");
      }
      cover(form.querySelector("button.pain:not([name])"), "aria-pressed", "true");
    }
  }
  // Somebody of whom the server has not heard yet.
  function add(member, name) {
    if (!member || rowOf(member)) return;
    const drawn = document.createElement("template");
    drawn.innerHTML = document.getElementById("new-row").innerHTML.replaceAll(NOBODY, member);
    const row = put(drawn.content.querySelector("li"), (each) => document.getElementById("add").before(each));
    row.querySelector(".name").textContent = name;
    row.dataset.unknown = "";
    htmx.process(row);
  }
  function mark(entry) {
    const people = [outbox.whose(entry), ...membersOf(new URLSearchParams(entry.body)), entry.made, ...(entry.unseen ?? [])];
    for (const row of people.filter(Boolean).map(rowOf)) {
      if (!row) continue;
      cover(row, "data-waiting", "");
      if (!inWords.isLate(entry) || (row.matches("[data-hold]") && inWords.kind(entry) !== "pain")) continue;
      const line = row.querySelector(".who small");
      write(line, [roster.dataset.says, inWords.tap(entry)].join(" · "));
    }
  }

  // The newest tap that stands can be undone, whether the server has heard of it or not.
  const CANNOT = ["undo", "move", "block", "paused", "minutes", "dropped", "order", "finished", "removed", "today"];
  const undoable = (taps, undone) => taps.filter((entry) => !CANNOT.includes(inWords.kind(entry)) && !undone.has(entry.key));
  // What makes a form the one that undoes it.
  function undoing(entry) {
    const member = outbox.whose(entry) || entry.made || new URLSearchParams(entry.body).get("member");
    const isOne = member && !["rest", "several", "regulars"].includes(inWords.kind(entry));
    const [target, swap] = isOne ? [`#m-${member}`, "outerMorph"] : ["#roster", "innerMorph"];
    return { "hx-post": `${location.pathname}${isOne ? member : "several"}/undo/`, "hx-target": target, "hx-swap": swap };
  }
  function paintBar(taps, undone) {
    const [last, form] = [document.querySelector("#bar .last"), document.getElementById("undo-tap")];
    const newest = undoable(taps, undone).at(-1);
    const key = form.elements.undone;
    const button = form.querySelector("button");
    if (newest) {
      const words = [inWords.name(newest), inWords.tap(newest)].filter(Boolean).join(" · ");
      write(last, words);
      for (const [name, value] of Object.entries(undoing(newest))) cover(form, name, value);
      cover(key, "value", newest.key);
      cover(button, "disabled", null);
    } else if (undone.has(key.value)) {
      write(last, `${roster.dataset.says} · ${inWords.tap(taps.at(-1))}`);
      cover(button, "disabled", "");
    }
  }
  function count() {
    const counts = document.getElementById("counts");
    const here = [...roster.querySelectorAll(".row:not([data-absent], [data-expected])")];
    const [all, seen] = ["here", "seen"].map((name) => counts.querySelector(`[data-count=${name}]`));
    if (!painting.isOn() || !all) return;
    write(all, here.length);
    write(seen, here.filter((row) => row.matches("[data-seen]")).length);
  }

  // Who was seen with a tap that the server has: of one for several people the page knows it as long as it stays open.
  const SEES = ["saw", "fault"];
  const saved = new Map();
  document.addEventListener("outbox:answered", ({ detail: { entry, status } }) => {
    const body = new URLSearchParams(entry.body);
    const isSeen = SEES.some((name) => body.has(name)) || inWords.kind(entry) === "rest";
    if (status === 200 && isSeen) saved.set(entry.key, membersOf(body));
  });
  function unseenBy(entry, form) {
    const key = new URLSearchParams(entry.body).get("undone");
    if (outbox.mine().some((each) => each.key === key)) return [];
    return SEES.includes(form?.dataset.undoes) ? [outbox.whose(entry)] : (saved.get(key) ?? []);
  }
  document.addEventListener("outbox:kept", async ({ detail: { entry, form } }) => {
    if (!isOfThisClass(entry)) return;
    if (inWords.kind(entry) === "undo") outbox.amend(entry.key, { unseen: unseenBy(entry, form) });
    const isDropIn = inWords.kind(entry) === "add" && !new URLSearchParams(entry.body).get("member");
    if (isDropIn) outbox.amend(entry.key, { made: await dropIn(entry.key) });
    if (isDropIn) paintAll();
    else paintOne(entry);
  });
  // Whom the server will make of it: a version 5 UUID of the tap's key and the gym's name for drop-ins.
  async function dropIn(key) {
    if (!crypto.subtle) return null;
    const bytes = Uint8Array.from(key.replaceAll("-", "").match(/../g), (hex) => parseInt(hex, 16));
    const name = new TextEncoder().encode(roster.dataset.dropIn);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", Uint8Array.of(...bytes, ...name)));
    hash[6] = (hash[6] & 0x0f) | 0x50;
    hash[8] = (hash[8] & 0x3f) | 0x80;
    const hex = [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }
  document.addEventListener("htmx:before:swap", uncover);
  document.addEventListener("htmx:after:swap", paintAll);
  document.addEventListener("outbox:change", () => painted === asNow() || paintAll());
  paintAll();

  globalThis.waiting = { paint: paintAll, undoable: () => undoable(mine(), undoneBy(mine())), undoing };
})();
