// Typing narrows a list of buttons to those whose words have what was typed, whatever its accents, case and order.
(() => {
  "use strict";
  const box = document.querySelector("[data-finds]");
  if (!box) return;
  const [input, said] = [box.querySelector("input"), box.querySelector("[role=status]")];
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  const buttons = [...document.querySelectorAll(box.dataset.finds)].map((button) => [button, fold(button.textContent)]);
  box.hidden = false;
  function narrow() {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    let left = 0;
    for (const [button, text] of buttons) {
      button.hidden = !words.every((word) => text.includes(word));
      if (!button.hidden) left += 1;
    }
    for (const group of document.querySelectorAll("fieldset")) group.hidden = !group.querySelector("button:not([hidden])");
    said.textContent = left ? "" : said.dataset.none;
  }
  input.addEventListener("input", narrow);
  narrow();
})();
