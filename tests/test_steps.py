"""A step of the plan as the model records it: exactly once, in any order of arrival, and never the past."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym.scope import in_gym
from programming import steps
from programming.models import ClassSession, ClassTemplate, Drill, Tap
from programming.models.coming import remove
from programming.models.stepping import PlanTap, taught
from programming.plan import read_plan
from programming.running import Running
from programming.steps import Course, Step
from tests import make
from tests.coach.screen import nothing_written
from tests.people import Cast
from tests.test_plan import COPIED, SIX

pytest_plugins = ["tests.people"]


# In any order ----------------------------------------------------------------------------------------------------

BLOCKS = st.integers(0, 2)
WANTED: list[st.SearchStrategy[dict[str, Any]]] = [
    st.fixed_dictionaries({"wanted": st.just("block"), "block": BLOCKS}),
    st.just({"wanted": "block", "block": None}),
    st.fixed_dictionaries({"wanted": st.just("paused"), "block": BLOCKS, "paused": st.booleans()}),
    st.fixed_dictionaries({"wanted": st.just("minutes"), "block": BLOCKS, "minutes": st.integers(1, 20)}),
    st.fixed_dictionaries({"wanted": st.just("dropped"), "block": BLOCKS, "dropped": st.booleans()}),
    st.fixed_dictionaries({"wanted": st.just("order"), "order": st.permutations([0, 1, 2, 3, 4])}),
    st.fixed_dictionaries({"wanted": st.just("finished"), "finished": st.booleans()}),
    st.fixed_dictionaries(
        {
            "wanted": st.just("drill"),
            "block": st.just(1),
            "place": st.integers(0, 1),
            "drill": st.sampled_from(["cat-cow", "hip-thrust", "brace"]),
        }
    ),
]
# What is wanted, and when the finger landed, in seconds since the class began: two may land in the same second.
SENT = st.lists(st.tuples(st.one_of(WANTED), st.integers(0, 600)), min_size=1, max_size=9)


@given(SENT, st.randoms())
def test_the_order_in_which_steps_come_in_does_not_matter(sent: list[tuple[dict[str, Any], int]], chance: Any) -> None:
    made = [
        Step(
            at=SIX + timedelta(seconds=after),
            key=str(number),
            wanted=values["wanted"],
            block=values.get("block"),
            value=values.get(values["wanted"]),
        )
        for number, (values, after) in enumerate(sent)
        if values["wanted"] != "drill"
    ]
    mixed = list(made)
    chance.shuffle(mixed)
    course = steps.replay(Course(read_plan(COPIED)), mixed)
    assert course == steps.replay(Course(read_plan(COPIED)), made)
    # And the same step once more, right after itself, changes nothing.
    for step in sorted(made, key=lambda each: each.place):
        once = steps.after(course, step)
        assert steps.after(once, step) == once


@pytest.mark.usefixtures("at_northside")
@given(SENT, st.randoms())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_steps_make_the_same_of_a_class_in_any_order_of_arrival(
    cast: Cast, evening: ClassSession, sent: list[tuple[dict[str, Any], int]], chance: Any
) -> None:
    # What lands after the end is refused: here the end comes last.
    keyed = [(values, 601 if values.get("finished") else after, uuid4()) for values, after in sent]
    in_turn = sorted(keyed, key=lambda each: (each[1], str(each[2])))
    mixed = list(keyed)
    chance.shuffle(mixed)
    found = []
    for arrivals in (in_turn, mixed):
        with transaction.atomic():
            for values, after, key in arrivals:
                answer = make.step(evening, by=cast.carla, key=key, after=after, arrives=700, **values)
                assert answer.status == 200
            session = ClassSession.objects.get(pk=evening.pk)
            assert session.stepped_at is None or session.stepped_at <= make.moment(evening, 601)
            # A plan that nothing changed is kept as it was copied, one that was put back as it is written.
            kept = [getattr(session, name) for name in STATE]
            found.append([read_plan(session.plan), *kept, taught(session)])
            transaction.set_rollback(True)
    assert found[0] == found[1]


STATE = ["block_position", "block_started_at", "block_paused_at", "started_at", "finished_at"]


# The clock -------------------------------------------------------------------------------------------------------


def now(session: ClassSession, after: float) -> Running:
    """How the class stands so many seconds after it began."""
    with in_gym(session.gym_id):
        return Running.read(ClassSession.objects.get(pk=session.pk), make.moment(session, after))


def test_start_next_and_back(cast: Cast, evening: ClassSession) -> None:
    assert (now(evening, 0).block, now(evening, 0).left) == (None, None)
    make.step(evening, "block", by=cast.carla, block=0, after=60)
    running = now(evening, 90)
    assert running.block and running.next_block
    assert (running.block.title, running.left, running.next_block.title) == ("Couch stretch", 210, "Prep")
    make.step(evening, "block", by=cast.kim, block=1, after=300)
    running = now(evening, 301)
    assert running.block and running.last_block
    assert (running.block.title, running.left, running.last_block.id) == ("Prep", 239, 0)
    make.step(evening, "block", by=cast.carla, block=0, after=310)
    assert now(evening, 310).left == 240
    with in_gym(cast.northside):
        session = ClassSession.objects.get(pk=evening.pk)
        assert taught(session) == ((0, moment(evening, 60)), (1, moment(evening, 300)), (0, moment(evening, 310)))
    assert session.started_at == moment(evening, 60)


def moment(session: ClassSession, after: float) -> datetime:
    return make.moment(session, after)


def test_a_pause_stops_the_clock_on_every_screen_and_the_block_goes_on_where_it_stood(
    cast: Cast, evening: ClassSession
) -> None:
    make.step(evening, "block", by=cast.carla, block=0, after=0)
    make.step(evening, "paused", by=cast.carla, block=0, paused=True, after=30)
    assert (now(evening, 500).left, now(evening, 500).is_paused) == (210, True)
    make.step(evening, "paused", by=cast.kim, block=0, paused=False, after=90)
    assert (now(evening, 100).left, now(evening, 100).is_paused) == (200, False)
    # A pause of a block that is not the present one is not meant for this one.
    make.step(evening, "paused", by=cast.kim, block=3, paused=True, after=110)
    assert now(evening, 120).left == 180


def test_minutes_are_wanted_and_so_two_coaches_add_one_together(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "block", by=cast.carla, block=0, after=0)
    make.step(evening, "minutes", by=cast.carla, block=0, minutes=5, after=200)
    again = make.step(evening, "minutes", by=cast.kim, block=0, minutes=5, after=201)
    assert again.tap.outcome == Tap.Outcome.UNCHANGED
    assert now(evening, 210).left == 90
    make.step(evening, "minutes", by=cast.kim, block=0, minutes=3, after=211)
    assert now(evening, 220).left == -40


def test_a_step_that_comes_late_takes_its_place(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "block", by=cast.carla, block=2, after=300)
    # Kim's tablet had no network: she started the stretch at the beginning, and had lengthened it.
    make.step(evening, "block", by=cast.kim, block=0, after=0, arrives=310)
    make.step(evening, "minutes", by=cast.kim, block=0, minutes=6, after=10, arrives=311)
    running = now(evening, 320)
    assert running.block and (running.block.id, running.left) == (2, 700)
    assert [block.minutes for block in running.blocks] == [6, 4, 12, 20, 5]
    with in_gym(cast.northside):
        assert taught(ClassSession.objects.get(pk=evening.pk))[0] == (0, evening.starts_at)


# Exactly once ----------------------------------------------------------------------------------------------------


def test_the_same_step_again_changes_nothing(cast: Cast, evening: ClassSession) -> None:
    key = uuid4()
    first = make.step(evening, "block", by=cast.carla, block=1, after=10, key=key)
    assert (first.tap.outcome, first.tap.member_id) == (Tap.Outcome.APPLIED, None)
    with nothing_written():
        again = make.step(evening, "block", by=cast.carla, block=1, after=10, arrives=90, key=key)
        other = make.step(evening, "block", by=cast.carla, block=2, after=20, key=key)
    assert (again.status, again.repeated, other.status) == (200, True, 409)


def test_only_what_changes_something_raises_the_version(cast: Cast, evening: ClassSession) -> None:
    def version() -> int:
        with in_gym(cast.northside):
            return ClassSession.objects.get(pk=evening.pk).version

    before = version()
    make.step(evening, "block", by=cast.carla, block=1, after=10)
    assert version() == before + 1
    make.step(evening, "block", by=cast.kim, block=1, after=20)
    make.step(evening, "block", by=cast.kim, block=99, after=30)
    assert version() == before + 1


@pytest.mark.parametrize(
    ("wanted", "values", "code"),
    [
        ("block", {"block": 9}, "plan_changed"),
        ("order", {"order": [0, 1]}, "plan_changed"),
        ("order", {"order": [4, 3, 2, 1, 0], "shown": [1, 0, 2, 3, 4]}, "plan_changed"),
        ("drill", {"block": 0, "place": 3, "drill": "cat-cow"}, "plan_changed"),
        ("drill", {"block": 0, "place": 0, "drill": "no-such-drill"}, "plan_changed"),
        ("drill", {"block": 0, "place": 0, "drill": "cat-cow", "shown": "brace"}, "plan_changed"),
    ],
)
def test_what_the_plan_does_not_have_any_more_is_refused(
    cast: Cast, evening: ClassSession, wanted: str, values: dict[str, Any], code: str
) -> None:
    answer = make.step(evening, wanted, by=cast.carla, after=10, **values)
    assert (answer.status, answer.refusal and answer.refusal.code) == (422, code)
    with in_gym(cast.northside):
        session = ClassSession.objects.get(pk=evening.pk)
    assert (session.plan, session.version, session.stepped_at) == (evening.plan, evening.version, None)


# Today only ------------------------------------------------------------------------------------------------------


def test_a_change_for_today_leaves_the_template_and_other_classes_alone(cast: Cast, evening: ClassSession) -> None:
    other = make.class_session(cast.northside, coach=cast.kim)
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key="hinge-foundations").plan()
    make.step(evening, "drill", by=cast.carla, block=2, place=1, drill="brace", shown="dowel-hinge", after=1)
    make.step(evening, "dropped", by=cast.carla, block=1, dropped=True, after=2)
    make.step(evening, "order", by=cast.carla, order=[0, 2, 1, 4, 3], after=3)
    running = now(evening, 5)
    assert [block.id for block in running.blocks] == [0, 2, 4, 3]
    drill = running.blocks[1].drills[1]
    assert (drill.drill, drill.stage, drill.instead_of and drill.instead_of.drill) == ("brace", "dowel", "dowel-hinge")
    with in_gym(cast.northside):
        assert ClassTemplate.objects.get(key="hinge-foundations").plan() == template
        assert ClassSession.objects.get(pk=other.pk).plan == other.plan
    # Put back, each change leaves no trace in what is taught.
    make.step(evening, "drill", by=cast.kim, block=2, place=1, drill="dowel-hinge", after=6)
    make.step(evening, "dropped", by=cast.kim, block=1, dropped=False, after=7)
    make.step(evening, "order", by=cast.kim, order=[0, 1, 2, 3, 4], after=8)
    assert now(evening, 9).plan == read_plan(evening.plan)


def test_the_drill_put_back_has_the_words_of_the_plan_not_those_of_today(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "drill", by=cast.carla, block=0, place=0, drill="brace", after=1)
    with in_gym(cast.northside):
        Drill.objects.get(key="couch-stretch").revise(name="Sofa stretch")
    make.step(evening, "drill", by=cast.carla, block=0, place=0, drill="couch-stretch", after=2)
    assert now(evening, 3).plan == read_plan(evening.plan)


# Over ------------------------------------------------------------------------------------------------------------


def test_a_class_ends_when_a_coach_finishes_it_and_that_can_be_taken_back_on_the_same_day(
    cast: Cast, evening: ClassSession
) -> None:
    make.step(evening, "block", by=cast.carla, block=0, after=0)
    make.step(evening, "finished", by=cast.carla, finished=True, after=600)
    assert now(evening, 601).is_over
    make.step(evening, "finished", by=cast.kim, finished=False, after=610)
    running = now(evening, 611)
    assert not running.is_over and running.block is not None
    make.step(evening, "finished", by=cast.carla, finished=True, after=620)
    answer = make.step(evening, "finished", by=cast.carla, finished=False, after=620 + 24 * 3600)
    assert answer.refusal and answer.refusal.code == "finished_before"


def test_a_class_ends_by_itself_a_little_later_where_its_blocks_run(cast: Cast, evening: ClassSession) -> None:
    hour = 60 * 60
    assert [now(evening, after).is_over for after in (hour - 1, hour)] == [False, True]
    make.step(evening, "block", by=cast.carla, block=0, after=60)
    assert [now(evening, after).is_over for after in (hour, hour + 899, hour + 900)] == [False, False, True]


def test_taps_still_land_in_a_finished_class_and_show_on_other_screens(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "finished", by=cast.carla, finished=True, after=600)
    with in_gym(cast.northside):
        before = ClassSession.objects.get(pk=evening.pk).version
    answer = make.tap(evening, cast.ana, "stage", by=cast.carla, stage="dowel", after=590, arrives=700)
    assert answer.tap.outcome == Tap.Outcome.APPLIED
    with in_gym(cast.northside):
        assert ClassSession.objects.get(pk=evening.pk).version == before + 1


def test_an_unplanned_class_goes_while_nobody_was_seen_in_it(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "removed", by=cast.carla, removed=True, after=60)
    with in_gym(cast.northside):
        assert ClassSession.objects.get(pk=evening.pk).cancelled_at == moment(evening, 60)
    make.step(evening, "removed", by=cast.carla, removed=False, after=61)
    make.tap(evening, cast.ana, "stage", by=cast.carla, stage="dowel", after=70)
    answer = make.step(evening, "removed", by=cast.carla, removed=True, after=80)
    assert answer.refusal and answer.refusal.code == "seen_in_it"
    planned = make.class_session(cast.northside, coach=cast.kim)
    make.weekly_slot(planned)
    answer = make.step(planned, "removed", by=cast.carla, removed=True, after=80)
    assert answer.refusal and answer.refusal.code == "is_planned"


def test_what_was_done_otherwise_is_not_undone_by_a_step_that_comes_late(cast: Cast, evening: ClassSession) -> None:
    def removed() -> bool:
        with in_gym(cast.northside):
            return ClassSession.objects.get(pk=evening.pk).cancelled_at is not None

    make.step(evening, "removed", by=cast.carla, removed=True, after=60)
    with in_gym(cast.northside):
        evening.hold(by=cast.carla, at=moment(evening, 70))
        assert Tap.objects.get(detail__removed=False).actor == cast.carla
    make.step(evening, "minutes", by=cast.kim, block=0, minutes=5, after=65, arrives=80)
    assert not removed()
    with in_gym(cast.northside):
        evening.cancel(at=moment(evening, 90))
    make.step(evening, "minutes", by=cast.kim, block=0, minutes=6, after=66, arrives=100)
    assert removed()


def refused(answer: Any) -> str | None:
    return answer.refusal.code if answer.refusal else None


def test_a_class_that_is_over_is_not_rewritten_but_late_steps_land(cast: Cast, evening: ClassSession) -> None:
    quarter = 15 * 60
    make.step(evening, "block", by=cast.carla, block=0, after=0)
    over = 60 * 60 + quarter
    for wanted, values in (
        ("block", {"block": 1}),
        ("block", {"block": None}),
        ("minutes", {"block": 0, "minutes": 9}),
        ("removed", {"removed": True}),
    ):
        assert refused(make.step(evening, wanted, by=cast.carla, after=over, **values)) == "plan_over"
    late = make.step(evening, "minutes", by=cast.carla, block=0, minutes=9, after=over - 1, arrives=over + 60)
    assert refused(late) is None
    assert now(evening, 0).plan[0].minutes == 9


def test_what_lands_after_a_coach_finished_it_is_refused(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "finished", by=cast.carla, finished=True, after=600)
    assert refused(make.step(evening, "block", by=cast.kim, block=1, after=600)) == "plan_over"
    assert refused(make.step(evening, "block", by=cast.kim, block=1, after=599, arrives=700)) is None
    make.step(evening, "finished", by=cast.carla, finished=False, after=710)
    assert refused(make.step(evening, "block", by=cast.kim, block=2, after=720)) is None


def test_finished_the_next_morning_it_was_over_all_the_same(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "block", by=cast.carla, block=0, after=0)
    make.step(evening, "finished", by=cast.carla, finished=True, after=14 * 3600)
    with in_gym(cast.northside):
        session = ClassSession.objects.get(pk=evening.pk)
    assert session.over_at == moment(evening, 75 * 60)
    make.step(evening, "finished", by=cast.carla, finished=True, after=1800, arrives=14 * 3600 + 1)
    with in_gym(cast.northside):
        assert ClassSession.objects.get(pk=evening.pk).over_at == moment(evening, 1800)


# Started by mistake ----------------------------------------------------------------------------------------------


def test_no_class_starts_more_than_an_hour_ahead(cast: Cast, evening: ClassSession) -> None:
    hour = 60 * 60
    assert refused(make.step(evening, "block", by=cast.carla, block=0, after=-hour - 1)) == "too_early"
    assert now(evening, -hour).block is None
    # What is planned for it can change all the same.
    assert refused(make.step(evening, "minutes", by=cast.carla, block=0, minutes=9, after=-2 * hour)) is None
    assert refused(make.step(evening, "block", by=cast.carla, block=0, after=-hour)) is None


def test_not_started_after_all(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "block", by=cast.carla, block=0, after=-600)
    make.step(evening, "paused", by=cast.carla, block=0, paused=True, after=-500)
    make.step(evening, "block", by=cast.carla, block=None, after=-400)
    with in_gym(cast.northside):
        session = ClassSession.objects.get(pk=evening.pk)
        assert taught(session) == ()
    assert (session.block_position, session.block_started_at, session.block_paused_at) == (None, None, None)
    assert (session.started_at, session.state(moment(evening, -300))) == (None, "coming")
    # A step that comes late does not start it again.
    make.step(evening, "minutes", by=cast.kim, block=0, minutes=9, after=-450, arrives=-300)
    with in_gym(cast.northside):
        assert ClassSession.objects.get(pk=evening.pk).started_at is None


def test_a_class_in_which_somebody_was_seen_was_started(cast: Cast, evening: ClassSession) -> None:
    make.step(evening, "block", by=cast.carla, block=0, after=0)
    make.tap(evening, cast.ana, "stage", by=cast.carla, stage="dowel", after=70)
    assert refused(make.step(evening, "block", by=cast.carla, block=None, after=80)) == "seen_in_it"
    assert now(evening, 90).block is not None


def test_a_class_that_its_slot_took_away_is_not_found(cast: Cast) -> None:
    """It was there when the page was asked for, and is gone when it is to be held."""
    make.library(cast.northside)
    gone = make.class_session(cast.northside, coach=cast.carla)
    with in_gym(cast.northside):
        remove([gone])
        tap = PlanTap(wanted="block", by=cast.carla, values={"block": 0})
        at = timezone.now()
        for work in (
            lambda: gone.record_step(tap),
            lambda: gone.cancel(at=at),
            lambda: gone.hold(by=cast.carla, at=at),
            lambda: gone.change(was="", at=at, minutes=70),
            lambda: gone.check_in(cast.ana, key=uuid4()),
        ):
            with pytest.raises(Http404):
                work()
