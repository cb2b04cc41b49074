"""What is typed about the tablets that a gym's coaches share, and on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from gym.models import LATEST_LOCK, SOONEST_LOCK, Membership, Tablet
from gym.tablets import is_easy
from programming.forms.fields import WrittenField
from programming.forms.taps import LARGEST, chosen, damaged

LONGEST_NAME = 60
SHORTEST_PIN, LONGEST_PIN = 4, 8
# Plain digits alone: others are digits to Python as well.
DIGITS = RegexValidator(rf"^[0-9]{{{SHORTEST_PIN},{LONGEST_PIN}}}\Z", _("A PIN is 4 to 8 digits."))


class PinField(forms.CharField):
    """Four to eight digits that are never shown, nor sent back."""

    default_validators = [DIGITS]

    def __init__(self, **more: Any) -> None:
        pad = {"inputmode": "numeric", "autocomplete": "off", "maxlength": LONGEST_PIN}
        super().__init__(widget=forms.PasswordInput(attrs=pad, render_value=False), **more)


class EnrolForm(forms.Form):
    """How the owner calls a tablet."""

    name = WrittenField(
        label=_("Name of this tablet"),
        max_length=LONGEST_NAME,
        help_text=_("For you, so that you know which one it is: what is written on its back, or where it lies."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
        error_messages={
            "required": _("Give the tablet a name."),
            "max_length": _("This is too long: a name has at most 60 characters."),
        },
    )


OUT_OF_RANGE = _("From 1 to 60 minutes.")


class LockAfterForm(forms.Form):
    """Minutes after which a tablet that nobody touches locks itself."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=SOONEST_LOCK,
        max_value=LATEST_LOCK,
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], OUT_OF_RANGE),
    )


class UnlockForm(forms.Form):
    """Who is there, and their PIN."""

    coach = forms.ChoiceField(
        label=_("Who are you?"),
        widget=forms.RadioSelect,
        error_messages=chosen(_("Tap your initials first."), _("These initials are not here any more. Choose again.")),
    )
    pin = PinField(label=_("PIN"), error_messages={"required": _("Type your PIN.")})

    def __init__(self, data: Any = None, *, marks: list[tuple[Membership, str]]) -> None:
        super().__init__(data)
        self.fields["coach"].choices = [(str(coach.pk), mark) for coach, mark in marks]  # type: ignore[attr-defined]


class SwitchForm(forms.Form):
    """Which of those who are unlocked has the tablet, and the turn that the page knew last, where it says it."""

    unlock = forms.UUIDField(error_messages=damaged())
    turn = forms.IntegerField(required=False, max_value=LARGEST, error_messages=damaged())

    def carry_out(self, tablet: Tablet, *, at: datetime) -> int | None:
        """Give it to them. Answers which turn that was, None where it was not possible; raises Overtaken."""
        return tablet.switch(self.cleaned_data["unlock"], at=at, as_of=self.cleaned_data["turn"])


class PinForm(forms.Form):
    """A new PIN, twice: nobody sees what they type."""

    pin = PinField(
        label=_("New PIN"),
        help_text=_("4 to 8 digits, which you use for nothing else."),
        error_messages={"required": _("Type a PIN.")},
    )
    again = PinField(label=_("The same again"), error_messages={"required": _("Type the PIN again.")})

    def clean_pin(self) -> str:
        """Raises ValidationError for one that everybody would try."""
        digits = str(self.cleaned_data["pin"])
        if is_easy(digits):
            raise forms.ValidationError(
                _("This PIN is one of the first that somebody would try. Choose digits without a pattern.")
            )
        return digits

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and data["pin"] != data["again"]:
            self.add_error("again", _("These two are not the same. Type both again."))
        return data
