"""Class templates, and the classes that are taught from them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.models import Membership
from gym.prepared import PreparedUpdate
from gym.scope import TenantForeignKey, TenantManager, TenantModel

if TYPE_CHECKING:
    from programming.models.grouping import GroupTap, GroupUndo
    from programming.models.progressions import Progression
    from programming.models.recording import Answer, ScreenTap
    from programming.models.stepping import PlanTap


# How long a class whose blocks run goes on after its time, unless a coach finishes it.
GRACE = timedelta(minutes=15)


class ClassTemplate(TenantModel):
    """The owner's plan: ordered blocks. Classes copy it; editing it never touches a class."""

    key = models.SlugField(max_length=60, db_index=False)
    name = models.CharField(_("name"), max_length=80)
    minutes = models.IntegerField(_("minutes"), default=60)
    # The ladder on the board of its classes; NULL: the class has none.
    progression = TenantForeignKey(
        "programming.Progression", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    notes = models.TextField(_("coach’s notes"), blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "key"], name="class_template_key"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="class_template_minutes"),
        ]

    def __str__(self) -> str:
        return self.name

    def plan(self) -> list[dict[str, Any]]:
        """A copy of the blocks as they read now, for a class to keep: drills with their revision and words."""
        blocks = self.blocks.prefetch_related("drills__drill__current", "drills__stage__current").order_by("position")
        return [block.copy() for block in blocks]


class Block(TenantModel):
    """One part of a class template: minutes, and a drill for everyone or one for each stage."""

    template = TenantForeignKey(ClassTemplate, on_delete=models.CASCADE, db_index=False, related_name="blocks")
    position = models.IntegerField()
    title = models.CharField(_("title"), max_length=80)
    minutes = models.IntegerField(_("minutes"))
    # The board is the screen of this block.
    is_ladder = models.BooleanField(default=False)
    notes = models.TextField(_("coach’s notes"), blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "template", "position"], name="block_position"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="block_minutes"),
        ]

    def __str__(self) -> str:
        return self.title

    def copy(self) -> dict[str, Any]:
        """This block as a class keeps it: plain words and the revisions they come from."""
        parts = sorted(self.drills.all(), key=lambda part: part.position)
        return {
            "title": self.title,
            "minutes": self.minutes,
            "is_ladder": self.is_ladder,
            "notes": self.notes,
            "drills": [part.copy() for part in parts],
        }


class BlockDrill(TenantModel):
    """A drill of a block, for everyone (no stage) or for one stage."""

    block = TenantForeignKey(Block, on_delete=models.CASCADE, db_index=False, related_name="drills")
    position = models.IntegerField()
    # NULL: for everyone.
    stage = TenantForeignKey(
        "programming.Stage", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    drill = TenantForeignKey("programming.Drill", on_delete=models.PROTECT, db_index=False, related_name="+")
    # Empty: the drill's own dose.
    dose = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "block", "position"], name="block_drill_position"),
        ]

    def __str__(self) -> str:
        return str(self.drill)

    def copy(self) -> dict[str, Any]:
        """This drill as a class keeps it, with the words of its present revision."""
        words = self.drill.words
        return {
            "stage": self.stage.key if self.stage else None,
            "stage_name": self.stage.current.short_name if self.stage and self.stage.current else "",
            "drill": self.drill.key,
            "revision": str(words.pk),
            "name": words.name,
            "cues": words.cues,
            "dose": self.dose or words.dose,
        }


class ClassSessionQuerySet(models.QuerySet["ClassSession"]):
    """The gym's classes."""

    def between(self, start: datetime, end: datetime) -> ClassSessionQuerySet:
        """Classes that start in [start, end), first first."""
        return self.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "id")

    def open(self, at: datetime) -> ClassSessionQuerySet:
        """Classes that a screen may show: begun less than a day ago, or still to come."""
        return self.begun_since(at - timedelta(days=1))

    def begun_since(self, since: Any) -> ClassSessionQuerySet:
        """Classes that have begun since, or are still to come; finished ones too, for taps come in late."""
        return self.filter(starts_at__gt=since)

    def versions(self) -> models.QuerySet[ClassSession, int]:
        """Nothing but their versions."""
        return self.values_list("version", flat=True)


ClassSessionManager = TenantManager.from_queryset(ClassSessionQuerySet)


