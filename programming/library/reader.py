"""Reads the shipped library, and refuses it where anything in it is wrong.

The dataclasses are the format: a table ``[[drill]]`` may hold the fields of ``Drill`` and no others,
a field without a default must be there, and the annotation says what it holds. Any file of the
folder may hold any kind of table, so another ladder is another file. Imports nothing of ours.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent
MOST_FAULTS = 8  # chips on a fault sheet
OUTSIDE_THE_LADDERS = ("preparation", "everyday")
LARGEST = 2**31 - 1  # what an integer column holds
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class LibraryError(Exception):
    """A file of the library is broken. The text is "file:line: reason"."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


# ---------------------------------------------------------------- what a field may hold


def _words(longest: int = 160, **more: Any) -> Any:
    """One line of text of at most so many characters."""
    return field(metadata={"longest": longest}, **more)


def _lines(least: int = 1, most: int = 20, longest: int = 160, **more: Any) -> Any:
    """Several lines of text."""
    return field(metadata={"least": least, "most": most, "longest": longest}, **more)


def _key() -> Any:
    """The name a thing goes by in these files: lower case, digits and hyphens, at most 40 characters."""
    return field(metadata={"key": True, "longest": 40})


def _to(kind: str, *also: str, **more: Any) -> Any:
    """The key, or keys, of things of one kind; ``also`` names words that are allowed beside them."""
    return field(metadata={"refers": kind, "also": also, "least": 0 if "default" in more else 1}, **more)


def _one_of(*choices: str, **more: Any) -> Any:
    return field(metadata={"choices": choices}, **more)


def _whole(least: int = 1, most: int = LARGEST, **more: Any) -> Any:
    """A whole number between the two, both included."""
    return field(metadata={"least": least, "most": most}, **more)


def _tables(written: str, *, at_least: int = 0) -> Any:
    """The tables ``[[written]]``, in the order of the file."""
    return field(default=(), metadata={"written": written, "least": at_least})


def _sources() -> Any:
    return _to("source")


def _rung() -> Any:
    return field(default=(), metadata={"own_fields": True})


# ---------------------------------------------------------------- the format


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """A thing with the keys of its sources; ``rung`` names the fields that are our own choice."""

    sources: tuple[str, ...] = _sources()
    rung: tuple[str, ...] = _rung()

    def sources_of(self, name: str) -> tuple[str, ...]:
        """Where the words of one field come from: the sources, or ("rung",)."""
        return ("rung",) if name in self.rung else self.sources


@dataclass(frozen=True, kw_only=True)
class Source:
    key: str = _key()
    author: str = _words(120)
    title: str = _words(200)
    url: str = _words(200, default="")


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """A thing a gym owns and counts."""

    key: str = _key()
    name: str = _words(40)
    plural: str = _words(40)
    note: str = _words(160, default="")


@dataclass(frozen=True, kw_only=True)
class Need:
    """So many of one piece of equipment for one person. In TOML: equipment = { dowel = 1 }"""

    equipment: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Dose:
    """How much of a drill. ``text`` is the line on screen; a timer reads the numbers, where there are any."""

    text: str = _words(80)
    sets: int | None = _whole(default=None)
    reps: int | None = _whole(default=None)
    reps_to: int | None = _whole(default=None)  # "10 to 12": reps 10, reps_to 12
    seconds: int | None = _whole(default=None)  # in all, a side where it is per side
    work_seconds: int | None = _whole(default=None)
    rest_seconds: int | None = _whole(default=None)
    rounds: int | None = _whole(default=None)
    hold_seconds: int | None = _whole(default=None)
    per_side: bool = False


@dataclass(frozen=True, kw_only=True)
class Drill(Sourced):
    """Something to do. What it corrects, its equipment, demand and posture are ours; the words are its sources'."""

    key: str = _key()
    name: str = _words(60)
    summary: str = _words(300)
    cues: tuple[str, ...] = _lines(least=2, most=4, longest=120)
    what_to_feel: str = _words(default="")
    looks_for: str = _words(200, default="")  # what a coach sees in it; preparation only
    adds: str = _words(200, default="")  # what it adds to the drill before it
    stage: str = _to("stage", *OUTSIDE_THE_LADDERS)
    demand: int = _whole()  # order within the stage, 1 is the easiest
    dose: Dose
    equipment: tuple[Need, ...] = ()
    corrects: tuple[str, ...] = _to("fault", default=())
    loads: bool = False  # appreciable load from outside: not for a held member, nor below a stage that loads
    posture: str = _one_of("any", "flexed", "extended", default="any")  # the profile it suits most


