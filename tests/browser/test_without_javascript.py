"""Everything a coach does, by plain forms in a browser that runs no scripts."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import ClassSession, Clearance, Placement
from tests.browser.conftest import OpenPage, Trouble
from tests.browser.pages import Board, Floor, pressed

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]


def test_a_class_without_javascript(
    open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep, trouble: Trouble
) -> None:
    trouble.expect("status of 422")
    page = open_page(javascript=False)
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    page.goto("/")
    page.get_by_role("link", name="Hinge Foundations").first.tap()
    expect(page).to_have_url(re.compile(re.escape(floor.url)))
    board = Board(page, floor)
    name = "Ben T."

    board.stage(name, "Dowel").tap()
    board.stands_on(name, "Dowel")
    expect(page).to_have_url(re.compile("#m-"))
    board.clean(name).tap()
    pressed(board.clean(name))
    expect(board.last).to_have_text("Ben T. · clean")
    keep(page, "plain-board")

    # The sheet is a page of its own; nothing secret stands in its address.
    board.fault(name).tap()
    expect(page).to_have_url(re.compile(r"/sheet/(\?.*)?$"))
    assert "csrf" not in page.url
    board.chip("head off dowel").tap()
    pressed(board.chip("head off dowel"))
    board.chip("squats it").tap()
    pressed(board.chip("head off dowel"))
    pressed(board.chip("squats it"))
    keep(page, "plain-sheet")
    page.get_by_role("button", name="Assign").tap()
    expect(page.get_by_role("button", name="Assigned")).to_be_visible()
    page.get_by_text("Write a note").tap()
    page.get_by_label("Note for coaches").fill("Wants to lift soon.")
    page.get_by_role("button", name="Save the note").tap()
    page.get_by_role("link", name="Back to the board").tap()
    expect(board.line(name)).to_contain_text("head off dowel, squats it")

    # A setting.
    board.stage(name, "Wall").tap()
    board.fault(name).tap()
    page.get_by_role("button", name="Further").tap()
    expect(page.locator("#step-setting output")).to_have_text("50 cm")

    # Pain, refused, cleared.
    board.chip("Pain").tap()
    board.chip("hip").tap()
    pressed(board.chip("hip"))
    board.chip("Clear the hold").tap()
    expect(page.locator(".clearing")).to_contain_text("Write a short note")
    keep(page, "plain-hold")
    page.get_by_role("link", name="Back to the board").tap()
    expect(board.line(name)).to_have_text("PAIN · held · hip")
    board.clean(name).tap(force=True)
    expect(board.last).to_contain_text("Ben T. is held for pain.")
    keep(page, "plain-refused")
    board.fault(name).tap()
    page.get_by_label("What makes it safe to go on?").fill("It was the belt.")
    board.chip("Clear the hold").tap()
    page.get_by_role("link", name="Back to the board").tap()
    expect(board.line(name)).not_to_contain_text("PAIN")
    with in_gym(floor.gym):
        assert {each.note.body for each in Clearance.objects.all()} == {"It was the belt."}

    # Undo, the list, and the right person.
    board.stage("Olu A.", "Loaded").tap()
    board.undo.tap()
    board.stands_on("Olu A.", "Dowel")
    board.clean("Farid H.").tap()
    page.get_by_role("button", name="Last taps").tap()
    keep(page, "plain-taps")
    page.locator("li", has_text="Farid H.").first.get_by_role("button", name="Wrong person").tap()
    page.get_by_role("button", name="Olu A.").tap()
    pressed(board.clean("Olu A."))
    pressed(board.clean("Farid H."), is_pressed=False)

    # Somebody more.
    page.get_by_role("button", name="Add someone").tap()
    page.get_by_label("Name").fill("chi")
    page.get_by_role("button", name="Find").tap()
    page.get_by_role("button", name="Chiara Conti").tap()
    expect(page.locator("#counts")).to_contain_text("16 here")
    page.get_by_role("button", name="Add someone").tap()
    page.get_by_label("Name").fill("Walter Wanderer")
    page.get_by_role("button", name="Find").tap()
    keep(page, "plain-add")
    page.get_by_role("button", name="as a drop-in").tap()
    expect(page.locator("#counts")).to_contain_text("17 here")

    # A class nobody had planned.
    page.get_by_role("link", name="Today").tap()
    page.get_by_label("Class template").select_option(label="Hinge under load")
    page.get_by_role("button", name="Start an unplanned class").tap()
    expect(page.get_by_role("heading", name="Hinge under load")).to_be_visible()
    expect(page.locator("#counts")).to_contain_text("0 here")
    keep(page, "plain-unplanned")
    with in_gym(floor.gym):
        assert ClassSession.objects.filter(name="Hinge under load", coach=floor.cast.carla).count() == 1
        assert Placement.objects.get(member=floor.people[name]).stage.key == "wall-tap"
