"""What a TV asks every two seconds: one read where nothing changed, everything anew where something did."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Gym
from gym.scope import in_gym
from programming.models import ClassSession
from tests import make
from tests.people import Cast
from tests.screen.tv import Tv, agree, hung

pytest_plugins = ["tests.people"]


def questions(tv: Tv, status: int) -> int:
    """How much a poll asks of the database."""
    with CaptureQueriesContext(connection) as queries:
        assert tv.ask().status_code == status
    return len(queries)


def test_one_read_where_nothing_changed(tv: Tv, evening: ClassSession) -> None:
    tv.open()
    assert questions(tv, 304) == 1


def test_as_many_reads_for_one_as_for_forty(tv: Tv, cast: Cast) -> None:
    make.library(cast.northside)
    counts = []
    for size in (1, 40):
        crowd = [make.person(cast.northside, f"Robin R{number}", tv_consent=True) for number in range(size)]
        session = make.class_session(cast.northside, crowd, coach=cast.carla)
        make.place(session, crowd[0], "dowel", by=cast.carla)
        tv.ask()
        tv.tag = ""
        counts.append(questions(tv, 200))
    # The link, the day's classes with their ladder, the names, the roster, what the gym owns.
    assert counts == [6, 6]


def test_a_tap_is_shown_at_the_next_question(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    agree(cast.ana)
    tv.open()
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    assert "Ana A." in tv.ask().content.decode()
    assert tv.ask().status_code == 304


def test_a_poll_brings_the_part_and_nothing_around_it(tv: Tv, evening: ClassSession) -> None:
    html = tv.ask().content.decode()
    assert html.startswith("<div ") and html.endswith("</div>")


def test_a_tap_that_no_tv_shows_draws_nothing(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    agree(cast.ana)
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    tv.open()
    make.tap(evening, cast.ana, "fault", by=cast.carla, fault="chin-up")
    make.tap(evening, cast.ana, "note", by=cast.carla, note="Stiff.")
    before = tv.tag
    assert tv.ask().status_code == 304
    assert tv.tag != before
    assert questions(tv, 304) == 1


def test_a_class_that_is_started_now(tv: Tv, cast: Cast) -> None:
    """Nothing that the TV knew of has changed; it is another class."""
    make.library(cast.northside)
    tv.open()
    make.class_session(cast.northside, coach=cast.carla)
    assert b'data-kind="class"' in tv.ask().content


def test_a_class_that_moves_to_another_room(cast: Cast, evening: ClassSession) -> None:
    loft = hung(cast.olga, room="Loft")
    with in_gym(cast.northside):
        ClassSession.objects.update(room="Loft", version=evening.version + 1)
        assert b'data-kind="class"' in loft.open().content
        ClassSession.objects.update(room="Cellar", version=evening.version + 2)
    assert b'data-kind="nothing"' in loft.ask().content


def test_within_half_a_minute_everything_is_looked_at(tv: Tv, evening: ClassSession) -> None:
    begun = timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        tv.open()
        Gym.objects.filter(slug=tv.slug).update(name="Southside")
        clock.shift(timedelta(seconds=29))
        assert tv.ask().status_code == 304
        clock.shift(timedelta(seconds=2))
        assert tv.ask().status_code == 200


@pytest.mark.parametrize("tag", ["", "none", "1", "1-2", "x-y-z", "-1--2-a", "9" * 5000 + "-1-a", "٣-٣-a", "1-1-a-b-c"])
def test_any_other_tag_is_answered_in_full(tv: Tv, tag: str) -> None:
    tv.tag = tag.encode().decode("latin-1")
    assert tv.ask().status_code == 200
