"""A weekly slot is made, changed, ended; its coming classes go with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from gym.auditing import auditing
from programming.models.coming import coming_of, follow, locked, make_coming, one_at_a_time, remove, with_something
from programming.models.retrying import retried
from programming.models.rooms import spelled
from programming.models.slots import WeeklySlot

# What the audit tells of a slot.
TOLD = ("weekday", "starts", "minutes", "template", "coach", "room", "capacity")


class SlotTaken(ValueError):
    """Another class comes round in that room at that weekday and time."""


class SlotEnded(ValueError):
    """The slot has ended meanwhile."""


class WrittenMeanwhile(ValueError):
    """Somebody else changed the slot since the screen showed it; carries the slot as it is stored."""

    def __init__(self, stored: WeeklySlot) -> None:
        super().__init__(str(stored.pk))
        self.stored = stored


def make_slot(at: datetime, **fields: Any) -> WeeklySlot:
    """A new slot with its coming classes. The same id again makes nothing. Raises SlotTaken."""
    return retried(partial(_make, at, **fields))


def change_slot(slot: WeeklySlot, **wanted: Any) -> int:
    """Change the slot and the coming classes that follow it; answers how many are left as they were.

    The same again changes nothing. Raises WrittenMeanwhile where it is no more what the screen showed, SlotEnded,
    SlotTaken.
    """
    return retried(partial(_change, slot, **wanted))


def end_slot(slot: WeeklySlot, *, version: int, at: datetime) -> int:
    """End the slot: its coming classes go, but for those with somebody in them; answers how many stay.

    Ending what has ended changes nothing. Raises WrittenMeanwhile.
    """
    return retried(partial(_end, slot, version, at))


@transaction.atomic
def _make(at: datetime, **fields: Any) -> WeeklySlot:
    one_at_a_time()
    known = WeeklySlot.objects.filter(pk=fields.get("id")).first()
    if known is not None:
        return known
    slot = WeeklySlot(**{**fields, "room": spelled(fields.get("room", ""), at)})
    with auditing("slot.make", slot, *TOLD):
        write(slot)
    make_coming(slot.gym, at)
    return slot


@transaction.atomic
def _change(slot: WeeklySlot, *, version: int, at: datetime, **fields: Any) -> int:
    one_at_a_time()
    stored = WeeklySlot.objects.get(pk=slot.pk)
    if stored.ended_on is not None:
        raise SlotEnded
    if "room" in fields:
        fields["room"] = spelled(fields["room"], at, but=stored.pk)
    if all(getattr(stored, name) == value for name, value in fields.items()):
        return 0
    if stored.version != version:
        raise WrittenMeanwhile(stored)
    for name, value in fields.items():
        setattr(stored, name, value)
    stored.version += 1
    with auditing("slot.change", stored, *TOLD):
        write(stored)
    left = follow(stored, at)
    make_coming(stored.gym, at)
    return left


@transaction.atomic
def _end(slot: WeeklySlot, version: int, at: datetime) -> int:
    one_at_a_time()
    stored = WeeklySlot.objects.get(pk=slot.pk)
    if stored.ended_on is not None:
        return 0
    if stored.version != version:
        raise WrittenMeanwhile(stored)
    today = at.astimezone(stored.gym.zone).date()
    held_today = stored.sessions.filter(slot_date=today, starts_at__lte=at).exists()
    coming = locked(coming_of(stored, at))
    kept = with_something(coming)
    remove([session for session in coming if session.pk not in kept])
    stored.ended_on = today if held_today else today - timedelta(days=1)
    stored.version += 1
    with auditing("slot.end", stored, "ended_on"):
        stored.save(update_fields=["ended_on", "version"])
    return len(kept)


def write(slot: WeeklySlot) -> None:
    """Write the slot. Raises SlotTaken where another has its weekday, time and room."""
    try:
        with transaction.atomic():
            slot.save()
    except IntegrityError as error:
        same = WeeklySlot.objects.filter(ended_on=None, weekday=slot.weekday, starts=slot.starts, room=slot.room)
        if not same.exclude(pk=slot.pk).exists():
            raise
        raise SlotTaken from error
