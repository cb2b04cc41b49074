"""The TV on Northside's front wall."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.people import Cast
from tests.screen.tv import Tv, hung


@pytest.fixture
def tv(cast: Cast) -> Tv:
    """A TV of every room, hung up by Olga."""
    # Wrong links are counted in the cache.
    cache.clear()
    return hung(cast.olga)
