"""A drill or fault is made, written, let follow the shipped one again. Which drills correct which faults stays in step.

Each writing is a revision: what was seen, assigned or taught before refers to the one it was done by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from gym.auditing import audit
from gym.identifiers import uuid7
from gym.models import fold
from programming.models.class_templates import ClassTemplate
from programming.models.coming import one_at_a_time, replan
from programming.models.drills import Drill, Fault, TaughtItem
from programming.models.equipment import show
from programming.models.progressions import Progression
from programming.models.retrying import retrying

# What a key of the gym's own begins with: no key of the shipped library has an underscore.
OWN = "own_"


class WrittenMeanwhile(ValueError):
    """Somebody else wrote it since the page was read; `item` is as it is stored now."""

    def __init__(self, item: TaughtItem) -> None:
        super().__init__(item.key)
        self.item = item


@retrying
@transaction.atomic
def make_item(model: type[TaughtItem], words: Mapping[str, Any], *, key: UUID, at: datetime) -> TaughtItem:
    """A drill or fault of the gym's own. The same key again makes nothing."""
    one_at_a_time()
    known: TaughtItem | None = model.objects.select_related("current").filter(pk=key).first()
    if known is not None:
        return known
    item: TaughtItem = model.objects.create(pk=key, key=own_key(model, words["name"]), follows_shipped=False)
    item.revise(**words)
    audit("library.make", item, after=told(words, words))
    keep_in_step(item, item.others)
    show(at)
    return item


@retrying
@transaction.atomic
def rewrite_item(item: TaughtItem, words: Mapping[str, Any], *, was: int, at: datetime) -> TaughtItem:
    """Let it read so; one that followed the shipped one is the gym's own from then on. The same again changes nothing.

    `was` is the number of the revision that was read: raises WrittenMeanwhile where it is another one by now.
    """
    one_at_a_time()
    stored = stored_item(item)
    if not differing(stored.words, words):
        return stored
    if stored.words.number != was:
        raise WrittenMeanwhile(stored)
    _write(stored, words, at)
    return stored


@retrying
@transaction.atomic
def follow_shipped(item: TaughtItem, shipped: Mapping[str, Any], *, was: int, at: datetime) -> TaughtItem:
    """Let it read as the shipped one does, and take its updates again. Raises WrittenMeanwhile, as above."""
    one_at_a_time()
    stored = stored_item(item)
    if stored.words.number != was:
        raise WrittenMeanwhile(stored)
    if not stored.follows_shipped:
        before, others = stored.words, stored.others
        stored.follows_shipped = True
        stored.save(update_fields=["follows_shipped"])
        stored.revise(**shipped)
        names = differing(before, shipped)
        was_said = {"follows_shipped": False, **told(words_of(before, names), names)}
        audit("library.follow", stored, before=was_said, after={"follows_shipped": True, **told(shipped, names)})
        keep_in_step(stored, others | stored.others)
        _let_classes_know(stored, at)
    return stored


@retrying
@transaction.atomic
def retire_item(item: TaughtItem, retired: bool, *, at: datetime) -> TaughtItem:
    """Teach it no more, or again: then nothing new is planned with it. What has it keeps it."""
    stored = stored_item(item)
    if (stored.retired_at is not None) != retired:
        was, stored.retired_at = stored.retired_at, at if retired else None
        stored.save(update_fields=["retired_at"])
        audit("library.retire", stored, before={"retired_at": was}, after={"retired_at": stored.retired_at})
        # Ladders are kept in memory by their revision.
        Progression.objects.update(revision=uuid7())
        show(at)
    return stored


def stored_item(item: TaughtItem) -> TaughtItem:
    """As it is now, held until the end of the transaction."""
    rows = type(item).objects.select_for_update(of=("self",)).select_related("current")
    found: TaughtItem = rows.get(pk=item.pk)
    return found


