"""From the finger to the frame that shows the pressed button: Chromium on a slow tablet, before the network answers."""

from __future__ import annotations

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
TABLET = {"width": 1024, "height": 768}
# How much slower than this machine the tablet is, and the milliseconds by which every answer is delayed.
SLOWER, LATENCY = 4, 300

# What the page says of a tap: see WATCH.
Tapped = dict[str, Any]

# Of every finger: when it landed, when the frame was out in which a button turned pressed, when the answer came.
WATCH = """
const taps = (window.taps = []);
addEventListener("pointerdown", (event) => taps.push({ landed: event.timeStamp, painted: null, answered: null }), true);
new MutationObserver((changes) => {
  const tap = taps.at(-1);
  const pressed = changes.some((change) => change.target.getAttribute("aria-pressed") === "true");
  if (!tap || tap.seen || !pressed) return;
  tap.seen = true;
  requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => (tap.painted = performance.now());
    after.port2.postMessage(0);
  });
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["aria-pressed"] });
document.addEventListener("outbox:answered", () => (taps.at(-1).answered = performance.now()));
"""
# Until the last tap was answered, where there is a network, and two frames for what the answer draws.
SETTLED = """async (isOnline) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let tries = 0; isOnline && taps.at(-1).answered === null && tries < 200; tries += 1) {
    await new Promise((done) => setTimeout(done, 50));
  }
  await frame();
  await frame();
}"""


# What was drawn is on the screen.
TWO_FRAMES = "new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))"


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
            rounds = [a_round(browser, f"http://127.0.0.1:{server.port}", session_cookie, room) for _ in range(ROUNDS)]
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


def a_round(browser: Browser, origin: str, session: str, room: Room) -> tuple[list[Tapped], list[Tapped]]:
    """Some taps on a page that was just opened, with a network and then without one."""
    page = tablet(browser, origin, session)
    page.goto(f"{origin}{room.board_url}")
    # One and the same: of two that say something of the network it is not known which one holds.
    tools = page.context.new_cdp_session(page)
    slow_down(tools, is_online=True)
    online = tapped(page, room, is_online=True)
    slow_down(tools, is_online=False)
    offline = tapped(page, room, is_online=False)
    page.context.close()
    return online, offline


def painted(when: str, rounds: list[list[Tapped]]) -> Figure:
    """From finger to paint, the slowest twentieth of the middle round, and those of the best and the worst."""
    times = [sorted(tap["painted"] - tap["landed"] for tap in taps if tap["seen"]) for taps in rounds]
    slowest = sorted(each[int(0.95 * len(each))] for each in times)
    middle = statistics.median(time for each in times for time in each)
    return Figure(
        name=f"tap to painted {when}, {SLOWER}× slower CPU: p95",
        measured=statistics.median(slowest),
        mark=50,
        unit="ms",
        low=slowest[0],
        high=slowest[-1],
        note=f"middle of {ROUNDS} rounds of {TAPS} taps of stage, clean and fault; median {middle:.0f} ms",
    )


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


def tapped(page: Page, room: Room, *, is_online: bool) -> list[Tapped]:
    """What the page saw of each tap: stages, cleans and faults in turn, each after the one before was answered."""
    kinds: list[Callable[[Page, str], str]] = [another_stage, clean, first_fault]
    seen = []
    for number in range(TAPS):
        member = str(room.members[number % PEOPLE].pk)
        # Each time round another kind for the same person.
        selector = kinds[(number + number // PEOPLE) % len(kinds)](page, member)
        touch(page, selector)
        page.evaluate(SETTLED, is_online)
        seen.append(page.evaluate("({ seen: false, ...taps.at(-1) })"))
        # A sheet may lie over the next one's row.
        page.evaluate("document.getElementById('sheet').matches(':popover-open') && sheet.hidePopover()")
    return seen


def touch(page: Page, selector: str) -> None:
    """A finger on the middle of what is seen there. A tap of a test would have the slow page say what lies under it.

    Raises LookupError where nothing is seen.
    """
    found = page.locator(selector)
    found.scroll_into_view_if_needed()
    page.evaluate(TWO_FRAMES)
    box = found.bounding_box()
    if box is None:
        raise LookupError(selector)
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def another_stage(_page: Page, member: str) -> str:
    """A stage that the member does not stand on."""
    return f"#m-{member} button[name=stage][aria-pressed=false] >> nth=0"


def clean(_page: Page, member: str) -> str:
    """Clean."""
    return f"#m-{member} button[value=clean]"


def first_fault(page: Page, member: str) -> str:
    """The first fault of the sheet, which is opened for it."""
    touch(page, f"#m-{member} button[data-saw=fault]")
    page.wait_for_selector("#sheet:popover-open .faults button")
    return "#sheet .faults button >> nth=0"
