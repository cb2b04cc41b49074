"""Real Chromium against a live server: screens of the sizes people use, and no error overlooked.

`page` (a tablet), `tablet_short`, `phone`, `laptop` and `tv` are pages in a browser of their own; `open_page` makes
more of them, for a second coach or another colour scheme. Whatever goes wrong in any of them fails the test at its
end, except what the test said to `trouble.expect`.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, expect
from playwright.sync_api import Error as PlaywrightError
from pytest_django.live_server_helper import LiveServer

from gym.models import User
from tests.browser.chromium import DEBIAN, FLAGS

# Fixtures of every journey.
from tests.browser.pages import carla_and_kim, clock, floor, fresh_floor  # noqa: F401

# Playwright keeps an event loop in the thread of the test, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Milliseconds. What is expected comes at once on a machine with nothing else to do.
expect.set_options(timeout=10_000)

SCREENSHOTS = Path(settings.BASE_DIR) / "var" / "screenshots"

TABLET = (1024, 768)
TABLET_SHORT = (1024, 704)
PHONE = (390, 844)
LAPTOP = (1440, 900)
TV = (1920, 1080)

# Runs before any script of the page. Fingers are counted where they land, across page changes.
WATCH = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} on ${event.documentURI}`));
addEventListener("pointerdown", (event) => {
  if (event.isTrusted) sessionStorage.setItem("taps", Number(sessionStorage.getItem("taps")) + 1);
}, true);
"""


# A poll that a busy machine answered too late, now and then: the page asks again.
LATE_POLL, NOW_AND_THEN = r"htmx:error: timeout \{elt: div#live", 2


@dataclass
class Trouble:
    """What went wrong in the pages of one test."""

    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Say that the test brings about a message that this regular expression finds."""
        self.expected.append(pattern)

    def watch(self, page: Page) -> None:
        """Note every error of this page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda problem: self.found.append(f"script error: {problem} {problem.stack}"))
        page.on("response", self._response)

    def left(self) -> list[str]:
        """What was found and not expected."""
        left = [text for text in self.found if not any(re.search(pattern, text) for pattern in self.expected)]
        late = [text for text in left if re.search(LATE_POLL, text)]
        return left if len(late) > NOW_AND_THEN else [text for text in left if text not in late]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"{response.status} from {response.request.method} {response.url}")


class OpenPage(Protocol):
    """Opens a page in a fresh browser context: its own cookies, size in CSS pixels, colour scheme.

    `worker` lets it keep pages (static/js/worker.js), `at` is another address than the live server's, and `more` is
    what else Playwright takes for a context.
    """

    def __call__(
        self,
        size: tuple[int, int] = TABLET,
        *,
        scheme: str = "light",
        touch: bool = True,
        javascript: bool = True,
        worker: bool = False,
        at: str = "",
        **more: Any,
    ) -> Page: ...


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium where it is installed."""
    chosen = {"executable_path": str(DEBIAN)} if DEBIAN.exists() else {}
    return {**browser_type_launch_args, **chosen, "args": FLAGS}


@pytest.fixture
def quiet_server(live_server: LiveServer) -> Iterator[LiveServer]:
    """The live server, which has answered everything when the test's database is emptied.

    A page polls until its browser closes; the last answer may still be on its way then.
    """
    # One for each request under way, by thread: the signals of one request come in one thread.
    under_way: set[int] = set()
    idle = threading.Condition()

    def started(**kwargs: Any) -> None:
        with idle:
            under_way.add(threading.get_ident())

    def finished(**kwargs: Any) -> None:
        with idle:
            under_way.discard(threading.get_ident())
            idle.notify_all()

    cache.clear()
    request_started.connect(started)
    request_finished.connect(finished)
    yield live_server
    with idle:
        done = idle.wait_for(lambda: not under_way, timeout=10)
    request_started.disconnect(started)
    request_finished.disconnect(finished)
    assert done, "the server is still answering a request of this test"


@pytest.fixture
def trouble() -> Trouble:
    """Errors of this test's pages; `trouble.expect(pattern)` excuses one."""
    return Trouble()


@pytest.fixture
def open_page(
    quiet_server: LiveServer, trouble: Trouble, new_context: Callable[..., BrowserContext]
) -> Iterator[OpenPage]:
    """Opens pages whose addresses start at the live server; checks at the end that nothing went wrong in them."""

    def open_one(
        size: tuple[int, int] = TABLET,
        *,
        scheme: str = "light",
        touch: bool = True,
        javascript: bool = True,
        worker: bool = False,
        at: str = "",
        **more: Any,
    ) -> Page:
        context = new_context(
            base_url=at or quiet_server.url,
            service_workers="allow" if worker else "block",
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            has_touch=touch,
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Europe/London",
            **more,
        )
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        context.on("page", trouble.watch)
        return context.new_page()

    yield open_one
    assert not trouble.left(), "\n".join(["These errors were not expected:", *trouble.left()])


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A coach's tablet, 1024×768."""
    return open_page(TABLET)


@pytest.fixture
def tablet(page: Page) -> Page:
    """The same as `page`, where a test has several screens."""
    return page


@pytest.fixture
def tablet_short(open_page: OpenPage) -> Page:
    """A tablet whose browser shows its bars, 1024×704."""
    return open_page(TABLET_SHORT)


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A member's phone, 390×844."""
    return open_page(PHONE)


@pytest.fixture
def laptop(open_page: OpenPage) -> Page:
    """The owner's laptop, 1440×900, with a mouse."""
    return open_page(LAPTOP, touch=False)


@pytest.fixture
def tv(open_page: OpenPage) -> Page:
    """The gym's TV, 1920×1080, in the dark."""
    return open_page(TV, scheme="dark", touch=False)


@pytest.fixture
def sign_in() -> Callable[[Page, User], None]:
    """`sign_in(page, user)` puts the user's session into that page's browser."""

    def sign_in_there(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        morsel = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": morsel.key, "value": morsel.value, "domain": "localhost", "path": "/"}])

    return sign_in_there


@pytest.fixture
def taps() -> Callable[[Page], int]:
    """`taps(page)` is how many times a finger has landed on that page since it was opened."""

    def taps_on(page: Page) -> int:
        return int(page.evaluate("Number(sessionStorage.getItem('taps'))"))

    return taps_on


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """`keep(page, name)` leaves a screenshot in var/screenshots for people to look at, where SCREENSHOTS=true asks."""

    def keep_screenshot(page: Page, name: str) -> None:
        if os.environ.get("SCREENSHOTS", "").lower() != "true":
            return
        path = SCREENSHOTS / f"{name}.png"
        for left in (2, 1, 0):
            try:
                page.screenshot(path=path)
                return
            except PlaywrightError as problem:
                # Now and then Chromium has no frame to give while another page of its loads.
                if not left or "Unable to capture screenshot" not in str(problem):
                    raise
                page.wait_for_timeout(300)

    return keep_screenshot