def _write(item: TaughtItem, words: Mapping[str, Any], at: datetime) -> None:
    """A revision of the gym's own: what it changed is from none of the sources."""
    before, others, names = item.words, item.others, differing(item.words, words)
    own = {*before.own_fields, *names} - {"sources", "own_fields"}
    if item.follows_shipped:
        item.follows_shipped = False
        item.save(update_fields=["follows_shipped"])
    item.revise(**{**words, "own_fields": sorted(own)})
    audit("library.write", item, before=told(words_of(before, names), names), after=told(words, names))
    keep_in_step(item, others | item.others)
    _let_classes_know(item, at)


def _let_classes_know(item: TaughtItem, at: datetime) -> None:
    """Open classes show it so, and coming ones that follow their template plan it so. Those that were taught do not."""
    if isinstance(item, Drill):
        for template in ClassTemplate.objects.filter(blocks__drills__drill=item).distinct():
            replan(template, at)
    show(at)


# Which drills correct which faults: each side says it -----------------------------------------------------------------


def keep_in_step(item: TaughtItem, keys: Iterable[str]) -> None:
    """Let each of these of the other kind say of the item what the item says of it. One that changes is the gym's own.

    A drill that corrects a fault from now on is the last that the fault names.
    """
    others = item.other_kind().objects.select_related("current").filter(key__in=set(keys)).exclude(current=None)
    for other in others.order_by("key"):
        name, named = other.names_others, getattr(other.words, other.names_others)
        is_wanted = other.key in item.others
        if is_wanted != (item.key in named):
            changed = {name: [*named, item.key] if is_wanted else [each for each in named if each != item.key]}
            other.follows_shipped = False
            other.save(update_fields=["follows_shipped"])
            other.revise(**changed)
            audit("library.write", other, before=told({name: named}, [name]), after=told(changed, [name]))


def bring_in_step() -> None:
    """After an update of the shipped library: what follows it wins, and what is the gym's own says the same.

    Where both are the gym's own, the fault's list does.
    """
    drills, faults = by_key(Drill), by_key(Fault)
    by_drills = {(drill.key, key) for drill in drills.values() for key in drill.others}
    by_faults = {(key, fault.key) for fault in faults.values() for key in fault.others}
    for of_drill, of_fault in sorted(by_drills ^ by_faults):
        drill, fault = drills.get(of_drill), faults.get(of_fault)
        if drill and fault and drill.follows_shipped and not fault.follows_shipped:
            keep_in_step(drill, [fault.key])
        elif drill and fault and not drill.follows_shipped:
            keep_in_step(fault, [drill.key])


def by_key(model: type[TaughtItem]) -> dict[str, Any]:
    """All of the gym's, read with their words."""
    return {item.key: item for item in model.objects.select_related("current").exclude(current=None)}


# Words ----------------------------------------------------------------------------------------------------------------


def differing(revision: Any, words: Mapping[str, Any]) -> list[str]:
    """The fields in which these words are others than the revision's."""
    return [name for name, value in words.items() if getattr(revision, name) != value]


def words_of(revision: Any, names: Iterable[str]) -> dict[str, Any]:
    """These fields of a revision."""
    return {name: getattr(revision, name) for name in names}


def told(words: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """These fields as the audit keeps them: what is a list or a table, in one line; empty ones not at all."""
    lines = {name: _line(words[name]) for name in names}
    return {name: line for name, line in lines.items() if line not in ("", None)}


def _line(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("text") or " · ".join(f"{name} {count}" for name, count in value.items())
    return " · ".join(value) if isinstance(value, list) else value


def own_key(model: type[TaughtItem], name: str) -> str:
    """A key for one of the gym's own that no other has, and that the shipped library will never have."""
    wanted = OWN + slugify(fold(name)).replace("-", "_")[:40].strip("_")
    if wanted != OWN and not model.objects.filter(key=wanted).exists():
        return wanted
    return f"{OWN}{uuid7().hex}"
