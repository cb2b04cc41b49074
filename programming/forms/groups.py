"""What a screen may send with a tap for several people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gym.tablets import Hand
from programming.forms.taps import DAMAGED, LARGEST, STAGE, TapForm, UndoForm, damaged
from programming.models import Attendance, Tap
from programming.models.grouping import GroupTap, GroupUndo, Shown
from programming.models.ladder_words import LadderWords


class PeopleField(forms.Field):
    """People with what the screen showed of each: "id:version:stage", the last two of which may be missing."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> dict[UUID, Shown]:
        try:
            return dict(map(person_and_shown, value or []))
        except ValueError:
            raise ValidationError(DAMAGED) from None


def person_and_shown(text: str) -> tuple[UUID, Shown]:
    """One person of a PeopleField. Raises ValueError."""
    person, version, stage = f"{text}::".split(":")[:3]
    if version and not 0 <= int(version) <= LARGEST:
        raise ValueError(version)
    return UUID(person), Shown(int(version) if version else None, stage)


class GroupForm(TapForm):
    """The part that every tap for several people has: who they are, and what the screen showed of each."""

    kind = Tap.Kind.SEVERAL
    is_rest = False

    def __init__(self, data: Any, *, words: LadderWords) -> None:
        super().__init__(data, words=words)
        self.words = words

    member = PeopleField(required=False)

    def clean_member(self) -> dict[UUID, Shown]:
        """Their stages are those of the ladder."""
        people: dict[UUID, Shown] = self.cleaned_data["member"]
        if any(shown.stage and shown.stage not in self.words.stages for shown in people.values()):
            raise ValidationError(DAMAGED)
        return people

    def values(self) -> dict[str, str]:
        """What is wanted or was seen of each."""
        return {name: self.cleaned_data[name] for name in self.carried if self.cleaned_data[name]}

    def group_tap(self, *, hand: Hand) -> GroupTap:
        """The tap as the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        return GroupTap(
            by=hand.by,
            device=hand.device,
            people=data["member"],
            values=self.values(),
            age=hand.age(data["age"]),
            is_rest=self.is_rest,
            **({"key": data["tap"]} if data["tap"] else {}),
        )


class RestForm(GroupForm):
    """Everyone whom the screen showed as not yet seen is clean."""

    is_rest = True

    def values(self) -> dict[str, str]:
        return {"saw": "clean"}


class SeveralForm(GroupForm):
    """A stage for those who were selected, the same seen of them, or that they are here."""

    carried = ("stage", "saw", "state")

    member = PeopleField(error_messages={"required": _("Choose somebody first.")})
    stage = forms.ChoiceField(required=False, error_messages=STAGE)
    saw = forms.ChoiceField(required=False, choices=[("clean", "clean"), ("seen", "seen")], error_messages=damaged())

    state = forms.ChoiceField(required=False, choices=[(Attendance.State.HERE, "here")], error_messages=damaged())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and len([name for name in self.carried if data[name]]) != 1:
            raise ValidationError(DAMAGED)
        return data


class RegularsForm(GroupForm):
    """The regulars whom the screen proposed are expected."""

    carried = ("state",)

    member = PeopleField(error_messages={"required": _("Nobody is proposed any more.")})
    state = forms.ChoiceField(choices=[(Attendance.State.EXPECTED, "expected")], error_messages=damaged())


class UndoSeveralForm(UndoForm):
    """A tap for several people is taken out."""

    def group_undo(self, *, hand: Hand) -> GroupUndo:
        """The tap as the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        return GroupUndo(
            by=hand.by,
            device=hand.device,
            undone=data["undone"],
            age=hand.age(data["age"]),
            **({"key": data["tap"]} if data["tap"] else {}),
        )
