"""Reads the shipped library, and refuses it where anything in it is wrong.

Any file of the folder may hold any kind of table, so another ladder is another file.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import types
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from programming.library.checks import ALONE, check_together
from programming.library.contents import (
    LARGEST,
    Appearance,
    Block,
    BlockDrill,
    CheckPoint,
    Contact,
    Dose,
    Drill,
    Equipment,
    Fault,
    Gate,
    GuidedStep,
    Library,
    Need,
    Posture,
    Progression,
    Question,
    Rule,
    SelfCheck,
    Setting,
    Source,
    Sourced,
    Stage,
    Template,
    digest,
)
from programming.library.places import LibraryError, Place, TomlFile

# The door to the library: its contents are imported from here as well.
__all__ = [
    "SHIPPED",
    "LibraryError",
    "read_library",
    "Sourced",
    "Source",
    "Equipment",
    "Need",
    "Dose",
    "Drill",
    "Fault",
    "Setting",
    "Contact",
    "Stage",
    "CheckPoint",
    "GuidedStep",
    "Question",
    "SelfCheck",
    "Rule",
    "Gate",
    "Posture",
    "Appearance",
    "Progression",
    "BlockDrill",
    "Block",
    "Template",
    "Library",
    "digest",
]

SHIPPED = Path(__file__).parent
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_library(folder: Path = SHIPPED) -> Library:
    """Everything in the folder's TOML files. Raises LibraryError with file, line and reason."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise LibraryError(folder.name, 1, f"cannot be read: {error.strerror}") from None
    if not paths:
        raise LibraryError(folder.name, 1, "no TOML file in it")
    return _Reader([TomlFile(path) for path in paths]).library()


