"""Practised: a member says with one tap that a drill is done, and takes it back; their coaches see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from gym.models import Membership
from gym.scope import in_gym
from programming.models import ClassSession, Drill, Homework, Placement, Practice, Tap, Undo
from programming.models.practising import OwnTap
from programming.models.recording import Answer
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import HTMX, Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytest_plugins = ["tests.people"]

MY = "/gym/northside-barbell/my/"
PRACTISED, UNDO = f"{MY}practised/", f"{MY}undo/"
# A Friday.
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=ZoneInfo("Europe/London"))
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """It is Friday noon; the evening's class began at ten to twelve."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(params=["htmx", "plain"])
def phone(request: pytest.FixtureRequest, cast: Cast, evening: ClassSession) -> Phone:
    """Ana's phone, with scripts and without. She is on the dowel, and has cat-cow to do at home."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=10)
    make.tap(evening, cast.ana, "assign", by=cast.carla, after=30, drill="cat-cow", wanted=True)
    return Phone(signed_in(cast.ana), scripts=request.param == "htmx")


class Phone:
    """A member's phone on their own page."""

    def __init__(self, client: Client, *, scripts: bool = False) -> None:
        self.client, self.scripts = client, scripts

    def card(self, drill: str = "cat-cow") -> Element:
        """The drill's card, newly loaded."""
        return page(self.client.get(MY)).one("article", id=f"drill-{drill}")

    def says(self, drill: str = "cat-cow") -> str:
        """What its card says of practice; empty where that is hidden."""
        done = self.card(drill).one("p", class_="done")
        return "" if "hidden" in done else done.text

    def post(self, address: str, **values: Any) -> Response:
        sent = {name: str(value) for name, value in values.items()}
        return self.client.post(address, sent, headers=HTMX if self.scripts else {})

    def practise(self, drill: str = "cat-cow", **values: Any) -> UUID:
        """Press "Practised"; answers the tap's key."""
        key = values.pop("tap", None) or uuid4()
        answer = self.post(PRACTISED, drill=drill, tap=key, **values)
        assert (answer.status_code, answer["X-Op"]) == (200 if self.scripts else 302, str(key))
        return key

    def undo(self, drill: str = "cat-cow") -> Response:
        """Press the Undo that the card shows."""
        form = next(form for form in self.card(drill).all("form") if form["action"] == UNDO)
        assert "hidden" not in form
        return self.post(UNDO, undone=form.one("input", name="undone")["value"], tap=uuid4())


def count(member: Membership) -> int:
    """How many practices of theirs stand."""
    with in_gym(member.gym):
        return Practice.objects.filter(member=member).standing().count()


def record(
    member: Membership, drill: str = "cat-cow", *, key: UUID | None = None, ago: timedelta = timedelta()
) -> Answer:
    tap = OwnTap(kind=Tap.Kind.PRACTISED, by=member, values={"drill": drill}, key=key or uuid4(), age=ago)
    with in_gym(member.gym):
        return tap.record()


# --- On the phone ----------------------------------------------------------------------------------------------------


def test_one_tap_and_it_is_done_for_today(phone: Phone, cast: Cast, clock: time_machine.Traveller) -> None:
    assert phone.says() == ""
    phone.practise()
    assert phone.says() == "practised today"
    assert "data-done" in phone.card().one("div", class_="acts practised")
    # No other one is.
    assert phone.says("dowel-hinge") == ""
    clock.shift(30 * MINUTE)
    phone.practise()
    assert phone.says() == "practised today, 2×"
    # Whether she still has it from her coach or not, her phone has the days right.
    for days, words in ((1, "practised yesterday"), (2, "practised 3 days ago"), (20, "practised on 27 November")):
        clock.shift(timedelta(days=days))
        phone.client = signed_in(cast.ana)
        assert phone.says() == words
    assert "data-done" not in phone.card().one("div", class_="acts practised")
    assert all("hidden" in form for form in phone.card().all("form") if form["action"] == UNDO)


def test_undo_takes_the_last_one_back(phone: Phone, cast: Cast, clock: time_machine.Traveller) -> None:
    phone.practise()
    clock.shift(MINUTE)
    phone.practise()
    for left in ("practised today", ""):
        assert phone.undo().status_code in (200, 302)
        assert phone.says() == left
    # History keeps both.
    with in_gym(cast.northside):
        assert (Practice.objects.count(), Undo.objects.count(), count(cast.ana)) == (2, 2, 0)


def test_the_answer_is_the_card_or_leads_to_it(phone: Phone) -> None:
    answer = phone.post(PRACTISED, drill="cat-cow", tap=uuid4())
    if phone.scripts:
        assert page(answer).one("article", id="drill-cat-cow").one("p", class_="done").text == "practised today"
    else:
        assert answer["Location"] == f"{MY}#drill-cat-cow"


def test_when_it_landed_counts_and_not_when_it_was_sent(phone: Phone, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=2))
    phone.practise(age=24 * 3600 * 1000)
    assert phone.says() == "practised yesterday"


