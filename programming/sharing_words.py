"""What is said of a class template's file: its kinds of things, and what differs between theirs and the gym's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programming.sharing.comparing import Thing
from programming.sharing.tables import Table
from programming.shipped import shown

KINDS: Final[dict[str, Promise]] = {
    "template": gettext_lazy("Template"),
    "progression": gettext_lazy("Ladder"),
    "drill": gettext_lazy("Drill"),
    "fault": gettext_lazy("Fault"),
    "equipment": gettext_lazy("Equipment"),
    "source": gettext_lazy("Source"),
}
FIELDS: Final[dict[str, Promise]] = {
    "name": gettext_lazy("name"),
    "plural": gettext_lazy("several of them"),
    "note": gettext_lazy("note"),
    "notes": gettext_lazy("notes"),
    "minutes": gettext_lazy("minutes"),
    "progression": gettext_lazy("ladder"),
    "block": gettext_lazy("blocks"),
    "stage": gettext_lazy("stages"),
    "summary": gettext_lazy("in short"),
    "cues": gettext_lazy("cues"),
    "dose": gettext_lazy("how much"),
    "equipment": gettext_lazy("equipment"),
    "corrects": gettext_lazy("faults it corrects"),
    "drills": gettext_lazy("drills"),
    "loads": gettext_lazy("whether it loads"),
    "posture": gettext_lazy("posture"),
    "video": gettext_lazy("video"),
    "what_to_feel": gettext_lazy("what to feel"),
    "looks_for": gettext_lazy("what to look for"),
    "adds": gettext_lazy("what it adds"),
    "cue": gettext_lazy("cue"),
    "second_cue": gettext_lazy("second cue"),
    "seen_as": gettext_lazy("how it is seen"),
    "author": gettext_lazy("author"),
    "title": gettext_lazy("title"),
    "url": gettext_lazy("link"),
    "sources": gettext_lazy("sources"),
}
# A longer text is cut: what differs is to be found, not read here.
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which theirs and the gym's differ; without values where there is too much to say."""

    field: str
    ours: str
    theirs: str


def differences(thing: Thing, theirs: Table, ours: Table) -> list[Difference]:
    """What differs, in words. What is only of the file's own book-keeping is told together."""
    found = []
    for name in thing.differs:
        mine, other = apart(ours.get(name), theirs.get(name)), apart(theirs.get(name), ours.get(name))
        found.append(Difference(str(FIELDS.get(name, _("what is taught with it"))), said(mine), said(other)))
    return found


def apart(value: Any, other: Any) -> Any:
    """Of several parts those that the other side does not have so."""
    if isinstance(value, list) and isinstance(other, list) and value and isinstance(value[0], dict):
        return [part for part in value if part not in other]
    return value


def said(value: Any) -> str:
    """A value as it is read; "–" for none."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        text = str(value.get("text") or ", ".join(f"{count} {key}" for key, count in value.items()))
    elif isinstance(value, list) and isinstance(value[0], dict):
        return ngettext("%(count)s part", "%(count)s parts", len(value)) % {"count": len(value)} + names_in(value)
    else:
        text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text


def names_in(tables: list[Table]) -> str:
    """What several parts are called: ": Prep, Swings"."""
    names = ", ".join(shown(str(each["name"])) for each in tables if "name" in each)
    return f": {names[:LONGEST]}" if names else ""
