"""A tap is applied exactly once, judged once, and kept whatever becomes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming.models import (
    Assessment,
    AssessmentFault,
    AssignedDrill,
    Attendance,
    ClassSession,
    Clearance,
    Hold,
    Note,
    Placement,
    Stage,
    StageMove,
    Tap,
)
from programming.models.history import history_models
from programming.models.ladder_words import read_ladder
from programming.models.recording import Answer, NotOnRoster, ScreenTap
from programming.models.tap_kinds import assigned_drills
from tests import make
from tests.people import Cast, make_cast

pytest_plugins = ["tests.people"]

KEY = UUID("018f0000-0000-7000-8000-00000000abcd")


class Class:
    """Carla's class, with Ana on the dowel from its first second; taps come in seconds since it began."""

    def __init__(self, session: ClassSession, cast: Cast) -> None:
        self.session, self.cast = session, cast
        self.tap("stage", stage="dowel", after=0)

    def tap(self, kind: str, member: Membership | None = None, *, by: Membership | None = None, **more: Any) -> Answer:
        return make.tap(self.session, member or self.cast.ana, kind, by=by or self.cast.carla, **more)

    @property
    def placement(self) -> Placement:
        found: Placement = Placement.objects.get(member=self.cast.ana, progression=self.session.progression)
        return found

    @property
    def attendance(self) -> Attendance:
        found: Attendance = Attendance.objects.get(member=self.cast.ana, session=self.session)
        return found

    def version(self, session: ClassSession | None = None) -> int:
        found: int = ClassSession.objects.values_list("version", flat=True).get(pk=(session or self.session).pk)
        return found


@pytest.fixture
def dowel(evening: ClassSession, cast: Cast, at_northside: Any) -> Class:
    return Class(evening, cast)


def history_rows() -> dict[str, int]:
    """How many rows each table of history has."""
    return {model.__name__: make.row_count(model) for model in history_models()}


# Exactly once --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "values"),
    [("stage", {"stage": "wall-tap"}), ("saw", {"saw": "clean"}), ("fault", {"fault": "squats-it"}), ("pain", {})],
)
def test_fifty_sends_at_once_make_one_tap(kind: str, values: dict[str, Any]) -> None:
    cast = make_cast()
    make.library(cast.northside)
    session = make.class_session(cast.northside, cast.members, coach=cast.carla)
    make.place(session, cast.ana, "dowel", by=cast.carla)
    before = history_rows()
    sent = make.screen_tap(kind, cast.ana, by=cast.carla, **values)
    together = threading.Barrier(10)

    def send(_number: int) -> Answer:
        together.wait(timeout=30)
        try:
            with in_gym(cast.northside):
                return session.record_tap(sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(send, range(50)))

    assert [answer.status for answer in answers] == [200] * 50
    assert {answer.tap.pk for answer in answers if answer.tap} == {Tap.across_gyms.get(key=sent.key).pk}
    assert [answer.repeated for answer in answers].count(False) == 1
    made = {name: rows - before[name] for name, rows in history_rows().items() if rows > before[name]}
    expected: dict[str, dict[str, int]] = {
        "stage": {"Tap": 1, "StageMove": 1},
        "saw": {"Tap": 1, "Assessment": 1},
        "fault": {"Tap": 1, "Assessment": 1, "AssessmentFault": 1},
        "pain": {"Tap": 1, "Hold": 1},
    }
    assert made == expected[kind]


def test_a_repeat_is_answered_from_what_is_stored(dowel: Class) -> None:
    first = dowel.tap("saw", saw="clean", key=KEY, after=30)
    rows, version, clean = history_rows(), dowel.version(), dowel.placement.position.clean
    again = dowel.tap("saw", saw="clean", key=KEY, after=30, arrives=600)
    assert (again.repeated, again.tap, again.status) == (True, first.tap, 200)
    assert (history_rows(), dowel.version(), dowel.placement.position.clean) == (rows, version, clean)
    # Another key is another observation.
    dowel.tap("saw", saw="clean", after=60)
    assert dowel.placement.position.clean == clean + 1


