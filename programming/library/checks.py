"""What must be true of a library, and of what a gym shares, beyond a single field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from programming.library.contents import (
    Dose,
    Drill,
    Fault,
    Library,
    Progression,
    Setting,
    Source,
    Stage,
    Template,
)
from programming.library.places import Place

MOST_FAULTS = 8  # chips on a fault sheet
HARDER = {"distance": "further", "load": "heavier"}


def _check_source(source: Source, place: Place) -> None:
    if source.url and not source.url.startswith(("https://", "http://")):
        raise (place / "url").problem(_("'url' is no link that begins with https://"))


def _check_dose(dose: Dose, place: Place) -> None:
    if dose.reps_to is not None and (dose.reps is None or dose.reps_to <= dose.reps):
        raise (place / "reps_to").problem(_("'reps_to' wants a smaller 'reps'"))
    if (dose.rest_seconds and not dose.work_seconds) or (dose.work_seconds and not dose.rounds):
        raise place.problem(_("a work and rest pattern wants 'work_seconds', 'rest_seconds' and 'rounds'"))


def _check_pattern(dose: Dose, place: Place) -> None:
    pattern = (dose.work_seconds, dose.rest_seconds, dose.rounds)
    if any(pattern) and not all(pattern):
        raise place.problem(_("a work and rest pattern wants 'work_seconds', 'rest_seconds' and 'rounds'"))


def _check_drill(drill: Drill, place: Place) -> None:
    if drill.video and not drill.video.startswith("https://"):
        said = _("'video' is %(said)s, not a link that begins with https://")
        raise (place / "video").problem(said % {"said": repr(drill.video)})


def _check_setting(setting: Setting, place: Place) -> None:
    for name in ("minimum", "maximum", "start", "pass_at"):
        value = getattr(setting, name)
        if value is not None and not setting.minimum <= value <= setting.maximum:
            said = _("%(name)s is %(value)s, not between %(minimum)s and %(maximum)s")
            values = {"name": repr(name), "value": value, "minimum": setting.minimum, "maximum": setting.maximum}
            raise (place / name).problem(said % values)
    if setting.harder not in (HARDER[setting.quantity], "less"):
        values = {"quantity": setting.quantity, "harder": HARDER[setting.quantity]}
        raise (place / "harder").problem(_("a %(quantity)s gets harder %(harder)s, or with less") % values)


def _check_steps(setting: Setting, place: Place) -> None:
    for name in ("minimum", "maximum", "start", "pass_at"):
        value = getattr(setting, name)
        if value is not None and value % setting.step:
            values = {"name": repr(name), "value": value, "step": setting.step}
            raise (place / name).problem(_("%(name)s is %(value)s, not on its step of %(step)s") % values)


def _check_stage(stage: Stage, place: Place) -> None:
    if len(stage.faults) > MOST_FAULTS:
        values = {"count": len(stage.faults), "stage": repr(stage.key), "most": MOST_FAULTS}
        said = _("%(count)s faults at stage %(stage)s, and the fault sheet holds %(most)s")
        raise (place / "faults").problem(said % values)
    for number, contact in enumerate(stage.contacts):
        if contact.fault not in stage.faults:
            values = {"fault": repr(contact.fault), "stage": repr(stage.key)}
            said = _("fault %(fault)s is not among the faults of stage %(stage)s")
            raise (place / "contact" / number / "fault").problem(said % values)


# What holds for every one, and what only for what is shipped.
ALONE: dict[type, Callable[[Any, Place], None]] = {
    Source: _check_source,
    Dose: _check_dose,
    Drill: _check_drill,
    Setting: _check_setting,
    Stage: _check_stage,
}
SHIPPED_ALONE: dict[type, Callable[[Any, Place], None]] = {Dose: _check_pattern, Setting: _check_steps}


def _check_fault(fault: Fault, drills: dict[str, Drill], places: dict[tuple[str, str], Place]) -> None:
    for key in fault.drills:
        if fault.key not in drills[key].corrects:
            values = {"fault": repr(fault.key), "drill": repr(key)}
            said = _("fault %(fault)s goes to drill %(drill)s, which does not say that it corrects it")
            raise (places["fault", fault.key] / "drills").problem(said % values)


def check_together(library: Library, places: dict[tuple[str, str], Place]) -> None:
    """Drills, faults, stages and templates must agree with each other."""
    drills = {drill.key: drill for drill in library.drills}
    for fault in library.faults:
        _check_fault(fault, drills, places)
    for progression in library.progressions:
        for stage in progression.stages:
            _check_ladder_drills(stage, drills, places["stage", stage.key] / "drills")
    stages = {stage.key: stage for progression in library.progressions for stage in progression.stages}
    for drill in library.drills:
        if drill.stage in stages and drill.key not in stages[drill.stage].drills:
            raise (places["drill", drill.key] / "stage").problem(
                f"drill {drill.key!r} is not among the drills of its stage {drill.stage!r}"
            )
    ladders = {progression.key: progression for progression in library.progressions}
    for template in library.templates:
        _check_template(template, ladders[template.progression], drills, places["template", template.key])


def _check_ladder_drills(stage: Stage, drills: dict[str, Drill], place: Place) -> None:
    demand = 0
    for key in stage.drills:
        drill = drills[key]
        if drill.stage != stage.key:
            raise place.problem(f"drill {key!r} belongs to {drill.stage!r}, not to stage {stage.key!r}")
        if drill.demand <= demand:
            raise place.problem(f"drill {key!r} has demand {drill.demand}: the order is by demand, easiest first")
        demand = drill.demand


def _check_template(template: Template, ladder: Progression, drills: dict[str, Drill], place: Place) -> None:
    stages = {stage.key: stage for stage in ladder.stages}
    for number, block in enumerate(template.blocks):
        here = place / "block" / number
        named = {each.stage for each in block.drills if each.stage}
        if unknown := named - stages.keys():
            raise (here / "drills").problem(f"stage {min(unknown)!r} is not of the ladder {ladder.key!r}")
        if named and (missing := [key for key in stages if key not in named]):
            raise (here / "drills").problem(f"nothing for stage {missing[0]!r}: a block by stage serves every stage")
        for each in block.drills:
            if drills[each.drill].loads and not (each.stage and stages[each.stage].loads):
                raise (here / "drills").problem(f"drill {each.drill!r} loads: give it only to a stage that loads")
    if template.planned > template.minutes:
        raise (place / "minutes").problem(f"{template.planned} minutes planned for a class of {template.minutes}")


# --- What a gym shares -----------------------------------------------------------------------------------------------


def check_shared(library: Library, places: dict[tuple[str, str], Place], whole: Place) -> None:
    """One template, and drills, faults and ladders that agree with it and with each other.

    What is worth a second look in a plan is no mistake here: the owner sees it beside the template.
    """
    if len(library.templates) != 1:
        raise whole.problem(_("the file holds one template, and no other number of them"))
    drills = {drill.key: drill for drill in library.drills}
    for fault in library.faults:
        _check_fault(fault, drills, places)
    ladders = {progression.key: progression for progression in library.progressions}
    for ladder in library.progressions:
        _check_ladder(ladder, places["progression", ladder.key])
    (template,) = library.templates
    for number, block in enumerate(template.blocks):
        for place, line in enumerate(block.drills):
            named = line.progression or template.progression
            if line.stage and line.stage not in {stage.key for stage in _stages(ladders.get(named))}:
                values = {"stage": repr(line.stage), "ladder": repr(named)}
                raise (places["template", template.key] / "block" / number / "drills" / place / "stage").problem(
                    _("stage %(stage)s is not of the ladder %(ladder)s") % values
                )


def _check_ladder(ladder: Progression, place: Place) -> None:
    taught = [stage for stage in ladder.stages if not stage.retired]
    if not taught:
        raise (place / "stage").problem(_("a ladder without a stage that is taught"))
    for number, stage in enumerate(taught):
        if stage.short_name in [each.short_name for each in taught[:number]]:
            said = _("two stages of one ladder are called %(name)s")
            raise (place / "stage").problem(said % {"name": repr(stage.short_name)})
    known = {stage.key for stage in ladder.stages}
    for number, gate in enumerate(ladder.gates):
        if gate.stage not in known:
            values = {"stage": repr(gate.stage), "ladder": repr(ladder.key)}
            raise (place / "gate" / number / "stage").problem(
                _("stage %(stage)s is not of the ladder %(ladder)s") % values
            )


def _stages(ladder: Progression | None) -> tuple[Stage, ...]:
    return ladder.stages if ladder else ()
