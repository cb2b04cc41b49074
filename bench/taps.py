"""What a tap costs, from the request to the row: each of the commonest in a class of 15 people with a past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import ideal
from bench.browser import Answer, Browser, demanded
from bench.classes import FAULTS, Room, make_gym, make_room, passing_time, stage_keys
from bench.figures import Figure
from bench.measuring import Way, Work, ratios
from gym.identifiers import uuid7
from gym.models import Membership
from tests import make

PEOPLE = 15
HTMX = {"HX-Request": "true"}
# What opens and closes a transaction, and asks for no row.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
# The user and the session, which every signed-in request asks for.
SIGNED_IN = 2
# Seconds between what is got ready and the tap that is measured, and so between taps on one member.
LATER = 25


def figures() -> Iterator[Figure]:
    """The kinds of tap, each against the ideal one, and what they ask of the database."""
    room = make_room(*make_gym(), PEOPLE)
    ideal.make_tables()
    browser = Browser(get_wsgi_application(), room.user)
    yardstick = Browser(ideal.handler(), room.user)
    with passing_time() as let_pass:
        ways = ways_to_tap(room, browser, let_pass)
        found = ratios(list(ways.values()), ideal_taps(yardstick), times=PEOPLE)
        asked = {name: queries_of(way(0)) for name, way in ways.items()}
    for name, each in zip(ways, found, strict=True):
        yield Figure(
            name=f"{name}, CPU against the ideal tap",
            measured=each.median,
            mark=1.4,
            unit="×",
            low=each.low,
            high=each.high,
            note=each.milliseconds,
        )
    for name, queries in asked.items():
        yield Figure(
            name=f"queries in {name}, beside session and user",
            measured=len(queries) - SIGNED_IN,
            mark=9,
            note=f"{len(queries)} in all; BEGIN and COMMIT are not counted",
        )


def queries_of(work: Work) -> list[str]:
    """What a request asks of the database, but for the frame of the transaction."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return [query["sql"] for query in queries if not query["sql"].startswith(FRAME)]


def ideal_taps(browser: Browser) -> Way:
    """The yardstick's own tap."""
    return lambda number: demanded(browser.post(f"/item/{number % PEOPLE + 1}/", {"body": "second"}))


def ways_to_tap(room: Room, browser: Browser, let_pass: Callable[[float], None]) -> dict[str, Way]:
    """Each kind of tap, for everybody in the class in turn, in whom something else was seen before."""
    before, after = stage_keys(room.session)[:2]

    def way(kind: str, values: dict[str, str], kind_before: str, **said_before: Any) -> Way:
        def ready(number: int) -> Callable[[], Answer]:
            if number % PEOPLE == 0:
                for member in room.members:
                    make.tap(room.session, member, kind_before, by=room.coach, **said_before)
                let_pass(LATER)
            return tap(room, browser, room.members[number % PEOPLE], kind, opened(values))

        return ready

    fault = {"fault": FAULTS[0]}
    return {
        "a tap of clean": way("saw", {"saw": "clean"}, "saw", saw="not_yet"),
        "a tap of a stage": way("stage", {"stage": after}, "stage", stage=before),
        "a tap of a fault": way("fault", fault, "saw", saw="clean"),
        "a tap of a fault on its sheet": way("fault", {**fault, "from": "sheet"}, "saw", saw="clean"),
    }


def clean(room: Room, browser: Browser) -> Way:
    """Clean right after something else, for everybody in turn, without a moment between."""

    def ready(number: int) -> Callable[[], Answer]:
        member = room.members[number % len(room.members)]
        make.tap(room.session, member, "saw", by=room.coach, saw="not_yet")
        return tap(room, browser, member, "saw", {"saw": "clean"}, age=0)

    return ready


def opened(values: dict[str, str]) -> dict[str, str]:
    """What a sheet sends in an opening of its own; what a row sends."""
    return {**values, "opening": str(uuid4())} if "from" in values else values


def tap(
    room: Room, browser: Browser, member: Membership, kind: str, values: dict[str, str], *, age: int = 40
) -> Callable[[], Answer]:
    """A tap as the board sends it; its age is in milliseconds."""
    sent = {**values, "tap": str(uuid7()), "age": str(age)}
    return demanded(browser.post(f"{room.board_url}{member.pk}/{kind}/", sent, **HTMX))
