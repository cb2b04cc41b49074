"""When a weekly slot's classes are: dates and instants over a year, whatever the clock on the wall does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programming.slots import slot_dates, wall_instant

# An hour forward and back, an hour in the southern summer, and half an hour.
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
YEAR = st.dates(date(2026, 1, 1), date(2026, 12, 31))
HALF_HOUR = timedelta(minutes=30)
zones = pytest.mark.parametrize("zone", [ZoneInfo(name) for name in ZONES], ids=ZONES)


def shown(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    """Every instant at which the clock on the wall shows that time on that day, found by looking at it."""
    naive = datetime.combine(day, wall)
    near = [naive.replace(tzinfo=UTC) + HALF_HOUR * number for number in range(-30, 31)]
    return [instant for instant in near if instant.astimezone(zone).replace(tzinfo=None) == naive]


@zones
@given(day=YEAR, wall=st.times().map(lambda each: each.replace(second=0, microsecond=0)))
def test_a_class_begins_when_the_wall_first_shows_its_time(zone: ZoneInfo, day: date, wall: time) -> None:
    instants, held = shown(day, wall, zone), wall_instant(day, wall, zone)
    if instants:
        assert held == instants[0]
    else:
        skipped = held.astimezone(zone).replace(tzinfo=None) - datetime.combine(day, wall)
        before, after = ((held + side).astimezone(zone).utcoffset() for side in (timedelta(hours=-3), timedelta(0)))
        assert before is not None and after is not None
        assert skipped == after - before > timedelta(0)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "held"),
    [
        ("Europe/Berlin", date(2026, 3, 28), time(2, 30), "2026-03-28T02:30+01:00"),
        # 1: the wall goes from 02:00 to 03:00.
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T03:30+02:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(18), "2026-03-29T18:00+02:00"),
        # 2: from 03:00 back to 02:00.
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T02:30+02:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(18), "2026-10-25T18:00+01:00"),
        ("America/New_York", date(2026, 3, 8), time(2, 0), "2026-03-08T03:00-04:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 59), "2026-11-01T01:59-04:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-04T02:45+11:00"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-05T01:45+11:00"),
    ],
)
def test_the_nights_on_which_the_clock_jumps(zone: str, day: date, wall: time, held: str) -> None:
    instant = wall_instant(day, wall, ZoneInfo(zone))
    assert instant == datetime.fromisoformat(held)
    assert instant.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") == held


@given(weekday=st.integers(0, 6), first=YEAR, length=st.integers(-3, 400))
def test_every_date_of_the_weekday_and_no_other(weekday: int, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    every = [first + timedelta(days=number) for number in range(length + 1)]
    assert slot_dates(weekday, first, last) == [day for day in every if day.weekday() == weekday]
