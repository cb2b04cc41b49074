"""The demo gyms as they are first filled, and as a later start finds them after a visitor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import models, transaction
from pytest_django import DjangoDbBlocker

from gym.models import Gym, Membership, User
from gym.scope import TenantModel, in_gym
from programming import ladder
from programming.demo import DEMO_SIGN_INS, bring_up_to_today, fill_empty_database
from programming.models import (
    Assessment,
    AssessmentFault,
    AssignedDrill,
    Attendance,
    ClassSession,
    ClassTemplate,
    Clearance,
    Drill,
    Hold,
    Note,
    Placement,
    Practice,
    SelfCheck,
    StageMove,
    Tap,
    Undo,
    WeeklySlot,
)
from programming.models.coming import make_coming
from programming.models.history import Happening
from programming.models.regulars import regulars_of
from programming.models.replaying import standing_events
from programming.models.tap_kinds import assigned_drills
from tests import make

LONDON = ZoneInfo("Europe/London")
# A Tuesday evening, ten minutes into the weekly class.
NOW = datetime(2026, 11, 24, 18, 10, tzinfo=LONDON)
MIDNIGHT = NOW.replace(hour=0, minute=0)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo as it is made at NOW, once for this file. What a test changes goes with the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert fill_empty_database(NOW, seed=1)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def northside() -> Iterator[Gym]:
    gym = Gym.objects.get(slug="northside-barbell")
    with in_gym(gym):
        yield gym


@pytest.fixture
def harbour() -> Gym:
    return Gym.objects.get(slug="harbour-strength")


def running(at: datetime = NOW) -> ClassSession:
    """The one class of the present gym that runs at that time."""
    near = ClassSession.objects.between(at - timedelta(hours=2), at + timedelta(hours=2))
    (session,) = [each for each in near if each.state(at) == "running"]
    found: ClassSession = session
    return found


def named(name: str) -> Membership:
    found: Membership = Membership.objects.get(name=name)
    return found


def standing(name: str) -> ladder.Standing:
    found: ladder.Standing = Placement.objects.get(member__name=name).position
    return found


def suggested(name: str) -> ladder.Suggestion | None:
    placement = Placement.objects.select_related("progression").get(member__name=name)
    return ladder.suggest(placement.progression.ladder().ladder, placement.position)


# --- Who is there --------------------------------------------------------------------------------------------------


def test_the_gyms(northside: Gym, harbour: Gym) -> None:
    assert (northside.name, northside.time_zone, northside.is_demo) == ("Northside Barbell", "Europe/London", True)
    assert (harbour.name, harbour.is_demo) == ("Harbour Strength", True)
    assert Gym.objects.count() == 2


def test_the_people_of_northside(northside: Gym) -> None:
    members = Membership.objects.filter(is_member=True)
    names = list(members.values_list("name", flat=True))
    assert len(names) == 42
    assert Membership.objects.filter(is_coach=True).count() == 3
    assert Membership.objects.filter(is_owner=True).count() == 1
    assert members.filter(user=None).count() > 30
    assert members.filter(is_minor=True).exclude(guardian_email="").count() == 2
    assert list(members.exclude(standing_limits="").values_list("standing_limits", flat=True)) == ["low grip only"]
    assert len([name for name in names if name.startswith("Ben ")]) == 2
    assert names.count("Sarah Jones") == 2
    assert max(len(name) for name in names) > 40
    unnamed = members.filter(tv_consent=False).by_name().values_list("name", flat=True)
    assert list(unnamed) == ["Ivy Castellanos", "Noor Bakker"]
    scripts = {"cyrillic": "Ольга", "kanji": "美咲", "arabic": "عمر", "latin": "Łukasz"}
    for word in scripts.values():
        assert any(word in name for name in names)


def test_everybody_who_can_sign_in(northside: Gym) -> None:
    users = {user.email: user for user in User.objects.all()}
    assert set(users) == {email for _who, email, _password in DEMO_SIGN_INS}
    for _who, email, password in DEMO_SIGN_INS:
        assert users[email].is_demo
        assert users[email].check_password(password)


def test_one_person_coaches_at_northside_and_trains_at_harbour(northside: Gym, harbour: Gym) -> None:
    kim = User.objects.get(email="kim@northside.example")
    roles = Membership.across_gyms.filter(user=kim).values_list("gym", "is_coach", "is_member")
    assert set(roles) == {(northside.pk, True, False), (harbour.pk, False, True)}


def test_one_member_is_held_and_it_says_where(northside: Gym) -> None:
    held = Placement.objects.get(is_held=True)
    assert held.member.name == "Hannah Lowe"
    assert Hold.objects.get(member=held.member).where == Hold.Where.LOW_BACK
    assert Clearance.objects.count() == 1


def test_harbour_is_smaller_and_has_its_own_library(northside: Gym, harbour: Gym) -> None:
    with in_gym(harbour):
        assert Membership.objects.filter(is_member=True).count() == 11
        assert Membership.objects.filter(is_coach=True).count() == 1
        assert Membership.objects.filter(is_owner=True).count() == 1
        assert set(Drill.objects.values_list("gym", flat=True)) == {harbour.pk}
        there = set(Drill.objects.values_list("key", flat=True))
        assert running().attendances.count() == 8
    assert there == set(Drill.objects.values_list("key", flat=True))


# --- Today ---------------------------------------------------------------------------------------------------------


def test_the_day_has_a_class_that_is_over_one_running_and_one_to_come(northside: Gym) -> None:
    today = list(ClassSession.objects.between(MIDNIGHT, MIDNIGHT + timedelta(days=1)))
    assert [(session.name, session.state(NOW)) for session in today] == [
        ("Hinge Foundations", "done"),
        ("Hinge Foundations", "running"),
        ("Hinge under load", "coming"),
    ]
    done, now, coming = today
    assert done.attendances.filter(seen_at=None).count() == 0
    assert (now.starts_at, now.minutes) == (NOW - timedelta(minutes=10), 60)
    assert now.slot == WeeklySlot.objects.get(weekday=1, template__key="hinge-foundations")
    assert set(coming.attendances.values_list("state", flat=True)) == {Attendance.State.EXPECTED}
    assert not Tap.objects.filter(session=coming).exists()


def test_the_running_class_stands_as_on_the_board_of_a_real_one(northside: Gym) -> None:
    session = running()
    here = session.attendances.all()
    assert set(here.values_list("state", flat=True)) == {Attendance.State.HERE}
    assert here.count() == 15
    assert here.exclude(seen_at=None).count() == 9
    assert [each.member.name for each in here.filter(is_first_class=True).select_related("member")] == ["Jun Park"]
    assert here.filter(member__placements__stage=None).count() == 0

    noor, dmitri = suggested("Noor Bakker"), suggested("Dmitri Kozlov")
    assert noor and (noor.stage, noor.clean, noor.at_setting) == ("dowel", 2, 600)
    assert dmitri and (dmitri.stage, dmitri.clean) == ("loaded", 2)
    liam = suggested("Liam Doyle")
    assert liam and (liam.fault, liam.times) == ("head-off-dowel", 2)
    assert standing("Elena Sánchez").faults == {"squats-it": 1}
    assert (standing("Grace Osei").setting, standing("Grace Osei").clean) == (16000, 1)
    away = standing("Maximiliano Villanueva").seen_at
    assert away is not None
    assert (NOW - away).days == 16
    for name in ("Ben Turner", "Farid Haddad", "Olu Adeyemi", "Jun Park"):
        assert suggested(name) is None


def test_nothing_happens_after_now(northside: Gym) -> None:
    assert not Tap.across_gyms.filter(models.Q(at__gt=NOW) | models.Q(recorded_at__gt=NOW)).exists()


# --- The weeks before ----------------------------------------------------------------------------------------------


def test_eight_weeks_of_classes_with_ten_to_fifteen_people(northside: Gym) -> None:
    past = ClassSession.objects.filter(starts_at__lt=MIDNIGHT).order_by("starts_at")
    assert 8 * 3 <= past.count() <= 8 * 5 + 1
    first = past.first()
    assert first is not None
    assert MIDNIGHT - first.starts_at > timedelta(weeks=7)
    here = models.Count("attendances", filter=models.Q(attendances__state=Attendance.State.HERE))
    sizes = list(past.annotate(here=here).values_list("here", flat=True))
    assert min(sizes) >= 10
    assert max(sizes) <= 15
    assert past.filter(finished_at=None).count() == 0
    assert Attendance.objects.filter(state=Attendance.State.NO_SHOW).exists()
    # Whoever came for the first time is marked in that class alone.
    firsts = Attendance.objects.filter(is_first_class=True).values_list("member", flat=True)
    assert len(firsts) == len(set(firsts)) == Attendance.objects.values("member").distinct().count()


def test_the_regulars_of_the_running_class_are_proposed(northside: Gym) -> None:
    session = running()
    earlier = ClassSession.objects.filter(slot=session.slot_id, starts_at__lt=session.starts_at)
    came: list[set[Any]] = []
    for each in earlier.order_by("-starts_at"):
        people = each.attendances.filter(state__in=["here", "late"]).values_list("member_id", flat=True)
        came += [set(people)] if people else []
    assert len(came) > 4
    often = {person for person in set.union(*came) if sum(person in people for people in came[:4]) >= 2}
    there = set(session.attendances.values_list("member_id", flat=True))
    gone = set(Membership.objects.exclude(pk__in=Membership.objects.current()).values_list("pk", flat=True))
    assert often & there
    assert {each.member_id for each in regulars_of(session, NOW)} == often - there - gone


def test_plausible_stories(northside: Gym) -> None:
    moves = StageMove.objects.filter(kind=StageMove.Kind.STAGE).values_list("reason", "to_stage__stage__key")
    told = {move: sum(each == move for each in moves) for move in moves}
    assert told["first", "wall-tap"] > 30
    assert told["earned", "dowel"] > 10
    assert told["earned", "loaded"] > 10
    assert sum(count for (reason, _stage), count in told.items() if reason == StageMove.Reason.DOWN) > 1
    assert set(Placement.objects.values_list("stage__key", flat=True)) == {"wall-tap", "dowel", "loaded"}
    repeated = [
        placement for placement in Placement.objects.all() if max(placement.position.faults.values(), default=0) > 1
    ]
    assert repeated
    assert Undo.objects.count() > 3
    assert Note.objects.count() > 3
    assert AssignedDrill.objects.count() > 3
    assert not Tap.objects.filter(outcome=Tap.Outcome.REFUSED).exists()


def test_some_have_drills_to_do_and_the_reason(northside: Gym) -> None:
    given = {"Dmitri Kozlov": "squats-it", "Elena Sánchez": "squats-it", "Liam Doyle": "head-off-dowel"}
    for name, fault in given.items():
        latest = assigned_drills(named(name).pk).latest("at")
        assert latest.evidence == {"fault": fault}, name
        assert timedelta(0) < NOW - latest.at <= timedelta(days=10), name


def test_history_is_what_the_taps_made(northside: Gym) -> None:
    happenings = [model for model in apps.get_models() if issubclass(model, Happening)]
    rows: list[Any] = [row for model in happenings for row in model.across_gyms.select_related("tap")]
    assert {type(row) for row in rows} >= {StageMove, Assessment, AssessmentFault, Hold, Clearance, Note, Undo}
    for row in rows:
        tap = row.tap
        assert (row.gym_id, row.at, row.recorded_at, row.actor_id) == (
            tap.gym_id,
            tap.at,
            tap.recorded_at,
            tap.actor_id,
        )
        assert tap.outcome == Tap.Outcome.APPLIED
        # What somebody did alone belongs to no class.
        assert (tap.session.gym_id == row.gym_id) if tap.session else isinstance(row, Practice | SelfCheck)


def test_what_is_stored_of_everybody_equals_the_replay_of_their_history(northside: Gym, harbour: Gym) -> None:
    for gym in (northside, harbour):
        with in_gym(gym):
            placements = Placement.objects.select_related("progression", "stage")
            assert len(placements) > 10
            for placement in placements:
                rungs = placement.progression.ladder().ladder
                events = standing_events(placement.member_id, placement.progression)
                replayed = ladder.replay(rungs, events)
                assert placement.position == replayed
                assert placement.is_held == replayed.held
                assert (placement.stage.key if placement.stage else None) == replayed.stage
                effective = ladder.in_effect(rungs, events)
                for attendance in Attendance.objects.filter(member=placement.member_id):
                    shown = (attendance.seen, attendance.seen_at)
                    attendance.show_last_of(placement.progression_id, effective)
                    assert (attendance.seen, attendance.seen_at) == shown


def test_the_class_is_in_its_ladder_with_minutes_left(northside: Gym) -> None:
    session = running()
    assert session.block_position is not None
    block = session.plan[session.block_position]
    assert (block["title"], block["minutes"]) == ("Hinge ladder", 12)
    assert (session.block_started_at, session.block_paused_at) == (NOW - timedelta(minutes=2), None)
    started = Tap.objects.filter(session=session, kind=Tap.Kind.PLAN, outcome=Tap.Outcome.APPLIED).order_by("at")
    assert [(tap.at - session.starts_at, tap.actor_id) for tap in started] == [
        (timedelta(minutes=minutes), session.coach_id) for minutes in (0, 4, 8)
    ]
    others = ClassSession.objects.exclude(pk=session.pk)
    assert others and not others.exclude(block_started_at=None).exists()


# --- A later start -------------------------------------------------------------------------------------------------


def start_again(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        call_command("seed_demo", verbosity=0)


def everything() -> dict[tuple[str, Any], dict[str, Any]]:
    """Every row of every gym, by table and id."""
    tables: list[Any] = [Gym, User, *(model for model in apps.get_models() if issubclass(model, TenantModel))]
    managers = [(table, getattr(table, "across_gyms", None) or table.objects) for table in tables]
    return {(table.__name__, row["id"]): row for table, manager in managers for row in manager.values()}


def without_when_seen(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a visitor would notice it: not when somebody was seen last, nor the counter behind the screens."""
    kept = {name: value for name, value in row.items() if name not in ("version", "stage_version")}
    if "standing" in kept:
        hidden = ("seen_at", "last", "assessment")
        kept["standing"] = {name: value for name, value in kept["standing"].items() if name not in hidden}
    return kept


