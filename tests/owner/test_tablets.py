"""The owner's tablets: enrolled on the tablet itself, watched, revoked; and whose PINs there are."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from gym.models import Tablet, Unlock
from gym.scope import in_gym
from gym.tablets import COOKIE
from programming.models import ClassSession
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import page
from tests.coach.shared import PINS, Shared, share
from tests.people import Cast

pytest_plugins = ["tests.people"]

URL = "/gym/northside-barbell/owner/tablets/"


@pytest.fixture
def owner(cast: Cast) -> Client:
    return signed_in(cast.olga)


def test_the_browser_that_asks_becomes_a_tablet(owner: Client, cast: Cast, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert "enrol" in page(owner.get(URL)).one("form", id="enrol").text.lower()
    answer = owner.post(URL, {"name": "Rack tablet"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/gym/northside-barbell/tablet/")
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] >= 365 * 24 * 3600 and len(cookie.value) >= 32
    made = Tablet.across_gyms.get()
    assert (made.name, made.enrolled_by, made.gym) == ("Rack tablet", cast.olga, cast.northside)
    # Of the secret nothing is stored, and it is another one each time.
    assert cookie.value not in repr(Tablet.across_gyms.values_list())
    # The owner is signed out on it, and the lock screen shows.
    settings.SESSION_COOKIE_SECURE = False
    owner.cookies[COOKIE] = cookie.value
    # Also by the icon on its home screen.
    assert owner.get("/").headers["Location"] == "/gym/northside-barbell/today/"
    assert owner.get(URL).headers["Location"].startswith("/account/login/")
    assert "This tablet is locked." in page(owner.get("/gym/northside-barbell/tablet/")).text


def test_its_cookie_is_kept_anew_with_each_unlocking(cast: Cast, evening: ClassSession) -> None:
    with share(cast, evening, cast.ana) as shared:
        before = shared.client.cookies[COOKIE].value
        answer = shared.type_pin("carla", PINS["carla"])
        assert (answer.cookies[COOKIE].value, answer.cookies[COOKIE]["httponly"]) == (before, True)


@pytest.mark.parametrize(("name", "said"), [("", "Give the tablet a name."), ("x" * 61, "at most 60")])
def test_a_name_that_will_not_do(owner: Client, name: str, said: str) -> None:
    answer = owner.post(URL, {"name": name})
    assert (answer.status_code, said in page(answer).one("ul", class_="errorlist").text) == (422, True)
    assert not Tablet.across_gyms.exists() and COOKIE not in answer.cookies


def test_a_tablet_is_called_otherwise(owner: Client, cast: Cast) -> None:
    tablet, _secret = make.tablet(cast.northside, cast.olga)
    path = f"{URL}{tablet.pk}/"
    row = page(owner.get(URL)).one("tr", id=f"tablet-{tablet.pk}")
    assert row.one("a", href=path).text == "Rack tablet: Rename"
    form = page(owner.get(path)).one("form", id="rename")
    assert form.one("input", name="name")["value"] == "Rack tablet"
    refused = owner.post(path, {"name": " "})
    assert (refused.status_code, "Give the tablet a name." in page(refused).text) == (422, True)
    assert owner.post(path, {"name": "By the door"}).headers["Location"] == URL
    # Nothing else of it is another one.
    assert Tablet.across_gyms.filter(name="By the door", digest=tablet.digest, pk=tablet.pk).exists()
    assert "By the door is saved." in page(owner.get(URL)).text


def row_of(owner: Client, shared: Shared) -> str:
    return page(owner.get(URL)).one("tr", id=f"tablet-{shared.tablet.pk}").text


def test_the_list_says_when_it_was_seen_and_what_waits_on_it(owner: Client, cast: Cast, evening: ClassSession) -> None:
    with share(cast, evening, cast.ana) as shared:
        shared.unlock("carla")
        assert "none" in row_of(owner, shared)
        shared.poll(**{"X-Waiting": "4"})
        assert shared.now().waiting == 4
        row = row_of(owner, shared)
        assert f"4 as of {shared.now().seen_at:%-d %b %H:%M}" in row
        # Once a minute, or as soon as the number is another one.
        seen = shared.now().seen_at
        shared.later(seconds=30)
        shared.poll(**{"X-Waiting": "4"})
        assert shared.now().seen_at == seen
        shared.poll(**{"X-Waiting": "3"})
        assert (shared.now().waiting, shared.now().seen_at == seen) == (3, False)
        # What is no number says nothing.
        for nonsense in ("x", "-1", "9" * 40, "", "²"):
            shared.poll(**{"X-Waiting": nonsense})
            assert shared.now().waiting == 3
        # More than wait on any tablet are stored as so many.
        shared.poll(**{"X-Waiting": "9" * 12})
        assert shared.now().waiting == 9999


def test_revoking_asks_once_and_shows_the_tablet_nothing_more(owner: Client, cast: Cast, evening: ClassSession) -> None:
    with share(cast, evening, cast.ana) as shared:
        shared.unlock("carla")
        shared.poll(**{"X-Waiting": "2"})
        asked = page(owner.get(f"{URL}{shared.tablet.pk}/revoke/"))
        assert f"As of {shared.now().seen_at:%-d %b %H:%M}, 2 taps wait on it" in asked.text
        assert not shared.is_locked()
        assert owner.post(asked.one("form", id="revoke")["action"]).status_code == 302
        answer = shared.client.get(shared.board_url)
        assert (answer.headers["Location"], answer.headers["X-Revoked"]) == (shared.lock_url, "yes")
        for answer in (shared.client.get(shared.lock_url), shared.type_pin("carla", PINS["carla"]), shared.lock()):
            assert (answer.status_code, answer.headers["X-Revoked"]) == (401, "yes")
            html = answer.content.decode()
            assert not any(word in html for word in ("Northside", "Carla", "Ana", "fieldset"))
        revoked = shared.now().revoked_at
        assert owner.post(f"{URL}{shared.tablet.pk}/revoke/").status_code == 302
        assert shared.now().revoked_at == revoked
        assert "revoked" in row_of(owner, shared)


def test_enrolled_again_it_is_the_same_tablet_with_another_secret(cast: Cast, evening: ClassSession) -> None:
    with share(cast, evening, cast.ana) as shared:
        shared.unlock("carla")
        former = shared.client.cookies[COOKIE].value
        with in_gym(cast.northside):
            shared.now().revoke(at=shared.now().enrolled_at)
        assert cast.olga.user is not None
        shared.client.force_login(cast.olga.user)
        form = page(shared.client.get(URL)).one("form", id="enrol")
        assert form.one("input", name="name")["value"] == "Rack tablet"
        answer = shared.client.post(URL, {"name": "Rack tablet"})
        assert (answer.status_code, answer.cookies[COOKIE].value == former) == (302, False)
        assert Tablet.across_gyms.get().revoked_at is None
        # Whoever kept a copy of the former secret has nothing.
        shared.client.cookies[COOKIE] = former
        assert shared.client.get(shared.lock_url).status_code == 404


def test_a_pin_is_removed_and_cannot_be_set(owner: Client, cast: Cast, evening: ClassSession) -> None:
    with share(cast, evening, cast.ana) as shared:
        shared.unlock("carla")
        listed = page(owner.get(URL))
        assert listed.one("tr", id=f"pin-{cast.carla.pk}") and listed.one("tr", id=f"pin-{cast.kim.pk}")
        path = f"{URL}pins/{cast.carla.pk}/remove/"
        asked = page(owner.get(path))
        assert not asked.all("input", type="password") and not shared.is_locked()
        assert owner.post(path, {"pin": "4711"}).status_code == 302
        assert shared.is_locked()
        with in_gym(cast.northside):
            assert not Unlock.objects.filter(ended_at=None).exists()
        assert f"pin-{cast.carla.pk}" not in owner.get(URL).content.decode()
        assert owner.get(path).status_code == owner.post(path).status_code == 404


def test_another_gyms_tablets_and_pins_are_not_there(owner: Client, cast: Cast) -> None:
    theirs, _secret = make.tablet(cast.harbour, cast.hana)
    make.pin(cast.nia_at_harbour, "4711")
    for path in (f"{theirs.pk}/", f"{theirs.pk}/revoke/", f"pins/{cast.nia_at_harbour.pk}/remove/"):
        assert owner.get(URL + path).status_code == owner.post(URL + path).status_code == 404
    assert Tablet.across_gyms.get(pk=theirs.pk).revoked_at is None
    assert str(theirs.pk) not in owner.get(URL).content.decode()
