"""A changed ladder is taught: what was shown happens, nobody else moves, and what was said before reads as before.

The rules are 11 and 8 of docs/ladder-rules.md.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gym.identifiers import uuid7
from gym.models import Membership
from gym.scope import in_gym
from programming import ladder, my_history
from programming.library.loader import load_library
from programming.member_history import seen_pages
from programming.member_pictures import ladder_pictures, period_of
from programming.models import (
    Assessment,
    ClassSession,
    Fault,
    LadderChange,
    LadderDraft,
    Placement,
    Progression,
    Stage,
    StageMove,
    Tap,
)
from programming.models.ladder_drafts import DraftChanged
from programming.models.ladder_words import KEPT, read_ladder
from programming.models.publishing import outcome
from programming.models.recording import Answer, ScreenTap
from programming.models.replaying import standing_events
from programming.summary import Summary
from tests import make
from tests.people import Cast

pytest_plugins = ["tests.people"]

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
WEEKS = 8


class Evenings:
    """Eight weeks of a gym: two classes a week, in which people are placed, seen, moved, set, held and cleared."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.chance = cast, random.Random(8)  # noqa: S311 - the same story every time
        self.sessions: list[ClassSession] = []
        self.at = NOW
        with in_gym(cast.northside):
            self.hinge = Progression.objects.get(key="hip-hinge")
            self.faults = list(Fault.objects.order_by("key").values_list("key", flat=True)[:4])
            for week in range(WEEKS, 0, -1):
                for day in (0, 3):
                    self._evening(NOW - timedelta(weeks=week, days=-day))
            self.today = make.class_session(cast.northside, cast.members, starts_at=NOW)

    def _evening(self, starts: datetime) -> None:
        session = make.class_session(self.cast.northside, self.cast.members, starts_at=starts)
        self.sessions.append(session)
        for minute, member in enumerate(self.cast.members * 2):
            self.at = starts + timedelta(minutes=minute)
            self.anything(session, member)

    def anything(self, session: ClassSession, member: Membership) -> Answer:
        """Something that a coach may tap of them."""
        stages = [stage.key for stage in session.on_board.ladder().shown]
        placed = Placement.objects.filter(member=member, progression=session.on_board).exclude(stage=None).exists()
        kinds = ["saw", "saw", "fault", "stage", "setting", "pain"] if placed else ["stage"]
        kind = self.chance.choice(kinds)
        values: dict[str, Any] = {
            "saw": {"saw": self.chance.choice(["clean", "clean", "not_yet", "seen"])},
            "fault": {"fault": self.chance.choice(self.faults)},
            "stage": {"stage": self.chance.choice(stages)},
            "setting": {"setting": 400},
            "pain": {},
        }[kind]
        answer = self.tap(session, member, kind, **values)
        if answer.refusal and answer.refusal.code == "held":
            return self.tap(session, member, "clear", note="Fine again.")
        return answer

    def tap(self, session: ClassSession, member: Membership, kind: str, **values: Any) -> Answer:
        """A tap of Carla's, at the time that it is."""
        self.at += timedelta(seconds=1)
        session = ClassSession.objects.select_related("progression").get(pk=session.pk)
        return session.record_tap(
            ScreenTap(kind=kind, member_id=member.pk, by=self.cast.carla, values=values), now=self.at
        )

    def draft(self) -> LadderDraft:
        """The draft of the hinge."""
        return LadderDraft.of(self.hinge, by=self.cast.olga, at=self.at)

    def publish(self, draft: LadderDraft) -> LadderChange | None:
        """Teach it, a minute later, as the owner has just seen it."""
        self.at += timedelta(minutes=1)
        changes = LadderChange.objects.filter(progression=self.hinge).count()
        return draft.publish(shown=draft.version, changes=changes, by=self.cast.olga, at=self.at)

    def standing(self, member: Membership) -> ladder.Standing:
        """Where somebody stands, as it is stored."""
        found: Placement = Placement.objects.get(member=member, progression=self.hinge)
        return found.position

    def told(self) -> dict[str, Any]:
        """All that the member sheet, a member's own history and the summaries of classes say of what was."""
        words = Progression.objects.get(pk=self.hinge.pk).ladder()
        said: dict[str, Any] = {}
        for member in self.cast.members:
            lines = seen_pages(member.pk, words, None, NOW).lines
            said[f"{member.name} seen"] = [line for line in lines if line.at < NOW]
            rows = [*StageMove.objects.filter(member=member, at__lt=NOW)]
            rows += Assessment.objects.filter(member=member, at__lt=NOW)
            said[f"{member.name} own"] = sorted(line.words for line in my_history.tell(rows, member.pk, None, NOW))
            said[f"{member.name} stood"] = self.stood(member)
        said["classes"] = [Summary.read(session, NOW).people for session in self.sessions]
        return said

    def stood(self, member: Membership) -> list[Any]:
        """The table beside the picture: where they stood when, but for the stretch that goes on."""
        progression = Progression.objects.get(pk=self.hinge.pk)
        drawn = ladder_pictures(member.pk, progression, self.standing(member), [], period_of("all", NOW), NOW)
        count = len([each for each in standing_events(member.pk, progression) if each.at < NOW])
        told = [line for line in reversed(drawn.table)]
        return [count, *told[: self.known.get(member.pk, len(told))]]

    known: dict[Any, int] = {}

    def remember(self) -> dict[str, Any]:
        """What is told now; how many stretches there are is kept, for what comes adds more."""
        self.known = {}
        self.known = {member.pk: len(self.stood(member)) - 1 for member in self.cast.members}
        return self.told()


