"""A member's own history as plain values: where they stood when, and what happened, in words without blame.

Nothing of anybody else, no note of a coach's, and not where it hurt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gym.models import Membership
from programming.history_words import day_words, on_day, own_move_words, own_seen_words, reason_words
from programming.member_history import Pages, newest, page_of, read_place
from programming.member_pictures import DRAWN, LadderPictures, Period, drawn_assessments, ladder_pictures, period_of
from programming.models import (
    Assessment,
    AssessmentFault,
    AssignedDrill,
    AssignmentEnd,
    Clearance,
    Hold,
    Practice,
    SelfCheck,
    StageMove,
)
from programming.models.history import records_of
from programming.models.practice import Homework
from programming.my_drills import faults_then, places_of
from programming.practice_words import check_words
from programming.shipped import shown, within

# Lines of a page, and the name under which it is remembered when somebody looked at it.
LINES, PAGE = 30, "history"
# What was written down less than this ago may not be read yet: the next visit looks at it again.
UNDERWAY = timedelta(seconds=10)
# What members did themselves is no news to them.
OWN = "own"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, and whether it is new since the last visit. `coach` is empty for what is one's own."""

    at: datetime
    day: str
    words: str
    coach: str
    mark: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class LadderPart:
    """One ladder over time."""

    key: str
    name: str
    time: LadderPictures


@dataclass(frozen=True, slots=True)
class MyHistory:
    """Everything that the page shows. `since`: when they looked last, in words; empty for the first time."""

    period: Period
    ladders: list[LadderPart]
    cut_short: bool
    lines: Pages[Told]
    since: str
    news: list[Told]
    # Up to when this page shows what happened, in ms since 1970; None where the visit has been told of.
    seen_to: int | None

    drawn = DRAWN


def read(member: Membership, asked: Mapping[str, str], now: datetime) -> MyHistory:
    """The history of this member of the present gym; `asked` says which time and page, as an address does."""
    before, period = read_place(asked.get("before", "")), period_of(asked.get("period", ""), now)
    since, is_noted = Homework.visit(member, PAGE, now)
    places, seen = places_of(member), drawn_assessments(member.pk, period)
    ladders = [
        LadderPart(
            place.progression.key,
            place.progression.called,
            ladder_pictures(member.pk, place.progression, place.standing, seen[:DRAWN], period, now),
        )
        for place in places
        if place.standing.stage
    ]
    rows, earlier = page_of([row for kind in KINDS for row in newest(kind(member.pk), before, LINES)], LINES)
    lines = tell(rows, member.pk, since, now)
    return MyHistory(
        period=period,
        ladders=ladders,
        cut_short=len(seen) > DRAWN,
        lines=Pages(lines, earlier, is_newest=before is None),
        since=on_day(since, now) if since else "",
        news=[line for line in lines if line.is_new and line.mark != OWN] if before is None else [],
        seen_to=None if is_noted or before else int((now - UNDERWAY).timestamp() * 1000),
    )


# What is told, each with what its words need.
KINDS: tuple[Callable[[UUID], Any], ...] = (
    lambda pk: Assessment.objects.filter(member__in=records_of(pk)).select_related("stage", "drill__drill"),
    lambda pk: StageMove.objects.filter(member__in=records_of(pk)).select_related("from_stage", "to_stage", "drill"),
    lambda pk: AssignedDrill.objects.filter(member__in=records_of(pk)).select_related("drill"),
    lambda pk: AssignmentEnd.objects.filter(assigned__member__in=records_of(pk)).select_related("assigned__drill"),
    lambda pk: Hold.objects.filter(member__in=records_of(pk)),
    lambda pk: Clearance.objects.filter(hold__member__in=records_of(pk)),
    lambda pk: Practice.objects.filter(member__in=records_of(pk)).select_related("drill"),
    lambda pk: SelfCheck.objects.filter(member__in=records_of(pk)),
)


def tell(rows: list[Any], member_id: UUID, since: datetime | None, now: datetime) -> list[Told]:
    """The member's rows in words."""
    cues = cues_of([row.pk for row in rows if isinstance(row, Assessment)])
    faults = faults_then([row for row in rows if isinstance(row, AssignedDrill)])
    told = []
    # Several holds or clearances of one tap are one thing to the member.
    told_of: set[tuple[type[Any], UUID]] = set()
    for row in rows:
        if isinstance(row, Hold | Clearance):
            if (type(row), row.tap_id) in told_of:
                continue
            told_of.add((type(row), row.tap_id))
        said, mark = words_of(row, cues, faults, now)
        # The reason of a drill names the coach already; and what somebody did or said themself, nobody else did.
        is_named = not isinstance(row, AssignedDrill) and row.actor_id != member_id
        coach = row.actor.short_name if is_named else ""
        is_new = since is not None and row.recorded_at > since
        told.append(Told(row.at, day_words(row.at, now), said, coach, mark, is_new))
    return told


def words_of(row: Any, cues: dict[UUID, list[str]], faults: dict[UUID, str], now: datetime) -> tuple[str, str]:
    """One row in words, and its mark."""
    match row:
        case Assessment():
            return own_seen_words(row, cues[row.pk]), "clean" if row.result == Assessment.Result.CLEAN else "seen"
        case StageMove():
            return capfirst(own_move_words(row)), "move"
        case AssignedDrill():
            reason = reason_words(row, faults.get(row.pk, ""), now)
            return _("To do at home: %(drill)s, %(why)s") % {
                "drill": within(shown(row.drill.name)),
                "why": reason,
            }, "home"
        case AssignmentEnd():
            return _("No longer to do at home: %(drill)s.") % {"drill": within(shown(row.assigned.drill.name))}, "home"
        case Hold():
            return _("On hold: no load and no next stage until a coach clears it."), "hold"
        case Clearance():
            return _("The hold is cleared."), "clear"
        case Practice():
            return _("You practised: %(drill)s.") % {"drill": within(shown(row.drill.name))}, OWN
        case SelfCheck():
            return _("Self-check, %(name)s: %(found)s.") % {
                "name": within(shown(row.name)),
                "found": check_words(row),
            }, OWN
    raise TypeError(f"nothing is said of {row!r}")


def cues_of(assessment_ids: list[UUID]) -> dict[UUID, list[str]]:
    """What to think of after each assessment: the cues of its faults as written then, first first."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = AssessmentFault.objects.filter(assessment_id__in=assessment_ids).standing()
    for assessment, cue in rows.order_by("at", "tap__key", "order").values_list("assessment_id", "fault__cue"):
        found[assessment].append(cue)
    return found
