"""What is asked for beside code or password: an app's codes, a passkey, and codes on paper for the worst case."""

from __future__ import annotations

import base64
import secrets
import struct
from functools import cache
from hashlib import sha256
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import forms
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.forms import HiddenInput, JSONField
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# What is asked for at sign-in; codes on paper only stand in for these.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# What reading a made-up answer of a passkey ends in.
NONSENSE = (
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError, AssertionError, RecursionError),
    *(struct.error, InvalidSignature, UnsupportedAlgorithm),
)


@cache
def _boxes(keys: tuple[str, ...]) -> MultiFernet:
    """What locks and opens secrets: the first key locks."""
    digests = [sha256(f"second factor {key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in digests])


def boxes() -> MultiFernet:
    """Made of the installation's key, so that the database alone gives no secret away."""
    return _boxes((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


class Adapter(DefaultMFAAdapter):
    """Our answers to allauth's questions."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not right. Try once more."),
        "cannot_delete_authenticator": _("Your gym asks its owners for a second step: set up another one first."),
    }

    def encrypt(self, text: str) -> str:
        """As it is stored."""
        return boxes().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was stored. Under another key than the one it was stored with, something new that nobody knows."""
        try:
            return boxes().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """What a passkey is called until somebody calls it otherwise."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name that a device shows beside a passkey."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Rung"}


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether somebody has set up a second step."""
    return bool(is_mfa_enabled(user, FACTORS))


def used_second_factor(request: HttpRequest) -> bool:
    """Whether there is one and it was used in this session: one may be older than the second step."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records) and has_second_factor(request.user)


def count_as_used(user: AbstractBaseUser, kind: str) -> None:
    """Whoever has just set one up has shown it: it is not asked for again at once."""
    record_authentication(context.request, user, "mfa", type=kind, reauthenticated=True)


class SetUpAppForm(ActivateTOTPForm):
    """The first code of an app."""

    def clean_code(self) -> str:
        code = super().clean_code()
        count_as_used(self.user, Authenticator.Type.TOTP)
        return code


# --- Passkeys: whatever a browser sends is an answer that can be refused ---------------------------------------------


class CredentialField(JSONField):
    """What a browser tells of a passkey."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise refused() from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """It is good once: nothing is sent back."""
        return None


def credential_field() -> CredentialField:
    """Sent by a script, and seen by nobody."""
    return CredentialField(widget=HiddenInput)


class _Careful:
    """A form whose `credential` may be anything at all."""

    def clean_credential(self) -> Any:
        """Raises ValidationError."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NONSENSE:
            raise refused() from None


class AddPasskeyForm(forms.AddWebAuthnForm):
    """A new passkey."""

    credential = credential_field()

    def clean(self) -> Any:
        try:
            found = super().clean()
        except NONSENSE:
            raise refused() from None
        if found.get("credential"):
            count_as_used(self.user, Authenticator.Type.WEBAUTHN)
        return found


class AuthenticatePasskeyForm(_Careful, forms.AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = credential_field()


class LoginPasskeyForm(_Careful, forms.LoginWebAuthnForm):
    """A passkey in place of everything else."""

    credential = credential_field()


class ReauthenticatePasskeyForm(_Careful, forms.ReauthenticateWebAuthnForm):
    """A passkey once more, before something important."""

    credential = credential_field()


def refused() -> ValidationError:
    """The sentence for a passkey that is not right."""
    return Adapter().validation_error("incorrect_code")
