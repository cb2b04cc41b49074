"""A shared file beside what a gym has: what is new, the same, or different by name, and what it becomes there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from gym.models import fold
from programming.sharing.tables import KINDS, Table, Tables, agreeing, naming, renamed, stages_named, taught


class Mark(StrEnum):
    """How a thing of the file stands beside the gym's."""

    NEW = "new"
    SAME = "same"
    DIFFERENT = "different"


class Choice(StrEnum):
    """What becomes of a thing that differs: the gym's stays, and theirs comes beside it, or does not."""

    OURS = "ours"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of the file. `ours` is the key of the gym's that it is compared with; empty: there is none.

    `differs` are the fields that do. A ladder of the gym's that lacks a stage of the plan cannot stand in for theirs.
    """

    kind: str
    key: str
    name: str
    mark: Mark
    ours: str = ""
    differs: tuple[str, ...] = ()
    may_keep: bool = True

    @property
    def id(self) -> str:
        """What a form calls it."""
        return f"{self.kind}:{self.key}"

    @property
    def first_choice(self) -> Choice:
        """What is proposed: the gym goes on with what it knows, and gets the plan that it asked for."""
        return Choice.OURS if self.may_keep and self.kind != "template" else Choice.COPY


# Which of the gym's things has that key; by name, which key.
Find = Callable[[str, str], Table | None]
Named = Mapping[str, Mapping[str, str]]


def called(kind: str, table: Table) -> str:
    """What a thing is called."""
    return f"{table['author']}, {table['title']}" if kind == "source" else str(table["name"])


def compare(theirs: Tables, find: Find, named: Named) -> tuple[Thing, ...]:
    """Every thing of the file, each kind in the order of the file."""
    matched = {kind: _matched(kind, theirs[kind], find, named[kind]) for kind in KINDS}
    ours = {
        kind: {key: table for key in matched[kind].values() if (table := find(kind, key)) is not None} for kind in KINDS
    }
    # Drills that the file does not name say as well which faults they correct.
    sent_to = {each for table in ours["fault"].values() for each in table.get("drills", [])}
    drills = {key: table for key in sent_to if (table := find("drill", key)) is not None}
    ours["fault"] = agreeing({**ours, "drill": drills | ours["drill"]})["fault"]
    (template,) = theirs["template"].values()
    stages = stages_named(template)
    return tuple(_thing(kind, table, matched, ours, stages) for kind in KINDS for table in theirs[kind].values())


def _matched(kind: str, theirs: dict[str, Table], find: Find, named: Mapping[str, str]) -> dict[str, str]:
    """Their key → the gym's key of what it is compared with: the same key, else the same name."""
    found = {key: key for key in theirs if find(kind, key) is not None}
    for key, table in theirs.items():
        ours = named.get(fold(called(kind, table)))
        if key not in found and ours is not None and ours not in found.values():
            found[key] = ours
    return found


def _thing(
    kind: str, table: Table, matched: dict[str, dict[str, str]], ours: Tables, stages: dict[str, set[str]]
) -> Thing:
    key, name = table["key"], called(kind, table)
    if key not in matched[kind]:
        return Thing(kind, key, name, Mark.NEW)
    at = matched[kind][key]
    other = ours[kind][at]
    if kind == "progression":
        other = taught(other, {each["key"] for each in table["stage"]})
    # As it would read here, where the gym's things stand in for theirs.
    here = renamed(KINDS[kind], table, lambda kind, key: matched[kind].get(key, key))
    differs = tuple(each for each in {**here, **other} if each not in UNCOMPARED and here.get(each) != other.get(each))
    thing = Thing(kind, key, name, Mark.SAME, at)
    if not differs or (table.get("follows") and other.get("follows")):
        return thing
    lacks = kind == "progression" and not stages.get(key, set()) <= {each["key"] for each in other["stage"]}
    return replace(thing, mark=Mark.DIFFERENT, differs=differs, may_keep=not lacks)


# How it is known in a gym, and whether that follows what is shipped, is no part of what it says.
UNCOMPARED = {"key", "follows"}

# What a key begins with that the gym made.
OWN = "own_"

Choices = Mapping[str, Choice]


def wanted(things: tuple[Thing, ...], choices: Choices) -> tuple[list[Thing], list[Thing]]:
    """What the gym gets: (what is new to it, copies of what differs)."""
    return (
        [each for each in things if each.mark == Mark.NEW],
        [each for each in things if each.mark == Mark.DIFFERENT and choice_of(each, choices) == Choice.COPY],
    )


def choice_of(thing: Thing, choices: Choices) -> Choice:
    """What was chosen for a thing that differs. What cannot be kept is copied."""
    return choices.get(thing.id, thing.first_choice) if thing.may_keep else Choice.COPY


def becoming(theirs: Tables, things: tuple[Thing, ...], choices: Choices, find: Find, named: Named) -> Tables:
    """What the gym gets, as it reads there: under keys that are free, naming the gym's things where those stay."""
    new, copies = wanted(things, choices)
    keys = {(each.kind, each.key): each.ours or each.key for each in things}
    for each in copies:
        # Neither what the gym has nor what else comes.
        coming = {key for (kind, _theirs), key in keys.items() if kind == each.kind}
        keys[each.kind, each.key] = free(each.kind, each.key, coming, find)
    made: Tables = {kind: {} for kind in KINDS}

    def sends(fault: str, drill: str) -> bool:
        return drill in (made["fault"].get(fault) or find("fault", fault) or {}).get("drills", [])

    for each in (*new, *copies):
        told = renamed(KINDS[each.kind], theirs[each.kind][each.key], lambda kind, key: keys[kind, key])
        key = keys[each.kind, each.key]
        made[each.kind][key] = {**told, "key": key}
    for each in copies:
        _name_apart(each.kind, made[each.kind][keys[each.kind, each.key]], named[each.kind])
    # A fault that comes goes only to drills that say they correct it: what the gym has says what it said.
    kept: dict[str, Table] = {}
    for each in things:
        table = find("drill", keys["drill", each.key]) if each.kind == "drill" else None
        kept |= {keys["drill", each.key]: table} if table else {}
    made["fault"] = agreeing({**made, "drill": kept | made["drill"]})["fault"]
    # And a drill that comes corrects only what sends to it: the gym's own faults go where they went.
    for key, table in made["drill"].items():
        corrects = [fault for fault in table.get("corrects", []) if sends(fault, key)]
        made["drill"][key] = naming(table, "corrects", corrects)
    return made


def _name_apart(kind: str, table: Table, named: Mapping[str, str]) -> None:
    """Give a copy a name of its own."""
    field = "title" if kind == "source" else "name"
    first = table[field]
    number = 2
    while fold(called(kind, table)) in named:
        # Within what a name may have.
        table[field] = f"{first[:34]} ({number})" if kind == "equipment" else f"{first[:70]} ({number})"
        number += 1
    if kind == "equipment" and number > 2:
        table["plural"] = f"{table['plural'][:34]} ({number - 1})"


def free(kind: str, key: str, coming: set[str], find: Find) -> str:
    """A key like that one which nothing has."""
    # No key of the shipped library has an underscore. The shortest keys have 40 characters.
    wanted = key[:36] if key.startswith(OWN) else f"{OWN}{key[:32]}"
    found, number = wanted, 2
    while found in coming or find(kind, found) is not None:
        found = f"{wanted}-{number}"
        number += 1
    return found
