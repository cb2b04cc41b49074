"""A coach who has two classes at one time: nobody is kept from that, since another may take over, but it is said."""

from __future__ import annotations

from collections.abc import Iterable

from programming.models.classes import LONGEST, ClassSession


def clash(sessions: Iterable[ClassSession]) -> ClassSession | None:
    """The first other class that the coach of these has at the time of one of them; None: they have none."""
    held = [each for each in sessions if each.coach_id and each.cancelled_at is None and each.finished_at is None]
    if not held:
        return None
    others = ClassSession.objects.between(held[0].starts_at - LONGEST, held[-1].ends_at)
    others = others.filter(coach__in={each.coach_id for each in held}, cancelled_at=None, finished_at=None)
    found = others.exclude(pk__in=[each.pk for each in held]).select_related("coach")
    return next((other for other in found if any(at_one_time(other, each) for each in held)), None)


def at_one_time(one: ClassSession, other: ClassSession) -> bool:
    """Whether two classes of one coach meet; one that ends as the other begins does not."""
    return one.coach_id == other.coach_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at
