"""What says again what was said already changes nothing, as long as that stands.

Whatever is taken out before it, by a tap that arrives after it, must leave the same as if it had arrived in time.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4, uuid5

import pytest

from gym.models import Membership
from programming.board import standing_taps
from programming.models import Attendance, ClassSession, Placement, Tap
from programming.models.grouping import GroupUndo
from programming.models.recording import Answer
from programming.models.tap_kinds import assigned_drills, open_holds
from tests import make
from tests.people import Cast
from tests.test_taps import history_rows

pytest_plugins = ["tests.people"]

Said = tuple[str, dict[str, Any]]
CLEAN: Said = ("saw", {"saw": "clean"})
PAIN: Said = ("pain", {"where": "knee"})
# Seconds of the class: what is said, the same again, what ends it between them or after, the arrival of what is late.
FIRST, BETWEEN, SECOND, AFTER, LATE = 100, 105, 110, 112, 130


class Board:
    """Carla's class with Ana and Ben on the dowel: what becomes of Ana's taps must become of Ben's."""

    def __init__(self, session: ClassSession, cast: Cast) -> None:
        self.session, self.cast = session, cast
        for member in (cast.ana, cast.ben):
            self.tap(member, ("stage", {"stage": "dowel"}), 1)

    def tap(self, member: Membership, said: Said, after: float, **more: Any) -> Answer:
        kind, values = said
        if "opening" in values:
            values = {**values, "opening": str(uuid5(member.pk, values["opening"]))}
        return make.tap(self.session, member, kind, **{"by": self.cast.carla, "after": after, **values, **more})

    def undo(self, member: Membership, answer: Answer, after: float, **more: Any) -> Answer:
        return self.tap(member, ("undo", {"undone": str(answer.tap.key)}), after, **more)

    def stands(self, member: Membership) -> Any:
        """What a board shows of somebody, without what names rows."""
        placement = Placement.objects.get(member=member, progression=self.session.progression)
        attendance = Attendance.objects.get(member=member, session=self.session)
        shown = {key: {**each, "assessment": None} for key, each in attendance.seen.items()}
        position = placement.position
        return {
            "on": (position.stage, position.setting, position.drill),
            "seen": (position.clean, dict(position.faults), attendance.seen_at, shown),
            "hurts": [(hold.actor_id, hold.where, hold.at) for hold in open_holds([member.pk])],
            "at the class": (attendance.state, attendance.with_coach),
            "to do": sorted(row.drill.drill.key for row in assigned_drills(member.pk)),
        }


@pytest.fixture
def board(evening: ClassSession, cast: Cast, at_northside: Any) -> Board:
    return Board(evening, cast)


SAID = [
    pytest.param([], CLEAN, id="clean"),
    pytest.param([], ("saw", {"saw": "not_yet"}), id="not yet"),
    pytest.param([], ("saw", {"saw": "seen"}), id="seen"),
    pytest.param([], ("fault", {"fault": "squats-it"}), id="fault"),
    pytest.param([], ("fault", {"fault": "squats-it", "opening": "a"}), id="chip of one opening"),
    pytest.param(
        [("fault", {"fault": "chin-up", "opening": "a"})],
        ("fault", {"fault": "squats-it", "opening": "a"}),
        id="second chip of one opening",
    ),
    pytest.param([], PAIN, id="pain"),
    pytest.param([("pain", {"where": "hip"})], PAIN, id="pain in another place"),
    pytest.param([], ("stage", {"stage": "loaded"}), id="stage"),
    pytest.param([], ("drill", {"drill": "horizontal-dowel-hinge"}), id="drill"),
    pytest.param([], ("setting", {"setting": 500, "stage": "wall-tap"}), id="setting"),
    pytest.param([], ("assign", {"drill": "cat-cow", "wanted": True}), id="assigned"),
    pytest.param(
        [("assign", {"drill": "cat-cow", "wanted": True})],
        ("assign", {"drill": "cat-cow", "wanted": False}),
        id="ended",
    ),
    pytest.param([], ("attendance", {"state": "late"}), id="late"),
    pytest.param([], ("with_coach", {"wanted": True}), id="to the coach"),
]


