"""The exactly-once record: every tap that arrived, and every undo."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.scope import TenantForeignKey, TenantManager
from programming.models.history import Happening, History, StandingQuerySet, one_of


class TapQuerySet(StandingQuerySet):
    """The taps that arrived."""

    undone_by = "pk"


TapManager = TenantManager.from_queryset(TapQuerySet)


class Tap(History):
    """One tap of one finger: what arrived, what it was judged to be. Applied once, however often it is sent.

    `key` is made where the finger lands. `at` is the effective time, `recorded_at` the arrival.
    """

    class Kind(models.TextChoices):
        STAGE = "stage", _("stage")
        SETTING = "setting", _("setting")
        DRILL = "drill", _("drill")
        SAW = "saw", _("seen")
        FAULT = "fault", _("fault")
        PAIN = "pain", _("pain")
        CLEAR = "clear", _("hold cleared")
        ASSIGN = "assign", _("drill assigned")
        NOTE = "note", _("note")
        ATTENDANCE = "attendance", _("attendance")
        UNDO = "undo", _("undo")
        MOVE = "move", _("moved to another person")
        SEVERAL = "several", _("several people")
        PLAN = "plan", _("plan of the class")
        WITH_COACH = "with_coach", _("with coach")
        PRACTISED = "practised", _("practised")
        SELF_CHECK = "self_check", _("self-check")
        LADDER = "ladder", _("the ladder was changed")

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("applied")
        UNCHANGED = "unchanged", _("nothing to change")
        CROSSED = "crossed", _("crossed another coach’s tap")
        REFUSED = "refused", _("refused by a rule")

    objects: ClassVar[Any] = TapManager()  # type: ignore[assignment]

    key = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    digest = models.CharField(max_length=64)
    # NULL: made outside any class, by a member (practising.py) or with a change of the ladder (publishing.py).
    session = TenantForeignKey(
        "programming.ClassSession", null=True, on_delete=models.PROTECT, db_index=False, related_name="taps"
    )
    # NULL: a step of the class's plan, or a tap for several people. What the latter did to each of them are taps of
    # their own, which name it as their group.
    member = TenantForeignKey("gym.Membership", null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    group = TenantForeignKey("self", null=True, on_delete=models.PROTECT, db_index=False, related_name="parts")
    progression = TenantForeignKey(
        "programming.Progression", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    actor = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    device = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    # The version of the placement that the screen showed; NULL where the screen showed none.
    seen_version = models.IntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    # What was wanted or seen, and for a refusal the rule's code and parameters. Ids and keys, no prose.
    detail = models.JSONField(default=dict)

    # For how many people it still stands, where a query counted them.
    people: int

    class Meta(History.Meta):
        constraints = [
            *History.Meta.constraints,
            one_of(
                "tap_kind",
                "kind",
                "stage",
                "setting",
                "drill",
                "saw",
                "fault",
                "pain",
                "clear",
                "assign",
                "note",
                "attendance",
                "undo",
                "move",
                "several",
                "plan",
                "with_coach",
                "practised",
                "self_check",
                "ladder",
            ),
            one_of("tap_outcome", "outcome", "applied", "unchanged", "crossed", "refused"),
            models.UniqueConstraint(fields=["gym", "key"], name="tap_once"),
        ]
        indexes = [
            # The undo bar: newest taps of a class.
            models.Index(fields=["gym", "session", "recorded_at"], name="tap_by_session"),
            # What was built on a tap: later taps for the same member.
            models.Index(fields=["gym", "member", "at"], name="tap_by_member"),
            # The people of a tap for several.
            models.Index(fields=["gym", "group"], name="tap_by_group", condition=models.Q(group__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class Undo(Happening):
    """Takes one tap out of the standing ones. History keeps both."""

    undone = TenantForeignKey(Tap, on_delete=models.PROTECT, db_index=False, related_name="undos")

    class Meta(Happening.Meta):
        constraints = [
            *Happening.Meta.constraints,
            # Whether a tap still stands; and it is taken out once at most.
            models.UniqueConstraint(fields=["gym", "undone"], name="undo_once"),
        ]
        indexes = [models.Index(fields=["gym", "tap"], name="undo_by_tap")]

    def __str__(self) -> str:
        return f"undo of {self.undone_id}"
