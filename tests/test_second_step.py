"""The second step: an app’s codes, codes on paper, passkeys that are made up, and a gym that asks its owners for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from gym.models import User
from gym.post.delivering import deliver_due
from tests import make
from tests.coach.conftest import signed_in
from tests.people import Cast
from tests.second_step import app_code, typed_a_code

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

SET_UP = "/account/2fa/totp/activate/"
SECOND = "/account/2fa/authenticate/"
CODES = "/account/2fa/recovery-codes/"
OWNERS = "/gym/northside-barbell/owner/screens/"
SIGNING_IN = "/gym/northside-barbell/owner/signing-in/"


@pytest.fixture(autouse=True)
def nothing_counted_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def olga(cast: Cast) -> Client:
    """The owner, who signs in by code alone, and typed one just now."""
    assert cast.olga.user is not None
    cast.olga.user.set_unusable_password()
    cast.olga.user.save()
    return typed_a_code(signed_in(cast.olga))


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set up an app: its secret, and the codes on paper."""
    page = client.get(SET_UP).content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)
    assert secret
    answer = client.post(SET_UP, {"code": app_code(secret[1])})
    assert answer.headers["Location"] == CODES
    return secret[1], re.findall(r"<code>(\d{8})</code>", client.get(CODES).content.decode())


def first_step(email: str, mailoutbox: list[EmailMessage]) -> tuple[Client, Answer]:
    """Sign in by an e-mailed code, in another browser."""
    client = Client()
    client.post("/account/login/code/", {"email": email})
    deliver_due()
    found = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", str(mailoutbox[-1].body), re.MULTILINE)
    assert found
    return client, client.post("/account/login/code/confirm/", {"code": found.group()})


def is_inside(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_it_is_asked_for_after_the_code(olga: Client, mailoutbox: list[EmailMessage]) -> None:
    secret, _codes = set_up(olga)
    client, answer = first_step("olga@northside.example", mailoutbox)
    assert answer.headers["Location"] == SECOND
    assert not is_inside(client)
    assert client.post(SECOND, {"code": "000000"}).status_code == 200
    assert not is_inside(client)
    cache.clear()
    client.post(SECOND, {"code": app_code(secret)})
    assert is_inside(client)


def test_a_code_on_paper_works_once(olga: Client, mailoutbox: list[EmailMessage]) -> None:
    _secret, codes = set_up(olga)
    assert len(codes) == 10
    for inside in (True, False):
        client, _answer = first_step("olga@northside.example", mailoutbox)
        client.post(SECOND, {"code": codes[3]})
        assert is_inside(client) == inside


def test_codes_on_paper_are_shown_once(olga: Client) -> None:
    _secret, codes = set_up(olga)
    page = olga.get(CODES).content.decode()
    assert not any(code in page for code in codes)
    assert "cannot be shown again" in page


def test_guessing_is_stopped_whichever_process_answers(olga: Client, mailoutbox: list[EmailMessage]) -> None:
    secret, _codes = set_up(olga)
    client, _answer = first_step("olga@northside.example", mailoutbox)
    page = ""
    for _guess in range(12):
        page = client.post(SECOND, {"code": "000000"}).content.decode()
    assert "Too many tries" in page
    client.post(SECOND, {"code": app_code(secret)})
    assert not is_inside(client)


def test_what_is_stored_opens_nothing_by_itself(olga: Client, settings: Settings, cast: Cast) -> None:
    secret, codes = set_up(olga)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)
    app = Authenticator.objects.get(type="totp").wrap()
    assert app.validate_code(app_code(secret))
    # With another key than the one it was stored with it opens nothing, and breaks nothing.
    settings.SECRET_KEY = "another-key-" * 6
    cache.clear()
    assert not Authenticator.objects.get(type="totp").wrap().validate_code(app_code(secret))
    settings.SECRET_KEY_FALLBACKS = ["only-for-tests-" * 4]
    assert Authenticator.objects.get(type="totp").wrap().validate_code(app_code(secret))


class TestOwners:
    """A gym can ask its owners for it."""

    def test_not_unless_the_gym_says_so(self, olga: Client) -> None:
        assert olga.get(OWNERS).status_code == 200

    def test_who_has_none_is_led_to_it_before_any_owners_page(self, olga: Client, cast: Cast) -> None:
        assert olga.post(SIGNING_IN, {"needed": "yes"}).status_code == 302
        for answer in (olga.get(OWNERS), olga.post(OWNERS, {"name": "Wall"}), olga.post(SIGNING_IN, {"needed": "no"})):
            assert answer.headers["Location"] == "/account/2fa/"
        # Nothing else is closed, to owners or to others.
        assert olga.get("/gym/northside-barbell/today/").status_code == 200
        assert signed_in(cast.carla).get("/gym/northside-barbell/today/").status_code == 200
        assert signed_in(cast.hana).get("/gym/harbour-strength/owner/screens/").status_code == 200
        set_up(olga)
        assert olga.get(OWNERS).status_code == 200

    def test_a_session_from_before_has_to_show_it(self, olga: Client, cast: Cast) -> None:
        secret, _codes = set_up(olga)
        olga.post(SIGNING_IN, {"needed": "yes"})
        older = signed_in(cast.olga)
        answer = older.get(OWNERS)
        assert answer.headers["Location"].startswith("/account/2fa/reauthenticate/?next=%2Fgym%2Fnorthside")
        cache.clear()
        answer = older.post(answer.headers["Location"], {"code": app_code(secret), "next": OWNERS})
        assert answer.headers["Location"] == OWNERS
        assert older.get(OWNERS).status_code == 200

    def test_taken_away_it_is_asked_for_again(self, olga: Client) -> None:
        set_up(olga)
        olga.post(SIGNING_IN, {"needed": "yes"})
        Authenticator.objects.all().delete()
        assert olga.get(OWNERS).headers["Location"] == "/account/2fa/"


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '"x"',
        "1e999",
        '{"id": "a", "rawId": "b", "type": "public-key", "response": {}}',
        '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30", '
        '"attestationObject": "oA", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"}}',
        '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "bm8", "userHandle": "_"}}',
        '{"id": 5, "rawId": {}, "response": null}',
        "[" * 5000,
    ],
)
def test_a_made_up_passkey_is_refused(olga: Client, credential: Any, mailoutbox: list[EmailMessage]) -> None:
    body = {"credential": credential, "name": "Mine", "passwordless": "on"}
    olga.get("/account/2fa/webauthn/add/")
    assert olga.post("/account/2fa/webauthn/add/", body).status_code == 200
    set_up(olga)
    second, _answer = first_step("olga@northside.example", mailoutbox)
    for client, url in (
        (Client(), "/account/2fa/webauthn/login/"),
        (second, SECOND),
        (olga, "/account/2fa/webauthn/reauthenticate/"),
    ):
        client.get(url, headers={"Accept": "application/json"})
        assert client.post(url, body).status_code in (200, 302)
    assert not is_inside(second)
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_a_lost_second_step_is_the_operators_to_take_away(cast: Cast, olga: Client) -> None:
    set_up(olga)
    operator = Client()
    operator.force_login(User.objects.create_superuser("root@rung.example", make.PASSWORD))
    app = Authenticator.objects.get(type="totp")
    page = operator.get(f"/admin/mfa/authenticator/{app.pk}/change/")
    assert page.status_code == 200
    assert app.data["secret"] not in page.content.decode()
    operator.post(f"/admin/mfa/authenticator/{app.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(type="totp").exists()