def test_a_drill_that_was_ended_goes_away(phone: Phone, cast: Cast, evening: ClassSession) -> None:
    phone.practise()
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=evening.pk).update(finished_at=NOON)
    make.tap(evening, cast.ana, "assign", by=cast.carla, drill="cat-cow", wanted=False)
    assert "Cat-cow" not in [card.one("h3").text for card in page(phone.client.get(MY)).all("article")]
    # What was tapped before somebody knew is taken, and draws nothing.
    answer = phone.post(PRACTISED, drill="cat-cow", tap=uuid4(), age=30_000)
    assert answer.status_code == (200 if phone.scripts else 302)
    assert not phone.scripts or answer.content == b""


# --- Once ------------------------------------------------------------------------------------------------------------


def test_the_same_tap_twice_is_one(phone: Phone, cast: Cast, clock: time_machine.Traveller) -> None:
    key = phone.practise()
    clock.shift(MINUTE)
    with nothing_written():
        phone.practise(tap=key)
    # The same key with another drill is a mistake.
    with nothing_written():
        assert phone.post(PRACTISED, drill="dowel-hinge", tap=key).status_code == 409


@pytest.mark.parametrize(("seconds", "times"), [(0, 1), (19, 1), (20, 2)])
def test_two_within_a_slip_of_time_are_one(
    cast: Cast, evening: ClassSession, clock: time_machine.Traveller, seconds: int, times: int
) -> None:
    clock.shift(MINUTE)
    record(cast.ana, ago=timedelta(seconds=seconds))
    second = record(cast.ana)
    assert (count(cast.ana), second.tap.outcome) == (times, "applied" if times == 2 else "unchanged")
    # Another drill, and somebody else's, are none of it; nor is one that was taken back.
    record(cast.ana, "dowel-hinge")
    record(cast.ben)
    assert (count(cast.ana), count(cast.ben)) == (times + 1, 1)


def test_one_that_was_taken_back_is_no_slip(phone: Phone, cast: Cast) -> None:
    phone.practise()
    phone.undo()
    phone.practise()
    assert count(cast.ana) == 1


def test_undone_twice_is_harmless(phone: Phone, cast: Cast) -> None:
    key = phone.practise()
    for _time in range(2):
        assert phone.post(UNDO, undone=key, tap=uuid4()).status_code in (200, 302)
    with in_gym(cast.northside):
        assert Undo.objects.count() == 1


# --- Refused ---------------------------------------------------------------------------------------------------------


def test_what_is_refused_says_why(phone: Phone, cast: Cast) -> None:
    before = count(cast.ana)
    for address, values, words in (
        (PRACTISED, {"drill": "no-such-drill"}, "This gym has no such drill."),
        (PRACTISED, {}, "This tap did not arrive whole. Tap again."),
        (UNDO, {"undone": uuid4()}, "There is nothing of yours to undo."),
        (UNDO, {}, "This tap did not arrive whole. Tap again."),
    ):
        answer = phone.post(address, tap=uuid4(), **values)
        assert (answer.status_code, bool(answer["X-Op"])) == (422, True)
        said = answer.content.decode().strip() if phone.scripts else page(answer).one("p", role="alert").text
        assert said == words
    assert count(cast.ana) == before


def test_nobody_undoes_what_is_anothers(phone: Phone, cast: Cast, evening: ClassSession) -> None:
    theirs = record(cast.ben).tap
    assert phone.post(UNDO, undone=theirs.key, tap=uuid4()).status_code == 422
    # Nor what a coach tapped of her.
    coachs = make.tap(evening, cast.ana, "saw", by=cast.carla, saw="clean").tap
    assert phone.post(UNDO, undone=coachs.key, tap=uuid4()).status_code == 422
    assert count(cast.ben) == 1
    with in_gym(cast.northside):
        assert Undo.objects.count() == 0


def test_a_tap_that_names_somebody_else_stays_on_the_phone(phone: Phone, cast: Cast) -> None:
    """Ben has signed in on Ana's phone: her taps wait there for her."""
    with nothing_written():
        answer = phone.post(PRACTISED, drill="cat-cow", tap=uuid4(), coach=cast.ben.pk)
    assert (answer.status_code, "X-Op" in answer) == (401, False)
    phone.practise(coach=cast.ana.pk)
    assert count(cast.ana) == 1


def test_in_one_gym_alone(cast: Cast, evening: ClassSession) -> None:
    nia = Phone(signed_in(cast.nia))
    make.library(cast.harbour)
    nia.practise()
    assert (count(cast.nia), count(cast.nia_at_harbour)) == (1, 0)
    with nothing_written():
        assert Phone(signed_in(cast.sam)).post(PRACTISED, drill="cat-cow").status_code == 404
        assert Phone(Client()).post(PRACTISED, drill="cat-cow").status_code == 302


# --- What coaches see ------------------------------------------------------------------------------------------------


