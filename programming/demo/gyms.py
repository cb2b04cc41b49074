"""Making the demo gyms, and bringing them up to today at each later start."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from gym.models import Gym, Membership, Pin, User
from gym.scope import in_gym
from programming.demo import today
from programming.demo.alone import Alone
from programming.demo.past import Lesson, past_lessons
from programming.demo.people import HOUSES, PASSWORD, House
from programming.demo.story import ABSENT, HERE, SAME, Person
from programming.demo.teaching import Teaching, chance_of, start_blocks
from programming.library.loader import load_library
from programming.library.reader import Library, read_library
from programming.models import Attendance, ClassSession, ClassTemplate, Equipment, Placement, WeeklySlot

# A coach looks at the next one about this often.
PACE = timedelta(seconds=25)
# When in a class the coach begins to tap.
LADDER_BEGINS = timedelta(minutes=8)
# The places of the classes after which PostgreSQL is told how much there is by now. Nothing else tells it before the
# whole is committed, and each tap would be looked for as in an empty table.
COUNTED_AFTER = (0, 3, 15)


@transaction.atomic
def fill_empty_database(now: datetime, seed: int, houses: tuple[House, ...] = HOUSES) -> bool:
    """The demo gyms with all that happened there. False, and nothing made, where there are gyms already.

    Of two processes that start at once, the second waits at the first gym's address until the first is done.
    """
    if Gym.objects.exclude(pk__in=[house.id for house in houses]).exists():
        return False
    library = read_library()
    # Everybody has the same password, known to everybody: hashed once.
    hashed = make_password(PASSWORD)
    for house in houses:
        gym, made = Gym.objects.get_or_create(
            pk=house.id,
            defaults={"name": house.name, "slug": house.slug, "time_zone": house.time_zone, "is_demo": True},
        )
        if not made:
            return False
        with in_gym(gym):
            Beginning(house, gym, now, seed).make(library, hashed)
    count_rows()
    return True


def count_rows() -> None:
    """Tell PostgreSQL how much there is by now: it would plan the first class as if its tables were still empty."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def bring_up_to_today(now: datetime) -> bool:
    """See to it that each demo gym has a class running now; doing it again makes nothing twice.

    False where the database has no demo gym.
    """
    found = False
    for house in HOUSES:
        with transaction.atomic():
            # Two processes at once: the second looks when the first has made what was missing.
            gym = Gym.objects.select_for_update().filter(pk=house.id, is_demo=True).first()
            if gym is not None:
                found = True
                with in_gym(gym):
                    bring_one_up(house, gym, now)
    return found


def bring_one_up(house: House, gym: Gym, now: datetime) -> None:
    """Today's missing classes with the demo's own people; nothing else of the gym is touched."""
    let_them_in(house, now)
    planned = today.missing(house, gym, now)
    if not planned:
        return
    here = today.people_here(house)
    date = now.astimezone(gym.zone).date()
    who = today.groups(house, list(here), chance_of(house.slug, date))
    for each in planned:
        session = today.begin(each, house, gym)
        if session is None:
            continue
        members = [here[person] for person in who[each.part]]
        today.fill(session, each.part, members)
        if each.part == today.RUNNING:
            start_blocks(session, chance_of(session.pk, "blocks"), until=now)
        if each.part == today.EARLIER and session.coach:
            see_the_same(session, members)


def let_them_in(house: House, now: datetime) -> None:
    """A class that was still to come at the last start runs now: its people are here, unless somebody tapped."""
    coaches = [house.person_id(staff) for staff in house.staff]
    began = ClassSession.objects.between(now - today.APART, now).select_related("coach", "progression")
    for session in began.filter(taps=None, coach__in=coaches, progression__isnull=False):
        ours = [house.person_id(person) for person in house.people]
        expected = Attendance.objects.filter(session=session, state=Attendance.State.EXPECTED, member__in=ours)
        members = [attendance.member for attendance in expected.select_related("member")]
        if session.state(now) == "running" and members:
            pace = (now - session.starts_at) / len(members)
            door = Teaching(session, chance_of(session.pk), clock=session.starts_at, pace=pace)
            for member in members:
                door.say(member, HERE)
            start_blocks(session, chance_of(session.pk, "blocks"), until=now)


def see_the_same(session: ClassSession, members: list[Membership]) -> None:
    """A class that is over was seen by its coach, without anybody's run or stage changing."""
    placed = Placement.objects.filter(member__in=members, stage__isnull=False, is_held=False)
    may_be_seen = set(placed.values_list("member_id", flat=True))
    teaching = Teaching(session, chance_of(session.pk), clock=session.starts_at + LADDER_BEGINS, pace=PACE)
    for member in members:
        if member.pk in may_be_seen:
            teaching.say(member, SAME)


