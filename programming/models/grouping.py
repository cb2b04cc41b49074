"""One tap for several people: everyone not yet seen is clean, or a stage for those who were selected.

Each person's part is an ordinary tap, judged and written as if it had come alone, that names this one as its group.
A part that a rule refuses keeps that person out, and the others are applied. The tap for all has no state of its
own: it stands as long as one of its parts does. All of it happens in one transaction, under the locks of all the
people concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from gym.identifiers import uuid7
from gym.models import Membership
from programming import ladder
from programming.models.attendance import Attendance
from programming.models.attending import NOT_HERE, STANDING
from programming.models.classes import ClassSession
from programming.models.recording import (
    Answer,
    NotOnRoster,
    Recording,
    Refused,
    Repeated,
    ScreenTap,
    digest_of,
    rows_to_lock,
)
from programming.models.repeating import OBSERVATIONS
from programming.models.retrying import retried
from programming.models.taps import Tap


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen showed of a person: the version of the placement (None: none), and the stage's key, if any."""

    version: int | None = None
    stage: str = ""


# The value by which a part's kind is known.
VALUE = {Tap.Kind.SAW: "saw", Tap.Kind.ATTENDANCE: "state", Tap.Kind.STAGE: "stage"}


@dataclass(frozen=True, kw_only=True)
class GroupTap:
    """One tap for several people as a screen sends it, with what it showed of each.

    `values` are those of a tap for one: {"stage": its key}, {"saw": "clean" or "seen"}, or {"state": "here"}. What was
    seen of somebody was seen at the stage that the screen showed; where it showed none, at the one they stand on.
    """

    by: Membership
    people: Mapping[UUID, Shown]
    values: Mapping[str, str]
    key: UUID = field(default_factory=uuid7)
    age: timedelta = timedelta()
    device: UUID | None = None
    # Only those of them who are here and were not yet seen when the finger landed.
    is_rest: bool = False


@dataclass(frozen=True, kw_only=True)
class GroupUndo:
    """A coach takes a tap for several people out; `undone` is its key."""

    by: Membership
    undone: UUID
    key: UUID = field(default_factory=uuid7)
    age: timedelta = timedelta()
    device: UUID | None = None


def record_several(session: ClassSession, screen: GroupTap, now: datetime) -> Answer:
    """Apply the tap once and answer from what is stored. Raises NotOnRoster where one of them is not on the roster."""
    return once(lambda: Several(session, screen, now))


def undo_several(session: ClassSession, screen: GroupUndo, now: datetime) -> Answer:
    """Take out once what still stands of a tap for several people, and answer from what is stored."""
    return once(lambda: SeveralUndone(session, screen, now))


def once(group: Callable[[], Group]) -> Answer:
    """Record what `group()` makes, made anew where the database asks for it again."""
    try:
        return retried(lambda: group().run())
    except (IntegrityError, NotOnRoster):
        # A tap with this key for other people went in, perhaps meanwhile: it held other locks than ours.
        made = group()
        stored = Tap.objects.filter(key=made.tap.key).first()
        if stored is None:
            raise
        return made.again(stored)


def kept_out(group: Tap) -> QuerySet[Tap]:
    """The parts of a tap for several people that a rule refused, with their members."""
    parts: QuerySet[Tap] = group.parts.filter(outcome=Tap.Outcome.REFUSED)
    return parts.select_related("member").order_by("member__name", "member_id")


def standing_parts(groups: Iterable[Tap]) -> dict[UUID, list[Tap]]:
    """What still stands of each of these taps for several people, by its id, with the members."""
    found = Tap.objects.filter(group__in=groups, outcome__in=STANDING).standing().select_related("member", "actor")
    parts: dict[UUID, list[Tap]] = {}
    for part in found.order_by("member__name", "member_id"):
        parts.setdefault(part.group_id, []).append(part)
    return parts


