"""Rung goes onto the home screen: with a button where the browser offers it, with words on an iPad."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import Floor

pytest_plugins = ["tests.people"]

SignIn = Callable[[Page, User], None]
Today = Callable[..., Page]

# An iPad says that it is a Mac, but one that is touched with five fingers.
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605"
FINGERS = "Object.defineProperty(Navigator.prototype, 'maxTouchPoints', {value: 5});"
# A browser's offer, which a page may show when it likes.
OFFER = """dispatchEvent(Object.assign(new Event("beforeinstallprompt", {cancelable: true}), {
  prompt: () => { document.title = "Asked"; },
}))"""
BY_ITS_ICON = f"{FINGERS} navigator.standalone = true;"


@pytest.fixture
def today(open_page: OpenPage, floor: Floor, sign_in: SignIn) -> Today:
    """`today(script=…, **context)` opens Today in a browser of that kind."""

    def open_there(script: str = "", **context: object) -> Page:
        page = open_page(**context)  # type: ignore[arg-type]
        if script:
            page.add_init_script(script)
        assert floor.cast.carla.user
        sign_in(page, floor.cast.carla.user)
        page.goto(f"/gym/{floor.gym.slug}/today/")
        return page

    return open_there


def test_chromium_finds_all_that_it_needs(today: Today) -> None:
    page = today()
    devtools = page.context.new_cdp_session(page)
    found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The windows of a test are private ones.
    assert [each["errorId"] for each in found] == ["in-incognito"]
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")


def test_an_ipad_is_told_how(today: Today) -> None:
    page = today(FINGERS, user_agent=MAC)
    page.get_by_text("Put Rung on the home screen").tap()
    expect(page.get_by_text("Tap “Add to Home Screen”, then Add.")).to_be_visible()
    expect(page.get_by_role("button", name="Install Rung on this device")).to_be_hidden()


def test_where_it_is_of_no_use_nothing_is_said(today: Today) -> None:
    """Opened by its icon, or on a Mac, or in a browser that offers nothing."""
    for page in (today(BY_ITS_ICON, user_agent=MAC), today(user_agent=MAC), today()):
        expect(page.get_by_role("heading", name="Hinge Foundations").first).to_be_visible()
        expect(page.locator("#install")).to_be_hidden()


def test_a_browser_that_offers_it_gets_a_button(today: Today) -> None:
    page = today(size=PHONE)
    page.evaluate(OFFER)
    button = page.get_by_role("button", name="Install Rung on this device")
    button.tap()
    assert page.title() == "Asked"
    # An offer is good for once.
    expect(page.locator("#install")).to_be_hidden()
    page.evaluate(OFFER)
    expect(button).to_be_visible()


def test_a_members_phone_is_offered_it_on_my_drills(today: Today, sign_in: SignIn, floor: Floor) -> None:
    page = today(size=PHONE)
    assert floor.cast.nia.user
    sign_in(page, floor.cast.nia.user)
    page.goto("/")
    # Where its icon leads, which is the door.
    expect(page.get_by_role("heading", name="Your gyms")).to_be_visible()
    page.goto(f"/gym/{floor.gym.slug}/my/")
    devtools = page.context.new_cdp_session(page)
    found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [each["errorId"] for each in found] == ["in-incognito"]
    button = page.get_by_role("button", name="Install Rung on this phone")
    expect(button).to_be_hidden()
    page.evaluate(OFFER)
    button.tap()
    assert page.title() == "Asked"
