"""Today in a demo gym: one class running now, one before it and one after, where the day has room."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from gym.models import Gym, Membership
from programming.demo.people import FOUNDATIONS, UNDER_LOAD, House
from programming.demo.story import Person
from programming.models import Attendance, ClassSession, ClassTemplate, Tap, WeeklySlot
from programming.models.coming import remove

RUNNING, EARLIER, LATER = "running", "earlier", "later"

BEGAN = timedelta(minutes=10)
# From the start of one class to the start of the next.
APART = timedelta(minutes=75)
MORNING = time(7)
# How many come to the classes before and after.
EARLIER_PEOPLE, LATER_PEOPLE = 12, 11


@dataclass(frozen=True)
class Planned:
    """A class of today that is not there yet."""

    part: str
    starts_at: datetime
    template: str
    # Which coach of the house.
    coach: int


def missing(house: House, gym: Gym, now: datetime) -> list[Planned]:
    """What today lacks. A visitor's own classes count as well as the demo's; those that only a slot made do not."""
    midnight = datetime.combine(now.astimezone(gym.zone).date(), time(), tzinfo=gym.zone)
    tomorrow = datetime.combine(midnight.date() + timedelta(days=1), time(), tzinfo=gym.zone)
    there = list(ClassSession.objects.between(midnight - timedelta(days=1), tomorrow).exclude(untouched()))
    today = [session for session in there if session.starts_at >= midnight]
    began = max(now.replace(second=0, microsecond=0) - BEGAN, midnight)
    planned = []
    if not any(session.state(now) == "running" for session in there):
        planned.append(Planned(RUNNING, began, FOUNDATIONS, 0))
    if not house.has_whole_day:
        return planned
    if not any(session.state(now) == "done" for session in today):
        morning = datetime.combine(midnight.date(), MORNING, tzinfo=gym.zone)
        starts_at = morning if morning + APART <= began else began - APART
        if starts_at >= midnight:
            planned.append(Planned(EARLIER, starts_at, FOUNDATIONS, 1))
    if not any(session.state(now) == "coming" for session in today):
        starts_at = quarter_after(began + APART)
        if starts_at + APART <= tomorrow:
            planned.append(Planned(LATER, starts_at, UNDER_LOAD, 0))
    return planned


def untouched() -> Q:
    """Classes that a slot has made by itself, and that nobody has looked after since."""
    people, taps = (rows.objects.filter(session=OuterRef("pk")) for rows in (Attendance, Tap))
    return Q(slot__isnull=False, started_at=None, changed_at=None) & ~Exists(people) & ~Exists(taps)


def quarter_after(at: datetime) -> datetime:
    """The next full quarter of an hour."""
    return at + timedelta(minutes=-at.minute % 15)


def begin(planned: Planned, house: House, gym: Gym) -> ClassSession | None:
    """The planned class, without people; None where the owner has no template for it any more."""
    templates = ClassTemplate.objects.filter(archived_at=None, progression__isnull=False)
    template = templates.filter(key=planned.template).first() or templates.order_by("name").first()
    if template is None:
        return None
    day = planned.starts_at.astimezone(gym.zone).date()
    # Today's weekly class, if there is one, is held at that time whatever its hour.
    slots = WeeklySlot.objects.filter(weekday=day.weekday(), template=template, ended_on=None)
    taken = ClassSession.objects.filter(slot_date=day, slot__isnull=False).exclude(untouched())
    slot = slots.exclude(pk__in=taken.values("slot_id")).order_by("starts").first()
    # What the slot has made by itself makes way for it.
    remove(list(ClassSession.objects.filter(untouched(), slot=slot, slot_date=day)) if slot else [])
    ended = planned.starts_at + timedelta(minutes=template.minutes) if planned.part == EARLIER else None
    return ClassSession.begin(
        template,
        coach=coach_of(house, planned.coach),
        starts_at=planned.starts_at,
        started_at=None if planned.part == LATER else planned.starts_at,
        finished_at=ended,
        room=house.room,
        slot=slot,
        slot_date=day if slot else None,
    )


def coach_of(house: House, number: int) -> Membership | None:
    """That coach of the house, else another of them who still coaches there; None where nobody does."""
    known = {house.person_id(staff): place for place, staff in enumerate(house.coaches)}
    coaches = Membership.objects.current().filter(pk__in=known, is_coach=True)
    found = sorted(coaches, key=lambda each: (known[each.pk] != number, known[each.pk]))
    return found[0] if found else None


def people_here(house: House) -> dict[Person, Membership]:
    """The demo's own people who still train here."""
    current = Membership.objects.current().filter(
        is_member=True, pk__in=[house.person_id(each) for each in house.people]
    )
    found = {member.pk: member for member in current}
    return {person: found[house.person_id(person)] for person in house.people if house.person_id(person) in found}


def groups(house: House, people: list[Person], chance: random.Random) -> dict[str, list[Person]]:
    """Who stands in which of today's classes: nobody in two that follow each other."""
    others = [person for person in people if not person.is_on and not person.away]
    chance.shuffle(others)
    on = [person for person in people if person.is_on]
    running, rest = (on + others)[: house.running], (on + others)[house.running :]
    earlier = rest[: min(EARLIER_PEOPLE, len(rest) // 2 + 1)]
    later = [person for person in rest if person not in earlier][:LATER_PEOPLE]
    return {RUNNING: running, EARLIER: earlier, LATER: later}


def fill(session: ClassSession, part: str, members: list[Membership]) -> None:
    """Put people on the roster: here, or expected where the class is still to come."""
    state: Any = Attendance.State.EXPECTED if part == LATER else Attendance.State.HERE
    was_here = Attendance.objects.filter(state__in=(Attendance.State.HERE, Attendance.State.LATE))
    came = set(was_here.filter(session__starts_at__lt=session.starts_at).values_list("member_id", flat=True))
    Attendance.objects.bulk_create(
        Attendance(session=session, member=member, state=state, is_first_class=member.pk not in came)
        for member in members
    )
