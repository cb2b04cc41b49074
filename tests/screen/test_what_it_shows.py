"""The TV shows the class that runs in its room, else what is next today, else that there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession
from tests import make
from tests.people import Cast
from tests.screen.tv import Tv, agree, hung

pytest_plugins = ["tests.people"]


def change(session: ClassSession, **fields: object) -> None:
    with in_gym(session.gym):
        ClassSession.objects.filter(pk=session.pk).update(version=session.version + 1, **fields)


def kind(tv: Tv) -> str:
    return tv.shows()["data-kind"]


def test_nothing_today(tv: Tv) -> None:
    shown = tv.shows()
    assert (shown["data-kind"], shown.one("h1").text, shown.one("p").text) == (
        "nothing",
        "No class now",
        "Northside Barbell",
    )


def test_of_two_that_run_the_one_that_was_started_last(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    now = timezone.now()
    later = make.class_session(cast.northside, coach=cast.kim, starts_at=now - timedelta(minutes=5))
    make.step(later, "block", by=cast.kim, block=0, after=0)
    assert tv.shows().one("h1").text == "Couch stretch"
    make.step(evening, "block", by=cast.carla, block=1)
    assert tv.shows().one("h1").text == "Prep"


def test_the_class_that_runs_now(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    agree(cast.ana, cast.ben)
    make.place(evening, cast.ana, "wall-tap", by=cast.carla)
    make.place(evening, cast.ben, "dowel", by=cast.carla)
    shown = tv.shows()
    assert shown["data-kind"] == "class"
    assert shown.one("h1").text == "Hinge Foundations"
    columns = tv.columns()
    assert columns["Wall 1"] == ["Ana A."]
    assert columns["Dowel 1"] == ["Ben B."]
    assert columns["Loaded 0"] == []
    # Everyone else is here and not yet placed, and has not agreed.
    assert columns["Not placed yet 3"] == ["3 people"]


def test_a_clock_that_stands_says_so(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "block", by=cast.carla, block=0)
    assert "paused" not in tv.shows().text
    make.step(evening, "paused", by=cast.carla, block=0, paused=True)
    assert "paused" in tv.shows().text


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, "class"),
        ({"cancelled_at": timezone.now()}, "nothing"),
        ({"finished_at": timezone.now()}, "nothing"),
        ({"starts_at": timezone.now() - timedelta(hours=5)}, "nothing"),
    ],
)
def test_what_is_over_or_cancelled_is_not_shown(
    tv: Tv, evening: ClassSession, fields: dict[str, object], shown: str
) -> None:
    change(evening, **fields)
    assert kind(tv) == shown


def test_only_the_class_of_its_room(cast: Cast, evening: ClassSession) -> None:
    loft, cellar, everywhere = (hung(cast.olga, room=room) for room in ("Loft", "cellar", ""))
    change(evening, room="Cellar")
    assert [kind(each) for each in (loft, cellar, everywhere)] == ["nothing", "class", "class"]


def test_the_next_of_today_and_none_of_tomorrow(tv: Tv, cast: Cast) -> None:
    make.library(cast.northside)
    with time_machine.travel(datetime(2026, 7, 1, 20, 0, tzinfo=UTC), tick=False):
        # In London it is nine in the evening.
        make.class_session(cast.northside, starts_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
        assert kind(tv) == "nothing"
        make.class_session(cast.northside, starts_at=datetime(2026, 7, 1, 21, 0, tzinfo=UTC))
        shown = tv.shows()
        assert (shown["data-kind"], shown.one("h1").text) == ("next", "Hinge Foundations")
        assert shown.one("p", class_="starts").text == "22:00"


def test_it_goes_from_class_to_class_by_the_clock(tv: Tv, cast: Cast) -> None:
    """With nothing but polls, each asking with the tag of the last answer."""
    make.library(cast.northside)
    begun = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)
    with time_machine.travel(begun, tick=False) as clock:
        make.class_session(cast.northside, starts_at=begun)
        make.class_session(cast.northside, starts_at=begun + timedelta(minutes=70))
        assert b'data-kind="class"' in tv.open().content
        for minutes, expected in ((59, None), (60, "next"), (69, None), (70, "class"), (129, None), (130, "nothing")):
            clock.move_to(begun + timedelta(minutes=minutes))
            answer = tv.ask()
            assert answer.status_code == (200 if expected else 304), minutes
            assert expected is None or f'data-kind="{expected}"' in answer.content.decode()


def test_a_class_after_midnight(tv: Tv, cast: Cast) -> None:
    make.library(cast.northside)
    with time_machine.travel(datetime(2026, 7, 1, 22, 50, tzinfo=UTC), tick=False) as clock:
        make.class_session(cast.northside, starts_at=datetime(2026, 7, 2, 5, 0, tzinfo=UTC))
        assert b'data-kind="nothing"' in tv.open().content
        # Midnight in London.
        clock.move_to(datetime(2026, 7, 1, 23, 0, tzinfo=UTC))
        assert b'data-kind="next"' in tv.ask().content
