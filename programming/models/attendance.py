"""Who is in a class, and what was seen of them there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from gym.prepared import update
from gym.scope import TenantForeignKey, TenantModel
from programming import ladder
from programming.models.history import one_of


class Attendance(TenantModel):
    """A person on a class's roster, and what was seen of them in this class, kept for quick reading."""

    class State(models.TextChoices):
        EXPECTED = "expected", _("expected")
        HERE = "here", _("here")
        LATE = "late", _("late")
        NO_SHOW = "no_show", _("no-show")
        # Not on the roster: an adding that was undone. The row stays, because taps may speak of it.
        OFF = "off", _("taken off")

    session = TenantForeignKey(
        "programming.ClassSession", on_delete=models.PROTECT, db_index=False, related_name="attendances"
    )
    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="attendances")
    state = models.CharField(max_length=10, choices=State.choices, default=State.HERE)
    # A coach has sent them to the station "With coach"; those held stand there without being sent.
    with_coach = models.BooleanField(default=False)
    is_first_class = models.BooleanField(default=False)
    # NULL: not seen yet in this class.
    seen_at = models.DateTimeField(null=True, blank=True)
    # {ladder id: what _shown() keeps} of the last standing observation in this class.
    seen = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            one_of("attendance_state", "state", "expected", "here", "late", "no_show", "off"),
            models.UniqueConstraint(fields=["gym", "session", "member"], name="attendance_once"),
        ]
        # The classes of a member; raising the version of every open class that contains them. The session stands here
        # too, so that locking a member's row in one class does not read their rows of all the others.
        indexes = [models.Index(fields=["gym", "member", "session"], name="attendance_by_member")]

    # Set while a tap is recorded: whether there is something to write.
    changed = False

    def __str__(self) -> str:
        return f"{self.member_id} {self.state}"

    def show(self, progression_id: UUID, event: ladder.Event) -> None:
        """Keep the newest observation of this class on one ladder; pain is one that shows nothing but itself."""
        key, seen = str(progression_id), self.seen
        if isinstance(event, ladder.Assessed):
            seen = {**seen, key: _shown(event, [])}
        elif isinstance(event, ladder.FaultSeen) and seen.get(key, {}).get("assessment") == event.assessment:
            seen = {**seen, key: {**seen[key], "faults": [*seen[key]["faults"], event.fault]}}
        times = [self.seen_at] if self.seen_at else []
        if isinstance(event, ladder.Assessed | ladder.PainReported):
            times.append(event.at)
        self._keep(seen, times)

    def show_last_of(self, progression_id: UUID, events: list[ladder.Event]) -> None:
        """Keep what the standing events of a ladder make of this class. Not yet written."""
        own = [event for event in events if event.session == str(self.session_id)]
        assessed = [event for event in own if isinstance(event, ladder.Assessed)]
        kept = {key: value for key, value in self.seen.items() if key != str(progression_id)}
        if assessed:
            last = assessed[-1]
            faults = [
                event.fault
                for event in events
                if isinstance(event, ladder.FaultSeen) and event.assessment == last.assessment
            ]
            kept[str(progression_id)] = _shown(last, faults)
        # A hold is on every ladder, so that each of them knows of the pain.
        pains = [event.at for event in own if isinstance(event, ladder.PainReported)]
        self._keep(kept, [*pains, *(datetime.fromisoformat(each["at"]) for each in kept.values())])

    def _keep(self, seen: dict[str, Any], times: list[datetime]) -> None:
        seen_at = max(times, default=None)
        if (seen, seen_at) != (self.seen, self.seen_at):
            self.seen, self.seen_at, self.changed = seen, seen_at, True

    def attend(self, state: str) -> None:
        """Be here, late, expected or not there. Not yet written."""
        if state != self.state:
            self.state = state
            self.changed = True

    def stand_with_coach(self, wanted: bool) -> None:
        """Stand at the coach's station, or at one's own again. Not yet written."""
        if wanted != self.with_coach:
            self.with_coach = wanted
            self.changed = True

    def write(self) -> None:
        """Write what changed."""
        update(self, ("state", "with_coach", "seen", "seen_at"))
        self.changed = False


def _shown(event: ladder.Assessed, faults: list[str]) -> dict[str, Any]:
    """What a board keeps of an observation."""
    return {
        "assessment": event.assessment,
        "result": event.result,
        "stage": event.stage,
        "setting": event.setting,
        "faults": faults,
        "at": event.at.isoformat(),
    }
