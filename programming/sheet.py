"""The sheet of one member at their stage: faults, setting, drill, pain, note, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from gym import units
from programming import ladder
from programming.board import Reader, Row
from programming.forms.taps import ClearForm, NoteForm, TapForm
from programming.hurts import Telling, tellings, told_by_themselves
from programming.models import Assessment, AssessmentFault, Attendance, Hold
from programming.models.ladder_words import DrillWords, LadderWords, StageWords
from programming.models.tap_kinds import assigned_drills
from programming.words import hold_line, setting_text, suggestion_sentence


@dataclass(frozen=True, slots=True)
class Chip:
    """A fault that can be tapped, with its first cue."""

    key: str
    name: str
    cue: str
    pressed: str


@dataclass(frozen=True, slots=True)
class Stepper:
    """A setting or drill with the ones before and after it; None where there is none."""

    label: str
    shown: str
    lower: str | None
    higher: str | None
    lower_words: str
    higher_words: str


@dataclass(frozen=True, slots=True)
class Lead:
    """What to say and what to do about it: a cue with its drill, or a suggestion with its evidence."""

    sentence: str
    drill: DrillWords | None = None
    fault: str = ""
    assigned: bool = False
    setting: int | None = None
    choose_drill: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A state of somebody in this class that can be tapped."""

    state: str
    words: str
    pressed: str


@dataclass(frozen=True)
class Sheet:
    """Everything the sheet shows of one member."""

    row: Row
    stage: StageWords | None
    opening: str
    chips: list[Chip]
    setting: Stepper | None
    drill: Stepper | None
    lead: Lead | None
    hold: str
    where: str
    # What the member told on their own page, where the hold is theirs.
    told: list[Telling]
    attending: list[Wanted]
    clear_form: TapForm
    note_form: TapForm

    wheres = [choice for choice in Hold.Where.choices if choice[0]]

    @classmethod
    def read(
        cls,
        reader: Reader,
        row: Row,
        *,
        opening: str = "",
        refused_form: TapForm | None = None,
    ) -> Sheet:
        """The sheet of a member whose row was read, within one opening of it; a refused form keeps what was typed."""
        member_id, standing = row.member_id, reader.standings[row.member_id]
        stage = reader.words.stages.get(standing.stage or "")
        opening = opening_key(opening)
        seen = faults_of(opening, member_id)
        hold = reader.holds.get(member_id)
        if isinstance(refused_form, ClearForm) and not hold:
            # Somebody else cleared it meanwhile: the words stay, as a note.
            refused_form = NoteForm(refused_form.data, words=reader.words)
        forms = {type(refused_form): refused_form} if refused_form is not None else {}
        return cls(
            row=row,
            stage=stage,
            opening=opening,
            chips=chips(reader.words, stage, seen),
            setting=setting_stepper(stage, standing) if stage else None,
            drill=drill_stepper(reader.words, stage, standing) if stage else None,
            lead=lead(reader.words, standing, seen, member_id),
            hold=hold_line(hold.where, by_phone=told_by_themselves(hold)) if hold else "",
            where=hold.where if hold else "",
            told=tellings(member_id, reader.at) if hold else [],
            attending=attending(row.state),
            clear_form=forms.get(ClearForm) or ClearForm(None, words=reader.words),
            note_form=forms.get(NoteForm) or NoteForm(None, words=reader.words),
        )


def attending(present: str) -> list[Wanted]:
    """What can be said of somebody's being there, the present state pressed."""
    words = {
        Attendance.State.HERE: _("Here"),
        Attendance.State.LATE: _("Late"),
        Attendance.State.EXPECTED: _("Expected"),
        Attendance.State.NO_SHOW: _("Not here"),
    }
    return [Wanted(state.value, each, "true" if state == present else "false") for state, each in words.items()]


def opening_key(given: str) -> str:
    """The key of this opening: the one that came with the form, or a new one."""
    try:
        return str(UUID(given))
    except ValueError:
        return str(uuid4())


def faults_of(opening: str, member_id: UUID) -> list[str]:
    """The faults tapped in this opening that still stand, first first."""
    made = Assessment.objects.filter(opening=opening, member_id=member_id).standing()
    seen = AssessmentFault.objects.filter(assessment__in=made).standing().order_by("at", "tap__key", "order")
    return list(seen.values_list("fault__fault__key", flat=True))


def chips(words: LadderWords, stage: StageWords | None, seen: list[str]) -> list[Chip]:
    """The faults of a stage, most often tapped first; one that is taught no more only where it was seen."""
    known = [words.faults[key] for key in stage.faults if key in words.faults] if stage else []
    known = [fault for fault in known if not fault.retired or fault.key in seen]
    return [Chip(fault.key, fault.name, fault.cue, "true" if fault.key in seen else "false") for fault in known]


def setting_stepper(stage: StageWords, standing: ladder.Standing) -> Stepper | None:
    """One step easier and one step harder; None where the stage has no setting."""
    if not stage.quantity or standing.setting is None:
        return None
    ends = (stage.minimum, stage.maximum)
    lower, higher = units.beside(stage.quantity, standing.setting, stage.step, ends)
    closer = stage.quantity == "distance"
    return Stepper(
        label=stage.setting_name,
        shown=setting_text(stage.quantity, standing.setting),
        lower=None if lower is None else str(lower),
        higher=None if higher is None else str(higher),
        lower_words=_("Closer") if closer else _("Lighter"),
        higher_words=_("Further") if closer else _("Heavier"),
    )


def drill_stepper(words: LadderWords, stage: StageWords, standing: ladder.Standing) -> Stepper | None:
    """The drill before and after in order of demand; None where the stage has one drill only.

    None that is taught no more, but for the present one.
    """
    drills = [key for key in stage.drills if key == standing.drill or not words.drills[key].retired_at]
    if len(drills) < 2 or standing.drill not in drills:
        return None
    place = drills.index(standing.drill)
    before = drills[place - 1] if place else None
    after = drills[place + 1] if place + 1 < len(drills) else None
    return Stepper(
        label=_("Drill"),
        shown=words.drills[standing.drill].name,
        lower=before,
        higher=after,
        lower_words=words.drills[before].name if before else "",
        higher_words=words.drills[after].name if after else "",
    )


def lead(words: LadderWords, standing: ladder.Standing, seen: list[str], member_id: UUID) -> Lead | None:
    """The cue and drill of the fault just tapped, else what the rules suggest."""
    if seen and seen[-1] in words.faults:
        fault = words.faults[seen[-1]]
        sentence = _("Say “%(cue)s”.") % {"cue": fault.cue}
        return with_drill(
            words, sentence, ladder.correcting_drill(words.ladder, standing, fault.key), fault.key, member_id
        )
    suggestion = ladder.suggest(words.ladder, standing)
    if suggestion is None:
        return None
    sentence = suggestion_sentence(words, suggestion)
    if suggestion.kind == "correct":
        return with_drill(words, sentence, suggestion.drill, suggestion.fault or "", member_id)
    return Lead(sentence, setting=suggestion.setting, choose_drill=suggestion.drill)


def with_drill(words: LadderWords, sentence: str, drill: str | None, fault: str, member_id: UUID) -> Lead:
    """A lead that offers a drill to assign."""
    found = words.drills.get(drill or "")
    assigned = bool(found) and assigned_drills(member_id).filter(drill__drill__key=drill).exists()
    return Lead(sentence, drill=found, fault=fault, assigned=assigned)
