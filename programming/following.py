"""The gym's own drills and faults beside the shipped ones: which follow, which left, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from programming.library.loader import words_of_drill, words_of_fault
from programming.library.reader import read_library
from programming.models import Drill, Fault
from programming.models.item_changes import differing

FOLLOWED, LEFT, OWN = "followed", "left", "own"

Words = Mapping[str, Any]


@dataclass(frozen=True)
class Shipped:
    """What this release of Rung ships, as revisions would say it, by key."""

    drills: Mapping[str, Words]
    faults: Mapping[str, Words]

    def of(self, model: type[Drill | Fault]) -> Mapping[str, Words]:
        """Those of one kind."""
        return self.drills if model is Drill else self.faults


@cache
def shipped() -> Shipped:
    """Read once: it changes with a release only."""
    library = read_library()
    return Shipped(
        drills={drill.key: words_of_drill(drill) for drill in library.drills},
        faults={fault.key: words_of_fault(fault) for fault in library.faults},
    )


def state_of(item: Drill | Fault) -> str:
    """Whether it takes the updates of the shipped one, has left it, or never was one."""
    if item.follows_shipped:
        return FOLLOWED
    return LEFT if item.key in shipped().of(type(item)) else OWN


def has_changed_since(item: Drill | Fault) -> bool:
    """Whether the shipped one has changed since the gym's left it: none of its revisions reads as that does now."""
    words = shipped().of(type(item)).get(item.key)
    if words is None or item.follows_shipped:
        return False
    return all(differing(revision, words) for revision in item.revisions.all())
