"""The door: by password, by e-mailed code, and everything it refuses."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from gym.models import User
from gym.post.delivering import deliver_due

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
ASK_FOR_CODE = "/account/login/code/"
GIVE_CODE = "/account/login/code/confirm/"
FORGOTTEN = "/account/password/reset/"
# Any page that asks for a sign-in and needs no gym.
INSIDE = "/account/password/change/"

PASSWORD = "hips back, chest proud"
WRONG_CODE = "0000-0000"

SWITCHED_OFF = "This sign-in has been switched off."
DEMO_ONLY = "This sign-in is part of the demo and works there only."
TOO_MANY = "Too many tries"


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> None:
    """Tries are counted in the cache; one test's must not count in the next."""
    cache.clear()


@pytest.fixture
def carla() -> User:
    return User.objects.create_user("carla@northside.test", PASSWORD)


@pytest.fixture
def demo_coach() -> User:
    return User.objects.create_user("coach@demo.test", PASSWORD, is_demo=True)


@pytest.fixture
def deployed(settings: Settings) -> None:
    """As on a gym's own server."""
    settings.DEMO = False


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Answer:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def ask_for_code(client: Client, email: str) -> Answer:
    answer = client.post(ASK_FOR_CODE, {"email": email}, follow=True)
    deliver_due()
    return answer


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", str(mail.body), re.MULTILINE)
    assert found, mail.body
    return found.group()


def is_inside(client: Client) -> bool:
    return client.get(INSIDE).status_code == 200


def words(response: Answer) -> str:
    """What a person reads, without what differs from one request to the next."""
    page = response.content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", page)
    return re.sub(r"\S+@\S+\.test", "ADDRESS", page)


class TestPassword:
    def test_lets_in(self, client: Client, carla: User) -> None:
        assert not is_inside(client)
        response = sign_in(client, carla.email)
        assert response.status_code == 302
        assert response["Location"] == "/"
        assert is_inside(client)

    def test_email_in_any_case(self, client: Client, carla: User) -> None:
        sign_in(client, "Carla@Northside.TEST")
        assert is_inside(client)

    def test_wrong_one_keeps_the_email_typed(self, client: Client, carla: User) -> None:
        response = sign_in(client, carla.email, "wrong")
        page = response.content.decode()
        assert response.status_code == 200
        assert "E-mail and password do not belong together." in page
        assert f'value="{carla.email}"' in page
        assert 'value="wrong"' not in page
        assert not is_inside(client)

    def test_missing_one_is_said_beside_its_field(self, client: Client, carla: User) -> None:
        page = sign_in(client, carla.email, "").content.decode()
        field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page)
        assert field
        described = re.search(r'aria-describedby="([^"]+)"', field.group())
        assert described
        assert 'aria-invalid="true"' in field.group()
        for name in described.group(1).split():
            assert f'id="{name}"' in page

    def test_unknown_address_reads_the_same(self, client: Client, carla: User) -> None:
        known = sign_in(client, carla.email, "wrong")
        unknown = sign_in(client, "nobody@northside.test", "wrong")
        assert words(known) == words(unknown)
        assert known.status_code == unknown.status_code

    def test_of_a_user_without_password_does_not_let_in(self, client: Client) -> None:
        User.objects.create_user("code.only@northside.test")
        sign_in(client, "code.only@northside.test", "")
        sign_in(client, "code.only@northside.test", "!")
        assert not is_inside(client)

    def test_switched_off_user_is_told(self, client: Client, carla: User) -> None:
        User.objects.filter(pk=carla.pk).update(is_active=False)
        response = client.post(LOGIN, {"login": carla.email, "password": PASSWORD}, follow=True)
        assert SWITCHED_OFF in response.content.decode()
        assert not is_inside(client)

    def test_needs_the_csrf_token(self, carla: User) -> None:
        strict = Client(enforce_csrf_checks=True)
        response = sign_in(strict, carla.email)
        assert response.status_code == 403
        assert "This page was open for too long" in response.content.decode()
        assert not is_inside(strict)


