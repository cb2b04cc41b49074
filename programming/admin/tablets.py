"""The tablets that a gym's coaches share, who unlocked them when, and who has a PIN. What they prove is not shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gym.admin import TenantAdmin
from gym.models import Pin, Tablet, Unlock


@admin.register(Tablet)
class TabletAdmin(TenantAdmin):
    """Enrolled and revoked ones. History names the one on which something was tapped as its device."""

    list_display = ("name", "gym", "enrolled_at", "enrolled_by", "seen_at", "waiting", "revoked_at")
    search_fields = ("name",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name != "digest"]


@admin.register(Unlock)
class UnlockAdmin(TenantAdmin):
    """Whose hands a tablet was in, from when to when."""

    by_id = ("pk", "tablet", "coach")
    person = "coach"
    date_hierarchy = "begun_at"
    list_display = ("begun_at", "gym", "tablet", "coach", "ended_at")


@admin.register(Pin)
class PinAdmin(TenantAdmin):
    """Who has a PIN, and how often a wrong one was typed since the last right one."""

    by_id = ("pk", "coach")
    person = "coach"
    list_display = ("set_at", "gym", "coach", "wrong", "tried_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name != "secret"]
