"""The coming classes of the weekly slots: made where they are missing, and kept in line with their slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, FilteredRelation, Q

from gym.auditing import audit
from gym.models import Gym
from gym.scope import current_gym_id, in_gym
from programming.models.attendance import Attendance
from programming.models.class_templates import ClassTemplate
from programming.models.classes import ClassLadder, ClassSession, write_ladders
from programming.models.closing import closed_days
from programming.models.slots import WeeklySlot
from programming.models.taps import Tap
from programming.slots import slot_dates, wall_instant

# Days ahead for which there are classes.
DAYS = 14


def make_coming(gym: Gym, at: datetime, days: int = DAYS) -> int:
    """Make the slots' classes of so many days that are missing and not yet over; answers how many there were.

    While nothing is missing it costs one query. Of two processes at once, the second finds what the first made.
    """
    with in_gym(gym):
        if not missing(gym, at, days):
            return 0
        with transaction.atomic():
            one_at_a_time()
            # Read again: whoever had the lock has made some.
            dates = missing(gym, at, days)
            slots = WeeklySlot.objects.select_related("coach").in_bulk(dates)
            wanted = [(slots[pk], day) for pk in dates for day in dates[pk]]
            insert(gym, wanted)
            audit("schedule.make", gym, after={"classes": len(wanted)})
        return len(wanted)


def one_at_a_time() -> None:
    """Wait for whoever changes this gym's schedule, and let others wait until the end of the transaction."""
    Gym.objects.select_for_update(no_key=True).get(pk=current_gym_id())


def missing(gym: Gym, at: datetime, ahead: int) -> dict[UUID, list[date]]:
    """Slot → the dates that have no class yet, of those that are not over and begin within so many days.

    Days on which the gym is closed have none.
    """
    today = at.astimezone(gym.zone).date()
    # One of yesterday may run over midnight.
    first, last = today - timedelta(days=1), today + timedelta(days=ahead)
    made = Q(sessions__gym=current_gym_id(), sessions__slot_date__range=(first, last))
    slots = WeeklySlot.objects.filter(ended_on=None).annotate(made=FilteredRelation("sessions", condition=made))
    there = defaultdict(set)
    for pk, weekday, starts, minutes, day in slots.values_list("pk", "weekday", "starts", "minutes", "made__slot_date"):
        there[pk, weekday, starts, minutes].add(day)
    wanted_days: dict[UUID, list[date]] = {}
    for (pk, weekday, starts, minutes), known in there.items():
        length = timedelta(minutes=minutes)
        wanted = [day for day in slot_dates(weekday, first, last) if day not in known]
        wanted_days[pk] = [day for day in wanted if wall_instant(day, starts, gym.zone) + length > at]
    # Asked only where something is missing: nothing is on most days.
    closed = closed_days(first, last) if any(wanted_days.values()) else set()
    found = {pk: [day for day in days if day not in closed] for pk, days in wanted_days.items()}
    return {pk: days for pk, days in found.items() if days}


def insert(gym: Gym, wanted: Iterable[tuple[WeeklySlot, date]]) -> None:
    """Write the classes with their ladders."""
    given = cache(lambda template_id: given_by(template_id))
    sessions = [
        ClassSession(slot=slot, slot_date=day, **given(slot.template_id), **of_slot(slot, day, gym))
        for slot, day in wanted
    ]
    ClassSession.objects.bulk_create(sessions)
    write_ladders(sessions)


def given_by(template_id: UUID) -> dict[str, Any]:
    """What a class takes from its template, as it reads now."""
    return ClassTemplate.objects.select_related("progression").get(pk=template_id).given()


def of_slot(slot: WeeklySlot, day: date, gym: Gym) -> dict[str, Any]:
    """What a class takes from its slot."""
    return {
        "starts_at": wall_instant(day, slot.starts, gym.zone),
        "minutes": slot.minutes,
        # Who has left the gym takes no class any more.
        "coach": slot.coach if slot.coach and slot.coach.belongs else None,
        "room": slot.room,
        "capacity": slot.capacity,
    }


def coming_of(slot: WeeklySlot, at: datetime) -> list[ClassSession]:
    """The slot's classes that have not begun, first first."""
    return list(ClassSession.objects.filter(slot=slot, started_at=None, finished_at=None, starts_at__gt=at).in_order())


