"""What is worth a second look in a class template. Pure: plain values in, findings out, in the order of the plan.

A finding warns of something that goes wrong in class, or is a note of something that may be meant. It never forbids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from programming.stations import (
    Drill,
    Need,
    Person,
    Place,
    Proposal,
    Room,
    Stage,
    Station,
    arrange,
    propose,
    shared_needs,
)

# Where a drill of a block stands that is for everyone.
EVERYONE = ""


class Found(StrEnum):
    """What a finding is about."""

    TOO_LONG = "too_long"
    NO_ALTERNATIVE = "no_alternative"
    LOADED_TOO_EARLY = "loaded_too_early"
    SHORT = "short"
    SHORT_FOR_ALL = "short_for_all"
    TWICE = "twice"
    RETIRED = "retired"
    UNREACHABLE = "unreachable"
    NOT_EARNED = "not_earned"


# What may well be meant; everything else goes wrong.
NOTES = frozenset({Found.TWICE})


@dataclass(frozen=True, slots=True)
class DrillFacts:
    """What is known of a drill: what it loads and corrects, what one person needs, whether it is taught no more."""

    key: str
    loads: bool = False
    corrects: tuple[str, ...] = ()
    is_retired: bool = False
    needs: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class StageFacts:
    """A stage of the template's ladder: `key` as lines name it. `own` are its drills, in order of demand.

    `can_be_passed`: whether its setting reaches what it is passed at.
    """

    key: str
    loads: bool = False
    own: tuple[str, ...] = ()
    needs: tuple[tuple[str, int], ...] = ()
    can_be_passed: bool = True


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """A block: (stage, drill) in order; EVERYONE for no stage. What one person needs beside, and what serves all."""

    id: str
    minutes: int
    lines: tuple[tuple[str, str], ...] = ()
    each: tuple[tuple[str, int], ...] = ()
    shared: tuple[tuple[str, int], ...] = ()

    def drills(self, stage: str) -> tuple[str, ...]:
        """The drills that are given to that stage, or with EVERYONE to all."""
        return tuple(drill for each, drill in self.lines if each == stage)


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A weekly class: how long it is, and where its regulars stand today."""

    id: str
    minutes: int
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Facts:
    """All that is looked at. `stages` are those that are taught, from the easiest up; `minutes` the template's own."""

    minutes: int
    blocks: tuple[BlockFacts, ...] = ()
    drills: Mapping[str, DrillFacts] = field(default_factory=dict)
    stages: tuple[StageFacts, ...] = ()
    slots: tuple[SlotFacts, ...] = ()
    owned: Mapping[tuple[str, int], int | None] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """The minutes of all blocks together."""
        return sum(block.minutes for block in self.blocks)

    def drill(self, key: str) -> DrillFacts:
        """What is known of that drill."""
        return self.drills.get(key) or DrillFacts(key)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth a look. Which of the values say something depends on what was found.

    `needs` are the things that are short in the weekly class `slot`, which lacks most; `slots` are all that lack some.
    `proposal` would fit.
    """

    found: Found
    block: str = ""
    stage: str = ""
    stages: tuple[str, ...] = ()
    drill: str = ""
    other: str = ""
    slot: str = ""
    minutes: int = 0
    planned: int = 0
    needs: tuple[Need, ...] = ()
    slots: tuple[str, ...] = ()
    proposal: Proposal | None = None

    @property
    def is_note(self) -> bool:
        """Whether it may well be meant."""
        return self.found in NOTES


def check(facts: Facts) -> tuple[Finding, ...]:
    """Everything that is worth a look, the whole template first, then block by block."""
    found = [*too_long(facts), *not_earned(facts)]
    for block in facts.blocks:
        found += [
            *retired(facts, block),
            *unreachable(facts, block),
            *without_alternative(facts, block),
            *too_early(facts, block),
            *short(facts, block),
            *short_for_all(facts, block),
            *twice(facts, block),
        ]
    return tuple(found)


def too_long(facts: Facts) -> Iterator[Finding]:
    """More minutes planned than the class has: the template's own, and those of weekly classes of another length."""
    lengths = {slot.minutes: slot.id for slot in reversed(facts.slots)}
    for minutes, slot in sorted({**lengths, facts.minutes: ""}.items(), reverse=True):
        if facts.planned > minutes:
            yield Finding(Found.TOO_LONG, slot=slot, minutes=minutes, planned=facts.planned)


def not_earned(facts: Facts) -> Iterator[Finding]:
    """A stage that nobody can earn, because the one below can never be passed."""
    for below, stage in zip(facts.stages, facts.stages[1:], strict=False):
        if not below.can_be_passed:
            yield Finding(Found.NOT_EARNED, stage=stage.key, stages=(below.key,))


