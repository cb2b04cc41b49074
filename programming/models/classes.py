"""The classes that are taught."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.http import Http404
from django.utils import timezone

from gym.auditing import audit
from gym.models import Membership
from gym.prepared import PreparedUpdate
from gym.scope import TenantForeignKey, TenantManager, TenantModel
from programming.models.class_templates import ClassTemplate
from programming.shipped import shown

if TYPE_CHECKING:
    from programming.models.grouping import GroupTap, GroupUndo
    from programming.models.progressions import Progression
    from programming.models.recording import Answer, ScreenTap
    from programming.models.stepping import PlanTap


# How long a class whose blocks run goes on after its time, unless a coach finishes it.
GRACE = timedelta(minutes=15)
# No class lasts longer: one that still runs began at most so long ago.
LONGEST_MINUTES = 600
LONGEST = timedelta(minutes=LONGEST_MINUTES) + GRACE


# How long after its beginning a screen may still show a class.
SHOWN_FOR = timedelta(days=1)


class ClassSessionQuerySet(models.QuerySet["ClassSession"]):
    """The gym's classes."""

    def between(self, start: datetime, end: datetime) -> ClassSessionQuerySet:
        """Classes that start in [start, end), first first."""
        return self.filter(starts_at__gte=start, starts_at__lt=end).in_order()

    def in_order(self) -> ClassSessionQuerySet:
        """First first."""
        return self.order_by("starts_at", "id")

    def open(self, at: datetime) -> ClassSessionQuerySet:
        """Classes that a screen may show: begun less than a day ago, or still to come."""
        return self.begun_since(at - SHOWN_FOR)

    def begun_since(self, since: Any) -> ClassSessionQuerySet:
        """Classes that have begun since, or are still to come; finished ones too, for taps come in late."""
        return self.filter(starts_at__gt=since)

    def held(self, pk: UUID) -> ClassSession:
        """That class, held until the end of the transaction. Raises Http404 where its slot took it away meanwhile."""
        found: ClassSession | None = self.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

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

    # The key of the ladder on screen, where it is another than the class's first. Not stored: each screen has its own.
    shown_ladder = ""

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
    def called(self) -> str:
        """The name as it is read: a shipped one in the reader's language."""
        return shown(self.name)

    @property
    def on_board(self) -> Progression:
        """The ladder on the board. Raises LookupError for a class without one: it has no board."""
        if self.progression is None:
            raise LookupError(f"{self} has no ladder")
        return self.progression

    def show_ladder(self, key: str) -> bool:
        """Put one of the class's ladders on this screen's board. Answers False for one that it does not run."""
        if self.progression is not None and self.progression.key == key:
            return True
        found = self.ladders.filter(key=key).defer("teaching").first()
        if found is not None:
            self.progression, self.shown_ladder = found, key
        return found is not None

    @transaction.atomic
    def run_ladder(self, progression: Progression, *, at: datetime) -> None:
        """Teach a further ladder in this class. The same again changes nothing."""
        place = ClassLadder.objects.filter(session=self).count()
        row, made = ClassLadder.objects.get_or_create(
            session=self, progression=progression, defaults={"position": place}
        )
        if made:
            audit("class.ladder", self, after={"ladder": progression.key})
            ClassSession.objects.filter(pk=self.pk).update(version=F("version") + 1)

    @property
    def local_date(self) -> date:
        """The day on which it starts, on the gym's clock."""
        return timezone.localtime(self.starts_at).date()

    @property
    def ends_at(self) -> datetime:
        """When it is planned to end."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def over_at(self) -> datetime:
        """When it is over: when a coach finished it, else by itself. Whoever runs its blocks may run a little late.

        Finished hours later it was over all the same.
        """
        if self.finished_at:
            return min(self.finished_at, self.ends_at + GRACE)
        return self.ends_at + (GRACE if self.block_started_at else timedelta())

    def state(self, at: datetime) -> str:
        """ "cancelled", "done", "running" or "coming". It runs from its time, or from when its first block started."""
        if self.cancelled_at:
            return "cancelled"
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
            **template.given(), coach=coach, starts_at=starts_at, minutes=template.minutes, **fields
        )
        write_ladders([session])
        told = {"template": template.pk, "coach": session.coach_id, "starts_at": starts_at}
        audit("class.begin", session, after=told)
        return session

    @property
    def is_removed(self) -> bool:
        """Whether it was started by mistake and went. One that was cancelled was changed at that time."""
        return self.slot_id is None and self.cancelled_at is not None and self.cancelled_at != self.changed_at

    @property
    def changed(self) -> str:
        """When it last was changed by itself, as a form carries it; empty for never."""
        return self.changed_at.isoformat() if self.changed_at else ""

    def change(self, *, was: str, at: datetime, **fields: Any) -> None:
        """Change this class alone, not its slot. See changing.py."""
        from programming.models.changing import change_class

        change_class(self, was=was, at=at, **fields)

    def cancel(self, *, at: datetime) -> None:
        """Say that it will not be held. See changing.py."""
        from programming.models.changing import cancel_class

        cancel_class(self, at=at)

    def hold(self, *, by: Membership, at: datetime) -> None:
        """Say that it will be held after all. See changing.py."""
        from programming.models.changing import hold_class

        hold_class(self, by=by, at=at)

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

    def expect_regulars(self, tap: GroupTap, *, now: datetime | None = None) -> Answer:
        """Accept those whom the board proposes. See regulars.py."""
        from programming.models.regulars import expect_regulars

        return expect_regulars(self, tap, now or timezone.now())

    def not_today(self, tap: ScreenTap, *, now: datetime | None = None) -> Answer:
        """Propose somebody no more in this class. See regulars.py."""
        from programming.models.regulars import not_today

        return not_today(self, tap, now or timezone.now())

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
    @transaction.atomic
    def show_on_tv(member_id: Any, agreed: bool, *, at: datetime) -> None:
        """Say whether a member is named on the TV of every class they are in. The same again changes nothing."""
        if Membership.objects.select_for_update(no_key=True).get(pk=member_id).show_on_tv(agreed):
            ClassSession.raise_versions_of(member_id, at=at)

    @staticmethod
    @transaction.atomic
    def rename(member_id: Any, *, name: str, shown_name: str, at: datetime) -> None:
        """Call a member so on every screen of a class they are in. The same again changes nothing."""
        if Membership.objects.select_for_update(no_key=True).get(pk=member_id).rename(name, shown_name):
            ClassSession.raise_versions_of(member_id, at=at)

    def is_open(self, at: datetime) -> bool:
        """Whether a screen may show it: begun less than a day ago, or still to come."""
        return self.starts_at > at - SHOWN_FOR

    @staticmethod
    def raise_versions_of(*member_ids: Any, at: datetime) -> None:
        """Every open class that contains one of them has something new to show. The last write of a tap."""
        since = at - SHOWN_FOR
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


def write_ladders(sessions: Sequence[ClassSession]) -> None:
    """The ladders of new classes: the first on the board, then those that blocks of the plan are of."""
    keys = {key for session in sessions for key in ladders_in(session.plan)}
    progressions: Any = apps.get_model("programming", "Progression").objects
    further = {each.key: each for each in progressions.filter(key__in=keys)} if keys else {}
    rows = []
    for session in sessions:
        own = [session.progression] if session.progression else []
        ladders = dict.fromkeys([*own, *(further[key] for key in ladders_in(session.plan) if key in further)])
        rows += [ClassLadder(session=session, progression=each, position=place) for place, each in enumerate(ladders)]
    ClassLadder.objects.bulk_create(rows)


def ladders_in(plan: list[dict[str, Any]]) -> list[str]:
    """The keys of the ladders that blocks of a plan are of, other than the first on the board."""
    return list(dict.fromkeys(block["ladder"] for block in plan if block.get("ladder")))


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
