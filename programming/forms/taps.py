"""What a screen may send with each kind of tap. Every form gives back plain values for a ScreenTap."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gym.tablets import Hand
from programming.forms.fields import WrittenField
from programming.models import Attendance, Hold, Tap
from programming.models.ladder_words import LadderWords
from programming.models.recording import ScreenTap
from programming.words import setting_text

# Milliseconds: a tablet that was off for a year still says when.
OLDEST = 366 * 24 * 3600 * 1000
LARGEST = 2**31 - 1
LONGEST_NOTE = 2000

# For what no screen of ours sends.
DAMAGED = _("This tap did not arrive whole. Tap again.")


def damaged(required: Any = DAMAGED) -> dict[str, Any]:
    """Words for everything that can be wrong with a value that nobody types."""
    return {"required": required, **dict.fromkeys(["invalid", "invalid_choice", "min_value", "max_value"], DAMAGED)}


def chosen(required: Any, unknown: Any) -> dict[str, Any]:
    """Words for a choice that was not made, and for one that is not there."""
    return {"required": required, "invalid_choice": unknown}


STAGE = chosen(_("Tap a stage first."), _("This ladder has no such stage."))
DRILL = chosen(_("Choose a drill."), _("This gym has no such drill."))
FAULT = chosen(_("Choose a fault."), _("This gym has no such fault."))
TOO_LONG = _("This is too long: a note has at most 2000 characters.")


class TapForm(forms.Form):
    """The part that every tap has: its own key, its age in ms, and the version that the screen showed.

    All three may be missing: a plain form without scripts works as well.
    """

    kind: ClassVar[str]
    # The fields whose values make up the tap, in the order of the record.
    carried: ClassVar[tuple[str, ...]] = ()
    # The field that somebody types into, if any: a refusal stands beside it.
    typed: ClassVar[str] = ""

    tap = forms.UUIDField(required=False, error_messages=damaged())
    age = forms.IntegerField(required=False, min_value=0, max_value=OLDEST, error_messages=damaged())
    seen = forms.IntegerField(required=False, min_value=0, max_value=LARGEST, error_messages=damaged())

    def __init__(self, data: Any, *, words: LadderWords) -> None:
        # Two of these forms may stand on one sheet.
        super().__init__(data, auto_id=f"id_{self.kind}_%s")
        choices = {"stage": words.stages, "drill": words.drills, "fault": words.faults}
        for name, known in choices.items():
            if name in self.fields:
                self.fields[name].choices = [("", ""), *((key, key) for key in known)]  # type: ignore[attr-defined]

    def screen_tap(self, *, member_id: UUID, hand: Hand, also: tuple[UUID, ...] = ()) -> ScreenTap:
        """The tap as the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        made = {"key": data["tap"]} if data["tap"] else {}
        values = {name: data[name] for name in self.carried if data[name] not in (None, "")}
        return ScreenTap(
            kind=self.kind,
            member_id=member_id,
            by=hand.by,
            device=hand.device,
            values={name: str(value) if isinstance(value, UUID) else value for name, value in values.items()},
            seen=data["seen"],
            age=hand.age(data["age"]),
            also=also,
            **made,
        )


class StageForm(TapForm):
    kind = Tap.Kind.STAGE
    carried = ("stage",)
    stage = forms.ChoiceField(error_messages=STAGE)


class SettingForm(TapForm):
    kind = Tap.Kind.SETTING
    carried = ("setting", "stage")
    stage = forms.ChoiceField(error_messages=STAGE)
    setting = forms.IntegerField(error_messages=damaged())

    def __init__(self, data: Any, *, words: LadderWords) -> None:
        super().__init__(data, words=words)
        self.words = words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        stage, value = self.words.stages.get(data.get("stage", "")), data.get("setting")
        if stage is None or value is None:
            return data
        if not stage.quantity:
            self.add_error("setting", _("This stage has no setting."))
        elif not stage.minimum <= value <= stage.maximum:
            ends = {"least": stage.minimum, "most": stage.maximum}
            words = {name: setting_text(stage.quantity, end) for name, end in ends.items()}
            self.add_error("setting", _("This stage can be set from %(least)s to %(most)s.") % words)
        return data


