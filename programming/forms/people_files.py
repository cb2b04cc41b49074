"""What an owner chooses about a list of people: the file, how it is read, and whether it is carried out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gym.models import Import, ImportRow
from programming.people_files.columns import COLUMNS
from programming.people_files.tables import DELIMITERS, ENCODINGS

CHOOSE = dict.fromkeys(["required", "invalid_choice"], _("Choose one of the list."))
LONGEST_NAME: int = Import._meta.get_field("name").max_length  # type: ignore[assignment]
# A tab is no value that a form can carry: spaces around a choice are cut off.
TAB = "tab"


class FileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, as other software exports its members; 8 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
        error_messages={
            **dict.fromkeys(["required", "missing", "invalid"], _("Choose a file.")),
            "empty": _("There is nothing in this file."),
        },
    )

    @property
    def name(self) -> str:
        """What the file was called."""
        return str(self.cleaned_data["file"].name)[-LONGEST_NAME:]


class ReadingForm(forms.Form):
    """How a file is read: its letters, what stands between two cells, and what each column holds."""

    encoding = forms.ChoiceField(label=_("Letters"), choices=list(ENCODINGS.items()), error_messages=CHOOSE)
    delimiter = forms.ChoiceField(
        label=_("Between the cells"),
        choices=[(TAB if sign == "\t" else sign, name) for sign, name in DELIMITERS.items()],
        error_messages=CHOOSE,
    )

    def __init__(self, data: Any = None, *, run: Import, headings: Sequence[str]) -> None:
        delimiter = TAB if run.delimiter == "\t" else run.delimiter
        super().__init__(data, initial={"encoding": run.encoding, "delimiter": delimiter})
        self.run, self.names = run, [f"column-{place}" for place in range(len(headings))]
        for place, heading in enumerate(headings):
            self.fields[self.names[place]] = forms.ChoiceField(
                required=False,
                label=heading or gettext("column %(number)d") % {"number": place + 1},
                choices=list(COLUMNS.items()),
                initial=run.fields[place],
                error_messages=CHOOSE,
            )

    def clean_delimiter(self) -> str:
        """As it stands in the file."""
        said: str = self.cleaned_data["delimiter"]
        return "\t" if said == TAB else said

    def clean(self) -> dict[str, Any]:
        """Nothing is in two columns, and the name is in one."""
        data = super().clean() or {}
        chosen = [data.get(name, "") for name in self.names]
        for name, field in zip(self.names, chosen, strict=True):
            if field and chosen.count(field) > 1:
                self.add_error(name, _("Two columns cannot hold the same."))
        if self.is_read_as_before and not {"name", "first_name", "last_name"} & set(chosen):
            self.add_error(None, _("Say which column holds the name."))
        return data

    @property
    def is_read_as_before(self) -> bool:
        """Whether letters and cells stay as they are: otherwise the headings are others, and guessed anew."""
        data = self.cleaned_data
        return (data.get("encoding"), data.get("delimiter")) == (self.run.encoding, self.run.delimiter)

    @property
    def columns(self) -> list[str] | None:
        """What each column holds; None where that is to be guessed anew."""
        return [self.cleaned_data[name] for name in self.names] if self.is_read_as_before else None


class CarryOutForm(forms.Form):
    """Whether wrong rows are left out."""

    leave_out = forms.BooleanField(required=False)


class RowsForm(forms.Form):
    """Which rows of a list are looked at."""

    mark = forms.ChoiceField(
        required=False, label=_("Rows"), choices=[("", _("all")), *ImportRow.Mark.choices], error_messages=CHOOSE
    )
