"""The pictures of a history, point by point. No database: plain values in, points and labels out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from programming.pictures import (
    DROP,
    LIFT,
    LONGEST,
    MARGIN,
    NEAR,
    WIDTH,
    Label,
    LinePicture,
    Mark,
    Step,
    Stretch,
    fault_picture,
    from_then_on,
    last_weeks,
    setting_picture,
    shortened,
    stage_picture,
    stretches,
    thinned,
    ticks,
)

# The pictures begin at midnight; so do most of these, and their numbers are plain.
START = datetime(2026, 9, 26, tzinfo=UTC)
NAMES = ["Wall", "Dowel", "Loaded"]
LEFT, RIGHT = 60.8, float(WIDTH - MARGIN)


def day(days: float) -> datetime:
    return START + timedelta(days=days)


def say(named: date, unit: str) -> str:
    return {"day": f"{named:%-d %b}", "month": f"{named:%b}", "year": f"{named:%Y}"}[unit]


def drawn(steps: list[Step], marks: list[Mark] | None = None, *, days: float, names: list[str] = NAMES) -> LinePicture:
    picture = stage_picture(names, steps, marks or [], day(days), say)
    assert picture is not None
    return picture


# --- The line --------------------------------------------------------------------------------------------------------


def test_nobody_placed_has_no_picture() -> None:
    assert stage_picture(NAMES, [], [Mark(START, 0, "clean")], day(10), say) is None


@pytest.mark.parametrize(
    ("moves", "days", "line"),
    [
        # One move: along its stage from the first day to today, the lowest stage at the bottom.
        ([(0, 0)], 100, "M60.8 108H371"),
        ([(0, 2)], 100, "M60.8 20H371"),
        # Up in the middle; up by two; down again.
        ([(0, 0), (50, 1)], 100, "M60.8 108H215.9V64H371"),
        ([(0, 0), (50, 2), (75, 0)], 100, "M60.8 108H215.9V20H293.4V108H371"),
        # In whatever order they come, and without those that stay.
        ([(50, 1), (0, 0), (75, 1), (25, 0)], 100, "M60.8 108H215.9V64H371"),
        # Several within one class of a long history: at one place, all of them there.
        ([(0, 0), (50, 1), (50.01, 0), (50.02, 2)], 100, "M60.8 108H215.9V64H215.9V108H216V20H371"),
        # A first class: the axis is a week long, and the line as long as it is true.
        ([(0, 0)], 0, "M60.8 108H60.8"),
        ([(0, 0)], 3.5, "M60.8 108H215.9"),
        # A tap dated ahead of the clock.
        ([(0, 0), (10, 1)], 5, "M60.8 108H371V64H371"),
    ],
)
def test_the_line(moves: list[tuple[float, int]], days: float, line: str) -> None:
    assert drawn([Step(day(at), height) for at, height in moves], days=days).line == line


def test_five_stages_stand_above_each_other() -> None:
    picture = drawn([Step(day(0), 4)], days=30, names=["one", "two", "three", "four", "five"])
    assert [(rung.words, rung.y) for rung in picture.rungs] == [
        ("one", 196),
        ("two", 152),
        ("three", 108),
        ("four", 64),
        ("five", 20),
    ]
    assert picture.height == 236
    assert picture.line == f"M{picture.left:g} 20H371"


def test_a_long_name_leaves_room_for_the_line() -> None:
    picture = drawn([Step(day(0), 0)], days=30, names=["W" * 80, "Dowel"])
    assert picture.rungs[0].words == "W" * (LONGEST - 1) + "…"
    assert picture.left < WIDTH / 2
    assert shortened("W" * LONGEST) == "W" * LONGEST


# --- What was seen ---------------------------------------------------------------------------------------------------


def test_marks_stand_at_their_time_and_stage() -> None:
    marks = [Mark(day(50), 0, "clean"), Mark(day(75), 1, "fault"), Mark(day(100), 1, "clean")]
    # The last one came in while the picture was being drawn.
    marks[-1] = Mark(day(100.001), 1, "clean")
    picture = drawn([Step(day(0), 0), Step(day(60), 1)], marks, days=100)
    assert list(picture.clean) == [(215.9, 108 - LIFT), (371.0, 64 - LIFT)]
    assert list(picture.fault) == [(293.4, 64 + DROP)]


def test_a_fault_hides_nothing_that_was_clean_the_same_day() -> None:
    """A dot is 5 in each direction, a triangle 6.5 up and 4.5 down, the line 2: one above it, one below."""
    picture = drawn([Step(day(0), 1)], [Mark(day(50), 1, "clean"), Mark(day(50), 1, "fault")], days=100)
    ((across, dot),), ((same, triangle),) = picture.clean, picture.fault
    assert across == same
    assert dot + 5 < 64 - 2
    assert triangle - 6.5 > 64 + 2
    # Nor does it reach what hangs from the rung above, or the words of the axis.
    assert 64 + DROP + 4.5 < 108 - LIFT - 5
    assert picture.ticks[0].y - 13 > 108 + DROP + 4.5


def test_what_was_seen_before_the_first_standing_move_is_not_drawn() -> None:
    picture = drawn([Step(day(10), 0)], [Mark(day(5), 0, "clean"), Mark(day(50), 0, "clean")], days=90)
    assert picture.clean == ((215.9, 108 - LIFT),)


def test_marks_of_a_kind_do_not_lie_on_each_other() -> None:
    near = [("clean", 100.0, 20), ("clean", 100.0 + NEAR - 1, 20), ("clean", 100.0 + NEAR, 20)]
    assert thinned(near) == [near[0], near[2]]
    # Another kind, and another stage, are something else.
    other = [("clean", 100.0, 20), ("fault", 100.0, 20), ("clean", 100.0, 64)]
    assert thinned(other) == other


def test_years_of_classes_stay_a_light_picture() -> None:
    marks = [Mark(day(each), 0, "clean") for each in range(700)]
    assert len(drawn([Step(day(0), 0)], marks, days=700).clean) < 70


# --- From a day on ---------------------------------------------------------------------------------------------------


def test_the_line_goes_on_from_the_last_step_before() -> None:
    steps = [Step(day(0), 0), Step(day(10), 2), Step(day(20), 1)]
    assert from_then_on(steps, None) == steps
    assert from_then_on(steps, day(15)) == [Step(day(15), 2), steps[2]]
    assert from_then_on(steps, day(20)) == [Step(day(20), 1)]
    assert from_then_on(steps[1:], day(5)) == steps[1:]
    assert from_then_on([], day(5)) == []


def test_a_month_of_a_long_history() -> None:
    steps, marks = [Step(day(0), 0), Step(day(210), 1)], [Mark(day(100), 0, "clean"), Mark(day(207), 0, "clean")]
    picture = stage_picture(NAMES, steps, marks, day(231), say, since=day(200))
    assert picture is not None
    assert picture.line == "M60.8 108H160.9V64H371"
    assert len(picture.clean) == 1
    assert picture.ticks[0].words == say(day(200).date(), "day")
    # In numbers too, what was over by then is left out, and what was not keeps the day it began.
    assert stretches([Step(day(-9), 2), *steps], marks, day(200)) == [
        Stretch(day(0), 0, 2, 0),
        Stretch(day(210), 1, 0, 0),
    ]


# --- Settings --------------------------------------------------------------------------------------------------------


def test_settings_stand_as_far_apart_as_they_are() -> None:
    settings = {8000: "8 kg", 12000: "12 kg", 20000: "20 kg"}
    steps = [Step(day(0), 8000), Step(day(50), 20000), Step(day(75), 12000)]
    marks = [Mark(day(60), 20000, "clean"), Mark(day(80), 12000, "fault")]
    picture = setting_picture(settings, steps, marks, day(100), say)
    assert picture is not None
    heights = {rung.words: rung.y for rung in picture.rungs}
    assert heights == {"8 kg": 76, "12 kg": 57.3, "20 kg": 20}
    assert picture.line.endswith("V20H291.5V57.3H371")
    assert [up for _across, up in picture.clean] == [20 - LIFT]
    assert [up for _across, up in picture.fault] == [57.3 + DROP]


def test_many_settings_leave_out_labels_and_no_step() -> None:
    settings = {each: f"{each} cm" for each in range(20, 60)}
    steps = [Step(day(each), each) for each in settings]
    picture = setting_picture(settings, steps, [], day(90), say)
    assert picture is not None
    places = [rung.y for rung in picture.rungs]
    assert picture.rungs[0].words == "20 cm" and len(places) > 5
    assert all(lower - upper >= 16 for lower, upper in zip(places, places[1:], strict=False))
    assert picture.line.count("V") == 39
    assert picture.height < 210


def test_the_line_of_a_stage_that_was_left_ends_there() -> None:
    there = setting_picture({300: "30 cm"}, [Step(day(0), 300)], [], day(100), say)
    left = setting_picture({300: "30 cm"}, [Step(day(0), 300)], [], day(100), say, until=day(50))
    assert there and left
    assert (there.line[-4:], left.line[-6:]) == ("H371", "20H212")
    assert setting_picture({}, [], [], day(100), say) is None


def test_a_day_of_a_setting_stands_below_the_same_day_of_a_stage() -> None:
    picture = setting_picture({300: "30 cm"}, [Step(day(50), 300)], [], day(100), say, begin=day(0))
    assert picture is not None
    assert picture.line == "M212 20H371"
    assert picture.ticks == ticks_of(picture)


def ticks_of(picture: LinePicture) -> tuple[Label, ...]:
    """The labels of an axis from the first day on."""
    return tuple(Label(x, picture.height - 6, words) for x, words in ticks(START, day(100), picture.left, say))


# --- In numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moves", "seen", "told"),
    [
        ([], [(1, 0, "clean")], []),
        ([(0, 0)], [], [(0, 0, 0, 0)]),
        ([(0, 0)], [(1, 0, "clean"), (2, 0, "fault"), (3, 0, "clean")], [(0, 0, 2, 1)]),
        (
            [(0, 0), (10, 1), (20, 0)],
            [(1, 0, "clean"), (10, 1, "fault"), (15, 1, "clean"), (19.9, 1, "clean"), (20, 0, "fault")],
            [(0, 0, 1, 0), (10, 1, 2, 1), (20, 0, 0, 1)],
        ),
        # Staying is no new line of the table.
        ([(0, 0), (10, 0)], [(1, 0, "clean"), (11, 0, "clean")], [(0, 0, 2, 0)]),
        # What was seen at another stage says nothing about this one.
        ([(0, 0)], [(1, 1, "clean"), (2, 2, "fault"), (3, 0, "clean")], [(0, 0, 1, 0)]),
    ],
)
def test_the_same_in_numbers(
    moves: list[tuple[float, int]], seen: list[tuple[float, int, str]], told: list[tuple[float, int, int, int]]
) -> None:
    marks = [Mark(day(at), height, kind) for at, height, kind in seen]
    found = stretches([Step(day(at), height) for at, height in moves], marks)
    assert found == [Stretch(day(at), *counts) for at, *counts in told]


# --- The time axis ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (7, ["26 Sep", "28 Sep", "30 Sep"]),
        (30, ["26 Sep", "3 Oct", "10 Oct", "17 Oct"]),
        (35, ["26 Sep", "3 Oct", "10 Oct", "17 Oct", "24 Oct"]),
        # What would stand on the first label is left out.
        (56, ["26 Sep", "Oct", "Nov"][1:]),
        (90, ["Oct", "Nov", "Dec"]),
        (365, ["Nov", "Jan", "Mar", "May", "Jul"]),
        (730, ["Jan", "Jul", "Jan", "Jul"]),
        (800, ["2027", "2028"]),
        (3650, ["2028", "2030", "2032", "2034"]),
        (20000, ["2030", "2040", "2050", "2060", "2070"]),
    ],
)
def test_the_axis_counts_in_what_its_length_asks_for(days: float, words: list[str]) -> None:
    assert [each for _x, each in ticks(START, day(days), LEFT, say)] == words


def test_a_mark_stands_under_its_own_day() -> None:
    """Placed in the evening, seen the next morning: the axis begins at midnight, so the morning is after its label."""
    picture = drawn([Step(day(0.75), 0)], [Mark(day(2.3), 0, "clean")], days=7)
    labels = {tick.words: tick.x for tick in picture.ticks}
    assert picture.left == labels["26 Sep"] < float(picture.line[1:].split()[0]) < labels["28 Sep"]
    ((across, _up),) = picture.clean
    assert labels["28 Sep"] < across < labels["30 Sep"]


def test_what_was_seen_on_the_first_day_before_the_first_move_is_not_drawn() -> None:
    marks = [Mark(day(0.5), 0, "clean"), Mark(day(0.75), 0, "fault")]
    picture = drawn([Step(day(0.75), 0)], marks, days=7)
    assert (len(picture.clean), len(picture.fault)) == (0, 1)


@pytest.mark.parametrize("days", [*range(7, 60), 90, 180, 365, 500, 729, 731, 1000, 5000, 20000])
@pytest.mark.parametrize("left", [LEFT, 182.0])
@pytest.mark.parametrize("into", [0, 4, 28, 97])
def test_no_label_touches_another_or_the_edge(days: int, left: float, into: int) -> None:
    begun = day(into)
    found = ticks(begun, begun + timedelta(days=days), left, say)
    assert found
    wide = 7.5 * max(len(words) for _x, words in found)
    places = [x for x, _words in found]
    assert places[0] >= left
    assert all(right - before >= min(wide, 43) for before, right in zip(places, places[1:], strict=False)), found
    assert places[-1] + wide <= WIDTH


# --- Faults by week --------------------------------------------------------------------------------------------------

WEEKS = last_weeks(date(2026, 11, 21), 12)


def test_weeks_begin_on_monday() -> None:
    assert (WEEKS[0], WEEKS[-1], len(WEEKS)) == (date(2026, 8, 31), date(2026, 11, 16), 12)
    assert last_weeks(date(2026, 11, 16), 1) == last_weeks(date(2026, 11, 22), 1) == [date(2026, 11, 16)]


def test_faults_stand_in_their_week() -> None:
    rows = [("chin up", {WEEKS[0]: 1, WEEKS[11]: 3}), ("squats it", {WEEKS[11]: 1, date(2020, 1, 6): 9})]
    picture = fault_picture(rows, WEEKS, say)
    assert picture is not None
    first, last, below = picture.marks
    assert first[1] == last[1] == picture.names[0].y
    assert below[1] == picture.names[1].y
    assert picture.left < first[0] < last[0] == below[0] < picture.right
    # A number stands where it was more than once.
    assert [(count.words, count.x) for count in picture.counts] == [("3", last[0])]
    labels = [tick.words for tick in picture.ticks]
    assert labels[0] == "7 Sep"
    places = [tick.x for tick in picture.ticks]
    assert all(right - before >= 55 for before, right in zip(places, places[1:], strict=False))


def test_no_faults_no_picture() -> None:
    assert fault_picture([], WEEKS, say) is None
