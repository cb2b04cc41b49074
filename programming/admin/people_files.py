"""Tags of people, and the lists of people that owners brought."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gym.admin import TenantAdmin
from gym.models import Import, ImportRow, Tag


@admin.register(Tag)
class TagAdmin(TenantAdmin):
    """The words by which an owner groups people."""

    by_id = ("pk", "person")
    person = "person"
    list_display = ("word", "gym", "person")


@admin.register(Import)
class ImportAdmin(TenantAdmin):
    """Files that were looked at, imported or taken back. What they hold is not shown."""

    by_id = ("pk", "made_by")
    person = "made_by"
    date_hierarchy = "made_at"
    list_display = ("made_at", "gym", "name", "state", "total", "made_by", "done_at", "undone_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name != "file"]


@admin.register(ImportRow)
class ImportRowAdmin(TenantAdmin):
    """What became of each row of a file, while the import can still be taken back."""

    by_id = ("pk", "run", "person")
    person = "person"
    list_display = ("number", "gym", "run", "mark", "person")
