"""The weekly slots make the coming classes: what is missing, once, by whomever it is asked."""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gym.models import Gym
from gym.scope import in_gym
from programming.models import ClassLadder, ClassSession, ClassTemplate, WeeklySlot
from programming.models import coming as coming_module
from programming.models.coming import make_coming
from tests import make
from tests.coach.screen import nothing_written
from tests.people import Cast, make_cast
from tests.test_slots import ZONES

pytest_plugins = ["tests.people"]

LONDON = ZoneInfo("Europe/London")
# A Tuesday.
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=LONDON)


def slot(cast: Cast, **fields: Any) -> WeeklySlot:
    """A slot of Tuesdays at six that has made nothing yet."""
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key="hinge-foundations")
        made: WeeklySlot = WeeklySlot.objects.create(
            **{"weekday": 1, "starts": time(18), "template": template, "coach": cast.carla, **fields}
        )
    return made


def starts(gym: Gym) -> list[str]:
    """When the gym's classes start, on its own clock."""
    with in_gym(gym):
        found = ClassSession.objects.in_order().values_list("starts_at", flat=True)
        return [f"{each.astimezone(gym.zone):%d.%m. %H:%M}" for each in found]


@pytest.fixture
def house(cast: Cast) -> Cast:
    """Everybody, with the library."""
    make.library(cast.northside)
    return cast


def test_a_class_is_made_as_the_slot_and_the_template_say(house: Cast) -> None:
    made_by = slot(house, room="Loft", capacity=12, minutes=45, coach=house.kim)
    assert make_coming(house.northside, NOON) == 3
    assert starts(house.northside) == ["10.03. 18:00", "17.03. 18:00", "24.03. 18:00"]
    with in_gym(house.northside):
        first = ClassSession.objects.in_order()[0]
        assert (first.slot, first.slot_date, first.template) == (made_by, date(2026, 3, 10), made_by.template)
        assert (first.room, first.capacity, first.minutes, first.coach) == ("Loft", 12, 45, house.kim)
        assert (first.name, first.plan, first.progression) == (
            "Hinge Foundations",
            made_by.template.plan(),
            made_by.template.progression,
        )
        assert [ladder.progression for ladder in ClassLadder.objects.filter(session=first)] == [first.progression]
        assert (first.changed_at, first.started_at, first.version) == (None, None, 1)


def test_asked_again_it_makes_nothing_and_costs_one_query(house: Cast) -> None:
    for hour in (6, 12, 18):
        slot(house, starts=time(hour))
    make_coming(house.northside, NOON)
    with nothing_written(), CaptureQueriesContext(connection) as queries:
        assert make_coming(house.northside, NOON + timedelta(hours=1)) == 0
    assert len(queries) == 1


def test_the_next_day_makes_the_one_that_comes_into_sight(house: Cast) -> None:
    slot(house, weekday=2)
    assert make_coming(house.northside, NOON) == 2
    assert make_coming(house.northside, NOON + timedelta(days=1)) == 1
    assert starts(house.northside) == ["11.03. 18:00", "18.03. 18:00", "25.03. 18:00"]


@pytest.mark.parametrize(
    ("began", "minutes", "first"),
    # One that runs is made late; one that is over is not; one of yesterday may run still.
    [(time(11, 30), 60, "10.03. 11:30"), (time(11), 60, "17.03. 11:00"), (time(11), 61, "10.03. 11:00")],
)
def test_what_is_over_is_not_made(house: Cast, began: time, minutes: int, first: str) -> None:
    slot(house, starts=began, minutes=minutes)
    make_coming(house.northside, NOON)
    assert starts(house.northside)[0] == first


def test_one_that_runs_over_midnight_is_made_after_midnight(house: Cast) -> None:
    slot(house, weekday=0, starts=time(23, 30))
    make_coming(house.northside, NOON.replace(hour=0, minute=10))
    assert starts(house.northside)[0] == "09.03. 23:30"


def test_a_slot_that_has_ended_and_a_coach_who_has_left(house: Cast) -> None:
    slot(house, ended_on=NOON.date())
    assert make_coming(house.northside, NOON) == 0
    slot(house)
    house.carla.leave()
    make_coming(house.northside, NOON)
    with in_gym(house.northside):
        assert set(ClassSession.objects.values_list("coach", flat=True)) == {None}


def test_a_class_that_was_moved_or_cancelled_is_not_made_again(house: Cast) -> None:
    slot(house)
    make_coming(house.northside, NOON)
    with in_gym(house.northside):
        first, second, _third = ClassSession.objects.in_order()
        first.change(was="", at=NOON, starts_at=NOON + timedelta(days=1))
        second.cancel(at=NOON)
    assert make_coming(house.northside, NOON) == 0


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_without_a_gap_or_a_double(house: Cast, zone: str) -> None:
    house.northside.time_zone = zone
    house.northside.save()
    for weekday, starts_at in ((6, time(2, 15)), (6, time(18)), (2, time(0, 5))):
        slot(house, weekday=weekday, starts=starts_at)
    began = datetime(2026, 1, 5, 3, 0, tzinfo=ZoneInfo(zone))
    # Somebody looks at it every nine days, and the same day again.
    for number in range(0, 360, 9):
        make_coming(house.northside, began + timedelta(days=number))
        assert make_coming(house.northside, began + timedelta(days=number, hours=1)) == 0
    with in_gym(house.northside):
        for weekday, wall in ((6, "02:15"), (6, "18:00"), (2, "00:05")):
            classes = ClassSession.objects.filter(slot__weekday=weekday, slot__starts=wall).in_order()
            days = [session.slot_date for session in classes if session.slot_date]
            assert len(days) >= 52
            assert {(later - day).days for day, later in zip(days, days[1:], strict=False)} == {7}
            shown = [f"{session.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for session in classes]
            # In one night of the year the wall may skip the time.
            assert shown.count(wall) >= len(days) - (wall == "02:15")
            assert [session.starts_at.astimezone(ZoneInfo(zone)).date() for session in classes] == days


def test_the_command_does_it_for_every_gym(house: Cast) -> None:
    slot(house)
    make.library(house.harbour)
    make.weekly_slot(make.class_session(house.harbour), weekday=3)
    said = StringIO()
    call_command("make_classes", stdout=said)
    assert said.getvalue() == f"Made {made_of(house)} classes in 2 of 2 gyms.\n"
    with nothing_written():
        call_command("make_classes", verbosity=0)


def made_of(cast: Cast) -> int:
    return len(starts(cast.northside)) + len(starts(cast.harbour)) - 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    make.library(cast.northside)
    slot(cast)
    slot(cast, weekday=4)
    # Both have looked before either makes anything.
    both_have_looked, look = threading.Barrier(2), coming_module.missing
    looked = threading.local()

    def look_and_wait(*asked: Any) -> Any:
        found = look(*asked)
        if not getattr(looked, "once", False):
            looked.once = True
            both_have_looked.wait(timeout=5)
        return found

    monkeypatch.setattr(coming_module, "missing", look_and_wait)
    answers: list[object] = []

    def one() -> None:
        try:
            answers.append(make_coming(cast.northside, NOON))
        except BaseException as problem:
            answers.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == [0, 5]
    assert len(starts(cast.northside)) == 5
    assert make.row_count(ClassLadder) == 5
