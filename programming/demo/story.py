"""What the coaches of the demo see and say: taps as plain values, and the people whose story they tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from programming.models import Tap

WALL, DOWEL, LOADED = "wall-tap", "dowel", "loaded"


@dataclass(frozen=True)
class Said:
    """One tap, without whom it is said of and when."""

    kind: str
    values: dict[str, Any]


def stage(key: str) -> Said:
    """To that stage."""
    return Said(Tap.Kind.STAGE, {"stage": key})


def wall(centimetres: int) -> Said:
    """That far from the wall."""
    return Said(Tap.Kind.SETTING, {"stage": WALL, "setting": centimetres * 10})


def weight(kilograms: int) -> Said:
    """That heavy."""
    return Said(Tap.Kind.SETTING, {"stage": LOADED, "setting": kilograms * 1000})


def drill(key: str) -> Said:
    """That drill of the loaded stage."""
    return Said(Tap.Kind.DRILL, {"stage": LOADED, "drill": key})


def fault(key: str) -> Said:
    """That fault was seen."""
    return Said(Tap.Kind.FAULT, {"fault": key})


def assign(key: str, because: str) -> Said:
    """That drill to do at home, because of a fault."""
    return Said(Tap.Kind.ASSIGN, {"drill": key, "wanted": True, "fault": because})


def note(body: str) -> Said:
    """Words for the other coaches."""
    return Said(Tap.Kind.NOTE, {"note": body})


def pain(where: str) -> Said:
    """Pain was reported."""
    return Said(Tap.Kind.PAIN, {"where": where})


def clear(body: str) -> Said:
    """The hold is cleared."""
    return Said(Tap.Kind.CLEAR, {"note": body})


CLEAN = Said(Tap.Kind.SAW, {"saw": "clean"})
NOT_YET = Said(Tap.Kind.SAW, {"saw": "not_yet"})
SAME = Said(Tap.Kind.SAW, {"saw": "seen"})
HERE = Said(Tap.Kind.ATTENDANCE, {"state": "here"})
ABSENT = Said(Tap.Kind.ATTENDANCE, {"state": "no_show"})


# Each is one person: two who read the same are still two.
@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """One member of a demo gym and how they have been getting on.

    `weeks` is how long ago they came first (0: today), `skill` the chance that a set is clean, `top` the
    stage above which they have not come, `away` the days since they were last seen.
    """

    name: str
    weeks: int = 8
    start: str = WALL
    top: str = LOADED
    skill: float = 0.65
    # The faults they tend to.
    weak: tuple[str, ...] = ()
    # Finds the first new stage too much, and comes down again within the class.
    comes_down: bool = False
    away: int = 0
    # Said of them besides what is seen: at their visit of that number, from 0.
    besides: dict[int, tuple[Said, ...]] = field(default_factory=dict)
    # Said instead of anything else at their last visit before today, and in the class that runs now.
    last: tuple[Said, ...] = ()
    today: tuple[Said, ...] = ()
    # What they did by themselves: how many days ago, at which hour, and which drill.
    practised: tuple[tuple[int, int, str], ...] = ()
    # The guided checks they went through: how many days ago, which one, and what they answered with no.
    checked: tuple[tuple[int, str, tuple[str, ...]], ...] = ()
    # Stands in the class that runs when the demo is first started.
    is_on: bool = False
    email: str = ""
    # Whatever else is stored of them; they may be shown on the TV unless it says otherwise.
    fields: dict[str, Any] = field(default_factory=dict)
