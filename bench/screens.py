"""Screens that ask every two seconds what is new: what that costs, and how soon they show a change."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import reverse

from bench import gyms
from bench.coaches import Coach, browsers, requests_of
from bench.figures import Figure
from bench.growth import coach_of
from bench.serving import Served, served, signed_in
from gym.models import Gym
from gym.scope import in_gym
from programming.models import ClassSession, Screen

# Two tablets and the gym's TV in each.
GYMS, TABLETS, SCREENS = 67, 2, 201
# Seconds between two questions of a screen, as on the board; and how long they are watched.
EVERY = 2
WATCHED = 24
# While they are watched a second time somebody taps every half second, but in the last seconds.
TAPS, LAST = 36, 5


def figures() -> Iterator[Figure]:
    """The cost while nothing happens, the cost while people are taught, and the wait for a change."""
    gyms.make_one()
    gyms.copy_gyms(GYMS - 1)
    coaches = [coach_of(number, gym) for number, gym in enumerate(Gym.objects.order_by("id"))]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with served("gym.wsgi:application", os.environ["DATABASE_URL"], threads=4, log=log) as server:
            watch(server, coaches, seconds=4, taps=0)
            quiet, quiet_share = watch(server, coaches, seconds=WATCHED, taps=0)
            busy, busy_share = watch(server, coaches, seconds=WATCHED, taps=TAPS)
    screens = f"{SCREENS} screens, a third of them TVs, asking every {EVERY} s"
    yield Figure(
        name=f"{screens}, nothing new: share of one core",
        measured=100 * quiet_share,
        mark=30,
        unit="%",
        note=f"{sum(quiet['statuses'].values()) / quiet['seconds']:.0f} questions a second",
    )
    yield Figure(
        name=f"{screens}, {TAPS} taps meanwhile: share of one core",
        measured=100 * busy_share,
        unit="%",
        note=f"{busy['statuses'].get('200', 0)} times the rows were sent",
    )
    late = [wait for wait in busy["late"] if wait is not None]
    yield Figure(
        name="from a tap's answer to the last screen that shows it",
        measured=max(late),
        mark=2.5,
        unit="s",
        note=f"median {statistics.median(late):.1f} s, {len(late)} changes of screens",
    )
    failed = [status for status in busy["taps"] if status != 200]
    unknown = {status for one in (quiet, busy) for status in one["statuses"]} - {"200", "304"}
    yield Figure(
        name="changes that a screen never showed, and answers that were errors",
        measured=busy["late"].count(None) + len(failed) + len(unknown),
        mark=0,
    )


def watch(server: Served, coaches: list[Coach], *, seconds: int, taps: int) -> tuple[dict[str, Any], float]:
    """What the browsers saw, and how much of one core the server's processes took meanwhile."""
    planned = plan(server.port, coaches, seconds, taps)
    connection.close()
    before = server.seconds()
    seen = browsers("polls", planned)
    return seen, (server.seconds() - before) / seen["seconds"]


def plan(port: int, coaches: list[Coach], seconds: int, taps: int) -> dict[str, Any]:
    """The screens of each class with what they show, and taps spread over the time but for its end."""
    headers = [signed_in(coach.user) for coach in coaches]
    rows = [reverse("board_rows", args=[coach.room.gym.slug, coach.session.pk]) for coach in coaches]
    versions = dict(ClassSession.across_gyms.values_list("pk", "version"))
    tablets = [
        {"path": path, "headers": sent, "tag": str(versions[coach.session.pk]), "rows": path}
        for coach, path, sent in zip(coaches, rows, headers, strict=True)
        for _tablet in range(TABLETS)
    ]
    # A TV shows where people stand and not that they were clean: it costs, and is not waited for.
    tvs = [{"path": tv_of(coach), "headers": {"HX-Request": "true"}, "tag": "", "rows": ""} for coach in coaches]
    planned = []
    for number in range(taps):
        place = number * 7 % len(coaches)
        # The second is "clean", which always changes something.
        path, body = requests_of(coaches[place], 2)[1]
        after = 1 + number * (seconds - LAST) / taps
        planned.append({"after": after, "path": path, "body": body, "rows": rows[place], "headers": headers[place]})
    return {"port": port, "seconds": seconds, "every": EVERY, "screens": [*tablets, *tvs], "taps": planned}


def tv_of(coach: Coach) -> str:
    """What a TV of the coach's gym asks."""
    with in_gym(coach.room.gym):
        _screen, link = Screen.make(name="Front wall", room="", by=coach.member)
    return reverse("screen_now", args=[coach.room.gym.slug, link])
