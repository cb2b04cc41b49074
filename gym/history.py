"""Rows that are written once: in code here, and by triggers in the database."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.db import connections, models

from gym.scope import TenantManager, TenantModel


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
