"""Regulars of a weekly slot: who is proposed when one of its classes is opened, accepted or not coming today."""

from __future__ import annotations

from collections import Counter as CountOf
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Case, Count, DateField, Exists, OuterRef, Q, UUIDField, When

from gym.models import Membership, fold, short_name
from gym.prepared import Prepared
from programming.models.attendance import Attendance
from programming.models.attending import STANDING
from programming.models.classes import ClassSession
from programming.models.grouping import GroupTap, Several, once
from programming.models.recording import Answer, NotOnRoster, ScreenTap
from programming.models.retrying import retried
from programming.models.rosters import row_for
from programming.models.taps import Tap

# A regular came to at least so many of the last so many classes that were held.
TIMES, OF_THE_LAST = 2, 4
# A slot that was not held for so long has no regulars.
LONG_AGO = timedelta(weeks=26)

State = Attendance.State
CAME = (State.HERE, State.LATE)


class Regular(NamedTuple):
    """Somebody to propose, and how many of the last classes of the slot they came to."""

    member_id: UUID
    name: str
    shown_name: str
    nickname: str
    joined_at: datetime
    times: int

    @property
    def short_name(self) -> str:
        """What a screen shows."""
        return short_name(self.name, self.shown_name)


def regulars_of(session: ClassSession, at: datetime) -> list[Regular]:
    """The regulars who have no row in this class and were not said to be missing today, in the order of the alphabet.

    Nobody in a class of no slot, or one that is over or cancelled.
    """
    if session.slot_id is None or session.cancelled_at or session.state(at) == "done":
        return []
    rows = REGULARS.all(session=session.pk, slot=session.slot_id, day=session.slot_date)
    return sorted((Regular(*row) for row in rows), key=lambda each: (fold(each.short_name), each.member_id))


def last_held(slot: Any, before: Any) -> Any:
    """The last classes of a slot before that day to which somebody came; cancelled ones were not held."""
    classes = ClassSession.objects.filter(slot_id=slot, slot_date__lt=before, cancelled_at=None)
    somebody = Attendance.objects.filter(session=OuterRef("pk"), state__in=CAME)
    return classes.filter(Exists(somebody)).order_by("-slot_date")[:OF_THE_LAST]


def _regulars(session: Any, slot: Any, day: Any) -> Any:
    """Who came often enough, belongs to the gym now, and of whom this class says nothing yet.

    An adding that was undone leaves a row behind that says nothing.
    """
    came = Attendance.objects.filter(session__in=last_held(slot, day).values("pk"), state__in=CAME)
    belong = came.filter(member__is_active=True, member__erased_at=None, member__merged_into=None)
    on_it = Attendance.objects.filter(session_id=session, member=OuterRef("member")).exclude(state=State.OFF)
    about = Tap.objects.filter(session_id=session, member=OuterRef("member"), kind=Tap.Kind.ATTENDANCE)
    not_today = about.filter(detail__state=State.OFF, outcome__in=STANDING).standing()
    return (
        belong.filter(~Exists(on_it), ~Exists(not_today))
        .values("member_id")
        .annotate(times=Count("pk"))
        .filter(times__gte=TIMES)
        .values_list(
            *("member_id", "member__name", "member__shown_name", "member__nickname", "member__joined_at", "times")
        )
    )


REGULARS = Prepared[tuple[Any, ...]](_regulars, session=UUIDField(), slot=UUIDField(), day=DateField())


def regulars_by_slot(slots: Iterable[Any], before: date) -> dict[UUID, list[UUID]]:
    """Who is a regular of each of these slots on that day, by slot; one question for any number of slots.

    As for one class, but for a slot that was not held for half a year: it has none.
    """
    ids = [slot.pk for slot in slots]
    held = Attendance.objects.filter(session__slot__in=ids, session__cancelled_at=None, state__in=CAME)
    held = held.filter(session__slot_date__lt=before, session__slot_date__gte=before - LONG_AGO)
    belong = Q(member__is_active=True, member__erased_at=None, member__merged_into=None)
    came: dict[UUID, dict[date, dict[UUID, bool]]] = {slot: {} for slot in ids}
    rows = held.annotate(belongs=Case(When(belong, then=True), default=False, output_field=BooleanField()))
    for slot, day, member, belongs in rows.values_list("session__slot", "session__slot_date", "member", "belongs"):
        came[slot].setdefault(day, {})[member] = belongs
    found: dict[UUID, list[UUID]] = {}
    for slot, days in came.items():
        last = [days[day] for day in sorted(days, reverse=True)[:OF_THE_LAST]]
        times = CountOf(member for members in last for member, belongs in members.items() if belongs)
        found[slot] = sorted(member for member, count in times.items() if count >= TIMES)
    return found


class Expected(Several):
    """Regulars are expected. They have no row in the class until then."""

    def _lock(self) -> list[Attendance]:
        for member in Membership.objects.filter(pk__in=self.people).order_by("pk"):
            row_for(self.session, member)
        return super()._lock()


def expect_regulars(session: ClassSession, tap: GroupTap, now: datetime) -> Answer:
    """Put them on the roster as expected, exactly once. Raises NotOnRoster where one of them is not of the gym."""
    return once(lambda: Expected(session, tap, now))


def not_today(session: ClassSession, tap: ScreenTap, now: datetime) -> Answer:
    """A regular is not proposed any more in this class, exactly once. Raises NotOnRoster for nobody of the gym."""
    return retried(partial(_not_today, session, tap, now))


@transaction.atomic
def _not_today(session: ClassSession, tap: ScreenTap, now: datetime) -> Answer:
    member = Membership.objects.select_for_update(no_key=True).filter(pk=tap.member_id).first()
    if member is None:
        raise NotOnRoster(str(tap.member_id))
    row_for(session, member)
    return session.record_tap(tap, now=now)
