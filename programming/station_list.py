"""The stations of a class at one time, ready for a page: who stands where, what is done, what is short, what fits.

Three queries, for 1 person and for 40: the roster, what the gym owns, and the class itself where its plan was not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from programming.models import ClassSession, Equipment
from programming.models.ladder_words import LadderWords, StageWords
from programming.on_roster import OnRoster, on_roster, told_apart
from programming.plan import Block, BlockDrill
from programming.running import Running
from programming.station_words import Things, change_words, need_words, way_words
from programming.stations import (
    Drill,
    Kind,
    Person,
    Place,
    Proposal,
    Room,
    Stage,
    Station,
    Way,
    arrange,
    propose,
    shared_needs,
)

# Minutes that people have where no block says how many.
MINUTES = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody at a station. With the coach nothing tells those who were sent there from those who are held."""

    member_id: UUID
    name: str
    # The key of the stage that they are on; empty: none yet.
    stage: str


@dataclass(frozen=True, slots=True)
class Doing:
    """A drill at a station, in the words of the plan. `place` is its place in the block; None: it does not stand there.

    `planned` is the key and `instead_of` the name of the plan's own drill where another is taught today.
    """

    key: str
    name: str
    dose: str
    cue: str
    place: int | None = None
    planned: str = ""
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class NeedLine:
    """What is needed against what is here, in words."""

    words: str
    is_short: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A change for today in words, and what its button sends: the wanted way of a stage, or the drill of a place."""

    words: str
    stage: str
    way: str = ""
    number: int = 1
    drill: str = ""
    place: int | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class StationShown:
    """One station as a page shows it. `way` is how people share today, `proposal` what would fit where it is short."""

    id: str
    place: Place
    name: str
    figure: str
    colour: str
    people: tuple[Standing, ...]
    drills: tuple[Doing, ...]
    needs: tuple[NeedLine, ...]
    is_short: bool
    way: Change | None
    proposal: Change | None


@dataclass(frozen=True)
class Stations:
    """The stations of a class, and the block that they are of; None: the class has no plan."""

    session: ClassSession
    block: Block | None
    stations: tuple[StationShown, ...]
    # What to call each person of the roster.
    names: dict[UUID, str]
    # Today's plan can change no more.
    is_over: bool
    # What the block needs for all together.
    shared: tuple[NeedLine, ...] = ()

    @classmethod
    def read(cls, session: ClassSession, at: datetime) -> Stations:
        """The stations of that class at that time. Raises LookupError for a class without a ladder."""
        running = Running.read(session, at)
        block = present_block(running)
        if block is not None and "ladder" in block.more and not session.shown_ladder:
            # Stations are those of the block's own ladder, whichever is on the board.
            session.show_ladder(block.more["ladder"])
        people = on_roster(session.pk, session.progression_id)
        names = told_apart(people)
        floor = Floor(session.on_board.ladder(), block, names)
        return cls(session, floor.block, floor.shown(people), names, running.is_over, floor.shared())


def present_block(running: Running) -> Block | None:
    """The block that runs; before the first is started the one of the ladder, since the board is on screen."""
    if running.block is not None:
        return running.block
    return next((block for block in running.blocks if block.is_ladder), next(iter(running.blocks), None))


def standing_order(people: list[OnRoster], words: LadderWords) -> list[tuple[UUID, str]]:
    """Everybody on the roster with the name of their station, in the order of the stations: stages from the easiest up,
    those who have none, the coach's; then whoever is not here. Within a station the order stays.
    """
    here = tuple(person_of(person, words) for person in people if person.is_here)
    room = Room(people=here, stages=tuple(Stage(key) for key in words.stages))
    there = [
        (person.member_id, words.stages[station.stage].short_name if station.stage else place_name(station.place))
        for station in arrange(room)
        for person in station.people
    ]
    return [*there, *((person.member_id, _("Not here")) for person in people if not person.is_here)]


class Floor:
    """Makes the stations of one block, in the words of the plan, the ladder and the gym."""

    def __init__(self, words: LadderWords, block: Block | None, names: Mapping[UUID, str]) -> None:
        self.words, self.block, self.names = words, block, names
        rows = list(Equipment.objects.all())
        self.things: Things = {row.key: row for row in rows}
        self.owned = {(row.key, row.grams): row.owned for row in rows}

    def shown(self, people: list[OnRoster]) -> tuple[StationShown, ...]:
        """The stations with these people."""
        self.room = self._room([person_of(person, self.words) for person in people if person.is_here])
        self.arranged = arrange(self.room)
        return tuple(self._station(station) for station in self.arranged)

    def shared(self) -> tuple[NeedLine, ...]:
        """What the block needs for all together."""
        return tuple(
            NeedLine(need_words(self.things, need, None), bool(need.short)) for need in shared_needs(self.room)
        )

    def _room(self, people: list[Person]) -> Room:
        occupied = {person.stage for person in people}
        # Somebody may still stand on a stage that is not taught any more.
        stages = [stage for stage in self.words.stages.values() if not stage.retired or stage.key in occupied]
        return Room(
            people=tuple(people),
            stages=tuple(self._stage(stage) for stage in stages),
            everyone=self._planned(self.block.for_everyone) if self.block else (),
            owned=self.owned,
            ways=ways_of(self.block) if self.block else {},
            minutes=self.block.minutes if self.block else MINUTES,
            each=tuple(self.block.equipment.items()) if self.block else (),
            shared=tuple(self.block.shared.items()) if self.block else (),
        )

    def _stage(self, stage: StageWords) -> Stage:
        planned = self._planned(self.block.for_stage(stage.key)) if self.block else ()
        known = [self.words.drills[key] for key in stage.drills if key in self.words.drills]
        own = tuple(Drill(drill.key, drill.needs) for drill in known if not drill.retired_at)
        return Stage(stage.key, planned, own, stage.needs)

    def _planned(self, drills: tuple[BlockDrill, ...]) -> tuple[Drill, ...]:
        """Drills of the plan, with what they need as the gym has it now."""
        return tuple(Drill(each.drill, self._needs(each.drill)) for each in drills)

    def _needs(self, key: str) -> tuple[tuple[str, int], ...]:
        known = self.words.drills.get(key)
        return known.needs if known else ()

    def _station(self, station: Station) -> StationShown:
        stage = self.words.stages.get(station.stage or "")
        proposal = propose(self.room, station) if station.short and self.block else None
        return StationShown(
            id=f"station-{stage.key}" if stage else f"at-{station.place.value}",
            place=station.place,
            name=stage.short_name if stage else place_name(station.place),
            figure=stage.figure if stage else "",
            colour=stage.colour if stage else "",
            people=tuple(self._standing(person) for person in station.people),
            drills=tuple(self._doing(drill.key, station) for drill in station.drills),
            needs=tuple(
                NeedLine(need_words(self.things, need, station.way), bool(need.short)) for need in station.needs
            ),
            is_short=bool(station.short),
            way=Change(way_words(station.way), station.name, "own") if station.way else None,
            proposal=self._change(station, proposal) if proposal else None,
        )

    def _standing(self, person: Person) -> Standing:
        return Standing(person.member_id, self.names[person.member_id], person.stage or "")

    def _doing(self, key: str, station: Station) -> Doing:
        """A drill in the words it was copied in; where the plan has none, in the ladder's."""
        planned = list(enumerate(self.block.drills if self.block else ()))
        # What the block gives to the stage alone comes before what it gives to everyone.
        for place, drill in sorted(planned, key=lambda each: each[1].stage is None):
            if drill.drill == key and drill.stage in (station.stage, None):
                first = drill.instead_of
                more = {"planned": first.drill, "instead_of": first.name} if first else {}
                return Doing(key, drill.name, drill.dose_text, next(iter(drill.cues), ""), place, **more)
        known = self.words.drills[key]
        return Doing(key, known.name, known.dose, next(iter(known.cues), ""))

    def _change(self, short: Station, proposal: Proposal) -> Change:
        """A proposal in words; where it changes another station, that one is named."""
        at = next(station for station in self.arranged if station.name == proposal.at)
        way = proposal.way
        said = change_words(self.words, at, way)
        if proposal.at != short.name:
            said = _("%(station)s: %(change)s") % {
                "station": self.words.stages[proposal.at].short_name,
                "change": way_words(way),
            }
        if way.kind != Kind.DRILL:
            return Change(said, proposal.at, way.kind.value, way.number)
        place = self._doing(way.instead, at).place
        return Change(said, proposal.at, drill=way.drill, place=place, shown=way.instead)


