// The stations page's own behaviour. Its taps are kept by outbox.js. Every form works without it; see
// templates/coach/stations.html.
(() => {
  "use strict";
  const live = () => document.getElementById("live");

  let station = "";
  document.addEventListener("outbox:kept", ({ detail: { form } }) => (station = form?.closest("section")?.id ?? ""));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (!ctx.tap) return;
    document.getElementById("status").textContent = document.querySelector("#stations > .refusal")?.textContent ?? "";
    // Whoever was sent stands elsewhere by now; focus stays at the station.
    if (document.activeElement !== document.body) return;
    const place = document.getElementById(station) ?? document.getElementById("stations");
    place.querySelector("button, a")?.focus({ preventScroll: true });
  });

  // People stand where the taps that wait send them, as far as this page can tell. The last tap that is named is not the
  // newest then: it says so, and nothing older is undone in its place.
  const { cover, write, put, move, uncover, membersOf, undoneBy } = painting;
  const ofClass = document.getElementById("to-board").getAttribute("href");
  // Whom these taps send where, and whether that is all they do: {stage, coach, isGone} by person.
  function sent(taps) {
    const [undone, wishes] = [undoneBy(taps), new Map()];
    let isAll = true;
    const wish = (member, values) => wishes.set(member, { ...wishes.get(member), ...values });
    for (const entry of taps.filter(({ key }) => !undone.has(key))) {
      const [kind, body] = [inWords.kind(entry), new URLSearchParams(entry.body)];
      const people = kind === "several" ? membersOf(body) : [outbox.whose(entry)];
      const values = {};
      if (["stage", "several"].includes(kind) && body.has("stage")) values.stage = body.get("stage");
      if (body.has("state")) values.isGone = body.get("state") === "no_show";
      if (kind === "with-coach") values.coach = body.get("wanted") === "yes";
      if (kind === "pain") values.coach = true;
      const isMove = Object.keys(values).length > 0;
      if (isMove) for (const member of people) wish(member, values);
      // An undo of what waits, and what was seen, move nobody; of the rest this page cannot tell.
      const isStill = ["rest", "saw", "fault", "setting", "drill", "assign"].includes(kind) || body.has("saw");
      isAll &&= isMove || isStill || (kind === "undo" && taps.some(({ key }) => key === body.get("undone")));
    }
    return { wishes, isAll };
  }
  // Answers whether there is such a place on this page.
  function stand(member, { stage, coach, isGone }) {
    const person = document.getElementById(`at-${member}`);
    if (!person) return Boolean(isGone);
    cover(person, "data-waiting", "");
    if (isGone) return move(person, (each) => each.remove()), true;
    const isWithCoach = coach ?? Boolean(person.closest("#at-with_coach"));
    const home = stage ?? person.dataset.stage;
    const station = isWithCoach ? withCoach() : document.getElementById(home ? `station-${home}` : "at-not_placed") ?? document.getElementById("at-everyone");
    if (!station) return false;
    const button = person.querySelector("button");
    cover(button, "value", isWithCoach ? "no" : "yes");
    if (coach !== undefined) write(button.firstElementChild, document.getElementById("stations").dataset[isWithCoach ? "back" : "send"]);
    if (person.closest(".station") === station) return true;
    const name = (each) => each.querySelector(".name").textContent;
    const next = [...station.querySelectorAll("li")].find((each) => name(each).localeCompare(name(person)) > 0);
    move(person, (each) => station.querySelector(".standing").insertBefore(each, next ?? null));
    return true;
  }
  function withCoach() {
    const drawn = document.getElementById("new-with-coach").content;
    return document.getElementById("at-with_coach") ?? put(drawn.cloneNode(true).firstElementChild, (each) => document.querySelector(".floor").append(each));
  }
  function paint() {
    uncover();
    const waits = outbox.mine().filter(({ address }) => address.startsWith(ofClass));
    const focused = document.activeElement;
    const { wishes, isAll } = sent(waits);
    const isShown = [...wishes].map(([member, wish]) => stand(member, wish)).every(Boolean) && isAll;
    if (waits.length) for (const each of document.querySelectorAll(".station")) write(each.querySelector(".count"), String(each.querySelectorAll("li").length));
    if (focused !== document.activeElement) focused.focus({ preventScroll: true });
    const [last, ...words] = ["last", "shown", "unshown"].map((name) => document.querySelector(`#stations .bar .${name}`));
    const isLate = waits.some(inWords.isLate);
    words.forEach((each) => (each.hidden = !isLate || isShown !== each.matches(".shown")));
    last.hidden = isLate;
    document.querySelector("#undo-here button")?.toggleAttribute("disabled", waits.length > 0);
  }
  document.addEventListener("outbox:change", paint);
  document.addEventListener("htmx:before:swap", uncover);
  document.addEventListener("htmx:after:swap", paint);
  paint();

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live(), "wake");
  });
  addEventListener("online", () => htmx.trigger(live(), "wake"));
})();
