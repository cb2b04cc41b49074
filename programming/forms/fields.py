"""Fields that the forms share."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

# Categories of Unicode that show nothing by themselves: control and format characters, spaces, combining marks.
UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"}


class WrittenField(forms.CharField):
    """Words that a person writes and others read: what shows nothing counts as empty."""

    def to_python(self, value: Any) -> str:
        words = super().to_python(value) or ""
        return words if any(unicodedata.category(letter) not in UNSEEN for letter in words) else ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No maxlength for a text of several lines: a browser would cut off what is pasted without a word."""
        return {} if isinstance(widget, forms.Textarea) else super().widget_attrs(widget)


class TypedDaysForm(forms.Form):
    """A form with days or times, which shows what was typed into them also where it is none."""

    def add_error(self, field: str | None, error: Any) -> None:
        """Beside the field, which then shows what was typed: one for days or times would hide what is none."""
        super().add_error(field, error)
        widget = self.fields[field].widget if field else None
        if isinstance(widget, forms.DateInput | forms.TimeInput):
            widget.input_type = "text"
