"""What is said of what happened, case by case. No database: the rows are only read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming import ladder
from programming.history_words import (
    assignment_reason,
    day_name,
    day_words,
    move_words,
    on_day,
    seen_words,
    where_words,
)
from programming.models import Assessment, AssignedDrill, Drill, DrillRevision, Hold, StageMove, StageRevision
from programming.models.ladder_words import FaultWords, LadderWords, StageWords

# A Saturday.
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GYM = UUID(int=1)

with in_gym(GYM):
    CARLA = Membership(name="Carla Costa")
    WALL = StageRevision(name="Wall tap", quantity="distance", drills=["wall-tap"])
    DOWEL = StageRevision(name="Dowel", drills=["dowel-hinge"])
    LOADED = StageRevision(name="Loaded hinge", quantity="load", drills=["deadlift", "good-morning"])
    GOOD_MORNING = DrillRevision(drill=Drill(key="good-morning"), name="Good morning")
    DOWEL_HINGE = DrillRevision(drill=Drill(key="dowel-hinge"), name="Dowel hinge")


@pytest.fixture(autouse=True)
def somewhere() -> Iterator[None]:
    """A row cannot be made outside a gym."""
    with in_gym(GYM):
        yield


def stage_words(key: str, name: str) -> StageWords:
    unsaid: dict[str, Any] = dict.fromkeys(StageWords.__slots__, "")
    return StageWords(**{**unsaid, "key": key, "name": name})


WORDS = LadderWords(
    ladder=ladder.Ladder(stages=()),
    stages={"dowel": stage_words("dowel", "Dowel"), "wall": stage_words("wall", "Wall tap")},
    drills={},
    faults={"chin-up": FaultWords("chin-up", NOW, "chin up", "Tuck it.", ())},  # type: ignore[arg-type]
)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 21, 0, 5, tzinfo=UTC), ("today", "today", "today")),
        (datetime(2026, 11, 20, 23, 55, tzinfo=UTC), ("Fri 20", "yesterday", "yesterday")),
        (datetime(2026, 11, 17, 8, tzinfo=UTC), ("Tue 17", "17 November", "on Tuesday")),
        (datetime(2026, 11, 14, 8, tzinfo=UTC), ("Sat 14", "14 November", "on 14 November")),
        (datetime(2026, 11, 8, 8, tzinfo=UTC), ("Sun 8", "8 November", "on 8 November")),
        (datetime(2026, 11, 7, 8, tzinfo=UTC), ("7 Nov", "7 November", "on 7 November")),
        (datetime(2025, 11, 21, 8, tzinfo=UTC), ("21 Nov 2025", "21 November 2025", "on 21 November 2025")),
        # A tap that is dated ahead of the clock.
        (datetime(2026, 11, 22, 8, tzinfo=UTC), ("22 Nov", "22 November", "on 22 November")),
    ],
)
def test_days(at: datetime, said: tuple[str, str, str]) -> None:
    with timezone.override("UTC"):
        assert (day_words(at, NOW), day_name(at, NOW), on_day(at, NOW)) == said


def test_a_day_is_the_gyms_own() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        assert day_words(late, NOW) == "today"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "first", "to_stage": WALL}, "first placed on the wall tap"),
        (
            {"reason": "earned", "from_stage": WALL, "to_stage": DOWEL, "evidence": {"clean": 2, "setting": 600}},
            "moved up to the dowel: 2 clean in a row at 60 cm",
        ),
        (
            {"reason": "earned", "from_stage": DOWEL, "to_stage": LOADED, "evidence": {"clean": 3, "setting": None}},
            "moved up to the loaded hinge: 3 clean in a row",
        ),
        (
            {"reason": "coach", "from_stage": WALL, "to_stage": DOWEL, "evidence": {"clean": 1, "setting": 600}},
            "moved up to the dowel: coach’s call",
        ),
        ({"reason": "down", "from_stage": DOWEL, "to_stage": WALL, "evidence": {}}, "moved down to the wall tap"),
        ({"kind": "setting", "reason": "within", "to_stage": WALL, "setting": 550}, "wall tap set to 55 cm"),
        ({"kind": "setting", "reason": "within", "to_stage": LOADED, "setting": 0}, "loaded hinge set to no weight"),
        (
            {"kind": "drill", "reason": "within", "to_stage": LOADED, "drill": GOOD_MORNING},
            "loaded hinge: drill good morning",
        ),
    ],
)
def test_moves(fields: dict[str, Any], said: str) -> None:
    assert move_words(StageMove(**fields), WORDS) == said


@pytest.mark.parametrize(
    ("suggested", "said"),
    [
        ({"kind": "stage", "stage": "dowel", "fault": None}, ", instead of the dowel"),
        (
            {"kind": "correct", "stage": "wall", "fault": "chin-up"},
            ", instead of the wall tap for “chin up”",
        ),
        (
            {"kind": "correct", "stage": None, "fault": "chin-up"},
            ", instead of a drill for “chin up”",
        ),
        ({"kind": "drill", "stage": None, "fault": None}, ", instead of a harder drill"),
        ({"kind": "setting", "stage": None, "fault": None}, ", instead of a harder setting"),
        ({"kind": "keep", "stage": None, "fault": None}, ", instead of staying"),
        # A stage or fault that this gym does not know any more.
        ({"kind": "stage", "stage": "gone", "fault": None}, ""),
        ({"kind": "correct", "stage": None, "fault": "gone"}, ""),
    ],
)
def test_overruled_suggestions(suggested: dict[str, Any], said: str) -> None:
    move = StageMove(reason="coach", from_stage=WALL, to_stage=LOADED, evidence={"clean": 1, "suggested": suggested})
    assert move_words(move, WORDS) == f"moved up to the loaded hinge: coach’s call{said}"


@pytest.mark.parametrize(
    ("fields", "faults", "said"),
    [
        ({"result": "clean", "stage": WALL, "setting": 600}, [], ("", "clean on the wall tap at 60 cm")),
        ({"result": "clean", "stage": DOWEL}, [], ("", "clean on the dowel")),
        ({"result": "clean", "stage": LOADED, "setting": 0}, [], ("", "clean on the loaded hinge")),
        ({"result": "seen", "stage": DOWEL}, [], ("", "seen, same on the dowel")),
        ({"result": "not_yet", "stage": DOWEL}, [], ("", "not yet on the dowel")),
        ({"result": "not_yet", "stage": DOWEL}, ["chin up", "squats it"], ("chin up, squats it", "on the dowel")),
        (
            {"result": "clean", "stage": LOADED, "setting": 16000, "drill": GOOD_MORNING},
            [],
            ("", "clean on the loaded hinge at 16 kg, good morning"),
        ),
        # The drill that its stage begins with is not worth saying.
        (
            {"result": "clean", "stage": DOWEL, "drill": DOWEL_HINGE},
            [],
            ("", "clean on the dowel"),
        ),
    ],
)
def test_observations(fields: dict[str, Any], faults: list[str], said: tuple[str, str]) -> None:
    assert seen_words(Assessment(**fields), faults) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "fault", "evidence": {"fault": "chin-up"}}, "because of “chin up” on Tuesday · Carla C."),
        ({"reason": "coach", "evidence": {}}, "chosen by Carla C. on Tuesday"),
        # A fault that this gym does not know any more.
        ({"reason": "fault", "evidence": {"fault": "gone"}}, "chosen by Carla C. on Tuesday"),
    ],
)
def test_why_a_drill_is_assigned(fields: dict[str, Any], said: str) -> None:
    assigned = AssignedDrill(actor=CARLA, at=datetime(2026, 11, 17, 8, tzinfo=UTC), **fields)
    with timezone.override("UTC"):
        assert assignment_reason(assigned, WORDS, NOW) == said


def test_where_it_hurts() -> None:
    assert where_words(Hold(where="low_back")) == "low back"
    assert where_words(Hold(where="")) == ""
