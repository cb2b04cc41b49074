"""Settings: what a deployment must say, what is refused and in which words, and what is kept safe."""

import json
import os
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db.utils import ConnectionHandler

Read = Callable[..., dict[str, Any]]

DEPLOYMENT = {
    "DEMO": "false",
    "SECRET_KEY": "$tarts-with-a-dollar-and-is-long-enough-for-anybody-0123456789",
    "ALLOWED_HOSTS": "rung.example.org, gym.example.org",
    "SITE_URL": "https://rung.example.org",
    "EMAIL_URL": "smtp+tls://user:p%40ss@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Rung <rung@example.org>",
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads gym/settings.py anew in an environment of a deployment, changed by the arguments; None leaves out."""

    def read_settings(**changes: str | None) -> dict[str, Any]:
        for name in ("DEBUG", "DATABASE_URL", "CSRF_TRUSTED_ORIGINS", "PROXY", "LOG_LEVEL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {**DEPLOYMENT, "ENV_FILE": os.devnull, **changes}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        return runpy.run_path(str(settings.BASE_DIR / "gym" / "settings.py"))

    return read_settings


def test_a_deployment_speaks_https_only(read: Read) -> None:
    deployed = read()
    assert deployed["DEBUG"] is False
    assert deployed["SECURE_SSL_REDIRECT"]
    assert deployed["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert deployed["SESSION_COOKIE_SECURE"]
    assert deployed["CSRF_COOKIE_SECURE"]
    assert deployed["ALLOWED_HOSTS"] == ["rung.example.org", "gym.example.org"]
    assert deployed["EMAIL_HOST_PASSWORD"] == "p@ss"
    assert "SECURE_PROXY_SSL_HEADER" not in deployed


def test_a_secret_key_may_begin_with_a_dollar(read: Read) -> None:
    assert read()["SECRET_KEY"] == DEPLOYMENT["SECRET_KEY"]


def test_behind_a_proxy_its_word_on_https_counts(read: Read) -> None:
    assert read(PROXY="yes")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_the_demo_needs_nothing(read: Read) -> None:
    demo = read(DEMO="true", ALLOWED_HOSTS=None, SITE_URL=None, EMAIL_URL=None, DEFAULT_FROM_EMAIL=None)
    assert demo["SITE_URL"] == "http://localhost:8000"
    assert not demo["SECURE_SSL_REDIRECT"]
    assert not demo["SESSION_COOKIE_SECURE"]
    assert demo["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert demo["EMAIL_BACKEND"].endswith("console.EmailBackend")


def test_the_demo_makes_its_key_once(read: Read, tmp_path: Path) -> None:
    secret_of_the_demo = read()["secret_of_the_demo"]
    path = tmp_path / "var" / "secret_key"
    key = secret_of_the_demo(path)
    assert len(key) >= 50
    assert secret_of_the_demo(path) == key
    assert path.stat().st_mode & 0o077 == 0
    assert secret_of_the_demo(tmp_path / "other") != key
    assert [found.name for found in path.parent.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_variable_is_named(read: Read, name: str, value: str | None) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set\\. "):
        read(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEMO", "ture", "DEMO is 'ture'; it can be true or false."),
        ("DEBUG", "2", "DEBUG is '2'; it can be true or false."),
        ("PROXY", "maybe", "PROXY is 'maybe'; it can be true or false."),
        ("SECRET_KEY", "short", "SECRET_KEY is too easy to guess; it needs at least 50 random characters."),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY is too easy to guess; it needs at least 50 random characters."),
        ("DATABASE_URL", "mysql://u:hush@h/d", "DATABASE_URL begins with neither sqlite:// nor postgres://."),
        ("DATABASE_URL", "rung.sqlite3", "DATABASE_URL begins with neither sqlite:// nor postgres://."),
        ("DATABASE_URL", "postgres://u:hush@h:port/d", "DATABASE_URL cannot be read; is its port a number?"),
        (
            "DATABASE_URL",
            "postgres://u:hush@h",
            "DATABASE_URL names no database; write postgres://user:password@host/database.",
        ),
        (
            "DATABASE_URL",
            "sqlite://",
            "DATABASE_URL names no file; write sqlite:///var/rung.sqlite3 for one in var.",
        ),
        ("CSRF_TRUSTED_ORIGINS", "rung.example.org", "CSRF_TRUSTED_ORIGINS holds 'rung.example.org'; each one begins"),
        ("EMAIL_URL", "mail.example.org", "EMAIL_URL begins with neither smtp://"),
        ("EMAIL_URL", "smtp://u:hush@h:port", "EMAIL_URL cannot be read; is its port a number?"),
        ("DEFAULT_FROM_EMAIL", "Rung", "DEFAULT_FROM_EMAIL is 'Rung', which is no e-mail address."),
        ("SITE_URL", "rung.example.org", "SITE_URL is 'rung.example.org'; it begins with https://"),
        ("SITE_URL", "https://rung.example.org/gym", "SITE_URL is 'https://rung.example.org/gym'; it begins with"),
        ("SITE_URL", "https://rung.example.org:port", "SITE_URL is 'https://rung.example.org:port'; it begins with"),
        ("WORKER", "maybe", "WORKER is 'maybe'; it can be true or false."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'LOUD'; it can be DEBUG, INFO, WARNING, ERROR or CRITICAL."),
        ("ENV_FILE", "/nowhere/.env", "ENV_FILE names /nowhere/.env, which does not exist."),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(read: Read, name: str, value: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(**{name: value})
    sentence = str(refusal.value)
    assert sentence.startswith(words)
    assert "\n" not in sentence
    assert "hush" not in sentence


def test_the_environment_wins_over_the_file(read: Read, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("LOG_LEVEL=ERROR\nALLOWED_HOSTS=file.example.org\n")
    both = read(ENV_FILE=str(file))
    assert both["LOG_LEVEL"] == "ERROR"
    assert both["ALLOWED_HOSTS"] == ["rung.example.org", "gym.example.org"]


def test_the_example_names_every_variable_and_no_other(read: Read) -> None:
    example = (settings.BASE_DIR / ".env.example").read_text()
    shown = {line.partition("=")[0] for line in example.splitlines() if "=" in line and not line.startswith("#")}
    assert shown == {
        *("DEMO", "DEBUG", "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "EMAIL_URL"),
        *("DEFAULT_FROM_EMAIL", "PROXY", "LOG_LEVEL", "HOST", "PORT", "POSTGRES_BIN", "SITE_URL", "WORKER"),
    }


def test_sqlite_keeps_an_acknowledged_tap(read: Read) -> None:
    database = read()["DATABASES"]["default"]
    assert database["NAME"] == str(settings.BASE_DIR / "var" / "rung.sqlite3")
    assert database["CONN_MAX_AGE"] is None
    assert database["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }


@pytest.mark.django_db
def test_sqlite_does_as_it_is_told(read: Read, tmp_path: Path) -> None:
    connection = ConnectionHandler(read(DATABASE_URL=f"sqlite:///{tmp_path}/rung.sqlite3")["DATABASES"])["default"]
    try:
        with connection.cursor() as cursor:
            answers = [
                cursor.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
    finally:
        connection.close()
    assert answers == ["wal", 2, 1, 20_000]


def test_postgres_by_one_variable(read: Read) -> None:
    url = "postgres://coach:p%40ss@one:5432,two:5433/rung?target_session_attrs=read-write"
    database = read(DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], str(database["PORT"])) == ("one,two", "5432,5433")
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("rung", "coach", "p@ss")
    assert database["CONN_MAX_AGE"] == 600
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"


def test_static_files_are_hashed_and_compressed(read: Read, tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = read()["STORAGES"]
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    collected = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    manifest = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    ours = [path for finder in get_finders() for path, _storage in finder.list([])]
    assert ours
    assert set(manifest) == set(ours)
    assert all(manifest[path] in collected for path in ours)
    for path in ours:
        if path.endswith((".css", ".js")) and (tmp_path / path).stat().st_size > 1000:
            assert f"{manifest[path]}.br" in collected, path
