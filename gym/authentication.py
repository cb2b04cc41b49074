"""Who gets through the door, by password or by an e-mailed code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import UUIDField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from gym.identifiers import uuid7
from gym.mailed_code import was_typed_lately
from gym.models import User
from gym.post import post
from gym.post.accounts import CODE_LASTS
from gym.prepared import Prepared

# Asked by every request of somebody who is signed in.
USER = Prepared[User](lambda key: User.objects.filter(pk=key), key=UUIDField())


# A code that comes after this is of no use.
USEFUL_FOR = {"login_code": CODE_LASTS}


def in_words(value: str | int | datetime) -> str | int:
    """A value as a letter keeps it: plain."""
    return f"{date_format(value, 'DATETIME_FORMAT')} UTC" if isinstance(value, datetime) else value


def only_for_demo(user: AbstractBaseUser) -> bool:
    """Whether this is a sign-in made by seed_demo while the demo is off: its password is known to everybody."""
    return bool(getattr(user, "is_demo", False)) and not settings.DEMO


class Backend(AuthenticationBackend):
    """Django's permissions and allauth's passwords, without inactive users and, outside the demo, demo users.

    Asked at sign-in and again for every request of a session, so a session dies with the right to have it.
    """

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return user is not None and super().user_can_authenticate(user) and not only_for_demo(user)

    def get_user(self, user_id: UUID) -> User | None:
        """The user of a session, as long as they may sign in."""
        user = USER.first(key=user_id)
        return user if self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):
    """Our answers to allauth's questions, and its refusals in our words."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This sign-in has been switched off. Ask the owner of your gym."),
        "demo_only": _("This sign-in is part of the demo and works there only."),
        "email_password_mismatch": _("E-mail and password do not belong together. Check both, or have a code sent."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not the one we sent. Check it, or have a new one sent."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link has been used or is too old. Have a new one sent."),
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """A gym's people are invited; nobody signs up alone."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords of one address count together, under whichever of our names they are typed.

        allauth counts them by host: where every subdomain is ours, that would be as many tries as anybody likes.
        """
        return str(credentials.get("email", "")).lower()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The user of these credentials; raises ValidationError with a sentence for a demo user outside the demo."""
        user = super().authenticate(request, **credentials)
        # allauth hands back whoever gave the right password, also when the backend has refused them.
        if user is not None and only_for_demo(user):
            raise self.validation_error("demo_only")
        return user

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **details: Any) -> HttpResponse | None:
        """The last gate of every way in, the e-mailed code included."""
        if only_for_demo(user):
            clear_login(request)
            messages.error(request, self.error_messages["demo_only"])
            return redirect("account_login")
        return super().pre_login(request, user, **details)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """How somebody shows that it is them. Who has neither password nor second step is mailed a code."""
        known: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if known or not user.is_authenticated:
            return known
        return [{"id": "code", "description": _("Have a code mailed"), "url": reverse("is_it_you")}]

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whether it has to be shown for this. Raises ReauthenticationRequired where allauth would ask nothing.

        It lets everybody through of whom it knows neither password nor second step.
        """
        required = bool(super().is_reauthentication_required(app=app, **more))
        request = context.request
        by_code_alone = not super().get_reauthentication_methods(request.user)
        if required and by_code_alone and not was_typed_lately(request):
            raise ReauthenticationRequired
        return required

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's letters go the way of all letters. What a template needs of the context is plain words."""
        kind = template_prefix.rpartition("/")[2]
        words = {name: in_words(value) for name, value in context.items() if isinstance(value, str | int | datetime)}
        if kind == "unknown_account":
            # Written like any other and never sent: an address that nobody has takes as long as one that somebody has.
            post(kind, key=f"{kind}:{uuid7()}", useful_for=timedelta(microseconds=1))
            return
        useful_for = USEFUL_FOR.get(kind, timedelta(days=3))
        post(kind, to=email, key=f"{kind}:{uuid7()}", about=words, useful_for=useful_for)

    def is_safe_url(self, url: str) -> bool:
        """Only pages of this very address are returned to after signing in, not those of our other names."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
