"""Inviting: by mail or by a code, one person or a whole roster, by whom, and withdrawing it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.utils import timezone

from gym.models import Gym, Invitation, Letter, Membership
from gym.models.invitations import LASTS
from gym.post.delivering import deliver_due
from programming.models import ClassSession
from tests import make
from tests.coach.conftest import signed_in
from tests.page import read
from tests.people import Cast

pytest_plugins = ["tests.people"]

GYM = "/gym/northside-barbell/"


@pytest.fixture(autouse=True)
def in_northside(at_northside: Gym) -> Iterator[None]:
    cache.clear()
    yield


def invite(by: Membership, person: Membership, **body: str) -> int:
    return signed_in(by).post(f"{GYM}people/{person.pk}/invite/", body).status_code


def made() -> list[Invitation]:
    return list(Invitation.objects.select_related("person").order_by("made_at", "pk"))


def test_by_mail(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    assert invite(cast.carla, cast.dev, way="mail", email="Dev@Home.example") == 302
    [invitation] = made()
    assert (invitation.person, invitation.role, invitation.email) == (cast.dev, "member", "dev@home.example")
    assert invitation.expires_at - invitation.made_at == LASTS
    # What is stored opens nothing: neither the row nor the letter that waits.
    letter = Letter.objects.get()
    assert invitation.token not in f"{vars(invitation)} {letter.about}"
    deliver_due()
    [mail] = mailoutbox
    assert mail.to == ["dev@home.example"]
    assert f"/gym/northside-barbell/invitation/{invitation.token}/" in str(mail.body)
    assert "Carla of Northside Barbell invites Dev." in str(mail.body)
    # The surname is nobody's business who reads it over a shoulder.
    assert "Das" not in f"{mail.subject} {mail.body}"


def test_without_an_address_nothing_is_mailed(cast: Cast) -> None:
    assert invite(cast.carla, cast.dev, way="mail", email="") == 422
    assert invite(cast.carla, cast.dev, way="mail", email="nonsense") == 422
    assert invite(cast.carla, cast.dev) == 422
    assert made() == []


def test_a_letter_that_waited_until_it_was_withdrawn_is_not_sent(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    invite(cast.carla, cast.dev, way="mail", email="dev@home.example")
    made()[0].revoke(at=timezone.now())
    deliver_due()
    assert mailoutbox == []


def test_a_second_press_is_the_same_invitation_and_a_later_one_another_letter(cast: Cast) -> None:
    for _press in range(2):
        invite(cast.carla, cast.dev, way="mail", email="dev@home.example")
        invite(cast.carla, cast.dev, way="code")
    assert len(made()) == 2
    Invitation.objects.update(made_at=timezone.now() - timedelta(hours=1))
    invite(cast.carla, cast.dev, way="mail", email="dev@home.example")
    invite(cast.carla, cast.dev, way="code")
    assert len(made()) == 3


def test_the_code_can_be_shown_and_printed_again(cast: Cast) -> None:
    invite(cast.carla, cast.dev, way="code")
    [invitation] = made()
    page = signed_in(cast.kim).get(f"{GYM}people/invitations/{invitation.pk}/").content.decode()
    assert len(read(page).one("svg", role="img").one("path")["d"]) > 500
    assert "Dev Das" in page
    # The link stands in the code alone.
    assert invitation.token not in page
    invitation.revoke(at=timezone.now())
    assert signed_in(cast.kim).get(f"{GYM}people/invitations/{invitation.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("by", "role", "status"),
    [
        ("olga", "member", 302),
        ("olga", "coach", 302),
        ("olga", "owner", 302),
        ("carla", "member", 302),
        # A coach’s page has no role to choose: what is sent along is not looked at.
        ("carla", "owner", 302),
        ("ana", "member", 403),
        ("hana", "member", 404),
    ],
)
def test_who_may_invite_as_what(cast: Cast, by: str, role: str, status: int) -> None:
    assert invite(getattr(cast, by), cast.dev, way="code", role=role) == status
    wanted = {"olga": [role], "carla": ["member"]}.get(by, [])
    assert [each.role for each in made()] == wanted


def test_a_coach_to_be_is_an_owners_to_invite(cast: Cast) -> None:
    soon = make.person(cast.northside, "Cora Coe", ["coach"])
    assert invite(cast.carla, soon, way="code") == 403
    assert invite(cast.olga, soon, way="code", role="coach") == 302
    [invitation] = made()
    # Nor does a coach get hold of its code.
    assert signed_in(cast.carla).get(f"{GYM}people/invitations/{invitation.pk}/").status_code == 403
    # Nor is somebody who is to coach let in as a member: the code would open a coach's pages.
    assert invite(cast.olga, soon, way="code", role="member") == 403


def test_a_gym_that_asks_owners_for_a_second_step_asks_before_it_makes_one_more(cast: Cast) -> None:
    invite(cast.olga, cast.dev, way="code", role="owner")
    [invitation] = made()
    page = f"{GYM}people/invitations/{invitation.pk}/"
    olga = signed_in(cast.olga)
    assert olga.get(page).status_code == 200
    Gym.objects.filter(pk=cast.northside.pk).update(owners_need_second_step=True)
    chiara = Membership.objects.get(name="Chiara Conti")
    for role in ("owner", "coach"):
        answer = olga.post(f"{GYM}people/{chiara.pk}/invite/", {"way": "code", "role": role})
        assert answer.headers["Location"] == "/account/2fa/"
    assert olga.get(page).headers["Location"] == "/account/2fa/"
    assert len(made()) == 1
    # A member is invited without it, as by every coach.
    answer = olga.post(f"{GYM}people/{chiara.pk}/invite/", {"way": "code", "role": "member"})
    assert "/people/invitations/" in answer.headers["Location"]


def test_nobody_is_invited_who_is_in_or_has_left(cast: Cast) -> None:
    assert invite(cast.olga, cast.ana, way="code") == 403
    cast.dev.leave()
    assert invite(cast.olga, cast.dev, way="code") == 404
    assert made() == []
    # A member becomes a coach by an invitation as well.
    assert invite(cast.olga, cast.ana, way="code", role="coach") == 302


def test_a_minor_is_invited_by_the_guardians_address_alone(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    kid = make.person(cast.northside, "Mia Mann", is_minor=True, guardian_email="mum@home.example")
    assert invite(cast.carla, kid, way="code") == 422
    assert invite(cast.carla, kid, way="mail", email="mum@home.example") == 302
    deliver_due()
    assert [mail.to for mail in mailoutbox] == [["mum@home.example"]]
    assert "your child" in str(mailoutbox[0].body)


def test_who_the_guardian_is_an_owner_says_and_the_former_one_reads_it(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    kid = make.person(cast.northside, "Mia Mann", is_minor=True, guardian_email="mum@home.example")
    # What a coach posts along is not looked at.
    assert invite(cast.carla, kid, way="mail", email="carla@elsewhere.example") == 302
    [first] = made()
    kid.refresh_from_db()
    assert (first.email, kid.guardian_email) == ("mum@home.example", "mum@home.example")
    # Its link is the mailbox's alone: no screen shows it, of a minor or of anybody.
    invite(cast.carla, cast.dev, way="mail", email="dev@home.example")
    for each in made():
        assert signed_in(cast.olga).get(f"{GYM}people/invitations/{each.pk}/").status_code == 404
    deliver_due()
    mailoutbox.clear()
    assert invite(cast.olga, kid, way="mail", email="dad@home.example") == 302
    kid.refresh_from_db()
    assert kid.guardian_email == "dad@home.example"
    deliver_due()
    told = {mail.to[0]: str(mail.body) for mail in mailoutbox}
    assert set(told) == {"mum@home.example", "dad@home.example"}
    assert "guardian’s address of Mia" in told["mum@home.example"] and "invitation" not in told["mum@home.example"]
    # What the former one was sent lets nobody in any more.
    first = Invitation.objects.select_related("person", "made_by").get(pk=first.pk)
    assert first.state(timezone.now()) == Invitation.State.VOID


def test_without_a_guardians_address_a_coach_invites_no_minor(cast: Cast) -> None:
    kid = make.person(cast.northside, "Mia Mann", is_minor=True)
    assert invite(cast.carla, kid, way="mail", email="carla@elsewhere.example") == 422
    Gym.objects.filter(pk=cast.northside.pk).update(owners_need_second_step=True)
    invite(cast.olga, kid, way="mail", email="olga@elsewhere.example")
    assert made() == []
    kid.refresh_from_db()
    assert kid.guardian_email == ""


def test_everybody_on_a_roster_in_one_tap(cast: Cast, evening: ClassSession, mailoutbox: list[EmailMessage]) -> None:
    cast.dev.reach_at("dev@home.example")
    kid = make.person(cast.northside, "Mia Mann", is_minor=True, guardian_email="mum@home.example")
    make.roster(evening, kid)
    url = f"{GYM}class/{evening.pk}/invitations/"
    carla = signed_in(cast.carla)
    for _press in range(2):
        assert carla.post(url).status_code == 302
    # Ana, Ben and Nia sign in already; a minor has no code.
    assert sorted((each.person.name, each.email) for each in made()) == [
        ("Chiara Conti", ""),
        ("Dev Das", ""),
        ("Dev Das", "dev@home.example"),
        ("Mia Mann", "mum@home.example"),
    ]
    page = read(carla.get(url).content.decode())
    assert [card.one("h2").text for card in page.one("ul", **{"class": "invitations"}).all("li")] == [
        "Chiara Conti",
        "Dev Das",
    ]
    deliver_due()
    assert sorted(mail.to for mail in mailoutbox) == [["dev@home.example"], ["mum@home.example"]]


def test_the_list_says_how_each_stands(cast: Cast) -> None:
    for name in ("Open One", "Gone One", "Old One"):
        person = make.person(cast.northside, name)
        Invitation.make(person, by=cast.carla, at=timezone.now())
    _open, gone, old = made()
    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    olga = signed_in(cast.olga)
    assert olga.get(f"{GYM}owner/invitations/{gone.pk}/revoke/").status_code == 200
    assert Invitation.objects.get(pk=gone.pk).revoked_at is None
    assert olga.post(f"{GYM}owner/invitations/{gone.pk}/revoke/").status_code == 302
    page = read(olga.get(f"{GYM}owner/invitations/").content.decode())
    said = {row.one("th").text: row.all("td")[4 - 1].text for row in page.all("tbody")[0].all("tr")}
    assert said["Gone One"] == "withdrawn"
    assert said["Old One"] == "too old"
    assert said["Open One"].startswith("open until")


class TestByHand:
    """Somebody is written down before they can sign in."""

    def test_becomes_one_person_however_often_the_button_is_pressed(self, cast: Cast) -> None:
        body = {"key": "018f0000-0000-7000-8000-00000000abcd", "name": "Mina Moss", "role": "member"}
        for _press in range(2):
            answer = signed_in(cast.olga).post(f"{GYM}owner/people/new/", {**body, "email": "MINA@moss.example"})
            assert answer.status_code == 302
        mina = Membership.objects.get(name="Mina Moss")
        assert (mina.email, mina.user, mina.is_member, mina.is_coach) == ("mina@moss.example", None, True, False)
        assert answer.headers["Location"] == f"{GYM}people/{mina.pk}/invite/"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"email": "nonsense"},
            {"role": "king"},
            {"is_minor": "on", "role": "coach"},
            {"is_minor": "on", "email": "kid@home.example"},
        ],
    )
    def test_what_is_wrong_is_said_and_kept(self, cast: Cast, wrong: dict[str, str]) -> None:
        body = {"name": "Mina Moss", "role": "member", **wrong}
        before = Membership.objects.count()
        answer = signed_in(cast.olga).post(f"{GYM}owner/people/new/", body)
        assert answer.status_code == 422
        assert Membership.objects.count() == before
        page = answer.content.decode()
        assert 'aria-invalid="true"' in page
        assert all(f'value="{value}"' in page for value in wrong.values() if "@" in value)
