"""Drills that members are to do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gym.scope import TenantForeignKey
from programming.models.history import Happening, one_of


class AssignedDrill(Happening):
    """A drill a member is to do, and why (a code with its parameters, worded when shown)."""

    class Reason(models.TextChoices):
        FAULT = "fault", _("a fault")
        STAGE = "stage", _("the stage")
        COACH = "coach", _("the coach’s choice")

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    session = TenantForeignKey(
        "programming.ClassSession", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    drill = TenantForeignKey("programming.DrillRevision", on_delete=models.PROTECT, db_index=False, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    evidence = models.JSONField(default=dict)

    class Meta(Happening.Meta):
        constraints = [
            *Happening.Meta.constraints,
            one_of("assigned_drill_reason", "reason", "fault", "stage", "coach"),
        ]
        indexes = [
            models.Index(fields=["gym", "member", "at"], name="assigned_drill_by_member"),
            models.Index(fields=["gym", "tap"], name="assigned_drill_by_tap"),
        ]

    def __str__(self) -> str:
        return str(self.drill)


class AssignmentEnd(Happening):
    """The end of an assigned drill."""

    assigned = TenantForeignKey(AssignedDrill, on_delete=models.PROTECT, db_index=False, related_name="ends")

    class Meta(Happening.Meta):
        indexes = [
            models.Index(fields=["gym", "assigned"], name="assignment_end_by_assigned"),
            models.Index(fields=["gym", "tap"], name="assignment_end_by_tap"),
        ]

    def __str__(self) -> str:
        return f"end of {self.assigned_id}"
