"""Undo takes out exactly one tap, and a tap on the wrong person goes to the right one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest

from gym.models import Membership
from programming.models import Attendance, ClassSession, Clearance, Hold, Note, Placement, Tap, Undo
from programming.models.recording import Answer, NotOnRoster
from programming.models.tap_kinds import assigned_drills
from tests import make
from tests.people import Cast
from tests.test_taps import history_rows

pytest_plugins = ["tests.people"]

Said = tuple[str, dict[str, Any]]
FIRST = UUID("018f0000-0000-7000-8000-00000000aaaa")


class Board:
    """Carla's class with Ana and Ben on the dowel. Taps are a minute apart."""

    def __init__(self, session: ClassSession, cast: Cast) -> None:
        self.session, self.cast = session, cast
        self.clock = 0.0
        self.tap("stage", stage="dowel")
        self.tap("stage", cast.ben, stage="dowel")

    def tap(self, kind: str, member: Membership | None = None, *, by: Membership | None = None, **more: Any) -> Answer:
        self.clock += 60
        return make.tap(
            self.session, member or self.cast.ana, kind, by=by or self.cast.carla, **{"after": self.clock, **more}
        )

    def say(self, taps: Iterable[Said]) -> list[UUID]:
        """Several taps on Ana; answers their keys."""
        return [applied(self.tap(kind, **values)).key for kind, values in taps]

    def undo(self, undone: UUID, member: Membership | None = None, **more: Any) -> Answer:
        return self.tap("undo", member, undone=str(undone), **more)

    def move(self, undone: UUID, to: Membership, **more: Any) -> Answer:
        return self.tap("move", undone=str(undone), to=str(to.pk), also=[to], **more)

    def placement(self, member: Membership | None = None) -> Placement:
        found: Placement = Placement.objects.get(member=member or self.cast.ana, progression=self.session.progression)
        return found

    def attendance(self, member: Membership | None = None) -> Attendance:
        found: Attendance = Attendance.objects.get(member=member or self.cast.ana, session=self.session)
        return found

    def known(self, member: Membership | None = None) -> Any:
        """What a board shows of somebody."""
        placement, attendance = self.placement(member), self.attendance(member)
        shown = {key: {**each, "assessment": None} for key, each in attendance.seen.items()}
        drills = sorted(row.drill.drill.key for row in assigned_drills((member or self.cast.ana).pk))
        return placement.position, placement.crossed, attendance.state, attendance.seen_at, shown, drills


@pytest.fixture
def board(evening: ClassSession, cast: Cast, at_northside: Any) -> Board:
    return Board(evening, cast)


def applied(answer: Answer) -> Tap:
    assert answer.tap is not None
    assert answer.tap.outcome == Tap.Outcome.APPLIED
    return answer.tap


def refused(answer: Answer) -> tuple[str, dict[str, Any]]:
    assert answer.status == 422
    assert answer.refusal is not None
    return answer.refusal.code, dict(answer.refusal.values)


CLEAN: Said = ("saw", {"saw": "clean"})
NOT_YET: Said = ("saw", {"saw": "not_yet"})
FAULT: Said = ("fault", {"fault": "squats-it"})
UP: Said = ("stage", {"stage": "loaded"})
DOWN: Said = ("stage", {"stage": "wall-tap"})
BACK: Said = ("stage", {"stage": "dowel"})
PAIN: Said = ("pain", {"where": "knee"})
CLEAR: Said = ("clear", {"note": "moves freely"})
HARDER: Said = ("drill", {"drill": "horizontal-dowel-hinge"})
FARTHER: Said = ("setting", {"setting": 500, "stage": "wall-tap"})
ASSIGN: Said = ("assign", {"drill": "cat-cow", "wanted": True})
END: Said = ("assign", {"drill": "cat-cow", "wanted": False})
NO_SHOW: Said = ("attendance", {"state": "no_show"})
LATE: Said = ("attendance", {"state": "late"})
NOTE: Said = ("note", {"note": "prefers mornings"})


