"""Where people stand, what is needed against what is owned, and what is proposed. No database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programming.stations import (
    EVERYONE,
    Drill,
    Kind,
    Need,
    Person,
    Place,
    Proposal,
    Room,
    Stage,
    Station,
    Way,
    arrange,
    propose,
)

TAP = Drill("wall-tap", (("wall-spot", 1),))
DOWEL = Drill("dowel-hinge", (("dowel", 1),))
FREE = Drill("hands-on-hips", ())
FLAT = Drill("flat-dowel", (("dowel", 1),))
BAND = Drill("pull-through", (("band", 1), ("anchor", 1)))
HANDS = Drill("good-morning-hands", ())
STICK = Drill("good-morning-dowel", (("dowel", 1),))
SWING = Drill("swing", (("kettlebell", 1),))
DOUBLE = Drill("double-swing", (("kettlebell", 2),))
LIFT = Drill("deadlift", (("barbell", 1),))
COUCH = Drill("couch-stretch", (("band", 2), ("mat", 1)))
CAT = Drill("cat-cow", (("mat", 1),))

WALL = Stage("wall", (TAP,), (TAP,))
ROD = Stage("dowel", (DOWEL,), (DOWEL, FLAT))
LOADED = Stage("loaded", (BAND,), (BAND, HANDS, STICK, SWING, LIFT))


def people(count: int, stage: str | None = "dowel", **fields: Any) -> tuple[Person, ...]:
    """So many people of a stage, each another."""
    start = {"wall": 100, "dowel": 200, "loaded": 300}.get(stage or "", 400) + 1000 * (fields.get("grams") or 0)
    return tuple(Person(UUID(int=start + number), stage, **fields) for number in range(count))


def room(*groups: tuple[Person, ...], stages: tuple[Stage, ...] = (WALL, ROD, LOADED), **fields: Any) -> Room:
    """A room with these people; `owned` may name kinds without a weight."""
    owned = {(key if isinstance(key, tuple) else (key, 0)): count for key, count in fields.pop("owned", {}).items()}
    return Room(people=tuple(person for group in groups for person in group), stages=stages, owned=owned, **fields)


def at(place: Room, stage: str) -> Station:
    """The station of a stage."""
    return next(station for station in arrange(place) if station.name == stage)


def proposed(place: Room, stage: str = "dowel") -> Proposal | None:
    """What is proposed for that stage, which is short of something."""
    station = at(place, stage)
    assert station.short
    return propose(place, station)


# Who stands where ----------------------------------------------------------------------------------------------------


def test_everybody_stands_at_their_stage() -> None:
    stations = arrange(room(people(2, "wall"), people(3), people(1, "loaded")))
    assert [(each.place, each.stage, len(each.people), each.drills) for each in stations] == [
        (Place.STAGE, "wall", 2, (TAP,)),
        (Place.STAGE, "dowel", 3, (DOWEL,)),
        (Place.STAGE, "loaded", 1, (BAND,)),
    ]


def test_those_without_a_stage_stand_apart_and_need_nothing() -> None:
    unplaced = people(1, None) + people(1, "retired")
    *_stages, last = arrange(room(people(2), unplaced, owned={"dowel": 2}))
    assert (last.place, last.people, last.needs) == (Place.NOT_PLACED, unplaced, ())


@pytest.mark.parametrize("why", ["held", "sent"])
def test_with_the_coach_stand_the_held_and_whoever_was_sent(why: str) -> None:
    with_coach = people(1, "dowel", **{why: True})
    stations = arrange(room(people(1, "wall"), with_coach, owned={"dowel": 0}))
    assert stations[-1] == Station(Place.WITH_COACH, people=with_coach)
    assert at(room(with_coach), "dowel").people == ()


def test_somebody_without_a_stage_can_be_with_the_coach() -> None:
    assert arrange(room(people(1, None, held=True)))[-1].place == Place.WITH_COACH


def test_one_drill_for_all_stages_makes_one_station() -> None:
    stages = (Stage("wall", own=(TAP,)), Stage("dowel", own=(DOWEL,)))
    whole = room(people(2, "wall"), people(3), people(1, None), people(1, "wall", sent=True), stages=stages)
    station, coach = arrange(Room(whole.people, stages, (COUCH, CAT), {("mat", 0): 4}))
    assert (station.place, station.name, len(station.people)) == (Place.EVERYONE, EVERYONE, 6)
    # One after the other: a mat serves for both drills.
    assert station.needs == (Need("band", 0, 12, None), Need("mat", 0, 6, 4))
    assert len(coach.people) == 1


def test_a_drill_for_everyone_is_done_where_the_stage_has_none_of_its_own() -> None:
    mixed = room(people(1, "wall"), people(1), people(1, None), stages=(WALL, Stage("dowel")), everyone=(CAT,))
    assert [station.drills for station in arrange(mixed)] == [(TAP,), (CAT,), (CAT,)]


def test_without_a_block_the_first_drill_of_the_stage_is_done() -> None:
    assert at(room(people(1), stages=(Stage("dowel", own=(FLAT, DOWEL)),)), "dowel").drills == (FLAT,)


def test_a_stage_without_any_drill_needs_what_the_stage_says() -> None:
    bare = room(people(3), stages=(Stage("dowel", needs=(("dowel", 1),)),), owned={"dowel": 2})
    assert at(bare, "dowel").needs == (Need("dowel", 0, 3, 2),)
    assert proposed(bare) == Proposal("dowel", Way(Kind.PAIRS, 2))


def test_a_drill_without_equipment_does_not_need_what_its_stage_says() -> None:
    bare = room(people(3), stages=(Stage("dowel", (FREE,), needs=(("dowel", 1),)),), owned={"dowel": 0})
    assert at(bare, "dowel").short == 0


# What is needed against what is owned --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "owned", "short"),
    [(0, 0, 0), (1, 0, 1), (1, 1, 0), (1, None, 0), (7, 6, 1), (6, 6, 0), (40, 6, 34), (40, None, 0), (40, 40, 0)],
)
def test_needed_against_owned(count: int, owned: int | None, short: int) -> None:
    station = at(room(people(count), owned={"dowel": owned}), "dowel")
    assert station.needs == ((Need("dowel", 0, count, owned),) if count else ())
    assert station.short == short


def test_what_no_row_names_is_not_counted() -> None:
    assert at(room(people(3)), "dowel").needs == (Need("dowel", 0, 3, None),)


def test_stations_share_what_the_gym_owns_in_the_order_of_the_ladder() -> None:
    shared = room(people(4), people(3, "loaded"), stages=(ROD, Stage("loaded", (STICK,))), owned={"dowel": 6})
    assert at(shared, "dowel").needs == (Need("dowel", 0, 4, 6),)
    assert at(shared, "loaded").needs == (Need("dowel", 0, 3, 2),)


BELLS = {("kettlebell", 12_000): 2, ("kettlebell", 16_000): 1, ("kettlebell", 0): None}


@pytest.mark.parametrize(
    ("drill", "owned", "needs"),
    [
        # By weight: each needs their own, and a weight that is not there is missing.
        (SWING, BELLS, [("kettlebell", 12_000, 1, 2), ("kettlebell", 16_000, 2, 1), ("kettlebell", 24_000, 1, 0)]),
        (DOUBLE, BELLS, [("kettlebell", 12_000, 2, 2), ("kettlebell", 16_000, 4, 1), ("kettlebell", 24_000, 2, 0)]),
        # Not by weight: any will do.
        (SWING, {("kettlebell", 0): 3}, [("kettlebell", 0, 4, 3)]),
        # The weights are named and nobody has counted them.
        (SWING, {("kettlebell", 16_000): None}, [("kettlebell", 0, 4, None)]),
        # A bar takes plates.
        (LIFT, {("barbell", 20_000): 3, ("barbell", 15_000): 2}, [("barbell", 0, 4, 5)]),
    ],
)
def test_bells_by_weight(drill: Drill, owned: Any, needs: list[Any]) -> None:
    groups = [people(1, "loaded", grams=12_000), people(2, "loaded", grams=16_000), people(1, "loaded", grams=24_000)]
    station = at(room(*groups, stages=(Stage("loaded", (drill,)),), owned=owned), "loaded")
    assert station.needs == tuple(Need(*need) for need in needs)


def test_one_weight_may_be_counted_and_another_not() -> None:
    groups = [people(2, "loaded", grams=12_000), people(9, "loaded", grams=16_000)]
    owned = {("kettlebell", 12_000): 1, ("kettlebell", 16_000): None}
    station = at(room(*groups, stages=(Stage("loaded", (SWING,)),), owned=owned), "loaded")
    assert station.needs == (Need("kettlebell", 12_000, 2, 1), Need("kettlebell", 16_000, 9, None))


def test_who_has_no_weight_yet_takes_what_the_others_leave() -> None:
    groups = [people(1, "loaded", grams=16_000), people(3, "loaded", grams=0)]
    station = at(room(*groups, stages=(Stage("loaded", (SWING,)),), owned=BELLS), "loaded")
    assert station.needs == (Need("kettlebell", 16_000, 1, 1), Need("kettlebell", 0, 3, 2))


def test_a_later_station_finds_no_bell_that_an_earlier_one_took() -> None:
    stages = (Stage("dowel", (SWING,)), Stage("loaded", (SWING,)))
    both = room(people(3, "dowel"), people(1, "loaded", grams=16_000), stages=stages, owned=BELLS)
    assert at(both, "loaded").needs == (Need("kettlebell", 16_000, 1, 0),)


# What is proposed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "owned", "own", "minutes", "way"),
    [
        # Nothing to share, nothing else to do.
        (1, 0, (DOWEL,), 12, None),
        (40, 0, (DOWEL, FLAT), 12, None),
        # Nothing to share, but another drill of the stage needs nothing.
        (1, 0, (DOWEL, FREE), 12, Way(Kind.DRILL, drill="hands-on-hips", instead="dowel-hinge")),
        (40, 0, (DOWEL, FREE), 12, Way(Kind.DRILL, drill="hands-on-hips", instead="dowel-hinge")),
        # Sharing is cheaper than another drill.
        (7, 6, (DOWEL, FREE), 12, Way(Kind.PAIRS, 2)),
        (2, 1, (DOWEL,), 12, Way(Kind.PAIRS, 2)),
        (12, 6, (DOWEL,), 12, Way(Kind.PAIRS, 2)),
        (13, 6, (DOWEL,), 12, Way(Kind.PAIRS, 3)),
        (18, 6, (DOWEL, FREE), 12, Way(Kind.PAIRS, 3)),
        # Beyond three a piece: another drill, then waves.
        (19, 6, (DOWEL, FREE), 12, Way(Kind.DRILL, drill="hands-on-hips", instead="dowel-hinge")),
        (19, 6, (DOWEL, FLAT), 12, Way(Kind.WAVES, 4)),
        (40, 10, (DOWEL,), 12, Way(Kind.WAVES, 4)),
        (40, 7, (DOWEL,), 12, Way(Kind.WAVES, 6)),
        # Seven waves in twelve minutes would be less than two minutes each; in twenty they fit.
        (40, 6, (DOWEL,), 12, None),
        (40, 6, (DOWEL,), 20, Way(Kind.WAVES, 7)),
    ],
)
def test_what_is_proposed(count: int, owned: int, own: tuple[Drill, ...], minutes: int, way: Way | None) -> None:
    short = room(people(count), stages=(Stage("dowel", (DOWEL,), own),), owned={"dowel": owned}, minutes=minutes)
    assert proposed(short) == (Proposal("dowel", way) if way else None)


@pytest.mark.parametrize(
    ("present", "instead"),
    [
        # The nearest; of two as near the easier.
        ("c", "b"),
        ("b", "a"),
        # None harder than one step up, where the easier ones need what is missing as well.
        ("dowel-hinge", "a"),
    ],
)
def test_the_alternative_is_the_nearest_drill_of_the_stage(present: str, instead: str) -> None:
    ladder = [DOWEL, *(Drill(key) for key in "abcd")]
    own = tuple(Drill(present, (("dowel", 1),)) if drill.key == present else drill for drill in ladder)
    drill = next(drill for drill in own if drill.key == present)
    short = room(people(2), stages=(Stage("dowel", (drill,), own),), owned={"dowel": 0})
    assert proposed(short) == Proposal("dowel", Way(Kind.DRILL, drill=instead, instead=present))


def test_no_alternative_is_much_harder() -> None:
    short = room(people(1), stages=(Stage("dowel", (DOWEL,), (DOWEL, FLAT, FREE)),), owned={"dowel": 0})
    assert proposed(short) is None


def test_a_drill_that_is_no_rung_of_the_stage_has_no_alternative() -> None:
    short = room(people(1), stages=(Stage("dowel", (CAT,), (FREE,)),), owned={"mat": 0})
    assert proposed(short) is None


def test_of_several_drills_the_one_that_is_short_is_replaced() -> None:
    both = room(people(1), stages=(Stage("dowel", (CAT, DOWEL), (DOWEL, FREE)),), owned={"dowel": 0, "mat": 1})
    found = proposed(both)
    assert found == Proposal("dowel", Way(Kind.DRILL, drill="hands-on-hips", instead="dowel-hinge"))
    assert at(taken(both, found), "dowel").drills == (CAT, FREE)


def test_an_alternative_that_takes_from_another_station_is_none() -> None:
    own = (STICK, BAND)
    stages = (Stage("dowel", (BAND,), (BAND,)), Stage("loaded", (STICK,), own))
    both = room(people(2, "dowel"), people(1, "loaded"), stages=stages, owned={"dowel": 0, "band": 2})
    assert proposed(both, "loaded") is None
    enough = room(people(2, "dowel"), people(1, "loaded"), stages=stages, owned={"dowel": 0, "band": 3})
    assert proposed(enough, "loaded") == Proposal(
        "loaded", Way(Kind.DRILL, drill="pull-through", instead="good-morning-dowel")
    )


def test_where_nothing_is_left_another_station_shares() -> None:
    both = room(people(6), people(2, "loaded"), stages=(ROD, Stage("loaded", (STICK,))), owned={"dowel": 6})
    assert proposed(both, "loaded") == Proposal("dowel", Way(Kind.PAIRS, 2))


def test_everyone_shares_where_the_drill_is_for_everyone() -> None:
    whole = room(
        people(7, "wall"), people(7), stages=(Stage("wall"), Stage("dowel")), everyone=(CAT,), owned={"mat": 9}
    )
    assert proposed(whole, EVERYONE) == Proposal(EVERYONE, Way(Kind.PAIRS, 2))


def test_people_of_one_weight_share() -> None:
    groups = [people(1, "loaded", grams=12_000), people(2, "loaded", grams=16_000)]
    short = room(*groups, stages=(Stage("loaded", (SWING,)),), owned=BELLS)
    found = proposed(short, "loaded")
    assert found == Proposal("loaded", Way(Kind.PAIRS, 2))
    assert at(taken(short, found), "loaded").needs == (
        Need("kettlebell", 12_000, 1, 2),
        Need("kettlebell", 16_000, 1, 1),
    )


def taken(place: Room, proposal: Proposal | None) -> Room:
    """The room after the proposal was taken."""
    assert proposal
    return Room(
        place.people,
        place.stages,
        place.everyone,
        place.owned,
        {**place.ways, proposal.at: proposal.way},
        place.minutes,
    )


def test_a_way_whose_drill_is_not_of_the_plan_any_more_changes_nothing() -> None:
    for way in (
        Way(Kind.DRILL, drill="gone", instead="dowel-hinge"),
        Way(Kind.DRILL, drill="flat-dowel", instead="gone"),
    ):
        station = at(room(people(1), ways={"dowel": way}), "dowel")
        assert (station.drills, station.way) == ((DOWEL,), None)


# Whatever the room ---------------------------------------------------------------------------------------------------

DRILLS = st.sampled_from([TAP, DOWEL, FREE, FLAT, BAND, HANDS, STICK, SWING, DOUBLE, LIFT, COUCH, CAT])
KEYS = ["a", "b", "c", "d", "e"]
ROOMS = st.builds(
    Room,
    people=st.lists(
        st.builds(
            Person,
            st.uuids(),
            st.none() | st.sampled_from([*KEYS, "retired"]),
            st.none() | st.sampled_from([0, 12_000, 16_000, 24_000]),
            st.booleans(),
            st.booleans(),
        ),
        max_size=40,
        unique_by=lambda person: person.member_id,
    ).map(tuple),
    stages=st.lists(
        st.builds(
            Stage,
            st.sampled_from(KEYS),
            st.lists(DRILLS, max_size=2, unique=True).map(tuple),
            st.lists(DRILLS, max_size=5, unique=True).map(tuple),
        ),
        max_size=5,
        unique_by=lambda stage: stage.key,
    ).map(tuple),
    everyone=st.lists(DRILLS, max_size=2, unique=True).map(tuple),
    owned=st.dictionaries(
        st.tuples(st.sampled_from(["dowel", "band", "mat", "kettlebell"]), st.sampled_from([0, 12_000, 16_000])),
        st.none() | st.integers(0, 20),
    ),
    minutes=st.integers(1, 60),
)


@settings(deadline=None, max_examples=100)
@given(ROOMS)
def test_each_person_stands_at_exactly_one_station(place: Room) -> None:
    standing = [person for station in arrange(place) for person in station.people]
    assert sorted(standing, key=lambda person: person.member_id) == sorted(
        place.people, key=lambda person: person.member_id
    )


@settings(deadline=None, max_examples=100)
@given(ROOMS)
def test_no_more_is_given_out_than_is_owned(place: Room) -> None:
    """Where nothing is short, what all stations need of a kind is there."""
    stations = arrange(place)
    for kind in {kind for kind, _grams in place.owned}:
        counts = [count for (each, _grams), count in place.owned.items() if each == kind]
        needs = [need for station in stations for need in station.needs if need.kind == kind]
        if None not in counts and not any(need.short for need in needs):
            assert sum(need.needed for need in needs) <= sum(count for count in counts if count is not None)


@settings(deadline=None, max_examples=100)
@given(ROOMS)
def test_a_proposal_fits_and_takes_nothing_from_the_others(place: Room) -> None:
    for station in arrange(place):
        proposal = propose(place, station) if station.short else None
        if proposal is not None:
            after = {each.name: each for each in arrange(taken(place, proposal)) if each.place != Place.WITH_COACH}
            before = {each.name: each for each in arrange(place) if each.place != Place.WITH_COACH}
            assert after[station.name].short == 0
            assert all(after[name].short <= before[name].short for name in before)
