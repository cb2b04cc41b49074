"""Reads the shipped library, and what a gym shares, and refuses it where anything in it is wrong.

Any file of the folder may hold any kind of table, so another ladder is another file.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import types
import typing
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programming.library.checks import ALONE, SHIPPED_ALONE, check_shared, check_together
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
from programming.library.places import File, LibraryError, Place, TomlFile
from programming.library.shapes import fields_of, hints_of, is_said, item_type, left_out, limits_of, written_as

# The door to the library: its contents are imported from here as well.
__all__ = [
    "SHIPPED",
    "LibraryError",
    "read_library",
    "read_shared",
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
# A gym's own, which Rung made of a name.
OWN_KEY = re.compile(r"[-_a-z0-9]+")
# What no text has: control characters, half characters, and what turns the text around it.
NEVER = {"Cc", "Cs", "Zl", "Zp"}
TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def read_library(folder: Path = SHIPPED) -> Library:
    """Everything in the folder's TOML files. Raises LibraryError with file, line and reason."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise LibraryError(folder.name, 1, f"cannot be read: {error.strerror}") from None
    if not paths:
        raise LibraryError(folder.name, 1, "no TOML file in it")
    return _Reader([TomlFile(path) for path in paths]).library()


def read_shared(file: File) -> Library:
    """What a gym shares: one template with all that it needs. Raises LibraryError with place and reason."""
    return _Reader([file], own=True).library()


def is_written(letter: str, lines: bool = False) -> bool:
    """Whether a gym's text may have this character in it; with `lines` also those that end a line."""
    if letter in "\r\n\t":
        return lines
    return unicodedata.category(letter) not in NEVER and letter not in TURNING


