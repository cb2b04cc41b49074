"""How many of a tap's updates PostgreSQL makes in place (HOT), which leaves every index alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from bench.coaches import Coach, taps_of
from gym.scope import in_gym
from programming.models import Attendance, ClassSession, Placement

TABLES = (Placement, Attendance, ClassSession)


def shares(coaches: list[Coach], count: int, *, begun: datetime) -> dict[str, float]:
    """The share of updates made in place in each table, over so many taps of each coach in turn from then on."""
    before = updates()
    rounds = zip(*(taps_of(coach, count) for coach in coaches), strict=True)
    for number, round_of_taps in enumerate(rounds):
        for coach, tap in zip(coaches, round_of_taps, strict=True):
            with in_gym(coach.session.gym_id):
                # Further apart than a slip of the thumb.
                coach.session.record_tap(tap, now=begun + timedelta(seconds=30 * number))
    after = updates()
    made = {name: (after[name][0] - before[name][0], after[name][1] - before[name][1]) for name in after}
    return {name: in_place / max(everything, 1) for name, (everything, in_place) in made.items()}


def updates() -> dict[str, tuple[int, int]]:
    """Of each table: how many rows were updated so far, and how many of them in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables")
        found = {name: (everything, in_place) for name, everything, in_place in cursor.fetchall()}
    return {model.__name__: found[model._meta.db_table] for model in TABLES}
