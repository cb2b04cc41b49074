"""One sign-in presses the buttons of two invitations at the same moment: it becomes one person, and nothing fails."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gym.models import Invitation, Membership, NotClaimed
from gym.scope import in_gym
from tests import make
from tests.people import make_cast


def test_two_are_taken_at_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    user = cast.sam.user
    assert user is not None
    with in_gym(cast.northside):
        people = [make.person(cast.northside, name) for name in ("Una One", "Tia Two")]
        made = [Invitation.make(each, by=cast.carla, at=timezone.now()) for each in people]
    start, looked = Barrier(2), Invitation.why_not

    def slowly(*asked: Any) -> str:
        """Whoever has looked gives the other time to look as well."""
        found = looked(*asked)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(Invitation, "why_not", slowly)

    def claim(invitation: Invitation) -> str:
        start.wait(timeout=20)
        try:
            with in_gym(cast.northside):
                invitation.claim(user, at=timezone.now())
            return "joined"
        except NotClaimed as refusal:
            return refusal.why
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(claim, made)) == ["another", "joined"]
    assert Membership.across_gyms.filter(gym=cast.northside, user=user).count() == 1
