"""What a member's phone sends to check in."""

from __future__ import annotations

from django import forms

from gym.identifiers import uuid7
from programming.forms.taps import damaged


class CheckInForm(forms.Form):
    """Nothing but the tap's own key: who and which class stand in the session and the address."""

    tap = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid7, error_messages=damaged())
