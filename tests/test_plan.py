"""The plan of a class and its clock: plain values, no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from programming import plan
from programming.clock import Clock, Phase, intervals, phase_at, phases, spoken
from programming.plan import BlockDrill, read_plan

SIX = datetime(2026, 11, 24, 18, tzinfo=UTC)
COUCH: dict[str, Any] = {
    "text": "10 s / 20 s × 4 a side",
    "work_seconds": 10,
    "rest_seconds": 20,
    "rounds": 4,
    "per_side": True,
}


def kept(*blocks: dict[str, object]) -> list[dict[str, object]]:
    """A plan as a class keeps it when it was just copied."""
    common = {"is_ladder": False, "notes": "", "drills": []}
    return [{"title": f"Block {place}", "minutes": 5, **common, **block} for place, block in enumerate(blocks)]


def drill(key: str, stage: str | None = None, **dose: Any) -> dict[str, object]:
    words = {"revision": f"{key}-1", "name": key.title(), "cues": ["Slowly"], "dose": dose}
    return {"stage": stage, "drill": key, **words}


COPIED = kept(
    {"title": "Couch stretch", "minutes": 4, "drills": [drill("couch", **COUCH)]},
    {"title": "Prep", "minutes": 4, "notes": "Slow"},
    {"title": "Ladder", "minutes": 12, "drills": [drill("wall", "wall-tap"), drill("pull", "loaded")]},
)


def test_a_plan_as_copied_has_its_places_as_ids() -> None:
    blocks = read_plan(COPIED)
    assert [(block.id, block.minutes, block.planned, block.is_dropped) for block in blocks] == [
        (0, 4, 4, False),
        (1, 4, 4, False),
        (2, 12, 12, False),
    ]
    assert [each.name for each in blocks[2].for_stage("loaded")] == ["Pull"]
    assert blocks[2].for_everyone == ()
    assert plan.minutes_of(blocks) == 20


def test_a_change_for_today_keeps_what_it_replaces() -> None:
    blocks = read_plan(COPIED)
    hinge = BlockDrill(None, "hinge", "hinge-1", "Hinge", ("Long back",), {"text": "3 × 8"})
    changed = plan.lasting(blocks, 2, 10)
    changed = plan.dropping(changed, 1, True)
    changed = plan.teaching(changed, 2, 1, hinge)
    changed = plan.ordered(changed, [2, 0, 1])
    assert [block.id for block in changed] == [2, 0, 1]
    taught = changed[0].drills[1]
    # For the same stage as the drill it replaces.
    assert (taught.name, taught.stage, taught.instead_of) == ("Hinge", "loaded", blocks[2].drills[1])
    assert plan.minutes_of(changed) == 14
    # Written down and read again it is the same, and what was copied can still be read of it.
    again = read_plan(plan.written(changed))
    assert again == changed
    assert plan.as_copied(again) == blocks
    # Back to the first drill: nothing is replaced any more.
    assert plan.teaching(changed, 2, 1, blocks[2].drills[1])[0].drills == blocks[2].drills


def test_what_the_plan_does_not_have_is_left_alone() -> None:
    blocks = read_plan(COPIED)
    hinge = BlockDrill(None, "hinge", "hinge-1", "Hinge")
    assert plan.lasting(blocks, 7, 10) == plan.dropping(blocks, 7, True) == blocks
    assert plan.teaching(blocks, 7, 0, hinge) == plan.teaching(blocks, 2, 2, hinge) == blocks
    assert plan.ordered(blocks, [9, 8]) == blocks


def test_words_of_others_in_the_plan_are_kept() -> None:
    own = [{**COPIED[0], "drills": [{**drill("couch"), "in_pairs": True}], "waves": 2}]
    assert plan.written(read_plan(own))[0]["waves"] == 2
    assert plan.written(read_plan(own))[0]["drills"][0]["in_pairs"] is True


@pytest.mark.parametrize(
    ("dropped", "present", "before", "after"),
    [((), None, None, 0), ((), 0, None, 1), ((), 1, 0, 2), ((), 2, 1, None), ((1,), 0, None, 2), ((0,), 1, None, 2)],
)
def test_next_and_back_leave_out_what_is_dropped(
    dropped: tuple[int, ...], present: int | None, before: int | None, after: int | None
) -> None:
    blocks = read_plan(COPIED)
    for block_id in dropped:
        blocks = plan.dropping(blocks, block_id, True)
    found = (plan.preceding(blocks, present), plan.following(blocks, present))
    assert tuple(block.id if block else None for block in found) == (before, after)


@pytest.mark.parametrize(
    ("passed", "left", "said"),
    [
        (0, 240, "04:00"),
        (0.9, 240, "04:00"),
        (1, 239, "03:59"),
        (240, 0, "00:00"),
        (274, -34, "+00:34"),
        (-5, 240, "04:00"),
    ],
)
def test_a_clock_counts_whole_seconds_from_its_start(passed: float, left: int, said: str) -> None:
    clock = Clock(SIX, None, 4)
    assert clock.left(SIX + timedelta(seconds=passed)) == left
    assert spoken(left) == said


def test_a_paused_clock_stands() -> None:
    clock = Clock(SIX, SIX + timedelta(seconds=70), 4)
    assert clock.left(SIX + timedelta(hours=1)) == 170


def test_a_pattern_a_side_is_all_rounds_left_then_all_right() -> None:
    pattern = phases(COUCH)
    assert len(pattern) == 16
    assert sum(phase.seconds for phase in pattern) == 4 * 60
    assert pattern[0] == Phase("work", "left", 1, 4, 10)
    assert pattern[8] == Phase("work", "right", 1, 4, 10)
    moments = {at: phase_at(pattern, at) for at in (-1, 0, 9, 10, 119, 120, 239, 240)}
    assert moments[-1] is moments[240] is None
    seen = {
        at: (moment.phase.name, moment.phase.side, moment.phase.number, moment.left)
        for at, moment in moments.items()
        if moment
    }
    assert seen == {
        0: ("work", "left", 1, 10),
        9: ("work", "left", 1, 1),
        10: ("rest", "left", 1, 20),
        119: ("rest", "left", 4, 1),
        120: ("work", "right", 1, 10),
        239: ("rest", "right", 4, 1),
    }


@pytest.mark.parametrize(
    ("dose", "said"),
    [
        ({"sets": 3, "reps": 8}, []),
        ({}, []),
        ({"rest_seconds": 60, "sets": 3}, []),
        ({"seconds": 30}, [("work", "", 30)]),
        ({"seconds": 30, "per_side": True}, [("work", "left", 30), ("work", "right", 30)]),
        ({"work_seconds": 20, "rounds": 2}, [("work", "", 20), ("work", "", 20)]),
    ],
)
def test_only_what_is_timed_has_a_pattern(dose: dict[str, object], said: list[tuple[str, str, int]]) -> None:
    assert [(phase.name, phase.side, phase.seconds) for phase in phases(dose)] == said


def test_drills_for_everyone_follow_each_other_and_stages_go_side_by_side() -> None:
    timed = [
        drill("carry", "loaded", seconds=40),
        drill("plank", seconds=30),
        drill("reach", work_seconds=10, rest_seconds=5, rounds=2),
        drill("count", reps=8),
        drill("hang", "wall-tap", seconds=20),
        drill("swing", "loaded", seconds=50),
    ]
    (block,) = read_plan(kept({"drills": timed}))
    found = [(each.name, each.stage, each.begins, each.seconds) for each in intervals(block)]
    assert found == [
        ("Plank", None, 0, 30),
        ("Reach", None, 30, 30),
        ("Carry", "loaded", 60, 40),
        ("Hang", "wall-tap", 60, 20),
        ("Swing", "loaded", 100, 50),
    ]
    reach = intervals(block)[1]
    assert reach.at(29) is None
    moment = reach.at(47)
    assert moment is not None and (moment.phase.number, moment.left) == (2, 8)
