"""Several ladders on one class: a coach puts a further one on the board, and each tap is of the one on screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gym.scope import in_gym
from programming.models import Block, BlockDrill, ClassSession, ClassTemplate, Drill, Placement, Progression
from programming.station_list import Stations
from tests import make
from tests.coach.conftest import signed_in
from tests.page import Element, read
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def squat(evening: ClassSession, cast: Cast) -> Progression:
    return make.second_ladder(cast.northside)


@pytest.fixture
def carla(cast: Cast) -> Client:
    return signed_in(cast.carla)


def page(client: Client, address: str) -> Element:
    return read(client.get(address, follow=True).content.decode())


def stages_of(row: Element) -> list[str]:
    return [each["value"] for each in row.all("button", name="stage")]


def test_a_further_ladder_is_on_the_board_in_one_tap(
    carla: Client, evening: ClassSession, squat: Progression, cast: Cast
) -> None:
    board = f"/gym/northside-barbell/class/{evening.pk}/"
    assert not page(carla, board).all("nav", **{"class": "ladders"})
    answer = carla.post(f"{board}ladders/", {"ladder": "squat"})
    assert answer["Location"] == f"{board}on/squat/"
    for address, shown in ((board, "Hip hinge"), (f"{board}on/squat/", "Squat")):
        tabs = page(carla, address).one("nav", **{"class": "ladders"}).all("a")
        assert [each["href"] for each in tabs] == [board, f"{board}on/squat/"]
        assert [each.text for each in tabs if "aria-current" in each.attributes] == [shown]
    # Again it is still one.
    carla.post(f"{board}ladders/", {"ladder": "squat"})
    assert len(page(carla, board).one("nav", **{"class": "ladders"}).all("a")) == 2
    assert carla.post(f"{board}ladders/", {"ladder": "press"}).status_code == 422


def test_a_tap_is_of_the_ladder_on_screen(carla: Client, evening: ClassSession, squat: Progression, cast: Cast) -> None:
    board = f"/gym/northside-barbell/class/{evening.pk}/"
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    carla.post(f"{board}ladders/", {"ladder": "squat"})
    row = page(carla, f"{board}on/squat/").one("li", id=f"m-{cast.ana.pk}")
    assert stages_of(row) == ["box-squat", "goblet-squat"]
    stage = row.one("form", id=f"stage-{cast.ana.pk}")
    assert carla.post(stage["action"], {"stage": "box-squat"})["Location"].startswith(f"{board}on/squat/#")
    with in_gym(cast.northside):
        stood = Placement.objects.filter(member=cast.ana).values_list("progression__key", "stage__key")
        assert set(stood) == {("hip-hinge", "dowel"), ("squat", "box-squat")}
    # The last tap reads right on the other ladder's board, and is undone there.
    other = page(carla, board)
    assert "to box-squat" in other.one("footer", id="bar").text
    undo = other.one("form", id="undo-tap")
    carla.post(undo["action"], {"undone": undo.one("input", name="undone")["value"]})
    with in_gym(cast.northside):
        assert Placement.objects.get(member=cast.ana, progression=squat).stage is None
        assert Placement.objects.get(member=cast.ana, progression=evening.progression).stage is not None


def test_a_stage_of_the_other_ladder_is_no_stage_of_this(
    carla: Client, evening: ClassSession, squat: Progression, cast: Cast
) -> None:
    board = f"/gym/northside-barbell/class/{evening.pk}/"
    carla.post(f"{board}ladders/", {"ladder": "squat"})
    assert carla.post(f"{board}on/squat/{cast.ana.pk}/stage/", {"stage": "dowel"}).status_code == 422
    assert carla.post(f"{board}{cast.ana.pk}/stage/", {"stage": "box-squat"}).status_code == 422


def test_pain_holds_on_both(carla: Client, evening: ClassSession, squat: Progression, cast: Cast) -> None:
    board = f"/gym/northside-barbell/class/{evening.pk}/"
    carla.post(f"{board}ladders/", {"ladder": "squat"})
    carla.post(f"{board}on/squat/{cast.ana.pk}/pain/", {"where": "knee"})
    for address in (board, f"{board}on/squat/"):
        assert "data-hold" in page(carla, address).one("li", id=f"m-{cast.ana.pk}").attributes


def test_stations_are_those_of_the_blocks_ladder(evening: ClassSession, squat: Progression, cast: Cast) -> None:
    now = timezone.now()
    with in_gym(cast.northside):
        template = ClassTemplate.objects.create(key="mixed", name="Mixed", progression=evening.progression)
        block = Block.objects.create(template=template, position=0, title="Squats", minutes=20)
        for place, stage in enumerate(squat.stages.all()):
            drill = Drill.objects.get(key="cat-cow")
            BlockDrill.objects.create(block=block, position=place, stage=stage, drill=drill)
        session = ClassSession.begin(template, coach=cast.carla, starts_at=now - timedelta(minutes=5))
        assert list(session.ladders.order_by("key").values_list("key", flat=True)) == ["hip-hinge", "squat"]
        make.roster(session, cast.ana)
        stations = Stations.read(ClassSession.objects.select_related("progression").get(pk=session.pk), now)
        assert [each.id for each in stations.stations if each.id.startswith("station-")] == [
            "station-box-squat",
            "station-goblet-squat",
        ]
        # The class of one ladder says nothing of it.
        assert all("ladder" not in block for block in evening.plan)
