"""News by mail: a move up, a new drill, the end of a hold. Once each, only what still stands, and nothing of health."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Letter, Membership
from gym.post.delivering import deliver_due
from gym.post.switching import link_to_switch_off
from programming.models import ClassSession
from programming.models.noticing import TOGETHER, USEFUL_FOR, WAIT
from tests import make
from tests.coach.conftest import signed_in
from tests.page import Element, read
from tests.people import Cast

pytest_plugins = ["tests.people"]

MY = "/gym/northside-barbell/my/"


def page(answer: Any) -> Element:
    return read(answer.content.decode())


def deliver(after: timedelta = WAIT + timedelta(minutes=1)) -> None:
    """What the worker does so much later."""
    at = timezone.now() + after
    deliver_due(lambda: at)


def assign(evening: ClassSession, cast: Cast, *, wanted: bool = True, after: int = 60) -> None:
    make.tap(evening, cast.ana, "assign", by=cast.carla, after=after, drill="cat-cow", wanted=wanted, fault="squats-it")


@pytest.fixture
def ana_moved_up(evening: ClassSession, cast: Cast) -> ClassSession:
    """Ana was placed on the wall, and then moved to the dowel."""
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "stage", by=cast.carla, after=60, stage="dowel")
    return evening


# A move up -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ana_moved_up")
def test_a_move_up_is_told_once_after_a_while(mailoutbox: list[EmailMultiAlternatives]) -> None:
    # The tap came in nine minutes ago.
    deliver(WAIT - timedelta(minutes=10))
    assert mailoutbox == []
    for _again in range(2):
        deliver()
    [mail] = mailoutbox
    assert mail.to == ["ana@northside.example"]
    assert mail.subject.endswith(": one step further")
    assert "Carla C. has moved you up at Northside Barbell: you are on the dowel now." in mail.body
    assert mail.subject.startswith("Dowel: ") and ", you are on the dowel<" in str(mail.alternatives[0][0])
    assert "http://localhost:8000/gym/northside-barbell/my/" in mail.body
    assert "http://localhost:8000/gym/northside-barbell/my/" in str(mail.alternatives[0][0])


def test_whoever_is_placed_for_the_first_time_or_moved_down_is_told_nothing(
    evening: ClassSession, cast: Cast, mailoutbox: list[Any]
) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "stage", by=cast.carla, after=60, stage="wall-tap")
    deliver()
    assert mailoutbox == []
    assert not Letter.across_gyms.exists()


def test_up_and_down_and_up_in_class_is_one_letter(
    ana_moved_up: ClassSession, cast: Cast, mailoutbox: list[Any]
) -> None:
    for after, stage in ((90, "wall-tap"), (120, "dowel"), (150, "wall-tap"), (180, "dowel")):
        make.tap(ana_moved_up, cast.ana, "stage", by=cast.carla, after=after, stage=stage)
    deliver()
    assert len(mailoutbox) == 1


def test_a_move_that_was_taken_back_is_not_told(ana_moved_up: ClassSession, cast: Cast, mailoutbox: list[Any]) -> None:
    make.tap(ana_moved_up, cast.ana, "stage", by=cast.carla, after=90, stage="wall-tap")
    deliver()
    assert mailoutbox == []


def test_a_move_that_was_undone_is_not_told(evening: ClassSession, cast: Cast, mailoutbox: list[Any]) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    key = uuid4()
    make.tap(evening, cast.ana, "stage", by=cast.carla, after=60, key=key, stage="dowel")
    make.tap(evening, cast.ana, "undo", by=cast.carla, after=90, undone=str(key))
    deliver()
    assert mailoutbox == []
    assert Letter.across_gyms.get().state == Letter.State.DROPPED


def test_a_repeated_tap_posts_nothing_more(evening: ClassSession, cast: Cast) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    key = uuid4()
    for _again in range(2):
        make.tap(evening, cast.ana, "stage", by=cast.carla, after=60, key=key, stage="dowel")
    assert Letter.across_gyms.count() == 1


def test_a_move_of_several_is_told_to_each_who_can_be_told(
    evening: ClassSession, cast: Cast, mailoutbox: list[Any]
) -> None:
    for member in cast.members:
        make.place(evening, member, "wall-tap", by=cast.carla, after=30)
    make.several(evening, cast.members, by=cast.carla, after=90, stage="dowel")
    deliver()
    told = sorted(mail.to[0] for mail in mailoutbox)
    assert told == ["ana@northside.example", "ben@northside.example", "nia@both.example"]


@pytest.mark.usefixtures("ana_moved_up")
def test_news_that_is_days_old_is_none(mailoutbox: list[Any]) -> None:
    deliver(USEFUL_FOR + timedelta(minutes=1))
    assert mailoutbox == []


# A new drill ---------------------------------------------------------------------------------------------------------


def test_a_new_drill_is_told_without_the_fault_it_is_for(
    evening: ClassSession, cast: Cast, mailoutbox: list[Any]
) -> None:
    assign(evening, cast)
    deliver()
    [mail] = mailoutbox
    assert mail.subject == "A drill for you: Cat-cow"
    for said in (mail.subject, mail.body, str(mail.alternatives[0][0])):
        assert "squat" not in said.lower()


def test_a_drill_that_was_taken_away_again_is_not_told(
    evening: ClassSession, cast: Cast, mailoutbox: list[Any]
) -> None:
    assign(evening, cast)
    assign(evening, cast, wanted=False, after=90)
    deliver()
    assert mailoutbox == []


def test_drills_that_are_given_at_once_are_one_letter(evening: ClassSession, cast: Cast, mailoutbox: list[Any]) -> None:
    for after, drill, by in ((60, "cat-cow", cast.carla), (90, "brace", cast.kim), (120, "glute-bridge", cast.carla)):
        make.tap(evening, cast.ana, "assign", by=by, after=after, drill=drill, wanted=True, fault="squats-it")
    # One of them is taken away again before the letter goes.
    make.tap(evening, cast.ana, "assign", by=cast.carla, after=150, drill="glute-bridge", wanted=False)
    deliver()
    [mail] = mailoutbox
    assert mail.subject == "2 drills for you"
    for said in (mail.body, str(mail.alternatives[0][0])):
        assert "Cat-cow (Carla C.)" in said
        assert "Brace work (Kim K.)" in said
        assert "bridge" not in said


def test_a_drill_that_is_given_later_has_a_letter_of_its_own(
    evening: ClassSession, cast: Cast, mailoutbox: list[Any]
) -> None:
    """No drill is told twice, and none is left out, whichever side of the time it comes in on."""
    begun = timezone.now()
    for seconds, drill in ((0, "cat-cow"), (-1, "brace"), (0, "glute-bridge")):
        came_in = begun + (TOGETHER + timedelta(seconds=seconds) if drill != "cat-cow" else timedelta())
        with time_machine.travel(came_in, tick=False):
            make.tap(evening, cast.ana, "assign", by=cast.carla, drill=drill, wanted=True, fault="squats-it")
    assert Letter.across_gyms.count() == 2
    deliver(WAIT + timedelta(hours=1))
    assert [mail.subject for mail in mailoutbox] == ["2 drills for you", "A drill for you: Glute bridge"]


# The end of a hold ---------------------------------------------------------------------------------------------------


def test_the_end_of_a_hold_tells_nothing_of_it(evening: ClassSession, cast: Cast, mailoutbox: list[Any]) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=60, where="knee")
    make.tap(evening, cast.ana, "clear", by=cast.carla, after=90, note="swelling is gone")
    deliver()
    [mail] = mailoutbox
    assert mail.subject == "News from Northside Barbell"
    assert "all your drills are open to you again" in mail.body
    for said in (mail.subject, mail.body, str(mail.alternatives[0][0])):
        assert not re.search("pain|hurt|hold|knee|swelling|injur", said, re.IGNORECASE)


def test_whoever_is_held_again_is_told_of_no_end(evening: ClassSession, cast: Cast, mailoutbox: list[Any]) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=60, where="knee")
    make.tap(evening, cast.ana, "clear", by=cast.carla, after=90, note="fine")
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=150, where="hip")
    deliver()
    assert mailoutbox == []


# To whom -------------------------------------------------------------------------------------------------------------


def move_up(evening: ClassSession, member: Membership, by: Membership) -> None:
    make.place(evening, member, "wall-tap", by=by, after=30)
    make.tap(evening, member, "stage", by=by, after=60, stage="dowel")


def test_of_a_minor_the_guardian_is_told(evening: ClassSession, cast: Cast, mailoutbox: list[Any]) -> None:
    Membership.across_gyms.filter(pk=cast.dev.pk).update(is_minor=True, guardian_email="parent@home.example")
    move_up(evening, cast.dev, cast.carla)
    deliver()
    [mail] = mailoutbox
    assert mail.to == ["parent@home.example"]
    assert "Carla C. has moved Dev D. up at Northside Barbell: the stage is now dowel." in mail.body
    # They have no sign-in that such a link could lead to.
    assert MY not in mail.body


def test_a_minor_without_a_guardians_address_reads_that_nobody_is_written_to(cast: Cast) -> None:
    theirs = Membership.across_gyms.filter(pk=cast.ana.pk)
    for known, says in (("", "to nobody about you"), ("parent@home.example", "to your guardian when:")):
        theirs.update(is_minor=True, guardian_email=known)
        assert f"The gym writes {says}" in page(signed_in(cast.ana).get(MY)).one("section", id="mail").text


def test_whoever_has_no_address_costs_nothing(evening: ClassSession, cast: Cast) -> None:
    make.place(evening, cast.dev, "wall-tap", by=cast.carla, after=30)
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    asked = []
    for member in (cast.dev, cast.ana):
        with CaptureQueriesContext(connection) as queries:
            make.tap(evening, member, "stage", by=cast.carla, after=60, stage="dowel")
        asked.append(len(queries))
    assert Letter.across_gyms.count() == 1
    # The letter's own row, and nothing read for it.
    assert asked[1] - asked[0] == 1


@pytest.mark.usefixtures("ana_moved_up")
def test_whoever_left_the_gym_meanwhile_is_told_nothing(cast: Cast, mailoutbox: list[Any]) -> None:
    cast.ana.leave()
    deliver()
    assert mailoutbox == []


# Switched off and on: on My drills -----------------------------------------------------------------------------------


def switches(client: Client) -> dict[str, bool]:
    form = page(client.get(MY)).one(id="mail").one("form")
    return {box["name"]: "checked" in box for box in form.all("input", type="checkbox")}


def test_each_kind_is_switched_on_my_drills(evening: ClassSession, cast: Cast, mailoutbox: list[Any]) -> None:
    ana = signed_in(cast.ana)
    assert switches(ana) == {"mail_moves": True, "mail_drills": True, "mail_holds": True}
    assert ana.post(f"{MY}mail/", {"mail_drills": "on"}).status_code == 302
    assert switches(ana) == {"mail_moves": False, "mail_drills": True, "mail_holds": False}
    move_up(evening, cast.ana, cast.carla)
    assign(evening, cast, after=90)
    deliver()
    assert [mail.subject for mail in mailoutbox] == ["A drill for you: Cat-cow"]


@pytest.mark.usefixtures("ana_moved_up")
def test_switched_off_while_a_letter_waits_it_is_not_sent(cast: Cast, mailoutbox: list[Any]) -> None:
    signed_in(cast.ana).post(f"{MY}mail/", {})
    deliver()
    assert mailoutbox == []


# Switched off by the link in a letter --------------------------------------------------------------------------------


@pytest.fixture
def link(ana_moved_up: ClassSession, mailoutbox: list[Any]) -> str:
    """The address in the letter about Ana's move."""
    deliver()
    [mail] = mailoutbox
    found = re.fullmatch(r"<http://localhost:8000(/mail/\S+/)>", mail.extra_headers["List-Unsubscribe"])
    assert found
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found[1] in mail.body and found[1] in str(mail.alternatives[0][0])
    return found[1]


