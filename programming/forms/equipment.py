"""What an owner says of the gym's equipment: counts, a further weight, a kind of the gym's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gym import units
from programming.forms.fields import WrittenField
from programming.models import Equipment
from programming.models.equipment import Count
from programming.shipped import shown
from programming.stations import NEVER_WEIGHED
from programming.words import setting_text

MOST = 10_000
HEAVIEST = 1_000_000
LONGEST: int = Equipment._meta.get_field("name").max_length  # type: ignore[assignment]
TOO_LONG = _("This is too long: a name has at most 60 characters.")


class CountField(forms.IntegerField):
    """How many there are; empty: nobody has counted."""

    def __init__(self, **more: Any) -> None:
        wrong = _("Give a whole number from 0 to 10,000, or leave it empty.")
        words = dict.fromkeys(["invalid", "min_value", "max_value"], wrong)
        # A text field: what was typed stays, whatever it is.
        typed = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6})
        super().__init__(
            required=False, min_value=0, max_value=MOST, widget=typed, error_messages=words, localize=False, **more
        )


class WeightField(forms.CharField):
    """A weight as people write it, "16", "17,5" or "35 lb", read as whole grams; without a unit in the reader's."""

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "").strip().lower().replace(",", ".")
        if not text:
            return None
        in_pounds = text.endswith("lb") or (units.is_imperial() and not text.endswith("kg"))
        try:
            number = Decimal(text.removesuffix("kg").removesuffix("lb").strip())
        except InvalidOperation:
            raise ValidationError(self.error_messages["invalid"]) from None
        if not number.is_finite() or not 0 < number <= HEAVIEST or (number % 1 if in_pounds else number * 1000 % 1):
            raise ValidationError(self.error_messages["invalid"])
        grams = units.stored("load", int(number)) if in_pounds else int(number * 1000)
        if grams > HEAVIEST:
            raise ValidationError(self.error_messages["invalid"])
        return grams

    def validate(self, value: Any) -> None:
        """What could be read is right."""
        forms.Field.validate(self, value)


class CountsForm(forms.Form):
    """A count for each row, and what the page showed before."""

    def __init__(self, rows: Iterable[Equipment], data: Any = None) -> None:
        super().__init__(data)
        self.rows = list(rows)
        for row in self.rows:
            self.fields[f"count-{row.pk}"] = CountField(label=row_name(row), initial=row.owned)
            self.fields[f"was-{row.pk}"] = forms.Field(required=False, initial=row.owned, widget=forms.HiddenInput)

    def counts(self) -> dict[UUID, tuple[Count, Count]]:
        """By row: what the page showed, and what is typed now. Call it on a valid form."""
        return {
            row.pk: (was_shown(self.cleaned_data[f"was-{row.pk}"]), self.cleaned_data[f"count-{row.pk}"])
            for row in self.rows
            if f"count-{row.pk}" in self.data
        }

    def keep_beside(self, others: Mapping[UUID, Count]) -> None:
        """Somebody else counted meanwhile: say it beside what was typed, so that saving again is a choice."""
        typed: Any = self.data
        self.data = typed = typed.copy()
        for pk, stored in others.items():
            if f"count-{pk}" in self.fields:
                said = _("Meanwhile somebody counted %(stored)s. Save again to replace it.") % {"stored": stored}
                gone = _("Meanwhile somebody emptied this. Save again to set it.")
                self.add_error(f"count-{pk}", gone if stored is None else said)
                typed[f"was-{pk}"] = "" if stored is None else str(stored)


def was_shown(text: Any) -> Count:
    """A count as a page showed it. Only compared with what is stored, so anything that is no number is none."""
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 6 else None


def row_name(row: Equipment) -> str:
    """What a row counts: "dowels", "kettlebells of 16 kg"."""
    if not row.grams:
        return shown(row.plural)
    return _("%(things)s of %(weight)s") % {"things": shown(row.plural), "weight": setting_text("load", row.grams)}


class WeightForm(forms.Form):
    """A weight of something the gym has."""

    key = forms.ChoiceField(
        label=_("Of what"),
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose one of the list.")),
    )
    weight = WeightField(
        label=_("Weight"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": _("Say how heavy it is."),
            "invalid": _("Give kilograms, such as 16 or 17.5, up to 1000; or whole pounds, such as 35 lb."),
        },
    )
    owned = CountField(label=_("How many"), help_text=_("Left empty, they are not counted."))

    def __init__(self, kinds: Iterable[Equipment] = (), data: Any = None) -> None:
        super().__init__(data, auto_id="id_weight_%s")
        self.fields["weight"].label = _("Weight in lb") if units.is_imperial() else _("Weight in kg")
        weighed = {row.key: (row.key, shown(row.plural)) for row in kinds if row.key not in NEVER_WEIGHED}
        self.fields["key"].choices = list(weighed.values())  # type: ignore[attr-defined]


class KindForm(forms.Form):
    """Something of the gym's own."""

    name = WrittenField(
        label=_("One of them"),
        max_length=LONGEST,
        help_text=_("Such as “sandbag”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST}),
        error_messages={"required": _("Give it a name."), "max_length": TOO_LONG},
    )
    plural = WrittenField(
        label=_("Several of them"),
        max_length=LONGEST,
        help_text=_("Such as “sandbags”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST}),
        error_messages={"required": _("Say how several are called."), "max_length": TOO_LONG},
    )
    owned = CountField(label=_("How many"), help_text=_("Left empty, they are not counted."))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_kind_%s")
