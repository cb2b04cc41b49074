"""Weekly slots: make, change, end; what their coming classes do then; and two owners at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate, WeeklySlot
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
SCHEDULE = "/gym/northside-barbell/owner/schedule/"
KEY = "018f0000-0000-4000-8000-00000000aaaa"


@pytest.fixture
def olga(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The owner's browser at noon; the gym has its library."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    make.library(cast.northside)
    return signed_in(cast.olga)


def wanted(cast: Cast, **changes: Any) -> dict[str, Any]:
    """The whole form: Tuesdays at six with Carla."""
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key=changes.pop("template", "hinge-foundations"))
    base = {"weekday": 1, "starts": "18:00", "minutes": 60, "template": template.pk, "coach": cast.carla.pk}
    return {**base, "room": "", "capacity": "", **changes}


def make_slot(client: Client, cast: Cast, **changes: Any) -> WeeklySlot:
    assert client.post(f"{SCHEDULE}new/", wanted(cast, **changes)).status_code == 302
    with in_gym(cast.northside):
        slot: WeeklySlot = WeeklySlot.objects.latest("id")
    return slot


def classes(cast: Cast) -> list[ClassSession]:
    with in_gym(cast.northside):
        return list(ClassSession.objects.select_related("coach", "template").in_order())


def starts(cast: Cast) -> list[str]:
    return [f"{each.starts_at.astimezone(LONDON):%d.%m. %H:%M}" for each in classes(cast)]


def said(answer: Answer, sentences: int = 1) -> list[str]:
    """What the schedule says after it, the newest last."""
    return [each.text for each in page(answer).one("ul", id="messages").children][-sentences:]


def errors(answer: Answer) -> dict[str, str]:
    """Field → what stands beside it."""
    shown = page(answer)
    fields = [each for each in shown.walk() if "aria-invalid" in each]
    return {each["name"]: shown.one("ul", id=f"{each['id']}_error").text for each in fields}


# --- Make ------------------------------------------------------------------------------------------------------------


def test_a_new_slot_stands_in_the_week_and_makes_its_classes(olga: Client, cast: Cast) -> None:
    answer = olga.post(f"{SCHEDULE}new/", wanted(cast, room="  Main \u202efloor ", capacity=12), follow=True)
    assert said(answer) == ["Saved. Its classes are made for the next two weeks."]
    week = page(answer).one("table")
    (row,) = week.one("tbody").children
    assert [cell.text for cell in row.children] == [
        *("Tuesday", "18:00–19:00", "Hinge Foundations", "Carla C.", "Main floor", "12")
    ]
    assert starts(cast) == ["10.03. 18:00", "17.03. 18:00", "24.03. 18:00"]


def test_a_coach_who_has_a_class_at_that_time_is_named_and_the_slot_is_saved(olga: Client, cast: Cast) -> None:
    make_slot(olga, cast, room="Loft")
    answer = olga.post(f"{SCHEDULE}new/", wanted(cast, room="Cellar", starts="18:30"), follow=True)
    assert said(answer, 2)[0] == "Carla C. already teaches Hinge Foundations at 18:00."
    with in_gym(cast.northside):
        assert WeeklySlot.objects.count() == 2
        slot = WeeklySlot.objects.get(room="Cellar")
    # Another time, and nobody at all.
    for changes in ({"starts": "19:00"}, {"starts": "18:30", "coach": ""}):
        slot.refresh_from_db()
        sent = wanted(cast, room="Cellar", version=slot.version, **changes)
        answer = olga.post(f"{SCHEDULE}{slot.pk}/", sent, follow=True)
        assert said(answer, 9) == ["Saved. Its coming classes follow."]


def test_a_room_is_spelled_as_the_gym_knows_it(olga: Client, cast: Cast) -> None:
    first = make_slot(olga, cast, room="cafe  Loft")
    # While no other has it, its own spelling can be mended.
    olga.post(f"{SCHEDULE}{first.pk}/", wanted(cast, room="Café Loft", version=1))
    assert {each.room for each in classes(cast)} == {"Café Loft"}
    olga.post(f"{SCHEDULE}new/", wanted(cast, room=" CAFE loft", starts="07:00"))
    olga.post(f"{SCHEDULE}new/", wanted(cast, room="Loft", starts="09:00"))
    assert {each.room for each in classes(cast)} == {"Café Loft", "Loft"}


def test_pressed_twice_it_is_made_once(olga: Client, cast: Cast) -> None:
    make_slot(olga, cast, key=KEY)
    with nothing_written():
        assert olga.post(f"{SCHEDULE}new/", wanted(cast, key=KEY)).status_code == 302


def test_what_is_wrong_is_said_beside_the_field_and_stays_in_it(olga: Client, cast: Cast) -> None:
    with nothing_written():
        wrong = {"weekday": 9, "starts": "25:00", "minutes": 601, "template": "x", "coach": "y", "capacity": 0}
        answer = olga.post(f"{SCHEDULE}new/", {**wanted(cast), **wrong, "room": "x" * 61})
    assert answer.status_code == 422
    assert errors(answer) == {
        "weekday": "Choose a day of the week.",
        "starts": "Write a time such as 18:30.",
        "minutes": "Write how many minutes it takes, from 1 to 600.",
        "template": "Choose one of the templates.",
        "coach": "Choose one of the gym’s coaches.",
        "room": "This is too long: a room has at most 60 characters.",
        "capacity": "Write how many people fit, from 1 to 1000, or leave it empty.",
    }
    assert page(answer).one("input", name="starts")["value"] == "25:00"


def test_one_place_holds_one_slot_until_it_ends(olga: Client, cast: Cast) -> None:
    first = make_slot(olga, cast)
    with nothing_written():
        answer = olga.post(f"{SCHEDULE}new/", wanted(cast))
    assert answer.status_code == 422
    assert errors(answer) == {"starts": "Another class comes round at this day and time in this room."}
    make_slot(olga, cast, room="Loft")
    olga.post(f"{SCHEDULE}{first.pk}/end/", {"version": 1})
    make_slot(olga, cast)


def test_members_and_another_gyms_coach_take_no_class(olga: Client, cast: Cast) -> None:
    with nothing_written():
        for person in (cast.ana, cast.nia_at_harbour):
            answer = olga.post(f"{SCHEDULE}new/", wanted(cast, coach=person.pk))
            assert errors(answer) == {"coach": "Choose one of the gym’s coaches."}


# --- Change ----------------------------------------------------------------------------------------------------------


def test_coming_classes_follow_what_has_begun_does_not(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast, starts="11:30")
    change = wanted(cast, starts="19:15", minutes=75, coach=cast.kim.pk, template="hinge-under-load", version=1)
    answer = olga.post(f"{SCHEDULE}{slot.pk}/", change, follow=True)
    assert said(answer) == ["Saved. Its coming classes follow."]
    begun, *coming = classes(cast)
    assert starts(cast) == ["10.03. 11:30", "17.03. 19:15", "24.03. 19:15"]
    assert (begun.coach, begun.name, begun.version) == (cast.carla, "Hinge Foundations", 1)
    with in_gym(cast.northside):
        plan = ClassTemplate.objects.get(key="hinge-under-load").plan()
    for each in coming:
        assert (each.coach, each.minutes, each.name, each.plan) == (cast.kim, 75, "Hinge under load", plan)
        assert (each.version, each.changed_at) == (2, None)


def test_what_was_changed_or_tapped_in_stays(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast)
    changed, tapped, free = classes(cast)
    with in_gym(cast.northside):
        changed.change(was="", at=NOON, room="Loft")
        tapped.add_someone(by=cast.carla, member_id=cast.ana.pk, name="", key=None, now=NOON)
    answer = olga.post(f"{SCHEDULE}{slot.pk}/", wanted(cast, starts="19:00", version=1), follow=True)
    assert said(answer)[0].startswith("Saved. 2 coming classes stay as they were")
    assert starts(cast) == ["10.03. 18:00", "17.03. 18:00", "24.03. 19:00"]
    assert free.pk == classes(cast)[-1].pk


def test_on_another_weekday_empty_classes_are_made_anew_and_people_keep_theirs(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast)
    _today, second, _third = classes(cast)
    make.roster(second, cast.ana, "expected")
    olga.post(f"{SCHEDULE}{slot.pk}/", wanted(cast, weekday=3, version=1))
    assert starts(cast) == ["12.03. 18:00", "17.03. 18:00", "19.03. 18:00"]


def test_todays_class_is_not_moved_into_the_past(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast)
    olga.post(f"{SCHEDULE}{slot.pk}/", wanted(cast, starts="09:00", version=1))
    assert starts(cast) == ["10.03. 18:00", "17.03. 09:00", "24.03. 09:00"]


def test_the_same_again_changes_nothing(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast)
    change = wanted(cast, starts="19:00", version=1)
    assert olga.post(f"{SCHEDULE}{slot.pk}/", change).status_code == 302
    with nothing_written():
        assert olga.post(f"{SCHEDULE}{slot.pk}/", change).status_code == 302


def test_two_owners_at_once_both_read_what_the_other_wrote(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast)
    olga.post(f"{SCHEDULE}{slot.pk}/", wanted(cast, starts="19:00", coach="", room="Loft", version=1))
    mine = wanted(cast, starts="19:30", room="Loft", version=1)
    with nothing_written():
        answer = olga.post(f"{SCHEDULE}{slot.pk}/", mine)
    assert answer.status_code == 409
    assert errors(answer) == {
        "starts": "Meanwhile somebody wrote “19:00”. Save again to replace it.",
        "coach": "Meanwhile somebody wrote “Nobody yet”. Save again to replace it.",
    }
    form = page(answer).one("form", id="slot")
    assert (form.one("input", name="starts")["value"], form.one("input", name="version")["value"]) == ("19:30", "2")
    assert olga.post(f"{SCHEDULE}{slot.pk}/", {**mine, "version": 2}).status_code == 302
    assert starts(cast)[0] == "10.03. 19:30"


# --- End -------------------------------------------------------------------------------------------------------------


def test_ending_says_what_goes_and_what_stays_and_then_does_it(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast)
    _first, second, third = classes(cast)
    make.roster(second, cast.ana, "expected")
    with in_gym(cast.northside):
        third.change(was="", at=NOON, room="Loft")
    with nothing_written():
        asked = page(olga.get(f"{SCHEDULE}{slot.pk}/end/"))
    gone, kept = [each for each in asked.all("ul") if each.attributes.get("role") != "list"]
    assert [item.text for item in gone.children] == [
        "Tuesday 10 March, 18:00",
        "Tuesday 24 March, 18:00 · changed by itself",
    ]
    assert [item.text for item in kept.children] == ["Tuesday 17 March, 18:00"]
    answer = olga.post(f"{SCHEDULE}{slot.pk}/end/", {"version": 1}, follow=True)
    assert said(answer) == ["Ended. It comes round no more."]
    assert starts(cast) == ["17.03. 18:00"]
    slot.refresh_from_db()
    assert slot.ended_on == NOON.date() - timedelta(days=1)
    with nothing_written():
        assert olga.get(SCHEDULE).status_code == 200
        assert olga.post(f"{SCHEDULE}{slot.pk}/end/", {"version": 1}).status_code == 404


def test_what_was_held_stays(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast, starts="11:30")
    olga.post(f"{SCHEDULE}{slot.pk}/end/", {"version": 1})
    assert starts(cast) == ["10.03. 11:30"]
    slot.refresh_from_db()
    assert slot.ended_on == NOON.date()


def test_a_slot_that_changed_meanwhile_is_shown_again_before_it_ends(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast)
    olga.post(f"{SCHEDULE}{slot.pk}/", wanted(cast, starts="19:00", version=1))
    with nothing_written():
        answer = olga.post(f"{SCHEDULE}{slot.pk}/end/", {"version": 1})
    assert answer.status_code == 409
    shown = page(answer)
    assert "19:00" in shown.one("h1").text
    assert shown.one("form", id="end").one("input", name="version")["value"] == "2"
    with nothing_written():
        assert olga.post(f"{SCHEDULE}{slot.pk}/end/", {}).status_code == 422


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_owners_only(olga: Client, cast: Cast) -> None:
    slot = make_slot(olga, cast)
    today = "/gym/northside-barbell/today/"
    assert page(olga.get(today)).all("a", href=SCHEDULE)
    with nothing_written():
        for person, status in ((cast.carla, 403), (cast.ana, 403), (cast.hana, 404)):
            client = signed_in(person)
            for path in ("", "new/", f"{slot.pk}/", f"{slot.pk}/end/"):
                assert client.get(SCHEDULE + path).status_code == status
            assert client.post(f"{SCHEDULE}{slot.pk}/", wanted(cast, version=1, minutes=5)).status_code == status
    assert page(signed_in(cast.carla).get(today)).all("a", href=SCHEDULE) == []


def test_times_read_as_the_gyms_clock(olga: Client, cast: Cast) -> None:
    cast.northside.time_zone = "Australia/Lord_Howe"
    cast.northside.save()
    slot = make_slot(olga, cast, starts="00:15")
    first = classes(cast)[0]
    assert first.starts_at.astimezone(ZoneInfo("Australia/Lord_Howe")).time() == time(0, 15)
    shown = page(olga.get(f"{SCHEDULE}{slot.pk}/"))
    assert shown.one("input", name="starts")["value"] == "00:15"