# The newest tap ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [CLEAN, NOT_YET, FAULT, UP, DOWN, PAIN, HARDER, FARTHER, ASSIGN, NO_SHOW, LATE, NOTE, ("saw", {"saw": "seen"})],
)
@pytest.mark.parametrize("before", [[], [CLEAN, FAULT], [ASSIGN, HARDER, CLEAN]])
def test_the_newest_tap_leaves_no_trace_on_the_board(board: Board, before: list[Said], said: Said) -> None:
    board.say(before)
    known, rows = board.known(), history_rows()
    answer = board.tap(said[0], **said[1])
    if answer.tap is not None and answer.tap.outcome == Tap.Outcome.UNCHANGED:
        assert said in before
        return
    made = history_rows()
    board.undo(applied(answer).key)
    assert board.known() == known
    # History keeps both.
    assert history_rows() == {**made, "Tap": rows["Tap"] + 2, "Undo": rows["Undo"] + 1}


def test_undo_of_the_clearance_holds_again(board: Board) -> None:
    _pain, clear = board.say([PAIN, CLEAR])
    assert not board.placement().is_held
    board.undo(clear)
    assert board.placement().is_held
    assert make.row_count(Clearance) == 1
    # And it can be cleared again.
    board.say([CLEAR])
    assert not board.placement().is_held


def test_undo_of_an_end_assigns_again(board: Board, cast: Cast) -> None:
    _assigned, end = board.say([ASSIGN, END])
    board.undo(end)
    assert assigned_drills(cast.ana.pk).exists()


def test_undo_of_the_first_placement_leaves_none(board: Board, cast: Cast) -> None:
    first = applied(board.tap("stage", cast.chiara, stage="dowel"))
    board.undo(first.key, cast.chiara)
    placement = board.placement(cast.chiara)
    assert (placement.stage, placement.position.stage) == (None, None)


@pytest.mark.parametrize("said", [CLEAN, FAULT, UP, CLEAR, ASSIGN, NO_SHOW, NOTE])
def test_anothers_tap_can_be_undone_and_says_whose_it_was(board: Board, cast: Cast, said: Said) -> None:
    if said == CLEAR:
        board.say([PAIN])
    theirs = applied(board.tap(said[0], by=cast.kim, **said[1]))
    undo = applied(board.undo(theirs.key, by=cast.carla))
    assert undo.detail["undone_by"] == str(cast.kim.pk)
    assert undo.detail["undone_kind"] == said[0]
    assert Undo.objects.get().undone == theirs
    assert Undo.objects.get().actor == cast.carla


# Exactly what it names -----------------------------------------------------------------------------------------------


def test_one_chip_of_several(board: Board) -> None:
    opening = str(uuid4())
    chips = [
        applied(board.tap("fault", fault=fault, opening=opening)).key
        for fault in ("squats-it", "chin-up", "locks-knees")
    ]
    board.undo(chips[1])
    shown = board.attendance().seen[str(board.session.on_board.pk)]
    assert shown["faults"] == ["squats-it", "locks-knees"]
    assert board.placement().position.faults == {"squats-it": 1, "locks-knees": 1}
    # It may be tapped again.
    board.tap("fault", fault="chin-up", opening=opening)
    assert board.placement().position.faults == {"squats-it": 1, "locks-knees": 1, "chin-up": 1}


def test_a_clean_one_in_the_middle(board: Board) -> None:
    keys = board.say([CLEAN, NOT_YET, CLEAN])
    board.undo(keys[1])
    assert board.placement().position.clean == 2


def test_the_first_of_two_attendances(board: Board) -> None:
    first, _second = board.say([LATE, NO_SHOW])
    board.undo(first)
    assert board.attendance().state == "no_show"


@pytest.mark.parametrize("between", [[], [CLEAN], [LATE], [CLEAN, LATE]])
def test_an_attendance_tapped_twice(board: Board, between: list[Said]) -> None:
    (first,) = board.say([LATE])
    for kind, values in [*between, LATE]:
        board.tap(kind, **values)
    board.undo(first)
    assert board.attendance().state == "here"


def test_the_observation_that_made_somebody_here(board: Board) -> None:
    _gone, seen = board.say([NO_SHOW, CLEAN])
    assert board.attendance().state == "here"
    board.undo(seen)
    assert board.attendance().state == "no_show"