@pytest.mark.parametrize(("before", "said"), SAID)
def test_the_same_again_counts_where_the_first_was_taken_back_in_time_for_it(
    board: Board, cast: Cast, before: list[Said], said: Said
) -> None:
    answers = {}
    for member in (cast.ana, cast.ben):
        for number, each in enumerate(before):
            board.tap(member, each, FIRST - 10 + number)
        answers[member] = board.tap(member, said, FIRST)
    # In order for Ben; the undo of Ana's comes late, from a tablet that had no network.
    board.undo(cast.ben, answers[cast.ben], BETWEEN)
    board.tap(cast.ben, said, SECOND)
    again = board.tap(cast.ana, said, SECOND)
    assert again.tap.outcome == Tap.Outcome.UNCHANGED
    assert board.undo(cast.ana, answers[cast.ana], BETWEEN, arrives=LATE).tap.outcome == Tap.Outcome.APPLIED
    assert board.stands(cast.ana) == board.stands(cast.ben)
    counted = Tap.objects.get(detail__again=str(again.tap.key))
    assert (counted.outcome, counted.actor, counted.at) == (Tap.Outcome.APPLIED, cast.carla, again.tap.at)
    # What was told to the screen stays.
    again.tap.refresh_from_db()
    assert again.tap.outcome == Tap.Outcome.UNCHANGED


@pytest.mark.parametrize(("before", "said"), SAID)
@pytest.mark.parametrize("arrives", [AFTER, LATE])
def test_the_same_again_goes_with_the_first_where_both_were_there_to_be_taken_back(
    board: Board, cast: Cast, before: list[Said], said: Said, arrives: int
) -> None:
    for number, each in enumerate(before):
        board.tap(cast.ana, each, FIRST - 10 + number)
    stands = board.stands(cast.ana)
    first = board.tap(cast.ana, said, FIRST)
    board.tap(cast.ana, said, SECOND)
    board.undo(cast.ana, first, AFTER, arrives=arrives)
    assert {**board.stands(cast.ana), "seen": None} == {**stands, "seen": None}
    assert board.stands(cast.ana)["seen"][:2] == stands["seen"][:2]
    assert not Tap.objects.filter(detail__has_key="again").exists()


def test_pain_again_counts_where_a_clearance_came_between_them(board: Board, cast: Cast) -> None:
    clear: Said = ("clear", {"note": "moves freely"})
    for member in (cast.ana, cast.ben):
        board.tap(member, PAIN, FIRST)
    board.tap(cast.ben, clear, BETWEEN, by=cast.kim)
    board.tap(cast.ben, PAIN, SECOND)
    board.tap(cast.ana, PAIN, SECOND)
    board.tap(cast.ana, clear, BETWEEN, by=cast.kim, arrives=LATE)
    assert board.stands(cast.ana) == board.stands(cast.ben)
    assert len(board.stands(cast.ana)["hurts"]) == 1


def test_it_is_judged_again_once_however_often_the_late_undo_arrives(board: Board, cast: Cast) -> None:
    first = board.tap(cast.ana, CLEAN, FIRST)
    board.tap(cast.ana, CLEAN, SECOND)
    key = uuid5(first.tap.key, "late")
    board.undo(cast.ana, first, BETWEEN, arrives=LATE, key=key)
    rows = history_rows()
    assert board.undo(cast.ana, first, BETWEEN, arrives=LATE + 5, key=key).repeated
    assert history_rows() == rows


def test_three_of_the_same_are_one(board: Board, cast: Cast) -> None:
    first = board.tap(cast.ana, CLEAN, FIRST)
    for second in (SECOND, SECOND + 3):
        board.tap(cast.ana, CLEAN, second)
    board.undo(cast.ana, first, BETWEEN, arrives=LATE)
    assert board.stands(cast.ana)["seen"][0] == 1


@pytest.mark.parametrize("arrives", [SECOND + 5, LATE + 10])
def test_what_was_taken_back_itself_does_not_count(board: Board, cast: Cast, arrives: int) -> None:
    """Its screen names the tap that it made, and knows nothing of the one that counts in its place."""
    stands = board.stands(cast.ana)
    first, again = board.tap(cast.ana, CLEAN, FIRST), board.tap(cast.ana, CLEAN, SECOND)
    if arrives > LATE:
        board.undo(cast.ana, first, BETWEEN, arrives=LATE, by=cast.kim)
        assert board.stands(cast.ana)["seen"][0] == 1
    board.undo(cast.ana, again, SECOND + 5, arrives=arrives)
    if arrives < LATE:
        board.undo(cast.ana, first, BETWEEN, arrives=LATE, by=cast.kim)
    assert board.stands(cast.ana)["seen"][0] == stands["seen"][0] == 0


