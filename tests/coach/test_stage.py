"""One tap on a stage: the coach wants it, and it is so."""

from __future__ import annotations

from uuid import uuid4

import pytest

from gym.scope import in_gym
from programming.models import Attendance, Placement, StageMove, Tap
from tests import make
from tests.coach.screen import Screen, nothing_written, page, standing
from tests.people import Cast

pytest_plugins = ["tests.people"]


def test_one_tap_places_a_member(screen: Screen, cast: Cast) -> None:
    answer = screen.press(screen.row(cast.ana).button("Dowel"))
    row = screen.answer_is_own_row(answer, cast.ana)
    pressed = {button.text: button["aria-pressed"] for button in row.all("button", name="stage")}
    assert pressed == {"Wall": "false", "Dowel": "true", "Loaded": "false"}
    assert standing(cast.ana).stage == "dowel"


@pytest.mark.parametrize(
    "stages", [["Wall", "Loaded"], ["Loaded", "Wall"], ["Wall", "Dowel", "Wall", "Loaded", "Dowel"]]
)
def test_any_stage_up_or_down_as_often_as_wanted(screen: Screen, cast: Cast, stages: list[str]) -> None:
    for words in stages:
        row = screen.answer_is_own_row(screen.press(screen.row(cast.ana).button(words)), cast.ana)
        assert row.one("button", aria_pressed="true", name="stage").text == words


def test_the_answer_carries_the_key_of_the_tap(tablet: Screen, cast: Cast) -> None:
    key = uuid4()
    answer = tablet.press(tablet.row(cast.ana).button("Dowel"), tap=key)
    assert answer.headers["X-Op"] == str(key)


def test_a_screen_without_scripts_is_told_the_key_that_was_made_for_it(paper: Screen, cast: Cast) -> None:
    answer = paper.press(paper.row(cast.ana).button("Dowel"))
    assert answer.headers["X-Op"] == str(Tap.across_gyms.get().key)


def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    version = paper.session.version
    paper.tap(cast.ana, "stage", stage="dowel")
    with in_gym(cast.northside):
        tap = Tap.objects.get()
        assert (tap.kind, tap.member, tap.actor, tap.session) == ("stage", cast.ana, cast.carla, paper.session)
        move = StageMove.objects.select_related("to_stage__stage").get()
        assert (move.tap, move.reason, move.from_stage, move.to_stage.stage.key) == (tap, "first", None, "dowel")
        assert Placement.objects.get().version == 1
    paper.session.refresh_from_db()
    assert paper.session.version == version + 1


def test_who_is_placed_is_here_and_not_yet_seen(tablet: Screen, cast: Cast, evening: object) -> None:
    with in_gym(cast.northside):
        Attendance.objects.filter(member=cast.ana).update(state=Attendance.State.EXPECTED)
    assert "4 here · 0 seen" in tablet.board().one("span", id="counts").text
    counts = page(tablet.tap(cast.ana, "stage", stage="dowel")).one("span", id="counts").text
    assert "5 here · 0 seen" in counts


def test_the_bar_says_what_was_done(tablet: Screen, cast: Cast) -> None:
    bar = page(tablet.tap(cast.ana, "stage", stage="dowel")).one("footer")
    assert bar.one("span", class_="last").text == "Ana A. · to dowel"
    assert bar.one("button", id="undo-last").text == "Undo: Ana A. · to dowel"


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "stage", stage="dowel")


def test_the_stage_they_stand_on_changes_nothing(screen: Screen, cast: Cast) -> None:
    screen.tap(cast.ana, "stage", stage="dowel")
    before = standing(cast.ana)
    screen.answer_is_own_row(screen.tap(cast.ana, "stage", stage="dowel"), cast.ana)
    assert standing(cast.ana) == before
    assert make.row_count(StageMove) == 1


def test_a_key_that_comes_back_with_another_stage_is_refused(screen: Screen, cast: Cast) -> None:
    key = str(uuid4())
    screen.tap(cast.ana, "stage", stage="dowel", tap=key)
    with nothing_written():
        answer = screen.tap(cast.ana, "stage", stage="loaded", tap=key)
    assert screen.refusal(answer, 409) == "This tap came twice with different content, and only the first was kept."
    assert answer.headers["X-Op"] == key


def test_no_move_up_while_held(screen: Screen, cast: Cast) -> None:
    make.place(screen.session, cast.ana, "dowel", by=cast.carla)
    make.tap(screen.session, cast.ana, "pain", by=cast.carla)
    answer = screen.tap(cast.ana, "stage", stage="loaded")
    assert screen.refusal(answer) == "Ana A. is held for pain. A coach clears the hold with a note first."
    assert standing(cast.ana).stage == "dowel"
    screen.answer_is_own_row(screen.tap(cast.ana, "stage", stage="wall-tap"), cast.ana)
    assert standing(cast.ana).stage == "wall-tap"


def test_the_last_setting_there_is_remembered(tablet: Screen, cast: Cast) -> None:
    tablet.tap(cast.ana, "stage", stage="wall-tap")
    tablet.tap(cast.ana, "setting", stage="wall-tap", setting="600")
    tablet.tap(cast.ana, "stage", stage="dowel")
    tablet.tap(cast.ana, "stage", stage="wall-tap")
    assert "60 cm" in tablet.line(cast.ana)


NONSENSE: list[dict[str, str]] = [
    {},
    {"stage": ""},
    {"stage": "handstand"},
    {"stage": "🏋️" * 300},
    {"stage": "\u202eלוח"},
    {"stage": "x" * 1_000_000},
    {"stage": "dowel", "seen": "-1"},
    {"stage": "dowel", "seen": "9" * 40},
    {"stage": "dowel", "age": "9" * 5000},
    {"stage": "dowel", "age": "soon"},
    {"stage": "dowel", "tap": "not-a-key"},
]


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    assert screen.refusals(cast.ana, "stage", NONSENSE) == {
        "Tap a stage first.",
        "This ladder has no such stage.",
        "This tap did not arrive whole. Tap again.",
    }


def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "stage", stage="dowel")
