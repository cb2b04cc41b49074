"""What must be true of a library beyond a single field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from programming.library.contents import Dose, Drill, Library, Progression, Setting, Stage, Template
from programming.library.places import Place

MOST_FAULTS = 8  # chips on a fault sheet
HARDER = {"distance": "further", "load": "heavier"}


def _check_dose(dose: Dose, place: Place) -> None:
    if dose.reps_to is not None and (dose.reps is None or dose.reps_to <= dose.reps):
        raise (place / "reps_to").problem("'reps_to' wants a smaller 'reps'")
    pattern = (dose.work_seconds, dose.rest_seconds, dose.rounds)
    if any(pattern) and not all(pattern):
        raise place.problem("a work and rest pattern wants 'work_seconds', 'rest_seconds' and 'rounds'")


def _check_drill(drill: Drill, place: Place) -> None:
    if drill.video and not drill.video.startswith("https://"):
        raise (place / "video").problem(f"'video' is {drill.video!r}, not a link that begins with https://")


def _check_setting(setting: Setting, place: Place) -> None:
    for name in ("minimum", "maximum", "start", "pass_at"):
        value = getattr(setting, name)
        if value is None:
            continue
        if value % setting.step:
            raise (place / name).problem(f"{name!r} is {value}, not on its step of {setting.step}")
        if not setting.minimum <= value <= setting.maximum:
            raise (place / name).problem(f"{name!r} is {value}, not between {setting.minimum} and {setting.maximum}")
    if setting.harder not in (HARDER[setting.quantity], "less"):
        raise (place / "harder").problem(f"a {setting.quantity} gets harder {HARDER[setting.quantity]}, or with less")


def _check_stage(stage: Stage, place: Place) -> None:
    if len(stage.faults) > MOST_FAULTS:
        raise (place / "faults").problem(
            f"{len(stage.faults)} faults at stage {stage.key!r}, and the fault sheet holds {MOST_FAULTS}"
        )
    for number, contact in enumerate(stage.contacts):
        if contact.fault not in stage.faults:
            raise (place / "contact" / number / "fault").problem(
                f"fault {contact.fault!r} is not among the faults of stage {stage.key!r}"
            )


ALONE: dict[type, Callable[[Any, Place], None]] = {
    Dose: _check_dose,
    Drill: _check_drill,
    Setting: _check_setting,
    Stage: _check_stage,
}


def check_together(library: Library, places: dict[tuple[str, str], Place]) -> None:
    """Drills, faults, stages and templates must agree with each other."""
    drills = {drill.key: drill for drill in library.drills}
    for fault in library.faults:
        for key in fault.drills:
            if fault.key not in drills[key].corrects:
                raise (places["fault", fault.key] / "drills").problem(
                    f"fault {fault.key!r} goes to drill {key!r}, which does not say that it corrects it"
                )
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
