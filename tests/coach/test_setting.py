"""The stepper of the sheet: wall distance and load, one step a tap, the last value remembered."""

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
def on_the_wall(cast: Cast, evening: ClassSession) -> None:
    """Ana stands at the wall, where the setting is the distance."""
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=60)


def stepper(sheet: Element) -> Element:
    return sheet.one("form", id="step-setting")


def shown(sheet: Element) -> str:
    return stepper(sheet).one("output").text


def test_one_step_further_and_closer(screen: Screen, cast: Cast) -> None:
    sheet = screen.sheet(cast.ana)
    assert shown(sheet) == "20 cm"
    assert [button["aria-label"] for button in stepper(sheet).all("button")] == ["Closer", "Further"]
    for words, now in (("+", "30 cm"), ("+", "40 cm"), ("−", "30 cm")):
        sheet = screen.answer_is_sheet(screen.press(stepper(sheet).button(words)), cast.ana)
        assert shown(sheet) == now
    assert screen.line(cast.ana) == "30 cm · not seen yet"


def test_the_load_is_said_in_kilograms(screen: Screen, cast: Cast) -> None:
    make.place(screen.session, cast.ana, "loaded", by=cast.carla)
    sheet = screen.sheet(cast.ana)
    assert shown(sheet) == "no weight"
    assert [button["aria-label"] for button in stepper(sheet).all("button")] == ["Lighter", "Heavier"]
    sheet = screen.answer_is_sheet(screen.press(stepper(sheet).button("+")), cast.ana)
    assert shown(sheet) == "4 kg"


@pytest.mark.parametrize(("setting", "stops"), [(100, "−"), (900, "+")])
def test_it_ends_where_the_stage_ends(paper: Screen, cast: Cast, setting: int, stops: str) -> None:
    paper.tap(cast.ana, "setting", stage="wall-tap", setting=setting)
    buttons = stepper(paper.sheet(cast.ana)).all("button")
    assert [button.text for button in buttons if "disabled" in button] == [stops]


def test_a_stage_without_setting_has_no_stepper(screen: Screen, cast: Cast) -> None:
    make.place(screen.session, cast.ana, "dowel", by=cast.carla)
    assert screen.sheet(cast.ana).all("form", id="step-setting") == []
    answer = screen.tap(cast.ana, "setting", stage="dowel", setting="300", **{"from": "sheet"})
    assert screen.refusal(answer) == "This stage has no setting."


def test_the_suggested_setting_is_one_tap(screen: Screen, cast: Cast) -> None:
    for after in (100, 130):
        make.tap(screen.session, cast.ana, "saw", by=cast.carla, after=after, saw="clean")
    assert screen.line(cast.ana) == "2 clean → 30 cm"
    sheet = screen.sheet(cast.ana)
    assert sheet.one("div", id="lead").one("p").text == "2 clean in a row at 20 cm. Next: 30 cm."
    sheet = screen.answer_is_sheet(screen.press(sheet.button("Take it")), cast.ana)
    assert shown(sheet) == "30 cm"
    assert standing(cast.ana).clean == 0


def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "setting", stage="wall-tap", setting="600")
    with in_gym(cast.northside):
        move = StageMove.objects.select_related("to_stage__stage").get(kind="setting")
        assert (move.setting, move.to_stage.stage.key, move.reason, move.actor) == (
            600,
            "wall-tap",
            "within",
            cast.carla,
        )
    assert standing(cast.ana).setting == 600


def test_the_setting_it_has_changes_nothing(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "setting", stage="wall-tap", setting="200")
    assert make.row_count(StageMove) == 1


def test_no_more_while_held_but_less(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "pain", by=cast.carla)
    answer = screen.tap(cast.ana, "setting", stage="wall-tap", setting="300", **{"from": "sheet"})
    assert screen.refusal(answer) == "Ana A. is held for pain. A coach clears the hold with a note first."
    screen.answer_is_own_row(screen.tap(cast.ana, "setting", stage="wall-tap", setting="100"), cast.ana)
    assert standing(cast.ana).setting == 100


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "setting", stage="wall-tap", setting="300")


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    wall = {"stage": "wall-tap", "from": "sheet"}
    table = [
        {**wall, "setting": "0"},
        {**wall, "setting": "-200"},
        {**wall, "setting": "1000"},
        {**wall, "setting": str(10**40)},
        {**wall, "setting": "9" * 5000},
        {**wall, "setting": "20 cm"},
        {**wall, "setting": "🏋️"},
        {**wall, "setting": "NaN"},
        wall,
        {"setting": "300", "from": "sheet"},
        {"setting": "300", "stage": "handstand", "from": "sheet"},
    ]
    assert screen.refusals(cast.ana, "setting", table) == {
        "This stage can be set from 10 cm to 90 cm.",
        "This tap did not arrive whole. Tap again.",
        "Tap a stage first.",
        "This ladder has no such stage.",
    }


def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "setting", stage="wall-tap", setting="300")
