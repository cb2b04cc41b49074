"""Two coaches tap one member: nothing is lost, the later effective time wins, and the row knows both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, models
from django.db.utils import DatabaseError, OperationalError
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming import ladder
from programming.models import Assessment, ClassSession, Equipment, Placement, StageMove, Tap, Undo, equipment
from programming.models.grouping import GroupTap, GroupUndo, Shown
from programming.models.recording import ROW_TO_LOCK, Answer, Recording, ScreenTap
from programming.models.replaying import standing_events
from tests import make
from tests.people import Cast, make_cast

pytest_plugins = ["tests.people"]


class Crossing:
    """Ana stands on the wall tap, and both coaches' screens show it."""

    def __init__(self, session: ClassSession, cast: Cast) -> None:
        self.session, self.cast = session, cast
        make.place(session, cast.ana, "wall-tap", by=cast.carla, after=0)
        self.seen = self.placement.version

    def tap(self, kind: str, by: Membership, **more: Any) -> Answer:
        return make.tap(self.session, self.cast.ana, kind, by=by, **more)

    def stage(self, stage: str, by: Membership, *, seen: int | None = None, **more: Any) -> Answer:
        return self.tap("stage", by, stage=stage, seen=self.seen if seen is None else seen, **more)

    @property
    def placement(self) -> Placement:
        found = Placement.objects.select_related("stage", "stage_by", "crossed__to_stage__stage", "crossed__actor")
        placement: Placement = found.get(member=self.cast.ana, progression=self.session.progression)
        return placement

    @property
    def both(self) -> tuple[str, Any, str, Any] | None:
        """The stage that won and whose it is, the one that lost and whose it was."""
        placement = self.placement
        if placement.crossed is None or placement.stage is None:
            return None
        lost = placement.crossed
        return placement.stage.key, placement.stage_by, lost.to_stage.stage.key, lost.actor


@pytest.fixture
def wall(evening: ClassSession, cast: Cast, at_northside: Any) -> Crossing:
    return Crossing(evening, cast)


@pytest.mark.parametrize("carla_first", [True, False])
def test_the_later_effective_time_wins_in_both_arrival_orders(wall: Crossing, cast: Cast, carla_first: bool) -> None:
    arrivals = {"carla": (30, 40), "kim": (50, 60)} if carla_first else {"carla": (30, 60), "kim": (50, 50)}
    taps = [("carla", "dowel"), ("kim", "loaded")]
    for name, stage in sorted(taps, key=lambda tap: arrivals[tap[0]][1]):
        after, arrives = arrivals[name]
        answer = wall.stage(stage, getattr(cast, name), after=after, arrives=arrives)
        assert answer.status == 200
    assert answer.tap is not None
    assert answer.tap.outcome == Tap.Outcome.CROSSED
    assert wall.both == ("loaded", cast.kim, "dowel", cast.carla)
    assert [move.to_stage.stage.key for move in StageMove.objects.order_by("at")] == ["wall-tap", "dowel", "loaded"]


@pytest.mark.parametrize("chosen", ["dowel", "loaded"])
def test_one_tap_chooses(wall: Crossing, cast: Cast, chosen: str) -> None:
    wall.stage("dowel", cast.carla, after=30)
    wall.stage("loaded", cast.kim, after=50)
    version = ClassSession.objects.get(pk=wall.session.pk).version
    wall.stage(chosen, cast.carla, seen=wall.placement.version, after=70)
    assert wall.both is None
    assert wall.placement.stage is not None
    assert wall.placement.stage.key == chosen
    # The other tablet sees that it was chosen.
    assert ClassSession.objects.get(pk=wall.session.pk).version > version


def test_a_late_tap_does_not_choose(wall: Crossing, cast: Cast) -> None:
    wall.stage("dowel", cast.carla, after=30)
    wall.stage("loaded", cast.kim, after=50)
    wall.stage("wall-tap", cast.kim, after=20, arrives=70)
    assert wall.both == ("loaded", cast.kim, "dowel", cast.carla)


