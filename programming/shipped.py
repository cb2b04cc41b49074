"""Texts of the library that gyms start from, in the language of whoever reads them.

They are a gym's own rows once they are loaded. Where such a row still says what was shipped, its translation is shown;
what a gym wrote itself is shown as written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import get_language, pgettext

from programming.plan import BlockDrill, Plan

# Keeps the library's words apart from the screens': a drill called "Today" is not translated.
CONTEXT = "library"
# Languages that write every noun with a capital.
CAPITALS = {"de"}


def shown(text: str) -> str:
    """A text of a drill, stage, fault, piece of equipment or plan, as it is read."""
    return pgettext(CONTEXT, text) if text else ""


def within(name: str) -> str:
    """A name as it stands in the middle of a sentence: "dowel", but "Besenstiel" in German."""
    return name if (get_language() or "").partition("-")[0] in CAPITALS else name.lower()


def shown_all(texts: Iterable[str]) -> tuple[str, ...]:
    """Several texts, as they are read."""
    return tuple(shown(text) for text in texts)


def shown_plan(plan: Plan) -> Plan:
    """The plan of a class in the words of whoever reads it. It is drawn from, and never kept."""
    return tuple(
        replace(
            block,
            title=shown(block.title),
            notes=shown(block.notes),
            drills=tuple(_shown_drill(drill) for drill in block.drills),
        )
        for block in plan
    )


def _shown_drill(drill: BlockDrill) -> BlockDrill:
    return replace(
        drill,
        name=shown(drill.name),
        cues=shown_all(drill.cues),
        dose={**drill.dose, "text": shown(drill.dose_text)},
        stage_name=shown(drill.stage_name),
        instead_of=_shown_drill(drill.instead_of) if drill.instead_of else None,
    )
