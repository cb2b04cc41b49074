// The plan page's own behaviour: what a step's answer says, and a sound at each change of an interval, where somebody has
// switched it on. Its steps are kept by outbox.js. Every form works without it; see templates/coach/plan.html.
(() => {
  "use strict";
  const live = () => document.getElementById("live");

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (!ctx.tap) return;
    const words = document.querySelector("#plan > .refusal");
    document.getElementById("status").textContent = words?.textContent.trim() ?? "";
    words?.scrollIntoView({ block: "nearest" });
    // The button that was tapped may be gone: its place is where the coach goes on.
    if (document.activeElement === document.body) document.querySelector("#now .primary:enabled, #end .btn")?.focus({ preventScroll: true });
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(live(), "wake");
  });
  addEventListener("online", () => htmx.trigger(live(), "wake"));

  // High where work begins, low where rest does. Off until it is switched on; this tablet remembers it.
  const button = document.getElementById("sound");
  let sound = null;
  const isOn = () => localStorage.getItem("sound") === "on";
  function wake() {
    if (!isOn()) return;
    sound ??= new AudioContext();
    sound.resume();
  }
  function show() {
    button.setAttribute("aria-pressed", String(isOn()));
  }
  function beep(pitch) {
    if (!isOn() || sound?.state !== "running") return;
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.3, sound.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.4);
    tone.connect(volume).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.4);
    button.dataset.heard = String(Number(button.dataset.heard ?? 0) + 1);
  }
  if ("AudioContext" in globalThis) {
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      localStorage.setItem("sound", isOn() ? "off" : "on");
      show();
      wake();
      beep(880);
    });
    // A browser lets a page be heard only after it was touched.
    addEventListener("pointerdown", wake);
    document.addEventListener("clock:phase", ({ detail }) => beep({ work: 880, rest: 440 }[detail.name] ?? 330));
  }
})();
