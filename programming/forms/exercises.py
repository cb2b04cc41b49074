"""What an owner says of a file of exercises: where it is from, what its fields become, and which are wanted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import URLValidator
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from gym.models import TURNING
from programming.exercise_files.fields import CALLED, ONLY_ONE, TARGETS
from programming.forms.fields import WrittenField
from programming.forms.people_files import CHOOSE, FileForm
from programming.models import ExerciseImport, ExerciseRow
from programming.shipped import shown


def said(name: str, label: Any, missing: Any, **more: Any) -> SaidField:
    """One line about the source, as long as it is stored."""
    most = ExerciseImport._meta.get_field(name).max_length  # type: ignore[union-attr]
    errors = {"required": missing, "max_length": _("This is too long: at most %(most)s characters.") % {"most": most}}
    return SaidField(label=label, max_length=most, error_messages=errors, **more)


class SaidField(WrittenField):
    """Words on one line, turning around nothing that stands beside them."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).translate(TURNING).split())


class ExerciseFileForm(FileForm):
    """The file, and where it is from: that is shown on each drill that comes of it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("JSON in the shape of free-exercise-db: a list of exercises; 8 MB at most. Nothing is fetched."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages=FileForm.base_fields["file"].error_messages,
    )
    title = said("title", _("What it is called"), _("Say what it is called."))
    author = said("author", _("Who wrote it"), _("Say who wrote it."))
    licence = said(
        "licence",
        _("Licence"),
        _("Say under which licence it may be used."),
        help_text=_("As the file’s own page says it: Unlicense, CC BY 4.0 …"),
    )
    url = said(
        "url",
        _("Address of its page"),
        "",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        validators=[URLValidator(schemes=["https", "http"], message=_("Give a whole link that begins with https://."))],
    )


class MappingForm(forms.Form):
    """What each field of a file becomes, and what its words for equipment mean."""

    def __init__(self, data: Any = None, *, run: ExerciseImport, kinds: dict[str, tuple[str, ...]]) -> None:
        super().__init__(data)
        self.run = run
        self.of_field = {name: f"field-{name}" for name in run.met["fields"]}
        self.of_word = {word: f"word-{place}" for place, word in enumerate(run.met["words"])}
        for name, field in self.of_field.items():
            self._add(field, CALLED[name], TARGETS.items(), run.fields.get(name, ""))
        things = [("", _("not needed")), *((key, shown(name)) for key, (name, _plural) in kinds.items())]
        for word, field in self.of_word.items():
            self._add(field, _("“%(word)s”") % {"word": word}, things, run.kinds.get(word, ""))

    def _add(self, field: str, label: Any, choices: Any, initial: str) -> None:
        self.fields[field] = forms.ChoiceField(
            required=False, label=label, choices=list(choices), initial=initial, error_messages=CHOOSE
        )

    def clean(self) -> dict[str, Any]:
        """A drill has one name, and one list of what it needs."""
        data = super().clean() or {}
        chosen = [data.get(field, "") for field in self.of_field.values()]
        for field in self.of_field.values():
            if data.get(field) in ONLY_ONE and chosen.count(data[field]) > 1:
                self.add_error(field, _("Two fields cannot become the same."))
        if not self.errors and "name" not in chosen:
            self.add_error(None, _("Say which field becomes the name."))
        return data

    def their_fields(self) -> list[BoundField]:
        """What each field becomes, as it stands on the page."""
        return [self[field] for field in self.of_field.values()]

    def their_words(self) -> list[BoundField]:
        """What each word for equipment means, likewise."""
        return [self[field] for field in self.of_word.values()]

    @property
    def fields_said(self) -> dict[str, str]:
        """What each field becomes."""
        return {name: self.cleaned_data[field] for name, field in self.of_field.items()}

    @property
    def kinds_said(self) -> dict[str, str]:
        """Which of the gym's equipment each word means."""
        return {word: self.cleaned_data[field] for word, field in self.of_word.items()}


class ChooseForm(forms.Form):
    """Which exercises are imported: those that are ticked on a page, or all that the page's filter finds, or none."""

    THESE, ALL, NONE = "these", "all", "none"

    what = forms.ChoiceField(required=False, choices=[(each, each) for each in (THESE, ALL, NONE)])

    @property
    def ticked(self) -> list[UUID]:
        """Those whose box is ticked."""
        return self._ids("take")

    @property
    def among(self) -> list[UUID]:
        """Those that the page shows."""
        return self._ids("shown")

    def _ids(self, name: str) -> list[UUID]:
        """What is no id is nothing's."""
        return [found for each in self.data.getlist(name) if (found := _id(each)) is not None]  # type: ignore[attr-defined]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class MarksForm(forms.Form):
    """Which exercises of a file are looked at."""

    mark = forms.ChoiceField(
        required=False, label=_("Exercises"), choices=[("", _("all")), *ExerciseRow.Mark.choices], error_messages=CHOOSE
    )
