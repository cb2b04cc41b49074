"""What happened to one member, newest first and page by page, as lines that the template only writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from programming.history_words import assignment_reason, day_words, local_day, move_words, seen_words, where_words
from programming.hurts import report_words, reports_of, told_by_themselves
from programming.models import Assessment, AssessmentFault, AssignmentEnd, Clearance, Hold, Note, StageMove, Tap
from programming.models.history import records_of
from programming.models.ladder_words import LadderWords
from programming.shipped import shown

# Lines of a page.
SEEN, NOTES, HOLDS, ENDED = 30, 10, 20, 10


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: what stands out in it, the rest, and who was there."""

    at: datetime
    day: str
    strong: str
    words: str
    coach: str
    mark: str = ""


Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Pages(Generic[Told]):
    """The lines of one page, and the place from which the earlier ones follow: empty where there are none."""

    lines: list[Told]
    earlier: str = ""
    is_newest: bool = True


Place = tuple[datetime, UUID]


def place_of(row: Any) -> Place:
    """Where a row, read with its tap, stands in the order of things."""
    return (row.at, row.tap.key)


def place_text(place: Place) -> str:
    """A place as an address carries it."""
    return f"{place[0].astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{place[1]}"


def read_place(text: str) -> Place | None:
    """The place of an address; None for the newest page, and for what is no place."""
    at, _tilde, key = text.partition("~")
    try:
        place = (datetime.fromisoformat(at).astimezone(UTC), UUID(key))
    except (ValueError, OverflowError):
        return None
    # Further than any history: a database could not compare it.
    return place if 1900 < place[0].year < 9000 else None


def newest(rows: Any, before: Place | None, count: int) -> list[Any]:
    """The newest standing rows before a place, cut off in the database: one more than asked for where there are."""
    found = rows.standing().select_related("tap", "actor").order_by("-at", "-tap__key")
    if before:
        at, key = before
        found = found.filter(Q(at__lt=at) | Q(at=at, tap__key__lt=key), at__lte=at)
    return list(found[: count + 1])


def page_of(rows: Iterable[Any], count: int) -> tuple[list[Any], str]:
    """The newest of these rows, and the place after which earlier ones follow."""
    ordered = sorted(rows, key=place_of, reverse=True)
    return ordered[:count], place_text(place_of(ordered[count - 1])) if len(ordered) > count else ""


def seen_pages(member_id: UUID, words: LadderWords, before: Place | None, now: datetime) -> Pages[Line]:
    """Assessments and moves in words."""
    assessments = Assessment.objects.filter(member__in=records_of(member_id)).select_related("stage", "drill__drill")
    moves = StageMove.objects.filter(member__in=records_of(member_id)).select_related("from_stage", "to_stage", "drill")
    rows, earlier = page_of([*newest(assessments, before, SEEN), *newest(moves, before, SEEN)], SEEN)
    faults = faults_of([row.pk for row in rows if isinstance(row, Assessment)])
    lines = []
    for row in rows:
        if isinstance(row, Assessment):
            strong, rest = seen_words(row, faults[row.pk])
            mark = "fault" if row.result == Assessment.Result.NOT_YET else row.result
        else:
            strong, rest, mark = "", move_words(row, words), "move"
        lines.append(Line(row.at, day_words(row.at, now), strong, rest, row.actor.short_name, mark))
    return Pages(lines, earlier, is_newest=before is None)


