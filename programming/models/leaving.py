"""A person leaves a gym, is erased from it, or gives up their sign-in. History keeps ids, and loses names and notes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gym.models import AddressChange, Gym, ImportRow, Invitation, Letter, Membership, Pin, Tag, User
from gym.scope import current_gym_id, in_gym
from programming.models.assessments import Hold, Note
from programming.models.attendance import Attendance
from programming.models.calendar_links import CalendarLink
from programming.models.classes import ClassSession
from programming.models.forgetting import forget_holds
from programming.models.retrying import retrying


class LastOwner(Exception):
    """Nobody else owns that gym: without an owner nobody could let anybody in."""

    def __init__(self, gym: Gym) -> None:
        self.gym = gym
        super().__init__(gym.name)


@retrying
@transaction.atomic
def leave_gym(member_id: UUID, *, at: datetime) -> None:
    """Belong to the present gym no longer, from the very next request on; what is stored stays. Raises LastOwner."""
    member = hold_person(member_id)
    member.leave()
    Pin.remove(member, at=at)
    come_no_more(member, at=at)
    ClassSession.raise_versions_of(member.pk, at=at)


@retrying
@transaction.atomic
def erase(member_id: UUID, *, at: datetime) -> None:
    """Take names, addresses, notes and words about pain out of the present gym. Raises LastOwner.

    What was seen stays under an id that names nobody.
    """
    member = hold_person(member_id)
    Pin.remove(member, at=at)
    # Records that were joined to theirs hold their name as well.
    for each in (member, *Membership.objects.select_for_update(no_key=True).filter(merged_into=member)):
        _erase_record(each, at)
    come_no_more(member, at=at)
    ClassSession.raise_versions_of(member.pk, at=at)


def _erase_record(member: Membership, at: datetime) -> None:
    """Take one record's names and words out, and what else names them."""
    forget_holds(Hold.objects.filter(member=member))
    Note.objects.filter(member=member).exclude(body="").empty("body")
    for model in (Letter, Invitation, CalendarLink, Tag, ImportRow):
        model.objects.filter(person=member).delete()
    member.erase(at=at)


@retrying
@transaction.atomic
def delete_account(user: User, *, at: datetime) -> None:
    """Erase the person from each of their gyms, and delete the sign-in. Raises LastOwner, and then changes nothing."""
    for member in Membership.across_gyms.filter(user=user).select_related("gym").order_by("gym_id"):
        with in_gym(member.gym):
            erase(member.pk, at=at)
    changes = AddressChange.objects.filter(user=user).values_list("old", "new")
    Letter.across_gyms.filter(to__in={user.email, *(each for change in changes for each in change)}).delete()
    user.delete()


def come_no_more(member: Membership, *, at: datetime) -> None:
    """Stand on no roster of a class to come. What was seen of them in it before it began stays where it is."""
    coming = ClassSession.objects.filter(starts_at__gt=at, started_at=None).values("pk")
    rows = Attendance.objects.filter(member=member, session__in=coming, seen_at=None)
    rows.exclude(state=Attendance.State.OFF).update(state=Attendance.State.OFF, with_coach=False)


def hold_person(member_id: UUID, *, stays_owner: bool = False) -> Membership:
    """That person under their lock, and the gym's owners under theirs.

    Raises LastOwner where nobody else owns the gym, unless this person goes on doing so.
    """
    gym = Gym.objects.select_for_update(no_key=True).get(pk=current_gym_id())
    member: Membership = Membership.objects.select_for_update(no_key=True).get(pk=member_id)
    others = Membership.objects.current().filter(is_owner=True, user__is_active=True).exclude(pk=member_id)
    if not stays_owner and member.is_owner and member.belongs and not others.exists():
        raise LastOwner(gym)
    return member
