"""What belongs to somebody's sign-in: second steps, where they are signed in, and changes of the address."""

from __future__ import annotations

from typing import Any

# They register what is unregistered here.
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest

from gym.admin import ReadAdmin
from gym.models import AddressChange

# As they come, they show what a second step proves, and the keys of sessions.
admin.site.unregister([Authenticator, UserSession])


@admin.register(AddressChange)
class AddressChangeAdmin(ReadAdmin):
    """Who wanted to sign in with which address, and whether it was confirmed or stopped."""

    list_display = ("asked_at", "user", "old", "new", "confirmed_at", "stopped_at")
    list_select_related = ("user",)
    search_fields = ("old", "new", "=id", "=user__id")
    ordering = ("-asked_at", "-pk")


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadAdmin):
    """Who has which second step, without what it proves. Who has lost theirs gets in again when it is deleted."""

    fields = ("user", "type", "created_at", "last_used_at")
    list_display = ("created_at", "user", "type", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email", "=user__id")
    ordering = ("-pk",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.fields)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a superuser: without it, somebody's sign-in is easier to enter."""
        return bool(request.user.is_superuser)


@admin.register(UserSession)
class UserSessionAdmin(ReadAdmin):
    """Where somebody is signed in. The key itself is not shown: it would be their sign-in."""

    fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_display = ("created_at", "user", "ip", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__email", "=user__id")
    ordering = ("-pk",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.fields)
