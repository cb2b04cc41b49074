"""The owner's TVs: a link is made and shown once, named, given a room, revoked."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from gym.models import Membership
from programming.models import Screen
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.people import Cast
from tests.screen.tv import Tv

pytest_plugins = ["tests.people"]

URL = "/gym/northside-barbell/owner/screens/"


@pytest.fixture
def owner(cast: Cast) -> Client:
    return signed_in(cast.olga)


def only() -> Screen:
    return Screen.across_gyms.get()


def test_a_link_is_made_and_shown_once(owner: Client, cast: Cast) -> None:
    form = page(owner.get(URL)).one("form", id="make-screen")
    sent = {"key": form.one("input", name="key")["value"], "name": "Front wall", "room": "Loft"}
    answer = owner.post(URL, sent)
    assert answer.status_code == 200
    shown = page(answer)
    link = shown.one("input", id="link")["value"]
    found = re.fullmatch(r"http://testserver(/gym/northside-barbell/screen/([\w-]{32})/)", link)
    assert found
    assert shown.one("path", d=shown.one("svg", class_="qr").one("path")["d"])
    screen = only()
    assert (screen.name, screen.room, screen.made_by, screen.gym) == ("Front wall", "Loft", cast.olga, cast.northside)
    # It opens a TV, for whoever has it.
    assert Client().get(found[1]).status_code == 200
    # Nothing that is stored tells it, and no other page shows it.
    assert found[2] not in repr(Screen.across_gyms.values_list())
    assert found[2] not in owner.get(URL).content.decode()
    # The same button pressed again makes no second TV.
    with nothing_written():
        again = owner.post(URL, sent, follow=True)
    assert "is there already" in page(again).one("ul", id="messages").text
    assert found[2] not in again.content.decode()


@pytest.mark.parametrize(
    ("name", "room", "said"),
    [
        ("", "", "Give the TV a name."),
        ("\u200b", "", "Give the TV a name."),
        ("x" * 61, "", "at most 60"),
        ("Wall", "x" * 61, "at most 60"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(owner: Client, name: str, room: str, said: str) -> None:
    with nothing_written():
        answer = owner.post(URL, {"key": str(uuid4()), "name": name, "room": room})
    assert answer.status_code == 422
    shown = page(answer)
    assert said in shown.one("ul", class_="errorlist").text
    assert shown.one("input", name="room")["value"] == room if room else True


def test_another_name_and_room_and_the_same_link(owner: Client, cast: Cast) -> None:
    screen, token = make.screen(cast.northside, cast.olga)
    answer = owner.post(f"{URL}{screen.pk}/", {"name": "Back wall", "room": " Loft "})
    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    assert (only().name, only().room) == ("Back wall", "Loft")
    assert Tv(screen, token).open().status_code == 200
    with nothing_written():
        assert owner.post(f"{URL}{screen.pk}/", {"name": ""}).status_code == 422


def test_a_room_is_spelled_as_the_classes_have_it(owner: Client, cast: Cast) -> None:
    make.library(cast.northside)
    make.weekly_slot(make.class_session(cast.northside), room="Main floor")
    answer = owner.post(URL, {"key": str(uuid4()), "name": "Front wall", "room": "MAIN  Flóor "})
    assert only().room == "Main floor"
    assert "No class has" not in page(answer).text + page(owner.get(URL)).text


def test_a_room_that_no_class_has_is_taken_and_said(owner: Client, cast: Cast) -> None:
    answer = owner.post(URL, {"key": str(uuid4()), "name": "Front wall", "room": "Attic"})
    said = "No class has the room “Attic” yet: the TV shows none until one does."
    assert (only().room, page(answer).one("p", class_="warning").text) == ("Attic", said)
    assert "No class has this room" in page(owner.get(URL)).one("tr", id=f"screen-{only().pk}").text
    make.library(cast.northside)
    make.class_session(cast.northside, room="attic")
    assert "No class has this room" not in page(owner.get(URL)).text


def test_revoking_asks_once_and_is_for_ever(owner: Client, cast: Cast) -> None:
    screen, token = make.screen(cast.northside, cast.olga)
    tv = Tv(screen, token)
    tv.open()
    with nothing_written():
        asked = page(owner.get(f"{URL}{screen.pk}/revoke/"))
    assert "never works again" in asked.text
    assert owner.post(asked.one("form", id="revoke")["action"]).status_code == 302
    assert tv.ask().status_code == 404
    revoked = only().revoked_at
    assert revoked is not None
    # Once more changes nothing; there is nothing left to rename.
    assert owner.post(f"{URL}{screen.pk}/revoke/").status_code == 302
    assert only().revoked_at == revoked
    assert owner.get(f"{URL}{screen.pk}/").status_code == 404
    assert "revoked" in page(owner.get(URL)).one("tr", id=f"screen-{screen.pk}").text


def test_the_list_says_when_a_tv_last_asked(owner: Client, cast: Cast) -> None:
    screen, token = make.screen(cast.northside, cast.olga, room="Loft")

    def said() -> str:
        return page(owner.get(URL)).one("tr", id=f"screen-{screen.pk}").text

    assert "never" in said()
    Tv(screen, token).open()
    assert "never" not in said()


def test_another_gyms_tv_is_not_there(owner: Client, cast: Cast) -> None:
    theirs, _token = make.screen(cast.harbour, cast.hana)
    with nothing_written():
        for path in (f"{theirs.pk}/", f"{theirs.pk}/revoke/", f"{uuid4()}/"):
            assert owner.get(URL + path).status_code == 404
            assert owner.post(URL + path, {"name": "Ours"}).status_code == 404
    assert str(theirs.pk) not in owner.get(URL).content.decode()


@pytest.mark.parametrize("who", ["carla", "ana", "hana"])
def test_only_the_owner(cast: Cast, who: str) -> None:
    person: Membership = getattr(cast, who)
    screen, _token = make.screen(cast.northside, cast.olga)
    client = signed_in(person)
    with nothing_written():
        for path in ("", f"{screen.pk}/", f"{screen.pk}/revoke/"):
            assert client.post(URL + path, {"name": "Mine"}).status_code == (404 if who == "hana" else 403)
