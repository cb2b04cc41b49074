"""What a tap costs, from the request to the row: each of the commonest in a class of 15 people with a past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import ideal
from bench.browser import Answer, Browser, demanded
from bench.classes import FAULTS, Room, make_gym, make_room, stage_keys
from bench.figures import Figure
from bench.measuring import Way, ratios
from gym.identifiers import uuid7
from tests import make

PEOPLE = 15
HTMX = {"HX-Request": "true"}
# What opens and closes a transaction, and asks for no row.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def figures() -> Iterator[Figure]:
    """The kinds of tap, each against the ideal one, and what they ask of the database."""
    room = make_room(*make_gym(), PEOPLE)
    ideal.make_tables()
    browser = Browser(get_wsgi_application(), room.user)
    yardstick = Browser(ideal.handler(), room.user)
    ways = {
        "a tap of clean": clean(room, browser),
        "a tap of a stage": stage(room, browser),
        "a tap of a fault, row alone": fault(room, browser),
        "a tap of a fault on the sheet": fault_on_sheet(room, browser),
    }
    found = ratios(list(ways.values()), ideal_tap(yardstick))
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
    for name, way in ways.items():
        work = way(0)
        with CaptureQueriesContext(connection) as queries:
            work()
        asked = [query["sql"] for query in queries if not query["sql"].startswith(FRAME)]
        yield Figure(name=f"queries in {name}, session and user included", measured=len(asked), mark=9)


def ideal_tap(browser: Browser) -> Way:
    """The yardstick's own tap."""
    return lambda number: demanded(browser.post(f"/item/{number % PEOPLE + 1}/", {"body": "second"}))


def clean(room: Room, browser: Browser) -> Way:
    """Clean for somebody in whom something else was seen before."""

    def ready(number: int) -> Callable[[], Answer]:
        make.tap(room.session, room.member(number), "saw", by=room.coach, saw="not_yet")
        return tap(room, browser, number, "saw", saw="clean")

    return ready


def stage(room: Room, browser: Browser) -> Way:
    """Another stage than the present one."""
    stages = stage_keys(room.session)

    def ready(number: int) -> Callable[[], Answer]:
        make.place(room.session, room.member(number), stages[0], by=room.coach)
        return tap(room, browser, number, "stage", stage=stages[1])

    return ready


def fault(room: Room, browser: Browser) -> Way:
    """A fault in somebody in whom none was seen before."""

    def ready(number: int) -> Callable[[], Answer]:
        make.tap(room.session, room.member(number), "saw", by=room.coach, saw="clean")
        return tap(room, browser, number, "fault", fault=FAULTS[0])

    return ready


def fault_on_sheet(room: Room, browser: Browser) -> Way:
    """The same from the sheet, which is drawn again with its cue and its drill."""

    def ready(number: int) -> Callable[[], Answer]:
        make.tap(room.session, room.member(number), "saw", by=room.coach, saw="clean")
        sheet = {"from": "sheet", "opening": str(uuid4())}
        return tap(room, browser, number, "fault", fault=FAULTS[0], **sheet)

    return ready


def tap(room: Room, browser: Browser, number: int, kind: str, **values: str) -> Callable[[], Answer]:
    """A tap as the board sends it."""
    sent = {**values, "tap": str(uuid7()), "age": "40"}
    path = f"{room.board_url}{room.member(number).pk}/{kind}/"
    return demanded(browser.post(path, sent, **HTMX))
