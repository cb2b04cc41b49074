"""What a field of an exercise becomes, and which of the gym's equipment its words mean: guessed, to be changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gym.models import fold
from programming.exercise_files.reading import LONGEST_TEXT, Met

# Part of a drill → what an owner reads; the order is that of the list to choose from.
TARGETS: Final = {
    "": _("not imported"),
    "name": _("name"),
    "summary": _("how it is done"),
    "cues": _("cues"),
    "what_to_feel": _("what to feel"),
    "equipment": _("equipment"),
}
# Of these there can be only one; the others are put together in the order of the file's fields.
ONLY_ONE: Final = ("name", "equipment")
# Characters, of each cue, and how many cues there are.
LONGEST: Final = {"name": 120, "summary": LONGEST_TEXT, "cues": 120, "what_to_feel": 160}
MOST_CUES: Final = 6

# What the fields of the shape are called on the page.
CALLED: Final = {
    "name": _("name"),
    "force": _("force: pull, push, static"),
    "level": _("level: beginner, expert …"),
    "mechanic": _("mechanic: compound, isolation"),
    "equipment": _("equipment"),
    "primaryMuscles": _("main muscles"),
    "secondaryMuscles": _("further muscles"),
    "instructions": _("instructions"),
    "category": _("category"),
}
# Words for nothing at all.
NOTHING: Final = {"body only", "bodyweight", "body weight", "none", "no equipment", "nothing", "-"}


def guess(met: Met, exercises: Sequence[Any]) -> dict[str, str]:
    """What each field of a file becomes. Steps as long as sentences say what a drill is; short ones are cues."""
    known = {"name": "name", "equipment": "equipment", "instructions": steps(exercises)}
    return {name: known.get(name, "") for name in met.fields}


def steps(exercises: Sequence[Any]) -> str:
    """Whether the instructions of most exercises can be called out in a class."""
    lists = [each.get("instructions") for each in exercises if isinstance(each, dict)]
    said = [lines for lines in lists if isinstance(lines, list) and lines]
    short = [lines for lines in said if len(lines) <= MOST_CUES and all(is_cue(line) for line in lines)]
    return "cues" if said and len(short) * 5 >= len(said) * 4 else "summary"


def is_cue(line: Any) -> bool:
    """Whether this is text, and short enough."""
    return isinstance(line, str) and len(line) <= LONGEST["cues"]


def guess_kinds(words: Iterable[str], kinds: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Which of the gym's equipment (key → what it is called) each of these words means; "" for none."""
    called = {form: key for key, names in kinds.items() for name in (key, *names) for form in forms_of(name)}
    return {
        word: "" if fold(word) in NOTHING else next((called[each] for each in forms_of(word) if each in called), "")
        for word in words
    }


def forms_of(word: str) -> list[str]:
    """A word as it is compared, as one and as several: "Dumbbells" is a dumbbell."""
    folded = fold(word.replace("-", " "))
    return [folded, folded.removesuffix("es"), folded.removesuffix("s")]