def test_a_repeat_of_a_refused_tap_is_refused_still(dowel: Class) -> None:
    dowel.tap("pain", after=30)
    first = dowel.tap("saw", saw="clean", key=KEY, after=40)
    dowel.tap("clear", note="moves freely", after=50)
    again = dowel.tap("saw", saw="clean", key=KEY, after=40, arrives=60)
    assert first.status == again.status == 422
    assert again.repeated
    assert make.row_count(Assessment) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda tap, cast: replace(tap, values={"saw": "not_yet"}),
        lambda tap, cast: replace(tap, values={**tap.values, "stage": "dowel"}),
        lambda tap, cast: replace(tap, kind="pain", values={}),
        lambda tap, cast: replace(tap, by=cast.kim),
        lambda tap, cast: replace(tap, member_id=cast.ben.pk),
        lambda tap, cast: replace(tap, also=(cast.ben.pk,)),
        # Not even on the roster.
        lambda tap, cast: replace(tap, member_id=cast.olga.pk),
    ],
)
def test_the_same_key_with_another_body_is_a_conflict(
    dowel: Class, cast: Cast, change: Callable[[ScreenTap, Cast], ScreenTap]
) -> None:
    sent = make.screen_tap("saw", cast.ana, by=cast.carla, saw="clean")
    dowel.session.record_tap(sent)
    rows, version = history_rows(), dowel.version()
    answer = dowel.session.record_tap(change(sent, cast))
    assert (answer.status, answer.conflict) == (409, True)
    assert (history_rows(), dowel.version()) == (rows, version)


@pytest.mark.parametrize(
    "change",
    [
        lambda tap: replace(tap, age=timedelta(minutes=3)),
        lambda tap: replace(tap, seen=7),
        lambda tap: replace(tap, device=uuid4()),
    ],
)
def test_what_changes_from_send_to_send_is_no_conflict(
    dowel: Class, cast: Cast, change: Callable[[ScreenTap], ScreenTap]
) -> None:
    sent = make.screen_tap("saw", cast.ana, by=cast.carla, saw="clean")
    first = dowel.session.record_tap(sent)
    again = dowel.session.record_tap(change(sent))
    assert (again.status, again.repeated, again.tap) == (200, True, first.tap)


def test_a_key_in_another_class_is_a_conflict(dowel: Class, cast: Cast) -> None:
    other = make.class_session(cast.northside, cast.members)
    sent = make.screen_tap("saw", cast.ana, by=cast.carla, saw="clean")
    dowel.session.record_tap(sent)
    assert other.record_tap(sent).status == 409


def test_another_gym_may_use_the_same_key(dowel: Class, cast: Cast) -> None:
    dowel.tap("saw", saw="clean", key=KEY)
    make.library(cast.harbour)
    theirs = make.class_session(cast.harbour, [cast.sam])
    assert make.tap(theirs, cast.sam, "stage", by=cast.hana, stage="dowel", key=KEY).status == 200
    assert make.row_count(Tap) == 3


@pytest.mark.parametrize("who", ["olga", "sam"])
def test_somebody_who_is_not_on_the_roster(dowel: Class, cast: Cast, who: str) -> None:
    rows = history_rows()
    with pytest.raises(NotOnRoster):
        dowel.tap("saw", getattr(cast, who), saw="clean")
    assert history_rows() == rows


