"""CPU time of ways to do something, side by side: in rounds that take turns, because machines are shared and noisy."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

# What is measured, and what has to be got ready for it beforehand: called with 0, 1, 2, …
Work = Callable[[], object]
Way = Callable[[int], Work]

ROUNDS = 15
TIMES = 15


@dataclass(frozen=True)
class Ratio:
    """How much one way costs as a multiple of another: the median of the rounds and their quartiles.

    `ours` and `theirs` are the median milliseconds of CPU of one time.
    """

    median: float
    low: float
    high: float
    ours: float
    theirs: float

    @property
    def milliseconds(self) -> str:
        """Both in words: "6.1 : 4.2 ms"."""
        return f"{self.ours:.2f} : {self.theirs:.2f} ms"


class Clock:
    """CPU seconds of this process and, on a PostgreSQL server of this machine, of the processes that serve it.

    `connections` are those that are worked with; by default the present one.
    """

    def __init__(self, *connections: BaseDatabaseWrapper) -> None:
        self.servers: list[Path] = []
        for each in connections or (connection,):
            if each.vendor == "postgresql":
                with each.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    file = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
                self.servers += [file] if file.exists() else []
                # One that has grown old is exchanged after a request: not while it is being measured.
                each.close_at = None

    def read(self) -> float:
        """The seconds so far."""
        # Nanoseconds on a processor come first.
        return time.process_time() + sum(int(file.read_text().split()[0]) for file in self.servers) / 1e9


def ratio(ours: Way, theirs: Way, *, rounds: int = ROUNDS, times: int = TIMES, clock: Clock | None = None) -> Ratio:
    """Our way against theirs, each so many times in every round."""
    (found,) = ratios([ours], theirs, rounds=rounds, times=times, clock=clock)
    return found


def ratios(
    ways: Sequence[Way], theirs: Way, *, rounds: int = ROUNDS, times: int = TIMES, clock: Clock | None = None
) -> list[Ratio]:
    """Several ways against the same one, all in the same rounds."""
    clock, every = clock or Clock(), [*ways, theirs]
    seconds: list[list[float]] = [[] for _way in every]
    # The first round fills caches, and is not counted.
    for turn in range(rounds + 1):
        order = list(enumerate(every))
        for place, way in order if turn % 2 else reversed(order):
            gc.collect()
            spent = sum(once(clock, way(turn * times + number)) for number in range(times))
            if turn:
                seconds[place].append(spent / times)
    yardstick = seconds.pop()
    return [compared(each, yardstick) for each in seconds]


def once(clock: Clock, work: Work) -> float:
    """The CPU seconds of one time."""
    begun = clock.read()
    work()
    return clock.read() - begun


def compared(ours: list[float], theirs: list[float]) -> Ratio:
    """The rounds of two ways against each other, round by round."""
    shares = [one / other for one, other in zip(ours, theirs, strict=True)]
    low, median, high = statistics.quantiles(shares, n=4)
    return Ratio(median, low, high, 1000 * statistics.median(ours), 1000 * statistics.median(theirs))
