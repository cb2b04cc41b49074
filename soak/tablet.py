"""A coach's hand on a tablet: the real board in Chromium, tapped by its buttons, and what its outbox holds."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from playwright.sync_api import Browser, Error, Locator, Page

from gym.tablets import COOKIE
from soak.floor import Hand, Shared
from soak.proxy import Way
from soak.taps import Made, made_of

SIZE = {"width": 1024, "height": 768}
TV = {"width": 1920, "height": 1080}
# Milliseconds that a button may take to be there, and a sheet to come over a bad network; seconds until a tap that
# landed has to be stored.
BUTTON, SHEET, STORED = 2_000, 3_000, 2
# How often a page is asked for, and milliseconds until the next time.
LOADS, LOADED = 12, 8_000

# Counts the fingers that land on what makes a tap, and keeps of every tap what the outbox stored first, with whose
# finger it was: not as the page says, but as the soak does. What somebody wrote is never stored on a tablet: it is
# noted when it is sent, once for the same words. Runs before scripts of ours.
WATCH = """
(() => {
  const fingers = () => Number(localStorage.getItem("fingers"));
  let landed = 0;
  addEventListener("click", ({ isTrusted, target }) => {
    landed = Date.now();
    const form = target.closest("button")?.form;
    const isTap = form?.hasAttribute("hx-post") && !("direct" in form.dataset);
    if (isTrusted && isTap) localStorage.setItem("fingers", fingers() + 1);
  }, true);
  const store = Storage.prototype.setItem;
  const named = () => document.querySelector("#hands summary .name")?.textContent ?? "";
  const page = () => `on a page of ${new Date(performance.timeOrigin).toISOString()}, ${document.readyState}`;
  const state = () => `${document.body.dataset.turn ?? ""} ${localStorage.getItem("tablet") ?? ""}`;
  const whose = () => ({ "finger of": localStorage.getItem("finger of"), seen: `${named()} ${page()}, ${state()}` });
  Storage.prototype.setItem = function (name, value) {
    store.call(this, name, value);
    const made = `made ${name.slice(4)}`;
    if (!name.startsWith("tap ") || this.getItem(made) !== null) return;
    store.call(this, made, JSON.stringify({ ...JSON.parse(value), ...whose() }));
  };
  addEventListener("htmx:before:request", ({ detail: { ctx: { sourceElement: form, request } } }) => {
    const key = request.method === "POST" && "direct" in form.dataset && request.body.get("tap");
    if (!key || localStorage.getItem(`made ${key}`) !== null) return;
    const said = { key, ...whose(), address: request.action, landed };
    localStorage.setItem("fingers", fingers() + 1);
    localStorage.setItem(`made ${key}`, JSON.stringify({ ...said, body: String(new URLSearchParams(request.body)) }));
  });
})();
"""
STORE = "(start) => Object.keys(localStorage).filter((n) => n.startsWith(start)).map((n) => localStorage[n])"
# How many fingers have landed, and of how many of them a tap was stored.
COUNT = """() => [
  Number(localStorage.getItem("fingers")), Object.keys(localStorage).filter((n) => n.startsWith("made ")).length
]"""
# What a screen says of everybody: what a coach reads, and what the next tap would send.
ROWS = """() => {
  const words = (element) => element.innerText.replace(/\\s+/g, " ").trim();
  const marks = (row) => [...row.attributes].map(({ name }) => name).filter((name) => /^data-(?!htmx)/.test(name));
  const all = (row, selector, say) => [...row.querySelectorAll(selector)].map(say);
  return Object.fromEntries([...document.querySelectorAll("#roster > .row")].map((row) => [row.id, {
    words: words(row.querySelector(".who")),
    marks: marks(row).sort(),
    pressed: all(row, "button[aria-pressed]", (button) => `${words(button)} ${button.ariaPressed}`),
    sends: all(row, "[type=hidden]:not([name^=csrf])", (input) => `${input.name} ${input.value}`),
  }]));
}"""
SCRIPTS = "() => Boolean(globalThis.htmx && globalThis.outbox) && !('locked' in document.documentElement.dataset)"
LOCKED = "() => 'locked' in document.documentElement.dataset || location.pathname.endsWith('/tablet/')"
STATE = """async () => {
  const { held, pending } = await navigator.locks.query();
  const names = [...held, ...pending].map(({ name, mode }) => `${name} ${mode}`).join(", ");
  const said = document.getElementById("net")?.innerText;
  return `${document.title}; ${said}; ${globalThis.outbox?.state()}; locks: ${names}`;
}"""
FINGER_OF = "(coach) => localStorage.setItem('finger of', coach)"
ROWS_SHOWN = "#roster .row"
REFUSED = "data-refused"
# A coach reads it once the page is there; until then it names whom the page was drawn for.
HEADER = """() => {
  if (document.readyState === "loading") throw new Error("The page is being loaded.");
  return document.querySelector("#hands summary .name")?.textContent;
}"""
COUNTS = "() => document.getElementById('counts').innerText.trim()"
TV_WORDS = """() => {
  const tv = document.getElementById("tv").cloneNode(true);
  tv.querySelectorAll(".clock, .scan").forEach((part) => part.remove());
  return [...tv.querySelectorAll("h1, h2, p, li")].map((part) => part.textContent.replace(/\\s+/g, " ").trim());
}"""


@dataclass
class Tablet:
    """One coach's tablet, or one that coaches share."""

    name: str
    page: Page
    way: Way
    board: str
    gym: UUID
    # Whose fingers they are from now on.
    holds: UUID
    # Of a shared one: which it is, and who has unlocked it.
    device: UUID | None = None
    hands: Sequence[Hand] = ()
    # How often it was given to another coach, and how often while taps waited on it.
    turned: int = 0
    turned_while_waiting: int = 0
    # How many fingers have landed on what makes a tap, and those of which the tablet stored nothing.
    fingers: int = 0
    unheard: list[str] = field(default_factory=list)

    def open(self) -> None:
        """The board. Raises RuntimeError when it does not come."""
        if not self.go(self.board, ROWS_SHOWN):
            raise RuntimeError(f"{self.name}: the board does not open.")

    def is_open(self) -> bool:
        """Whether it shows the board: it may have been loaded anew by itself, which the network may not bring."""
        with suppress(Error):
            return self.page.locator(ROWS_SHOWN).count() > 0 and bool(self.page.evaluate(SCRIPTS))
        return False

    def go(self, address: str, shown: str) -> bool:
        """Open a page with its scripts, however often it has to be asked for; whether it shows what it should."""
        for _try in range(LOADS):
            with suppress(Error):
                self.page.goto(address, timeout=LOADED)
                if self.hands and self.page.evaluate(LOCKED):
                    self.unlock(shown)
                self.see_whose()
                if self.page.locator(shown).count() and self.page.evaluate(SCRIPTS):
                    return True
            self.page.wait_for_timeout(300)
        return False

    def evaluate(self, script: str, *given: Any) -> Any:
        """What a script says, also where the page is just being loaded anew. Raises Error where it does not come."""
        for _try in range(LOADS):
            with suppress(Error):
                return self.page.evaluate(script, *given)
            self.page.wait_for_timeout(300)
        self.open()
        return self.page.evaluate(script, *given)

    def stored(self, start: str) -> list[str]:
        """What its storage holds under names that start so."""
        found: list[str] = self.evaluate(STORE, start)
        return found

    def made(self) -> list[Made]:
        """Every tap that was made on it."""
        return made_of(self.name, self.stored("made "), self.device)

    def waiting(self) -> list[str]:
        """The addresses of the taps that wait."""
        return [json.loads(text)["address"] for text in self.stored("tap ")]

    def state(self) -> str:
        """Where its page stands, and what it says of the network and its sender, for whoever looks for a fault."""
        return f"at {self.page.url}: {self.evaluate(STATE)}"

    def finger(self, button: Locator, what: str) -> bool:
        """Tap a button that makes a tap; False where it is not there to be tapped, or goes while the finger comes."""
        before, stored = self.count()
        with suppress(Error):
            button.tap(timeout=BUTTON)
        self.fingers = self.count()[0]
        if self.fingers == before:
            return False
        end = time.monotonic() + STORED
        while self.count()[1] == stored:
            if time.monotonic() > end:
                self.unheard.append(what)
                break
            self.page.wait_for_timeout(20)
        return True

    def count(self) -> tuple[int, int]:
        """How many fingers have landed so far, and how many taps were stored."""
        fingers, stored = self.evaluate(COUNT)
        return fingers, stored

    # Of a shared tablet ---------------------------------------------------------------------------

    @property
    def hand(self) -> Hand:
        """The coach who holds it."""
        return next(hand for hand in self.hands if hand.coach == self.holds)

    @property
    def next_hand(self) -> Hand:
        """Who takes it next."""
        return self.hands[(self.hands.index(self.hand) + 1) % len(self.hands)]

    def unlock(self, shown: str) -> None:
        """Type the PIN of whoever holds it. Raises Error where it is not let in."""
        self.page.locator(f"#unlock label:has([value='{self.holds}'])").tap(timeout=SHEET)
        self.page.locator("#unlock [name=pin]").fill(self.hand.pin, timeout=BUTTON)
        self.page.locator("#pad button:not([data-digit])").tap(timeout=BUTTON)
        self.page.locator(shown).first.wait_for(timeout=LOADED)

    def see_whose(self) -> None:
        """Whoever the header names holds it from now on."""
        named = self.evaluate(HEADER)
        self.holds = next((hand.coach for hand in self.hands if hand.name == named), self.holds)
        self.evaluate(FINGER_OF, str(self.holds))

    def has_unlocked(self, hand: Hand) -> bool:
        """Whether that coach may take it without their PIN."""
        return self.page.locator(f"#switch [data-coach='{hand.coach}']").count() > 0

    def give_to(self, hand: Hand) -> bool:
        """Turn it to another coach, who types their PIN unless they have unlocked it; whether it is theirs then."""
        before = self.holds
        with suppress(Error):
            self.page.locator("#hands summary").tap(timeout=BUTTON)
            if self.has_unlocked(hand):
                self.page.locator(f"#switch [data-coach='{hand.coach}']").tap(timeout=BUTTON)
            else:
                self.page.locator("#hands a").tap(timeout=BUTTON)
                self.holds = hand.coach
                self.unlock(ROWS_SHOWN)
        if not self.is_open():
            # The network does not say whether the PIN was heard: the header does.
            self.open()
        self.see_whose()
        self.turned += self.holds != before
        return self.holds != before

    def lock(self) -> bool:
        """Tap Lock; whether it shows nobody any more."""
        with suppress(Error):
            self.page.locator("#hands summary").tap(timeout=BUTTON)
            self.page.locator("#lock button").tap(timeout=BUTTON)
        return bool(self.evaluate(LOCKED))

    def drop_in_of(self, key: UUID) -> UUID:
        """Who a drop-in is whom the tap of this key has added."""
        return uuid5(key, f"drop-in at {self.gym}")

    def row(self, member: str) -> Locator:
        """Somebody's row."""
        return self.page.locator(f"#m-{member}")

    def is_placed(self, member: str) -> bool:
        """Whether the row shows a stage."""
        return self.row(member).locator("button[name=stage][aria-pressed=true]").count() > 0

    def open_sheet(self, member: str) -> bool:
        """Open the sheet of somebody; False where the network does not bring it."""
        try:
            self.row(member).locator(".who").tap(timeout=BUTTON)
            self.page.locator(f"#sheet:popover-open form[hx-post*='/{member}/']").first.wait_for(timeout=SHEET)
        except Error:
            self.close_sheet()
            return False
        return True

    def close_sheet(self) -> None:
        """Close whatever sheet is open."""
        if self.page.locator("#sheet:popover-open").count():
            try:
                self.page.locator("#sheet [data-close]").first.tap(timeout=BUTTON)
            except Error:
                self.page.keyboard.press("Escape")

    def in_sheet(self, selector: str) -> Locator:
        """The buttons of the open sheet that can be tapped."""
        return self.page.locator(f"#sheet:popover-open {selector}")

    def rows(self) -> dict[str, Any]:
        """What the board says of everybody."""
        found: dict[str, Any] = self.evaluate(ROWS)
        return {**found, "counts": self.evaluate(COUNTS)}


