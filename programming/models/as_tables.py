"""What the present gym has, as the tables of a shared file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from gym.models import fold
from programming.doses import numbers_of, sound
from programming.models.class_templates import ClassTemplate
from programming.models.drills import Drill, DrillRevision, Fault, FaultRevision, Source
from programming.models.equipment import Equipment
from programming.models.progressions import Progression, Stage, StageRevision
from programming.outline import Outline
from programming.sharing.tables import KINDS, Table, Tables, agreeing, gathered, renamed, stages_named, table_of, taught


class GymTables:
    """Every thing of the gym by kind and key; read once, and made a table when it is asked for."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Table | None] = {}

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """Kind → key → row. Six questions of the database, and one for each template that is looked at."""
        # Rows of one kind have one name, whatever their weight.
        things = {row.key: row for row in Equipment.objects.order_by("-grams")}
        return {
            "source": {row.key: row for row in Source.objects.all()},
            "equipment": things,
            "drill": {row.key: row for row in Drill.objects.filter(current__isnull=False).select_related("current")},
            "fault": {row.key: row for row in Fault.objects.filter(current__isnull=False).select_related("current")},
            "progression": {row.key: row for row in Progression.objects.all()},
            "template": {row.key: row for row in ClassTemplate.objects.select_related("progression")},
        }

    @cached_property
    def stages(self) -> dict[Any, list[Stage]]:
        """The stages of each ladder, from the lowest up."""
        found: dict[Any, list[Stage]] = {}
        rows = Stage.objects.filter(current__isnull=False).select_related("current").order_by("position", "key")
        for row in rows:
            found.setdefault(row.progression_id, []).append(row)
        return found

    @cached_property
    def by_name(self) -> dict[str, dict[str, str]]:
        """Kind → name as it is compared → the key of what is called so."""
        return {
            kind: {fold(name_of(kind, row)): key for key, row in sorted(rows.items())}
            for kind, rows in self.rows.items()
        }

    def find(self, kind: str, key: str) -> Table | None:
        """The table of that thing; None where the gym has none."""
        if (kind, key) not in self.known:
            row = self.rows[kind].get(key)
            self.known[kind, key] = self._table(kind, row) if row is not None else None
        return self.known[kind, key]

    def shared(self, template: Table) -> Tables:
        """A template with everything that it needs."""
        named = stages_named(template)
        tables = gathered(template, lambda kind, key: self._as_shared(kind, key, named))
        return agreeing(tables)

    def _as_shared(self, kind: str, key: str, named: dict[str, set[str]]) -> Table | None:
        table = self.find(kind, key)
        return taught(table, named.get(key, set())) if table and kind == "progression" else table

    def _table(self, kind: str, row: Any) -> Table:
        values: dict[str, Callable[[Any], dict[str, Any]]] = {
            "source": source_values,
            "equipment": equipment_values,
            "drill": drill_values,
            "fault": fault_values,
            "progression": lambda ladder: ladder_values(ladder, self.stages.get(ladder.pk, [])),
            "template": lambda template: template_values(template.key, template.outline()),
        }
        table = table_of(KINDS[kind], values[kind](row))
        # What the gym has no more is named no more.
        return renamed(KINDS[kind], table, lambda kind, key: key if key in self.rows[kind] else None)


def name_of(kind: str, row: Any) -> str:
    """What a thing is called."""
    if kind == "source":
        return str(row)
    return str(row.current.name if kind in ("drill", "fault") else row.name)


def source_values(row: Source) -> dict[str, Any]:
    """A source."""
    return _words(row, "key", "author", "title", "url", "licence")


def equipment_values(row: Equipment) -> dict[str, Any]:
    """A kind of thing, without what the gym counted of it."""
    return {"key": row.key, "name": row.name, "plural": row.plural, "note": row.note}


def drill_values(row: Drill) -> dict[str, Any]:
    """A drill as it reads now."""
    words: DrillRevision = row.words
    return {
        **_words(words, "name", "summary", "cues", "what_to_feel", "looks_for", "adds", "equipment", "corrects"),
        **_words(words, "loads", "video", "sources"),
        "key": row.key,
        "follows": row.follows_shipped,
        "dose": dose_values(words.dose),
        "posture": words.posture or "any",
        "rung": words.own_fields,
    }


def dose_values(dose: dict[str, Any]) -> dict[str, Any]:
    """How much; without a line there is none."""
    return {"text": dose["text"], **sound(numbers_of(dose))} if dose.get("text") else {}


def fault_values(row: Fault) -> dict[str, Any]:
    """A fault as it reads now."""
    words: FaultRevision = row.current
    return {
        **_words(words, "name", "seen_as", "cue", "second_cue", "drills", "drill_note", "stage", "sources"),
        "key": row.key,
        "follows": row.follows_shipped,
        "rung": words.own_fields,
    }


def ladder_values(row: Progression, stages: list[Stage]) -> dict[str, Any]:
    """A ladder with all its stages."""
    return {
        **row.teaching,
        "key": row.key,
        "name": row.name,
        "follows": row.follows_shipped,
        "stages": [stage_values(stage) for stage in stages],
    }


def stage_values(row: Stage) -> dict[str, Any]:
    """A stage as it reads now."""
    words: StageRevision = row.current
    setting = _words(words, "quantity", "step", "minimum", "maximum", "start", "pass_at", "harder")
    return {
        **_words(words, "name", "short_name", "what", "pass_text", "clean_needed", "loads", "within_first"),
        **_words(words, "drills", "faults", "equipment", "contacts", "sources"),
        "key": row.key,
        "retired": row.retired_at is not None,
        "figure": words.figure or "stage",
        "colour": words.colour or "wall",
        "setting": {"name": words.setting_name, **setting} if words.quantity else None,
        "rung": words.own_fields,
    }


def template_values(key: str, outline: Outline) -> dict[str, Any]:
    """A template as it reads now."""
    head = outline.head
    blocks = [
        {
            "name": block.title,
            "minutes": block.minutes,
            "note": block.notes,
            "board": block.is_ladder,
            "equipment": block.equipment,
            "shared": block.shared,
            "drills": [line_values(line.drill, line.stage, line.dose, head.ladder) for line in block.lines],
        }
        for block in outline.blocks
    ]
    words = {"key": key, "name": head.name, "minutes": head.minutes, "progression": head.ladder, "notes": head.notes}
    return {**words, "blocks": blocks}


def line_values(drill: str, stage: str, dose: Any, ladder: str) -> dict[str, Any]:
    """A drill of a block; its ladder is named where it is another than the template's."""
    of, _slash, key = stage.rpartition("/")
    return {"drill": drill, "stage": key, "progression": of if of != ladder else "", "dose": dose_values(dose)}


def _words(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
