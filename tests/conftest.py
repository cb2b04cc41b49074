"""Which database the tests run on, and what all of them share.

TEST_DATABASE=sqlite (the default) uses a file, because several threads meet in it. TEST_DATABASE=postgres uses the
server of TEST_DATABASE_URL, else one that is started here and stopped at the end.
"""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.sqlite3 import base as sqlite
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.pattern import PATTERN, copy_pattern, make_pattern
from tests.postgres import end_other_sessions, start_server

# Modules of fixtures, which test files import from as well.
pytest.register_assert_rewrite("tests.people", "tests.browser.pages")

# A deployment's environment must not leak into the tests: what matters to them is set here.
os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "gym.settings",
        "ENV_FILE": os.devnull,
        "DEMO": "true",
        "DEBUG": "false",
        "SECRET_KEY": "only-for-tests-" * 4,
        "EMAIL_URL": "consolemail://",
        "LOG_LEVEL": "INFO",
    }
)
for name in (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DEFAULT_FROM_EMAIL",
    "PROXY",
    "HOST",
    "PORT",
    "SITE_URL",
    "WORKER",
):
    os.environ.pop(name, None)

hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
# `make test` takes the same examples in every run, so that a failure is about the change under test.
hypothesis.settings.register_profile("fixed", parent=hypothesis.settings.get_profile("here"), derandomize=True)
hypothesis.settings.load_profile("here")


# Nothing of a test outlives the machine, so nothing has to reach the disk.
# A test asks each question once: compiling its plan would take longer than the answer.
CARELESS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\njit = off\nmax_connections = 200\n"


def database_url(kind: str, folder: Path) -> str:
    """The URL of the database server or file the tests use; starts PostgreSQL when there is none."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/rung.sqlite3"
    if kind != "postgres":
        raise pytest.UsageError(f"TEST_DATABASE is {kind!r}; it can be sqlite or postgres.")
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    server = start_server(folder / "postgres", CARELESS)
    # For backups; its pg_dump is of its version, which the one on the PATH need not be.
    os.environ["POSTGRES_BIN"] = str(server.bin_path)
    url: str = server.get_uri()
    return url


def prepare_settings(folder: Path) -> None:
    """Make of the demo's settings those of a test; what is not named here is as in production."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file instead of memory: a live server and parallel senders are threads with connections of their own.
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
        database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
        empty_history_between_tests()
    # A connection that is kept would still be open when its test database is dropped.
    database["CONN_MAX_AGE"] = 0
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STATIC_ROOT = folder / "static"
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def empty_history_between_tests() -> None:
    """Let the flush after a transactional test past the triggers that protect history.

    PostgreSQL truncates, which fires none of them; SQLite deletes row by row. Migrate's signal, which follows a
    flush, puts them back.
    """
    operations: Any = sqlite.DatabaseWrapper.ops_class
    flush: Callable[..., list[str]] = operations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            triggers = [name for (name,) in cursor.fetchall()]
        return [f'DROP TRIGGER "{name}"' for name in triggers] + flush(self, *args, **kwargs)

    operations.sql_flush = sql_flush


def set_up() -> None:
    """Decide the database, which workers take from the environment, and make Django ready.

    On import rather than in a hook of pytest, so that every conftest below this one may import models.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        scratch = Path(tempfile.mkdtemp(prefix="rung-tests-"))
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        os.environ["TEST_SCRATCH"] = str(scratch)
        os.environ["DATABASE_URL"] = database_url(os.environ.get("TEST_DATABASE", "sqlite"), scratch)
    prepare_settings(Path(os.environ["TEST_SCRATCH"]))
    django.setup()


set_up()


# What a test names that asks a database.
DATABASE = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--asks-database", action="store_true", help="only tests that ask a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is the same on every database is left out by --asks-database.

    Pure rules, files and words ask none; a screen without scripts sends the database what one with htmx does.
    """
    if not config.getoption("--asks-database"):
        return
    asking = [item for item in items if asks_database(item) and not is_same_on_paper(item)]
    left_out = set(items) - set(asking)
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = asking


def pytest_collection_finish() -> None:
    """Look for garbage in what the tests make, and rarely.

    Modules, models and templates stay till the end: walking all of them again and again took a fifteenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def asks_database(item: pytest.Item) -> bool:
    """Whether the test names what asks a database."""
    return bool(item.get_closest_marker("django_db") or DATABASE & set(fixtures_of(item)))


def is_same_on_paper(item: pytest.Item) -> bool:
    """Whether the test is that of a screen with htmx once more, without scripts. See tests/coach/conftest.py."""
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("screen") == "plain"


def fixtures_of(item: pytest.Item) -> list[str]:
    """The fixtures that a test uses, also by way of others."""
    return getattr(item, "fixturenames", [])


def pytest_configure(config: pytest.Config) -> None:
    """Several processes share the work of the migrations: one makes the tables, each copies what it has made."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if not is_worker and config.getoption("numprocesses", None) and not os.environ.get("TEST_DATABASE_URL"):
        make_pattern()
    # What was copied is brought up to date instead of made again.
    config.option.reuse_db = config.option.reuse_db or (is_worker and PATTERN in os.environ)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The database of this process begins as a copy."""
    if PATTERN in os.environ:
        name = settings.DATABASES["default"]["TEST"].get("NAME") or f"test_{settings.DATABASES['default']['NAME']}"
        copy_pattern(os.environ[PATTERN], str(name))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A thread of a test may have left its connection open: PostgreSQL drops no database that somebody uses."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            end_other_sessions(connection)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A language chosen by one test stays in that test."""
    yield
    translation.deactivate()
