"""What an owner writes of one drill of a block: which, for whom, how much."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programming.choosing import Drills, NotFound
from programming.forms.doses import DoseForm
from programming.forms.fields import WrittenField
from programming.forms.schedule import DAMAGED, sentence
from programming.models import Stage
from programming.outline import Line


class LineForm(DoseForm):
    """One drill of a block. What is not sent of a known one stays as it is."""

    stage = forms.CharField(required=False, max_length=101, widget=forms.HiddenInput, error_messages=sentence(DAMAGED))
    drill = WrittenField(
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "drills", "autocomplete": "off", "maxlength": 120}),
        error_messages={"max_length": gettext_lazy("This is too long for the name of a drill.")},
    )

    def __init__(self, data: Any, line_id: str, stored: Line | None, drills: Drills) -> None:
        initial = {"stage": stored.stage, "drill": drills.name(stored.drill)} if stored else {}
        super().__init__(data, dose=stored.dose if stored else {}, initial=initial, prefix=f"l-{line_id}")
        self.line_id, self.stored, self.drills = line_id, stored, drills
        own = drills.by_key.get(stored.drill) if stored else None
        self.fields["line"].widget.attrs["placeholder"] = own.dose if own else ""
        self.name = drills.name(stored.drill) if stored else ""
        self.is_retired = bool(own and own.is_retired)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            UUID(self.line_id)
        except ValueError:
            raise ValidationError(DAMAGED) from None
        if data.get("drill"):
            try:
                data["key"] = self.drills.find(data["drill"], present=self.stored.drill if self.stored else "")
            except NotFound as unknown:
                self.add_error("drill", str(unknown))
            stage, present = data.get("stage", ""), self.stored.stage if self.stored else ""
            if stage and stage != present and stage not in stage_names():
                raise ValidationError(_("This ladder has no such stage."))
        return data

    def wanted(self) -> Line | None:
        """The line as it is wanted; None without a drill. Call it on a valid form."""
        data = self.cleaned_data
        if not data.get("drill"):
            return None
        return Line(self.line_id, data["key"], data["stage"], self.dose(is_new=not self.stored))


def stage_names() -> set[str]:
    """Every stage of the gym as "ladder/stage"."""
    rows = Stage.objects.values_list("progression__key", "key")
    return {f"{ladder}/{stage}" for ladder, stage in rows}
