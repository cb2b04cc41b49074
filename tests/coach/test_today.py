"""Today: the day's classes, the running or next one first, one tap into the board."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Attendance, ClassSession
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

TODAY = "/gym/northside-barbell/today/"
LONDON = ZoneInfo("Europe/London")
THREE = datetime(2026, 3, 10, 15, 0, tzinfo=LONDON)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """It is three in the afternoon in London, until a test writes another time into this list."""
    times = [THREE]
    monkeypatch.setattr(timezone, "now", lambda: times[-1])
    return times


@pytest.fixture
def carla(clock: list[datetime], cast: Cast) -> Client:
    """Carla's browser; the gym has its library and no class yet."""
    make.library(cast.northside)
    return signed_in(cast.carla)


def begin(cast: Cast, minutes: float, people: list[Membership] | None = None, **fields: Any) -> ClassSession:
    """A class of Carla's that begins so many minutes after three o'clock."""
    fields.setdefault("starts_at", THREE + timedelta(minutes=minutes))
    return make.class_session(cast.northside, people or [], coach=cast.carla, **fields)


def cards(client: Client) -> list[Element]:
    answer = client.get(TODAY)
    assert answer.status_code == 200
    return page(answer).all("section", class_="class")


def lines(client: Client) -> list[str]:
    """What Today says of each class, in its order."""
    return [card.one("span", class_="mute").text for card in cards(client)]


def mark(session: ClassSession, member: Membership, state: str) -> None:
    with in_gym(session.gym):
        Attendance.objects.filter(session=session, member=member).update(state=state)


def test_one_tap_into_the_board(carla: Client, cast: Cast) -> None:
    session = begin(cast, -10)
    (card,) = cards(carla)
    link = card.one("h2").one("a")
    assert (link["href"], link.text) == (f"/gym/northside-barbell/class/{session.pk}/", "Hinge Foundations")
    assert card.one("time").text == "14:50"
    assert carla.get(link["href"]).status_code == 200


def test_running_then_coming_then_done(carla: Client, cast: Cast) -> None:
    for minutes in (-300, 240, -10, -200, 60):
        begin(cast, minutes)
    assert [card.one("time").text for card in cards(carla)] == ["14:50", "16:00", "19:00", "10:00", "11:40"]
    assert ["aria-current" in card for card in cards(carla)] == [True, False, False, False, False]


def test_without_a_running_one_the_next_is_first(carla: Client, cast: Cast) -> None:
    begin(cast, -300)
    begin(cast, 60)
    first, last = cards(carla)
    assert (first.one("time").text, "aria-current" in first) == ("16:00", True)
    assert "aria-current" not in last


def test_when_all_are_done_none_is_next(carla: Client, cast: Cast) -> None:
    begin(cast, -300)
    assert ["aria-current" in card for card in cards(carla)] == [False]


def test_a_running_class(carla: Client, cast: Cast) -> None:
    session = begin(cast, -10, cast.members)
    mark(session, cast.nia, "no_show")
    mark(session, cast.dev, "off")
    assert lines(carla) == ["running · 3 here · 3 not seen yet · Carla C."]
    for after, member in enumerate([cast.ana, cast.ben, cast.chiara], start=60):
        make.place(session, member, "dowel", by=cast.carla, after=after)
        make.tap(session, member, "saw", by=cast.carla, after=after, saw="clean")
    assert lines(carla) == ["running · 3 here · all seen · Carla C."]


def test_who_was_seen_and_then_not_here_hides_nobody(carla: Client, cast: Cast) -> None:
    session = begin(cast, -10, [cast.ana, cast.ben])
    make.place(session, cast.ana, "dowel", by=cast.carla, after=60)
    make.tap(session, cast.ana, "saw", by=cast.carla, after=70, saw="clean")
    mark(session, cast.ana, "no_show")
    assert lines(carla) == ["running · 1 here · 1 not seen yet · Carla C."]


@pytest.mark.parametrize(
    ("minutes", "said"), [(0.5, "in 0 min"), (40, "in 40 min"), (119, "in 119 min"), (120, "in 2 h"), (200, "in 3 h")]
)
def test_a_coming_class(carla: Client, cast: Cast, minutes: float, said: str) -> None:
    session = begin(cast, minutes, cast.members)
    mark(session, cast.dev, "off")
    mark(session, cast.nia, "no_show")
    mark(session, cast.ana, "expected")
    assert lines(carla) == [f"{said} · 3 people · Carla C."]


def test_one_person_is_one_person(carla: Client, cast: Cast) -> None:
    begin(cast, 40, [cast.ana])
    assert "1 person" in lines(carla)[0]


