"""A standing as a placement stores it: plain values that survive a round trip through JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from programming.ladder import Standing


def to_json(standing: Standing) -> dict[str, Any]:
    """The standing as JSON holds it."""
    return {
        "stage": standing.stage,
        "setting": standing.setting,
        "drill": standing.drill,
        "clean": standing.clean,
        "faults": dict(standing.faults),
        "faults_before": dict(standing.faults_before),
        "assessment": standing.assessment,
        "remembered": {stage: list(kept) for stage, kept in standing.remembered.items()},
        "holds": list(standing.holds),
        "seen_at": standing.seen_at.isoformat() if standing.seen_at else None,
        "last": [standing.last[0].isoformat(), *standing.last[1:]] if standing.last else None,
    }


def from_json(stored: Mapping[str, Any]) -> Standing:
    """The standing that to_json() wrote; an empty mapping is that of somebody new."""
    if not stored:
        return Standing()
    values = dict(stored)
    last = values["last"]
    values["remembered"] = {stage: (kept[0], kept[1]) for stage, kept in values["remembered"].items()}
    values["holds"] = tuple(values["holds"])
    values["seen_at"] = datetime.fromisoformat(values["seen_at"]) if values["seen_at"] else None
    values["last"] = (datetime.fromisoformat(last[0]), last[1], last[2]) if last else None
    return Standing(**values)
