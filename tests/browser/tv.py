"""TVs of any class in a browser, without a server: drawn from plain values by the real templates, script and styles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route

from programming.qr import qr
from programming.tv import Doing, Tv, TvClock, TvStation
from programming.tv_asking import release
from programming.tv_people import Group
from tests.browser.conftest import TV, OpenPage

HOST = "http://tv.localhost"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
CODE = qr("https://rung.example.org/gym/northside-barbell/check-in/0123456789012345678901234567890123456789012/")


# Short ones, long ones, one without a space, and letters that the font of names does not have.
NAMES = [
    *("Aaliyah M.", "Ben T.", "Chiara R.", "Dmitri K.", "Elena S.", "Farid H.", "Grace O.", "Hannah L.", "Isaac W."),
    *("Jun P.", "Katarzyna Z.", "Liam D.", "Maximiliano V.", "Noor B.", "Olu A.", "Penelope-Alexandra W.", "J. P."),
    *("Christopher-James B.", "Ana A. 1", "Ana A. 2", "Wolfeschlegelsteinhausen", "Bartholomew Q.", "Łukasz Ż."),
    *("Big Mike the Magnificent of Northside", "Đặng T.", "Yūki S.", "Siobhán O.", "Zoë K.", "Mohammed A. 1"),
    *("Mohammed A. 2", "Abdulrahman I.", "Anastasia V.", "Guillermo F.", "Oluwaseun A.", "Temperance J.", "Raúl G."),
    *("Quentin X.", "Ulrike U.", "Ivy E.", "Xander C."),
]
STATIONS = [
    ("Wall", "wall", "wall", "Wall tap", "3 × 8 · Fold, tap, stand"),
    ("Dowel", "dowel", "dowel", "Dowel hinge", "3 × 8 · Head, upper back and tailbone on the dowel"),
    ("Loaded", "loaded", "loaded", "Pull-through", "3 × 10 · Finish tall"),
    ("Single leg", "stage", "stage", "Kickstand deadlift", "3 × 6 a side · Both hips down"),
    ("Kettlebell swing", "stage", "stage", "Swing", "10 s / 20 s × 4 · Snap the hips"),
]
# How a class stands at the stages, the easier ones fuller.
SHARES = [5, 6, 3, 4, 2]


def a_class(size: int, *, stages: int, with_coach: int = 0) -> Tv:
    """A class of so many, who all agreed, at so many stages."""
    names, coachs = NAMES[: size - with_coach], NAMES[size - with_coach : size]
    places = [place for place in range(stages) for _share in range(SHARES[place])]
    groups: list[list[str]] = [[] for _stage in range(stages)]
    for number, name in enumerate(names):
        groups[places[number % len(places)]].append(name)
    stations = tuple(
        TvStation(label, figure, colour, (Doing(drill, rest),), Group(tuple(group)))
        for (label, figure, colour, drill, rest), group in zip(STATIONS, groups, strict=False)
    )
    return Tv(
        gym="Northside Barbell",
        is_running=True,
        session_name="Hinge Foundations",
        starts_at=datetime(2026, 7, 1, 18, tzinfo=UTC),
        title="Hinge ladder",
        clock=TvClock(0, 252_000, 504),
        stations=stations,
        with_coach=Group(tuple(coachs)),
        coming="Next: Strength by stage · 20 min",
        check_in="/gym/northside-barbell/check-in/token/",
    )


@pytest.fixture
def tv_page(open_page: OpenPage) -> Page:
    """A TV, 1920×1080."""
    return open_page(TV, scheme="dark", touch=False)


def page_of(tv: Tv | None, *, clock: str = "4:12") -> str:
    """The whole page as the server draws it."""
    context: dict[str, Any] = {"tv": tv, "clock": clock, "qr": CODE, "url": "/", "tag": "t", "release": release()}
    return render_to_string("screen/screen.html", {**context, "heard": "18:04"})


def part_of(tv: Tv | None, *, clock: str = "4:12") -> str:
    """What a poll brings."""
    return render_to_string("screen/_tv.html", {"tv": tv, "clock": clock, "qr": CODE}).strip()


def show(page: Page, tv: Tv | None) -> None:
    """Open that TV; polls are answered with "nothing new"."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST).partition("?")[0]
        if path.startswith("/static/"):
            file = Path(settings.BASE_DIR) / path.removeprefix("/")
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        elif path == "/now/":
            route.fulfill(status=304, headers={"X-Release": release(), "X-Clock": "18:04"})
        else:
            route.fulfill(body=page_of(tv), content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    page.goto(HOST)
    page.evaluate("document.fonts.ready.then(() => true)")
