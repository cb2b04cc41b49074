"""What an owner asks the tables of drills and faults for, by their address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programming.following import FOLLOWED, LEFT, OWN
from programming.forms.owner_people import LONGEST_SEARCH, Choice
from programming.item_list import SORTED_BY, Known

STATES = [
    ("shipped", gettext_lazy("shipped, changed or not")),
    (FOLLOWED, gettext_lazy("follows the shipped one")),
    (LEFT, gettext_lazy("shipped, changed here")),
    (OWN, gettext_lazy("the gym’s own")),
]


class FaultFilters(forms.Form):
    """Which faults the table shows. What makes no sense is said beside its field and asks for nothing."""

    q = forms.CharField(
        required=False,
        label=gettext_lazy("Name"),
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": gettext_lazy("This is too long: 120 characters at most.")},
    )
    stage = Choice(gettext_lazy("any stage"), [], label=gettext_lazy("Stage"))
    state = Choice(gettext_lazy("shipped or own"), STATES, label=gettext_lazy("Whose"))
    source = Choice(gettext_lazy("any source"), [], label=gettext_lazy("Source"))
    retired = Choice(
        gettext_lazy("taught"), [("yes", gettext_lazy("taught no more"))], label=gettext_lazy("Taught or not")
    )

    def __init__(self, data: Any, *, known: Known) -> None:
        super().__init__(data)
        self.offer("stage", [("none", _("of no stage")), *known.stage_choices])
        self.offer("source", list(known.sources.items()))

    def offer(self, name: str, choices: list[Any]) -> None:
        """Choices of the gym, after that which asks for nothing."""
        choice: Any = self.fields[name]
        choice.choices = [choice.choices[0], *choices]

    @property
    def asked(self) -> dict[str, Any]:
        """Field → what is asked for, of those that make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @staticmethod
    def sort_of(asked: Any) -> str:
        """How the address sorts; by name where it says nothing that is known."""
        sort: str = asked.get("sort", "")
        return sort if sort.removeprefix("-") in SORTED_BY else SORTED_BY[0]


class DrillFilters(FaultFilters):
    """Which drills the table shows."""

    equipment = Choice(gettext_lazy("any or none"), [], label=gettext_lazy("Equipment"))
    fault = Choice(gettext_lazy("any or none"), [], label=gettext_lazy("Corrects"))
    field_order = ("q", "stage", "equipment", "fault", "state", "source", "retired")

    def __init__(self, data: Any, *, known: Known) -> None:
        super().__init__(data, known=known)
        self.offer("equipment", list(known.things.items()))
        self.offer("fault", list(known.others.items()))
