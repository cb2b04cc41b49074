"""The class board as plain values: each row's words and marks, prepared so that the template only writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, OuterRef, Subquery, UUIDField, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from gym.identifiers import uuid7
from gym.prepared import Prepared
from programming import ladder
from programming.crossings import Crossing, crossings_of
from programming.hurts import told_by_themselves
from programming.models import Attendance, ClassSession, Hold, StageMove, Tap
from programming.models.attending import STANDING
from programming.models.ladder_words import LadderWords
from programming.models.regulars import regulars_of
from programming.models.rosters import drop_in_name
from programming.models.tap_kinds import open_holds
from programming.on_roster import OnRoster, on_roster, told_apart
from programming.practice_words import practised_since
from programming.void_moves import void_line, void_moves, void_sentence
from programming.words import clean_line, fault_line, group_words, hold_line, seen_line, suggestion_line, tap_words

# What stands beside whatever else matters of somebody: mark and words. Who did not come has a line of their own.
ATTENDING: dict[str, tuple[str, Any]] = {
    Attendance.State.LATE: ("late", Attendance.State.LATE.label),
    Attendance.State.EXPECTED: ("expected", Attendance.State.EXPECTED.label),
}

# Characters from which a name takes the smaller size and two lines.
LONG_NAME = 13


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
    # Did not come. Neither here nor absent: expected.
    is_absent: bool = False
    # What the roster says of them.
    state: str = Attendance.State.HERE
    # Where this row is the first of a station: what the station is called.
    group: str = ""
    # Two coaches wanted different things: the line is its sentence, and the row shows it in short.
    crossing: Crossing | None = None
    # What stands before that: that they came late, or are still expected.
    attending: str = ""
    # The line in few words, where it is long; empty: it is short enough.
    short: str = ""
    # One of those whom "Rest clean" is for: here, on a stage, not held and not yet seen.
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class LastTap:
    """A standing tap of the class, as the undo bar says it. `member_id` is None for one of several people."""

    key: UUID
    kind: str
    member_id: UUID | None
    url: str
    name: str
    words: str
    coach: str
    coach_id: UUID
    at: datetime
    # Nobody of several people has, nor who was taken off the roster.
    has_row: bool

    @property
    def target(self) -> str:
        """The id of what its undo redraws."""
        return f"m-{self.member_id}" if self.has_row else "roster"

    @property
    def swap(self) -> str:
        """How the answer takes its place."""
        return "outerMorph" if self.has_row else "innerMorph"

    @property
    def by_themselves(self) -> bool:
        """Whether a member tapped it of themself."""
        return self.coach_id == self.member_id


@dataclass(frozen=True, slots=True)
class Proposed:
    """A regular of the class's slot of whom this class says nothing yet."""

    member_id: UUID
    url: str
    name: str
    words: str


@dataclass(frozen=True)
class Board:
    """A class's board at one time."""

    session: ClassSession
    url: str
    rows: list[Row]
    here: int
    seen: int
    expected: int
    proposed: list[Proposed]
    last: LastTap | None
    # Taps are still taken, but nobody should believe that the class goes on.
    is_over: bool
    # The rows stand in the order of the stations, not of the alphabet.
    by_station: bool = False
    # The class's ladders, where it has several: name, address, and whether it is the one on screen.
    ladders: tuple[tuple[str, str, bool], ...] = ()
    # For a browser without scripts: a page that it sends again is the same tap.
    next_key: UUID = field(default_factory=uuid7)

    @property
    def drop_in_name(self) -> str:
        """With what a tablet works out who a drop-in will be."""
        return drop_in_name(self.session)


LAST_TAP = Prepared[Tap](lambda session: standing_taps(session)[:1], session=UUIDField())


