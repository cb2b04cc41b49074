"""Eight coaches who tap at once, served as `make run` serves, against the ideal tap under the same load."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.db import connection

from bench import ideal
from bench.classes import make_gym, make_room
from bench.coaches import Coach, browsers, requests_of, sender
from bench.figures import Figure
from bench.serving import Served, served
from gym.models import Gym, Membership
from programming.models import Tap
from tests import make

# Two tablets in each class.
COACHES, CLASSES, PEOPLE, PAST = 8, 4, 12, 10
ROUNDS, TAPS = 7, 30


def figures() -> Iterator[Figure]:
    """How many taps in a second, how long the slowest take, and whether all were taken."""
    gym, owner = make_gym()
    rooms = [make_room(gym, owner, PEOPLE, past=PAST) for _number in range(CLASSES)]
    coaches = [Coach(number, coach_at(gym, number), rooms[number % CLASSES]) for number in range(COACHES)]
    ideal.make_tables(COACHES * PEOPLE)
    before, url = Tap.across_gyms.count(), os.environ["DATABASE_URL"]
    threads = 4 if connection.vendor == "postgresql" else 1
    connection.close()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, theirs = (
            stack.enter_context(served(application, url, threads=threads, log=folder / "server.log"))
            for application in ("gym.wsgi:application", "bench.ideal_wsgi:application")
        )
        found = rounds(coaches, ours, theirs)
    yield from told(found, Tap.across_gyms.count() - before)


def coach_at(gym: Gym, number: int) -> Membership:
    """A coach who can sign in."""
    return make.person(gym, f"Coach Number{number}", ["coach"], email=f"coach-{number}@{gym.slug}.example")


def rounds(coaches: list[Coach], ours: Served, theirs: Served) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What the browsers saw of us and of the ideal tap, in rounds that take turns. The first one only warms up."""
    seen = []
    for turn in range(ROUNDS + 1):
        tapped = {
            ours.port: [sender(coach, requests_of(coach, TAPS)) for coach in coaches],
            theirs.port: [sender(coach, ideal_requests(coach)) for coach in coaches],
        }
        order = [ours.port, theirs.port]
        answers = {
            port: browsers("taps", {"port": port, "senders": tapped[port]}) for port in order[:: -1 if turn % 2 else 1]
        }
        seen.append((answers[ours.port], answers[theirs.port]))
    return seen[1:]


def ideal_requests(coach: Coach) -> list[list[str]]:
    """So many ideal taps, of rows that no other coach taps."""
    return [[f"/item/{coach.number * PEOPLE + number % PEOPLE + 1}/", "body=second"] for number in range(TAPS)]


def told(seen: list[tuple[dict[str, Any], dict[str, Any]]], recorded: int) -> Iterator[Figure]:
    """The figures of all rounds; a warm round more was recorded than is counted."""
    speeds = [[len(one["answers"]) / one["seconds"] for one in both] for both in seen]
    shares = [ours / theirs for ours, theirs in speeds]
    low, median, high = statistics.quantiles(shares, n=4)
    speed, ideal_speed = (statistics.median(each) for each in zip(*speeds, strict=True))
    yield Figure(
        name="8 coaches at once, 2 workers: taps per second against the ideal tap",
        measured=median,
        mark=0.65,
        unit="×",
        better="higher",
        low=low,
        high=high,
        note=f"{speed:.0f} : {ideal_speed:.0f} taps per second",
    )
    waits = [sorted(seconds for seconds, _status in ours["answers"]) for ours, _theirs in seen]
    tails = [each[int(0.99 * len(each))] / statistics.median(each) for each in waits]
    all_waits = sorted(1000 * wait for each in waits for wait in each)
    yield Figure(
        name="their slowest hundredth (p99) against the median",
        measured=all_waits[int(0.99 * len(all_waits))] / statistics.median(all_waits),
        mark=3,
        unit="×",
        low=min(tails),
        high=max(tails),
        note=f"median {statistics.median(all_waits):.0f} ms, p99 {all_waits[int(0.99 * len(all_waits))]:.0f} ms",
    )
    refused = [status for ours, _theirs in seen for _seconds, status in ours["answers"] if status != 200]
    lost = COACHES * TAPS * (ROUNDS + 1) - recorded
    yield Figure(
        name="taps answered with an error, or answered and not stored",
        measured=len(refused) + abs(lost),
        mark=0,
        note=f"{recorded:,} taps stored",
    )
