"""What a first visit weighs: the page and every file that it asks for, as a browser is sent them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from posixpath import join, normpath

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from bench.browser import Browser, demanded
from bench.classes import make_gym, make_room
from bench.figures import Figure
from gym.models import Membership
from tests import make

PEOPLE = 15
# What a page asks for, and what a stylesheet asks for in its turn. The home screen's icon is asked for there.
IN_PAGE = re.compile(r'(?<!apple-touch-icon" )(?:href|src)="(/static/[^"#]+)')
IN_STYLESHEET = re.compile(r'url\("?([^")]+)"?\)')


def figures() -> Iterator[Figure]:
    """The board's first visit, a member's, and that of the gym's TV."""
    gym, coach = make_gym()
    room = make_room(gym, coach, PEOPLE)
    dmitri = make.person(gym, "Dmitri Kovac", email="dmitri@northside-barbell.example")
    make.roster(room.session, dmitri)
    make.place(room.session, dmitri, "dowel", by=coach)
    Membership.across_gyms.filter(gym=gym).update(tv_consent=True)
    link = reverse("screen", kwargs={"gym_slug": gym.slug, "link": make.screen(gym, coach)[1]})
    for name, address, who, mark in (
        (f"first load of the board of {PEOPLE + 1}, all files", room.board_url, coach, 60),
        ("first load of a member’s page, all files", reverse("my", kwargs={"gym_slug": gym.slug}), dmitri, 45),
        (f"first load of the TV of {PEOPLE + 1}, all files", link, coach, 50),
    ):
        if who.user is None:
            raise LookupError(f"{who} cannot sign in.")
        weights = weighed(Browser(get_wsgi_application(), who.user), address)
        parts = ", ".join(f"{kind} {weight / 1000:.1f}" for kind, weight in by_kind(weights).items())
        yield Figure(name=name, measured=sum(weights.values()) / 1000, mark=mark, unit="kB", note=parts)


def weighed(browser: Browser, address: str) -> dict[str, int]:
    """The compressed bytes of the page and of each file, by address. The HTML as a proxy compresses it."""
    page = demanded(browser.get(address))().body
    weights = {address: len(gzip.compress(page))}
    waiting = IN_PAGE.findall(page.decode())
    while waiting:
        file = waiting.pop()
        if file in weights:
            continue
        weights[file] = len(demanded(browser.get(file))().body)
        if file.endswith(".css"):
            plain = demanded(browser.get(file, **{"Accept-Encoding": "identity"}))().body.decode()
            waiting += [normpath(join(file, "..", each)) for each in IN_STYLESHEET.findall(plain)]
    return weights


def by_kind(weights: dict[str, int]) -> dict[str, int]:
    """The weights added up by what the file is, the heaviest first."""
    found: dict[str, int] = {}
    for address, weight in weights.items():
        kind = address.rpartition(".")[2] if "." in address else "html"
        found[kind] = found.get(kind, 0) + weight
    return dict(sorted(found.items(), key=lambda each: -each[1]))
