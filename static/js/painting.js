// Paint over what the server drew, for as long as taps wait: it lies beneath and is shown again as it was, also before
// anything else is drawn.
(() => {
  "use strict";
  // What takes each bit of paint off again, last first.
  const beneath = [];
  function cover(element, name, value) {
    if (!element) return;
    const before = element.getAttribute(name);
    beneath.push(() => (before === null ? element.removeAttribute(name) : element.setAttribute(name, before)));
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
  // Words alone are written over: with a new node every rule that asks what is in the page is asked again.
  function write(element, said) {
    const before = [...element.childNodes];
    const isText = before.length === 1 && before[0] instanceof Text;
    const paint = isText ? before[0] : document.createTextNode("");
    const [former, words] = [paint.data, String(said)];
    if (isText && former === words) return;
    // What the server drew over it meanwhile stays.
    const isStill = () => element.childNodes.length === 1 && element.firstChild === paint && paint.data === words;
    beneath.push(() => isStill() && (isText ? (paint.data = former) : element.replaceChildren(...before)));
    paint.data = words;
    if (!isText) element.replaceChildren(paint);
  }
  function put(made, place) {
    beneath.push(() => made.remove());
    place(made);
    return made;
  }
  function move(element, place) {
    const [parent, next] = [element.parentNode, element.nextSibling];
    beneath.push(() => parent.insertBefore(element, next));
    place(element);
  }
  function uncover() {
    while (beneath.length) beneath.pop()();
  }

  // Whom a tap for several people is for, and which of these taps another one of them undoes.
  const membersOf = (body) => body.getAll("member").map((each) => each.split(":")[0]);
  const undoneBy = (taps) => new Set(taps.filter((entry) => inWords.kind(entry) === "undo").map((entry) => new URLSearchParams(entry.body).get("undone")));

  globalThis.painting = { cover, write, put, move, uncover, isOn: () => beneath.length > 0, membersOf, undoneBy };
})();
