"""The screen stays on while a class is looked at, and the page says so where it cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from tests.browser.pages import Floor

pytest_plugins = ["tests.people"]

SignIn = Callable[[Page, User], None]

# A device in whose power it is: `locks` are those it has given, `gives` whether it would give another.
DEVICE = """
globalThis.locks = [];
globalThis.gives = true;
class Lock extends EventTarget { released = false; }
const request = async () => {
  if (!gives) throw new DOMException("", "NotAllowedError");
  return locks[locks.push(new Lock()) - 1];
};
Object.defineProperty(Navigator.prototype, "wakeLock", {value: {request}});
globalThis.takeBack = () => locks.filter((lock) => !lock.released).forEach((lock) => {
  lock.released = true;
  lock.dispatchEvent(new Event("release"));
});
globalThis.look = (away) => {
  Object.defineProperty(document, "hidden", {value: away, configurable: true});
  if (away) takeBack();
  document.dispatchEvent(new Event("visibilitychange"));
};
"""
# Older ones, and every one in plain HTTP.
WITHOUT = "Object.defineProperty(Navigator.prototype, 'wakeLock', {value: undefined})"
# As an app on the home screen of iOS before 18.4: it is given, and does nothing.
PRETENDS = f"{DEVICE} navigator.standalone = true; delete Iterator.prototype.map;"
HELD = "() => locks.filter((lock) => !lock.released).length"
SCREENS = ["", "plan/", "stations/"]


@pytest.fixture
def board(page: Page, floor: Floor, sign_in: SignIn) -> Callable[[str, str], Page]:
    """`board(device, screen)` opens that screen of the class on that device."""
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)

    def open_there(device: str, screen: str = "") -> Page:
        page.add_init_script(device)
        page.goto(floor.url + screen)
        return page

    return open_there


def test_a_device_that_cannot_stay_awake_says_so(board: Callable[[str, str], Page]) -> None:
    for screen in SCREENS:
        expect(board(WITHOUT, screen).locator("[data-awake]")).to_be_visible()
    expect(board(PRETENDS, "").locator("[data-awake]")).to_be_visible()


def test_one_that_can_is_held_again_after_every_return(board: Callable[[str, str], Page]) -> None:
    for screen in SCREENS:
        page = board(DEVICE, screen)
        note = page.locator("[data-awake]")
        expect(note).to_be_hidden()
        assert page.evaluate(HELD) == 1
        page.evaluate("look(true)")
        assert page.evaluate(HELD) == 0
        expect(note).to_be_hidden()
        page.evaluate("look(false)")
        assert page.evaluate(HELD) == 1
        # The battery is low, while somebody looks.
        page.evaluate("gives = false; takeBack()")
        expect(note).to_be_visible()
        # As Safari does it: not before the page was touched.
        page.evaluate("gives = true")
        page.locator("h1").click()
        expect(note).to_be_hidden()
        page.locator("h1").click()
        assert page.evaluate(HELD) == 1
