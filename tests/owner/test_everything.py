"""The owner takes everything of the gym along as one file."""

from __future__ import annotations

import pytest
from django.test import Client

from gym.models import Change
from gym.scope import in_gym
from programming.models import ClassSession
from tests import make
from tests.archives import rows_of
from tests.coach.conftest import signed_in
from tests.coach.screen import page
from tests.people import Cast

pytest_plugins = ["tests.people"]

PAGE = "/gym/northside-barbell/owner/everything/"
AUDIT = "/gym/northside-barbell/owner/audit/?theme=gym"


@pytest.fixture
def olga(cast: Cast, evening: ClassSession) -> Client:
    """She has typed her password just now."""
    client = signed_in(cast.olga)
    assert client.post("/account/reauthenticate/", {"password": make.PASSWORD}).status_code == 302
    return client


def times_taken(cast: Cast) -> list[str]:
    """Who took it, as the audit has it."""
    with in_gym(cast.northside):
        return [str(row.actor) for row in Change.objects.filter(what="gym.export").select_related("actor")]


def test_the_page_says_what_is_in_it_and_what_is_not(olga: Client, cast: Cast) -> None:
    shown = page(olga.get(PAGE))
    assert "Everybody of the gym: names, addresses, roles" in shown.text
    assert "Whatever opens something: passwords, passkeys" in shown.text
    assert shown.one("form", id="everything").one("button").text == "Take the file"
    assert shown.one("nav", id="rail").one("a", aria_current="page").text == "Everything"
    # Looking takes nothing.
    assert times_taken(cast) == []


def test_the_file_comes_as_it_is_made_and_stands_in_the_audit(olga: Client, cast: Cast) -> None:
    answer = olga.post(PAGE)
    assert answer.streaming
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="northside-barbell-20')
    content = answer.getvalue()
    assert {row["name"] for row in rows_of(content, "gym.membership")} >= {"Olga Oduya", "Ana Alves"}
    assert times_taken(cast) == ["Olga O."]
    # It tells of itself.
    assert [row["what"] for row in rows_of(content, "gym.change")][-1] == "gym.export"
    assert "Took everything of the gym along as a file" in page(olga.get(AUDIT)).text


def test_first_it_is_asked_who_it_is(evening: ClassSession, cast: Cast) -> None:
    """Whoever finds the owner's browser open takes nothing."""
    client = signed_in(cast.olga)
    for answer in (client.get(PAGE), client.post(PAGE)):
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/account/reauthenticate/")
    assert times_taken(cast) == []
    # The wrong password gives nothing, the right one what was asked for.
    way = answer.headers["Location"]
    assert client.post(way, {"password": "wrong"}).status_code == 200 and times_taken(cast) == []
    assert rows_of(client.post(way, {"password": make.PASSWORD}).getvalue(), "gym.gym")
    assert times_taken(cast) == ["Olga O."]


def test_nobody_but_an_owner(evening: ClassSession, cast: Cast) -> None:
    for who in (cast.carla, cast.ana):
        client = signed_in(who)
        client.post("/account/reauthenticate/", {"password": make.PASSWORD})
        assert client.get(PAGE).status_code == client.post(PAGE).status_code == 403
    assert times_taken(cast) == []
