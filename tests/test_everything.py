"""The tests' own ground: gaps are told, and the database is emptied between tests although history is fixed."""

import importlib.util

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from programming.models import Tap
from tests import everything, make
from tests.people import make_cast


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the steps that were asked for. None of them is run, and all of them pass."""
    names: list[str] = []

    def run(name: str, *details: object) -> bool:
        names.append(name)
        return True

    monkeypatch.setattr(everything, "run", run)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    return names


def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Chromium, Java and PostgreSQL."""
    monkeypatch.setattr(everything, "has_chromium", lambda: False)
    monkeypatch.setattr(everything, "has_checker", lambda: False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def test_every_step_is_run_on_both_databases(steps: list[str]) -> None:
    assert everything.main() == 0
    assert steps[-2:] == ["tests on sqlite", "tests on postgres"]
    assert {"lint", "format", "templates", "types", "migrations", "deployment"} <= set(steps)


def test_what_could_not_run_is_told(
    steps: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take_away(monkeypatch)
    assert everything.main() == 0
    said = capsys.readouterr().out
    assert "Could not run the browser journeys" in said
    assert "Could not run the check of the pages' HTML" in said
    assert "Could not run the tests on PostgreSQL" in said
    assert "tests on postgres" not in steps


def test_with_ci_a_gap_is_a_failure(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert everything.main() == 0
    take_away(monkeypatch)
    assert everything.main() == 1


def test_one_failed_step_fails_all_and_stops_none(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run = everything.run
    monkeypatch.setattr(everything, "run", lambda name, *details: run(name, *details) and name != "lint")
    assert everything.main() == 1
    assert steps[-1] == "tests on postgres"


def test_a_step_that_ends_badly_has_failed(capfd: pytest.CaptureFixture[str]) -> None:
    assert everything.run("good", ["true"], {})
    assert not everything.run("bad", ["false"], {})


@pytest.mark.django_db(transaction=True)
def test_history_is_emptied_between_tests_and_fixed_within_them() -> None:
    for _round in range(2):
        cast = make_cast()
        with transaction.atomic():
            make.library(cast.northside)
        session = make.class_session(cast.northside, cast.members, coach=cast.carla)
        make.place(session, cast.ana, "wall-tap", by=cast.carla)
        assert make.row_count(Tap) == 1
        with pytest.raises(DatabaseError, match="history is fixed"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM programming_tap")
        call_command("flush", interactive=False, verbosity=0)
        assert make.row_count(Tap) == 0
