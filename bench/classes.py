"""Classes to measure on: a gym with its library, so many people on the roster, and a past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

from django.urls import reverse
from django.utils import timezone

from gym.models import Gym, Membership, User
from gym.scope import in_gym
from programming.models import ClassSession
from tests import make

# How many assessments everybody has behind them, and in how many classes they were made.
PAST = 20
CLASSES = 10
FAULTS = ("chin-up", "squats-it")


@dataclass(frozen=True)
class Room:
    """A class that runs now, its coach and its people."""

    gym: Gym
    session: ClassSession
    coach: Membership
    members: list[Membership]

    @property
    def user(self) -> User:
        """The coach's sign-in."""
        if self.coach.user is None:
            raise LookupError(f"{self.coach} cannot sign in.")
        return self.coach.user

    @property
    def board_url(self) -> str:
        """The address of its board."""
        return reverse("board", kwargs={"gym_slug": self.gym.slug, "session_id": self.session.pk})


def make_gym(name: str = "Northside Barbell") -> tuple[Gym, Membership]:
    """A gym with the shipped library, and a coach who can sign in."""
    gym = make.gym(name)
    make.library(gym)
    return gym, make.person(gym, "Carla Costa", ["coach"], email=f"carla@{gym.slug}.example")


def make_room(gym: Gym, coach: Membership, people: int, *, past: int = PAST) -> Room:
    """A running class of so many people, each with so many assessments behind them."""
    members = [make.person(gym, f"{first_name(number)} Member{number}") for number in range(people)]
    give_a_past(gym, coach, members, past)
    session = make.class_session(gym, members, coach=coach)
    stages = stage_keys(session)
    for number, member in enumerate(members):
        make.place(session, member, stages[number % len(stages)], by=coach, after=30)
    # What a coach sees in the middle of a class: some seen, some with a fault, some not yet, one held.
    for number, member in enumerate(members):
        if number % 3 == 0:
            make.tap(session, member, "saw", by=coach, after=60, saw="clean")
        elif number % 3 == 1:
            make.tap(session, member, "fault", by=coach, after=60, fault=FAULTS[number % 2])
    with in_gym(gym):
        session = ClassSession.objects.select_related("gym", "progression", "coach").get(pk=session.pk)
    return Room(gym, session, coach, members)


def give_a_past(gym: Gym, coach: Membership, members: list[Membership], assessments: int) -> None:
    """So many assessments of everybody, in classes of the past weeks."""
    for number in range(min(CLASSES, assessments)):
        starts_at = timezone.now() - timedelta(days=3 * (CLASSES - number))
        session = make.class_session(gym, members, coach=coach, starts_at=starts_at)
        stages = stage_keys(session)
        for turn in range(assessments // min(CLASSES, assessments)):
            for member in members:
                if not turn:
                    make.place(session, member, stages[number % len(stages)], by=coach, after=10)
                if turn % 2:
                    make.tap(session, member, "saw", by=coach, after=60 * (turn + 1), saw="clean")
                else:
                    make.tap(session, member, "fault", by=coach, after=60 * (turn + 1), fault=FAULTS[number % 2])


def stage_keys(session: ClassSession) -> list[str]:
    """The stages of a class's ladder, from the easiest up."""
    with in_gym(session.gym_id):
        return [stage.key for stage in session.on_board.ladder().shown]


def first_name(number: int) -> str:
    """Everybody another one, so that no two look the same on a board."""
    first = ("Ana", "Ben", "Chiara", "Dev", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kofi", "Lena")
    return first[number % len(first)] + ("", "e", "o", "i", "u")[number // len(first) % 5]


@contextmanager
def passing_time() -> Iterator[Callable[[float], None]]:
    """Inside the block so many seconds can be let go by at once: a tap right after another is a slip of the thumb."""
    now, gone = timezone.now, timedelta()

    def let_pass(seconds: float) -> None:
        nonlocal gone
        gone += timedelta(seconds=seconds)

    with patch.object(timezone, "now", lambda: now() + gone):
        yield let_pass