class _Reader:
    """Turns tables into dataclasses. Knows every key of every kind first, so that files may refer to each other."""

    def __init__(self, files: list[TomlFile]) -> None:
        self.files = files
        self.known: dict[str, set[str]] = {}
        self.places: dict[tuple[str, str], Place] = {}
        for file in files:
            for kind, value in file.tables.items():
                self._know(kind, value)

    def _know(self, kind: str, value: Any, *, inside: bool = False) -> None:
        """Collect the keys of these tables and of the tables in them; those further in are nobody's reference."""
        for table in value if isinstance(value, list) else ():
            if isinstance(table, dict):
                if isinstance(table.get("key"), str):
                    self.known.setdefault(kind, set()).add(table["key"])
                if not inside:
                    for inner, more in table.items():
                        self._know(inner, more, inside=True)

    def library(self) -> Library:
        parts: dict[str, list[Any]] = {}
        shapes = {_written(each): (each.name, _item_type(_hints(Library)[each.name])) for each in _fields(Library)}
        for file in self.files:
            for kind, value in file.tables.items():
                place = Place(file) / kind
                if kind not in shapes:
                    raise place.problem(f"unknown table {_said(kind)}{_meant(kind, shapes)}")
                name, shape = shapes[kind]
                parts.setdefault(name, []).extend(self._entries(shape, value, place, kind))
        library = Library(**{name: tuple(entries) for name, entries in parts.items()})
        check_together(library, self.places)
        return library

    def _entries(self, shape: type, value: Any, place: Place, kind: str) -> Iterator[Any]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise place.problem(f"{kind!r} wants a list of tables: write [[{kind}]]")
        for number, table in enumerate(value):
            entry = self._table(shape, table, place / number)
            if hasattr(entry, "key"):
                self._remember(kind, entry.key, place, number)
            yield entry

    def _remember(self, kind: str, key: str, tables: Place, number: int) -> None:
        """Keys differ within a kind; those of a stage's contacts or a ladder's rules within their stage or ladder."""
        scope = kind if kind == "stage" or len(tables.path) == 1 else f"{tables.file.name} {tables.path}"
        place = tables / number
        first = self.places.setdefault((scope, key), place)
        if first is not place:
            raise (place / "key").problem(f"{kind} {key!r} is already at {first}")

    def _table(self, shape: type, table: Any, place: Place) -> Any:
        if not isinstance(table, dict):
            raise place.problem(f"wants a table, not {_said(table)}")
        written = {_written(each): each for each in _fields(shape)}
        for name in table:
            if name not in written:
                raise (place / name).problem(f"unknown field {_said(name)}{_meant(name, written)}")
        values: dict[str, Any] = {}
        for name, each in written.items():
            if name in table:
                values[each.name] = self._value(shape, each, table[name], place / name)
            elif each.default is dataclasses.MISSING or (each.metadata.get("written") and each.metadata["least"]):
                raise place.problem(f"missing {name!r}")
        for name in values.get("rung", ()):
            if name not in table:
                raise (place / "rung").problem(f"'rung' names {name!r}, which is not there")
        entry = shape(**values)
        check = ALONE.get(shape)
        if check is not None:
            check(entry, place)
        return entry

    def _value(self, shape: type, each: dataclasses.Field[Any], value: Any, place: Place) -> Any:
        limits = each.metadata
        hint = _hints(shape)[each.name]
        if typing.get_origin(hint) is types.UnionType:  # "int | None": None cannot be written, only left out
            hint = typing.get_args(hint)[0]
        if hint == tuple[Need, ...]:
            return self._needs(value, place)
        if hint == tuple[str, ...]:
            return self._texts(shape, value, limits, place)
        if typing.get_origin(hint) is tuple:
            entries = tuple(self._entries(_item_type(hint), value, place, _written(each)))
            if len(entries) < limits.get("least", 0):
                raise place.problem(f"{_written(each)!r} is empty")
            return entries
        if dataclasses.is_dataclass(hint):
            return self._table(typing.cast(type, hint), value, place)
        if hint is bool:
            if not isinstance(value, bool):
                raise place.problem(f"{each.name!r} wants true or false, not {_said(value)}")
            return value
        if hint is int:
            return _whole_number(value, each.name, limits.get("least", 0), limits.get("most", LARGEST), place)
        return self._text(value, each.name, limits, place)

    def _texts(self, shape: type, value: Any, limits: Any, place: Place) -> tuple[str, ...]:
        name = str(place.path[-1])
        if not isinstance(value, list):
            raise place.problem(f"{name!r} wants a list, not {_said(value)}")
        texts = tuple(self._text(each, name, limits, place / number) for number, each in enumerate(value))
        least, most = limits.get("least", 0), limits.get("most", LARGEST)
        if not least <= len(texts) <= most:
            wanted = f"{least} to {most} entries" if limits.get("longest") else "at least one entry"
            raise place.problem(f"{name!r} wants {wanted}, and has {len(texts)}")
        for number, text in enumerate(texts):
            if text in texts[:number]:
                raise place.problem(f"{name!r} says {_said(text)} twice")
            if "own_fields" in limits and text not in (own := [_written(each) for each in _fields(shape)]):
                raise place.problem(f"'rung' names an unknown field {_said(text)}{_meant(text, own)}")
        return texts

    def _text(self, value: Any, name: str, limits: Any, place: Place) -> str:
        if not isinstance(value, str):
            raise place.problem(f"{name!r} wants text, not {_said(value)}")
        if not value or value != value.strip() or any(not letter.isprintable() for letter in value):
            raise place.problem(f"{name!r} is empty, or has spaces around it or unprintable characters in it")
        if len(value) > limits.get("longest", LARGEST):
            raise place.problem(f"{name!r} has {len(value)} characters, and may have {limits['longest']}")
        if limits.get("key") and not KEY.fullmatch(value):
            raise place.problem(f"{_said(value)} is no key: small letters, digits and single hyphens")
        if "choices" in limits and value not in limits["choices"]:
            raise place.problem(f"{name!r} is {_said(value)}, and may be {', '.join(limits['choices'])}")
        if "refers" in limits:
            known = {*self.known.get(limits["refers"], ()), *limits["also"]}
            if value not in known:
                raise place.problem(f"unknown {limits['refers']} {_said(value)} in {name!r}{_meant(value, known)}")
        return value

    def _needs(self, value: Any, place: Place) -> tuple[Need, ...]:
        if not isinstance(value, dict):
            raise place.problem(f"'equipment' wants a table such as {{ dowel = 1 }}, not {_said(value)}")
        known = self.known.get("equipment", set())
        for key in value:
            if key not in known:
                raise place.problem(f"unknown equipment {_said(key)}{_meant(key, known)}")
        return tuple(Need(equipment=key, count=_whole_number(each, key, 1, 100, place)) for key, each in value.items())


def _fields(shape: type) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(shape)


@functools.cache
def _hints(shape: type) -> dict[str, Any]:
    return typing.get_type_hints(shape)


def _item_type(hint: Any) -> type:
    """The X of tuple[X, ...]."""
    return typing.cast(type, typing.get_args(hint)[0])


def _written(each: dataclasses.Field[Any]) -> str:
    """What a field is called in TOML: [[stage]] for ``stages``, else its own name."""
    return str(each.metadata.get("written", each.name))


def _said(value: Any) -> str:
    """A wrong value in words, short. (No repr of what may be nested a thousand deep, or have as many digits.)"""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else f"{value[:37]}...")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else "a huge number"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value)  # a date, a time or a fraction


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name[:80], sorted(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _whole_number(value: Any, name: str, least: int, most: int, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise place.problem(f"{name!r} wants a whole number, not {_said(value)}")
    if not least <= value <= most:
        raise place.problem(f"{name!r} is {_said(value)}, and may be {least} to {most}")
    return value
