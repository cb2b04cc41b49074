"""What an owner chooses about a class template from another gym: the file, and what becomes of what differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programming.forms.people_files import CHOOSE, FileForm
from programming.forms.schedule import DAMAGED, sentence
from programming.sharing.comparing import Choice, Mark, Thing


class TemplateFileForm(FileForm):
    """The file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("A template that another gym shared; 1 MB at most.")
        self.fields["file"].widget.attrs["accept"] = ".json,application/json"


class ChoicesForm(forms.Form):
    """For each thing that differs, which is wanted. `was` is the comparison that the page showed."""

    was = forms.CharField(max_length=64, widget=forms.HiddenInput, error_messages=sentence(DAMAGED))

    def __init__(self, data: Any = None, *, things: Iterable[Thing], was: str) -> None:
        super().__init__(data, initial={"was": was})
        self.different = [thing for thing in things if thing.mark == Mark.DIFFERENT]
        for thing in self.different:
            ours = [(Choice.OURS.value, _("keep ours"))] if thing.may_keep else []
            self.fields[thing.id] = forms.ChoiceField(
                label=thing.name,
                choices=[*ours, (Choice.COPY.value, _("take theirs as a copy under its own name"))],
                initial=thing.first_choice.value,
                error_messages=CHOOSE,
            )

    @property
    def choices(self) -> dict[str, Choice]:
        """What was chosen, by the id of the thing. Call it on a valid form."""
        return {thing.id: Choice(self.cleaned_data[thing.id]) for thing in self.different}
