"""Queries whose SQL is worked out once in the life of a process; after that only their values change.

Django works the SQL of a query out anew each time, which costs many times what the database needs to answer a question
by key. It matters for what every tap and every poll asks, and nowhere else: write any other query the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from django.db import DatabaseError, connection, models
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable, get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql import UpdateQuery

from gym.scope import current_gym_id, in_gym

Row = TypeVar("Row")
Fields: TypeAlias = "tuple[models.Field[Any, Any], ...]"


class Slot(Expression):
    """A place in a query for a value that is given later."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]

    def prepared(self, value: Any) -> Any:
        """A value as the present database takes it."""
        return self.output_field.get_db_prep_value(value, connection)


# The present gym, wherever a query would read it: the SQL of one gym serves all, each with its own value.
GYM = Slot("gym", models.UUIDField())


@dataclass(frozen=True)
class Statement:
    """SQL with its values, some of which are slots."""

    sql: str
    values: tuple[Any, ...]

    def execute(self, cursor: Any, given: dict[str, Any]) -> None:
        """Run it with the values given by name. Raises NoGym outside a gym for what belongs to one."""
        cursor.execute(self.sql, [self._value(each, given) for each in self.values])

    def _value(self, value: Any, given: dict[str, Any]) -> Any:
        if not isinstance(value, Slot):
            return value
        return value.prepared(current_gym_id() if value.name == GYM.name else given[value.name])


class Reading:
    """A statement that reads, and how its rows become what the query would give."""

    def __init__(self, queryset: models.QuerySet[Any]) -> None:
        compiler: Any = queryset.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        self.statement = Statement(sql, tuple(values))
        converters = compiler.get_converters([each[0] for each in compiler.select[: compiler.col_count]])
        self.converters = [(place, *each) for place, each in converters.items()]
        self.makes_models = issubclass(queryset._iterable_class, ModelIterable)
        if not self.makes_models:
            return
        self.model, fields = compiler.klass_info["model"], compiler.klass_info["select_fields"]
        self.own = slice(fields[0], fields[-1] + 1)
        self.names = [each[0].target.attname for each in compiler.select[self.own]]
        self.related = get_related_populators(compiler.klass_info, compiler.select, connection.alias)
        self.annotations = tuple((compiler.annotation_col_map or {}).items())

    def rows(self, given: dict[str, Any]) -> list[Any]:
        """What the query gives with these values."""
        with connection.cursor() as cursor:
            self.statement.execute(cursor, given)
            found = cursor.fetchall()
        return [self._made(self._converted(row)) for row in found]

    def _converted(self, row: Any) -> list[Any]:
        values = list(row)
        for place, converters, expression in self.converters:
            value = values[place]
            for convert in converters:
                value = convert(value, expression, connection)
            values[place] = value
        return values

    def _made(self, row: list[Any]) -> Any:
        if not self.makes_models:
            return tuple(row)
        made = self.model.from_db(connection.alias, self.names, row[self.own])
        for each in self.related:
            each.populate(row, made)
        for name, place in self.annotations:
            setattr(made, name, row[place])
        return made


class Prepared(Generic[Row]):
    """A query, written as always, that takes its values by name.

    `build` is called once, with a slot for each of the fields named; everything else in it stays as it was then. What
    it reads of a gym it reads of the present one, each time anew.
    """

    def __init__(self, build: Callable[..., Any], **slots: models.Field[Any, Any]) -> None:
        self.build = build
        self.slots = {name: Slot(name, field) for name, field in slots.items()}
        # By kind of database, since each has its own SQL.
        self.known: dict[str, Reading] = {}

    def all(self, **values: Any) -> list[Row]:
        """Every row."""
        reading = self.known.get(connection.vendor)
        if reading is None:
            with in_gym(GYM):
                reading = self.known[connection.vendor] = Reading(self.build(**self.slots))
        return reading.rows(values)

    def first(self, **values: Any) -> Row | None:
        """The first row; None where there is none. The query should ask for one only."""
        return next(iter(self.all(**values)), None)


class PreparedUpdate:
    """An update of many rows, written as a query and the changes to make: both are called with the slots."""

    def __init__(
        self, build: Callable[..., models.QuerySet[Any]], changes: dict[str, Any], **slots: models.Field[Any, Any]
    ) -> None:
        self.build, self.changes = build, changes
        self.slots = {name: Slot(name, field) for name, field in slots.items()}
        self.known: dict[str, Statement] = {}

    def run(self, **values: Any) -> int:
        """Make the changes; answers how many rows were changed."""
        statement = self.known.get(connection.vendor)
        if statement is None:
            with in_gym(GYM):
                query: Any = self.build(**self.slots).query.chain(UpdateQuery)
                query.add_update_values(self.changes)
                sql, found = query.get_compiler(connection=connection).as_sql()
            statement = self.known[connection.vendor] = Statement(sql, tuple(found))
        with connection.cursor() as cursor:
            statement.execute(cursor, values)
            changed: int = cursor.rowcount
        return changed


def insert(row: models.Model, *, unless: tuple[str, ...] = ()) -> bool:
    """Write a new row; answers False where one with the same `unless` is there already, which then stays."""
    sql, fields = _insertion(type(row), unless)
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])
        written: bool = cursor.rowcount == 1
    row._state.adding, row._state.db = not written, connection.alias
    return written


def update(row: Any, names: tuple[str, ...]) -> None:
    """Write these fields of a gym's row that was read. Raises DatabaseError where it is there no more."""
    model: type[models.Model] = type(row)
    sql, fields = _change(model, names)
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{row} is not there any more.")


@cache
def _insertion(model: type[models.Model], unless: tuple[str, ...]) -> tuple[str, Fields]:
    fields = tuple(model._meta.concrete_fields)
    sql = (
        f"INSERT INTO {_table(model)} ({', '.join(_columns(fields))}) "  # noqa: S608 - names of our own
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    if unless:
        sql += f" ON CONFLICT ({', '.join(_columns(_named(model, unless)))}) DO NOTHING"
    return sql, fields


@cache
def _change(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, Fields]:
    fields, key = _named(model, names), _named(model, ("gym", "id"))
    changes = ", ".join(f"{column} = %s" for column in _columns(fields))
    which = " AND ".join(f"{column} = %s" for column in _columns(key))
    return f"UPDATE {_table(model)} SET {changes} WHERE {which}", (*fields, *key)  # noqa: S608 - names of our own


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _named(model: type[models.Model], names: tuple[str, ...]) -> Fields:
    return tuple(model._meta.get_field(name) for name in names)  # type: ignore[misc]


def _columns(fields: Fields) -> Iterator[str]:
    return (connection.ops.quote_name(field.column) for field in fields)