def follow(slot: WeeklySlot, at: datetime) -> int:
    """Bring the coming classes that still follow their slot in line with it; answers how many are left as they were.

    Those follow that nobody changed by itself or tapped in. One whose new time has passed already stays, and so does
    one on a weekday that the slot has left, where somebody stands on its roster; an empty one there goes.
    """
    gym, coming = slot.gym, locked(coming_of(slot, at))
    tapped, peopled = with_taps(coming), with_people(coming)
    given = given_by(slot.template_id)
    followers = [each for each in coming if not (each.changed_at or each.cancelled_at or each.pk in tapped)]
    left = len(coming) - len(followers)
    gone = []
    for session in followers:
        day = session.slot_date
        if day is None or day.weekday() != slot.weekday:
            if session.pk in peopled:
                left += 1
            else:
                gone.append(session)
        elif wall_instant(day, slot.starts, gym.zone) <= at:
            left += 1
        else:
            rewrite(session, {**given, **of_slot(slot, day, gym)})
    remove(gone)
    return left


def replan(template: ClassTemplate, at: datetime) -> None:
    """Bring the coming classes that still follow their slot in line with their template, which was rewritten.

    Those that begin, were changed by themselves, cancelled or tapped in keep the plan they have.
    """
    coming = ClassSession.objects.filter(template=template, slot__isnull=False, changed_at=None, cancelled_at=None)
    coming = coming.filter(started_at=None, finished_at=None, starts_at__gt=at)
    followers = locked(list(coming.in_order()))
    tapped = with_taps(followers)
    given = given_by(template.pk) if followers else {}
    for session in followers:
        if session.pk not in tapped:
            rewrite(session, given)


def held_again(session: ClassSession, at: datetime) -> dict[str, Any]:
    """What changes of a class that was cancelled and is held after all: one of a slot follows it as the slot is now.

    Not so where it was changed by itself, tapped in or has begun: it stays as it is. Nor where the slot has ended, left
    its weekday, or has a time that has passed: held all the same, it differs from its slot from then on.
    """
    slot, day = session.slot, session.slot_date
    if slot is None or day is None:
        return {"changed_at": at}
    if session.changed_at or session.starts_at <= at or with_taps([session]):
        return {}
    if (
        slot.ended_on is not None
        or day.weekday() != slot.weekday
        or wall_instant(day, slot.starts, slot.gym.zone) <= at
    ):
        return {"changed_at": at}
    return {**given_by(slot.template_id), **of_slot(slot, day, slot.gym)}


def rewrite(session: ClassSession, values: dict[str, Any]) -> None:
    """Write these values and let every screen of the class know; with another ladder the board shows that one."""
    ladder = session.progression_id
    for name, value in values.items():
        setattr(session, name, value)
    session.version = F("version") + 1
    session.save(update_fields=[*values, "version"])
    session.refresh_from_db(fields=["version"])
    if session.progression_id != ladder:
        ClassLadder.objects.filter(session=session).delete()
        write_ladders([session])


def locked(sessions: list[ClassSession]) -> list[ClassSession]:
    """The same classes, held until the end of the transaction: nobody can be put on their rosters meanwhile."""
    ids = [session.pk for session in sessions]
    return list(ClassSession.objects.filter(pk__in=ids).in_order().select_for_update())


def with_taps(sessions: list[ClassSession]) -> set[UUID]:
    """Those in which somebody has tapped."""
    return set(Tap.objects.filter(session__in=sessions).values_list("session_id", flat=True))


def with_people(sessions: list[ClassSession]) -> set[UUID]:
    """Those that have somebody on the roster, or had."""
    return set(Attendance.objects.filter(session__in=sessions).values_list("session_id", flat=True))


def with_something(sessions: list[ClassSession]) -> set[UUID]:
    """Those that cannot go without losing something."""
    return with_taps(sessions) | with_people(sessions)


def remove(sessions: list[ClassSession]) -> None:
    """Take away classes that nothing has been written about."""
    ClassLadder.objects.filter(session__in=sessions).delete()
    ClassSession.objects.filter(pk__in=[session.pk for session in sessions]).delete()
