"""What a member's phone sends of what they did by themself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gym.models import Membership
from programming.forms.taps import OLDEST, chosen, damaged
from programming.models import Tap
from programming.models.practising import OwnTap
from programming.practice_words import ANSWERS
from programming.self_checks import Check

# The year 9999, in ms since 1970.
LATEST = 253_370_764_800_000
ANSWER = _("Answer with yes, no or not sure.")


class OwnTapForm(forms.Form):
    """The part that every such tap has: its own key, and its age in ms. A plain form may leave out both."""

    kind: ClassVar[str]

    tap = forms.UUIDField(required=False, error_messages=damaged())
    age = forms.IntegerField(required=False, min_value=0, max_value=OLDEST, error_messages=damaged())

    def values(self) -> dict[str, Any]:
        """What is said, as plain values."""
        raise NotImplementedError

    def own_tap(self, by: Membership) -> OwnTap:
        """The tap as the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        made = {"key": data["tap"]} if data["tap"] else {}
        age = timedelta(milliseconds=data["age"] or 0)
        return OwnTap(kind=self.kind, by=by, values=self.values(), age=age, **made)


class PractisedForm(OwnTapForm):
    """A drill was practised. Whether the gym has it is for the model to say: it may be retired by now."""

    kind = Tap.Kind.PRACTISED
    drill = forms.SlugField(max_length=40, error_messages=damaged())

    def values(self) -> dict[str, Any]:
        return {"drill": self.cleaned_data["drill"]}


class TakeBackForm(OwnTapForm):
    """One of the member's own taps is taken back."""

    kind = Tap.Kind.UNDO
    undone = forms.UUIDField(error_messages=damaged())

    def values(self) -> dict[str, Any]:
        return {"undone": str(self.cleaned_data["undone"])}


class SelfCheckForm(OwnTapForm):
    """The answers of one guided check: a field for each step that asks something."""

    kind = Tap.Kind.SELF_CHECK

    def __init__(self, data: Any = None, *, check: Check | None = None) -> None:
        super().__init__(data)
        self.check = check
        self.asked = [key for key, _words in check.questions] if check else []
        for key, words in check.questions if check else ():
            self.fields[f"answer-{key}"] = forms.ChoiceField(
                label=words,
                choices=list(ANSWERS.items()),
                widget=forms.RadioSelect,
                error_messages=chosen(ANSWER, ANSWER),
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields that are answered."""
        return [self[f"answer-{key}"] for key in self.asked]

    def values(self) -> dict[str, Any]:
        if self.check is None:
            raise LookupError("answers to no check")
        answers = {key: self.cleaned_data[f"answer-{key}"] for key in self.asked}
        return {"progression": self.check.progression, "check": self.check.key, "answers": answers}


class LookedForm(forms.Form):
    """A page was looked at, which shows what happened up to then: ms since 1970 as the server wrote it there."""

    seen_to = forms.IntegerField(min_value=0, max_value=LATEST, widget=forms.HiddenInput, error_messages=damaged())

    def clean_seen_to(self) -> datetime:
        return datetime.fromtimestamp(self.cleaned_data["seen_to"] / 1000, UTC)
