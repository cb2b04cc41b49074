"""One class is moved, cancelled, given another coach or template, without touching its slot."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from gym.scope import in_gym
from programming.forms.schedule import SlotForm
from programming.models import ClassLadder, ClassSession, ClassTemplate, Progression, WeeklySlot
from programming.models.coming import make_coming, remove
from programming.views import coach_class
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

LONDON = ZoneInfo("Europe/London")
# A Tuesday.
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=LONDON)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """It is noon, until a test writes another time into this list."""
    times = [NOON]
    monkeypatch.setattr(timezone, "now", lambda: times[-1])
    return times


@pytest.fixture
def carla(clock: list[datetime], cast: Cast) -> Client:
    """Carla's browser; her slot of Tuesdays at six has made its classes."""
    make.library(cast.northside)
    last_week = make.class_session(cast.northside, coach=cast.carla, starts_at=NOON - timedelta(days=7))
    make.weekly_slot(last_week, weekday=1, starts=time(18), room="Loft")
    make_coming(cast.northside, NOON)
    return signed_in(cast.carla)


def this_evening(cast: Cast) -> ClassSession:
    """Today's class, as it is stored."""
    with in_gym(cast.northside):
        rows = ClassSession.objects.select_related("slot", "coach", "template", "progression")
        found: ClassSession = rows.get(slot_date=NOON.date())
    return found


def form(cast: Cast, **changes: Any) -> dict[str, Any]:
    """The whole form as it stands."""
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key=changes.pop("template", "hinge-foundations"))
    base = {"day": "2026-03-10", "starts": "18:00", "minutes": 60, "room": "Loft", "was": ""}
    return {**base, "template": template.pk, "coach": cast.carla.pk, **changes}


def url(session: ClassSession, what: str = "change") -> str:
    return f"/gym/northside-barbell/class/{session.pk}/{what}/"


def post(client: Client, cast: Cast, **changes: Any) -> Answer:
    return client.post(url(this_evening(cast)), form(cast, **changes), follow=True)


def said(answer: Answer) -> list[str]:
    """The sentences of a refusal."""
    return [each.text for each in page(answer).all("ul", class_="errorlist") if each.text] + [
        each.text for each in page(answer).all("ul", class_="errorlist nonfield")
    ]


def test_moved_to_another_day_the_slot_and_the_other_weeks_stay(carla: Client, cast: Cast) -> None:
    with in_gym(cast.northside):
        slot = WeeklySlot.objects.values().get()
        others = list(ClassSession.objects.exclude(slot_date=NOON.date()).in_order().values())
    answer = post(carla, cast, day="2026-03-11", starts="07:30", minutes=45, room="Main floor", coach=cast.kim.pk)
    assert page(answer).one("ul", id="messages").text == "Saved."
    moved = this_evening(cast)
    assert moved.starts_at == datetime(2026, 3, 11, 7, 30, tzinfo=LONDON)
    assert (moved.minutes, moved.room, moved.coach) == (45, "Main floor", cast.kim)
    assert (moved.changed_at, moved.version) == (NOON, 2)
    with in_gym(cast.northside):
        assert WeeklySlot.objects.values().get() == slot
        assert list(ClassSession.objects.exclude(slot_date=NOON.date()).in_order().values()) == others
    assert make_coming(cast.northside, NOON) == 0


def test_another_template_replaces_the_plan_and_the_ladder(carla: Client, cast: Cast) -> None:
    squat = make.second_ladder(cast.northside)
    with in_gym(cast.northside):
        under_load = ClassTemplate.objects.get(key="hinge-under-load")
        ClassTemplate.objects.filter(pk=under_load.pk).update(progression=squat)
        under_load.refresh_from_db()
    post(carla, cast, template="hinge-under-load")
    changed = this_evening(cast)
    with in_gym(cast.northside):
        assert (changed.name, changed.plan, changed.progression) == ("Hinge under load", under_load.plan(), squat)
        # Its blocks still teach the hinge, which stands beside.
        hinge = Progression.objects.get(key="hip-hinge")
        assert {ladder.progression for ladder in ClassLadder.objects.filter(session=changed)} == {squat, hinge}


def test_the_same_again_changes_nothing(carla: Client, cast: Cast) -> None:
    with nothing_written():
        post(carla, cast)
    post(carla, cast, room="Main floor")
    with nothing_written():
        assert post(carla, cast, room="Main floor").status_code == 200