class Group:
    """The recording of one tap for several people: whom it concerns, its parts, its own record."""

    kind: ClassVar[str]

    def __init__(self, session: ClassSession, screen: GroupTap | GroupUndo, now: datetime) -> None:
        self.session, self.now = session, now
        self.people = self.named()
        self.tap = Tap(
            key=screen.key,
            kind=self.kind,
            digest=digest_of(self.kind, session, self.told(), screen.by, self.said()),
            session=session,
            progression=session.on_board,
            actor=screen.by,
            device=screen.device,
            at=ladder.effective_at(now, screen.age, session.starts_at),
            recorded_at=now,
            outcome=Tap.Outcome.UNCHANGED,
            detail=self.said(),
        )
        # What all parts have from the screen's tap.
        self.common: dict[str, Any] = {"by": screen.by, "age": screen.age, "device": screen.device}
        self.common["group"] = self.tap.pk

    def named(self) -> list[UUID]:
        """Whom the tap names, in the order in which they are locked."""
        raise NotImplementedError

    def told(self) -> list[str]:
        """What the screen said of each person. Nothing that is stored: a repeat says the same whenever it comes."""
        raise NotImplementedError

    def said(self) -> dict[str, Any]:
        """What is kept of what was wanted or seen."""
        raise NotImplementedError

    def parts(self, roster: list[Attendance]) -> Iterable[ScreenTap]:
        """The taps that it is made of. Called under the locks."""
        raise NotImplementedError

    @transaction.atomic
    def run(self) -> Answer:
        """Lock everybody, look for an earlier arrival, let each part be judged and written, then the tap itself."""
        roster = self._lock()
        stored = Tap.objects.filter(key=self.tap.key).first()
        if stored is not None:
            return self.again(stored)
        recordings: list[Recording] = []
        try:
            # The parts refer to a row that is written after them, within the transaction: its outcome is theirs.
            with transaction.atomic():
                recordings = self._record_parts(roster)
        except Refused as refused:
            self.refuse(refused.refusal.code)
        self.tap.save()
        shown = [recording.member.pk for recording in recordings if recording.shows]
        if shown:
            ClassSession.raise_versions_of(*shown, at=self.now)
        return Answer(self.tap)

    def refuse(self, code: str) -> None:
        """Keep with the tap that it was refused, and why."""
        self.tap.outcome = Tap.Outcome.REFUSED
        self.tap.detail.update(refused=code, because={})

    def _record_parts(self, roster: list[Attendance]) -> list[Recording]:
        """Let each part be judged and written, and take the outcome from theirs. Raises Refused: none of it is kept."""
        rows = {attendance.member_id: attendance for attendance in roster}
        recordings = [Recording(self.session, part, self.now) for part in self.parts(roster)]
        try:
            answers = [recording.run_locked(rows[recording.screen.member_id]) for recording in recordings]
        except Repeated:
            # Something else came with the key of a part: what is stored under it is no part of this tap.
            raise Refused("other_tap") from None
        outcomes = {answer.tap.outcome for answer in answers}
        if outcomes.intersection(STANDING):
            self.tap.outcome = Tap.Outcome.APPLIED
        elif outcomes == {Tap.Outcome.REFUSED}:
            self.refuse("all_kept_out")
        return recordings

    def again(self, stored: Tap) -> Answer:
        """The answer to a key that is stored already."""
        return Answer(stored, repeated=True, conflict=stored.digest != self.tap.digest)

    def _lock(self) -> list[Attendance]:
        """The same locks as for a tap on each alone, in the same order."""
        roster = list(rows_to_lock(session=self.session, member_id__in=self.people))
        if len(roster) != len(self.people):
            raise NotOnRoster(", ".join(map(str, self.people)))
        return roster


class Several(Group):
    """A stage is wanted for several people, the same was seen of them, or they are here."""

    kind = Tap.Kind.SEVERAL

    def __init__(self, session: ClassSession, screen: GroupTap, now: datetime) -> None:
        self.screen = screen
        super().__init__(session, screen, now)

    def named(self) -> list[UUID]:
        return sorted(self.screen.people)

    def told(self) -> list[str]:
        return [f"{each}:{self.values_for(each).get('stage', '')}" for each in self.people]

    def said(self) -> dict[str, Any]:
        return {**self.screen.values, **({"rest": True} if self.screen.is_rest else {})}

    def parts(self, roster: list[Attendance]) -> Iterable[ScreenTap]:
        kind = next(kind for kind, name in VALUE.items() if name in self.screen.values)
        for attendance in self.rest_of(roster) if self.screen.is_rest else roster:
            member_id = attendance.member_id
            yield ScreenTap(
                kind=kind,
                member_id=member_id,
                values=self.values_for(member_id),
                key=uuid5(self.tap.key, str(member_id)),
                seen=self.screen.people[member_id].version,
                **self.common,
            )

    def values_for(self, member_id: UUID) -> dict[str, Any]:
        """What is wanted or was seen of one of them."""
        shown = self.screen.people[member_id].stage if "saw" in self.screen.values else ""
        return {**({"stage": shown} if shown else {}), **self.screen.values}

    def rest_of(self, roster: list[Attendance]) -> list[Attendance]:
        """Who is here and was not seen in this class before the tap. The rules keep out the held and the unplaced."""
        here = [each for each in roster if each.state not in NOT_HERE]
        # For a tap that comes in late: seen at some time since, and perhaps before as well.
        since = [each.member_id for each in here if each.seen_at is not None and each.seen_at >= self.tap.at]
        before = {each.member_id for each in here if each.seen_at is not None and each.seen_at < self.tap.at}
        if since:
            seen = Tap.objects.filter(session=self.session, member_id__in=since, kind__in=OBSERVATIONS)
            earlier = seen.filter(outcome__in=STANDING, at__lt=self.tap.at).standing()
            before |= set(earlier.values_list("member_id", flat=True))
        return [each for each in here if each.member_id not in before]


class SeveralUndone(Group):
    """What still stands of a tap for several people is taken out. Whoever was tapped on since keeps their part."""

    kind = Tap.Kind.UNDO

    def __init__(self, session: ClassSession, screen: GroupUndo, now: datetime) -> None:
        self.screen = screen
        groups = Tap.objects.filter(session=session, kind=Tap.Kind.SEVERAL)
        self.undone: Tap | None = groups.filter(key=screen.undone).first()
        super().__init__(session, screen, now)
        if self.undone is None:
            self.refuse("no_such_tap")

    def named(self) -> list[UUID]:
        if self.undone is None:
            return []
        people = self.undone.parts.filter(outcome__in=STANDING).order_by("member_id")
        return list(people.values_list("member_id", flat=True))

    def told(self) -> list[str]:
        return []

    def said(self) -> dict[str, Any]:
        return {"undone": str(self.screen.undone)}

    def parts(self, roster: list[Attendance]) -> Iterable[ScreenTap]:
        if self.undone is None:
            return
        for part in self.undone.parts.filter(outcome__in=STANDING).standing().order_by("member_id"):
            yield ScreenTap(
                kind=Tap.Kind.UNDO,
                member_id=part.member_id,
                values={"undone": str(part.key)},
                key=uuid5(self.tap.key, str(part.member_id)),
                **self.common,
            )
