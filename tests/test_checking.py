"""What is worth a second look in a class template, in tables. No database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from programming.checking import BlockFacts, DrillFacts, Facts, Finding, Found, SlotFacts, StageFacts, check, needed
from programming.stations import Kind, Person

WALL, DOWEL, LOADED = "hip-hinge/wall-tap", "hip-hinge/dowel", "hip-hinge/loaded"
DRILLS = {
    drill.key: drill
    for drill in (
        DrillFacts("cat-cow", corrects=("rounds-low-back",), needs=(("mat", 1),)),
        DrillFacts("hip-thrust", corrects=("over-arches",)),
        DrillFacts("jump"),
        DrillFacts("wall-tap", needs=(("wall-spot", 1),)),
        DrillFacts("dowel-hinge", needs=(("dowel", 1),)),
        DrillFacts("swing", loads=True, needs=(("kettlebell", 1),)),
        DrillFacts("old", is_retired=True),
    )
}
STAGES = (
    StageFacts(WALL, own=("wall-tap",)),
    StageFacts(DOWEL, own=("dowel-hinge",)),
    StageFacts(LOADED, loads=True, own=("swing",)),
)
BY_STAGE = ((WALL, "wall-tap"), (DOWEL, "dowel-hinge"), (LOADED, "swing"))


def people(stage: str, count: int) -> tuple[Person, ...]:
    return tuple(Person(UUID(int=len(stage) * 100 + number), stage) for number in range(count))


def facts(*blocks: tuple[tuple[str, str], ...], minutes: int = 60, each: int = 10, **more: Any) -> Facts:
    """A template with these blocks of `each` minutes: "b0", "b1" and so on."""
    made = tuple(BlockFacts(f"b{place}", each, lines) for place, lines in enumerate(blocks))
    return Facts(**{"minutes": minutes, "blocks": made, "drills": DRILLS, "stages": STAGES, **more})


def found(template: Facts) -> list[tuple[str, ...]]:
    """What was found, each with its block and what else it names."""
    return [
        tuple(part for part in (each.found.value, each.block, *each.stages, each.stage, each.drill, each.other) if part)
        for each in check(template)
    ]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([], []),
        ([BY_STAGE], []),
        ([(("", "jump"),)], []),
        # A block that loads needs something for everybody who does not load yet.
        ([((LOADED, "swing"),)], [("no_alternative", "b0", WALL, DOWEL, "swing")]),
        ([((LOADED, "swing"), (DOWEL, "dowel-hinge"))], [("no_alternative", "b0", WALL, "swing")]),
        ([(("", "swing"),)], [("no_alternative", "b0", WALL, DOWEL, "swing")]),
        ([(("", "swing"), (WALL, "wall-tap"), (DOWEL, "dowel-hinge"))], []),
        ([((LOADED, "swing"), ("", "jump"))], []),
        # Everybody does all of what is for everyone.
        ([(("", "swing"), ("", "jump"))], [("no_alternative", "b0", WALL, DOWEL, "swing")]),
        ([((WALL, "swing"), (DOWEL, "jump"), (LOADED, "swing"))], [("loaded_too_early", "b0", WALL, "swing")]),
        # The same drill that corrects a fault, twice for the same people.
        ([(("", "cat-cow"),), (("", "cat-cow"),)], [("twice", "b1", "cat-cow", "b0")]),
        ([(("", "cat-cow"), ("", "cat-cow"))], [("twice", "b0", "cat-cow", "b0")]),
        ([(("", "hip-thrust"),), (*BY_STAGE, (WALL, "hip-thrust"))], [("twice", "b1", WALL, "hip-thrust", "b0")]),
        ([((WALL, "cat-cow"),), (("", "cat-cow"),)], [("twice", "b1", "cat-cow", "b0")]),
        ([((WALL, "cat-cow"), (DOWEL, "cat-cow"))], []),
        ([(("", "jump"),), (("", "jump"),)], []),
        # A drill that the gym teaches no more is said once a block.
        ([(("", "old"), (WALL, "old"))], [("retired", "b0", "old")]),
        # A stage on which nobody can stand.
        ([(("squat/box", "jump"),)], [("unreachable", "b0", "squat/box")]),
        ([(("hip-hinge/gone", "jump"), ("", "jump"))], [("unreachable", "b0", "hip-hinge/gone")]),
    ],
)
def test_blocks(blocks: list[tuple[tuple[str, str], ...]], expected: list[tuple[str, ...]]) -> None:
    assert found(facts(*blocks)) == expected


@pytest.mark.parametrize(
    ("minutes", "slots", "expected"),
    [
        (30, (), []),
        (29, (), [(29, "")]),
        (60, (45, 60), []),
        (60, (20, 60), [(20, "s0")]),
        # A class of the template's own length is said once, and each other length once.
        (20, (20, 25, 25), [(25, "s1"), (20, "")]),
    ],
)
def test_minutes(minutes: int, slots: tuple[int, ...], expected: list[tuple[int, str]]) -> None:
    weekly = tuple(SlotFacts(f"s{place}", length) for place, length in enumerate(slots))
    template = facts((), (), (), minutes=minutes, slots=weekly)
    assert [(each.minutes, each.slot) for each in check(template)] == expected
    assert {each.planned for each in check(template)} <= {30}


def test_a_stage_that_nobody_can_earn() -> None:
    stages = (STAGES[0], StageFacts(DOWEL, can_be_passed=False), STAGES[2])
    assert check(facts(stages=stages)) == (Finding(Found.NOT_EARNED, stage=LOADED, stages=(DOWEL,)),)
    # Above the top there is nothing to earn.
    top = (*STAGES[:2], StageFacts(LOADED, loads=True, can_be_passed=False))
    assert check(facts(stages=top)) == ()


@pytest.mark.parametrize(
    ("at_dowel", "owned", "expected"),
    [
        (7, {("dowel", 0): 7}, None),
        (7, {("dowel", 0): None}, None),
        (7, {}, None),
        (0, {("dowel", 0): 0}, None),
        (7, {("dowel", 0): 6}, (7, 6, Kind.PAIRS)),
        # Not even by sharing among three: in waves.
        (9, {("dowel", 0): 2}, (9, 2, Kind.WAVES)),
        (9, {("dowel", 0): 0}, (9, 0, None)),
    ],
)
def test_equipment(at_dowel: int, owned: dict[tuple[str, int], int | None], expected: tuple[Any, ...] | None) -> None:
    slot = SlotFacts("s", 60, people(DOWEL, at_dowel))
    short = check(facts(BY_STAGE, slots=(slot,), owned=owned))
    if expected is None:
        assert short == ()
        return
    (only,) = short
    way = only.proposal.way.kind if only.proposal else None
    (need,) = only.needs
    assert (only.found, only.block, only.stage, only.slot, need.kind) == (Found.SHORT, "b0", DOWEL, "s", "dowel")
    assert (need.needed, need.here, way) == expected


def test_equipment_is_looked_at_for_each_weekly_class() -> None:
    slots = (SlotFacts("tue", 60, people(DOWEL, 3)), SlotFacts("thu", 60, people(DOWEL, 5)))
    template = facts(BY_STAGE, slots=slots, owned={("dowel", 0): 4})
    assert [(each.slot, each.slots) for each in check(template)] == [("thu", ("thu",))]
    assert needed(template, slots[1]) == {("dowel", 0): 5}
    # Said once, for the class that lacks most.
    fewer = facts(BY_STAGE, slots=slots, owned={("dowel", 0): 2})
    assert [(each.slot, each.slots) for each in check(fewer)] == [("thu", ("tue", "thu"))]


def test_what_everybody_does_is_needed_by_everybody() -> None:
    slot = SlotFacts("s", 60, (*people(WALL, 3), *people(DOWEL, 2)))
    template = facts((("", "cat-cow"),), BY_STAGE, slots=(slot,), owned={("mat", 0): 4})
    (short,) = check(template)
    assert [(need.kind, need.needed, need.here) for need in short.needs] == [("mat", 5, 4)]
    assert short.stage == ""
    # The most of each thing that one block needs.
    assert needed(template, slot) == {("mat", 0): 5, ("wall-spot", 0): 3, ("dowel", 0): 2}


def test_only_what_may_be_meant_is_a_note() -> None:
    template = facts((("", "cat-cow"), ("", "cat-cow"), ("", "old")), minutes=5)
    assert {each.found: each.is_note for each in check(template)} == {
        Found.TOO_LONG: False,
        Found.RETIRED: False,
        Found.TWICE: True,
    }


def test_a_blocks_own_equipment_is_counted_beside_that_of_its_drills() -> None:
    slot = SlotFacts("s", 60, people(DOWEL, 3))
    block = BlockFacts("b0", 10, BY_STAGE, each=(("mat", 1), ("dowel", 1)), shared=(("box", 2), ("mat", 1)))
    template = facts(slots=(slot,), owned={("mat", 0): 3, ("box", 0): 2, ("dowel", 0): 3})
    template = replace(template, blocks=(block,))
    # What serves all is taken first; a dowel that the drill needs too is one dowel.
    (short,) = check(template)
    assert [(need.kind, need.needed, need.here) for need in short.needs] == [("mat", 3, 2)]
    assert needed(template, slot) == {("box", 0): 2, ("mat", 0): 4, ("dowel", 0): 3}
    # What is short for all together is said whoever comes.
    (short_for_all, *_rest) = check(replace(template, slots=(), owned={("box", 0): 1}))
    assert (short_for_all.found, short_for_all.block) == (Found.SHORT_FOR_ALL, "b0")
    assert [(need.kind, need.short) for need in short_for_all.needs] == [("box", 1)]
    assert check(replace(template, slots=(), owned={("box", 0): None})) == ()
