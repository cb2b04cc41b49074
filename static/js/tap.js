// What every tap carries, on every page of a coach.
(() => {
  "use strict";
  // A version 7 UUID: sorts by time, and taps made within one millisecond keep their order.
  let lastTime = 0;
  let count = 0;
  function key() {
    const now = Date.now();
    count = now > lastTime ? 0 : count + 1;
    lastTime = Math.max(now, lastTime);
    const random = crypto.getRandomValues(new Uint16Array(5));
    const hex = (value, length) => value.toString(16).padStart(length, "0");
    const time = hex(lastTime, 12);
    const order = hex(0x7000 | (count & 0xfff), 4);
    const variant = hex(0x8000 | (random[0] & 0x3fff), 4);
    return `${time.slice(0, 8)}-${time.slice(8)}-${order}-${variant}-${[...random.slice(1, 4)].map((part) => hex(part, 4)).join("")}`;
  }
  // Every further key sorts after this one, also where the tablet's clock was set back.
  function after(earlier) {
    const time = parseInt(earlier.slice(0, 8) + earlier.slice(9, 13), 16);
    if (time > lastTime) [lastTime, count] = [time, parseInt(earlier.slice(15, 18), 16)];
  }

  // How far a board was scrolled when it was left, in this tab: by its path.
  const place = (board) => `place ${board}`;

  globalThis.tap = { key, after, place };
})();