class _Reader:
    """Turns tables into dataclasses. Knows every key of every kind first, so that files may refer to each other.

    `own`: they are a gym's own, which may say more, or less, than what is shipped.
    """

    def __init__(self, files: Sequence[File], *, own: bool = False) -> None:
        self.files, self.own = files, own
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
        shapes = {written_as(each): each for each in fields_of(Library)}
        for file in self.files:
            for kind, value in file.tables.items():
                place = Place(file) / kind
                if kind not in shapes:
                    raise place.problem(_("unknown table %(name)s") % {"name": _said(kind)} + _meant(kind, shapes))
                each = shapes[kind]
                self._not_too_many(value, each, place)
                entries = self._entries(item_type(hints_of(Library)[each.name]), value, place, kind)
                parts.setdefault(each.name, []).extend(entries)
        library = Library(**{name: tuple(entries) for name, entries in parts.items()})
        if self.own:
            check_shared(library, self.places, Place(self.files[0]))
        else:
            check_together(library, self.places)
        return library

    def _entries(self, shape: type, value: Any, place: Place, kind: str) -> Iterator[Any]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise place.problem(
                _("%(name)s wants a list of tables: write [[%(kind)s]]") % {"name": repr(kind), "kind": kind}
            )
        for number, table in enumerate(value):
            entry = self._table(shape, table, place / number)
            if hasattr(entry, "key"):
                self._remember(kind, entry.key, place, number)
            yield entry

    def _remember(self, kind: str, key: str, tables: Place, number: int) -> None:
        """Keys differ within a kind; those of a stage's contacts or a ladder's rules within their stage or ladder."""
        is_of_all = len(tables.path) == 1 or (kind == "stage" and not self.own)
        scope = kind if is_of_all else f"{tables.file.name} {tables.path}"
        place = tables / number
        first = self.places.setdefault((scope, key), place)
        if first is not place:
            values = {"kind": kind, "key": repr(key), "place": first}
            raise (place / "key").problem(_("%(kind)s %(key)s is already at %(place)s") % values)

    def _table(self, shape: type, table: Any, place: Place) -> Any:
        if not isinstance(table, dict):
            raise place.problem(_("wants a table, not %(said)s") % {"said": _said(table)})
        written = {written_as(each): each for each in fields_of(shape) if is_said(each, own=self.own)}
        for name in table:
            if name not in written:
                raise (place / name).problem(
                    _("unknown field %(name)s") % {"name": _said(name)} + _meant(name, written)
                )
        values = {each.name: left_out(each, own=self.own) for each in fields_of(shape)}
        for name, each in written.items():
            if name in table:
                values[each.name] = self._value(shape, each, table[name], place / name)
            elif values[each.name] is dataclasses.MISSING:
                raise place.problem(_("missing %(name)s") % {"name": repr(name)})
        # A gym may leave out what is empty, also where that is its own choice.
        for name in () if self.own else values.get("rung", ()):
            if name not in table:
                raise (place / "rung").problem(_("'rung' names %(name)s, which is not there") % {"name": repr(name)})
        entry = shape(**values)
        for checks in (ALONE,) if self.own else (ALONE, SHIPPED_ALONE):
            if shape in checks:
                checks[shape](entry, place)
        return entry

    def _value(self, shape: type, each: dataclasses.Field[Any], value: Any, place: Place) -> Any:
        limits = limits_of(each, own=self.own)
        hint = hints_of(shape)[each.name]
        if typing.get_origin(hint) is types.UnionType:  # "int | None": None cannot be written, only left out
            hint = typing.get_args(hint)[0]
        if hint == tuple[Need, ...]:
            return self._needs(value, place)
        if hint == tuple[str, ...]:
            return self._texts(shape, value, limits, place)
        if typing.get_origin(hint) is tuple:
            self._not_too_many(value, each, place)
            entries = tuple(self._entries(item_type(hint), value, place, written_as(each)))
            if len(entries) < limits.get("least", 0):
                raise place.problem(_("%(name)s is empty") % {"name": repr(written_as(each))})
            return entries
        if dataclasses.is_dataclass(hint):
            return self._table(typing.cast(type, hint), value, place)
        if hint is bool:
            if not isinstance(value, bool):
                values = {"name": repr(each.name), "said": _said(value)}
                raise place.problem(_("%(name)s wants true or false, not %(said)s") % values)
            return value
        if hint is int:
            return _whole_number(value, each.name, limits.get("least", 0), limits.get("most", LARGEST), place)
        return self._text(value, each.name, limits, place)

    def _not_too_many(self, value: Any, each: dataclasses.Field[Any], place: Place) -> None:
        """Refuse a list that is too long before any of it is read."""
        most = limits_of(each, own=self.own).get("most", LARGEST)
        if isinstance(value, list) and len(value) > most:
            values = {"name": repr(written_as(each)), "most": most}
            raise place.problem(_("%(name)s has more than %(most)s entries") % values)

    def _texts(self, shape: type, value: Any, limits: Any, place: Place) -> tuple[str, ...]:
        name = str(place.path[-1])
        if not isinstance(value, list):
            raise place.problem(_("%(name)s wants a list, not %(said)s") % {"name": repr(name), "said": _said(value)})
        texts = tuple(self._text(each, name, limits, place / number) for number, each in enumerate(value))
        least, most = limits.get("least", 0), limits.get("most", LARGEST)
        if not least <= len(texts) <= most:
            values = {"name": repr(name), "least": least, "most": most, "count": len(texts)}
            if limits.get("longest"):
                raise place.problem(_("%(name)s wants %(least)s to %(most)s entries, and has %(count)s") % values)
            raise place.problem(_("%(name)s wants at least one entry, and has %(count)s") % values)
        before: set[str] = set()
        for text in texts:
            if text in before:
                raise place.problem(_("%(name)s says %(said)s twice") % {"name": repr(name), "said": _said(text)})
            if "own_fields" in limits and text not in (own := [written_as(each) for each in fields_of(shape)]):
                said = _("'rung' names an unknown field %(said)s") % {"said": _said(text)}
                raise place.problem(said + _meant(text, own))
            before.add(text)
        return texts

    def _text(self, value: Any, name: str, limits: Any, place: Place) -> str:
        if not isinstance(value, str):
            raise place.problem(_("%(name)s wants text, not %(said)s") % {"name": repr(name), "said": _said(value)})
        if not value or value != value.strip() or not all(self._is_text(letter, limits) for letter in value):
            said = _("%(name)s is empty, or has spaces around it or unprintable characters in it")
            raise place.problem(said % {"name": repr(name)})
        if len(value) > limits.get("longest", LARGEST):
            values = {"name": repr(name), "count": len(value), "most": limits["longest"]}
            said = ngettext(
                "%(name)s has %(count)s character, and may have %(most)s",
                "%(name)s has %(count)s characters, and may have %(most)s",
                len(value),
            )
            raise place.problem(said % values)
        if limits.get("key") and not (OWN_KEY if self.own else KEY).fullmatch(value):
            said = _("%(said)s is no key: small letters, digits and single hyphens")
            raise place.problem(said % {"said": _said(value)})
        if "choices" in limits and value not in limits["choices"]:
            values = {"name": repr(name), "said": _said(value), "choices": ", ".join(limits["choices"])}
            raise place.problem(_("%(name)s is %(said)s, and may be %(choices)s") % values)
        if limits.get("refers"):
            self._refer(value, name, limits, place)
        return value

    def _is_text(self, letter: str, limits: dict[str, Any]) -> bool:
        return is_written(letter, limits.get("lines", False)) if self.own else letter.isprintable()

    def _refer(self, value: str, name: str, limits: dict[str, Any], place: Place) -> None:
        """Refuse a key that nothing has."""
        known = self.known.get(limits["refers"], set())
        if value not in known and value not in limits["also"]:
            values = {"kind": limits["refers"], "said": _said(value), "name": repr(name)}
            meant = _meant(value, {*known, *limits["also"]})
            raise place.problem(_("unknown %(kind)s %(said)s in %(name)s") % values + meant)

    def _needs(self, value: Any, place: Place) -> tuple[Need, ...]:
        if not isinstance(value, dict):
            values = {"name": repr(str(place.path[-1])), "said": _said(value)}
            raise place.problem(_("%(name)s wants a table such as { dowel = 1 }, not %(said)s") % values)
        known = self.known.get("equipment", set())
        for key in value:
            if key not in known:
                raise place.problem(_("unknown equipment %(said)s") % {"said": _said(key)} + _meant(key, known))
        return tuple(Need(equipment=key, count=_whole_number(each, key, 1, 100, place)) for key, each in value.items())


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
    return " " + _("(did you mean %(name)s?)") % {"name": repr(close[0])} if close else ""


def _whole_number(value: Any, name: str, least: int, most: int, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        said = _("%(name)s wants a whole number, not %(said)s")
        raise place.problem(said % {"name": repr(name), "said": _said(value)})
    if not least <= value <= most:
        values = {"name": repr(name), "said": _said(value), "least": least, "most": most}
        raise place.problem(_("%(name)s is %(said)s, and may be %(least)s to %(most)s") % values)
    return value
