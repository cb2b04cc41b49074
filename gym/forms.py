"""What somebody types about their own sign-in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    """The address to sign in with from now on."""

    email = forms.EmailField(
        label=_("New address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "maxlength": 254}),
        error_messages={
            "required": _("Type the new address."),
            "invalid": _("This is not an e-mail address."),
            "max_length": _("This is too long for an e-mail address."),
        },
    )

    def __init__(self, *args: object, present: str = "", **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.present = present

    def clean_email(self) -> str:
        """In lower case. Raises ValidationError for the present one."""
        email = str(self.cleaned_data["email"]).lower()
        if email == self.present:
            raise forms.ValidationError(_("You sign in with this address already."))
        return email
