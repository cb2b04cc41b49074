"""What holds for every sequence of taps by two coaches, in any arrival order: in the rules alone, and as stored."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gym.models import Membership
from programming import ladder
from programming.models import Assessment, Attendance, ClassSession, Placement, Tap
from programming.models.attending import NOT_HERE, SEEING
from programming.models.grouping import GroupTap, GroupUndo, Shown
from programming.models.history import history_models
from programming.models.recording import Answer, ScreenTap
from programming.models.replaying import standing_events
from programming.models.tap_kinds import assigned_drills, open_holds
from tests import make
from tests.people import Cast
from tests.test_ladder import HINGE

pytest_plugins = ["tests.people"]

BEGIN = datetime(2026, 3, 2, 18, tzinfo=UTC)

# In the rules alone --------------------------------------------------------------------------------------------------

STAGES = st.sampled_from(["wall", "dowel", "loaded"])
HOLDS = st.sampled_from(["one", "two"])
ASSESSMENTS = st.sampled_from(["a", "b", "c"])
RESULTS = st.sampled_from([ladder.CLEAN, ladder.CLEAN, ladder.NOT_YET, ladder.SEEN])
KINDS: list[st.SearchStrategy[tuple[Any, dict[str, Any]]]] = [
    st.tuples(st.just(ladder.Moved), st.fixed_dictionaries({"stage": STAGES, "earned": st.booleans()})),
    st.tuples(st.just(ladder.Adjusted), st.fixed_dictionaries({"stage": STAGES, "setting": st.integers(0, 1000)})),
    st.tuples(
        st.just(ladder.DrillChosen),
        st.fixed_dictionaries({"stage": STAGES, "drill": st.sampled_from(["tap-it", "standing", "flat", "bell"])}),
    ),
    st.tuples(
        st.just(ladder.Assessed),
        st.fixed_dictionaries(
            {
                "stage": STAGES,
                "result": RESULTS,
                "assessment": ASSESSMENTS,
                "setting": st.none() | st.integers(0, 1000),
            }
        ),
    ),
    st.tuples(
        st.just(ladder.FaultSeen),
        st.fixed_dictionaries({"assessment": ASSESSMENTS, "fault": st.sampled_from(["squats", "rounds"])}),
    ),
    st.tuples(st.just(ladder.PainReported), st.fixed_dictionaries({"hold": HOLDS})),
    st.tuples(st.just(ladder.HoldCleared), st.fixed_dictionaries({"hold": HOLDS})),
]


@st.composite
def histories(draw: st.DrawFn) -> list[ladder.Event]:
    """Any events, also impossible ones, some of them at the same time; begun with a placement, as most are."""
    events: list[ladder.Event] = [ladder.Moved(at=BEGIN, tap="tap-000", stage=draw(STAGES))]
    for number, (kind, values) in enumerate(draw(st.lists(st.one_of(KINDS), max_size=25)), start=1):
        at = BEGIN + timedelta(seconds=draw(st.integers(0, 30)))
        events.append(kind(at=at, tap=f"tap-{number:03}", **values))
    return events


@given(histories(), st.randoms())
def test_arrival_order_does_not_matter(events: list[ladder.Event], chance: Any) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert ladder.replay(HINGE, shuffled) == ladder.replay(HINGE, events)
    assert ladder.in_effect(HINGE, shuffled) == ladder.in_effect(HINGE, events)


@given(histories())
def test_the_held_never_move_up_and_are_never_assessed(events: list[ladder.Event]) -> None:
    standing = ladder.Standing()
    for event in ladder.in_effect(HINGE, events):
        following = ladder.after(HINGE, standing, event)
        if standing.held:
            assert not isinstance(event, ladder.Assessed | ladder.FaultSeen)
            assert HINGE.height(following.stage) <= HINGE.height(standing.stage)
            assert following.clean <= standing.clean
            assert following.seen_at == standing.seen_at
        standing = following


@given(histories())
def test_what_was_refused_leaves_nothing_behind(events: list[ladder.Event]) -> None:
    effective = ladder.in_effect(HINGE, events)
    all_of_them = ladder.replay(HINGE, events)
    assert replace(ladder.replay(HINGE, effective), last=all_of_them.last) == all_of_them


@given(histories())
def test_a_stage_changes_by_a_move_alone(events: list[ladder.Event]) -> None:
    standing = ladder.Standing()
    for event in sorted(events, key=lambda event: event.place):
        following = ladder.after(HINGE, standing, event)
        assert following.stage == standing.stage or isinstance(event, ladder.Moved)
        standing = following


@given(histories())
def test_a_suggestion_has_its_evidence(events: list[ladder.Event]) -> None:
    standing = ladder.replay(HINGE, events)
    found = ladder.suggest(HINGE, standing)
    if found is None:
        return
    assert not standing.held
    assert found.at_stage == standing.stage
    if found.kind == "correct":
        assert found.times == standing.faults[str(found.fault)] >= 2
        assert found.stage is None or HINGE.height(found.stage) < HINGE.height(standing.stage)
        return
    stage = HINGE.stage(standing.stage)
    assert stage is not None
    assert found.clean == standing.clean >= stage.clean_needed
    assert found.at_setting == standing.setting
    # What it suggests as the next stage is earned, and the one above.
    assert found.kind != "stage" or ladder.earned(HINGE, standing, str(found.stage))


# As stored -----------------------------------------------------------------------------------------------------------

FOR_BOTH = ("several", "undo several")
WITHOUT_STAGE_CHANGE = (Tap.Kind.SAW, Tap.Kind.FAULT, Tap.Kind.SETTING, Tap.Kind.DRILL, Tap.Kind.ASSIGN, Tap.Kind.NOTE)
HEIGHT = st.integers(0, 2)
OPENING = st.sampled_from([1, 2])
DRILL = st.sampled_from(["dowel-hinge", "horizontal-dowel-hinge"])
VALUES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "stage": st.fixed_dictionaries({"height": HEIGHT}),
    "saw": st.fixed_dictionaries({"saw": RESULTS}, optional={"opening": OPENING, "height": HEIGHT}),
    "fault": st.fixed_dictionaries(
        {"fault": st.sampled_from(["squats-it", "chin-up"])}, optional={"opening": OPENING, "height": HEIGHT}
    ),
    "setting": st.fixed_dictionaries({"setting": st.sampled_from([200, 300, 340, 400])}, optional={"height": HEIGHT}),
    "drill": st.fixed_dictionaries({"drill": DRILL}, optional={"height": HEIGHT}),
    "pain": st.fixed_dictionaries({"where": st.sampled_from(["", "knee"])}),
    "clear": st.just({"note": "moves freely"}),
    "assign": st.fixed_dictionaries({"drill": st.sampled_from(["cat-cow", "brace"]), "wanted": st.booleans()}),
    "note": st.just({"note": "prefers mornings"}),
    "attendance": st.fixed_dictionaries({"state": st.sampled_from(["here", "late", "no_show"])}),
    # Which of the taps so far, counted from the newest.
    "undo": st.fixed_dictionaries({"back": st.sampled_from([0, 0, 0, 1, 2, 5])}),
    "move": st.fixed_dictionaries({"back": st.sampled_from([0, 0, 1, 3])}),
    # For both members at once.
    "several": st.one_of(
        st.fixed_dictionaries({"saw": st.sampled_from(["clean", "seen"]), "height": HEIGHT, "rest": st.booleans()}),
        st.fixed_dictionaries({"height": HEIGHT}),
    ),
    "undo several": st.fixed_dictionaries({"back": st.sampled_from([0, 0, 1])}),
}


@dataclass(frozen=True)
class Said:
    """One tap as hypothesis invents it. `gap` is the time since the last arrival, `age` how late it arrives, in s."""

    kind: str
    values: dict[str, Any]
    coach: int
    session: int
    gap: int
    age: int
    stale: int | None
    again: int


@st.composite
def said(draw: st.DrawFn, kinds: list[str] | None = None, late: bool = True) -> Said:
    # Stages and observations are what coaches tap most.
    kind = draw(st.sampled_from(kinds or [*VALUES, "stage", "saw", "saw", "fault", "pain", "undo"]))
    return Said(
        kind=kind,
        values=draw(VALUES[kind]),
        coach=draw(st.integers(0, 1)),
        session=draw(st.sampled_from([0, 0, 0, 1, 2])),
        gap=draw(st.integers(1, 30)),
        age=draw(st.sampled_from([0, 0, 0, 0, 10, 60, 7200])) if late else 0,
        stale=draw(st.sampled_from([None, 0, 0, 1, 3])),
        again=draw(st.sampled_from([0, 0, 0, 1, 2])),
    )


@dataclass
class World:
    """Two coaches, two members, two classes on the hinge and one on the squat, all at the same time."""

    cast: Cast
    sessions: list[ClassSession]
    member: Membership
    other: Membership
    clock: datetime = BEGIN
    taps: list[tuple[ClassSession, ScreenTap]] = field(default_factory=list)
    groups: list[tuple[ClassSession, GroupTap]] = field(default_factory=list)

    @classmethod
    def new(cls, cast: Cast, number: int, squat: Any) -> World:
        member, other = (make.person(cast.northside, f"{name} {number}") for name in ("Mo", "Pat"))
        sessions = [
            make.class_session(cast.northside, [member, other], coach=cast.carla, starts_at=BEGIN)
            for _number in range(3)
        ]
        sessions[2].progression = squat
        sessions[2].save(update_fields=["progression"])
        return cls(cast, sessions, member, other)

    def tap(self, said: Said) -> tuple[ScreenTap, ClassSession]:
        """The tap that is meant, as a screen would send it now."""
        session, values, also = self.sessions[said.session], dict(said.values), tuple[UUID, ...]()
        if "height" in values:
            shown = session.on_board.ladder().shown
            values["stage"] = shown[min(values.pop("height"), len(shown) - 1)].key
        if "opening" in values:
            values["opening"] = f"00000000-0000-7000-8000-{self.member.pk.int % 10**9:09}{values['opening']:03}"
        if said.kind in ("undo", "move"):
            mine = [each for each in self.taps if each[1].kind not in ("undo", "move")]
            session, named = mine[-1 - min(said.values["back"], len(mine) - 1)]
            values = {"undone": str(named.key)}
            also = (self.other.pk,) if said.kind == "move" else ()
        version = Placement.objects.filter(member=self.member, progression=session.on_board).values_list("version")
        seen = None if said.stale is None else max(0, (version[0][0] if version else 0) - said.stale)
        by = (self.cast.carla, self.cast.kim)[said.coach]
        made = ScreenTap(kind=said.kind, member_id=self.member.pk, by=by, values=values, seen=seen, also=also)
        return replace(made, age=timedelta(seconds=said.age)), session

    def tap_for_both(self, said: Said) -> tuple[GroupTap | GroupUndo, ClassSession]:
        """The tap for both members that is meant, or the undo of one."""
        session, values = self.sessions[said.session], dict(said.values)
        by, age = (self.cast.carla, self.cast.kim)[said.coach], timedelta(seconds=said.age)
        if said.kind == "undo several":
            session, named = self.groups[-1 - min(said.values["back"], len(self.groups) - 1)]
            return GroupUndo(by=by, undone=named.key, age=age), session
        shown = session.on_board.ladder().shown
        stage = shown[min(values.pop("height"), len(shown) - 1)].key
        is_rest = values.pop("rest", False)
        people = dict.fromkeys([self.member.pk, self.other.pk], Shown(stage=stage if values else ""))
        made = GroupTap(by=by, people=people, values=values or {"stage": stage}, age=age, is_rest=is_rest)
        self.groups.append((session, made))
        return made, session

    def send(self, session: ClassSession, tap: ScreenTap | GroupTap | GroupUndo) -> Answer:
        """Let it arrive now."""
        if isinstance(tap, ScreenTap):
            return session.record_tap(tap, now=self.clock)
        if isinstance(tap, GroupTap):
            return session.record_several(tap, now=self.clock)
        return session.undo_several(tap, now=self.clock)

    def events(self, session: ClassSession) -> list[ladder.Event]:
        """All that stands of the member on that class's ladder."""
        return standing_events(self.member.pk, session.on_board)

    def stored(self) -> Any:
        """Everything that a tap could change."""
        rows: dict[str, Any] = {model.__name__: model.objects.count() for model in history_models()}
        rows["placements"] = sorted(map(str, Placement.objects.values_list()))
        rows["attendances"] = sorted(map(str, Attendance.objects.values_list()))
        rows["classes"] = sorted(map(str, ClassSession.objects.values_list("pk", "version")))
        return rows


