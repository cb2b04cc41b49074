"""What is said of what happened: days, moves, observations, holds and reasons, in a coach's words.

Stages, faults and drills are named by the revisions that the rows point at: as they were written then.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from programming.models import Assessment, AssignedDrill, Hold, StageMove
from programming.models.ladder_words import LadderWords
from programming.shipped import shown, within
from programming.words import setting_text

# Days back from which a weekday with its day of the month says no longer which month is meant.
NEAR = 14
WEEK = 7


def local_day(at: datetime) -> date:
    """The day on the gym's wall calendar."""
    return timezone.localtime(at).date()


def day_words(at: datetime, now: datetime) -> str:
    """A day as it stands before a line: "today", "Thu 19", "3 Nov", "3 Nov 2025"."""
    day, today = local_day(at), local_day(now)
    if day == today:
        return _("today")
    if 0 < (today - day).days < NEAR:
        return format_date(day, _("D j"))
    return format_date(day, _("j M") if day.year == today.year else _("j M Y"))


def day_name(at: datetime, now: datetime) -> str:
    """A day by itself in a sentence: "today", "yesterday", "27 October", "27 October 2025"."""
    day, today = local_day(at), local_day(now)
    if (today - day).days in (0, 1):
        return _("today") if day == today else _("yesterday")
    return format_date(day, _("j F") if day.year == today.year else _("j F Y"))


def on_day(at: datetime, now: datetime) -> str:
    """When something was, at the end of a sentence: "today", "on Tuesday", "on 27 October"."""
    days = (local_day(now) - local_day(at)).days
    if days in (0, 1):
        return day_name(at, now)
    if 1 < days < WEEK:
        return _("on %(day)s") % {"day": format_date(local_day(at), "l")}
    return _("on %(day)s") % {"day": day_name(at, now)}


def assignment_reason(assigned: AssignedDrill, words: LadderWords, now: datetime) -> str:
    """Why a drill is to be done and who said so, with the fault by its present name. Read it with its actor."""
    fault = words.faults.get(assigned.evidence.get("fault", ""))
    return reason_words(assigned, fault.name if fault else "", now)


def reason_words(assigned: AssignedDrill, fault: str, now: datetime) -> str:
    """The reason with that name of the fault: "because of “chin up” on Tuesday · Carla"."""
    values = {"coach": assigned.actor.short_name, "day": on_day(assigned.at, now), "fault": fault}
    if assigned.reason == AssignedDrill.Reason.FAULT and fault:
        return _("because of “%(fault)s” %(day)s · %(coach)s") % values
    return _("chosen by %(coach)s %(day)s") % values


def at_stage(stage: Any, setting: int | None) -> str:
    """A stage's revision with a setting of it: "the dowel", "the wall tap at 60 cm"; no weight goes without saying."""
    said = {"stage": within(shown(stage.name)), "setting": setting_text(stage.quantity, setting or None)}
    if said["setting"]:
        return _("the %(stage)s at %(setting)s") % said
    return _("the %(stage)s") % said


def seen_words(assessment: Assessment, faults: Iterable[str]) -> tuple[str, str]:
    """What was seen, as (what stands out, the rest): ("chin up, squats it", "on the dowel")."""
    where = seen_at(assessment)
    named = ", ".join(faults)
    if named:
        return named, where
    said = {
        Assessment.Result.CLEAN: _("clean"),
        Assessment.Result.NOT_YET: _("not yet"),
        Assessment.Result.SEEN: _("seen, same"),
    }[Assessment.Result(assessment.result)]
    return "", f"{said} {where}"


def seen_at(assessment: Assessment) -> str:
    """Where something was seen: "on the wall tap at 60 cm", "on the loaded hinge at 12 kg, sternum hinge"."""
    where = _("on %(place)s") % {"place": at_stage(assessment.stage, assessment.setting)}
    # The drill that a stage begins with goes without saying.
    if assessment.drill and assessment.drill.drill.key not in assessment.stage.drills[:1]:
        where = f"{where}, {within(shown(assessment.drill.name))}"
    return where


def move_words(move: StageMove, words: LadderWords) -> str:
    """A move in a sentence, with its reason as judged when it was made, and with what was overruled by it."""
    if move.kind != StageMove.Kind.STAGE:
        return _within(move)
    said = f"{_way_of(move)}: {_reason_of(move)}" if _reason_of(move) else _way_of(move)
    overruled = _overruled(move, words)
    return f"{said}, {overruled}" if overruled else said


