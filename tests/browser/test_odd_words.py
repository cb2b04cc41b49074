"""What somebody may paste: a megabyte, HTML, names from right to left, of signs, and without a space."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from tests.browser.conftest import OpenPage, Trouble
from tests.browser.pages import Board, Floor

SignIn = Callable[[Page, User], None]

MEGABYTE = "</textarea><script>document.title = 'in'</script> שלום 🏋️‍♀️ " + "shoulder stiff " * 70_000
NAMES = {
    "\u202eנועה": "נועה",
    "W" * 120: "W" * 120,
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "🏋️‍♀️": "🏋️‍♀️",
}
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > innerWidth"


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "plain"])
def test_words_of_any_kind(
    open_page: OpenPage, floor: Floor, sign_in: SignIn, trouble: Trouble, javascript: bool
) -> None:
    trouble.expect("status of 422")
    page = open_page(javascript=javascript)
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    board = Board(page, floor).open()

    board.fault("Ben T.").tap()
    page.get_by_text("Write a note").tap()
    field = page.get_by_label("Note for coaches")
    field.fill(MEGABYTE)
    page.get_by_role("button", name="Save the note").tap()
    expect(field).to_have_accessible_description("This is too long: a note has at most 2000 characters.")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.input_value() == MEGABYTE
    assert page.title() != "in"

    for typed, shown in NAMES.items():
        page.goto(f"{floor.url}add/")
        page.get_by_label("Name").fill(typed)
        page.get_by_label("Name").press("Enter")
        page.locator(".drop-in").tap()
        expect(page.locator(".name", has_text=shown).first).to_have_text(shown)
        expect(board.last).to_have_text(f"{shown} · added")
    for there in ("", "taps/"):
        page.goto(floor.url + there)
        # With scripts and without, it is the same page.
        assert not javascript or page.evaluate(WIDER_THAN_THE_SCREEN) is False, there
