"""Things of a gym as the tables of a shared file, in the shape of the library's dataclasses.

A table leaves out whatever is as it would be without being said, so that the same thing always makes the same table.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from programming.library.contents import Library, Need
from programming.library.reader import is_written
from programming.library.shapes import Field, fields_of, hints_of, is_said, item_type, left_out, limits_of, written_as

Table = dict[str, Any]
# Kind → key → table.
Tables = dict[str, dict[str, Table]]
# The key that another key becomes; None: there is no such thing.
Rename = Callable[[str, str], str | None]

# What a file may hold, in its order: kind → shape. The library's rules for every ladder stand with the ladder.
KINDS: dict[str, type] = {
    written_as(each): item_type(hints_of(Library)[each.name]) for each in fields_of(Library) if each.name != "rules"
}


def table_of(shape: type, values: Mapping[str, Any]) -> Table:
    """The table of a thing. `values` are its fields by their names in the shape, as JSON holds them."""
    found: Table = {}
    for each in in_order(shape):
        if is_said(each, own=True) and each.name in values:
            value = _told(each, hints_of(shape)[each.name], values[each.name])
            if value not in (None, "", [], {}) and value != left_out(each, own=True):
                found[written_as(each)] = value
    return found


def in_order(shape: type) -> list[Field]:
    """The fields as a file has them: where its words come from is said last."""
    return sorted(fields_of(shape), key=lambda each: each.name in ("sources", "rung"))


def _told(each: Field, hint: Any, value: Any) -> Any:
    hint = _plain(hint)
    if hint == tuple[Need, ...]:
        # In one order, since a database keeps none.
        return {key: value[key] for key in sorted(value)}
    if dataclasses.is_dataclass(hint):
        return table_of(typing.cast(type, hint), value) if value else None
    limits = limits_of(each, own=True)
    if typing.get_origin(hint) is tuple:
        inner = item_type(hint)
        if dataclasses.is_dataclass(inner):
            return [table_of(inner, entry) for entry in value]
        return [text for text in dict.fromkeys(_sound(entry, limits) for entry in value) if text]
    return _sound(value, limits) if isinstance(value, str) else value


def _sound(text: str, limits: Mapping[str, Any]) -> str:
    """A text without what no file may have: control characters, and what turns the text around it."""
    if not limits.get("lines"):
        text = " ".join(text.split("\n")).translate({13: None, 9: " "})
    return "".join(letter for letter in text if is_written(letter, limits.get("lines", False))).strip()


def _plain(hint: Any) -> Any:
    """The X of "X | None"."""
    return typing.get_args(hint)[0] if typing.get_origin(hint) is types.UnionType else hint


def entry_of(shape: type, table: Table) -> Any:
    """The library's dataclass that a table makes: what table_of() wrote."""
    values = {}
    for each in fields_of(shape):
        name = written_as(each)
        values[each.name] = (
            _read(_plain(hints_of(shape)[each.name]), table[name]) if name in table else left_out(each, own=True)
        )
    return shape(**values)


def _read(hint: Any, value: Any) -> Any:
    if hint == tuple[Need, ...]:
        return tuple(Need(equipment=key, count=count) for key, count in value.items())
    if dataclasses.is_dataclass(hint):
        return entry_of(typing.cast(type, hint), value)
    if typing.get_origin(hint) is tuple:
        inner = item_type(hint)
        return tuple(entry_of(inner, each) if dataclasses.is_dataclass(inner) else each for each in value)
    return value


def referred(shape: type, table: Table) -> Iterator[tuple[str, str]]:
    """Whatever a table names, as (kind, key)."""
    found: list[tuple[str, str]] = []

    def note(kind: str, key: str) -> str:
        found.append((kind, key))
        return key

    renamed(shape, table, note)
    yield from found


def renamed(shape: type, table: Table, rename: Rename) -> Table:
    """The same table where what it names has other keys; what is no more there is named no more."""
    found: Table = {}
    for each in in_order(shape):
        name = written_as(each)
        if name in table:
            value = _renamed(each, _plain(hints_of(shape)[each.name]), table[name], rename)
            if value not in (None, [], {}):
                found[name] = value
    return found


def _renamed(each: Field, hint: Any, value: Any, rename: Rename) -> Any:
    if hint == tuple[Need, ...]:
        keys = {key: rename("equipment", key) for key in value}
        counts = {new: value[key] for key, new in keys.items() if new is not None}
        return {key: counts[key] for key in sorted(counts)}
    if dataclasses.is_dataclass(hint):
        return renamed(typing.cast(type, hint), value, rename)
    inner = item_type(hint) if typing.get_origin(hint) is tuple else None
    if inner is not None and dataclasses.is_dataclass(inner):
        return [renamed(inner, entry, rename) for entry in value]
    refers = str(each.metadata.get("refers"))
    if refers not in KINDS or value in each.metadata["also"]:
        return value
    if inner is None:
        return rename(refers, value)
    return [new for key in value if (new := rename(refers, key)) is not None]


def gathered(template: Table, find: Callable[[str, str], Table | None]) -> Tables:
    """A template with everything that it names, and what that names, each kind in the order of its keys."""
    found: Tables = {kind: {} for kind in KINDS}
    found["template"][template["key"]] = template
    waiting = list(referred(KINDS["template"], template))
    while waiting:
        kind, key = waiting.pop()
        if key in found[kind]:
            continue
        table = find(kind, key)
        if table is not None:
            found[kind][key] = table
            waiting += referred(KINDS[kind], table)
    return {kind: {key: found[kind][key] for key in sorted(found[kind])} for kind in KINDS}


def agreeing(tables: Tables) -> Tables:
    """The same, where a fault goes only to drills that say they correct it."""
    drills = tables["drill"]
    faults = {}
    for key, table in tables["fault"].items():
        wanted = [each for each in table.get("drills", []) if key in drills.get(each, {}).get("corrects", [])]
        faults[key] = naming(table, "drills", wanted)
    return {**tables, "fault": faults}


def naming(table: Table, name: str, keys: list[str]) -> Table:
    """The same table with this list, which keeps its place; without it where it is empty."""
    return {each: keys if each == name else value for each, value in table.items() if each != name or keys}


def taught(ladder: Table, named: set[str]) -> Table:
    """A ladder with the stages that are taught, and those of the others that are named."""
    stages = [each for each in ladder.get("stage", []) if not each.get("retired") or each["key"] in named]
    return {**ladder, "stage": stages}


def stages_named(template: Table) -> dict[str, set[str]]:
    """Which stages the lines of a template name, by ladder."""
    found: dict[str, set[str]] = {}
    for block in template.get("block", []):
        for line in block.get("drills", []):
            if "stage" in line:
                ladder = line.get("progression") or template.get("progression", "")
                found.setdefault(ladder, set()).add(line["stage"])
    return found
