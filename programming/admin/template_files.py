"""Class templates that owners brought from other gyms."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gym.admin import TenantAdmin
from programming.models import TemplateFile, TemplateFileRow


@admin.register(TemplateFile)
class TemplateFileAdmin(TenantAdmin):
    """Files that were looked at, taken in or taken back. What they hold is not shown."""

    by_id = ("pk", "made_by", "template")
    person = "made_by"
    date_hierarchy = "made_at"
    list_display = ("made_at", "gym", "name", "state", "total", "made_by", "done_at", "undone_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name != "file"]


@admin.register(TemplateFileRow)
class TemplateFileRowAdmin(TenantAdmin):
    """What came with a file, while it can still be taken back."""

    by_id = ("pk", "run")
    list_display = ("number", "gym", "run", "mark", "kind", "made")