def test_two_coaches_at_once_both_read_what_the_other_wrote(carla: Client, cast: Cast) -> None:
    post(carla, cast, minutes=45, room="Main floor")
    with nothing_written():
        answer = post(carla, cast, minutes=75, room="Main floor")
    assert answer.status_code == 409
    assert said(answer) == ["Meanwhile somebody wrote “45”. Save again to replace it."]
    shown = page(answer).one("form", id="change")
    assert (shown.one("input", name="minutes")["value"], shown.one("input", name="was")["value"]) == (
        "75",
        this_evening(cast).changed,
    )
    assert post(carla, cast, minutes=75, room="Main floor", was=this_evening(cast).changed).status_code == 200
    assert this_evening(cast).minutes == 75


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2026-03-09"}, "This time has passed already."),
        ({"starts": "11:00"}, "This time has passed already."),
        ({"day": "2028-03-09"}, "Choose a day within a year from today."),
        ({"day": "soon"}, "Write a day such as 2026-11-24."),
        ({"minutes": "0"}, "Write how many minutes it takes, from 1 to 600."),
        ({"coach": "x"}, "Choose one of the gym’s coaches."),
    ],
)
def test_refused(carla: Client, cast: Cast, changes: dict[str, str], sentence: str) -> None:
    with nothing_written():
        answer = post(carla, cast, **changes)
    assert (answer.status_code, said(answer)) == (422, [sentence])


def test_once_begun_only_length_room_and_coach_change(carla: Client, cast: Cast, clock: list[datetime]) -> None:
    clock.append(NOON.replace(hour=18, minute=5))
    shown = page(carla.get(url(this_evening(cast)))).one("form", id="change")
    names = {each["name"] for each in shown.walk() if "name" in each}
    assert names == {"csrfmiddlewaretoken", "was", "minutes", "coach", "room"}
    # A form that was opened before it began.
    for changes in ({"day": "2026-03-12"}, {"template": "hinge-under-load"}):
        with nothing_written():
            answer = post(carla, cast, **changes)
        assert said(answer) == ["This class has begun: only its length, its room and its coach can change now."]
    post(carla, cast, minutes=90)
    assert this_evening(cast).minutes == 90
    clock.append(NOON.replace(hour=19, minute=31))
    with nothing_written():
        answer = post(carla, cast, minutes=120)
    assert said(answer) == ["This class is over."]


def test_a_slip_in_its_length_does_not_end_a_class(carla: Client, cast: Cast, clock: list[datetime]) -> None:
    clock.append(NOON.replace(hour=18, minute=10))
    sent = {"minutes": "6", "coach": cast.carla.pk, "room": "Loft", "was": ""}
    for minutes in ("6", "10"):
        with nothing_written():
            answer = carla.post(url(this_evening(cast)), {**sent, "minutes": minutes})
        (field,) = [each for each in page(answer).all("input") if "name" in each and each["name"] == "minutes"]
        assert (answer.status_code, field["aria-invalid"]) == (422, "true")
        assert said(answer) == ["It would be over already. To end it now, finish it on its plan."]
    assert carla.post(url(this_evening(cast)), {**sent, "minutes": "11"}).status_code == 302
    assert this_evening(cast).minutes == 11


def test_another_template_does_not_lose_what_was_changed_for_today(carla: Client, cast: Cast) -> None:
    session = this_evening(cast)
    refused = make.step(session, "minutes", by=cast.carla, block=99, minutes=9, after=-3600)
    assert refused.refusal
    assert post(carla, cast, template="hinge-under-load").status_code == 200
    back = post(carla, cast, template="hinge-foundations", was=this_evening(cast).changed)
    assert back.status_code == 200
    make.step(session, "minutes", by=cast.carla, block=0, minutes=9, after=-3600)
    with nothing_written():
        answer = post(carla, cast, template="hinge-under-load", was=this_evening(cast).changed)
    assert said(answer) == ["Its plan was changed for today already, which another would lose."]
    assert post(carla, cast, minutes=50, was=this_evening(cast).changed).status_code == 200


# --- Cancelled -------------------------------------------------------------------------------------------------------


def test_cancelled_and_held_after_all(carla: Client, cast: Cast) -> None:
    session = this_evening(cast)
    make.roster(session, cast.ana, "expected")
    answer = carla.post(url(session, "cancel"), {"held": "no"}, follow=True)
    assert page(answer).one("ul", id="messages").text == "It is cancelled."
    cancelled = this_evening(cast)
    assert (cancelled.state(NOON), cancelled.cancelled_at, cancelled.changed_at) == ("cancelled", NOON, None)
    assert (cancelled.state(NOON.replace(hour=18)), cancelled.version) == ("cancelled", 2)
    with nothing_written():
        assert carla.post(url(session, "cancel"), {"held": "no"}).status_code == 302
        assert said(post(carla, cast, minutes=5)) == ["This class is cancelled. Hold it after all first."]
    carla.post(url(session, "cancel"), {"held": "yes"})
    held = this_evening(cast)
    assert (held.state(NOON), held.cancelled_at, held.version) == ("coming", None, 3)
    with in_gym(cast.northside):
        assert held.attendances.count() == 1
    with nothing_written():
        assert carla.post(url(session, "cancel"), {"held": "yes"}).status_code == 302


def test_held_after_all_it_follows_its_slot_as_the_slot_is_by_then(carla: Client, cast: Cast) -> None:
    session = this_evening(cast)
    carla.post(url(session, "cancel"), {"held": "no"})
    change_slot(cast, starts=time(19), coach=cast.kim)
    assert this_evening(cast).starts_at == session.starts_at
    carla.post(url(session, "cancel"), {"held": "yes"})
    held = this_evening(cast)
    assert (held.starts_at.astimezone(LONDON).hour, held.coach, held.changed_at) == (19, cast.kim, None)
    change_slot(cast, starts=time(20))
    assert this_evening(cast).starts_at.astimezone(LONDON).hour == 20


