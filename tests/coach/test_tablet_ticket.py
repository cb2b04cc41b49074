"""Each tap of a shared tablet is its coach's, proved by the ticket of the unlock in which it was made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym.models import Pin, Tablet, Unlock
from gym.scope import in_gym
from gym.tablets import COOKIE, ON_THE_WAY, Hand
from programming.models import Assessment, ClassSession, StageMove
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import HTMX, nothing_written
from tests.coach.shared import Shared
from tests.people import Cast

pytest_plugins = ["tests.people"]


def sent(shared: Shared, name: str, *, status: int = 200, age: str = "0") -> UUID:
    """Send a tap of that coach; answers its key."""
    key = uuid4()
    answer = shared.tap(name, key=key, age=age)
    assert (answer.status_code, answer.headers.get("X-Op", "")) == (status, str(key) if status != 401 else "")
    # To a tablet that is locked by now: that it was recorded, or not, and no word of anybody.
    assert bool(answer.content) == (status not in (204, 403))
    return key


def test_a_tap_is_of_whoever_has_the_tablet(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    key = sent(shared, "carla")
    assert (shared.stored(key).actor, shared.stored(key).device) == (cast.carla, shared.tablet.pk)
    with in_gym(cast.northside):
        assert Assessment.objects.get(tap__key=key).device == shared.tablet.pk
    # A browser without scripts brings no ticket.
    shared.unlock("kim")
    key = uuid4()
    plain = {"tap": str(key), "stage": "dowel"}
    assert shared.client.post(f"{shared.board_url}{cast.ana.pk}/stage/", plain).status_code == 302
    assert shared.stored(key).actor == cast.kim
    with in_gym(cast.northside):
        assert StageMove.objects.get(tap__key=key).device == shared.tablet.pk


def test_every_kind_of_tap_says_on_which_tablet(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    for address, values in (
        ("rest/", {"member": f"{cast.ana.pk}::wall-tap"}),
        ("several/", {"member": f"{cast.ben.pk}::", "stage": "dowel"}),
        ("add/", {"name": "Dina Drop"}),
        ("plan/block/", {"block": "0"}),
        ("stations/today/", {"block": "2", "stage": "dowel", "way": "pairs"}),
        (f"{cast.dev.pk}/pain/", {"where": "knee"}),
    ):
        key = uuid4()
        answer = shared.client.post(
            shared.board_url + address, {**values, "tap": str(key)}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200, address
        assert shared.stored(key).device == shared.tablet.pk, address
    # Their own sign-in is no shared tablet.
    key = uuid4()
    signed_in(cast.carla).post(f"{shared.board_url}{cast.ana.pk}/attendance/", {"state": "late", "tap": str(key)})
    assert shared.stored(key).device is None


def test_sent_under_another_coachs_unlock_it_stays_its_own(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.later(minutes=2)
    shared.unlock("kim")
    for name in ("carla", "kim", "carla"):
        assert shared.stored(sent(shared, name)).actor == shared.coach(name)
        shared.later(seconds=30)


def test_sent_while_it_is_locked_it_is_recorded_and_unlocks_nothing(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.later(minutes=1)
    shared.lock()
    shared.later(minutes=20)
    key = sent(shared, "carla", age=str(20 * 60_000 + 30_000), status=204)
    assert shared.stored(key).actor == cast.carla
    assert shared.is_locked()
    # Idle is locked as well.
    shared.unlock("kim")
    shared.later(minutes=30)
    assert shared.stored(sent(shared, "kim", status=204)).actor == cast.kim
    assert shared.is_locked()


def test_a_ticket_whose_unlock_is_over_is_good_for_taps_alone(
    shared: Shared, cast: Cast, evening: ClassSession
) -> None:
    """A tablet that lies about, or one whose coach's PIN was taken away, shows and changes nothing else."""
    ticket = shared.unlock("carla")

    def post(address: str, **values: str) -> Any:
        """Send that with Carla's ticket."""
        sent_values = {"ticket": ticket, "coach": str(cast.carla.pk), "tap": str(uuid4()), **values}
        return shared.client.post(shared.board_url + address, sent_values, headers=HTMX)

    def is_shut() -> None:
        with nothing_written():
            for address in ("cancel/", f"{cast.ben.pk}/member/", f"{cast.ben.pk}/tv/"):
                answer = post(address, yes="yes")
                assert (answer.status_code, "X-Op" in answer.headers) == (401, False), address
        # Also those that would answer with everybody's row, and refusals that would name somebody.
        for address, values, status in (
            ("add/", {"name": "Dina Drop"}, 204),
            (f"{cast.ben.pk}/saw/", {"saw": "clean", "stage": "none such"}, 422),
            (f"{uuid4()}/saw/", {"saw": "clean", "stage": "dowel"}, 404),
        ):
            answer = post(address, **values)
            assert (answer.status_code, answer.content) == (status, b""), address
            assert "X-Op" in answer.headers

    shared.later(minutes=11)
    is_shut()
    ticket = shared.unlock("carla")
    shared.lock()
    is_shut()
    # In another coach's hands it is theirs alone that counts, and Carla's late tap shows nothing either.
    shared.unlock("kim")
    sent(shared, "carla", status=204)
    sent(shared, "kim")
    # An unlock that stands is good for more.
    ticket = shared.unlock("carla")
    assert post("cancel/").status_code != 401


