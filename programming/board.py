"""The class board as plain values: each row's words and marks, prepared so that the template only writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, OuterRef, Subquery, UUIDField, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from gym.models import TURNING, Membership, fold
from gym.prepared import Prepared
from programming import ladder
from programming.models import Attendance, ClassSession, Hold, Placement, StageMove, Tap
from programming.models.attending import STANDING
from programming.models.ladder_words import LadderWords
from programming.models.tap_kinds import open_holds
from programming.words import clean_line, fault_line, group_words, hold_line, seen_line, suggestion_line, tap_words

# Characters from which a name takes the smaller size and two lines.
LONG_NAME = 13
HERE = (Attendance.State.HERE, Attendance.State.LATE)


@dataclass(frozen=True, slots=True)
class StageButton:
    """One rung of a row's stage control."""

    key: str
    label: str
    figure: str
    pressed: str
    suggested: bool
    other: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One member on the board. `line` is the first thing that matters now."""

    member_id: UUID
    url: str
    name: str
    is_long: bool
    limits: str
    line: str
    marks: tuple[str, ...]
    stages: tuple[StageButton, ...]
    stage: str
    version: int
    clean: str
    fault: str
    held: bool
    refused: bool = False
    is_here: bool = True
    # One of those whom "Rest clean" is for: here, on a stage, not held and not yet seen.
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class LastTap:
    """A standing tap of the class, as the undo bar says it. `member_id` is None for one of several people."""

    key: UUID
    member_id: UUID | None
    url: str
    name: str
    words: str
    coach: str
    coach_id: UUID
    at: datetime

    @property
    def target(self) -> str:
        """The id of what its undo redraws."""
        return f"m-{self.member_id}" if self.member_id else "roster"


@dataclass(frozen=True)
class Board:
    """A class's board at one time."""

    session: ClassSession
    url: str
    rows: list[Row]
    here: int
    seen: int
    last: LastTap | None
    # Taps are still taken, but nobody should believe that the class goes on.
    is_over: bool


ROSTER = Prepared[Attendance](
    lambda session: (
        Attendance.objects.filter(session_id=session).exclude(state=Attendance.State.OFF).select_related("member")
    ),
    session=UUIDField(),
)
PLACEMENTS = Prepared[Placement](
    lambda session, progression: Placement.objects.filter(
        progression_id=progression, member__attendances__session=session
    ).select_related("stage_by"),
    session=UUIDField(),
    progression=UUIDField(),
)
PLACEMENT = Prepared[Placement](
    lambda member, progression: Placement.objects.filter(progression_id=progression, member_id=member).select_related(
        "stage_by"
    ),
    member=UUIDField(),
    progression=UUIDField(),
)
LAST_TAP = Prepared[Tap](lambda session: standing_taps(session)[:1], session=UUIDField())


