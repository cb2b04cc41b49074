"""The groups of figures. Each is a module with `figures()`, run in a process and on an empty database of its own."""

from __future__ import annotations

from dataclasses import dataclass

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
BOTH = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Group:
    """Figures that are measured together. `module.figures()` yields them."""

    name: str
    module: str
    about: str
    databases: tuple[str, ...] = BOTH


GROUPS = (
    Group("tap", "bench.taps", "a tap, from the request to the row"),
    Group("board", "bench.boards", "a board, and what a screen asks"),
    Group("weight", "bench.visits", "what a first visit weighs", (SQLITE,)),
    Group("scores", "bench.scores", "what Lighthouse says of a member's page", (SQLITE,)),
    Group("start", "bench.starting", "how soon make run answers", (SQLITE,)),
    Group("people", "bench.people", "the owner's table of people, and a list of five thousand"),
    Group("growth", "bench.growth", "one gym among many, and members of many years", (POSTGRESQL,)),
    Group("together", "bench.together", "eight coaches who tap at once"),
    Group("paint", "bench.paint", "how soon a tap is painted", (SQLITE,)),
    Group("journey", "bench.journey", "the taps of a class", (SQLITE,)),
    Group("screens", "bench.screens", "screens that ask what is new", (POSTGRESQL,)),
)


def chosen(names: str) -> list[Group]:
    """The groups of these names, separated by commas; all where none is named. Raises ValueError for an unknown one."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = set(wanted) - {group.name for group in GROUPS}
    if unknown:
        known = ", ".join(group.name for group in GROUPS)
        raise ValueError(f"There are no figures named {', '.join(sorted(unknown))}; there are: {known}.")
    return [group for group in GROUPS if not wanted or group.name in wanted]
