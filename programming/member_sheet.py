"""One member as their coaches see them: ladders, drills at home, notes, limits, holds and history, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programming import ladder, pictures
from programming.board import Reader, Row
from programming.forms.members import LimitsForm
from programming.history_words import assignment_reason, day_name, local_day
from programming.member_history import Holds, Pages, newest_holds, note_pages, read_place, seen_pages
from programming.models import Assessment, AssessmentFault, Attendance, Drill, Placement, Progression
from programming.models.ladder_words import DrillWords, LadderWords, StageWords
from programming.models.replaying import stage_events
from programming.models.tap_kinds import assigned_drills
from programming.on_roster import HERE
from programming.pictures import FaultPicture, Mark, StagePicture, Step
from programming.sheet import Lead, Sheet, lead

# So many of the newest assessments are drawn; each stands in the list below the picture as well.
DRAWN = 400
# Weeks, and kinds of fault, that the picture of faults has room for.
WEEKS, FAULTS = 12, 8
# Changes of stage that the picture's own title still names one by one.
TOLD = 3


@dataclass(frozen=True, slots=True)
class StretchLine:
    """One row of the table beside the picture of stages."""

    since: str
    stage: str
    clean: int
    fault: int


@dataclass(frozen=True, slots=True)
class LadderPart:
    """One ladder the member stands on. Only that of the class can be tapped on; `here` says whether it is this one."""

    key: str
    name: str
    line: str
    picture: StagePicture | None
    title: str
    table: list[StretchLine]
    lead: Lead | None
    here: bool


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One row of the table beside the picture of faults."""

    week: str
    name: str
    times: int


@dataclass(frozen=True, slots=True)
class FaultsPart:
    """The faults of the last weeks."""

    picture: FaultPicture | None
    title: str
    table: list[FaultLine]


@dataclass(frozen=True, slots=True)
class HomeDrill:
    """A drill to do at home, and why."""

    key: str
    name: str
    dose: str
    reason: str


@dataclass(frozen=True, slots=True)
class DrillGroup:
    """Drills that can be assigned, under the name of their stage."""

    name: str
    drills: list[DrillWords]


@dataclass(frozen=True)
class MemberSheet:
    """Everything the member sheet shows."""

    sheet: Sheet
    row: Row
    facts: str
    ladders: list[LadderPart]
    # Whether older assessments than those drawn are left out of the pictures.
    cut_short: bool
    faults: FaultsPart
    seen: Pages
    notes: Pages
    holds: Holds
    home: list[HomeDrill]
    groups: list[DrillGroup]
    limits_form: LimitsForm

    drawn, weeks = DRAWN, WEEKS

    @classmethod
    def read(
        cls, reader: Reader, row: Row, sheet: Sheet, *, limits_form: LimitsForm | None, asked: Mapping[str, str]
    ) -> MemberSheet:
        """The sheet of a member whose row was read; `asked` are the address's parameters: which pages are wanted."""
        member_id, now = row.member_id, reader.at
        before, notes_before = (read_place(asked.get(name, "")) for name in ("before", "notes_before"))
        ladders = ladders_of(member_id, reader)
        seen = drawn_assessments(member_id)
        parts = [ladder_part(reader, member_id, *each, seen[:DRAWN], sheet) for each in ladders]
        home, wordings = home_drills(member_id, reader.words, now), [each.ladder() for each, _standing in ladders]
        return cls(
            sheet=sheet,
            row=row,
            facts=facts(member_id, parts, [standing for _each, standing in ladders], now),
            ladders=parts,
            cut_short=len(seen) > DRAWN,
            faults=faults_part(seen[:DRAWN], reader.words, now),
            seen=seen_pages(member_id, reader.words, before, now),
            notes=note_pages(member_id, notes_before, now),
            holds=newest_holds(member_id, now),
            home=home,
            groups=drill_groups(wordings, {drill.key for drill in home}),
            limits_form=limits_form or LimitsForm(initial={"limits": row.limits, "was": row.limits}),
        )


