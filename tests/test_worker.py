"""`manage.py worker`: letters are sent, tried again, given up; once each, also when the worker is killed half-way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import MagicMock, patch

import pytest
from django.conf import settings as project
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from gym.gunicorn import Sender
from gym.management.commands.worker import EVERY, look
from gym.models import Letter
from gym.models.letters import FAILING, KEPT, KEPT_FOR_OWNERS, LEASE, WAITS
from gym.post import post
from gym.post.delivering import deliver_due
from tests.mail_server import MailServer
from tests.people import Cast
from tests.test_backups import url_of_the_tests, wait_for

pytest_plugins = ["tests.people"]

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
    ({"MAIL": None}, Problem.AWAY, State.WAITING),
    ({"RCPT": None}, Problem.AWAY, State.WAITING),
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
def test_a_server_that_hung_up_after_a_letter_is_asked_anew_for_the_next(server: MailServer) -> None:
    """Nothing of the second one was sent: it is no doubt, and goes at once."""
    letters = [a_letter(1), a_letter(2)]
    server.answers["NOOP"] = None
    deliver_due()
    assert {now_of(letter).state for letter in letters} == {State.SENT}
    assert (server.connections, len(server.taken)) == (2, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_server_that_hangs_up_before_it_has_a_word_of_a_letter_gets_it_later(server: MailServer, step: str) -> None:
    first, second = a_letter(1), a_letter(2)
    server.before["end"] = lambda: server.answers.update({step: None})
    deliver_due()
    assert (now_of(first).state, now_of(second).state) == (State.SENT, State.WAITING)
    server.answers = {}
    deliver_due(later(minutes=2))
    assert now_of(second).state == State.SENT
    assert len(server.taken) == 2


@pytest.mark.django_db
def test_what_nobody_expected_of_a_connection_ends_no_worker(
    server: MailServer, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A password that SMTP cannot say: each letter fails on its own, and the next one is taken."""
    server.answers["EHLO"] = "250-here\r\n250 AUTH PLAIN"
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "rung", "schlüssel"
    letters = [a_letter(1), a_letter(2)]
    assert deliver_due() == 2
    assert {(now_of(letter).state, letter.problem) for letter in letters} == {(State.WAITING, Problem.AWAY)}
    assert letters[0].error == "UnicodeEncodeError"
    assert "schl" not in caplog.text
    # The same in the middle of a letter: whether it was sent, nobody knows.
    settings.EMAIL_HOST_USER = ""
    with patch("smtplib.SMTP.data", side_effect=ZeroDivisionError):
        deliver_due(later(minutes=2))
    assert {(now_of(letter).state, letter.problem) for letter in letters} == {(State.DEAD, Problem.IN_DOUBT)}


@pytest.mark.django_db
def test_a_letter_that_kills_each_worker_is_given_up() -> None:
    letter, at = a_letter(), timezone.now()
    for _worker in range(len(WAITS) + 1):
        assert Letter.take(at)
        assert (Letter.stuck(at) == "") == (now_of(letter).attempts < FAILING)
        at += LEASE
    assert Letter.take(at) is None
    now_of(letter)
    assert (letter.state, letter.problem) == (State.DEAD, Problem.UNWRITTEN)


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
def test_what_was_settled_long_ago_is_forgotten_and_nothing_else(cast: Cast) -> None:
    sent, dead, waiting, of_gym = (
        a_letter(1),
        a_letter(2),
        a_letter(3),
        post("login_code", gym=cast.northside, key="gym"),
    )
    now, second = timezone.now(), timedelta(seconds=1)
    for letter, state in ((sent, State.SENT), (dead, State.DEAD), (of_gym, State.DEAD)):
        Letter.across_gyms.filter(pk=letter.pk).update(state=state, settled_at=now, about={})
    assert Letter.forget_settled(now + KEPT) == 0
    assert Letter.forget_settled(now + KEPT + second) == 2
    # An owner may still want to try again what was given up of the gym's, for half a year.
    assert set(Letter.across_gyms.all()) == {waiting, of_gym}
    assert Letter.forget_settled(now + KEPT_FOR_OWNERS) == 0
    assert Letter.forget_settled(now + KEPT_FOR_OWNERS + second) == 1
    assert set(Letter.across_gyms.all()) == {waiting}