@pytest.fixture
def evenings(cast: Cast) -> Evenings:
    make.library(cast.northside)
    with in_gym(cast.northside):
        return Evenings(cast)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check_stored(evenings: Evenings) -> None:
    """What is stored of everybody is what replaying their history gives: undoing something later moves nobody else."""
    rungs = Progression.objects.get(pk=evenings.hinge.pk).ladder().ladder
    for placement in Placement.objects.filter(progression=evenings.hinge).select_related("stage"):
        assert placement.position == ladder.replay(rungs, standing_events(placement.member_id, evenings.hinge))
        assert (placement.stage.key if placement.stage else None) == placement.position.stage


# Any sequence of edits -----------------------------------------------------------------------------------------------

PLACES = st.integers(0, 5)
EDITS = st.one_of(
    st.tuples(st.just("insert"), PLACES, PLACES),
    st.tuples(st.just("reorder"), PLACES, PLACES),
    st.tuples(st.just("rename"), PLACES, PLACES),
    st.tuples(st.just("retire"), PLACES, PLACES),
    st.tuples(st.just("teach"), PLACES, PLACES),
    st.tuples(st.just("need"), PLACES, PLACES),
    st.tuples(st.just("set"), PLACES, PLACES),
    st.tuples(st.just("drills"), PLACES, PLACES),
    st.tuples(st.just("tap"), PLACES, PLACES),
    st.tuples(st.just("publish"), PLACES, PLACES),
)