def place_name(place: Place) -> str:
    """What a station is called that is no stage's."""
    return {
        Place.EVERYONE: _("Everyone"),
        Place.NOT_PLACED: _("Not placed yet"),
        Place.WITH_COACH: _("With coach"),
    }[place]


def ways_of(block: Block) -> dict[str, Way]:
    """How people share today, by stage."""
    found = {stage: _way(kept) for stage, kept in block.ways.items()}
    return {stage: way for stage, way in found.items() if way is not None}


def kept_way(kind: str, number: int) -> dict[str, Any]:
    """A way of sharing as a plan keeps it; empty: everybody has their own."""
    return {"way": kind, "number": number} if kind in (Kind.PAIRS, Kind.WAVES) else {}


def _way(kept: Mapping[str, Any]) -> Way | None:
    kind, number = kept.get("way"), kept.get("number")
    if kind not in (Kind.PAIRS, Kind.WAVES) or not isinstance(number, int) or number < 1:
        return None
    return Way(Kind(kind), number)


def person_of(person: OnRoster, words: LadderWords) -> Person:
    """Somebody of the roster as the stations see them."""
    standing = person.standing()
    stage = words.stages.get(standing.stage or "")
    return Person(
        member_id=person.member_id,
        stage=standing.stage,
        grams=standing.setting if stage and stage.quantity == "load" else None,
        held=standing.held,
        sent=person.is_sent,
    )
