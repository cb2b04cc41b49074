"""Settings in the units of whoever looks. They are stored in whole millimetres and grams, whatever is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

METRIC, IMPERIAL = "metric", "imperial"

_present: ContextVar[str] = ContextVar("units", default=METRIC)


def present() -> str:
    """The units of whoever looks."""
    return _present.get()


@contextmanager
def override(units: str) -> Iterator[None]:
    """Show settings in these units inside."""
    token = _present.set(units)
    try:
        yield
    finally:
        _present.reset(token)