def faults_of(assessment_ids: list[UUID]) -> dict[UUID, list[str]]:
    """The names of each assessment's faults as they were written then, first first."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = AssessmentFault.objects.filter(assessment_id__in=assessment_ids).standing()
    for assessment, name in rows.order_by("at", "tap__key", "order").values_list("assessment_id", "fault__name"):
        found[assessment].append(shown(name))
    return found


def note_pages(member_id: UUID, before: Place | None, now: datetime) -> Pages[Line]:
    """The notes for coaches. One that was emptied since has nothing to say."""
    notes = Note.objects.filter(member__in=records_of(member_id)).exclude(body="")
    rows, earlier = page_of(newest(notes, before, NOTES), NOTES)
    return Pages([note_line(row, now) for row in rows], earlier, is_newest=before is None)


def note_line(note: Note, now: datetime) -> Line:
    """A note; one that cleared a hold says so."""
    strong = _("Hold cleared:") if note.tap.kind == Tap.Kind.CLEAR else ""
    return Line(note.at, day_words(note.at, now), strong, note.body, note.actor.short_name)


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold: since when and by whom, and how it ended; `ended` is empty while it is on."""

    at: datetime
    day: str
    where: str
    # What the member told on their own page, in their words.
    said: str
    coach: str
    ended: str
    cleared_by: str
    note: str


def hold_pages(member_id: UUID, before: Place | None, now: datetime) -> Pages[HoldLine]:
    """The holds with their ends, one line for each."""
    holds, earlier = page_of(newest(Hold.objects.filter(member__in=records_of(member_id)), before, HOLDS), HOLDS)
    ends = Clearance.objects.filter(hold__in=holds).standing().select_related("actor", "note") if holds else []
    by_hold, reports = {end.hold_id: end for end in ends}, reports_of(holds)
    told = []
    for group in groups_of(holds, by_hold):
        kept = [reports[hold.pk] for hold in group if hold.pk in reports]
        where = "; ".join(filter(None, map(report_words, kept))) or where_words(group[-1])
        said = " · ".join(each.sentence for each in kept if each.sentence)
        told.append(hold_line(group[0], where, said, by_hold.get(group[0].pk), now))
    return Pages(told[::-1], earlier, is_newest=before is None)


def groups_of(holds: list[Hold], ends: dict[UUID, Clearance]) -> list[list[Hold]]:
    """These holds, newest first, as those that are one to whoever reads of them; the oldest first.

    Where it hurts may be tapped after the pain itself: such a pair is of one coach and day, and ends together; a place
    belongs to the last pain before it that had none. What the member told several times is one until it is cleared.
    """
    groups: list[list[Hold]] = []
    unsaid: dict[Any, list[Hold]] = {}
    for hold in reversed(holds):
        end = ends.get(hold.pk)
        by_phone = told_by_themselves(hold)
        together = (hold.actor_id, None if by_phone else local_day(hold.at), by_phone, end.tap_id if end else None)
        earlier = unsaid.get(together)
        if earlier is not None and (by_phone or hold.where):
            earlier.append(hold)
            if not by_phone:
                del unsaid[together]
            continue
        groups.append([hold])
        if by_phone or not hold.where:
            unsaid[together] = groups[-1]
    return groups


def hold_line(hold: Hold, where: str, said: str, end: Clearance | None, now: datetime) -> HoldLine:
    """One hold in words."""
    return HoldLine(
        at=hold.at,
        day=day_words(hold.at, now),
        where=where,
        said=said,
        coach=_("said so on My drills") if told_by_themselves(hold) else hold.actor.short_name,
        ended=day_words(end.at, now) if end else "",
        cleared_by=end.actor.short_name if end else "",
        note=end.note.body if end else "",
    )


def ended_pages(member_id: UUID, words: LadderWords, before: Place | None, now: datetime) -> Pages[Line]:
    """Drills that were to be done at home and are no more, each with why it was given, and who ended it when."""
    ends = AssignmentEnd.objects.filter(assigned__member__in=records_of(member_id))
    rows, earlier = page_of(newest(ends.select_related("assigned__drill", "assigned__actor"), before, ENDED), ENDED)
    lines = [
        Line(
            row.at,
            day_words(row.at, now),
            shown(row.assigned.drill.name),
            assignment_reason(row.assigned, words, now),
            row.actor.short_name,
        )
        for row in rows
    ]
    return Pages(lines, earlier, is_newest=before is None)
