"""One member's stages, settings and faults over time: as pictures, and the same in numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from programming import ladder, pictures
from programming.history_words import day_name, local_day
from programming.models import Assessment, AssessmentFault, Progression
from programming.models.history import records_of
from programming.models.ladder_words import LadderWords, StageWords
from programming.models.replaying import stage_events
from programming.pictures import FaultPicture, LinePicture, Mark, Step
from programming.shipped import shown, within
from programming.words import setting_text

# So many of the newest assessments are drawn; each stands in the list below the picture as well.
DRAWN = 400
# Weeks that the pictures of a month show, and weeks of faults that there is room for at most.
MONTH, WEEKS = 5, 24
# Kinds of fault that the picture of faults has room for.
FAULTS = 8
# Changes of stage that the picture's own title still names one by one.
TOLD = 3

KINDS = {ladder.CLEAN: "clean", ladder.NOT_YET: "fault"}


@dataclass(frozen=True, slots=True)
class Period:
    """The time that the pictures show: a month in whole weeks, or all there is (`since` is None)."""

    since: datetime | None
    weeks: int

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out for being long ago."""
        return self.since is None

    @property
    def only(self) -> str:
        """What an address says of the period and of nothing else."""
        return "?period=all" if self.is_all else ""

    @property
    def also(self) -> str:
        """What an address says of the period after something else."""
        return "&period=all" if self.is_all else ""


def period_of(asked: str, now: datetime) -> Period:
    """The period of an address: "all", and for everything else the month."""
    if asked == "all":
        return Period(None, WEEKS)
    monday = pictures.last_weeks(local_day(now), MONTH)[0]
    return Period(timezone.make_aware(datetime.combine(monday, time.min)), MONTH)


@dataclass(frozen=True, slots=True)
class Seen:
    """An assessment as the pictures need it. `setting` is in mm or g; None where the stage has none."""

    key: UUID
    at: datetime
    progression_id: UUID
    stage: str
    setting: int | None
    result: str


def drawn_assessments(member_id: UUID, period: Period) -> list[Seen]:
    """The newest assessments that still stand, one more than is drawn where there are more."""
    rows = Assessment.objects.filter(member__in=records_of(member_id)).standing().order_by("-at")
    if period.since:
        rows = rows.filter(at__gte=period.since)
    fields = ("pk", "at", "stage__stage__progression_id", "stage__stage__key", "setting", "result")
    return [Seen(*values) for values in rows.values_list(*fields)[: DRAWN + 1]]


@dataclass(frozen=True, slots=True)
class StretchLine:
    """One row of the table beside a picture: since when at which stage or setting, and what was seen there."""

    since: str
    place: str
    clean: int
    fault: int


@dataclass(frozen=True, slots=True)
class SettingPart:
    """The settings of one stage over time."""

    key: str
    name: str
    picture: LinePicture
    title: str
    table: list[StretchLine]


@dataclass(frozen=True, slots=True)
class LadderPictures:
    """One ladder over time: the stages, and of each stage that has a setting the settings."""

    line: str
    picture: LinePicture | None
    title: str
    table: list[StretchLine]
    settings: list[SettingPart]


def ladder_pictures(
    member_id: UUID,
    progression: Progression,
    standing: ladder.Standing,
    seen: list[Seen],
    period: Period,
    now: datetime,
) -> LadderPictures:
    """Where the member stood when, with which setting, and what was seen there."""
    words = progression.ladder()
    events = ladder.in_effect(words.ladder, stage_events(member_id, progression, since=period.since))
    seen = [each for each in seen if each.progression_id == progression.pk]
    steps = [(each.at, each.stage) for each in events if isinstance(each, ladder.Moved) and each.stage in words.stages]
    stages = drawn_stages(words, {key for _at, key in steps})
    heights = {stage.key: height for height, stage in enumerate(stages)}
    line = [Step(timezone.localtime(at), heights[key]) for at, key in steps]
    # "Seen, same" says neither clean nor not.
    marks = [
        Mark(timezone.localtime(each.at), heights[each.stage], KINDS[each.result])
        for each in seen
        if each.stage in heights and each.result in KINDS
    ]
    told = table_of(line, marks, lambda height, since: words.name_then(stages[height].key, since), period, now)
    names, today = [stage.short_name for stage in stages], timezone.localtime(now)
    # The pictures of settings begin where that of the stages does, so that a day stands below itself.
    begin = min((step.at for step in pictures.from_then_on(line, period.since)), default=None)
    parts = [setting_part(stage, events, seen, standing, period, (begin, now)) for stage in stages if stage.quantity]
    return LadderPictures(
        line=standing_line(words, standing, told),
        picture=pictures.stage_picture(names, line, marks, today, tick_words, since=period.since),
        title=line_title(told),
        table=told[::-1],
        settings=[part for part in parts if part],
    )