# A slip of the thumb -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("saw", {"saw": "clean"}),
        ("saw", {"saw": "not_yet"}),
        ("saw", {"saw": "seen"}),
        ("fault", {"fault": "squats-it"}),
        ("pain", {"where": "knee"}),
    ],
)
@pytest.mark.parametrize(("seconds", "counts"), [(1, False), (19.9, False), (20, True), (60, True)])
def test_the_same_observation_within_20_seconds_is_a_slip(
    dowel: Class, kind: str, values: dict[str, Any], seconds: float, counts: bool
) -> None:
    first = dowel.tap(kind, after=100, **values)
    rows, version = history_rows(), dowel.version()
    second = dowel.tap(kind, after=100 + seconds, **values)
    if kind == "pain" and counts:
        # Pain again while held: a hold of its own.
        assert make.row_count(Hold) == 2
    assert second.status == 200
    assert first.tap is not None and second.tap is not None
    assert second.tap.outcome == (Tap.Outcome.APPLIED if counts else Tap.Outcome.UNCHANGED)
    assert (dowel.version() > version) is counts
    assert ({**history_rows(), "Tap": rows["Tap"]} == rows) is not counts


def between(*taps: tuple[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return list(taps)


@pytest.mark.parametrize(
    ("said_between", "by", "second"),
    [
        pytest.param(between(), "kim", {}, id="another coach"),
        pytest.param(between(("saw", {"saw": "not_yet"})), "carla", {}, id="something else was seen between"),
        pytest.param(between(("fault", {"fault": "squats-it"})), "carla", {}, id="a fault was seen between"),
        pytest.param(
            between(("pain", {}), ("clear", {"note": "fine"})), "carla", {}, id="there was pain between, and it went"
        ),
        pytest.param(between(("stage", {"stage": "wall-tap"})), "carla", {}, id="at another stage"),
        pytest.param(between(("drill", {"drill": "horizontal-dowel-hinge"})), "carla", {}, id="at another drill"),
        pytest.param(between(), "carla", {"saw": "seen"}, id="another result"),
        pytest.param(between(), "carla", {"stage": "wall-tap"}, id="of another stage"),
    ],
)
def test_no_slip(
    dowel: Class, cast: Cast, said_between: list[tuple[str, dict[str, Any]]], by: str, second: dict[str, Any]
) -> None:
    dowel.tap("saw", saw="clean", after=100)
    for number, (kind, values) in enumerate(said_between, start=1):
        dowel.tap(kind, after=100 + number, **values)
    before = make.row_count(Assessment)
    dowel.tap("saw", by=getattr(cast, by), after=110, **{"saw": "clean", **second})
    assert make.row_count(Assessment) == before + 1


def test_no_slip_between_two_members(dowel: Class, cast: Cast) -> None:
    dowel.tap("stage", cast.ben, stage="dowel", after=1)
    dowel.tap("saw", saw="clean", after=100)
    dowel.tap("saw", cast.ben, saw="clean", after=101)
    assert make.row_count(Assessment) == 2


def test_no_slip_where_the_first_was_undone(dowel: Class) -> None:
    dowel.tap("saw", saw="clean", key=KEY, after=100)
    dowel.tap("undo", undone=str(KEY), after=104)
    dowel.tap("saw", saw="clean", after=108)
    assert dowel.placement.position.clean == 1


def test_a_slip_is_told_by_effective_times(dowel: Class) -> None:
    """Two taps of one minute, the first of which arrives much later."""
    dowel.tap("saw", saw="clean", after=160)
    dowel.tap("saw", saw="clean", after=100, arrives=165)
    assert dowel.placement.position.clean == 2
    # And arriving far apart does not make two of one.
    dowel.tap("saw", saw="clean", after=105, arrives=900)
    assert dowel.placement.position.clean == 2


def test_pain_after_a_clearance_is_pain_again(dowel: Class) -> None:
    dowel.tap("pain", where="knee", after=100)
    dowel.tap("clear", note="fine", after=105)
    dowel.tap("pain", where="knee", after=110)
    assert dowel.placement.is_held


# Wanted states -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("stage", {"stage": "dowel"}),
        ("setting", {"setting": 200, "stage": "wall-tap"}),
        ("drill", {"drill": "dowel-hinge"}),
        ("attendance", {"state": "here"}),
        ("assign", {"drill": "cat-cow", "wanted": False}),
    ],
)
def test_the_state_that_holds_already_changes_nothing(dowel: Class, kind: str, values: dict[str, Any]) -> None:
    rows, version = history_rows(), dowel.version()
    answer = dowel.tap(kind, after=60, **values)
    assert answer.status == 200
    assert answer.tap is not None
    assert answer.tap.outcome == Tap.Outcome.UNCHANGED
    assert {**history_rows(), "Tap": rows["Tap"]} == rows
    assert dowel.version() == version


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("stage", {"stage": "wall-tap"}),
        ("setting", {"setting": 300, "stage": "wall-tap"}),
        ("drill", {"drill": "horizontal-dowel-hinge"}),
        ("attendance", {"state": "no_show"}),
        ("assign", {"drill": "cat-cow", "wanted": True}),
    ],
)
def test_another_state_is_applied_once(dowel: Class, kind: str, values: dict[str, Any]) -> None:
    version = dowel.version()
    outcomes = [dowel.tap(kind, after=60 + number, **values).tap for number in range(3)]
    assert [tap.outcome for tap in outcomes if tap] == ["applied", "unchanged", "unchanged"]
    assert dowel.version() == version + 1


