"""A class goes on without a connection: what was opened once opens again, and names leave at sign-out.

Between the tablet and the server stands a doorway, a process of its own that can be killed, stopped and replaced.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gym import shell
from gym.models import User
from tests.browser.conftest import OpenPage, Trouble
from tests.browser.pages import Board, Floor

pytest_plugins = ["tests.people"]

SignIn = Callable[[Page, User], None]

DOORWAY = Path(__file__).with_name("doorway.py")
# What is kept: for each cache the paths in it.
KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const requests = await (await caches.open(name)).keys();
    kept[name] = requests.map(({url}) => new URL(url).pathname);
  }
  return kept;
}"""
# Addresses of its files that the page could not get anew.
FILES_OF_PAGE = """async () => {
  const missing = [];
  for (const {href, src} of document.querySelectorAll("link[rel=stylesheet], script")) {
    const answer = await fetch(href || src, {cache: "reload"}).catch(() => null);
    if (!answer?.ok) missing.push(href || src);
  }
  return missing;
}"""
# When a page was kept, in ms.
KEPT_AT = "async (path) => Number((await caches.match(location.origin + path))?.headers.get('X-Kept-At'))"
# Let every page have been kept 37 hours ago.
AGE_KEPT = """async () => {
  for (const name of await caches.keys()) {
    if (!name.startsWith("pages ")) continue;
    const cache = await caches.open(name);
    for (const kept of await cache.matchAll()) {
      const headers = new Headers(kept.headers);
      headers.set("X-Kept-At", Date.now() - 37 * 36e5);
      await cache.put(headers.get("X-Address"), new Response(await kept.text(), { headers }));
    }
  }
}"""
PUT_DOWN = """() => {
  Object.defineProperty(document, "hidden", {value: true, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# Taps that wait on this tablet.
WAITING = "Object.keys(localStorage).filter((name) => name.startsWith('tap ')).length"
# A page that is not kept.
UNKNOWN = "/account/password/change/"
# Seconds. The worker waits three for the server.
SOON = 9


class Doorway:
    """Where the tablets reach the server."""

    def __init__(self, server: str) -> None:
        self.server = str(urlsplit(server).port)
        with socket.socket() as chosen:
            chosen.bind(("127.0.0.1", 0))
            self.port = chosen.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def open(self, to: str = "") -> None:
        """Let everybody through to the server, or to `to`."""
        self.shut()
        self.process = subprocess.Popen([sys.executable, DOORWAY, str(self.port), to or self.server])
        for _try in range(100):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the doorway does not open")

    def become_a_portal(self) -> None:
        """The network answers everything itself."""
        self.open("portal")

    def hang(self) -> None:
        """Connections stand, and nobody answers."""
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Answer what has come meanwhile, and everything else."""
        assert self.process
        os.kill(self.process.pid, signal.SIGCONT)

    def shut(self) -> None:
        """Nobody is there."""
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def doorway(quiet_server: LiveServer) -> Iterator[Doorway]:
    """An open doorway."""
    doorway = Doorway(quiet_server.url)
    doorway.open()
    yield doorway
    doorway.shut()


@pytest.fixture
def tablet(open_page: OpenPage, doorway: Doorway, floor: Floor, sign_in: SignIn, trouble: Trouble) -> Iterator[Page]:
    """Carla's tablet, which has opened Today once."""
    trouble.expect("net::ERR|Failed to fetch|Failed to load resource|not from Rung|htmx:error|AbortError|timeout")
    page = open_page(worker=True, at=doorway.url)
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)
    page.goto(today(floor))
    keeps(page, today(floor), floor.url)
    yield page
    doorway.open()


def today(floor: Floor) -> str:
    return f"/gym/{floor.gym.slug}/today/"


def kept(page: Page) -> dict[str, list[str]]:
    """The paths of the pages that are kept, by the cache's name."""
    found: dict[str, list[str]] = page.evaluate(KEPT)
    return {name: paths for name, paths in found.items() if name.startswith("pages ")}


def files(page: Page) -> list[str]:
    """The versions whose files are kept."""
    return [name.removeprefix("files ") for name in page.evaluate(KEPT) if name.startswith("files ")]


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until it is so; the page's policy forbids Playwright to do it there."""
    for _try in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(what)


