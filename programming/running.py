"""How a class stands in its plan at one time: the one truth that board, plan page and TV draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from programming.clock import Clock, Interval, intervals
from programming.plan import Block, Plan, following, preceding, read_plan, taught
from programming.shipped import shown_plan

if TYPE_CHECKING:
    from programming.models import ClassSession


@dataclass(frozen=True)
class Running:
    """The plan of a class, the block that it stands in, and its clock."""

    at: datetime
    plan: Plan
    # None: no block was started.
    block: Block | None
    clock: Clock | None
    # Finished, or its time is over: no screen believes that it goes on.
    is_over: bool

    @classmethod
    def read(cls, session: ClassSession, at: datetime) -> Running:
        """How that class stands at that time. Reads nothing but the class itself."""
        plan = shown_plan(read_plan(session.plan))
        place = session.block_position
        block = plan[place] if place is not None and place < len(plan) else None
        clock = None
        if block and session.block_started_at:
            clock = Clock(session.block_started_at, session.block_paused_at, block.minutes)
        return cls(at, plan, block, clock, session.state(at) == "done")

    @property
    def blocks(self) -> Plan:
        """The blocks that are taught today, in order; the present one is among them, dropped or not."""
        shown = {block.id for block in taught(self.plan)} | ({self.block.id} if self.block else set())
        return tuple(block for block in self.plan if block.id in shown)

    @property
    def next_block(self) -> Block | None:
        """What comes after the present block; before the start, the first."""
        return following(self.plan, self.block.id if self.block else None)

    @property
    def last_block(self) -> Block | None:
        """What came before the present block."""
        return preceding(self.plan, self.block.id if self.block else None)

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands."""
        return self.clock is not None and self.clock.paused_at is not None

    @property
    def left(self) -> int | None:
        """Whole seconds left of the present block, below zero over its time; None where none was started."""
        return self.clock.left(self.at) if self.clock else None

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The timed drills of the present block."""
        return intervals(self.block) if self.block else ()
