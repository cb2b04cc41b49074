"""The plan of one class: its blocks with their drills, as read from what the class keeps. Pure.

A class keeps its plan as JSON, copied from the template when it was made. What is changed for today stands beside
what it replaces (`planned`, `instead_of`), so that the plan as copied can always be read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class BlockDrill:
    """A drill of a block, for everyone or for one stage, in the words it had when it was copied."""

    # None: for everyone.
    stage: str | None
    drill: str
    revision: str
    name: str
    cues: tuple[str, ...] = ()
    dose: Mapping[str, Any] = field(default_factory=dict)
    # What the stage was called when it was copied; empty where the class kept only its key.
    stage_name: str = ""
    # The drill of the plan as copied, where another is taught today.
    instead_of: BlockDrill | None = None
    # Whatever else is kept with it.
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def dose_text(self) -> str:
        """The dose as one line."""
        return str(self.dose.get("text", ""))


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a class. `id` stays the same whatever is changed: its place in the plan as copied."""

    id: int
    title: str
    minutes: int
    # The minutes of the plan as copied.
    planned: int
    # The board is the screen of this block.
    is_ladder: bool = False
    notes: str = ""
    drills: tuple[BlockDrill, ...] = ()
    is_dropped: bool = False
    # How a stage shares what is short today, by the stage's key; "" where one drill is for everyone.
    ways: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # What one person needs whatever the drill, and what serves all together, by kind of equipment.
    equipment: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[str, int] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def for_everyone(self) -> tuple[BlockDrill, ...]:
        """The drills that everyone does."""
        return tuple(each for each in self.drills if each.stage is None)

    def for_stage(self, stage: str) -> tuple[BlockDrill, ...]:
        """The drills of one stage alone."""
        return tuple(each for each in self.drills if each.stage == stage)


Plan = tuple[Block, ...]

DRILL = {"stage", "stage_name", "drill", "revision", "name", "cues", "dose", "instead_of"}
BLOCK = {"id", "title", "minutes", "planned", "is_ladder", "notes", "drills", "is_dropped", "ways"} | {
    "equipment",
    "shared",
}


def read_plan(kept: Sequence[Mapping[str, Any]]) -> Plan:
    """The blocks in today's order, those dropped among them."""
    return tuple(_block(each, place) for place, each in enumerate(kept))


def written(plan: Plan) -> list[dict[str, Any]]:
    """The plan as a class keeps it: what read_plan() reads."""
    return [_kept(block) for block in plan]


def taught(plan: Plan) -> Plan:
    """The blocks that are not dropped."""
    return tuple(block for block in plan if not block.is_dropped)


def as_copied(plan: Plan) -> Plan:
    """The plan before anything was changed for today."""
    first = [
        replace(
            block,
            minutes=block.planned,
            is_dropped=False,
            ways={},
            drills=tuple(drill.instead_of or drill for drill in block.drills),
        )
        for block in plan
    ]
    return tuple(sorted(first, key=lambda block: block.id))


def find(plan: Plan, block_id: int | None) -> Block | None:
    """The block with that id."""
    return next((block for block in plan if block.id == block_id), None)


def following(plan: Plan, block_id: int | None) -> Block | None:
    """The block taught after that one; the first where none has begun."""
    places = [place for place, block in enumerate(plan) if block.id == block_id]
    return next(iter(taught(plan[places[0] + 1 if places else 0 :])), None)


def preceding(plan: Plan, block_id: int | None) -> Block | None:
    """The block taught before that one."""
    places = [place for place, block in enumerate(plan) if block.id == block_id]
    return next(reversed(taught(plan[: places[0]])), None) if places else None


def minutes_of(plan: Plan) -> int:
    """The minutes of all blocks that are taught."""
    return sum(block.minutes for block in taught(plan))


# Changes for today. Each says what is wanted; what the plan does not have is left alone. --------------------------


def lasting(plan: Plan, block_id: int, minutes: int) -> Plan:
    """That block lasts so many minutes."""
    return _changed(plan, block_id, minutes=minutes)


