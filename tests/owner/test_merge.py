"""Two records of one person become one: what was seen of either is one history, and nobody is doubled any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gym.models import Change, Gym, Invitation, Membership, Tag
from programming.member_sheet import facts
from programming.models import Assessment, Attendance, ClassSession, Hold, Note, Placement
from programming.models.leaving import erase
from programming.models.tap_kinds import open_holds
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.people import Cast

pytest_plugins = ["tests.people"]

PEOPLE = "/gym/northside-barbell/owner/people/"
DAY = timedelta(days=1)


@pytest.fixture
def olga(cast: Cast, evening: ClassSession, at_northside: Gym) -> Iterator[Client]:
    """Its class is over: a week ago Ana came as herself, and two weeks ago as a drop-in of the same name."""
    yield signed_in(cast.olga)


@pytest.fixture
def drop_in(olga: Client, cast: Cast, evening: ClassSession) -> Membership:
    """Another record of Ana, who stood on the dowel and was seen clean once; as herself she stood there as well."""
    person = make.person(cast.northside, "Ana Alves", nickname="Ani", standing_limits="low grip only")
    earlier = make.class_session(cast.northside, [person], coach=cast.carla, starts_at=timezone.now() - 14 * DAY)
    ClassSession.objects.filter(pk=earlier.pk).update(name="Two weeks ago")
    ClassSession.objects.filter(pk=evening.pk).update(starts_at=timezone.now() - 7 * DAY)
    evening.refresh_from_db()
    make.place(earlier, person, "dowel", by=cast.carla, after=60)
    make.tap(earlier, person, "saw", by=cast.carla, after=120, saw="clean")
    make.tap(earlier, person, "note", by=cast.carla, after=180, note="Prefers mornings.")
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    make.tap(evening, cast.ana, "saw", by=cast.carla, after=120, saw="clean")
    return person


def standing(person: Membership) -> tuple[str, int, bool]:
    place = Placement.objects.select_related("stage").get(member=person)
    return (place.stage.key if place.stage else "", place.position.clean, place.is_held)


def merge(client: Client, kept: Membership, gone: Membership) -> int:
    return client.post(f"{PEOPLE}{kept.pk}/merge/{gone.pk}/").status_code


def test_the_other_record_is_found_by_name(olga: Client, cast: Cast, drop_in: Membership) -> None:
    listed = page(olga.get(f"{PEOPLE}{cast.ana.pk}/merge/")).one("tbody").all("tr")
    assert [row["id"] for row in listed] == [f"other-{drop_in.pk}"]
    assert "Dev Das" in page(olga.get(f"{PEOPLE}{cast.ana.pk}/merge/?q=dev")).one("tbody").text


def test_looking_at_it_changes_nothing(olga: Client, cast: Cast, drop_in: Membership) -> None:
    with nothing_written():
        said = page(olga.get(f"{PEOPLE}{cast.ana.pk}/merge/{drop_in.pk}/"))
    lines = {row.one("th").text: [cell.text for cell in row.all("td")] for row in said.one("tbody").all("tr")}
    assert lines["Nickname"] == ["–", "Ani", "Ani"]
    assert lines["Sign-in"] == ["ana@northside.example", "–", "ana@northside.example"]
    assert lines["Classes"] == ["1", "1", "all of them"]


def test_what_was_seen_of_either_is_one_history(olga: Client, cast: Cast, drop_in: Membership) -> None:
    Tag.put([drop_in.pk], "crew")
    history = list(Assessment.objects.order_by("pk").values_list())
    assert standing(cast.ana) == ("dowel", 1, False)
    assert merge(olga, cast.ana, drop_in) == 302
    # Two clean in a row, of which one was seen under the other record; no row of history was touched.
    assert standing(cast.ana) == ("dowel", 2, False)
    assert list(Assessment.objects.order_by("pk").values_list()) == history
    ana, gone = Membership.objects.get(pk=cast.ana.pk), Membership.objects.get(pk=drop_in.pk)
    assert (ana.nickname, ana.standing_limits, ana.user_id) == ("Ani", "low grip only", cast.ana.user_id)
    assert (gone.merged_into_id, gone.belongs) == (ana.pk, False)
    assert list(Tag.objects.values_list("person", "word")) == [(ana.pk, "crew")]
    assert "2 classes" in facts(ana.pk, [], [], timezone.now())
    # Everywhere there is one of her.
    assert page(olga.get(f"{PEOPLE}?q=ana+alves")).one("p", id="found").text == "1 person."
    assert olga.get(f"{PEOPLE}{drop_in.pk}/").status_code == 404
    change = Change.objects.get(what="person.merge")
    assert (change.actor, change.person) == (cast.olga, gone)


def test_her_own_history_and_download_hold_both(olga: Client, cast: Cast, drop_in: Membership) -> None:
    client = signed_in(cast.ana)
    before = page(client.get("/gym/northside-barbell/my/data/")).one("dl").text
    merge(olga, cast.ana, drop_in)
    after = page(client.get("/gym/northside-barbell/my/data/")).one("dl").text
    assert "1" in before and "2" in after and before != after


def test_a_hold_of_either_holds(olga: Client, cast: Cast, drop_in: Membership) -> None:
    earlier = ClassSession.objects.get(name="Two weeks ago")
    make.tap(earlier, drop_in, "pain", by=cast.carla, after=200, where="knee")
    merge(olga, cast.ana, drop_in)
    assert standing(cast.ana)[2]
    assert [hold.member_id for hold in open_holds([cast.ana.pk])] == [cast.ana.pk]
    now = make.class_session(cast.northside, [cast.ana], coach=cast.carla)
    make.tap(now, cast.ana, "clear", by=cast.carla, note="Moves freely.")
    assert not standing(cast.ana)[2] and Hold.objects.count() == 1


def test_erasing_the_one_erases_both(olga: Client, cast: Cast, drop_in: Membership) -> None:
    merge(olga, cast.ana, drop_in)
    erase(cast.ana.pk, at=timezone.now())
    assert set(Membership.objects.filter(pk__in=(cast.ana.pk, drop_in.pk)).values_list("name", "nickname")) == {
        ("", "")
    }
    assert set(Note.objects.values_list("body", flat=True)) == {""}


def test_both_can_sign_in(olga: Client, cast: Cast, drop_in: Membership) -> None:
    second = make.person(cast.northside, "Ana Alves", ["coach"], email="ana@work.example")
    asked = page(olga.get(f"{PEOPLE}{cast.ana.pk}/merge/{second.pk}/"))
    assert "ana@work.example opens this gym no more" in asked.one("p", id="loses").text
    work = signed_in(second)
    assert work.get("/gym/northside-barbell/my/").status_code == 200
    assert merge(olga, cast.ana, second) == 302
    assert work.get("/gym/northside-barbell/my/").status_code == 404
    ana = Membership.objects.get(pk=cast.ana.pk)
    assert (ana.is_member, ana.is_coach, ana.user_id) == (True, True, cast.ana.user_id)


def test_a_sign_in_and_an_invitation_of_the_one_that_goes(olga: Client, cast: Cast, drop_in: Membership) -> None:
    invitation = Invitation.make(drop_in, by=cast.carla, at=timezone.now())
    # The record without a sign-in is kept: it has hers from now on.
    assert merge(olga, drop_in, cast.ana) == 302
    kept = Membership.objects.get(pk=drop_in.pk)
    assert (kept.user_id, kept.email) == (cast.ana.user_id, "")
    assert signed_in(cast.ana).get("/gym/northside-barbell/my/").status_code == 200
    third = make.person(cast.northside, "Ana A")
    assert merge(olga, third, kept) == 302
    # Those that were joined before are joined to the last one.
    assert set(Membership.objects.filter(merged_into=third).values_list("pk", flat=True)) == {kept.pk, cast.ana.pk}
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None


def test_classes_to_come_are_handed_over(olga: Client, cast: Cast, drop_in: Membership) -> None:
    soon = make.class_session(cast.northside, [drop_in], starts_at=timezone.now() + DAY)
    later = make.class_session(cast.northside, [drop_in, cast.ana], starts_at=timezone.now() + 2 * DAY)
    merge(olga, cast.ana, drop_in)
    rows = Attendance.objects.filter(session__in=(soon, later)).exclude(state="off")
    assert sorted(rows.values_list("session", "member")) == sorted([(soon.pk, cast.ana.pk), (later.pk, cast.ana.pk)])


def test_who_cannot_become_one(olga: Client, cast: Cast, drop_in: Membership) -> None:
    kid = make.person(cast.northside, "Mia Mann", is_minor=True)
    make.class_session(cast.northside, [cast.ben], coach=cast.carla)
    with nothing_written():
        for kept, gone, why in (
            (cast.ana, cast.olga, "This is you"),
            (cast.carla, kid, "A minor can be a member only"),
            (cast.dev, cast.ben, "a class that runs now"),
        ):
            answer = olga.post(f"{PEOPLE}{kept.pk}/merge/{gone.pk}/")
            assert (answer.status_code, why in page(answer).one("main").text) == (422, True)
        assert merge(olga, cast.ana, cast.ana) == 404
        assert merge(olga, cast.ana, cast.sam) == 404
