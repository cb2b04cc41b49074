"""Who stands where in a block of a class, what is done there, whether the gym has enough for it, and what would fit.

Pure: plain values in, stations out. Nobody is left out: each person stands at exactly one station. A gym that has not
counted something is never short of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

# Up to so many share a piece and take turns; more are waves.
SHARING = (2, 3)
# Minutes that a wave is at least worth.
WAVE_MINUTES = 2
# How many steps up the stage's own order of drills an alternative may be.
STEPS_HARDER = 1
# Bars are loaded to the wanted weight, so that each serves everybody.
TAKES_PLATES = frozenset({"barbell", "trap-bar"})
# Of the shipped kinds those that serve everybody whatever weight they are at.
NEVER_WEIGHED = frozenset({"wall-spot", "dowel", "band", "anchor", "mat", "bench", "block"})
# Whom `Room.ways` names where one drill is for everyone.
EVERYONE = ""


class Place(StrEnum):
    """What a station is for. `EVERYONE` is there where the block gives the same drills to all stages."""

    STAGE = "stage"
    EVERYONE = "everyone"
    NOT_PLACED = "not_placed"
    WITH_COACH = "with_coach"


class Kind(StrEnum):
    """What is changed for today where something is short, the cheapest change first."""

    PAIRS = "pairs"
    DRILL = "drill"
    WAVES = "waves"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is here. `grams` is their setting where the stage is set by weight."""

    member_id: UUID
    stage: str | None = None
    grams: int | None = None
    # For pain: they stand with the coach without being sent.
    held: bool = False
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill and what one person needs for it: (kind, how many)."""

    key: str
    needs: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage in the present block: `drills` are the block's for it, `own` the stage's, in order of demand.

    `needs` holds only where there is no drill at all.
    """

    key: str
    drills: tuple[Drill, ...] = ()
    own: tuple[Drill, ...] = ()
    needs: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A change for today at one station: `number` share a piece, or there are so many waves, or another drill.

    `drill` is done instead of the block's drill `instead`. Once it is taken it is the block's drill.
    """

    kind: Kind
    number: int = 1
    drill: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Room:
    """Everything that stations are made of.

    `owned` is counted by kind and weight in grams (0: any); None is not counted. `everyone` are the block's drills that
    name no stage. `ways` are today's changes by stage. `each` is what one person needs at any station whatever the
    drill, `shared` what serves all stations together: it is taken first.
    """

    people: tuple[Person, ...] = ()
    stages: tuple[Stage, ...] = ()
    everyone: tuple[Drill, ...] = ()
    owned: Mapping[tuple[str, int], int | None] = field(default_factory=dict)
    ways: Mapping[str, Way] = field(default_factory=dict)
    minutes: int = 12
    each: tuple[tuple[str, int], ...] = ()
    shared: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """What a station needs of one thing, and how many of it are left for it; None: nobody counted them.

    Stations are served in the order of the ladder.
    """

    kind: str
    grams: int
    needed: int
    here: int | None

    @property
    def short(self) -> int:
        """How many are missing."""
        return max(self.needed - self.here, 0) if self.here is not None else 0


@dataclass(frozen=True, slots=True)
class Station:
    """One place of the room: who stands there, and what they do and need. `stage` only where it is a stage's."""

    place: Place
    stage: str | None = None
    people: tuple[Person, ...] = ()
    drills: tuple[Drill, ...] = ()
    needs: tuple[Need, ...] = ()
    way: Way | None = None

    @property
    def short(self) -> int:
        """How many things are missing."""
        return sum(need.short for need in self.needs)

    @property
    def name(self) -> str:
        """The name under which `Room.ways` knows it."""
        return self.stage or EVERYONE


@dataclass(frozen=True, slots=True)
class Proposal:
    """A way that fits. `at` is the station it changes; mostly the short one itself, else one that uses the same."""

    at: str
    way: Way


def arrange(room: Room) -> tuple[Station, ...]:
    """The stations of a room: the stages from the easiest up, or one for everyone; then those who have none."""
    with_coach = tuple(person for person in room.people if person.held or person.sent)
    others = [person for person in room.people if not (person.held or person.sent)]
    store = Store(room.owned)
    _take_shared(room, store)
    if is_for_everyone(room):
        stations = [_station(Place.EVERYONE, Stage(EVERYONE, room.everyone), others, room, store)]
    else:
        known = {stage.key for stage in room.stages}
        stations = [
            _station(Place.STAGE, stage, [each for each in others if each.stage == stage.key], room, store)
            for stage in room.stages
        ]
        unplaced = tuple(person for person in others if person.stage not in known)
        if unplaced:
            stations.append(Station(Place.NOT_PLACED, people=unplaced, drills=room.everyone))
    if with_coach:
        stations.append(Station(Place.WITH_COACH, people=with_coach))
    return tuple(stations)


def shared_needs(room: Room) -> tuple[Need, ...]:
    """What the block needs for all together, and how many of it are here."""
    return _take_shared(room, Store(room.owned))


def _take_shared(room: Room, store: Store) -> tuple[Need, ...]:
    return tuple(store.take(kind, 0, count) for kind, count in room.shared)


def is_for_everyone(room: Room) -> bool:
    """Whether the block gives all stages the same."""
    return bool(room.everyone) and not any(stage.drills for stage in room.stages)


