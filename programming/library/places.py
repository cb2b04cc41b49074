"""Where things stand in a TOML file, so that a refusal can name file and line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Steps = tuple[str | int, ...]  # ("drill", 2, "cues") is the field ``cues`` of the third [[drill]]
HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*\]\]?\s*(?:#.*)?$")
FIELD = re.compile(r"\s*\"?([A-Za-z0-9_-]+)\"?\s*[=.]")


class LibraryError(Exception):
    """A file of the library is broken. The text is "file:line: reason"."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


class File(Protocol):
    """A file that was read: its tables, and where a part of it stands in words."""

    name: str
    tables: dict[str, Any]

    def problem(self, path: Steps, reason: str) -> LibraryError:
        """That there is something wrong with a part."""

    def at(self, path: Steps) -> str:
        """Where a part stands."""


class TomlFile:
    """One parsed file that still knows the line of each table and field, which tomllib does not tell."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._lines: dict[Steps, int] = {}
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise self.problem((), f"cannot be read: {error.strerror}") from None
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise LibraryError(self.name, raw.count(b"\n", 0, error.start) + 1, "is not UTF-8 text") from None
        try:
            self.tables = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # ValueError: also a number of too many digits
            raise self._not_toml(text, error) from None
        self._find_lines(text)
        if not self.tables:
            raise self.problem((), "is empty")

    def _not_toml(self, text: str, error: Exception) -> LibraryError:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        if place is None:
            return LibraryError(self.name, 1, f"is not TOML: {error}")
        line = int(place[1]) if place[1] else text.count("\n", 0, max(0, len(text) - 1)) + 1
        return LibraryError(self.name, line, f"is not TOML: {str(error)[: place.start()]}")

    def _find_lines(self, text: str) -> None:
        """Notes the first line of each header and field; a wrong guess costs a line number, nothing else."""
        table: Steps = ()
        counts: dict[Steps, int] = {}
        for number, line in enumerate(text.split("\n"), start=1):
            if header := HEADER.match(line):
                *above, last = (part.strip() for part in header[2].split("."))
                table = ()
                for name in above:
                    table = (*table, name)
                    if table in counts:  # an array of tables: its newest entry is meant
                        table = (*table, counts[table] - 1)
                table = (*table, last)
                if header[1] == "[[":
                    counts[table] = counts.get(table, 0) + 1
                    table = (*table, counts[table] - 1)
                self._lines.setdefault(table, number)
            elif name := FIELD.match(line):
                self._lines.setdefault((*table, name[1]), number)

    def line(self, path: Steps) -> int:
        """The line of a table or field, else of what it stands in."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def problem(self, path: Steps, reason: str) -> LibraryError:
        return LibraryError(self.name, self.line(path), reason)

    def at(self, path: Steps) -> str:
        """Where a part stands: "file:line"."""
        return f"{self.name}:{self.line(path)}"


@dataclass(frozen=True)
class Place:
    """A table, or a field of one, in a file."""

    file: File
    path: Steps = ()

    def __truediv__(self, step: str | int) -> Place:
        return Place(self.file, (*self.path, step))

    def problem(self, reason: str) -> LibraryError:
        return self.file.problem(self.path, reason)

    def __str__(self) -> str:
        return self.file.at(self.path)
