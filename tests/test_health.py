"""`/health/`: whether this process can serve, for a load balancer and for whoever watches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from gym.models import Letter
from gym.models.letters import FAILING, OVERDUE
from gym.post import post
from gym.post.delivering import deliver_due
from gym.releases import brought

pytestmark = pytest.mark.django_db


def health() -> tuple[int, str]:
    """Status and sentence, asked without signing in."""
    answer = Client().get("/health/")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"].startswith("text/plain")
    return answer.status_code, answer.content.decode().strip()


def test_it_is_well_with_one_question_to_the_database(django_assert_num_queries: Any) -> None:
    assert health() == (200, "ok")
    with django_assert_num_queries(1):
        health()


def test_whoever_watches_may_ask_by_the_address_of_the_machine(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["rung.example.org"]
    asked = {"host": "10.0.0.7:8000"}
    assert Client().get("/health/", headers=asked).status_code == 200
    assert Client().get("/health/mail/", headers=asked).status_code == 200
    assert Client().post("/health/", headers=asked).status_code == 405
    assert Client().get("/", headers=asked).status_code == 400


def test_a_migration_is_missing() -> None:
    (newest,) = brought().graph.leaf_nodes("programming")
    MigrationRecorder(connection).record_unapplied(*newest)
    assert health() == (503, "The database is not up to date: manage.py migrate")


def test_a_newer_release_has_migrated_already() -> None:
    """While a deploy goes round, the machines that have still the old one go on."""
    MigrationRecorder(connection).record_applied("programming", "0999_later")
    assert health() == (200, "ok")


def test_the_database_is_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere")
    assert health() == (503, "The database is empty: manage.py migrate")


def test_the_database_is_away() -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError("no route to host")):
        assert health() == (503, "The database does not answer.")
        assert health_of_mail() == (503, "The database does not answer, or is not up to date.")
    assert health() == (200, "ok")


def health_of_mail() -> tuple[int, str]:
    """The same of the mail, which has an address of its own: the web goes on without it."""
    answer = Client().get("/health/mail/")
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.content.decode().strip()


def test_the_mail_is_well_with_one_question_to_the_database(django_assert_num_queries: Any) -> None:
    post("login_code", to="a@northside.example", key="1")
    with django_assert_num_queries(1):
        assert health_of_mail() == (200, "ok")


def test_letters_are_due_and_nobody_takes_them() -> None:
    now = timezone.now()
    post("login_code", to="a@northside.example", key="due", at=now - OVERDUE - timedelta(seconds=1))
    post("login_code", to="a@northside.example", key="later", at=now, wait=timedelta(days=1))
    assert health_of_mail() == (503, "Letters wait (1) and no worker takes them: manage.py worker")
    # No reason for a load balancer to send people elsewhere.
    assert health() == (200, "ok")
    deliver_due()
    assert health_of_mail() == (200, "ok")


def test_the_mail_server_takes_nothing() -> None:
    letter = post("login_code", to="a@northside.example", key="1")
    for tries, status in ((FAILING - 1, 200), (FAILING, 503)):
        Letter.across_gyms.filter(pk=letter.pk).update(attempts=tries)
        assert health_of_mail()[0] == status
    assert "see the worker's log" in health_of_mail()[1]


def test_one_mailbox_or_letter_that_a_server_defers_is_no_dead_mail_server() -> None:
    letter = post("login_code", to="full@northside.example", key="1")
    failing = Letter.across_gyms.filter(pk=letter.pk)
    failing.update(attempts=FAILING, problem=Letter.Problem.NO_SUCH_ADDRESS)
    assert health_of_mail()[0] == 200
    # It refuses the letter: it alone, or all there are.
    failing.update(problem=Letter.Problem.REFUSED)
    assert health_of_mail()[0] == 503
    post("login_code", to="a@northside.example", key="2")
    failing.update(due_at=timezone.now() + timedelta(hours=1))
    deliver_due()
    assert health_of_mail()[0] == 200
    failing.update(problem=Letter.Problem.AWAY)
    assert health_of_mail()[0] == 503
