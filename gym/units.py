"""Settings and weights in the units of whoever looks. They are stored in whole millimetres and grams.

Where somebody works in inches or pounds, whole ones are shown, and steps go from one shown value to the next. Going
back from what is shown prefers the round metric value that reads the same: 60 cm is shown as 24 in, and 24 in is 60 cm
again, however often somebody steps up and down.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction

METRIC, IMPERIAL = "metric", "imperial"

# By what is measured: mm of an inch, g of a pound.
SIZE = {"distance": Fraction(254, 10), "load": Fraction(45_359_237, 100_000)}
# What a round metric value is a multiple of: 10 cm, 1 kg.
ROUND = {"distance": 100, "load": 1000}
# So many inches or pounds a step is a multiple of.
STEP = {"distance": 2, "load": 5}

_present: ContextVar[str] = ContextVar("units", default=METRIC)


def present() -> str:
    """The units of whoever looks."""
    return _present.get()


def is_imperial() -> bool:
    """Whether they read inches and pounds."""
    return _present.get() == IMPERIAL


@contextmanager
def override(units: str) -> Iterator[None]:
    """Show settings in these units inside."""
    token = _present.set(units)
    try:
        yield
    finally:
        _present.reset(token)


def imperial(quantity: str, value: int) -> int:
    """A stored distance in whole inches, a stored load in whole pounds."""
    return _nearest(value / SIZE[quantity])


def stored(quantity: str, shown: int) -> int:
    """What is stored for so many inches or pounds: the round metric value that reads the same, else the exact one."""
    exact = shown * SIZE[quantity]
    plain = _nearest(exact / ROUND[quantity]) * ROUND[quantity]
    return plain if imperial(quantity, plain) == shown else _nearest(exact)


def beside(quantity: str, value: int, step: int, ends: tuple[int, int]) -> tuple[int | None, int | None]:
    """The stored values one step below and above, within `ends`; None where there is no room.

    `step` is the stage's. In inches and pounds it is the largest multiple of 2 in or 5 lb that is no longer, and steps
    go to multiples of it. Before an end that is none the last step is shorter.
    """
    if not is_imperial():
        lower, higher = value - step, value + step
        return (lower if lower >= ends[0] else None, higher if higher <= ends[1] else None)
    grain = STEP[quantity]
    stride = max(grain, int(step / SIZE[quantity]) // grain * grain)
    shown = imperial(quantity, value)
    lower = max(stored(quantity, (shown - 1) // stride * stride), ends[0])
    higher = min(stored(quantity, (shown // stride + 1) * stride), ends[1])
    return (
        lower if imperial(quantity, lower) < shown else None,
        higher if imperial(quantity, higher) > shown else None,
    )


def _nearest(number: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return int(number + Fraction(1, 2)) if number >= 0 else -int(-number + Fraction(1, 2))
