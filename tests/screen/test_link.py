"""A TV's link lets nobody into anything but its screen; what is revoked, unknown or another gym's is one empty page."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, Screen
from tests import make
from tests.coach.screen import nothing_written, page
from tests.people import Cast
from tests.screen.tv import Tv, agree, hung

pytest_plugins = ["tests.people"]


def revoke(tv: Tv) -> None:
    with in_gym(tv.screen.gym_id):
        Screen.objects.get(pk=tv.screen.pk).revoke(at=timezone.now())


def test_headers(tv: Tv) -> None:
    unknown = Tv(tv.screen, "x" * 32)
    for answer in (tv.open(), tv.ask(), unknown.open(), unknown.ask()):
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not answer.cookies
    assert tv.ask().status_code == 304


def test_revoked_shows_nothing_at_the_next_question(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    agree(*cast.members)
    assert b"Ana A." in tv.open().content
    assert tv.ask().status_code == 304
    revoke(tv)
    answer = tv.ask()
    assert (answer.status_code, answer.headers["HX-PTag"]) == (404, "none")
    assert page(answer).one("div", id="tv")["data-kind"] == "closed"
    with nothing_written():
        assert tv.open().status_code == 404


def test_nothing_of_any_gym_on_the_empty_page(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    """Revoked, unknown, under another gym's address, under none's: the same to the letter, but for the link."""
    unknown, elsewhere = Tv(tv.screen, "x" * 32), Tv(tv.screen, tv.token, "harbour-strength")
    nowhere = Tv(tv.screen, tv.token, "no-such-gym")
    with time_machine.travel(timezone.now(), tick=False):
        revoke(tv)
        pages = {
            each.open().content.decode().replace(each.token, "").replace(each.slug, "")
            for each in (tv, unknown, elsewhere, nowhere)
        }
        assert len(pages) == 1
        assert len({each.ask().content for each in (tv, unknown, elsewhere, nowhere)}) == 1
    text = pages.pop()
    assert not any(word in text for word in ("Northside", "Harbour", "Hinge", "Ana"))


def test_it_finds_its_way_back(tv: Tv) -> None:
    """A revoked link that works again is asked for with the tag of the empty page."""
    revoke(tv)
    assert tv.open().status_code == 404
    assert tv.ask().status_code == 404
    Screen.across_gyms.filter(pk=tv.screen.pk).update(revoked_at=None)
    assert tv.ask().status_code == 200
    assert tv.ask().status_code == 304


def test_wrong_links_are_counted_and_right_ones_are_not(tv: Tv) -> None:
    cache.clear()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        wrong = [Client().get(f"/gym/northside-barbell/screen/{number}/").status_code for number in range(125)]
        assert wrong == [404] * 120 + [429] * 5
        assert tv.open().status_code == 200
        clock.shift(timedelta(minutes=1))
        assert Tv(tv.screen, "wrong").open().status_code == 404


def test_seen_is_written_at_most_once_a_minute(tv: Tv) -> None:
    def seen() -> object:
        return Screen.across_gyms.get().seen_at

    begun = timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        tv.open()
        assert seen() == begun
        for _question in range(3):
            clock.shift(timedelta(seconds=19))
            tv.ask()
        assert seen() == begun
        clock.shift(timedelta(seconds=30))
        tv.ask()
        assert seen() == begun + timedelta(seconds=87)


def test_posting_is_no_use(tv: Tv) -> None:
    with nothing_written():
        assert tv.client.post(tv.url).status_code == 405
        assert tv.client.post(f"{tv.url}now/").status_code == 405


def test_the_neighbour_has_one_too(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    """Two gyms, two TVs, and no class of one on the other's."""
    make.library(cast.harbour)
    theirs = hung(cast.hana)
    agree(cast.ana)
    assert theirs.shows()["data-kind"] == "nothing"
    assert tv.shows()["data-kind"] == "class"