def edit(evenings: Evenings, kind: str, one: int, other: int) -> None:
    """One edit of the draft, a tap of a coach's meanwhile, or the draft is taught."""
    if kind == "tap":
        members = evenings.cast.members
        evenings.at += timedelta(minutes=1)
        evenings.anything(evenings.today, members[one % len(members)])
        return
    draft = evenings.draft()
    taught, every = draft.taught, draft.stages
    stage = every[one % len(every)]
    match kind:
        case "insert" if len(every) < 7:
            words = {**stage["words"], "name": f"Rung {draft.version}", "short_name": f"Rung {draft.version}"}
            draft.add_stage(words, place=min(other, len(every)))
        case "reorder":
            draft.place_stage(stage["key"], other)
        case "rename":
            names = {"name": f"Called {other}", "short_name": f"C {other}"}
            draft.write_stage(stage["key"], names, was=draft.version)
        case "retire" if len(taught) > 1:
            gone, *rest = [taught[one % len(taught)], *(each for each in taught if each != taught[one % len(taught)])]
            to = rest[other % len(rest)]["key"] if other else ""
            draft.retire_stage(gone["key"], to=to)
        case "teach":
            draft.teach_stage(stage["key"])
        case "need":
            draft.write_stage(stage["key"], {"clean_needed": other + 1}, was=draft.version)
        case "set" if stage["words"]["quantity"] == "distance":
            ends = {"minimum": 100 * other, "maximum": 100 * other + 300, "start": 100 * other + 100, "pass_at": None}
            draft.write_stage(stage["key"], {**ends, "harder": "less" if one % 2 else "further"}, was=draft.version)
        case "drills":
            draft.write_stage(stage["key"], {"drills": stage["words"]["drills"][1:]}, was=draft.version)
        case "publish" if taught:
            evenings.publish(draft)
            check_stored(evenings)


def test_whatever_is_edited_the_past_reads_as_before(evenings: Evenings) -> None:
    with in_gym(evenings.cast.northside):
        before = evenings.remember()

    # Each example takes a second: what fails is told as it was found.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]

    # What it is about is reckoned the same way on every database; PostgreSQL takes ten times as long within one
    # transaction that long.
    @settings(
        max_examples=6 if connection.vendor == "sqlite" else 2, phases=phases, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(EDITS, min_size=1, max_size=10))
    def whatever(edits: list[tuple[str, int, int]]) -> None:
        with taken_back():
            evenings.at, evenings.chance = NOW, random.Random(1)  # noqa: S311
            for each in edits:
                edit(evenings, *each)
            edit(evenings, "publish", 0, 0)
            assert evenings.told() == before

    with in_gym(evenings.cast.northside):
        whatever()


