"""What an owner says of a drill's picture."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gym.models import TURNING
from programming.forms.fields import WrittenField
from programming.models import DrillPicture
from programming.picture_files import Redrawn, Refused, redrawn

MOST = DrillPicture._meta.get_field("alt").max_length
# What is said beside a file that becomes no picture.
REFUSALS = {
    "empty": _("There is nothing in this file."),
    "no_picture": _("This is no JPEG, PNG or WebP picture, whatever it is called."),
    "broken": _("This picture is damaged: it cannot be drawn."),
    "too_small": _("This picture is too small: each side has at least 64 pixels."),
    "too_many_pixels": _("This picture has too many pixels: 30 million at most."),
    "too_large": _("This file is too large: 8 MB at most."),
}


class PictureForm(forms.Form):
    """The file, and what it shows. A drill that has a picture keeps it where no other one is chosen."""

    picture: Redrawn | None = None

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP; 8 MB at most. It is drawn anew: where it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            **dict.fromkeys(["required", "missing", "invalid"], _("Choose a picture.")),
            "empty": REFUSALS["empty"],
        },
    )
    alt = WrittenField(
        label=_("What it shows"),
        max_length=MOST,
        help_text=_("In a sentence, for whoever does not see it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Say what it shows."),
            "max_length": _("This is too long: at most %(most)s characters.") % {"most": MOST},
        },
    )

    def __init__(self, data: Any = None, files: Any = None, *, row: DrillPicture | None) -> None:
        super().__init__(data, files, initial={"alt": row.alt if row else ""})
        self.fields["file"].required = row is None

    def clean_file(self) -> None:
        """Drawn anew at once: what cannot be says why."""
        file = self.cleaned_data["file"]
        if file:
            try:
                self.picture = redrawn(file.read())
            except Refused as problem:
                raise forms.ValidationError(REFUSALS[problem.code]) from problem

    def clean_alt(self) -> str:
        """On one line, turning nothing around."""
        return " ".join(str(self.cleaned_data["alt"]).translate(TURNING).split())
