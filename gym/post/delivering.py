"""What the worker does with letters that are due: write, hand over, and say what became of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from smtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from gym.models import Letter
from gym.models.letters import RENEWED_EVERY
from gym.post.kinds import NotWanted
from gym.post.writing import write

logger = logging.getLogger(__name__)

Problem = Letter.Problem
# What a mail server answers that has nothing against it.
OK = 250
# Seconds for its last word about a letter, as RFC 5321 (4.5.3.2.6) asks: some look through it for minutes, and without
# that word nobody knows whether they have it. Everything before is waited for as long as EMAIL_TIMEOUT says.
LAST_WORD = 600


def deliver_due(clock: Callable[[], datetime] = timezone.now, stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, one after the other, until nothing is or `stop` says so. Answers how many letters were taken.

    The connection to the mail server is kept between them, and closed when they are through.
    """
    postman, taken = Postman(clock), 0
    try:
        while not stop() and (letter := Letter.take(clock())):
            taken += 1
            with in_hand(letter, clock):
                postman.deliver(letter)
    finally:
        postman.close()
    return taken


@contextmanager
def in_hand(letter: Letter, clock: Callable[[], datetime]) -> Iterator[None]:
    """Say again and again that the letter's worker lives, so that no other takes it while the mail server thinks.

    Said from a thread, since what the mail server is asked waits for it. With the process it dies as well.
    """
    through = threading.Event()

    def say() -> None:
        try:
            while not through.wait(RENEWED_EVERY.total_seconds()):
                try:
                    if not letter.renew(clock()):
                        return
                except (DatabaseError, InterfaceError) as problem:
                    logger.warning("Letter %s could not be kept in hand: %s", letter.pk, type(problem).__name__)
        finally:
            connection.close()

    thread = threading.Thread(target=say, daemon=True)
    thread.start()
    try:
        yield
    finally:
        through.set()
        thread.join()


class Postman:
    """Delivers letters that were taken, each once."""

    def __init__(self, clock: Callable[[], datetime] = timezone.now) -> None:
        self.clock = clock
        self.connection: Any = None
        # Whether the mail server was given the words: from then on nobody can know, if it breaks off without one.
        self.is_given = False

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
        if self.connection is not None and not is_there(self.connection):
            self.close()
        try:
            if self.connection is None:
                self.connection = get_connection()
                self.connection.open()
                self.note_what_is_given()
        except SMTPAuthenticationError as problem:
            self.failed(letter, Problem.NOT_LET_IN, problem)
        except (OSError, SMTPException) as problem:
            self.failed(letter, Problem.AWAY, problem)
        except Exception as problem:
            # A password that cannot be said, say. Its words may hold it: only its kind is kept and logged.
            self.failed(letter, Problem.AWAY, type(problem).__name__)
        return self.connection is not None

    def note_what_is_given(self) -> None:
        """Let the connection say when it comes to the words of a letter. Other ways than SMTP have no such moment."""
        server = smtp_of(self.connection)
        if server is not None:
            give = server.data

            def data(msg: Any) -> tuple[int, bytes]:
                self.is_given = True
                wait_for_answers(server, LAST_WORD)
                try:
                    return give(msg)
                finally:
                    wait_for_answers(server, server.timeout)

            server.data = data  # type: ignore[method-assign]

    def send(self, letter: Letter, message: EmailMultiAlternatives) -> None:
        """The one moment in which it is sent, and the word about it at once."""
        self.is_given = smtp_of(self.connection) is None
        try:
            self.connection.send_messages([message])
        except SMTPRecipientsRefused as problem:
            code, said = next(iter(problem.recipients.values()))
            self.failed(letter, Problem.NO_SUCH_ADDRESS, f"{code} {text(said)}", for_good=code >= 500)
        except SMTPResponseException as problem:
            self.failed(letter, Problem.REFUSED, problem)
        except (OSError, SMTPException) as problem:
            # The server said nothing more: perhaps it has the letter, perhaps it has not.
            self.failed(letter, Problem.IN_DOUBT if self.is_given else Problem.AWAY, problem, for_good=self.is_given)
        except Exception as problem:
            doubt = Problem.IN_DOUBT if self.is_given else Problem.UNWRITTEN
            self.failed(letter, doubt, type(problem).__name__, for_good=self.is_given)
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
        mail, self.connection = self.connection, None
        if mail is not None:
            try:
                mail.close()
            except (OSError, SMTPException):
                logger.debug("The mail server was gone before we said goodbye.")


def smtp_of(mail: Any) -> SMTP | None:
    """The conversation with a mail server; None where letters go elsewhere, as in the demo."""
    server = getattr(mail, "connection", None)
    return server if isinstance(server, SMTP) else None


def wait_for_answers(server: SMTP, seconds: float) -> None:
    """Give the mail server so long for each answer from now on, unless it has hung up."""
    if server.sock is not None:
        server.sock.settimeout(seconds)


def is_there(mail: Any) -> bool:
    """Whether the mail server has not hung up since the letter before, as many do after some letters or seconds."""
    server = smtp_of(mail)
    try:
        return server is None or server.noop()[0] == OK
    except (OSError, SMTPException):
        return False


def what_it_said(problem: Exception) -> str:
    """One line: the server's number and words, else the kind of exception with its own."""
    if isinstance(problem, SMTPResponseException):
        return f"{problem.smtp_code} {text(problem.smtp_error)}"
    return f"{type(problem).__name__} {problem}".strip()


def text(said: bytes | str) -> str:
    """What a server says, which may be in any encoding."""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
