"""From the finger to the frame that shows the pressed button: Chromium on a slow tablet, before the network answers."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from bench.browser import cookies_of
from bench.classes import Room, make_gym, make_room
from bench.figures import Figure
from bench.serving import served
from tests.browser.chromium import DEBIAN, FLAGS

PEOPLE = 15
TAPS = 60
TABLET = {"width": 1024, "height": 768}
# How much slower than this machine the tablet is, and the milliseconds by which every answer is delayed.
SLOWER, LATENCY = 4, 300

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


def figures() -> Iterator[Figure]:
    """The slowest twentieth of some taps of every kind, and whether each was painted before it was answered."""
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
            page = tablet(browser, f"http://127.0.0.1:{server.port}", session_cookie)
            page.goto(f"http://127.0.0.1:{server.port}{room.board_url}")
            slow_down(page, is_online=True)
            seen = [each for each in tapped(page, room, is_online=True) if each["seen"]]
            slow_down(page, is_online=False)
            seen_without = [each for each in tapped(page, room, is_online=False) if each["seen"]]
            browser.close()
    yield painted("with a network", seen)
    yield painted("without one", seen_without)
    waited = sum(1 for each in seen if each["answered"] is None or each["painted"] >= each["answered"])
    answers = statistics.median(each["answered"] - each["landed"] for each in seen if each["answered"])
    yield Figure(
        name="taps painted only after the answer, or not at all",
        measured=waited + 2 * TAPS - len(seen) - len(seen_without),
        mark=0,
        note=f"answers took {answers:.0f} ms, {LATENCY} ms of them made",
    )


def painted(when: str, seen: list[dict[str, Any]]) -> Figure:
    """From finger to paint, the slowest twentieth."""
    times = sorted(each["painted"] - each["landed"] for each in seen)
    return Figure(
        name=f"tap to painted {when}, {SLOWER}× slower CPU: p95",
        measured=times[int(0.95 * len(times))],
        mark=50,
        unit="ms",
        low=statistics.quantiles(times, n=4)[0],
        high=statistics.quantiles(times, n=4)[2],
        note=f"{len(times)} taps of stage, clean and fault, median {statistics.median(times):.0f} ms",
    )


def tablet(browser: Browser, origin: str, session: str) -> Page:
    """A page on a tablet in which the coach has signed in."""
    context = browser.new_context(viewport=TABLET, has_touch=True)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
    context.add_init_script(WATCH)
    return context.new_page()


def slow_down(page: Page, *, is_online: bool) -> None:
    """Like a cheap tablet on poor Wi-Fi, or on none."""
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    speed = {"downloadThroughput": -1, "uploadThroughput": -1}
    tools.send("Network.emulateNetworkConditions", {"offline": not is_online, "latency": LATENCY, **speed})


def tapped(page: Page, room: Room, *, is_online: bool) -> list[dict[str, Any]]:
    """What the page saw of each tap: stages, cleans and faults in turn, each after the one before was answered."""
    kinds: list[Callable[[Page, str], str]] = [another_stage, clean, first_fault]
    seen = []
    for number in range(TAPS):
        member = str(room.members[number % PEOPLE].pk)
        # Each time round another kind for the same person.
        selector = kinds[(number + number // PEOPLE) % len(kinds)](page, member)
        page.tap(selector)
        page.evaluate(SETTLED, is_online)
        seen.append(page.evaluate("({ seen: false, ...taps.at(-1) })"))
        # A sheet may lie over the next one's row.
        page.evaluate("document.getElementById('sheet').matches(':popover-open') && sheet.hidePopover()")
    return seen


def another_stage(_page: Page, member: str) -> str:
    """A stage that the member does not stand on."""
    return f"#m-{member} button[name=stage][aria-pressed=false] >> nth=0"


def clean(_page: Page, member: str) -> str:
    """Clean."""
    return f"#m-{member} button[value=clean]"


def first_fault(page: Page, member: str) -> str:
    """The first fault of the sheet, which is opened for it."""
    page.tap(f"#m-{member} button[data-saw=fault]")
    page.wait_for_selector("#sheet:popover-open .faults button")
    return "#sheet .faults button >> nth=0"
