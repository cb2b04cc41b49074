"""The file of a backup: a zip of what it is (about.json) and of what the database held.

It is under its name whole or not at all: it is written beside, brought to the disk, and renamed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from gym.backups import BackupRefused

# Raised when an older Rung could not read a backup any more.
FORMAT = 1
ABOUT, CONTENTS = "about.json", "contents"
# Bytes that are in memory at once.
PIECE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class About:
    """What a backup says of itself: all of one and the same moment of the database."""

    # As Django names it: sqlite or postgresql.
    kind: str
    server: str
    taken_at: str
    migrations: list[tuple[str, str]]
    # How many rows each table has.
    rows: dict[str, int]

    @property
    def in_all(self) -> int:
        """How many rows there are in all tables together."""
        return sum(self.rows.values())


def fingerprint() -> str:
    """Tells one SECRET_KEY from another without telling the key."""
    return salted_hmac("gym.backups", "key", algorithm="sha256").hexdigest()[:16]


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A folder in that folder for what is not finished, empty before and after. One backup or restore works there
    at a time; what a killed one left behind is cleared away by the next.
    """
    place = folder / ".unfinished"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        os.close(handle)
        raise BackupRefused(f"another backup or restore is working in {place}.") from taken
    try:
        clear(place)
        yield place
    finally:
        clear(place)
        os.close(handle)


def clear(folder: Path) -> None:
    """Delete the files in a folder."""
    for file in folder.iterdir():
        file.unlink()


def write(file: Path, about: About, contents: Path) -> None:
    """Make the backup's file of what stands in `contents`, which lies in a workshop on the same disk."""
    draft = contents.with_name("draft")
    told = {"format": FORMAT, "key": fingerprint(), "digest": digest_of(contents), **asdict(about)}
    with draft.open("wb") as stream:
        # Names, e-mail addresses and notes about health are in it: for its owner's eyes.
        os.fchmod(stream.fileno(), 0o600)
        # Little effort: what pg_dump writes is compressed already.
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(ABOUT, json.dumps(told, indent=1))
            archive.write(contents, CONTENTS)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read(file: Path) -> tuple[About, str, str]:
    """What the backup says it is, the digest of its contents, and the fingerprint of the key it was made with.

    Raises BackupRefused for a file that is no whole backup, or one of a newer Rung.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            told = json.loads(archive.read(ABOUT))
        if told["format"] > FORMAT:
            raise BackupRefused(f"{file} was made by a newer Rung.")
        about = About(
            kind=told["kind"],
            server=told["server"],
            taken_at=told["taken_at"],
            migrations=[(app, name) for app, name in told["migrations"]],
            rows=dict(told["rows"]),
        )
        return about, told["digest"], told["key"]
    except OSError as problem:
        raise BackupRefused(f"{file} cannot be read: {problem.strerror}.") from problem
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError) as problem:
        raise BackupRefused(f"{file} is no backup of Rung, or it is damaged.") from problem


def unpack(file: Path, digest: str, into: Path) -> None:
    """Take the contents out. Raises BackupRefused where they are not what was put in."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(CONTENTS) as source, into.open("wb") as target:
            shutil.copyfileobj(source, target, PIECE)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as problem:
        raise BackupRefused(f"{file} is damaged.") from problem
    if digest_of(into) != digest:
        raise BackupRefused(f"{file} is damaged.")


def default_file(taken_at: str) -> Path:
    """Where a backup goes when nothing else is said."""
    name = "".join(letter for letter in taken_at[:19] if letter.isalnum() or letter == "-")
    return Path(settings.VAR) / "backups" / f"rung-{name}.zip"
