"""The classes of one week are held in another as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction

from gym.auditing import audit
from gym.models import Gym
from programming.models.classes import ClassSession
from programming.models.closing import closed_days
from programming.models.coming import make_coming, one_at_a_time
from programming.models.retrying import retrying
from programming.slots import WEEK, wall_instant


@dataclass
class Copied:
    """What becomes of each class of the week that is copied: when it would start, and the class."""

    made: list[tuple[datetime, ClassSession]] = field(default_factory=list)
    # One of that time and room is there already, or comes round by itself.
    there: list[tuple[datetime, ClassSession]] = field(default_factory=list)
    closed: list[tuple[datetime, ClassSession]] = field(default_factory=list)
    past: list[tuple[datetime, ClassSession]] = field(default_factory=list)


def week_of(gym: Gym, monday: date) -> list[ClassSession]:
    """The classes of a week on the gym's clock that are or were held."""
    begin, end = (wall_instant(day, time(), gym.zone) for day in (monday, monday + WEEK))
    sessions = ClassSession.objects.between(begin, end).filter(cancelled_at=None).exclude(template=None)
    return list(sessions.select_related("template__progression", "coach", "slot"))


def would_copy(gym: Gym, source: date, target: date, at: datetime) -> Copied:
    """What copying the week of one Monday to that of another would do."""
    there = {(each.starts_at, each.room) for each in week_of(gym, target)}
    closed, copied = closed_days(target, target + timedelta(days=6)), Copied()
    for session in week_of(gym, source):
        local = session.starts_at.astimezone(gym.zone)
        day = local.date() + (target - source)
        starts_at = wall_instant(day, local.time(), gym.zone)
        comes_round = session.slot is not None and session.slot.ended_on is None and not session.changed_at
        if starts_at <= at:
            copied.past.append((starts_at, session))
        elif day in closed:
            copied.closed.append((starts_at, session))
        elif comes_round or (starts_at, session.room) in there:
            copied.there.append((starts_at, session))
        else:
            copied.made.append((starts_at, session))
    return copied


@retrying
@transaction.atomic
def copy_week(gym: Gym, source: date, target: date, *, at: datetime) -> Copied:
    """Hold the classes of one week in another as well, with the plan of their template as it reads now.

    Once more makes nothing: then they are there.
    """
    one_at_a_time()
    make_coming(gym, at)
    copied = would_copy(gym, source, target, at)
    for starts_at, session in copied.made:
        coach = session.coach if session.coach and session.coach.belongs else None
        made = ClassSession.begin(
            session.template, coach=coach, starts_at=starts_at, room=session.room, capacity=session.capacity
        )
        if made.minutes != session.minutes:
            made.minutes = session.minutes
            made.save(update_fields=["minutes"])
    audit("schedule.copy", gym, after={"from": source, "to": target, "classes": len(copied.made)})
    return copied