def check_stored(sessions: list[ClassSession], member: Membership) -> None:
    """What is stored of somebody is what replaying the standing history gives."""
    progressions = {session.on_board for session in sessions}
    shown: dict[Any, dict[str, Any]] = {session.pk: {} for session in sessions}
    pains: dict[Any, list[datetime]] = {session.pk: [] for session in sessions}
    for progression in progressions:
        placement = Placement.objects.filter(member=member, progression=progression).first()
        events, rungs = standing_events(member.pk, progression), progression.ladder().ladder
        made = ladder.replay(rungs, events)
        if placement is None:
            assert not events or all(isinstance(event, ladder.PainReported | ladder.HoldCleared) for event in events)
            continue
        assert placement.position == made
        assert placement.is_held == made.held
        assert (placement.stage.key if placement.stage else None) == made.stage
        effective = ladder.in_effect(rungs, events)
        for event in effective:
            if isinstance(event, ladder.Assessed):
                faults = [
                    chip.fault
                    for chip in effective
                    if isinstance(chip, ladder.FaultSeen) and chip.assessment == event.assessment
                ]
                shown[UUID(str(event.session))][str(progression.pk)] = (event.result, event.stage, faults, event.at)
            elif isinstance(event, ladder.PainReported):
                pains[UUID(str(event.session))].append(event.at)
    for attendance in Attendance.objects.filter(member=member, session__in=sessions):
        kept = shown[attendance.session_id]
        assert {
            key: (each["result"], each["stage"], each["faults"], datetime.fromisoformat(each["at"]))
            for key, each in attendance.seen.items()
            if "result" in each
        } == kept
        times = [*(at for *_rest, at in kept.values()), *pains[attendance.session_id]]
        assert attendance.seen_at == max(times, default=None)
        assert attendance.state == state_told(attendance)
    held = {placement.is_held for placement in Placement.objects.filter(member=member)}
    assert held <= {bool(open_holds([member.pk]))}
    drills = [assigned.drill.drill.key for assigned in assigned_drills(member.pk)]
    assert sorted(drills) == drills_told(member)


