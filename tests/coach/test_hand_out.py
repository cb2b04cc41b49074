"""The hand-out: a coach prints a member's own page for them, also where there is no account."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from gym.models import Gym, Invitation, Membership
from gym.scope import in_gym
from programming.qr import qr
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


def hand_out(screen: Screen, member: Membership) -> Element:
    answer = screen.client.get(f"{screen.board_url}{member.pk}/hand-out/")
    assert answer.status_code == 200
    return page(answer).one("main")


def test_it_says_what_the_members_own_page_says(paper: Screen, cast: Cast) -> None:
    make.place(paper.session, cast.ana, "dowel", by=cast.carla)
    given: dict[str, Any] = {"drill": "wrong-then-right", "fault": "chin-up", "wanted": True}
    make.tap(paper.session, cast.ana, "assign", by=cast.carla, after=70, **given)
    printed = hand_out(paper, cast.ana)
    own = page(signed_in(cast.ana).get(f"/gym/{cast.northside.slug}/my/")).one("main")
    assert printed.one("h1").text == own.one("h1").text == "Ana, you are on the dowel"
    for part in ("ul", "h3"):
        assert [each.text for each in printed.all(part)] == [each.text for each in own.all(part)]
    assert len(printed.all("h3")) == 7
    assert "Because of “looks up” today · Carla C." in printed.text
    # Nothing that a finger would do.
    assert printed.all("form") == []


def test_the_code_leads_to_the_page_of_somebody_with_an_account(paper: Screen, cast: Cast) -> None:
    code = qr(f"http://testserver/gym/{cast.northside.slug}/my/", on_paper=True)
    assert hand_out(paper, cast.ana).one("svg", class_="qr").one("path")["d"] == code.path
    own = page(signed_in(cast.ana).get(f"/gym/{cast.northside.slug}/my/"))
    assert own.one("svg", class_="qr").one("path")["d"] == code.path


def test_without_an_account_there_is_no_code(paper: Screen, cast: Cast) -> None:
    robin = make.person(cast.northside, "Robin Ito")
    make.roster(paper.session, robin)
    make.place(paper.session, robin, "wall-tap", by=cast.carla)
    printed = hand_out(paper, robin)
    assert printed.one("h1").text == "Robin, you are on the wall tap"
    assert printed.all("svg", class_="qr") == []


@pytest.fixture
def robin(paper: Screen, cast: Cast) -> Membership:
    """On the roster, and without an account."""
    robin = make.person(cast.northside, "Robin Ito")
    make.roster(paper.session, robin)
    return robin


def test_an_invitation_is_printed_where_the_coach_asks_for_one(paper: Screen, cast: Cast, robin: Membership) -> None:
    address = f"{paper.board_url}{robin.pk}/hand-out/"
    asks = hand_out(paper, robin).one("form", id="with-invitation")
    # Pressed twice it is one invitation.
    for _press in range(2):
        assert paper.client.post(address).headers["Location"] == f"{address}?invitation"
    with in_gym(cast.northside):
        made = Invitation.objects.get()
    assert (made.person, made.made_by, made.role, made.email) == (robin, cast.carla, "member", "")
    printed = page(paper.client.get(f"{address}?invitation")).one("main")
    link = f"http://testserver/gym/{cast.northside.slug}/invitation/{made.token}/"
    assert printed.one("svg", class_="qr").one("path")["d"] == qr(link, on_paper=True).path
    assert "For you alone, once, until " in printed.one("p", class_="way-back paper").text
    assert printed.all("form") == [] and asks.one("button").text == "Print an invitation on it"
    # Not asked for, not printed; nor once it lets nobody in any more.
    assert hand_out(paper, robin).all("svg", class_="qr") == []
    with in_gym(cast.northside):
        made.revoke(at=timezone.now())
    assert page(paper.client.get(f"{address}?invitation")).one("main").all("svg", class_="qr") == []


def test_nobody_else_is_invited_on_paper(paper: Screen, cast: Cast, robin: Membership) -> None:
    address = f"{paper.board_url}{{}}/hand-out/"
    for change, status in (({"is_minor": True}, 403), ({"is_coach": True}, 403), ({"user": cast.sam.user}, 302)):
        with in_gym(cast.northside):
            Membership.objects.filter(pk=robin.pk).update(**{"is_minor": False, "is_coach": False, **change})
        with nothing_written():
            assert paper.client.post(address.format(robin.pk)).status_code == status, change
            assert hand_out(paper, robin).all("form") == []
    with nothing_written():
        assert signed_in(cast.ana).post(address.format(robin.pk)).status_code == 403
        assert paper.client.post(address.format(cast.sam.pk)).status_code == 404


def test_nothing_of_a_note_nor_where_it_hurts(paper: Screen, cast: Cast) -> None:
    make.place(paper.session, cast.ana, "loaded", by=cast.carla)
    make.tap(paper.session, cast.ana, "note", by=cast.carla, after=80, note="PRIVATE WORDS")
    make.tap(paper.session, cast.ana, "pain", by=cast.carla, after=110, where="low_back")
    printed = hand_out(paper, cast.ana)
    assert "On hold" in printed.text and "Loaded hinge" not in [each.text for each in printed.all("h3")]
    assert "PRIVATE" not in printed.text
    assert "back" not in printed.one("section", id="on-hold").text


def test_the_member_sheet_leads_to_it_and_it_leads_back(paper: Screen, cast: Cast) -> None:
    sheet = f"{paper.board_url}{cast.ana.pk}/member/"
    found = page(paper.client.get(sheet)).one("section", id="home").all("a")
    assert [each["href"] for each in found if each.text == "Hand-out to print"] == [
        f"{paper.board_url}{cast.ana.pk}/hand-out/"
    ]
    assert sheet in [each["href"] for each in hand_out(paper, cast.ana).all("a")]


def test_it_is_in_the_language_and_units_of_whoever_takes_it_home(paper: Screen, cast: Cast) -> None:
    Gym.objects.filter(pk=cast.northside.pk).update(language="de")
    Membership.across_gyms.filter(pk=cast.ana.pk).update(language="fr", units="imperial")
    make.place(paper.session, cast.ana, "loaded", by=cast.carla, after=30)
    make.tap(paper.session, cast.ana, "setting", by=cast.carla, after=60, stage="loaded", setting=16_000)
    answer = paper.client.get(f"{paper.board_url}{cast.ana.pk}/hand-out/")
    printed, own = page(answer), page(signed_in(cast.ana).get(f"/gym/{cast.northside.slug}/my/"))
    assert printed.one("html")["lang"] == "fr"
    assert printed.one("main").one("h1").text == own.one("main").one("h1").text
    assert "35 lb" in printed.one("main").text and "16 kg" not in printed.one("main").text
    # The coach reads on as before.
    assert page(paper.client.get(paper.board_url)).one("html")["lang"] == "de"


def test_looking_at_it_writes_nothing(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        hand_out(paper, cast.ana)
