"""Bytes → the exercises in them, as plain values, and what was met there. Nothing is fetched, and nothing trusted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from gym.models import TURNING
from programming.people_files.tables import Unreadable

# The fields of the shape. What else stands in an exercise is left out.
FIELDS: Final = (
    *("name", "force", "level", "mechanic", "equipment", "primaryMuscles", "secondaryMuscles", "instructions"),
    "category",
)
# Its own name for an exercise, and pictures that lie elsewhere: neither becomes a part of a drill.
APART: Final = ("id", "images")
MOST: Final = 10_000
# Brackets in a file that has as many: each exercise is one object with a few lists. More would fill the memory.
MOST_BRACKETS: Final = 20 * MOST
# Words for equipment that are asked about, names of left out fields that are said, and characters of each.
MOST_WORDS, MOST_OTHERS, LONGEST_WORD = 60, 12, 60
# Nothing that is read of one field is longer.
LONGEST_TEXT: Final = 3_000

# Control characters, halves of letters and marks that turn a line around; what ends a line parts words.
PARTS: Final = dict.fromkeys((9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029), " ")
UNWRITTEN: Final[dict[int, str | None]] = {
    **dict.fromkeys((*range(32), *range(127, 160), 0xFEFF, 0x200E, 0x200F, 0x61C, *range(0xD800, 0xE000))),
    **dict.fromkeys((0xFFFE, 0xFFFF)),
    **dict.fromkeys(TURNING),
    **PARTS,
}


class Number(str):
    """A number of the file. No field of the shape is one; the largest would take minutes to be read."""


@dataclass(frozen=True)
class Met:
    """What stands in a file: its known fields, the names of some others, and what it calls equipment."""

    fields: tuple[str, ...]
    others: tuple[str, ...]
    words: tuple[str, ...]


def exercises_in(content: bytes) -> list[Any]:
    """The entries of the list, whatever they are. Raises Unreadable."""
    if len(content) > settings.LARGEST_FILE:
        raise Unreadable("too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Unreadable("no_text") from problem
    if not text.strip():
        raise Unreadable("empty")
    if text.count("{") + text.count("[") > MOST_BRACKETS:
        raise Unreadable("too_long")
    try:
        read = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_constant)
    except RecursionError as problem:
        raise Unreadable("too_deep") from problem
    except ValueError as problem:
        raise Unreadable("no_json") from problem
    if not isinstance(read, list) or not any(isinstance(each, dict) for each in read):
        raise Unreadable("no_list")
    if len(read) > MOST:
        raise Unreadable("too_long")
    return read


def _number(_digits: str) -> Number:
    return Number()


def _constant(name: str) -> Any:
    """Refuse NaN and Infinity, which some software writes, and which are no JSON."""
    raise ValueError(name)


def plain(text: str) -> str:
    """A text on one line, without what cannot be seen or stored."""
    return " ".join(text[: LONGEST_TEXT * 4].translate(UNWRITTEN).split())


def met_in(exercises: Sequence[Any]) -> Met:
    """What stands in these exercises, each in the order in which it is first met."""
    entries = [each for each in exercises if isinstance(each, dict)]
    names = dict.fromkeys(name for each in entries for name in each)
    others = [plain(name)[:LONGEST_WORD] for name in names if name not in FIELDS and name not in APART]
    return Met(
        fields=tuple(name for name in FIELDS if name in names),
        others=tuple(others[:MOST_OTHERS]),
        words=tuple(dict.fromkeys(word for each in entries for word in words_in(each)))[:MOST_WORDS],
    )


def words_in(exercise: dict[str, Any]) -> Iterator[str]:
    """What an exercise calls its equipment."""
    said = exercise.get("equipment")
    if isinstance(said, str) and not isinstance(said, Number) and (word := plain(said)[:LONGEST_WORD]):
        yield word
