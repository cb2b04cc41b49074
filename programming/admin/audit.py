"""Who changed what of a gym, when and from where."""

from __future__ import annotations

from django.contrib import admin

from gym.admin import TenantAdmin
from gym.models import Change


@admin.register(Change)
class ChangedAdmin(TenantAdmin):
    """Every change that is no tap; taps are listed with their rows of history."""

    by_id = ("pk", "actor", "person", "about_id")
    person = "person"
    date_hierarchy = "at"
    list_display = ("at", "gym", "actor", "what", "person", "about", "where", "named")
    list_filter = ("where",)
