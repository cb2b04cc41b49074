"""The gym's equipment as its owner's page shows it: each row, and what asks for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programming.models import Block, Drill, Equipment, Stage
from programming.shipped import shown


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `used` says what needs it; what nothing needs, and a single weight, may be taken away."""

    row: Equipment
    used: str
    may_go: bool

    @property
    def note(self) -> str:
        """What is said beside it; a weight needs no word."""
        return "" if self.row.grams else shown(self.row.note)


def lines() -> list[Line]:
    """Every row in order; four queries."""
    drills = _asked(Drill.objects.filter(retired_at=None).values_list("current__equipment", flat=True))
    stages = _asked(Stage.objects.filter(retired_at=None).values_list("current__equipment", flat=True))
    blocks = _asked({**each, **shared} for each, shared in Block.objects.values_list("equipment", "shared"))
    asked = drills + stages + blocks
    return [
        Line(row, used_words(drills[row.key], stages[row.key], blocks[row.key]), bool(row.grams) or not asked[row.key])
        for row in Equipment.objects.all()
    ]


def _asked(equipment: object) -> Counter[str]:
    return Counter(key for needs in equipment for key in needs or {})  # type: ignore[attr-defined]


def used_words(drills: int, stages: int, blocks: int = 0) -> str:
    """How many drills, stages and blocks of templates need a thing: "8 drills · 1 stage"."""
    parts = [
        ngettext("%(count)s drill", "%(count)s drills", drills) % {"count": drills} if drills else "",
        ngettext("%(count)s stage", "%(count)s stages", stages) % {"count": stages} if stages else "",
        ngettext("%(count)s block", "%(count)s blocks", blocks) % {"count": blocks} if blocks else "",
    ]
    return " · ".join(part for part in parts if part) or _("nothing yet")