def ladders_of(member_id: UUID, reader: Reader) -> list[tuple[Progression, ladder.Standing]]:
    """The class's ladder, then the others the member stands on, with where they stand."""
    own = reader.session.on_board
    others = Placement.objects.filter(member_id=member_id).exclude(stage=None).exclude(progression=own)
    placed = others.select_related("progression").order_by("progression__name", "pk")
    return [(own, reader.standings[member_id]), *((each.progression, each.position) for each in placed)]


@dataclass(frozen=True, slots=True)
class Seen:
    """An assessment as the pictures need it."""

    key: UUID
    at: datetime
    progression_id: UUID
    stage: str
    result: str


def drawn_assessments(member_id: UUID) -> list[Seen]:
    """The newest assessments that still stand, one more than is drawn where there are more."""
    rows = Assessment.objects.filter(member_id=member_id).standing().order_by("-at")
    fields = ("pk", "at", "stage__stage__progression_id", "stage__stage__key", "result")
    return [Seen(*values) for values in rows.values_list(*fields)[: DRAWN + 1]]


def facts(member_id: UUID, parts: list[LadderPart], standings: list[ladder.Standing], now: datetime) -> str:
    """The member in one line: "dowel since 27 October · last seen today · 14 classes"."""
    times = [standing.seen_at for standing in standings if standing.seen_at]
    been = Attendance.objects.filter(member_id=member_id, state__in=HERE, session__starts_at__lte=now).count()
    said = [part.line for part in parts]
    if times:
        said.append(_("last seen %(day)s") % {"day": day_name(max(times), now)})
    said.append(ngettext("%(count)s class", "%(count)s classes", been) % {"count": been})
    return " · ".join(said)


# --- Stages over time ------------------------------------------------------------------------------------------------


def ladder_part(
    reader: Reader, member_id: UUID, progression: Progression, standing: ladder.Standing, seen: list[Seen], sheet: Sheet
) -> LadderPart:
    """One ladder: where the member stands, since when, how they came there, and what is suggested."""
    here = progression.pk == reader.session.progression_id
    words, now = progression.ladder(), reader.at
    steps = steps_of(member_id, progression, words)
    stages = drawn_stages(words, {key for _at, key in steps})
    heights = {stage.key: height for height, stage in enumerate(stages)}
    line = [Step(timezone.localtime(at), heights[key]) for at, key in steps]
    marks = marks_of(seen, progression.pk, heights)
    told = [
        StretchLine(day_name(each.since, now), stages[each.height].name, each.clean, each.fault)
        for each in pictures.stretches(line, marks)
    ]
    return LadderPart(
        key=progression.key,
        name=progression.name,
        line=standing_line(words, standing, told),
        picture=pictures.stage_picture(
            [stage.short_name for stage in stages], line, marks, timezone.localtime(now), tick_words
        ),
        title=stages_title(told),
        table=told[::-1],
        lead=sheet.lead if here else only_assigning(lead(words, standing, [], member_id)),
        here=here,
    )


def steps_of(member_id: UUID, progression: Progression, words: LadderWords) -> list[tuple[datetime, str]]:
    """When the member came to stand on which stage: what the rules make of everything that stands."""
    events = ladder.in_effect(words.ladder, stage_events(member_id, progression))
    return [(each.at, each.stage) for each in events if isinstance(each, ladder.Moved) and each.stage in words.stages]


def standing_line(words: LadderWords, standing: ladder.Standing, told: list[StretchLine]) -> str:
    """Where the member stands: "dowel since 27 October"."""
    if standing.stage is None:
        return _("no stage yet")
    stage = words.stages[standing.stage].name.lower()
    return _("%(stage)s since %(day)s") % {"stage": stage, "day": told[-1].since} if told else stage


def drawn_stages(words: LadderWords, stood_on: set[str]) -> list[StageWords]:
    """The stages of the ladder from the lowest up; one that is not taught any more where the member stood on it."""
    return [stage for stage in words.stages.values() if not stage.retired or stage.key in stood_on]


def marks_of(seen: Iterable[Seen], progression_id: UUID, heights: Mapping[str, int]) -> list[Mark]:
    """What was seen on this ladder, clean or not; "seen, same" says neither."""
    kinds = {ladder.CLEAN: "clean", ladder.NOT_YET: "fault"}
    return [
        Mark(timezone.localtime(each.at), heights[each.stage], kinds[each.result])
        for each in seen
        if each.progression_id == progression_id and each.stage in heights and each.result in kinds
    ]