class ClassSession(TenantModel):
    """One class on one day, with its own copy of the plan, its coach and its roster.

    `version` rises with every change that a screen of this class shows.
    """

    # NULL: a class that nobody had planned.
    slot = TenantForeignKey(
        "programming.WeeklySlot",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="sessions",
    )
    slot_date = models.DateField(null=True, blank=True)
    template = TenantForeignKey(
        ClassTemplate, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="sessions"
    )
    name = models.CharField(max_length=80)
    plan = models.JSONField(default=list)
    # The ladder first on screen; further ladders of the class stand in `ladders`.
    progression = TenantForeignKey(
        "programming.Progression", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    ladders = models.ManyToManyField("programming.Progression", through="programming.ClassLadder", related_name="+")
    coach = TenantForeignKey(
        "gym.Membership", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    room = models.CharField(max_length=60, blank=True)
    capacity = models.IntegerField(null=True, blank=True)
    starts_at = models.DateTimeField()
    minutes = models.IntegerField(default=60)
    started_at = models.DateTimeField(null=True, blank=True)
    # NULL: nobody has finished it; it still ends by itself when its time is over.
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # Since when this one class differs from its weekly slot; NULL: it follows the slot.
    changed_at = models.DateTimeField(null=True, blank=True)
    # The block clock: which block, and since when it runs, as if it had never been paused; NULL: no block was started.
    block_position = models.IntegerField(null=True, blank=True)
    block_started_at = models.DateTimeField(null=True, blank=True)
    # NULL: the clock runs.
    block_paused_at = models.DateTimeField(null=True, blank=True)
    # The effective time of the last step of the plan that changed something; see stepping.py for one that comes late.
    stepped_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)

    objects: ClassVar[Any] = ClassSessionManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gte=1), name="class_session_capacity"),
            # Making the coming classes twice makes none twice.
            models.UniqueConstraint(fields=["gym", "slot", "slot_date"], name="class_session_once_per_slot_date"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="class_session_minutes"),
            models.CheckConstraint(condition=Q(slot=None) | Q(slot_date__isnull=False), name="class_session_slot_date"),
        ]
        # The day's classes.
        indexes = [models.Index(fields=["gym", "starts_at"], name="class_session_by_start")]

    def __str__(self) -> str:
        return self.name

    @property
    def on_board(self) -> Progression:
        """The ladder on the board. Raises LookupError for a class without one: it has no board."""
        if self.progression is None:
            raise LookupError(f"{self} has no ladder")
        return self.progression

    @property
    def ends_at(self) -> datetime:
        """When it is planned to end."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def over_at(self) -> datetime:
        """When it is over: when a coach finished it, else by itself. Whoever runs its blocks may run a little late."""
        if self.finished_at:
            return self.finished_at
        return self.ends_at + (GRACE if self.block_started_at else timedelta())

    def state(self, at: datetime) -> str:
        """ "done", "running" or "coming" at that time. It runs from its time, or from when its first block started."""
        if self.finished_at or self.over_at <= at:
            return "done"
        if min(self.starts_at, self.started_at or self.starts_at) <= at:
            return "running"
        return "coming"

    @classmethod
    @transaction.atomic
    def begin(cls, template: ClassTemplate, *, coach: Any, starts_at: datetime, **fields: Any) -> ClassSession:
        """A class made of a template, keeping its own copy of the plan."""
        session: ClassSession = cls.objects.create(
            template=template,
            name=template.name,
            plan=template.plan(),
            progression=template.progression,
            coach=coach,
            starts_at=starts_at,
            minutes=template.minutes,
            **fields,
        )
        if template.progression:
            ClassLadder.objects.create(session=session, progression=template.progression, position=0)
        return session

    def record_tap(self, tap: ScreenTap, *, now: datetime | None = None) -> Answer:
        """Apply a tap exactly once and answer with what is stored. See recording.py for what each kind does."""
        from programming.models.recording import record

        return record(self, tap, now or timezone.now())

    def record_several(self, tap: GroupTap, *, now: datetime | None = None) -> Answer:
        """Apply a tap for several people exactly once, for each as if it had come alone. See grouping.py."""
        from programming.models.grouping import record_several

        return record_several(self, tap, now or timezone.now())

    def undo_several(self, undo: GroupUndo, *, now: datetime | None = None) -> Answer:
        """Take out what still stands of a tap for several people, exactly once. See grouping.py."""
        from programming.models.grouping import undo_several

        return undo_several(self, undo, now or timezone.now())

    def record_step(self, tap: PlanTap, *, now: datetime | None = None) -> Answer:
        """Apply a step of the plan exactly once and answer with what is stored. See stepping.py."""
        from programming.models.stepping import record_step

        return record_step(self, tap, now or timezone.now())

    def add_someone(self, **who: Any) -> Membership:
        """Put a member, or a drop-in by name, on the roster. See rosters.py."""
        from programming.models.rosters import add_someone

        return add_someone(self, **who)

    def check_in(self, member: Membership, *, key: UUID, now: datetime | None = None) -> None:
        """The member says that they are here. See checking_in.py."""
        from programming.models.checking_in import check_in

        check_in(self, member, key=key, now=now or timezone.now())

    @staticmethod
    @transaction.atomic
    def limit(member_id: Any, limits: str, *, was: str, at: datetime) -> str:
        """Say a member's standing limits on every board they stand on, where they still are what they `was`.

        Answers what is stored then: something else than wanted where somebody else wrote meanwhile.
        The same again changes nothing.
        """
        member = Membership.objects.select_for_update(no_key=True).get(pk=member_id)
        if member.standing_limits == was and member.limit(limits):
            ClassSession.raise_versions_of(member_id, at=at)
        return member.standing_limits

    @staticmethod
    def raise_versions_of(*member_ids: Any, at: datetime) -> None:
        """Every open class that contains one of them has something new to show. The last write of a tap."""
        since = at - timedelta(days=1)
        if len(member_ids) == 1:
            RAISE_VERSIONS.run(member=member_ids[0], since=since)
            return
        rows = apps.get_model("programming", "Attendance").objects
        theirs = rows.filter(member_id__in=member_ids).values("session_id")
        ClassSession.objects.open(at).filter(pk__in=theirs).update(version=F("version") + 1)


def open_with(member: Any, since: Any) -> models.QuerySet[ClassSession]:
    """The classes with that member on the roster that a screen may show."""
    theirs = apps.get_model("programming", "Attendance").objects.filter(member_id=member).values("session_id")
    classes: models.QuerySet[ClassSession] = ClassSession.objects.begun_since(since).filter(pk__in=theirs)
    return classes


RAISE_VERSIONS = PreparedUpdate(
    open_with, {"version": F("version") + 1}, member=models.UUIDField(), since=models.DateTimeField()
)


class ClassLadder(TenantModel):
    """A ladder that runs on a class's board; one at a time is on screen."""

    session = TenantForeignKey(ClassSession, on_delete=models.PROTECT, db_index=False, related_name="+")
    progression = TenantForeignKey(
        "programming.Progression", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    position = models.IntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "session", "progression"], name="class_ladder_once"),
        ]

    def __str__(self) -> str:
        return str(self.progression)
