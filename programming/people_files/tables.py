"""Bytes as somebody's software wrote them → a table of texts: encoding, delimiter and the line of the headings."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

ENCODINGS: Final = {
    "utf-8": _("UTF-8"),
    "cp1252": _("Western European (Windows)"),
    "cp1250": _("Central European (Windows)"),
    "mac-roman": _("Western European (old Mac)"),
    "utf-16": _("UTF-16"),
}
DELIMITERS: Final = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}

# No gym's list is longer or wider.
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 200
# Rows that are looked at to guess; a title or two may stand above the headings.
LOOKED_AT: Final = 40
HEADING_WITHIN: Final = 10
# Control characters, which no name has; those that end a line stay until the cells are cut.
UNWRITTEN: Final = {code: None for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xFEFF)}


class Unreadable(ValueError):
    """The file is no list of people. `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Table:
    """Headings and rows. `rows` are (number of the line as a spreadsheet shows it, cells), empty ones left out."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def guess_encoding(content: bytes) -> str:
    """How the bytes are most likely to be read, one of ENCODINGS."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or _half_empty(content):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return max(("cp1252", "cp1250", "mac-roman"), key=lambda each: _plausible(content.decode(each, "replace")))
    return "utf-8"


def _half_empty(content: bytes) -> bool:
    """Whether every other byte is nothing, as plain letters are written in UTF-16 without a mark."""
    start = content[:2000]
    return len(start) > 3 and max(start[0::2].count(0), start[1::2].count(0)) * 3 > len(start)


def _plausible(text: str) -> int:
    """How much letters beyond ASCII look like those of words: no signs among them, no capitals after small ones."""
    score = 0
    for before, letter, after in zip(text, text[1:], text[2:], strict=False):
        if ord(letter) < 128 or not (before.isalpha() or after.isalpha()):
            continue
        is_odd = not letter.isalpha() or (letter.isupper() and before.islower())
        score += -2 if is_odd else 1
    return score


def decoded(content: bytes, encoding: str) -> str:
    """The text of a file; "�" for what cannot be read that way. Raises Unreadable for a file that is too large."""
    if len(content) > settings.LARGEST_FILE:
        raise Unreadable("too_large")
    if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16-le" if content[1:2000:2].count(0) >= content[0:2000:2].count(0) else "utf-16-be"
    text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")
    return text.translate(UNWRITTEN)


def guess_delimiter(text: str) -> str:
    """What most likely stands between two cells, one of DELIMITERS."""
    if text[:4].lower() == "sep=" and text[4:5] in DELIMITERS:
        return text[4]
    start = "".join(text.splitlines(keepends=True)[:LOOKED_AT])

    def evenness(delimiter: str) -> float:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter) if row)
        except csv.Error:
            return 0
        wide = {width: count for width, count in widths.items() if width > 1}
        if not wide:
            return 0
        width, count = max(wide.items(), key=lambda each: each[1])
        return count / widths.total() + width / 1000

    return max(DELIMITERS, key=evenness)


def table_of(text: str, delimiter: str, known: Callable[[tuple[str, ...]], int]) -> Table:
    """Headings and rows of a text. `known` counts the headings of a row that are understood. Raises Unreadable."""
    records = _records(text, delimiter)
    if not records:
        raise Unreadable("empty")
    start = [(known(cells), -number, number, cells) for number, cells in records[:HEADING_WITHIN]]
    # Where nothing is understood, the first line is taken for the headings.
    _known, _first, heading, headings = max(start)
    rows = tuple((number, cells) for number, cells in records if number > heading)
    if not rows:
        raise Unreadable("no_rows")
    return Table(headings, tuple((number, (*cells, *[""] * (len(headings) - len(cells)))) for number, cells in rows))


def _records(text: str, delimiter: str) -> list[tuple[int, tuple[str, ...]]]:
    """The rows in which anything stands, numbered as a spreadsheet does. Raises Unreadable."""
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    if _never_closed(text, delimiter):
        raise Unreadable("unclosed")
    found: list[tuple[int, tuple[str, ...]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            if len(cells) > MOST_COLUMNS:
                raise Unreadable("too_wide")
            if any(cell.strip() for cell in cells):
                found.append((number, tuple(" ".join(cell.split()) for cell in cells)))
            if len(found) > MOST_ROWS + HEADING_WITHIN:
                raise Unreadable("too_long")
    except csv.Error as problem:
        raise Unreadable("broken") from problem
    return found


def _never_closed(text: str, delimiter: str) -> bool:
    """Whether a cell begins with a quotation mark and never ends: all further rows would be a part of it."""
    if text.count('"') % 2 == 0:
        return False
    try:
        for _row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as problem:
        return "end of data" in str(problem)
    return False