@pytest.mark.parametrize(
    ("kind", "wanted", "other"),
    [
        ("stage", {"stage": "dowel"}, {"stage": "wall-tap"}),
        ("setting", {"setting": 200, "stage": "wall-tap"}, {"setting": 300, "stage": "wall-tap"}),
        ("drill", {"drill": "dowel-hinge"}, {"drill": "horizontal-dowel-hinge"}),
        ("attendance", {"state": "here"}, {"state": "no_show"}),
    ],
)
def test_what_was_wanted_again_stays_wanted(
    dowel: Class, kind: str, wanted: dict[str, Any], other: dict[str, Any]
) -> None:
    """Carla wants what she sees; Kim's other wish was earlier and arrives later."""
    before = replace(dowel.placement.position, last=None, remembered={}), dowel.attendance.state
    dowel.tap(kind, after=60, **wanted)
    dowel.tap(kind, by=dowel.cast.kim, after=30, arrives=90, **other)
    assert (replace(dowel.placement.position, last=None, remembered={}), dowel.attendance.state) == before


def test_the_last_setting_and_drill_are_remembered(dowel: Class) -> None:
    dowel.tap("setting", setting=300, stage="wall-tap", after=10)
    dowel.tap("drill", drill="horizontal-dowel-hinge", after=20)
    dowel.tap("stage", stage="wall-tap", after=30)
    assert dowel.placement.position.setting == 300
    dowel.tap("stage", stage="dowel", after=40)
    assert dowel.placement.position.drill == "horizontal-dowel-hinge"


# Why a move was made -------------------------------------------------------------------------------------------------


def test_the_reason_is_kept_as_judged(dowel: Class, cast: Cast) -> None:
    dowel.tap("stage", stage="wall-tap", after=10)
    dowel.tap("stage", stage="dowel", after=20)
    for after in (30, 60):
        dowel.tap("saw", saw="clean", after=after)
    dowel.tap("stage", stage="loaded", after=90)
    moves = StageMove.objects.filter(member=cast.ana).order_by("at")
    assert [move.reason for move in moves] == ["first", "down", "coach", "earned"]
    assert moves[3].evidence == {"clean": 2, "setting": None}
    # A "not yet" that arrives late takes the run away, not the reason.
    dowel.tap("saw", saw="not_yet", stage="dowel", after=45, arrives=120)
    assert StageMove.objects.get(pk=moves[3].pk).reason == "earned"


def test_an_overruled_suggestion_is_kept_with_the_move(dowel: Class, cast: Cast) -> None:
    for after in (30, 60):
        dowel.tap("saw", saw="clean", after=after)
    dowel.tap("stage", stage="wall-tap", after=90)
    move = StageMove.objects.get(member=cast.ana, reason="down")
    assert move.evidence["suggested"] == {"kind": "stage", "stage": "loaded", "fault": None}


