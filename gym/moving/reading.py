"""Reading the file of a gym: nothing in it is believed, and nothing of it is written to the disk."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from gym.moving import FORMAT, MANIFEST, PIECE, README, VERSION, MoveRefused
from gym.moving.columns import Wrong, read_moment
from gym.moving.tables import Table, travelling
from gym.moving.writing import migrations
from gym.printing import printable

# Bytes: what the manifest and one row may be long, and from when on it matters how tightly something is packed.
LONGEST_MANIFEST, LONGEST_ROW, SMALL = 1_000_000, 32_000_000, 10_000_000
# Rows of a gym pack to a tenth or so; what unpacks to so many times its size was made to fill a disk.
TIGHTEST = 200
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)
# What JSON writes for characters that no database takes for text.
UNTEXT = re.compile(r"\\u(0000|d[89a-f])", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """What the manifest says of one table."""

    rows: int
    size: int
    digest: str


@dataclass(frozen=True)
class Arrival:
    """A file that was looked at: whole, of this release, of one gym."""

    file: zipfile.ZipFile
    made_at: str
    tables: dict[str, Told]

    @property
    def in_all(self) -> int:
        """How many rows there are in all tables together."""
        return sum(told.rows for told in self.tables.values())

    def rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """The rows of a table as the database takes them, one at a time: column → value. Raises MoveRefused."""
        told, number = self.tables[table.name], 0
        with whole(), self.file.open(table.file) as packed, io.BufferedReader(packed, PIECE) as lines:  # type: ignore[type-var]
            while line := lines.readline(LONGEST_ROW + 1):
                number += 1
                try:
                    yield read_row(table, line)
                except Wrong as problem:
                    raise MoveRefused(f"{table.file}, line {number}: {problem}.") from problem
        if number != told.rows:
            raise MoveRefused(f"{table.file} has {number} rows, and the manifest says {told.rows}.")


@contextmanager
def arriving(path: Path) -> Iterator[Arrival]:
    """Look at the file, all of it but what each row says. Raises MoveRefused."""
    with whole():
        file = zipfile.ZipFile(path)
    with file:
        with whole():
            arrival = _looked_at(file)
        yield arrival


@contextmanager
def whole() -> Iterator[None]:
    """What is read inside is not damaged. Raises MoveRefused."""
    try:
        yield
    except OSError as problem:
        raise MoveRefused(f"the file cannot be read: {problem.strerror}.") from problem
    except DAMAGED as problem:
        raise MoveRefused("it is no such file, or it is damaged or cut off.") from problem


def _looked_at(file: zipfile.ZipFile) -> Arrival:
    manifest = _manifest(file)
    # Before anything else is missed: another release has other tables.
    _refuse_others(manifest)
    tables = _names(file)
    arrival = Arrival(file, _made_at(manifest), _told(manifest))
    for table in tables:
        _check(file, table, arrival.tables[table.name])
    return arrival


def _names(file: zipfile.ZipFile) -> tuple[Table, ...]:
    """The tables, where the file has each of them once and nothing besides. No name in it is ever used as a path."""
    tables, found = travelling(), [entry.filename for entry in file.infolist()]
    wanted = {MANIFEST, README, *(table.file for table in tables)}
    for name in found:
        if name not in wanted:
            raise MoveRefused(f"it holds “{printable(name)}”, which is nothing of Rung’s.")
    if len(found) != len(set(found)):
        raise MoveRefused("it holds something twice.")
    missing = sorted(wanted - set(found))
    if missing:
        raise MoveRefused(f"there is no {missing[0]} in it.")
    for entry in file.infolist():
        if entry.file_size > max(SMALL, entry.compress_size * TIGHTEST):
            raise MoveRefused(f"{entry.filename} would unpack to {entry.file_size} bytes, which is absurd.")
    return tables


def _manifest(file: zipfile.ZipFile) -> dict[str, Any]:
    """What the file says of itself."""
    if "about.json" in file.namelist():
        raise MoveRefused("it is a backup of a whole database: manage.py restore.")
    if MANIFEST not in file.namelist():
        raise MoveRefused(f"there is no {MANIFEST} in it: it is not everything of a gym.")
    with file.open(MANIFEST) as entry:
        content = entry.read(LONGEST_MANIFEST + 1)
    if len(content) > LONGEST_MANIFEST:
        raise MoveRefused(f"its {MANIFEST} is far too long.")
    try:
        manifest = parsed(content)
    except Wrong as problem:
        raise MoveRefused(f"its {MANIFEST} {problem}.") from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise MoveRefused("it is of another format: it is not everything of a gym.")
    return manifest


def _made_at(manifest: dict[str, Any]) -> str:
    try:
        return read_moment(manifest.get("made_at")).isoformat()
    except ValueError as problem:
        raise MoveRefused(f"its {MANIFEST} does not say when it was made.") from problem


def _refuse_others(manifest: dict[str, Any]) -> None:
    """Refuse what another release has written: its tables are others."""
    version = manifest.get("version")
    if type(version) is not int or version < 1:
        raise MoveRefused(f"its {MANIFEST} does not say which version it is of.")
    if version > VERSION:
        raise MoveRefused("it was made by a newer Rung: update this one first.")
    said = manifest.get("migrations")
    if not isinstance(said, list) or not all(
        isinstance(each, list) and len(each) == 2 and all(isinstance(word, str) for word in each) for each in said
    ):
        raise MoveRefused(f"its {MANIFEST} does not say for which state of the tables it is.")
    theirs, ours = {(app, name) for app, name in said}, {(app, name) for app, name in migrations()}
    if theirs - ours:
        raise MoveRefused(f"it was made by a newer Rung: this one does not know {_listed(theirs - ours)}.")
    if ours - theirs:
        raise MoveRefused(
            f"it was made by an older Rung, before {_listed(ours - theirs)}. "
            "Bring it in with that release, then update it."
        )


def _listed(named: set[tuple[str, str]]) -> str:
    return ", ".join(sorted(printable(f"{app}.{name}") for app, name in named)[:3])


def _told(manifest: dict[str, Any]) -> dict[str, Told]:
    said, known = manifest.get("tables"), {table.name for table in travelling()}
    if not isinstance(said, dict):
        raise MoveRefused(f"its {MANIFEST} does not say which tables it holds.")
    for name in sorted(said.keys() ^ known):
        raise MoveRefused(
            f"its {MANIFEST} {'names' if name in said else 'does not name'} the table “{printable(name)}”."
        )
    found = {}
    for name, each in said.items():
        counts = [each.get("rows"), each.get("bytes")] if isinstance(each, dict) else [None]
        if not all(type(count) is int and count >= 0 for count in counts) or not isinstance(each.get("sha256"), str):
            raise MoveRefused(f"its {MANIFEST} does not say how much there is of {name}.")
        found[name] = Told(each["rows"], each["bytes"], each["sha256"])
    if found["gym.gym"].rows != 1:
        raise MoveRefused(f"it holds {found['gym.gym'].rows} gyms, and it has to be one.")
    return found


def _check(file: zipfile.ZipFile, table: Table, told: Told) -> None:
    """Refuse a table that is not what the manifest says, byte by byte. No more is unpacked than that."""
    digest, left = hashlib.sha256(), told.size
    with file.open(table.file) as entry:
        while piece := entry.read(min(PIECE, left + 1)):
            digest.update(piece)
            left -= len(piece)
            if left < 0:
                break
    if left or digest.hexdigest() != told.digest:
        raise MoveRefused(f"{table.file} is not what the manifest says: the file is damaged, or was changed.")


# One row ------------------------------------------------------------------------------------------------------------


def read_row(table: Table, line: bytes) -> dict[str, Any]:
    """The columns of a row as the database takes them. Raises Wrong."""
    if len(line) > LONGEST_ROW:
        raise Wrong("it is far too long")
    row = parsed(line)
    if not isinstance(row, dict):
        raise Wrong("it is no row")
    names = [column.name for column in table.columns]
    for name in sorted(row.keys() ^ set(names)):
        raise Wrong(f"“{printable(name)}” is nothing that such a row has" if name in row else f"“{name}” is missing")
    found = {}
    for column in table.columns:
        try:
            found[column.name] = column.read(row[column.name])
        except Wrong as problem:
            raise Wrong(f"“{column.name}” {problem}") from problem
    return found


def parsed(content: bytes) -> Any:
    """What this JSON says. Raises Wrong."""
    try:
        text = content.decode()
        found = json.loads(text, parse_constant=_refuse_constant)
    except Wrong:
        raise
    except (ValueError, RecursionError) as problem:
        raise Wrong("is not JSON") from problem
    if UNTEXT.search(text):
        _refuse_untext(found)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise Wrong(f"holds {name}, which is no number")


def _refuse_untext(value: Any) -> None:
    """Refuse characters that no database stores, wherever they stand."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Wrong("holds a character that is none")
    elif isinstance(value, dict):
        for key, held in value.items():
            _refuse_untext(key)
            _refuse_untext(held)
    elif isinstance(value, list):
        for held in value:
            _refuse_untext(held)
