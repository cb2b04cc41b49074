"""Screens of Carla's evening class: one with htmx, one without scripts, or both in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from gym.models import Membership
from programming.models import ClassSession
from tests.coach.screen import Screen
from tests.coach.shared import Shared, share
from tests.people import Cast


def signed_in(person: Membership) -> Client:
    """A browser in which that person has signed in."""
    client = Client()
    assert person.user is not None
    client.force_login(person.user)
    return client


@pytest.fixture(params=["htmx", "plain"])
def screen(request: pytest.FixtureRequest, cast: Cast, evening: ClassSession) -> Screen:
    """Carla's screen: every test that asks for it runs with htmx and without scripts."""
    return Screen(signed_in(cast.carla), evening, cast.carla, htmx=request.param == "htmx")


@pytest.fixture
def tablet(cast: Cast, evening: ClassSession) -> Screen:
    """Carla's tablet, with htmx."""
    return Screen(signed_in(cast.carla), evening, cast.carla, htmx=True)


@pytest.fixture
def paper(cast: Cast, evening: ClassSession) -> Screen:
    """Carla's browser without scripts."""
    return Screen(signed_in(cast.carla), evening, cast.carla)


@pytest.fixture
def second(cast: Cast, evening: ClassSession) -> Screen:
    """Kim's tablet on the same class, with htmx."""
    return Screen(signed_in(cast.kim), evening, cast.kim, htmx=True)


@pytest.fixture
def shared(cast: Cast, evening: ClassSession) -> Iterator[Shared]:
    """A tablet that Carla and Kim share, locked, with a clock that the test moves."""
    with share(cast, evening, cast.ana) as tablet:
        yield tablet
