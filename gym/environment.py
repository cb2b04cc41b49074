"""The environment read loudly: what gym/settings.py makes its settings of.

A missing or wrong variable stops the start with one sentence that names it; nothing falls back silently.
"""

import os
import secrets
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def read_file() -> None:
    """Add what the file says that ENV_FILE names, .env otherwise. What the environment says already wins over it.

    Raises ImproperlyConfigured when ENV_FILE names a file that does not exist.
    """
    file = Path(os.environ.get("ENV_FILE") or BASE_DIR / ".env")
    if file.exists():
        environ.Env.read_env(file)
    elif "ENV_FILE" in os.environ:
        raise ImproperlyConfigured(f"ENV_FILE names {file}, which does not exist.")


def text(name: str, default: str = "") -> str:
    """The variable as it stands; an empty one counts as not set.

    Read from os.environ, because django-environ takes a value that begins with `$` for a reference.
    """
    return os.environ.get(name, "").strip() or default


def needed(name: str, why: str) -> str:
    """The variable, or a refusal to start that says what it is for."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {why}")
    return value


def yes_or_no(name: str, *, default: bool = False) -> bool:
    """The variable as a truth value; a typing error is refused instead of meaning "no"."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"true", "yes", "on", "1"}:
        return True
    if value in {"false", "no", "off", "0"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; it can be true or false.")


def items(name: str) -> list[str]:
    """The variable as a list, separated by commas."""
    return [item.strip() for item in text(name).split(",") if item.strip()]


def secret_of_the_demo(path: Path) -> str:
    """The demo's own key: made at its first start, kept beside its database, readable by its user only."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64))
            # Of two processes that start at once, the first to link its draft decides for both.
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text().strip()
    except OSError as problem:
        raise ImproperlyConfigured(f"the folder {path.parent} cannot be written: {problem.strerror}.") from problem


def database(url: str) -> dict[str, Any]:
    """Django's settings for a database URL, with what keeps an acknowledged tap.

    The URL may hold a password, so no refusal repeats it.
    """
    scheme = url.partition(":")[0]
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL begins with neither sqlite:// nor postgres://.")
    try:
        settings: dict[str, Any] = environ.Env.db_url_config(url)
    except ValueError as problem:
        raise ImproperlyConfigured("DATABASE_URL cannot be read; is its port a number?") from problem
    given = settings.get("OPTIONS", {})
    if scheme == "sqlite":
        if settings["NAME"] in {"", ":memory:"}:
            raise ImproperlyConfigured("DATABASE_URL names no file; write sqlite:///var/rung.sqlite3 for one in var.")
        settings["NAME"] = str(BASE_DIR / settings["NAME"])
        settings["CONN_MAX_AGE"] = None
        settings["OPTIONS"] = {
            # A writer waits its turn at the start instead of failing half-way with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: an acknowledged tap is on the disk. Foreign keys are switched on by Django itself.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            **given,
        }
        return settings
    if not settings["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database; write postgres://user:password@host/database.")
    # A socket's folder is written with %2F for each slash, as libpq has it.
    settings["HOST"] = unquote(settings["HOST"] or "")
    settings.setdefault("CONN_MAX_AGE", 600)
    settings.setdefault("CONN_HEALTH_CHECKS", True)
    # Seconds until a host that does not answer counts as away, so that the coach hears of it.
    settings["OPTIONS"] = {"connect_timeout": 5, **given}
    return settings


def mail(url: str) -> dict[str, Any]:
    """Django's settings for a mail URL. It may hold a password, so no refusal repeats it."""
    if url.partition(":")[0] not in {"smtp", "smtp+tls", "smtp+ssl", "smtps", "consolemail", "filemail"}:
        raise ImproperlyConfigured(
            "EMAIL_URL begins with neither smtp://, smtp+tls://, smtp+ssl://, consolemail:// nor filemail://."
        )
    try:
        return dict(environ.Env.email_url_config(url))
    except ValueError as problem:
        raise ImproperlyConfigured("EMAIL_URL cannot be read; is its port a number?") from problem


def address(name: str, value: str) -> str:
    """The value, when it holds an e-mail address such as `Rung <rung@example.org>`."""
    if "@" not in parseaddr(value)[1]:
        raise ImproperlyConfigured(f"{name} is {value!r}, which is no e-mail address.")
    return value


def site(name: str, value: str) -> str:
    """The value, when it is the address of a site such as https://rung.example.org, without a slash at its end."""
    try:
        parts = urlsplit(value)
        # Reading a port that is no number raises.
        is_site = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_site = False
    if not is_site or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; it begins with https:// and has nothing behind the name: https://rung.example.org."
        )
    return value.rstrip("/")