class Reader:
    """Reads what one class's board needs; the same number of queries for 1 and for 40 members."""

    def __init__(self, session: ClassSession, *, gym_slug: str, at: datetime, you: UUID | None = None) -> None:
        # `you`: the coach who reads it.
        self.session, self.at, self.you = session, at, you
        self.words: LadderWords = session.on_board.ladder()
        more = {"ladder": session.shown_ladder} if session.shown_ladder else {}
        self.url = reverse("board", kwargs={"gym_slug": gym_slug, "session_id": session.pk, **more})
        self.names: dict[UUID, str] = {}
        self.standings: dict[UUID, ladder.Standing] = {}
        self.holds: dict[UUID, Hold] = {}
        self.crossings: dict[UUID, Crossing] = {}
        # Moves up that the pain, which came in later, was before: they do not stand.
        self.void: dict[UUID, StageMove] = {}
        # The tap that was recorded just now, where it is the last one that stands.
        self.newest: Tap | None = None

    def board(self, *, refused: dict[UUID, str] | None = None) -> Board:
        """Everyone on the roster in alphabetical order, the counts, and the last tap."""
        people = self._people()
        self._look_closer(people)
        sentences = refused or {}
        rows = [self._row(each, refused=sentences.get(each.member_id, "")) for each in people]
        return self._with(rows, people, self._proposed(people))

    def one(self, member_id: UUID, *, refused: str = "") -> tuple[Board, Row]:
        """The row of one member with the counts, for the answer to a tap."""
        people = self._people()
        own = next(person for person in people if person.member_id == member_id)
        self._look_closer([own])
        row = self._row(own, refused=refused)
        return self._with([row], people), row

    def _proposed(self, people: list[OnRoster]) -> list[Proposed]:
        """The regulars of the slot who have no row yet, told apart from each other and from those who have."""
        regulars = regulars_of(self.session, self.at)
        names = told_apart([*people, *regulars]) if regulars else {}
        return [
            Proposed(
                each.member_id,
                f"{self.url}{each.member_id}/",
                names[each.member_id],
                _("came %(times)s times lately") % {"times": each.times},
            )
            for each in regulars
        ]

    def _with(self, rows: list[Row], people: list[OnRoster], proposed: list[Proposed] | None = None) -> Board:
        here = [person for person in people if person.is_here]
        seen = sum(1 for person in here if person.seen_at)
        is_over = self.session.state(self.at) == "done"
        expected = sum(1 for person in people if person.state == Attendance.State.EXPECTED)
        return Board(self.session, self.url, rows, len(here), seen, expected, proposed or [], self.last_tap(), is_over)

    def _people(self) -> list[OnRoster]:
        people = on_roster(self.session.pk, self.session.progression_id)
        self.names = told_apart(people)
        return people

    def _look_closer(self, people: list[OnRoster]) -> None:
        """Read what few rows need: the holds of those who are held, and the moves that crossed."""
        self.standings = {person.member_id: person.standing() for person in people}
        held = [member_id for member_id, standing in self.standings.items() if standing.held]
        if held:
            # The newest, but for one that says nothing more after one that does.
            known = sorted(open_holds(held), key=lambda hold: (bool(hold.where) or told_by_themselves(hold), hold.at))
            self.holds = {hold.member_id: hold for hold in known}
            self.void = void_moves(known, self.standings, self.session.on_board, self.at)
        self.crossings = crossings_of(
            people,
            self.standings,
            self.words,
            self.session.on_board.pk,
            names=self.names,
            you=self.you,
            at=self.at,
        )

    def _row(self, person: OnRoster, *, refused: str = "") -> Row:
        standing = self.standings[person.member_id]
        shown = person.seen(self.session.progression_id)
        suggestion = ladder.suggest(self.words.ladder, standing)
        line, marks = self._line(person, standing, suggestion, shown)
        if refused:
            line, marks = refused, [*marks, "refused"]
        name = self.names[person.member_id]
        crossing = self.crossings.get(person.member_id) if "crossed" in marks and not refused else None
        other = crossing.lost if crossing and crossing.kind == StageMove.Kind.STAGE else None
        # What was seen at another stage is not pressed at this one: the next "clean" is of this.
        here = shown["result"] if shown and shown["stage"] == standing.stage else ""
        return Row(
            member_id=person.member_id,
            url=f"{self.url}{person.member_id}/",
            name=name,
            is_long=len(name) > LONG_NAME,
            limits=person.standing_limits,
            line=line,
            marks=tuple(marks),
            stages=self.stages(standing, suggestion, other),
            stage=standing.stage or "",
            version=person.version or 0,
            clean="true" if here == ladder.CLEAN else "false",
            fault="true" if here == ladder.NOT_YET else "false",
            held=standing.held,
            refused=bool(refused),
            is_here=person.is_here,
            is_absent=person.state == Attendance.State.NO_SHOW,
            state=person.state,
            crossing=crossing,
            attending=str(ATTENDING[person.state][1]) if crossing and person.state in ATTENDING else "",
            short="" if refused else self._short(person, standing),
            is_rest=bool(person.is_here and standing.stage and not standing.held and person.seen_at is None),
        )

    def stages(
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

    def _short(self, person: OnRoster, standing: ladder.Standing) -> str:
        """The line in few words, where it says that a move does not stand."""
        void = self.void.get(person.member_id) if standing.held else None
        return void_line(self.words, void) if void else ""

    def _line(
        self,
        person: OnRoster,
        standing: ladder.Standing,
        suggestion: ladder.Suggestion | None,
        shown: dict[str, Any] | None,
    ) -> tuple[str, list[str]]:
        """The first thing that matters, after late or expected, and the marks of the row."""
        line, marks = self._what_matters(person, standing, suggestion, shown)
        said = ATTENDING.get(person.state)
        if said is None:
            return line, marks
        mark, words = said
        return " · ".join([line, str(words)] if standing.held else [str(words), line]), [*marks, mark]

    def _what_matters(
        self,
        person: OnRoster,
        standing: ladder.Standing,
        suggestion: ladder.Suggestion | None,
        shown: dict[str, Any] | None,
    ) -> tuple[str, list[str]]:
        """The first thing that matters of their training, and its marks."""
        marks = ["seen"] if person.seen_at else []
        if standing.held:
            hold = self.holds.get(person.member_id)
            by_phone = hold is not None and told_by_themselves(hold)
            line = hold_line(hold.where if hold else "", by_phone=by_phone)
            void = self.void.get(person.member_id)
            if void:
                line = f"{line}. {void_sentence(self.words, void, standing.stage, you=self.you)}"
            return line, [*marks, "hold"]
        if person.state == Attendance.State.NO_SHOW:
            return _("not here"), [*marks, "absent"]
        if person.member_id in self.crossings:
            return str(self.crossings[person.member_id].sentence), [*marks, "crossed"]
        faulty = shown is not None and shown["result"] == ladder.NOT_YET
        if suggestion:
            return suggestion_line(self.words, suggestion), [*marks, "fault" if suggestion.fault else "ready"]
        if faulty and shown:
            return fault_line(self.words, shown), [*marks, "fault"]
        clean = clean_line(self.words, standing)
        if standing.clean and person.seen_at:
            return clean, marks
        seen = seen_line(person.seen_at, standing, self.at, is_first=person.is_first_class)
        practised = "" if person.seen_at else practised_since(person.practised_text, standing.seen_at, self.at)
        # Since when they practised says that they were not seen since; a row has room for one of both.
        said = [clean, practised] if clean and practised and standing.seen_at else [clean, seen, practised]
        return " · ".join(part for part in said if part) or _("seen"), marks

    def last_tap(self) -> LastTap | None:
        """The newest tap of the class that still stands."""
        tap = self.newest or LAST_TAP.first(session=self.session.pk)
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
            kind=tap.kind,
            member_id=tap.member_id,
            url=f"{self.url}{tap.member_id or 'several'}/",
            name=name,
            words=words,
            coach=tap.actor.short_name,
            coach_id=tap.actor_id,
            at=tap.at,
            has_row=tap.member_id in self.names,
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
        .exclude(kind__in=[Tap.Kind.UNDO, Tap.Kind.MOVE, Tap.Kind.PLAN])
        .annotate(people=Case(When(kind=Tap.Kind.SEVERAL, then=Coalesce(count, 0)), default=1))
        .filter(people__gt=0)
    )
    return taps.select_related("member", "actor").order_by("-recorded_at", "-at", "-id")


def around(stages: list[Any], present: str | None, *, also: Collection[str | None] = ()) -> list[Any]:
    """The stages a row has room for: all up to four, else the present one, its neighbours and those in `also`."""
    if len(stages) <= 4:
        return stages
    heights = [height for height, stage in enumerate(stages) if stage.key == present]
    first = min(max((heights[0] if heights else 0) - 1, 0), len(stages) - 3)
    near = stages[first : first + 3]
    return [stage for stage in stages if stage in near or stage.key in also]
