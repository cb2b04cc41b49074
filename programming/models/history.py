"""Rows that are written once: what happened stays as it was seen."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.db import connections, models, transaction
from django.utils import timezone

from gym.identifiers import uuid7
from gym.scope import TenantForeignKey, TenantManager, TenantModel


class HistoryIsFixed(TypeError):
    """Something tried to change or delete a row of history."""


class HistoryQuerySet(models.QuerySet[Any]):
    """Reads and appends. Changing or deleting raises HistoryIsFixed."""

    def update(self, **kwargs: Any) -> int:
        raise HistoryIsFixed(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise HistoryIsFixed(f"{self.model.__name__} rows are never deleted.")

    def empty(self, *fields: str) -> int:
        """Empty these texts. Raises HistoryIsFixed for one that may not be emptied. Answers how many rows it were."""
        if not set(fields) <= set(self.model.may_be_emptied):
            raise HistoryIsFixed(f"{self.model.__name__} rows are never changed.")
        return super().update(**dict.fromkeys(fields, ""))

    # Which tap of a row an undo would name.
    undone_by = "tap"

    def standing(self) -> HistoryQuerySet:
        """The rows whose tap was not undone."""
        return self.filter(self.not_undone())

    def not_undone(self) -> Any:
        """The condition that a row's tap was not undone."""
        undos = apps.get_model("programming", "Undo").objects.filter(undone=models.OuterRef(self.undone_by))
        return ~models.Exists(undos)


HistoryManager = TenantManager.from_queryset(HistoryQuerySet)
HistoryAcrossGyms = models.Manager.from_queryset(HistoryQuerySet)


class History(TenantModel):
    """A row that is appended and never changed, in code here and by trigger in the database.

    `may_be_emptied` names text fields that erasing a person, or time, empties; nothing else may happen to them.
    """

    may_be_emptied: ClassVar[tuple[str, ...]] = ()

    objects: ClassVar[Any] = HistoryManager()
    across_gyms: ClassVar[Any] = HistoryAcrossGyms()

    class Meta(TenantModel.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise HistoryIsFixed(f"{type(self).__name__} rows are never changed.")
        super().save(*args, force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise HistoryIsFixed(f"{type(self).__name__} rows are never deleted.")


def one_of(name: str, field: str, *values: str) -> models.CheckConstraint:
    """The constraint that a code is a known one: history could not be put right later."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": values}), name=name)


class Happening(History):
    """Something a tap brought about: when it happened, when we heard, who did it, on which device.

    `at` is the effective time (arrival less the tap's age), `recorded_at` the arrival. Where two
    happen at the same `at`, the tap's key and then `order` within the tap decide.
    """

    tap = TenantForeignKey("programming.Tap", on_delete=models.PROTECT, db_index=False, related_name="+")
    order = models.SmallIntegerField(default=0)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    actor = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    # NULL: the tap came from a browser that is not enrolled as a tablet.
    device = models.UUIDField(null=True, blank=True)

    class Meta(History.Meta):
        abstract = True


class Revision(History):
    """One numbered version of an item's words."""

    number = models.IntegerField()
    written_at = models.DateTimeField(default=timezone.now)
    # Keys of the sources, and the names of the fields that are the gym's own choice.
    sources = models.JSONField(default=list)
    own_fields = models.JSONField(default=list)

    class Meta(History.Meta):
        abstract = True


@transaction.atomic
def write_revision(item: Any, revision_model: Any, owner: str, words: dict[str, Any]) -> Any:
    """Append a revision of `item` when the words differ from the current ones."""
    # One writer at a time, and from what is current now.
    item.current = type(item).objects.select_for_update(of=("self",)).select_related("current").get(pk=item.pk).current
    current = item.current
    if current is not None and all(getattr(current, name) == value for name, value in words.items()):
        return current
    carried = {}
    if current is not None:
        fixed = {"id", "gym", owner, "number", "written_at"}
        carried = {
            field.name: getattr(current, field.name)
            for field in current._meta.concrete_fields
            if field.name not in fixed
        }
    number = (current.number if current else 0) + 1
    revision = revision_model.objects.create(**{owner: item}, number=number, **{**carried, **words})
    item.current = revision
    item.save(update_fields=["current"])
    # Every ladder may show it: ladders are kept in memory by their revision, whose name is never used twice.
    apps.get_model("programming", "Progression").objects.update(revision=uuid7())
    return revision


def history_models() -> list[type[History]]:
    """Every concrete table of history."""
    return [model for model in apps.get_models() if issubclass(model, History)]


def protect_history(**kwargs: Any) -> None:
    """Put the triggers that forbid UPDATE and DELETE on every table of history.

    Runs after each migrate, because SQLite's way of altering a table drops its triggers.
    """
    connection = connections[kwargs.get("using", "default")]
    statements = [POSTGRESQL_FUNCTION] if connection.vendor == "postgresql" else []
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for model in history_models():
            if model._meta.db_table in existing:
                make = postgresql_triggers if connection.vendor == "postgresql" else sqlite_triggers
                statements += make(model)
        for statement in statements:
            cursor.execute(statement)


POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION history_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is fixed: % may not be changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def _kept_and_emptied(model: type[History]) -> tuple[list[str], list[str]]:
    columns = [field.column for field in model._meta.concrete_fields]
    emptied = [field.column for field in model._meta.concrete_fields if field.name in model.may_be_emptied]
    return [column for column in columns if column not in emptied], emptied


def _changed(model: type[History], differs: str) -> str:
    """The condition under which an UPDATE is refused: anything but emptying a field that may be emptied."""
    kept, emptied = _kept_and_emptied(model)
    conditions = [f'NEW."{column}" {differs} OLD."{column}"' for column in kept]
    conditions += [f'(NEW."{column}" {differs} OLD."{column}" AND NEW."{column}" {differs} \'\')' for column in emptied]
    return " OR ".join(conditions)


def sqlite_triggers(model: type[History]) -> list[str]:
    """The statements that fix one table on SQLite."""
    table = model._meta.db_table
    refuse = f"BEGIN SELECT RAISE(ABORT, 'history is fixed: {table} may not be changed'); END"
    condition = f"WHEN {_changed(model, 'IS NOT')} " if model.may_be_emptied else ""
    return [
        f'DROP TRIGGER IF EXISTS "{table}_fixed_update"',
        f'CREATE TRIGGER "{table}_fixed_update" BEFORE UPDATE ON "{table}" {condition}{refuse}',
        f'DROP TRIGGER IF EXISTS "{table}_fixed_delete"',
        f'CREATE TRIGGER "{table}_fixed_delete" BEFORE DELETE ON "{table}" {refuse}',
    ]


def postgresql_triggers(model: type[History]) -> list[str]:
    """The statements that fix one table on PostgreSQL."""
    table = model._meta.db_table
    execute = "FOR EACH ROW {condition}EXECUTE FUNCTION history_is_fixed()"
    condition = f"WHEN ({_changed(model, 'IS DISTINCT FROM')}) " if model.may_be_emptied else ""
    return [
        f'CREATE OR REPLACE TRIGGER "{table}_fixed_update" BEFORE UPDATE ON "{table}" '
        + execute.format(condition=condition),
        f'CREATE OR REPLACE TRIGGER "{table}_fixed_delete" BEFORE DELETE ON "{table}" ' + execute.format(condition=""),
    ]
