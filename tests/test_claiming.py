"""Taking an invitation: who joins whom, and what a link says to somebody it does not let in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from gym.models import Gym, Invitation, Membership, NotInvited, User
from gym.post.delivering import deliver_due
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

GYM = "/gym/northside-barbell/"
CODE = "/account/login/code/confirm/"
MINE = f"{GYM}my/"


@pytest.fixture(autouse=True)
def in_northside(at_northside: Gym) -> Iterator[None]:
    cache.clear()
    yield


@pytest.fixture
def invitation(cast: Cast) -> Invitation:
    """Carla invites Dev, who has no sign-in."""
    return Invitation.make(cast.dev, by=cast.carla, at=timezone.now())


def link(invitation: Invitation) -> str:
    return f"{GYM}invitation/{invitation.token}/"


def prove(client: Client, invitation: Invitation, email: str, mailoutbox: list[EmailMessage]) -> Answer:
    """Type the address on the link’s page, then the code that is mailed."""
    asked = client.post(link(invitation), {"email": email})
    assert asked.headers["Location"] == f"{CODE}?next={link(invitation).replace('/', '%2F')}"
    deliver_due()
    found = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", str(mailoutbox[-1].body), re.MULTILINE)
    assert found and mailoutbox[-1].to == [email]
    return client.post(CODE, {"code": found.group(), "next": link(invitation)})


def words(answer: Answer) -> str:
    page = re.sub(r'<p class="refusal" id="signed-in".*?</p>', "", answer.content.decode().partition("<main")[2])
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def dev() -> Membership:
    found: Membership = Membership.objects.get(name="Dev Das")
    return found


def test_a_new_address_joins_the_person_that_was_written_down(
    cast: Cast, invitation: Invitation, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    before = Membership.objects.count()
    with nothing_written():
        page = client.get(link(invitation))
    assert "Carla of Northside Barbell invites Dev." in words(page)
    assert "Das" not in page.content.decode()
    answer = prove(client, invitation, "dev@home.example", mailoutbox)
    assert answer.headers["Location"] == link(invitation)
    # The address is proved, and still nothing is joined: that takes the button.
    assert dev().user is None
    assert client.post(link(invitation)).headers["Location"] == MINE
    assert dev().user == User.objects.get(email="dev@home.example")
    assert Membership.objects.count() == before
    assert client.get(MINE).status_code == 200
    # Once more is the way in, for them alone.
    assert client.get(link(invitation)).headers["Location"] == MINE
    assert Client().get(link(invitation)).status_code == 410


def test_until_the_code_is_typed_a_new_address_opens_nothing(
    cast: Cast, invitation: Invitation, client: Client
) -> None:
    client.post(link(invitation), {"email": "dev@home.example"})
    user = User.objects.get(email="dev@home.example")
    assert not user.has_usable_password()
    assert client.post(link(invitation)).status_code == 422
    assert dev().user is None


def test_an_address_that_is_known_joins_its_account(
    cast: Cast, invitation: Invitation, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    users = User.objects.count()
    prove(client, invitation, "sam@harbour.example", mailoutbox)
    assert client.post(link(invitation)).headers["Location"] == MINE
    assert dev().user == cast.sam.user
    assert User.objects.count() == users
    assert {each.gym.name for each in Membership.across_gyms.filter(user=cast.sam.user)} == {
        "Northside Barbell",
        "Harbour Strength",
    }


def test_known_and_unknown_addresses_are_answered_alike(cast: Cast, invitation: Invitation) -> None:
    answers = []
    for email in ("sam@harbour.example", "nobody@home.example"):
        answer = Client().post(link(invitation), {"email": email}, follow=True)
        answers.append((answer.redirect_chain, words(answer).replace(email, "ADDRESS")))
    assert answers[0] == answers[1]


def test_somebody_who_is_of_the_gym_already_is_not_doubled(cast: Cast, invitation: Invitation) -> None:
    ana = signed_in(cast.ana)
    for answer in (ana.get(link(invitation)), ana.post(link(invitation))):
        assert answer.status_code == 409
        said = words(answer)
        assert "You are signed in as ana@northside.example, and belong to Northside Barbell already." in said
        assert "Dev" not in said
        assert "Carla" not in said
    assert dev().user is None


def test_somebody_who_left_and_is_written_down_anew_takes_the_new_place(cast: Cast, invitation: Invitation) -> None:
    cast.ana.leave()
    assert signed_in(cast.ana).post(link(invitation)).headers["Location"] == MINE
    assert dev().user == cast.ana.user
    assert Membership.objects.get(pk=cast.ana.pk).user is None


def used(invitation: Invitation, cast: Cast) -> None:
    invitation.claim(cast.sam.user, at=timezone.now())  # type: ignore[arg-type]


def withdrawn(invitation: Invitation, cast: Cast) -> None:
    invitation.revoke(at=timezone.now())


def too_old(invitation: Invitation, cast: Cast) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def left(invitation: Invitation, cast: Cast) -> None:
    dev().leave()


def joined_by_another_link(invitation: Invitation, cast: Cast) -> None:
    other = Invitation.make(cast.dev, by=cast.carla, at=timezone.now(), email="dev@home.example")
    used(other, cast)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (used, "It has been used."),
        (withdrawn, "The gym has withdrawn it."),
        (too_old, "It is too old."),
        (left, "There is no such invitation, or it is no longer good."),
        (joined_by_another_link, "There is no such invitation, or it is no longer good."),
    ],
)
@pytest.mark.parametrize("who", ["nobody", "hana"])
def test_a_link_that_lets_nobody_in_says_why_and_of_nobody(
    cast: Cast, invitation: Invitation, happened: object, said: str, who: str
) -> None:
    assert callable(happened)
    happened(invitation, cast)
    client = Client() if who == "nobody" else signed_in(cast.hana)
    joined = dev().user
    for answer in (client.get(link(invitation)), client.post(link(invitation), {"email": "x@home.example"})):
        assert answer.status_code == 410
        assert said in words(answer)
        assert not re.search(r"Dev|Carla|Northside", words(answer))
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert dev().user == joined


def test_a_made_up_link_and_another_gyms_are_nothing(cast: Cast, invitation: Invitation, client: Client) -> None:
    for url in (f"{GYM}invitation/made-up/", link(invitation).replace("northside-barbell", "harbour-strength")):
        answer = client.get(url)
        assert answer.status_code == 404
        assert not re.search(r"Dev|Carla|Northside|Harbour", words(answer))


def test_the_link_is_told_to_no_other_site_and_kept_nowhere(invitation: Invitation, client: Client) -> None:
    """A form on a page without any referrer would be refused as forged: so its own site is told, and no other."""
    answer = client.get(link(invitation))
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r'(?:src|href)="https?://', answer.content.decode())


@pytest.mark.parametrize(("role", "page"), [("coach", f"{GYM}my/"), ("owner", f"{GYM}my/"), ("member", f"{GYM}my/")])
def test_it_gives_the_role_it_was_made_for(cast: Cast, role: str, page: str) -> None:
    made = Invitation.make(cast.dev, by=cast.olga, at=timezone.now(), role=role)
    assert signed_in(cast.sam).post(link(made)).headers["Location"] == page
    assert (dev().is_coach, dev().is_owner) == (role == "coach", role == "owner")


def test_what_a_former_owner_had_promised_is_void(cast: Cast) -> None:
    made = Invitation.make(cast.dev, by=cast.olga, at=timezone.now(), role="owner")
    Membership.objects.filter(pk=cast.olga.pk).update(is_owner=False, is_member=True)
    assert signed_in(cast.sam).post(link(made)).status_code == 410
    assert dev().user is None


def test_a_members_code_opens_nothing_more_once_they_coach(cast: Cast) -> None:
    now = timezone.now()
    codes = [Invitation.make(cast.dev, by=by, at=now) for by in (cast.carla, cast.olga)]
    codes.append(Invitation.make(cast.dev, by=cast.olga, at=now, email="dev@home.example"))
    Membership.objects.filter(pk=cast.dev.pk).update(is_coach=True)
    for made in codes:
        assert signed_in(cast.sam).post(link(made)).status_code == 410
    assert dev().user is None


def test_a_code_dies_with_the_right_of_who_made_it_and_is_made_anew(cast: Cast, invitation: Invitation) -> None:
    cast.carla.leave()
    assert signed_in(cast.sam).post(link(invitation)).status_code == 410
    anew = Invitation.make(cast.dev, by=cast.kim, at=timezone.now())
    assert signed_in(cast.sam).post(link(anew)).headers["Location"] == MINE


def test_a_minor_stands_on_the_tv_by_initials_once_a_guardian_joined(cast: Cast) -> None:
    from programming.tv_people import choice_of

    kid = make.person(cast.northside, "Mia Mann", is_minor=True, guardian_email="mum@home.example", shown_name="Mimi")
    made = Invitation.make(kid, by=cast.carla, at=timezone.now(), email=kid.mail_goes_to)
    assert signed_in(cast.sam).post(link(made)).headers["Location"] == MINE
    joined = Membership.objects.get(pk=kid.pk)
    assert joined.user == cast.sam.user
    assert choice_of(joined).called == "M. M."


def test_a_guardian_of_two_reads_letters_of_both_and_sees_each_page_by_an_address_of_its_own(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    """And of a third child, who is somebody else's, nothing."""
    guardian, now = "sam@harbour.example", timezone.now()
    mia, tom, other = (
        make.person(cast.northside, f"{name} Mann", is_minor=True, guardian_email=email)
        for name, email in (("Mia", guardian), ("Tom", guardian), ("Una", "aunt@home.example"))
    )
    first, second, third = (
        Invitation.make(kid, by=cast.carla, at=now, email=kid.mail_goes_to) for kid in (mia, tom, other)
    )
    deliver_due()
    to_guardian = [str(mail.body) for mail in mailoutbox if mail.to == [guardian]]
    assert [next(name for name in ("Mia", "Tom", "Una") if name in body) for body in to_guardian] == ["Mia", "Tom"]
    assert not any(link(third) in body for body in to_guardian)
    with pytest.raises(NotInvited):
        Invitation.make(other, by=cast.carla, at=now, email=guardian)
    sam = signed_in(cast.sam)
    assert sam.post(link(first)).headers["Location"] == MINE
    refused = sam.post(link(second))
    assert refused.status_code == 409
    assert "Then it needs an address of its own." in words(refused)
    assert signed_in(cast.hana).post(link(second)).headers["Location"] == MINE
    joined = {kid.name: kid.user_id for kid in Membership.objects.filter(is_minor=True)}
    assert joined == {"Mia Mann": cast.sam.user_id, "Tom Mann": cast.hana.user_id, "Una Mann": None}
    # News of each still goes where the owner wrote it down, and nowhere else.
    assert {kid.mail_address for kid in Membership.objects.filter(name__in=["Mia Mann", "Tom Mann"])} == {guardian}
