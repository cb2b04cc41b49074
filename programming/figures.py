"""Which drills there is a line figure of, in static/img/drills.svg: one for each that is shipped."""

from __future__ import annotations

import re
from functools import cache

from django.contrib.staticfiles import finders

SHEET = "img/drills.svg"
# The figures of static/img/sprite.svg that a stage may have, and the colours of static/css/tokens.css.
OF_STAGES = (
    "wall",
    "dowel",
    "loaded",
    "squat-box",
    "squat-goblet",
    "squat-bar",
    "pull-blades",
    "pull-row",
    "pull-bent",
    "stage",
)
COLOURS = ("wall", "dowel", "loaded")


@cache
def drawn() -> frozenset[str]:
    """The keys of the drills that are drawn there. Raises LookupError where the file is missing."""
    found = finders.find(SHEET)
    if not found:
        raise LookupError(f"static/{SHEET} is missing")
    with open(found, encoding="utf-8") as file:
        return frozenset(re.findall(r'<symbol id="([^"]+)"', file.read()))


def figure_of(drill: str) -> str:
    """The name of a drill's figure; empty for a drill of the gym's own, which nobody has drawn."""
    return drill if drill in drawn() else ""
