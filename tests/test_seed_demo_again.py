"""Filling the demo: the same for the same seed and date, at any hour, once however many start at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from gym.models import Gym, Membership, User
from gym.scope import in_gym
from programming.demo import bring_up_to_today, fill_empty_database, today
from programming.demo.people import HARBOUR, NORTHSIDE, House
from programming.models import Attendance, ClassSession, Placement, Tap
from tests import make

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 24, 18, 10, tzinfo=LONDON)
# Enough of the story to tell two apart.
FEW_CLASSES = replace(NORTHSIDE, weeks=1, slots=NORTHSIDE.slots[1:4], people=NORTHSIDE.people[:26], at_most=10)
ONE_WEEK = replace(HARBOUR, weeks=1)

Story = dict[str, list[tuple[Any, ...]]]


def told(now: datetime, seed: int, house: House = FEW_CLASSES, *, before: datetime | None = None) -> Story:
    """What the demo tells, without ids; with `before` only what happened until then. Leaves nothing behind."""
    with transaction.atomic():
        assert fill_empty_database(now, seed, houses=(house,))
        with in_gym(house.id):
            story = everything_told(before or now)
        transaction.set_rollback(True)
    return story


def everything_told(before: datetime) -> Story:
    people = ("name", "nickname", "is_coach", "is_minor", "standing_limits", "joined_at")
    taps = Tap.objects.filter(at__lt=before).order_by("at", "key")
    placements = Placement.objects.order_by("member__search_name", "member__name")
    return {
        "people": list(Membership.objects.order_by("search_name").values_list(*people)),
        "classes": list(
            Attendance.objects.filter(session__starts_at__lt=before)
            .order_by("session__starts_at", "member__search_name")
            .values_list("session__starts_at", "session__name", "member__name", "state", "is_first_class")
        ),
        "taps": [
            (
                tap.key,
                tap.at,
                tap.member and tap.member.name,
                tap.actor.name,
                tap.kind,
                tap.outcome,
                tap.detail.get("fault"),
            )
            for tap in taps.select_related("member", "actor")
        ],
        "placements": [
            (each.member.name, where.stage, where.setting, where.drill, where.clean, dict(where.faults), where.held)
            for each in placements.select_related("member")
            for where in [each.position]
        ],
    }


@pytest.mark.django_db
def test_the_same_seed_and_date_tell_the_same_story_and_another_seed_another() -> None:
    first = told(NOW, seed=1)
    assert len(first["taps"]) > 60
    assert told(NOW, seed=1) == first
    other = told(NOW, seed=2)
    assert other["people"] == first["people"]
    assert other["taps"] != first["taps"]
    assert other["placements"] != first["placements"]


@pytest.mark.django_db
def test_what_happened_before_today_does_not_depend_on_the_hour() -> None:
    midnight = NOW.replace(hour=0, minute=0)
    evening, night = (told(now, 1, before=midnight) for now in (NOW, NOW.replace(hour=4, minute=44)))
    assert evening["taps"]
    assert (evening["taps"], evening["classes"]) == (night["taps"], night["classes"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hour", "minute", "parts", "block"),
    [
        (0, 3, ["running", "coming"], "Couch stretch"),
        (5, 30, ["done", "running", "coming"], "Hinge ladder"),
        (12, 0, ["done", "running", "coming"], "Hinge ladder"),
        (23, 55, ["done", "running"], "Hinge ladder"),
    ],
)
def test_one_class_is_running_whatever_the_hour(hour: int, minute: int, parts: list[str], block: str) -> None:
    now = NOW.replace(hour=hour, minute=minute)
    assert fill_empty_database(now, seed=1, houses=(FEW_CLASSES,))
    with in_gym(NORTHSIDE.id):
        midnight = now.replace(hour=0, minute=0)
        sessions = list(ClassSession.objects.between(midnight, midnight + timedelta(days=1)))
        assert [session.state(now) for session in sessions] == parts
        (running,) = [session for session in sessions if session.state(now) == "running"]
        assert running.attendances.filter(state=Attendance.State.HERE).count() == 15
        assert running.attendances.exclude(seen_at=None).count() == 9
        assert running.plan[running.block_position]["title"] == block
        assert not Tap.objects.filter(recorded_at__gt=now).exists()


@pytest.mark.django_db
def test_the_command_takes_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    said = StringIO()
    day = date(2026, 3, 3)
    with_short_houses(monkeypatch)
    call_command("seed_demo", date=day, seed=5, stdout=said)
    assert "carla@northside.example" in said.getvalue()
    with in_gym(HARBOUR.id):
        began = datetime(2026, 3, 3, 18, 0, tzinfo=LONDON)
        assert ClassSession.objects.filter(starts_at=began).count() == 1
        assert not Tap.objects.filter(at__gt=began + timedelta(minutes=10)).exists()


def with_short_houses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command fill the smaller gym only."""

    def fill(now: datetime, seed: int) -> bool:
        return fill_empty_database(now, seed, houses=(ONE_WEEK,))

    monkeypatch.setattr("programming.management.commands.seed_demo.fill_empty_database", fill)


@pytest.mark.django_db
def test_refused_outside_the_demo(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="The demo is off"):
        call_command("seed_demo")
    assert not Gym.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_database_with_gyms_of_its_own_gets_no_demo() -> None:
    make.gym("Iron Works")
    said = StringIO()
    call_command("seed_demo", stderr=said)
    assert said.getvalue().strip() == "This database has gyms of its own, so the demo stays out of it."
    assert Gym.objects.count() == 1


def at_once(work: Callable[[], object]) -> None:
    """Do it in two processes' stead: two threads with connections of their own."""
    problems: list[BaseException] = []

    def one() -> None:
        try:
            work()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    filled: list[bool] = []
    at_once(lambda: filled.append(fill_empty_database(NOW, 1, houses=(ONE_WEEK,))))
    assert sorted(filled) == [False, True]
    assert Gym.objects.count() == 1
    with in_gym(HARBOUR.id):
        classes = ClassSession.objects.count()

    # Both look before either makes anything, unless the one waits for the other.
    both_have_looked = threading.Barrier(2)
    look = today.missing

    def look_and_wait(*asked: Any) -> list[today.Planned]:
        planned = look(*asked)
        with suppress(threading.BrokenBarrierError):
            both_have_looked.wait(timeout=1)
        return planned

    monkeypatch.setattr(today, "missing", look_and_wait)
    at_once(lambda: bring_up_to_today(NOW + timedelta(days=1)))
    assert both_have_looked.broken
    with in_gym(HARBOUR.id):
        assert ClassSession.objects.count() == classes + 1
