"""What a coach writes down about a member, apart from taps."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gym.models import TURNING, Membership
from programming.forms.fields import WrittenField

LONGEST_NAME: int = Membership._meta.get_field("name").max_length  # type: ignore[assignment]
LONGEST_SHOWN: int = Membership._meta.get_field("shown_name").max_length  # type: ignore[assignment]
LONGEST_LIMITS: int = Membership._meta.get_field("standing_limits").max_length  # type: ignore[assignment]


class TvForm(forms.Form):
    """Whether somebody agreed to be named on the gym's TV."""

    agreed = forms.ChoiceField(
        choices=[("yes", "yes"), ("no", "no")],
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose shown or not shown.")),
    )

    def clean_agreed(self) -> bool:
        """As a wanted state."""
        return bool(self.cleaned_data["agreed"] == "yes")


class MailForm(forms.Form):
    """Which news somebody wants by mail. A box that is not ticked is not sent, and means no."""

    mail_moves = forms.BooleanField(required=False, label=_("A coach moves me up"))
    mail_drills = forms.BooleanField(required=False, label=_("A coach gives me a drill"))
    mail_holds = forms.BooleanField(required=False, label=_("A coach ends a hold"))

    @classmethod
    def of(cls, member: Membership) -> MailForm:
        """As it stands for this member."""
        return cls(initial={name: getattr(member, name) for name in cls.base_fields})


class LimitsForm(forms.Form):
    """What a member may not do until further notice, and what the screen said of it before."""

    # Only compared with what is stored, so anything will do.
    was = forms.Field(required=False, widget=forms.HiddenInput)
    limits = WrittenField(
        required=False,
        max_length=LONGEST_LIMITS,
        label=_("Standing limits"),
        help_text=_("Every board says it under the name, such as “low grip only”. Leave it empty for none."),
        error_messages={"max_length": _("This is too long: 80 characters at most.")},
    )

    def clean_limits(self) -> str:
        """On one line, as a row of the board shows it, and turning around nothing that stands beside it."""
        return " ".join(self.cleaned_data["limits"].translate(TURNING).split())

    def keep_beside(self, stored: str) -> None:
        """Somebody else wrote this meanwhile: say it beside what was typed, so that saving again is a choice."""
        said = _("Meanwhile somebody wrote “%(stored)s”. Save again to replace it.") % {"stored": stored}
        self.add_error("limits", said if stored else _("Meanwhile somebody ended the limits. Save again to set these."))
        self.data = {"limits": self.data.get("limits", ""), "was": stored}


class NameForm(forms.Form):
    """How a member is called, and what screens show instead."""

    name = WrittenField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "maxlength": LONGEST_NAME}),
        error_messages={
            "required": _("Type your name."),
            "max_length": _("This is too long: a name has at most 120 characters."),
        },
    )
    shown_name = WrittenField(
        required=False,
        label=_("Shown on screens as"),
        help_text=_("Left empty, it is your first name and an initial."),
        max_length=LONGEST_SHOWN,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "maxlength": LONGEST_SHOWN}),
        error_messages={"max_length": _("This is too long: 60 characters at most.")},
    )

    @staticmethod
    def of(member: Membership) -> dict[str, str]:
        """What it is now."""
        return {"name": member.name, "shown_name": member.shown_name}

    def clean_name(self) -> str:
        """On one line, turning around nothing that stands beside it."""
        return one_line(self.cleaned_data["name"])

    def clean_shown_name(self) -> str:
        """The same."""
        return one_line(self.cleaned_data["shown_name"])


def one_line(text: str) -> str:
    """The words of a text, with single spaces."""
    return " ".join(text.translate(TURNING).split())
