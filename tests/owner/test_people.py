"""The table of the gym's people: finding, filtering, sorting, paging by the address; several people at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Change, Gym, Invitation, Letter, Membership, Tag
from programming.models import ClassSession, Stage
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.people import Cast

pytest_plugins = ["tests.people"]

PEOPLE = "/gym/northside-barbell/owner/people/"
EVERYBODY = [
    "Ana Alves",
    "Ben Baker",
    "Carla Costa",
    "Chiara Conti",
    "Dev Das",
    "Kim Kowalski",
    "Nia Novak",
    "Olga Oduya",
]


@pytest.fixture
def olga(cast: Cast, evening: ClassSession, at_northside: Gym) -> Iterator[Client]:
    yield signed_in(cast.olga)


def names(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{PEOPLE}{query}")
    assert answer.status_code == 200
    return [row.one("th").one("a").text for body in page(answer).all("tbody") for row in body.all("tr")]


def test_everybody_by_name(olga: Client, cast: Cast) -> None:
    assert names(olga) == sorted(EVERYBODY)
    assert names(olga, "?sort=-name") == sorted(EVERYBODY, reverse=True)
    # Of another gym nobody.
    assert "Sam Stone" not in names(olga, "?q=s")


def test_accents_order_and_nickname_do_not_matter(olga: Client, cast: Cast) -> None:
    make.person(cast.northside, "Zoë O’Bård", nickname="Zed")
    for typed in ("zoe", "obard zo", "ZED", "bård"):
        assert names(olga, f"?q={typed}") == ["Zoë O’Bård"]
    assert names(olga, "?q=nobody at all") == []


def test_the_filters(olga: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    make.tap(evening, cast.ben, "pain", by=cast.carla, where="knee")
    Tag.put([cast.chiara.pk], "Morning crew")
    cast.kim.leave()
    dowel = Stage.objects.get(key="dowel")
    assert names(olga, f"?stage={dowel.pk}") == ["Ana Alves"]
    assert "Ana Alves" not in names(olga, "?stage=none") and "Ben Baker" in names(olga, "?stage=none")
    assert names(olga, "?held=yes") == ["Ben Baker"]
    assert names(olga, "?account=none") == ["Chiara Conti", "Dev Das"]
    assert names(olga, "?tag=Morning+crew") == ["Chiara Conti"]
    assert names(olga, "?role=owner") == ["Olga Oduya"]
    assert names(olga, "?left=yes") == ["Kim Kowalski"]
    assert "Kim Kowalski" not in names(olga)
    assert names(olga, "?account=none&q=dev") == ["Dev Das"]


def test_not_seen_for_some_days(olga: Client, cast: Cast, evening: ClassSession) -> None:
    Membership.objects.update(joined_at=timezone.now() - timedelta(days=30))
    Membership.objects.filter(pk=cast.carla.pk).update(joined_at=timezone.now() - timedelta(days=3))
    ClassSession.objects.update(starts_at=timezone.now() - timedelta(days=8))
    # All members came eight days ago; Kim and Olga never; Carla is here for three days only.
    assert names(olga, "?unseen=7") == [each for each in sorted(EVERYBODY) if each != "Carla Costa"]
    assert names(olga, "?unseen=9") == ["Kim Kowalski", "Olga Oduya"]
    assert names(olga, "?sort=seen")[:3] == ["Carla Costa", "Kim Kowalski", "Olga Oduya"]
    assert names(olga, "?sort=-seen")[-1] == "Olga Oduya"


@pytest.mark.parametrize("query", ["?unseen=x", "?unseen=0", "?stage=nonsense", "?tag=nobody", "?sort=size", "?page=x"])
def test_what_makes_no_sense_asks_for_nothing(olga: Client, query: str) -> None:
    assert names(olga, query) == sorted(EVERYBODY)


def test_fifty_a_page_and_as_many_questions_for_many_as_for_few(olga: Client, cast: Cast) -> None:
    with CaptureQueriesContext(connection) as few:
        names(olga)
    Membership.objects.bulk_create(
        Membership(name=f"Person {number:03}", search_name=f"person {number:03}") for number in range(120)
    )
    Tag.put(Membership.objects.values_list("pk", flat=True), "all")
    with CaptureQueriesContext(connection) as many:
        first = names(olga)
    assert len(few) == len(many) < 10
    pages = [first, names(olga, "?page=2"), names(olga, "?page=3")]
    assert [len(each) for each in pages] == [50, 50, 28]
    assert len({name for each in pages for name in each}) == 128
    # One too far is the last one.
    assert names(olga, "?page=99") == pages[2]


# Several at once -----------------------------------------------------------------------------------------------------


def several(client: Client, what: str, *people: Membership, query: str = "", **more: str) -> int:
    body = {"what": what, "person": [str(each.pk) for each in people], **more}
    return client.post(f"{PEOPLE}several/{query}", body).status_code


def test_a_tag_is_given_and_taken(olga: Client, cast: Cast) -> None:
    assert several(olga, "tag", cast.ana, cast.ben, word="Mornings") == 302
    # The same word however it is written.
    assert several(olga, "tag", cast.ana, word="MORNINGS") == 302
    assert list(Tag.objects.order_by("person__name").values_list("person__name", "word")) == [
        ("Ana Alves", "Mornings"),
        ("Ben Baker", "Mornings"),
    ]
    assert several(olga, "untag", cast.ana, word="mornings") == 302
    assert names(olga, "?tag=Mornings") == ["Ben Baker"]
    change = Change.objects.filter(what="people.tag").latest("at")
    assert (change.actor, change.differences["people"]) == (cast.olga, [None, 1])


def test_everybody_who_was_found(olga: Client, cast: Cast) -> None:
    assert several(olga, "tag", query="?role=coach", everybody="on", word="staff") == 302
    assert names(olga, "?tag=staff") == ["Carla Costa", "Kim Kowalski"]


def test_inviting_several(olga: Client, cast: Cast) -> None:
    cast.dev.reach_at("dev@home.example")
    kid = make.person(cast.northside, "Mia Mann", is_minor=True, guardian_email="mum@home.example")
    for _press in range(2):
        answer = olga.post(f"{PEOPLE}several/", {"what": "invite", "everybody": "on"}, follow=True)
    said = page(answer).one("main").text
    assert "No address is written down for: Chiara Conti." in said
    # Pressed twice, each has one letter; whoever signs in already has none.
    assert sorted(Invitation.objects.values_list("person__name", "email")) == [
        ("Dev Das", "dev@home.example"),
        ("Mia Mann", "mum@home.example"),
    ]
    assert Letter.objects.filter(kind="invitation").count() == 2
    assert kid.user is None


@pytest.mark.parametrize(
    "body",
    [
        {"what": "tag", "word": "x"},
        {"what": "tag", "everybody": "on"},
        {"what": "tag", "everybody": "on", "word": "one, two"},
        {"what": "tag", "everybody": "on", "word": "x" * 41},
        {"what": "erase", "everybody": "on"},
        {"what": "invite", "person": "nonsense"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(olga: Client, body: dict[str, str]) -> None:
    with nothing_written():
        answer = olga.post(f"{PEOPLE}several/", body)
    assert answer.status_code == 422
    assert 'class="errorlist' in answer.content.decode()
    assert not Tag.objects.exists()


def test_nobody_of_another_gym(olga: Client, cast: Cast) -> None:
    assert several(olga, "tag", cast.sam, word="x") == 422
    assert not Tag.across_gyms.exists()