def test_rows_name_the_revision_of_their_time(dowel: Class) -> None:
    dowel.tap("fault", fault="squats-it", after=30)
    made, chip = Assessment.objects.get(), AssessmentFault.objects.get()
    assert made.stage.stage.current == made.stage
    assert chip.fault.fault.key == "squats-it"
    assert made.drill.drill.key == "dowel-hinge"


# The fault sheet -----------------------------------------------------------------------------------------------------


def test_chips_of_one_opening_make_one_assessment(dowel: Class) -> None:
    opening = str(uuid4())
    for number, fault in enumerate(["squats-it", "chin-up", "squats-it"]):
        dowel.tap("fault", fault=fault, opening=opening, after=100 + 30 * number)
    assert make.row_count(Assessment) == 1
    assert make.row_count(AssessmentFault) == 2
    shown = dowel.attendance.seen[str(dowel.session.on_board.pk)]
    assert shown["faults"] == ["squats-it", "chin-up"]
    # Another opening is another look.
    dowel.tap("fault", fault="squats-it", opening=str(uuid4()), after=200)
    assert make.row_count(Assessment) == 2
    assert dowel.placement.position.faults == {"squats-it": 2}


@pytest.mark.parametrize(("result", "assessments"), [("not_yet", 1), ("clean", 2), ("seen", 2)])
def test_a_fault_joins_a_not_yet_alone(dowel: Class, result: str, assessments: int) -> None:
    opening = str(uuid4())
    dowel.tap("saw", saw=result, opening=opening, after=100)
    for after, fault in ((105, "squats-it"), (110, "chin-up")):
        dowel.tap("fault", fault=fault, opening=opening, after=after)
    assert make.row_count(Assessment) == assessments
    chips = AssessmentFault.objects.select_related("assessment")
    assert {chip.assessment.result for chip in chips} == {"not_yet"}
    assert dowel.placement.position.clean == 0


def test_the_same_chip_of_another_opening_is_a_slip(dowel: Class) -> None:
    opening = str(uuid4())
    dowel.tap("fault", fault="squats-it", opening=opening, after=100)
    dowel.tap("fault", fault="chin-up", opening=opening, after=104)
    dowel.tap("fault", fault="chin-up", opening=str(uuid4()), after=110)
    assert make.row_count(Assessment) == 1


def test_an_opening_belongs_to_one_member(dowel: Class, cast: Cast) -> None:
    opening = str(uuid4())
    dowel.tap("stage", cast.ben, stage="dowel", after=1)
    dowel.tap("fault", fault="squats-it", opening=opening, after=100)
    dowel.tap("fault", cast.ben, fault="chin-up", opening=opening, after=101)
    assert {row.member_id for row in Assessment.objects.all()} == {cast.ana.pk, cast.ben.pk}


# When ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "arrives", "effective"),
    [
        (300, 300, 300),
        (300, 900, 300),
        (-3600, 900, -3600),
        # Not earlier than an hour before the class, not later than now.
        (-9000, 900, -3600),
        (1000, 900, 900),
    ],
)
def test_both_times_are_stored(dowel: Class, after: int, arrives: int, effective: int) -> None:
    answer = dowel.tap("note", note="prefers mornings", after=after, arrives=arrives)
    tap, note = Tap.objects.get(pk=answer.tap.pk if answer.tap else None), Note.objects.get()
    assert tap.at == note.at == make.moment(dowel.session, effective)
    assert tap.recorded_at == note.recorded_at == make.moment(dowel.session, arrives)