def test_a_class_that_is_done(carla: Client, cast: Cast) -> None:
    session = begin(cast, -200, cast.members)
    for member in (cast.ana, cast.ben):
        make.place(session, member, "wall-tap", by=cast.carla, after=60)
        make.tap(session, member, "saw", by=cast.carla, after=70, saw="clean")
    make.place(session, cast.ana, "dowel", by=cast.carla, after=80)
    make.tap(session, cast.chiara, "pain", by=cast.carla, after=90)
    assert lines(carla) == ["done · 3 seen · 1 moved up · 1 held · Carla C."]


def test_whoever_was_taken_off_counts_nowhere(carla: Client, cast: Cast) -> None:
    session = begin(cast, -200, [cast.ana])
    make.place(session, cast.ana, "wall-tap", by=cast.carla, after=60)
    make.tap(session, cast.ana, "pain", by=cast.carla, after=90)
    mark(session, cast.ana, "off")
    (card,) = cards(carla)
    assert card.one("span", class_="mute").text == "done · 0 seen · Carla C."
    assert [stage.text for stage in card.one("div", class_="mix").children] == ["Wall0", "Dowel0", "Loaded0"]


def test_the_mix_of_stages(carla: Client, cast: Cast) -> None:
    session = begin(cast, -10, cast.members)
    other = begin(cast, 60, [cast.ana])
    for member, stage in ((cast.ana, "wall-tap"), (cast.ben, "loaded"), (cast.chiara, "loaded")):
        make.place(session, member, stage, by=cast.carla, after=60)
    mixes = [[stage.text for stage in card.one("div", class_="mix").children] for card in cards(carla)]
    assert mixes == [["Wall1", "Dowel0", "Loaded2"], ["Wall1", "Dowel0", "Loaded0"]]
    assert other.coach == cast.carla


def test_a_class_without_a_coach(carla: Client, cast: Cast) -> None:
    make.class_session(cast.northside, starts_at=THREE - timedelta(minutes=10))
    assert lines(carla) == ["running · nobody here yet"]


def test_only_today_and_only_here(carla: Client, cast: Cast) -> None:
    make.library(cast.harbour)
    make.class_session(cast.harbour, [cast.sam], coach=cast.nia_at_harbour, starts_at=THREE)
    begin(cast, -24 * 60)
    begin(cast, 24 * 60)
    answer = carla.get(TODAY)
    assert "No classes today." in page(answer).text
    assert "Tuesday 10 March" in page(answer).text


def test_a_cancelled_class_that_nobody_had_planned_stays_and_a_removed_one_goes(carla: Client, cast: Cast) -> None:
    session = begin(cast, 40)
    change = f"/gym/northside-barbell/class/{session.pk}/change/"
    with in_gym(cast.northside):
        session.cancel(at=THREE)
    (card,) = cards(carla)
    assert card.one("span", class_="mute").text == "cancelled · Carla C."
    assert card.one("h2").one("a")["href"] == change
    with in_gym(cast.northside):
        session.hold(by=cast.carla, at=THREE)
    assert lines(carla) == ["in 40 min · Carla C."]
    make.step(session, "removed", by=cast.carla, removed=True, after=-60, arrives=-60)
    assert lines(carla) == []
    assert "stands on Today no more" in page(carla.get(change)).text


def test_a_class_that_runs_over_midnight_stays(carla: Client, cast: Cast, clock: list[datetime]) -> None:
    begin(cast, 0, starts_at=datetime(2026, 3, 10, 23, 30, tzinfo=LONDON))
    clock.append(datetime(2026, 3, 11, 0, 10, tzinfo=LONDON))
    assert lines(carla)[0].startswith("running · ")
    clock.append(datetime(2026, 3, 11, 0, 31, tzinfo=LONDON))
    assert lines(carla) == []


@pytest.mark.parametrize("date", [datetime(2026, 3, 29, tzinfo=LONDON), datetime(2026, 10, 25, tzinfo=LONDON)])
def test_the_days_on_which_the_clocks_change(carla: Client, cast: Cast, clock: list[datetime], date: datetime) -> None:
    for day, hour in ((date, 0), (date, 23), (date + timedelta(days=1), 0)):
        begin(cast, 0, starts_at=day.replace(hour=hour, minute=30))
    clock.append(date.replace(hour=12))
    # A session of three o'clock in March would be over.
    assert [card.one("time").text for card in cards(signed_in(cast.carla))] == ["23:30", "00:30"]


