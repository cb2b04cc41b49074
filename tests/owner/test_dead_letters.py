"""The owner's page of letters that could not be sent: what, to whom, why; try again, or dismiss."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Letter, Membership
from gym.post import post
from gym.post.delivering import deliver_due
from tests.coach.conftest import signed_in
from tests.page import Element, read
from tests.people import Cast

pytest_plugins = ["tests.people"]

MAIL = "/gym/northside-barbell/owner/mail/"


def given_up(person: Membership, key: str = "1", problem: str = Letter.Problem.NO_SUCH_ADDRESS, **more: Any) -> Letter:
    """A letter of a kind that can be sent, which nobody took."""
    letter = post("login_code", person=person, key=key, about={"code": "SECRET"}, **more)
    Letter.across_gyms.filter(pk=letter.pk).update(
        state=Letter.State.DEAD, problem=problem, error="550 no such user", settled_at=timezone.now()
    )
    return letter


@pytest.fixture
def olga(cast: Cast) -> Client:
    """The owner's browser."""
    return signed_in(cast.olga)


def page(answer: Any) -> Element:
    return read(answer.content.decode())


def state(letter: Letter) -> str:
    return str(Letter.across_gyms.get(pk=letter.pk).state)


def test_where_all_were_sent_it_says_so(olga: Client) -> None:
    assert "every letter of this gym was sent" in page(olga.get(MAIL)).one("main").text


def test_it_says_what_to_whom_and_why(olga: Client, cast: Cast) -> None:
    letter = given_up(cast.ana)
    row = page(olga.get(MAIL)).one(id=f"letter-{letter.pk}")
    for said in ("A sign-in code", "Ana A.", "ana@northside.example", "takes nothing for this address", "550 no such"):
        assert said in row.text, said
    # What it says is its reader's alone.
    assert "SECRET" not in olga.get(MAIL).content.decode()


def test_a_reason_that_only_a_newer_release_knows_is_no_mistake_of_the_page(olga: Client, cast: Cast) -> None:
    letter = given_up(cast.ana, problem="eaten_by_dogs")
    assert "550 no such user" in page(olga.get(MAIL)).one(id=f"letter-{letter.pk}").text


def test_what_waits_was_sent_or_belongs_to_another_gym_is_not_there(olga: Client, cast: Cast) -> None:
    post("login_code", person=cast.ana, key="waits", about={})
    given_up(cast.sam, "of Harbour")
    post("login_code", to="carla@northside.example", key="of nobody")
    Letter.across_gyms.filter(key="of nobody").update(state=Letter.State.DEAD, settled_at=timezone.now())
    assert page(olga.get(MAIL)).all("tr") == []


def test_try_again_sends_it(olga: Client, cast: Cast, mailoutbox: list[Any]) -> None:
    letter = given_up(cast.ana)
    answer = olga.post(f"{MAIL}{letter.pk}/again/", follow=True)
    assert "It is on its way." in page(answer).one("main").text
    deliver_due()
    assert [mail.to for mail in mailoutbox] == [["ana@northside.example"]]
    # Twice is harmless.
    assert "nothing left to send" in page(olga.post(f"{MAIL}{letter.pk}/again/", follow=True)).one("main").text
    deliver_due()
    assert len(mailoutbox) == 1


def test_what_is_of_no_use_any_more_can_only_be_dismissed(olga: Client, cast: Cast) -> None:
    made = timezone.now() - timedelta(hours=1)
    letter = given_up(cast.ana, at=made, useful_for=timedelta(minutes=15), problem=Letter.Problem.TOO_LATE)
    row = page(olga.get(MAIL)).one(id=f"letter-{letter.pk}")
    assert [button.text for button in row.all("button")] == ["Dismiss"]
    olga.post(f"{MAIL}{letter.pk}/again/")
    assert state(letter) == Letter.State.DEAD


def test_dismiss_lets_it_be(olga: Client, cast: Cast, mailoutbox: list[Any]) -> None:
    letter = given_up(cast.ana)
    for _again in range(2):
        assert olga.post(f"{MAIL}{letter.pk}/dismiss/").status_code == 302
    assert page(olga.get(MAIL)).all("tr") == []
    deliver_due()
    assert mailoutbox == []
    assert Letter.across_gyms.get().about == {}


def test_the_letters_of_another_gym_are_not_there(olga: Client, cast: Cast) -> None:
    theirs = given_up(cast.sam)
    for what in ("again", "dismiss"):
        assert olga.post(f"{MAIL}{theirs.pk}/{what}/").status_code == 404
    assert state(theirs) == Letter.State.DEAD


def test_one_letter_costs_what_forty_cost(olga: Client, cast: Cast) -> None:
    counts = []
    for keys in (range(1), range(1, 40)):
        for key in keys:
            given_up(cast.ana, str(key))
        with CaptureQueriesContext(connection) as queries:
            olga.get(MAIL)
        counts.append(len(queries))
    assert counts[0] == counts[1]