def test_every_class_of_the_member_that_a_screen_may_show_has_news(dowel: Class, cast: Cast) -> None:
    with_ana, without = (make.class_session(cast.northside, people) for people in ([cast.ana], [cast.ben]))
    # A class that is over still stands on screens, and late taps land in it; that of two days ago does not.
    done = make.class_session(cast.northside, [cast.ana], finished_at=timezone.now())
    past = make.class_session(cast.northside, [cast.ana], starts_at=timezone.now() - timedelta(days=2))
    versions = {session: dowel.version(session) for session in (dowel.session, with_ana, without, done, past)}
    dowel.tap("pain", after=30)
    raised = [session for session, version in versions.items() if dowel.version(session) > version]
    assert raised == [dowel.session, with_ana, done]


def test_somebody_who_is_seen_is_here(dowel: Class) -> None:
    dowel.tap("attendance", state="no_show", after=10)
    dowel.tap("saw", saw="seen", after=20)
    assert dowel.attendance.state == "here"
    # But not where a later tap says otherwise.
    dowel.tap("attendance", state="no_show", after=60)
    dowel.tap("saw", saw="clean", after=40, arrives=70)
    assert dowel.attendance.state == "no_show"


def test_a_late_attendance_does_not_win(dowel: Class) -> None:
    dowel.tap("attendance", state="late", after=60)
    dowel.tap("attendance", state="no_show", after=30, arrives=90)
    assert dowel.attendance.state == "late"


# Refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "kind", "values", "code"),
    [
        (True, "stage", {"stage": "loaded"}, "held"),
        (True, "saw", {"saw": "clean"}, "held"),
        (True, "saw", {"saw": "seen"}, "held"),
        (True, "fault", {"fault": "squats-it"}, "held"),
        (True, "setting", {"setting": 900, "stage": "wall-tap"}, "held"),
        (True, "drill", {"drill": "horizontal-dowel-hinge"}, "held"),
        (True, "clear", {"note": "  "}, "note_needed"),
        (True, "undo", {"undone": str(uuid4())}, "no_such_tap"),
        (False, "saw", {"saw": "clean"}, "not_placed"),
        (False, "fault", {"fault": "squats-it"}, "not_placed"),
        (False, "setting", {"setting": 300}, "not_placed"),
    ],
)
def test_a_refusal_is_recorded_and_nothing_else(
    dowel: Class, cast: Cast, first: bool, kind: str, values: dict[str, Any], code: str
) -> None:
    member = cast.ana if first else cast.dev
    if first:
        dowel.tap("pain", after=10)
    rows, version, placement = history_rows(), dowel.version(), dowel.placement.standing
    answer = dowel.tap(kind, member, after=30, **values)
    assert answer.status == 422
    assert answer.refusal is not None
    assert answer.refusal.code == code
    stored = Tap.objects.get(pk=answer.tap.pk if answer.tap else None)
    assert (stored.outcome, stored.detail["refused"]) == (Tap.Outcome.REFUSED, code)
    assert history_rows() == {**rows, "Tap": rows["Tap"] + 1}
    assert (dowel.version(), dowel.placement.standing) == (version, placement)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("setting", {"setting": 300, "stage": "dowel"}),
        ("setting", {"setting": 50, "stage": "wall-tap"}),
        ("setting", {"setting": 100_001, "stage": "loaded"}),
        ("drill", {"drill": "wall-tap", "stage": "dowel"}),
    ],
)
def test_what_a_stage_cannot_be_set_to_is_refused(dowel: Class, kind: str, values: dict[str, Any]) -> None:
    before = dowel.placement.standing
    answer = dowel.tap(kind, after=60, **values)
    assert (answer.status, answer.refusal and answer.refusal.code) == (422, "not_of_stage")
    assert dowel.placement.standing == before


@pytest.mark.parametrize("repeated", [True, False])
def test_a_wanted_state_said_again_stands_against_an_older_tap_that_comes_later(dowel: Class, repeated: bool) -> None:
    if repeated:
        again = dowel.tap("stage", stage="dowel", after=20)
        assert again.tap is not None and again.tap.outcome == Tap.Outcome.UNCHANGED
    dowel.tap("stage", stage="wall-tap", after=10, arrives=30)
    assert dowel.placement.position.stage == ("dowel" if repeated else "wall-tap")