def _within(move: StageMove) -> str:
    """A change of setting or drill within a stage."""
    stage = within(shown(move.to_stage.name))
    if move.kind == StageMove.Kind.SETTING:
        setting = setting_text(move.to_stage.quantity, move.setting)
        return _("%(stage)s set to %(setting)s") % {"stage": stage, "setting": setting}
    drill = within(shown(move.drill.name)) if move.drill else ""
    return _("%(stage)s: drill %(drill)s") % {"stage": stage, "drill": drill}


def own_move_words(move: StageMove) -> str:
    """The same for the member: where to and why, and nothing of what might have been."""
    if move.kind != StageMove.Kind.STAGE:
        return f"{_within(move)}."
    stage = {"stage": within(shown(move.to_stage.name))}
    match move.reason:
        case StageMove.Reason.FIRST:
            return _("You began on the %(stage)s.") % stage
        case StageMove.Reason.DOWN:
            return _("You are on the %(stage)s again: your coach chose it for now.") % stage
        case StageMove.Reason.EARNED:
            return _("You moved up to the %(stage)s: %(reason)s.") % {**stage, "reason": _reason_of(move)}
        case StageMove.Reason.LADDER:
            return _("You are on the %(stage)s now: the ladder was changed.") % stage
    return _("You moved up to the %(stage)s: your coach chose it.") % stage


def own_seen_words(assessment: Assessment, cues: Iterable[str]) -> str:
    """What was seen, for the member: what went well, or what to think of next time; nothing that went wrong."""
    where = seen_at(assessment)
    match assessment.result:
        case Assessment.Result.CLEAN:
            return _("Clean %(where)s.") % {"where": where}
        case Assessment.Result.SEEN:
            return _("Seen %(where)s, same as before.") % {"where": where}
    thought = ", ".join(_("“%(cue)s”") % {"cue": shown(cue)} for cue in dict.fromkeys(cues) if cue)
    if thought:
        return _("Worked %(where)s. Think of: %(cues)s.") % {"where": where, "cues": thought}
    return _("Worked %(where)s; not clean yet.") % {"where": where}


def from_to(move: StageMove) -> str:
    """A change of stage as it was made, in the words of then: "wall tap → dowel: 2 clean in a row at 60 cm"."""
    if move.from_stage is None:
        return _way_of(move)
    said = f"{within(shown(move.from_stage.name))} → {within(shown(move.to_stage.name))}"
    return f"{said}: {_reason_of(move)}" if _reason_of(move) else said


def _way_of(move: StageMove) -> str:
    stage = {"stage": within(shown(move.to_stage.name))}
    match move.reason:
        case StageMove.Reason.FIRST:
            return _("first placed on the %(stage)s") % stage
        case StageMove.Reason.DOWN:
            return _("moved down to the %(stage)s") % stage
        case StageMove.Reason.LADDER:
            return _("moved to the %(stage)s") % stage
    return _("moved up to the %(stage)s") % stage


def _reason_of(move: StageMove) -> str:
    if move.reason == StageMove.Reason.COACH:
        return _("coach’s call")
    if move.reason == StageMove.Reason.LADDER:
        return _("the ladder was changed")
    if move.reason != StageMove.Reason.EARNED:
        return ""
    left = move.from_stage
    setting = setting_text(left.quantity, move.evidence.get("setting")) if left else ""
    values = {"count": move.evidence.get("clean", 0), "setting": setting}
    if setting:
        return _("%(count)s clean in a row at %(setting)s") % values
    return _("%(count)s clean in a row") % values


def _overruled(move: StageMove, words: LadderWords) -> str:
    """What the rules had suggested instead; empty where the move is what they suggested, or they said nothing."""
    suggested = move.evidence.get("suggested")
    if not suggested:
        return ""
    stage = words.stages.get(suggested.get("stage") or "")
    fault = words.faults.get(suggested.get("fault") or "")
    name = words.name_then(stage.key, move.at) if stage else ""
    values = {"stage": within(name), "fault": fault.name if fault else ""}
    match suggested["kind"]:
        case "correct" if stage and fault:
            return _("instead of the %(stage)s for “%(fault)s”") % values
        case "correct" if fault:
            return _("instead of a drill for “%(fault)s”") % values
        case "stage" if stage:
            return _("instead of the %(stage)s") % values
        case "drill":
            return _("instead of a harder drill")
        case "setting":
            return _("instead of a harder setting")
        case "keep":
            return _("instead of staying")
    return ""


def where_words(hold: Hold) -> str:
    """Where it hurts; empty where nobody said, or where it was forgotten since."""
    return str(hold.get_where_display()) if hold.where else ""