def test_a_rule_that_read_the_past_by_the_new_ladder_would_be_found(
    evenings: Evenings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_gym(evenings.cast.northside):
        before = evenings.remember()
        monkeypatch.setattr("programming.models.ladder_words.LadderWords.name_then", lambda words, key, at: key.upper())
        assert evenings.told() != before


# One thing at a time -------------------------------------------------------------------------------------------------


@pytest.fixture
def placed(cast: Cast) -> Iterator[Callable[..., Evenings]]:
    """A single class, in which people stand where a test says."""
    make.library(cast.northside)
    with in_gym(cast.northside):
        evenings = Evenings.__new__(Evenings)
        evenings.cast, evenings.at, evenings.chance = cast, NOW, random.Random(1)  # noqa: S311
        evenings.hinge = Progression.objects.get(key="hip-hinge")
        evenings.sessions = [make.class_session(cast.northside, cast.members, starts_at=NOW)]

        def place(**stages: str) -> Evenings:
            for name, stage in stages.items():
                evenings.tap(evenings.sessions[0], getattr(cast, name), "stage", stage=stage)
            return evenings

        yield place


def test_who_stands_on_a_retired_stage_moves_and_nobody_else(placed: Callable[..., Evenings]) -> None:
    evening = placed(ana="dowel", ben="wall-tap", chiara="loaded")
    cast, draft = evening.cast, evening.draft()
    draft.retire_stage("dowel", to="wall-tap")
    evening.publish(draft)
    stood = {name: evening.standing(getattr(cast, name)).stage for name in ("ana", "ben", "chiara")}
    assert stood == {"ana": "wall-tap", "ben": "wall-tap", "chiara": "loaded"}
    [move] = StageMove.objects.filter(reason=StageMove.Reason.LADDER).select_related("tap", "from_stage", "to_stage")
    assert (move.member_id, move.actor_id, move.tap.kind) == (cast.ana.pk, cast.olga.pk, Tap.Kind.LADDER)
    assert (move.from_stage.name, move.to_stage.name) == ("Dowel", "Wall tap")
    newest = my_history.tell([move], cast.ana.pk, None, NOW)[0]
    assert newest.words == "You are on the wall tap now: the ladder was changed."


def test_without_a_stage_to_go_to_they_stay_until_a_coach_moves_them(placed: Callable[..., Evenings]) -> None:
    evening = placed(ana="dowel")
    draft = evening.draft()
    draft.retire_stage("dowel", to="")
    evening.publish(draft)
    assert evening.standing(evening.cast.ana).stage == "dowel"
    assert not StageMove.objects.filter(reason=StageMove.Reason.LADDER).exists()


def test_pain_keeps_somebody_from_moving_up_with_the_ladder(placed: Callable[..., Evenings]) -> None:
    evening = placed(ana="dowel", ben="dowel")
    evening.tap(evening.sessions[0], evening.cast.ana, "pain")
    draft = evening.draft()
    draft.retire_stage("dowel", to="loaded")
    evening.publish(draft)
    assert evening.standing(evening.cast.ana).stage == "dowel"
    assert evening.standing(evening.cast.ben).stage == "loaded"
    check_stored(evening)


def test_what_the_ladder_moved_is_not_undone_by_an_earlier_tap(placed: Callable[..., Evenings]) -> None:
    evening = placed(ana="dowel")
    draft = evening.draft()
    draft.retire_stage("dowel", to="wall-tap")
    evening.publish(draft)
    first = Tap.objects.get(kind=Tap.Kind.STAGE, member=evening.cast.ana)
    answer = evening.tap(evening.sessions[0], evening.cast.ana, "undo", undone=str(first.key))
    assert answer.refusal and answer.refusal.code == "ladder_changed"
    assert evening.standing(evening.cast.ana).stage == "wall-tap"


def test_undoing_a_clean_one_from_before_moves_nobody(placed: Callable[..., Evenings]) -> None:
    evening = placed(ana="dowel")
    clean = evening.tap(evening.sessions[0], evening.cast.ana, "saw", saw="clean").tap
    draft = evening.draft()
    # By the new order the move to the dowel would have been one up.
    draft.place_stage("dowel", 2)
    draft.write_stage("dowel", {"clean_needed": 1}, was=draft.version)
    evening.publish(draft)
    assert evening.standing(evening.cast.ana).clean == 1
    evening.tap(evening.sessions[0], evening.cast.ana, "undo", undone=str(clean.key))
    assert evening.standing(evening.cast.ana).stage == "dowel"
    assert evening.standing(evening.cast.ana).clean == 0
    check_stored(evening)


def test_a_tap_from_before_that_comes_in_late_is_judged_by_what_was_taught_then(
    placed: Callable[..., Evenings],
) -> None:
    evening = placed(ana="wall-tap")
    cast, landed = evening.cast, evening.at
    draft = evening.draft()
    draft.retire_stage("dowel", to="wall-tap")
    evening.publish(draft)
    now = landed + timedelta(minutes=10)
    tap = ScreenTap(kind="stage", member_id=cast.ana.pk, by=cast.carla, values={"stage": "dowel"}, age=now - landed)
    answer = evening.sessions[0].record_tap(tap, now=now)
    assert answer.refusal is None
    # One that lands afterwards is told no.
    again = ScreenTap(kind="stage", member_id=cast.ben.pk, by=cast.carla, values={"stage": "dowel"})
    refusal = evening.sessions[0].record_tap(again, now=now).refusal
    assert refusal and refusal.code == "retired"
    check_stored(evening)


def test_a_setting_and_a_drill_that_are_gone_give_way(placed: Callable[..., Evenings]) -> None:
    evening = placed(ana="wall-tap")
    evening.tap(evening.sessions[0], evening.cast.ana, "setting", setting=600)
    draft = evening.draft()
    draft.write_stage("wall-tap", {"maximum": 400, "drills": ["dowel-hinge"]}, was=draft.version)
    evening.publish(draft)
    standing = evening.standing(evening.cast.ana)
    assert (standing.setting, standing.drill) == (400, "dowel-hinge")


def test_the_dry_run_is_what_happens(placed: Callable[..., Evenings]) -> None:
    evening = placed(ana="dowel", ben="loaded", chiara="wall-tap")
    draft = evening.draft()
    draft.retire_stage("dowel", to="loaded")
    draft.place_stage("loaded", 0)
    rungs = ladder.Ladder(draft.rungs)
    before = Placement.objects.filter(progression=evening.hinge)
    expected = {
        each.member_id: outcome(rungs, each.position, draft.targets, evening.at).standing.stage for each in before
    }
    evening.publish(draft)
    stood = Placement.objects.filter(progression=evening.hinge).values_list("member_id", "stage__key")
    assert dict(stood) == expected


def test_what_was_not_shown_is_not_published(placed: Callable[..., Evenings]) -> None:
    evening = placed(ana="dowel")
    draft = evening.draft()
    version = draft.version
    draft.retire_stage("dowel", to="wall-tap")
    with pytest.raises(DraftChanged):
        draft.publish(shown=version, changes=0, by=evening.cast.olga, at=evening.at)
    with pytest.raises(DraftChanged):
        draft.publish(shown=draft.version, changes=1, by=evening.cast.olga, at=evening.at)
    assert evening.standing(evening.cast.ana).stage == "dowel"
    # And not twice.
    evening.publish(draft)
    with pytest.raises(DraftChanged):
        evening.publish(draft)


def test_two_owners_who_write_one_stage_are_told(placed: Callable[..., Evenings]) -> None:
    evening = placed()
    mine, theirs = evening.draft(), evening.draft()
    was = mine.version
    mine.write_stage("dowel", {"name": "Stick"}, was=was)
    with pytest.raises(DraftChanged):
        theirs.write_stage("dowel", {"name": "Pole"}, was=was)
    # Another stage is nobody else's business.
    theirs.write_stage("loaded", {"name": "With weight"}, was=was)
    draft = evening.draft()
    assert [stage["words"]["name"] for stage in draft.stages] == ["Wall tap", "Stick", "With weight"]


def test_a_new_ladder_is_nowhere_until_it_is_taught(placed: Callable[..., Evenings]) -> None:
    evening = placed()
    draft = LadderDraft.begin("Press", by=evening.cast.olga, at=evening.at)
    with pytest.raises(ValueError, match="without a stage"):
        draft.publish(shown=draft.version, changes=0, by=evening.cast.olga, at=evening.at)
    words = {**evening.draft().stage("dowel")["words"], "name": "Push-up", "short_name": "Push-up"}
    assert draft.add_stage(words, place=0) == "push-up"
    assert not Progression.objects.filter(name="Press").exists()
    draft.publish(shown=draft.version, changes=0, by=evening.cast.olga, at=evening.at)
    made = Progression.objects.get(name="Press")
    assert [stage.name for stage in made.ladder().shown] == ["Push-up"]
    assert (made.key, made.follows_shipped) == ("press", False)


def test_an_edited_ladder_follows_the_shipped_one_no_more(placed: Callable[..., Evenings]) -> None:
    evening = placed()
    evening.publish(evening.draft())
    load_library(evening.cast.northside, make.shipped())
    assert not Progression.objects.get(pk=evening.hinge.pk).follows_shipped
    assert Stage.objects.filter(progression=evening.hinge).count() == 3


def test_a_process_forgets_the_ladders_that_were(cast: Cast, evening: ClassSession) -> None:
    """Each edit makes a new one, and each holds all drills of its gym."""
    with in_gym(cast.northside):
        taught = Progression.objects.get(key="hip-hinge")
        for _edit in range(KEPT + 8):
            taught.revision = uuid7()
            taught.ladder()
        assert read_ladder.cache_info().currsize == KEPT
        # The one that is taught is read no second time.
        with CaptureQueriesContext(connection) as asked:
            taught.ladder()
        assert not asked
