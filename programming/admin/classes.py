"""Classes, the plans they are taught from, when they come round, and the TVs that show them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gym.admin import TenantAdmin
from programming.models import (
    Absence,
    Block,
    BlockDrill,
    CalendarLink,
    ClassLadder,
    ClassSession,
    ClassTemplate,
    Closure,
    Screen,
    TemplateRevision,
    WeeklySlot,
)


@admin.register(ClassSession)
class ClassSessionAdmin(TenantAdmin):
    """The classes of every day."""

    by_id = ("pk", "slot", "coach")
    date_hierarchy = "starts_at"
    list_display = ("starts_at", "gym", "name", "coach", "room", "progression", "started_at", "finished_at", "version")
    search_fields = ("name", "room", "coach__search_name")


@admin.register(ClassLadder)
class ClassLadderAdmin(TenantAdmin):
    """Which ladders run on the board of a class."""

    by_id = ("pk", "session", "progression")
    list_display = ("session", "gym", "progression", "position")
    search_fields = ("session__name", "progression__key", "progression__name")


@admin.register(WeeklySlot)
class WeeklySlotAdmin(TenantAdmin):
    """Classes that come round each week; weekday 0 is Monday."""

    by_id = ("pk", "template", "coach")
    list_display = ("weekday", "gym", "starts", "minutes", "template", "coach", "room", "ended_on")
    list_filter = ("weekday",)
    search_fields = ("template__name", "room", "coach__search_name")


@admin.register(ClassTemplate)
class ClassTemplateAdmin(TenantAdmin):
    """The owners' plans."""

    list_display = ("name", "gym", "key", "minutes", "progression", "archived_at", "version")
    search_fields = ("name", "key")


@admin.register(TemplateRevision)
class TemplateRevisionAdmin(TenantAdmin):
    """Plans as they once read."""

    by_id = ("pk", "template", "actor")
    date_hierarchy = "at"
    list_display = ("at", "gym", "template", "number", "actor", "before")
    search_fields = ("template__name",)


@admin.register(Block)
class BlockAdmin(TenantAdmin):
    """The parts of a plan."""

    by_id = ("pk", "template")
    list_display = ("title", "gym", "template", "position", "minutes", "is_ladder")
    list_filter = ("is_ladder",)
    search_fields = ("title", "template__name")


@admin.register(BlockDrill)
class BlockDrillAdmin(TenantAdmin):
    """The drills of a part."""

    by_id = ("pk", "block", "drill")
    words = ("drill__current", "stage__current")
    list_display = ("drill", "gym", "block", "stage", "position")
    search_fields = ("drill__key", "drill__current__name", "block__title")


@admin.register(Screen)
class ScreenAdmin(TenantAdmin):
    """The gyms' TVs. Their links are not stored."""

    by_id = ("pk", "made_by")
    list_display = ("name", "gym", "room", "made_at", "made_by", "seen_at", "revoked_at")
    search_fields = ("name", "room")


@admin.register(Closure)
class ClosureAdmin(TenantAdmin):
    """Days on which a gym is closed."""

    list_display = ("first", "last", "gym", "name", "made_at")


@admin.register(Absence)
class AbsenceAdmin(TenantAdmin):
    """Days on which a coach is away."""

    by_id = ("pk", "coach")
    person = "coach"
    list_display = ("first", "last", "gym", "coach")


@admin.register(CalendarLink)
class CalendarLinkAdmin(TenantAdmin):
    """Who has a link for their calendar. What it ends with is not stored."""

    by_id = ("pk", "person")
    person = "person"
    date_hierarchy = "made_at"
    list_display = ("made_at", "gym", "person")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name != "digest"]
