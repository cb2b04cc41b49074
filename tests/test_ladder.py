"""The rules of the ladder as tables, by their numbers in docs/ladder-rules.md. Each says what is, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from programming import ladder
from programming.ladder import Ladder, Setting, Stage, Standing, Suggestion

WALL = Stage("wall", 2, Setting(step=100, minimum=100, maximum=900, start=200, pass_at=400), drills=("tap-it",))
DOWEL = Stage("dowel", 2, None, drills=("standing", "flat"))
# Within the stage first: the next drill, then heavier.
LOADED = Stage(
    "loaded", 2, Setting(step=4000, minimum=0, maximum=12000, start=0), drills=("band", "bell"), within_first=True
)
HINGE = Ladder(
    stages=(WALL, DOWEL, LOADED),
    corrections={"squats": ("tap-it", "flat"), "rounds": ("standing", "flat"), "nameless": (), "late-lock": ("bell",)},
)
BEGIN = datetime(2026, 3, 2, 18, tzinfo=UTC)
LATER: dict[str, Any] = {"at": BEGIN + timedelta(hours=1), "tap": "tap-later"}
CLEAN_SET: dict[str, Any] = {"stage": "dowel", "result": ladder.CLEAN, "assessment": "later"}


class History:
    """Events one after the other, a minute apart, as a test tells them."""

    def __init__(self, rungs: Ladder = HINGE) -> None:
        self.rungs = rungs
        self.events: list[ladder.Event] = []

    def _add(self, kind: Any, **values: Any) -> History:
        number = len(self.events)
        place = {"at": BEGIN + timedelta(minutes=number), "tap": f"tap-{number:03}"}
        self.events.append(kind(**{**place, **values}))
        return self

    def move(self, stage: str, **values: Any) -> History:
        return self._add(ladder.Moved, stage=stage, **values)

    def set(self, setting: int, stage: str | None = None) -> History:
        return self._add(ladder.Adjusted, setting=setting, stage=stage or str(self.now.stage))

    def drill(self, drill: str) -> History:
        return self._add(ladder.DrillChosen, drill=drill, stage=str(self.now.stage))

    def saw(self, result: str, *faults: str, stage: str | None = None, **values: Any) -> History:
        key = f"assessment-{len(self.events)}"
        values = {"setting": self.now.setting, **values}
        self._add(ladder.Assessed, assessment=key, stage=stage or str(self.now.stage), result=result, **values)
        for fault in faults:
            self._add(ladder.FaultSeen, assessment=key, fault=fault)
        return self

    def clean(self, times: int = 1, **values: Any) -> History:
        for _time in range(times):
            self.saw(ladder.CLEAN, **values)
        return self

    def not_yet(self, *faults: str) -> History:
        return self.saw(ladder.NOT_YET, *faults)

    def pain(self, hold: str = "hold") -> History:
        return self._add(ladder.PainReported, hold=hold)

    def clear(self, hold: str = "hold") -> History:
        return self._add(ladder.HoldCleared, hold=hold)

    @property
    def now(self) -> Standing:
        """What it makes."""
        return ladder.replay(self.rungs, self.events)

    def refuses(self, kind: Any, **values: Any) -> str | None:
        """The code with which the next event would be refused; None where it may happen."""
        event = History()._add(kind, **values).events[0]
        refused = ladder.refusal(self.rungs, self.now, event)
        return refused.code if refused else None

    @property
    def suggestion(self) -> Suggestion | None:
        """What the rules would do next."""
        return ladder.suggest(self.rungs, self.now)


def at(stage: str) -> History:
    """Somebody who was just put on that stage."""
    return History().move(stage)


# Rule 1: at most one stage; none until first placed ------------------------------------------------------------------


def test_1_nobody_stands_anywhere_until_first_placed() -> None:
    assert History().now == Standing()
    assert at("wall").now.stage == "wall"


def test_1_a_move_leaves_the_stage_before() -> None:
    assert at("wall").move("loaded").now.stage == "loaded"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (ladder.Assessed, {"stage": "wall", "result": ladder.CLEAN}),
        (ladder.Assessed, {"stage": "wall", "result": ladder.SEEN}),
        (ladder.FaultSeen, {"assessment": "some", "fault": "squats"}),
        (ladder.Adjusted, {"stage": "wall", "setting": 300}),
        (ladder.DrillChosen, {"stage": "wall", "drill": "tap-it"}),
    ],
)
def test_1_without_a_stage_there_is_nothing_to_judge(kind: Any, values: dict[str, Any]) -> None:
    assert History().refuses(kind, **values) == "not_placed"
    assert at("wall").refuses(kind, **values) is None


# Rule 2: a move up is earned -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "wanted", "earned"),
    [
        (at("dowel").clean(2), "loaded", True),
        (at("dowel").clean(3), "loaded", True),
        (at("dowel").clean(1), "loaded", False),
        (at("dowel").clean().not_yet().clean(), "loaded", False),
        (at("dowel").clean().not_yet().clean(2), "loaded", True),
        (at("dowel").clean().saw(ladder.SEEN).clean(), "loaded", True),
        # At the wall only a distance that passes earns the dowel.
        (at("wall").set(400).clean(2), "dowel", True),
        (at("wall").set(500).clean(2), "dowel", True),
        (at("wall").set(300).clean(2), "dowel", False),
        (at("wall").set(400).clean(2).set(300), "dowel", False),
        # One stage at a time, and up.
        (at("wall").set(400).clean(2), "loaded", False),
        (at("dowel").clean(2), "wall", False),
        (at("dowel").clean(2), "dowel", False),
        (at("loaded").clean(9), "dowel", False),
        (History(), "wall", False),
        # Cleans of a stage count for that stage only.
        (at("dowel").clean().move("wall").move("dowel").clean(), "loaded", False),
        (at("dowel").clean(2).pain(), "loaded", False),
    ],
)
def test_2_earned(history: History, wanted: str, earned: bool) -> None:
    assert ladder.earned(HINGE, history.now, wanted) is earned


def test_2_each_stage_says_how_many() -> None:
    patient = Ladder((Stage("one", clean_needed=3), Stage("two")))
    assert not ladder.earned(patient, History(patient).move("one").clean(2).now, "two")
    assert ladder.earned(patient, History(patient).move("one").clean(3).now, "two")


def test_2_a_retired_stage_is_stepped_over() -> None:
    without = Ladder((WALL, Stage("old", retired=True), DOWEL))
    standing = History(without).move("wall").set(400).clean(2).now
    assert ladder.earned(without, standing, "dowel")
    assert not ladder.earned(without, standing, "old")


# Rule 3: a coach may move anyone anywhere at once --------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["wall", "dowel", "loaded"])
@pytest.mark.parametrize("history", [History(), at("wall"), at("dowel").not_yet("squats"), at("loaded").clean(2)])
def test_3_any_stage_at_any_time(history: History, wanted: str) -> None:
    assert history.refuses(ladder.Moved, stage=wanted) is None


def test_3_a_stage_begins_afresh_where_it_was_left() -> None:
    standing = at("wall").set(500).clean().move("dowel").clean().move("wall").now
    assert (standing.setting, standing.drill, standing.clean) == (500, "tap-it", 0)


def test_3_the_same_stage_again_changes_nothing() -> None:
    before = at("dowel").clean().not_yet("squats").clean()
    again = at("dowel").clean().not_yet("squats").clean().move("dowel")
    assert (again.now.clean, again.now.stage) == (before.now.clean, before.now.stage)


# Rule 4: pain holds --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values", "allowed"),
    [
        (ladder.Moved, {"stage": "loaded"}, False),
        (ladder.Moved, {"stage": "dowel"}, True),
        (ladder.Moved, {"stage": "wall"}, True),
        (ladder.Assessed, {"stage": "dowel", "result": ladder.CLEAN}, False),
        (ladder.Assessed, {"stage": "dowel", "result": ladder.NOT_YET}, False),
        (ladder.Assessed, {"stage": "dowel", "result": ladder.SEEN}, False),
        (ladder.Assessed, {"stage": "wall", "result": ladder.CLEAN}, False),
        (ladder.FaultSeen, {"assessment": "some", "fault": "squats"}, False),
        (ladder.Adjusted, {"stage": "wall", "setting": 300}, False),
        (ladder.Adjusted, {"stage": "wall", "setting": 200}, True),
        (ladder.Adjusted, {"stage": "wall", "setting": 100}, True),
        (ladder.Adjusted, {"stage": "loaded", "setting": 4000}, False),
        (ladder.DrillChosen, {"stage": "dowel", "drill": "flat"}, False),
        (ladder.DrillChosen, {"stage": "dowel", "drill": "standing"}, True),
        (ladder.PainReported, {"hold": "another"}, True),
        (ladder.HoldCleared, {"hold": "hold"}, True),
    ],
)
def test_4_while_held(kind: Any, values: dict[str, Any], allowed: bool) -> None:
    assert at("dowel").pain().refuses(kind, **values) == (None if allowed else "held")
    assert at("dowel").refuses(kind, **values) is None
    assert at("dowel").pain().clear().refuses(kind, **values) is None


def test_4_somebody_held_is_not_placed_for_the_first_time() -> None:
    assert History().pain().refuses(ladder.Moved, stage="wall") == "held"
    assert History().pain().clear().refuses(ladder.Moved, stage="wall") is None


def test_4_each_hold_ends_by_its_own_clearance() -> None:
    twice = at("wall").pain("back").pain("knee")
    assert twice.clear("back").now.held
    assert not twice.clear("knee").now.held


@pytest.mark.parametrize("forbidden", [ladder.Moved(**LATER, stage="loaded"), ladder.Assessed(**LATER, **CLEAN_SET)])
def test_4_what_a_hold_forbade_at_its_time_has_no_effect(forbidden: ladder.Event) -> None:
    """As when it was tapped after the pain, and the pain arrived later."""
    held, free = at("dowel").pain(), at("dowel")
    assert ladder.replay(HINGE, [*free.events, forbidden]) != replace(free.now, last=forbidden.place)
    assert ladder.replay(HINGE, [*held.events, forbidden]) == replace(held.now, last=forbidden.place)
    assert ladder.in_effect(HINGE, [*held.events, forbidden]) == held.events


def test_4_a_hold_asks_for_nothing_next() -> None:
    assert at("dowel").clean(2).suggestion
    assert at("dowel").clean(2).pain().suggestion is None


# Rule 5: the same fault twice running --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "fault", "times", "drill", "stage"),
    [
        # The drill belongs to an earlier stage, so that stage is suggested too.
        (at("dowel").not_yet("squats").not_yet("squats"), "squats", 2, "tap-it", "wall"),
        (at("dowel").not_yet("squats").not_yet("squats", "rounds").not_yet("squats"), "squats", 3, "tap-it", "wall"),
        # Another drill of the same stage; not the one being done.
        (at("dowel").not_yet("rounds").not_yet("rounds"), "rounds", 2, "flat", None),
        (at("dowel").drill("flat").not_yet("rounds").not_yet("rounds"), "rounds", 2, "standing", None),
        # "Seen, same" neither adds nor breaks.
        (at("dowel").not_yet("rounds").saw(ladder.SEEN).not_yet("rounds"), "rounds", 2, "flat", None),
        # A drill of a later stage is no help yet, and some faults have none.
        (at("dowel").not_yet("late-lock").not_yet("late-lock"), "late-lock", 2, None, None),
        (at("dowel").not_yet("nameless").not_yet("nameless"), "nameless", 2, None, None),
    ],
)
def test_5_a_repeated_fault(history: History, fault: str, times: int, drill: str | None, stage: str | None) -> None:
    found = history.suggestion
    assert found == Suggestion("correct", stage=stage, drill=drill, at_stage="dowel", fault=fault, times=times)


@pytest.mark.parametrize(
    "history",
    [
        at("dowel").not_yet("squats"),
        at("dowel").not_yet("squats").not_yet("rounds"),
        at("dowel").not_yet("squats").not_yet().not_yet("squats"),
        at("dowel").not_yet("squats").clean().not_yet("squats"),
        # Twice on one sheet is one assessment.
        at("dowel").not_yet("squats", "squats"),
        # At two stages it is not the same fault running.
        at("dowel").not_yet("squats").move("loaded").not_yet("squats"),
        at("dowel").not_yet("squats").move("loaded").move("dowel").not_yet("squats"),
    ],
)
def test_5_not_a_repeated_fault(history: History) -> None:
    assert history.suggestion is None


def test_5_a_clean_one_ends_the_suggestion() -> None:
    assert at("dowel").not_yet("squats").not_yet("squats").clean().suggestion is None


# Rule 6: a suggestion states its evidence and never acts -------------------------------------------------------------


def test_6_the_evidence() -> None:
    assert at("wall").set(400).clean(2).suggestion == Suggestion(
        "stage", stage="dowel", clean=2, at_stage="wall", at_setting=400
    )
    assert at("wall").set(400).clean(1).suggestion is None


def test_6_it_never_acts() -> None:
    history = at("wall").set(400).clean(2)
    before = history.now
    assert history.suggestion
    assert history.now == before
    assert before.stage == "wall"


# Rule 7: a harder setting starts the count again ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "clean"),
    [
        (at("wall").clean().set(300), 0),
        (at("wall").clean().set(300).clean(), 1),
        (at("wall").set(300).clean().set(200), 1),
        # Less than a step is no change to the rules (rule 9).
        (at("wall").clean().set(249), 1),
        (at("wall").clean().set(250), 0),
        # A harder drill is a harder thing to do as well.
        (at("dowel").clean().drill("flat"), 0),
        (at("dowel").drill("flat").clean().drill("standing"), 1),
        # Setting another stage has nothing to do with the count here.
        (at("wall").clean().set(8000, "loaded"), 1),
    ],
)
def test_7_the_count(history: History, clean: int) -> None:
    assert history.now.clean == clean


@pytest.mark.parametrize(("recorded", "clean"), [(200, 1), (249, 1), (299, 2), (300, 2), (400, 2), (None, 2)])
def test_7_clean_is_clean_at_the_setting_recorded(recorded: int | None, clean: int) -> None:
    """As when a change of setting arrives late: the coach saw the second one at another distance."""
    assert at("wall").set(300).clean().clean(setting=recorded).now.clean == clean


# Rule 8: undo --------------------------------------------------------------------------------------------------------

PLACE: dict[str, Any] = {"at": BEGIN, "tap": "tap"}
MOVED = ladder.Moved(**PLACE, stage="dowel", left="wall")
EARNED = ladder.Moved(**PLACE, stage="dowel", left="wall", earned=True)
FARTHER = ladder.Adjusted(**PLACE, stage="wall", setting=300)
DRILL = ladder.DrillChosen(**PLACE, stage="dowel", drill="flat")
CLEAN = ladder.Assessed(**PLACE, stage="wall", result=ladder.CLEAN, assessment="a")
CLEAN_ABOVE = ladder.Assessed(**PLACE, stage="dowel", result=ladder.CLEAN, assessment="c")
NOT_YET = ladder.Assessed(**PLACE, stage="wall", result=ladder.NOT_YET, assessment="b")
CHIP = ladder.FaultSeen(at=BEGIN, tap="other", assessment="b", fault="squats")
OWN_CHIP = ladder.FaultSeen(**PLACE, assessment="b", fault="squats")
PAIN = ladder.PainReported(**PLACE, hold="one")
CLEARED = ladder.HoldCleared(**PLACE, hold="one")
CLEARED_OTHER = ladder.HoldCleared(**PLACE, hold="two")


@pytest.mark.parametrize(
    ("earlier", "later", "built"),
    [
        (MOVED, MOVED, True),
        (MOVED, FARTHER, True),
        (MOVED, DRILL, True),
        (MOVED, CLEAN, True),
        (MOVED, PAIN, False),
        (CLEAN, EARNED, True),
        (CLEAN, MOVED, False),
        (NOT_YET, EARNED, False),
        (CLEAN_ABOVE, EARNED, False),
        (CLEAN, CLEAN, False),
        (NOT_YET, CHIP, True),
        (NOT_YET, OWN_CHIP, False),
        (CLEAN, CHIP, False),
        (FARTHER, CLEAN, True),
        (FARTHER, CLEAN_ABOVE, False),
        (DRILL, CLEAN_ABOVE, True),
        (FARTHER, MOVED, False),
        (FARTHER, FARTHER, False),
        (PAIN, CLEARED, True),
        (PAIN, CLEARED_OTHER, False),
        (PAIN, MOVED, False),
        (CLEARED, MOVED, True),
        (CLEARED, CLEAN, True),
        (CLEARED, CHIP, True),
        (CLEARED, FARTHER, True),
        (CLEARED, PAIN, False),
        (CHIP, MOVED, False),
    ],
)
def test_8_what_counts_as_built_on(earlier: ladder.Event, later: ladder.Event, built: bool) -> None:
    assert ladder.builds_on(later, earlier) is built


@pytest.mark.parametrize(
    ("gone", "stage", "setting", "clean"),
    [
        ([], "wall", 400, 2),
        ([6], "wall", 400, 1),
        ([5, 6], "wall", 400, 0),
        # Without the "not yet" the first clean belongs to the run.
        ([3, 4], "wall", 400, 3),
        ([2], "wall", 400, 2),
        ([1], "wall", 200, 2),
        ([0, 1, 2, 3, 4, 5, 6], None, None, 0),
    ],
)
def test_8_the_state_is_what_the_others_make(
    gone: list[int], stage: str | None, setting: int | None, clean: int
) -> None:
    events = at("wall").set(400).clean().not_yet("squats").clean(2).events
    standing = ladder.replay(HINGE, [event for number, event in enumerate(events) if number not in gone])
    assert (standing.stage, standing.setting, standing.clean) == (stage, setting, clean)


def test_8_arrival_does_not_matter() -> None:
    events = at("wall").set(400).clean(2).move("dowel").not_yet("squats").pain().clear().events
    assert ladder.replay(HINGE, reversed(events)) == ladder.replay(HINGE, events)


def test_8_equal_times_are_settled_by_the_taps_key() -> None:
    one = ladder.Moved(at=BEGIN, tap="a", stage="wall")
    two = ladder.Moved(at=BEGIN, tap="b", stage="dowel")
    assert ladder.replay(HINGE, [one, two]).stage == ladder.replay(HINGE, [two, one]).stage == "dowel"


# Rule 9: settings are judged at the stage's step ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "judged"),
    [(200, 200), (249, 200), (250, 300), (349, 300), (350, 400), (450, 500), (100, 100), (3, 100), (5000, 900)],
)
def test_9_judged_at_the_step(value: int, judged: int) -> None:
    assert WALL.setting is not None
    assert WALL.setting.judged(value) == judged


def test_9_steps_count_from_the_smallest() -> None:
    plates = Setting(step=2500, minimum=1000, maximum=9000, start=1000)
    assert [plates.judged(value) for value in (1000, 2249, 2250, 3500, 8600, 9000)] == [
        1000,
        1000,
        3500,
        3500,
        8500,
        8500,
    ]


@pytest.mark.parametrize(("setting", "earned"), [(349, False), (350, True), (400, True)])
def test_9_passing_is_judged_at_the_step(setting: int, earned: bool) -> None:
    assert ladder.earned(HINGE, at("wall").set(setting).clean(2).now, "dowel") is earned


# Rule 10: what comes next --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "kind", "what"),
    [
        # The wall: farther until it passes, then the next stage.
        (at("wall").clean(2), "setting", 300),
        (at("wall").set(300).clean(2), "setting", 400),
        (at("wall").set(400).clean(2), "stage", "dowel"),
        (at("wall").set(900).clean(2), "stage", "dowel"),
        # The dowel has a second drill, but does not say "within first".
        (at("dowel").clean(2), "stage", "loaded"),
        # At the top: the next drill, then heavier, then keep it.
        (at("loaded").clean(2), "drill", "bell"),
        (at("loaded").drill("bell").clean(2), "setting", 4000),
        (at("loaded").drill("bell").set(4000).clean(2), "setting", 8000),
        (at("loaded").drill("bell").set(12000).clean(2), "keep", None),
    ],
)
def test_10_the_next_step(history: History, kind: str, what: Any) -> None:
    found = history.suggestion
    assert found is not None
    assert found.kind == kind
    assert {"setting": found.setting, "stage": found.stage, "drill": found.drill}.get(kind) == what


@pytest.mark.parametrize("stage", ["wall", "dowel", "loaded"])
def test_10_one_clean_suggests_nothing(stage: str) -> None:
    assert at(stage).clean().suggestion is None
    assert at(stage).clean(2).suggestion


def test_10_a_stage_below_the_top_may_go_within_first() -> None:
    """Its drills in order, then heavier until it passes, then the next stage."""
    first = Stage("first", 2, Setting(1000, 0, 9000, 0, pass_at=1000), drills=("a", "b"), within_first=True)
    rungs = Ladder((first, Stage("second")))
    history = History(rungs).move("first").clean(2)
    assert history.suggestion == Suggestion("drill", drill="b", clean=2, at_stage="first", at_setting=0)
    assert history.drill("b").clean(2).suggestion == Suggestion(
        "setting", setting=1000, clean=2, at_stage="first", at_setting=0
    )
    assert history.set(1000).clean(2).suggestion == Suggestion(
        "stage", stage="second", clean=2, at_stage="first", at_setting=1000
    )


def test_5_and_10_a_drill_that_is_taught_no_more_is_passed_over() -> None:
    first = Stage("first", 2, drills=("a", "b", "c"), within_first=True, untaught=frozenset("ab"))
    history = History(Ladder((first, Stage("second")))).move("first").clean(2)
    # Nobody is given it, and whoever has it keeps it.
    assert history.now.drill == "c" and first.first_drill == "c"
    assert history.suggestion and history.suggestion.kind == "stage"
    assert history.drill("a").now.drill == "a"
    assert history.suggestion == Suggestion("drill", drill="c", clean=2, at_stage="first")
    assert replace(first, untaught=frozenset("abc")).first_drill is None
    corrected = replace(HINGE, corrections={"rounds": ("flat",)})
    assert ladder.correcting_drill(corrected, at("dowel").now, "rounds") == "flat"


def test_10_a_ladder_of_one_plain_stage_says_keep_it() -> None:
    only = Ladder((Stage("only"),))
    found = History(only).move("only").clean(2).suggestion
    assert found is not None
    assert found.kind == "keep"


# Late taps -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "minutes"),
    [(0, 30), (10, 20), (90, -60), (89, -59), (600, -60), (-5, 30)],
)
def test_effective_time(age: int, minutes: int) -> None:
    """Arrival less age, from one hour before the class until now."""
    now = BEGIN + timedelta(minutes=30)
    assert ladder.effective_at(now, timedelta(minutes=age), BEGIN) == BEGIN + timedelta(minutes=minutes)


def test_effective_time_long_before_the_class_is_now() -> None:
    now = BEGIN - timedelta(hours=5)
    assert ladder.effective_at(now, timedelta(minutes=3), BEGIN) == now
