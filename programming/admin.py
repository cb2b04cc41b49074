"""Whom and what every gym teaches, and what was seen there, for the operator to read. Only people are changed here.

History stays as it was seen, and what it makes (placements, rosters) only a tap may change.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gym.admin import ChangeAdmin, TenantAdmin, links
from gym.models import Membership
from gym.scope import in_gym
from programming.models import (
    Assessment,
    AssessmentFault,
    AssignedDrill,
    AssignmentEnd,
    Attendance,
    Block,
    BlockDrill,
    ClassLadder,
    ClassSession,
    ClassTemplate,
    Clearance,
    Drill,
    DrillRevision,
    Fault,
    FaultRevision,
    Hold,
    Note,
    Placement,
    Progression,
    Source,
    Stage,
    StageMove,
    StageRevision,
    Tap,
    Undo,
    WeeklySlot,
)

# --- People ----------------------------------------------------------------------------------------------------------

ROLES = ("is_member", "is_coach", "is_owner")


class MembershipForm(forms.ModelForm):
    """A person's plain fields; what the database would refuse is said beside the field."""

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or self.cleaned_data
        # Not everybody may change the roles.
        if values.get("is_active") and not any(values.get(role, getattr(self.instance, role)) for role in ROLES):
            self.add_error("is_active", _("Somebody who is active is a member, a coach or an owner."))
        user = values.get("user")
        others = Membership.across_gyms.filter(gym=self.instance.gym_id, user=user).exclude(pk=self.instance.pk)
        if user is not None and others.exists():
            self.add_error("user", _("Somebody else in this gym has this sign-in."))
        return values

    def _post_clean(self) -> None:
        # Constraints are checked through the default manager.
        with in_gym(self.instance.gym_id):
            super()._post_clean()  # type: ignore[misc]


@admin.register(Membership)
class MembershipAdmin(ChangeAdmin, TenantAdmin):
    """People in their gyms. The TV's consent and the hand are theirs to say; erasing and merging change more."""

    form = MembershipForm
    by_id = ("pk", "user")
    person = "pk"
    date_hierarchy = "joined_at"
    raw_id_fields = ("user",)
    list_display = ("name", "nickname", "gym", "user", "is_member", "is_coach", "is_owner", "is_active", "joined_at")
    list_filter = ("is_active", "is_member", "is_coach", "is_owner", "is_minor")
    changeable = ("name", "shown_name", "nickname", "is_active", "is_minor", "guardian_email", "standing_limits")
    # They open a gym, its holds and notes included, to a sign-in.
    granted = ("user", *ROLES)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An erased person stays erased, and a merged one is changed where they were merged into.

        Only a superuser changes themselves: who has left would come back with their roles.
        """
        if obj is not None and (obj.erased_at is not None or obj.merged_into_id is not None):
            return False
        if obj is not None and obj.user_id == request.user.pk and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_fields(request, obj), "rows"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        changeable = (*self.changeable, *self.granted) if request.user.is_superuser else self.changeable
        return [name for name in self.get_fields(request, obj) if name not in changeable]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Every board that the person stands on shows their name and limits: it draws anew."""
        super().save_model(request, obj, form, change)
        if form.has_changed():
            with in_gym(obj.gym_id):
                ClassSession.raise_versions_of(obj.pk, at=timezone.now())

    @admin.display(description=_("their rows"))
    def rows(self, member: Membership) -> SafeString:
        """Links to what is known of the person."""
        return links(self.admin_site, f"q={member.pk}", of="member")


# --- Taps and what they brought about --------------------------------------------------------------------------------


@admin.register(Tap)
class TapAdmin(TenantAdmin):
    """Every tap that arrived."""

    by_id = ("pk", "key", "group", "session", "member", "actor", "device")
    person = "member"
    date_hierarchy = "at"
    list_display = ("at", "gym", "kind", "outcome", "member", "actor", "session")
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


# --- What they make --------------------------------------------------------------------------------------------------


@admin.register(Placement)
class PlacementAdmin(TenantAdmin):
    """Where members stand now."""

    by_id = ("pk", "member")
    person = "member"
    words = ("stage__current",)
    list_display = ("member", "gym", "progression", "stage", "is_held", "version")
    list_filter = ("is_held",)


@admin.register(Attendance)
class AttendanceAdmin(TenantAdmin):
    """Who is in which class."""

    by_id = ("pk", "member", "session")
    person = "member"
    list_display = ("member", "gym", "session", "state", "is_first_class", "seen_at")
    list_filter = ("state", "is_first_class")


# --- Classes ---------------------------------------------------------------------------------------------------------


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


# --- The library -----------------------------------------------------------------------------------------------------


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

    list_display = ("key", "gym", "author", "title", "url")
    search_fields = ("key", "author", "title")
