"""An upgrade brings the library's new words to the gyms there are, and leaves what a gym has made its own."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command

from gym.models import Gym
from gym.scope import in_gym
from programming.library.loader import load_library
from programming.models import Drill, Equipment, Progression
from programming.self_checks import checks
from tests import make
from tests.coach.screen import nothing_written
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def former(cast: Cast) -> Gym:
    """Northside as a former release left it: no self-checks and another cue. Two things are its own by now."""
    cache.clear()
    with in_gym(cast.northside):
        load_library(cast.northside, make.shipped())
        ladder = Progression.objects.get(key="hip-hinge")
        del ladder.teaching["self_checks"]
        ladder.save(update_fields=["teaching"])
        Drill.objects.get(key="cat-cow").revise(cues=["A former cue"])
        own = Drill.objects.get(key="brace")
        own.revise(name="Our brace")
        own.follows_shipped = False
        own.save(update_fields=["follows_shipped"])
        Equipment.objects.get(key="dowel").delete()
    return cast.northside


def test_an_upgrade_brings_what_is_new_and_leaves_what_is_the_gyms(former: Gym) -> None:
    call_command("update_library", verbosity=0)
    with in_gym(former):
        assert [check.key for check in checks()] == ["three-contacts", "set-up"]
        assert Drill.objects.get(key="cat-cow").words.cues != ["A former cue"]
        assert Drill.objects.get(key="brace").words.name == "Our brace"
        assert not Equipment.objects.filter(key="dowel").exists()


def test_a_start_does_it_once_for_each_library(former: Gym) -> None:
    call_command("update_library", if_changed=True, verbosity=0)
    with in_gym(former):
        assert len(checks()) == 2
        Progression.objects.filter(key="hip-hinge").update(name="Changed meanwhile")
    with nothing_written():
        call_command("update_library", if_changed=True, verbosity=0)
    # Asked for by hand it looks all the same.
    said = StringIO()
    call_command("update_library", stdout=said)
    assert said.getvalue() == f"{Gym.objects.count()} gyms have the library of this release.\n"
    with in_gym(former):
        assert Progression.objects.get(key="hip-hinge").name == "Hip hinge"


def test_a_gym_that_cannot_follow_keeps_nobody_from_it(
    former: Gym, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_gym(cast.harbour):
        ladder = Progression.objects.create(key="hip-hinge", name="Hip hinge", teaching={})
        # Another stage stands where the first one would.
        ladder.stages.create(key="own", position=0)
    told = StringIO()
    call_command("update_library", stderr=told, verbosity=0)
    assert told.getvalue().startswith("harbour-strength stays as it was: ")
    with in_gym(former):
        assert len(checks()) == 2
    # The next start tries again.
    again = StringIO()
    call_command("update_library", if_changed=True, stderr=again, verbosity=0)
    assert again.getvalue() == told.getvalue()