@pytest.mark.django_db
def test_what_a_letter_says_is_forgotten_once_it_is_of_no_use_also_if_it_was_given_up() -> None:
    now, minutes = timezone.now(), timedelta(minutes=15)
    code, news = (post(kind, to="a@x.example", key=kind, about={"code": "A"}, useful_for=wait, at=now)
                  for kind, wait in (("login_code", minutes), ("other", None)))  # fmt: skip
    Letter.across_gyms.update(state=State.DEAD, settled_at=now)
    Letter.forget_settled(now + minutes - timedelta(seconds=1))
    assert now_of(code).about == {"code": "A"}
    Letter.forget_settled(now + minutes)
    assert (now_of(code).about, now_of(news).about) == ({}, {"code": "A"})


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_heard", [True, False], ids=["it says that it lives", "it says nothing"])
@pytest.mark.parametrize("step", ["greeting", "end"])
def test_a_mail_server_that_takes_longer_than_a_worker_is_given(
    server: MailServer, settings: Any, monkeypatch: pytest.MonkeyPatch, step: str, is_heard: bool
) -> None:
    """While it thinks, the letter stays with whoever has it in hand; the last word is waited for ever so long."""
    letter, found = a_letter(), []
    settings.EMAIL_TIMEOUT = 0.2 if step == "end" else 2
    monkeypatch.setattr("gym.models.letters.LEASE", timedelta(seconds=0.4))
    monkeypatch.setattr("gym.post.delivering.RENEWED_EVERY", timedelta(seconds=0.05 if is_heard else 60))

    def another_looks() -> None:
        """What another worker finds after the time that a worker is given."""
        server.before = {}
        time.sleep(0.8)
        found.append(Letter.take(timezone.now()))
        connections.close_all()

    server.before[step] = another_looks
    deliver_due()
    now_of(letter)
    if is_heard:
        assert found == [None]
        assert (letter.state, len(server.taken)) == (State.SENT, 1)
    elif step == "greeting":
        assert found == [letter]
        assert (letter.state, len(server.taken)) == (State.TAKEN, 0)
    else:
        # The other one counts it as one of which nobody knows.
        assert (letter.state, letter.problem, len(server.taken)) == (State.DEAD, Problem.IN_DOUBT, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"attempts": -1},
        {"state": "lost"},
        {"state": State.SENT, "about": {}},
        {"settled_at": "2026-11-21T12:00Z"},
        {"state": State.HANDED, "attempts": 1},
        {"state": State.SENT, "settled_at": "2026-11-21T12:00Z"},
    ],
    ids=["of no kind", "tried less than never", "in no state", "settled at no time", "waiting and settled",
         "in nobody's hands", "sent and not forgotten"],
)  # fmt: skip
def test_what_cannot_be_is_not_stored(wrong: dict[str, Any]) -> None:
    letter = a_letter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.across_gyms.filter(pk=letter.pk).update(**wrong)
    assert now_of(letter).state == State.WAITING


@pytest.mark.django_db
def test_a_mistake_in_forgetting_holds_up_no_letter(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    told, letter = MagicMock(to_stop=lambda: False), a_letter()
    worker = "gym.management.commands.worker"
    mistake = MagicMock(side_effect=ZeroDivisionError("knee"), __name__="forget_old_pain")
    # The test's own connection stays open.
    with patch(f"{worker}.forget_old_pain", mistake), patch(f"{worker}.close_old_connections"):
        assert look(told, clear_away=True) == EVERY
        assert look(told, clear_away=False) == EVERY
    assert mistake.call_count == 1
    assert now_of(letter).state == State.SENT
    assert "forget_old_pain did not come to its end: ZeroDivisionError" in caplog.text
    assert "knee" not in caplog.text


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
            deliver_due(later(seconds=LEASE.total_seconds() + 1))
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


def test_a_worker_that_cannot_be_started_is_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the web server that looks after it, as soon as there is memory again."""
    sender, process = Sender(), MagicMock()
    # Whoever waits for the end of the second one is told to start no third.
    process.wait.side_effect = sender.stopped.set
    tried = MagicMock(side_effect=[OSError(12, "Cannot allocate memory"), process])
    monkeypatch.setattr(Sender, "pause", 0)
    monkeypatch.setattr("gym.gunicorn.subprocess.Popen", tried)
    sender.look_after()
    assert (tried.call_count, sender.process) == (2, process)


@pytest.mark.django_db(transaction=True)
def test_it_ends_with_the_process_that_started_it(server: MailServer) -> None:
    with working(server, "--parent", "1") as process:
        assert process.wait(timeout=30) == 0