def test_a_later_start_makes_today_and_touches_nothing_of_a_visitor(northside: Gym, harbour: Gym) -> None:
    session = running()
    carla = named("Carla Mendes")
    answer = make.tap(session, named("Dmitri Kozlov"), "stage", by=carla, after=700, stage="loaded")
    assert answer.status == 200
    make.tap(session, named("Olu Adeyemi"), "pain", by=carla, after=720, where="hip")
    newcomer = make.person(northside, "Visiting Friend")
    make.roster(session, newcomer)
    Membership.objects.filter(name="Aaliyah Mensah").update(is_active=False)
    template = ClassTemplate.objects.get(key="hinge-foundations")
    template.blocks.filter(position=0).update(title="Stretch as the visitor likes it")
    before = everything()

    tomorrow = NOW + timedelta(days=1)
    start_again(tomorrow)

    after = everything()
    for key, row in before.items():
        assert without_when_seen(after[key]) == without_when_seen(row)
    made = running(tomorrow)
    assert (made.starts_at, made.minutes, made.coach) == (tomorrow - timedelta(minutes=10), 60, carla)
    assert made.plan[0]["title"] == "Stretch as the visitor likes it"
    assert made.block_position is not None
    assert made.plan[made.block_position]["title"] == "Hinge ladder"
    here = made.attendances.filter(state=Attendance.State.HERE, is_first_class=False, seen_at=None)
    assert here.count() == 15
    names = set(here.values_list("member__name", flat=True))
    assert {"Dmitri Kozlov", "Olu Adeyemi", "Jun Park"} < names
    assert not names & {"Aaliyah Mensah", "Visiting Friend"}
    midnight = MIDNIGHT + timedelta(days=1)
    today = ClassSession.objects.between(midnight, midnight + timedelta(days=1))
    assert [each.state(tomorrow) for each in today] == ["done", "running", "coming"]
    assert today[0].attendances.exclude(seen_at=None).count() >= 10
    with in_gym(harbour):
        assert running(tomorrow).attendances.count() == 8


