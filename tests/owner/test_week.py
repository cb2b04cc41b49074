"""The owner's week: closed days, coaches who are away, and a week copied into another."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gym.scope import in_gym
from programming.models import Absence, ClassSession, ClassTemplate, Closure, WeeklySlot
from programming.models.coming import make_coming
from tests import make
from tests.coach.conftest import signed_in
from tests.page import Element, read
from tests.people import Cast

pytest_plugins = ["tests.people"]

LONDON = ZoneInfo("Europe/London")
# A Tuesday.
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=LONDON)
SCHEDULE = "/gym/northside-barbell/owner/schedule/"


@pytest.fixture
def house(cast: Cast) -> Any:
    """Everybody and the library, on that Tuesday; Carla coaches Tuesdays and Thursdays at six."""
    with time_machine.travel(NOON, tick=False):
        make.library(cast.northside)
        with in_gym(cast.northside):
            template = ClassTemplate.objects.get(key="hinge-foundations")
            for weekday in (1, 3):
                WeeklySlot.objects.create(weekday=weekday, starts=time(18), template=template, coach=cast.carla)
        make_coming(cast.northside, NOON)
        yield cast


@pytest.fixture
def olga(house: Cast) -> Client:
    return signed_in(house.olga)


def page(answer: Any) -> Element:
    return read(answer.content.decode())


def states(house: Cast) -> list[str]:
    """The coming classes: day, and whether they are cancelled."""
    with in_gym(house.northside):
        found = ClassSession.objects.in_order()
        return [f"{each.starts_at:%d.%m.}{' cancelled' if each.cancelled_at else ''}" for each in found]


def days_of(client: Client, week: str = "") -> list[str]:
    """What the week says of each day."""
    return [day.text for day in page(client.get(SCHEDULE, {"week": week})).all("section", class_="day")]


# The week -------------------------------------------------------------------------------------------------------------


def test_a_week_shows_its_classes_and_later_ones_as_they_come_round(olga: Client) -> None:
    monday, tuesday, *_rest = days_of(olga)
    assert monday == "Mon 9 Mar –"
    assert tuesday == "Tue 10 Mar 18:00 Hinge Foundations Carla C."
    assert days_of(olga, "2026-05-07")[3] == "Thu 7 May 18:00 Hinge Foundations Carla C. · comes round"
    # What makes no sense shows this week.
    for nonsense in ("never", "0001-01-01", "9999-12-31"):
        assert days_of(olga, nonsense)[1] == tuesday


def test_many_classes_cost_no_more_queries(olga: Client, house: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            olga.get(SCHEDULE)
        return len(queries)

    few = asked()
    for hour in range(6, 16):
        make.class_session(house.northside, starts_at=NOON + timedelta(hours=hour), coach=house.kim)
    assert asked() == few < 13


# Closed days ----------------------------------------------------------------------------------------------------------


def close(olga: Client, first: str, last: str, **more: str) -> Any:
    sent = {"first": first, "last": last, "name": "Works", "key": str(uuid4()), **more}
    return olga.post(f"{SCHEDULE}closed/", sent)


def test_closing_says_first_what_it_cancels(olga: Client, house: Cast) -> None:
    before = states(house)
    asked = close(olga, "2026-03-12", "2026-03-17")
    assert asked.status_code == 200
    assert [row.text for row in page(asked).one("main").all("li")] == [
        "Thu 12 Mar 18:00 Hinge Foundations · Carla C.",
        "Tue 17 Mar 18:00 Hinge Foundations · Carla C.",
    ]
    assert states(house) == before
    assert close(olga, "2026-03-12", "2026-03-17", sure="yes").status_code == 302
    assert states(house) == ["10.03.", "12.03. cancelled", "17.03. cancelled", "19.03.", "24.03."]
    assert days_of(olga)[3] == "Thu 12 Mar Closed Works 18:00 Hinge Foundations Carla C. · cancelled"


def test_no_class_is_made_for_a_closed_day(olga: Client, house: Cast) -> None:
    assert close(olga, "2026-03-26", "2026-03-26").status_code == 302
    with time_machine.travel(NOON + timedelta(days=4), tick=False):
        make_coming(house.northside, NOON + timedelta(days=4))
        assert "26.03." not in states(house)
        assert "24.03." in states(house)
        assert days_of(olga, "2026-03-26")[3] == "Thu 26 Mar Closed Works"


def test_open_after_all_holds_what_it_cancelled_and_nothing_else(olga: Client, house: Cast) -> None:
    with in_gym(house.northside):
        ClassSession.objects.in_order()[2].cancel(at=NOON - timedelta(minutes=5))
    close(olga, "2026-03-12", "2026-03-17", sure="yes")
    with in_gym(house.northside):
        closure = Closure.objects.get()
    for status in (302, 404):
        assert olga.post(f"{SCHEDULE}closed/{closure.pk}/end/").status_code == status
    assert states(house) == ["10.03.", "12.03.", "17.03. cancelled", "19.03.", "24.03."]


def test_what_has_begun_stays(olga: Client, house: Cast) -> None:
    with time_machine.travel(NOON + timedelta(hours=6, minutes=30), tick=False):
        close(olga, "2026-03-10", "2026-03-12", sure="yes")
    assert states(house)[:2] == ["10.03.", "12.03. cancelled"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first": "soon"}, "Write a day such as"),
        ({"last": "2026-03-11"}, "The last day is before the first."),
        ({"first": "2026-03-01", "last": "2026-03-02"}, "These days are over."),
        ({"last": "2027-03-25"}, "Choose a year at most"),
        ({"name": " "}, "Write what for"),
        ({"name": "x" * 81}, "too long"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(olga: Client, house: Cast, wrong: dict[str, str], said: str) -> None:
    before = states(house)
    answer = close(olga, **{"first": "2026-03-12", "last": "2026-03-12", "sure": "yes", **wrong})
    assert answer.status_code == 422
    assert said in page(answer).one("main").text
    for name, typed in wrong.items():
        assert page(answer).one("input", name=name)["value"] == typed
    assert states(house) == before


# Coaches who are away -------------------------------------------------------------------------------------------------


def test_an_absence_moves_nothing_and_names_what_nobody_covers(olga: Client, house: Cast) -> None:
    before = states(house)
    sent = {"coach": house.carla.pk, "first": "2026-03-12", "last": "2026-03-17", "key": str(uuid4())}
    for _twice in range(2):
        said = page(olga.post(f"{SCHEDULE}away/", sent, follow=True)).one("main").text
        assert "2 classes of theirs need another coach." in said
    assert said.count("Carla C. is away") == 2
    assert states(house) == before
    assert days_of(olga)[3] == "Thu 12 Mar 18:00 Hinge Foundations Carla C. is away"
    # Also of those that are not made yet; not a day earlier or later.
    with in_gym(house.northside):
        Absence.objects.update(last=date(2026, 5, 7))
    assert "Carla C. is away" in days_of(olga, "2026-05-07")[3]
    assert "is away" not in days_of(olga, "2026-05-14")[1]
    with in_gym(house.northside):
        absence = Absence.objects.get()
    for status in (302, 404):
        assert olga.post(f"{SCHEDULE}away/{absence.pk}/end/").status_code == status
    assert "away" not in days_of(olga)[3]


def test_a_class_given_to_somebody_else_is_covered(olga: Client, house: Cast) -> None:
    olga.post(f"{SCHEDULE}away/", {"coach": house.carla.pk, "first": "2026-03-12", "last": "2026-03-12"})
    with in_gym(house.northside):
        thursday = ClassSession.objects.in_order()[1]
        thursday.change(was="", at=NOON, coach=house.kim)
    assert "Every coming class has a coach who is there." in page(olga.get(f"{SCHEDULE}away/")).one("main").text


def test_only_a_coach_of_this_gym_is_away(olga: Client, house: Cast) -> None:
    for person in (house.ana, house.hana):
        sent = {"coach": person.pk, "first": "2026-03-12", "last": "2026-03-12"}
        assert olga.post(f"{SCHEDULE}away/", sent).status_code == 422
    with in_gym(house.northside):
        assert not Absence.objects.exists()


# Copying a week -------------------------------------------------------------------------------------------------------


def test_a_copy_makes_what_does_not_come_round_by_itself(olga: Client, house: Cast) -> None:
    friday = NOON + timedelta(days=3, hours=5)
    make.class_session(house.northside, starts_at=friday, coach=house.kim, room="Loft")
    weeks = {"source": "2026-03-13", "target": "2026-04-01"}
    before = states(house)
    shown = page(olga.get(f"{SCHEDULE}copy/", weeks)).one("main")
    assert [row.text for row in shown.all("li")][-1] == "Fri 3 Apr 17:00 Hinge Foundations · Kim K."
    assert "2 classes are there already, or come round by themselves." in shown.text
    assert states(house) == before
    assert olga.post(f"{SCHEDULE}copy/", weeks).status_code == 302
    # Five in the afternoon on the wall, although the clock has jumped meanwhile.
    assert days_of(olga, "2026-04-03")[4] == "Fri 3 Apr 17:00 Hinge Foundations Kim K. · Loft"
    made = states(house)
    assert len(made) == len(before) + 1
    # Once more makes nothing.
    olga.post(f"{SCHEDULE}copy/", weeks)
    assert states(house) == made


def test_nothing_is_copied_onto_a_closed_day_nor_into_the_past(olga: Client, house: Cast) -> None:
    make.class_session(house.northside, starts_at=NOON + timedelta(days=3), coach=house.kim)
    close(olga, "2026-04-03", "2026-04-03")
    before = states(house)
    shown = page(olga.get(f"{SCHEDULE}copy/", {"source": "2026-03-13", "target": "2026-04-03"})).one("main")
    assert "1 class would be on a closed day." in shown.text
    for target in ("2026-04-03", "2026-03-02"):
        olga.post(f"{SCHEDULE}copy/", {"source": "2026-03-13", "target": target})
    assert states(house) == before
    same = olga.post(f"{SCHEDULE}copy/", {"source": "2026-03-13", "target": "2026-03-09"})
    assert same.status_code == 422 and "This is the same week." in page(same).one("main").text