def test_held_after_all_what_was_changed_by_itself_stays_changed(carla: Client, cast: Cast) -> None:
    session = this_evening(cast)
    post(carla, cast, minutes=45)
    carla.post(url(session, "cancel"), {"held": "no"})
    change_slot(cast, starts=time(19))
    carla.post(url(session, "cancel"), {"held": "yes"})
    held = this_evening(cast)
    assert (held.starts_at, held.minutes, held.changed_at) == (session.starts_at, 45, NOON)


def test_held_after_all_where_the_slot_has_left_its_day_it_stands_by_itself(carla: Client, cast: Cast) -> None:
    session = this_evening(cast)
    carla.post(url(session, "cancel"), {"held": "no"})
    change_slot(cast, weekday=3)
    carla.post(url(session, "cancel"), {"held": "yes"})
    held = this_evening(cast)
    assert (held.state(NOON), held.starts_at, held.changed_at) == ("coming", session.starts_at, NOON)


def change_slot(cast: Cast, **changes: Any) -> None:
    """The owner changes the slot of Tuesdays."""
    with in_gym(cast.northside):
        slot = WeeklySlot.objects.select_related("template", "coach").get()
        slot.change(version=slot.version, at=NOON, **{**SlotForm.shown(slot), **changes})


def test_what_was_held_cannot_be_cancelled(carla: Client, cast: Cast, clock: list[datetime]) -> None:
    session = this_evening(cast)
    make.roster(session, cast.ana)
    make.place(session, cast.ana, "dowel", by=cast.carla, after=60)
    make.tap(session, cast.ana, "saw", by=cast.carla, after=70, saw="clean")
    clock.append(NOON.replace(hour=18, minute=10))
    with nothing_written():
        answer = carla.post(url(session, "cancel"), {"held": "no"})
        assert said(answer) == ["Somebody has been seen in this class already: it was held."]
        clock.append(NOON.replace(hour=20))
        assert said(carla.post(url(session, "cancel"), {"held": "no"})) == ["This class is over."]
        assert said(carla.post(url(session, "cancel"), {"held": "maybe"})) == [
            "This form did not arrive whole. Send it again."
        ]


def test_who_may(carla: Client, cast: Cast) -> None:
    session = this_evening(cast)
    with nothing_written():
        for person, status in ((cast.ana, 403), (cast.nia, 403), (cast.hana, 404)):
            client = signed_in(person)
            assert client.get(url(session)).status_code == status
            assert client.post(url(session), form(cast, minutes=5)).status_code == status
            assert client.post(url(session, "cancel"), {"held": "no"}).status_code == status
        assert carla.get(url(session, "cancel")).status_code == 405
    assert signed_in(cast.olga).post(url(session, "cancel"), {"held": "no"}).status_code == 302


def test_a_class_that_went_while_the_page_was_open_is_not_found(
    carla: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its slot took it away after it was looked up and before it was held."""
    look = coach_class.found

    def found_and_gone(session_id: UUID) -> ClassSession:
        session = look(session_id)
        remove([session])
        return session

    monkeypatch.setattr(coach_class, "found", found_and_gone)
    session = this_evening(cast)
    with in_gym(cast.northside):
        other: ClassSession = ClassSession.objects.filter(slot_date__gt=NOON.date()).in_order()[0]
    assert carla.post(url(session, "cancel"), {"held": "no"}).status_code == 404
    assert carla.post(url(other), form(cast, day=other.local_date, minutes=70)).status_code == 404


# --- A coach with two classes at one time ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said_then"),
    [
        ({"day": "2026-03-11", "coach": "kim"}, ["Kim K. already teaches Hinge Foundations at 18:30.", "Saved."]),
        # Another coach, another time, and as the other begins.
        ({"day": "2026-03-11"}, ["Saved."]),
        ({"day": "2026-03-11", "starts": "19:30", "coach": "kim"}, ["Saved."]),
        ({"day": "2026-03-11", "starts": "17:30", "coach": "kim"}, ["Saved."]),
    ],
)
def test_a_coach_with_another_class_at_that_time_is_named_and_it_is_saved(
    carla: Client, cast: Cast, changes: dict[str, str], said_then: list[str]
) -> None:
    wednesday = NOON.replace(day=11, hour=18, minute=30)
    theirs = make.class_session(cast.northside, coach=cast.kim, starts_at=wednesday)
    make.weekly_slot(theirs, weekday=2, starts=time(18, 30))
    who = {"coach": cast.kim.pk} if changes.get("coach") else {}
    answer = post(carla, cast, **{**changes, **who})
    assert [each.text for each in page(answer).one("ul", id="messages").children] == said_then
    assert this_evening(cast).local_date.day == 11
