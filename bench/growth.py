"""One gym among many, and members who have come for years: neither may cost a class anything.

Two hundred gyms by default; FULL=1 makes ten thousand of them, with five million assessments, GYMS=2000 so many.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import gyms
from bench.beside import connected, copy_of, use
from bench.browser import Answer, Browser, demanded
from bench.classes import Room
from bench.coaches import Coach
from bench.figures import Figure
from bench.in_place import shares
from bench.measuring import Clock, Way, ratio
from bench.taps import HTMX, clean
from gym.models import Gym, Membership
from gym.scope import in_gym
from programming.models import Assessment, Attendance, ClassSession

MANY = int(os.environ.get("GYMS") or (10_000 if os.environ.get("FULL") else 200)) - 1
# What a member of many years has behind them.
ASSESSMENTS, CLASSES = 2_000, 500
# Gyms looked at for whether everybody stands where their history puts them.
SAMPLE = 5
# Gyms in which taps are made for the share of updates in place, and taps in each.
TAPPED, TAPS = 100, 30 if os.environ.get("FULL") else 12
# Tables from so many rows are not to be read from end to end.
LARGE = 5_000
# A query of a class finds its rows by their keys: some pages for each of its 15 people.
PAGES = 400
ROUNDS, TIMES = 9, 8


def figures() -> Iterator[Figure]:
    """The same gym alone, among many, and grown old."""
    url = os.environ["DATABASE_URL"]
    first = gyms.make_one()
    with ExitStack() as stack:
        many_url = stack.enter_context(copy_of(url, "bench_growth_many"))
        old_url = stack.enter_context(copy_of(url, "bench_growth_old"))
        alone, many, old = (stack.enter_context(connected(each)) for each in (url, many_url, old_url))
        yield from among_many(many, alone, first)
        yield from grown_old(old, alone, first)
        use(alone)


def among_many(many: BaseDatabaseWrapper, alone: BaseDatabaseWrapper, first: Gym) -> Iterator[Figure]:
    """Many gyms made, looked through, and one of them against the same gym alone."""
    use(many)
    begun = time.monotonic()
    rows = gyms.copy_gyms(MANY)
    assessments = Assessment.across_gyms.count()
    crowd = f"{MANY + 1:,} gyms and {assessments:,} assessments"
    speed = rows / (time.monotonic() - begun)
    yield Figure(name="rows made in a second", measured=round(speed), note=f"{rows:,} rows: {crowd}", better="higher")
    yield healthy(
        "people of the many gyms not standing where replay puts them, and lost references", max(MANY // SAMPLE, 1)
    )
    one = Gym.objects.get(pk=gyms.id_in(MANY // 2, first.pk))
    yield from compared(many, one, alone, first, f"among {crowd}, against the gym alone", mark=1.3)
    use(many)
    yield from reading(room_of(one))
    some = [gyms.id_in(number, first.pk) for number in range(1, MANY, max(MANY // TAPPED, 1))][:TAPPED]
    coaches = [coach_of(number, Gym.objects.get(pk=pk)) for number, pk in enumerate(some)]
    for table, share in shares(coaches, TAPS, begun=timezone.now()).items():
        yield Figure(
            name=f"updates of {table} rows made in place (HOT)",
            measured=100 * share,
            # A row of a roster grows when somebody is first seen; see docs/decisions/0013.
            mark=None if table == Attendance.__name__ else 95,
            unit="%",
            better="higher",
            note=f"{TAPPED * TAPS:,} taps in {TAPPED} gyms",
        )


def grown_old(old: BaseDatabaseWrapper, alone: BaseDatabaseWrapper, first: Gym) -> Iterator[Figure]:
    """Members with years behind them against the same members with a few weeks."""
    use(old)
    with in_gym(first):
        gyms.grow_older(gyms.running_class(first), ASSESSMENTS, CLASSES)
    yield healthy("members of many years not standing where replay puts them, and lost references", 1)
    years = f"of members with {ASSESSMENTS:,} assessments in {CLASSES} classes, against a few weeks"
    yield from compared(old, first, alone, first, years, mark=1.2)


def compared(
    here: BaseDatabaseWrapper, ours: Gym, there: BaseDatabaseWrapper, theirs: Gym, how: str, *, mark: float
) -> Iterator[Figure]:
    """Board, tap and poll of a gym in one database against those of a gym in another."""
    clock = Clock(here, there)
    use(here)
    our_ways = ways(room_of(ours))
    use(there)
    their_ways = ways(room_of(theirs))
    for name, our_way in our_ways.items():
        found = ratio(within(here, our_way), within(there, their_ways[name]), rounds=ROUNDS, times=TIMES, clock=clock)
        yield Figure(
            name=f"{name} {how}",
            measured=found.median,
            mark=mark,
            unit="×",
            low=found.low,
            high=found.high,
            note=found.milliseconds,
        )


def ways(room: Room) -> dict[str, Way]:
    """What is done most in a class."""
    browser = Browser(get_wsgi_application(), room.user)
    version = room.session.version

    def poll(_number: int) -> Callable[[], Answer]:
        fresh = ClassSession.across_gyms.values_list("version", flat=True).get(pk=room.session.pk)
        # As a board in English and kg asks that was drawn just now.
        tag = {"HX-PTag": f"{fresh or version}.en-metric"}
        return demanded(browser.get(f"{room.board_url}rows/", **HTMX, **tag), 304)

    return {
        "the board": lambda _number: demanded(browser.get(room.board_url)),
        "a tap of clean": settled(clean(room, browser)),
        "a poll with nothing new": poll,
    }


def settled(way: Way) -> Way:
    """The same way a moment later: a tap says that it is 40 ms old, and would come before what was just made ready."""

    def ready(number: int) -> Callable[[], object]:
        work = way(number)
        time.sleep(0.06)
        return work

    return ready


def within(chosen: BaseDatabaseWrapper, way: Way) -> Way:
    """The same way with that connection."""

    def ready(number: int) -> Callable[[], object]:
        use(chosen)
        return way(number)

    return ready


def room_of(gym: Gym) -> Room:
    """The class that runs now, with those of its people of whom taps are accepted."""
    with in_gym(gym):
        session = gyms.running_class(gym)
        here = session.attendances.filter(state=Attendance.State.HERE, member__placements__is_held=False)
        placed = here.filter(member__placements__stage__isnull=False)
        members = Membership.objects.filter(pk__in=placed.values("member_id")).order_by("id")
        if session.coach is None:
            raise LookupError(f"{session} has no coach.")
        return Room(gym, session, session.coach, list(members))


def coach_of(number: int, gym: Gym) -> Coach:
    """The coach of the class that runs now."""
    room = room_of(gym)
    return Coach(number, room.coach, room)


def healthy(what: str, apart: int) -> Figure:
    """How much of what was made is not as taps would have made it, in a sample of the gyms."""
    sample = list(Gym.objects.order_by("id"))[::apart]
    wrong = [each for gym in sample for each in (*gyms.misplaced(gym), *gyms.orphans(gym))]
    return Figure(name=what, measured=len(wrong), mark=0, note=", ".join(wrong[:3]) or f"{len(sample)} gyms looked at")


def reading(room: Room) -> Iterator[Figure]:
    """How board, tap and poll find their rows: large tables read from end to end, and pages touched."""
    statements: list[str] = []
    for way in ways(room).values():
        work = way(0)
        with CaptureQueriesContext(connection) as queries:
            work()
        statements += [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "UPDATE"))]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE reltuples > %s", [LARGE])
        large = {name for (name,) in cursor.fetchall()}
    plans = {statement: explained(statement) for statement in statements}
    read = {name for plan in plans.values() for name in scanned(plan) if name in large}
    note = ", ".join(sorted(read)) or f"{len(statements)} queries"
    yield Figure(name="large tables read from end to end by board, tap and poll", measured=len(read), mark=0, note=note)
    # An index can be gone through from end to end as well, gym by gym.
    dearest = max(plans, key=lambda statement: touched(plans[statement]))
    yield Figure(
        name="pages of 8 kB that the dearest of these queries touches",
        measured=touched(plans[dearest]),
        mark=PAGES,
        note=" ".join(re.sub(r"SELECT .*? FROM", "SELECT … FROM", dearest).split()[:4]),
    )


def explained(statement: str) -> dict[str, Any]:
    """The plan by which PostgreSQL has carried out a statement, of which nothing stays."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement.replace("%", "%%"), [])
        plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
        transaction.set_rollback(True)
    return plan


def touched(plan: dict[str, Any]) -> int:
    """The pages that a plan looked at, those of its parts included."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scanned(part)
