"""The head count is what the rows say, whatever was tapped, checked in and undone before, in whatever order."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gym.models import Membership
from gym.scope import in_gym
from programming.board import Board, Reader, standing_taps
from programming.models import Attendance, ClassSession, Tap
from programming.models.attending import STANDING
from programming.models.checking_in import NotCheckedIn
from programming.models.grouping import GroupTap, GroupUndo, Shown
from programming.models.recording import NotOnRoster
from tests import make
from tests.people import Cast

pytest_plugins = ["tests.people"]

PEOPLE = st.integers(0, 4)
SOME = st.sets(PEOPLE, min_size=1, max_size=3)
# What may happen, to whom (or how far back in the undo bar), and what is wanted of them.
STEPS = st.one_of(
    st.tuples(st.just("say"), PEOPLE, st.sampled_from(["here", "late", "expected", "no_show"])),
    st.tuples(st.sampled_from(["see", "not today", "check in", "add"]), PEOPLE, st.none()),
    st.tuples(st.just("select"), SOME, st.none()),
    st.tuples(st.just("regulars"), SOME, st.none()),
    st.tuples(st.just("undo"), st.integers(0, 2), st.none()),
)


@dataclass
class Evening:
    """A class, and whatever may happen in it, one thing after the other."""

    session: ClassSession
    people: list[Membership]
    carla: Membership

    def do(self, step: tuple[str, Any, Any], at: datetime) -> None:
        """Let it happen; who stands on no roster or in no gym is left alone."""
        what, who, state = step
        with suppress(NotOnRoster, NotCheckedIn):
            match what:
                case "say":
                    self.session.record_tap(self.tap("attendance", who, state=state), now=at)
                case "see":
                    self.session.record_tap(self.tap("stage", who, stage="dowel"), now=at)
                case "not today":
                    self.session.not_today(self.tap("attendance", who, state="off"), now=at)
                case "check in":
                    self.session.check_in(self.people[who], key=uuid4(), now=at)
                case "add":
                    one: dict[str, Any] = {"member_id": self.people[who].pk, "name": "", "key": uuid4()}
                    self.session.add_someone(by=self.carla, now=at, **one)
                case "select":
                    self.session.record_several(self.group(who, "here"), now=at)
                case "regulars":
                    self.session.expect_regulars(self.group(who, "expected"), now=at)
                case "undo":
                    self.undo(who, at)

    def tap(self, kind: str, who: int, **values: Any) -> Any:
        return make.screen_tap(kind, self.people[who], by=self.carla, **values)

    def group(self, who: set[int], state: str) -> GroupTap:
        shown = {self.people[each].pk: Shown() for each in who}
        return GroupTap(by=self.carla, people=shown, values={"state": state})

    def undo(self, back: int, at: datetime) -> None:
        tap = next(iter(standing_taps(self.session.pk)[back : back + 1]), None)
        if tap is None:
            return
        if tap.member_id is None:
            self.session.undo_several(GroupUndo(by=self.carla, undone=tap.key), now=at)
        else:
            undo = make.screen_tap("undo", tap.member, by=self.carla, undone=str(tap.key))
            self.session.record_tap(undo, now=at)

    def board(self, at: datetime) -> Board:
        return Reader(self.session, gym_slug="northside-barbell", at=at).board()

    def said(self, first: dict[UUID, str]) -> dict[UUID, str]:
        """What everything that still stands says of each, told anew from the start: here, late, expected, …"""
        states = dict(first)
        for tap in Tap.objects.filter(session=self.session, outcome__in=STANDING, undos=None).order_by("at", "key"):
            if tap.member_id is None or tap.kind == "undo":
                continue
            if tap.kind == "attendance":
                states[tap.member_id] = tap.detail["state"]
            elif states.get(tap.member_id, "off") not in ("here", "late"):
                states[tap.member_id] = "here"
        return {each: state for each, state in states.items() if state != "off"}


@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
def test_the_head_count(cast: Cast, evening: ClassSession, steps: list[tuple[str, Any, Any]]) -> None:
    with in_gym(cast.northside), transaction.atomic():
        rows = Attendance.objects.filter(session=evening)
        # One is expected, two are here, two have no row yet.
        rows.filter(member__in=[cast.dev, cast.nia]).delete()
        rows.filter(member=cast.ana).update(state="expected")
        first = {each.member_id: each.state for each in rows}
        happening = Evening(evening, cast.members, cast.carla)
        for place, step in enumerate(steps, start=1):
            at = make.moment(evening, 10 * place)
            happening.do(step, at)
            said, board = happening.said(first), happening.board(at)
            stored = {each.member_id: each.state for each in rows.exclude(state="off")}
            shown = {row.member_id: row.state for row in board.rows}
            assert stored == shown == said, steps[:place]
            assert board.here == sum(state in ("here", "late") for state in said.values())
            assert board.here == sum(row.is_here for row in board.rows)
            assert board.expected == sum(state == "expected" for state in said.values())
        transaction.set_rollback(True)