def test_undo_of_the_winner_leaves_the_other(wall: Crossing, cast: Cast) -> None:
    wall.stage("dowel", cast.carla, after=30)
    answer = wall.stage("loaded", cast.kim, after=50)
    assert answer.tap is not None
    wall.tap("undo", cast.carla, undone=str(answer.tap.key), after=60)
    assert wall.both is None
    assert wall.placement.position.stage == "dowel"


@pytest.mark.parametrize(
    ("second", "by", "seen"),
    [
        pytest.param("dowel", "kim", 0, id="both want the same"),
        pytest.param("loaded", "carla", 0, id="the same coach on two tablets"),
        pytest.param("loaded", "kim", 1, id="the screen had shown it"),
        pytest.param("loaded", "kim", None, id="the screen does not say what it had shown"),
    ],
)
def test_not_a_crossing(wall: Crossing, cast: Cast, second: str, by: str, seen: int | None) -> None:
    before = wall.seen
    wall.stage("dowel", cast.carla, after=30)
    version = {0: before, 1: wall.placement.version, None: None}[seen]
    wall.tap("stage", getattr(cast, by), stage=second, seen=version, after=50)
    assert wall.both is None
    assert not Tap.objects.filter(outcome=Tap.Outcome.CROSSED).exists()


def test_observations_never_cross(wall: Crossing, cast: Cast) -> None:
    wall.tap("saw", cast.carla, saw="clean", seen=wall.seen, after=30)
    wall.tap("setting", cast.carla, setting=300, seen=wall.seen, after=40)
    wall.tap("saw", cast.kim, saw="clean", seen=wall.seen, after=50)
    wall.stage("dowel", cast.kim, after=60)
    assert wall.both is None
    assert make.row_count(Assessment) == 2


def test_against_an_undo_the_row_knows_the_move_that_stood(wall: Crossing, cast: Cast) -> None:
    key = wall.stage("dowel", cast.kim, after=30).tap
    assert key is not None
    stale = wall.placement.version
    wall.tap("undo", cast.carla, undone=str(key.key), after=40)
    wall.stage("loaded", cast.kim, seen=stale, after=50)
    assert wall.both == ("loaded", cast.kim, "wall-tap", cast.carla)


@pytest.mark.parametrize(
    ("stage", "kind", "ours", "theirs"),
    [("wall-tap", "setting", 300, 500), ("dowel", "drill", "horizontal-dowel-hinge", "dowel-hinge")],
)
def test_settings_and_drills_cross_as_stages_do(
    wall: Crossing, cast: Cast, stage: str, kind: str, ours: Any, theirs: Any
) -> None:
    wall.stage(stage, cast.carla, after=10)
    if kind == "drill":
        wall.tap("drill", cast.carla, drill=ours, stage=stage, after=12)
    seen = wall.placement.version

    def want(value: Any, by: Membership, seen: int, after: float) -> Answer:
        return wall.tap(kind, by, **{kind: value}, stage=stage, seen=seen, after=after)

    def lost() -> tuple[Any, Any] | None:
        move = wall.placement.crossed
        return (move.setting or move.drill.drill.key, move.actor) if move else None

    # Carla's own two, and what a screen had shown, do not cross.
    want(theirs, cast.carla, seen, 20)
    want(ours, cast.carla, seen, 22)
    assert lost() is None
    seen = wall.placement.version
    want(theirs, cast.kim, seen, 30)
    crossing = want({"setting": 350, "drill": ours}[kind], cast.carla, seen - 1, 40)
    assert lost() == (theirs, cast.kim)
    assert crossing.tap.outcome == Tap.Outcome.CROSSED
    # One tap chooses, by whomever, in a screen that shows both.
    want(theirs, cast.carla, wall.placement.version, 50)
    assert lost() is None
    assert getattr(wall.placement.position, kind) == theirs


def test_another_matter_does_not_choose(wall: Crossing, cast: Cast) -> None:
    wall.stage("loaded", cast.kim, after=20)
    won = wall.stage("dowel", cast.carla, after=30)
    both = wall.both
    assert both
    drill = wall.tap("drill", cast.carla, drill="horizontal-dowel-hinge", stage="dowel", after=40)
    assert drill.tap.outcome == Tap.Outcome.APPLIED
    assert wall.both == both
    wall.tap("undo", cast.carla, undone=str(drill.tap.key), after=50)
    assert wall.both == both
    # Undoing the one that won does.
    wall.tap("undo", cast.kim, undone=str(won.tap.key), after=60)
    assert wall.both is None


