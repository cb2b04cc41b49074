"""Every tap, what it brought about, and what that makes. To read only: these only a tap may write."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from gym.admin import TenantAdmin
from programming.models import (
    Assessment,
    AssessmentFault,
    AssignedDrill,
    AssignmentEnd,
    Attendance,
    Clearance,
    Hold,
    Homework,
    Note,
    PainReport,
    Placement,
    Practice,
    SelfCheck,
    StageMove,
    Tap,
    Undo,
)


@admin.register(Tap)
class TapAdmin(TenantAdmin):
    """Every tap that arrived."""

    by_id = ("pk", "key", "group", "session", "member", "actor", "device")
    person = "member"
    date_hierarchy = "at"
    list_display = ("at", "gym", "kind", "outcome", "member", "actor", "session", "device")
    list_filter = ("kind", "outcome")


class HappeningAdmin(TenantAdmin):
    """What a tap brought about."""

    by_id: ClassVar[tuple[str, ...]] = ("pk", "tap", "tap__key")
    date_hierarchy = "at"


class OfAMember(HappeningAdmin):
    """What a tap brought about for a member."""

    by_id = (*HappeningAdmin.by_id, "member")
    person = "member"


class InAClass(OfAMember):
    """What a tap brought about for a member in a class."""

    by_id = (*OfAMember.by_id, "session")


@admin.register(Assessment)
class AssessmentAdmin(InAClass):
    """What coaches saw."""

    list_display = ("at", "gym", "member", "result", "stage", "setting", "drill", "actor", "session")
    list_filter = ("result",)


@admin.register(StageMove)
class StageMoveAdmin(InAClass):
    """Every change of placement, and why."""

    list_display = ("at", "gym", "member", "kind", "from_stage", "to_stage", "setting", "reason", "actor", "session")
    list_filter = ("kind", "reason")


@admin.register(Hold)
class HoldAdmin(InAClass):
    """Pain that was reported."""

    list_display = ("at", "gym", "member", "where", "visible_to", "actor", "session")
    list_filter = ("visible_to",)


@admin.register(PainReport)
class PainReportAdmin(TenantAdmin):
    """That a member told of pain. What they said is for their coaches and the owner, and is not shown here."""

    by_id = ("pk", "hold")
    person = "hold__member"
    list_display = ("agreed_at", "gym", "hold")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name not in ("places", "since", "sentence")]


@admin.register(AssignedDrill)
class AssignedDrillAdmin(InAClass):
    """Drills that members are to do."""

    list_display = ("at", "gym", "member", "drill", "reason", "actor", "session")
    list_filter = ("reason",)


@admin.register(Note)
class NoteAdmin(OfAMember):
    """Words about members."""

    list_display = ("at", "gym", "member", "body", "visibility", "actor")
    list_filter = ("visibility",)


@admin.register(Practice)
class PracticeAdmin(OfAMember):
    """Drills that members say they practised."""

    list_display = ("at", "gym", "member", "drill")


@admin.register(SelfCheck)
class SelfCheckAdmin(OfAMember):
    """What members found in themselves."""

    list_display = ("at", "gym", "member", "progression", "name", "kept")


@admin.register(AssessmentFault)
class AssessmentFaultAdmin(HappeningAdmin):
    """Faults seen in an assessment."""

    by_id = (*HappeningAdmin.by_id, "assessment")
    person = "assessment__member"
    list_display = ("at", "gym", "fault", "assessment", "actor")


@admin.register(Clearance)
class ClearanceAdmin(HappeningAdmin):
    """The ends of holds."""

    by_id = (*HappeningAdmin.by_id, "hold")
    person = "hold__member"
    list_display = ("at", "gym", "hold", "note", "actor")


@admin.register(AssignmentEnd)
class AssignmentEndAdmin(HappeningAdmin):
    """The ends of assigned drills."""

    by_id = (*HappeningAdmin.by_id, "assigned")
    person = "assigned__member"
    words = ("assigned__drill",)
    list_display = ("at", "gym", "assigned", "actor")


@admin.register(Undo)
class UndoAdmin(HappeningAdmin):
    """Taps that were taken back."""

    by_id = (*HappeningAdmin.by_id, "undone", "undone__key")
    person = "undone__member"
    list_display = ("at", "gym", "undone", "actor")


@admin.register(Placement)
class PlacementAdmin(TenantAdmin):
    """Where members stand now."""

    by_id = ("pk", "member")
    person = "member"
    words = ("stage__current",)
    list_display = ("member", "gym", "progression", "stage", "is_held", "version")
    list_filter = ("is_held",)


@admin.register(Homework)
class HomeworkAdmin(TenantAdmin):
    """When members practised of late, and when they looked."""

    by_id = ("pk", "member")
    person = "member"
    list_display = ("member", "gym")


@admin.register(Attendance)
class AttendanceAdmin(TenantAdmin):
    """Who is in which class."""

    by_id = ("pk", "member", "session")
    person = "member"
    list_display = ("member", "gym", "session", "state", "is_first_class", "seen_at")
    list_filter = ("state", "is_first_class")