class TestCode:
    def test_lets_in(self, client: Client, carla: User, mailoutbox: list[EmailMessage]) -> None:
        page = ask_for_code(client, carla.email)
        assert page.redirect_chain[-1][0] == GIVE_CODE
        assert not is_inside(client)
        [mail] = mailoutbox
        assert mail.to == [carla.email]
        response = client.post(GIVE_CODE, {"code": code_in(mail)})
        assert response["Location"] == "/"
        assert is_inside(client)

    def test_works_once(self, client: Client, carla: User, mailoutbox: list[EmailMessage]) -> None:
        ask_for_code(client, carla.email)
        code = code_in(mailoutbox[0])
        client.post(GIVE_CODE, {"code": code})
        client.post("/account/logout/")
        assert client.post(GIVE_CODE, {"code": code}).status_code == 302
        assert not is_inside(client)

    def test_of_another_browser_does_not_let_in(
        self, client: Client, carla: User, mailoutbox: list[EmailMessage]
    ) -> None:
        ask_for_code(client, carla.email)
        elsewhere = Client()
        elsewhere.post(GIVE_CODE, {"code": code_in(mailoutbox[0])})
        assert not is_inside(elsewhere)

    def test_wrong_one_is_said_and_the_right_one_still_works(
        self, client: Client, carla: User, mailoutbox: list[EmailMessage]
    ) -> None:
        ask_for_code(client, carla.email)
        response = client.post(GIVE_CODE, {"code": WRONG_CODE})
        assert response.status_code == 200
        assert "This code is not the one we sent." in response.content.decode()
        assert f'value="{WRONG_CODE}"' in response.content.decode()
        assert not is_inside(client)
        client.post(GIVE_CODE, {"code": code_in(mailoutbox[0])})
        assert is_inside(client)

    def test_cannot_be_guessed(self, client: Client, carla: User, mailoutbox: list[EmailMessage]) -> None:
        ask_for_code(client, carla.email)
        response = client.post(GIVE_CODE, {"code": WRONG_CODE}, follow=True)
        for _ in range(9):
            if not response.redirect_chain:
                response = client.post(GIVE_CODE, {"code": WRONG_CODE}, follow=True)
        assert response.redirect_chain[-1][0] == ASK_FOR_CODE
        assert TOO_MANY in response.content.decode()
        client.post(GIVE_CODE, {"code": code_in(mailoutbox[0])})
        assert not is_inside(client)

    def test_unknown_address_reads_the_same_and_gets_no_mail(
        self, client: Client, carla: User, mailoutbox: list[EmailMessage]
    ) -> None:
        known = ask_for_code(client, carla.email)
        known_wrong = client.post(GIVE_CODE, {"code": WRONG_CODE})
        other = Client()
        unknown = ask_for_code(other, "nobody@northside.test")
        unknown_wrong = other.post(GIVE_CODE, {"code": WRONG_CODE})
        assert known.redirect_chain == unknown.redirect_chain
        assert words(known) == words(unknown)
        assert words(known_wrong) == words(unknown_wrong)
        assert [mail.to for mail in mailoutbox] == [[carla.email]]

    def test_switched_off_user_gets_none(self, client: Client, carla: User, mailoutbox: list[EmailMessage]) -> None:
        User.objects.filter(pk=carla.pk).update(is_active=False)
        ask_for_code(client, carla.email)
        assert mailoutbox == []

    def test_of_a_user_switched_off_meanwhile_does_not_let_in(
        self, client: Client, carla: User, mailoutbox: list[EmailMessage]
    ) -> None:
        ask_for_code(client, carla.email)
        User.objects.filter(pk=carla.pk).update(is_active=False)
        response = client.post(GIVE_CODE, {"code": code_in(mailoutbox[0])}, follow=True)
        assert SWITCHED_OFF in response.content.decode()
        assert not is_inside(client)


