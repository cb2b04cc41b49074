"""Everything of a gym as one file: a stream, as long as it may be, of one moment of the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.template.loader import render_to_string
from django.utils import translation

from gym.auditing import audit
from gym.models import Gym
from gym.moving import FORMAT, MANIFEST, PIECE, README, VERSION
from gym.moving.tables import Table, left_behind, of_gyms, travelling

# Little effort: more would make the file a tenth smaller, and take twice as long.
EFFORT = 3
# Keys in order: what a database gives back of JSON has none.
as_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


class Outlet:
    """What a zip is written into, and taken out of again before there is much of it."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, piece: bytes) -> int:
        self.held += piece
        return len(piece)

    def flush(self) -> None:
        """There is nowhere to bring it to."""

    def taken(self) -> bytes:
        """What was written since."""
        piece, self.held = bytes(self.held), bytearray()
        return piece


def taken_along(gym: Gym, *, at: datetime) -> Generator[bytes, None, None]:
    """The file, piece by piece. That it is taken is written down first, and is in it."""
    audit("gym.export", gym)
    return _pieces(gym, at, translation.get_language() or "en")


def _pieces(gym: Gym, at: datetime, language: str) -> Generator[bytes, None, None]:
    outlet, told = Outlet(), {}
    with one_moment(), ZipFile(outlet, "w", ZIP_DEFLATED, compresslevel=EFFORT) as file:  # type: ignore[call-overload]
        gym = Gym.objects.get(pk=gym.pk)
        file.writestr(_entry(README, at), _readme(gym, language))
        for table in travelling():
            digest, rows, size = hashlib.sha256(), 0, 0
            with file.open(_entry(table.file, at), "w", force_zip64=True) as entry:
                for line in _lines(table, gym):
                    entry.write(line)
                    digest.update(line)
                    rows, size = rows + 1, size + len(line)
                    if len(outlet.held) >= PIECE:
                        yield outlet.taken()
            told[table.name] = {"file": table.file, "rows": rows, "bytes": size, "sha256": digest.hexdigest()}
        file.writestr(_entry(MANIFEST, at), json.dumps(_manifest(gym, at, told), ensure_ascii=False, indent=1))
    yield outlet.taken()


def _entry(name: str, at: datetime) -> ZipInfo:
    entry = ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    # Its owner alone reads what is unpacked.
    entry.external_attr = 0o600 << 16
    return entry


def _lines(table: Table, gym: Gym) -> Iterator[bytes]:
    return (f"{as_json(row)}\n".encode() for row in table.rows(gym))


def _manifest(gym: Gym, at: datetime, tables: dict[str, Any]) -> dict[str, Any]:
    """What the file says of itself: when, of which gym, for which state of the tables, and what each has."""
    with translation.override("en"):
        left_out = {name: str(why) for name, why in left_behind().items()}
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": at.isoformat(timespec="seconds"),
        "gym": {"id": str(gym.pk), "name": gym.name, "slug": gym.slug},
        "migrations": migrations(),
        "tables": tables,
        "left_out": left_out,
    }


def migrations() -> list[list[str]]:
    """Those that made the tables of gyms as they are."""
    apps = {model._meta.app_label for model in of_gyms()}
    applied = MigrationRecorder(connection).migration_qs.filter(app__in=apps)
    return sorted([app, name] for app, name in applied.values_list("app", "name"))


def _readme(gym: Gym, language: str) -> str:
    with translation.override(language):
        return render_to_string("shared/everything.txt", {"gym": gym, "manifest": MANIFEST})


@contextmanager
def one_moment() -> Iterator[None]:
    """Whatever is read inside is of one moment, and nobody who writes has to wait.

    Inside a transaction that is open already it is up to that one.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            # Not atomic(), which would take the right to write from everybody else (see gym/environment.py).
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
