"""How a column travels: what is written of it, and how it is read again by somebody who does not believe the file."""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models


class Wrong(ValueError):
    """Why a value does not belong into its column: the end of a sentence that begins with the column."""


@dataclass(frozen=True)
class Kind:
    """A kind of value: as JSON writes it, and back. Neither is asked about null; `read` raises Wrong or ValueError."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] | None = None


def of_type(wanted: type, words: str) -> Callable[[Any], Any]:
    """What reads values that JSON has by itself. True is no number."""

    def read(value: Any) -> Any:
        if type(value) is not wanted:
            raise Wrong(f"is not {words}")
        return value

    return read


def read_key(value: Any) -> UUID:
    key = UUID(of_type(str, "an id")(value))
    if str(key) != value:
        raise Wrong("is not an id as Rung writes it")
    return key


def read_moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(of_type(str, "a moment")(value))
    if moment.utcoffset() != timedelta():
        raise Wrong("is not a moment in UTC")
    return moment


def read_time(value: Any) -> time:
    found = time.fromisoformat(of_type(str, "a time of day")(value))
    if found.tzinfo is not None:
        raise Wrong("is not a time of day on the gym’s clock")
    return found


def read_number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise Wrong("is not a number")
    return float(value)


TEXT = Kind(of_type(str, "a text"))
WHOLE = Kind(of_type(int, "a whole number"))
# By the name that Django has for them, which fields made of others inherit.
KINDS = {
    **dict.fromkeys(("CharField", "TextField", "SlugField", "EmailField", "URLField"), TEXT),
    **dict.fromkeys(("IntegerField", "SmallIntegerField", "BigIntegerField"), WHOLE),
    **dict.fromkeys(("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"), WHOLE),
    "BooleanField": Kind(of_type(bool, "true or false")),
    "FloatField": Kind(read_number),
    "UUIDField": Kind(read_key, str),
    "DateTimeField": Kind(read_moment, lambda moment: moment.astimezone(UTC).isoformat()),
    "DateField": Kind(lambda value: date.fromisoformat(of_type(str, "a day")(value)), date.isoformat),
    "TimeField": Kind(read_time, time.isoformat),
    "JSONField": Kind(lambda value: value),
    "BinaryField": Kind(
        lambda value: b64decode(of_type(str, "base64")(value), validate=True), lambda held: b64encode(held).decode()
    ),
}
# A sign-in travels as its address: who opens that mailbox may sign in where the gym comes to.
ADDRESS: Any = models.EmailField(null=True)


@dataclass(frozen=True)
class Column:
    """One column of a table, under its name in the file."""

    name: str
    field: Any
    kind: Kind
    # What the database is asked for.
    asked: Any
    is_address: bool = False

    def read(self, value: Any) -> Any:
        """The value for the database. Raises Wrong."""
        if value is None:
            return self._nothing()
        try:
            held = self.kind.read(value)
            if self.field.validators:
                self.field.run_validators(held)
        except ValidationError as problem:
            raise Wrong("will not do: " + " ".join(problem.messages)) from problem
        except Wrong:
            raise
        except ValueError as problem:
            raise Wrong("cannot be read") from problem
        choices = self.field.choices
        if choices and held not in dict(self.field.flatchoices) and not (held == "" and self.field.blank):
            raise Wrong("is none of what it can be")
        self._check_container(held)
        return held

    def _nothing(self) -> Any:
        if self.field.null:
            return None
        if isinstance(self.field, models.JSONField):
            # The null of JSON, which the column has besides that of the database.
            return models.Value(None, models.JSONField())
        raise Wrong("is missing")

    def _check_container(self, held: Any) -> None:
        """A list stays a list, where the column begins as one."""
        if isinstance(self.field, models.JSONField) and self.field.default in (list, dict):
            of_type(self.field.default, "a list" if self.field.default is list else "an object")(held)


def column_of(field: Any) -> Column:
    """How that field of a gym's table travels. Raises TypeError for a kind that nobody has thought about."""
    if field.is_relation and field.related_model._meta.label == "gym.User":
        # A sign-in that was switched off stays where it is.
        address = models.Case(models.When(**{f"{field.name}__is_active": True}, then=models.F(f"{field.name}__email")))
        return Column(field.name, ADDRESS, TEXT, address, is_address=True)
    kind = KINDS.get((field.target_field if field.is_relation else field).get_internal_type())
    if kind is None:
        raise TypeError(f"gym/moving/columns.py: how does {field} travel?")
    return Column(field.name, field, kind, field.attname)
