"""What a row says where two coaches wanted different things: both, from the side of whoever reads, and how long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from gym.models import Membership
from gym.scope import in_gym
from programming.models import ClassSession, Placement
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import Screen, page
from tests.people import Cast

pytest_plugins = ["tests.people"]

BEGUN = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Any:
    """Ten minutes into the class."""
    with time_machine.travel(BEGUN + timedelta(minutes=10), tick=False) as traveller:
        yield traveller


@pytest.fixture
def session(clock: Any, cast: Cast) -> ClassSession:
    """Ana stands at the wall."""
    make.library(cast.northside)
    session = make.class_session(cast.northside, cast.members, coach=cast.carla, starts_at=BEGUN)
    make.place(session, cast.ana, "wall-tap", by=cast.carla, after=10)
    return session


def version(cast: Cast) -> int:
    with in_gym(cast.northside):
        found: int = Placement.objects.get(member=cast.ana).version
    return found


def screens(session: ClassSession, cast: Cast) -> list[Screen]:
    """The boards of Kim, Carla and the owner, who coaches too."""
    return [Screen(signed_in(coach), session, coach) for coach in (cast.kim, cast.carla, cast.olga)]


def cross(session: ClassSession, cast: Cast, kind: str, *, kims: Any, carlas: Any, **more: Any) -> None:
    """Kim's came five minutes in; Carla's, tapped at seven on a screen without it, comes now."""
    seen = version(cast)

    def want(by: Membership, value: Any, **when: float) -> None:
        make.tap(session, cast.ana, kind, by=by, seen=seen, **{kind: value}, **more, **when)

    want(cast.kim, kims, after=300)
    want(cast.carla, carlas, after=430, arrives=600)


def test_each_reads_it_from_their_side(session: ClassSession, cast: Cast) -> None:
    cross(session, cast, "stage", kims="dowel", carlas="loaded")
    kim, carla, olga = screens(session, cast)
    assert [each.sentence(cast.ana) for each in (kim, carla, olga)] == [
        "Carla C. moved Ana A. to loaded 2 minutes ago; you tapped dowel. Loaded stands.",
        "Kim K. moved Ana A. to dowel 5 minutes ago; you tapped loaded. Loaded stands.",
        "Carla C. moved Ana A. to loaded 2 minutes ago; Kim K. tapped dowel. Loaded stands.",
    ]
    assert [each.said(cast.ana) for each in (kim, carla, olga)] == [
        "Carla C.: loaded 2 min ago · you: dowel",
        "Kim K.: dowel 5 min ago · you: loaded",
        "Carla C.: loaded 2 min ago · Kim K.: dowel",
    ]
    # What is short is not read out twice.
    assert all(each["aria-hidden"] == "true" for each in kim.row(cast.ana).all("span", class_="narrow"))
    # And what the row says to somebody else who takes Kim's tablet; to a third coach it is the same anyway.
    others = [each.text for each in kim.row(cast.ana).all("span", data_to="others")]
    assert others == [olga.sentence(cast.ana), olga.said(cast.ana)]
    assert olga.row(cast.ana).all("span", data_to="others") == []
    assert kim.row(cast.ana).one("span", class_="choose").text == "tap dowel to swap"


def test_who_came_late_still_did(session: ClassSession, cast: Cast) -> None:
    cross(session, cast, "stage", kims="dowel", carlas="loaded")
    kim = screens(session, cast)[0]
    for second, state, words in ((580, "late", "late · "), (590, "here", "")):
        make.tap(session, cast.ana, "attendance", by=cast.kim, state=state, after=second)
        said = kim.row(cast.ana).one("small").text
        assert said.startswith(f"{words}Carla C. moved Ana A. to loaded"), said


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "2 minutes ago"),
        (-2, "just now"),
        (-1, "a minute ago"),
        (52, "54 minutes ago"),
        (58, "at 18:07"),
        (1200, ""),
    ],
)
def test_how_long_ago(session: ClassSession, cast: Cast, clock: Any, minutes: int, words: str) -> None:
    seen = version(cast)
    make.tap(session, cast.ana, "stage", by=cast.kim, stage="dowel", seen=seen, after=300)
    make.tap(session, cast.ana, "stage", by=cast.carla, stage="loaded", seen=seen, after=430)
    clock.shift(timedelta(minutes=minutes))
    kim = screens(session, cast)[0]
    if words:
        assert f"to loaded {words}; you" in kim.sentence(cast.ana)
    else:
        # Another day is another class.
        assert "crossed" not in [name.removeprefix("data-") for name in kim.row(cast.ana).attributes]


def test_a_setting_is_said_and_one_tap_on_the_sheet_takes_the_other(session: ClassSession, cast: Cast) -> None:
    cross(session, cast, "setting", kims=500, carlas=400, stage="wall-tap")
    kim = screens(session, cast)[0]
    assert kim.sentence(cast.ana) == "Carla C. set Ana A. to 40 cm 2 minutes ago; you tapped 50 cm. 40 cm stands."
    assert kim.said(cast.ana) == "Carla C.: 40 cm 2 min ago · you: 50 cm"
    # No stage is the other choice.
    assert kim.row(cast.ana).all("button", data_other="") == []
    lead = kim.sheet(cast.ana).one("div", id="crossing")
    assert "you tapped 50 cm" in lead.text
    kim.press(lead.button("50 cm"))
    with in_gym(cast.northside):
        assert Placement.objects.get(member=cast.ana).position.setting == 500
    assert kim.sheet(cast.ana).all("div", id="crossing") == []
    assert kim.row(cast.ana).all("span", class_="narrow") == []


def test_a_drill_is_said_in_short_and_named_on_the_sheet(session: ClassSession, cast: Cast) -> None:
    make.place(session, cast.ana, "dowel", by=cast.carla, after=20)
    cross(session, cast, "drill", kims="horizontal-dowel-hinge", carlas="dowel-hinge", stage="dowel")
    kim, carla, olga = screens(session, cast)
    assert kim.said(cast.ana) == "Carla C.: another drill 2 min ago"
    assert olga.said(cast.ana) == "Carla C. 2 min ago, Kim K.: different drills"
    carla.press(carla.sheet(cast.ana).one("div", id="crossing").button("Horizontal dowel hinge"))
    with in_gym(cast.northside):
        assert Placement.objects.get(member=cast.ana).position.drill == "horizontal-dowel-hinge"


def test_the_stage_is_chosen_on_the_row(session: ClassSession, cast: Cast) -> None:
    cross(session, cast, "stage", kims="dowel", carlas="loaded")
    kim = screens(session, cast)[0]
    other = kim.row(cast.ana).one("button", data_other="")
    assert other.text == "Dowel (the other choice)"
    kim.press(other)
    with in_gym(cast.northside):
        placement = Placement.objects.get(member=cast.ana)
        assert (placement.position.stage, placement.crossed_id) == ("dowel", None)
    assert kim.row(cast.ana).all("span", class_="narrow") == []


def test_undoing_the_one_that_won_leaves_nothing_to_choose(session: ClassSession, cast: Cast) -> None:
    cross(session, cast, "stage", kims="dowel", carlas="loaded")
    kim = screens(session, cast)[0]
    kim.press(next(each for each in kim.board().all("button") if each.text.startswith("Undo")))
    with in_gym(cast.northside):
        assert Placement.objects.get(member=cast.ana).position.stage == "dowel"
    assert kim.row(cast.ana).all("span", class_="narrow") == []


# --- A pain that came in after a move up, and had been before it -----------------------------------------------------


@pytest.mark.parametrize("move", ["before", "after"])
def test_a_move_that_a_pain_of_before_takes_away_is_said(session: ClassSession, cast: Cast, move: str) -> None:
    landed = {"before": 300, "after": 420}[move]
    make.tap(session, cast.ana, "stage", by=cast.kim, stage="loaded", after=landed)
    make.tap(session, cast.ana, "pain", by=cast.carla, where="hip", after=400, arrives=600)
    kim, carla, _olga = screens(session, cast)
    if move == "before":
        assert kim.line(cast.ana) == carla.line(cast.ana) == "PAIN · held · hip"
        return
    assert kim.said(cast.ana) == carla.said(cast.ana) == "PAIN · held · not on loaded"
    assert kim.sentence(cast.ana) == (
        "PAIN · held · hip. The pain was before your move to loaded, which does not stand. On wall."
    )
    assert "The pain was before the move to loaded" in carla.sentence(cast.ana)
    # History keeps it.
    shown = page(kim.get(f"{cast.ana.pk}/member/"))
    assert "loaded" in shown.one("main").text
    # Once the hold is cleared, nothing is left to say of it.
    make.tap(session, cast.ana, "clear", by=cast.carla, note="Fine.", after=600)
    assert kim.row(cast.ana).all("span", class_="narrow") == []
