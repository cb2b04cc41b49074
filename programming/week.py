"""The owner's week: the classes of each day, those that come round later, what is closed, and what nobody covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from gym.models import Gym
from programming.models import ClassSession, WeeklySlot
from programming.models.absences import Absence, uncovered
from programming.models.closing import Closure, names_by_day
from programming.slots import WEEK, wall_instant


@dataclass(frozen=True)
class Entry:
    """One class of the week; `slot` alone where it is not made yet. `missing` is "none" or "away" for its coach."""

    starts: datetime
    session: ClassSession | None
    slot: WeeklySlot | None
    missing: str = ""


@dataclass
class Day:
    """One day of the week."""

    date: date
    closed: str
    is_today: bool
    entries: list[Entry] = field(default_factory=list)


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def read_week(gym: Gym, monday: date, slots: Iterable[WeeklySlot], at: datetime) -> list[Day]:
    """The seven days. Within the days for which classes are made they stand here; later ones as their slots say."""
    sunday = monday + timedelta(days=6)
    begin, end = (wall_instant(day, time(), gym.zone) for day in (monday, monday + WEEK))
    found = ClassSession.objects.between(begin, end).select_related("coach", "slot").defer("plan")
    sessions = [each for each in found if not each.is_removed]
    absences = list(Absence.objects.touching(monday, sunday))
    missing = uncovered(sessions, absences)
    today, dates = at.astimezone(gym.zone).date(), [monday + timedelta(days=number) for number in range(7)]
    closed = names_by_day(Closure.objects.touching(monday, sunday), dates)
    days = {each: Day(each, closed.get(each, ""), each == today) for each in dates}
    for session in sessions:
        entry = Entry(session.starts_at, session, session.slot, missing.get(session.pk, ""))
        days[session.starts_at.astimezone(gym.zone).date()].entries.append(entry)
    made = {(each.slot_id, each.slot_date) for each in sessions}
    for slot in slots:
        day = days[dates[slot.weekday]]
        starts = wall_instant(day.date, slot.starts, gym.zone)
        if starts > at and not day.closed and (slot.pk, day.date) not in made:
            day.entries.append(Entry(starts, None, slot, is_missing(slot, day.date, absences)))
    for day in days.values():
        day.entries.sort(key=lambda entry: entry.starts)
    return list(days.values())


def is_missing(slot: WeeklySlot, day: date, absences: Iterable[Absence]) -> str:
    """Whether a class that is not made yet has nobody to coach it, as `uncovered` says of one that is."""
    if slot.coach_id is None:
        return "none"
    away = any(each.coach_id == slot.coach_id and each.first <= day <= each.last for each in absences)
    return "away" if away else ""


def uncovered_in(days: Iterable[Day]) -> list[Entry]:
    """The classes of these days that somebody has yet to take."""
    return [entry for day in days for entry in day.entries if entry.missing]
