// The plan page's own behaviour: a key and an age for every step, what was not saved in words, and a sound at each
// change of an interval, where somebody has switched it on. Every form works without it; see templates/coach/plan.html.
(() => {
  "use strict";
  const live = () => document.getElementById("live");
  const unsent = () => document.getElementById("unsent");
  const underway = new Set();

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "POST") return;
    ctx.tapped = performance.now();
    ctx.form = ctx.sourceElement;
    ctx.request.body.set("tap", tap.key());
    underway.add(ctx);
    htmx.trigger(live(), "htmx:abort");
  });
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    // A poll that is older than a step must not paint over it.
    if (ctx.sourceElement === live() && underway.size) event.preventDefault();
    if (ctx.tapped === undefined) return;
    ctx.request.body.set("age", String(Math.floor(performance.now() - ctx.tapped)));
    tap.prove(ctx.request);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const status = ctx.response?.status;
    if (ctx.tapped === undefined) {
      if (status === 401) say(status, ctx);
      return;
    }
    underway.delete(ctx);
    say(status, ctx);
    const words = unsent().hidden ? document.querySelector("#plan > .refusal") : unsent();
    document.getElementById("status").textContent = words?.textContent.trim() ?? "";
    if (status !== 200) words?.scrollIntoView({ block: "nearest" });
    // The button that was tapped may be gone: its place is where the coach goes on.
    if (document.activeElement === document.body) document.querySelector("#now .primary:enabled, #end .btn")?.focus({ preventScroll: true });
  });
  function say(status, ctx) {
    const [words, link] = unsent().children;
    const answered = [200, 409, 422].includes(status);
    link.hidden = status !== 401;
    if (status === 401) link.href = ctx.response.headers.get("X-Sign-In") ?? link.href;
    words.textContent = answered ? "" : unsent().dataset[status === 401 ? "signedOut" : "unsent"];
    unsent().hidden = answered;
  }
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
