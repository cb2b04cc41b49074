"""What takes long to make is made once for all tests of a module, each of which finds it as it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import TypeVar

from django.core.cache import cache
from django.db import transaction
from pytest_django import DjangoDbBlocker

from programming.models.ladder_words import read_ladder

Made = TypeVar("Made")


@contextmanager
def kept(make: Callable[[], Made], blocker: DjangoDbBlocker) -> Iterator[Made]:
    """What `make` makes, in a transaction around those of the tests; for a fixture of a module.

    Every test of the module that asks the database should ask for it: which test was first must not matter.
    """
    with blocker.unblock(), transaction.atomic():
        made = make()
        # Not every test may ask the database because one may.
        with blocker.block():
            yield made
        transaction.set_rollback(True)


def copied(made: Made) -> Made:
    """It for one test, which may change what it holds; nothing is remembered of what the test before asked."""
    cache.clear()
    # That test may have had an edited ladder.
    read_ladder.cache_clear()
    return deepcopy(made)