class Beginning:
    """One demo gym, from nothing to now."""

    def __init__(self, house: House, gym: Gym, now: datetime, seed: int) -> None:
        self.house, self.gym, self.now = house, gym, now
        self.date = now.astimezone(gym.zone).date()
        self.seed = f"{seed} {house.slug} {self.date}"
        self.members: dict[Person, Membership] = {}
        self.visits: dict[Person, int] = {}

    def make(self, library: Library, hashed: str) -> None:
        """Everything, in the order in which it happened."""
        load_library(self.gym, library)
        self.templates = {each.key: each for each in ClassTemplate.objects.select_related("progression")}
        self._count_equipment()
        self._make_people(hashed)
        self._make_slots()
        chance = chance_of(self.seed)
        lessons = past_lessons(self.house, self.date, chance)
        for place, lesson in enumerate(lessons):
            later = {person for each in lessons[place + 1 :] for person in each.people}
            self._teach(lesson, later, chance)
            if place in COUNTED_AFTER:
                count_rows()
        Alone(self.members, self.date, self.gym, chance_of(self.seed, "alone")).live()
        self._make_today()

    def _count_equipment(self) -> None:
        rows = {(row.key, row.grams): row for row in Equipment.objects.all()}
        for key, grams, owned in self.house.owned:
            if grams:
                Equipment.add_weight(key, grams, owned, at=self.now)
            else:
                Equipment.recount({rows[key, 0].pk: (None, owned)}, at=self.now)

    def _make_people(self, hashed: str) -> None:
        began = datetime.combine(self.date, time(), tzinfo=self.gym.zone)
        self.coaches = []
        for staff in self.house.staff:
            member = Membership.objects.create(
                id=self.house.person_id(staff),
                user=sign_in(staff.email, hashed),
                name=staff.name,
                is_member=False,
                is_coach="coach" in staff.roles,
                is_owner="owner" in staff.roles,
                joined_at=began - timedelta(weeks=2 * self.house.weeks),
            )
            if member.is_coach:
                self.coaches.append(member)
            if staff.pin:
                Pin.choose(member, staff.pin, at=self.now)
        for person in self.house.people:
            self.members[person] = Membership.objects.create(
                id=self.house.person_id(person),
                user=sign_in(person.email, hashed) if person.email else None,
                name=person.name,
                joined_at=began - timedelta(weeks=person.weeks),
                # Most agree when they join; whoever does not is counted on the TV and not named.
                **{"tv_consent": True, **person.fields},
            )

    def _make_slots(self) -> None:
        self.slots = {
            slot: WeeklySlot.objects.create(
                weekday=slot.weekday,
                starts=slot.starts,
                template=self.templates[slot.template],
                coach=self.coaches[slot.coach],
                room=self.house.room,
            )
            for slot in self.house.slots
        }

    def _teach(self, lesson: Lesson, later: set[Person], chance: random.Random) -> None:
        """One class of the past."""
        starts_at = datetime.combine(lesson.day, time(lesson.hour, lesson.minute), tzinfo=self.gym.zone)
        template, coach = self.templates[lesson.template], self.coaches[lesson.coach]
        session = ClassSession.begin(
            template,
            coach=coach,
            starts_at=starts_at,
            started_at=starts_at,
            finished_at=starts_at + timedelta(minutes=template.minutes),
            room=self.house.room,
            slot=self.slots[lesson.slot] if lesson.slot else None,
            slot_date=lesson.day if lesson.slot else None,
        )
        Attendance.objects.bulk_create(
            Attendance(
                session=session,
                member=self.members[person],
                state=Attendance.State.HERE if person in lesson.people else Attendance.State.EXPECTED,
                is_first_class=person in lesson.people and person not in self.visits,
            )
            for person in (*lesson.people, *lesson.absent)
        )
        teaching = Teaching(session, chance, clock=starts_at + LADDER_BEGINS, pace=PACE)
        for person in lesson.people:
            number = self.visits.get(person, 0)
            teaching.visit(self.members[person], person, number, is_last=person not in later)
            self.visits[person] = number + 1
        for person in lesson.absent:
            teaching.say(self.members[person], ABSENT)

    def _make_today(self) -> None:
        chance = chance_of(self.seed, "today")
        who = today.groups(self.house, list(self.members), chance)
        for each in today.missing(self.house, self.gym, self.now):
            session = today.begin(each, self.house, self.gym)
            if session is None:
                continue
            people = who[each.part]
            today.fill(session, each.part, [self.members[person] for person in people])
            if each.part == today.EARLIER:
                self._teach_earlier(session, people, chance)
            elif each.part == today.RUNNING:
                self._teach_running(session, people, chance)
                start_blocks(session, chance_of(self.seed, "blocks"), until=self.now)

    def _teach_earlier(self, session: ClassSession, people: list[Person], chance: random.Random) -> None:
        teaching = Teaching(session, chance, clock=session.starts_at + LADDER_BEGINS, pace=PACE)
        for person in people:
            teaching.visit(self.members[person], person, self.visits.get(person, 0), is_last=False)

    def _teach_running(self, session: ClassSession, people: list[Person], chance: random.Random) -> None:
        """What was tapped so far, in the time there was."""
        taps = [(person, said) for person in people for said in person.today]
        pace = (self.now - session.starts_at) / (len(taps) + 2)
        teaching = Teaching(session, chance, clock=session.starts_at + pace, pace=pace)
        for person, said in taps:
            teaching.say(self.members[person], said)


def sign_in(email: str, hashed: str) -> User:
    """The demo user of that address; a person of both gyms has one."""
    user, _made = User.objects.get_or_create(email=email, defaults={"password": hashed, "is_demo": True})
    return user
