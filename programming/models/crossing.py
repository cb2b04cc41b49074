"""Two coaches want different things of one member, the later without having seen what the other wanted.

What counts is settled by the times of their taps alone. Here it is kept that they crossed: the placement names the
change that lost, so that the row can say both and one tap can choose the other. Stages, settings and drills cross;
observations and holds do not, since all of them are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet

from programming.models.progressions import StageMove
from programming.models.taps import Tap

if TYPE_CHECKING:
    from programming.models.recording import Recording

# What can cross.
KINDS = (Tap.Kind.STAGE, Tap.Kind.SETTING, Tap.Kind.DRILL)
# Words that count. One that wanted what held already is a word too: a change from before, coming in late, loses to it.
SAID = (Tap.Outcome.APPLIED, Tap.Outcome.CROSSED, Tap.Outcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Before:
    """How the row stood when a tap came in: the version from which on a screen shows all of it, and whose doing it was.

    `by` is None where that is not known.
    """

    version: int
    by: UUID | None = None


def settle_crossing(recording: Recording, move: StageMove | None, before: Before) -> None:
    """Keep whether this tap and another coach's crossed. Call it when what the tap wanted has happened.

    `move` is the change that it made, None where it wanted what held already. A tap that is the newest word and had
    seen everything has chosen.
    """
    placement = recording.placement
    other = other_word(recording, before.version)
    if other is not None and wanted_by(other) == wanted_by(recording.tap):
        lost = None
    elif other is not None:
        lost = move if (other.at, str(other.key)) > recording.landed[:2] else change_of(other)
    else:
        lost = brought_back(recording, before) if move is not None else None
    if lost is not None:
        placement.cross(lost)
        if move is not None:
            recording.tap.outcome = Tap.Outcome.CROSSED
    elif not recording.late:
        placement.choose(recording.screen.kind)
    if move is not None:
        # A screen that shows this version of the row, or a later one, has seen it.
        recording.detail["made"] = placement.version


def other_word(recording: Recording, before: int) -> Tap | None:
    """The newest word of another coach on the same thing that this tap's screen had not shown."""
    seen = recording.screen.seen
    if not recording.late and (seen is None or seen >= before):
        return None
    unseen = Q(at__gt=recording.at)
    if seen is not None:
        unseen |= Q(detail__made__gt=seen)
    words = words_on([recording.member.pk], recording.progression.pk).filter(unseen, kind=recording.screen.kind)
    if recording.screen.kind != Tap.Kind.STAGE:
        words = words.filter(detail__stage=recording.detail["stage"])
    return words.exclude(actor=recording.screen.by).first()


def brought_back(recording: Recording, before: Before) -> StageMove | None:
    """The change that stood again because another coach had undone a later one, unseen by this tap's screen."""
    seen = recording.screen.seen
    is_others = before.by not in (None, recording.screen.by.pk)
    if recording.late or seen is None or seen >= before.version or not is_others:
        return None
    moves = StageMove.objects.filter(member_id=recording.member.pk, progression_id=recording.progression.pk)
    newest: StageMove | None = moves.filter(kind=recording.screen.kind).standing().order_by("-at", "-tap__key").first()
    return newest


def words_on(member_ids: list[UUID], progression_id: UUID) -> QuerySet[Tap]:
    """What coaches said of these members' stages, settings and drills on a ladder and nobody undid, newest first."""
    words = Tap.objects.filter(member_id__in=member_ids, progression_id=progression_id, kind__in=KINDS)
    said: QuerySet[Tap] = words.filter(outcome__in=SAID).standing().order_by("-at", "-key")
    return said


def wanted_by(tap: Tap) -> Any:
    """What a tap wanted: a stage's key, a setting in mm or g, a drill's key."""
    return tap.detail.get(tap.kind)


def change_of(tap: Tap) -> StageMove | None:
    """The change that a tap made."""
    found: StageMove | None = StageMove.objects.filter(tap=tap).first()
    return found
