"""What the worker does with letters that are due: write, hand over, and say what became of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from gym.models import Letter
from gym.post.kinds import NotWanted
from gym.post.writing import write

logger = logging.getLogger(__name__)

Problem = Letter.Problem


def deliver_due(clock: Callable[[], datetime] = timezone.now, stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, one after the other, until nothing is or `stop` says so. Answers how many letters were taken.

    The connection to the mail server is kept between them, and closed when they are through.
    """
    postman, taken = Postman(clock), 0
    try:
        while not stop() and (letter := Letter.take(clock())):
            taken += 1
            postman.deliver(letter)
    finally:
        postman.close()
    return taken


class Postman:
    """Delivers letters that were taken, each once."""

    def __init__(self, clock: Callable[[], datetime] = timezone.now) -> None:
        self.clock = clock
        self.connection: Any = None

    def deliver(self, letter: Letter) -> None:
        """See it through to the end: sent, not wanted any more, to be tried again, or given up."""
        try:
            message = write(letter)
        except NotWanted:
            letter.drop(self.clock())
            return
        except Exception as problem:
            # A mistake of ours in one letter holds up no other. Its words may hold a code: only its kind is logged.
            logger.error("Letter %s (%s) could not be written: %s", letter.pk, letter.kind, type(problem).__name__)
            letter.fail(Problem.UNWRITTEN, type(problem).__name__, self.clock())
            return
        if self.is_open(letter) and letter.hand_over(self.clock()):
            self.send(letter, message)

    def is_open(self, letter: Letter) -> bool:
        """Whether the mail server is there for us. All of this comes before the moment that leaves a doubt."""
        try:
            if self.connection is None:
                self.connection = get_connection()
                self.connection.open()
        except SMTPAuthenticationError as problem:
            self.failed(letter, Problem.NOT_LET_IN, problem)
        except (OSError, SMTPException) as problem:
            self.failed(letter, Problem.AWAY, problem)
        return self.connection is not None

    def send(self, letter: Letter, message: EmailMultiAlternatives) -> None:
        """The one moment in which it is sent, and the word about it at once."""
        try:
            self.connection.send_messages([message])
        except SMTPRecipientsRefused as problem:
            code, said = next(iter(problem.recipients.values()))
            self.failed(letter, Problem.NO_SUCH_ADDRESS, f"{code} {text(said)}", for_good=code >= 500)
        except SMTPResponseException as problem:
            self.failed(letter, Problem.REFUSED, problem)
        except (OSError, SMTPException) as problem:
            # The server said nothing more: perhaps it has the letter, perhaps it has not.
            self.failed(letter, Problem.IN_DOUBT, problem, for_good=True)
        else:
            letter.mark_sent(self.clock())

    def failed(self, letter: Letter, problem: str, said: Exception | str, *, for_good: bool = False) -> None:
        """Keep why with the letter. Whatever the connection was in the middle of, the next letter begins anew."""
        self.close()
        error = said if isinstance(said, str) else what_it_said(said)
        logger.warning("Letter %s (%s) was not sent: %s: %s", letter.pk, letter.kind, problem, error)
        letter.fail(problem, error, self.clock(), for_good=for_good)

    def close(self) -> None:
        """Say goodbye to the mail server."""
        connection, self.connection = self.connection, None
        if connection is not None:
            try:
                connection.close()
            except (OSError, SMTPException):
                logger.debug("The mail server was gone before we said goodbye.")


def what_it_said(problem: Exception) -> str:
    """One line: the server's number and words, else the kind of exception with its own."""
    if isinstance(problem, SMTPResponseException):
        return f"{problem.smtp_code} {text(problem.smtp_error)}"
    return f"{type(problem).__name__} {problem}".strip()


def text(said: bytes | str) -> str:
    """What a server says, which may be in any encoding."""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