@dataclass(frozen=True, kw_only=True)
class Fault(Sourced):
    """A named error, its first cue, and where it goes."""

    key: str = _key()
    name: str = _words(40)  # as on the chip
    seen_as: str = _words(160, default="")
    cue: str = _words(60)
    second_cue: str = _words(60, default="")
    drills: tuple[str, ...] = _to("drill")  # best first
    drill_note: str = _words(40, default="")  # how to do the first drill: "wall tap, closer"
    stage: str = _to("stage", default="")  # the stage to go back to, where it names one


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is turned up within a stage: whole millimetres or whole grams, always on the step."""

    name: str = _words(40)
    quantity: str = _one_of("distance", "load")
    step: int = _whole()
    minimum: int = _whole(least=0)
    maximum: int = _whole()
    start: int = _whole(least=0)
    pass_at: int | None = _whole(least=0, default=None)  # None: clean at any setting counts for the next stage
    harder: str = _one_of("further", "heavier")


@dataclass(frozen=True, kw_only=True)
class Contact(Sourced):
    """A point that must keep touching, and the fault when it does not."""

    key: str = _key()
    name: str = _words(60)
    fault: str = _to("fault")


@dataclass(frozen=True, kw_only=True)
class Stage(Sourced):
    key: str = _key()
    name: str = _words(40)
    short_name: str = _words(16)
    figure: str = _one_of("wall", "dowel", "loaded")
    colour: str = _one_of("wall", "dowel", "loaded")
    what: str = _words(300)
    pass_text: str = _words(200)
    clean_needed: int = _whole(most=20, default=2)
    loads: bool = False
    within_first: bool = False  # n clean suggests the next drill or a harder setting before the next stage
    setting: Setting | None = None
    drills: tuple[str, ...] = _to("drill")  # in order of demand
    faults: tuple[str, ...] = _to("fault")  # most often tapped first
    equipment: tuple[Need, ...] = ()
    contacts: tuple[Contact, ...] = _tables("contact")


@dataclass(frozen=True, kw_only=True)
class CheckPoint(Sourced):
    """One line of the run-through that a coach can tick."""

    key: str = _key()
    name: str = _words(60)
    detail: str = _words(300)


@dataclass(frozen=True, kw_only=True)
class Rule(Sourced):
    """Something the teaching holds to, in a sentence or two."""

    key: str = _key()
    name: str = _words(80)
    text: str = _words(500)


@dataclass(frozen=True, kw_only=True)
class Gate(Sourced):
    """Nobody below the stage does the drills."""

    key: str = _key()
    text: str = _words(300)
    stage: str = _to("stage")
    drills: tuple[str, ...] = _to("drill")


@dataclass(frozen=True, kw_only=True)
class Posture(Sourced):
    """A way of standing that colours which drills fit, never which stage."""

    key: str = _one_of("flexed", "extended")
    name: str = _words(60)
    text: str = _words(300)


@dataclass(frozen=True, kw_only=True)
class Appearance(Sourced):
    """Where the movement shows up, in the gym and out of it."""

    key: str = _key()
    name: str = _words(60)
    drill: str = _to("drill")


@dataclass(frozen=True, kw_only=True)
class Progression(Sourced):
    """A ladder: its stages from the ground up, its run-through and its rules."""

    key: str = _key()
    name: str = _words(60)
    summary: str = _words(300)
    stages: tuple[Stage, ...] = _tables("stage", at_least=1)
    checklist: tuple[CheckPoint, ...] = _tables("check_point")
    rules: tuple[Rule, ...] = _tables("rule")
    gates: tuple[Gate, ...] = _tables("gate")
    postures: tuple[Posture, ...] = _tables("posture")
    appearances: tuple[Appearance, ...] = _tables("appearance")


@dataclass(frozen=True, kw_only=True)
class BlockDrill:
    """One drill of a block, for everyone or for one stage. No dose: the drill's own."""

    drill: str = _to("drill")
    stage: str = _to("stage", default="")  # "": everyone
    dose: Dose | None = None


@dataclass(frozen=True, kw_only=True)
class Block:
    name: str = _words(60)
    minutes: int = _whole(most=240)
    note: str = _words(200, default="")
    board: bool = False  # the coach assesses on the board during this block
    drills: tuple[BlockDrill, ...] = ()

    @property
    def by_stage(self) -> bool:
        return any(each.stage for each in self.drills)


