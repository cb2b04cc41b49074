"""Members put themselves on a class's roster."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gym.models import Membership
from programming.ladder import EARLIEST
from programming.models.attendance import Attendance
from programming.models.classes import ClassSession
from programming.models.recording import ScreenTap
from programming.models.retrying import retried
from programming.models.rosters import row_for
from programming.models.taps import Tap

# Before the start. No tap can be of earlier.
OPENS = EARLIEST

State = Attendance.State
CAME = (State.HERE, State.LATE)
# Those who take a place, where places are counted.
TAKING_A_PLACE = (State.EXPECTED, *CAME)


class NotCheckedIn(Exception):
    """The member was not put on the roster; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def opens_at(session: ClassSession) -> datetime:
    """From when members may check in, and a coach may start the first block."""
    return session.starts_at - OPENS


def closed(session: ClassSession, at: datetime) -> str:
    """Why nobody may check in at that time: "cancelled", "over" or "early"; empty while they may."""
    if session.cancelled_at is not None:
        return "cancelled"
    if session.state(at) == "done":
        return "over"
    return "early" if at < opens_at(session) else ""


def state_in(session: ClassSession, member: Membership) -> str:
    """What the roster says of the member; "off" for whoever never stood on it."""
    found = Attendance.objects.filter(session=session, member=member).values_list("state", flat=True).first()
    return found or State.OFF


def why_not(session: ClassSession, member: Membership, at: datetime) -> str:
    """Why this member cannot check in now: as closed(), or "full"; empty when they can.

    Whoever is on the roster is never too many.
    """
    reason = closed(session, at)
    if reason or session.capacity is None or state_in(session, member) != State.OFF:
        return reason
    taken = Attendance.objects.filter(session=session, state__in=TAKING_A_PLACE).count()
    return "full" if taken >= session.capacity else ""


def check_in(session: ClassSession, member: Membership, *, key: UUID, now: datetime) -> None:
    """The member says that they are here. Nothing is written for somebody who is here already.

    Raises NotCheckedIn with the code of why_not(), or "other_tap" where the key is another tap's.
    """
    retried(lambda: _check_in(session.pk, member.pk, key, now))


@transaction.atomic
def _check_in(session_id: UUID, member_id: UUID, key: UUID, now: datetime) -> None:
    # First the member, as every tap does; then the class, so that its last place is given once.
    member = Membership.objects.select_for_update(no_key=True).get(pk=member_id)
    session = ClassSession.objects.select_related("progression").held(session_id)
    if state_in(session, member) in CAME:
        return
    reason = why_not(session, member, now)
    if reason:
        raise NotCheckedIn(reason)
    row_for(session, member)
    values = {"state": State.HERE}
    tap = ScreenTap(kind=Tap.Kind.ATTENDANCE, member_id=member.pk, by=member, values=values, key=key)
    if session.record_tap(tap, now=now).conflict:
        raise NotCheckedIn("other_tap")
