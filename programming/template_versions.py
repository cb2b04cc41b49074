"""The versions of a class template: what was changed, when, by whom; the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from programming.models import ClassTemplate
from programming.outline import differences
from programming.template_page import change_words

# Versions on the page.
SHOWN = 50


@dataclass(frozen=True)
class Version:
    """One version. Without `by` it came with the shipped library."""

    number: int
    words: str
    by: str
    at: datetime
    planned: int
    is_present: bool


def versions_of(template: ClassTemplate) -> list[Version]:
    """The newest versions, each with what it changed of the one before. One question of the database."""
    rows = list(template.revisions.select_related("actor").order_by("-number")[: SHOWN + 1])
    read = [row.read() for row in rows]
    found = []
    for place, row in enumerate(rows[:SHOWN]):
        changed = differences(read[place + 1], read[place]) if place + 1 < len(read) else ()
        by = row.actor.short_name if row.actor else ""
        is_present = row.number == template.version
        found.append(Version(row.number, change_words(changed), by, row.at, read[place].planned, is_present))
    return found