def test_another_coach_repeats_nobody(board: Board, cast: Cast) -> None:
    first = board.tap(cast.ana, CLEAN, FIRST)
    board.tap(cast.ana, CLEAN, SECOND, by=cast.kim)
    board.undo(cast.ana, first, BETWEEN, arrives=LATE)
    assert board.stands(cast.ana)["seen"][0] == 1
    assert not Tap.objects.filter(detail__has_key="again").exists()


def test_a_tap_for_several_people_is_judged_again_for_each(board: Board, cast: Cast) -> None:
    firsts = {member: board.tap(member, CLEAN, FIRST) for member in (cast.ana, cast.ben)}
    several = make.several(board.session, [cast.ana, cast.ben], by=cast.carla, after=SECOND, saw="clean")
    assert several.tap.outcome == Tap.Outcome.UNCHANGED
    board.undo(cast.ana, firsts[cast.ana], BETWEEN, arrives=LATE)
    (counted,) = Tap.objects.filter(detail__has_key="again")
    assert {member: board.stands(member)["seen"][0] for member in firsts} == {cast.ana: 1, cast.ben: 1}
    # Its tap for several changed nothing and is in no list: it is undone by itself.
    assert counted.pk in [tap.pk for tap in standing_taps(board.session.pk)]
    board.tap(cast.ana, ("undo", {"undone": str(counted.key)}), LATE + 5)
    assert board.stands(cast.ana)["seen"][0] == 0


@pytest.mark.parametrize("is_undone", [True, False])
def test_a_tap_for_several_people_that_was_taken_back_does_not_count(board: Board, cast: Cast, is_undone: bool) -> None:
    first = board.tap(cast.ana, CLEAN, FIRST)
    several = make.several(board.session, [cast.ana, cast.ben], by=cast.carla, after=SECOND, saw="clean")
    if is_undone:
        undo = GroupUndo(by=cast.carla, undone=several.tap.key)
        board.session.undo_several(undo, now=make.moment(board.session, AFTER))
    board.undo(cast.ana, first, BETWEEN, arrives=LATE)
    assert {board.stands(member)["seen"][0] for member in (cast.ana, cast.ben)} == {0 if is_undone else 1}


def test_a_tap_for_several_people_brings_nobody_back_who_is_off_the_roster_by_then(board: Board, cast: Cast) -> None:
    """A drop-in who was added by mistake, and marked as here with others while the undo of that was on its way."""
    key = uuid4()
    begin = make.moment(board.session, FIRST)
    added = board.session.add_someone(by=cast.carla, member_id=None, name="Typo Tim", key=key, now=begin)
    here = [added, cast.ana]
    make.several(board.session, here, by=cast.carla, after=SECOND, state="here")
    board.tap(added, ("undo", {"undone": str(key)}), BETWEEN, arrives=LATE)
    assert Attendance.objects.get(member=added).state == Attendance.State.OFF
    (again,) = Tap.objects.filter(detail__has_key="again")
    assert (again.outcome, again.detail["refused"]) == (Tap.Outcome.REFUSED, "left")


def test_what_was_seen_in_between_keeps_two_of_the_same_apart(board: Board, cast: Cast) -> None:
    """Clean, clean, not yet, clean: without the first there are two, with something else between them."""
    seen: Said = ("saw", {"saw": "seen"})
    for member in (cast.ana, cast.ben):
        first = board.tap(member, CLEAN, FIRST)
        if member == cast.ben:
            board.undo(member, first, BETWEEN, by=cast.kim)
        for said, second in ((CLEAN, SECOND), (seen, SECOND + 2), (CLEAN, SECOND + 5)):
            board.tap(member, said, second)
        if member == cast.ana:
            board.undo(member, first, BETWEEN, by=cast.kim, arrives=LATE)
    assert board.stands(cast.ana) == board.stands(cast.ben)
    assert board.stands(cast.ana)["seen"][0] == 2