def test_another_stage_chooses_between_two_settings(wall: Crossing, cast: Cast) -> None:
    seen = wall.placement.version
    wall.tap("setting", cast.kim, setting=500, stage="wall-tap", seen=seen, after=20)
    wall.tap("setting", cast.carla, setting=300, stage="wall-tap", seen=seen, after=30)
    assert wall.placement.crossed is not None
    wall.stage("dowel", cast.carla, seen=wall.placement.version, after=40)
    assert wall.placement.crossed is None


def test_settings_of_two_stages_do_not_cross(wall: Crossing, cast: Cast) -> None:
    wall.tap("setting", cast.carla, setting=500, stage="wall-tap", seen=wall.seen, after=30)
    wall.tap("setting", cast.kim, setting=16000, stage="loaded", seen=wall.seen, after=40)
    assert wall.placement.crossed is None


def test_a_tablet_that_was_away_does_not_choose_with_its_second_tap(wall: Crossing, cast: Cast) -> None:
    wall.stage("loaded", cast.kim, after=20)
    # Both were tapped on a screen that had not shown Kim's.
    wall.stage("dowel", cast.carla, after=30, arrives=60)
    wall.stage("wall-tap", cast.carla, after=40, arrives=61)
    assert wall.both == ("wall-tap", cast.carla, "loaded", cast.kim)
    # The same as Kim's agrees with her.
    wall.stage("loaded", cast.carla, after=50, arrives=62)
    assert wall.both is None


def test_a_late_move_that_loses_to_a_word_for_what_held_already_is_kept_as_crossed(wall: Crossing, cast: Cast) -> None:
    wall.stage("wall-tap", cast.carla, after=40)
    answer = wall.stage("dowel", cast.kim, after=30, arrives=60)
    assert answer.tap.outcome == Tap.Outcome.CROSSED
    placement = wall.placement
    assert placement.position.stage == "wall-tap" and placement.crossed is not None
    assert (placement.crossed.to_stage.stage.key, placement.crossed.actor) == ("dowel", cast.kim)


# At the same moment --------------------------------------------------------------------------------------------------