def test_what_a_hold_had_voided_in_another_class_counts_again(board: Board, cast: Cast) -> None:
    other = make.class_session(cast.northside, [cast.ana], starts_at=board.session.starts_at)
    clean = make.tap(other, cast.ana, "saw", by=cast.kim, saw="clean", after=500)
    board.clock = 600
    late = applied(board.tap("pain", after=400, arrives=600)).key
    attendance = Attendance.objects.get(session=other, member=cast.ana)
    assert (attendance.seen, attendance.seen_at, board.placement().position.clean) == ({}, None, 0)
    board.undo(late)
    attendance.refresh_from_db()
    assert clean.tap is not None
    assert attendance.seen_at == clean.tap.at
    assert board.placement().position.clean == 1


# Twice, and what does not stand --------------------------------------------------------------------------------------


def test_a_second_undo_changes_nothing(board: Board, cast: Cast) -> None:
    (clean,) = board.say([CLEAN])
    board.undo(clean)
    known = board.known()
    again = board.undo(clean, by=cast.kim)
    assert again.tap is not None
    assert (again.status, again.tap.outcome) == (200, Tap.Outcome.UNCHANGED)
    assert board.known() == known
    assert make.row_count(Undo) == 1


def test_the_same_undo_again_answers_the_same(board: Board) -> None:
    keys = board.say([CLEAN, CLEAN])
    first = board.undo(keys[1], key=FIRST)
    again = board.undo(keys[1], key=FIRST)
    assert (again.repeated, again.tap) == (True, first.tap)
    assert board.placement().position.clean == 1


def test_what_changed_nothing_is_not_undone(board: Board) -> None:
    (clean,) = board.say([CLEAN])
    slip = board.tap("saw", saw="clean", after=board.clock + 5)
    assert slip.tap is not None
    answer = board.undo(slip.tap.key)
    assert answer.tap is not None
    assert answer.tap.outcome == Tap.Outcome.UNCHANGED
    assert board.placement().position.clean == 1
    assert make.row_count(Undo) == 0


def test_a_tap_of_another_class_or_person_is_not_one_of_these(board: Board, cast: Cast) -> None:
    other = make.class_session(cast.northside, [cast.ana, cast.ben])
    clean = make.tap(other, cast.ana, "saw", by=cast.kim, saw="clean").tap
    (own,) = board.say([CLEAN])
    assert clean is not None
    assert refused(board.undo(clean.key)) == ("no_such_tap", {})
    assert refused(board.undo(own, cast.ben)) == ("no_such_tap", {})


def test_an_undo_is_not_undone(board: Board) -> None:
    (clean,) = board.say([CLEAN])
    undo = applied(board.undo(clean)).key
    assert refused(board.undo(undo)) == ("no_such_tap", {})


# Built on (rule 8) ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "later", "built"),
    [
        (DOWN, CLEAN, True),
        (DOWN, FARTHER, True),
        (DOWN, BACK, True),
        (DOWN, PAIN, False),
        (DOWN, NOTE, False),
        (DOWN, ASSIGN, False),
        (HARDER, CLEAN, True),
        (HARDER, UP, False),
        (FARTHER, CLEAN, False),
        (CLEAN, CLEAN, False),
        (CLEAN, UP, False),
        (CLEAN, HARDER, False),
        (FAULT, CLEAN, False),
        (PAIN, CLEAR, True),
        (PAIN, DOWN, False),
        (ASSIGN, END, True),
        (ASSIGN, CLEAN, False),
        (NO_SHOW, CLEAN, False),
    ],
)
def test_built_on(board: Board, first: Said, later: Said, built: bool) -> None:
    keys = board.say([first, later])
    known, rows = board.known(), history_rows()
    answer = board.undo(keys[0])
    if not built:
        applied(answer)
        return
    assert refused(answer) == ("built_on", {"tap": str(keys[1])})
    assert board.known() == known
    assert history_rows() == {**rows, "Tap": rows["Tap"] + 1}
    # From the top it goes.
    applied(board.undo(keys[1]))
    applied(board.undo(keys[0]))


def test_an_earned_move_stands_on_its_clean_ones(board: Board) -> None:
    first, second, up = board.say([CLEAN, CLEAN, UP])
    assert refused(board.undo(first)) == ("built_on", {"tap": str(up)})
    assert refused(board.undo(second)) == ("built_on", {"tap": str(up)})