def retired(facts: Facts, block: BlockFacts) -> Iterator[Finding]:
    """A drill that the gym teaches no more."""
    for drill in dict.fromkeys(drill for _stage, drill in block.lines):
        if facts.drill(drill).is_retired:
            yield Finding(Found.RETIRED, block.id, drill=drill)


def unreachable(facts: Facts, block: BlockFacts) -> Iterator[Finding]:
    """Something for a stage on which nobody can stand: of another ladder, or taught no more."""
    known = {stage.key for stage in facts.stages} | {EVERYONE}
    for stage in dict.fromkeys(stage for stage, _drill in block.lines):
        if stage not in known:
            yield Finding(Found.UNREACHABLE, block.id, stage=stage)


def without_alternative(facts: Facts, block: BlockFacts) -> Iterator[Finding]:
    """The block loads, and stages that do not load have nothing else to do in it."""
    loading = next((drill for _stage, drill in block.lines if facts.drill(drill).loads), None)
    for_all = any(facts.drill(drill).loads for drill in block.drills(EVERYONE))
    without = tuple(
        stage.key
        for stage in facts.stages
        if not stage.loads and not block.drills(stage.key) and (for_all or not block.drills(EVERYONE))
    )
    if loading is not None and without:
        yield Finding(Found.NO_ALTERNATIVE, block.id, stages=without, drill=loading)


def too_early(facts: Facts, block: BlockFacts) -> Iterator[Finding]:
    """A drill that loads, given to a stage that does not."""
    for stage in facts.stages:
        for drill in block.drills(stage.key):
            if not stage.loads and facts.drill(drill).loads:
                yield Finding(Found.LOADED_TOO_EARLY, block.id, stage=stage.key, drill=drill)


def short(facts: Facts, block: BlockFacts) -> Iterator[Finding]:
    """What the gym has too few of, at the stages that the regulars of its weekly classes hold today; once a station."""
    lacking: dict[str, list[tuple[SlotFacts, Room, Station]]] = {}
    for slot in facts.slots:
        room = room_of(facts, block, slot)
        for station in arrange(room):
            if station.place in (Place.STAGE, Place.EVERYONE) and station.short:
                lacking.setdefault(station.name, []).append((slot, room, station))
    for name, found in lacking.items():
        slot, room, station = max(found, key=lambda each: each[2].short)
        yield Finding(
            Found.SHORT,
            block.id,
            stage=name,
            slot=slot.id,
            needs=tuple(need for need in station.needs if need.short),
            slots=tuple(each.id for each, _room, _station in found),
            proposal=propose(room, station),
        )


def short_for_all(facts: Facts, block: BlockFacts) -> Iterator[Finding]:
    """What the gym has too few of for the block itself, whoever comes."""
    needs = tuple(need for need in shared_needs(Room(owned=facts.owned, shared=block.shared)) if need.short)
    if needs:
        yield Finding(Found.SHORT_FOR_ALL, block.id, needs=needs)


def room_of(facts: Facts, block: BlockFacts, slot: SlotFacts) -> Room:
    """The room in that block with the regulars of a weekly class, as stations see it."""
    return Room(
        people=slot.people,
        stages=tuple(
            Stage(stage.key, _drills(facts, block.drills(stage.key)), _drills(facts, stage.own), stage.needs)
            for stage in facts.stages
        ),
        everyone=_drills(facts, block.drills(EVERYONE)),
        owned=facts.owned,
        minutes=block.minutes,
        each=block.each,
        shared=block.shared,
    )


def _drills(facts: Facts, keys: tuple[str, ...]) -> tuple[Drill, ...]:
    return tuple(Drill(key, facts.drill(key).needs) for key in keys)


def twice(facts: Facts, block: BlockFacts) -> Iterator[Finding]:
    """A drill that corrects a fault and that the same people have done already, earlier in the plan or the block."""
    done: dict[str, list[tuple[str, str]]] = {}
    for each in facts.blocks:
        for stage, drill in each.lines:
            if not facts.drill(drill).corrects:
                continue
            earlier = next((at for at, who in done.get(drill, []) if EVERYONE in (stage, who) or stage == who), None)
            if earlier is not None and each.id == block.id:
                yield Finding(Found.TWICE, block.id, stage=stage, drill=drill, other=earlier)
            done.setdefault(drill, []).append((each.id, stage))


def needed(facts: Facts, slot: SlotFacts) -> dict[tuple[str, int], int]:
    """The most of each thing that any block needs for the regulars of a weekly class: (kind, grams) → how many."""
    most: dict[tuple[str, int], int] = {}
    for block in facts.blocks:
        total: dict[tuple[str, int], int] = {}
        room = room_of(facts, block, slot)
        for need in (*shared_needs(room), *(need for station in arrange(room) for need in station.needs)):
            total[need.kind, need.grams] = total.get((need.kind, need.grams), 0) + need.needed
        for thing, count in total.items():
            most[thing] = max(most.get(thing, 0), count)
    return most
