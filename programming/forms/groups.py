"""What a screen may send with a tap for several people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gym.models import Membership
from programming.forms.taps import DAMAGED, LARGEST, STAGE, TapForm, UndoForm, damaged
from programming.models import Tap
from programming.models.grouping import GroupTap, GroupUndo


class PeopleField(forms.Field):
    """Ids of people, each once."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return list(dict.fromkeys(UUID(each) for each in value or []))
        except ValueError:
            raise ValidationError(DAMAGED) from None


class VersionsField(forms.Field):
    """The version of each placement that the screen showed, as "id:version"."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> dict[UUID, int]:
        try:
            pairs = (each.split(":") for each in value or [])
            versions = {UUID(person): int(version) for person, version in pairs}
        except ValueError:
            raise ValidationError(DAMAGED) from None
        if any(not 0 <= version <= LARGEST for version in versions.values()):
            raise ValidationError(DAMAGED)
        return versions


class GroupForm(TapForm):
    """The part that every tap for several people has: who they are, and what the screen showed of them."""

    kind = Tap.Kind.SEVERAL
    is_rest = False

    member = PeopleField(required=False)
    seen = VersionsField(required=False)  # type: ignore[assignment]

    def values(self) -> dict[str, str]:
        """What is wanted or was seen of each."""
        return {name: self.cleaned_data[name] for name in self.carried if self.cleaned_data[name]}

    def group_tap(self, *, by: Membership) -> GroupTap:
        """The tap as the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        return GroupTap(
            by=by,
            people={person: data["seen"].get(person) for person in data["member"]},
            values=self.values(),
            age=timedelta(milliseconds=data["age"] or 0),
            is_rest=self.is_rest,
            **({"key": data["tap"]} if data["tap"] else {}),
        )


class RestForm(GroupForm):
    """Everyone whom the screen showed as not yet seen is clean."""

    is_rest = True

    def values(self) -> dict[str, str]:
        return {"saw": "clean"}


class SeveralForm(GroupForm):
    """A stage for those who were selected, or the same seen of them."""

    carried = ("stage", "saw")

    member = PeopleField(error_messages={"required": _("Choose somebody first.")})
    stage = forms.ChoiceField(required=False, error_messages=STAGE)
    saw = forms.ChoiceField(required=False, choices=[("clean", "clean"), ("seen", "seen")], error_messages=damaged())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data["stage"]) == bool(data["saw"]):
            raise ValidationError(DAMAGED)
        return data


class UndoSeveralForm(UndoForm):
    """A tap for several people is taken out."""

    def group_undo(self, *, by: Membership) -> GroupUndo:
        """The tap as the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        return GroupUndo(
            by=by,
            undone=data["undone"],
            age=timedelta(milliseconds=data["age"] or 0),
            **({"key": data["tap"]} if data["tap"] else {}),
        )
