"""The soak’s verdict finds a tap that is lost, doubled or altered, and whoever stands elsewhere than taps put them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.utils import timezone

from gym.identifiers import uuid7
from gym.models import Membership
from gym.scope import in_gym
from programming.models import Attendance, Note, Placement, Undo
from programming.models import Tap as StoredTap
from soak.floor import Floor, make_floor
from soak.run import Result
from soak.tablet import without_refusal
from soak.taps import Made, made_of
from soak.verdict import Verdict, verdict
from tests import make


@pytest.fixture
def floor(db: None) -> Floor:
    """The soak's class before its first tap."""
    return make_floor()


# What a tablet keeps of a tap, and the row that stands for it in the database.
Tap = Callable[..., Made]


@pytest.fixture
def tapped(floor: Floor) -> Tap:
    """`tapped(person, what, stage="dowel")` is a tap of Carla's that was made and, unless `is_lost`, has arrived."""

    def tap(
        person: Membership,
        what: str,
        *,
        key: UUID | None = None,
        landed: datetime | None = None,
        by: Membership | None = None,
        age: timedelta = timedelta(),
        is_lost: bool = False,
        **values: Any,
    ) -> Made:
        coach, key, landed = floor.coaches[0], key or uuid7(), landed or timezone.now()
        if not is_lost:
            sent = make.screen_tap(what, person, by=by or coach, key=key, age=age, **values)
            with in_gym(floor.gym):
                floor.session.record_tap(sent, now=landed + age)
        body = "&".join(f"{name}={value}" for name, value in {**values, "seen": "3", "from": "sheet"}.items())
        kept = {
            "key": str(key),
            "finger of": str(coach.pk),
            "address": f"{floor.board_path}{person.pk}/{what}/",
            "body": body,
            "landed": landed.timestamp() * 1000,
        }
        return made_of("Carla C.", [json.dumps(kept)])[0]

    return tap


def judged(floor: Floor, *made: Made, renamed: dict[str, str] | None = None) -> Verdict:
    people = {each.pk: each.short_name for each in floor.people}
    return verdict(floor, list(made), people, on_the_way=timedelta(seconds=12), renamed=renamed)


def found(judgement: Verdict) -> dict[str, int]:
    """How much of each kind was found wrong."""
    counts: dict[str, Any] = {name: len(lines) for name, lines in vars(judgement).items()}
    return {name: count for name, count in counts.items() if count}


def test_all_is_well_where_every_tap_has_arrived(floor: Floor, tapped: Tap) -> None:
    ana = floor.people[0]
    taps = [tapped(ana, "stage", stage="loaded"), tapped(ana, "saw", saw="clean", stage="loaded")]
    judgement = judged(floor, *taps)
    assert (found(judgement), judgement.passed) == ({}, True)


def test_what_counts_since_something_before_it_was_taken_back_is_no_tap_of_its_own(floor: Floor, tapped: Tap) -> None:
    ana, begin = floor.people[0], timezone.now() - timedelta(seconds=60)
    first = tapped(ana, "saw", saw="clean", stage="dowel", landed=begin)
    slip = tapped(ana, "saw", saw="clean", stage="dowel", landed=begin + timedelta(seconds=9))
    late = {"landed": begin + timedelta(seconds=5), "age": timedelta(seconds=20), "by": floor.coaches[0]}
    undo = tapped(ana, "undo", undone=str(first.key), **late)
    assert found(judged(floor, first, undo, slip)) == {}
    # That it is another coach's is found,
    kims = Made(**{**vars(slip), "coach": floor.coaches[1].pk})
    assert found(judged(floor, first, undo, kims))["altered"] == 2
    # and where it counts nowhere.
    with in_gym(floor.gym):
        Undo.objects.create(
            undone=StoredTap.objects.get(detail__again=str(slip.key)),
            tap=StoredTap.objects.get(key=undo.key),
            at=undo.landed,
            actor=floor.coaches[0],
            order=1,
        )
    assert found(judged(floor, first, undo, slip))["differing"] == 1


def test_a_lost_tap_is_found(floor: Floor, tapped: Tap) -> None:
    ana = floor.people[0]
    judgement = judged(floor, tapped(ana, "stage", stage="loaded", is_lost=True))
    assert (found(judgement), judgement.passed) == ({"lost": 1}, False)


def test_a_tap_that_is_stored_under_two_keys_is_doubled(floor: Floor, tapped: Tap) -> None:
    ana, now = floor.people[1], timezone.now()
    first = tapped(ana, "saw", saw="clean", stage="dowel", landed=now - timedelta(seconds=40))
    again = tapped(ana, "saw", saw="clean", stage="dowel", landed=now)
    judgement = judged(floor, first, renamed={str(again.key): str(first.key)})
    # It counts as another clean as well.
    assert (len(judgement.doubled), len(judgement.differing), judgement.lost) == (1, 2, [])


def test_a_row_that_no_tablet_made_is_found(floor: Floor, tapped: Tap) -> None:
    tapped(floor.people[0], "saw", saw="clean", stage="dowel")
    judgement = judged(floor)
    assert "was never made" in judgement.doubled[0]