def test_the_day_is_the_gyms(carla: Client, cast: Cast, clock: list[datetime]) -> None:
    cast.northside.time_zone = "Pacific/Auckland"
    cast.northside.save()
    auckland = ZoneInfo("Pacific/Auckland")
    # In London it is still the evening before.
    clock.append(datetime(2026, 3, 11, 6, 0, tzinfo=auckland))
    begin(cast, 0, starts_at=datetime(2026, 3, 11, 18, 30, tzinfo=auckland))
    begin(cast, 0, starts_at=datetime(2026, 3, 10, 18, 30, tzinfo=auckland))
    assert [card.one("time").text for card in cards(carla)] == ["18:30"]
    assert "Wednesday 11 March" in page(carla.get(TODAY)).text


def test_the_number_of_questions_does_not_depend_on_the_day(carla: Client, cast: Cast) -> None:
    asked = []
    for minutes in (-200, -10, 60, 200):
        session = begin(cast, minutes, cast.members)
        make.place(session, cast.ana, "dowel", by=cast.carla, after=60 + minutes)
        make.place(session, cast.ben, "loaded", by=cast.kim, after=60 + minutes)
        carla.get(TODAY)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            carla.get(TODAY)
        asked.append(len(queries))
    assert len(set(asked)) == 1, asked
    # Who asks, whether there is another gym to go to or a class to make, the day's classes and the next days', and the
    # rooms.
    assert asked[0] <= 14


def test_another_gym_is_offered_to_those_who_have_one(carla: Client, cast: Cast) -> None:
    def ways(client: Client, address: str) -> list[str]:
        return [each.text for each in page(client.get(address)).one("nav", class_="ways").all("a")]

    assert "Gyms" not in ways(carla, TODAY)
    make.library(cast.harbour)
    assert "Gyms" in ways(signed_in(cast.nia_at_harbour), "/gym/harbour-strength/today/")


def test_a_cancelled_class_stands_there_as_cancelled_and_never_runs(carla: Client, cast: Cast) -> None:
    session = begin(cast, -10, cast.members)
    make.weekly_slot(session, weekday=1)
    mark(session, cast.dev, "off")
    begin(cast, 60)
    begin(cast, -300)
    with in_gym(cast.northside):
        session.cancel(at=THREE)
    assert [card.one("time").text for card in cards(carla)] == ["16:00", "14:50", "10:00"]
    cancelled = cards(carla)[1]
    assert cancelled.one("span", class_="mute").text == "cancelled · 4 on the roster · Carla C."
    assert ("aria-current" in cancelled, "data-cancelled" in cancelled) == (False, True)
    assert cancelled.one("h2").one("a")["href"].endswith("/change/")
    with in_gym(cast.northside):
        session.hold(by=cast.carla, at=THREE)
    assert lines(carla)[0].startswith("running · 4 here")


def test_a_class_that_is_not_over_can_be_changed_from_here(carla: Client, cast: Cast) -> None:
    for minutes in (-10, 60, -300):
        begin(cast, minutes)
    changes = [[link.attributes.get("aria-label") for link in card.all("a", class_="btn")] for card in cards(carla)]
    assert changes == [["Change Hinge Foundations, 14:50"], ["Change Hinge Foundations, 16:00"], [None]]


def test_the_next_days_in_short(carla: Client, cast: Cast) -> None:
    assert page(carla.get(TODAY)).all("section", class_="ahead") == []
    begin(cast, 24 * 60)
    cancelled = begin(cast, 24 * 60 + 60)
    begin(cast, 3 * 24 * 60)
    begin(cast, 7 * 24 * 60)
    with in_gym(cast.northside):
        cancelled.cancel(at=THREE)
    ahead = page(carla.get(TODAY)).one("section", class_="ahead")
    assert [day.text for day in ahead.all("dt")] == ["Wed 11 Mar", "Fri 13 Mar"]
    assert [each.text for each in ahead.all("dd")] == [
        "15:00 Hinge Foundations Carla C.",
        "16:00 Hinge Foundations cancelled",
        "15:00 Hinge Foundations Carla C.",
    ]


def test_whoever_looks_first_makes_the_classes_of_the_slots(carla: Client, cast: Cast) -> None:
    session = begin(cast, -7 * 24 * 60)
    make.weekly_slot(session, weekday=1, starts=time(15, 30), coach=cast.kim)
    assert lines(carla) == ["in 30 min · Kim K."]
    with nothing_written():
        assert lines(carla) == ["in 30 min · Kim K."]


def test_who_may(carla: Client, cast: Cast) -> None:
    begin(cast, -10)
    for person, status in ((cast.olga, 200), (cast.kim, 200), (cast.ana, 403), (cast.nia, 403), (cast.hana, 404)):
        assert person.user is not None
        carla.force_login(person.user)
        with nothing_written():
            assert carla.get(TODAY).status_code == status
            assert carla.post(TODAY).status_code == 405