def wants(member: Membership) -> tuple[bool, bool, bool]:
    found = Membership.across_gyms.get(pk=member.pk)
    return (found.mail_moves, found.mail_drills, found.mail_holds)


def test_to_open_the_link_changes_nothing(link: str, cast: Cast) -> None:
    for _method in ("get", "head"):
        answer = getattr(Client(), _method)(link)
        assert answer.status_code == 200
    shown = page(Client().get(link))
    assert [button.text for button in shown.one("main").all("button")] == ["Write no more about it"]
    assert wants(cast.ana) == (True, True, True)


def test_one_click_switches_off_that_kind_alone(link: str, cast: Cast) -> None:
    """As RFC 8058 has it: no session, no cookie, no token of a form, no redirect."""
    answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert wants(cast.ana) == (False, True, True)
    assert wants(cast.ben) == (True, True, True)
    # Twice is harmless.
    assert Client().post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wants(cast.ana) == (False, True, True)


def test_the_page_says_what_it_switched_off_and_puts_it_back(link: str, cast: Cast) -> None:
    shown = page(Client().post(link, {"wanted": "off"})).one("main")
    assert shown.one("h1").text == "You have no more of this mail"
    assert "no longer writes to you about moves up" in shown.text
    back = shown.one("form").one("button")
    shown = page(Client().post(link, {back["name"]: back["value"]})).one("main")
    assert shown.one("h1").text == "You have this mail again"
    assert wants(cast.ana) == (True, True, True)


def test_a_link_that_was_made_up_switches_nothing(link: str, cast: Cast) -> None:
    for made_up in (link[:-3] + "/", link.replace("/mail/", "/mail/x"), "/mail/x/", "/mail/%00/"):
        answer = Client().post(made_up, {"wanted": "off"})
        assert answer.status_code in (400, 404), made_up
    assert wants(cast.ana) == (True, True, True)


def test_a_link_serves_one_person_and_one_switch(cast: Cast) -> None:
    other = link_to_switch_off(cast.ana, "is_active").removeprefix("http://localhost:8000")
    assert Client().post(other, {"wanted": "off"}).status_code == 404
    cast.ana.refresh_from_db(from_queryset=Membership.across_gyms.all())
    assert cast.ana.is_active


def test_whoever_left_has_nothing_to_switch(link: str, cast: Cast) -> None:
    cast.ana.leave()
    assert Client().post(link, {}).status_code == 404