@pytest.fixture
def later(cast: Cast, evening: ClassSession, clock: time_machine.Traveller) -> ClassSession:
    """Carla saw Ana on Friday; this is Monday's class, which has just begun."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=10)
    make.tap(evening, cast.ana, "saw", by=cast.carla, after=60, saw="clean")
    clock.shift(timedelta(days=3))
    with in_gym(cast.northside):
        # Nothing is of before somebody came.
        Membership.objects.filter(pk=cast.ana.pk).update(joined_at=NOON - timedelta(weeks=9))
    return make.class_session(cast.northside, [cast.ana, cast.ben], coach=cast.carla)


def test_the_row_says_it_until_she_is_seen(cast: Cast, later: ClassSession) -> None:
    board = Screen(signed_in(cast.carla), later, cast.carla)
    assert "practised" not in board.line(cast.ana)
    for hours in (60, 30, 4):
        record(cast.ana, "cat-cow", ago=timedelta(hours=hours))
    assert board.line(cast.ana) == "clean 1 of 2 · practised 3× since Fri"
    # Before she was seen does not count; nor does Ben's.
    record(cast.ana, ago=timedelta(hours=80))
    record(cast.ben, ago=timedelta(hours=1))
    assert board.line(cast.ana).endswith("practised 3× since Fri")
    assert board.line(cast.ben) == "no stage yet · practised 1×"
    make.tap(later, cast.ana, "saw", by=cast.carla, saw="clean")
    assert "practised" not in board.line(cast.ana)


def test_what_matters_more_goes_first(cast: Cast, later: ClassSession) -> None:
    board = Screen(signed_in(cast.carla), later, cast.carla)
    record(cast.ana, ago=timedelta(hours=1))
    make.tap(later, cast.ana, "pain", by=cast.carla, where="knee")
    assert board.line(cast.ana).startswith("PAIN · held · ") and "practised" not in board.line(cast.ana)


def test_open_boards_draw_anew_where_she_is(cast: Cast, evening: ClassSession) -> None:
    others = make.class_session(cast.northside, [cast.ben], coach=cast.kim)

    def versions() -> list[int]:
        with in_gym(cast.northside):
            return [ClassSession.objects.get(pk=each.pk).version for each in (evening, others)]

    first = versions()
    record(cast.ana)
    assert versions() == [first[0] + 1, first[1]]
    record(cast.ana)
    # A slip changes nothing that a screen shows.
    assert versions() == [first[0] + 1, first[1]]


def test_her_sheet_counts_each_drill_since_it_was_given(cast: Cast, later: ClassSession) -> None:
    for after, drill in ((10, "brace"), (20, "cat-cow")):
        make.tap(later, cast.ana, "assign", by=cast.carla, after=after, drill=drill, wanted=True)
    for hours in (20, 3):
        record(cast.ana, "dowel-hinge", ago=timedelta(hours=hours))
    record(cast.ana, "cat-cow")
    sheet = Screen(signed_in(cast.carla), later, cast.carla).get(f"{cast.ana.pk}/member/")
    shown = page(sheet)
    assert "not practised yet" in shown.one("li", id="home-brace").text
    assert "practised 1× today" in shown.one("li", id="home-cat-cow").text
    assert "practised 3× since Fri" in shown.one("div", id="member").one("header").text
    lines = [(line.one("time").text, line.one("span").text) for line in shown.one("details", id="practised").all("li")]
    assert lines == [("today", "Cat-cow"), ("today", "Dowel hinge"), ("Sun 29", "Dowel hinge")]


def test_no_rule_of_the_ladder_has_a_part_in_it(cast: Cast, later: ClassSession) -> None:
    """It moves nobody, and is no assessment."""
    with in_gym(cast.northside):
        before = list(Placement.objects.order_by("pk").values())
    for hours in range(9):
        record(cast.ana, "dowel-hinge", ago=timedelta(hours=hours))
    with in_gym(cast.northside):
        assert list(Placement.objects.order_by("pk").values()) == before


def test_what_boards_read_is_what_history_says(
    cast: Cast, evening: ClassSession, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=9))
    keys = [record(cast.ana, ago=timedelta(hours=hours)).tap.key for hours in (5, 90, 40)]
    with in_gym(cast.northside):
        OwnTap(kind=Tap.Kind.UNDO, by=cast.ana, values={"undone": str(keys[2])}).record()
        row = Homework.objects.get(member=cast.ana)
        standing = Practice.objects.filter(member=cast.ana).standing().order_by("-at")
        assert row.times == [int(at.timestamp()) for at in standing.values_list("at", flat=True)]
        assert len(row.times) == 2


def test_a_retired_drill_was_practised_all_the_same(cast: Cast, evening: ClassSession) -> None:
    with in_gym(cast.northside), transaction.atomic():
        Drill.objects.filter(key="cat-cow").update(retired_at=NOON)
    assert record(cast.ana).tap.outcome == "applied"
