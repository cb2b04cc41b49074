"""Check in: a member scans the code on the TV and is on the roster, whoever they are and however often they scan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from gym.models import Membership
from gym.post.delivering import deliver_due
from gym.scope import in_gym
from programming.check_in import address, token
from programming.models import Attendance, ClassSession, Tap
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import Screen, nothing_written, page
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

SLUG = "northside-barbell"
NOON = datetime.fromisoformat("2026-11-24T18:10:00+00:00")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A Tuesday at ten past six; the evening's class began at six."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def zoe(cast: Cast, evening: ClassSession) -> Membership:
    """A member of Northside with a phone, who is not on the roster yet."""
    return make.person(cast.northside, "Zoë Abel", email="zoe@northside.example")


@pytest.fixture
def code(evening: ClassSession) -> str:
    """Where the QR code on the TV leads."""
    return address(evening, SLUG)


def change(session: ClassSession, **fields: Any) -> None:
    with in_gym(session.gym_id):
        ClassSession.objects.filter(pk=session.pk).update(**fields)


def state_of(session: ClassSession, member: Membership) -> str:
    with in_gym(session.gym_id):
        return Attendance.objects.filter(session=session, member=member).values_list("state", flat=True).first() or ""


def scan(member: Membership, path: str) -> Answer:
    return signed_in(member).get(path)


def put_on(client: Client, path: str, key: UUID | None = None) -> str:
    """Press “I am here”, and follow to what the page says then."""
    answer = client.post(path, {"tap": str(key or uuid4())}, follow=True)
    assert answer.status_code == 200
    return words(answer)


def words(answer: Answer) -> str:
    """What the page says under its heading."""
    return page(answer).one("section", class_="card").all("p")[0].text


def refused(member: Membership, path: str) -> tuple[int, str]:
    """Looking and sending are refused alike, name nobody else, and write nothing."""
    with nothing_written():
        looked, sent = scan(member, path), signed_in(member).post(path, {"tap": str(uuid4())})
    assert (looked.status_code, words(looked)) == (sent.status_code, words(sent))
    assert page(looked).all("form") == []
    for name in ("Ana A", "Alves", "Ben B", "Carla C"):
        assert name not in looked.content.decode()
    return looked.status_code, words(looked)


# --- It works --------------------------------------------------------------------------------------------------------


def test_looking_writes_nothing_and_offers_one_button(zoe: Membership, code: str) -> None:
    with nothing_written():
        shown = page(scan(zoe, code))
    assert shown.one("section", class_="card").one("p").text == "Hinge Foundations, Tuesday 18:00"
    assert [button.text for button in shown.all("button")] == ["I am here"]
    assert [script["src"] for script in shown.all("script")] == ["/static/js/check_in.js"]


def test_sending_puts_the_member_on_the_roster(zoe: Membership, code: str, evening: ClassSession) -> None:
    key, before = uuid4(), evening.version
    client = signed_in(zoe)
    answer = client.post(code, {"tap": str(key)})
    assert (answer.status_code, answer["Location"], answer["X-Op"]) == (302, f"{code}?now", str(key))
    assert words(client.get(answer["Location"])) == "You are checked in: Hinge Foundations, Tuesday 18:00."
    assert state_of(evening, zoe) == "here"
    with in_gym(evening.gym_id):
        tap = Tap.objects.get(key=key)
        assert (tap.kind, tap.actor_id, tap.member_id, tap.outcome) == ("attendance", zoe.pk, zoe.pk, "applied")
        assert Attendance.objects.get(session=evening, member=zoe).is_first_class
        # Every board of the class hears of it with its next poll.
        assert ClassSession.objects.get(pk=evening.pk).version == before + 1


def test_the_board_says_so_and_a_coach_can_undo_it(
    zoe: Membership, code: str, evening: ClassSession, cast: Cast
) -> None:
    tablet = Screen(signed_in(cast.carla), evening, cast.carla, htmx=True)
    put_on(signed_in(zoe), code)
    board = tablet.board()
    assert "6 here · 0 seen" in board.one("span", id="counts").text
    assert board.one("footer").one("span", class_="last").text == "Zoë A. · checked in"
    tablet.press(board.button("Undo"))
    assert tablet.board().all("li", id=f"m-{zoe.pk}") == []
    # And they may come in after all.
    put_on(signed_in(zoe), code)
    assert state_of(tablet.session, zoe) == "here"


@pytest.mark.parametrize("state", ["expected", "no_show", "off"])
def test_whoever_was_not_here_yet_is_here_now(zoe: Membership, code: str, evening: ClassSession, state: str) -> None:
    make.roster(evening, zoe, state=state)
    put_on(signed_in(zoe), code)
    assert state_of(evening, zoe) == "here"


def test_nobody_is_late_by_the_clock(
    zoe: Membership, code: str, evening: ClassSession, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=30))
    put_on(signed_in(zoe), code)
    assert state_of(evening, zoe) == "here"


def board_of(session: ClassSession) -> str:
    return f"/gym/{SLUG}/class/{session.pk}/"


def test_a_coach_who_scans_is_asked_and_a_member_is_not(
    cast: Cast, code: str, evening: ClassSession, zoe: Membership
) -> None:
    with nothing_written():
        asked = page(scan(cast.kim, code))
    assert asked.one("h1").text == "Join the class yourself?"
    assert [each.text for each in asked.one("form", id="check-in").all("button")] == ["Join the class"]
    assert asked.all("script") == []
    assert [each["href"] for each in asked.all("a") if each.text == "To the board"] == [board_of(evening)]
    members = page(scan(zoe, code))
    assert members.one("h1").text == "Check in"
    assert len(members.all("script")) == 1


def test_a_coach_who_scans_and_says_so_trains_in_the_class(cast: Cast, code: str, evening: ClassSession) -> None:
    put_on(signed_in(cast.kim), code)
    assert state_of(evening, cast.kim) == "here"


# --- Once ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["here", "late"])
def test_a_second_scan_says_so_and_changes_nothing(
    zoe: Membership, code: str, evening: ClassSession, state: str
) -> None:
    make.roster(evening, zoe, state=state)
    with nothing_written():
        said = scan(zoe, code)
        assert (said.status_code, words(said)) == (
            200,
            "You are checked in already: Hinge Foundations, Tuesday 18:00.",
        )
        put_on(signed_in(zoe), code)
    assert state_of(evening, zoe) == state


def test_the_same_page_sent_twice_is_one_tap(zoe: Membership, code: str) -> None:
    key = uuid4()
    first = put_on(signed_in(zoe), code, key)
    with nothing_written():
        assert put_on(signed_in(zoe), code, key) == first


def test_a_page_sent_again_after_an_undo_does_not_undo_that(
    zoe: Membership, code: str, evening: ClassSession, cast: Cast
) -> None:
    key = uuid4()
    put_on(signed_in(zoe), code, key)
    make.tap(evening, zoe, "undo", by=cast.carla, undone=str(key))
    signed_in(zoe).post(code, {"tap": str(key)})
    assert state_of(evening, zoe) == "off"


def test_a_tab_that_is_loaded_again_says_nothing_by_itself(
    zoe: Membership, code: str, evening: ClassSession, cast: Cast, clock: time_machine.Traveller
) -> None:
    client, now, key = signed_in(zoe), f"{code}?now", uuid4()
    put_on(client, code, key)
    # Taken off; after another time, not here, and expected still.
    taps: list[tuple[str, dict[str, Any]]] = [
        ("undo", {"undone": str(key)}),
        ("attendance", {"state": "no_show"}),
        ("attendance", {"state": "expected"}),
    ]
    for kind, values in taps:
        if kind == "attendance":
            put_on(client, code)
            clock.shift(timedelta(minutes=1))
        make.tap(evening, zoe, kind, by=cast.carla, after=(datetime.now(tz=UTC) - evening.starts_at).seconds, **values)
        clock.shift(timedelta(minutes=1))
        with nothing_written():
            shown = page(client.get(now))
        assert [line.text for line in shown.one("section", class_="card").all("p")] == [
            "You are not on the list now.",
            "Hinge Foundations, Tuesday 18:00",
        ]
        assert [button.text for button in shown.all("button")] == ["I am here"]
        assert shown.all("script") == []
    # Where they are on it, it says so; and whoever presses the button is.
    assert put_on(client, now) == "You are checked in: Hinge Foundations, Tuesday 18:00."
    assert page(client.get(now)).one("h1").text == "You are in"
    assert state_of(evening, zoe) == "here"


def test_a_tab_that_is_loaded_again_after_the_class(zoe: Membership, code: str, evening: ClassSession) -> None:
    change(evening, finished_at=NOON)
    assert refused(zoe, f"{code}?now") == OVER


def test_somebody_elses_key_is_refused(zoe: Membership, code: str, evening: ClassSession, cast: Cast) -> None:
    key = uuid4()
    make.tap(evening, cast.ana, "note", by=cast.carla, key=key, note="Stiff.")
    answer = signed_in(zoe).post(code, {"tap": str(key)})
    assert (answer.status_code, state_of(evening, zoe)) == (409, "")
    assert words(answer).startswith("This page was sent twice")


def test_a_key_that_is_none_is_refused_in_words(zoe: Membership, code: str) -> None:
    with nothing_written():
        answer = signed_in(zoe).post(code, {"tap": "nonsense"})
    assert (answer.status_code, words(answer)) == (422, "This tap did not arrive whole. Tap again.")


# --- Refusals --------------------------------------------------------------------------------------------------------


def test_a_full_class(zoe: Membership, code: str, evening: ClassSession, cast: Cast) -> None:
    change(evening, capacity=5)
    assert refused(zoe, code) == (422, "Hinge Foundations, Tuesday 18:00 is full. Ask the coach.")
    # Expected and late ones take a place; who did not come gives theirs back.
    make.tap(evening, cast.dev, "attendance", by=cast.carla, after=60, state="expected")
    make.tap(evening, cast.ben, "attendance", by=cast.carla, after=61, state="late")
    assert refused(zoe, code)[0] == 422
    make.tap(evening, cast.ana, "attendance", by=cast.carla, after=62, state="no_show")
    put_on(signed_in(zoe), code)
    assert state_of(evening, zoe) == "here"
    # Whoever is on the roster is never too many.
    put_on(signed_in(cast.ana), code)
    assert state_of(evening, cast.ana) == "here"


CANCELLED = (410, "Hinge Foundations, Tuesday 18:00 was cancelled.")
OVER = (410, "Hinge Foundations, Tuesday 18:00 is over, and so is its check-in.")


def test_a_cancelled_or_finished_class(zoe: Membership, code: str, evening: ClassSession) -> None:
    change(evening, cancelled_at=NOON)
    assert refused(zoe, code) == CANCELLED
    change(evening, cancelled_at=None, finished_at=NOON)
    assert refused(zoe, code) == OVER


def test_from_an_hour_before_until_it_is_over(
    zoe: Membership, code: str, evening: ClassSession, clock: time_machine.Traveller
) -> None:
    clock.move_to(evening.starts_at - timedelta(minutes=60, seconds=1))
    early = "Check-in for Hinge Foundations, Tuesday 18:00 opens at 17:00. Scan the code again then."
    assert (refused(zoe, code), address(evening, SLUG)) == ((422, early), "")
    clock.shift(timedelta(seconds=1))
    assert (scan(zoe, code).status_code, address(evening, SLUG)) == (200, code)
    clock.move_to(evening.ends_at)
    assert (refused(zoe, code), address(evening, SLUG)) == (OVER, "")


def test_a_mangled_token(zoe: Membership, code: str) -> None:
    good = code.split("/")[-2]
    flipped = ("B" if good[-6] == "A" else "A").join([good[:-6], good[-5:]])
    for bad in (flipped, good[:-1], good + "A", good[::-1], "x", "é" * 43, "A" * 43, "%20", "%2e%2e"):
        assert refused(zoe, code.replace(good, bad)) == (
            404,
            "This code does not work. Scan the one on the screen once more.",
        ), bad


def test_a_token_of_another_gym(zoe: Membership, cast: Cast, code: str) -> None:
    make.library(cast.harbour)
    other = make.class_session(cast.harbour, [cast.sam])
    good, foreign = code.split("/")[-2], token(cast.harbour.pk, other.pk)
    assert refused(zoe, code.replace(good, foreign))[0] == 404


def test_a_member_of_another_gym(cast: Cast, code: str) -> None:
    said = "With this sign-in you are not a member of this gym. Ask the coach to add you."
    assert refused(cast.hana, code) == (404, said)
    # The same as where there is no such gym.
    assert refused(cast.hana, code.replace(SLUG, "no-such-gym")) == (404, said)


def test_whoever_left(zoe: Membership, code: str) -> None:
    zoe.leave()
    assert refused(zoe, code)[0] == 404


def test_a_class_without_a_board_has_no_code(evening: ClassSession, zoe: Membership, code: str) -> None:
    change(evening, progression=None)
    evening.progression = None
    assert address(evening, SLUG) == ""
    assert refused(zoe, code)[0] == 404


def test_every_class_has_its_own_code(evening: ClassSession, cast: Cast, code: str) -> None:
    later = make.class_session(cast.northside, starts_at=evening.starts_at + timedelta(minutes=30))
    assert address(later, SLUG) not in ("", code)


# --- Signed out ------------------------------------------------------------------------------------------------------


def test_signed_out_leads_through_the_password_and_back(client: Client, zoe: Membership, code: str) -> None:
    at_the_door = client.get(code, follow=True)
    form = page(at_the_door).one("form", id="by-password")
    typed = {field["name"]: field.attributes.get("value", "") for field in form.all("input")}
    answer = client.post(form["action"], {**typed, "login": "zoe@northside.example", "password": make.PASSWORD})
    assert answer["Location"] == code
    assert put_on(client, code).startswith("You are checked in")


def test_signed_out_leads_through_a_code_and_back(
    client: Client, zoe: Membership, code: str, mailoutbox: list[EmailMessage]
) -> None:
    cache.clear()
    assert zoe.user is not None
    EmailAddress.objects.create(user=zoe.user, email=zoe.user.email, verified=True, primary=True)
    at_the_door = page(client.get(code, follow=True))
    ask = at_the_door.one("form", id="by-code")
    typed = {field["name"]: field.attributes.get("value", "") for field in ask.all("input")}
    confirm = client.post(ask["action"], {**typed, "email": zoe.user.email}, follow=True)
    form = page(confirm).one("form", class_="code")
    deliver_due()
    [mail] = mailoutbox
    found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", str(mail.body), re.MULTILINE)
    assert found, mail.body
    typed = {field["name"]: field.attributes.get("value", "") for field in form.all("input")}
    answer = client.post(form["action"], {**typed, "code": found[1]})
    assert answer["Location"] == code
    assert put_on(client, code).startswith("You are checked in")


def test_sent_while_signed_out_leads_to_the_sign_in_and_writes_nothing(
    client: Client, zoe: Membership, code: str
) -> None:
    with nothing_written():
        answer = client.post(code, {"tap": str(uuid4())}, headers={"Referer": f"http://testserver{code}"})
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={code}")
