"""Puts the shipped library into a gym. Loading it again changes nothing."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db import transaction
from django.utils import timezone

from gym.auditing import audit
from gym.models import Change, Gym
from gym.scope import in_gym
from programming.library import reader
from programming.models import (
    Block,
    BlockDrill,
    ClassTemplate,
    Drill,
    Equipment,
    Fault,
    Progression,
    Source,
    Stage,
)
from programming.models.item_changes import bring_in_step
from programming.models.ladder_changes import note_change, stages_now
from programming.models.publishing import lock_everybody, settle


@transaction.atomic
def load_library(gym: Gym, library: reader.Library) -> None:
    """Bring a gym's own copy up to the library; what the gym has made its own is left alone."""
    with in_gym(gym):
        # One at a time: two processes that start at once would both write the next revision.
        Gym.objects.select_for_update(no_key=True).get(pk=gym.pk)
        is_new = not Progression.objects.exists()
        for source in library.sources:
            Source.objects.update_or_create(
                key=source.key, defaults={"author": source.author, "title": source.title, "url": source.url}
            )
        # Later on a row that is not there is one that the owner has removed.
        for position, equipment in enumerate(library.equipment if is_new else ()):
            load_equipment(position, equipment)
        for drill in library.drills:
            load_drill(drill)
        for fault in library.faults:
            load_fault(fault)
        bring_in_step()
        for progression in library.progressions:
            load_progression(progression, library)
        for template in library.templates:
            load_template(template)
        audit_release(gym, library)


def audit_release(gym: Gym, library: reader.Library) -> None:
    """Write down which library the gym has from now on, unless it was that one the last time."""
    last = Change.objects.filter(what="library.load").order_by("at", "id").last()
    before = last.differences["library"][1] if last and last.differences["library"] else None
    if before != library.digest:
        audit("library.load", gym, before={"library": before}, after={"library": library.digest})


def load_equipment(position: int, shipped: reader.Equipment) -> None:
    """One kind of thing, not counted yet. What the gym says of it is the gym's once it is there."""
    words = {"name": shipped.name, "plural": shipped.plural, "note": shipped.note, "position": position}
    Equipment.objects.get_or_create(key=shipped.key, grams=0, defaults=words)


def load_drill(shipped: reader.Drill) -> None:
    """One drill, unless the gym has made it its own."""
    drill, _made = Drill.objects.select_related("current").get_or_create(key=shipped.key)
    if drill.follows_shipped:
        drill.revise(**words_of_drill(shipped))


def load_fault(shipped: reader.Fault) -> None:
    """One fault, unless the gym has made it its own."""
    fault, _made = Fault.objects.select_related("current").get_or_create(key=shipped.key)
    if fault.follows_shipped:
        fault.revise(**words_of_fault(shipped))


def words_of_drill(shipped: reader.Drill) -> dict[str, Any]:
    """What the revision of a drill says that follows this one."""
    return {
        "name": shipped.name,
        "summary": shipped.summary,
        "cues": list(shipped.cues),
        "dose": dose(shipped.dose),
        "equipment": needs(shipped.equipment),
        "adds": shipped.adds,
        "corrects": list(shipped.corrects),
        "loads": shipped.loads,
        "posture": "" if shipped.posture == "any" else shipped.posture,
        "what_to_feel": shipped.what_to_feel,
        "looks_for": shipped.looks_for,
        "video": shipped.video,
        **origin(shipped),
    }


def words_of_fault(shipped: reader.Fault) -> dict[str, Any]:
    """What the revision of a fault says that follows this one."""
    return {
        "name": shipped.name,
        "seen_as": shipped.seen_as,
        "cue": shipped.cue,
        "second_cue": shipped.second_cue,
        "drills": list(shipped.drills),
        "drill_note": shipped.drill_note,
        "stage": shipped.stage,
        **origin(shipped),
    }


