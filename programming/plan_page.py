"""The plan of a class as screens draw it: the strip on the board, the plan page, the drills to choose from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from django.utils import timezone
from django.utils.translation import gettext as _

from programming.clock import LEFT, REST, RIGHT, WORK, Clock, Interval, Phase, spoken
from programming.models import ClassSession
from programming.models.ladder_words import LadderWords
from programming.models.stepping import something_seen_in
from programming.plan import Block, BlockDrill, Plan, minutes_of
from programming.running import Running
from programming.station_words import Things, equipment_words, read_things

# The widest step of the strip's classes: longer blocks look as long as this.
WIDEST = 60


def milliseconds(at: datetime | None) -> str:
    """A moment as scripts read it; empty for none."""
    return str(int(at.timestamp() * 1000)) if at else ""


@dataclass(frozen=True)
class Face:
    """A block's clock as a page draws it: what static/js/clock.js reads, and words for where no script runs."""

    started: str
    paused: str
    seconds: int
    words: str

    @classmethod
    def of(cls, clock: Clock, at: datetime) -> Face:
        """The face of that clock."""
        if clock.paused_at:
            words = spoken(clock.left(at))
        else:
            words = _("until %(time)s") % {"time": f"{timezone.localtime(clock.ends_at):%H:%M}"}
        return cls(milliseconds(clock.started_at), milliseconds(clock.paused_at), clock.seconds, words)


