"""Which migrations this release brings, and how a database stands to them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeAlias

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# The app and the name of a migration.
Migration: TypeAlias = tuple[str, str]


@cache
def brought() -> MigrationLoader:
    """What stands on the disk. It does not change while a process runs."""
    return MigrationLoader(None)


def unknown_here(applied: Iterable[Migration]) -> list[str]:
    """Those of a newer release among these migrations, as "app.name"."""
    loader = brought()
    known = set(loader.disk_migrations) | {old for new in loader.disk_migrations.values() for old in new.replaces}
    return sorted(f"{app}.{name}" for app, name in applied if app in loader.migrated_apps and (app, name) not in known)


def is_up_to_date(connection: Any) -> bool:
    """Whether the database has every migration of this release; those of a newer one do no harm."""
    applied = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    return applied.issuperset(brought().graph.leaf_nodes())


def is_behind(connection: Any) -> bool:
    """Whether a migration has still to be applied, as `migrate` sees it."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
