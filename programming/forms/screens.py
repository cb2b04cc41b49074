"""What an owner says of a TV."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from programming.forms.fields import WrittenField
from programming.forms.taps import damaged

LONGEST = 60


class ScreenForm(forms.Form):
    """A TV's name and room."""

    name = WrittenField(
        label=_("Name"),
        max_length=LONGEST,
        help_text=_("For you, so that you know which TV it is."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST}),
        error_messages={
            "required": _("Give the TV a name."),
            "max_length": _("This is too long: a name has at most 60 characters."),
        },
    )
    room = WrittenField(
        required=False,
        label=_("Room"),
        max_length=LONGEST,
        help_text=_("One of the schedule’s rooms. Left empty, the TV shows the classes of every room."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST, "list": "rooms"}),
        error_messages={"max_length": _("This is too long: a room has at most 60 characters.")},
    )


class NewScreenForm(ScreenForm):
    """A TV that is not there yet. `key` tells a second press of one button from a second TV."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=damaged())