def test_a_tap_under_another_coach_is_altered(floor: Floor, tapped: Tap) -> None:
    carlas = tapped(floor.people[0], "stage", stage="loaded", by=floor.coaches[1])
    assert found(judged(floor, carlas)) == {"altered": 1}


def test_a_tap_of_a_shared_tablet_that_does_not_say_so_is_altered(floor: Floor, tapped: Tap) -> None:
    unsaid = tapped(floor.people[0], "stage", stage="loaded")
    shared = Made(**{**vars(unsaid), "device": floor.shared.device})
    assert found(judged(floor, shared)) == {"altered": 1}


def test_what_a_tap_brought_about_under_another_coach_is_altered(floor: Floor, tapped: Tap) -> None:
    ana, (carla, kim, _tomasz) = floor.people[0], floor.coaches
    made = tapped(ana, "saw", saw="clean", stage="dowel")
    with in_gym(floor.gym):
        tap = StoredTap.objects.get(key=made.key)
        for coach in (carla, kim):
            Note.objects.create(tap=tap, member=ana, at=tap.at, actor=coach, order=1)
    [line] = judged(floor, made).altered
    assert line.startswith("Note") and str(kim.pk) in line


@pytest.mark.parametrize(("late", "found_altered"), [(0, 0), (10, 0), (20, 1), (-5, 1)])
def test_a_tap_at_another_time_than_the_finger_is_altered(
    floor: Floor, tapped: Tap, late: int, found_altered: int
) -> None:
    moved = tapped(floor.people[0], "stage", stage="loaded", landed=timezone.now() - timedelta(seconds=30))
    earlier = Made(**{**vars(moved), "landed": moved.landed - timedelta(seconds=late)})
    assert len(judged(floor, earlier).altered) == found_altered


def test_two_taps_that_changed_places_are_altered(floor: Floor, tapped: Tap) -> None:
    ana, now = floor.people[0], timezone.now()
    first = tapped(ana, "stage", stage="loaded", landed=now - timedelta(seconds=5))
    second = tapped(ana, "stage", stage="dowel", landed=now - timedelta(seconds=6))
    later = Made(**{**vars(second), "landed": first.landed + timedelta(milliseconds=30)})
    judgement = judged(floor, first, later)
    assert any("came to stand after" in line for line in judgement.altered)


def test_somebody_who_stands_elsewhere_is_found(floor: Floor, tapped: Tap) -> None:
    ana, ben = floor.people[:2]
    taps = [tapped(ana, "stage", stage="loaded")]
    with in_gym(floor.gym):
        placement = Placement.objects.get(member=ana)
        Placement.objects.filter(member=ana).update(standing={**placement.standing, "clean": 7})
        Attendance.objects.filter(member=ben).update(state="no_show")
    lines = judged(floor, *taps).differing
    assert len(lines) == 2
    assert "clean in a row is 7 and should be 0" in lines[0]


def test_why_a_tap_was_refused_is_no_difference_and_all_else_of_its_row_is() -> None:
    fresh = {"words": "Ana A. PAIN · held", "marks": ["data-hold"], "pressed": ["Wall true"]}
    refused = {**fresh, "words": "Ana A. is held for pain.", "marks": ["data-hold", "data-refused"]}
    assert without_refusal(refused, fresh) == fresh
    for other in ({"pressed": ["Wall false"]}, {"marks": ["data-refused"]}):
        assert without_refusal({**refused, **other}, fresh) != fresh
    assert without_refusal({**fresh, "words": "Ana A. clean"}, fresh) != fresh
    assert without_refusal(None, fresh) != fresh
    assert without_refusal("16 here", "17 here") == "16 here"


def test_a_drop_in_who_is_not_there_is_missed(floor: Floor) -> None:
    key = uuid7()
    address = f"{floor.board_path}add/"
    kept = {
        "key": str(key),
        "finger of": str(floor.coaches[0].pk),
        "address": address,
        "body": "name=Gus",
        "landed": 1e12,
    }
    made = made_of("Carla C.", [json.dumps(kept)])
    who = {uuid5(key, f"drop-in at {floor.gym.pk}"): "Gus"}
    judgement = verdict(floor, made, who, on_the_way=timedelta())
    assert found(judgement) == {"lost": 1, "differing": 1}


@pytest.mark.parametrize(("turned", "passes"), [(2, False), (23, False), (24, True), (41, True)])
def test_a_soak_whose_tablet_was_hardly_shared_has_not_passed(turned: int, passes: bool) -> None:
    tablets = [SimpleNamespace(unheard=[], turned=each) for each in (0, turned)]
    evening: Any = SimpleNamespace(tablets=tablets, failed=[])
    taps: Any = [None] * 600
    result = Result(evening, Verdict(), taps, [], 1.0)
    assert result.passed is passes
    assert result.unshared() == (
        [] if passes else [f"the shared tablet changed hands {turned} times and not at least 24"]
    )
