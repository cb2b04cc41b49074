"""The class that is run: twenty people, a coach with a tablet, two who share one, and the gym's TV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from bench.classes import first_name
from gym.models import Gym, Membership
from gym.scope import in_gym
from programming import ladder
from programming.models import Attendance, ClassSession, Placement, Tap
from tests import make

PEOPLE = 20
# How many of them stand on no stage yet, and how many are expected rather than here.
UNPLACED, EXPECTED = 3, 4


@dataclass(frozen=True)
class Hand:
    """A coach at a shared tablet: the name that its header shows of them, and their PIN."""

    coach: UUID
    name: str
    pin: str


@dataclass(frozen=True)
class Shared:
    """An enrolled tablet, what its cookie holds, and who unlocks it."""

    device: UUID
    cookie: str
    hands: Sequence[Hand]


@dataclass(frozen=True)
class Floor:
    """A class that runs now, before its first tap."""

    gym: Gym
    session: ClassSession
    # The first has a tablet of her own, on which she has signed in; the others share one.
    coaches: tuple[Membership, Membership, Membership]
    shared: Shared
    people: list[Membership]
    tv_path: str
    rungs: ladder.Ladder
    # Where everybody stood, what the roster said of them, and the taps that came before.
    standings: dict[UUID, ladder.Standing]
    states: dict[UUID, str]
    earlier: frozenset[UUID]

    @property
    def board_path(self) -> str:
        """The address of the board."""
        return reverse("board", kwargs={"gym_slug": self.gym.slug, "session_id": self.session.pk})


def make_floor() -> Floor:
    """Everybody newly made in an empty database."""
    gym = make.gym()
    make.library(gym)
    carla = make.person(gym, "Carla Costa", ["coach"], email="carla@northside.example")
    kim = make.person(gym, "Kim Kowalski", ["coach"], email="kim@northside.example")
    tomasz = make.person(gym, "Tomasz Tomczak", ["coach"], email="tomasz@northside.example")
    people = [
        make.person(gym, f"{first_name(number)} {chr(65 + number)}test", tv_consent=number % 3 != 0)
        for number in range(PEOPLE)
    ]
    session = make.class_session(gym, coach=carla)
    _screen, token = make.screen(gym, carla)
    for member in people:
        make.roster(session, member)
    with in_gym(gym):
        stages = [stage.key for stage in session.on_board.ladder().shown]
    for number, member in enumerate(people[: PEOPLE - UNPLACED]):
        make.place(session, member, stages[number % len(stages)], by=carla, after=30)
    for member in people[:EXPECTED]:
        make.tap(session, member, "attendance", by=carla, after=60, state=str(Attendance.State.EXPECTED))
    with in_gym(gym):
        placed = Placement.objects.filter(member__in=people)
        return Floor(
            gym=gym,
            session=session,
            coaches=(carla, kim, tomasz),
            shared=make_shared(gym, carla, {kim: "80645", tomasz: "291746"}),
            people=people,
            tv_path=reverse("screen", kwargs={"gym_slug": gym.slug, "link": token}),
            rungs=session.on_board.ladder().ladder,
            standings={each.member_id: each.position for each in placed},
            states=dict(Attendance.objects.filter(session=session).values_list("member_id", "state")),
            earlier=frozenset(Tap.objects.filter(session=session).values_list("key", flat=True)),
        )


def make_shared(gym: Gym, by: Membership, pins: dict[Membership, str]) -> Shared:
    """A tablet of the gym that these coaches unlock."""
    tablet, secret = make.tablet(gym, by)
    hands = [Hand(coach.pk, coach.short_name, make.pin(coach, pin)) for coach, pin in pins.items()]
    return Shared(tablet.pk, f"{gym.slug}:{secret}", hands)
