"""`manage.py worker`: letters are sent, tried again, given up; once each, also when the worker is killed half-way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection, connections
from django.utils import timezone

from gym.models import Letter
from gym.models.letters import HANDING_OVER, KEPT, LEASE, WAITS
from gym.post import post
from gym.post.delivering import deliver_due
from tests.mail_server import MailServer
from tests.test_backups import url_of_the_tests, wait_for

State, Problem = Letter.State, Letter.Problem


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A mail server, to which this process sends."""
    with MailServer() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", made.port, 2
        yield made


def a_letter(number: int = 1, *, at: datetime | None = None) -> Letter:
    about = {"code": "ABCD-1234"}
    return post("login_code", to=f"reader{number}@northside.example", key=f"code:{number}", about=about, at=at)


def now_of(letter: Letter) -> Letter:
    letter.refresh_from_db(from_queryset=Letter.across_gyms.all())
    return letter


def later(**time: float) -> Callable[[], datetime]:
    """A clock that shows another time."""
    return lambda: timezone.now() + timedelta(**time)


# Sent, tried again, given up -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_letters_that_are_due_are_sent_through_one_connection(server: MailServer) -> None:
    letters = [a_letter(number) for number in range(3)]
    assert deliver_due() == 3
    assert [mail["To"] for mail in server.taken] == [letter.to for letter in letters]
    assert {now_of(letter).state for letter in letters} == {State.SENT}
    assert server.connections == 1
    assert deliver_due() == 0


@pytest.mark.django_db
def test_a_server_that_is_away_is_tried_again_ever_later_and_then_no_more(server: MailServer, settings: Any) -> None:
    letter, at = a_letter(), timezone.now()
    settings.EMAIL_PORT = 1
    for number, wait in enumerate(WAITS, start=1):
        assert deliver_due(lambda: at) == 1  # noqa: B023 - called at once
        now_of(letter)
        assert (letter.state, letter.attempts, letter.due_at) == (State.WAITING, number, at + wait)
        assert deliver_due(lambda: at + wait - timedelta(seconds=1)) == 0  # noqa: B023
        at += wait
    assert deliver_due(lambda: at) == 1
    now_of(letter)
    assert (letter.state, letter.problem) == (State.DEAD, Problem.AWAY)
    assert deliver_due(later(days=365)) == 0
    # Somebody wants it sent after all.
    settings.EMAIL_PORT = server.port
    assert letter.try_again(timezone.now())
    deliver_due()
    assert now_of(letter).state == State.SENT
    assert len(server.taken) == 1


REFUSALS: list[tuple[dict[str, str | None], str, str]] = [
    # Step and answer; what is kept; and what becomes of the letter.
    ({"RCPT": "550 no such user"}, Problem.NO_SUCH_ADDRESS, State.DEAD),
    ({"RCPT": "450 come back"}, Problem.NO_SUCH_ADDRESS, State.WAITING),
    ({"MAIL": "451 not now"}, Problem.REFUSED, State.WAITING),
    ({"end": "554 spam"}, Problem.REFUSED, State.WAITING),
    ({"greeting": None}, Problem.AWAY, State.WAITING),
    ({"greeting": "421 too busy"}, Problem.AWAY, State.WAITING),
    # It broke off where nobody can know any more: once too few rather than twice.
    ({"end": None}, Problem.IN_DOUBT, State.DEAD),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("answers", "problem", "state"), REFUSALS)
