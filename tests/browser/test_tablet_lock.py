"""What stands between two people on one tablet: signing out, locking, and what each of them leaves on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from gym.models import Tablet, User
from gym.tablets import COOKIE
from tests import make
from tests.browser.conftest import Trouble
from tests.browser.pages import Floor

pytest_plugins = ["tests.people"]

SignIn = Callable[[Page, User], None]

PINS = {"CC": "4711", "KK": "80632"}
FULL = """() => {
  const {setItem} = Storage.prototype;
  Storage.prototype.setItem = function (...each) {
    if (this === localStorage) throw new DOMException("full", "QuotaExceededError");
    setItem.apply(this, each);
  };
}"""


@pytest.fixture
def tablet(page: Page, floor: Floor, trouble: Trouble) -> Tablet:
    """The page's browser is an enrolled tablet, locked; Carla and Kim have PINs."""
    trouble.expect("ERR_INTERNET_DISCONNECTED|status of 401|ERR_FAILED|Failed to fetch")
    make.pin(floor.cast.carla, PINS["CC"])
    make.pin(floor.cast.kim, PINS["KK"])
    tablet, secret = make.tablet(floor.gym, floor.cast.olga)
    page.context.add_cookies(
        [{"name": COOKIE, "value": f"{floor.gym.slug}:{secret}", "domain": "localhost", "path": "/"}]
    )
    return tablet


def unlock(page: Page, mark: str) -> None:
    """Tap one's initials, the digits on the pad, and Unlock."""
    page.get_by_text(mark, exact=True).tap()
    for digit in PINS[mark]:
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Unlock").tap()
    expect(page.locator("#hands")).to_be_attached()


# --- Signing out -----------------------------------------------------------------------------------------------------


def test_who_signed_out_here_signs_nobody_else_out(page: Page, floor: Floor, tablet: Tablet, sign_in: SignIn) -> None:
    assert floor.cast.kim.user is not None
    sign_in(page, floor.cast.kim.user)
    page.goto(f"/gym/{floor.gym.slug}/today/")
    page.get_by_role("button", name="Sign out").tap()
    expect(page.get_by_text("This tablet is locked.")).to_be_visible()
    assert page.evaluate("localStorage.getItem('signed out')") is None
    unlock(page, "CC")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.goto(floor.url)
    expect(page.locator("#roster")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.url.endswith(floor.url) and not [each for each in asked if "logout" in each]


def test_a_full_tablet_keeps_nobody_from_signing_out(page: Page, floor: Floor, sign_in: SignIn) -> None:
    assert floor.cast.kim.user is not None
    sign_in(page, floor.cast.kim.user)
    page.goto(f"/gym/{floor.gym.slug}/today/")
    page.evaluate(FULL)
    page.get_by_role("button", name="Sign out").tap()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not Session.objects.exists()
