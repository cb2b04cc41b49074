"""What an owner changes about a person of the gym: how they are described, their roles, whether they belong to it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from gym.auditing import audit, auditing
from gym.models import Gym, Invitation, Membership, Pin, Tag, coaches_no_more
from gym.models.invitations import NotInvited
from gym.models.tags import folded
from gym.scope import current_gym_id
from programming.models.classes import ClassSession
from programming.models.leaving import hold_person
from programming.models.retrying import retrying

# What is said of somebody, apart from their roles and tags.
DESCRIBED = (
    *("name", "shown_name", "nickname", "email", "is_minor", "guardian_email", "tv_consent", "language", "units"),
    "standing_limits",
)
ROLES = ("is_member", "is_coach", "is_owner")


class Meanwhile(Exception):
    """Somebody else changed this person since the page was drawn."""


class MinorInCharge(ValueError):
    """A minor can be a member only."""


def state_of(person: Membership) -> str:
    """A word for all that the person's page shows to change: another one once something of it has changed."""
    tags = sorted(Tag.objects.filter(person=person).values_list("folded", flat=True))
    shown = [getattr(person, name) for name in (*DESCRIBED, *ROLES, "is_active")]
    return sha256(json.dumps([*shown, *tags]).encode()).hexdigest()[:16]


@retrying
@transaction.atomic
def describe(person_id: UUID, *, was: str, tags: list[str], at: datetime, **wanted: Any) -> Membership:
    """Say of somebody what `wanted` names, a part of DESCRIBED, and which tags they carry.

    Raises Meanwhile where they are not any more as the page showed them, and MinorInCharge.
    """
    person: Membership = Membership.objects.select_for_update(no_key=True).get(pk=person_id)
    if state_of(person) != was:
        raise Meanwhile
    if wanted.get("is_minor", person.is_minor) and (person.is_coach or person.is_owner):
        raise MinorInCharge
    say(person, wanted)
    carry_tags(person, tags)
    ClassSession.raise_versions_of(person.pk, at=at)
    return person


def say(person: Membership, wanted: dict[str, Any]) -> None:
    """Say this of somebody. Call it under their lock."""
    now = {name: value for name, value in wanted.items() if name != "guardian_email"}
    guardian = wanted.get("guardian_email", person.guardian_email)
    for name, value in now.items():
        setattr(person, name, value)
    if not person.is_minor:
        now["guardian_email"] = person.guardian_email = guardian
    with auditing("person.describe", person, *now):
        person.save(update_fields=list(now))
    if person.is_minor:
        # A former guardian reads of it.
        person.reach_at(guardian)


def carry_tags(person: Membership, words: list[str]) -> None:
    """Let somebody carry these tags and no others. Call it under their lock."""
    tags = Tag.objects.filter(person=person).order_by("folded")
    before = list(tags.values_list("word", flat=True))
    tags.exclude(folded__in=[folded(each) for each in words]).delete()
    for word in words:
        Tag.put([person.pk], word)
    after = list(tags.values_list("word", flat=True))
    if before != after:
        audit("person.tag", person, before={"tags": before}, after={"tags": after})


@transaction.atomic
def tag_all(people: Any, word: str, *, wanted: bool) -> int:
    """Let all of these people carry the tag, or none of them. Answers how many they are."""
    ids = list(people.values_list("pk", flat=True))
    if wanted:
        Tag.put(ids, word)
    else:
        Tag.take(ids, word)
    if ids:
        gym = Gym.objects.get(pk=current_gym_id())
        said = {"tag": word, "people": len(ids)}
        if wanted:
            audit("people.tag", gym, after=said)
        else:
            audit("people.untag", gym, after=said)
    return len(ids)


@retrying
@transaction.atomic
def give_roles(person_id: UUID, *, at: datetime, **roles: bool) -> Membership:
    """Let somebody have just these roles, of ROLES; one at least. Raises LastOwner, MinorInCharge."""
    person = hold_person(person_id, stays_owner=roles["is_owner"])
    if person.is_minor and (roles["is_coach"] or roles["is_owner"]):
        raise MinorInCharge
    with auditing("person.give_roles", person, *roles):
        for name, has in roles.items():
            setattr(person, name, has)
        person.save(update_fields=list(roles))
    if not person.may_coach:
        coaches_no_more(person, at=at)
        Pin.remove(person, at=at)
    return person


@retrying
@transaction.atomic
def come_back(person_id: UUID, *, at: datetime) -> Membership:
    """Belong to the gym again, with the roles they had. Nothing happens to somebody who was erased or merged."""
    person: Membership = Membership.objects.select_for_update(no_key=True).get(pk=person_id)
    if person.erased_at is None and person.merged_into_id is None and not person.is_active:
        person.come_back()
        ClassSession.raise_versions_of(person.pk, at=at)
    return person


def invite_all(people: Iterable[Membership], *, by: Membership, at: datetime) -> tuple[int, list[Membership]]:
    """Invite by mail whoever has no sign-in and an address. Answers how many, and who has no address.

    Whom a letter has reached already in an invitation that is still open is not written to again.
    """
    wanted = [each for each in people if each.user_id is None and each.belongs]
    open_ones = Invitation.objects.open(at).filter(person__in=wanted).exclude(email="")
    asked = set(open_ones.values_list("person_id", "email"))
    invited, without = 0, []
    for person in wanted:
        email = person.mail_goes_to
        if not email:
            without.append(person)
        elif (person.pk, email) not in asked and _invite(person, by, at, email):
            invited += 1
    return invited, without


def _invite(person: Membership, by: Membership, at: datetime, email: str) -> bool:
    role = "owner" if person.is_owner else "coach" if person.is_coach else "member"
    try:
        Invitation.make(person, by=by, at=at, role=role, email=email)
    except NotInvited:
        # Meanwhile they left or signed in.
        return False
    return True