def test_what_the_server_says(
    server: MailServer, answers: dict[str, str | None], problem: str, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = dict(answers)
    letter, other = a_letter(1), a_letter(2)
    deliver_due()
    now_of(letter)
    assert (letter.state, letter.problem) == (state, problem)
    assert "\n" not in letter.error
    said = next(iter(answers.values()))
    assert said is None or said in letter.error
    # What it says is kept for the next try, and stands in no log.
    assert letter.about
    assert "ABCD" not in caplog.text
    server.answers = {}
    deliver_due(later(minutes=2))
    assert now_of(other).state == (State.DEAD if state == State.DEAD else State.SENT)
    assert now_of(letter).state == (State.DEAD if state == State.DEAD else State.SENT)


@pytest.mark.django_db
def test_a_letter_that_cannot_be_written_holds_up_no_other(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = post("no_such_kind", to="a@northside.example", key="1", about={"code": "SECRET"})
    fine = a_letter()
    deliver_due()
    assert now_of(broken).problem == Problem.UNWRITTEN
    assert broken.state == State.WAITING
    assert now_of(fine).state == State.SENT
    assert "TemplateDoesNotExist" in caplog.text and "SECRET" not in caplog.text


@pytest.mark.django_db
def test_nobody_learns_of_a_letter_that_came_too_late_after_it_was_tried(server: MailServer) -> None:
    at = timezone.now()
    letter = post("login_code", to="a@x.example", key="1", about={"code": "A"}, useful_for=timedelta(minutes=15), at=at)
    server.answers["MAIL"] = "451 not now"
    for minutes in (0, 1, 6, 36):
        deliver_due(lambda: at + timedelta(minutes=minutes))  # noqa: B023 - called at once
    now_of(letter)
    assert (letter.state, letter.problem, letter.about) == (State.DEAD, Problem.TOO_LATE, {})
    assert not letter.try_again(at + timedelta(minutes=37))
    assert letter.dismiss(at)
    assert now_of(letter).state == State.DROPPED


@pytest.mark.django_db
def test_what_was_sent_long_ago_is_forgotten_and_nothing_else(server: MailServer) -> None:
    sent, dead, waiting = a_letter(1), a_letter(2), a_letter(3)
    now = timezone.now()
    for letter, state in ((sent, State.SENT), (dead, State.DEAD)):
        Letter.across_gyms.filter(pk=letter.pk).update(state=state, settled_at=now)
    assert Letter.forget_settled(now + KEPT) == 0
    assert Letter.forget_settled(now + KEPT + timedelta(seconds=1)) == 1
    assert set(Letter.across_gyms.all()) == {dead, waiting}


# Several workers -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_letter_once(server: MailServer) -> None:
    letters = [a_letter(number) for number in range(20)]

    def work() -> None:
        try:
            deliver_due()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(mail["To"] for mail in server.taken) == sorted(letter.to for letter in letters)
    assert {now_of(letter).state for letter in letters} == {State.SENT}


@pytest.mark.django_db
def test_whoever_was_too_slow_does_not_hand_over_what_another_has_taken() -> None:
    a_letter()
    now = timezone.now()
    slow = Letter.take(now)
    assert slow and Letter.take(now + LEASE - timedelta(seconds=1)) is None
    other = Letter.take(now + LEASE)
    assert other
    assert not slow.hand_over(now + LEASE)
    assert not slow.fail(Problem.AWAY, "", now)
    assert other.hand_over(now + LEASE)
    assert not slow.mark_sent(now)
    assert other.mark_sent(now + LEASE)
    assert now_of(other).state == State.SENT


# A process of its own ------------------------------------------------------------------------------------------------


@contextmanager
def working(server: MailServer, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py worker` on the database of this test, sending to the server. Killed at the end if it still runs."""
    connection.close()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker", *options],
        cwd=project.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url_of_the_tests(), "EMAIL_URL": f"smtp://127.0.0.1:{server.port}"},
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def has(letter: Letter, state: str) -> bool:
    found = now_of(letter).state == state
    connection.close()
    return found


@pytest.mark.django_db(transaction=True)
def test_told_to_stop_it_finishes_the_letter_in_hand_and_begins_no_other() -> None:
    with MailServer() as server:
        first, second = a_letter(1), a_letter(2)
        with working(server) as process:
            # While it hands over the first one, it is told to stop.
            server.before["DATA"] = process.terminate
            assert process.wait(timeout=30) == 0
    assert now_of(first).state == State.SENT
    assert now_of(second).state == State.WAITING
    assert len(server.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_killed_before_it_hands_over_another_sends_it_once(settings: Any) -> None:
    with MailServer() as server:
        letter = a_letter()
        with working(server) as process:
            server.before["greeting"] = process.kill
            assert process.wait(timeout=30) == -signal.SIGKILL
        assert now_of(letter).state == State.TAKEN
        server.before = {}
        with another_worker(server, settings):
            assert deliver_due() == 0
            assert deliver_due(lambda: letter.due_at) == 1
        assert now_of(letter).state == State.SENT
        assert len(server.taken) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_it", [True, False], ids=["the server had it", "the server had it not"])
def test_killed_while_it_hands_over_nobody_sends_it_again_by_themselves(settings: Any, has_it: bool) -> None:
    """Whether the server has it, nobody can know who was not there: it is never two, and it is never lost unseen."""
    with MailServer() as server:
        letter = a_letter()
        with working(server) as process:
            server.before["end" if has_it else "DATA"] = process.kill
            if not has_it:
                server.answers["DATA"] = None
            assert process.wait(timeout=30) == -signal.SIGKILL
            wait_for(lambda: len(server.taken) == has_it)
        assert now_of(letter).state == State.HANDED
        server.before, server.answers = {}, {}
        with another_worker(server, settings):
            deliver_due(later(seconds=HANDING_OVER.total_seconds() + 1))
            deliver_due(later(days=30))
        now_of(letter)
        assert (letter.state, letter.problem) == (State.DEAD, Problem.IN_DOUBT)
        assert len(server.taken) == has_it
        # Only where somebody who can ask decides so; and a mailbox knows a second copy by its id.
        assert letter.try_again(timezone.now())
        with another_worker(server, settings):
            deliver_due()
        assert {mail["Message-ID"] for mail in server.taken} == {f"<{letter.pk}@localhost>"}
        assert len(server.taken) == has_it + 1


@contextmanager
def another_worker(server: MailServer, settings: Any) -> Iterator[None]:
    """This process sends to the server from now on."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
    yield


@pytest.mark.django_db(transaction=True)
def test_it_ends_with_the_process_that_started_it(server: MailServer) -> None:
    with working(server, "--parent", "1") as process:
        assert process.wait(timeout=30) == 0
