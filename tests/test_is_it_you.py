"""Is it you? Whoever has neither password nor second step types a mailed code before a change to their own sign-in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from gym.models import Letter, User
from gym.post.delivering import deliver_due
from tests.coach.conftest import signed_in
from tests.page import read
from tests.people import Cast
from tests.second_step import typed_a_code

pytest_plugins = ["tests.people"]

HERE = "/account/is-it-you/"
DELETE = "/gym/northside-barbell/my/data/delete/"
# Everything that changes how somebody signs in.
GUARDED = [
    *("/account/address/", "/account/password/set/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/add/"),
    DELETE,
]


@pytest.fixture(autouse=True)
def nothing_counted_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def ana(cast: Cast) -> Client:
    """She signs in by code alone; this phone of hers has been signed in for long."""
    assert cast.ana.user is not None
    cast.ana.user.set_unusable_password()
    cast.ana.user.save()
    return signed_in(cast.ana)


def code_for(client: Client, mailoutbox: list[EmailMessage], **more: str) -> str:
    """Have one mailed: what the letter says."""
    assert client.post(HERE, {"send": "yes", **more}).status_code == 302
    deliver_due()
    found = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", str(mailoutbox[-1].body), re.MULTILINE)
    assert found, mailoutbox[-1].body
    return found.group()


def is_let_through(client: Client, url: str = "/account/address/") -> bool:
    return client.get(url).status_code == 200


@pytest.mark.parametrize("url", GUARDED)
def test_it_is_asked_before_each_change(ana: Client, url: str) -> None:
    for answer in (ana.get(url), ana.post(url, {"email": "x@new.example", "password1": "p", "code": "000000"})):
        assert answer.headers["Location"] == f"{HERE}?next={url.replace('/', '%2F')}"
    assert is_let_through(typed_a_code(ana), url)


def test_the_mailed_code_leads_back_and_counts_for_a_while(ana: Client, mailoutbox: list[EmailMessage]) -> None:
    asked = ana.get("/account/address/", follow=True)
    form = read(asked.content.decode()).one("form", id="send")
    assert "ana@northside.example" in asked.content.decode()
    # To open the page mails nothing.
    assert not Letter.across_gyms.exists()
    back = {each["name"]: each["value"] for each in form.all("input", name="next")}
    code = code_for(ana, mailoutbox, **back)
    assert mailoutbox[-1].to == ["ana@northside.example"]
    assert ana.post(HERE, {"code": code, **back}).headers["Location"] == "/account/address/"
    assert all(is_let_through(ana, url) for url in GUARDED)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert not is_let_through(ana)
        # It was good once.
        ana.post(HERE, {"code": code})
        assert not is_let_through(ana)


def test_what_was_posted_is_done_once_the_code_is_typed(ana: Client, mailoutbox: list[EmailMessage]) -> None:
    ana.post(DELETE)
    code = code_for(ana, mailoutbox, next=DELETE)
    assert User.objects.filter(email="ana@northside.example").exists()
    ana.post(HERE, {"code": code, "next": DELETE})
    assert not User.objects.filter(email="ana@northside.example").exists()


def test_a_wrong_code_and_one_of_another_browser_open_nothing(
    ana: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    code = code_for(ana, mailoutbox)
    wrong = ana.post(HERE, {"code": "0000-0000"})
    assert wrong.status_code == 422
    assert "This code is not the one we sent." in wrong.content.decode()
    other = signed_in(cast.ana)
    other.post(HERE, {"code": code})
    assert not is_let_through(ana) and not is_let_through(other)
    ana.post(HERE, {"code": code})
    assert is_let_through(ana) and not is_let_through(other)


def test_guessing_is_stopped(ana: Client, mailoutbox: list[EmailMessage]) -> None:
    code = code_for(ana, mailoutbox)
    for _guess in range(3):
        answer = ana.post(HERE, {"code": "0000-0000"})
    assert answer.status_code == 302
    assert "There is no code any more that could be typed here." in ana.get(HERE).content.decode()
    ana.post(HERE, {"code": code})
    assert not is_let_through(ana)
    answers = [ana.post(HERE, {"code": "0000-0000"}).status_code for _guess in range(10)]
    assert answers[-1] == 429


def test_no_more_codes_are_mailed_than_to_sign_in(ana: Client) -> None:
    answers = [ana.post(HERE, {"send": "yes"}).status_code for _time in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert Letter.across_gyms.count() == 3


def test_an_old_code_and_one_for_a_former_address_are_of_no_use(
    ana: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    code = code_for(ana, mailoutbox)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert ana.post(HERE, {"code": code}).status_code == 302
        assert not is_let_through(ana)
        cache.clear()
        code = code_for(ana, mailoutbox)
        User.objects.filter(memberships=cast.ana).update(email="ana@new.example")
        ana.post(HERE, {"code": code})
        assert not is_let_through(ana)


def test_whoever_signed_in_by_code_just_now_is_not_asked_again(
    ana: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    phone = Client()
    phone.post("/account/login/code/", {"email": "ana@northside.example"})
    deliver_due()
    found = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", str(mailoutbox[-1].body), re.MULTILINE)
    assert found
    phone.post("/account/login/code/confirm/", {"code": found.group()})
    assert is_let_through(phone)
    assert not is_let_through(ana)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert not is_let_through(phone)


def test_whoever_has_a_password_is_asked_for_that(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    assert ben.get(f"{HERE}?next=/account/address/").headers["Location"] == (
        "/account/reauthenticate/?next=%2Faccount%2Faddress%2F"
    )
    ben.post(HERE, {"send": "yes"})
    assert not Letter.across_gyms.exists()
    # A code that was typed to sign in does not stand for the password.
    assert not is_let_through(typed_a_code(ben))


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example/"])
def test_it_never_leads_away(ana: Client, mailoutbox: list[EmailMessage], page: str) -> None:
    code = code_for(ana, mailoutbox, next=page)
    assert "evil" not in ana.get(HERE, {"next": page}).content.decode().partition("<main")[2]
    assert ana.post(HERE, {"code": code, "next": page}).headers["Location"] == "/account/"