class Reader:
    """Reads what one class's board needs; the same number of queries for 1 and for 40 members."""

    def __init__(self, session: ClassSession, *, gym_slug: str, at: datetime) -> None:
        self.session, self.at = session, at
        self.words: LadderWords = session.on_board.ladder()
        self.url = reverse("board", kwargs={"gym_slug": gym_slug, "session_id": session.pk})
        self.names: dict[UUID, str] = {}
        self.standings: dict[UUID, ladder.Standing] = {}
        self.holds: dict[UUID, Hold] = {}
        self.crossings: dict[UUID, StageMove] = {}

    def board(self, *, refused: dict[UUID, str] | None = None) -> Board:
        """Everyone on the roster in alphabetical order, the counts, and the last tap."""
        attendances = self._attendances()
        placements = self._placements([attendance.member_id for attendance in attendances])
        sentences = refused or {}
        rows = [
            self._row(each, placements.get(each.member_id), refused=sentences.get(each.member_id, ""))
            for each in attendances
        ]
        return self._with(rows, attendances)

    def _with(self, rows: list[Row], attendances: list[Attendance]) -> Board:
        is_over = self.session.state(self.at) == "done"
        return Board(self.session, self.url, rows, *self.counts(attendances), self.last_tap(), is_over)

    def counts(self, attendances: list[Attendance]) -> tuple[int, int]:
        """How many are here, and how many of them were seen."""
        here = [attendance for attendance in attendances if attendance.state in HERE]
        return len(here), sum(1 for attendance in here if attendance.seen_at)

    def one(self, member_id: UUID, *, refused: str = "") -> tuple[Board, Row]:
        """The row of one member with the counts, for the answer to a tap."""
        attendances = self._attendances()
        own = next(attendance for attendance in attendances if attendance.member_id == member_id)
        row = self._row(own, self._placements([member_id]).get(member_id), refused=refused)
        return self._with([row], attendances), row

    def _attendances(self) -> list[Attendance]:
        found = ROSTER.all(session=self.session.pk)
        found.sort(
            key=lambda attendance: (fold(attendance.member.short_name), attendance.member.search_name, attendance.pk)
        )
        self.names = told_apart([attendance.member for attendance in found])
        return found

    def _placements(self, member_ids: list[UUID]) -> dict[UUID, Placement]:
        which = {"session": self.session.pk, "progression": self.session.progression_id}
        if len(member_ids) == 1:
            found = PLACEMENT.all(member=member_ids[0], progression=self.session.progression_id)
        else:
            found = PLACEMENTS.all(**which)
        placements = {placement.member_id: placement for placement in found}
        if any(placement.is_held for placement in placements.values()):
            held = [placement.member_id for placement in placements.values() if placement.is_held]
            # The newest, but for one that does not say where after one that does.
            known = sorted(open_holds(held), key=lambda hold: (bool(hold.where), hold.at))
            self.holds = {hold.member_id: hold for hold in known}
        crossed = [placement.crossed_id for placement in placements.values() if placement.crossed_id]
        if crossed:
            moves = StageMove.objects.filter(pk__in=crossed).select_related("actor", "to_stage__stage")
            self.crossings = {move.pk: move for move in moves}
        return placements

    def _row(self, attendance: Attendance, placement: Placement | None, *, refused: str = "") -> Row:
        standing = placement.position if placement else ladder.Standing()
        self.standings[attendance.member_id] = standing
        shown = attendance.seen.get(str(self.session.progression_id))
        suggestion = ladder.suggest(self.words.ladder, standing)
        line, marks = self._line(attendance, placement, standing, suggestion, shown)
        if refused:
            line, marks = refused, [*marks, "refused"]
        name = self.names[attendance.member_id]
        other = self._other(placement)
        return Row(
            member_id=attendance.member_id,
            url=f"{self.url}{attendance.member_id}/",
            name=name,
            is_long=len(name) > LONG_NAME,
            limits=attendance.member.standing_limits,
            line=line,
            marks=tuple(marks),
            stages=self._stages(standing, suggestion, other),
            stage=standing.stage or "",
            version=placement.version if placement else 0,
            clean="true" if shown and shown["result"] == ladder.CLEAN else "false",
            fault="true" if shown and shown["result"] == ladder.NOT_YET else "false",
            held=standing.held,
            refused=bool(refused),
            is_here=attendance.state in HERE,
            is_rest=bool(
                attendance.state in HERE and standing.stage and not standing.held and attendance.seen_at is None
            ),
        )

    def _stages(
        self, standing: ladder.Standing, suggestion: ladder.Suggestion | None, other: str | None
    ) -> tuple[StageButton, ...]:
        shown = around(self.words.shown, standing.stage, also={other, suggestion.stage if suggestion else None})
        return tuple(
            StageButton(
                key=stage.key,
                label=stage.short_name,
                figure=stage.figure,
                pressed="true" if stage.key == standing.stage else "false",
                suggested=bool(suggestion and suggestion.stage == stage.key),
                other=stage.key == other,
            )
            for stage in shown
        )

    def _other(self, placement: Placement | None) -> str | None:
        move = self.crossings.get(placement.crossed_id) if placement and placement.crossed_id else None
        return move.to_stage.stage.key if move else None

    def _line(
        self,
        attendance: Attendance,
        placement: Placement | None,
        standing: ladder.Standing,
        suggestion: ladder.Suggestion | None,
        shown: dict[str, Any] | None,
    ) -> tuple[str, list[str]]:
        """The first thing that matters, and the marks of the row."""
        marks = ["seen"] if attendance.seen_at else []
        if standing.held:
            hold = self.holds.get(attendance.member_id)
            return hold_line(hold.where if hold else ""), [*marks, "hold"]
        if attendance.state == Attendance.State.NO_SHOW:
            return _("not here"), [*marks, "absent"]
        if placement and placement.crossed_id in self.crossings:
            return self._crossing_line(placement, standing), [*marks, "crossed"]
        faulty = shown is not None and shown["result"] == ladder.NOT_YET
        if suggestion:
            return suggestion_line(self.words, suggestion), [*marks, "fault" if suggestion.fault else "ready"]
        if faulty and shown:
            return fault_line(self.words, shown), [*marks, "fault"]
        clean = clean_line(self.words, standing)
        if standing.clean and attendance.seen_at:
            return clean, marks
        parts = [clean, seen_line(attendance, standing, self.at)]
        return " · ".join(part for part in parts if part) or _("seen"), marks

    def _crossing_line(self, placement: Placement, standing: ladder.Standing) -> str:
        move = self.crossings[placement.crossed_id]  # type: ignore[index]
        winner = placement.stage_by
        return _("%(coach)s: %(stage)s · %(other)s: %(other_stage)s") % {
            "coach": winner.short_name if winner else "",
            "stage": self.words.stages[standing.stage].short_name.lower() if standing.stage else "",
            "other": move.actor.short_name,
            "other_stage": self.words.stages[move.to_stage.stage.key].short_name.lower(),
        }

    def last_tap(self) -> LastTap | None:
        """The newest tap of the class that still stands."""
        tap = LAST_TAP.first(session=self.session.pk)
        return self.said(tap) if tap else None

    def said(self, tap: Tap) -> LastTap:
        """A tap in words."""
        member = tap.member
        if member is not None:
            name, words = self.names.get(member.pk, member.short_name), tap_words(tap, self.words)
        elif tap.kind == Tap.Kind.SEVERAL:
            name, words = group_words(tap, self.words, tap.people)
        else:
            raise LookupError(f"{tap} is of nobody")
        return LastTap(
            key=tap.key,
            member_id=tap.member_id,
            url=f"{self.url}{tap.member_id or 'several'}/",
            name=name,
            words=words,
            coach=tap.actor.short_name,
            coach_id=tap.actor_id,
            at=tap.at,
        )


