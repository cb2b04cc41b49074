"""Two tablets on one class, one of them away for a while: what was tapped there arrives late and takes its place."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.scope import in_gym
from programming.models import Placement
from tests.browser.conftest import Trouble
from tests.browser.pages import SEEN_BY_OTHERS, Board, Floor

Keep = Callable[[Page, str], None]

AGO = r"(just now|1 min ago)"
# A tablet that comes back asks again within some seconds.
BACK = 20_000


@pytest.fixture
def tablets(carla_and_kim: tuple[Board, Board], trouble: Trouble) -> tuple[Board, Board]:
    """Carla's board and Kim's, who goes out of reach."""
    trouble.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_NETWORK")
    return carla_and_kim


def stage_of(floor: Floor, name: str) -> str:
    """Where somebody stands, as stored."""
    with in_gym(floor.gym):
        return str(Placement.objects.get(member=floor.people[name]).position.stage)


def says(board: Board, name: str, words: str) -> None:
    """Wait until the row says so where the whole sentence has no room."""
    expect(board.short(name)).to_have_text(re.compile(rf"^{words}\s*$"), timeout=BACK)


def test_a_stage_tapped_out_of_reach_loses_to_a_later_one_and_one_tap_chooses_it(
    tablets: tuple[Board, Board], floor: Floor, keep: Keep
) -> None:
    (carla, kim), name = tablets, "Ben T."
    kim.page.context.set_offline(True)
    kim.stage(name, "Dowel").tap()
    kim.stands_on(name, "Dowel")
    # A moment later, on a board that knows nothing of it.
    carla.page.wait_for_timeout(300)
    carla.stage(name, "Loaded").tap()
    carla.is_saved()

    kim.page.context.set_offline(False)
    says(kim, name, rf"Carla C\.: loaded {AGO} · you: dowel")
    kim.stands_on(name, "Loaded")
    says(carla, name, rf"Kim K\.: dowel {AGO} · you: loaded")
    carla.stands_on(name, "Loaded")
    keep(kim.page, "crossing-late")
    # Whoever cannot see it hears the whole sentence.
    sentence = r"Carla C\. moved Ben T\. to loaded (just now|a minute ago); you tapped dowel\. Loaded stands\."
    expect(kim.row(name).get_by_role("button", name=re.compile(sentence))).to_be_attached()
    assert stage_of(floor, name) == "loaded"

    other = kim.row(name).locator("[data-other]")
    expect(other).to_contain_text("Dowel")
    other.tap()
    for board in (kim, carla):
        expect(board.row(name).locator("[data-other]")).to_have_count(0, timeout=SEEN_BY_OTHERS)
        board.stands_on(name, "Dowel")
    assert stage_of(floor, name) == "dowel"
    assert floor.taps_of(name) == [("stage", "dowel"), ("stage", "loaded"), ("stage", "dowel")]


def test_a_pain_tapped_out_of_reach_takes_a_later_move_up_away(
    tablets: tuple[Board, Board], floor: Floor, keep: Keep
) -> None:
    (carla, kim), name = tablets, "Ben T."
    kim.open_sheet(name)
    kim.page.context.set_offline(True)
    kim.chip("Pain").tap()
    carla.page.wait_for_timeout(300)
    carla.stage(name, "Loaded").tap()
    carla.is_saved()
    carla.stands_on(name, "Loaded")

    kim.page.context.set_offline(False)
    says(carla, name, r"PAIN · held · not on loaded")
    carla.stands_on(name, "Wall")
    says(kim, name, r"PAIN · held · not on loaded")
    kim.stands_on(name, "Wall")
    keep(carla.page, "pain-late")
    assert stage_of(floor, name) == "wall-tap"
    # Nothing of it is lost.
    assert floor.taps_of(name) == [("pain", ""), ("stage", "loaded")]
