"""Pictures of a history: from plain values to the points, lines and labels of an SVG. Nothing here reads a row.

Lengths are in units of the picture's own viewBox, which is WIDTH wide. Times are aware, in the gym's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WIDTH = 380
# Between two rungs of stages, above the first one, and below the last one for the words of the time axis.
RUNG, ABOVE, BELOW = 44, 20, 40
# Between two settings: what is aimed at, what a label needs, and the most that all of them take.
NOTCH, APART, TALLEST = 28, 16, 140
# What was clean stands above its line and a fault below it, so that neither hides the other.
LIFT, DROP = 8, 9
# On the right, so that a mark of today is whole.
MARGIN = 9
# How wide a letter of a label is, and how much of a name there is room for.
LETTER, LONGEST = 7.8, 22
# A time axis is never shorter, so that the minutes of a first class do not look like weeks.
SHORTEST = timedelta(days=7)
# Marks of one kind that are nearer than this are one.
NEAR = 5
# What a label of the time axis takes, with the space before the next.
ROOM = {"day": 56, "month": 44, "year": 44}
# Up to which length in days an axis counts in days, in months; beyond that in years.
DAYS, MONTHS = 35, 730
STEPS = {"day": (1, 2, 3, 7, 14), "month": (1, 2, 3, 6, 12), "year": (1, 2, 5, 10, 20, 50)}

# Says a day of the time axis in its unit: "day", "month" or "year".
Say = Callable[[date, str], str]


@dataclass(frozen=True, slots=True)
class Step:
    """From then on somebody stands at that height, counted from 0."""

    at: datetime
    height: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Something seen at that height: "clean" or "fault"."""

    at: datetime
    height: int
    kind: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a point."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class LinePicture:
    """A line through time on rungs (stages of a ladder, settings of a stage), with what was seen on it."""

    height: int
    left: float
    rungs: tuple[Label, ...]
    line: str
    clean: tuple[tuple[float, float], ...]
    fault: tuple[tuple[float, float], ...]
    ticks: tuple[Label, ...]

    width = WIDTH
    right = WIDTH - MARGIN


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time at one height, and what was seen in it."""

    since: datetime
    height: int
    clean: int
    fault: int


@dataclass(frozen=True, slots=True)
class FaultPicture:
    """How often each fault was seen in each week; a number stands where it was more than once."""

    height: int
    left: float
    names: tuple[Label, ...]
    marks: tuple[tuple[float, float], ...]
    counts: tuple[Label, ...]
    ticks: tuple[Label, ...]

    width = WIDTH
    right = WIDTH - MARGIN


def stage_picture(
    names: Sequence[str],
    steps: Sequence[Step],
    marks: Iterable[Mark],
    now: datetime,
    say: Say,
    *,
    since: datetime | None = None,
) -> LinePicture | None:
    """The stages of one ladder through time until now, lowest name first; None for somebody who has none yet.

    `since` is a midnight before which nothing is drawn.
    """
    rungs = [Label(0, ABOVE + RUNG * (len(names) - 1 - height), name) for height, name in enumerate(names)]
    walked = from_then_on(changes(steps), since)
    return line_picture(rungs, dict(enumerate(rung.y for rung in rungs)), walked, marks, (None, now, now), say)


def setting_picture(
    settings: Mapping[int, str],
    steps: Sequence[Step],
    marks: Iterable[Mark],
    now: datetime,
    say: Say,
    *,
    begin: datetime | None = None,
    until: datetime | None = None,
) -> LinePicture | None:
    """The settings of one stage through time, the harder the higher, each with its words; heights are settings.

    The axis begins with `begin`, or with the first step. The line ends at `until` where the member left the stage then.
    None where nothing was ever set.
    """
    if not settings:
        return None
    low, high = min(settings), max(settings)
    tall = min(NOTCH * (len(settings) - 1), TALLEST)
    places = {each: round(ABOVE + tall * (high - each) / max(high - low, 1), 1) for each in settings}
    rungs: list[Label] = []
    for each in sorted(settings):
        # The lowest has a label, and each that has room above the one before.
        if not rungs or rungs[-1].y - places[each] >= APART:
            rungs.append(Label(0, places[each], settings[each]))
    return line_picture(rungs, places, changes(steps), marks, (begin, until or now, now), say)


def line_picture(
    rungs: Sequence[Label],
    places: Mapping[int, float],
    walked: Sequence[Step],
    marks: Iterable[Mark],
    times: tuple[datetime | None, datetime, datetime],
    say: Say,
) -> LinePicture | None:
    """A line between labelled rungs; `places` says how far down each height is.

    `times` are what the axis begins with (None: the line), until when the line goes, and now, which the axis ends with.
    """
    begin, until, now = times
    if not walked:
        return None
    # The axis counts whole days, so it begins with one.
    first, today = min(begin or walked[0].at, walked[0].at), max(now, walked[-1].at)
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    end = max(today, start + SHORTEST)
    left, bottom = label_room([rung.words for rung in rungs]), max(places.values())

    def x(at: datetime) -> float:
        return round(left + (WIDTH - MARGIN - left) * min((at - start) / (end - start), 1), 1)

    seen = thinned((mark.kind, x(mark.at), places[mark.height]) for mark in marks if walked[0].at <= mark.at)
    return LinePicture(
        height=int(bottom) + BELOW,
        left=left,
        rungs=tuple(Label(0, rung.y, shortened(rung.words)) for rung in rungs),
        line=line([(x(step.at), places[step.height]) for step in walked], x(max(until, walked[-1].at))),
        clean=tuple((across, up - LIFT) for kind, across, up in seen if kind == "clean"),
        fault=tuple((across, up + DROP) for kind, across, up in seen if kind == "fault"),
        ticks=tuple(Label(at, bottom + BELOW - 6, words) for at, words in ticks(start, end, left, say)),
    )


def from_then_on(steps: Sequence[Step], since: datetime | None) -> list[Step]:
    """The steps in order of time as they go on from a moment: the last one before it begins there."""
    if since is None:
        return list(steps)
    before = [step for step in steps if step.at <= since]
    return [*(Step(since, step.height) for step in before[-1:]), *(step for step in steps if step.at > since)]


def changes(steps: Sequence[Step]) -> list[Step]:
    """The steps in order of time, without those that stay where they are."""
    walked: list[Step] = []
    for step in sorted(steps, key=lambda step: step.at):
        if not walked or walked[-1].height != step.height:
            walked.append(step)
    return walked


def line(points: Sequence[tuple[float, float]], end: float) -> str:
    """A path that goes along, then up or down, and so on to the end."""
    (first_x, first_y), *rest = points
    turns = "".join(f"H{x:g}V{y:g}" for x, y in rest)
    return f"M{first_x:g} {first_y:g}{turns}H{end:g}"


def thinned(marks: Iterable[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """Marks by time, without those that would lie on one of their own kind."""
    kept: list[tuple[str, float, float]] = []
    last: dict[tuple[str, float], float] = {}
    for kind, x, y in sorted(marks, key=lambda mark: mark[1]):
        if x - last.get((kind, y), -WIDTH) >= NEAR:
            kept.append((kind, x, y))
            last[kind, y] = x
    return kept


def stretches(steps: Sequence[Step], marks: Iterable[Mark], since: datetime | None = None) -> list[Stretch]:
    """The same in numbers: each time at one height, first first, with what was seen of it then, clean and not.

    Those that were over at `since` are left out.
    """
    walked, seen = changes(steps), list(marks)
    found = []
    for place, step in enumerate(walked):
        until = walked[place + 1].at if place + 1 < len(walked) else None
        if since and until and until <= since:
            continue
        # A coach may look at another stage meanwhile: that is no clean of this one.
        of_it = [mark for mark in seen if mark.height == step.height]
        within = [mark.kind for mark in of_it if mark.at >= step.at and (until is None or mark.at < until)]
        found.append(Stretch(step.at, step.height, within.count("clean"), within.count("fault")))
    return found


def ticks(start: datetime, end: datetime, left: float, say: Say) -> list[tuple[float, str]]:
    """The labels of a time axis, which starts at midnight: days, months or years, as length and room ask for."""
    length = (end - start) / timedelta(days=1)
    unit = "day" if length <= DAYS else "month" if length <= MONTHS else "year"
    room, right = ROOM[unit], WIDTH - MARGIN
    scale = (right - left) / length

    def x(day: date) -> float:
        if unit == "day":
            # As many days on as there are nights between, whatever the clocks do.
            return round(left + scale * (day - start.date()).days, 1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=start.tzinfo)
        return round(left + scale * ((midnight - start) / timedelta(days=1)), 1)

    each = {"day": 1, "month": 30.4, "year": 365.25}[unit]
    step = next((step for step in STEPS[unit] if step * each * scale >= room), STEPS[unit][-1])
    found = [(x(day), say(day, unit)) for day in beginnings(start.date(), end.date(), unit, step)]
    shown = [(place, words) for place, words in found if left <= place <= WIDTH - room]
    # What the axis begins with, where the first label leaves room for it.
    if not shown or shown[0][0] - left >= room:
        shown.insert(0, (left, say(start.date(), unit)))
    return shown


def beginnings(first: date, last: date, unit: str, step: int) -> Iterator[date]:
    """The first days of each `step` days, months or years between two days."""
    if unit == "day":
        yield from (first + timedelta(days=days) for days in range(0, (last - first).days + 1, step))
        return
    # Months are counted from the year 0, so that quarters and halves begin where a calendar's do.
    for month in range(first.year * 12 + first.month, last.year * 12 + last.month):
        if month % (step if unit == "month" else step * 12) == 0:
            yield date(month // 12, month % 12 + 1, 1)


def fault_picture(rows: Sequence[tuple[str, dict[date, int]]], weeks: Sequence[date], say: Say) -> FaultPicture | None:
    """Faults by week: `rows` are (name, {first day of a week: how often}), `weeks` in order; None without rows."""
    if not rows:
        return None
    left = label_room([name for name, _counts in rows])
    wide = (WIDTH - MARGIN - left) / len(weeks)
    places = {week: round(left + wide * (place + 0.5), 1) for place, week in enumerate(weeks)}
    heights = [ABOVE + 4 + 36 * row for row in range(len(rows))]
    seen = [
        (places[week], y, times)
        for (_name, counts), y in zip(rows, heights, strict=True)
        for week, times in sorted(counts.items())
        if week in places
    ]
    bottom = heights[-1] + BELOW
    # The label stands in the middle of its week; from the second on, it has room on both sides.
    apart = max(int(-(-ROOM["day"] // wide)), 1)
    named = weeks[1::apart] if len(weeks) > 1 else weeks
    return FaultPicture(
        height=bottom,
        left=left,
        names=tuple(Label(0, y, shortened(name)) for (name, _counts), y in zip(rows, heights, strict=True)),
        marks=tuple((x, y) for x, y, _times in seen),
        counts=tuple(Label(x, y - 9, str(times)) for x, y, times in seen if times > 1),
        ticks=tuple(Label(places[week], bottom - 6, say(week, "day")) for week in named),
    )


def last_weeks(today: date, count: int) -> list[date]:
    """The Mondays of that many weeks, this one last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=ago) for ago in range(count - 1, -1, -1)]


def label_room(names: Iterable[str]) -> float:
    """Where the lines begin, right of the longest name."""
    return round(max((len(shortened(name)) for name in names), default=0) * LETTER + 14, 1)


def shortened(name: str) -> str:
    """As much of a name as there is room for; the whole one stands in the table."""
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"