def test_but_not_against_the_undoing_of_what_it_repeated(dowel: Class) -> None:
    dowel.tap("stage", stage="loaded", key=KEY, after=10)
    dowel.tap("stage", stage="loaded", after=11)
    dowel.tap("undo", undone=str(KEY), after=20)
    assert dowel.placement.position.stage == "dowel"


def test_a_refused_tap_never_stands_later(dowel: Class) -> None:
    dowel.tap("pain", key=KEY, after=10)
    dowel.tap("saw", saw="clean", after=30)
    dowel.tap("undo", undone=str(KEY), after=40)
    assert not dowel.placement.is_held
    assert dowel.placement.position.clean == 0
    # One that was accepted, and whose hold came in late, does.
    dowel.tap("saw", saw="clean", after=60)
    late = uuid4()
    dowel.tap("pain", key=late, after=50, arrives=70)
    assert dowel.placement.position.clean == 0
    assert (dowel.attendance.seen, dowel.attendance.seen_at) == ({}, make.moment(dowel.session, 50))
    dowel.tap("undo", undone=str(late), after=80)
    assert dowel.placement.position.clean == 1
    assert dowel.attendance.seen_at == make.moment(dowel.session, 60)


def test_a_retired_stage_takes_nobody(dowel: Class) -> None:
    stage = Stage.objects.get(key="wall-tap")
    stage.retired_at = make.moment(dowel.session, 0)
    stage.save(update_fields=["retired_at"])
    read_ladder.cache_clear()
    refused = dowel.tap("stage", stage="wall-tap", after=30).refusal
    assert refused is not None
    assert refused.code == "retired"


# Pain ----------------------------------------------------------------------------------------------------------------


def test_a_hold_is_on_every_ladder_and_in_every_class(dowel: Class, cast: Cast) -> None:
    squat = make.second_ladder(cast.northside)
    other, another = make.class_session(cast.northside, [cast.ana]), make.class_session(cast.northside, [cast.ana])
    for session in (other, another):
        session.progression = squat
        session.save(update_fields=["progression"])
    make.place(other, cast.ana, "box-squat", by=cast.kim, after=5)
    dowel.tap("pain", where="low_back", after=10)
    assert {placement.is_held for placement in Placement.objects.filter(member=cast.ana)} == {True}
    refused = make.place(other, cast.ana, "goblet-squat", by=cast.kim, after=20)
    assert refused.refusal is not None
    assert refused.refusal.code == "held"
    make.tap(another, cast.ana, "clear", by=cast.olga, note="moves freely", after=30)
    assert {placement.is_held for placement in Placement.objects.filter(member=cast.ana)} == {False}


def test_a_ladder_that_is_new_to_somebody_knows_of_the_hold(dowel: Class, cast: Cast) -> None:
    dowel.tap("pain", after=10)
    session = make.class_session(cast.northside, [cast.ana])
    session.progression = make.second_ladder(cast.northside)
    session.save(update_fields=["progression"])
    assert make.place(session, cast.ana, "box-squat", by=cast.kim).status == 422


def test_a_clearance_names_the_holds_it_ends_and_has_a_note(dowel: Class, cast: Cast) -> None:
    dowel.tap("pain", where="knee", after=10)
    dowel.tap("pain", where="hip", after=40)
    dowel.tap("clear", by=cast.kim, note=" moves freely ", after=90)
    assert {row.hold.where for row in Clearance.objects.all()} == {"knee", "hip"}
    assert {row.note.body for row in Clearance.objects.all()} == {"moves freely"}
    assert not dowel.placement.is_held


