"""A measured figure beside its mark, and the table of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

MET, MISSED, TOLD = "met", "MISSED", ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure. `low` and `high` are the quartiles of its rounds; `note` says what else matters.

    Without a mark it is only told. `unit` stands behind the number: "×" for a ratio, "ms", "kB", "%", "s", "".
    """

    name: str
    measured: float
    mark: float | None = None
    unit: str = ""
    better: Literal["lower", "higher"] = "lower"
    low: float | None = None
    high: float | None = None
    note: str = ""
    # Which database it was measured on; empty where that does not matter.
    database: str = ""

    @property
    def verdict(self) -> str:
        """Whether the mark is met; nothing for a figure without one."""
        if self.mark is None:
            return TOLD
        met = self.measured <= self.mark if self.better == "lower" else self.measured >= self.mark
        return MET if met else MISSED

    @property
    def bound(self) -> str:
        """The mark as it is read: "≤ 1.4"."""
        if self.mark is None:
            return ""
        return f"{'≤' if self.better == 'lower' else '≥'} {written(self.mark, self.unit)}"

    @property
    def spread(self) -> str:
        """The quartiles of the rounds, where there were rounds."""
        if self.low is None or self.high is None:
            return ""
        return f"{written(self.low)}–{written(self.high)}"


def written(number: float, unit: str = "") -> str:
    """A number as precise as it deserves, with its unit."""
    digits = 0 if float(number).is_integer() or abs(number) >= 100 else 1 if abs(number) >= 10 else 2
    space = " " if unit and unit not in {"×", "%"} else ""
    return f"{number:.{digits}f}{space}{unit}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table of Markdown whose columns stand under each other."""
    rows = [("figure", "on", "measured", "mark", "", "quartiles", "note"), ("---",) * 7]
    rows += [
        (
            each.name,
            each.database,
            written(each.measured, each.unit),
            each.bound,
            each.verdict,
            each.spread,
            each.note,
        )
        for each in figures
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(7)]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )
