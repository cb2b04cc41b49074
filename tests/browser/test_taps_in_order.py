"""Taps of one tablet keep their order and their time, however long each was on its way."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import Note, Placement, Tap
from tests.browser.conftest import Trouble
from tests.browser.pages import Board, Floor

SignIn = Callable[[Page, User], None]
WHO = "Ben T."


@pytest.fixture
def board(page: Page, floor: Floor, sign_in: SignIn) -> Board:
    """Carla's tablet."""
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    return Board(page, floor).open()


def landed(floor: Floor) -> list[tuple[str, datetime]]:
    """The stages that were wanted of them on this board, in order, and when."""
    with in_gym(floor.gym):
        taps = Tap.objects.filter(session=floor.session, member=floor.people[WHO], kind="stage").order_by("at", "key")
        return [(tap.detail["stage"], tap.at) for tap in taps]


def stage(floor: Floor) -> str:
    with in_gym(floor.gym):
        return str(Placement.objects.get(member=floor.people[WHO]).stage.key)


def test_a_tap_that_was_long_on_its_way_stays_before_the_next(board: Board, floor: Floor) -> None:
    held: list[Route] = []
    board.page.route("**/stage/", lambda route: held.append(route), times=1)
    board.stage(WHO, "Loaded").tap()
    board.stage(WHO, "Dowel").tap()
    board.page.wait_for_timeout(800)
    held[0].continue_()
    board.is_saved()
    assert [key for key, _at in landed(floor)][-2:] == ["loaded", "dowel"]
    assert stage(floor) == "dowel"


def test_an_outage_moves_no_tap_in_time(board: Board, floor: Floor, trouble: Trouble) -> None:
    trouble.expect("ERR_FAILED")
    board.page.route("**/stage/", lambda route: route.abort())
    begun = timezone.now()
    board.stage(WHO, "Loaded").tap()
    board.page.wait_for_timeout(2000)
    board.stage(WHO, "Dowel").tap()
    tapped = timezone.now()
    board.page.wait_for_timeout(2000)
    board.page.unroute("**/stage/")
    board.is_saved()
    (first, first_at), (second, second_at) = landed(floor)[-2:]
    assert (first, second) == ("loaded", "dowel")
    assert begun <= first_at <= begun + timedelta(seconds=1.5)
    assert tapped - timedelta(seconds=1.5) <= second_at <= tapped + timedelta(seconds=1.5)


def test_what_is_tapped_after_a_hold_was_cleared_comes_after_it(board: Board, floor: Floor) -> None:
    """Clearing goes straight to the server, because of its words; the next tap waits for it all the same."""
    board.open_sheet(WHO)
    board.chip("Pain").tap()
    board.page.get_by_label("What makes it safe to go on?").fill("It was the belt.")
    held: list[Route] = []
    board.page.route("**/clear/", lambda route: held.append(route), times=1)
    board.chip("Clear the hold").tap()
    board.stage(WHO, "Loaded").tap()
    board.page.wait_for_timeout(800)
    held[0].continue_()
    board.is_saved()
    board.stands_on(WHO, "Loaded")
    assert stage(floor) == "loaded"


def test_words_do_not_pass_a_tap_that_waits(board: Board, floor: Floor, trouble: Trouble) -> None:
    """They stay where they were written, and are saved once the tap is."""
    trouble.expect("ERR_FAILED|Failed to fetch|Not saved")
    board.open_sheet(WHO)
    board.page.route("**/fault/", lambda route: route.abort())
    board.sheet.locator(".faults button").first.tap()
    board.page.get_by_text("Write a note").tap()
    note = board.page.get_by_label("Note for coaches")
    note.fill("Half a no")
    board.page.get_by_role("button", name="Save the note").tap()
    expect(board.sheet.locator("[data-unsaved]:visible")).to_contain_text("Not saved: try again.")
    expect(note).to_have_value("Half a no")
    with in_gym(floor.gym):
        assert not Note.objects.filter(member=floor.people[WHO]).exists()
    board.page.unroute("**/fault/")
    board.is_saved()
    with board.page.expect_response("**/note/"):
        board.page.get_by_role("button", name="Save the note").tap()
    with in_gym(floor.gym):
        kinds = Tap.objects.filter(session=floor.session, member=floor.people[WHO]).order_by("at", "key")
        assert list(kinds.values_list("kind", flat=True))[-2:] == ["fault", "note"]


def test_words_wait_for_no_tap_of_somebody_else(board: Board, floor: Floor) -> None:
    """What another coach left on this tablet is sent when they are back, and holds up nobody."""
    tap = {"form": 1, "coach": str(floor.cast.kim.pk), "address": f"{floor.url}{floor.people[WHO].pk}/saw/"}
    tap |= {"body": "saw=clean&stage=dowel", "landed": 0, "page": "/", "target": "", "swap": ""}
    board.page.evaluate("(tap) => localStorage.setItem(`tap ${globalThis.tap.key()}`, tap)", json.dumps(tap))
    board.open()
    assert board.page.evaluate("outbox.size()") == 1
    board.open_sheet(WHO)
    board.page.get_by_text("Write a note").tap()
    board.page.get_by_label("Note for coaches").fill("Half a no")
    with board.page.expect_response("**/note/"):
        board.page.get_by_role("button", name="Save the note").tap()
    with in_gym(floor.gym):
        assert Note.objects.filter(member=floor.people[WHO]).count() == 1
    board.page.evaluate("localStorage.clear()")
