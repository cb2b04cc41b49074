"""What the screens say: settings, rows, reasons, refusals and taps in a coach's words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gym import units
from programming import ladder
from programming.models import Attendance, ClassSession, Hold, Tap
from programming.models.ladder_words import LadderWords
from programming.models.recording import Answer
from programming.shipped import within

# From how many days on a row says that somebody was away.
AWAY_DAYS = 14


def setting_text(quantity: str, value: int | None) -> str:
    """A setting as it is said, in the reader's units: 600 mm is "60 cm" or "24 in"; empty where there is none."""
    if value is None or not quantity:
        return ""
    if value == 0 and quantity == "load":
        return _("no weight")
    if units.is_imperial():
        number = {"number": number_format(units.imperial(quantity, value))}
        return _("%(number)s in") % number if quantity == "distance" else _("%(number)s lb") % number
    if quantity == "distance":
        return _("%(number)s cm") % {"number": _plain(value, 10)}
    return _("%(number)s kg") % {"number": _plain(value, 1000)}


def _plain(value: int, unit: int) -> str:
    """So many of a unit, with no more decimals than it needs, and two at most."""
    if value % unit == 0:
        return number_format(value // unit)
    return number_format(Decimal(f"{value / unit:.2f}").normalize())


def stage_setting(words: LadderWords, stage: str | None, value: int | None) -> str:
    """A setting at a stage, as it is said."""
    return setting_text(words.stages[stage].quantity, value) if stage in words.stages else ""


def hold_line(where: str, *, by_phone: bool = False) -> str:
    """The row of somebody whom pain holds; `by_phone`: they said so on their own page."""
    if by_phone:
        return _("PAIN · held: said so on My drills")
    if where:
        return _("PAIN · held · %(where)s") % {"where": Hold.Where(where).label}
    return _("PAIN · held")


def suggestion_line(words: LadderWords, suggestion: ladder.Suggestion) -> str:
    """What the rules would do next, with the evidence, short enough for a row."""
    if suggestion.kind == "correct":
        fault = words.faults[suggestion.fault or ""].name
        seen = _("%(fault)s ×%(times)s") % {"fault": fault, "times": suggestion.times}
        # The drill has its room on the sheet.
        return f"{seen} → {_target(words, suggestion)}" if suggestion.stage else seen
    seen = _("%(count)s clean") % {"count": suggestion.clean}
    return f"{seen} → {_target(words, suggestion)}"


def _target(words: LadderWords, suggestion: ladder.Suggestion) -> str:
    if suggestion.stage:
        return within(words.stages[suggestion.stage].short_name)
    if suggestion.drill:
        return within(words.drills[suggestion.drill].name)
    if suggestion.setting is not None:
        return stage_setting(words, suggestion.at_stage, suggestion.setting)
    return _("keep it")


def suggestion_sentence(words: LadderWords, suggestion: ladder.Suggestion) -> str:
    """The suggestion with its evidence in a sentence, for the sheet."""
    values: dict[str, Any] = {"count": suggestion.clean, "times": suggestion.times}
    values["setting"] = stage_setting(words, suggestion.at_stage, suggestion.at_setting)
    if suggestion.kind == "correct":
        values["fault"] = words.faults[suggestion.fault or ""].name
        seen = _("%(fault)s in %(times)s assessments running.") % values
    elif values["setting"]:
        seen = _("%(count)s clean in a row at %(setting)s.") % values
    else:
        seen = _("%(count)s clean in a row.") % values
    return f"{seen} {_next_words(words, suggestion)}".strip()


def _next_words(words: LadderWords, suggestion: ladder.Suggestion) -> str:
    target = {"target": _target(words, suggestion)}
    if suggestion.kind == "keep":
        return _("Keep it there.")
    if suggestion.kind == "correct" and not suggestion.stage:
        # The drill has its own place beside the sentence.
        return ""
    if suggestion.stage:
        return _("Next: %(target)s.") % {"target": within(words.stages[suggestion.stage].name)}
    if suggestion.drill:
        return _("Drill: %(target)s.") % target
    return _("Next: %(target)s.") % target


def clean_line(words: LadderWords, standing: ladder.Standing) -> str:
    """The setting, and how many clean ones of those that are needed; either may be missing."""
    rung = words.ladder.stage(standing.stage)
    parts = [stage_setting(words, standing.stage, standing.setting)]
    if rung and standing.clean:
        count = {"count": min(standing.clean, rung.clean_needed), "needed": rung.clean_needed}
        parts.append(_("clean %(count)s of %(needed)s") % count)
    return " · ".join(part for part in parts if part)


def seen_line(seen_at: datetime | None, standing: ladder.Standing, at: datetime, *, is_first: bool) -> str:
    """Since when somebody was not seen, or that they have no stage; empty when seen in this class, at `seen_at`."""
    if seen_at is not None:
        return ""
    days = (at - standing.seen_at).days if standing.seen_at else 0
    if days >= AWAY_DAYS:
        return ngettext("not seen for %(days)s day", "not seen for %(days)s days", days) % {"days": days}
    if standing.stage is None:
        return _("first class · no stage yet") if is_first else _("no stage yet")
    return _("first class") if is_first else _("not seen yet")


def fault_line(words: LadderWords, shown: dict[str, Any]) -> str:
    """The last fault seen in this class, with its cue."""
    known = [words.faults[key] for key in shown["faults"] if key in words.faults]
    if not known:
        return _("not yet")
    names = ", ".join(fault.name for fault in known)
    return _("%(fault)s · “%(cue)s”") % {"fault": names, "cue": known[-1].cue}


def refusal_sentence(refusal: ladder.Refusal, *, name: str, built_on: str = "") -> str:
    """Why a tap was not applied, as a coach can read it."""
    sentences = {
        "held": _("%(name)s is held for pain. A coach clears the hold with a note first."),
        "held_alone": _("You are on hold. Leave this until a coach has cleared it."),
        "retired": _("This stage is not taught any more."),
        "not_of_stage": _("The stage of %(name)s cannot be set to that."),
        "not_placed": _("Tap a stage for %(name)s first."),
        "built_on": _("“%(built_on)s” came after it. Undo that first."),
        "ladder_changed": _("The ladder was changed since, which moved %(name)s. Tap a stage instead."),
        "not_your_pain_tap": _("Only the coach who tapped pain can undo it. Clear the hold with a note instead."),
        "class_over": _("The class is over. Clear the hold with a note instead."),
        "note_needed": _("Write a short note: a hold is cleared with one only."),
        "no_such_tap": _("That tap is not one of this class."),
        "drill_retired": _("This drill is not taught any more."),
        "no_such_drill": _("This gym has no such drill."),
        "not_your_tap": _("There is nothing of yours to undo."),
        "no_such_check": _("This self-check is not there any more."),
        "not_movable": _("That tap cannot be moved to somebody else. Undo it instead."),
        "off": _("%(name)s was taken off this class."),
        "came": _("%(name)s has come by now."),
        "left": _("Somebody is not a member of this gym any more."),
        "all_kept_out": _("Nobody could be marked."),
        "plan_over": _("This class is over: its plan stays as it was."),
        "too_early": _("This class starts at %(time)s. Start it when it is nearer, or move it."),
        "plan_changed": _("Today’s plan has changed meanwhile. Look again, then tap once more."),
        "finished_before": _("This class was finished on another day."),
        "is_planned": _("This class was planned: it cannot be removed, only finished."),
        "seen_in_it": _("People were seen in this class: finish it instead."),
        "other_tap": _("This tap came twice with different content, and only the first was kept."),
    }
    named = {"name": name, "built_on": built_on}
    if "starts_at" in refusal.values:
        named["time"] = time_and_day(datetime.fromisoformat(refusal.values["starts_at"]))
    return sentences[refusal.code] % named


def time_and_day(moment: datetime) -> str:
    """A time of today as "18:00"; of another day with that day."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return date_format(local, "H:i")
    return _("%(time)s on %(day)s") % {"time": date_format(local, "H:i"), "day": date_format(local, _("l j F"))}


def clash_sentence(other: ClassSession | None) -> str:
    """That a coach has this class at the same time; empty for none."""
    if other is None or other.coach is None:
        return ""
    weekly = other.slot_id is not None and other.changed_at is None
    time = date_format(timezone.localtime(other.starts_at), "H:i") if weekly else time_and_day(other.starts_at)
    words = {"coach": other.coach.short_name, "class": other.called, "time": time}
    return _("%(coach)s already teaches %(class)s at %(time)s.") % words


def step_refusal(answer: Answer) -> str:
    """Why a step of the plan was not taken, in a sentence; empty where it was."""
    refusal = ladder.Refusal("other_tap") if answer.conflict else answer.refusal
    return refusal_sentence(refusal, name="") if refusal else ""


def kept_out_sentence(code: str, names: list[str]) -> str:
    """Why these people are not among those whom a tap for several was applied to, or undone for."""
    people = {"names": get_text_list(names, _("and"))}
    match code:
        case "held":
            return ngettext("%(names)s is held for pain.", "%(names)s are held for pain.", len(names)) % people
        case "not_placed":
            return _("Tap a stage for %(names)s first.") % people
        case "off":
            taken = ngettext("%(names)s was taken off this class.", "%(names)s were taken off this class.", len(names))
            return taken % people
        case "touched" | "built_on":
            kept = ngettext(
                "Kept: %(names)s, who was tapped since.", "Kept: %(names)s, who were tapped since.", len(names)
            )
            return kept % people
    return refusal_sentence(ladder.Refusal(code), name=people["names"])


def where_words(words: LadderWords, stage: str, *, held: bool, is_here: bool, is_absent: bool) -> str:
    """Where somebody stands, in a word or two: "dowel", "wall, held", "no stage yet, expected"."""
    place = within(words.stages[stage].short_name) if stage else _("no stage yet")
    if held:
        place = _("%(place)s, held") % {"place": place}
    if is_here:
        return place
    return (_("%(place)s, not here") if is_absent else _("%(place)s, expected")) % {"place": place}


def nobody_sentence(group: Tap, *, all_seen: bool, any_left: bool, expected: int) -> str:
    """Why a tap for several people was applied to nobody, where no rule refused it.

    `any_left`: by now somebody belongs to the rest whom the screen did not show as such. `expected`: how many were
    not yet said to be here.
    """
    if group.detail.get("rest"):
        if all_seen and expected:
            sentence = ngettext(
                "%(count)s expected and not yet here. Select them and tap Here.",
                "%(count)s expected and not yet here. Select them and tap Here.",
                expected,
            )
            return sentence % {"count": expected}
        if all_seen:
            return _("Everyone here is seen.")
        if any_left:
            return _("Nobody of those shown is left to mark.")
        return _("Nobody to mark: who is not seen yet is held or has no stage.")
    return _("Nothing to change.") if group.kind == Tap.Kind.SEVERAL else ""


def people_words(count: int) -> str:
    """How many people: "1 person", "9 people"."""
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": count}


def group_words(group: Tap, words: LadderWords, people: int) -> tuple[str, str]:
    """A tap for several people as the undo bar says it: ("Rest clean", "9 people"), ("4 people", "to dowel")."""
    if group.detail.get("rest"):
        return _("Rest clean"), people_words(people)
    return people_words(people), tap_words(group, words)


def attendance_words(tap: Tap) -> str:
    """What a tap said of somebody's being here."""
    match tap.detail["state"]:
        case Attendance.State.HERE if tap.actor_id == tap.member_id:
            return _("checked in")
        case Attendance.State.HERE if tap.detail.get("was") == Attendance.State.OFF:
            return _("added")
        case Attendance.State.OFF:
            return _("not today")
        case Attendance.State.NO_SHOW:
            return _("not here")
    return str(Attendance.State(tap.detail["state"]).label)


def tap_words(tap: Tap, words: LadderWords) -> str:
    """What a tap said, without the name: "clean at 60 cm"."""
    detail, kind = tap.detail, tap.kind
    is_of_another = tap.progression_id is not None and words.progression_id not in (None, tap.progression_id)
    if is_of_another and tap.progression is not None:
        # Said of another ladder than the one on screen.
        words = tap.progression.ladder()
    if kind == Tap.Kind.SEVERAL:
        kind = Tap.Kind.STAGE if "stage" in detail else Tap.Kind.ATTENDANCE if "state" in detail else Tap.Kind.SAW
    stage = detail.get("stage")
    setting = stage_setting(words, stage, detail.get("setting"))
    match kind:
        case Tap.Kind.STAGE:
            return _("to %(stage)s") % {"stage": within(words.stages[stage].short_name)}
        case Tap.Kind.SETTING:
            return _("set to %(setting)s") % {"setting": setting}
        case Tap.Kind.DRILL:
            return _("drill: %(drill)s") % {"drill": within(words.drills[detail["drill"]].name)}
        case Tap.Kind.FAULT:
            return words.faults[detail["fault"]].name
        case Tap.Kind.SAW:
            seen = {"clean": _("clean"), "not_yet": _("not yet"), "seen": _("seen, same")}[detail["saw"]]
            if not detail.get("setting"):
                return f"{seen}, {setting}" if setting else seen
            return _("%(seen)s at %(setting)s") % {"seen": seen, "setting": setting} if setting else seen
        case Tap.Kind.ASSIGN:
            drill = within(words.drills[detail["drill"]].name)
            return (_("assigned %(drill)s") if detail["wanted"] else _("ended %(drill)s")) % {"drill": drill}
        case Tap.Kind.ATTENDANCE:
            return attendance_words(tap)
        case Tap.Kind.WITH_COACH:
            return _("to the coach") if detail["wanted"] else _("back from the coach")
    return {
        Tap.Kind.PAIN: _("pain, held"),
        Tap.Kind.CLEAR: _("hold cleared"),
        Tap.Kind.NOTE: _("note"),
    }.get(Tap.Kind(tap.kind), str(Tap.Kind(tap.kind).label))
