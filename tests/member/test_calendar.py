"""A person's calendar: its link is shown once, and shows their classes at the right instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
import vobject
from django.test import Client
from django.utils import timezone

from gym.models import Gym, Membership
from gym.scope import in_gym
from programming.models import Attendance, CalendarLink, ClassSession, ClassTemplate, WeeklySlot
from programming.models.coming import make_coming
from programming.models.leaving import erase, leave_gym
from tests import make
from tests.coach.conftest import signed_in
from tests.page import read
from tests.people import Cast

pytest_plugins = ["tests.people"]

MINE = "/gym/northside-barbell/my/calendar/"


def link_of(client: Client) -> str:
    """A newly made link, as the page shows it."""
    page = read(client.post(MINE).content.decode())
    return page.one("input", id="link")["value"].removeprefix("http://testserver")


def events(link: str) -> list[Any]:
    """What a calendar reads, which is signed in nowhere; two readers of calendars agree on it."""
    answer = Client().get(link)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found: list[Any] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    others = vobject.readOne(answer.content.decode())
    others.validate(raiseException=True)
    theirs = {(str(each.uid.value), each.dtstart.value) for each in others.contents.get("vevent", [])}
    assert theirs == {(str(each["uid"]), each.decoded("dtstart")) for each in found}
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    return found


@pytest.fixture
def house(cast: Cast) -> Cast:
    """Everybody, with the library."""
    make.library(cast.northside)
    return cast


def session(house: Gym, at: datetime, **fields: Any) -> ClassSession:
    return make.class_session(house, starts_at=at, **fields)


def test_a_coach_reads_the_classes_they_coach(house: Cast) -> None:
    at = timezone.now() + timedelta(days=2)
    mine = session(house.northside, at, coach=house.carla, room="Loft, back; left")
    session(house.northside, at, coach=house.kim)
    (event,) = events(link_of(signed_in(house.carla)))
    assert event.decoded("dtstart") == mine.starts_at.replace(microsecond=0)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=mine.minutes)
    assert (event["summary"], event["location"]) == ("Hinge Foundations", "Loft, back; left, Northside Barbell")
    assert event["status"] == "CONFIRMED"


def test_a_member_reads_the_classes_they_are_expected_in(house: Cast) -> None:
    at = timezone.now() + timedelta(days=2)
    expected = session(house.northside, at, people=[house.ana], coach=house.carla)
    off = session(house.northside, at + timedelta(days=1), people=[house.ana])
    session(house.northside, at, people=[house.ben])
    with in_gym(house.northside):
        Attendance.objects.filter(session=off).update(state=Attendance.State.OFF)
    (event,) = events(link_of(signed_in(house.ana)))
    assert event["uid"].startswith(str(expected.pk))
    assert event["description"] == "Coach: Carla C."
    # Nobody else who comes, and nothing of anybody's health.
    assert "Ben" not in str(event.to_ical())


def test_a_cancelled_class_says_so_and_is_newer(house: Cast) -> None:
    mine = session(house.northside, timezone.now() + timedelta(days=2), coach=house.carla)
    link = link_of(signed_in(house.carla))
    before = events(link)[0]["sequence"]
    with in_gym(house.northside):
        mine.cancel(at=timezone.now())
    (event,) = events(link)
    assert event["status"] == "CANCELLED" and event["sequence"] > before


@pytest.mark.parametrize(
    ("zone", "first", "utc"),
    [
        # The clock springs forward, and falls back, within these two weeks; the class stays at six on the wall.
        ("Europe/London", date(2026, 3, 25), ["2026-03-25 18:00", "2026-04-01 17:00"]),
        ("Europe/London", date(2026, 10, 21), ["2026-10-21 17:00", "2026-10-28 18:00"]),
        ("America/New_York", date(2026, 3, 4), ["2026-03-04 23:00", "2026-03-11 22:00"]),
        ("America/New_York", date(2026, 10, 28), ["2026-10-28 22:00", "2026-11-04 23:00"]),
        # South of the equator, and by half an hour.
        ("Australia/Lord_Howe", date(2026, 4, 1), ["2026-04-01 07:00", "2026-04-08 07:30"]),
        ("Australia/Lord_Howe", date(2026, 9, 30), ["2026-09-30 07:30", "2026-10-07 07:00"]),
    ],
)
def test_it_is_right_across_a_jump_of_the_clock(house: Cast, zone: str, first: date, utc: list[str]) -> None:
    gym = house.northside
    gym.time_zone = zone
    gym.save(update_fields=["time_zone"])
    morning = datetime.combine(first, time(9), tzinfo=ZoneInfo(zone))
    with in_gym(gym):
        template = ClassTemplate.objects.get(key="hinge-foundations")
        WeeklySlot.objects.create(weekday=first.weekday(), starts=time(18), template=template, coach=house.carla)
    with time_machine.travel(morning, tick=False):
        link = link_of(signed_in(house.carla))
        found = events(link)
    starts = sorted(each.decoded("dtstart") for each in found)
    assert [f"{each.astimezone(UTC):%Y-%m-%d %H:%M}" for each in starts[:2]] == utc
    assert {f"{each.astimezone(ZoneInfo(zone)):%H:%M}" for each in starts} == {"18:00"}


def test_the_link_is_shown_once_and_made_anew(house: Cast) -> None:
    client = signed_in(house.ana)
    first = link_of(client)
    assert not read(client.get(MINE).content.decode()).all("input", id="link")
    with in_gym(house.northside):
        stored = CalendarLink.objects.get(person=house.ana)
    assert first.rstrip("/").rpartition("/")[2] not in stored.digest
    second = link_of(client)
    assert Client().get(first).status_code == 404
    assert events(second) == []
    client.post(f"{MINE}revoke/")
    assert Client().get(second).status_code == 404
    assert client.post(f"{MINE}revoke/").status_code == 302


@pytest.mark.parametrize("way", ["leave", "erase", "sign-in switched off", "another gym's address"])
def test_a_link_shows_nothing_of_whoever_may_not_enter(house: Cast, way: str) -> None:
    link = link_of(signed_in(house.ana))
    assert Client().get(link).status_code == 200
    with in_gym(house.northside):
        if way == "leave":
            leave_gym(house.ana.pk, at=timezone.now())
        elif way == "erase":
            erase(house.ana.pk, at=timezone.now())
            assert not CalendarLink.objects.exists()
    if way == "sign-in switched off":
        assert house.ana.user is not None
        house.ana.user.is_active = False
        house.ana.user.save()
    elif way == "another gym's address":
        link = link.replace("northside-barbell", "harbour-strength")
    assert Client().get(link).status_code == 404


def test_nobody_else_can_post_there(house: Cast) -> None:
    assert Client().post(MINE).status_code == 302
    person: Membership = house.sam
    assert signed_in(person).post(MINE).status_code == 404
    with in_gym(house.northside):
        assert not CalendarLink.objects.exists()
        make_coming(house.northside, timezone.now())