def test_a_pin_taken_away_ends_the_unlock_and_loses_no_tap_made_before(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.later(minutes=3)
    with in_gym(cast.northside):
        Pin.remove(cast.carla, at=timezone.now())
    assert shared.is_locked()
    ended = timezone.now()
    shared.later(minutes=5)
    before = sent(shared, "carla", age=str(6 * 60_000), status=204)
    assert shared.stored(before).actor == cast.carla
    # One that claims to be made since is dated at the end, or what it may have been on its way after it: nobody writes
    # into a time when Carla had no tablet.
    since = sent(shared, "carla", age="0", status=204)
    assert shared.stored(since).at <= ended + ON_THE_WAY


def test_it_cannot_have_landed_outside_its_unlock(shared: Shared, cast: Cast, evening: ClassSession) -> None:
    """A clock that was set wrong loses no tap, and dates none long after its coach had gone."""
    shared.unlock("carla")
    begun = shared.now().used_at
    assert begun is not None
    shared.later(minutes=2)
    early = sent(shared, "carla", age=str(9 * 60_000))
    shared.lock()
    ended = begun + timedelta(minutes=2)
    shared.later(minutes=3)
    late = sent(shared, "carla", age="0", status=204)
    between = sent(shared, "carla", age=str(4 * 60_000), status=204)
    found = [shared.stored(key).at - begun for key in (early, late, between)]
    slack = timedelta(milliseconds=1)
    for at, wanted in zip(found, (timedelta(0), ended + ON_THE_WAY - begun, timedelta(minutes=1)), strict=True):
        assert abs(at - wanted) <= slack


def test_locking_it_while_a_tap_is_on_its_way_changes_no_order(shared: Shared, cast: Cast) -> None:
    """The first tap's request had read the unlock before it ended; the second is told when the first counts as made."""
    shared.unlock("carla")
    with in_gym(cast.northside):
        unlock = Unlock.objects.get(coach=cast.carla)
        first = Hand(cast.carla, unlock)
        shared.lock()
        shared.later(milliseconds=66)
        counts_as_made = first.heard_at - first.age(0)
        shared.later(seconds=1)
        second = Hand(cast.carla, Unlock.objects.get(pk=unlock.pk))
        assert second.is_late
        assert second.heard_at - second.age(1000) >= counts_as_made


def test_taps_that_are_moved_to_the_end_of_their_unlock_are_moved_to_the_same_moment(
    shared: Shared, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then their keys keep them in order, however long each request took."""
    shared.unlock("carla")
    shared.lock()
    shared.later(minutes=5)
    now = timezone.now

    def ticking() -> datetime:
        """Each look at the clock takes a while."""
        shared.later(milliseconds=1)
        return now()

    monkeypatch.setattr(timezone, "now", ticking)
    keys = []
    for age in (200_000, 190_000):
        keys.append(sent(shared, "carla", age=str(age), status=204))
    with in_gym(cast.northside):
        unlock = Unlock.objects.get(coach=cast.carla)
    assert {shared.stored(key).at for key in keys} == {unlock.ended_at + ON_THE_WAY}


def test_a_ticket_of_another_tablet_proves_nothing(shared: Shared, cast: Cast) -> None:
    _tablet, secret = make.tablet(cast.northside, cast.olga, name="Second")
    second = Shared(cast, shared.session, _tablet, Client(), shared.clock, cast.ana)
    second.client.cookies[COOKIE] = secret
    shared.unlock("carla")
    second.tickets["carla"] = shared.tickets["carla"]
    forged = shared.tickets["carla"][:-1] + ("A" if shared.tickets["carla"][-1] != "A" else "B")
    with nothing_written():
        sent(second, "carla", status=401)
        # Nor without the cookie, nor one that was made up.
        assert Client().post(f"{shared.board_url}rest/", {"ticket": shared.tickets["carla"]}).status_code == 302
        second.unlock("kim")
        sent(second, "carla", status=401)
        for made_up in (forged, str(uuid4()), "x" * 5000):
            second.tickets["carla"] = made_up
            sent(second, "carla", status=401)
    # Nothing is lost: where Carla herself unlocks it, it is hers.
    assert second.stored(sent_as(second, "carla", shared.tickets["carla"])).device == _tablet.pk


def sent_as(shared: Shared, name: str, ticket: str) -> UUID:
    """Unlock it with the coach's PIN and send a tap with another ticket."""
    shared.unlock(name)
    key = uuid4()
    answer = shared.tap(name, key=key, ticket=ticket)
    assert answer.status_code == 200
    return key


def test_a_ticket_of_one_coach_carries_no_tap_of_another(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.unlock("kim")
    shared.tickets["carla"] = shared.tickets["kim"]
    with nothing_written():
        sent(shared, "carla", status=401)


def test_what_a_coach_tapped_before_they_left_is_theirs_and_nothing_after(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.later(minutes=3)
    cast.carla.leave()
    left = timezone.now()
    assert shared.is_locked()
    shared.later(minutes=5)
    key = sent(shared, "carla", age=str(6 * 60_000), status=204)
    assert (shared.stored(key).actor, shared.stored(key).at) == (cast.carla, left - timedelta(minutes=1))
    with nothing_written():
        sent(shared, "carla", age=str(4 * 60_000), status=403)
        # Nor does their ticket open anything.
        answer = shared.client.get(shared.board_url, {"ticket": shared.tickets["carla"]})
        assert answer.headers["Location"].startswith(shared.lock_url)


def test_the_ticket_of_a_coach_who_left_writes_in_no_later_class_and_not_for_long(shared: Shared, cast: Cast) -> None:
    """Whoever has the tablet in hand can say of a tap that it is as old as they like."""
    shared.unlock("carla")
    shared.later(minutes=3)
    cast.carla.leave()
    left = timezone.now()

    def forged() -> str:
        return str((timezone.now() - left + timedelta(minutes=1)) // timedelta(milliseconds=1))

    shared.later(days=6)
    assert shared.stored(sent(shared, "carla", age=forged(), status=204)).actor == cast.carla
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=shared.session.pk).update(starts_at=timezone.now() + timedelta(minutes=5))
    with nothing_written():
        sent(shared, "carla", age=forged(), status=403)
        # Also what changes the plan, and what names several.
        for address, values in (("plan/block/", {"block": "0"}), ("rest/", {"member": f"{cast.ana.pk}::wall-tap"})):
            body = {**values, "tap": str(uuid4()), "age": forged(), "ticket": shared.tickets["carla"]}
            assert shared.client.post(shared.board_url + address, body, headers=HTMX).status_code == 403
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=shared.session.pk).update(starts_at=left)
    shared.later(days=2)
    with nothing_written():
        sent(shared, "carla", age=forged(), status=403)


def test_an_unlock_is_forgotten_when_no_tap_of_its_time_can_come(shared: Shared, cast: Cast) -> None:
    def known() -> int:
        with in_gym(cast.northside):
            return Unlock.objects.filter(tablet=shared.tablet).count()

    shared.unlock("carla")
    shared.lock()
    shared.later(days=365)
    shared.unlock("kim")
    assert known() == 2
    # A tap that waited for a year is still hers.
    key = sent(shared, "carla", age=str(365 * 24 * 3_600_000), status=204)
    assert shared.stored(key).actor == cast.carla
    shared.lock()
    shared.later(days=3)
    # Those of another tablet are its own affair.
    other, _secret = make.tablet(cast.northside, cast.olga, name="Second")
    with in_gym(cast.northside):
        other.begin(cast.carla, timezone.now() - timedelta(days=400))
        other.end_all(timezone.now() - timedelta(days=400))
    shared.unlock("kim")
    assert known() == 2
    with in_gym(cast.northside):
        assert not Unlock.objects.filter(tablet=shared.tablet, coach=cast.carla).exists()
        assert Unlock.objects.filter(tablet=other).exists()


def test_a_revoked_tablet_keeps_its_taps_until_it_is_enrolled_again(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    owner = signed_in(cast.olga)
    assert owner.post(f"{shared.gym_url}owner/tablets/{shared.tablet.pk}/revoke/").status_code == 302
    with nothing_written():
        for answer in (shared.tap("carla"), shared.poll()):
            assert (answer.status_code, answer.headers["X-Revoked"]) == (401, "yes")
            assert "X-Op" not in answer.headers
    # On the tablet itself the owner signs in and enrols it again: it is the same one.
    shared.client.force_login(cast.olga.user)  # type: ignore[arg-type]
    assert shared.client.post(f"{shared.gym_url}owner/tablets/", {"name": "Rack tablet"}).status_code == 302
    assert Tablet.across_gyms.filter(gym=cast.northside).count() == 1
    assert shared.is_locked()
    assert shared.stored(sent(shared, "carla", age="1000", status=204)).actor == cast.carla


def test_the_ticket_goes_before_a_sign_in_of_ones_own(shared: Shared, cast: Cast) -> None:
    shared.unlock("carla")
    shared.client.force_login(cast.olga.user)  # type: ignore[arg-type]
    assert shared.stored(sent(shared, "carla")).actor == cast.carla


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["unlock", "switch", "tap"]), st.sampled_from(["carla", "kim"])),
        st.tuples(st.sampled_from(["lock", "idle", "send", "send last"]), st.just("")),
    ),
    min_size=4,
    max_size=14,
)


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], database=None
)
@given(steps=STEPS)
def test_whatever_comes_in_whatever_order_each_tap_has_its_coach(shared: Shared, steps: list[tuple[str, str]]) -> None:
    """A tap is made with the ticket of whoever has the tablet, and sent whenever: now, much later, or last of all."""
    waiting: list[tuple[UUID, str, str]] = []
    made: dict[UUID, str] = {}
    holder, unlocked = "", {}

    def send(tap: tuple[UUID, str, str]) -> None:
        key, name, ticket = tap
        coach = str(shared.coach(name).pk)
        assert shared.tap(key=key, ticket=ticket, coach=coach, saw="seen").status_code in (200, 204)

    shared.lock()
    for step, name in steps:
        shared.later(seconds=25)
        if step == "unlock":
            shared.later(minutes=2)
            unlocked[name] = shared.unlock(name)
            holder = name
        elif step == "switch" and name in unlocked and holder:
            assert shared.switch(name).status_code == 302
            assert shared.ticket() == unlocked[name]
            holder = name
        elif step == "tap" and holder:
            tap = (uuid4(), holder, unlocked[holder])
            made[tap[0]] = holder
            waiting.append(tap)
        elif step in ("lock", "idle"):
            shared.lock() if step == "lock" else shared.later(minutes=11)
            holder, unlocked = "", {}
        elif step.startswith("send") and waiting:
            send(waiting.pop(0 if step == "send" else -1))
    for tap in waiting:
        send(tap)
    assert {key: shared.stored(key).actor for key in made} == {key: shared.coach(name) for key, name in made.items()}