class TestDemoUser:
    """Everybody knows a demo user's password, so outside the demo it opens nothing."""

    def test_gets_in_within_the_demo(self, client: Client, demo_coach: User) -> None:
        sign_in(client, demo_coach.email)
        assert is_inside(client)

    @pytest.mark.usefixtures("deployed")
    def test_password_is_refused_with_a_sentence(self, client: Client, demo_coach: User) -> None:
        response = sign_in(client, demo_coach.email)
        assert DEMO_ONLY in response.content.decode()
        assert f'value="{demo_coach.email}"' in response.content.decode()
        assert not is_inside(client)

    @pytest.mark.usefixtures("deployed")
    def test_wrong_password_tells_nothing(self, client: Client, demo_coach: User) -> None:
        assert DEMO_ONLY not in sign_in(client, demo_coach.email, "wrong").content.decode()

    @pytest.mark.usefixtures("deployed")
    def test_code_is_refused_with_a_sentence(
        self, client: Client, demo_coach: User, mailoutbox: list[EmailMessage]
    ) -> None:
        ask_for_code(client, demo_coach.email)
        response = client.post(GIVE_CODE, {"code": code_in(mailoutbox[0])}, follow=True)
        assert response.redirect_chain[-1][0] == LOGIN
        assert DEMO_ONLY in response.content.decode()
        assert not is_inside(client)

    def test_living_session_ends(self, client: Client, demo_coach: User, settings: Settings) -> None:
        sign_in(client, demo_coach.email)
        assert is_inside(client)
        settings.DEMO = False
        assert not is_inside(client)

    @pytest.mark.usefixtures("deployed")
    def test_forced_session_opens_nothing(self, client: Client, demo_coach: User) -> None:
        client.force_login(demo_coach)
        assert not is_inside(client)

    @pytest.mark.usefixtures("deployed")
    def test_admin_stays_shut(self, client: Client, demo_coach: User) -> None:
        User.objects.filter(pk=demo_coach.pk).update(is_staff=True, is_superuser=True)
        client.post("/admin/login/", {"username": demo_coach.email, "password": PASSWORD})
        assert "_auth_user_id" not in client.session

    @pytest.mark.usefixtures("deployed")
    def test_others_get_in(self, client: Client, carla: User) -> None:
        sign_in(client, carla.email)
        assert is_inside(client)


class TestSession:
    def test_ends_when_the_user_is_switched_off(self, client: Client, carla: User) -> None:
        client.force_login(carla)
        assert is_inside(client)
        User.objects.filter(pk=carla.pk).update(is_active=False)
        assert not is_inside(client)

    def test_sign_out_takes_a_post(self, client: Client, carla: User) -> None:
        client.force_login(carla)
        assert client.get("/account/logout/").status_code == 200
        assert is_inside(client)
        client.post("/account/logout/")
        assert not is_inside(client)


class TestReturn:
    """After signing in, back to where one came from; never to somebody else's site."""

    @pytest.mark.parametrize("target", ["/gym/northside/", "/gym/northside/?day=2026-11-24"])
    def test_goes_back(self, client: Client, carla: User, target: str) -> None:
        assert sign_in(client, carla.email, next=target)["Location"] == target

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "http:///evil.example/",
            "javascript:alert(1)",
            "https://testserver@evil.example/",
            # A name of ours, yet another address than the one asked.
            "https://localhost/",
        ],
    )
    def test_never_leads_away(self, client: Client, carla: User, target: str, mailoutbox: list[EmailMessage]) -> None:
        assert sign_in(client, carla.email, next=target)["Location"] == "/"
        by_code = Client()
        ask_for_code(by_code, carla.email)
        response = by_code.post(GIVE_CODE, {"code": code_in(mailoutbox[0]), "next": target})
        assert response["Location"] == "/"


class TestTooManyTries:
    def test_passwords(self, client: Client, carla: User) -> None:
        for _ in range(12):
            response = sign_in(client, carla.email, "wrong")
            assert response.status_code in {200, 429}
        assert TOO_MANY in response.content.decode()
        # Nor does the right one open now: that would tell a guesser.
        sign_in(client, carla.email)
        assert not is_inside(client)

    def test_codes(self, client: Client, carla: User, mailoutbox: list[EmailMessage]) -> None:
        for _ in range(6):
            response = ask_for_code(Client(), carla.email)
            assert response.status_code in {200, 429}
        assert TOO_MANY in response.content.decode()
        assert len(mailoutbox) < 6

    def test_from_one_address_over_many_accounts(self, client: Client) -> None:
        for number in range(40):
            response = sign_in(client, f"guess{number}@northside.test", "wrong")
            assert response.status_code in {200, 429}
        assert TOO_MANY in response.content.decode()


