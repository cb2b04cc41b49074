"""Who was invited by whom, and what came of it. What a link ends with is not shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gym.admin import TenantAdmin
from gym.models import Invitation


@admin.register(Invitation)
class InvitationAdmin(TenantAdmin):
    """Open, accepted and withdrawn ones."""

    by_id = ("pk", "person", "made_by")
    person = "person"
    date_hierarchy = "made_at"
    list_display = ("made_at", "gym", "person", "role", "made_by", "expires_at", "claimed_at", "revoked_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name != "digest"]
