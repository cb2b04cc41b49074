"""Nothing of a gym is read or written without saying which gym, and then only of that one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils import timezone

from gym.models import AddressChange, Gym, Invitation, Membership, Tag
from gym.post import post
from gym.scope import NoGym, TenantForeignKey, TenantModel, current_gym_id, in_gym
from programming.models import (
    Absence,
    Attendance,
    CalendarLink,
    ClassSession,
    Closure,
    Drill,
    DrillPicture,
    DrillRevision,
    Hold,
    Placement,
    Stage,
    Tap,
    exercises,
)
from programming.models.hurting import Told
from programming.models.importing import begin, compare_more
from programming.picture_files import redrawn
from tests import exercise_files, make, photographs
from tests.people import Cast
from tests.test_history import fill

pytest_plugins = ["tests.people"]

OWNED = [model for model in apps.get_models() if issubclass(model, TenantModel)]
NAMES = [model.__name__ for model in OWNED]

READS: dict[str, Callable[[Any], object]] = {
    "all": lambda rows: list(rows.all()),
    "iterator": lambda rows: next(rows.iterator(), None),
    "filter": lambda rows: list(rows.filter(pk=None)),
    "exclude": lambda rows: list(rows.exclude(pk=None)),
    "get": lambda rows: rows.get(pk=None),
    "first": lambda rows: rows.first(),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "values": lambda rows: list(rows.values("pk")),
    "in_bulk": lambda rows: rows.in_bulk(),
    "aggregate": lambda rows: rows.aggregate(models.Count("pk")),
    "annotate": lambda rows: list(rows.annotate(one=models.Value(1))),
    "order_by": lambda rows: list(rows.order_by("pk")),
    "select_for_update": lambda rows: list(rows.select_for_update()),
    "raw": lambda rows: list(rows.raw("SELECT 1 AS id")),
    "using": lambda rows: list(rows.using("default")),
    "none": lambda rows: rows.none(),
}
WRITES: dict[str, Callable[[Any], object]] = {
    "create": lambda rows: rows.create(),
    "get_or_create": lambda rows: rows.get_or_create(pk=None),
    "update": lambda rows: rows.update(gym=None),
    "delete": lambda rows: rows.all().delete(),
    "bulk_create": lambda rows: rows.bulk_create([rows.model()]),
}


@pytest.fixture
def both(evening: ClassSession, cast: Cast) -> Cast:
    """Both gyms have rows in every table."""
    return in_both(evening, cast)


def in_both(evening: ClassSession, cast: Cast) -> Cast:
    """Rows in every table, of both gyms."""
    make.library(cast.harbour)
    theirs = make.class_session(cast.harbour, [cast.sam], coach=cast.hana)
    for session, member, coach in ((evening, cast.ana, cast.carla), (theirs, cast.sam, cast.hana)):
        make.weekly_slot(session)
        make.screen(session.gym, coach)
        tablet, _secret = make.tablet(session.gym, coach)
        make.pin(coach, "4711")
        with in_gym(session.gym):
            tablet.begin(coach, timezone.now())
        fill(session, member, coach)
        post("a", key=f"a:{member.pk}", person=member)
        assert member.user is not None
        AddressChange.objects.create(user=member.user, old=member.user.email, new="new@home.example")
        make.several(session, [member], by=coach, after=600, stage="dowel")
        with in_gym(session.gym):
            told = Told(("neck",), agreed=True)
            Hold.report(member.pk, told, key=uuid4(), now=timezone.now())
            days = {"first": date(2098, 1, 1), "last": date(2098, 1, 1)}
            Closure.objects.create(name="Works", **days)
            Absence.make(key=uuid4(), coach=coach, **days)
            CalendarLink.make(member, at=timezone.now())
    for owner, somebody in ((cast.olga, cast.dev), (cast.hana, make.person(cast.harbour, "Ida Iverson"))):
        with in_gym(owner.gym):
            Invitation.make(somebody, by=owner, at=timezone.now())
            Tag.put([somebody.pk], "crew")
            compare_more(begin(b"Name\nRobin Roe\n", name="list.csv", by=owner, at=timezone.now()).pk)
            content = exercise_files.written(exercise_files.exercise("Broomstick bow"))
            file = exercises.begin(content, name="x", origin=exercise_files.ORIGIN, by=owner, at=timezone.now())
            exercises.compare_more(file.pk)
            picture = redrawn(photographs.photograph("PNG", (80, 80)))
            DrillPicture.put(Drill.objects.get(key="wall-tap"), picture, "A bow", at=timezone.now())
        make.taken_in(owner)
    return cast


# Without a gym -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", OWNED, ids=NAMES)
def test_without_a_gym_nothing_is_read_or_written(model: type[TenantModel], db: None) -> None:
    for name, attempt in {**READS, **WRITES}.items():
        with pytest.raises(NoGym):
            attempt(model.objects)
            pytest.fail(f"{model.__name__}.objects.{name} needs no gym")


@pytest.mark.parametrize("model", OWNED, ids=NAMES)
def test_the_plain_manager_is_the_scoped_one(model: type[TenantModel]) -> None:
    """What the related managers of other models are made of."""
    assert model._default_manager.name == "objects"
    with pytest.raises(NoGym):
        model._default_manager.all()


# Every way from a row to the rows that point to it.
RELATIONS = [
    (model, str(relation.get_accessor_name()))
    for model in OWNED
    for relation in model._meta.related_objects
    if relation.related_model in OWNED and not str(relation.get_accessor_name()).endswith("+")
]


def test_without_a_gym_related_rows_are_not_read(both: Cast) -> None:
    for model, name in RELATIONS:
        row: Any = model.across_gyms.filter(gym=both.northside).first()
        assert row is not None, model
        for read in ("all", "count", "exists", "first"):
            with pytest.raises(NoGym):
                getattr(getattr(row, name), read)()
                pytest.fail(f"{model.__name__}.{name}.{read} needs no gym")
        with pytest.raises(NoGym):
            list(model.across_gyms.prefetch_related(name))
            pytest.fail(f"{model.__name__}.{name} is fetched without a gym")


def test_ways_to_related_rows_were_found() -> None:
    assert len(RELATIONS) > 15


def test_a_users_memberships_are_those_of_this_gym(both: Cast) -> None:
    assert both.nia.user is not None
    with pytest.raises(NoGym):
        both.nia.user.memberships.all()
    with in_gym(both.harbour):
        assert list(both.nia.user.memberships.all()) == [both.nia_at_harbour]


def test_a_class_has_its_own_ladders(both: Cast) -> None:
    session = ClassSession.across_gyms.get(gym=both.northside)
    with pytest.raises(NoGym):
        session.ladders.all()
    with in_gym(both.northside):
        assert list(session.ladders.all()) == [session.progression]
    with in_gym(both.harbour):
        assert not session.ladders.all()


# With one gym --------------------------------------------------------------------------------------------------------


def test_with_a_gym_only_its_rows(both: Cast) -> None:
    for model in OWNED:
        only_its_rows(model, both)


def only_its_rows(model: type[TenantModel], both: Cast) -> None:
    """Whoever stands in one gym finds the model's rows of that gym, however they look."""
    ours = set(model.across_gyms.filter(gym=both.northside).values_list("pk", flat=True))
    theirs = model.across_gyms.filter(gym=both.harbour).values_list("pk", flat=True)
    assert ours and theirs, model
    with in_gym(both.northside):
        assert {row.pk for row in model.objects.all()} == ours, model
        assert model.objects.count() == len(ours)
        assert set(model.objects.values_list("pk", flat=True)) == ours
        assert not model.objects.filter(pk__in=list(theirs)).exists()
        assert model.objects.in_bulk(list(theirs)) == {}
        assert model.objects.filter(pk=theirs[0]).first() is None
        # Nor by joining or excluding.
        assert {row.gym_id for row in model.objects.exclude(pk__in=ours)} == set()