def standing_taps(**which: Any) -> Any:
    """The standing taps in order of their effective times."""
    outcomes = [Tap.Outcome.APPLIED, Tap.Outcome.CROSSED]
    return Tap.objects.filter(outcome__in=outcomes, undos=None, **which).order_by("at", "key")


def state_told(attendance: Attendance) -> str:
    """Where somebody is who was put on the roster as being here."""
    theirs = {"session_id": attendance.session_id, "member_id": attendance.member_id}
    standing = {str(tap.key) for tap in standing_taps(**theirs)}
    state = str(Attendance.State.HERE)
    for tap in Tap.objects.filter(**theirs).order_by("at", "key"):
        # What was wanted again counts as long as the tap that it repeats.
        again = tap.kind == Tap.Kind.ATTENDANCE and tap.detail.get("confirms") in {"", *standing}
        if str(tap.key) not in standing and not again:
            continue
        if tap.kind == Tap.Kind.ATTENDANCE:
            state = tap.detail["state"]
        elif tap.kind in SEEING and state in NOT_HERE:
            state = Attendance.State.HERE
    return state


def drills_told(member: Membership) -> list[str]:
    """What somebody is to do: the last word on each drill."""
    wanted: dict[str, bool] = {}
    for tap in standing_taps(member=member, kind=Tap.Kind.ASSIGN):
        wanted[tap.detail["drill"]] = tap.detail["wanted"]
    return sorted(drill for drill, still in wanted.items() if still)