def own_tablet(browser: Browser, way: Way, path: str, gym: UUID, coach: UUID, session: str) -> Tablet:
    """A tablet in which that coach has signed in."""
    page = new_page(browser, way, "sessionid", session)
    return Tablet(way.screen, page, way, f"{way.origin}{path}", gym, coach)


def shared_tablet(browser: Browser, way: Way, path: str, gym: UUID, shared: Shared) -> Tablet:
    """One that is enrolled, and that each of its coaches has unlocked; the first of them holds it."""
    page = new_page(browser, way, COOKIE, shared.cookie)
    first, *others = shared.hands
    tablet = Tablet(way.screen, page, way, f"{way.origin}{path}", gym, first.coach, shared.device, shared.hands)
    tablet.open()
    for hand in (*others, first):
        tablet.holds = hand.coach
        page.locator("#hands summary").tap()
        page.locator("#hands a").tap()
        tablet.unlock(ROWS_SHOWN)
    return tablet


def new_page(browser: Browser, way: Way, name: str, proof: str) -> Page:
    """A page in a browser of its own, with what proves who it is."""
    context = browser.new_context(viewport=SIZE, has_touch=True, locale="en-GB")  # type: ignore[arg-type]
    context.add_cookies([{"name": name, "value": proof, "url": way.origin}])
    context.add_init_script(WATCH)
    return context.new_page()


def tv(browser: Browser, way: Way, path: str) -> Page:
    """The gym's TV on its link."""
    page = browser.new_context(viewport=TV, locale="en-GB").new_page()  # type: ignore[arg-type]
    page.goto(f"{way.origin}{path}")
    return page


def tv_words(page: Page) -> list[str]:
    """What everyone in the room reads, but for the clock."""
    found: list[str] = page.evaluate(TV_WORDS)
    return found


def without_refusal(row: Any, fresh: Any) -> Any:
    """What a row shows, but for why its own last tap was refused: the words stand until something else is drawn."""
    # The counts are words alone.
    if not isinstance(row, dict) or not isinstance(fresh, dict) or REFUSED not in row["marks"]:
        return row
    return {**row, "words": fresh["words"], "marks": [mark for mark in row["marks"] if mark != REFUSED]}
