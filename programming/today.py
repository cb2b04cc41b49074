"""The day's classes as plain values: when, what, who, and how the stages are mixed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programming.models import Attendance, ClassSession, Placement, StageMove
from programming.models.classes import LONGEST
from programming.models.ladder_words import StageWords

EXPECTED = ~Q(attendances__state__in=[Attendance.State.OFF, Attendance.State.NO_SHOW])
HERE = Q(attendances__state__in=[Attendance.State.HERE, Attendance.State.LATE])
ORDER = {"running": 0, "coming": 1, "cancelled": 2, "done": 3}


@dataclass(frozen=True, slots=True)
class Today:
    """One class of the day."""

    session: ClassSession
    state: str
    line: str
    mix: list[tuple[StageWords, int]]
    is_next: bool


def day(start: datetime, end: datetime, *, at: datetime) -> list[Today]:
    """The classes that start in [start, end): the running one first, then the coming ones, those cancelled, those done.

    One that began before and still runs is among them.
    """
    found = (
        ClassSession.objects.between(start - LONGEST, end)
        .exclude(progression=None)
        .select_related("progression", "coach")
        .annotate(
            expected=Count("attendances", filter=EXPECTED, distinct=True),
            here=Count("attendances", filter=HERE, distinct=True),
            seen=Count("attendances", filter=HERE & Q(attendances__seen_at__isnull=False), distinct=True),
        )
    )
    # One that was started by mistake is gone.
    there = [each for each in found if not each.is_removed]
    sessions = [each for each in there if each.starts_at >= start or each.state(at) == "running"]
    sessions.sort(key=lambda session: ORDER[session.state(at)])
    (mixes, held), moved = _mixes(sessions), _moved_up(sessions)
    return [
        Today(
            session=session,
            state=session.state(at),
            line=_line(session, at, moved[session.pk], held[session.pk]),
            mix=[(stage, mixes[session.pk][stage.stage_id]) for stage in session.on_board.ladder().shown],
            is_next=place == 0 and session.state(at) in ("running", "coming"),
        )
        for place, session in enumerate(sessions)
    ]


def next_days(start: datetime, end: datetime) -> list[ClassSession]:
    """The classes that start in [start, end), for a look ahead."""
    coming = ClassSession.objects.between(start, end).exclude(progression=None)
    return list(coming.select_related("coach").defer("plan"))


def _mixes(sessions: list[Any]) -> tuple[dict[UUID, Counter[UUID]], Counter[UUID]]:
    """How many of each class stand on each stage now, and how many of them pain holds."""
    mixes: dict[UUID, Counter[UUID]] = {session.pk: Counter() for session in sessions}
    held: Counter[UUID] = Counter()
    ladders = {session.pk: session.progression_id for session in sessions}
    classes: dict[UUID, list[UUID]] = defaultdict(list)
    on_roster = Attendance.objects.filter(session__in=sessions).exclude(state=Attendance.State.OFF)
    for session_id, member_id in on_roster.values_list("session_id", "member_id"):
        classes[member_id].append(session_id)
    placements = Placement.objects.filter(member__in=classes, progression__in=set(ladders.values()))
    rows = placements.values_list("member_id", "progression_id", "stage_id", "is_held")
    for member_id, progression_id, stage_id, is_held in rows:
        for session_id in classes[member_id]:
            if ladders[session_id] == progression_id:
                mixes[session_id][stage_id] += 1
                held[session_id] += is_held
    return mixes, held


def _moved_up(sessions: list[Any]) -> Counter[UUID]:
    """How many people moved up in each class."""
    up = [StageMove.Reason.EARNED, StageMove.Reason.COACH]
    moves = StageMove.objects.filter(session__in=sessions, reason__in=up).standing()
    return Counter(dict(moves.values_list("session_id").annotate(Count("member", distinct=True))))


def _line(session: Any, at: datetime, moved: int, held: int) -> str:
    """What a coach wants to know of it."""
    coach = session.coach.short_name if session.coach else ""
    match session.state(at):
        case "running":
            left = session.here - session.seen
            parts = [
                _("running"),
                _("%(count)s here") % {"count": session.here} if session.here else _("nobody here yet"),
            ]
            if session.here:
                parts.append(_("%(count)s not seen yet") % {"count": left} if left > 0 else _("all seen"))
        case "coming":
            minutes = max(int((session.starts_at - at).total_seconds() // 60), 0)
            wait = _("in %(minutes)s min") if minutes < 120 else _("in %(hours)s h")
            parts = [wait % {"minutes": minutes, "hours": round(minutes / 60)}]
            if session.expected:
                parts.append(
                    ngettext("%(count)s person", "%(count)s people", session.expected) % {"count": session.expected}
                )
        case "cancelled":
            parts = [_("cancelled")]
            if session.expected:
                parts.append(_("%(count)s on the roster") % {"count": session.expected})
        case _:
            parts = [_("done"), _("%(count)s seen") % {"count": session.seen}]
            if moved:
                parts.append(_("%(count)s moved up") % {"count": moved})
            if held:
                parts.append(_("%(count)s held") % {"count": held})
    return " · ".join(part for part in [*parts, coach] if part)
