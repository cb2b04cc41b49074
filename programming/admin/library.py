"""What every gym teaches, and what it teaches with."""

from __future__ import annotations

from django.contrib import admin

from gym.admin import TenantAdmin
from programming.models import (
    Drill,
    DrillRevision,
    Equipment,
    Fault,
    FaultRevision,
    LadderChange,
    LadderDraft,
    Progression,
    Source,
    Stage,
    StageRevision,
)


@admin.register(Progression)
class ProgressionAdmin(TenantAdmin):
    """Ladders."""

    list_display = ("name", "gym", "key", "follows_shipped", "retired_at")
    list_filter = ("follows_shipped",)
    search_fields = ("name", "key")


@admin.register(Stage)
class StageAdmin(TenantAdmin):
    """The rungs of ladders."""

    by_id = ("pk", "progression")
    list_display = ("current", "gym", "progression", "key", "position", "retired_at")
    search_fields = ("key", "current__name")


@admin.register(LadderChange)
class LadderChangeAdmin(TenantAdmin):
    """How a ladder was until it was changed."""

    by_id = ("pk", "progression")
    list_display = ("name", "gym", "number", "at", "actor")


@admin.register(LadderDraft)
class LadderDraftAdmin(TenantAdmin):
    """Ladders as they would be."""

    by_id = ("pk", "progression")
    list_display = ("__str__", "gym", "begun_at", "version")


@admin.register(Drill, Fault)
class ItemAdmin(TenantAdmin):
    """Drills and faults; their words stand in revisions."""

    list_display = ("current", "gym", "key", "follows_shipped", "retired_at")
    list_filter = ("follows_shipped",)
    search_fields = ("key", "current__name")


@admin.register(StageRevision)
class StageRevisionAdmin(TenantAdmin):
    """What a stage said at a time."""

    by_id = ("pk", "stage")
    list_display = ("name", "gym", "short_name", "number", "written_at", "clean_needed", "quantity", "harder")
    list_filter = ("quantity", "harder")
    search_fields = ("name", "stage__key")


@admin.register(DrillRevision)
class DrillRevisionAdmin(TenantAdmin):
    """What a drill said at a time."""

    by_id = ("pk", "drill")
    list_display = ("name", "gym", "number", "written_at", "posture", "loads", "what_to_feel")
    list_filter = ("loads",)
    search_fields = ("name", "drill__key")


@admin.register(FaultRevision)
class FaultRevisionAdmin(TenantAdmin):
    """What a fault said at a time."""

    by_id = ("pk", "fault")
    list_display = ("name", "gym", "number", "written_at", "cue", "seen_as")
    search_fields = ("name", "cue", "fault__key")


@admin.register(Source)
class SourceAdmin(TenantAdmin):
    """Where things were learned."""

    list_display = ("key", "gym", "author", "title", "url", "licence")
    search_fields = ("key", "author", "title")


@admin.register(Equipment)
class EquipmentAdmin(TenantAdmin):
    """What gyms own, counted."""

    list_display = ("name", "gym", "key", "grams", "owned")
    search_fields = ("key", "name", "plural")
