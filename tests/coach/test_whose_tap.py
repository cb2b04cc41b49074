"""A tap that says whose it is (`coach`) is recorded as that coach's, or waits: never as somebody else's."""

from __future__ import annotations

from uuid import uuid4

import pytest

from gym.scope import in_gym
from programming.models import ClassSession, Tap
from tests import make
from tests.coach.screen import Screen, nothing_written
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def taps(tablet: Screen, evening: ClassSession, cast: Cast) -> list[tuple[str, dict[str, str]]]:
    """One tap for every view of them: its address below the board, and what it sends."""
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=60)
    return [
        (f"{cast.ana.pk}/saw/", {"saw": "clean", "stage": "wall-tap"}),
        ("rest/", {"member": f"{cast.ana.pk}::wall-tap"}),
        ("several/", {"member": f"{cast.ana.pk}::wall-tap", "saw": "seen"}),
        ("add/", {"name": "Dina Drop"}),
        ("plan/block/", {"block": "0"}),
    ]


def send(tablet: Screen, address: str, values: dict[str, str], coach: str) -> tuple[int, str]:
    """Status and X-Op of a tap that says whose it is."""
    headers = {"HX-Request": "true"}
    answer = tablet.client.post(
        tablet.board_url + address, {**values, "tap": str(uuid4()), "coach": coach}, headers=headers
    )
    return answer.status_code, answer.headers.get("X-Op", "")


def test_their_own_is_recorded(tablet: Screen, taps: list[tuple[str, dict[str, str]]], cast: Cast) -> None:
    for address, values in taps:
        status, named = send(tablet, address, values, str(cast.carla.pk))
        assert (status, bool(named)) == (200, True), address
    with in_gym(cast.northside):
        assert set(Tap.objects.values_list("actor_id", flat=True)) == {cast.carla.pk}


def test_somebody_elses_is_not_answered(tablet: Screen, taps: list[tuple[str, dict[str, str]]], cast: Cast) -> None:
    for whose in (str(cast.kim.pk), str(cast.hana.pk), str(uuid4()), "nonsense"):
        for address, values in taps:
            with nothing_written():
                assert send(tablet, address, values, whose) == (401, ""), address
