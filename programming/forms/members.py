"""What a coach writes down about a member, apart from taps."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gym.models import TURNING, Membership
from programming.forms.fields import WrittenField

LONGEST_LIMITS: int = Membership._meta.get_field("standing_limits").max_length  # type: ignore[assignment]


class LimitsForm(forms.Form):
    """What a member may not do until further notice."""

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
