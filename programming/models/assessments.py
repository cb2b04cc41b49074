"""What a coach saw, and holds for pain. All of it is appended and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from gym.scope import TenantForeignKey
from programming.models.history import Happening, one_of, one_person, records_of

if TYPE_CHECKING:
    from programming.models.hurting import Told


class Assessment(Happening):
    """What a coach saw of one member at one stage: clean, not yet (with or without faults), or seen the same."""

    class Result(models.TextChoices):
        CLEAN = "clean", _("clean")
        NOT_YET = "not_yet", _("not yet")
        SEEN = "seen", _("seen, same")

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    session = TenantForeignKey(
        "programming.ClassSession", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    stage = TenantForeignKey("programming.StageRevision", on_delete=models.PROTECT, db_index=False, related_name="+")
    result = models.CharField(max_length=10, choices=Result.choices)
    # Whole mm or g; NULL where the stage has no setting.
    setting = models.IntegerField(null=True)
    # The drill within the stage; NULL where the stage names none.
    drill = TenantForeignKey(
        "programming.DrillRevision", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # One opening of the fault sheet: further chips of it add faults to this assessment. NULL outside the sheet.
    opening = models.UUIDField(null=True, blank=True)

    # Read only where it is asked for: whether its tap was not undone.
    stands: bool

    class Meta(Happening.Meta):
        indexes = [
            # Replaying one member's ladder, and the member sheet, newest first.
            models.Index(fields=["gym", "member", "at"], name="assessment_by_member"),
            # What one tap brought about (undo, the list of taps).
            models.Index(fields=["gym", "tap"], name="assessment_by_tap"),
        ]
        constraints = [
            *Happening.Meta.constraints,
            one_of("assessment_result", "result", "clean", "not_yet", "seen"),
            # A second chip of the same opening finds the first one's assessment, also when both arrive at once.
            models.UniqueConstraint(
                fields=["gym", "opening"], condition=models.Q(opening__isnull=False), name="assessment_one_per_opening"
            ),
        ]

    def __str__(self) -> str:
        return self.get_result_display()


class AssessmentFault(Happening):
    """A fault seen in an assessment; each chip is a tap of its own, so that undo takes out just that one."""

    assessment = TenantForeignKey(Assessment, on_delete=models.PROTECT, db_index=False, related_name="faults")
    fault = TenantForeignKey("programming.FaultRevision", on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta(Happening.Meta):
        indexes = [
            # The faults of an assessment.
            models.Index(fields=["gym", "assessment"], name="assessment_fault_by_assessment"),
            models.Index(fields=["gym", "tap"], name="assessment_fault_by_tap"),
        ]

    def __str__(self) -> str:
        return str(self.fault)


class Hold(Happening):
    """Pain was reported: no move up, no load and no assessment until a coach clears it.

    Seen by coaches and owners only. It is no diagnosis and never a score.
    """

    class Where(models.TextChoices):
        UNSAID = "", _("not said")
        LOW_BACK = "low_back", _("low back")
        HIP = "hip", _("hip")
        HAMSTRING = "hamstring", _("back of the leg")
        KNEE = "knee", _("knee")
        SHOULDER = "shoulder", _("shoulder")
        ELSEWHERE = "elsewhere", _("elsewhere")

    class VisibleTo(models.TextChoices):
        COACHES = "coaches", _("coaches and owners")

    may_be_emptied = ("where",)

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    session = TenantForeignKey(
        "programming.ClassSession", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    where = models.CharField(max_length=20, blank=True, choices=Where.choices, default=Where.UNSAID)
    visible_to = models.CharField(max_length=10, choices=VisibleTo.choices, default=VisibleTo.COACHES)

    class Meta(Happening.Meta):
        constraints = [
            *Happening.Meta.constraints,
            one_of("hold_visible_to", "visible_to", "coaches"),
            one_of("hold_where", "where", "", "low_back", "hip", "hamstring", "knee", "shoulder", "elsewhere"),
        ]
        indexes = [
            models.Index(fields=["gym", "member", "at"], name="hold_by_member"),
            models.Index(fields=["gym", "tap"], name="hold_by_tap"),
        ]

    def __str__(self) -> str:
        return self.get_where_display()

    @staticmethod
    def report(member_id: UUID, told: Told, *, key: UUID, now: datetime) -> None:
        """A member says of themself that something hurts, in no class. See hurting.py."""
        from programming.models.hurting import report

        report(member_id, told, key=key, now=now)


class Clearance(Happening):
    """The end of one hold, with the note that says why."""

    hold = TenantForeignKey(Hold, on_delete=models.PROTECT, db_index=False, related_name="clearances")
    note = TenantForeignKey("programming.Note", on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta(Happening.Meta):
        indexes = [
            # Whether a hold is still on.
            models.Index(fields=["gym", "hold"], name="clearance_by_hold"),
            models.Index(fields=["gym", "tap"], name="clearance_by_tap"),
        ]

    def __str__(self) -> str:
        return str(self.hold)


class Note(Happening):
    """Words about a member. All free text about a person stands here, so that erasing reaches it."""

    class Visibility(models.TextChoices):
        COACHES = "coaches", _("coaches and owners")
        MEMBER = "member", _("the member too")

    may_be_emptied = ("body",)

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    body = models.TextField(max_length=2000, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.COACHES)

    class Meta(Happening.Meta):
        constraints = [
            *Happening.Meta.constraints,
            one_of("note_visibility", "visibility", "coaches", "member"),
        ]
        indexes = [
            models.Index(fields=["gym", "member", "at"], name="note_by_member"),
            models.Index(fields=["gym", "tap"], name="note_by_tap"),
        ]

    def __str__(self) -> str:
        return self.body[:60]


def held_at(member_ids: list[UUID], at: datetime) -> set[UUID]:
    """Those of them whom pain held at that time: it had been reported, and nobody had cleared it yet."""
    cleared = Clearance.objects.filter(hold=models.OuterRef("pk"), at__lte=at).standing()
    holds = Hold.objects.filter(~models.Exists(cleared), member__in=records_of(*member_ids), at__lte=at).standing()
    return set(holds.values_list(one_person(), flat=True))
