"""What several send at the same moment about one PIN: none of them fails, and one PIN stands."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gym.models import Pin, Tablet, Unlock, WrongPin
from gym.scope import in_gym
from tests import make
from tests.people import make_cast


def test_a_pin_is_chosen_tried_and_removed_at_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    tablet, _secret = make.tablet(cast.northside, cast.olga)
    make.pin(cast.carla, "471108")

    def choose() -> None:
        Pin.choose(cast.carla, "620195", at=timezone.now())

    def remove() -> None:
        Pin.remove(cast.carla, at=timezone.now())

    def attempt() -> None:
        try:
            tablet.try_pin(cast.carla.pk, "620195", at=timezone.now())
        except (WrongPin, Pin.DoesNotExist):
            # It came before the PIN was this one, or after it was none.
            return

    def at_once(*works: Callable[[], None]) -> None:
        """All of them, begun at the same moment; what one raises is raised here."""
        start = threading.Barrier(len(works))

        def begin(work: Callable[[], None]) -> None:
            start.wait(timeout=20)
            try:
                with in_gym(cast.northside):
                    work()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(works)) as threads:
            list(threads.map(begin, works))

    # Whoever has locked a tablet gives the others time to lock what it wants next.
    held = Tablet.held

    def slowly_held(each: Tablet) -> Any:
        locked = held(each)
        time.sleep(0.1)
        return locked

    at_once(choose, choose)
    with in_gym(cast.northside):
        assert Pin.objects.count() == 1
        unlock = tablet.try_pin(cast.carla.pk, "620195", at=timezone.now())
        monkeypatch.setattr(Tablet, "held", slowly_held)
    at_once(attempt, choose, choose)
    with in_gym(cast.northside):
        assert Pin.objects.count() == 1
        assert Unlock.objects.get(pk=unlock.pk).ended_at is not None
    at_once(attempt, remove, remove)
    with in_gym(cast.northside):
        assert not Pin.objects.exists() and not Unlock.objects.filter(ended_at=None).exists()
