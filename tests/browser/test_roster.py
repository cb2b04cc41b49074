"""Who comes to a class: a phone that scans the code, and regulars who are proposed, on two screens at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.check_in import address
from tests import make
from tests.browser.conftest import OpenPage
from tests.browser.pages import SEEN_BY_OTHERS, Board, Floor

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]
PHONE = (390, 844)


@pytest.fixture
def board(open_page: OpenPage, floor: Floor, sign_in: SignIn) -> Board:
    """Carla's board. Two of the gym's people are regulars of its slot and not on the roster."""
    slot = make.weekly_slot(floor.session)
    for weeks in (1, 2):
        begun = timezone.now() - timedelta(weeks=weeks)
        people = [floor.cast.ana, floor.cast.ben]
        make.class_session(floor.gym, people, slot=slot, slot_date=begun.date(), starts_at=begun)
    page = open_page()
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    return Board(page, floor).open()


def test_a_phone_checks_in_and_the_board_shows_it(
    board: Board, open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep
) -> None:
    with in_gym(floor.gym):
        code = address(floor.session, floor.gym.slug)
    phone = open_page(PHONE)
    assert floor.cast.ana.user is not None
    sign_in(phone, floor.cast.ana.user)
    phone.goto(code)
    expect(phone.get_by_text("You are checked in: Hinge Foundations")).to_be_visible()
    row = board.page.locator(f"#m-{floor.cast.ana.pk}")
    expect(row).to_be_visible(timeout=SEEN_BY_OTHERS)
    expect(board.last).to_have_text("Ana A. · checked in")
    expect(board.page.locator("#proposed")).to_contain_text("+ 1 regular")
    keep(phone, "check-in")
    # Going there again sends nothing and says so.
    phone.goto(code)
    expect(phone.get_by_text("You are checked in already: Hinge Foundations")).to_be_visible()
    phone.get_by_role("link", name="My drills").tap()
    expect(phone.get_by_text("You are checked in: Hinge Foundations")).to_be_visible()


def test_without_scripts_one_button_checks_in(open_page: OpenPage, floor: Floor, sign_in: SignIn) -> None:
    with in_gym(floor.gym):
        code = address(floor.session, floor.gym.slug)
    phone = open_page(PHONE, javascript=False)
    assert floor.cast.ana.user is not None
    sign_in(phone, floor.cast.ana.user)
    phone.goto(code)
    phone.get_by_role("button", name="I am here").tap()
    expect(phone.get_by_text("You are checked in: Hinge Foundations")).to_be_visible()


def test_regulars_come_with_one_tap_and_no_row_moves_before(board: Board, floor: Floor, keep: Keep) -> None:
    page = board.page
    before = board.row("Olu A.").bounding_box()
    proposed = page.locator("#proposed")
    expect(proposed).to_contain_text("+ 2 regulars")
    keep(page, "regulars")
    page.get_by_role("button", name="Who?").tap()
    board.sheet.get_by_role("button", name=re.compile("Not today.*Ana A")).tap()
    expect(board.sheet.get_by_role("button", name="Not today")).to_have_count(1)
    expect(board.last).to_have_text("Ana A. · not today")
    keep(page, "regulars-who")
    board.close_sheet()
    assert board.row("Olu A.").bounding_box() == before
    board.undo.tap()
    expect(proposed).to_contain_text("+ 2 regulars")
    proposed.get_by_role("button", name="+ 2 regulars").tap()
    for person in (floor.cast.ana, floor.cast.ben):
        expect(page.locator(f"#m-{person.pk} small")).to_contain_text("expected")
    expect(proposed).to_have_count(0)
    expect(page.locator("#counts")).to_contain_text("2 expected")
    board.is_saved()