def standing_taps(session_id: Any) -> Any:
    """The taps of a class that changed something and were not undone, newest first.

    One for several people is one entry, as long as something of it stands; `people` says for how many of them it does.
    """
    parts = Tap.objects.filter(group=OuterRef("pk"), outcome__in=STANDING).standing().order_by()
    count = Subquery(parts.values("group").annotate(people=Count("pk")).values("people"))
    taps = (
        Tap.objects.filter(session_id=session_id, outcome__in=STANDING, group=None)
        .standing()
        .exclude(kind__in=[Tap.Kind.UNDO, Tap.Kind.MOVE])
        .annotate(people=Case(When(kind=Tap.Kind.SEVERAL, then=Coalesce(count, 0)), default=1))
        .filter(people__gt=0)
    )
    return taps.select_related("member", "actor").order_by("-recorded_at", "-at", "-id")


def told_apart(people: list[Membership]) -> dict[UUID, str]:
    """What to call each: the short name; for those who would read the same the whole one, then with the nickname."""
    names = {person.pk: person.short_name for person in people}
    for longer in (lambda person: person.name, with_nickname):
        shared = Counter(names.values())
        names |= {person.pk: longer(person).translate(TURNING) for person in people if shared[names[person.pk]] > 1}
    return names


def with_nickname(person: Membership) -> str:
    """The whole name, and the nickname where there is one."""
    return f"{person.name} “{person.nickname}”" if person.nickname else person.name


def around(stages: list[Any], present: str | None, *, also: Collection[str | None] = ()) -> list[Any]:
    """The stages a row has room for: all up to four, else the present one, its neighbours and those in `also`."""
    if len(stages) <= 4:
        return stages
    heights = [height for height, stage in enumerate(stages) if stage.key == present]
    first = min(max((heights[0] if heights else 0) - 1, 0), len(stages) - 3)
    near = stages[first : first + 3]
    return [stage for stage in stages if stage in near or stage.key in also]
