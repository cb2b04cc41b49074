"""Which drills, faults and ladders of the gym are in use since they came: they stay when a file is taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import ForeignKey, Model

from programming.models.drills import Drill, DrillRevision, Fault, FaultRevision
from programming.models.importing import chunks
from programming.models.progressions import Progression, Stage, StageRevision

# What belongs to a thing, and from there the way to it.
PARTS: dict[type[Model], dict[type[Model], str]] = {
    Drill: {Drill: "", DrillRevision: "__drill"},
    Fault: {Fault: "", FaultRevision: "__fault"},
    Progression: {Progression: "", Stage: "__progression", StageRevision: "__stage__progression"},
}
# The way to the number of what it says now.
NUMBER: dict[type[Model], str] = {
    Drill: "current__number",
    Fault: "current__number",
    Progression: "stages__current__number",
}


def in_use(model: type[Model], ids: Sequence[UUID], *, besides: Collection[type[Model]]) -> set[UUID]:
    """Those of them that somebody wrote since they came, or that a table names; tables `besides` do not count."""
    things: Any = model
    used: set[UUID] = set()
    for some in chunks(ids):
        written = things.objects.filter(pk__in=some, **{f"{NUMBER[model]}__gt": 1})
        used |= set(written.values_list("pk", flat=True))
        for table, path in references(model, besides):
            rows = table.objects.filter(**{f"{path}__in": some})
            used |= set(rows.values_list(path, flat=True).distinct())
    return used


def references(model: type[Model], besides: Collection[type[Model]]) -> Iterator[tuple[Any, str]]:
    """(table, way to the thing) of every table that names such a thing, or a part of it; its own parts do not."""
    for target, way in PARTS[model].items():
        for relation in target._meta.get_fields(include_hidden=True):
            field = getattr(relation, "field", None)
            if not relation.auto_created or not isinstance(field, ForeignKey):
                continue
            if field.model not in PARTS[model] and field.model not in besides:
                yield field.model, f"{field.name}{way}"
