"""A member's standing history as the plain events that ladder.py judges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from programming import ladder
from programming.models.assessments import Assessment, AssessmentFault, Clearance, Hold
from programming.models.history import records_of
from programming.models.progressions import Progression, StageMove
from programming.models.taps import Tap

PLACE = ("at", "tap__key", "order")


def standing_events(member_id: UUID, progression: Progression) -> list[ladder.Event]:
    """Everything that stands (not undone) of a member on one ladder, holds included, in order."""
    events = [
        *_moves(member_id, progression),
        *_assessments(member_id, progression),
        *_faults(member_id, progression),
        *_holds(member_id),
        *_clearances(member_id),
    ]
    events += _confirmations(member_id, progression, {event.tap for event in events})
    return sorted(events, key=lambda event: event.place)


# Changes of stage before a time that are read to know where somebody stood then: the rules may have refused the last.
BEFORE = 3


def stage_events(member_id: UUID, progression: Progression, since: datetime | None = None) -> list[ladder.Event]:
    """What moved a member on one ladder, and what kept them from moving, in order: enough to say where they stood when.

    It grows with the moves, not with what was seen. With `since` it is enough from then on, and grows no more with what
    was long before; but for holds, which may still be on.
    """
    first = _begin_reading(member_id, progression, since) if since else None
    events = [*_moves(member_id, progression, first), *_holds(member_id), *_clearances(member_id)]
    events += _confirmations(member_id, progression, {event.tap for event in events}, first)
    return sorted(events, key=lambda event: event.place)


def _begin_reading(member_id: UUID, progression: Progression, since: datetime) -> datetime:
    """From when on moves are read, for what somebody stood on since a time."""
    moves = StageMove.objects.filter(
        member__in=records_of(member_id), progression=progression, kind=StageMove.Kind.STAGE
    )
    earlier = moves.filter(at__lt=since).standing().order_by("-at").values_list("at", flat=True)[:BEFORE]
    return min(earlier, default=since)


def _standing_rows(rows: Any, *fields: str) -> Iterable[tuple[dict[str, Any], tuple[Any, ...]]]:
    """The rows whose tap was not undone, as (place in the order, further fields)."""
    for at, key, order, *more in rows.standing().values_list(*PLACE, *fields):
        yield {"at": at, "tap": str(key), "order": order}, tuple(more)


def _moves(member_id: UUID, progression: Progression, first: datetime | None = None) -> Iterable[ladder.Event]:
    rows = StageMove.objects.filter(member__in=records_of(member_id), progression=progression)
    if first:
        rows = rows.filter(at__gte=first)
    stages = ("from_stage__stage__key", "to_stage__stage__key")
    fields = ("session_id", "kind", *stages, "setting", "drill__drill__key", "reason")
    for place, (session, kind, left, stage, setting, drill, reason) in _standing_rows(rows, *fields):
        place["session"] = str(session) if session else None
        if kind == StageMove.Kind.SETTING:
            yield ladder.Adjusted(**place, stage=stage, setting=setting)
        elif kind == StageMove.Kind.DRILL:
            yield ladder.DrillChosen(**place, stage=stage, drill=drill)
        else:
            is_earned, follows = reason == StageMove.Reason.EARNED, reason == StageMove.Reason.LADDER
            yield ladder.Moved(**place, stage=stage, left=left, earned=is_earned, follows=follows)


def _confirmations(
    member_id: UUID, progression: Progression, standing: set[str], first: datetime | None = None
) -> Iterable[ladder.Event]:
    """Taps that wanted what already held, as long as the move they confirm stands."""
    kinds = (Tap.Kind.STAGE, Tap.Kind.SETTING, Tap.Kind.DRILL)
    taps = Tap.objects.filter(member__in=records_of(member_id), progression=progression, kind__in=kinds)
    if first:
        taps = taps.filter(at__gte=first)
    fields = ("at", "key", "session_id", "kind", "detail")
    for at, key, session, kind, detail in taps.filter(outcome=Tap.Outcome.UNCHANGED).values_list(*fields):
        confirms = detail.get("confirms")
        if confirms is None or (confirms and confirms not in standing):
            continue
        place = {"at": at, "tap": str(key), "session": str(session), "stage": detail["stage"], "confirms": confirms}
        if kind == Tap.Kind.SETTING:
            yield ladder.Adjusted(**place, setting=detail["setting"])
        elif kind == Tap.Kind.DRILL:
            yield ladder.DrillChosen(**place, drill=detail["drill"])
        else:
            yield ladder.Moved(**place)


def _assessments(member_id: UUID, progression: Progression) -> Iterable[ladder.Event]:
    rows = Assessment.objects.filter(member__in=records_of(member_id), stage__stage__progression=progression)
    fields = ("session_id", "pk", "stage__stage__key", "result", "setting")
    for place, (session, key, stage, result, setting) in _standing_rows(rows, *fields):
        place["session"] = str(session) if session else None
        yield ladder.Assessed(**place, assessment=str(key), stage=stage, result=result, setting=setting)


def _faults(member_id: UUID, progression: Progression) -> Iterable[ladder.Event]:
    rows = AssessmentFault.objects.filter(
        assessment__member__in=records_of(member_id), assessment__stage__stage__progression=progression
    )
    for place, (assessment, fault) in _standing_rows(rows, "assessment_id", "fault__fault__key"):
        yield ladder.FaultSeen(**place, assessment=str(assessment), fault=fault)


def _holds(member_id: UUID) -> Iterable[ladder.Event]:
    for place, (session, key) in _standing_rows(
        Hold.objects.filter(member__in=records_of(member_id)), "session_id", "pk"
    ):
        place["session"] = str(session) if session else None
        yield ladder.PainReported(**place, hold=str(key))


def _clearances(member_id: UUID) -> Iterable[ladder.Event]:
    for place, (hold,) in _standing_rows(Clearance.objects.filter(hold__member__in=records_of(member_id)), "hold_id"):
        yield ladder.HoldCleared(**place, hold=str(hold))
