"""The rooms of a gym: known by how slots, classes and TVs spell them, since nothing else of a room is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from gym.models import TURNING, fold
from programming.models.classes import ClassSession
from programming.models.screens import Screen
from programming.models.slots import WeeklySlot


def same_for(room: str) -> str:
    """What two spellings of one room have in common: case, accents and spaces say nothing."""
    return fold(room).replace(" ", "")


def spelled(room: str, at: datetime, *, but: UUID | None = None) -> str:
    """The room as the gym spells it already: in a slot, else on a TV, else in a class; else as it was written.

    `but` is the slot, class or TV that is written: with its own classes it does not hold itself to its old spelling.
    """
    written = " ".join(room.translate(TURNING).split())
    known = {same_for(each): each for each in reversed(list(spellings(at, but)))}
    return known.get(same_for(written), written) if written else ""


def spellings(at: datetime, but: UUID | None = None) -> Iterable[str]:
    """Every spelling in use, the slots' first."""
    for rows in (WeeklySlot.objects.filter(ended_on=None), Screen.objects.working(), open_classes(at, but)):
        yield from rows.exclude(Q(room="") | Q(pk=but)).order_by("room").values_list("room", flat=True).distinct()


def open_classes(at: datetime, but: UUID | None = None) -> Any:
    """The classes that a screen may show, but for those of that slot."""
    classes = ClassSession.objects.open(at)
    return classes.exclude(slot_id=but) if but else classes


def taught_in(at: datetime) -> list[str]:
    """The rooms in which there are classes, or come round some each week; each once."""
    rows = (WeeklySlot.objects.filter(ended_on=None), ClassSession.objects.open(at))
    named = [
        room
        for each in rows
        for room in each.exclude(room="").order_by("room").values_list("room", flat=True).distinct()
    ]
    return sorted({same_for(room): room for room in reversed(named)}.values(), key=same_for)


def has_no_class(room: str, taught: Iterable[str]) -> bool:
    """Whether a TV of that room has nothing to show: none of the rooms in which classes are taught is that one."""
    return bool(room) and same_for(room) not in map(same_for, taught)
