"""What a PIN guards: wrong ones in a row cost more and more time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

# What the first wrong PIN too many costs; each further one costs twice as much.
FIRST_WAIT = timedelta(seconds=30)
NO_TIME = timedelta()


class PleaseWait(Exception):
    """Too many wrong PINs: this one was not looked at. `wait` is how long until the next one is."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(str(wait))


class WrongPin(PleaseWait):
    """The PIN is not the right one. `wait` may be nothing."""


class Guarded(models.Model):
    """Wrong PINs are counted where every process sees them and a restart forgets none."""

    # In a row, since the last right one.
    wrong = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)

    # How many cost nothing, and the longest that one can cost.
    free: ClassVar[int]
    longest: ClassVar[timedelta]

    class Meta:
        abstract = True

    def wait(self, at: datetime) -> timedelta:
        """How long until the next try is looked at; nothing where it is at once."""
        if self.wrong < self.free or self.tried_at is None:
            return NO_TIME
        delay = min(FIRST_WAIT * 2 ** min(self.wrong - self.free, 16), self.longest)
        return max(self.tried_at + delay - at, NO_TIME)

    def count(self, at: datetime) -> None:
        """One more try, wrong until shown otherwise. Call it under the row's lock."""
        self.wrong, self.tried_at = self.wrong + 1, at
        self.save(update_fields=["wrong", "tried_at"])

    def forgive(self) -> None:
        """The PIN was right."""
        self.wrong = 0
        self.save(update_fields=["wrong"])