def test_related_rows_of_another_gym_are_not_seen(both: Cast) -> None:
    """Even from a row of that gym that one holds."""
    for model, name in RELATIONS:
        rows: list[Any] = list(model.across_gyms.filter(gym=both.harbour))
        with in_gym(both.harbour):
            there = sum(getattr(row, name).count() for row in rows)
        with in_gym(both.northside):
            assert sum(getattr(row, name).count() for row in rows) == 0, (model, name)
            prefetched: list[Any] = list(model.across_gyms.filter(gym=both.harbour).prefetch_related(name))
            assert sum(len(getattr(row, name).all()) for row in prefetched) == 0, (model, name)
        assert there > 0 or name in NEVER_USED, (model, name)


# Links that no row of the cast fills.
NEVER_USED: set[str] = set()


def test_another_gyms_rows_are_not_changed(both: Cast) -> None:
    with in_gym(both.northside):
        assert Attendance.objects.filter(member=both.sam).update(state="late") == 0
        assert Placement.objects.filter(member=both.sam).delete()[0] == 0
        with pytest.raises(ClassSession.DoesNotExist):
            ClassSession.objects.get(gym=both.harbour)
    assert Attendance.across_gyms.get(member=both.sam).state == "here"


def test_a_row_stays_in_its_gym(both: Cast) -> None:
    session = ClassSession.across_gyms.get(gym=both.northside)
    session.gym = both.harbour
    with in_gym(both.harbour):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            session.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            session.save(update_fields=["gym"])
    assert ClassSession.across_gyms.get(pk=session.pk).gym == both.northside


