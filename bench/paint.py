"""From the finger to the frame that shows the pressed button: Chromium on a slow tablet, before the network answers."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.browser import cookies_of
from bench.classes import Room, make_gym, make_room
from bench.figures import Figure
from bench.serving import served
from tests.browser.chromium import DEBIAN, FLAGS

PEOPLE = 15
TAPS, ROUNDS = 60, 3
# How long the board has been open before its first tap, in milliseconds: a coach looks who is there. A page that was
# opened this moment still fills its store for the time without a network.
LOOKED = 3000
TABLET = {"width": 1024, "height": 768}
# How much slower than this machine the tablet is, and the milliseconds by which every answer is delayed.
SLOWER, LATENCY = 4, 300

# What is known of a tap, in milliseconds of the page's clock: when the page was handed the finger ("landed"), when the
# frame was out that shows the pressed button, when the answer came; None for what has not been.
Tapped = dict[str, Any]

# Of every finger: when the tools say that it landed and when the page heard of it, when the frame was out in which its
# button turned pressed, when the answer came. Another one that turns pressed is no paint of this tap, nor one that was.
WATCH = """
const taps = (window.taps = []);
window.frame = () => new Promise((done) => requestAnimationFrame(done));
window.until = async (is) => {
  for (let tries = 0; !is() && tries < 200; tries += 1) await new Promise((done) => setTimeout(done, 50));
};
// The first thing after the frame, before whatever else has waited.
const first = { priority: "user-blocking" };
addEventListener("pointerdown", (event) => {
  const button = event.target.closest("button");
  taps.push({ button, sent: event.timeStamp, heard: performance.now(), painted: null, answered: null });
}, true);
new MutationObserver((changes) => {
  const tap = taps.at(-1);
  if (!tap?.button || tap.seen || tap.button.ariaPressed !== "true") return;
  if (!changes.some(({ target, oldValue }) => target === tap.button && oldValue !== "true")) return;
  tap.seen = true;
  requestAnimationFrame(() => scheduler.postTask(() => (tap.painted = performance.now()), first));
}).observe(document, { subtree: true, attributeFilter: ["aria-pressed"], attributeOldValue: true });
document.addEventListener("outbox:answered", () => (taps.at(-1).answered = performance.now()));
"""
# Until the last tap was answered, where there is a network, and two frames for what the answer draws.
SETTLED = """async (isOnline) => {
  if (isOnline) await until(() => taps.at(-1).answered !== null);
  await frame();
  await frame();
}"""
# The middle of the first that is seen of a kind, in sight and after two frames: where a finger goes. Nothing of the
# tests' own is in the page for it, whose listeners every tap would have to pass.
SEEN = """async (selector) => {
  const found = () => [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
  await until(found);
  found()?.scrollIntoView({ block: "nearest" });
  await frame();
  await frame();
  const box = found()?.getBoundingClientRect();
  return box ? [box.x + box.width / 2, box.y + box.height / 2] : null;
}"""
# Chromium's record: when a touch is handed to the page's process, and a moment that the page knows as well.
RECORDED = ["input", "blink.user_timing"]
# By how many milliseconds two readings of the same clock may differ.
CLOCKS = 1
HANDED, MOMENT = "InputRouterImpl::FilterAndSendWebInputEvent", "moment"


def figures() -> Iterator[Figure]:
    """The slowest twentieth of some taps of every kind, and whether each was painted before it was answered.

    Some rounds, each on a page that was just opened, and of their figures the middle one: what else the machine
    does makes a round longer, never shorter.
    """
    gym, coach = make_gym()
    room = make_room(gym, coach, PEOPLE)
    session_cookie = cookies_of(room.user).partition(";")[0].partition("=")[2]
    connection.close()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with (
            served("gym.wsgi:application", os.environ["DATABASE_URL"], threads=1, log=log) as server,
            sync_playwright() as playwright,
        ):
            # Debian's where it is installed, else Playwright's own.
            given: dict[str, Any] = {"executable_path": DEBIAN} if DEBIAN.exists() else {}
            browser = playwright.chromium.launch(args=FLAGS, **given)
            origin = f"http://127.0.0.1:{server.port}"
            rounds = [a_round(browser, origin, session_cookie, room, turn) for turn in range(ROUNDS)]
            browser.close()
    online, offline = ([each[index] for each in rounds] for index in (0, 1))
    yield painted("with a network", online)
    yield painted("without one", offline)
    every = [tap for taps in online for tap in taps]
    seen = [tap for tap in every if tap["seen"]]
    unseen = sum(1 for taps in (*online, *offline) for tap in taps if not tap["seen"])
    waited = sum(1 for tap in seen if tap["answered"] is None or tap["painted"] >= tap["answered"])
    answers = statistics.median(tap["answered"] - tap["landed"] for tap in seen if tap["answered"])
    yield Figure(
        name="taps painted only after the answer, or not at all",
        measured=waited + unseen,
        mark=0,
        note=f"answers took {answers:.0f} ms, {LATENCY} ms of them made",
    )


def a_round(browser: Browser, origin: str, session: str, room: Room, turn: int) -> tuple[list[Tapped], list[Tapped]]:
    """Some taps on a page of its own, with a network and then without one, of which the next turn finds nothing."""
    page = tablet(browser, origin, session)
    page.goto(f"{origin}{room.board_url}")
    # One and the same: of two that say something of the network it is not known which one holds.
    tools = page.context.new_cdp_session(page)
    browser.start_tracing(categories=RECORDED)
    slow_down(tools, is_online=True)
    page.wait_for_timeout(LOOKED)
    online = tapped(page, room, turn, is_online=True)
    slow_down(tools, is_online=False)
    offline = tapped(page, room, turn + 1, is_online=False)
    moment = page.evaluate(f"performance.mark('{MOMENT}').startTime")
    heard = page.evaluate("taps.map(({ sent, heard }) => [sent, heard])")
    landed = handed_over(json.loads(browser.stop_tracing()), moment)
    for touch_at, (sent, heard_at) in zip(landed, heard, strict=True):
        # Of the same finger, and by the same clock.
        if not sent - CLOCKS <= touch_at <= heard_at + CLOCKS:
            raise ValueError(f"a touch of {touch_at:.1f} ms was asked for at {sent:.1f} and heard at {heard_at:.1f}")
    for tap in (*online, *offline):
        tap["landed"] = landed[tap["finger"]]
    page.context.close()
    return online, offline


def handed_over(record: dict[str, Any], moment: float) -> list[float]:
    """When each finger's touch was handed to the page's process, by the page's clock.

    The event's own time would not do: the tools take it when they are asked for a touch, and hold the touch back until
    the page has drawn another frame, 1.5 to 25 ms that no finger waits for.
    """
    (marked,) = (each["ts"] for each in record["traceEvents"] if each["name"] == MOMENT and "ts" in each)
    starts = [each for each in record["traceEvents"] if each["name"] == HANDED and each["args"]["type"] == "TouchStart"]
    return sorted(moment + (each["ts"] - marked) / 1000 for each in starts)


def painted(when: str, rounds: list[list[Tapped]]) -> Figure:
    """From finger to paint, the slowest twentieth of the middle round, and those of the best and the worst."""
    slowest = sorted(slowest_twentieth(taps, since="landed") for taps in rounds)
    held_back = statistics.median(slowest_twentieth(taps, since="sent") for taps in rounds)
    middle = statistics.median(tap["painted"] - tap["landed"] for taps in rounds for tap in taps if tap["seen"])
    return Figure(
        name=f"tap to painted {when}, {SLOWER}× slower CPU: p95",
        measured=statistics.median(slowest),
        mark=50,
        unit="ms",
        low=slowest[0],
        high=slowest[-1],
        note=f"middle of {ROUNDS} rounds of {TAPS} taps of stage, clean and fault, one after the other, on a board "
        f"that has been open for {LOOKED // 1000} s, until the page's frame is out; median {middle:.0f} ms; "
        f"p95 from when the tools are asked for a touch: {held_back:.0f} ms",
    )


def slowest_twentieth(taps: list[Tapped], *, since: str) -> float:
    """The time in ms, counted since then, that a twentieth of the taps that were painted took at least."""
    times = sorted(tap["painted"] - tap[since] for tap in taps if tap["seen"])
    return times[int(0.95 * len(times))]


def tablet(browser: Browser, origin: str, session: str) -> Page:
    """A page on a tablet in which the coach has signed in."""
    context = browser.new_context(viewport=TABLET, has_touch=True)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
    context.add_init_script(WATCH)
    return context.new_page()


def slow_down(tools: CDPSession, *, is_online: bool) -> None:
    """Like a cheap tablet on poor Wi-Fi, or on none."""
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    speed = {"downloadThroughput": -1, "uploadThroughput": -1}
    tools.send("Network.emulateNetworkConditions", {"offline": not is_online, "latency": LATENCY, **speed})


def tapped(page: Page, room: Room, turn: int, *, is_online: bool) -> list[Tapped]:
    """What the page saw of each tap: stages, cleans and faults in turn, each after the one before was answered."""
    kinds: list[Callable[[Page, str], str]] = [another_stage, clean, first_fault]
    seen = []
    for number in range(TAPS):
        member = str(room.members[number % PEOPLE].pk)
        # Each time another kind for the same person: what is pressed already turns no more.
        selector = kinds[(number + number // PEOPLE + turn) % len(kinds)](page, member)
        touch(page, selector)
        page.evaluate(SETTLED, is_online)
        seen.append(page.evaluate("({ seen: false, ...taps.at(-1), button: null, finger: taps.length - 1 })"))
        # A sheet may lie over the next one's row.
        page.evaluate("document.getElementById('sheet').matches(':popover-open') && sheet.hidePopover()")
    return seen


def touch(page: Page, selector: str) -> None:
    """A finger on the middle of the first that is seen. Raises LookupError where none is."""
    middle = page.evaluate(SEEN, selector)
    if middle is None:
        raise LookupError(selector)
    page.touchscreen.tap(*middle)


def another_stage(_page: Page, member: str) -> str:
    """A stage that the member does not stand on."""
    return f"#m-{member} button[name=stage][aria-pressed=false]"


def clean(_page: Page, member: str) -> str:
    """Clean."""
    return f"#m-{member} button[value=clean]"


def first_fault(page: Page, member: str) -> str:
    """The first fault of the sheet, which is opened for it."""
    touch(page, f"#m-{member} button[data-saw=fault]")
    return "#sheet:popover-open .faults button"
