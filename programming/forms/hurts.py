"""What a member may say of what hurts, and how long an owner keeps it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gym.models import TURNING
from programming.body import REGIONS
from programming.forms.fields import WrittenField
from programming.models.hurting import LONGEST_SENTENCE, PainReport, Told

DAMAGED = _("This did not arrive whole. Send it again.")


class HurtForm(forms.Form):
    """Where, since when, and a sentence. All may be left out: whoever only sends it is held as well."""

    tap = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages={"invalid": DAMAGED})
    places = forms.MultipleChoiceField(
        required=False,
        label=_("Where does it hurt?"),
        choices=[(region.key, region.words) for region in REGIONS],
        error_messages=dict.fromkeys(["invalid_choice", "invalid_list"], _("Choose places of the list.")),
    )
    since = forms.ChoiceField(
        required=False,
        label=_("Since when?"),
        choices=[choice for choice in PainReport.Since.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    sentence = WrittenField(
        required=False,
        label=_("Anything your coach should know?"),
        help_text=_("One sentence, if you like."),
        max_length=LONGEST_SENTENCE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_SENTENCE}),
        error_messages={"max_length": _("This is too long: 200 characters at most. Nothing was sent yet.")},
    )
    agreed = forms.BooleanField(
        required=False,
        label=_("The gym may keep where it hurts and what I write here, for its coaches and owner only."),
    )

    def clean_sentence(self) -> str:
        """On one line, turning around nothing that stands beside it."""
        return " ".join(str(self.cleaned_data["sentence"]).translate(TURNING).split())

    def told(self) -> Told:
        """As the model takes it. Call it on a valid form."""
        data = self.cleaned_data
        # In the order of the list, whichever was ticked first.
        places = tuple(region.key for region in REGIONS if region.key in data["places"])
        return Told(places, data["since"], data["sentence"], agreed=data["agreed"])


# Days, and what they are called.
KEPT = {91: _("3 months"), 182: _("6 months"), 365: _("12 months"), 730: _("24 months")}


class RetentionForm(forms.Form):
    """How long words about pain are kept after the end of the hold."""

    days = forms.TypedChoiceField(
        label=_("Delete the words when a hold has been over for"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose one of the list.")),
    )

    def __init__(self, data: Any = None, *, days: int | None = None) -> None:
        super().__init__(data, initial={"days": days})
        # The operator may have set another time.
        known = KEPT if days is None or days in KEPT else {days: _("%(count)s days") % {"count": days}, **KEPT}
        self.fields["days"].choices = list(known.items())  # type: ignore[attr-defined]
