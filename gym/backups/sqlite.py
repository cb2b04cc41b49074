"""Backups of an SQLite file.

Taken with VACUUM INTO, which reads one moment while others write, and leaves out what was deleted. Put back with
SQLite's own backup API: one transaction on the file that is there, so that it is the old database or the new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from gym.backups import LETTERS, SETTLE, BackupRefused
from gym.backups.archive import About

KIND = "sqlite"
# Seconds to wait for a writer, as the application does; for somebody who keeps the file open, none would be enough.
PATIENCE, NONE = 20, 0


def file() -> Path:
    """The database."""
    return Path(connection.settings_dict["NAME"])


def server() -> str:
    """What reads it here."""
    return sqlite3.sqlite_version


def take(contents: Path, taken_at: str) -> About:
    """Write what the database holds at this moment, and say what it is."""
    if not file().exists():
        raise BackupRefused(f"there is no database at {file()}.")
    with opened(file(), timeout=PATIENCE) as source:
        source.execute("VACUUM INTO ?", [str(contents)])
    with opened(contents) as copy:
        refuse_damaged(copy, file())
        migrations = copy.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        return About(kind=KIND, server=server(), taken_at=taken_at, migrations=migrations, rows=counted(copy))


def rows() -> dict[str, int]:
    """How many rows each table has that is there now."""
    if not file().exists():
        return {}
    with opened(file(), timeout=PATIENCE) as database:
        return counted(database)


def refuse_in_use() -> None:
    """Raises BackupRefused while any process has the file open, a waiting web server included."""
    connection.close()
    if file().exists():
        with opened(file()) as database:
            alone(database)


def put_back(contents: Path, about: About) -> None:
    """Make the database what the backup holds. Killed at any moment, it is the old one or the new one."""
    file().parent.mkdir(parents=True, exist_ok=True)
    with opened(contents) as copy, opened(file()) as database:
        refuse_damaged(copy, contents)
        if counted(copy) != about.rows:
            raise BackupRefused("the backup holds other rows than it says.")
        if LETTERS in about.rows:
            copy.execute(SETTLE.format(table=LETTERS))
        alone(database)
        copy.backup(database)
        if counted(database) != about.rows:
            raise BackupRefused("the database holds other rows than the backup. Restore it again.")


def alone(database: sqlite3.Connection) -> None:
    """Leave WAL, which SQLite allows to the only one that has the file open; the application goes back to it."""
    database.execute("PRAGMA journal_mode = DELETE").fetchone()


def counted(database: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has. SQLite's own begin with sqlite_."""
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
    count = 'SELECT count(*) FROM "{}"'
    return {name: database.execute(count.format(name)).fetchone()[0] for (name,) in tables.fetchall()}


def refuse_damaged(copy: sqlite3.Connection, source: Path) -> None:
    """Raises BackupRefused unless every page, index and reference is right."""
    if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
        raise BackupRefused(f"{source} is damaged: SQLite says so (PRAGMA integrity_check).")
    if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise BackupRefused(f"{source} has rows that refer to nothing (PRAGMA foreign_key_check).")


@contextmanager
def opened(path: Path, timeout: int = NONE) -> Iterator[sqlite3.Connection]:
    """A connection past the application. Its failures become sentences."""
    try:
        with closing(sqlite3.connect(path, timeout=timeout, isolation_level=None)) as database:
            yield database
    except sqlite3.Error as problem:
        raise BackupRefused(sentence(path, problem)) from problem


def sentence(path: Path, problem: sqlite3.Error) -> str:
    """What went wrong with a file, and what to do."""
    match getattr(problem, "sqlite_errorcode", None):
        case sqlite3.SQLITE_BUSY:
            return f"{path} is in use. Stop Rung first, and whatever else has the file open."
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return f"{path} is no database, or it is damaged. To restore in its place, move it and its -wal file away."
    return f"{path}: {problem}."
