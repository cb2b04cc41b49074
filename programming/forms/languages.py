"""Which language is read, and in which units: of a gym, and of one person in it."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gym.models import Gym, Membership

WRONG = dict.fromkeys(["required", "invalid_choice"], _("Choose one of the list."))


class GymLanguageForm(forms.Form):
    """What a gym's TV speaks, and everybody who chose nothing else."""

    language = forms.ChoiceField(
        required=False,
        label=_("Language"),
        choices=[("", _("what each browser asks for")), *settings.LANGUAGES],
        error_messages=WRONG,
    )
    units = forms.ChoiceField(label=_("Units"), choices=Gym.Units.choices, error_messages=WRONG)


class OwnLanguageForm(forms.Form):
    """What one person reads."""

    language = forms.ChoiceField(
        required=False,
        label=_("Language"),
        choices=[("", _("as the gym")), *settings.LANGUAGES],
        error_messages=WRONG,
    )
    units = forms.ChoiceField(required=False, label=_("Units"), choices=Membership.Units.choices, error_messages=WRONG)
