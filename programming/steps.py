"""What the steps of a class make of its plan and its clock. Pure.

A step says what is wanted: that a block runs, that it is paused, how many minutes it lasts. The class is what all its
steps make of the plan as copied, in order of their effective times, so that the order in which they arrive does not
matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from programming.plan import (
    BlockDrill,
    Plan,
    dropping,
    find,
    lasting,
    ordered,
    sharing,
    teaching,
)

# What a step may want.
BLOCK, PAUSED, FINISHED, REMOVED = "block", "paused", "finished", "removed"
MINUTES, DROPPED, ORDER, DRILL, WAY = "minutes", "dropped", "order", "drill", "way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that is wanted of a class, by the effective time and the key of its tap.

    `value` is True or False for PAUSED, DROPPED, FINISHED, REMOVED; minutes for MINUTES; every block's id for ORDER;
    (place in the block, drill) for DRILL; (stage, how it shares) for WAY. BLOCK without a `block`: none was started.
    """

    at: datetime
    key: str
    wanted: str
    block: int | None = None
    value: Any = None

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in the order of things."""
        return (self.at, self.key)


@dataclass(frozen=True, slots=True)
class Course:
    """How a class stands in its plan. `block` is an id; None where no block was started."""

    plan: Plan
    block: int | None = None
    started_at: datetime | None = None
    paused_at: datetime | None = None
    # When the first block was started.
    begun_at: datetime | None = None
    finished_at: datetime | None = None
    removed_at: datetime | None = None
    # Each start of a block, as (id, when): how the class was taught. It is no part of how it stands.
    taught: tuple[tuple[int, datetime], ...] = field(default=(), compare=False)


def after(course: Course, step: Step) -> Course:
    """How the class stands after that step. What already holds, and what the plan does not have, changes nothing."""
    return MAKES[step.wanted](course, step)


def replay(course: Course, steps: Iterable[Step]) -> Course:
    """How the class stands after these steps, in order of their effective times, whatever order they come in."""
    for step in sorted(steps, key=lambda each: each.place):
        course = after(course, step)
    return course


def _block(course: Course, step: Step) -> Course:
    if step.block is None:
        # As if no block had ever been started.
        return replace(course, block=None, started_at=None, paused_at=None, begun_at=None, taught=())
    if course.block == step.block or find(course.plan, step.block) is None:
        return course
    return replace(
        course,
        block=step.block,
        started_at=step.at,
        paused_at=None,
        begun_at=course.begun_at or step.at,
        taught=(*course.taught, (step.block, step.at)),
    )


def _paused(course: Course, step: Step) -> Course:
    if course.block != step.block or course.started_at is None:
        return course
    if step.value and course.paused_at is None:
        return replace(course, paused_at=step.at)
    if not step.value and course.paused_at is not None:
        # As if it had never been paused.
        return replace(course, started_at=course.started_at + (step.at - course.paused_at), paused_at=None)
    return course


def _finished(course: Course, step: Step) -> Course:
    if step.value == (course.finished_at is not None):
        return course
    return replace(course, finished_at=step.at if step.value else None)


def _removed(course: Course, step: Step) -> Course:
    if step.value == (course.removed_at is not None):
        return course
    return replace(course, removed_at=step.at if step.value else None)


def _planned(change: Callable[[Plan, Step], Plan]) -> Callable[[Course, Step], Course]:
    """A step that changes the plan and not the clock."""
    return lambda course, step: replace(course, plan=change(course.plan, step))


def _drill(plan: Plan, step: Step) -> Plan:
    place: int
    drill: BlockDrill
    place, drill = step.value
    return teaching(plan, step.block or 0, place, drill)


def _way(plan: Plan, step: Step) -> Plan:
    stage: str
    way: Mapping[str, Any]
    stage, way = step.value
    return sharing(plan, step.block or 0, stage, way)


MAKES: dict[str, Callable[[Course, Step], Course]] = {
    BLOCK: _block,
    PAUSED: _paused,
    FINISHED: _finished,
    REMOVED: _removed,
    MINUTES: _planned(lambda plan, step: lasting(plan, step.block or 0, step.value)),
    DROPPED: _planned(lambda plan, step: dropping(plan, step.block or 0, step.value)),
    ORDER: _planned(lambda plan, step: ordered(plan, step.value)),
    DRILL: _planned(_drill),
    WAY: _planned(_way),
}
