"""Two records of one person become one. What was seen stays where it was written, and is read as one history.

The record that goes names the one that is kept; see records_of() in history.py. It cannot be taken apart again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from gym.auditing import auditing
from gym.models import Gym, Invitation, Membership, Pin, Tag, coaches_no_more
from gym.scope import current_gym_id
from programming import ladder
from programming.models.absences import Absence
from programming.models.attendance import Attendance
from programming.models.calendar_links import CalendarLink
from programming.models.classes import ClassSession
from programming.models.leaving import LastOwner
from programming.models.people import DESCRIBED, ROLES
from programming.models.practice import Homework
from programming.models.progressions import Placement
from programming.models.recording import placement_of
from programming.models.replaying import standing_events
from programming.models.retrying import retrying
from programming.models.slots import WeeklySlot

LONGEST_LIMITS: int = Membership._meta.get_field("standing_limits").max_length  # type: ignore[assignment]
NEWS = ("mail_moves", "mail_drills", "mail_holds")


class NotMerged(ValueError):
    """These two cannot become one now. `code` says why: "same", "in_class", "minor", "yourself"."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Merged:
    """What becomes of two records: field → value. `loses` is the sign-in that opens this gym no more."""

    values: dict[str, Any]
    user_id: UUID | None
    loses: str

    @classmethod
    def of(cls, kept: Membership, gone: Membership) -> Merged:
        """What the kept record says counts; where it says nothing, the other does. Both of their roles stay."""
        values: dict[str, Any] = {name: getattr(kept, name) or getattr(gone, name) for name in DESCRIBED}
        values |= {name: getattr(kept, name) or getattr(gone, name) for name in (*ROLES, "is_active")}
        # Who agreed in one record alone has not agreed for certain, and who switched news off meant it.
        values |= {name: getattr(kept, name) and getattr(gone, name) for name in ("tv_consent", *NEWS)}
        limits = dict.fromkeys(filter(None, (kept.standing_limits, gone.standing_limits)))
        values["standing_limits"] = " · ".join(limits)[:LONGEST_LIMITS]
        values["joined_at"] = min(kept.joined_at, gone.joined_at)
        user_id = kept.user_id or gone.user_id
        if user_id is not None or values["is_minor"]:
            values["email"] = ""
        both = kept.user is not None and gone.user is not None
        return cls(values, user_id, gone.user.email if both and gone.user else "")


def why_not(kept: Membership, gone: Membership, *, by: Membership, at: datetime) -> str:
    """Why these two cannot become one now, as NotMerged says it; empty where they can."""
    if kept.pk == gone.pk or not all(each.erased_at is None and each.merged_into_id is None for each in (kept, gone)):
        return "same"
    if gone.pk == by.pk:
        return "yourself"
    values = Merged.of(kept, gone).values
    if values["is_minor"] and (values["is_coach"] or values["is_owner"]):
        return "minor"
    there = Attendance.objects.filter(member__in=(kept.pk, gone.pk)).exclude(state=Attendance.State.OFF)
    classes = ClassSession.objects.open(at).filter(pk__in=there.values("session"))
    return "in_class" if any(each.state(at) == "running" for each in classes) else ""


@retrying
@transaction.atomic
def merge(kept_id: UUID, gone_id: UUID, *, by: Membership, at: datetime) -> Membership:
    """Let the first record be both. Raises NotMerged, LastOwner."""
    gym = Gym.objects.select_for_update(no_key=True).get(pk=current_gym_id())
    people = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    held = {each.pk: each for each in people.filter(pk__in=(kept_id, gone_id)).order_by("pk")}
    kept, gone = held[kept_id], held[gone_id]
    code = why_not(kept, gone, by=by, at=at)
    if code:
        raise NotMerged(code)
    merged = Merged.of(kept, gone)
    give_up(gone, kept, at)
    with auditing("person.merged", kept, *merged.values, "user"):
        for name, value in merged.values.items():
            setattr(kept, name, value)
        kept.user_id = merged.user_id
        kept.save()
    if not Membership.objects.current().filter(is_owner=True, user__is_active=True).exists():
        raise LastOwner(gym)
    hand_over(gone, kept, at)
    stand_anew(kept)
    ClassSession.raise_versions_of(kept.pk, gone.pk, at=at)
    return kept


def give_up(gone: Membership, kept: Membership, at: datetime) -> None:
    """The record that goes opens nothing any more, and names the one that is kept; so do those joined to it before."""
    gone.become(kept)
    Membership.objects.filter(merged_into=gone).update(merged_into=kept)
    Pin.remove(gone, at=at)
    coaches_no_more(gone, at=at)
    Invitation.objects.filter(person=gone, claimed_at=None, revoked_at=None).update(revoked_at=at)


def hand_over(gone: Membership, kept: Membership, at: datetime) -> None:
    """What is still to come of one is the other's: classes, those to teach and days away as well, and tags."""
    coming = ClassSession.objects.filter(starts_at__gt=at, started_at=None)
    rows = Attendance.objects.filter(member=gone, session__in=coming.values("pk"), seen_at=None)
    there = Attendance.objects.filter(member=kept, session__in=coming.values("pk"))
    rows.filter(session__in=list(there.values_list("session_id", flat=True))).update(state=Attendance.State.OFF)
    rows.exclude(session__in=list(there.values_list("session_id", flat=True))).update(member=kept)
    WeeklySlot.objects.filter(coach=gone).update(coach=kept, version=F("version") + 1)
    coming.filter(coach=gone).update(coach=kept, version=F("version") + 1)
    Absence.objects.filter(coach=gone).update(coach=kept)
    CalendarLink.objects.filter(person=gone).delete()
    for word in Tag.objects.filter(person=gone).values_list("word", flat=True):
        Tag.put([kept.pk], word)
    Tag.objects.filter(person=gone).delete()


def stand_anew(person: Membership) -> None:
    """Let somebody stand on every ladder where all that was seen of their records puts them. Under their lock."""
    records = Membership.objects.records_of(person.pk)
    ladders = {each.progression for each in Placement.objects.filter(member__in=records).select_related("progression")}
    for progression in sorted(ladders, key=lambda each: each.pk):
        placement = placement_of(person, progression)
        words = progression.ladder()
        standing = ladder.replay(words.ladder, standing_events(person.pk, progression))
        placement.take(standing, words, by=placement.stage_by)
        placement.write()
    Homework.count(person)
