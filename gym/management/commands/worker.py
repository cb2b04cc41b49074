"""Send the letters that are due, again and again, until it is told to stop."""

import logging
import os
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from gym.models import Import, Letter
from gym.post.delivering import deliver_due
from programming.models import ExerciseImport, TemplateFile
from programming.models.forgetting import forget_old_pain

logger = logging.getLogger("gym.worker")

# Seconds between two looks; and after the database did not answer.
EVERY, LATER = 1.0, 5.0
# Looks between two clearings away of what was sent long ago: about an hour.
CLEARED_EVERY = 3600
STOP = {signal.SIGTERM, signal.SIGINT}


class Command(BaseCommand):
    """Any number of workers may run at once, on one machine or several.

    SIGTERM and Ctrl+C wait until the letter in hand is settled; after kill -9 another worker takes it.
    """

    help = "Sends mail that waits to be sent, until it is stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--parent", type=int, help="end when the process with this id has ended, which started it")

    def handle(self, *args: Any, **options: Any) -> None:
        # Held back rather than handled: a signal that comes while a letter is in hand is seen after it.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        told, parent, looks, wait = Told(), options["parent"], 0, 0.0
        while not told.to_stop(wait) and parent in (None, os.getppid()):
            wait = look(told, clear_away=looks % CLEARED_EVERY == 0)
            looks += 1


class Told:
    """Whether somebody has told the worker to stop. It is told once."""

    is_told = False

    def to_stop(self, wait: float = 0.0) -> bool:
        """Whether it is to stop; waits so many seconds for it."""
        self.is_told = self.is_told or signal.sigtimedwait(STOP, wait) is not None
        return self.is_told


def look(told: Told, *, clear_away: bool) -> float:
    """Send what is due. Answers how many seconds to wait until the next look."""
    close_old_connections()
    try:
        deliver_due(stop=told.to_stop)
        if clear_away:
            forget()
    except (DatabaseError, InterfaceError) as problem:
        logger.warning("The database does not answer: %s", type(problem).__name__)
        connection.close()
        return LATER
    return EVERY


def forget() -> None:
    """Clear away what is kept no longer. A mistake of ours in it is logged, and holds up no letter."""
    files = (Import.forget_old, ExerciseImport.forget_old, TemplateFile.forget_old)
    for clear in (Letter.forget_settled, forget_old_pain, *files):
        try:
            clear(timezone.now())
        except (DatabaseError, InterfaceError):
            raise
        except Exception as problem:
            # What it says may hold words about somebody's pain: only its kind is logged.
            logger.error("%s did not come to its end: %s", clear.__name__, type(problem).__name__)
