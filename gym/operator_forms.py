"""What an operator changes of a gym or a sign-in, in the admin."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import UserChangeForm
from django.utils.translation import gettext_lazy as _

from gym.models import User

# Days.
LONGEST_RETENTION = 36_500


class GymForm(forms.ModelForm):
    """A gym's plain fields."""

    def clean_pain_retention_days(self) -> int | None:
        days: int | None = self.cleaned_data["pain_retention_days"]
        if days is not None and not 1 <= days <= LONGEST_RETENTION:
            raise forms.ValidationError(_("From one day to a hundred years; nothing for no limit."))
        return days


class UserForm(UserChangeForm):
    """A sign-in."""

    class Meta:
        model = User
        fields = ("email", "is_active", "is_staff", "groups")

    def clean_email(self) -> str:
        """The address as it is stored. Raises ValidationError when it is taken, whatever its case."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Somebody else has this address."))
        return email


class NewUserForm(forms.ModelForm):
    """Somebody who will sign in by an e-mailed code; a password can be set afterwards."""

    class Meta:
        model = User
        fields = ("email",)

    clean_email = UserForm.clean_email
