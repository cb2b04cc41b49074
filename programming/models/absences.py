"""Days on which a coach is away. Nothing moves by itself; the classes that they leave uncovered are said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q

from gym.auditing import audit
from gym.models import Membership
from gym.scope import TenantForeignKey, TenantManager, TenantModel
from programming.models.classes import ClassSession


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """When the gym's coaches are away."""

    def touching(self, first: date, last: date) -> AbsenceQuerySet:
        """Those that have a day in common with these, the first one first."""
        return self.filter(first__lte=last, last__gte=first).select_related("coach").order_by("first", "last", "id")


AbsenceManager = TenantManager.from_queryset(AbsenceQuerySet)


class Absence(TenantModel):
    """A span of days on which a coach takes no class, both ends included. Why is nobody's business here."""

    coach = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    first = models.DateField()
    last = models.DateField()

    objects: ClassVar[Any] = AbsenceManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="absence_ends_after_it_begins"),
        ]
        # Who is away in a week.
        indexes = [models.Index(fields=["gym", "last"], name="absence_by_last")]

    def __str__(self) -> str:
        return f"{self.coach_id} {self.first}"

    @classmethod
    @transaction.atomic
    def make(cls, *, key: UUID, coach: Membership, first: date, last: date) -> Absence:
        """Write down that a coach is away. The same key again is the same absence."""
        made: Absence
        made, is_new = cls.objects.get_or_create(pk=key, defaults={"coach": coach, "first": first, "last": last})
        if is_new:
            audit("absence.make", made, after={"first": first, "last": last}, person=coach)
        return made

    @classmethod
    @transaction.atomic
    def end(cls, absence_id: UUID) -> None:
        """They are there after all. Once more changes nothing."""
        known = cls.objects.select_related("coach").filter(pk=absence_id).first()
        if known is not None:
            audit("absence.end", known, before={"first": known.first, "last": known.last}, person=known.coach)
            cls.objects.filter(pk=known.pk).delete()


def uncovered(sessions: Iterable[ClassSession], absences: Iterable[Absence]) -> dict[UUID, str]:
    """Class → "none" where nobody coaches it, "away" where its coach is away that day; of those that are held.

    A day is one of the gym's clock.
    """
    away = list(absences)
    found = {}
    for session in sessions:
        if session.cancelled_at is None and session.finished_at is None:
            if session.coach_id is None:
                found[session.pk] = "none"
            elif any(each.coach_id == session.coach_id and is_within(session, each) for each in away):
                found[session.pk] = "away"
    return found


def is_within(session: ClassSession, absence: Absence) -> bool:
    """Whether the class is on a day of the absence."""
    return absence.first <= session.local_date <= absence.last