def test_a_new_row_is_of_the_gym_one_stands_in(both: Cast) -> None:
    with in_gym(both.harbour):
        assert Membership.objects.create(name="New").gym == both.harbour
    with in_gym(both.northside.pk):
        assert Membership.objects.create(name="New").gym_id == both.northside.pk


def test_a_query_keeps_the_gym_it_was_made_in(both: Cast) -> None:
    with in_gym(both.northside):
        drills = Drill.objects.all()
        revisions = DrillRevision.objects.filter(drill__in=drills)
    with in_gym(both.harbour):
        assert {drill.gym_id for drill in drills} == {both.northside.pk}
        assert {revision.gym_id for revision in revisions} == {both.northside.pk}


def test_a_tap_from_another_gym_finds_no_roster(both: Cast) -> None:
    ours = ClassSession.across_gyms.get(gym=both.northside)
    before = make.row_count(Tap)
    with in_gym(both.harbour), pytest.raises(LookupError):
        ours.record_tap(make.screen_tap("saw", both.ana, by=both.hana, saw="clean"))
    assert make.row_count(Tap) == before


# The gym of the present work ------------------------------------------------------------------------------------------


def test_one_gym_inside_another_and_out_again() -> None:
    one, two = Gym(name="one"), Gym(name="two")
    with in_gym(one):
        with in_gym(two):
            assert current_gym_id() == two.pk
        assert current_gym_id() == one.pk
        with pytest.raises(ZeroDivisionError), in_gym(two):
            raise ZeroDivisionError
        assert current_gym_id() == one.pk
    with pytest.raises(NoGym):
        current_gym_id()


def test_another_thread_stands_in_no_gym() -> None:
    said: list[object] = []

    def ask() -> None:
        try:
            said.append(current_gym_id())
        except NoGym:
            said.append("no gym")

    with in_gym(Gym(name="one")):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert said == ["no gym"]


def test_every_unique_key_and_index_of_a_gym_begins_with_it() -> None:
    for model in OWNED:
        constraints = [each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)]
        for each in (*constraints, *model._meta.indexes):
            assert each.fields[0] == "gym", each.name


@pytest.mark.django_db
def test_and_so_does_what_the_database_has() -> None:
    for model in OWNED:
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        begins = {each["columns"][0] for each in found.values() if each["index"] or each["unique"]}
        # Signing in looks for a person's gyms.
        known = {"gym_id", "id"} | ({"user_id", "merged_into_id"} if model is Membership else set())
        assert begins <= known, model.__name__


REFERENCES: list[Any] = [
    field
    for model in OWNED
    for field in model._meta.concrete_fields
    if field.is_relation and field.related_model in OWNED
]


@pytest.mark.parametrize("field", REFERENCES, ids=str)
def test_a_join_along_a_reference_stays_in_the_gym(field: Any) -> None:
    joined = str(field.model.across_gyms.select_related(field.name).query).partition(" FROM ")[2]
    assert joined.count('"gym_id"') == 2, joined
    assert isinstance(field, TenantForeignKey)
    # Written by Django's own field into migrations: to the database it is nothing else.
    assert field.deconstruct()[1] == "django.db.models.ForeignKey"


def test_and_so_does_one_against_a_reference(both: Cast) -> None:
    """Stored by hand, as only a database without same-gym references takes it: nobody finds it."""
    placed = Membership.across_gyms.filter(placements__stage__key="dowel", pk=both.ana.pk)
    assert placed.exists()
    if connection.vendor == "sqlite":
        Placement.across_gyms.filter(member=both.ana).update(gym=both.harbour)
        assert not placed.exists()


def test_stages_are_found_through_their_gym_alone(both: Cast) -> None:
    """A key that both gyms have: each finds its own."""
    with in_gym(both.northside):
        assert Stage.objects.get(key="dowel").gym == both.northside
    with in_gym(both.harbour):
        assert Stage.objects.get(key="dowel").gym == both.harbour
