"""How a tap is recorded: once, under a lock, judged by ladder.py, its rows written together.

`record` is called through ClassSession.record_tap() by every view, command and test. Each kind of
tap has one function below; what they write is rolled back together when any of it fails.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.crypto import salted_hmac

from gym.identifiers import uuid7
from gym.models import Membership
from gym.prepared import Prepared, insert, update
from programming import ladder
from programming.models.attendance import Attendance
from programming.models.classes import ClassSession
from programming.models.noticing import tell
from programming.models.progressions import Placement, Progression
from programming.models.replaying import standing_events
from programming.models.retrying import retried
from programming.models.taps import Tap

if TYPE_CHECKING:
    from programming.models.ladder_words import LadderWords


@dataclass(frozen=True, kw_only=True)
class ScreenTap:
    """One tap as a screen sends it: what is wanted or seen of whom, by whom, and how long ago.

    `values` are plain (keys, ids as text, whole mm or g). `seen` is the version of the placement that
    the screen showed. `age` is the time since the finger landed.
    """

    kind: str
    member_id: UUID
    by: Membership
    values: dict[str, Any] = field(default_factory=dict)
    key: UUID = field(default_factory=uuid7)
    seen: int | None = None
    age: timedelta = timedelta()
    device: UUID | None = None
    # Further people on the roster whom the tap concerns.
    also: tuple[UUID, ...] = ()
    # The id of the tap for several people that this one is a part of. See grouping.py.
    group: UUID | None = None

    def digest(self, session: ClassSession) -> str:
        """The same for the same body: a key that comes back with another one is a mistake, not a repeat.

        Keyed, so that what was emptied elsewhere cannot be guessed from it.
        """
        people = [str(self.member_id), *map(str, self.also)]
        return digest_of(self.kind, session, people, self.by, self.values)


def digest_of(
    kind: str, session: ClassSession | None, people: list[str], by: Membership, values: dict[str, Any]
) -> str:
    """The digest of a tap's body. No session: it was made outside any class."""
    place = str(session.pk) if session else ""
    text = json.dumps([kind, place, people, str(by.pk), values], sort_keys=True, default=str)
    return salted_hmac("programming.tap", text, algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class Answer:
    """What became of a tap: the stored record, whether it came for the second time, and why it was refused.

    `shows` is whether it raised the version of its class: by one, but for one that was moved or lets others
    count again.
    `status` is the HTTP status of settled answers: 200 applied or repeated, 409 same key with another
    body, 422 refused by a rule.
    """

    tap: Tap
    repeated: bool = False
    conflict: bool = False
    shows: bool = False

    @property
    def refusal(self) -> ladder.Refusal | None:
        """The rule's reason, read back from the record."""
        if self.tap.outcome != Tap.Outcome.REFUSED:
            return None
        return ladder.Refusal(self.tap.detail["refused"], self.tap.detail.get("because", {}))

    @property
    def status(self) -> int:
        """200, 409 or 422."""
        return 409 if self.conflict else 422 if self.refusal else 200


class Refused(Exception):
    """A rule says no. Nothing but the tap's own record is kept."""

    def __init__(self, code: str, **values: Any) -> None:
        self.refusal = ladder.Refusal(code, values)
        super().__init__(code)


class NotOnRoster(LookupError):
    """The person never stood on the class's roster."""


class Repeated(IntegrityError):
    """A tap with this key is stored already. What was made of it for a second time is rolled back."""


def enter(tap: Tap, *rows: models.Model) -> None:
    """Store a tap, and what it brought about. It goes in first, and only once: raises Repeated, and stores nothing."""
    if not insert(tap, unless=("gym", "key")):
        raise Repeated(str(tap.key))
    for row in rows:
        insert(row)


def rows_to_lock(**which: Any) -> models.QuerySet[Attendance]:
    """Everything about a member is written under the lock of their membership row."""
    wanted = Attendance.objects.filter(**which).order_by("member_id").select_related("member")
    return wanted.select_for_update(of=("self", "member"), no_key=True)


ROW_TO_LOCK = Prepared[Attendance](
    lambda session, member: rows_to_lock(session_id=session, member_id=member),
    session=models.UUIDField(),
    member=models.UUIDField(),
)
PLACEMENT = Prepared[Placement](
    lambda member, progression: Placement.objects.filter(member_id=member, progression_id=progression).annotate(
        taught=models.F("progression__revision")
    ),
    member=models.UUIDField(),
    progression=models.UUIDField(),
)


def record(session: ClassSession, tap: ScreenTap, now: datetime) -> Answer:
    """Apply the tap once and answer from what is stored, for the first send and every later one.

    Raises NotOnRoster where the member does not stand on the class's roster.
    """
    try:
        return retried(lambda: Recording(session, tap, now).run())
    except (IntegrityError, NotOnRoster) as problem:
        # It came before; or one with this key that names somebody else did, under another lock than ours.
        stored = Tap.objects.filter(key=tap.key).first()
        if stored is not None:
            return Answer(stored, repeated=True, conflict=stored.digest != tap.digest(session))
        if isinstance(problem, NotOnRoster):
            raise
    # Nor does our lock keep out a tap of somebody else's that names the same opening of a sheet. It is in by now.
    return retried(lambda: Recording(session, tap, now).run())


class Recording:
    """The recording of one tap: what is locked and read, and what is written."""

    def __init__(self, session: ClassSession, tap: ScreenTap, now: datetime) -> None:
        self.session, self.screen, self.now = session, tap, now
        self.at = ladder.effective_at(now, tap.age, session.starts_at)
        self.progression: Progression = session.on_board
        self.words: LadderWords = self.progression.ladder()
        # What is kept of the tap's values: no names, no words about health.
        self.detail: dict[str, Any] = dict(tap.values)
        self.order = 0
        self.heard = False
        self.tap = Tap(
            key=tap.key,
            kind=tap.kind,
            digest=tap.digest(session),
            session=session,
            member_id=tap.member_id,
            group_id=tap.group,
            progression=self.progression,
            actor=tap.by,
            device=tap.device,
            at=self.at,
            recorded_at=now,
            seen_version=tap.seen,
            outcome=Tap.Outcome.APPLIED,
            detail=self.detail,
        )
        # Rows of history, placements on other ladders, and the member's other classes, to write once the tap is in.
        self.rows: list[models.Model] = []
        self.others: list[Placement] = []
        self.elsewhere: dict[UUID, Attendance] = {}
        # Keys of the taps that this one takes out, or whose pain or assignment it ends.
        self.ended: list[str] = []
        # Whether a screen has something new to show.
        self.shows = False

    @transaction.atomic
    def run(self) -> Answer:
        """Lock, decide, write. Raises Repeated, and leaves nothing, where it came before."""
        return self.run_locked(self._lock())

    def run_locked(self, attendance: Attendance) -> Answer:
        """The same under a lock that is held already, with the member's row of the class as read under it."""
        from programming.models.repeating import judge_again
        from programming.models.tap_kinds import KINDS

        self.attendance = attendance
        self.tap.member = self.member = attendance.member
        self.placement = placement_of(self.member, self.progression)
        # Under the lock nobody changes the ladder; until then somebody might have.
        self.words = self.progression.ladder()
        try:
            KINDS[self.screen.kind](self)
        except Refused as refused:
            self.detail.update(refused=refused.refusal.code, because=dict(refused.refusal.values))
            self.tap.outcome = Tap.Outcome.REFUSED
            enter(self.tap)
            return Answer(self.tap)
        enter(self.tap)
        self._write()
        if self.ended:
            judge_again(self)
        return Answer(self.tap, shows=self.shows and self.session.is_open(self.now))

    # What is locked and read ---------------------------------------------------------------------

    def _lock(self) -> Attendance:
        """The member's row of this class. A tap that concerns two people locks both, always in the same order."""
        people = [self.screen.member_id, *self.screen.also]
        if self.screen.also:
            locked = list(rows_to_lock(session=self.session, member_id__in=people))
        else:
            locked = ROW_TO_LOCK.all(session=self.session.pk, member=self.screen.member_id)
        found = {attendance.member_id: attendance for attendance in locked}
        if len(found) != len(set(people)):
            raise NotOnRoster(", ".join(str(each) for each in people))
        return found[self.screen.member_id]

    @property
    def late(self) -> bool:
        """Whether something that happened after this tap is already known."""
        last = self.placement.position.last
        return last is not None and self.landed < last

    @property
    def rungs(self) -> ladder.Ladder:
        """The ladder by which the tap is judged: as it was taught when the finger landed."""
        return self.words.ladder.then(self.at)

    @property
    def landed(self) -> tuple[datetime, str, int]:
        """Where the tap itself stands in the order of things."""
        return (self.at, str(self.screen.key), 0)

    def standing_then(self) -> ladder.Standing:
        """Where the member stood when the finger landed."""
        if not self.late:
            return self.placement.position
        return ladder.replay(self.words.ladder, [event for event in self.known if event.place < self.landed])

    @cached_property
    def known(self) -> list[ladder.Event]:
        """All that stood on this class's ladder before this tap."""
        return standing_events(self.member.pk, self.progression)

    def placements(self) -> list[Placement]:
        """The member's placements on all ladders, this class's first."""
        if not self.others:
            others = Placement.objects.filter(member=self.member).exclude(pk=self.placement.pk)
            self.others = list(others.select_related("progression"))
        return [self.placement, *self.others]

    # What is written -----------------------------------------------------------------------------

    def place(self, **values: Any) -> dict[str, Any]:
        """The place of an event of this tap in the order of things, with further values of the event."""
        order = values.pop("order", self.order)
        return {"at": self.at, "tap": str(self.screen.key), "order": order, "session": str(self.session.pk), **values}

    def happening(self, model: type[Any], **values: Any) -> Any:
        """A row of history of this tap, written once the tap is in."""
        row = model(
            tap=self.tap,
            order=self.order,
            at=self.at,
            recorded_at=self.now,
            actor=self.screen.by,
            device=self.screen.device,
            **values,
        )
        self.order += 1
        self.rows.append(row)
        return row

    def refuse_if(self, refusal: ladder.Refusal | None) -> None:
        """Stop here where a rule says no."""
        if refusal is not None:
            raise Refused(refusal.code, **refusal.values)

    def unchanged(self) -> None:
        """The wanted state already holds, or a thumb slipped."""
        self.tap.outcome = Tap.Outcome.UNCHANGED

    def confirming(self, key: Any) -> None:
        """Nothing changes, as the tap of this key said so already (empty: it was so from the start): repeating.py."""
        self.detail["confirms"] = str(key)
        self.unchanged()

    def hear(self, event: ladder.Event) -> None:
        """Remember that something was said which changes nothing now. No screen has anything new to show."""
        if not self.late:
            self.placement.hear(ladder.after(self.words.ladder, self.placement.position, event))
            self.heard = True

    def apply(self, *events: ladder.Event) -> None:
        """Let events happen on this class's ladder: forward where they are the newest, else by replay."""
        last = self.placement.position.last
        if last is not None and events[0].place < last:
            self.settle(self.placement, [*self.known, *events])
            return
        standing = self.placement.position
        for event in events:
            standing = ladder.after(self.words.ladder, standing, event)
        self.placement.take(standing, self.words, by=self.screen.by)
        for event in events:
            self.attendance.show(self.progression.pk, event)

    def settle(
        self, placement: Placement, known: list[ladder.Event], *, since: tuple[datetime, str, int] | None = None
    ) -> None:
        """Make a placement, and what its classes show of the member, of a whole history.

        `since` is the place of the first event that came in or was taken out: by default that of this tap.
        """
        words = placement.progression.ladder()
        placement.take(ladder.replay(words.ladder, known), words, by=self.screen.by)
        effective = ladder.in_effect(words.ladder, known)
        touched = {event.session for event in known if event.session and event.place >= (since or self.landed)}
        for attendance in (self.attendance, *self._elsewhere(touched)):
            attendance.show_last_of(placement.progression_id, effective)

    def _elsewhere(self, session_ids: set[str]) -> list[Attendance]:
        """The member's rows in these classes, but for this one."""
        wanted = {UUID(each) for each in session_ids} - {self.session.pk}
        for attendance in self.member.attendances.filter(session_id__in=wanted - self.elsewhere.keys()):
            self.elsewhere[attendance.session_id] = attendance
        return [self.elsewhere[each] for each in wanted if each in self.elsewhere]

    def _write(self) -> None:
        placements = [each for each in (self.placement, *self.others) if each.changed]
        attendances = [each for each in (self.attendance, *self.elsewhere.values()) if each.changed]
        for row in self.rows:
            insert(row)
        tell(self)
        for placement in placements:
            placement.write()
        if self.heard and not placements:
            update(self.placement, ("standing",))
        for attendance in attendances:
            attendance.write()
        self.shows = bool(self.rows or placements or attendances)
        # A tap for several people does it once, when all its parts are in.
        if self.shows and self.screen.group is None:
            ClassSession.raise_versions_of(self.member.pk, at=self.now)


def revision_of(progression: Progression) -> UUID:
    """Which revision of a ladder is taught now."""
    revision: UUID = Progression.objects.values_list("revision", flat=True).get(pk=progression.pk)
    return revision


def placement_of(member: Membership, progression: Progression) -> Placement:
    """The member's placement on a ladder, made on first need. Call it under the member's lock."""
    found = PLACEMENT.first(member=member.pk, progression=progression.pk)
    placement: Placement = found or Placement(member=member)
    placement.progression = progression
    # The ladder as it is taught now, whatever the screen was drawn with.
    progression.revision = found.taught if found else revision_of(progression)  # type: ignore[attr-defined]
    if found is None:
        words = progression.ladder()
        # A hold from another ladder holds here too.
        placement.take(ladder.replay(words.ladder, standing_events(member.pk, progression)), words, by=None)
        placement.version = 0
        placement.save(force_insert=True)
        placement.changed = False
    return placement
