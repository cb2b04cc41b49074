"""What travels with a gym: every table that names it, by itself, but for what the tables say stays (`stays`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from gym.models import Gym
from gym.moving.columns import Column, column_of

# Rows that are fetched at once.
AT_ONCE = 2000
ALL = "*"


@dataclass(frozen=True)
class Table:
    """One table of a gym, and what travels of it."""

    model: Any
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """As the file says it: "programming.tap"."""
        label: str = self.model._meta.label_lower
        return label

    @property
    def file(self) -> str:
        """Its place in the file."""
        return f"tables/{self.name}.jsonl"

    @property
    def references(self) -> list[Any]:
        """The fields that name another row of the gym."""
        return [each.field for each in self.columns if each.field.is_relation]

    def stored(self, gym: Gym) -> Any:
        """The gym's rows, in the order in which they are written."""
        own = {"pk": gym.pk} if self.model is Gym else {"gym": gym}
        return self.model._base_manager.filter(**own).order_by("pk")

    def rows(self, gym: Gym) -> Iterator[dict[str, Any]]:
        """The same as JSON has them, some in memory at a time."""
        asked = [column.asked for column in self.columns]
        travels = [(column.name, column.kind.write) for column in self.columns]
        for values in self.stored(gym).values_list(*asked).iterator(chunk_size=AT_ONCE):
            yield {
                name: value if write is None or value is None else write(value)
                for (name, write), value in zip(travels, values, strict=True)
            }


def of_gyms() -> list[Any]:
    """Every table whose rows name a gym, and that of the gyms themselves."""
    named = [
        model
        for model in apps.get_models()
        if any(field.is_relation and field.related_model is Gym for field in model._meta.concrete_fields)
    ]
    return [Gym, *named]


def stays_of(model: Any) -> dict[str, Any]:
    """Field → why it stays; under "*", why all of them do."""
    found: dict[str, Any] = getattr(model, "stays", {})
    return found


def left_behind() -> dict[str, Any]:
    """Everything that stays, by table or table.field, with why."""
    return {
        model._meta.label_lower if name == ALL else f"{model._meta.label_lower}.{name}": why
        for model in of_gyms()
        for name, why in stays_of(model).items()
    }


@cache
def travelling() -> tuple[Table, ...]:
    """The tables that travel, each after those that its rows name."""
    waiting = [
        Table(model, tuple(column_of(field) for field in model._meta.concrete_fields if travels(model, field)))
        for model in of_gyms()
        if ALL not in stays_of(model)
    ]
    order: list[Table] = []
    while waiting:
        # Where some name each other in a circle, the one goes first that needs the fewest of the others.
        ready = min(waiting, key=lambda each: (len(needed(each, waiting)), each.model is not Gym))
        waiting.remove(ready)
        order.append(ready)
    return tuple(order)


def travels(model: Any, field: models.Field[Any, Any]) -> bool:
    """Whether a field does. Which gym a row is of, the file says once."""
    return field.name not in stays_of(model) and not (field.is_relation and field.related_model is Gym)


def needed(table: Table, others: list[Table]) -> set[Any]:
    """Which of these tables its rows have to name, other than itself."""
    models_of_others = {each.model for each in others} - {table.model}
    return {field.related_model for field in table.references} & models_of_others
