"""Doing a transaction again when the database itself asks for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

Result = TypeVar("Result")
Given = ParamSpec("Given")

# PostgreSQL's words for "two transactions got in each other's way, try again".
TRY_AGAIN = {"40001", "40P01"}
TRIES = 5


def retried(work: Callable[[], Result]) -> Result:
    """Run a whole transaction, again with a random pause where PostgreSQL rolled it back for another's sake.

    Inside an outer transaction it runs once: only the whole unit may be repeated.
    """
    for tried in range(1, TRIES + 1):
        try:
            return work()
        except OperationalError as error:
            again = getattr(error.__cause__, "sqlstate", None) in TRY_AGAIN
            if not again or tried == TRIES or connection.in_atomic_block:
                raise
            time.sleep(random.uniform(0, 0.02 * 2**tried))  # noqa: S311 - a pause, not a secret
    raise AssertionError("unreachable")


def retrying(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """A whole transaction that is done again where PostgreSQL asks for it."""

    @wraps(work)
    def again(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        return retried(lambda: work(*args, **kwargs))

    return again
