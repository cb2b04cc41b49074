"""Ladders: their stages, who stands where, and every change of that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gym.auditing import audited
from gym.identifiers import uuid7
from gym.prepared import update
from gym.scope import TenantForeignKey, TenantModel
from programming import ladder
from programming.models.drills import LibraryItem
from programming.models.history import Happening, Revision, one_of, write_revision
from programming.models.ladder_words import LadderWords, read_ladder
from programming.models.standing_json import from_json, to_json
from programming.shipped import shown


class Progression(LibraryItem):
    """A ladder: an ordered list of stages. `revision` is another with every edit of what it shows."""

    name = models.CharField(_("name"), max_length=80)
    revision = models.UUIDField(default=uuid7)
    # Check list, rules, gate and where it shows up, as in the shipped library.
    teaching = models.JSONField(default=dict)

    class Meta(LibraryItem.Meta):
        constraints = [
            *LibraryItem.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "key"], name="progression_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """The name as it is read: a shipped one in the reader's language."""
        return shown(self.name)

    @audited("ladder.retire", "retired_at")
    def teach(self, wanted: bool, *, at: datetime) -> None:
        """Teach this ladder, or no more: then nothing new is planned with it. Whoever stands on it stays there."""
        self.retired_at = None if wanted else self.retired_at or at
        self.save(update_fields=["retired_at"])

    def ladder(self) -> LadderWords:
        """This ladder as plain values, read once per revision and process."""
        return read_ladder(self.gym_id, self.pk, self.revision, get_language())


class Stage(TenantModel):
    """One rung of a ladder. Its words stand in StageRevision; stages in use are retired, not deleted."""

    progression = TenantForeignKey(Progression, on_delete=models.PROTECT, db_index=False, related_name="stages")
    key = models.SlugField(max_length=40, db_index=False)
    position = models.IntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)
    # NULL only between the making of a stage and its first revision, within one transaction.
    current = TenantForeignKey(
        "programming.StageRevision",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(condition=models.Q(position__gte=0), name="stage_position_positive"),
            models.UniqueConstraint(fields=["gym", "progression", "key"], name="stage_key"),
            models.UniqueConstraint(
                fields=["gym", "progression", "position"],
                condition=models.Q(retired_at=None),
                name="stage_position",
            ),
        ]

    def __str__(self) -> str:
        return self.current.name if self.current else self.key

    @property
    def full_key(self) -> str:
        """The stage among those of all ladders: "ladder/stage"."""
        return f"{self.progression.key}/{self.key}"

    def revise(self, **words: Any) -> StageRevision:
        """Write the next revision and make it the current one; the same words again change nothing."""
        revision: StageRevision = write_revision(self, StageRevision, "stage", words)
        return revision


