"""One person's page: what is written down, roles, deactivating and letting back in, erasing; and the last owner."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from gym.models import Change, Gym, ImportRow, Letter, Membership, Pin, Tag
from gym.scope import in_gym
from programming.models import Attendance, ClassSession, Note
from programming.models.leaving import LastOwner, leave_gym
from programming.models.people import give_roles
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.people import Cast, make_cast

pytest_plugins = ["tests.people"]

PEOPLE = "/gym/northside-barbell/owner/people/"


@pytest.fixture
def olga(cast: Cast, evening: ClassSession, at_northside: Gym) -> Iterator[Client]:
    yield signed_in(cast.olga)


def form_of(client: Client, person: Membership) -> dict[str, str]:
    """What the page would send unchanged."""
    form = page(client.get(f"{PEOPLE}{person.pk}/")).one("form", id="describe")
    sent = {each["name"]: each.attributes.get("value", "") for each in form.all("input")}
    for each in form.all("input", type="checkbox"):
        sent[each["name"]] = "on"
        if "checked" not in each:
            del sent[each["name"]]
    return {**sent, "language": "", "units": ""}


def test_what_is_written_down_is_changed(olga: Client, cast: Cast, evening: ClassSession) -> None:
    version = ClassSession.objects.get(pk=evening.pk).version
    said = {
        "name": "Dev  Dass",
        "nickname": "Dee",
        "tags": "Mornings; Barbell, mornings",
        "standing_limits": "low grip",
    }
    answer = olga.post(f"{PEOPLE}{cast.dev.pk}/", {**form_of(olga, cast.dev), **said, "email": "DEV@home.example"})
    assert answer.status_code == 302
    dev = Membership.objects.get(pk=cast.dev.pk)
    assert (dev.name, dev.nickname, dev.email, dev.search_name) == (
        "Dev Dass",
        "Dee",
        "dev@home.example",
        "dev dass dee",
    )
    assert sorted(Tag.objects.filter(person=dev).values_list("word", flat=True)) == ["Barbell", "Mornings"]
    # Boards show it, and the owner reads who did it; never what a limit says.
    assert ClassSession.objects.get(pk=evening.pk).version > version
    change = Change.objects.filter(what="person.describe").latest("at")
    assert (change.actor, change.person, change.differences["name"]) == (cast.olga, dev, ["Dev Das", "Dev Dass"])
    assert change.differences["standing_limits"] is None


def test_the_same_again_changes_nothing(olga: Client, cast: Cast) -> None:
    with nothing_written("ClassSession"):
        assert olga.post(f"{PEOPLE}{cast.dev.pk}/", form_of(olga, cast.dev)).status_code == 302
    assert not Change.objects.filter(what="person.describe").exists()


def test_two_owners_at_once_are_told(olga: Client, cast: Cast) -> None:
    sent = form_of(olga, cast.dev)
    Membership.objects.get(pk=cast.dev.pk).rename("Dev Davies", "")
    answer = olga.post(f"{PEOPLE}{cast.dev.pk}/", {**sent, "name": "Dev Dass"})
    assert answer.status_code == 409
    form = page(answer).one("form", id="describe")
    assert "Meanwhile somebody else changed this person" in form.text
    assert form.one("input", name="name")["value"] == "Dev Dass"
    assert Membership.objects.get(pk=cast.dev.pk).name == "Dev Davies"
    again = form.one("input", name="was")["value"]
    assert olga.post(f"{PEOPLE}{cast.dev.pk}/", {**sent, "name": "Dev Dass", "was": again}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 121},
        {"email": "nonsense"},
        {"guardian_email": "nonsense"},
        {"is_minor": "on", "email": "kid@home.example"},
        {"tags": "x" * 41},
        {"language": "xx"},
    ],
)
def test_what_is_wrong_is_said_and_kept(olga: Client, cast: Cast, wrong: dict[str, str]) -> None:
    with nothing_written():
        answer = olga.post(f"{PEOPLE}{cast.dev.pk}/", {**form_of(olga, cast.dev), **wrong})
    assert answer.status_code == 422
    assert page(answer).one("form", id="describe").all("ul", class_="errorlist")


def test_somebodys_own_address_is_theirs(olga: Client, cast: Cast) -> None:
    sent = form_of(olga, cast.ana)
    assert "email" not in sent
    assert olga.post(f"{PEOPLE}{cast.ana.pk}/", {**sent, "email": "olga@elsewhere.example"}).status_code == 302
    ana = Membership.objects.select_related("user").get(pk=cast.ana.pk)
    assert ana.email == "" and ana.user is not None and ana.user.email == "ana@northside.example"


def test_another_guardian_is_told_to_the_former_one(olga: Client, cast: Cast) -> None:
    kid = make.person(cast.northside, "Mia Mann", is_minor=True, guardian_email="mum@home.example")
    sent = form_of(olga, kid)
    assert olga.post(f"{PEOPLE}{kid.pk}/", {**sent, "guardian_email": "dad@home.example"}).status_code == 302
    assert list(Letter.across_gyms.values_list("kind", "to")) == [("guardian_changed", "mum@home.example")]


def test_roles(olga: Client, cast: Cast) -> None:
    make.pin(cast.kim, "8064")
    carla = signed_in(cast.carla)
    board = "/gym/northside-barbell/today/"
    assert carla.get(board).status_code == 200
    assert olga.post(f"{PEOPLE}{cast.carla.pk}/roles/", {"is_member": "on"}).status_code == 302
    assert carla.get(board).status_code == 403
    assert olga.post(f"{PEOPLE}{cast.kim.pk}/roles/", {"is_member": "on"}).status_code == 302
    assert not Pin.objects.filter(coach=cast.kim).exists()
    assert olga.post(f"{PEOPLE}{cast.kim.pk}/roles/", {"is_owner": "on"}).status_code == 302
    assert signed_in(cast.kim).get(PEOPLE).status_code == 200


def test_a_role_is_needed_and_a_minor_is_a_member(olga: Client, cast: Cast) -> None:
    kid = make.person(cast.northside, "Mia Mann", is_minor=True)
    with nothing_written():
        assert olga.post(f"{PEOPLE}{cast.carla.pk}/roles/", {}).status_code == 422
        assert olga.post(f"{PEOPLE}{kid.pk}/roles/", {"is_coach": "on"}).status_code == 422
        sent = {**form_of(olga, cast.carla), "is_minor": "on"}
        assert olga.post(f"{PEOPLE}{cast.carla.pk}/", sent).status_code == 422


def test_deactivated_and_let_back_in(olga: Client, cast: Cast, evening: ClassSession) -> None:
    kim = signed_in(cast.kim)
    assert "from the very next request" in page(olga.get(f"{PEOPLE}{cast.kim.pk}/deactivate/")).one("main").text.lower()
    assert kim.get("/gym/northside-barbell/today/").status_code == 200
    assert olga.post(f"{PEOPLE}{cast.kim.pk}/deactivate/").status_code == 302
    assert kim.get("/gym/northside-barbell/today/").status_code == 404
    for _press in range(2):
        assert olga.post(f"{PEOPLE}{cast.kim.pk}/reactivate/").status_code == 302
    assert kim.get("/gym/northside-barbell/today/").status_code == 200
    assert Change.objects.filter(what="person.come_back").count() == 1


def test_erased_with_what_remains_said(olga: Client, cast: Cast, evening: ClassSession) -> None:
    make.tap(evening, cast.dev, "note", by=cast.carla, note="Prefers mornings.")
    Tag.put([cast.dev.pk], "crew")
    asked = page(olga.get(f"{PEOPLE}{cast.dev.pk}/erase/")).one("main").text
    assert "What remains" in asked and "“Former member”" in asked
    assert Membership.objects.get(pk=cast.dev.pk).name == "Dev Das"
    assert olga.post(f"{PEOPLE}{cast.dev.pk}/erase/").status_code == 302
    dev = Membership.objects.get(pk=cast.dev.pk)
    assert (dev.name, dev.short_name, dev.is_active) == ("", "Former member", False)
    assert Attendance.objects.filter(member=dev).exists()
    assert list(Note.objects.filter(member=dev).values_list("body", flat=True)) == [""]
    assert not Tag.objects.exists() and not ImportRow.objects.exists()
    assert olga.get(f"{PEOPLE}{cast.dev.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["deactivate/", "erase/", "roles/"])
def test_the_last_owner_stays(olga: Client, cast: Cast, path: str) -> None:
    with nothing_written():
        answer = olga.post(f"{PEOPLE}{cast.olga.pk}/{path}", {"is_member": "on"})
    assert answer.status_code == 422
    assert "Make somebody else an owner first" in page(answer).one("main").text
    # An owner who cannot sign in is none.
    make.person(cast.northside, "Otto Owner", ["owner"])
    assert olga.post(f"{PEOPLE}{cast.olga.pk}/{path}", {"is_member": "on"}).status_code == 422
    second = make.person(cast.northside, "Petra Owner", ["owner"], email="petra@northside.example")
    assert second.user is not None
    assert olga.post(f"{PEOPLE}{cast.olga.pk}/{path}", {"is_member": "on"}).status_code == 302
    assert olga.get(PEOPLE).status_code in (403, 404)


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one() -> None:
    cast = make_cast()
    petra = make.person(cast.northside, "Petra Owner", ["owner"], email="petra@northside.example")
    together, refused = Barrier(2), []

    def remove(work: Any) -> None:
        together.wait()
        try:
            with in_gym(cast.northside):
                work()
        except LastOwner:
            refused.append(work)
        finally:
            connection.close()

    now = timezone.now()
    demote = {"is_member": True, "is_coach": False, "is_owner": False}
    threads = [
        Thread(target=remove, args=(lambda: leave_gym(petra.pk, at=now),)),
        Thread(target=remove, args=(lambda: give_roles(cast.olga.pk, at=now, **demote),)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(refused) == 1
    with in_gym(cast.northside):
        assert Membership.objects.current().filter(is_owner=True).count() == 1
