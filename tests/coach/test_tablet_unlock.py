"""The lock screen: it names nobody, and opens the coaches' pages to the right PIN."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django.views.debug import ExceptionReporter

from gym.models import Pin, Tablet
from gym.scope import in_gym
from gym.tablets import COOKIE, is_easy, marks
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import HTMX, nothing_written, page
from tests.coach.shared import PINS, Shared
from tests.people import Cast

pytest_plugins = ["tests.people"]


def test_the_right_pin_opens_the_coaches_pages(shared: Shared, cast: Cast) -> None:
    assert shared.is_locked()
    answer = shared.type_pin("carla", PINS["carla"], next=shared.board_url)
    assert (answer.status_code, answer.headers["Location"]) == (302, shared.board_url)
    body = shared.body()
    assert (body["data-coach"], bool(body["data-ticket"])) == (str(cast.carla.pk), True)
    assert body.one("details", id="hands").one("summary").one("span", class_="name").text == "Carla C."
    # Somewhere else of its own gym, Today is opened instead.
    for elsewhere in ("https://evil.example/", "//evil.example/gym/northside-barbell/", "/gym/harbour-strength/today/"):
        answer = shared.type_pin("carla", PINS["carla"], next=elsewhere)
        assert answer.headers["Location"] == "/gym/northside-barbell/today/"


def test_a_locked_screen_names_nobody(shared: Shared, cast: Cast) -> None:
    make.pin(cast.olga, "92851")
    shown = shared.client.get(shared.lock_url)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    html = shown.content.decode()
    for person in (*cast.members, cast.carla, cast.kim, cast.olga):
        for word in person.name.split():
            assert word not in html, word
    labels = [each.text for each in page(shown).one("fieldset").all("label")]
    assert sorted(labels) == ["CC", "KK", "OO"]
    # Wrong or too long waited, it goes on naming nobody.
    assert "Carla" not in shared.type_pin("carla", "000111").content.decode()


def test_another_pin_and_no_pin_open_nothing(shared: Shared, cast: Cast) -> None:
    for typed in (PINS["kim"], "4712", ""):
        answer = shared.type_pin("carla", typed)
        assert answer.status_code == 422
        assert not page(answer).one("input", name="pin").attributes.get("value")
        assert shared.is_locked()
    for typed in ("47", "471147114", "４７１１", "47 1"):
        assert "4 to 8 digits" in page(shared.type_pin("kim", typed)).text
    # Somebody who has none, who is none, and nobody at all.
    for whom in (cast.olga, cast.ana, cast.hana):
        answer = shared.client.post(shared.lock_url, {"coach": str(whom.pk), "pin": "4711"})
        assert (answer.status_code, "not here any more" in page(answer).text) == (422, True)
    assert "Tap your initials first" in page(shared.client.post(shared.lock_url, {"pin": "4711"})).text
    assert shared.is_locked()


def leave(cast: Cast) -> None:
    cast.carla.leave()


def coach_no_more(cast: Cast) -> None:
    cast.carla.is_coach, cast.carla.is_member = False, True
    cast.carla.save()


def lose_the_sign_in(cast: Cast) -> None:
    assert cast.carla.user is not None
    cast.carla.user.is_active = False
    cast.carla.user.save()


def lose_the_pin(cast: Cast) -> None:
    signed_in(cast.olga).post(f"/gym/northside-barbell/owner/tablets/pins/{cast.carla.pk}/remove/")


@pytest.mark.parametrize("end", [leave, coach_no_more, lose_the_sign_in, lose_the_pin])
def test_who_may_not_coach_any_more_is_locked_out_at_once(shared: Shared, cast: Cast, end: Any) -> None:
    shared.unlock("carla")
    assert not shared.is_locked()
    end(cast)
    assert shared.is_locked()
    assert shared.type_pin("carla", PINS["carla"]).status_code == 422
    labels = [each.text for each in page(shared.client.get(shared.lock_url)).one("fieldset").all("label")]
    assert labels == ["KK"]


def test_wrong_pins_cost_time_that_a_restart_does_not_give_back(shared: Shared) -> None:
    """Three are free for a coach, five for a tablet; after that each costs twice as much as the one before."""
    for _free in range(2):
        assert "Try again." in page(shared.type_pin("carla", "9999999")).text
    assert "Wait 30 seconds" in page(shared.type_pin("carla", "9999999")).text
    # What a new process knows is what stands in the database; the right one is not looked at either.
    cache.clear()
    answer = shared.type_pin("carla", PINS["carla"])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert "Too many wrong PINs. Wait 30 seconds" in page(answer).text
    shared.later(seconds=31)
    assert "Wait 1 minute" not in page(shared.type_pin("carla", "9999999")).text
    assert "Wait 60 seconds" in page(shared.type_pin("carla", PINS["carla"])).text
    # From another tablet it is the same coach; on this one another coach is still let in.
    other, secret = make.tablet(shared.cast.northside, shared.cast.olga, name="Second")
    beside = Client()
    beside.cookies[COOKIE] = secret
    answer = beside.post(shared.lock_url, {"coach": str(shared.cast.carla.pk), "pin": PINS["carla"]})
    assert answer.status_code == 429
    shared.unlock("kim")
    shared.later(seconds=61)
    shared.unlock("carla")
    # The right one makes good what was wrong.
    assert "Try again." in page(shared.type_pin("carla", "9999999")).text


@pytest.mark.parametrize("change", ["another", "none"])
def test_a_pin_that_changes_while_it_is_looked_at_opens_nothing(
    shared: Shared, cast: Cast, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    is_right = Pin.is_right

    def look_slowly(pin: Pin, digits: str) -> bool:
        if change == "another":
            Pin.choose(cast.carla, "620195", at=timezone.now())
        else:
            Pin.remove(cast.carla, at=timezone.now())
        return is_right(pin, digits)

    monkeypatch.setattr(Pin, "is_right", look_slowly)
    assert shared.type_pin("carla", PINS["carla"]).status_code == 422
    assert shared.is_locked()
    monkeypatch.undo()
    if change == "another":
        assert shared.type_pin("carla", "620195").status_code == 302


def test_a_tablet_is_held_up_as_well(shared: Shared, cast: Cast) -> None:
    """One PIN tried with everybody."""
    make.pin(cast.olga, "92851")
    for name in ("carla", "carla", "kim", "kim", "olga"):
        shared.type_pin(name, "1470")
    assert shared.type_pin("olga", "92851").status_code == 429
    shared.later(seconds=31)
    assert shared.type_pin("olga", "92851").status_code == 302


def test_a_pin_stands_in_no_log_no_address_and_not_in_the_database(
    shared: Shared, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = shared.client.get(f"{shared.lock_url}?next={shared.board_url}")
    assert page(answer).one("form", id="unlock")["method"] == "post"
    assert not shared.client.get(f"{shared.lock_url}?pin=4711").headers.get("Location")
    shared.type_pin("carla", "62718")
    shared.unlock("carla")
    with in_gym(shared.cast.northside):
        stored = repr(list(Pin.objects.values_list())) + repr(list(Tablet.objects.values_list()))
    # A report of an error has stars in its place.
    monkeypatch.setattr(Tablet, "try_pin", lambda *_args, **_named: 1 / 0)
    shared.client.raise_request_exception = False
    reported: list[Any] = []
    handler = logging.Handler()
    handler.emit = reported.append  # type: ignore[assignment,method-assign]
    logging.getLogger("django.request").addHandler(handler)
    try:
        assert shared.type_pin("carla", PINS["carla"]).status_code == 500
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    text = ExceptionReporter(reported[0].request, *reported[0].exc_info).get_traceback_text()
    assert "coach = " in text
    for digits in ("4711", "62718"):
        assert f"'{digits}'" not in text and digits not in caplog.text and digits not in stored


def test_without_the_cookie_of_an_enrolled_tablet_there_is_nothing(shared: Shared, cast: Cast) -> None:
    stranger = Client()
    for secret in ("", "nonsense", "x" * 5000, make.tablet(cast.harbour, cast.hana)[1]):
        stranger.cookies[COOKIE] = secret
        assert stranger.get(shared.lock_url).status_code == 404
        with nothing_written():
            sent = {"coach": str(cast.carla.pk), "pin": PINS["carla"]}
            assert stranger.post(shared.lock_url, sent).status_code == 404
        assert stranger.get(shared.board_url).headers["Location"].startswith("/account/login/")
    shared.unlock("carla")
    assert shared.client.get("/gym/harbour-strength/tablet/").status_code == 404
    assert shared.client.get("/gym/harbour-strength/today/").headers["Location"].startswith("/account/login/")


def test_an_unlocked_tablet_is_nobodys_sign_in(shared: Shared, cast: Cast) -> None:
    make.pin(cast.olga, "92851")
    assert shared.type_pin("olga", "92851").status_code == 302
    assert not shared.is_locked()
    for path in ("/", "/account/password/change/", "/admin/", *(f"{shared.gym_url}{each}" for each in CLOSED)):
        answer = shared.client.get(path)
        assert (answer.status_code, "login" in answer.headers["Location"]) == (302, True), path
    # Nor does any page that is open lead there.
    html = shared.client.get(f"{shared.gym_url}today/").content.decode()
    assert "/owner/" not in html and "/account/" not in html and "/pin/" not in html


CLOSED = ["owner/schedule/", "owner/tablets/", "owner/equipment/", "owner/screens/", "my/", "pin/"]


def test_a_sign_in_of_ones_own_works_beside_it_and_ends_with_it(shared: Shared, cast: Cast) -> None:
    shared.client.force_login(cast.olga.user)  # type: ignore[arg-type]
    answer = shared.client.get(f"{shared.gym_url}owner/tablets/")
    assert answer.status_code == 200
    assert answer.cookies["sessionid"]["max-age"] == 3600
    assert page(shared.client.get(shared.board_url)).one("body")["data-ticket"] == ""
    shared.unlock("carla")
    assert shared.client.get(f"{shared.gym_url}owner/tablets/").status_code == 302


def test_each_unlocking_has_another_secret_of_the_forms(shared: Shared) -> None:
    """By it a browser tells whether a wish to sign out is still that of who is there; a wrong PIN changes nothing."""
    shared.client.get(shared.lock_url)
    secrets = [shared.client.cookies["csrftoken"].value]
    shared.type_pin("carla", "9999999")
    assert shared.client.cookies["csrftoken"].value == secrets[0]
    for name in ("carla", "kim"):
        shared.unlock(name)
        secrets.append(shared.client.cookies["csrftoken"].value)
    assert len(set(secrets)) == 3


def test_htmx_is_told_where_to_unlock(shared: Shared) -> None:
    for answer in (shared.poll(), shared.tap(ticket="")):
        assert answer.status_code == 401
        assert answer.headers["X-Sign-In"].startswith(shared.lock_url)
        assert "X-Op" not in answer.headers
    answer = shared.client.get(shared.board_url, headers=HTMX)
    assert (answer.status_code, "X-Revoked" in answer.headers) == (401, False)


@pytest.mark.parametrize("digits", ["0000", "1234", "98765", "7890", "0987", "1212", "123123", "2580", "1111111"])
def test_an_easy_pin_is_one(digits: str) -> None:
    assert is_easy(digits)


@pytest.mark.parametrize("digits", ["4711", "1357", "2468", "9021", "12341", "10203", "8064"])
def test_another_is_not(digits: str) -> None:
    assert not is_easy(digits)


def test_marks_tell_coaches_apart_without_naming_them(cast: Cast) -> None:
    names = ["Kim Kowalski", "Kim Kern", "Kai Keller", "Al", "Zoë Ünal", "Ann Arbor", "Ann Arbor"]
    people = [make.person(cast.northside, name, ["coach"]) for name in names]
    shown = dict(zip([each.pk for each in people], (mark for _coach, mark in marks(people)), strict=True))
    assert [shown[each.pk] for each in people] == ["KKo", "KiKe", "KaKe", "A", "ZÜ", "AA 1", "AA 2"]