class StageRevision(Revision):
    """A stage's words at one time: what to do, how to pass, its setting, faults, drills, equipment.

    Settings are whole millimetres (distance) or grams (load). `drills` and `faults` are keys, drills in
    order of demand, faults in the order a coach taps them.
    """

    class Quantity(models.TextChoices):
        NONE = "", _("no setting")
        DISTANCE = "distance", _("distance in mm")
        LOAD = "load", _("load in g")

    class Harder(models.TextChoices):
        NONE = "", _("no setting")
        FURTHER = "further", _("further is harder")
        HEAVIER = "heavier", _("heavier is harder")
        LESS = "less", _("less is harder")

    stage = TenantForeignKey(Stage, on_delete=models.PROTECT, db_index=False, related_name="revisions")
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=20)
    figure = models.SlugField(max_length=40, db_index=False)
    colour = models.SlugField(max_length=20, db_index=False)
    what = models.TextField(blank=True)
    pass_text = models.TextField(blank=True)
    clean_needed = models.IntegerField(default=2)
    setting_name = models.CharField(max_length=40, blank=True)
    quantity = models.CharField(max_length=10, blank=True, choices=Quantity.choices, default=Quantity.NONE)
    harder = models.CharField(max_length=10, blank=True, choices=Harder.choices, default=Harder.NONE)
    step = models.IntegerField(default=0)
    minimum = models.IntegerField(default=0)
    maximum = models.IntegerField(default=0)
    start = models.IntegerField(default=0)
    # NULL: any setting passes.
    pass_at = models.IntegerField(null=True)
    within_first = models.BooleanField(default=False)
    loads = models.BooleanField(default=False)
    equipment = models.JSONField(default=dict)
    drills = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    # Points that must keep touching, each with the fault when it does not.
    contacts = models.JSONField(default=list)

    class Meta(Revision.Meta):
        constraints = [
            *Revision.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(start__gte=models.F("minimum"), start__lte=models.F("maximum"), minimum__gte=0),
                name="stage_setting_start",
            ),
            models.UniqueConstraint(fields=["gym", "stage", "number"], name="stage_revision_number"),
            models.CheckConstraint(condition=models.Q(clean_needed__gte=1), name="stage_clean_needed"),
            models.CheckConstraint(
                condition=models.Q(quantity="", harder="", step=0)
                | models.Q(step__gt=0, minimum__lte=models.F("maximum")),
                name="stage_setting_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Placement(TenantModel):
    """Where a member stands in a ladder now: what the standing history makes, kept for quick reading.

    One row per member and ladder; `stage` is NULL until first placed. `version` rises with each change.
    """

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="placements")
    progression = TenantForeignKey(Progression, on_delete=models.PROTECT, db_index=False, related_name="placements")
    stage = TenantForeignKey(Stage, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    # The whole of ladder.Standing as JSON; the columns beside it are the parts that queries ask for.
    standing = models.JSONField(default=dict)
    is_held = models.BooleanField(default=False)
    version = models.IntegerField(default=0)
    # The version and the coach of the last change of stage: a tap that had seen less may cross another coach's.
    stage_version = models.IntegerField(default=0)
    stage_by = TenantForeignKey("gym.Membership", null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    # The change that lost against another coach's; NULL when nothing crossed or somebody chose since. See crossing.py.
    crossed = TenantForeignKey(
        "programming.StageMove", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(condition=models.Q(version__gte=0, stage_version__gte=0), name="placement_versions"),
            models.UniqueConstraint(fields=["gym", "member", "progression"], name="placement_one_per_ladder"),
        ]

    # Set while a tap is recorded: whether there is something to write.
    changed = False

    def __str__(self) -> str:
        return f"{self.member_id} on {self.stage_id}"

    @property
    def position(self) -> ladder.Standing:
        """Where the member stands, as the rules see it."""
        return from_json(self.standing)

    def take(self, standing: ladder.Standing, words: LadderWords, *, by: Any) -> None:
        """Stand as the rules make it; `by` is the coach whose tap brought it about. Not yet written."""
        before = self.position
        self.standing = to_json(standing)
        self.is_held = standing.held
        self.version += 1
        self.changed = True
        if standing.stage != before.stage:
            self.stage_id = words.stages[standing.stage].stage_id if standing.stage else None
            self.stage_version = self.version
            self.stage_by = by

    def hear(self, standing: ladder.Standing) -> None:
        """Stand as before, with something more known of it. Not yet written, and no new version."""
        self.standing = to_json(standing)

    def choose(self, kind: str) -> None:
        """Somebody chose between two that crossed, by a word of this kind on the stage, the setting or the drill.

        Between two settings or drills another stage chooses too: they are of the stage that was left.
        """
        if self.crossed is not None and kind in (self.crossed.kind, StageMove.Kind.STAGE):
            self._cross(None)

    def cross(self, lost: StageMove) -> None:
        """This change lost against another coach's. Not yet written."""
        if self.crossed_id != lost.pk:
            self._cross(lost)

    def _cross(self, lost: StageMove | None) -> None:
        self.crossed = lost
        self.version += 1
        self.changed = True

    def write(self) -> None:
        """Write what take() and choose() changed."""
        update(self, ("stage", "standing", "is_held", "version", "stage_version", "stage_by", "crossed"))
        self.changed = False


class StageMove(Happening):
    """A change of placement: who, when, from, to, why.

    A change of stage names `to_stage`; a change within it names `setting` (mm or g) or `drill`.
    """

    class Kind(models.TextChoices):
        STAGE = "stage", _("stage")
        SETTING = "setting", _("setting")
        DRILL = "drill", _("drill")

    class Reason(models.TextChoices):
        FIRST = "first", _("first placed")
        EARNED = "earned", _("earned")
        COACH = "coach", _("coach’s call")
        DOWN = "down", _("moved down")
        LADDER = "ladder", _("the ladder was changed")
        WITHIN = "within", _("within the stage")

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    progression = TenantForeignKey(Progression, on_delete=models.PROTECT, db_index=False, related_name="+")
    session = TenantForeignKey(
        "programming.ClassSession", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.STAGE)
    # NULL: the member had no stage before.
    from_stage = TenantForeignKey(StageRevision, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    to_stage = TenantForeignKey(StageRevision, on_delete=models.PROTECT, db_index=False, related_name="+")
    setting = models.IntegerField(null=True)
    drill = TenantForeignKey(
        "programming.DrillRevision", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # Why, as judged when it was made: a code and its parameters, worded when shown.
    reason = models.CharField(max_length=10, choices=Reason.choices)
    evidence = models.JSONField(default=dict)

    class Meta(Happening.Meta):
        indexes = [
            # Replaying one member's ladder, and the member sheet, newest first.
            models.Index(fields=["gym", "member", "at"], name="stage_move_by_member"),
            # What one tap brought about (undo, the list of taps).
            models.Index(fields=["gym", "tap"], name="stage_move_by_tap"),
        ]
        constraints = [
            *Happening.Meta.constraints,
            one_of("stage_move_reason", "reason", "first", "earned", "coach", "down", "ladder", "within"),
            models.CheckConstraint(
                condition=models.Q(kind="stage", setting=None, drill=None)
                | models.Q(kind="setting", setting__gte=0, drill=None)
                | models.Q(kind="drill", setting=None, drill__isnull=False),
                name="stage_move_one_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to_stage_id}"
