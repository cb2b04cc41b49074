// A guided check: one step at a time, shown big and said aloud, by a timer that needs no hand. Without scripts the page is
// the list of its steps and the questions.
(() => {
  "use strict";
  const guide = document.getElementById("guide");
  if (!guide) return;
  const now = document.getElementById("now");
  const steps = [...document.querySelectorAll("#steps li")];
  const [begin, aloud, pause, again, skip] = ["begin", "aloud", "pause", "again", "skip"].map((id) => document.getElementById(id));
  const part = (name) => now.querySelector(`[data-part=${name}]`);
  const words = (step) => step.querySelector("span").textContent;
  const voice = globalThis.speechSynthesis;
  const status = document.getElementById("status");
  const isOn = (button) => button.getAttribute("aria-pressed") === "true";
  const set = (button, on) => button.setAttribute("aria-pressed", on);

  // Where it is: the step, how much of it is over in ms, and since when it runs; null while it stands still.
  let place = -1;
  let over = 0;
  let since = null;
  const length = () => Number(steps[place].dataset.seconds) * 1000;
  const passed = () => over + (since === null ? 0 : performance.now() - since);

  function say(text) {
    // A screen reader says it itself.
    status.textContent = text;
    if (!voice || !isOn(aloud)) return;
    voice.cancel();
    const spoken = new SpeechSynthesisUtterance(text);
    spoken.lang = document.documentElement.lang;
    voice.speak(spoken);
  }
  function go(to) {
    steps[place]?.removeAttribute("aria-current");
    if (to >= steps.length) return end(guide.dataset.end);
    [place, over, since] = [to, 0, performance.now()];
    set(pause, false);
    steps[place].setAttribute("aria-current", "step");
    now.hidden = false;
    guide.dataset.runs = "";
    part("count").textContent = guide.dataset.of.replace("{n}", place + 1).replace("{all}", steps.length);
    part("say").textContent = words(steps[place]);
    const next = steps[place + 1];
    part("next").textContent = next ? guide.dataset.next.replace("{step}", words(next)) : guide.dataset.last;
    say(words(steps[place]));
    draw();
  }
  function end(text) {
    [place, since] = [-1, null];
    now.hidden = true;
    begin.hidden = false;
    delete guide.dataset.runs;
    voice?.cancel();
    if (text) say(text);
    const first = document.querySelector("#answers input");
    first.focus({ preventScroll: true });
    document.getElementById("answers").scrollIntoView();
  }
  function draw() {
    if (place < 0) return;
    const left = length() - passed();
    // After a sleep it goes on with the step where it fell asleep.
    if (left <= 0) return go(place + 1);
    const shown = String(Math.ceil(left / 1000));
    if (part("left").textContent !== shown) part("left").textContent = shown;
  }
  begin.addEventListener("click", () => {
    begin.hidden = true;
    go(0);
    now.scrollIntoView({ block: "start" });
    pause.focus({ preventScroll: true });
  });
  pause.addEventListener("click", () => {
    const stands = since !== null;
    over = passed();
    since = stands ? null : performance.now();
    set(pause, stands);
    if (stands) voice?.cancel();
  });
  again.addEventListener("click", () => go(0));
  skip.addEventListener("click", () => {
    steps[place]?.removeAttribute("aria-current");
    end("");
  });
  aloud.addEventListener("click", () => {
    set(aloud, !isOn(aloud));
    if (!isOn(aloud)) voice?.cancel();
  });
  aloud.hidden = !voice;
  guide.hidden = false;
  setInterval(draw, 200);
  addEventListener("pagehide", () => voice?.cancel());

  // Kept ------------------------------------------------------------------------------------------------------------
  const form = document.querySelector("#answers form");
  let sent = "";
  document.addEventListener("outbox:kept", ({ detail }) => {
    if (detail.form !== form) return;
    sent = detail.entry.key;
    form.querySelector("button").disabled = true;
    document.getElementById("kept-answers").hidden = false;
  });
  document.addEventListener("outbox:answered", ({ detail: { entry, status: code } }) => {
    if (entry.key !== sent) return;
    if (code === 200) location.assign(form.dataset.after);
    else {
      form.querySelector("button").disabled = false;
      document.getElementById("kept-answers").hidden = true;
    }
  });
})();