class Race:
    """Two coaches' taps on Ana go in at once, each held inside the lock until the other had its chance."""

    def __init__(self) -> None:
        self.cast = make_cast()
        make.library(self.cast.northside)
        self.session = make.class_session(self.cast.northside, self.cast.members, coach=self.cast.carla)
        make.place(self.session, self.cast.ana, "wall-tap", by=self.cast.carla, after=0)
        self.inside = 0
        self.most_inside = 0
        self.counting = threading.Lock()
        self.both = threading.Barrier(2)

    def run(self, *taps: ScreenTap | GroupTap | GroupUndo) -> list[Answer | DatabaseError]:
        """What became of each."""
        return self.at_once(*(partial(self.send, tap) for tap in taps))

    def send(self, tap: ScreenTap | GroupTap | GroupUndo) -> Answer:
        """Let the tap arrive a minute into the class."""
        now = make.moment(self.session, 60)
        if isinstance(tap, ScreenTap):
            return self.session.record_tap(tap, now=now)
        if isinstance(tap, GroupTap):
            return self.session.record_several(tap, now=now)
        return self.session.undo_several(tap, now=now)

    def at_once(self, *works: Callable[[], Any]) -> list[Any]:
        """What came of each, all begun at the same moment: its result, or the database's complaint."""
        start = threading.Barrier(len(works))

        def begin(work: Callable[[], Any]) -> Any:
            start.wait(timeout=20)
            try:
                with in_gym(self.cast.northside):
                    return work()
            except DatabaseError as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(works)) as threads:
            return list(threads.map(begin, works))

    @contextmanager
    def watched(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Between reading and writing, wait a while for the other one to come in as well."""
        write = Recording._write

        def wait_then_write(recording: Recording) -> None:
            with self.counting:
                self.inside += 1
                self.most_inside = max(self.most_inside, self.inside)
            try:
                self.both.wait(timeout=1)
            except threading.BrokenBarrierError:
                # The lock kept the other one out, as it should.
                self.both.reset()
            write(recording)
            with self.counting:
                self.inside -= 1

        monkeypatch.setattr(Recording, "_write", wait_then_write)
        yield
        monkeypatch.undo()

    def lost(self) -> bool:
        """Whether what is stored of Ana is not what her history makes."""
        with in_gym(self.cast.northside):
            placement = Placement.objects.get(member=self.cast.ana)
            words = self.session.on_board.ladder()
            events = standing_events(self.cast.ana.pk, self.session.on_board)
            return placement.position != ladder.replay(words.ladder, events)

    def two_cleans(self) -> list[ScreenTap]:
        """Both coaches saw her clean."""
        return [make.screen_tap("saw", self.cast.ana, by=by, saw="clean") for by in (self.cast.carla, self.cast.kim)]

    def two_stages(self) -> list[ScreenTap]:
        """Each coach wants another stage, a second apart."""
        seen = Placement.across_gyms.get(member=self.cast.ana).version
        wanted = [(self.cast.carla, "dowel", 2), (self.cast.kim, "loaded", 1)]
        return [
            make.screen_tap("stage", self.cast.ana, by=by, stage=stage, seen=seen, age=timedelta(seconds=age))
            for by, stage, age in wanted
        ]

    def everyone_clean(self, by: Membership) -> GroupTap:
        """One tap for Ana and Ben."""
        return GroupTap(
            by=by, people=dict.fromkeys([self.cast.ben.pk, self.cast.ana.pk], Shown()), values={"saw": "clean"}
        )


@pytest.fixture
def race(transactional_db: None) -> Race:
    return Race()


def test_two_coaches_at_once_lose_nothing(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    with race.watched(monkeypatch):
        answers = race.run(*race.two_cleans())
    assert [answer.status for answer in answers if isinstance(answer, Answer)] == [200, 200]
    assert race.most_inside == 1
    assert not race.lost()
    assert Placement.across_gyms.get(member=race.cast.ana).position.clean == 2


def test_two_stages_at_once_cross(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    with race.watched(monkeypatch):
        answers = race.run(*race.two_stages())
    outcomes = [answer.tap.outcome for answer in answers if isinstance(answer, Answer) and answer.tap]
    assert sorted(outcomes) == [Tap.Outcome.APPLIED, Tap.Outcome.CROSSED]
    assert race.most_inside == 1
    assert not race.lost()
    placement = Placement.across_gyms.select_related("stage", "crossed__to_stage__stage").get(member=race.cast.ana)
    assert (placement.stage.key, placement.crossed.to_stage.stage.key) == ("loaded", "dowel")


def test_two_openings_of_one_placement_make_one_row(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who never stood on the ladder has no placement to lock yet."""
    taps = [
        make.screen_tap("stage", race.cast.ben, by=by, stage=stage)
        for by, stage in ((race.cast.carla, "dowel"), (race.cast.kim, "loaded"))
    ]
    with race.watched(monkeypatch):
        answers = race.run(*taps)
    assert [answer.status for answer in answers if isinstance(answer, Answer)] == [200, 200]
    assert Placement.across_gyms.filter(member=race.cast.ben).count() == 1


def test_a_tap_for_several_and_one_for_one_of_them(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = make.screen_tap("saw", race.cast.ana, by=race.cast.kim, saw="clean")
    with race.watched(monkeypatch):
        answers = race.run(race.everyone_clean(race.cast.carla), alone)
    assert [answer.status for answer in answers if isinstance(answer, Answer)] == [200, 200]
    assert race.most_inside == 1
    assert not race.lost()
    assert Placement.across_gyms.get(member=race.cast.ana).position.clean == 2


def test_a_tap_for_several_is_undone_twice_at_once_while_one_of_them_is_tapped(race: Race) -> None:
    make.place(race.session, race.cast.ben, "wall-tap", by=race.cast.carla, after=0)
    group = race.everyone_clean(race.cast.carla)
    (answer,) = race.run(group)
    assert isinstance(answer, Answer)
    undo = [GroupUndo(by=by, undone=group.key) for by in (race.cast.carla, race.cast.kim)]
    answers = race.run(*undo, make.screen_tap("stage", race.cast.ana, by=race.cast.kim, stage="dowel"))
    assert [answer.status for answer in answers if isinstance(answer, Answer)] == [200, 200, 200]
    assert not race.lost()
    undone = Undo.across_gyms.filter(undone__group__key=group.key)
    # Ben's was taken out once; whether Ana's was as well, depends on who came first.
    assert [each.undone.member_id for each in undone.select_related("undone")].count(race.cast.ben.pk) == 1
    assert Placement.across_gyms.get(member=race.cast.ana).position.stage == "dowel"


def test_one_opening_of_a_sheet_for_two_people_at_once(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    """No screen of ours does that; the second assessment stands by itself."""
    make.place(race.session, race.cast.ben, "dowel", by=race.cast.carla, after=0)
    shared: dict[str, Any] = {"by": race.cast.carla, "fault": "chin-up", "opening": str(uuid4())}
    with race.watched(monkeypatch):
        answers = race.run(*(make.screen_tap("fault", member, **shared) for member in (race.cast.ana, race.cast.ben)))
    assert [answer.status for answer in answers if isinstance(answer, Answer)] == [200, 200]
    assert Assessment.across_gyms.count() == 2


def test_one_drop_in_sent_twice_at_once_is_one_person(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    save = Membership.save

    def wait_then_save(member: Membership, **how: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            race.both.wait(timeout=1)
        save(member, **how)

    monkeypatch.setattr(Membership, "save", wait_then_save)
    who = {"by": race.cast.carla, "member_id": None, "name": "Robin", "key": uuid4()}
    one, other = race.at_once(*[partial(race.session.add_someone, **who)] * 2)
    assert one == other == Membership.across_gyms.get(name="Robin")
    assert Tap.across_gyms.filter(member=one).count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time, lock or no lock")
def test_without_the_lock_a_tap_is_lost(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: it is the lock that keeps the two apart."""
    taps = race.two_cleans()
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda rows, **how: rows)
    # Worked out anew, without the lock.
    monkeypatch.setattr(ROW_TO_LOCK, "known", {})
    with race.watched(monkeypatch):
        race.run(*taps)
    assert race.most_inside == 2
    assert race.lost()
    assert Placement.across_gyms.get(member=race.cast.ana).position.clean == 1


def test_counting_what_the_gym_owns_is_done_again_where_taps_got_in_the_way(
    race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting raises the versions of all open classes, as taps do of theirs: each may hold what the other wants."""
    begun = timezone.now()
    with in_gym(race.cast.northside):
        row = Equipment.objects.get(key="dowel", grams=0)
    for work, stored in (
        (lambda: Equipment.recount({row.pk: (row.owned, 7)}, at=begun), ("dowel", 7)),
        (lambda: Equipment.add_weight("dowel", 900, 1, at=begun), ("dowel", 1)),
        (lambda: Equipment.add_kind("Slam ball", "slam balls", 3, at=begun), ("slam-ball", 3)),
        (lambda: Equipment.remove(row.pk, at=begun), None),
    ):
        tries = deadlocked_once(monkeypatch)
        assert not [each for each in race.at_once(work) if isinstance(each, DatabaseError)]
        assert tries == ["deadlock", "done"]
        with in_gym(race.cast.northside):
            rows = [(each.key, each.owned) for each in Equipment.objects.all()]
        assert stored in rows if stored else ("dowel", 7) not in rows


def deadlocked_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The classes are shown anew at the second try: at the first PostgreSQL gives way to others."""
    tries: list[str] = []
    show = equipment.show

    def show_or_give_way(at: datetime) -> None:
        tries.append("done" if tries else "deadlock")
        if tries == ["deadlock"]:
            cause = DatabaseError()
            cause.sqlstate = "40P01"  # type: ignore[attr-defined]
            raise OperationalError("deadlock detected") from cause
        show(at)

    monkeypatch.undo()
    monkeypatch.setattr(equipment, "show", show_or_give_way)
    return tries
