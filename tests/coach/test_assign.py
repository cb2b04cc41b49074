"""One more tap on the sheet assigns the drill that corrects the fault; another ends it."""

from __future__ import annotations

import pytest

from gym.scope import in_gym
from programming.models import AssignedDrill, AssignmentEnd
from tests import make
from tests.coach.screen import Screen
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def sheet(cast: Cast, screen: Screen) -> Element:
    """Ana's sheet after a fault."""
    make.place(screen.session, cast.ana, "dowel", by=cast.carla, after=60)
    return screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("squats it")), cast.ana)


def test_one_tap_assigns(screen: Screen, cast: Cast, sheet: Element) -> None:
    sheet = screen.answer_is_sheet(screen.press(sheet.button("Assign")), cast.ana)
    assert sheet.button("Assigned")["aria-pressed"] == "true"
    # The chip and its cue are still there: it is the same opening.
    assert sheet.button("squats it")["aria-pressed"] == "true"


def test_one_more_ends_it(screen: Screen, cast: Cast, sheet: Element) -> None:
    sheet = screen.answer_is_sheet(screen.press(sheet.button("Assign")), cast.ana)
    sheet = screen.answer_is_sheet(screen.press(sheet.button("Assigned")), cast.ana)
    assert sheet.button("Assign")["aria-pressed"] == "false"
    assert make.row_count(AssignmentEnd) == 1


def test_what_else_it_writes(screen: Screen, cast: Cast, sheet: Element) -> None:
    screen.press(sheet.button("Assign"))
    with in_gym(cast.northside):
        assigned = AssignedDrill.objects.select_related("drill__drill").get()
        assert (assigned.member, assigned.actor, assigned.session) == (cast.ana, cast.carla, screen.session)
        assert (assigned.reason, assigned.evidence) == ("fault", {"fault": "squats-it"})
        assert assigned.drill.drill.key == "block-in-front-of-knees"


@pytest.mark.usefixtures("sheet")
def test_what_is_assigned_already_changes_nothing(paper: Screen, cast: Cast) -> None:
    for _again in range(2):
        paper.tap(cast.ana, "assign", drill="cat-cow", wanted="yes")
    assert make.row_count(AssignedDrill) == 1
    for _again in range(2):
        paper.tap(cast.ana, "assign", drill="cat-cow", wanted="no")
    assert make.row_count(AssignmentEnd) == 1


@pytest.mark.usefixtures("sheet")
def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "assign", drill="cat-cow", wanted="yes", fault="squats-it")


@pytest.mark.usefixtures("sheet")
def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    sheet = {"from": "sheet"}
    table = [
        sheet,
        {**sheet, "drill": "handstand", "wanted": "yes"},
        {**sheet, "drill": "🤸" * 5000, "wanted": "yes"},
        {**sheet, "drill": "cat-cow"},
        {**sheet, "drill": "cat-cow", "wanted": "perhaps"},
        {**sheet, "drill": "cat-cow", "wanted": "yes", "fault": "laziness"},
    ]
    assert screen.refusals(cast.ana, "assign", table) == {
        "Choose a drill. This tap did not arrive whole. Tap again.",
        "This gym has no such drill.",
        "This gym has no such fault.",
        "This tap did not arrive whole. Tap again.",
    }


@pytest.mark.usefixtures("sheet")
def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "assign", drill="cat-cow", wanted="yes")