def propose(room: Room, short: Station) -> Proposal | None:
    """The cheapest change after which nothing is missing at that station and no more at any other; None: none fits."""
    before = _shorts(room)
    for proposal in _changes(room, short):
        after = _shorts(replace(room, ways={**room.ways, proposal.at: proposal.way}))
        if not after[short.name] and all(after[name] <= before[name] for name in after):
            return proposal
    return None


def _shorts(room: Room) -> dict[str, int]:
    """How many things are missing at each station where something is done."""
    working = (Place.STAGE, Place.EVERYONE)
    return {station.name: station.short for station in arrange(room) if station.place in working}


def _changes(room: Room, short: Station) -> Iterator[Proposal]:
    """What could be tried, the cheapest first."""
    for number in SHARING:
        yield Proposal(short.name, Way(Kind.PAIRS, number))
    for stage in room.stages:
        if stage.key == short.stage:
            yield from (Proposal(stage.key, way) for way in _alternatives(stage, short))
    for number in range(SHARING[-1] + 1, room.minutes // WAVE_MINUTES + 1):
        yield Proposal(short.name, Way(Kind.WAVES, number))
    missing = {need.kind for need in short.needs if need.short}
    for station in arrange(room):
        if station.name != short.name and missing & {need.kind for need in station.needs}:
            yield from (Proposal(station.name, Way(Kind.PAIRS, number)) for number in SHARING)


def _alternatives(stage: Stage, short: Station) -> Iterator[Way]:
    """The other drills of the stage, the nearest in demand first and of two as near the easier; none much harder.

    Only for a drill that the block gives to this stage alone.
    """
    order = [drill.key for drill in stage.own]
    missing = {need.kind for need in short.needs if need.short}
    for drill in stage.drills:
        if drill.key not in order or not missing & {kind for kind, _count in drill.needs}:
            continue
        at = order.index(drill.key)
        near = sorted(range(len(order)), key=lambda place: (abs(place - at), place))
        for place in near:
            if place != at and place - at <= STEPS_HARDER:
                yield Way(Kind.DRILL, drill=order[place], instead=drill.key)


class Store:
    """What the gym owns, while station after station takes what it needs."""

    def __init__(self, owned: Mapping[tuple[str, int], int | None]) -> None:
        self.owned = owned
        self.taken: Counter[tuple[str, int]] = Counter()
        # What comes in weights, and is counted by them.
        self.weighed = {kind for (kind, grams), count in owned.items() if grams and count is not None}

    def weight(self, kind: str, grams: int | None) -> int:
        """The weight that somebody with this setting needs of a kind; 0: any will do."""
        return grams if grams and kind in self.weighed and kind not in TAKES_PLATES | NEVER_WEIGHED else 0

    def left(self, kind: str, grams: int) -> int | None:
        """How many nobody has taken; None: not counted. A weight that no row names is not there."""
        whole = self._whole(kind)
        rest = None if whole is None else whole - sum(taken for (each, _), taken in self.taken.items() if each == kind)
        if not grams:
            return rest
        own = self.owned.get((kind, grams), 0)
        if own is None:
            return None
        of_it = own - self.taken[kind, grams]
        # Those whom any weight serves may have taken of it.
        return of_it if rest is None else min(of_it, rest)

    def _whole(self, kind: str) -> int | None:
        counts = {grams: count for (each, grams), count in self.owned.items() if each == kind}
        if kind in self.weighed and counts.get(0, 0) is None:
            # Counted by weight: what has none is not there.
            del counts[0]
        if not counts or None in counts.values():
            return None
        return sum(count for count in counts.values() if count is not None)

    def take(self, kind: str, grams: int, wanted: int) -> Need:
        """Take what is wanted, or what is left of it."""
        here = self.left(kind, grams)
        self.taken[kind, grams] += wanted if here is None else min(wanted, here)
        return Need(kind, grams, wanted, here)


def _station(place: Place, stage: Stage, people: list[Person], room: Room, store: Store) -> Station:
    """One station with what its people do and take."""
    way = room.ways.get(stage.key)
    drills = stage.drills or room.everyone or stage.own[:1]
    if way is not None and way.kind == Kind.DRILL:
        instead = {drill.key: drill for drill in stage.own if drill.key == way.drill}
        if not instead or way.instead not in [drill.key for drill in drills]:
            # The plan or the ladder was changed since.
            way = None
        else:
            drills = tuple(instead[way.drill] if drill.key == way.instead else drill for drill in drills)
    # A drill that needs the block's own thing as well needs no second one.
    each = _for_one((*(drills or (Drill("", stage.needs),)), Drill("", room.each)))
    turns = way.number if way is not None and way.kind != Kind.DRILL else 1
    wanted = Counter((kind, store.weight(kind, person.grams)) for person in people for kind in each)
    # Exact weights first: whoever can take any has the rest.
    lines = sorted(wanted.items(), key=lambda line: (list(each).index(line[0][0]), not line[0][1], line[0][1]))
    needs = tuple(store.take(kind, grams, each[kind] * -(-count // turns)) for (kind, grams), count in lines)
    return Station(place, stage.key or None, tuple(people), drills, needs, way)


def _for_one(drills: tuple[Drill, ...]) -> dict[str, int]:
    """What one person needs for drills that are done one after the other."""
    most: dict[str, int] = {}
    for drill in drills:
        for kind, count in drill.needs:
            most[kind] = max(most.get(kind, 0), count)
    return most
