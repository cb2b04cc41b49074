"""What a ladder was before each of its changes: what happened then is judged and read by what was taught then."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from gym.history import History
from gym.scope import TenantForeignKey
from programming.models.progressions import Progression, Stage, StageRevision

# A stage of a former ladder: its key, its words, and whether it was retired by then.
Then = tuple[str, StageRevision, bool]


class LadderChange(History):
    """A ladder was changed: when, by whom, and how it had been until then.

    `stages` are the former stages from the lowest up, each {"stage": key, "revision": id, "retired": yes or no}.
    """

    progression = TenantForeignKey(Progression, on_delete=models.PROTECT, db_index=False, related_name="changes")
    number = models.IntegerField()
    at = models.DateTimeField()
    # NULL: a new release of the shipped library.
    actor = TenantForeignKey("gym.Membership", null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    name = models.CharField(max_length=80)
    stages = models.JSONField(default=list)

    class Meta(History.Meta):
        constraints = [
            *History.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "progression", "number"], name="ladder_change_number"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


def stages_now(progression: Progression) -> list[dict[str, Any]]:
    """The stages of a ladder as a change keeps them."""
    rows = Stage.objects.filter(progression=progression).order_by("position", "key")
    return [
        {"stage": key, "revision": str(revision), "retired": retired_at is not None}
        for key, revision, retired_at in rows.values_list("key", "current_id", "retired_at")
    ]


def note_change(
    progression: Progression, *, name: str, stages: list[dict[str, Any]], actor: Any, at: datetime
) -> LadderChange:
    """Keep how the ladder had been until now: its former name and stages."""
    number = LadderChange.objects.filter(progression=progression).count() + 1
    made: LadderChange = LadderChange.objects.create(
        progression=progression, number=number, at=at, actor=actor, name=name, stages=stages
    )
    return made


def eras_of(progression_id: UUID) -> list[tuple[datetime, list[Then]]]:
    """How a ladder was until each of its changes, the oldest first."""
    changes = LadderChange.objects.filter(progression_id=progression_id).order_by("number")
    kept = list(changes.values_list("at", "stages"))
    if not kept:
        return []
    wanted = {UUID(each["revision"]) for _at, stages in kept for each in stages}
    revisions = StageRevision.objects.in_bulk(wanted)
    return [
        (at, [(each["stage"], revisions[UUID(each["revision"])], each["retired"]) for each in stages])
        for at, stages in kept
    ]
