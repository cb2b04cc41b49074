// Steps of the plan that wait on the tablet: the strip and the plan page show at once what they make of the class, as
// programming/steps.py will. What the server drew lies beneath, as on the board.
(() => {
  "use strict";
  const KINDS = ["block", "paused", "minutes"];
  const page = document.getElementById("now");
  const here = /^.*\/class\/[^/]+\//.exec(location.pathname)[0];
  const mine = () => outbox.mine().filter((entry) => KINDS.includes(inWords.kind(entry)) && entry.address.startsWith(`${here}plan/`));

  // The blocks that are taught today: id, title, minutes.
  function blocksShown() {
    const shown = document.querySelectorAll("[data-block]:not([data-dropped])");
    return [...shown].map(({ dataset }) => ({ id: dataset.block, title: dataset.title, minutes: Number(dataset.minutes) }));
  }
  // How the class stands once these are in.
  function wanted() {
    const blocks = blocksShown();
    const face = document.querySelector("#now [data-clock], #strip [data-clock]")?.dataset ?? {};
    const course = {
      block: document.querySelector("[data-block]:is([data-present], [aria-current])")?.dataset.block ?? null,
      started: Number(face.started ?? 0),
      paused: face.paused ? Number(face.paused) : null,
    };
    for (const entry of mine()) {
      const body = new URLSearchParams(entry.body);
      const at = clock.now() - outbox.age(entry);
      const block = body.get("block");
      if (body.has("minutes")) Object.assign(blocks.find(({ id }) => id === block) ?? {}, { minutes: Number(body.get("minutes")) });
      else if (!body.has("paused")) {
        if (block !== course.block) Object.assign(course, { block: block === "none" ? null : block, started: at, paused: null });
      } else if (block === course.block && (body.get("paused") === "yes") !== (course.paused !== null)) {
        if (course.paused === null) course.paused = at;
        else Object.assign(course, { started: course.started + at - course.paused, paused: null });
      }
    }
    const place = blocks.findIndex(({ id }) => id === course.block);
    return { ...course, present: blocks[place], last: blocks[place - 1], next: blocks[place + 1] };
  }

  let beneath = [];
  let painted = "";
  const asNow = () => mine().map(({ key }) => key).join();
  function uncover() {
    while (beneath.length) beneath.pop()();
  }
  function paint() {
    uncover();
    painted = asNow();
    if (!painted) return;
    const course = wanted();
    if (!course.present) return;
    if (page) replace(document.getElementById("now"), faceOf(course));
    else {
      const [face, parts] = document.querySelector("#strip a").children;
      const shown = face.cloneNode();
      setClock(shown, course);
      beneath.push(() => shown.replaceWith(face));
      face.replaceWith(shown);
      for (const each of parts.children) {
        const was = each.hasAttribute("data-present");
        beneath.push(() => each.toggleAttribute("data-present", was));
        each.toggleAttribute("data-present", each.dataset.block === course.block);
      }
    }
    clock.draw();
  }
  function replace(place, made) {
    const before = [...place.childNodes];
    beneath.push(() => place.replaceChildren(...before));
    place.replaceChildren(made);
  }
  function setClock(element, { started, paused, present }) {
    Object.assign(element.dataset, { started, paused: paused ?? "", seconds: present.minutes * 60 });
    element.toggleAttribute("data-standing", paused !== null);
    if (element.classList.contains("clock")) element.dataset.clock = "";
  }
  // The plan page's clock with its buttons.
  function faceOf(course) {
    const made = document.getElementById("now-at-hand").content.cloneNode(true);
    for (const each of made.querySelectorAll("[data-id]")) each.id = each.dataset.id;
    const part = (name) => made.querySelector(`[data-part=${name}]`);
    const { present, last, next } = course;
    part("title").textContent = present.title;
    setClock(part("clock"), course);
    part("paused").hidden = course.paused === null;
    part("next").textContent = next ? part("next").dataset.words.replace("{title}", next.title).replace("{minutes}", next.minutes) : "";
    const wants = { back: last?.id, pause: course.paused === null ? "yes" : "no", shorter: present.minutes - 1, longer: present.minutes + 1, on: next?.id };
    for (const [name, value] of Object.entries(wants)) {
      part(name).value = value ?? "";
      part(name).disabled = !value;
    }
    if (course.paused !== null) part("pause").textContent = part("pause").dataset.goOn;
    for (const input of made.querySelectorAll("input[name=block]")) input.value = present.id;
    for (const interval of document.querySelectorAll(`#now .interval[id^="interval-${present.id}-"]`)) {
      const copy = interval.cloneNode(true);
      setClock(copy, course);
      part("next").before(copy);
    }
    return made;
  }

  document.addEventListener("htmx:before:swap", uncover);
  document.addEventListener("htmx:after:swap", paint);
  document.addEventListener("outbox:change", () => painted === asNow() || paint());
  paint();
})();
