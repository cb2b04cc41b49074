"""The drill within a stage, in order of demand: one step a tap on the sheet."""

from __future__ import annotations

import pytest

from gym.scope import in_gym
from programming.models import ClassSession, StageMove
from tests import make
from tests.coach.screen import Screen, standing
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture(autouse=True)
def loaded(cast: Cast, evening: ClassSession) -> None:
    """Ana stands on the loaded hinge, which has many drills."""
    make.place(evening, cast.ana, "loaded", by=cast.carla, after=60)


def stepper(sheet: Element) -> Element:
    return sheet.one("form", id="step-drill")


def test_one_step_in_order_of_demand(screen: Screen, cast: Cast) -> None:
    sheet = screen.sheet(cast.ana)
    first, more = stepper(sheet).all("button")
    assert "disabled" in first
    wanted = more["aria-label"]
    sheet = screen.answer_is_sheet(screen.press(more), cast.ana)
    assert stepper(sheet).one("output").text == wanted
    assert standing(cast.ana).drill == "reverse-anchored-hinge"
    sheet = screen.answer_is_sheet(screen.press(stepper(sheet).button("−")), cast.ana)
    assert standing(cast.ana).drill == "rip-trainer-hinge"


def test_the_suggested_drill_is_one_tap(screen: Screen, cast: Cast) -> None:
    for after in (100, 130):
        make.tap(screen.session, cast.ana, "saw", by=cast.carla, after=after, saw="clean")
    assert screen.line(cast.ana).startswith("2 clean → ")
    screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("Take it")), cast.ana)
    assert standing(cast.ana).drill == "reverse-anchored-hinge"


def test_a_stage_with_one_drill_has_no_stepper(paper: Screen, cast: Cast) -> None:
    make.place(paper.session, cast.ana, "wall-tap", by=cast.carla)
    assert paper.sheet(cast.ana).all("form", id="step-drill") == []


def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "drill", stage="loaded", drill="pull-through")
    with in_gym(cast.northside):
        move = StageMove.objects.select_related("drill__drill").get(kind="drill")
        assert move.drill is not None
        assert (move.drill.drill.key, move.setting, move.actor) == ("pull-through", None, cast.carla)


def test_no_harder_one_while_held(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "pain", by=cast.carla)
    answer = screen.tap(cast.ana, "drill", stage="loaded", drill="deadlift", **{"from": "sheet"})
    assert screen.refusal(answer) == "Ana A. is held for pain. A coach clears the hold with a note first."
    assert standing(cast.ana).drill == "rip-trainer-hinge"


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "drill", stage="loaded", drill="pull-through")


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    sheet = {"from": "sheet"}
    table = [
        sheet,
        {**sheet, "stage": "loaded"},
        {**sheet, "stage": "loaded", "drill": "handstand"},
        {**sheet, "stage": "loaded", "drill": "‮" * 2000},
        {**sheet, "stage": "loaded", "drill": "dowel-hinge"},
        {**sheet, "stage": "handstand", "drill": "deadlift"},
    ]
    assert screen.refusals(cast.ana, "drill", table) == {
        "Tap a stage first. Choose a drill.",
        "Choose a drill.",
        "This gym has no such drill.",
        "This drill is not one of that stage.",
        "This ladder has no such stage.",
    }


def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "drill", stage="loaded", drill="pull-through")
