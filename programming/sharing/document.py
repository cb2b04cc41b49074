"""The file in which a class template travels: JSON that can be read, the same bytes for the same template."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from gym.printing import printable
from programming.library.contents import Library
from programming.library.places import LibraryError, Steps
from programming.library.reader import read_shared
from programming.sharing.tables import KINDS, Tables

FORMAT = "rung-class-template"
VERSION = 1
# A template with three ladders is a tenth of it.
LARGEST = 1024 * 1024


class Refused(LibraryError):
    """The file cannot be taken in; says where and why, for whoever brought it."""

    def __init__(self, reason: str, place: str = "") -> None:
        Exception.__init__(self, f"{place}: {reason}" if place else reason)
        self.file, self.line, self.reason, self.place = "", 1, reason, place


class JsonFile:
    """A shared file that was parsed."""

    name = ""

    def __init__(self, tables: dict[str, Any]) -> None:
        self.tables = tables

    def problem(self, path: Steps, reason: str) -> LibraryError:
        """That something is wrong in this place."""
        return Refused(reason, self.at(path))

    def at(self, path: Steps) -> str:
        """Where a part stands: "drill 3 › cues 2"."""
        said: list[str] = []
        for step in path:
            if isinstance(step, int) and said:
                said[-1] = f"{said[-1]} {step + 1}"
            else:
                said.append(printable(str(step), 40))
        return " › ".join(said)


def read_document(content: bytes) -> tuple[Tables, Library]:
    """The tables of a shared file, and the same as the library's dataclasses, checked. Raises Refused."""
    said = _parsed(content)
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise Refused(_("This is no class template of Rung’s."))
    version = said.get("version")
    if type(version) is not int or version < 1:
        raise Refused(_("This file does not say which version it is of."))
    if version > VERSION:
        raise Refused(_("A later version of Rung wrote this file. This one cannot read it yet."))
    file = JsonFile({name: value for name, value in said.items() if name not in ("format", "version")})
    for kind in file.tables:
        if kind not in KINDS:
            raise file.problem(
                (), _("There is something in it that no template has: %(name)s.") % {"name": printable(kind, 40)}
            )
    try:
        library = read_shared(file)
    except RecursionError:
        raise Refused(_("It is nested too deeply.")) from None
    return {kind: {each["key"]: each for each in file.tables.get(kind, [])} for kind in KINDS}, library


def write_document(tables: Tables) -> bytes:
    """The file that holds these tables. Raises Refused where another gym could not take it in."""
    kinds = {kind: list(tables[kind].values()) for kind in KINDS if tables[kind]}
    text = json.dumps({"format": FORMAT, "version": VERSION, **kinds}, ensure_ascii=False, indent=2)
    content = f"{text}\n".encode()
    read_document(content)
    return content


def _parsed(content: bytes) -> Any:
    if len(content) > LARGEST:
        raise Refused(_("This file is too large: 1 MB at most."))
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_no_number)
    except Refused:
        raise
    except RecursionError:
        raise Refused(_("It is nested too deeply.")) from None
    except ValueError:
        # Also a number of too many digits.
        raise Refused(_("This file cannot be read: it is not JSON.")) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(_("Something is said twice in one place of it."))
    return found


def _no_number(said: str) -> Any:
    raise Refused(_("There is a number in it that is not whole: %(number)s.") % {"number": said[:20]})
