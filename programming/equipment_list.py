"""The gym's equipment as its owner's page shows it: each row, and what asks for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programming.models import Drill, Equipment, Stage
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
    """Every row in order; three queries."""
    drills = _asked(Drill.objects.filter(retired_at=None).values_list("current__equipment", flat=True))
    stages = _asked(Stage.objects.filter(retired_at=None).values_list("current__equipment", flat=True))
    return [
        Line(row, used_words(drills[row.key], stages[row.key]), bool(row.grams) or not (drills + stages)[row.key])
        for row in Equipment.objects.all()
    ]


def _asked(equipment: object) -> Counter[str]:
    return Counter(key for needs in equipment for key in needs or {})  # type: ignore[attr-defined]


def used_words(drills: int, stages: int) -> str:
    """How many drills and stages need a thing: "8 drills · 1 stage"."""
    parts = [
        ngettext("%(count)s drill", "%(count)s drills", drills) % {"count": drills} if drills else "",
        ngettext("%(count)s stage", "%(count)s stages", stages) % {"count": stages} if stages else "",
    ]
    return " · ".join(part for part in parts if part) or _("nothing yet")