class DrillForm(TapForm):
    kind = Tap.Kind.DRILL
    carried = ("drill", "stage")
    stage = forms.ChoiceField(error_messages=STAGE)
    drill = forms.ChoiceField(error_messages=DRILL)

    def __init__(self, data: Any, *, words: LadderWords) -> None:
        super().__init__(data, words=words)
        self.words = words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        stage = self.words.stages.get(data.get("stage", ""))
        if stage and data.get("drill") and data["drill"] not in stage.drills:
            self.add_error("drill", _("This drill is not one of that stage."))
        return data


class SawForm(TapForm):
    kind = Tap.Kind.SAW
    carried = ("saw", "stage", "opening")
    saw = forms.ChoiceField(
        choices=[("clean", "clean"), ("not_yet", "not_yet"), ("seen", "seen")], error_messages=damaged()
    )
    stage = forms.ChoiceField(required=False, error_messages=STAGE)
    opening = forms.UUIDField(required=False, error_messages=damaged())


class FaultForm(TapForm):
    kind = Tap.Kind.FAULT
    carried = ("fault", "stage", "opening")
    fault = forms.ChoiceField(error_messages=FAULT)
    stage = forms.ChoiceField(required=False, error_messages=STAGE)
    opening = forms.UUIDField(required=False, error_messages=damaged())


class PainForm(TapForm):
    kind = Tap.Kind.PAIN
    carried = ("where",)
    where = forms.ChoiceField(required=False, choices=Hold.Where.choices, error_messages=damaged())


class ClearForm(TapForm):
    kind = Tap.Kind.CLEAR
    carried = ("note",)
    typed = "note"
    note = WrittenField(
        max_length=LONGEST_NOTE,
        label=_("What makes it safe to go on?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Write a short note: a hold is cleared with one only."),
            "max_length": TOO_LONG,
        },
    )


class NoteForm(TapForm):
    kind = Tap.Kind.NOTE
    carried = ("note",)
    typed = "note"
    note = WrittenField(
        max_length=LONGEST_NOTE,
        label=_("Note for coaches"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write something first."), "max_length": TOO_LONG},
    )


class AssignForm(TapForm):
    kind = Tap.Kind.ASSIGN
    carried = ("drill", "wanted", "fault")
    drill = forms.ChoiceField(error_messages=DRILL)
    fault = forms.ChoiceField(required=False, error_messages=FAULT)
    wanted = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes", error_messages=damaged()
    )


class AttendanceForm(TapForm):
    kind = Tap.Kind.ATTENDANCE
    carried = ("state",)
    state = forms.ChoiceField(
        choices=[
            (Attendance.State.HERE, "here"),
            (Attendance.State.LATE, "late"),
            (Attendance.State.EXPECTED, "expected"),
            (Attendance.State.NO_SHOW, "no_show"),
        ],
        error_messages=damaged(),
    )


class WithCoachForm(TapForm):
    kind = Tap.Kind.WITH_COACH
    carried = ("wanted",)
    wanted = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes", error_messages=damaged()
    )


class NotTodayForm(AttendanceForm):
    """A regular whom the board proposes does not come today."""

    state = forms.ChoiceField(choices=[(Attendance.State.OFF, "off")], error_messages=damaged())


class UndoForm(TapForm):
    kind = Tap.Kind.UNDO
    carried = ("undone",)
    undone = forms.UUIDField(error_messages=damaged())


class MoveForm(TapForm):
    kind = Tap.Kind.MOVE
    carried = ("undone", "to")
    undone = forms.UUIDField(error_messages=damaged())
    to = forms.UUIDField(error_messages=damaged(required=_("Choose who was meant.")))
