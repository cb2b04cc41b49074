"""Exercises of a file against the gym's drills: new, changed, the same, another one's name, or wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.utils.text import slugify

from gym.models import fold
from programming.exercise_files.fields import LONGEST, MOST_CUES
from programming.exercise_files.reading import FIELDS, Number, plain, words_in
from programming.people_files.columns import heard

NEW, CHANGED, SAME, DUPLICATE, WRONG = "new", "changed", "same", "duplicate", "wrong"
# What the key of an imported drill begins with: no key of the shipped library has an underscore.
BEGINS: Final = "import_"
LONGEST_ID: Final = 200
# A piece of HTML. It would do no harm, and is nothing to call out in a class.
MARKUP: Final = re.compile(r"<[/!?a-zA-Z][^<>]{0,300}>")
# What a drill has of which the file says nothing.
UNSAID: Final[dict[str, Any]] = {"name": "", "summary": "", "cues": [], "what_to_feel": "", "equipment": {}}


@dataclass(frozen=True)
class Known:
    """A drill of the gym; `values` are those of UNSAID."""

    id: UUID
    key: str
    values: dict[str, Any]
    is_retired: bool = False


@dataclass
class Wants:
    """What an exercise says. `wrong` and `notes` are [code, what belongs into its sentence]."""

    id: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    wrong: list[list[Any]] = field(default_factory=list)
    notes: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one exercise."""

    number: int
    mark: str
    wanted: dict[str, Any]
    reasons: list[list[Any]] = field(default_factory=list)
    drill: UUID | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def is_chosen(self) -> bool:
        """Whether it is imported unless the owner says otherwise: nothing that the gym has is changed unasked."""
        return self.mark == NEW or "retired" in self.after


def key_of(source: str, own_id: str) -> str:
    """The key of the drill that an exercise of a source becomes, each time that it is imported."""
    digest = sha256(f"{source}\n{own_id}".encode()).hexdigest()[:12]
    words = slugify(fold(own_id))[:36].strip("-_")
    return f"{BEGINS}{words}-{digest}" if words else f"{BEGINS}{digest}"


def name_words(name: str) -> str:
    """A name as duplicates are looked for: without accents, case, signs and the order of its words."""
    return " ".join(sorted(heard(name).split()))


def outcomes(
    exercises: Sequence[Any],
    fields: Mapping[str, str],
    kinds: Mapping[str, str],
    drills: Iterable[Known],
    source: str,
) -> Iterator[Outcome]:
    """What becomes of each exercise, in order."""
    by_key: dict[str, Known] = {}
    by_name: dict[str, str] = {}
    for each in drills:
        by_key[each.key] = each
        by_name.setdefault(name_words(each.values["name"]), each.values["name"])
    met: dict[str, int] = {}
    for number, exercise in enumerate(exercises, start=1):
        wants = wants_of(exercise, fields, kinds)
        key = key_of(source, wants.id)
        if not wants.wrong and key in met:
            wants.wrong.append(["twice", {"number": met[key]}])
        wanted = {**wants.values, "key": key}
        if wants.wrong:
            # Of what is wrong only enough is kept to know it again.
            yield Outcome(number, WRONG, {"name": wants.values.get("name", "")[:80]}, [*wants.wrong, *wants.notes])
            continue
        met[key] = number
        name = name_words(wants.values["name"])
        if key in by_key:
            yield _beside(number, wanted, wants, by_key[key])
        elif name in by_name:
            yield Outcome(number, DUPLICATE, wanted, [["duplicate", {"name": by_name[name]}], *wants.notes])
        else:
            by_name[name] = wants.values["name"]
            yield Outcome(number, NEW, wanted, wants.notes)


def _beside(number: int, wanted: dict[str, Any], wants: Wants, drill: Known) -> Outcome:
    """An exercise that was imported before, beside the drill that it became."""
    changed = [name for name, value in wants.values.items() if drill.values[name] != value]
    before = {name: drill.values[name] for name in changed}
    after = {name: wants.values[name] for name in changed}
    if drill.is_retired:
        before["retired"], after["retired"] = True, False
    return Outcome(number, CHANGED if after else SAME, wanted, wants.notes, drill.id, before, after)


# One exercise --------------------------------------------------------------------------------------------------------


def wants_of(exercise: Any, fields: Mapping[str, str], kinds: Mapping[str, str]) -> Wants:
    """What an entry of the file says, in the parts that the fields become."""
    wants = Wants()
    if not isinstance(exercise, dict):
        wants.wrong.append(["no_exercise", {}])
        return wants
    texts: dict[str, list[str]] = {}
    for name in FIELDS:
        target = fields.get(name, "")
        if target == "equipment":
            wants.values["equipment"] = _equipment(wants, exercise, kinds)
        elif target:
            texts.setdefault(target, []).extend(_texts(wants, name, exercise.get(name)))
    for target, said in texts.items():
        _say(wants, target, said)
    name = wants.values.get("name", "")
    if not any(letter.isalnum() for letter in name):
        wants.wrong.append(["no_name", {}])
    own_id = exercise.get("id")
    if not isinstance(own_id, str | None) or isinstance(own_id, Number):
        wants.wrong.append(["no_text", {"field": "id"}])
    else:
        wants.id = plain(own_id or name)
        if len(wants.id) > LONGEST_ID:
            wants.wrong.append(["too_long", {"field": "id", "longest": LONGEST_ID}])
    return wants


def _texts(wants: Wants, name: str, value: Any) -> list[str]:
    """The texts of a field, which holds one or a list of them, or nothing."""
    if value is None:
        return []
    several = value if isinstance(value, list) else [value]
    if any(not isinstance(each, str) or isinstance(each, Number) for each in several):
        wants.wrong.append(["no_text", {"field": name}])
        return []
    if any(MARKUP.search(each) for each in several):
        wants.notes.append(["markup", {"field": name}])
        several = [MARKUP.sub(" ", each) for each in several]
    return [text for text in map(plain, several) if text]


def _say(wants: Wants, target: str, said: list[str]) -> None:
    """Put the texts of one part of a drill together, if they fit."""
    if target == "cues":
        wants.values["cues"] = said
        if len(said) > MOST_CUES:
            wants.wrong.append(["too_many", {"field": target, "most": MOST_CUES}])
        if any(len(each) > LONGEST["cues"] for each in said):
            wants.wrong.append(["too_long_each", {"field": target, "longest": LONGEST["cues"]}])
        return
    text = (", " if target == "what_to_feel" else " ").join(said)
    wants.values[target] = text
    if len(text) > LONGEST[target]:
        wants.wrong.append(["too_long", {"field": target, "longest": LONGEST[target]}])


def _equipment(wants: Wants, exercise: dict[str, Any], kinds: Mapping[str, str]) -> dict[str, int]:
    """What one person needs: one of the kind that the gym calls so."""
    value = exercise.get("equipment")
    if value is not None and (not isinstance(value, str) or isinstance(value, Number)):
        wants.wrong.append(["no_text", {"field": "equipment"}])
    needed = {kinds[word]: 1 for word in words_in(exercise) if kinds.get(word)}
    wants.notes += [["unknown", {"word": word}] for word in words_in(exercise) if word not in kinds]
    return needed
