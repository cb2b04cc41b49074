"""What the coaches do: drawn from the seed, so that a run can be had again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """One thing that a coach does, of one tap or a few."""

    STAGE = "stage"
    CLEAN = "clean"
    FAULT = "fault"
    NOT_YET = "not yet"
    SEEN = "seen, same"
    SETTING = "setting"
    DRILL = "drill"
    ATTENDANCE = "attendance"
    PAIN = "pain"
    CLEAR = "hold cleared"
    # A tap that is taken back at once.
    UNDO = "undo"
    DROP_IN = "drop-in"
    REST = "rest clean"
    # A step of the plan, on a page of its own.
    PLAN = "plan"
    # Of a shared tablet: another of those who are unlocked takes it; it is locked, and somebody else unlocks it.
    SWITCH = "tablet changed hands"
    LOCK = "tablet locked and unlocked"
    # The tablet's page is loaded anew, with whatever waits.
    RELOAD = "page loaded again"


# How often each is done, out of a hundred. A hold is cleared now and then, some time after the pain.
SHARES = {
    Act.STAGE: 28,
    Act.CLEAN: 34,
    Act.FAULT: 9,
    Act.NOT_YET: 3,
    Act.SEEN: 3,
    Act.SETTING: 4,
    Act.DRILL: 3,
    Act.ATTENDANCE: 4,
    Act.PAIN: 1.5,
    Act.UNDO: 5,
    Act.DROP_IN: 1.5,
    Act.REST: 1,
    Act.PLAN: 1.5,
    Act.LOCK: 1.5,
    Act.RELOAD: 1,
}
CLEARED, SOME_TIME = 0.6, 40
# After how many of these the shared tablet, the last one, changes hands.
SHIFT = 12
# What the other coach taps of the same person meanwhile crosses these without any doubt what comes of it. The others
# are judged by what was known when they arrived: they are made when nothing else of the person is on its way.
CROSSING = {Act.STAGE, Act.CLEAN, Act.FAULT, Act.NOT_YET, Act.SEEN, Act.SWITCH}
# These concern nobody on the roster.
APART = {Act.DROP_IN, Act.PLAN, Act.LOCK, Act.RELOAD}


@dataclass(frozen=True)
class Step:
    """Which tablet does what with which person of the roster; `choice` in [0, 1) picks among what there is to tap."""

    tablet: int
    act: Act
    person: int
    choice: float


def steps(seed: str, people: int, tablets: int = 2) -> Iterator[Step]:
    """What is done, for as long as somebody asks."""
    chance = random.Random(f"{seed}/coaches")  # noqa: S311 - a class, no secret
    acts, weights = list(SHARES), list(SHARES.values())
    later: dict[int, Step] = {}
    number = 0
    while True:
        if number in later:
            yield later.pop(number)
        step = Step(
            tablet=chance.randrange(tablets),
            act=chance.choices(acts, weights)[0],
            person=chance.randrange(people),
            choice=chance.random(),
        )
        cleared, by = chance.random() < CLEARED, chance.randrange(tablets)
        if step.act == Act.PAIN and cleared:
            later[number + SOME_TIME] = Step(by, Act.CLEAR, step.person, step.choice)
        yield step
        number += 1
        if number % SHIFT == 0:
            yield Step(tablets - 1, Act.SWITCH, step.person, step.choice)
