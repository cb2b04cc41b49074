"""How much of a drill: one line as it is read, or its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gym import units
from programming.doses import FURTHEST, MOST, numbers_of, read_dose, sound, write_dose
from programming.forms.equipment import WeightField
from programming.forms.fields import WrittenField
from programming.forms.schedule import sentence
from programming.shipped import shown

LONGEST_DOSE = 80
# The numbers that are typed as they are, with their labels.
COUNTS = {
    "sets": gettext_lazy("Sets"),
    "reps": gettext_lazy("Reps"),
    "reps_to": gettext_lazy("Reps up to"),
    "seconds": gettext_lazy("Seconds in all"),
    "hold_seconds": gettext_lazy("Hold, seconds"),
    "work_seconds": gettext_lazy("Work, seconds"),
    "rest_seconds": gettext_lazy("Rest, seconds"),
    "rounds": gettext_lazy("Rounds"),
}


def count_field(label: Any) -> forms.IntegerField:
    """A whole number, or nothing."""
    typed = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4})
    words = sentence(gettext_lazy("Write a whole number from 1 to 3600, or nothing."))
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=MOST, widget=typed, error_messages=words, localize=False
    )


class DistanceField(forms.IntegerField):
    """Whole centimetres or inches, as the reader measures, read as millimetres."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number is None or not 0 < number <= FURTHEST // 10:
            return number
        return units.stored("distance", number) if units.is_imperial() else number * 10


class DoseForm(forms.Form):
    """A dose as it is typed. What is not sent of a stored one stays as it is."""

    line = WrittenField(
        label=gettext_lazy("How much"),
        required=False,
        max_length=LONGEST_DOSE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_DOSE}),
        error_messages={"max_length": gettext_lazy("This is too long: it can have 80 characters.")},
    )
    sets, reps, reps_to, seconds, hold_seconds, work_seconds, rest_seconds, rounds = map(count_field, COUNTS.values())
    grams = WeightField(
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 6}),
        error_messages={"invalid": gettext_lazy("Give a weight such as 16, 17.5 or 35 lb.")},
    )
    millimetres = DistanceField(
        required=False,
        min_value=1,
        max_value=FURTHEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
        error_messages=sentence(gettext_lazy("Give a whole number, or nothing.")),
        localize=False,
    )
    per_side = forms.BooleanField(label=gettext_lazy("On each side"), required=False)

    numbers = (*COUNTS, "grams", "millimetres", "per_side")

    def __init__(self, data: Any, *, dose: Mapping[str, Any], initial: Mapping[str, Any], **more: Any) -> None:
        typed = {name: numbers_of(dose).get(name) for name in self.numbers}
        typed |= {"grams": typed_measure("load", dose), "millimetres": typed_measure("distance", dose)}
        typed["line"] = shown(str(dose.get("text", "")))
        super().__init__(data, initial={**typed, **initial}, **more)
        self.stored_dose = dict(dose)
        self.fields["grams"].label = _("Weight in lb") if units.is_imperial() else _("Weight in kg")
        self.fields["millimetres"].label = _("Distance in in") if units.is_imperial() else _("Distance in cm")

    @property
    def number_fields(self) -> list[forms.BoundField]:
        """The fields of the numbers."""
        return [self[name] for name in self.numbers]

    @property
    def number_errors(self) -> bool:
        """Whether one of the numbers is wrong: then they are shown."""
        return self.is_bound and any(name in self.errors for name in self.numbers)

    def dose(self, *, is_new: bool = False) -> dict[str, Any]:
        """The dose as it is wanted: numbers that were changed make the line, else a line that was changed is read.

        `is_new`: nothing is stored, and both are kept as they were typed.
        """
        stored = self.stored_dose
        if self.add_prefix("line") not in self.data:
            return stored
        sent = any(self.add_prefix(name) in self.data for name in self.numbers)
        numbers = {name: self.cleaned_data[name] for name in self.numbers if self.cleaned_data[name]}
        typed = self.cleaned_data["line"]
        if typed and is_new:
            return {"text": typed, **sound(numbers)}
        if sent and numbers != rounded(numbers_of(stored)):
            return write_dose(numbers)
        return stored if typed == shown(str(stored.get("text", ""))) else read_dose(typed)


def rounded(numbers: dict[str, Any]) -> dict[str, Any]:
    """Stored numbers as they come back from their fields, which show whole pounds and inches to whoever reads those."""
    known = {name: value for name, value in numbers.items() if name in DoseForm.numbers and value}
    if units.is_imperial():
        for name, quantity in (("grams", "load"), ("millimetres", "distance")):
            if name in known:
                known[name] = units.stored(quantity, units.imperial(quantity, known[name]))
    return known


def typed_measure(quantity: str, dose: Any) -> str:
    """A stored weight or distance as its field shows it."""
    value = dose.get("grams" if quantity == "load" else "millimetres")
    if not value:
        return ""
    if units.is_imperial():
        return str(units.imperial(quantity, value))
    return f"{value / (1000 if quantity == 'load' else 10):g}"
