"""Putting people on a class's roster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gym.identifiers import uuid7
from gym.models import Membership
from programming.models.attendance import Attendance
from programming.models.classes import ClassSession
from programming.models.history import records_of
from programming.models.recording import ScreenTap
from programming.models.retrying import retried
from programming.models.taps import Tap


class NoSuchMember(LookupError):
    """The person does not belong to this gym, or no longer."""

    @staticmethod
    def sentence() -> str:
        """What the coach reads."""
        return _("This person is not a member of this gym any more.")


class OtherTap(ValueError):
    """The key belongs to another tap already."""


def drop_in_name(session: ClassSession) -> str:
    """What stands for a drop-in of the gym beside a tap's key; a tablet makes of both who it will be."""
    return f"drop-in at {session.gym_id}"


def drop_in_id(session: ClassSession, key: UUID) -> UUID:
    """Who a drop-in is: made of the tap's key, so that the same tap again finds them; another gym's key is another."""
    return uuid5(key, drop_in_name(session))


def add_someone(
    session: ClassSession,
    *,
    by: Membership,
    member_id: UUID | None,
    name: str,
    key: UUID | None,
    age: timedelta = timedelta(),
    device: UUID | None = None,
    now: datetime | None = None,
) -> Membership:
    """Put a member, or a new drop-in of that name, on the roster as being here. The same key again adds nobody.

    Raises NoSuchMember, OtherTap.
    """
    key = key or uuid7()
    now = now or timezone.now()
    wanted = member_id or drop_in_id(session, key)
    work: Callable[[], Membership] = partial(_add, session, by, wanted, name, key, age, device, now)
    try:
        return retried(work)
    except IntegrityError:
        # The same tap arrived at the same moment and made the drop-in: now they are found.
        return retried(work)


@transaction.atomic
def _add(
    session: ClassSession,
    by: Membership,
    member_id: UUID,
    name: str,
    key: UUID,
    age: timedelta,
    device: UUID | None,
    now: datetime,
) -> Membership:
    people = Membership.objects.select_for_update(no_key=True)
    member: Membership | None = people.filter(pk=member_id).first()
    if member is None and member_id == drop_in_id(session, key):
        member = Membership.objects.create(pk=member_id, name=name)
    if member is None or not member.belongs:
        raise NoSuchMember(str(member_id))
    row_for(session, member)
    tap = ScreenTap(
        kind=Tap.Kind.ATTENDANCE,
        member_id=member.pk,
        by=by,
        values={"state": Attendance.State.HERE},
        key=key,
        age=age,
        device=device,
    )
    if session.record_tap(tap, now=now).conflict:
        raise OtherTap(str(key))
    return member


def row_for(session: ClassSession, member: Membership) -> None:
    """The member's row of this class, made on first need: not on the roster until a tap says so."""
    first = not Attendance.objects.filter(member__in=records_of(member.pk)).exists()
    defaults = {"state": Attendance.State.OFF, "is_first_class": first}
    Attendance.objects.get_or_create(session=session, member=member, defaults=defaults)
