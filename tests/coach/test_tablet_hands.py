"""In whose hands a shared tablet is: switching, the lock button, and locking itself when nobody touches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from gym.models import Unlock
from gym.scope import in_gym
from tests.coach.conftest import signed_in
from tests.coach.screen import HTMX, nothing_written, page
from tests.coach.shared import PINS, Shared
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]


def test_another_coach_is_one_tap_away_once_unlocked(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.later(minutes=1)
    shared.unlock("kim")
    assert shared.body()["data-coach"] == str(cast.kim.pk)
    hands = page(shared.client.get(shared.board_url)).one("details", id="hands")
    offered = {each.text: each.attributes.get("aria-current") for each in hands.one("form", id="switch").all("button")}
    assert offered == {"Carla C.": None, "Kim K.": "true"}
    answer = shared.client.post(
        f"{shared.lock_url}switch/",
        {"unlock": hands.one("form", id="switch").all("button")[0]["value"]},
        headers={"Referer": f"http://testserver{shared.board_url}"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, shared.board_url)
    assert shared.body()["data-coach"] == str(cast.carla.pk)


def test_a_wish_that_comes_after_the_one_that_followed_it_changes_nothing(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.unlock("kim")
    hands = page(shared.client.get(shared.board_url)).one("form", id="switch").all("button")
    wishes = {each.text: {"unlock": each["value"], "turn": str(shared.now().turn)} for each in hands}

    def wish(name: str, **values: str) -> Answer:
        return shared.client.post(f"{shared.lock_url}switch/", wishes[name] | values, headers=HTMX)

    assert wish("Carla C.").status_code == 204
    with nothing_written():
        late = wish("Kim K.")
    assert (late.status_code, late.headers["X-Turn"]) == (409, str(shared.now().turn))
    assert shared.body()["data-coach"] == str(cast.carla.pk)
    # Meant all the same, it says so with the turn that it knows now.
    assert wish("Kim K.", turn=late.headers["X-Turn"]).status_code == 204
    assert shared.body()["data-coach"] == str(cast.kim.pk)
    with nothing_written():
        assert [wish("Carla C.", turn=turn).status_code for turn in ("x", "1.5", "9" * 30)] == [401] * 3


def test_only_who_is_unlocked_here_can_be_switched_to(shared: Shared, cast: Cast) -> None:
    shared.unlock("kim")
    with in_gym(cast.northside):
        kims = Unlock.objects.get(ended_at=None).pk
    shared.lock()
    shared.unlock("carla")
    for unlock in (str(kims), "nonsense", str(cast.kim.pk), ""):
        with nothing_written():
            answer = shared.client.post(f"{shared.lock_url}switch/", {"unlock": unlock})
        assert answer.headers["Location"] == shared.lock_url
    assert shared.body()["data-coach"] == str(cast.carla.pk)


def test_the_lock_button_locks_everybody_out(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.unlock("kim")
    assert shared.client.get(f"{shared.lock_url}lock/").status_code == 405
    answer = shared.lock()
    assert (answer.status_code, answer.headers["Location"]) == (302, shared.lock_url)
    assert shared.is_locked() and shared.poll().status_code == 401
    shared.unlock("kim")
    choices = page(shared.client.get(shared.board_url)).one("form", id="switch").all("button")
    assert [each.text for each in choices] == ["Kim K."]


def test_nobody_touches_it_and_it_locks_itself(shared: Shared, cast: Cast) -> None:
    """What a screen asks by itself does not count; a page opened, a tap and a finger on the screen do."""
    shared.unlock("carla")
    for _minute in range(9):
        shared.later(minutes=1)
        assert shared.poll().status_code == 200
    assert not shared.is_locked()
    shared.later(minutes=9)
    assert shared.tap("carla").status_code == 200
    shared.later(minutes=9)
    assert shared.poll(**{"X-Touched": "1000"}).status_code == 200
    shared.later(minutes=9)
    assert shared.poll().status_code == 200
    shared.later(minutes=1, seconds=30)
    assert shared.poll().status_code == 401
    assert shared.is_locked()
    # Too late: a finger opens nothing any more, nor does what a script fetches.
    assert shared.poll(**{"X-Touched": "1000"}).status_code == 401
    # The next coach is alone on it.
    shared.unlock("kim")
    assert len(page(shared.client.get(shared.board_url)).one("form", id="switch").all("button")) == 1


def test_what_a_script_fetches_by_itself_is_no_touch(shared: Shared) -> None:
    shared.unlock("carla")
    shared.later(minutes=6)
    assert shared.client.get(shared.board_url, headers={"Sec-Fetch-Mode": "cors"}).status_code == 200
    shared.later(minutes=6)
    assert shared.is_locked()


def test_the_gym_says_how_long_it_waits(shared: Shared, cast: Cast) -> None:
    owner = signed_in(cast.olga)
    assert owner.post(f"{shared.gym_url}owner/tablets/lock-after/", {"minutes": "1"}).status_code == 302
    shared.unlock("carla")
    assert page(shared.client.get(shared.board_url)).one("script", data_minutes="1")
    shared.later(seconds=50)
    assert not shared.is_locked()
    shared.later(seconds=70)
    assert shared.is_locked()
    for minutes in ("0", "61", "", "x", "-1", "9" * 30):
        with nothing_written():
            answer = owner.post(f"{shared.gym_url}owner/tablets/lock-after/", {"minutes": minutes})
        assert (answer.status_code, "From 1 to 60 minutes." in page(answer).text) == (422, True)


def test_a_class_without_a_network_is_not_locked_out_of_its_taps(shared: Shared, cast: Cast) -> None:
    """Taps that come in late were touches when they were made: one after another they bridge the gap."""
    shared.unlock("carla")
    shared.later(minutes=25)
    # Until the gap is bridged it is told of nobody.
    for minutes_ago, status in ((18, 204), (11, 204), (4, 200)):
        assert shared.tap("carla", age=str(minutes_ago * 60_000)).status_code == status
    assert not shared.is_locked()


def test_each_turn_is_counted(shared: Shared) -> None:
    """By it a page knows that it is an old one."""
    turns = [shared.now().turn]
    for step in (lambda: shared.unlock("carla"), lambda: shared.unlock("kim"), lambda: shared.switch("carla")):
        step()
        turns.append(shared.now().turn)
        assert page(shared.client.get(shared.board_url)).one("script", data_turn=str(turns[-1]))
    shared.lock()
    turns.append(shared.now().turn)
    assert turns == sorted(set(turns)), turns


@pytest.mark.parametrize("digits", ["5927", "59271838"])
def test_another_pin_ends_what_the_former_opened(shared: Shared, cast: Cast, digits: str) -> None:
    shared.unlock("carla")
    own = signed_in(cast.carla)
    assert own.post(f"{shared.gym_url}pin/", {"pin": digits, "again": digits}).status_code == 302
    assert shared.is_locked()
    assert shared.type_pin("carla", PINS["carla"]).status_code == 422
    assert shared.type_pin("carla", digits).status_code == 302
    assert "says CC" in page(own.get(f"{shared.gym_url}pin/")).text


@pytest.mark.parametrize(
    ("pin", "again", "said"),
    [
        ("", "", "Type a PIN."),
        ("123", "123", "4 to 8 digits"),
        ("123456789", "123456789", "4 to 8 digits"),
        ("4a71", "4a71", "4 to 8 digits"),
        ("1234", "1234", "one of the first"),
        ("4811", "4812", "not the same"),
        ("4811", "", "Type the PIN again."),
    ],
)
def test_a_pin_that_will_not_do(shared: Shared, cast: Cast, pin: str, again: str, said: str) -> None:
    own = signed_in(cast.carla)
    with nothing_written():
        answer = own.post(f"{shared.gym_url}pin/", {"pin": pin, "again": again})
    assert answer.status_code == 422
    shown = page(answer)
    assert said in " ".join(each.text for each in shown.all("ul", class_="errorlist"))
    assert not any(each.attributes.get("value") for each in shown.all("input", type="password"))
    assert shared.type_pin("carla", PINS["carla"]).status_code == 302


def test_a_pin_that_comes_late_or_twice_takes_the_tablet_from_nobody(shared: Shared, cast: Cast) -> None:
    """Bad Wi-Fi, or a page that is sent again. A PIN of a page that was drawn since is another one."""
    turn = str(shared.now().turn)
    assert shared.type_pin("carla", PINS["carla"], turn=turn).status_code == 302
    shared.unlock("kim")
    assert shared.type_pin("carla", PINS["carla"], turn=turn).status_code == 302
    assert shared.body()["data-coach"] == str(cast.kim.pk)
    shared.lock()
    assert shared.type_pin("carla", PINS["carla"], turn=turn).status_code == 409
    assert shared.is_locked()
    # A turn that is none says nothing.
    for said in ("of now", "x", "9" * 12, ""):
        shared.lock()
        fresh = str(shared.now().turn) if said == "of now" else said
        assert shared.type_pin("carla", PINS["carla"], turn=fresh).status_code == 302
        assert shared.body()["data-coach"] == str(cast.carla.pk)


def test_a_pin_that_is_first_heard_after_another_coachs_is_asked_for_again(shared: Shared, cast: Cast) -> None:
    """It may have been typed before the other, and its coach may be gone."""
    turn = str(shared.now().turn)
    shared.unlock("kim")
    # However often: a PIN that was right is never counted as a wrong one.
    for is_locked in (False, False, False, True, True, True):
        if is_locked:
            shared.lock()
        late = shared.type_pin("carla", PINS["carla"], turn=turn)
        assert late.status_code == 409
        shown = page(late)
        said = "This tablet was used or locked meanwhile. Type your PIN again."
        assert said in [each.text for each in shown.all("ul", class_="errorlist")]
        assert [each.attributes["value"] for each in shown.all("input", name="coach") if "checked" in each] == [
            str(cast.carla.pk)
        ]
        assert not any(each.attributes.get("value") for each in shown.all("input", type="password"))
        assert shared.is_locked() if is_locked else shared.body()["data-coach"] == str(cast.kim.pk)
    # The page that asks knows the turn of now.
    fresh = str(shown.one("input", name="turn").attributes["value"])
    assert fresh != turn
    assert shared.type_pin("carla", PINS["carla"], turn=fresh).status_code == 302
    assert shared.body()["data-coach"] == str(cast.carla.pk)


def test_a_wish_that_is_said_again_is_no_turn(shared: Shared, cast: Cast) -> None:
    """Its answer was lost. A tablet that says it again and again must not count as touched by that."""
    shared.unlock("carla")
    shared.unlock("kim")
    assert shared.switch("carla").status_code == 302
    turn = shared.now().turn
    assert shared.switch("carla").status_code == 302
    assert (shared.now().turn, shared.body()["data-coach"]) == (turn, str(cast.carla.pk))
    used_at = shared.now().used_at
    shared.later(minutes=1)
    with in_gym(cast.northside):
        carlas = Unlock.objects.get(coach=cast.carla)
        assert shared.tablet.switch(carlas.pk, at=timezone.now(), as_of=turn) == turn
    assert shared.now().used_at == used_at
