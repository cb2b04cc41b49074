"""A class template as plain values, and every change an owner makes to it. Pure.

Each change names the part it is about and the mark which that part had on the owner's screen. Where somebody else
rewrote the same part meanwhile it raises Meanwhile, so that nothing is overwritten unseen; changes of different parts
stand beside each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any


class Meanwhile(ValueError):
    """Somebody else rewrote the part. `stored` is what stands there now; None: it was taken away."""

    def __init__(self, stored: Head | Block | None) -> None:
        super().__init__("changed meanwhile")
        self.stored = stored


@dataclass(frozen=True, slots=True)
class Line:
    """A drill of a block. `stage` is "ladder/stage"; empty: for everyone. An empty dose is the drill's own."""

    id: str
    drill: str
    stage: str = ""
    dose: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the class. `equipment` is what one person needs whatever the drill, by kind; `shared` serves all."""

    id: str
    title: str
    minutes: int
    notes: str = ""
    is_ladder: bool = False
    lines: tuple[Line, ...] = ()
    equipment: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[str, int] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """The same for the same words: a form says with it what its screen showed."""
        return mark_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of the whole template. `ladder` is a ladder's key; empty: none. `minutes` is the class's length."""

    name: str
    minutes: int
    ladder: str = ""
    notes: str = ""

    @property
    def mark(self) -> str:
        """As for a block."""
        return mark_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole template."""

    head: Head
    blocks: tuple[Block, ...] = ()

    @property
    def planned(self) -> int:
        """The minutes of all blocks together."""
        return sum(block.minutes for block in self.blocks)

    def block(self, block_id: str) -> Block | None:
        """The block with that id."""
        return next((block for block in self.blocks if block.id == block_id), None)


Change = Callable[[Outline], Outline]


def mark_of(words: Mapping[str, Any]) -> str:
    """A short digest of plain words."""
    return sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:16]


def read_outline(kept: Mapping[str, Any]) -> Outline:
    """An outline as a revision keeps it."""
    blocks = [Block(**{**block, "lines": tuple(Line(**line) for line in block["lines"])}) for block in kept["blocks"]]
    return Outline(Head(**kept["head"]), tuple(blocks))


def written(outline: Outline) -> dict[str, Any]:
    """What read_outline() reads."""
    return json.loads(json.dumps(asdict(outline)))


# Changes ---------------------------------------------------------------------------------------------------------


def heading(head: Head, *, was: str) -> Change:
    """The template is called so, lasts so long, has this ladder and these notes."""

    def change(outline: Outline) -> Outline:
        _same(outline.head, head, was)
        return replace(outline, head=head)

    return change


def adding(block: Block) -> Change:
    """This block stands at the end. The same id again changes nothing."""

    def change(outline: Outline) -> Outline:
        return outline if outline.block(block.id) else replace(outline, blocks=(*outline.blocks, block))

    return change


def writing(block: Block, *, was: str) -> Change:
    """This block reads so. With an empty mark one that was taken away comes back, at the end."""

    def change(outline: Outline) -> Outline:
        stored = outline.block(block.id)
        if stored is None:
            if was:
                raise Meanwhile(None)
            return replace(outline, blocks=(*outline.blocks, block))
        _same(stored, block, was)
        return replace(outline, blocks=tuple(block if each.id == block.id else each for each in outline.blocks))

    return change


def removing(block_id: str, *, was: str) -> Change:
    """That block is not there."""

    def change(outline: Outline) -> Outline:
        stored = outline.block(block_id)
        if stored is not None and stored.mark != was:
            raise Meanwhile(stored)
        return replace(outline, blocks=_without(outline, block_id))

    return change


def moving(block_id: str, *, before: str) -> Change:
    """That block stands before this one; with nothing named, at the end. Raises Meanwhile where one of both is gone."""

    def change(outline: Outline) -> Outline:
        block = outline.block(block_id)
        if block is None or (before and outline.block(before) is None):
            raise Meanwhile(None)
        if before == block_id:
            return outline
        others = _without(outline, block_id)
        place = next((place for place, each in enumerate(others) if each.id == before), len(others))
        return replace(outline, blocks=(*others[:place], block, *others[place:]))

    return change


def copying(block_id: str, *, new: Callable[[], str], as_id: str) -> Change:
    """The same block once more after itself, as `as_id`; `new` makes the ids of its lines. Twice changes nothing."""

    def change(outline: Outline) -> Outline:
        block = outline.block(block_id)
        if block is None:
            raise Meanwhile(None)
        if outline.block(as_id):
            return outline
        twin = replace(block, id=as_id, lines=tuple(replace(line, id=new()) for line in block.lines))
        place = outline.blocks.index(block) + 1
        return replace(outline, blocks=(*outline.blocks[:place], twin, *outline.blocks[place:]))

    return change


def _same(stored: Any, wanted: Any, was: str) -> None:
    """Raise Meanwhile unless the part is as the screen showed it, or as it is wanted already."""
    if stored.mark != was and stored != wanted:
        raise Meanwhile(stored)


def _without(outline: Outline, block_id: str) -> tuple[Block, ...]:
    return tuple(block for block in outline.blocks if block.id != block_id)


# What differs ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """What one change did: "head", "added", "removed", "changed" or "moved", and the titles it is about."""

    kind: str
    titles: tuple[str, ...] = ()


def differences(before: Outline, after: Outline) -> tuple[Difference, ...]:
    """What was changed between two versions, in the order in which one would tell it."""
    old, new = {each.id: each for each in before.blocks}, {each.id: each for each in after.blocks}
    added = tuple(each.title for each in after.blocks if each.id not in old)
    removed = tuple(each.title for each in before.blocks if each.id not in new)
    changed = tuple(each.title for each in after.blocks if each.id in old and old[each.id] != each)
    left = [each.id for each in before.blocks if each.id in new]
    moved = left != [each.id for each in after.blocks if each.id in old]
    found = [
        Difference("head") if before.head != after.head else None,
        *(Difference(kind, titles) if titles else None
          for kind, titles in (("added", added), ("removed", removed), ("changed", changed))),
        Difference("moved") if moved else None,
    ]  # fmt: skip
    return tuple(each for each in found if each is not None)


def told(before: Outline, after: Outline) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, before and after, as an audit tells it: the head's words, the blocks that changed, their order."""
    old, new = {each.id: each for each in before.blocks}, {each.id: each for each in after.blocks}
    ids = [block_id for block_id in {**old, **new} if old.get(block_id) != new.get(block_id)]
    sides = []
    for outline, blocks in ((before, old), (after, new)):
        changed = "; ".join(_line_of(blocks[block_id]) for block_id in ids if block_id in blocks)
        order = ", ".join(block.title for block in outline.blocks if block.id in old.keys() & new.keys())
        sides.append({**asdict(outline.head), "blocks": changed, "order": order})
    return sides[0], sides[1]


def _line_of(block: Block) -> str:
    """A block in one line: "Prep 4 min: cat-cow 10, hip-thrust 12"."""
    drills = ", ".join(
        " ".join(part for part in (line.stage, line.drill, str(line.dose.get("text", ""))) if part)
        for line in block.lines
    )
    things = ", ".join(
        f"{count} {kind}{each}"
        for needs, each in ((block.equipment, " each"), (block.shared, ""))
        for kind, count in needs.items()
    )
    return ": ".join(part for part in (f"{block.title} {block.minutes} min", drills, things, block.notes) if part)
