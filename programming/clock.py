"""The clock of a block and the intervals of its drills. Pure: every screen reckons from the same moment.

Screens show whole seconds. A second begins for all of them where the block's start time has it begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from programming.plan import Block

WORK, REST = "work", "rest"
LEFT, RIGHT, BOTH = "left", "right", ""


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of the present block. `started_at` is moved on by every pause, as if there had been none."""

    started_at: datetime
    # None: it runs.
    paused_at: datetime | None
    minutes: int

    @property
    def seconds(self) -> int:
        """How long the block lasts."""
        return self.minutes * 60

    @property
    def ends_at(self) -> datetime:
        """When its time is over, unless it is paused or changed."""
        return self.started_at + timedelta(minutes=self.minutes)

    def elapsed(self, at: datetime) -> int:
        """Whole seconds since it started, pauses left out; never below zero."""
        return max(int(((self.paused_at or at) - self.started_at) // timedelta(seconds=1)), 0)

    def left(self, at: datetime) -> int:
        """Whole seconds left; below zero: so long over its time."""
        return self.seconds - self.elapsed(at)


def spoken(seconds: int) -> str:
    """Seconds left as a clock shows them: "04:12", and "+00:34" over time."""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'+' if seconds < 0 else ''}{minutes:02}:{rest:02}"


class Phase(NamedTuple):
    """One stretch of an interval: work or rest, on which side, the how-manieth of how many, and its seconds."""

    name: str
    side: str
    number: int
    of: int
    seconds: int


class Moment(NamedTuple):
    """Where an interval stands: its phase, by place, and the seconds left of it."""

    place: int
    phase: Phase
    left: int


@dataclass(frozen=True, slots=True)
class Interval:
    """The pattern of one drill of a block: whose it is, after how many seconds of the block it begins."""

    # Its place among the block's drills.
    place: int
    # None: for everyone.
    stage: str | None
    name: str
    begins: int
    phases: tuple[Phase, ...]

    @property
    def seconds(self) -> int:
        """How long it takes."""
        return sum(phase.seconds for phase in self.phases)

    def at(self, elapsed: int) -> Moment | None:
        """Where it stands after so many seconds of the block; None before and after it."""
        return phase_at(self.phases, elapsed - self.begins)


def phases(dose: Mapping[str, Any]) -> tuple[Phase, ...]:
    """The pattern of a dose: "10 s / 20 s × 4 a side" is four rounds left, then four right.

    Empty for a dose that is counted and not timed.
    """
    sides = (LEFT, RIGHT) if dose.get("per_side") else (BOTH,)
    work, rest, rounds = dose.get("work_seconds"), dose.get("rest_seconds") or 0, dose.get("rounds") or 1
    if work:
        stretches = [(WORK, work), *([(REST, rest)] if rest else [])]
    elif dose.get("seconds"):
        stretches, rounds = [(WORK, dose["seconds"])], 1
    else:
        return ()
    return tuple(
        Phase(name, side, number, rounds, seconds)
        for side in sides
        for number in range(1, rounds + 1)
        for name, seconds in stretches
    )


def phase_at(pattern: Sequence[Phase], elapsed: int) -> Moment | None:
    """Which phase runs after so many seconds of the pattern; None before and after it."""
    if elapsed < 0:
        return None
    for place, phase in enumerate(pattern):
        if elapsed < phase.seconds:
            return Moment(place, phase, phase.seconds - elapsed)
        elapsed -= phase.seconds
    return None


def intervals(block: Block) -> tuple[Interval, ...]:
    """The timed drills of a block: those for everyone one after another, then those of each stage side by side."""
    found: list[Interval] = []
    begins: dict[str | None, int] = {None: 0}
    for is_for_all in (True, False):
        for place, drill in enumerate(block.drills):
            pattern = phases(drill.dose)
            if not pattern or (drill.stage is None) != is_for_all:
                continue
            start = begins.get(drill.stage, begins[None])
            interval = Interval(place, drill.stage, drill.name, start, pattern)
            found.append(interval)
            begins[drill.stage] = start + interval.seconds
    return tuple(found)
