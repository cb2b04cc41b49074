"""Files of exercises that owners brought, and the pictures of drills."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gym.admin import TenantAdmin
from programming.models import DrillPicture, ExerciseImport, ExerciseRow


@admin.register(ExerciseImport)
class ExerciseImportAdmin(TenantAdmin):
    """Files that were looked at, imported or taken back. What they hold is not shown."""

    by_id = ("pk", "made_by")
    person = "made_by"
    date_hierarchy = "made_at"
    list_display = ("made_at", "gym", "name", "title", "licence", "state", "total", "made_by", "done_at", "undone_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name != "file"]


@admin.register(ExerciseRow)
class ExerciseRowAdmin(TenantAdmin):
    """What became of each exercise of a file, while the import can still be taken back."""

    by_id = ("pk", "run", "drill")
    words = ("drill__current",)
    list_display = ("number", "gym", "run", "mark", "chosen", "drill")


@admin.register(DrillPicture)
class DrillPictureAdmin(TenantAdmin):
    """What pictures show, and of which drills; not the pictures."""

    by_id = ("pk", "drill")
    words = ("drill__current",)
    list_display = ("alt", "gym", "drill", "width", "height", "put_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name != "content"]
