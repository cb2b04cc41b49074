"""What a board costs, whole and when a screen asks what is new, and what it weighs."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

from django.core.wsgi import get_wsgi_application

from bench import ideal
from bench.browser import Answer, Browser, demanded
from bench.classes import Room, make_gym, make_room
from bench.figures import Figure
from bench.measuring import Ratio, Way, ratios
from bench.taps import HTMX, SIGNED_IN, ideal_taps, queries_of

# People in the classes that are compared, each class in a gym of its own.
ONE, SOME, MANY = 1, 30, 60


def figures() -> Iterator[Figure]:
    """The board against the ideal tap, small and large boards beside each other, and the poll."""
    rooms = {people: make_room(*make_gym(f"Gym of {people}"), people) for people in (ONE, SOME, MANY)}
    ideal.make_tables()
    application = get_wsgi_application()
    browsers = {people: Browser(application, room.user) for people, room in rooms.items()}
    boards = {people: board(room, browsers[people]) for people, room in rooms.items()}
    yardstick = ideal_taps(Browser(ideal.handler(), rooms[SOME].user))
    poll = nothing_new(rooms[SOME], browsers[SOME])
    board_some, poll_some = ratios([always(boards[SOME]), always(poll)], yardstick)
    yield against_ideal(f"the board of {SOME}", board_some, 2.0)
    yield against_ideal("a poll with nothing new", poll_some, 0.35)
    (larger,) = ratios([always(boards[MANY])], always(boards[SOME]))
    yield Figure(
        name=f"the board of {MANY} against that of {SOME}",
        measured=larger.median,
        mark=1.9,
        unit="×",
        low=larger.low,
        high=larger.high,
        note=larger.milliseconds,
    )
    for people, asked in boards.items():
        queries = len(queries_of(asked))
        yield Figure(
            name=f"queries of the board of {people}, beside session and user", measured=queries - SIGNED_IN, mark=8
        )
    # Asked anew: the proof of the one above is half a minute old by now.
    poll = nothing_new(rooms[SOME], browsers[SOME])
    yield Figure(name="queries of a poll with nothing new, in all", measured=len(queries_of(poll)), mark=1)
    html = boards[SOME]().body
    yield Figure(
        name=f"HTML of the board of {SOME}, compressed",
        measured=len(gzip.compress(html)) / 1000,
        mark=10,
        unit="kB",
        note=f"{len(html) / 1000:.0f} kB as it is written",
    )


def always(work: Callable[[], Answer]) -> Way:
    """The same request each time: nothing has to be got ready for it."""
    return lambda _number: work


def board(room: Room, browser: Browser) -> Callable[[], Answer]:
    """A request for the whole board."""
    return demanded(browser.get(room.board_url))


def nothing_new(room: Room, browser: Browser) -> Callable[[], Answer]:
    """A screen's question right after its last answer, whose tag it sends."""
    rows = f"{room.board_url}rows/"
    told = demanded(browser.get(rows, **HTMX))()
    return demanded(browser.get(rows, **HTMX, **{"HX-PTag": told.headers["HX-PTag"]}), 304)


def against_ideal(name: str, found: Ratio, mark: float) -> Figure:
    """A figure of CPU beside the ideal tap's."""
    return Figure(
        name=f"{name}, CPU against the ideal tap",
        measured=found.median,
        mark=mark,
        unit="×",
        low=found.low,
        high=found.high,
        note=found.milliseconds,
    )
