"""Coaches with their tablets, what they tap, and the process in which their browsers run."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from bench.classes import Room
from bench.serving import signed_in
from gym.identifiers import uuid7
from gym.models import Membership, User
from gym.scope import in_gym
from programming.models import ClassSession, Tap
from programming.models.recording import ScreenTap


@dataclass(frozen=True)
class Coach:
    """A coach with a tablet, the class they tap in, and those of its people of whom taps are accepted."""

    number: int
    member: Membership
    room: Room

    @property
    def user(self) -> User:
        """The coach's sign-in."""
        if self.member.user is None:
            raise LookupError(f"{self.member} cannot sign in.")
        return self.member.user

    @property
    def session(self) -> ClassSession:
        """The class."""
        return self.room.session


def taps_of(coach: Coach, count: int) -> list[ScreenTap]:
    """So many taps as a coach makes them: of every member in turn something else than before."""
    with in_gym(coach.room.gym):
        words = coach.session.on_board.ladder()
    stages, faults = [stage.key for stage in words.shown], list(words.faults)
    members = coach.room.members
    taps = []
    for number, member in enumerate(islice(cycle(members), count)):
        # Of one member in turn something else, and of each something else than of the one before.
        turn = number // len(members) + number % len(members)
        kind, values = [
            # Two coaches of one class do not agree.
            (Tap.Kind.STAGE, {"stage": stages[(turn + coach.number) % len(stages)]}),
            (Tap.Kind.SAW, {"saw": "clean"}),
            (Tap.Kind.FAULT, {"fault": faults[turn % len(faults)], "opening": str(uuid7())}),
            (Tap.Kind.SAW, {"saw": "clean"}),
            (Tap.Kind.SAW, {"saw": "not_yet"}),
        ][turn % 5]
        taps.append(ScreenTap(kind=kind, member_id=member.pk, by=coach.member, values=values))
    return taps


def requests_of(coach: Coach, count: int) -> list[list[str]]:
    """So many taps as a board sends them: [path, body] of each."""
    requests = []
    for tap in taps_of(coach, count):
        place = {"gym_slug": coach.room.gym.slug, "session_id": coach.session.pk, "member_id": tap.member_id}
        body = urlencode({**tap.values, "tap": tap.key, "age": 40})
        requests.append([reverse(f"tap_{tap.kind}", kwargs=place), body])
    return requests


def sender(coach: Coach, requests: list[list[str]]) -> dict[str, Any]:
    """What the browsers' process is told of one coach."""
    return {"headers": signed_in(coach.user), "requests": requests}


def browsers(what: str, plan: dict[str, Any]) -> dict[str, Any]:
    """What the browsers' process (bench/client.py) saw."""
    command = [sys.executable, "-m", "bench.client", what]
    done = subprocess.run(  # noqa: S603 - our own module
        command, input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True, cwd=settings.BASE_DIR
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