@pytest.mark.parametrize("minutes", [0, 45, 24 * 60, 40 * 24 * 60])
def test_starting_twice_makes_nothing_twice(northside: Gym, minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    start_again(at)
    once = everything()
    start_again(at)
    assert everything() == once
    if minutes < 60:
        assert running(at).starts_at == NOW - timedelta(minutes=10)


def test_what_the_slots_made_by_themselves_makes_way_for_the_demos_classes(northside: Gym) -> None:
    next_tuesday = NOW + timedelta(days=7)
    make_coming(northside, NOW)
    start_again(next_tuesday)
    midnight = MIDNIGHT + timedelta(days=7)
    today = list(ClassSession.objects.between(midnight, midnight + timedelta(days=1)))
    assert [each.state(next_tuesday) for each in today] == ["done", "running", "coming"]
    assert [each.slot and each.slot.starts.hour for each in today] == [None, 18, 19]
    assert today[1].attendances.count() == 15
    assert make_coming(northside, next_tuesday) > 0
    assert ClassSession.objects.between(midnight, midnight + timedelta(days=1)).count() == 3


def test_a_class_that_was_to_come_runs_with_its_people_here(northside: Gym) -> None:
    later = NOW.replace(hour=19, minute=40)
    expected = ClassSession.objects.get(starts_at__gt=NOW)
    people = expected.attendances.count()
    start_again(later)
    assert running(later) == expected
    assert running(later).block_started_at == expected.starts_at + timedelta(minutes=20)
    assert expected.attendances.filter(state=Attendance.State.HERE).count() == people
    assert Tap.objects.filter(session=expected, kind=Tap.Kind.ATTENDANCE).count() == people


def test_a_class_to_come_that_a_visitor_has_tapped_in_is_left_alone(northside: Gym) -> None:
    expected = ClassSession.objects.get(starts_at__gt=NOW)
    member = expected.attendances.first().member
    make.tap(expected, member, "attendance", by=named("Carla Mendes"), after=-60, state="no_show")
    start_again(NOW.replace(hour=19, minute=40))
    assert Tap.objects.filter(session=expected).count() == 1


def test_a_class_that_a_visitor_started_counts_as_the_running_one(northside: Gym) -> None:
    tomorrow = NOW + timedelta(days=1)
    own = make.class_session(northside, coach=named("Kim Lindqvist"), starts_at=tomorrow - timedelta(minutes=5))
    start_again(tomorrow)
    assert running(tomorrow) == own
    assert own.attendances.count() == 0


def test_a_gym_without_coaches_or_templates_is_no_obstacle(northside: Gym, harbour: Gym) -> None:
    Membership.objects.filter(is_coach=True).update(is_active=False)
    tomorrow = NOW + timedelta(days=1)
    bring_up_to_today(tomorrow)
    assert running(tomorrow).coach is None
    ClassTemplate.objects.update(archived_at=NOW)
    classes = ClassSession.objects.count()
    bring_up_to_today(tomorrow + timedelta(days=1))
    assert ClassSession.objects.count() == classes
    with in_gym(harbour):
        assert running(tomorrow + timedelta(days=1)).coach is not None