def test_a_coachs_call_does_not(board: Board) -> None:
    clean, _up = board.say([CLEAN, UP])
    applied(board.undo(clean))


def test_the_first_chip_bears_the_others(board: Board) -> None:
    opening = str(uuid4())
    keys = [applied(board.tap("fault", fault=fault, opening=opening)).key for fault in ("squats-it", "chin-up")]
    assert refused(board.undo(keys[0])) == ("built_on", {"tap": str(keys[1])})


def test_it_names_the_newest_of_several(board: Board) -> None:
    down, _clean, second = board.say([DOWN, CLEAN, CLEAN])
    assert refused(board.undo(down)) == ("built_on", {"tap": str(second)})


def test_what_had_arrived_before_was_not_built_on_it(board: Board) -> None:
    """Ana was seen clean on the dowel; then a move from before that comes in, and is the newest tap."""
    board.say([CLEAN])
    known = board.known()
    late = applied(board.tap("stage", stage="wall-tap", after=board.clock - 30, arrives=board.clock + 30)).key
    assert board.placement().position.stage == "wall-tap"
    applied(board.undo(late))
    assert board.known() == known


def test_an_adding_is_undone_only_before_anything_else(board: Board, cast: Cast) -> None:
    board.session.add_someone(by=cast.carla, member_id=cast.olga.pk, name="", key=FIRST)
    applied(board.undo(FIRST, cast.olga))
    assert board.attendance(cast.olga).state == "off"

    again = uuid4()
    board.session.add_someone(by=cast.carla, member_id=cast.olga.pk, name="", key=again)
    said = applied(make.place(board.session, cast.olga, "dowel", by=cast.carla)).key
    answer = make.tap(board.session, cast.olga, "undo", by=cast.carla, undone=str(again))
    assert refused(answer) == ("built_on", {"tap": str(said)})
    assert board.attendance(cast.olga).state == "here"


# Pain ----------------------------------------------------------------------------------------------------------------


def test_pain_is_undone_by_its_author_alone(board: Board, cast: Cast) -> None:
    (pain,) = board.say([PAIN])
    assert refused(board.undo(pain, by=cast.kim)) == ("not_your_pain_tap", {})
    assert refused(board.undo(pain, by=cast.olga)) == ("not_your_pain_tap", {})
    assert board.placement().is_held
    applied(board.undo(pain, by=cast.carla))
    assert not board.placement().is_held


@pytest.mark.parametrize(("after", "allowed"), [(59 * 60, True), (61 * 60, False)])
def test_and_only_during_the_class(board: Board, after: float, allowed: bool) -> None:
    (pain,) = board.say([PAIN])
    answer = board.undo(pain, after=after)
    assert answer.status == (200 if allowed else 422)
    assert allowed or refused(answer) == ("class_over", {})
    assert board.placement().is_held is not allowed


def test_not_after_the_class_was_finished(board: Board) -> None:
    (pain,) = board.say([PAIN])
    board.session.finished_at = make.moment(board.session, board.clock)
    board.session.save(update_fields=["finished_at"])
    assert refused(board.undo(pain)) == ("class_over", {})


def test_one_of_two_holds(board: Board) -> None:
    _hip, knee = board.say([("pain", {"where": "hip"}), PAIN])
    applied(board.undo(knee))
    assert board.placement().is_held


# To the right person -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [CLEAN, NOT_YET, FAULT, UP, DOWN, PAIN, HARDER, ASSIGN])
def test_moved_as_one(board: Board, cast: Cast, said: Said) -> None:
    known, bens = board.known(), board.known(cast.ben)
    board.tap(said[0], cast.dev, **said[1])
    wrong = applied(board.tap(said[0], **said[1]))
    applied(board.move(wrong.key, cast.ben))
    assert board.known() == known
    assert board.known(cast.ben) != bens
    made = Tap.objects.get(member=cast.ben, kind=said[0], at=wrong.at)
    assert made.outcome == Tap.Outcome.APPLIED
    # It can be undone there like any other.
    applied(board.undo(made.key, cast.ben))
    assert board.known(cast.ben) == bens