@pytest.mark.parametrize("is_undone", ["", "between", "after"])
def test_one_after_the_other_may_go(board: Board, cast: Cast, is_undone: str) -> None:
    """Three of the same; the first is taken back, then the second, both late: the third counts, unless it went too."""
    answers = [board.tap(cast.ana, CLEAN, second) for second in (FIRST, SECOND, SECOND + 5)]
    board.undo(cast.ana, answers[0], BETWEEN, arrives=LATE)
    if is_undone == "between":
        board.undo(cast.ana, answers[2], SECOND + 8, arrives=LATE + 1)
    board.undo(cast.ana, answers[1], SECOND + 2, arrives=LATE + 2)
    if is_undone == "after":
        assert board.stands(cast.ana)["seen"][0] == 1
        board.undo(cast.ana, answers[2], SECOND + 8, arrives=LATE + 3)
    assert board.stands(cast.ana)["seen"][0] == (0 if is_undone else 1)


def test_pain_that_was_cleared_since_does_not_come_back(board: Board, cast: Cast) -> None:
    clear: Said = ("clear", {"note": "moves freely"})
    pain = board.tap(cast.ana, PAIN, FIRST)
    board.tap(cast.ana, PAIN, SECOND)
    first = board.tap(cast.ana, clear, BETWEEN, by=cast.kim, arrives=LATE)
    board.tap(cast.ana, clear, LATE + 5)
    board.undo(cast.ana, first, LATE + 10, by=cast.kim)
    board.undo(cast.ana, pain, BETWEEN + 1, arrives=LATE + 20)
    assert board.stands(cast.ana)["hurts"] == []


def test_the_class_may_teach_another_ladder_by_then(board: Board, cast: Cast) -> None:
    first = board.tap(cast.ana, ("stage", {"stage": "loaded"}), FIRST)
    board.tap(cast.ana, ("stage", {"stage": "loaded"}), SECOND)
    ladder = board.session.progression
    board.session.ladders.clear()
    board.session.progression = make.second_ladder(cast.northside)
    board.session.save()
    board.undo(cast.ana, first, BETWEEN, arrives=LATE)
    assert Placement.objects.get(member=cast.ana, progression=ladder).position.stage == "loaded"


WANTED: Said = ("assign", {"drill": "cat-cow", "wanted": True})
ENDED: Said = ("assign", {"drill": "cat-cow", "wanted": False})


@pytest.mark.parametrize(("said", "between"), [(WANTED, ENDED), (ENDED, WANTED)])
def test_an_assignment_again_counts_where_its_end_came_between(
    board: Board, cast: Cast, said: Said, between: Said
) -> None:
    for member in (cast.ana, cast.ben):
        board.tap(member, WANTED, FIRST - 5)
        board.tap(member, said, FIRST)
    board.tap(cast.ben, between, BETWEEN, by=cast.kim)
    for member in (cast.ana, cast.ben):
        board.tap(member, said, SECOND)
    board.tap(cast.ana, between, BETWEEN, by=cast.kim, arrives=LATE)
    assert board.stands(cast.ana)["to do"] == board.stands(cast.ben)["to do"] == (["cat-cow"] if said == WANTED else [])


def test_a_hold_refuses_it_as_it_would_have_then(board: Board, cast: Cast) -> None:
    first = board.tap(cast.ana, CLEAN, FIRST)
    board.tap(cast.ana, CLEAN, SECOND)
    board.tap(cast.ana, PAIN, BETWEEN + 1, by=cast.kim, arrives=SECOND + 1)
    board.undo(cast.ana, first, BETWEEN, arrives=LATE)
    assert board.stands(cast.ana)["seen"][0] == 0
    counted = Tap.objects.get(detail__has_key="again")
    assert (counted.outcome, counted.detail["refused"]) == (Tap.Outcome.REFUSED, "held")


def test_where_it_hurts_is_kept_in_the_hold_alone(board: Board, cast: Cast) -> None:
    first = board.tap(cast.ana, PAIN, FIRST)
    board.tap(cast.ana, PAIN, SECOND)
    board.undo(cast.ana, first, BETWEEN, arrives=LATE)
    assert [hold[1] for hold in board.stands(cast.ana)["hurts"]] == ["knee"]
    assert "knee" not in str(list(Tap.objects.values_list("detail")))
