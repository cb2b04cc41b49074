"""How a step of a class's plan is recorded: once, under the lock of the class, its tap and the class written together.

`record_step` is called through ClassSession.record_step() by every view, command and test. What a step does stands in
steps.py; the class is what all of them make of the plan as copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gym.identifiers import uuid7
from gym.models import Membership
from programming import ladder, steps
from programming.models.checking_in import opens_at
from programming.models.classes import ClassSession
from programming.models.drills import Drill, DrillRevision
from programming.models.recording import Answer, Refused, Repeated, digest_of, enter
from programming.models.retrying import retried
from programming.models.taps import Tap
from programming.plan import BlockDrill, as_copied, find, read_plan, written
from programming.steps import Course, Step

# What shows that somebody was seen in a class, or that something was decided there.
SEEING = (Tap.Kind.STAGE, Tap.Kind.SETTING, Tap.Kind.DRILL, Tap.Kind.SAW, Tap.Kind.FAULT, Tap.Kind.PAIN, Tap.Kind.CLEAR)


@dataclass(frozen=True, kw_only=True)
class PlanTap:
    """One step as a screen sends it: what is wanted of the class, by whom, and how long ago.

    `values` are plain: "block", an id; and one value by the name of what is wanted, see steps.py. A drill is a key,
    with the "place" in the block where it is to be taught; an order is a list of ids; "stage" says whose a way is.
    `shown` is what the screen showed in that place: where something else stands there by now, somebody changed it.
    """

    wanted: str
    by: Membership
    values: Mapping[str, Any] = field(default_factory=dict)
    shown: Any = None
    key: UUID = field(default_factory=uuid7)
    age: timedelta = timedelta()
    device: UUID | None = None


def record_step(session: ClassSession, tap: PlanTap, now: datetime) -> Answer:
    """Apply the step once and answer from what is stored, for the first send and every later one.

    Raises Http404 where the class is gone.
    """
    try:
        return retried(lambda: Stepping(session, tap, now).run())
    except Repeated:
        stored = Tap.objects.get(key=tap.key)
        return Answer(stored, repeated=True, conflict=stored.digest != digest_of_step(session, tap))


def digest_of_step(session: ClassSession, tap: PlanTap) -> str:
    """The same for the same body."""
    return digest_of(Tap.Kind.PLAN, session, [], tap.by, {"wanted": tap.wanted, **tap.values})


class Stepping:
    """The recording of one step: what is locked and read, and what is written."""

    def __init__(self, session: ClassSession, tap: PlanTap, now: datetime) -> None:
        self.screen, self.now = tap, now
        self.session_id = session.pk
        self.at = ladder.effective_at(now, tap.age, session.starts_at)
        self.tap = Tap(
            key=tap.key,
            kind=Tap.Kind.PLAN,
            digest=digest_of_step(session, tap),
            session=session,
            member=None,
            progression_id=session.progression_id,
            actor=tap.by,
            device=tap.device,
            at=self.at,
            recorded_at=now,
            outcome=Tap.Outcome.APPLIED,
            detail={"wanted": tap.wanted, **tap.values},
        )

    @transaction.atomic
    def run(self) -> Answer:
        """Lock, decide, write. Raises Repeated, and leaves nothing, where it came before."""
        self.session = ClassSession.objects.held(self.session_id)
        before = present(self.session)
        try:
            self._judge(before)
        except Refused as refused:
            self.tap.detail.update(refused=refused.refusal.code, because=dict(refused.refusal.values))
            self.tap.outcome = Tap.Outcome.REFUSED
            enter(self.tap)
            return Answer(self.tap)
        course = self._course(before)
        if course == before:
            self.tap.outcome = Tap.Outcome.UNCHANGED
        enter(self.tap)
        if course != before:
            self._write(course)
        return Answer(self.tap)

    def _judge(self, before: Course) -> None:
        """Refuse what the plan does not have (any more). What is left of a step does not depend on when it arrives."""
        wanted, values = self.screen.wanted, self.screen.values
        self._judge_time()
        block = find(before.plan, values.get("block"))
        if wanted == steps.BLOCK and values["block"] is None:
            self._judge_unseen()
        elif "block" in values and block is None:
            raise Refused("plan_changed")
        if wanted == steps.ORDER:
            self._judge_order([each.id for each in before.plan])
        if wanted == steps.DRILL and block:
            self._judge_drill(block.drills)
        if wanted == steps.FINISHED and not values["finished"]:
            self._judge_day(before)
        if wanted == steps.REMOVED and values["removed"]:
            self._judge_removal()

    def _judge_time(self) -> None:
        """A class that is over stays as it was, but for its end and its removal; one that is far ahead does not run."""
        wanted, values = self.screen.wanted, self.screen.values
        is_put_back = wanted == steps.REMOVED and not values["removed"]
        if wanted != steps.FINISHED and not is_put_back and self.at >= self.session.over_at:
            raise Refused("plan_over")
        if wanted == steps.BLOCK and values["block"] is not None and self.at < opens_at(self.session):
            raise Refused("too_early", starts_at=self.session.starts_at.isoformat())

    def _judge_order(self, present: list[int]) -> None:
        order = self.screen.values["order"]
        if sorted(order) != sorted(present) or (self.screen.shown not in (None, present) and order != present):
            raise Refused("plan_changed")

    def _judge_drill(self, drills: tuple[BlockDrill, ...]) -> None:
        key, place = self.screen.values["drill"], self.screen.values["place"]
        drill = Drill.objects.select_related("current").filter(key=key).first()
        if drill is None or not 0 <= place < len(drills):
            raise Refused("plan_changed")
        if self.screen.shown not in (None, drills[place].drill) and drills[place].drill != key:
            raise Refused("plan_changed")
        # Back to the drill of the plan: as it was copied, whatever became of it since.
        first = drills[place].instead_of or drills[place]
        is_there = key in (first.drill, drills[place].drill)
        if not is_there and drill.retired_at is not None and drill.retired_at <= self.at:
            raise Refused("drill_retired")
        self.tap.detail["revision"] = first.revision if first.drill == key else str(drill.words.pk)

    def _judge_day(self, before: Course) -> None:
        """Finishing is taken back on the same day only."""
        ended = before.finished_at
        if ended and timezone.localdate(ended) != timezone.localdate(self.at):
            raise Refused("finished_before")

    def _judge_removal(self) -> None:
        """A class started by mistake goes; one that was planned, or in which somebody was seen, does not."""
        if self.session.slot_id is not None:
            raise Refused("is_planned")
        self._judge_unseen()

    def _judge_unseen(self) -> None:
        if something_seen_in(self.session.pk):
            raise Refused("seen_in_it")

    def _course(self, before: Course) -> Course:
        """How the class stands with this step: forward where it is the newest, else by replay."""
        last = steps_taken(self.session.pk).last()
        if last is None or (last.at, str(last.key)) < (self.at, str(self.tap.key)):
            return steps.after(before, next(steps_of([self.tap])))
        known = list(steps_taken(self.session.pk))
        all_steps = list(steps_of([*known, self.tap]))
        course = steps.replay(Course(as_copied(before.plan)), all_steps)
        if not any(step.wanted == steps.BLOCK and step.block is None for step in all_steps):
            begun = [each for each in (before.begun_at, course.begun_at) if each]
            course = replace(course, begun_at=min(begun, default=None))
        # What was done to the class otherwise stays.
        if not any(step.wanted == steps.FINISHED for step in all_steps):
            course = replace(course, finished_at=before.finished_at)
        if steps.replay(Course(as_copied(before.plan)), all_steps[:-1]).removed_at != before.removed_at:
            course = replace(course, removed_at=before.removed_at)
        return course

    def _write(self, course: Course) -> None:
        """The class as it stands now. Its version rises: every screen has something new to show."""
        session = self.session
        session.stepped_at = max(self.at, session.stepped_at or self.at)
        places = {block.id: place for place, block in enumerate(course.plan)}
        session.plan = written(course.plan)
        session.block_position = places[course.block] if course.block is not None else None
        session.block_started_at, session.block_paused_at = course.started_at, course.paused_at
        session.started_at, session.finished_at = course.begun_at, course.finished_at
        session.cancelled_at = course.removed_at
        session.version += 1
        session.save(update_fields=WRITTEN)


WRITTEN = [
    "plan",
    "block_position",
    "block_started_at",
    "block_paused_at",
    "stepped_at",
    "started_at",
    "finished_at",
    "cancelled_at",
    "version",
]


def present(session: ClassSession) -> Course:
    """How the class stands in its plan, as stored."""
    plan = read_plan(session.plan)
    place = session.block_position
    is_there = place is not None and place < len(plan)
    return Course(
        plan=plan,
        block=plan[place].id if place is not None and is_there else None,
        started_at=session.block_started_at if is_there else None,
        paused_at=session.block_paused_at if is_there else None,
        begun_at=session.started_at,
        finished_at=session.finished_at,
        removed_at=session.cancelled_at,
    )


def steps_taken(session_id: UUID) -> QuerySet[Tap]:
    """Every step of the class that was not refused. One that changed nothing may do so after what comes in late."""
    taps: QuerySet[Tap] = Tap.objects.filter(session_id=session_id, kind=Tap.Kind.PLAN)
    return taps.exclude(outcome=Tap.Outcome.REFUSED).order_by("at", "key")


def something_seen_in(session_id: UUID) -> bool:
    """Whether somebody was seen in the class, or something was decided there, that still stands."""
    taps = Tap.objects.filter(session_id=session_id, kind__in=[*SEEING, Tap.Kind.SEVERAL])
    return bool(taps.exclude(outcome=Tap.Outcome.REFUSED).standing().exists())


def steps_of(taps: list[Tap]) -> Iterator[Step]:
    """These taps as steps, with the words of the drills that they name."""
    wanted = {tap.detail["revision"] for tap in taps if tap.detail["wanted"] == steps.DRILL}
    revisions = DrillRevision.objects.in_bulk([UUID(each) for each in wanted]) if wanted else {}
    drills = {str(key): revision for key, revision in revisions.items()}
    for tap in taps:
        detail = tap.detail
        name = detail["wanted"]
        value = detail.get(name)
        if name == steps.DRILL:
            value = (detail["place"], as_taught(detail["drill"], drills[detail["revision"]]))
        elif name == steps.WAY:
            value = (detail["stage"], detail["way"])
        yield Step(at=tap.at, key=str(tap.key), wanted=name, block=detail.get("block"), value=value)


def as_taught(key: str, words: Any) -> BlockDrill:
    """A drill as a class keeps it."""
    return BlockDrill(None, key, str(words.pk), words.name, tuple(words.cues), words.dose)


def taught(session: ClassSession) -> tuple[tuple[int, datetime], ...]:
    """Each start of a block of that class, as (id, when), in order."""
    plan = as_copied(read_plan(session.plan))
    return steps.replay(Course(plan), steps_of(list(steps_taken(session.pk)))).taught