def test_somebody_else_cleared_it_meanwhile(dowel: Class, cast: Cast) -> None:
    """What the second coach wrote is not lost."""
    dowel.tap("pain", after=10)
    dowel.tap("clear", note="moves freely", after=60)
    dowel.tap("clear", by=cast.kim, note="no pain at all", after=70)
    assert make.row_count(Clearance) == 1
    assert set(Note.objects.values_list("body", flat=True)) == {"moves freely", "no pain at all"}


def test_pain_is_seen_too(dowel: Class) -> None:
    dowel.tap("pain", after=10)
    assert dowel.attendance.seen_at == make.moment(dowel.session, 10)


def test_a_late_clearance_does_not_end_a_later_hold(dowel: Class) -> None:
    dowel.tap("pain", where="knee", after=10)
    dowel.tap("pain", where="hip", after=60)
    dowel.tap("clear", note="the knee is fine", after=30, arrives=90)
    assert [row.hold.where for row in Clearance.objects.all()] == ["knee"]
    assert dowel.placement.is_held
    dowel.tap("clear", note="the hip as well", after=100)
    assert not dowel.placement.is_held


def test_a_late_pain_is_held_although_a_clearance_came_first(dowel: Class) -> None:
    dowel.tap("pain", where="knee", after=10)
    dowel.tap("clear", note="the knee is fine", after=60)
    dowel.tap("pain", where="hip", after=30, arrives=90)
    assert dowel.placement.is_held


@pytest.mark.parametrize(
    ("kind", "values"),
    [("pain", {"where": "low_back"}), ("clear", {"note": "Her low back is fine"}), ("note", {"note": "low back, ask"})],
)
def test_words_about_health_stand_in_their_own_row_alone(dowel: Class, kind: str, values: dict[str, Any]) -> None:
    if kind == "clear":
        dowel.tap("pain", after=10)
    dowel.tap(kind, after=30, **values)
    details = " ".join(str(detail) for detail in Tap.objects.values_list("detail", flat=True))
    assert "back" not in details


# Assigned drills -----------------------------------------------------------------------------------------------------


def test_a_drill_is_assigned_and_ended(dowel: Class, cast: Cast) -> None:
    dowel.tap("assign", drill="cat-cow", wanted=True, fault="rounds-low-back", after=10)
    (assigned,) = assigned_drills(cast.ana.pk)
    assert (assigned.reason, assigned.evidence) == ("fault", {"fault": "rounds-low-back"})
    dowel.tap("assign", drill="cat-cow", wanted=False, after=20)
    assert not assigned_drills(cast.ana.pk)
    dowel.tap("assign", drill="cat-cow", wanted=True, after=30)
    assert assigned_drills(cast.ana.pk).get().reason == "coach"
    assert make.row_count(AssignedDrill) == 2


@pytest.mark.parametrize("late", [True, False])
def test_the_later_word_on_a_drill_wins(dowel: Class, cast: Cast, late: bool) -> None:
    dowel.tap("assign", drill="cat-cow", wanted=True, after=10)
    dowel.tap("assign", drill="cat-cow", wanted=False, after=20)
    dowel.tap("assign", drill="cat-cow", wanted=True, after=40)
    dowel.tap("assign", drill="cat-cow", wanted=False, after=30 if late else 50, arrives=60)
    assert assigned_drills(cast.ana.pk).exists() is late


# What it costs -------------------------------------------------------------------------------------------------------


def test_a_tap_costs_the_same_whatever_the_history(dowel: Class) -> None:
    def cost(after: int, **late: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            dowel.tap("saw", saw="clean", after=after, **late)
        return len(queries)

    dowel.tap("stage", stage="wall-tap", after=1)
    first, first_late = cost(30), cost(5, arrives=40)
    for number in range(30):
        dowel.tap("setting", setting=200 + 100 * (number % 3), after=100 + 60 * number)
        dowel.tap("fault", fault="squats-it", after=130 + 60 * number)
    assert cost(5000) == first <= 12
    assert cost(15 + 60 * 20, arrives=5030) == first_late <= 18
