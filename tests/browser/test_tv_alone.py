"""Nobody stands beside a TV: it says when it is not live, and finds its way back without a hand.

A server of its own process is stopped and started again; the page's clock is moved instead of waiting.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from gym.scope import in_gym
from programming.models import ClassSession, Screen
from tests import make
from tests.browser.conftest import Trouble
from tests.browser.pages import Floor
from tests.browser.tv import KINDS
from tests.browser.tv import tv_page as tv_page

pytestmark = pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="the server is told of a file"
)


@dataclass
class Server:
    """The application in a process of its own, on the test's database."""

    port: int
    process: Any = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        database = settings.DATABASES["default"]["NAME"]
        told = {"DATABASE_URL": f"sqlite:///{database}", "DEBUG": "true", "DEMO": "true", "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "gunicorn", "gym.wsgi", "-b", f"127.0.0.1:{self.port}", "--log-level", "error"]
        environment = {**os.environ, **told}
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)
        for _try in range(300):
            time.sleep(0.1)
            try:
                with urlopen(f"{self.url}/health/") as answer:  # noqa: S310 - an address of our own
                    assert answer.status == 200
                return
            except URLError:
                continue
        raise TimeoutError("the server does not answer")

    def stop(self) -> None:
        """As when the machine goes: the server and its workers at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Server(free.getsockname()[1])
    made.start()
    yield made
    made.stop()


def files(route: Route) -> None:
    """Scripts and styles, which are collected only for a deployment."""
    path = route.request.url.partition("/static/")[2].partition("?")[0]
    file = Path(settings.BASE_DIR) / "static" / path
    route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])


def of_a_stranger(status: int, route: Route) -> None:
    route.fulfill(status=status, body="<h1>Wi-Fi</h1>", content_type="text/html")


@pytest.fixture
def shown(tv_page: Page, floor: Floor, server: Server, trouble: Trouble) -> Page:
    """The TV of the class that runs, with a clock that a test moves on."""
    trouble.expect("ERR_CONNECTION_REFUSED|status of (404|502)|^502 from GET|Failed to fetch|htmx:error: timeout|net::")
    for person in floor.people.values():
        person.tv_consent = True
        person.save()
    _screen, token = make.screen(floor.gym, floor.cast.olga)
    tv_page.route("**/static/**", files)
    tv_page.clock.install()
    tv_page.goto(f"{server.url}/gym/{floor.gym.slug}/screen/{token}/")
    expect(tv_page.locator("#tv")).to_have_attribute("data-kind", "class")
    return tv_page


def let_pass(page: Page, seconds: int) -> None:
    """Move the page's clock on; it asks once meanwhile. An answer that comes in real time may be late for it."""
    page.clock.fast_forward(seconds * 1000)


def place(floor: Floor, name: str, stage: str) -> None:
    make.place(floor.session, floor.people[name], stage, by=floor.cast.carla)


def column(page: Page, name: str) -> Any:
    return page.locator(".station", has=page.locator("li", has_text=re.compile(rf"^{re.escape(name)}$"))).locator("h2")


def test_not_live_since_and_live_again(shown: Page, floor: Floor, server: Server) -> None:
    away = shown.locator("#away")
    shown.evaluate("globalThis.same = true")
    let_pass(shown, 10)
    expect(away).to_be_hidden()
    server.stop()
    for _step in range(4):
        let_pass(shown, 5)
    expect(away).to_be_visible()
    with in_gym(floor.gym):
        then = Screen.objects.get().seen_at
    assert then is not None
    minutes = {f"{then.astimezone(floor.gym.zone):%H:%M}", f"{time.strftime('%H:%M')}"}
    assert away.inner_text().removeprefix("Not live since ") in minutes
    # The class still stands there, and a night passes.
    expect(column(shown, "Ben T.")).to_be_visible()
    for _hour in range(8):
        let_pass(shown, 3600)
    place(floor, "Ben T.", "loaded")
    server.start()
    let_pass(shown, 3)
    expect(away).to_be_hidden()
    expect(column(shown, "Ben T.")).to_contain_text("Loaded")
    # It is the same page: nothing was loaded anew.
    assert shown.evaluate("globalThis.same") is True


def test_a_page_of_somebody_elses_is_no_answer(shown: Page) -> None:
    """A network that wants somebody to sign in, a proxy without a server behind it."""
    for status in (200, 404, 502):
        shown.route("**/now/", partial(of_a_stranger, status))
        for _step in range(5):
            let_pass(shown, 5)
        expect(shown.locator("#away")).to_be_visible()
        expect(shown.locator("#tv")).to_have_attribute("data-kind", "class")
        shown.unroute("**/now/")
        let_pass(shown, 3)
        expect(shown.locator("#away")).to_be_hidden()


def test_revoked_and_restored(shown: Page, floor: Floor) -> None:
    Screen.across_gyms.update(revoked_at=floor.session.starts_at)
    let_pass(shown, 3)
    tv = shown.locator("#tv")
    expect(tv).to_have_attribute("data-kind", "closed")
    assert floor.gym.name not in shown.content() and "Ben T." not in shown.content()
    # It goes on asking, but not every two seconds.
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    for _step in range(10):
        let_pass(shown, 2)
    shown.wait_for_timeout(200)
    assert len(asked) <= 1
    Screen.across_gyms.update(revoked_at=None)
    let_pass(shown, 31)
    expect(tv).to_have_attribute("data-kind", "class")


def test_a_new_version_of_the_files(shown: Page, floor: Floor, server: Server) -> None:
    """It loads itself anew, once; and not while the server cannot answer for the page."""
    shown.evaluate("globalThis.old = true")
    # In halves, each answered: after a minute without an answer it would load itself anew for that.
    for _half in range(2):
        with shown.expect_response(lambda answer: answer.status in (200, 304)):
            let_pass(shown, 31)
    shown.evaluate("document.getElementById('content').dataset.release = 'older'")
    with shown.expect_navigation():
        let_pass(shown, 3)
    expect(shown.locator("#tv")).to_have_attribute("data-kind", "class")
    assert shown.evaluate("globalThis.old") is None


def test_the_next_class_comes_by_itself(shown: Page, floor: Floor) -> None:
    with in_gym(floor.gym):
        ClassSession.objects.update(finished_at=timezone.now(), version=F("version") + 1)
    let_pass(shown, 3)
    expect(shown.locator("#tv")).to_have_attribute("data-kind", "nothing")
    make.class_session(floor.gym, list(floor.people.values())[:3], coach=floor.cast.carla)
    let_pass(shown, 3)
    expect(shown.locator("#tv")).to_have_attribute("data-kind", "class")
