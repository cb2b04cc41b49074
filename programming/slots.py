"""When a weekly slot's classes are: dates, and instants on the gym's clock. Pure: imports neither Django nor ours.

A slot is a weekday (0 is Monday) and a time as the clock on the gym's wall shows it. Twice a year that clock jumps:

1. A time that the wall skips is held as much later as the clock jumps: 02:30 in the night to summer time is 03:30.
2. A time that the wall shows twice is held the first time.
3. Each date has one class, and each class of an ordinary day begins when the wall shows the slot's time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

WEEK = timedelta(days=7)


def slot_dates(weekday: int, first: date, last: date) -> list[date]:
    """The dates of that weekday from first to last, both included."""
    ahead = timedelta(days=(weekday - first.weekday()) % 7)
    count = max((last - first - ahead) // WEEK + 1, 0)
    return [first + ahead + WEEK * number for number in range(count)]


def wall_instant(day: date, wall: time, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which the clock on the wall shows that time on that day, by the rules above."""
    return datetime.combine(day, wall.replace(fold=0), tzinfo=zone).astimezone(UTC)
