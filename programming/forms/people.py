"""What is typed when somebody is written down or invited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gym.models import Invitation, Membership
from gym.models.invitations import is_owners_to_make
from programming.forms.fields import WrittenField
from programming.forms.taps import damaged

LONGEST_NAME = 120
LONGEST_ADDRESS = 254
NO_ADDRESS = _("This is not an e-mail address.")
NO_GUARDIAN = _("The guardian’s address is missing. An owner writes it down.")
TOO_LONG = _("This is too long for an e-mail address.")


class AddressField(forms.EmailField):
    """An address as it is stored: in lower case."""

    def __init__(self, **more: Any) -> None:
        wrong = {"invalid": NO_ADDRESS, "max_length": TOO_LONG, **more.pop("error_messages", {})}
        plain = forms.EmailInput(attrs={"autocomplete": "off", "maxlength": LONGEST_ADDRESS})
        super().__init__(widget=plain, max_length=LONGEST_ADDRESS, error_messages=wrong, **more)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()


class PersonForm(forms.Form):
    """Somebody new in the gym. `key` tells a second press of one button from a second person."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=damaged())
    name = WrittenField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
        error_messages={
            "required": _("Give a name."),
            "max_length": _("This is too long: a name has at most 120 characters."),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Invitation.Role.choices,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )
    email = AddressField(
        required=False, label=_("E-mail"), help_text=_("For the invitation. It can be left out: a code works too.")
    )
    is_minor = forms.BooleanField(
        required=False, label=_("A minor"), help_text=_("On the TV by initials only; the guardian is invited.")
    )
    guardian_email = AddressField(required=False, label=_("Guardian’s e-mail"))

    def clean(self) -> dict[str, Any]:
        """A minor's invitation goes to the guardian, and a minor looks after no gym."""
        data = super().clean() or {}
        if data.get("is_minor") and data.get("role") not in (None, "member"):
            self.add_error("role", _("A minor can be a member only."))
        if data.get("is_minor") and data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Of a minor we write the guardian; leave this empty."))
        return data


class InviteForm(forms.Form):
    """How somebody is invited: by mail to an address, or by a code to scan."""

    class Way:
        MAIL, CODE = "mail", "code"

    email = AddressField(required=False, label=_("E-mail"))
    role = forms.ChoiceField(
        required=False,
        label=_("As"),
        choices=Invitation.Role.choices,
        error_messages={"invalid_choice": _("Choose a role.")},
    )
    way = forms.ChoiceField(
        choices=[(Way.MAIL, Way.MAIL), (Way.CODE, Way.CODE)],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose how."), "invalid_choice": _("Choose how.")},
    )

    def __init__(self, data: Any = None, *, person: Membership, by_owner: bool) -> None:
        role = "owner" if person.is_owner else "coach" if person.is_coach else "member"
        super().__init__(data, initial={"email": person.mail_goes_to, "role": role})
        if person.is_minor:
            self.fields["email"].label = _("Guardian’s e-mail")
            # Whoever says where it goes says who sees the child's page: what a coach posts here is not looked at.
            self.fields["email"].disabled = not by_owner
        if person.is_minor or not by_owner:
            del self.fields["role"]
        self.person = person

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") == self.Way.MAIL and not data.get("email") and "email" not in self.errors:
            only_owner = self.fields["email"].disabled
            self.add_error("email", NO_GUARDIAN if only_owner else _("Type an address, or show a code."))
        if data.get("way") == self.Way.CODE and self.person.is_minor:
            self.add_error("way", _("A minor’s invitation goes to the guardian’s address."))
        return data

    @property
    def address(self) -> str:
        """Where it is mailed; empty for a code."""
        return self.cleaned_data["email"] if self.cleaned_data["way"] == self.Way.MAIL else ""

    @property
    def is_owners(self) -> bool:
        """Whether an owner alone may do this: invite more than a member, or write to a guardian elsewhere."""
        moves_guardian = self.person.is_minor and self.address != self.person.guardian_email
        return moves_guardian or is_owners_to_make(self.person, self.wanted_role)

    @property
    def wanted_role(self) -> str:
        """The role asked for; a member's where none was."""
        return self.cleaned_data.get("role") or Invitation.Role.MEMBER


class SecondStepForm(forms.Form):
    """Whether the gym asks its owners for a second step."""

    needed = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], error_messages=damaged())