@dataclass(frozen=True, kw_only=True)
class Template(Sourced):
    """A class plan to start from."""

    key: str = _key()
    name: str = _words(60)
    progression: str = _to("progression")
    minutes: int = _whole(most=240)  # length of the class
    notes: str = _words(500, default="")
    blocks: tuple[Block, ...] = _tables("block", at_least=1)

    @property
    def planned(self) -> int:
        """Minutes of all blocks together."""
        return sum(block.minutes for block in self.blocks)


@dataclass(frozen=True, kw_only=True)
class Library:
    """Everything that is shipped. ``rules`` hold for every ladder."""

    sources: tuple[Source, ...] = _tables("source")
    equipment: tuple[Equipment, ...] = _tables("equipment")
    drills: tuple[Drill, ...] = _tables("drill")
    faults: tuple[Fault, ...] = _tables("fault")
    rules: tuple[Rule, ...] = _tables("rule")
    progressions: tuple[Progression, ...] = _tables("progression")
    templates: tuple[Template, ...] = _tables("template")

    @property
    def digest(self) -> str:
        """The same for the same contents, whatever the comments, spacing and order of fields in the files."""
        return digest(self)


def digest(part: Any) -> str:
    """A hash of the library or of any dataclass in it, 64 hexadecimal digits."""
    plain = json.dumps(dataclasses.asdict(part), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


# ---------------------------------------------------------------- where things stand in a file

Path_ = tuple[str | int, ...]
HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*\]\]?\s*(?:#.*)?$")
FIELD = re.compile(r"\s*\"?([A-Za-z0-9_-]+)\"?\s*[=.]")


class _File:
    """One parsed file that still knows the line of each table and field, which tomllib does not tell."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._lines: dict[Path_, int] = {}
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
        line = int(place[1]) if place[1] else max(1, len(text.splitlines()))
        return LibraryError(self.name, line, f"is not TOML: {str(error)[: place.start()]}")

    def _find_lines(self, text: str) -> None:
        """Notes the first line of each header and field; a wrong guess costs a line number, nothing else."""
        table: Path_ = ()
        counts: dict[Path_, int] = {}
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

    def line(self, path: Path_) -> int:
        """The line of a table or field, else of what it stands in."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def problem(self, path: Path_, reason: str) -> LibraryError:
        return LibraryError(self.name, self.line(path), reason)


@dataclass(frozen=True)
class _Place:
    """A table, or a field of one, in a file."""

    file: _File
    path: Path_ = ()

    def __truediv__(self, step: str | int) -> _Place:
        return _Place(self.file, (*self.path, step))

    def problem(self, reason: str) -> LibraryError:
        return self.file.problem(self.path, reason)

    def __str__(self) -> str:
        return f"{self.file.name}:{self.file.line(self.path)}"


# ---------------------------------------------------------------- reading


def read_library(folder: Path = SHIPPED) -> Library:
    """Everything in the folder's TOML files. Raises LibraryError with file, line and reason."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise LibraryError(folder.name, 1, f"cannot be read: {error.strerror}") from None
    if not paths:
        raise LibraryError(folder.name, 1, "no TOML file in it")
    return _Reader([_File(path) for path in paths]).library()


class _Reader:
    """Turns tables into dataclasses. Knows every key of every kind first, so that files may refer to each other."""

    def __init__(self, files: list[_File]) -> None:
        self.files = files
        self.known: dict[str, set[str]] = {}
        self.places: dict[tuple[str, str], _Place] = {}
        for file in files:
            for kind, value in file.tables.items():
                self._know(kind, value)

    def _know(self, kind: str, value: Any) -> None:
        for table in value if isinstance(value, list) else ():
            if isinstance(table, dict):
                if isinstance(table.get("key"), str):
                    self.known.setdefault(kind, set()).add(table["key"])
                for inner, more in table.items():
                    self._know(inner, more)

    def library(self) -> Library:
        parts: dict[str, list[Any]] = {}
        shapes = {_written(each): (each.name, _item_type(_hints(Library)[each.name])) for each in _fields(Library)}
        for file in self.files:
            for kind, value in file.tables.items():
                place = _Place(file) / kind
                if kind not in shapes:
                    raise place.problem(f"unknown table {kind!r}{_meant(kind, shapes)}")
                name, shape = shapes[kind]
                parts.setdefault(name, []).extend(self._entries(shape, value, place, kind))
        library = Library(**{name: tuple(entries) for name, entries in parts.items()})
        _check_together(library, self.places)
        return library

    def _entries(self, shape: type, value: Any, place: _Place, kind: str) -> Iterator[Any]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise place.problem(f"{kind!r} wants tables: write [[{kind}]]")
        for number, table in enumerate(value):
            entry = self._table(shape, table, place / number)
            if hasattr(entry, "key"):
                self._remember(kind, entry.key, place, number)
            yield entry

    def _remember(self, kind: str, key: str, tables: _Place, number: int) -> None:
        """Keys differ within a kind; those of a stage's contacts or a ladder's rules only within their stage or ladder."""
        scope = kind if kind == "stage" or len(tables.path) == 1 else f"{tables.file.name} {tables.path}"
        place = tables / number
        first = self.places.setdefault((scope, key), place)
        if first is not place:
            raise (place / "key").problem(f"{kind} {key!r} is already at {first}")

    def _table(self, shape: type, table: Any, place: _Place) -> Any:
        if not isinstance(table, dict):
            raise place.problem(f"wants a table, not {_said(table)}")
        written = {_written(each): each for each in _fields(shape)}
        for name in table:
            if name not in written:
                raise (place / name).problem(f"unknown field {name!r}{_meant(name, written)}")
        values: dict[str, Any] = {}
        for name, each in written.items():
            if name in table:
                values[each.name] = self._value(shape, each, table[name], place / name)
            elif each.default is dataclasses.MISSING or (each.metadata.get("written") and each.metadata["least"]):
                raise place.problem(f"missing {name!r}")
        entry = shape(**values)
        check = CHECKS.get(shape)
        if check is not None:
            check(entry, place)
        return entry

    def _value(self, shape: type, each: dataclasses.Field[Any], value: Any, place: _Place) -> Any:
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

    def _texts(self, shape: type, value: Any, limits: Any, place: _Place) -> tuple[str, ...]:
        name = str(place.path[-1])
        if not isinstance(value, list):
            raise place.problem(f"{name!r} wants a list, not {_said(value)}")
        texts = tuple(self._text(each, name, limits, place / number) for number, each in enumerate(value))
        least, most = limits.get("least", 0), limits.get("most", 50)
        if not least <= len(texts) <= most:
            wanted = f"{least} to {most} entries" if limits.get("longest") else "at least one entry"
            raise place.problem(f"{name!r} wants {wanted}, and has {len(texts)}")
        for number, text in enumerate(texts):
            if text in texts[:number]:
                raise place.problem(f"{name!r} says {text!r} twice")
            if "own_fields" in limits and text not in (own := [_written(each) for each in _fields(shape)]):
                raise place.problem(f"'rung' names an unknown field {text!r}{_meant(text, own)}")
        return texts

    def _text(self, value: Any, name: str, limits: Any, place: _Place) -> str:
        if not isinstance(value, str):
            raise place.problem(f"{name!r} wants text, not {_said(value)}")
        if not value or value != value.strip() or any(not letter.isprintable() for letter in value):
            raise place.problem(f"{name!r} is empty, or has spaces around it or unprintable characters in it")
        if len(value) > limits.get("longest", LARGEST):
            raise place.problem(f"{name!r} has {len(value)} characters, and may have {limits['longest']}")
        if limits.get("key") and not KEY.fullmatch(value):
            raise place.problem(f"{value!r} is no key: small letters, digits and single hyphens")
        if "choices" in limits and value not in limits["choices"]:
            raise place.problem(f"{name!r} is {value!r}, and may be {', '.join(limits['choices'])}")
        if "refers" in limits:
            known = {*self.known.get(limits["refers"], ()), *limits["also"]}
            if value not in known:
                raise place.problem(f"unknown {limits['refers']} {value!r} in {name!r}{_meant(value, known)}")
        return value

    def _needs(self, value: Any, place: _Place) -> tuple[Need, ...]:
        if not isinstance(value, dict):
            raise place.problem(f"'equipment' wants a table such as {{ dowel = 1 }}, not {_said(value)}")
        known = self.known.get("equipment", set())
        for key in value:
            if key not in known:
                raise place.problem(f"unknown equipment {key!r}{_meant(key, known)}")
        return tuple(Need(equipment=key, count=_whole_number(each, key, 1, 100, place)) for key, each in value.items())


def _fields(shape: type) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(shape)


def _hints(shape: type) -> dict[str, Any]:
    return typing.get_type_hints(shape)


def _item_type(hint: Any) -> type:
    """The X of tuple[X, ...]."""
    return typing.cast(type, typing.get_args(hint)[0])


def _written(each: dataclasses.Field[Any]) -> str:
    """What a field is called in TOML: [[stage]] for ``stages``, else its own name."""
    return str(each.metadata.get("written", each.name))


def _said(value: Any) -> str:
    """A wrong value in words, short."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _meant(name: str, known: typing.Iterable[str]) -> str:
    close = difflib.get_close_matches(name[:80], sorted(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _whole_number(value: Any, name: str, least: int, most: int, place: _Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise place.problem(f"{name!r} wants a whole number, not {_said(value)}")
    if not least <= value <= most:
        raise place.problem(f"{name!r} is {_said(value)}, and may be {least} to {most}")
    return value


# ---------------------------------------------------------------- what must be true beyond one field


def _check_dose(dose: Dose, place: _Place) -> None:
    if dose.reps_to is not None and (dose.reps is None or dose.reps_to <= dose.reps):
        raise (place / "reps_to").problem("'reps_to' wants a smaller 'reps'")
    pattern = (dose.work_seconds, dose.rest_seconds, dose.rounds)
    if any(pattern) and not all(pattern):
        raise place.problem("a work and rest pattern wants 'work_seconds', 'rest_seconds' and 'rounds'")


def _check_setting(setting: Setting, place: _Place) -> None:
    for name in ("minimum", "maximum", "start", "pass_at"):
        value = getattr(setting, name)
        if value is None:
            continue
        if value % setting.step:
            raise (place / name).problem(f"{name!r} is {value}, not on its step of {setting.step}")
        if not setting.minimum <= value <= setting.maximum:
            raise (place / name).problem(f"{name!r} is {value}, not between {setting.minimum} and {setting.maximum}")


def _check_stage(stage: Stage, place: _Place) -> None:
    if len(stage.faults) > MOST_FAULTS:
        raise (place / "faults").problem(
            f"{len(stage.faults)} faults at stage {stage.key!r}, and the fault sheet holds {MOST_FAULTS}"
        )
    for number, contact in enumerate(stage.contacts):
        if contact.fault not in stage.faults:
            raise (place / "contact" / number / "fault").problem(
                f"fault {contact.fault!r} is not among the faults of stage {stage.key!r}"
            )


CHECKS: dict[type, Callable[[Any, _Place], None]] = {
    Dose: _check_dose,
    Setting: _check_setting,
    Stage: _check_stage,
}


def _check_together(library: Library, places: dict[tuple[str, str], _Place]) -> None:
    """Drills, faults, stages and templates must agree with each other."""
    drills = {drill.key: drill for drill in library.drills}
    for fault in library.faults:
        for key in fault.drills:
            if fault.key not in drills[key].corrects:
                raise (places["fault", fault.key] / "drills").problem(
                    f"fault {fault.key!r} goes to drill {key!r}, which does not say that it corrects it"
                )
    for progression in library.progressions:
        for stage in progression.stages:
            _check_ladder_drills(stage, drills, places["stage", stage.key] / "drills")
    stages = {stage.key: stage for progression in library.progressions for stage in progression.stages}
    for drill in library.drills:
        if drill.stage in stages and drill.key not in stages[drill.stage].drills:
            raise (places["drill", drill.key] / "stage").problem(
                f"drill {drill.key!r} is not among the drills of its stage {drill.stage!r}"
            )
    ladders = {progression.key: progression for progression in library.progressions}
    for template in library.templates:
        _check_template(template, ladders[template.progression], drills, places["template", template.key])


def _check_ladder_drills(stage: Stage, drills: dict[str, Drill], place: _Place) -> None:
    demand = 0
    for key in stage.drills:
        drill = drills[key]
        if drill.stage != stage.key:
            raise place.problem(f"drill {key!r} belongs to {drill.stage!r}, not to stage {stage.key!r}")
        if drill.demand <= demand:
            raise place.problem(f"drill {key!r} has demand {drill.demand}: the order is by demand, easiest first")
        demand = drill.demand


def _check_template(template: Template, ladder: Progression, drills: dict[str, Drill], place: _Place) -> None:
    stages = {stage.key: stage for stage in ladder.stages}
    for number, block in enumerate(template.blocks):
        here = place / "block" / number
        named = {each.stage for each in block.drills if each.stage}
        if unknown := named - stages.keys():
            raise (here / "drills").problem(f"stage {min(unknown)!r} is not of the ladder {ladder.key!r}")
        if named and (missing := [key for key in stages if key not in named]):
            raise (here / "drills").problem(f"nothing for stage {missing[0]!r}: a block by stage serves every stage")
        for each in block.drills:
            if drills[each.drill].loads and not (each.stage and stages[each.stage].loads):
                raise (here / "drills").problem(f"drill {each.drill!r} loads: give it only to a stage that loads")
    if template.planned > template.minutes:
        raise (place / "minutes").problem(f"{template.planned} minutes planned for a class of {template.minutes}")
