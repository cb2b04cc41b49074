"""What a member says of themself, recorded: once, under their lock, its tap and its row of history written together.

No class, no coach and no rule of a ladder has a part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from gym.identifiers import uuid7
from gym.models import Membership
from programming import ladder
from programming.models.assessments import held_at
from programming.models.classes import ClassSession
from programming.models.drills import Drill
from programming.models.history import Happening
from programming.models.practice import Homework, Practice, SelfCheck
from programming.models.progressions import Progression
from programming.models.recording import Answer, Refused, Repeated, digest_of, enter
from programming.models.retrying import retried
from programming.models.taps import Tap, Undo


@dataclass(frozen=True, kw_only=True)
class OwnTap:
    """One tap as a member's phone sends it. `values` are plain; `age` is the time since the finger landed.

    Practised: "drill", a key. Undo: "undone", the key of the tap. Self-check: "progression" and "check", keys, with
    "answers" {key: answer}.
    """

    kind: str
    by: Membership
    values: Mapping[str, Any] = field(default_factory=dict)
    key: UUID = field(default_factory=uuid7)
    age: timedelta = timedelta()

    @property
    def digest(self) -> str:
        """The same for the same body."""
        return digest_of(self.kind, None, [str(self.by.pk)], self.by, dict(self.values))

    def record(self, now: datetime | None = None) -> Answer:
        """Apply the tap once and answer from what is stored, for the first send and every later one."""
        at = now or timezone.now()
        try:
            return retried(lambda: _record(self, at))
        except Repeated:
            stored = Tap.objects.get(key=self.key)
            return Answer(stored, repeated=True, conflict=stored.digest != self.digest)


@transaction.atomic
def _record(own: OwnTap, now: datetime) -> Answer:
    """Lock, decide, write. Raises Repeated, and leaves nothing, where it came before."""
    member = Membership.objects.select_for_update(no_key=True).get(pk=own.by.pk)
    # Nothing is of before they came.
    at = max(now - own.age, min(member.joined_at, now))
    tap = own_tap(member, own.kind, own.key, own.digest, at=at, now=now, detail=dict(own.values))
    row: Happening | None = None
    try:
        row = KINDS[own.kind](tap)
        if row is None:
            tap.outcome = Tap.Outcome.UNCHANGED
    except Refused as refused:
        tap.detail.update(refused=refused.refusal.code, because=dict(refused.refusal.values))
        tap.outcome = Tap.Outcome.REFUSED
    enter(tap, *([row] if row is not None else []))
    if row is not None:
        Homework.count(member)
        ClassSession.raise_versions_of(member.pk, at=now)
    return Answer(tap)


def practise(tap: Tap) -> Happening | None:
    """A drill was practised. The same one twice within 20 seconds is a slip of the thumb."""
    drill = Drill.objects.select_related("current").filter(key=tap.detail["drill"]).first()
    if drill is None or drill.current is None:
        raise Refused("no_such_drill")
    near = {"at__gt": tap.at - ladder.SLIP, "at__lt": tap.at + ladder.SLIP}
    if Practice.objects.filter(member=tap.member, drill__drill=drill, **near).standing().exists():
        return None
    return happening(Practice, tap, member=tap.member, drill=drill.current)


def take_back(tap: Tap) -> Happening | None:
    """One of their own taps is taken out. History keeps both."""
    undone = Tap.objects.filter(key=tap.detail["undone"], member=tap.member, kind=Tap.Kind.PRACTISED).first()
    if undone is None:
        raise Refused("not_your_tap")
    if undone.outcome != Tap.Outcome.APPLIED or Undo.objects.filter(undone=undone).exists():
        return None
    return happening(Undo, tap, undone=undone)


def check(tap: Tap) -> Happening | None:
    """A guided check was gone through. What was asked is kept with what was answered.

    Whoever pain holds tries nothing alone; one that was gone through before counts, however late it comes.
    """
    if held_at([tap.actor_id], tap.at):
        raise Refused("held_alone")
    progression = Progression.objects.filter(key=tap.detail["progression"]).first()
    checks = progression.teaching.get("self_checks", []) if progression else []
    found = next((each for each in checks if each["key"] == tap.detail["check"]), None)
    if found is None:
        raise Refused("no_such_check")
    given = tap.detail["answers"]
    answers = [
        {"key": each["key"], "asks": each["asks"], "answer": given.get(each["key"], SelfCheck.UNSURE)}
        for each in found["questions"]
    ]
    words = {"check_key": found["key"], "name": found["name"], "answers": answers}
    return happening(SelfCheck, tap, member=tap.member, progression=progression, **words)


def own_tap(member: Membership, kind: str, key: UUID, digest: str, *, at: datetime, now: datetime, **more: Any) -> Tap:
    """A tap of a member about themself, in no class and on no ladder."""
    outcome = Tap.Outcome.APPLIED
    who = {"member": member, "actor": member}
    return Tap(key=key, kind=kind, digest=digest, at=at, recorded_at=now, outcome=outcome, **who, **more)


def happening(model: type[Any], tap: Tap, **values: Any) -> Happening:
    """A row of history of this tap, written once the tap is in."""
    row: Happening = model(tap=tap, at=tap.at, recorded_at=tap.recorded_at, actor=tap.actor, **values)
    return row


KINDS: dict[str, Callable[[Tap], Happening | None]] = {
    Tap.Kind.PRACTISED: practise,
    Tap.Kind.SELF_CHECK: check,
    Tap.Kind.UNDO: take_back,
}