numbers = count(1)


@pytest.fixture
def squat(cast: Cast, evening: ClassSession) -> Any:
    """A second ladder beside the hinge."""
    return make.second_ladder(cast.northside)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Nothing of the block stays, so that examples do not meet."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


stored = settings(
    # More of them before a release: EXAMPLES=500.
    max_examples=int(os.environ.get("EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # A failing sequence is short enough to read; making it shorter would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@pytest.mark.usefixtures("at_northside")
@given(taps=st.lists(said(), min_size=1, max_size=14))
@stored
def test_every_sequence_of_taps(cast: Cast, squat: Any, taps: list[Said]) -> None:
    with rolled_back():
        world = World.new(cast, next(numbers), squat)
        world.send(world.sessions[0], make.screen_tap("stage", world.member, by=cast.carla, stage="wall-tap"))
        for each in taps:
            world.clock += timedelta(seconds=each.gap)
            if each.kind in ("undo", "move") and not world.taps or each.kind == "undo several" and not world.groups:
                continue
            (one_tap_for_both if each.kind in FOR_BOTH else one_tap)(world, each)
        check_stored(world.sessions, world.member)
        check_stored(world.sessions, world.other)


def one_tap(world: World, each: Said) -> None:
    """Send a tap as often as it says, and look at all that must hold."""
    tap, session = world.tap(each)
    standing = placed(world, session)
    before, rows = world.events(session), world.stored()
    expected = newest_standing(world) if tap.kind == "undo" else None

    answer = world.send(session, tap)

    assert answer.tap is not None
    assert not answer.repeated
    after, made = placed(world, session), world.stored()
    assert (answer.status == 422) == (answer.tap.outcome == Tap.Outcome.REFUSED)
    if standing.held and not each.age and tap.kind not in ("undo", "move"):
        rungs = session.on_board.ladder().ladder
        assert rungs.height(after.stage) <= rungs.height(standing.stage)
        assert (made["Assessment"], made["AssessmentFault"]) == (rows["Assessment"], rows["AssessmentFault"])
    if tap.kind in WITHOUT_STAGE_CHANGE:
        assert after.stage == standing.stage
    if answer.tap.outcome in (Tap.Outcome.REFUSED, Tap.Outcome.UNCHANGED):
        # But for the tap's own record, and a placement that was made or chosen.
        assert {**made, "Tap": rows["Tap"], "placements": [], "classes": []} == {
            **rows,
            "placements": [],
            "classes": [],
        }
        assert replace(after, last=None) == replace(standing, last=None)
    if tap.kind in ("undo", "move") and answer.tap.outcome == Tap.Outcome.APPLIED:
        assert world.events(session) == [event for event in before if event.tap != tap.values["undone"]]
    if expected is not None and tap.values["undone"] == str(expected.key):
        authors_only = expected.kind == Tap.Kind.PAIN and expected.actor_id != tap.by.pk
        assert answer.tap.outcome == (Tap.Outcome.REFUSED if authors_only else Tap.Outcome.APPLIED)
    for _time in range(each.again):
        again = world.send(session, replace(tap, age=tap.age + timedelta(seconds=1)))
        assert again.repeated
        assert (again.tap, again.status) == (answer.tap, answer.status)
    assert not each.again or world.stored() == made
    world.taps.append((session, tap))


def one_tap_for_both(world: World, each: Said) -> None:
    """Send a tap for both members as often as it says: it is there once, and stands where one of its parts does."""
    tap, session = world.tap_for_both(each)
    held, before = placed(world, session).held, Assessment.objects.filter(member=world.member).count()

    answer = world.send(session, tap)

    assert (answer.tap.member, answer.repeated) == (None, False)
    parts = answer.tap.parts.all()
    outcomes = {part.outcome for part in parts}
    assert answer.status == (422 if outcomes == {Tap.Outcome.REFUSED} else 200)
    applied = parts.filter(outcome__in=[Tap.Outcome.APPLIED, Tap.Outcome.CROSSED])
    assert (answer.tap.outcome == Tap.Outcome.APPLIED) == applied.exists()
    assert {(part.at, part.actor) for part in parts} <= {(answer.tap.at, answer.tap.actor)}
    if held and not each.age:
        assert Assessment.objects.filter(member=world.member).count() == before
    if isinstance(tap, GroupUndo):
        whole = Tap.objects.get(key=tap.undone)
        kept = {part.member_id for part in answer.tap.parts.filter(outcome=Tap.Outcome.REFUSED)}
        standing = whole.parts.filter(outcome__in=[Tap.Outcome.APPLIED, Tap.Outcome.CROSSED]).standing()
        assert {part.member_id for part in standing} == kept
    made = world.stored()
    for _time in range(each.again):
        again = world.send(session, replace(tap, age=tap.age + timedelta(seconds=1)))
        assert (again.repeated, again.tap, again.status) == (True, answer.tap, answer.status)
    assert world.stored() == made


def placed(world: World, session: ClassSession) -> ladder.Standing:
    """Where the member stands on that class's ladder."""
    placement = Placement.objects.filter(member=world.member, progression=session.progression).first()
    # On another ladder there is no row before the first tap there; holds concern it all the same.
    return placement.position if placement else ladder.replay(HINGE, world.events(session))


def newest_standing(world: World) -> Tap | None:
    """The tap that the undo bar would name."""
    newest: Tap | None = (
        standing_taps(member=world.member)
        .exclude(kind__in=[Tap.Kind.UNDO, Tap.Kind.MOVE])
        .order_by("-recorded_at")
        .first()
    )
    return newest


@dataclass(frozen=True)
class Arrival:
    """A tap by when its finger landed and how late it came in, in s."""

    said: Said
    landed: int
    late: int


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrival]:
    """Taps that no rule refuses, each landed at a time of its own, a minute apart so that no thumb slips.

    Like a screen's they name the stage they speak of. An observation keeps the setting that was known when it arrived,
    so either there are observations or there are changes of setting. A stage that is tapped again says nothing of who
    is here, so attendance comes without stages. Drills are those of the dowel, and no screen offers to end one that is
    not assigned. The chips of one opening come from one tablet, in their order; here each is an opening of its own.
    """
    together = [
        ["stage", "saw", "saw", "fault", "several"],
        ["stage", "setting", "drill"],
        ["attendance", "saw", "fault", "assign"],
    ]
    taps = draw(st.lists(said(draw(st.sampled_from(together)), late=False), min_size=2, max_size=9))
    return [
        Arrival(
            replace(each, session=0, stale=None, values={"height": draw(HEIGHT), **possible(each)}),
            landed=60 * number,
            late=draw(st.integers(0, 900)),
        )
        for number, each in enumerate(taps, start=1)
    ]


def possible(said: Said) -> dict[str, Any]:
    """Its values, as they have to be lest a rule refuse it."""
    so: dict[str, dict[str, Any]] = {"assign": {"wanted": True}, "drill": {"height": 1}, "setting": {"height": 0}}
    # Who belongs to the rest is judged when the tap arrives.
    left_out = ("opening", "rest")
    return {name: value for name, value in {**said.values, **so.get(said.kind, {})}.items() if name not in left_out}


@pytest.mark.usefixtures("at_northside")
@given(taps=arrivals())
@stored
def test_taps_make_the_same_in_any_arrival_order(cast: Cast, squat: Any, taps: list[Arrival]) -> None:
    in_turn, mixed = (sorted(taps, key=order) for order in (lambda tap: tap.landed, lambda tap: tap.landed + tap.late))
    with rolled_back():
        one, other = (World.new(cast, next(numbers), squat) for _world in range(2))
        arrive(one, in_turn, at_once=True)
        arrive(other, mixed, at_once=False)
        assert known(one) == known(other)
        check_stored(other.sessions, other.member)


def arrive(world: World, taps: list[Arrival], *, at_once: bool) -> None:
    """Let them arrive in this order, each for the first time and none of them refused."""
    world.send(world.sessions[0], make.screen_tap("stage", world.member, by=world.cast.carla, stage="wall-tap"))
    for each in taps:
        late = 0 if at_once else each.late
        world.clock = BEGIN + timedelta(seconds=each.landed + late)
        tap, session = world.tap_for_both(each.said) if each.said.kind in FOR_BOTH else world.tap(each.said)
        answer = world.send(session, replace(tap, age=timedelta(seconds=late)))
        assert answer.status == 200


def known(world: World) -> tuple[Any, ...]:
    """What is known of the member in the end, without the keys of rows."""
    standing = placed(world, world.sessions[0])
    attendance = Attendance.objects.get(session=world.sessions[0], member=world.member)
    shown = [{**each, "assessment": ""} for each in attendance.seen.values()]
    last = standing.last[0] if standing.last else None
    return (
        replace(standing, assessment="", last=None),
        last,
        attendance.state,
        attendance.seen_at,
        shown,
        drills_told(world.member),
    )
