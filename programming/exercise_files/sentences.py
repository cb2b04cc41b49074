"""What is said beside an exercise of a file, and of a file that holds none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programming.exercise_files.fields import CALLED, TARGETS

SENTENCES: Final[dict[str, Promise]] = {
    "no_exercise": gettext_lazy("This is no exercise: no fields stand in it."),
    "no_name": gettext_lazy("There is no name."),
    "no_text": gettext_lazy("There is something else than text: %(field)s."),
    "too_long": gettext_lazy("Too long: %(field)s has at most %(longest)s characters."),
    "too_long_each": gettext_lazy("Too long: each of %(field)s has at most %(longest)s characters."),
    "too_many": gettext_lazy("Too many: %(field)s are at most %(most)s."),
    "twice": gettext_lazy("The same exercise as number %(number)s: its id stands in the file twice."),
    "duplicate": gettext_lazy("There is a drill of that name: %(name)s."),
    # What is wrong with nothing, and worth knowing.
    "markup": gettext_lazy("HTML was taken out: %(field)s."),
    "unknown": gettext_lazy("“%(word)s” is left out: equipment."),
}
REFUSALS: Final[dict[str, Promise]] = {
    "too_large": gettext_lazy("This file is too large: 8 MB at most."),
    "too_long": gettext_lazy("There is too much in this file: 10,000 exercises at most."),
    "too_deep": gettext_lazy("This file is nested too deeply to be a list of exercises."),
    "empty": gettext_lazy("There is nothing in this file."),
    "no_text": gettext_lazy("This file is no text in UTF-8."),
    "no_json": gettext_lazy("This file cannot be read as JSON."),
    "no_list": gettext_lazy("This file is JSON, and no list of exercises."),
}


def sentence(reason: Sequence[Any]) -> str:
    """What is said of an exercise."""
    code, values = reason
    return str(SENTENCES[code]) % ({**values, "field": field_words(values["field"])} if "field" in values else values)


def field_words(name: str) -> str:
    """A field of theirs, or a part of a drill."""
    return str(CALLED.get(name) or TARGETS.get(name) or name)


def changes(before: dict[str, Any], after: dict[str, Any], kinds: dict[str, str]) -> list[tuple[str, str, str]]:
    """(what, before, after) of each part that changes, in words; `kinds` are the gym's words for equipment, by key."""
    return [
        (_("retired") if name == "retired" else field_words(name), said(before.get(name), kinds), said(value, kinds))
        for name, value in after.items()
    ]


def said(value: Any, kinds: dict[str, str]) -> str:
    """A part of a drill as it is read."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(kinds.get(str(key), str(key)) for key in value) or "–"
    if isinstance(value, list):
        return " · ".join(value) or "–"
    return str(value) if value else "–"
