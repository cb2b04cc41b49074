"""The fixed cast: the same people in every test, by name.

A test file says `pytest_plugins = ["tests.people"]` and asks for `cast`, or for `evening`, a running class of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from gym.models import Gym, Membership
from gym.scope import in_gym
from programming.models import ClassSession
from tests import make

NORTHSIDE_ID = UUID("018f0000-0000-7000-8000-000000000001")
HARBOUR_ID = UUID("018f0000-0000-7000-8000-000000000002")


@dataclass(frozen=True)
class Cast:
    """Two gyms and their people. Those of Harbour are strangers to Northside, but for Nia."""

    northside: Gym
    # Owns Northside.
    olga: Membership
    # Coach there.
    carla: Membership
    kim: Membership
    # Train there. Ana and Ben can sign in, Chiara and Dev have no account.
    ana: Membership
    ben: Membership
    chiara: Membership
    dev: Membership
    # Trains at Northside and coaches at Harbour, with one sign-in.
    nia: Membership

    harbour: Gym
    # Owns Harbour.
    hana: Membership
    # Trains there.
    sam: Membership
    nia_at_harbour: Membership

    @property
    def members(self) -> list[Membership]:
        """Those who train at Northside."""
        return [self.ana, self.ben, self.chiara, self.dev, self.nia]


def make_cast() -> Cast:
    """Everybody, newly made."""
    northside = make.gym("Northside Barbell", id=NORTHSIDE_ID)
    harbour = make.gym("Harbour Strength", id=HARBOUR_ID)
    nia = make.person(northside, "Nia Novak", email="nia@both.example")
    return Cast(
        northside=northside,
        olga=make.person(northside, "Olga Oduya", ["owner"], email="olga@northside.example"),
        carla=make.person(northside, "Carla Costa", ["coach"], email="carla@northside.example"),
        kim=make.person(northside, "Kim Kowalski", ["coach"], email="kim@northside.example"),
        ana=make.person(northside, "Ana Alves", email="ana@northside.example"),
        ben=make.person(northside, "Ben Baker", email="ben@northside.example"),
        chiara=make.person(northside, "Chiara Conti"),
        dev=make.person(northside, "Dev Das"),
        nia=nia,
        harbour=harbour,
        hana=make.person(harbour, "Hana Horn", ["owner"], email="hana@harbour.example"),
        sam=make.person(harbour, "Sam Stone", email="sam@harbour.example"),
        nia_at_harbour=make.person(harbour, "Nia Novak", ["coach"], user=nia.user),
    )


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, and no library."""
    return make_cast()


def make_evening(cast: Cast) -> ClassSession:
    """Carla's class at Northside with all its members on the roster. It began ten minutes ago."""
    make.library(cast.northside)
    return make.class_session(cast.northside, cast.members, coach=cast.carla)


@pytest.fixture
def evening(cast: Cast) -> ClassSession:
    """Carla's class, newly made."""
    return make_evening(cast)


@pytest.fixture
def at_northside(cast: Cast) -> Iterator[Gym]:
    """The test stands in Northside, as a request there does."""
    with in_gym(cast.northside):
        yield cast.northside
