"""Where a drill or a fault is used: by ladders, faults, class templates, coming classes and members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import Q

from gym.models import Membership
from programming.models.assignments import AssignedDrill, AssignmentEnd
from programming.models.class_templates import BlockDrill
from programming.models.classes import ClassSession
from programming.models.drills import Drill, Fault
from programming.models.history import one_person
from programming.models.ladder_drafts import LadderDraft
from programming.models.progressions import Progression, Stage


class Use(Enum):
    """What uses it."""

    STAGE = "stage"
    DRAFT = "draft"
    OTHER = "other"
    TEMPLATE = "template"
    COMING = "coming"
    MEMBER = "member"
    SELF_CHECK = "self-check"


@dataclass(frozen=True, slots=True)
class Used:
    """One use: its kind, the names that say where, and the id of what its page shows, if it has one."""

    use: Use
    names: tuple[str, ...]
    pk: UUID | None = None
    at: datetime | None = None


def where_used(item: Drill | Fault, at: datetime) -> list[Used]:
    """Every use of it from now on; what was taught before keeps its own words and is none."""
    if isinstance(item, Drill):
        return [*_by_ladders(item), *_by_others(item), *_by_templates(item), *_by_classes(item, at), *_by_members(item)]
    return [*_by_ladders(item), *_by_others(item), *_by_self_checks(item)]


def _by_ladders(item: Drill | Fault) -> Iterator[Used]:
    """Stages that name it, of ladders as they are taught and as they would be."""
    listed = "drills" if isinstance(item, Drill) else "faults"
    stages = Stage.objects.filter(retired_at=None).select_related("progression", "current")
    for stage in stages.order_by("progression__name", "progression_id", "position"):
        if stage.current and item.key in getattr(stage.current, listed):
            yield Used(Use.STAGE, (stage.progression.name, stage.current.name), stage.progression_id)
    for draft in LadderDraft.objects.order_by("begun_at"):
        for each in draft.taught:
            if item.key in each["words"].get(listed, []):
                yield Used(Use.DRAFT, (draft.name, each["words"]["name"]), draft.pk)


def _by_others(item: Drill | Fault) -> Iterator[Used]:
    """Faults that send to a drill, or drills that correct a fault."""
    rows = item.other_kind().objects.filter(key__in=item.others, retired_at=None).exclude(current=None)
    for pk, name in rows.order_by("current__name").values_list("pk", "current__name"):
        yield Used(Use.OTHER, (name,), pk)


def _by_templates(drill: Drill) -> Iterator[Used]:
    """Blocks of class templates that are on offer."""
    rows = BlockDrill.objects.filter(drill=drill, block__template__archived_at=None).order_by(
        "block__template__name", "block__template_id", "block__position"
    )
    named = ("block__template_id", "block__template__name", "block__title")
    for pk, template, block in dict.fromkeys(rows.values_list(*named)):
        yield Used(Use.TEMPLATE, (template, block), pk)


def _by_classes(drill: Drill, at: datetime) -> Iterator[Used]:
    """Classes that begin later and have it in their plan."""
    coming = ClassSession.objects.filter(starts_at__gt=at, finished_at=None, cancelled_at=None, started_at=None)
    for pk, name, starts_at, plan in coming.order_by("starts_at").values_list("pk", "name", "starts_at", "plan"):
        if any(each["drill"] == drill.key for block in plan for each in block["drills"]):
            yield Used(Use.COMING, (name,), pk, starts_at)


def _by_members(drill: Drill) -> Iterator[Used]:
    """Members of the gym who are to do it at home: of each the newest word, where that does not end it."""
    given = AssignedDrill.objects.filter(drill__drill=drill).standing().annotate(person=one_person())
    ended = AssignmentEnd.objects.filter(assigned__drill__drill=drill).standing()
    ended = ended.annotate(person=one_person("assigned__member"))
    last: dict[UUID, tuple[Any, bool]] = {}
    for rows, is_given in ((given, True), (ended, False)):
        for person, at, key in rows.values_list("person", "at", "tap__key"):
            last[person] = max(last.get(person, ((at, str(key)), is_given)), ((at, str(key)), is_given))
    ids = [person for person, (_place, is_given) in last.items() if is_given]
    here = Q(is_active=True, erased_at=None, merged_into=None)
    for person in Membership.objects.filter(here, pk__in=ids).by_name():
        yield Used(Use.MEMBER, (person.name,), person.pk)


def _by_self_checks(fault: Fault) -> Iterator[Used]:
    """Questions of guided self-checks that send to it."""
    for progression in Progression.objects.filter(retired_at=None).order_by("name"):
        for check in progression.teaching.get("self_checks", []):
            if any(question.get("fault") == fault.key for question in check.get("questions", [])):
                yield Used(Use.SELF_CHECK, (progression.name, check["name"]))
