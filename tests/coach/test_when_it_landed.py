"""Every answer to a tap says how long ago its finger is taken to have landed: so a tablet keeps its taps in order."""

from __future__ import annotations

from uuid import uuid4

import pytest

from gym.scope import in_gym
from programming.models import ClassSession, Tap
from tests import make
from tests.coach.screen import Screen
from tests.people import Cast

pytest_plugins = ["tests.people"]

# Milliseconds that a request may take in a test.
ON_THE_WAY = 10_000


def age(tablet: Screen, address: str, **values: str) -> int:
    """X-Age of the answer to a tap, in ms."""
    answer = tablet.client.post(tablet.board_url + address, values, headers={"HX-Request": "true"})
    assert answer.headers["X-Op"] == values["tap"]
    return int(answer.headers["X-Age"])


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("{ana}/saw/", {"saw": "clean", "stage": "wall-tap"}),
        ("{ana}/not-today/", {"state": "off"}),
        ("add/", {"name": "Dina Drop"}),
        ("rest/", {"member": "{ana}::wall-tap"}),
        ("several/", {"member": "{ana}::wall-tap", "saw": "seen"}),
        ("regulars/", {"member": "{ana}", "state": "expected"}),
        ("plan/block/", {"block": "0"}),
        ("stations/today/", {"block": "2", "stage": "wall-tap", "way": "own"}),
    ],
)
def test_it_is_the_age_that_the_tap_was_sent_with(
    tablet: Screen, evening: ClassSession, cast: Cast, address: str, values: dict[str, str]
) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=60)
    said = {name: value.format(ana=cast.ana.pk) for name, value in values.items()}
    told = age(tablet, address.format(ana=cast.ana.pk), tap=str(uuid4()), age="90000", **said)
    assert 90_000 <= told < 90_000 + ON_THE_WAY


def test_a_repeat_is_as_old_as_what_is_stored(tablet: Screen, evening: ClassSession, cast: Cast) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=60)
    key = str(uuid4())
    sent = {"saw": "clean", "stage": "wall-tap", "tap": key}
    age(tablet, f"{cast.ana.pk}/saw/", age="90000", **sent)
    # It was on its way for a minute before, and nobody knew: the tablet now makes it older than it was taken for.
    assert age(tablet, f"{cast.ana.pk}/saw/", age="150000", **sent) < 90_000 + ON_THE_WAY
    with in_gym(cast.northside):
        assert Tap.objects.filter(key=key).count() == 1


def test_before_the_class_is_kept_to_its_hour(tablet: Screen, evening: ClassSession, cast: Cast) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=60)
    day = str(24 * 3600 * 1000)
    told = age(tablet, f"{cast.ana.pk}/saw/", tap=str(uuid4()), age=day, saw="clean", stage="wall-tap")
    assert told < 90 * 60 * 1000
