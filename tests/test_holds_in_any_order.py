"""A hold from either tablet stops every move up that was tapped after it, in whatever order they arrive (rule 4)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gym.identifiers import uuid7
from gym.models import Membership
from programming.board import Reader
from programming.models import ClassSession, Clearance, Hold, Placement, StageMove, Tap
from programming.models.grouping import GroupTap, Shown
from programming.models.recording import ScreenTap
from tests import make
from tests.people import Cast

pytest_plugins = ["tests.people"]

STAGES = ["wall-tap", "dowel", "loaded"]

# --- Three taps in every order ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(["before", "pain", "after"])), ids="-".join)
def test_the_move_before_stands_and_the_one_after_does_not(
    evening: ClassSession, cast: Cast, at_northside: Any, order: tuple[str, ...]
) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=0)
    sent: dict[str, tuple[str, Membership, int, dict[str, str]]] = {
        "before": ("stage", cast.kim, 20, {"stage": "dowel"}),
        "pain": ("pain", cast.carla, 30, {"where": "hip"}),
        "after": ("stage", cast.kim, 40, {"stage": "loaded"}),
    }
    status = {}
    for arrives, name in enumerate(order, start=60):
        kind, by, after, values = sent[name]
        status[name] = make.tap(evening, cast.ana, kind, by=by, after=after, arrives=arrives, **values).status
    placement = Placement.objects.get(member=cast.ana)
    assert (placement.position.stage, placement.is_held) == ("dowel", True)
    # Whoever tapped after a pain that was known was told; what came in before it stays in the history.
    told = order.index("pain") < order.index("after")
    assert status == {"before": 200, "pain": 200, "after": 422 if told else 200}
    moves = [move.to_stage.stage.key for move in StageMove.objects.filter(member=cast.ana).order_by("at")]
    assert moves == ["wall-tap", "dowel", *([] if told else ["loaded"])]
    assert Hold.objects.count() == 1


# --- Any taps of two coaches, for one and for several people ---------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """One tap: when the finger landed (seconds into the class) and in which place it arrives.

    `who` is 0 or 1, or 2 for both. `undoes` names an earlier one of the list by its place.
    """

    kind: str
    who: int
    coach: int
    stage: str
    landed: int
    rank: int
    undoes: int


SENT = st.builds(
    Sent,
    kind=st.sampled_from(["stage", "stage", "stage", "pain", "clear", "undo"]),
    who=st.integers(0, 2),
    coach=st.integers(0, 1),
    stage=st.sampled_from(STAGES),
    landed=st.integers(1, 300),
    rank=st.integers(0, 99),
    undoes=st.integers(0, 9),
)


@dataclass
class Floor:
    """Two people in a class, and what was sent so far."""

    session: ClassSession
    people: list[Membership]
    coaches: list[Membership]
    keys: dict[int, list[tuple[Membership, UUID]]] = field(default_factory=dict)

    def send(self, number: int, sent: Sent) -> None:
        """Let it arrive, at the end of the class."""
        age, by = timedelta(seconds=600 - sent.landed), self.coaches[sent.coach]
        now = make.moment(self.session, 600)
        if sent.kind == "undo":
            for member, key in self.keys.get(sent.undoes, []):
                values = {"undone": str(key)}
                tap = ScreenTap(kind="undo", member_id=member.pk, by=by, values=values, age=age)
                self.session.record_tap(tap, now=now)
            return
        if sent.kind == "stage" and sent.who == 2:
            shown = dict.fromkeys([member.pk for member in self.people], Shown())
            group = GroupTap(by=by, people=shown, values={"stage": sent.stage}, age=age)
            answer = self.session.record_several(group, now=now)
            self.keys[number] = [(part.member, part.key) for part in answer.tap.parts.select_related("member")]
            return
        values = {"stage": {"stage": sent.stage}, "pain": {"where": "hip"}, "clear": {"note": "Fine."}}[sent.kind]
        made = []
        for member in self.people if sent.who == 2 else [self.people[sent.who]]:
            key = uuid7()
            tap = ScreenTap(kind=sent.kind, member_id=member.pk, by=by, values=values, age=age, key=key)
            self.session.record_tap(tap, now=now)
            made.append((member, key))
        self.keys[number] = made


def by_the_clock(member: Membership) -> tuple[str | None, set[UUID]]:
    """Where somebody stands by the times of their taps alone, and the holds that are on.

    Taps that were refused or undone do not count. Written without the rules of ladder.py.
    """
    stage, on = None, set[UUID]()
    holds = dict(Hold.objects.filter(member=member).values_list("tap_id", "pk"))
    taps = Tap.objects.filter(member=member).exclude(outcome=Tap.Outcome.REFUSED)
    for tap in taps.standing().order_by("at", "key"):
        if tap.pk in holds:
            on.add(holds[tap.pk])
        elif tap.kind == Tap.Kind.CLEAR:
            on -= set(Clearance.objects.filter(tap=tap).values_list("hold_id", flat=True))
        elif tap.kind == Tap.Kind.STAGE and not is_dead(tap):
            is_up = stage is None or STAGES.index(tap.detail["stage"]) > STAGES.index(stage)
            stage = stage if on and is_up else tap.detail["stage"]
    return stage, on


def is_dead(tap: Tap) -> bool:
    """Whether a tap only repeated one that was undone since."""
    confirmed = tap.detail.get("confirms")
    return bool(confirmed) and Tap.objects.filter(key=confirmed, undos__isnull=False).exists()


@pytest.mark.usefixtures("at_northside")
@given(sent=st.lists(SENT, min_size=2, max_size=9))
@settings(
    max_examples=int(os.environ.get("EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_whatever_the_order_nobody_stands_where_a_hold_forbids(
    cast: Cast, evening: ClassSession, sent: list[Sent]
) -> None:
    with transaction.atomic():
        floor = Floor(evening, [cast.ana, cast.ben], [cast.carla, cast.kim])
        for number, each in sorted(enumerate(sent), key=lambda one: (one[1].rank, one[0])):
            floor.send(number, each)
        for member in floor.people:
            stage, on = by_the_clock(member)
            placement = Placement.objects.filter(member=member).first()
            assert (placement.position.stage if placement else None) == stage
            assert (placement.is_held if placement else False) == bool(on)
            assert set(placement.position.holds if placement else ()) == {str(hold) for hold in on}
            first_pain = Hold.objects.filter(member=member).order_by("at").values_list("at", flat=True).first()
            if first_pain is not None:
                before = Tap.objects.filter(member=member, kind=Tap.Kind.STAGE, at__lt=first_pain)
                assert not before.filter(outcome=Tap.Outcome.REFUSED).exists()
        # The board says it to every coach.
        for reader in (cast.carla, cast.kim, cast.olga):
            board = Reader(evening, gym_slug="northside-barbell", at=make.moment(evening, 601), you=reader.pk).board()
            held = {row.member_id for row in board.rows if "hold" in row.marks}
            assert held == {member.pk for member in floor.people if by_the_clock(member)[1]}
        transaction.set_rollback(True)
