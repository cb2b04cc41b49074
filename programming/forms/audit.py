"""What an owner may ask of the audit, by its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gym.models import Change
from programming.audit_words import THEMES
from programming.forms.fields import TypedDaysForm
from programming.forms.schedule import DAY, sentence
from programming.forms.taps import LARGEST

CHOICE = sentence(_("Choose one of the list."))


def day_field(label: Any) -> forms.DateField:
    """A day on the gym's clock, or none."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(required=False, label=label, widget=widget, error_messages=sentence(DAY))


class AuditForm(TypedDaysForm):
    """Which lines, and in which order. What makes no sense is said beside its field, and leaves nothing out."""

    q = forms.CharField(required=False, max_length=120, label=_("By or about whom"))
    theme = forms.ChoiceField(
        required=False,
        label=_("What"),
        choices=[("", _("everything")), *((code, words) for code, (words, _begins) in THEMES.items())],
        error_messages=CHOICE,
    )
    where = forms.ChoiceField(
        required=False, label=_("Where"), choices=[("", _("anywhere")), *Change.Where.choices], error_messages=CHOICE
    )
    since = day_field(_("From"))
    until = day_field(_("Until"))
    sort = forms.ChoiceField(
        required=False,
        label=_("Order"),
        choices=[("", _("newest first")), ("oldest", _("oldest first"))],
        error_messages=CHOICE,
    )
    show = forms.ChoiceField(required=False, choices=[("", ""), ("taps", "")], widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, max_value=LARGEST // 100, widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """What was understood of it."""
        self.is_valid()
        return self.cleaned_data