def setting_part(
    stage: StageWords,
    events: list[ladder.Event],
    seen: list[Seen],
    standing: ladder.Standing,
    period: Period,
    times: tuple[datetime | None, datetime],
) -> SettingPart | None:
    """The settings of one stage: as they were set, and as each assessment found them. None where nothing is known.

    `times` are when the picture begins and now.
    """
    begin, now = times
    found = [(each.at, each.setting, each.result) for each in seen if each.stage == stage.key]
    adjusted = [each for each in events if isinstance(each, ladder.Adjusted) and each.stage == stage.key]
    known = [*((each.at, each.setting) for each in adjusted), *((at, setting) for at, setting, _result in found)]
    steps = [Step(timezone.localtime(at), setting) for at, setting in known if setting is not None]
    last, is_there = max((step.at for step in steps), default=now), stage.key == standing.stage
    if not steps or (period.since and last < period.since and not is_there):
        return None
    marks = [
        Mark(timezone.localtime(at), setting, KINDS[result])
        for at, setting, result in found
        if setting is not None and result in KINDS
    ]
    line = pictures.from_then_on(pictures.changes(steps), period.since)
    says = {step.height: setting_text(stage.quantity, step.height) for step in line}
    told, today = table_of(steps, marks, lambda height, _since: says[height], period, now), timezone.localtime(now)
    until = None if is_there else last
    picture = pictures.setting_picture(says, line, marks, today, tick_words, begin=begin, until=until)
    if picture is None:
        return None
    return SettingPart(stage.key, f"{stage.setting_name}, {within(stage.name)}", picture, line_title(told), told[::-1])


def table_of(
    steps: list[Step], marks: list[Mark], called: Callable[[int, datetime], str], period: Period, now: datetime
) -> list[StretchLine]:
    """The same in numbers, first first; one that began before the period with its own day.

    `called` says what a height was called at a time.
    """
    return [
        StretchLine(day_name(each.since, now), called(each.height, each.since), each.clean, each.fault)
        for each in pictures.stretches(steps, marks, period.since)
    ]


def standing_line(words: LadderWords, standing: ladder.Standing, told: list[StretchLine]) -> str:
    """Where the member stands: "dowel since 27 October"."""
    if standing.stage is None:
        return _("no stage yet")
    stage = within(words.stages[standing.stage].name)
    return _("%(stage)s since %(day)s") % {"stage": stage, "day": told[-1].since} if told else stage


def drawn_stages(words: LadderWords, stood_on: set[str]) -> list[StageWords]:
    """The stages of the ladder from the lowest up; one that is not taught any more where the member stood on it."""
    return [stage for stage in words.stages.values() if not stage.retired or stage.key in stood_on]


def line_title(told: list[StretchLine]) -> str:
    """What the picture of a line shows, for those who do not see it."""
    last = [_("%(place)s from %(day)s") % {"place": each.place, "day": each.since} for each in told[-TOLD:]]
    if len(told) <= TOLD:
        return ", ".join(last)
    count = len(told) - 1
    return _("%(count)s changes; lately %(last)s") % {"count": count, "last": ", ".join(last)}


def tick_words(day: date, unit: str) -> str:
    """A label of a time axis. A year begins with its number."""
    if unit == "day":
        return format_date(day, _("j M"))
    return format_date(day, "Y" if unit == "year" or day.month == 1 else "M")


# --- Faults by week --------------------------------------------------------------------------------------------------


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


def faults_part(seen: list[Seen], words: LadderWords, period: Period, now: datetime) -> FaultsPart:
    """Which faults were seen in which week, the most frequent first."""
    weeks = pictures.last_weeks(local_day(now), period.weeks)
    # A day early for those west of the clock; the weeks decide.
    recent = [each.key for each in seen if each.at >= now - timedelta(weeks=period.weeks, days=1)]
    counts: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for name, at in fault_times(recent, words):
        day = local_day(at)
        week = day - timedelta(days=day.weekday())
        if week in weeks:
            counts[name][week] += 1
    rows = sorted(counts.items(), key=lambda row: (-sum(row[1].values()), row[0]))
    table = [
        FaultLine(format_date(week, _("j F Y")), name, times[week])
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
        yield (words.faults[key].name if key in words.faults else shown(written)), at