def stages_title(told: list[StretchLine]) -> str:
    """What the picture shows, for those who do not see it."""
    last = [_("%(stage)s from %(day)s") % {"stage": each.stage, "day": each.since} for each in told[-TOLD:]]
    if len(told) <= TOLD:
        return ", ".join(last)
    count = len(told) - 1
    return _("%(count)s changes of stage; lately %(last)s") % {"count": count, "last": ", ".join(last)}


def only_assigning(found: Lead | None) -> Lead | None:
    """A suggestion on another ladder: what is tapped in this class is of this class's ladder, but for drills."""
    return replace(found, setting=None, choose_drill=None) if found else None


def tick_words(day: date, unit: str) -> str:
    """A label of a time axis. A year begins with its number."""
    if unit == "day":
        return format_date(day, "j M")
    return format_date(day, "Y" if unit == "year" or day.month == 1 else "M")


# --- Faults over time ------------------------------------------------------------------------------------------------


def faults_part(seen: list[Seen], words: LadderWords, now: datetime) -> FaultsPart:
    """Which faults were seen in which week, the most frequent first."""
    weeks = pictures.last_weeks(local_day(now), WEEKS)
    # A day early for those west of the clock; the weeks decide.
    recent = [each.key for each in seen if each.at >= now - timedelta(weeks=WEEKS, days=1)]
    counts: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for name, at in fault_times(recent, words):
        day = local_day(at)
        week = day - timedelta(days=day.weekday())
        if week in weeks:
            counts[name][week] += 1
    rows = sorted(counts.items(), key=lambda row: (-sum(row[1].values()), row[0]))
    table = [
        FaultLine(week_words(week), name, times[week])
        for week in reversed(weeks)
        for name, times in rows
        if week in times
    ]
    return FaultsPart(
        picture=pictures.fault_picture(rows[:FAULTS], weeks, tick_words),
        title=_("Faults by week: %(names)s") % {"names": ", ".join(name for name, _times in rows[:FAULTS])},
        table=table,
    )


def fault_times(assessment_ids: list[UUID], words: LadderWords) -> Iterable[tuple[str, datetime]]:
    """Every fault of these assessments: what it is called now, so that one fault is one row, and when."""
    if not assessment_ids:
        return
    rows = AssessmentFault.objects.filter(assessment_id__in=assessment_ids).standing()
    for key, written, at in rows.values_list("fault__fault__key", "fault__name", "assessment__at"):
        yield (words.faults[key].name if key in words.faults else written), at


def week_words(monday: date) -> str:
    """A week in the table."""
    return format_date(monday, "j F Y")


# --- Drills ----------------------------------------------------------------------------------------------------------


def home_drills(member_id: UUID, words: LadderWords, now: datetime) -> list[HomeDrill]:
    """What the member is to do at home, the newest first."""
    rows = assigned_drills(member_id).select_related("drill__drill", "actor").order_by("-at", "-tap__key")
    return [
        HomeDrill(
            key=row.drill.drill.key,
            name=row.drill.name,
            dose=row.drill.dose.get("text", ""),
            reason=assignment_reason(row, words, now),
        )
        for row in rows
    ]


def drill_groups(wordings: list[LadderWords], at_home: set[str]) -> list[DrillGroup]:
    """The gym's drills that are not assigned yet, by stage, then the others; none that is not taught any more."""
    left = set(Drill.objects.filter(retired_at=None).values_list("key", flat=True)) - at_home
    # Every ladder knows all of the gym's drills.
    drills = wordings[0].drills
    named = [(stage.name, stage.drills) for words in wordings for stage in words.shown]
    others = sorted(drills, key=lambda key: drills[key].name)
    groups = []
    for name, keys in [*named, (_("Other drills"), tuple(others))]:
        wanted = [key for key in keys if key in left]
        # A drill of several stages stands under the first.
        left.difference_update(wanted)
        if wanted:
            groups.append(DrillGroup(name, [drills[key] for key in wanted]))
    return groups
