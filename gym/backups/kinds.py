"""Which of the two databases it is."""

from __future__ import annotations

from types import ModuleType

from django.db import connection

from gym.backups import postgresql, sqlite

NAMES = {sqlite.KIND: "SQLite", postgresql.KIND: "PostgreSQL"}


def present() -> ModuleType:
    """What takes and puts back backups of the database that Rung runs on."""
    return {sqlite.KIND: sqlite, postgresql.KIND: postgresql}[connection.vendor]