def load_progression(shipped: reader.Progression, library: reader.Library) -> None:
    """One ladder with its stages, unless the gym has made it its own."""
    teaching = teaching_of(shipped)
    teaching["rules"] = [*plain(library)["rules"], *teaching["rules"]]
    progression, made = Progression.objects.get_or_create(
        key=shipped.key, defaults={"name": shipped.name, "teaching": teaching}
    )
    if not progression.follows_shipped:
        return
    name, before = progression.name, stages_now(progression)
    if not made and (progression.name, progression.teaching) != (shipped.name, teaching):
        progression.name, progression.teaching = shipped.name, teaching
        progression.save(update_fields=["name", "teaching"])
    for position, stage in enumerate(shipped.stages):
        load_stage(progression, position, stage)
    if not made and stages_now(progression) != before:
        # Whoever is on it is settled, so that nothing later moves them unasked.
        lock_everybody()
        now = timezone.now()
        note_change(progression, name=name, stages=before, actor=None, at=now)
        settle(progression, {}, by=None, at=now)


def teaching_of(shipped: reader.Progression) -> dict[str, Any]:
    """What is taught with a ladder beside its stages."""
    return {name: value for name, value in plain(shipped).items() if name not in ("stages", "follows")}


def load_stage(progression: Progression, position: int, shipped: reader.Stage) -> None:
    """One stage of a ladder."""
    stage, _made = Stage.objects.select_related("current").get_or_create(
        progression=progression, key=shipped.key, defaults={"position": position}
    )
    stage.revise(**words_of_stage(shipped))


def words_of_stage(shipped: reader.Stage) -> dict[str, Any]:
    """What a revision of that stage says."""
    return {
        "name": shipped.name,
        "short_name": shipped.short_name,
        "figure": shipped.figure,
        "colour": shipped.colour,
        "what": shipped.what,
        "pass_text": shipped.pass_text,
        "clean_needed": shipped.clean_needed,
        "within_first": shipped.within_first,
        "loads": shipped.loads,
        "equipment": needs(shipped.equipment),
        "drills": list(shipped.drills),
        "faults": list(shipped.faults),
        "contacts": plain(shipped)["contacts"],
        **setting(shipped.setting),
        **origin(shipped),
    }


def load_template(shipped: reader.Template) -> None:
    """One class template with its blocks. A template is the owner's once it is there."""
    progression = Progression.objects.get(key=shipped.progression)
    template, made = ClassTemplate.objects.get_or_create(
        key=shipped.key,
        defaults={
            "name": shipped.name,
            "minutes": shipped.minutes,
            "progression": progression,
            "notes": shipped.notes,
        },
    )
    if not made:
        return
    stages = {stage.key: stage for stage in progression.stages.all()}
    for position, block in enumerate(shipped.blocks):
        row = Block.objects.create(
            template=template,
            position=position,
            title=block.name,
            minutes=block.minutes,
            notes=block.note,
            is_ladder=block.board,
            equipment=needs(block.equipment),
            shared=needs(block.shared),
        )
        for order, part in enumerate(block.drills):
            BlockDrill.objects.create(
                block=row,
                position=order,
                stage=stages[part.stage] if part.stage else None,
                drill=Drill.objects.get(key=part.drill),
                dose=dose(part.dose) if part.dose else {},
            )


def dose(shipped: reader.Dose) -> dict[str, Any]:
    """A dose without its empty fields."""
    return {name: value for name, value in dataclasses.asdict(shipped).items() if value not in (None, False, "")}


def needs(shipped: tuple[reader.Need, ...]) -> dict[str, int]:
    """What one person needs: {equipment: count}."""
    return {need.equipment: need.count for need in shipped}


def setting(shipped: reader.Setting | None) -> dict[str, Any]:
    """The columns of a stage's setting."""
    if shipped is None:
        return {"setting_name": "", "quantity": "", "harder": "", "step": 0}
    words = dataclasses.asdict(shipped)
    return {"setting_name": words.pop("name"), **words}


def origin(shipped: reader.Sourced) -> dict[str, Any]:
    """Where the words come from."""
    return {"sources": list(shipped.sources), "own_fields": list(shipped.rung)}


def plain(shipped: Any) -> dict[str, Any]:
    """A dataclass as JSON holds it: lists for tuples."""

    def listed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: listed(each) for name, each in value.items()}
        return [listed(each) for each in value] if isinstance(value, list | tuple) else value

    words: dict[str, Any] = listed(dataclasses.asdict(shipped))
    return words
