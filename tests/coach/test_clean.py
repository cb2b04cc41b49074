"""One tap says "clean", at the stage and setting the member stands on."""

from __future__ import annotations

import pytest

from gym.scope import in_gym
from programming.models import Assessment, Attendance, ClassSession
from tests import make
from tests.coach.screen import Screen, nothing_written, page, standing
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def on_the_wall(cast: Cast, evening: ClassSession) -> None:
    """Ana stands at the wall."""
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=60)


@pytest.mark.usefixtures("on_the_wall")
def test_one_tap_says_clean(screen: Screen, cast: Cast) -> None:
    row = screen.answer_is_own_row(screen.press(screen.row(cast.ana).button("Clean")), cast.ana)
    assert row.button("Clean")["aria-pressed"] == "true"
    assert row.button("Fault")["aria-pressed"] == "false"
    assert row.one("small").text == "20 cm · clean 1 of 2"
    assert "data-seen" in row


@pytest.mark.usefixtures("on_the_wall")
def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "saw", saw="clean", stage="wall-tap")
    with in_gym(cast.northside):
        assessment = Assessment.objects.select_related("stage__stage", "drill__drill").get()
        assert (assessment.result, assessment.stage.stage.key, assessment.setting) == ("clean", "wall-tap", 200)
        assert (assessment.actor, assessment.session, assessment.opening) == (cast.carla, paper.session, None)
        assert Attendance.objects.get(member=cast.ana).seen_at == assessment.at
    assert standing(cast.ana).clean == 1


@pytest.mark.usefixtures("on_the_wall")
def test_enough_clean_ones_suggest_and_do_not_act(screen: Screen, cast: Cast) -> None:
    for after in (70, 100):
        make.tap(screen.session, cast.ana, "setting", by=cast.carla, after=after, stage="wall-tap", setting=400)
        make.tap(screen.session, cast.ana, "saw", by=cast.carla, after=after + 1, saw="clean")
    row = screen.row(cast.ana)
    assert row.one("small").text == "2 clean → dowel"
    suggested = row.one("button", data_suggested="")
    assert suggested.text == "Dowel (suggested)"
    assert suggested["aria-pressed"] == "false"
    assert standing(cast.ana).stage == "wall-tap"
    # The suggested stage is an ordinary stage button.
    row = screen.answer_is_own_row(screen.press(suggested), cast.ana)
    assert row.button("Dowel")["aria-pressed"] == "true"
    assert row.all("button", data_suggested="") == []


@pytest.mark.usefixtures("on_the_wall")
def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "saw", saw="clean", stage="wall-tap")


@pytest.mark.usefixtures("on_the_wall")
def test_a_slip_of_the_thumb_is_one(screen: Screen, cast: Cast) -> None:
    for _again in range(3):
        screen.answer_is_own_row(screen.tap(cast.ana, "saw", saw="clean", stage="wall-tap"), cast.ana)
    assert make.row_count(Assessment) == 1


def test_first_a_stage(screen: Screen, cast: Cast) -> None:
    answer = screen.press(screen.row(cast.ana).button("Clean"))
    assert screen.refusal(answer) == "Tap a stage for Ana A. first."
    assert make.row_count(Assessment) == 0


@pytest.mark.usefixtures("on_the_wall")
def test_nobody_is_assessed_while_held(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "pain", by=cast.carla)
    button = screen.row(cast.ana).button("Clean")
    assert button["aria-disabled"] == "true"
    answer = screen.press(button)
    assert screen.refusal(answer) == "Ana A. is held for pain. A coach clears the hold with a note first."
    assert make.row_count(Assessment) == 0
    # The refusal is gone when the board is drawn again.
    assert screen.line(cast.ana) == "PAIN · held"


def test_seen_marks_and_counts(tablet: Screen, cast: Cast) -> None:
    make.place(tablet.session, cast.ana, "wall-tap", by=cast.carla, after=60)
    answer = tablet.tap(cast.ana, "saw", saw="clean", stage="wall-tap")
    assert "5 here · 1 seen" in page(answer).one("span", id="counts").text
    assert page(answer).one("footer").one("span", class_="last").text == "Ana A. · clean at 20 cm"


@pytest.mark.usefixtures("on_the_wall")
def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    table = [
        {},
        {"saw": ""},
        {"saw": "brilliant"},
        {"saw": "🏋️"},
        {"saw": "x" * 1_000_000},
        {"saw": "clean", "stage": "handstand"},
        {"saw": "clean", "opening": "nonsense"},
        {"saw": "clean", "age": "-5"},
    ]
    assert screen.refusals(cast.ana, "saw", table) == {
        "This tap did not arrive whole. Tap again.",
        "This ladder has no such stage.",
    }


@pytest.mark.usefixtures("on_the_wall")
def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "saw", saw="clean", stage="wall-tap")


@pytest.mark.usefixtures("on_the_wall")
def test_looking_writes_nothing(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        paper.board()
        paper.sheet(cast.ana)
        paper.get("rows/")
        paper.get("taps/")
        paper.get("add/?name=ana")