def keeps(page: Page, *paths: str) -> None:
    """Wait until these pages are kept."""
    until(lambda: set(paths) <= {path for each in kept(page).values() for path in each}, f"{paths} are not kept")


# --- Opened once, opened again -------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["no network", "no server"])
def test_what_was_opened_once_opens_without_a_connection(
    tablet: Page, doorway: Doorway, floor: Floor, gone: str
) -> None:
    """Today was opened, and nothing else; its running class can be taught."""
    context = tablet.context
    tablet.close()
    if gone == "no network":
        context.set_offline(True)
    else:
        doorway.shut()
    # As from the home screen.
    page = context.new_page()
    page.goto("/")
    assert urlsplit(page.url).path == today(floor)
    expect(page.locator("#kept")).to_have_text(re.compile(r"Opened without connection; as it was at \d\d:\d\d"))
    page.locator("[aria-current] h2 a").tap()
    board = Board(page, floor)
    expect(board.row("Ben T.")).to_be_visible()
    expect(page.locator("#kept")).to_be_visible()
    # Drawn with everything that belongs to it, also where the browser has forgotten the files.
    assert page.evaluate("document.fonts.check('600 20px \"Barlow Semi Condensed\"')")
    assert page.evaluate(FILES_OF_PAGE) == []
    board.clean("Ben T.").tap()
    until(lambda: page.evaluate(WAITING) == 1, "the tap is not kept")
    assert floor.taps_of("Ben T.") == []

    if gone == "no network":
        context.set_offline(False)
    else:
        doorway.open()
    board.is_saved()
    expect(page.locator("#kept")).to_be_hidden()
    assert floor.taps_of("Ben T.") == [("saw", "clean")]
    # The board has had the rest of its class kept as well.
    keeps(page, f"{floor.url}plan/", f"{floor.url}stations/")


def test_what_was_never_opened_says_so_and_opens_when_the_server_is_back(
    tablet: Page, doorway: Doorway, floor: Floor
) -> None:
    doorway.shut()
    tablet.evaluate("address => location.assign(address)", f"{floor.url}summary/")
    expect(tablet.get_by_role("heading", name="No connection")).to_be_visible()
    # There is a way back to where one was.
    tablet.get_by_role("link", name="Back").tap()
    expect(tablet.locator("#kept")).to_be_visible()
    tablet.goto(f"{floor.url}summary/")
    expect(tablet.get_by_role("heading", name="No connection")).to_be_visible()
    expect(tablet.get_by_role("link", name="Back")).to_have_count(0)
    doorway.open()
    expect(tablet.get_by_role("heading", name="Hinge Foundations")).to_be_visible(timeout=10_000)


