"""History stays as it was seen: in code and by trigger, and no row refers into another gym."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from gym.models import Change, Gym, Membership
from gym.scope import TenantModel, in_gym
from programming.models import Assessment, ClassSession, Fault, Hold, Note, Tap
from programming.models.history import History, HistoryIsFixed, history_models
from programming.models.practising import OwnTap
from programming.outline import Block, adding
from tests import make
from tests.people import Cast, make_cast

pytest_plugins = ["tests.people"]

HISTORY = sorted(history_models(), key=lambda model: model.__name__)
NAMES = [model.__name__ for model in HISTORY]
EMPTIED = [(model, field) for model in HISTORY for field in model.may_be_emptied]


def fill(session: ClassSession, member: Membership, coach: Membership) -> None:
    """At least one row in every table of history."""
    keys = [uuid4() for _key in range(2)]
    taps: list[tuple[str, dict[str, Any]]] = [
        ("stage", {"stage": "dowel"}),
        ("fault", {"fault": "squats-it"}),
        ("pain", {"where": "knee"}),
        ("clear", {"note": "moves freely"}),
        ("assign", {"drill": "cat-cow", "wanted": True}),
        ("assign", {"drill": "cat-cow", "wanted": False}),
        ("note", {"note": "prefers mornings", "key": keys[0]}),
        ("undo", {"undone": str(keys[0])}),
    ]
    for number, (kind, values) in enumerate(taps):
        answer = make.tap(session, member, kind, by=coach, after=60 * number, **values)
        assert answer.status == 200
    alone: list[tuple[str, dict[str, Any]]] = [
        ("practised", {"drill": "cat-cow"}),
        ("self_check", {"progression": "hip-hinge", "check": "three-contacts", "answers": {"head": "yes"}}),
    ]
    with in_gym(session.gym_id):
        for kind, values in alone:
            assert OwnTap(kind=kind, by=member, values=values).record().status == 200
        member.rename(member.name, "Another")
        make.changed_ladder(session.on_board, by=coach)
        assert session.template
        session.template.rewrite(adding(Block(str(uuid4()), "Finisher", 5)), by=coach, at=timezone.now())


@pytest.fixture
def taught(evening: ClassSession, cast: Cast, at_northside: Gym) -> ClassSession:
    """A class with something in every table of history."""
    fill(evening, cast.ana, cast.carla)
    return evening


def row_of(model: type[History]) -> Any:
    found = model.objects.order_by("pk").last()
    assert found is not None, f"nothing in {model.__name__}"
    return found


@pytest.fixture
def unharmed(taught: ClassSession) -> Iterator[None]:
    """Whatever was tried, every row of history is as it was."""

    def rows() -> list[Any]:
        return [list(model.across_gyms.order_by("pk").values_list()) for model in HISTORY]

    before = rows()
    yield
    assert rows() == before


# In code -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", HISTORY, ids=NAMES)
@pytest.mark.usefixtures("taught", "unharmed")
def test_a_row_is_not_saved_or_deleted_again(model: type[History]) -> None:
    row = row_of(model)
    field = model._meta.concrete_fields[-1].name
    for attempt in (
        row.save,
        lambda: row.save(update_fields=[field]),
        row.delete,
        lambda: model.objects.update_or_create(pk=row.pk, defaults={"gym": row.gym}),
    ):
        with pytest.raises(HistoryIsFixed):
            attempt()


@pytest.mark.parametrize("manager", ["objects", "across_gyms"])
@pytest.mark.parametrize("model", HISTORY, ids=NAMES)
@pytest.mark.usefixtures("taught", "unharmed")
def test_rows_are_not_updated_or_deleted(model: type[History], manager: str) -> None:
    rows = getattr(model, manager)
    row = row_of(model)
    for attempt in (
        lambda: rows.update(gym=row.gym),
        lambda: rows.filter(pk=row.pk).update(gym=row.gym),
        lambda: rows.all().delete(),
        lambda: rows.bulk_update([row], ["gym"]),
    ):
        with pytest.raises(HistoryIsFixed), transaction.atomic():
            attempt()


@pytest.mark.usefixtures("unharmed")
def test_related_rows_are_not_updated_or_deleted(taught: ClassSession) -> None:
    for attempt in (lambda: taught.taps.update(kind="saw"), lambda: taught.taps.all().delete()):
        with pytest.raises(HistoryIsFixed):
            attempt()


@pytest.mark.usefixtures("unharmed")
def test_nothing_that_history_names_is_deleted(taught: ClassSession, cast: Cast) -> None:
    fault = Fault.objects.get(key="squats-it")
    for row in (taught, cast.ana, cast.carla, taught.on_board, fault, fault.current):
        assert row is not None
        with pytest.raises((models.ProtectedError, HistoryIsFixed)), transaction.atomic():
            row.delete()


# In the database -----------------------------------------------------------------------------------------------------


def execute(statement: str, *parameters: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        changed: int = cursor.rowcount
    return changed


@pytest.mark.parametrize("model", HISTORY, ids=NAMES)
@pytest.mark.usefixtures("taught", "unharmed")
def test_the_database_refuses_too(model: type[History]) -> None:
    row, table = row_of(model), model._meta.db_table
    fixed = [field for field in model._meta.concrete_fields if field.name not in model.may_be_emptied]
    for field in fixed:
        # What is known is not forgotten, and what was not known is not made up.
        made_up = 7 if isinstance(field, models.IntegerField) else str(uuid4())
        other = None if getattr(row, field.attname) is not None else made_up
        with pytest.raises(DatabaseError, match="history is fixed"):
            execute(f'UPDATE "{table}" SET "{field.column}" = %s WHERE id = %s', other, _as_stored(row.pk))  # noqa: S608
    with pytest.raises(DatabaseError, match="history is fixed"):
        execute(f'DELETE FROM "{table}"')  # noqa: S608


def _as_stored(key: UUID) -> Any:
    return key if connection.vendor == "postgresql" else key.hex


@pytest.mark.parametrize("model", HISTORY, ids=NAMES)
@pytest.mark.usefixtures("taught", "unharmed")
def test_not_even_to_what_it_was(model: type[History]) -> None:
    """Where nothing may be emptied, no UPDATE at all goes through; where something may, an idle one does no harm."""
    table = model._meta.db_table
    statement = f'UPDATE "{table}" SET "gym_id" = "gym_id"'  # noqa: S608
    if model.may_be_emptied:
        execute(statement)
        return
    with pytest.raises(DatabaseError, match="history is fixed"):
        execute(statement)


def test_what_may_be_emptied() -> None:
    assert {(model, field) for model, field in EMPTIED} == {(Hold, "where"), (Note, "body"), (Change, "changes")}


@pytest.mark.parametrize(("model", "field"), EMPTIED)
@pytest.mark.usefixtures("taught")
def test_what_may_be_emptied_is_only_emptied(model: type[History], field: str) -> None:
    table, row = model._meta.db_table, row_of(model)
    with pytest.raises(DatabaseError, match="history is fixed"):
        execute(f'UPDATE "{table}" SET "{field}" = %s', "other")  # noqa: S608
    with pytest.raises(DatabaseError, match="history is fixed"):
        execute(f'UPDATE "{table}" SET "{field}" = %s, "at" = %s', "", "2001-01-01 00:00:00+00:00")  # noqa: S608
    assert execute(f'UPDATE "{table}" SET "{field}" = %s', "") > 0  # noqa: S608
    row.refresh_from_db()
    assert getattr(row, field) == ""
    # And it stays empty.
    with pytest.raises(DatabaseError, match="history is fixed"):
        execute(f'UPDATE "{table}" SET "{field}" = %s', "other")  # noqa: S608


# Triggers survive migrations -----------------------------------------------------------------------------------------


def triggers() -> set[str]:
    """Those that forbid something, by name."""
    tables = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(tables[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def wanted_triggers() -> set[str]:
    return {f"{model._meta.db_table}_fixed_{what}" for model in HISTORY for what in ("update", "delete")}


@pytest.mark.django_db
def test_every_table_of_history_has_its_triggers() -> None:
    assert triggers() >= wanted_triggers()


@pytest.mark.django_db(transaction=True)
def test_they_survive_a_change_of_table() -> None:
    """SQLite makes the table anew for it, and drops the triggers."""
    try:
        widened: Any = models.CharField(max_length=80)
        widened.set_attributes_from_name("digest")
        with connection.schema_editor() as editor:
            editor.alter_field(Tap, Tap._meta.get_field("digest"), widened)
        if connection.vendor == "sqlite":
            assert not triggers() & {"programming_tap_fixed_update", "programming_tap_fixed_delete"}
        call_command("migrate", verbosity=0)
        assert triggers() >= wanted_triggers()
        cast = make_cast()
        make.library(cast.northside)
        fill(make.class_session(cast.northside, cast.members), cast.ana, cast.carla)
        with pytest.raises(DatabaseError, match="history is fixed"):
            execute("UPDATE programming_tap SET digest = ''")
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Tap, widened, Tap._meta.get_field("digest"))
        call_command("migrate", verbosity=0)


# No reference into another gym ---------------------------------------------------------------------------------------


def references() -> list[tuple[type[models.Model], Any]]:
    """Every foreign key from a gym's row to a gym's row."""
    return [
        (model, field)
        for model in apps.get_models()
        if issubclass(model, TenantModel)
        for field in model._meta.concrete_fields
        if isinstance(field.related_model, type) and issubclass(field.related_model, TenantModel)
    ]


def test_there_are_references_to_keep() -> None:
    assert len(references()) > 40


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite serves one gym")
@pytest.mark.django_db
def test_every_reference_stays_in_its_gym() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, array_agg(attname::text ORDER BY attname), confrelid::regclass::text"
            " FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)"
            " WHERE contype = 'f' AND convalidated GROUP BY pg_constraint.oid, conrelid, confrelid"
        )
        kept = {(table, tuple(columns), target) for table, columns, target in cursor.fetchall()}
    missing = [
        f"{model.__name__}.{field.name}"
        for model, field in references()
        if (model._meta.db_table, tuple(sorted(["gym_id", field.column])), field.related_model._meta.db_table)
        not in kept
    ]
    assert missing == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite serves one gym")
def test_a_reference_into_another_gym_is_refused(taught: ClassSession, cast: Cast) -> None:
    for statement, stranger, own in (
        ("UPDATE programming_placement SET member_id = %s WHERE member_id = %s", cast.sam, cast.ana),
        ("UPDATE programming_attendance SET member_id = %s WHERE member_id = %s", cast.sam, cast.ben),
        ("UPDATE programming_classsession SET coach_id = %s WHERE coach_id = %s", cast.hana, cast.carla),
    ):
        with pytest.raises(DatabaseError, match="same_gym"), transaction.atomic():
            assert execute(statement, stranger.pk, own.pk) == 1
            execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite serves one gym")
def test_a_tap_by_another_gyms_coach_is_refused(taught: ClassSession, cast: Cast) -> None:
    before = Assessment.objects.count()
    with pytest.raises(DatabaseError, match="same_gym"), transaction.atomic():
        make.tap(taught, cast.ana, "saw", by=cast.hana, saw="clean")
        execute("SET CONSTRAINTS ALL IMMEDIATE")
    with in_gym(cast.northside):
        assert Assessment.objects.count() == before
