"""Days on which the gym is closed: no class is made for them, and those made are cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from gym.auditing import audit
from gym.models import Gym
from gym.scope import TenantManager, TenantModel, current_gym_id
from programming.models.attendance import Attendance
from programming.models.classes import ClassSession
from programming.models.retrying import retrying
from programming.slots import wall_instant


class ClosureQuerySet(models.QuerySet["Closure"]):
    """The gym's closed days."""

    def touching(self, first: date, last: date) -> ClosureQuerySet:
        """Those that have a day in common with these, the first one first."""
        return self.filter(first__lte=last, last__gte=first).order_by("first", "last", "id")


ClosureManager = TenantManager.from_queryset(ClosureQuerySet)


class Closure(TenantModel):
    """A span of days on which the gym is closed, both ends included."""

    first = models.DateField()
    last = models.DateField()
    # What members are told: a holiday, a refit.
    name = models.CharField(max_length=80)
    # The classes that it cancelled were cancelled at this instant.
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = ClosureManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="closure_ends_after_it_begins"),
        ]
        # Which days of a week are closed.
        indexes = [models.Index(fields=["gym", "last"], name="closure_by_last")]

    def __str__(self) -> str:
        return f"{self.name} {self.first}"

    def covers(self, day: date) -> bool:
        """Whether the gym is closed on that day."""
        return self.first <= day <= self.last


def closed_days(first: date, last: date) -> set[date]:
    """The closed days of a span."""
    found = Closure.objects.touching(first, last)
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {day for day in span if any(each.covers(day) for each in found)}


def cancelled_by(gym: Gym, first: date, last: date, at: datetime) -> models.QuerySet[ClassSession]:
    """The classes that closing these days cancels: those that have not begun, and in which nobody was seen yet."""
    begin, end = (wall_instant(day, time(), gym.zone) for day in (first, last + timedelta(days=1)))
    coming = ClassSession.objects.between(max(begin, at), end)
    seen = Attendance.objects.filter(session=OuterRef("pk"), seen_at__isnull=False)
    found: models.QuerySet[ClassSession] = coming.filter(
        ~Exists(seen), cancelled_at=None, started_at=None, finished_at=None
    )
    return found


@retrying
@transaction.atomic
def close(gym: Gym, *, key: UUID, first: date, last: date, name: str, at: datetime) -> int:
    """Close the gym on these days. Answers how many classes it cancelled. The same key again closes nothing."""
    from programming.models.coming import locked, one_at_a_time, rewrite

    one_at_a_time()
    if Closure.objects.filter(pk=key).exists():
        return 0
    made = Closure.objects.create(pk=key, first=first, last=last, name=name, made_at=at)
    sessions = locked(list(cancelled_by(gym, first, last, at)))
    for session in sessions:
        # As in changing.py: one that has no slot is changed by itself.
        rewrite(session, {"cancelled_at": at, **({} if session.slot_id else {"changed_at": at})})
    told = {"first": first, "last": last, "name": name, "cancelled": len(sessions)}
    audit("closure.make", made, after=told)
    return len(sessions)


@retrying
@transaction.atomic
def open_again(closure_id: UUID, *, at: datetime) -> int:
    """Be open on these days after all. Answers how many of the classes that it cancelled are held after all."""
    from programming.models.coming import held_again, locked, make_coming, one_at_a_time, rewrite

    one_at_a_time()
    closure = Closure.objects.filter(pk=closure_id).first()
    if closure is None:
        return 0
    cancelled = ClassSession.objects.filter(cancelled_at=closure.made_at, starts_at__gt=at).select_related("slot__gym")
    sessions = locked(list(cancelled))
    for session in sessions:
        rewrite(session, {"cancelled_at": None, **held_again(session, at)})
    audit("closure.end", closure, before={"first": closure.first, "last": closure.last, "name": closure.name})
    Closure.objects.filter(pk=closure.pk).delete()
    make_coming(Gym.objects.get(pk=current_gym_id()), at)
    return len(sessions)


def names_by_day(closures: Iterable[Closure], days: Iterable[date]) -> dict[date, str]:
    """Day → why the gym is closed on it."""
    found = list(closures)
    return {day: each.name for day in days for each in found if each.covers(day)}
