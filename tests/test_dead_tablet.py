"""A tap that comes a day late lands where it was made, and today is what the rules make of the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gym.models import Membership
from gym.scope import in_gym
from programming.models import ClassSession, Placement, StageMove
from tests import make
from tests.people import Cast

pytest_plugins = ["tests.people"]

DAY = 24 * 3600
# What was tapped of one person: (class, seconds since it began, kind, values). The dead tablet's tap is the second.
STORY = [
    ("yesterday", 60, "stage", {"stage": "wall-tap"}),
    ("yesterday", 300, "stage", {"stage": "dowel"}),
    ("today", 60, "saw", {"saw": "clean", "stage": "dowel"}),
    ("today", 120, "saw", {"saw": "clean", "stage": "dowel"}),
]


@pytest.fixture
def classes(cast: Cast, evening: ClassSession) -> dict[str, ClassSession]:
    """Yesterday's class and today's, with Ana and Nia in both."""
    begun = evening.starts_at - timedelta(days=1)
    ended = begun + timedelta(hours=1)
    people = [cast.ana, cast.nia]
    yesterday = make.class_session(cast.northside, people, coach=cast.carla, starts_at=begun, finished_at=ended)
    return {"yesterday": yesterday, "today": evening}


def tell(classes: dict[str, ClassSession], member: Membership, cast: Cast, order: list[int], late: int) -> None:
    """Let these taps of the story arrive in that order; the one numbered `late` a day after it was made."""
    for number in order:
        day, after, kind, values = STORY[number]
        arrives = DAY + 600 if number == late else after
        make.tap(classes[day], member, kind, by=cast.carla, after=after, arrives=arrives, **values)


def standing(member: Membership) -> object:
    """Where the member stands now."""
    with in_gym(member.gym):
        position = Placement.objects.select_related("progression").get(member=member).position
    return replace(position, last=None, assessment="")


def test_it_lands_in_yesterdays_class(classes: dict[str, ClassSession], cast: Cast) -> None:
    tell(classes, cast.ana, cast, [0, 2, 3, 1], late=1)
    tell(classes, cast.nia, cast, [0, 1, 2, 3], late=-1)
    assert standing(cast.ana) == standing(cast.nia)
    with in_gym(cast.northside):
        moves = StageMove.objects.filter(member=cast.ana).order_by("at").select_related("to_stage__stage")
        assert [(move.session_id, move.to_stage.stage.key) for move in moves] == [
            (classes["yesterday"].pk, "wall-tap"),
            (classes["yesterday"].pk, "dowel"),
        ]
        late = moves[1]
        assert late.at == classes["yesterday"].starts_at + timedelta(seconds=300)
        # When it came is kept beside it.
        assert late.recorded_at == classes["yesterday"].starts_at + timedelta(seconds=DAY + 600)
        assert Placement.objects.get(member=cast.ana).stage.key == "dowel"


def test_without_it_today_is_another(classes: dict[str, ClassSession], cast: Cast) -> None:
    tell(classes, cast.ana, cast, [0, 2, 3], late=-1)
    tell(classes, cast.nia, cast, [0, 1, 2, 3], late=-1)
    assert standing(cast.ana) != standing(cast.nia)