def test_what_was_kept_the_day_before_yesterday_opens_no_more(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    tablet.goto("about:blank")
    tablet.goto(UNKNOWN)
    tablet.evaluate(AGE_KEPT)
    doorway.shut()
    for path in (today(floor), floor.url, "/"):
        tablet.goto(path)
        expect(tablet.get_by_role("heading", name="No connection")).to_be_visible()
    assert not any(kept(tablet).values())


def test_a_kept_today_is_drawn_anew_when_the_server_is_back(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    doorway.shut()
    tablet.reload()
    expect(tablet.locator("#kept")).to_be_visible()
    # What it cannot do without the server it says, and stays.
    tablet.get_by_role("button", name="Start an unplanned class").tap()
    expect(tablet.get_by_text("No connection. Try again when there is one.")).to_be_visible()
    doorway.open()
    expect(tablet.locator("#kept")).to_be_hidden(timeout=10_000)


def test_a_board_is_kept_as_it_was_when_the_tablet_was_put_down(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    board = Board(tablet, floor).open()
    board.stage("Ben T.", "Loaded").tap()
    board.is_saved()
    before = tablet.evaluate(KEPT_AT, floor.url)
    tablet.evaluate(PUT_DOWN)
    until(lambda: tablet.evaluate(KEPT_AT, floor.url) > before, "the board is not kept again")
    doorway.shut()
    tablet.reload()
    expect(tablet.locator("#kept")).to_be_visible()
    board.stands_on("Ben T.", "Loaded")


def test_a_board_is_kept_anew_soon_after_a_tap_was_saved(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    board = Board(tablet, floor).open()
    later = tablet.get_by_text("Taps saved after that do not show.")
    board.is_saved()
    before = tablet.evaluate("Date.now()")
    board.stage("Ben T.", "Loaded").tap()
    until(lambda: tablet.evaluate(KEPT_AT, floor.url) > before + 1000, "the board is not kept again")
    doorway.shut()
    tablet.reload()
    expect(tablet.locator("#kept")).to_be_visible()
    board.stands_on("Ben T.", "Loaded")
    expect(later).to_be_hidden()
    # Gone before it could be kept: it says so.
    doorway.open()
    board.is_saved()
    expect(tablet.locator("#kept")).to_be_hidden(timeout=10_000)
    board.stage("Ben T.", "Dowel").tap()
    board.is_saved()
    doorway.shut()
    tablet.reload()
    expect(later).to_be_visible()


def test_a_part_fails_as_it_would_without_a_worker(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    """So that the screen says it; a page in its place would be drawn into the row."""
    board = Board(tablet, floor).open()
    board.is_saved()
    doorway.shut()
    assert tablet.evaluate("fetch(`${location.pathname}taps/`).then(() => 'answered', () => 'failed')") == "failed"
    tablet.get_by_role("button", name="Last taps").tap()
    expect(board.connection).to_contain_text("No connection")
    expect(board.sheet.locator("h1")).to_have_count(0)
    expect(board.row("Ben T.")).to_be_visible()


# --- A server that hangs, a network that answers itself ---------------------------------------------------------------


def test_a_server_that_hangs_is_not_waited_for(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    board = Board(tablet, floor).open()
    board.is_saved()
    doorway.hang()
    board.clean("Ben T.").tap()
    until(lambda: tablet.evaluate(WAITING) == 1, "the tap is not kept")
    begun = time.monotonic()
    tablet.goto(floor.url, wait_until="commit")
    expect(board.row("Ben T.")).to_be_visible()
    assert time.monotonic() - begun < SOON
    expect(tablet.locator("#kept")).to_be_visible()
    # The class's clock goes on from when the page was kept.
    assert abs(tablet.evaluate("clock.now() - Date.now()")) < 1_000
    assert tablet.evaluate(WAITING) == 1
    doorway.go_on()
    expect(tablet.locator("#kept")).to_be_hidden(timeout=15_000)
    until(lambda: tablet.evaluate(WAITING) == 0, "the tap is not sent")
    assert floor.taps_of("Ben T.") == [("saw", "clean")]


def test_the_page_of_a_captive_portal_is_neither_an_answer_nor_kept(
    tablet: Page, doorway: Doorway, floor: Floor
) -> None:
    board = Board(tablet, floor).open()
    board.is_saved()
    doorway.become_a_portal()
    board.clean("Ben T.").tap()
    expect(board.connection).to_have_text("1 tap saved on this tablet")
    # The board asks every two seconds; what it is answered is not the board.
    tablet.wait_for_timeout(2_500)
    expect(board.row("Ben T.")).to_be_visible()
    assert tablet.evaluate(WAITING) == 1
    tablet.reload()
    expect(tablet.locator("#kept")).to_be_visible()
    expect(board.row("Ben T.")).to_be_visible()
    # What is not kept shows the portal, so that somebody can let the tablet in.
    tablet.goto(UNKNOWN)
    expect(tablet.get_by_role("heading", name="Welcome to Corner Cafe")).to_be_visible()
    doorway.shut()
    tablet.goto(UNKNOWN)
    expect(tablet.get_by_role("heading", name="No connection")).to_be_visible()
    tablet.goto(floor.url)
    expect(board.row("Ben T.")).to_be_visible()
    doorway.open()
    board.is_saved()
    assert floor.taps_of("Ben T.") == [("saw", "clean")]


# --- A new version ---------------------------------------------------------------------------------------------------


def test_a_new_version_takes_over_without_a_page_or_a_tap_being_lost(
    tablet: Page, doorway: Doorway, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(tablet, floor).open()
    board.is_saved()
    tablet.evaluate("document.title = 'The same page'")
    doorway.shut()
    board.clean("Ben T.").tap()
    until(lambda: tablet.evaluate(WAITING) == 1, "the tap is not kept")

    monkeypatch.setattr(shell, "release", lambda: "next")
    doorway.open()
    tablet.evaluate("navigator.serviceWorker.ready.then((registration) => registration.update())")
    until(lambda: "next" in files(tablet), "the new version is not there")
    board.is_saved()
    assert floor.taps_of("Ben T.") == [("saw", "clean")]
    # Nobody has taken the board from under the coach's hands.
    assert tablet.title() == "The same page"
    tablet.reload()
    assert tablet.evaluate("document.body.dataset.release") == "next"


def test_files_of_a_former_version_stay_as_long_as_a_page_needs_them(
    tablet: Page, doorway: Doorway, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shell.release()
    monkeypatch.setattr(shell, "release", lambda: "next")
    tablet.goto(floor.url)
    until(lambda: "next" in files(tablet), "the new version is not there")
    # Today is kept as the former version drew it.
    keep_anew(tablet, floor.url)
    assert set(files(tablet)) == {before, "next"}
    doorway.shut()
    tablet.goto(today(floor))
    expect(tablet.locator(".class").first).to_have_css("display", "grid")
    assert tablet.evaluate("document.body.dataset.release") == before
    # Today is open, and not kept any more. (A page that nobody looks at does not load itself anew.)
    tablet.evaluate(PUT_DOWN)
    doorway.open()
    tablet.evaluate("offline.forget()")
    keep_anew(tablet, floor.url)
    assert set(files(tablet)) == {before, "next"}
    # Nobody needs them.
    tablet.goto(floor.url)
    keep_anew(tablet, floor.url)
    until(lambda: files(tablet) == ["next"], "the former version is still there")


def keep_anew(page: Page, path: str) -> None:
    """Have a page kept once more, after which is let go of what nobody needs."""
    page.wait_for_timeout(10)
    now = page.evaluate("Date.now()")
    page.evaluate(
        "(path) => navigator.serviceWorker.controller.postMessage({keep: [path], within: 0})", urljoin(page.url, path)
    )
    until(lambda: now <= page.evaluate(KEPT_AT, path), f"{path} is not kept")
    page.wait_for_timeout(200)


# --- Names leave -----------------------------------------------------------------------------------------------------


def test_signing_out_lets_go_of_every_page(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    tablet.get_by_role("button", name="Sign out").tap()
    expect(tablet.get_by_role("heading", name="Sign in")).to_be_visible()
    assert kept(tablet) == {}
    doorway.shut()
    tablet.goto(floor.url)
    expect(tablet.get_by_role("heading", name="No connection")).to_be_visible()


def test_signing_out_without_a_connection_is_told_when_it_is_back(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    doorway.shut()
    tablet.get_by_role("button", name="Sign out").tap()
    expect(tablet.get_by_text("Nobody’s name is kept on this device any more.")).to_be_visible()
    assert kept(tablet) == {}
    for address in (floor.url, today(floor), "/"):
        tablet.goto(address)
        expect(tablet.get_by_role("heading", name="No connection")).to_be_visible()
    assert Session.objects.exists()
    doorway.open()
    expect(tablet.get_by_role("heading", name="Sign in")).to_be_visible(timeout=10_000)
    assert not Session.objects.exists()


def test_a_session_that_is_over_lets_go_of_every_page(tablet: Page, doorway: Doorway, floor: Floor) -> None:
    board = Board(tablet, floor).open()
    keeps(tablet, f"{floor.url}plan/", f"{floor.url}stations/")
    Session.objects.all().delete()
    # A proof of who asks is good for half a minute; what is not polled is refused at once.
    board.fault("Ben T.").tap()
    until(lambda: kept(tablet) == {}, "pages are still kept")
    expect(board.row("Ben T.")).to_be_visible()


def test_another_coach_finds_nothing_of_the_former(
    tablet: Page, doorway: Doorway, floor: Floor, sign_in: SignIn
) -> None:
    """Also where no page in between said that nobody is signed in."""
    carlas = set(kept(tablet))
    assert floor.cast.kim.user
    sign_in(tablet, floor.cast.kim.user)
    tablet.goto(f"/gym/{floor.gym.slug}/my/")
    until(lambda: not carlas & set(kept(tablet)), "Carla's pages are still kept")
    doorway.shut()
    tablet.goto(floor.url)
    expect(tablet.get_by_role("heading", name="No connection")).to_be_visible()