class TestHowLongItTakes:
    """What takes time is done alike for an address that somebody has and for one that nobody has."""

    @pytest.mark.parametrize(("url", "field"), [(ASK_FOR_CODE, "email"), (FORGOTTEN, "email")])
    def test_the_same_is_written(self, carla: User, url: str, field: str) -> None:
        written = []
        for email in (carla.email, "nobody@northside.test"):
            client = Client()
            with CaptureQueriesContext(connection) as queries:
                client.post(url, {field: email})
            kinds = [query["sql"].split("INTO")[-1].split("SET")[0].split()[0] for query in queries if writes(query)]
            written.append(sorted(kinds))
        # The first time, an address that somebody has is written down beside the letter.
        known, unknown = ([each for each in tables if each != '"account_emailaddress"'] for tables in written)
        assert known == unknown
        assert '"gym_letter"' in unknown

    def test_as_many_passwords_are_hashed(self, carla: User, monkeypatch: pytest.MonkeyPatch) -> None:
        counts, encode = [], MD5PasswordHasher.encode
        for email in (carla.email, "nobody@northside.test"):
            hashed: list[str] = []
            monkeypatch.setattr(
                MD5PasswordHasher, "encode", lambda self, *a, hashed=hashed: hashed.append("") or encode(self, *a)
            )
            sign_in(Client(), email, "wrong")
            counts.append(len(hashed))
        assert counts[0] == counts[1] > 0


def writes(query: dict[str, str]) -> bool:
    """Whether it changes a table, but for those in which tries are counted."""
    return query["sql"].startswith(("INSERT", "UPDATE")) and '"cache"' not in query["sql"]


class TestForgottenPassword:
    def test_link_sets_a_new_one(self, client: Client, carla: User, mailoutbox: list[EmailMessage]) -> None:
        client.post(FORGOTTEN, {"email": carla.email})
        deliver_due()
        [mail] = mailoutbox
        link = re.search(r"https?://testserver(/\S+)", str(mail.body))
        assert link
        page = client.get(link.group(1), follow=True)
        new = "soft knees and a long spine"
        response = client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
        assert "Your password is set" in response.content.decode()
        sign_in(client, carla.email, new)
        assert is_inside(client)

    def test_unknown_address_reads_the_same(self, client: Client, carla: User, mailoutbox: list[EmailMessage]) -> None:
        known = client.post(FORGOTTEN, {"email": carla.email}, follow=True)
        unknown = Client().post(FORGOTTEN, {"email": "nobody@northside.test"}, follow=True)
        assert words(known) == words(unknown)
        deliver_due()
        assert [mail.to for mail in mailoutbox] == [[carla.email]]

    def test_used_link_says_so(self, client: Client) -> None:
        page = client.get("/account/password/reset/key/1-abc/", follow=True).content.decode()
        assert "This link has been used or is too old." in page


def test_nobody_signs_up_alone(client: Client) -> None:
    response = client.post("/account/signup/", {"email": "new@northside.test", "password1": PASSWORD})
    assert response.status_code in {200, 404}
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()


class Strict(HTMLParser):
    """Collects what the content security policy would forbid, and the ids."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        inline_script = tag == "script" and "src" not in given
        if tag == "style" or inline_script or "style" in given or any(name.startswith("on") for name in given):
            self.forbidden.append(self.get_starttag_text() or tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))


def check(page: str) -> None:
    """Fails for inline script or style, a repeated id, a page outside our layout."""
    parser = Strict()
    parser.feed(page)
    assert parser.forbidden == []
    assert sorted(parser.ids) == sorted(set(parser.ids))
    assert {"status", "content"} <= set(parser.ids)
    assert '<main class="account"' in page


@pytest.mark.parametrize(
    "address",
    [LOGIN, ASK_FOR_CODE, FORGOTTEN, "/account/password/reset/done/", "/account/inactive/", "/account/signup/"],
)
def test_page_of_the_door(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    check(response.content.decode())


@pytest.mark.parametrize("address", [INSIDE, "/account/logout/", "/account/reauthenticate/"])
def test_page_behind_the_door(client: Client, carla: User, address: str) -> None:
    sign_in(client, carla.email)
    response = client.get(address)
    assert response.status_code == 200
    check(response.content.decode())


def test_page_for_the_code_and_for_a_first_password(client: Client, mailoutbox: list[EmailMessage]) -> None:
    code_only = User.objects.create_user("code.only@northside.test")
    check(ask_for_code(client, code_only.email).content.decode())
    client.post(GIVE_CODE, {"code": code_in(mailoutbox[0])})
    response = client.get("/account/password/set/")
    assert response.status_code == 200
    check(response.content.decode())


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_refusal_page_needs_no_context(name: str) -> None:
    check(render_to_string(f"{name}.html"))