@dataclass(frozen=True)
class Strip:
    """The plan in one line above the board."""

    blocks: Plan
    present: Block | None
    face: Face | None
    is_paused: bool
    is_over: bool

    @classmethod
    def read(cls, session: ClassSession, at: datetime) -> Strip:
        """The strip of that class."""
        running = Running.read(session, at)
        face = Face.of(running.clock, at) if running.clock and not running.is_over else None
        return cls(running.blocks, running.block, face, running.is_paused, running.is_over)

    @property
    def shares(self) -> list[tuple[Block, int]]:
        """Each block with its part of the width."""
        return [(block, min(block.minutes, WIDEST)) for block in self.blocks]

    @property
    def stamp(self) -> str:
        """The same for the same strip: a screen says with it which one it shows."""
        shown = [(block.id, block.title, block.minutes, block.notes) for block in self.blocks]
        present = self.present.id if self.present else None
        told = (shown, present, self.face and (self.face.started, self.face.paused), self.is_over)
        return sha256(repr(told).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Pattern:
    """A drill's interval as clock.js runs it."""

    key: str
    name: str
    stage: str
    begins: int
    phases: str

    @classmethod
    def of(cls, block: Block, interval: Interval, stage: str) -> Pattern:
        """An interval of that block in words."""
        told = [[phase.name, phase_words(phase), side_words(phase), count_words(phase), phase.seconds]
                for phase in interval.phases]  # fmt: skip
        key = f"{block.id}-{interval.place}"
        return cls(key, interval.name, stage, interval.begins, json.dumps(told, ensure_ascii=False))


def phase_words(phase: Phase) -> str:
    """What is done in it."""
    return {WORK: _("Work"), REST: _("Rest")}[phase.name]


def side_words(phase: Phase) -> str:
    """On which side."""
    return {LEFT: _("left side"), RIGHT: _("right side")}.get(phase.side, "")


def count_words(phase: Phase) -> str:
    """The how-manieth of how many."""
    return _("%(number)s of %(count)s") % {"number": phase.number, "count": phase.of} if phase.of > 1 else ""


@dataclass(frozen=True)
class PlanDrill:
    """A drill of a block, with its place there."""

    place: int
    drill: BlockDrill


@dataclass(frozen=True)
class PlanBlock:
    """A block on the plan page, and what its buttons want."""

    block: Block
    is_present: bool
    # (whom it is for, drills): for everyone the words are empty.
    groups: list[tuple[str, list[PlanDrill]]]
    # The order of all blocks with this one earlier, or later; empty where it cannot go.
    earlier: str
    later: str
    # What it needs beside its drills, in words.
    needs: list[str]

    @property
    def shorter(self) -> int:
        """One minute less; 0 where there is none left to take."""
        return self.block.minutes - 1

    @property
    def longer(self) -> int:
        """One minute more."""
        return self.block.minutes + 1


@dataclass(frozen=True)
class PlanPage:
    """The plan of a class on one page."""

    session: ClassSession
    running: Running
    words: LadderWords

    @classmethod
    def read(cls, session: ClassSession, at: datetime) -> PlanPage:
        """The plan of that class."""
        return cls(session, Running.read(session, at), session.on_board.ladder())

    @property
    def present(self) -> PlanBlock | None:
        """The present block."""
        return self._block(self.running.block) if self.running.block else None

    @property
    def face(self) -> Face | None:
        """The clock of the present block."""
        return Face.of(self.running.clock, self.running.at) if self.running.clock else None

    @property
    def patterns(self) -> list[Pattern]:
        """The intervals of the present block."""
        block = self.running.block
        if block is None:
            return []
        called = [
            block.drills[each.place].stage_name or self.stage_words(each.stage) for each in self.running.intervals
        ]
        return [Pattern.of(block, each, words) for each, words in zip(self.running.intervals, called, strict=True)]

    @property
    def blocks(self) -> list[PlanBlock]:
        """Every block, those dropped among them."""
        return [self._block(block) for block in self.running.plan]

    @cached_property
    def things(self) -> Things:
        """The gym's words for its equipment, where a block names any."""
        return read_things() if any(block.equipment or block.shared for block in self.running.plan) else {}

    @property
    def minutes(self) -> int:
        """How long the plan is today."""
        return minutes_of(self.running.plan)

    @property
    def order(self) -> str:
        """The ids of all blocks in today's order."""
        return written_order([block.id for block in self.running.plan])

    @property
    def may_remove(self) -> bool:
        """Nobody had planned it."""
        return self.session.slot_id is None and not self.running.is_over

    @property
    def may_take_back(self) -> bool:
        """A coach finished it, on the same day."""
        ended = self.session.finished_at
        return ended is not None and timezone.localdate(ended) == timezone.localdate(self.running.at)

    @property
    def may_unstart(self) -> bool:
        """It stands in its first block, and nobody was seen in it yet."""
        running = self.running
        return running.block is not None and not running.last_block and not something_seen_in(self.session.pk)

    def stage_words(self, stage: str | None) -> str:
        """What a stage is called."""
        known = self.words.stages.get(stage or "")
        return known.short_name if known else stage or ""

    def _block(self, block: Block) -> PlanBlock:
        order = [each.id for each in self.running.plan]
        place = order.index(block.id)
        present = self.running.block
        return PlanBlock(
            block=block,
            is_present=present is not None and present.id == block.id,
            groups=groups_of(block, self),
            earlier=written_order(swapped(order, place - 1)) if place else "",
            later=written_order(swapped(order, place)) if place + 1 < len(order) else "",
            needs=equipment_words(self.things, block.equipment, block.shared),
        )


def groups_of(block: Block, page: PlanPage) -> list[tuple[str, list[PlanDrill]]]:
    """The drills for everyone, then those of each stage in the order of the ladder."""
    drills = [PlanDrill(place, drill) for place, drill in enumerate(block.drills)]
    # In the order of the plan, which has them in that of the ladder as it was.
    stages = dict.fromkeys(each.drill.stage for each in drills if each.drill.stage)
    found = [("", [each for each in drills if each.drill.stage is None])]
    for key in stages:
        theirs = [each for each in drills if each.drill.stage == key]
        found.append((theirs[0].drill.stage_name or page.stage_words(key), theirs))
    return [(words, theirs) for words, theirs in found if theirs]


def swapped(order: list[int], place: int) -> list[int]:
    """The order with that one and the next changed over."""
    return [*order[:place], order[place + 1], order[place], *order[place + 2 :]]


def written_order(order: list[int]) -> str:
    """Ids as forms send them."""
    return ",".join(map(str, order))
