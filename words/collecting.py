"""Every sentence that Rung can say: in Python, in templates, and in the library that gyms start from.

Babel reads Python; Django turns its templates into something that Babel can read. GNU gettext is not needed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

from programming.shipped import CONTEXT

ROOT = Path(settings.BASE_DIR)
# What a function that marks a sentence takes: places of the sentence, its plural and ("c") its context.
KEYWORDS: dict[str, Any] = {
    "_": None,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# What of the library a person reads. Keys, figures and the like are the program's.
READ = {
    *("name", "short_name", "plural", "summary", "what", "pass_text", "text", "detail", "note", "notes"),
    *("cue", "second_cue", "cues", "drill_note", "seen_as", "what_to_feel", "looks_for", "adds"),
    *("say", "asks", "needs"),
}
# Who wrote what is named as it was published.
NAMES_OF_OTHERS = {"sources.toml"}


class Sentence(NamedTuple):
    """Something to translate: where it stands, what it says for one and for many, and what kind of word it is."""

    file: str
    one: str
    many: str = ""
    context: str | None = None


def sentences() -> Iterator[Sentence]:
    """All of them; the same one may come several times."""
    for room in ("gym", "programming"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from marked(path.read_bytes(), path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield from in_template(path.read_text(), path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "programming" / "library").glob("*.toml")):
        if path.name not in NAMES_OF_OTHERS:
            file = path.relative_to(ROOT).as_posix()
            for text in read_in(tomllib.loads(path.read_text())):
                yield Sentence(file, text, context=CONTEXT)


def marked(source: bytes, file: str) -> Iterator[Sentence]:
    """The sentences of a Python module."""
    for _line, message, _comments, context in extract("python", BytesIO(source), KEYWORDS):
        one, many = message if isinstance(message, tuple) else (message, "")
        if one:
            yield Sentence(file, one, many, context)


def in_template(source: str, file: str) -> Iterator[Sentence]:
    """The sentences of a template."""
    # Without their indentation, which means something in Python.
    lines = (line.strip() for line in templatize(source).splitlines())
    yield from marked("\n".join(lines).encode(), file)


def read_in(part: Any, *, is_read: bool = False) -> Iterator[str]:
    """The texts for people in a part of the library."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from read_in(value, is_read=name in READ)
    elif isinstance(part, list):
        for value in part:
            yield from read_in(value, is_read=is_read)
    elif isinstance(part, str) and is_read and part:
        yield part
