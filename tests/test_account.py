"""Somebody’s own sign-in: where they are signed in, another address, several gyms, two people in one browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from gym.devices import device_words
from gym.models import Letter, User
from gym.post.delivering import deliver_due
from tests import make
from tests.coach.conftest import signed_in
from tests.page import read
from tests.people import Cast
from tests.second_step import typed_a_code

pytest_plugins = ["tests.people"]

ADDRESS = "/account/address/"
SESSIONS = "/account/sessions/"


@pytest.fixture(autouse=True)
def nothing_counted_yet(db: None) -> Iterator[None]:
    cache.clear()
    yield


def by_code_alone(cast: Cast) -> Client:
    """Ana has no password. This browser has been signed in for long."""
    assert cast.ana.user is not None
    cast.ana.user.set_unusable_password()
    cast.ana.user.save()
    return signed_in(cast.ana)


def is_inside(client: Client) -> bool:
    return client.get("/account/").status_code == 200


class TestSessions:
    """Where somebody is signed in."""

    @pytest.fixture
    def both(self, cast: Cast) -> tuple[Client, Client]:
        """Ana’s phone and her laptop."""
        phone, laptop = Client(headers={"User-Agent": "… iPhone … Safari"}), Client()
        for client in (phone, laptop):
            client.post("/account/login/", {"login": "ana@northside.example", "password": make.PASSWORD})
        return phone, laptop

    def test_one_is_ended(self, both: tuple[Client, Client]) -> None:
        phone, laptop = both
        page = read(laptop.get(SESSIONS).content.decode())
        [button] = [each for each in page.all("button", name="end") if each["value"] != "others"]
        assert "Safari, iPhone" in page.text
        laptop.post(SESSIONS, {"end": button["value"]})
        assert not is_inside(phone)
        assert is_inside(laptop)

    def test_all_others_are_ended(self, both: tuple[Client, Client]) -> None:
        phone, laptop = both
        phone.post(SESSIONS, {"end": "others"})
        assert (is_inside(phone), is_inside(laptop)) == (True, False)

    def test_those_from_before_they_were_written_down_too(self, both: tuple[Client, Client], cast: Cast) -> None:
        phone, laptop = both
        UserSession.objects.all().delete()
        Session.objects.create(session_key="nobodys", session_data="", expire_date=timezone.now() + timedelta(days=1))
        # Without the migration the phone is on no list, and stays signed in.
        laptop.post(SESSIONS, {"end": "others"})
        assert is_inside(phone)
        before_lists = import_module("gym.migrations.0009_sessions_written_down")
        for _again in range(2):
            before_lists.write_down(apps, None)
        assert UserSession.objects.count() == 2
        page = read(laptop.get(SESSIONS).content.decode())
        assert "another browser" in page.text
        assert "::" not in page.text
        laptop.post(SESSIONS, {"end": "others"})
        assert (is_inside(phone), is_inside(laptop)) == (False, True)

    def test_nobody_elses(self, both: tuple[Client, Client], cast: Cast) -> None:
        ben = signed_in(cast.ben)
        for session in UserSession.objects.filter(user=cast.ana.user):
            ben.post(SESSIONS, {"end": str(session.pk)})
        assert all(map(is_inside, both))
        assert "iPhone" not in ben.get(SESSIONS).content.decode()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5) AppleWebKit Version/17.5 Safari/604.1", "Safari, iPad"),
        ("", "another browser"),
    ],
)
def test_a_device_in_words(agent: str, words: str) -> None:
    assert device_words(agent) == words


class TestAddress:
    """Another address to sign in with."""

    NEW = "ana@new.example"

    @pytest.fixture
    def ana(self, cast: Cast) -> Client:
        """She typed a mailed code just now."""
        return typed_a_code(by_code_alone(cast))

    def ask(self, client: Client, mailoutbox: list[EmailMessage], new: str = NEW) -> tuple[str, str]:
        """Ask for it: the links in the two letters."""
        mailoutbox.clear()
        assert client.post(ADDRESS, {"email": new}).headers["Location"] == "/account/"
        deliver_due()
        links = {mail.to[0]: re.search(r"(/account/address/\S+)", str(mail.body)) for mail in mailoutbox}
        assert set(links) == {new, "ana@northside.example"}
        confirm, stop = links[new], links["ana@northside.example"]
        assert confirm and stop
        return confirm[1], stop[1]

    def email(self, cast: Cast) -> str:
        return User.objects.get(memberships=cast.ana).email

    def test_changes_when_the_new_one_confirms(self, ana: Client, cast: Cast, mailoutbox: list[EmailMessage]) -> None:
        confirm, _stop = self.ask(ana, mailoutbox)
        assert Client().get(confirm).status_code == 200
        assert self.email(cast) == "ana@northside.example"
        assert Client().post(confirm).status_code == 200
        assert self.email(cast) == self.NEW
        assert list(EmailAddress.objects.filter(user=cast.ana.user_id).values_list("email", "verified")) == [
            (self.NEW, True)
        ]
        # Once.
        assert Client().post(confirm).status_code == 410
        assert is_inside(ana)

    def test_the_old_one_stops_it_before(self, ana: Client, cast: Cast, mailoutbox: list[EmailMessage]) -> None:
        confirm, stop = self.ask(ana, mailoutbox)
        Client().get(stop)
        assert is_inside(ana)
        assert Client().post(stop).status_code == 200
        assert Client().post(confirm).status_code == 410
        assert self.email(cast) == "ana@northside.example"

    def test_the_old_one_takes_it_back_after(self, cast: Cast, mailoutbox: list[EmailMessage]) -> None:
        """Somebody else had got hold of the session: they are out, and so is what they set up."""
        thief = Client()
        thief.post("/account/login/", {"login": "ana@northside.example", "password": make.PASSWORD})
        thief.post("/account/reauthenticate/", {"password": make.PASSWORD})
        confirm, stop = self.ask(thief, mailoutbox)
        Client().post(confirm)
        Authenticator.objects.create(user=cast.ana.user, type="totp", data={})
        assert Client().post(stop).status_code == 200
        assert self.email(cast) == "ana@northside.example"
        assert not is_inside(thief)
        assert not Authenticator.objects.exists()
        assert not User.objects.get(memberships=cast.ana).has_usable_password()
        assert Client().post(stop).status_code == 410

    def test_links_grow_old(self, ana: Client, cast: Cast, mailoutbox: list[EmailMessage]) -> None:
        confirm, stop = self.ask(ana, mailoutbox)
        with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
            assert Client().post(confirm).status_code == 410
            assert Client().get(stop).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(days=15)):
            assert Client().post(stop).status_code == 410
        assert self.email(cast) == "ana@northside.example"

    def test_a_later_wish_ends_an_earlier(self, ana: Client, cast: Cast, mailoutbox: list[EmailMessage]) -> None:
        confirm, _stop = self.ask(ana, mailoutbox)
        self.ask(ana, mailoutbox, "ana@newer.example")
        assert Client().post(confirm).status_code == 410

    def test_one_that_is_taken_is_not_told_from_a_free_one(
        self, ana: Client, cast: Cast, mailoutbox: list[EmailMessage]
    ) -> None:
        confirm, _stop = self.ask(ana, mailoutbox, "ben@northside.example")
        # Only whoever reads the mail of that address learns it.
        assert Client().post(confirm).status_code == 410
        assert self.email(cast) == "ana@northside.example"

    @pytest.mark.parametrize("wrong", ["", "nonsense", "ANA@northside.example", "a" * 300 + "@new.example"])
    def test_what_is_wrong_is_said(self, ana: Client, wrong: str) -> None:
        assert ana.post(ADDRESS, {"email": wrong}).status_code == 422
        assert not Letter.across_gyms.exists()

    def test_no_more_than_some_letters_an_hour_go_to_whatever_is_typed(self, ana: Client, cast: Cast) -> None:
        answers = [ana.post(ADDRESS, {"email": f"somebody{number}@new.example"}).status_code for number in range(7)]
        assert answers == [302] * 5 + [429] * 2
        assert Letter.across_gyms.filter(kind="address_confirm").count() == 5
        # Nobody else is held up by it.
        ben = signed_in(cast.ben)
        ben.post("/account/reauthenticate/", {"password": make.PASSWORD})
        assert ben.post(ADDRESS, {"email": "ben@new.example"}).status_code == 302
        with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
            assert typed_a_code(ana).post(ADDRESS, {"email": "later@new.example"}).status_code == 302

    def test_with_a_password_it_is_asked_for_first(self, cast: Cast) -> None:
        answer = signed_in(cast.ana).post(ADDRESS, {"email": self.NEW})
        assert answer.headers["Location"].startswith("/account/reauthenticate/")
        assert not Letter.across_gyms.exists()

    @pytest.mark.parametrize("token", ["nonsense", "018f0000-0000-7000-8000-00000000dead:x"])
    def test_a_made_up_link_is_nothing(self, token: str) -> None:
        for kind in ("confirm", "stop"):
            assert Client().post(f"{ADDRESS}{kind}/{token}/").status_code == 410


class TestSeveralGyms:
    """From every screen to another gym in two taps."""

    @pytest.mark.parametrize("page", ["northside-barbell/my/", "harbour-strength/today/"])
    def test_from_a_members_and_a_coachs_page(self, cast: Cast, page: str) -> None:
        nia = signed_in(cast.nia)
        assert 'href="/"' in nia.get(f"/gym/{page}").content.decode()
        there = nia.get("/").content.decode()
        assert "/gym/northside-barbell/my/" in there
        assert "/gym/harbour-strength/today/" in there

    def test_from_an_owners_page(self, cast: Cast) -> None:
        owner = signed_in(make.person(cast.northside, "Two Gyms", ["owner"], user=cast.hana.user))
        assert 'href="/account/"' in owner.get("/gym/northside-barbell/owner/screens/").content.decode()
        assert "/gym/harbour-strength/today/" in owner.get("/account/").content.decode()


class TestTwoPeopleInOneBrowser:
    """A page that was drawn for one never writes as the other."""

    @pytest.mark.parametrize(
        ("first", "page", "post"),
        [("ana", "my/", "my/tv/"), ("olga", "owner/screens/", "owner/screens/")],
    )
    def test_the_first_ones_form_is_refused_and_says_who_is_signed_in(
        self, cast: Cast, first: str, page: str, post: str
    ) -> None:
        gym = "/gym/northside-barbell/"
        client = Client(enforce_csrf_checks=True)
        user = getattr(cast, first).user
        client.force_login(user)
        form = read(client.get(gym + page).content.decode()).one("form", action=gym + post)
        token = form.one("input", name="csrfmiddlewaretoken")["value"]
        login = client.get("/account/login/", follow=True)
        assert login.status_code == 200
        client.post("/account/logout/", {"csrfmiddlewaretoken": token})
        fresh = read(client.get("/account/login/").content.decode()).one("form", id="by-password")
        secret = fresh.one("input", name="csrfmiddlewaretoken")["value"]
        other = {"login": "nia@both.example", "password": make.PASSWORD, "csrfmiddlewaretoken": secret}
        client.post("/account/login/", other)
        typed = {"agreed": "yes", "name": "The long wall", "csrfmiddlewaretoken": token}
        # A page of somebody else's puts no words into ours.
        elsewhere = "https://elsewhere.example"
        for headers in ({"Origin": elsewhere}, {"Origin": "null"}, {"Referer": f"{elsewhere}/http://testserver/"}, {}):
            foreign = client.post(gym + post, typed, headers=headers)
            assert foreign.status_code == 403
            assert "The long wall" not in foreign.content.decode()
        answer = client.post(gym + post, typed, headers={"Origin": "http://testserver"})
        assert answer.status_code == 403
        page_said = answer.content.decode()
        assert "You are now signed in as <b>nia@both.example</b>" in page_said
        assert "The long wall" in page_said
        cast.nia.refresh_from_db()
        assert not cast.nia.tv_consent

    def test_a_page_says_for_whom_it_was_drawn(self, cast: Cast) -> None:
        told = {
            re.findall(r'id="signed-in"[^>]* data-for="(\w+)"', signed_in(person).get(url).content.decode())[0]
            for person, url in (
                (cast.nia, "/gym/northside-barbell/my/"),
                (cast.nia_at_harbour, "/gym/harbour-strength/today/"),
                (cast.olga, "/gym/northside-barbell/owner/screens/"),
            )
        }
        assert len(told) == 2
        assert str(cast.nia.user_id) not in told
