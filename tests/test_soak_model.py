"""The soak's model: what a class must be after its taps, in tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from programming.ladder import Ladder, Setting, Stage, Standing
from soak.model import Person, Tapped, person_after

BEGIN = datetime(2026, 11, 21, 18, tzinfo=UTC)
RUNGS = Ladder(
    stages=(
        Stage("wall", setting=Setting(step=50, minimum=100, maximum=600, start=150), drills=("tap",)),
        Stage("dowel", drills=("dowel-hinge",)),
        Stage("loaded", drills=("pull-through", "deadlift")),
    )
)
ON_DOWEL = Standing(stage="dowel", drill="dowel-hinge")


def tap(second: int, kind: str, coach: str = "Carla", **values: str) -> Tapped:
    """A tap at that second of the class; its key tells the second."""
    return Tapped(UUID(int=second), kind, coach, BEGIN + timedelta(seconds=second), values)


def after(*taps: Tapped, standing: Standing = ON_DOWEL, state: str = "here") -> Person:
    return person_after(taps, RUNGS, standing, state)


def said(person: Person) -> list[str]:
    """What became of the taps, in their order."""
    return [person.verdicts[key] for key in sorted(person.verdicts)]


CLEAN = {"saw": "clean", "stage": "dowel"}


@pytest.mark.parametrize(
    ("taps", "verdicts", "clean"),
    [
        pytest.param([tap(0, "saw", **CLEAN), tap(30, "saw", **CLEAN)], ["applied"] * 2, 2, id="two clean"),
        pytest.param([tap(0, "saw", **CLEAN), tap(19, "saw", **CLEAN)], ["applied", "unchanged"], 1, id="a slip"),
        pytest.param(
            [tap(0, "saw", **CLEAN), tap(5, "saw", "Kim", **CLEAN)], ["applied"] * 2, 2, id="two coaches, no slip"
        ),
        pytest.param(
            [tap(0, "saw", **CLEAN), tap(5, "saw", saw="not_yet", stage="dowel"), tap(9, "saw", **CLEAN)],
            ["applied"] * 3,
            1,
            id="something else between is no slip",
        ),
        pytest.param(
            [tap(0, "saw", **CLEAN), tap(30, "saw", saw="clean", stage="wall")], ["applied"] * 2, 1, id="another stage"
        ),
    ],
)
def test_clean_ones_are_counted(taps: list[Tapped], verdicts: list[str], clean: int) -> None:
    person = after(*taps)
    assert (said(person), person.standing.clean) == (verdicts, clean)
    assert person.rows["assessments"] == verdicts.count("applied")


def test_a_stage_is_that_of_the_latest_tap_whatever_arrives_first() -> None:
    taps = [tap(0, "stage", stage="loaded"), tap(1, "stage", "Kim", stage="wall"), tap(2, "stage", stage="dowel")]
    assert {after(*order).standing.stage for order in permutations(taps)} == {"dowel"}
    assert after(*taps[:2]).standing.stage == "wall"


def test_nobody_is_assessed_who_stands_nowhere() -> None:
    person = after(tap(0, "saw", **CLEAN), standing=Standing())
    assert (said(person), person.rows["assessments"], person.is_seen) == (["refused"], 0, False)


def test_pain_holds_until_it_is_cleared() -> None:
    pain = [tap(0, "pain"), tap(30, "stage", "Kim", stage="loaded"), tap(31, "saw", **CLEAN)]
    held = after(*pain, tap(32, "stage", stage="wall"))
    assert said(held) == ["applied", "refused", "refused", "applied"]
    assert (held.standing.stage, len(held.standing.holds), held.rows["holds put on"]) == ("wall", 1, 1)
    cleared = after(*pain, tap(40, "clear", note="physio"), tap(50, "stage", stage="loaded"))
    assert (cleared.standing.stage, cleared.standing.holds, cleared.rows["notes"]) == ("loaded", (), 1)


def test_pain_again_in_the_same_place_is_a_slip() -> None:
    person = after(tap(0, "pain"), tap(3, "pain"), tap(5, "pain", where="knee"), tap(6, "pain", "Kim", where="knee"))
    assert said(person) == ["applied", "unchanged", "applied", "applied"]
    assert person.rows["holds put on"] == 3


def test_faults_of_one_opening_of_the_sheet_are_one_assessment() -> None:
    chips = [
        tap(second, "fault", fault=fault, stage="dowel", opening=opening)
        for second, fault, opening in [(0, "chin-up", "a"), (1, "chin-up", "a"), (2, "squats-it", "a")]
    ]
    person = after(*chips)
    assert said(person) == ["applied", "unchanged", "applied"]
    assert (person.rows["assessments"], person.rows["faults"]) == (1, 2)
    assert person.seen == ("not_yet", "dowel", ("chin-up", "squats-it"))
    again = after(*chips, tap(30, "fault", fault="chin-up", stage="dowel", opening="b"))
    assert (again.rows["assessments"], again.standing.faults) == (2, {"chin-up": 2})


@pytest.mark.parametrize(
    ("setting", "verdict", "stored", "clean"),
    [("200", "applied", 200, 0), ("150", "unchanged", 150, 1), ("100", "applied", 100, 1)],
)
def test_a_harder_setting_counts_anew(setting: str, verdict: str, stored: int, clean: int) -> None:
    at_wall = Standing(stage="wall", setting=150, drill="tap")
    person = after(
        tap(0, "saw", saw="clean", stage="wall"),
        tap(5, "setting", setting=setting, stage="wall"),
        standing=at_wall,
    )
    assert (said(person)[1], person.standing.setting, person.standing.clean) == (verdict, stored, clean)


@pytest.mark.parametrize(
    ("state", "taps", "expected"),
    [
        ("expected", [], "expected"),
        ("expected", [tap(0, "saw", **CLEAN)], "here"),
        ("expected", [tap(0, "stage", stage="dowel")], "expected"),
        ("here", [tap(0, "attendance", state="late"), tap(5, "saw", **CLEAN)], "late"),
        ("here", [tap(5, "saw", **CLEAN), tap(9, "attendance", state="no_show")], "no_show"),
        ("off", [tap(0, "attendance", state="here")], "here"),
    ],
)
def test_whoever_is_seen_is_here(state: str, taps: list[Tapped], expected: str) -> None:
    assert after(*taps, state=state).state == expected


def test_an_undone_tap_was_never_made() -> None:
    clean, undone = tap(0, "saw", **CLEAN), tap(5, "undo", undone=str(UUID(int=0)))
    person = after(clean, undone)
    assert (person.standing.clean, person.rows["assessments"], person.is_seen) == (0, 0, False)
    # Both keep what was said of them; and what comes next is no slip.
    assert said(person) == ["applied", "applied"]
    assert after(clean, undone, tap(8, "saw", **CLEAN)).standing.clean == 1


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (tap(0, "saw", **CLEAN), tap(8, "saw", **CLEAN)),
        (tap(0, "pain"), tap(8, "pain")),
        (tap(0, "stage", stage="loaded"), tap(8, "stage", "Kim", stage="loaded")),
        (tap(0, "drill", drill="deadlift", stage="loaded"), tap(8, "drill", drill="deadlift", stage="loaded")),
        (tap(0, "attendance", state="late"), tap(8, "attendance", "Kim", state="late")),
    ],
)
def test_the_same_again_goes_with_the_first_but_for_what_comes_after_it_went(first: Tapped, again: Tapped) -> None:
    undone = {"undone": str(UUID(int=0))}
    both = after(first, again, tap(10, "undo", **undone))
    assert said(both) == ["applied", "unchanged", "applied"]
    between = after(first, tap(5, "undo", **undone), again)
    assert said(between) == ["applied"] * 3
    shown = [
        (each.standing.stage, each.standing.clean, len(each.standing.holds), each.state) for each in (both, between)
    ]
    assert shown[0] == ("dowel", 0, 0, "here") and (shown[1] != shown[0] or first.kind == "drill")


@pytest.mark.parametrize(
    ("heard", "verdicts"),
    [
        pytest.param({}, ["applied", "applied", "unchanged"], id="in order"),
        pytest.param({5: 9, 7: 8}, ["applied", "unchanged", "applied"], id="the later one came first"),
    ],
)
def test_of_two_undos_the_one_that_came_first_takes_the_tap_out(heard: dict[int, int], verdicts: list[str]) -> None:
    of_it = {"undone": str(UUID(int=0))}
    taps = [tap(0, "saw", **CLEAN), tap(5, "undo", **of_it), tap(7, "undo", "Kim", **of_it)]
    arrived = {UUID(int=made): BEGIN + timedelta(seconds=came) for made, came in heard.items()}
    person = person_after(taps, RUNGS, ON_DOWEL, arrived=arrived)
    assert (said(person), person.standing.clean) == (verdicts, 0)


def test_what_was_refused_cannot_be_undone() -> None:
    person = after(tap(0, "pain"), tap(5, "saw", **CLEAN), tap(6, "undo", undone=str(UUID(int=5))))
    assert said(person) == ["applied", "refused", "unchanged"]


def test_rest_clean_is_for_those_who_are_here_and_not_yet_seen() -> None:
    rest = Tapped(UUID(int=50), "rest", "Carla", BEGIN + timedelta(seconds=50), {"saw": "clean"}, is_rest=True)
    part = rest.part("ana", "dowel")
    assert after(part).standing.clean == 1
    assert after(tap(0, "saw", **CLEAN), part).standing.clean == 1
    assert after(part, state="no_show").standing.clean == 0
    assert after(part, standing=Standing()).verdicts[part.key] == "refused"