def test_a_moved_pain_keeps_where_it_hurts(board: Board, cast: Cast) -> None:
    (pain,) = board.say([PAIN])
    board.move(pain, cast.ben)
    assert Hold.objects.get(member=cast.ben).where == "knee"
    assert "knee" not in str(list(Tap.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("bens", "said", "code"),
    [
        (PAIN, CLEAN, "held"),
        (PAIN, UP, "held"),
        (PAIN, HARDER, "held"),
        (None, CLEAN, "not_placed"),
    ],
)
def test_refused_there_it_stays_here(board: Board, cast: Cast, bens: Said | None, said: Said, code: str) -> None:
    right = cast.ben if bens else cast.chiara
    if bens:
        board.tap(bens[0], right, **bens[1])
    # The class next door shows what Ana did there as well, and the wrong tap comes in after that.
    other = make.class_session(cast.northside, [cast.ana], starts_at=board.session.starts_at)
    make.tap(other, cast.ana, "saw", by=cast.kim, saw="clean", after=1000)
    wrong = applied(board.tap(said[0], **said[1], after=560, arrives=1060)).key
    board.clock = 1060
    elsewhere = Attendance.objects.filter(session=other).values()
    known, rows, there = board.known(), history_rows(), list(elsewhere)
    theirs = board.attendance(right).state, board.attendance(right).seen

    assert refused(board.move(wrong, right)) == (code, {})

    assert board.known() == known
    assert list(elsewhere.all()) == there
    assert (board.attendance(right).state, board.attendance(right).seen) == theirs
    # The refused move itself is all that is kept.
    assert history_rows() == {**rows, "Tap": rows["Tap"] + 1}


def test_built_on_here_nothing_comes_there(board: Board, cast: Cast) -> None:
    down, _clean = board.say([DOWN, CLEAN])
    bens = board.known(cast.ben)
    assert refused(board.move(down, cast.ben))[0] == "built_on"
    assert board.known(cast.ben) == bens


def test_anothers_pain_is_not_moved(board: Board, cast: Cast) -> None:
    (pain,) = board.say([PAIN])
    assert refused(board.move(pain, cast.ben, by=cast.kim))[0] == "not_your_pain_tap"
    assert not board.placement(cast.ben).is_held


def test_what_somebody_else_took_out_is_not_moved(board: Board, cast: Cast) -> None:
    (clean,) = board.say([CLEAN])
    board.undo(clean, by=cast.kim)
    bens = board.known(cast.ben)
    answer = board.move(clean, cast.ben)
    assert answer.tap is not None
    assert answer.tap.outcome == Tap.Outcome.UNCHANGED
    assert board.known(cast.ben) == bens


def test_a_refused_tap_is_not_moved(board: Board, cast: Cast) -> None:
    board.say([PAIN])
    clean = board.tap("saw", saw="clean").tap
    assert clean is not None
    bens = board.known(cast.ben)
    assert board.move(clean.key, cast.ben).status == 200
    assert board.known(cast.ben) == bens


def test_moved_to_the_same_person_it_stays(board: Board, cast: Cast) -> None:
    (clean,) = board.say([CLEAN])
    known = board.known()
    assert board.move(clean, cast.ana).status == 200
    assert board.known() == known


def test_the_same_move_again_answers_the_same(board: Board, cast: Cast) -> None:
    (clean,) = board.say([CLEAN])
    first = board.move(clean, cast.ben, key=FIRST)
    rows = history_rows()
    again = board.move(clean, cast.ben, key=FIRST)
    assert (again.repeated, again.tap) == (True, first.tap)
    assert history_rows() == rows
    # With another right person it is another tap.
    assert board.move(clean, cast.chiara, key=FIRST).status == 409


@pytest.mark.parametrize("said", [CLEAR, NOTE, NO_SHOW])
def test_what_cannot_be_moved(board: Board, cast: Cast, said: Said) -> None:
    if said == CLEAR:
        board.say([PAIN])
    (key,) = board.say([said])
    assert refused(board.move(key, cast.ben)) == ("not_movable", {})
    assert make.row_count(Note) == (0 if said == NO_SHOW else 1)


def test_only_to_somebody_on_the_roster(board: Board, cast: Cast) -> None:
    (clean,) = board.say([CLEAN])
    known, rows = board.known(), history_rows()
    with pytest.raises(NotOnRoster):
        board.move(clean, cast.olga)
    assert (board.known(), history_rows()) == (known, rows)