def dropping(plan: Plan, block_id: int, dropped: bool) -> Plan:
    """That block is dropped, or put back."""
    return _changed(plan, block_id, is_dropped=dropped)


def ordered(plan: Plan, ids: Sequence[int]) -> Plan:
    """The blocks in that order; blocks that it does not name keep theirs, after those that it names."""
    places = {block_id: place for place, block_id in enumerate(ids)}
    return tuple(sorted(plan, key=lambda block: places.get(block.id, len(places))))


def teaching(plan: Plan, block_id: int, place: int, drill: BlockDrill) -> Plan:
    """At that place of the block this drill is taught, for the same stage as the one it replaces."""
    block = find(plan, block_id)
    if block is None or not 0 <= place < len(block.drills):
        return plan
    first = block.drills[place].instead_of or block.drills[place]
    if (first.drill, first.revision) == (drill.drill, drill.revision):
        new = first
    else:
        new = replace(drill, stage=first.stage, stage_name=first.stage_name, instead_of=first)
    return _changed(plan, block_id, drills=(*block.drills[:place], new, *block.drills[place + 1 :]))


def sharing(plan: Plan, block_id: int, stage: str, way: Mapping[str, Any]) -> Plan:
    """In that block a stage shares what is short in this way; an empty one: everybody has their own."""
    block = find(plan, block_id)
    if block is None:
        return plan
    others = {key: value for key, value in block.ways.items() if key != stage}
    return _changed(plan, block_id, ways={**others, stage: way} if way else others)


def _changed(plan: Plan, block_id: int, **changes: Any) -> Plan:
    return tuple(replace(block, **changes) if block.id == block_id else block for block in plan)


def _block(kept: Mapping[str, Any], place: int) -> Block:
    return Block(
        id=kept.get("id", place),
        title=kept["title"],
        minutes=kept["minutes"],
        planned=kept.get("planned", kept["minutes"]),
        is_ladder=kept.get("is_ladder", False),
        notes=kept.get("notes", ""),
        drills=tuple(_drill(each) for each in kept.get("drills", ())),
        is_dropped=kept.get("is_dropped", False),
        ways=kept.get("ways", {}),
        equipment=kept.get("equipment", {}),
        shared=kept.get("shared", {}),
        more={name: value for name, value in kept.items() if name not in BLOCK},
    )


def _drill(kept: Mapping[str, Any]) -> BlockDrill:
    replaced = kept.get("instead_of")
    return BlockDrill(
        stage=kept["stage"],
        drill=kept["drill"],
        revision=kept["revision"],
        name=kept["name"],
        cues=tuple(kept.get("cues", ())),
        dose=kept.get("dose", {}),
        stage_name=kept.get("stage_name", ""),
        instead_of=_drill(replaced) if replaced else None,
        more={name: value for name, value in kept.items() if name not in DRILL},
    )


def _kept(block: Block) -> dict[str, Any]:
    return {
        **block.more,
        "id": block.id,
        "title": block.title,
        "minutes": block.minutes,
        "planned": block.planned,
        "is_ladder": block.is_ladder,
        "notes": block.notes,
        "drills": [_kept_drill(each) for each in block.drills],
        "is_dropped": block.is_dropped,
        "ways": {stage: dict(way) for stage, way in block.ways.items()},
        **({"equipment": dict(block.equipment)} if block.equipment else {}),
        **({"shared": dict(block.shared)} if block.shared else {}),
    }


def _kept_drill(drill: BlockDrill) -> dict[str, Any]:
    kept = {
        **drill.more,
        "stage": drill.stage,
        "drill": drill.drill,
        "revision": drill.revision,
        "name": drill.name,
        "cues": list(drill.cues),
        "dose": dict(drill.dose),
    }
    if drill.stage_name:
        kept["stage_name"] = drill.stage_name
    if drill.instead_of:
        kept["instead_of"] = _kept_drill(drill.instead_of)
    return kept
