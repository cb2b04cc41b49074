"""The class's clock in Chromium: the same second everywhere, whatever happens; intervals; the summary on one page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from tests import make
from tests.browser.conftest import PHONE, TABLET, TABLET_SHORT, OpenPage, Trouble
from tests.browser.pages import Board, Clock, Floor, all_sent

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]

# Milliseconds until a screen shows what another one did.
SEEN_BY_OTHERS = 10_000
# A device whose own clock is an hour ahead.
WRONG_CLOCK = "{ const right = Date.now.bind(Date); Date.now = () => right() + 3600000; }"


def left(page: Page) -> int:
    """Whole seconds left on the screen's clock."""
    minutes, seconds = page.locator("[data-clock]").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def agree(*pages: Page) -> None:
    """They show the same second, or one of them the next one already."""
    shown = [left(page) for page in pages]
    assert max(shown) - min(shown) <= 1, shown


def test_every_screen_shows_the_same_second(
    open_page: OpenPage, floor: Floor, sign_in: SignIn, clock: Clock, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    carla, kim = open_page(TABLET), open_page(TABLET)
    kim.add_init_script(WRONG_CLOCK)
    assert floor.cast.carla.user and floor.cast.kim.user
    sign_in(carla, floor.cast.carla.user)
    sign_in(kim, floor.cast.kim.user)
    Board(kim, floor).open()
    carla.goto(f"{floor.url}plan/")
    carla.get_by_role("button", name="Start: Couch stretch").tap()
    expect(carla.locator("[data-clock]")).to_have_text(re.compile("03:5"))
    expect(kim.locator("[data-clock]")).to_have_text(re.compile("03:5"), timeout=SEEN_BY_OTHERS)
    keep(kim, "board-with-clock")
    keep(carla, "plan")
    agree(carla, kim)

    kim.reload()
    agree(carla, kim)

    # The clock goes on while the network is away.
    carla.context.set_offline(True)
    before = left(carla)
    time.sleep(2.2)
    assert before - left(carla) in (2, 3)
    agree(carla, kim)
    carla.context.set_offline(False)

    # The server's clock is moved on: with the next answer all of them know.
    clock.forward(60)
    for page in (carla, kim):
        expect(page.locator("[data-clock]")).to_have_text(re.compile("^02:"), timeout=SEEN_BY_OTHERS)
    agree(carla, kim)

    # Paused, and going on where it stood.
    carla.get_by_role("button", name="Pause").tap()
    expect(carla.get_by_text("paused")).to_be_visible()
    expect(kim.locator("#strip [data-standing]")).to_be_visible(timeout=SEEN_BY_OTHERS)
    assert left(carla) == left(kim)
    carla.get_by_role("button", name="Go on").tap()
    expect(kim.locator("#strip [data-standing]")).to_have_count(0, timeout=SEEN_BY_OTHERS)
    agree(carla, kim)


def test_an_interval_says_phase_side_and_count_and_sounds_where_somebody_wants_it(
    page: Page, floor: Floor, sign_in: SignIn, clock: Clock, keep: Keep
) -> None:
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)
    make.step(floor.session, "block", by=floor.cast.carla, block=0)
    page.goto(f"{floor.url}plan/")
    interval = page.locator(".interval")
    expect(interval).to_have_attribute("data-phase", "work")
    expect(interval).to_contain_text("left side")
    expect(interval).to_contain_text("1 of 4")
    sound = page.get_by_role("button", name="Sound at each change")
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.tap()
    expect(sound).to_have_attribute("aria-pressed", "true")
    # Once as a sample, once where work turns to rest.
    expect(sound).to_have_attribute("data-heard", "1")
    clock.forward(10)
    expect(interval).to_have_attribute("data-phase", "rest", timeout=SEEN_BY_OTHERS)
    expect(sound).to_have_attribute("data-heard", "2")
    keep(page, "plan-rest")
    clock.forward(120)
    expect(interval).to_contain_text("right side", timeout=SEEN_BY_OTHERS)
    page.reload()
    expect(sound).to_have_attribute("aria-pressed", "true")


def test_it_sounds_at_the_first_phase_after_next_and_not_after_a_pause(
    page: Page, floor: Floor, sign_in: SignIn, clock: Clock
) -> None:
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)
    make.step(floor.session, "block", by=floor.cast.carla, block=1)
    page.goto(f"{floor.url}plan/")
    interval = page.locator(".interval")
    expect(interval).to_have_count(0)
    sound = page.get_by_role("button", name="Sound at each change")
    sound.tap()
    expect(sound).to_have_attribute("data-heard", "1")
    # The interval comes onto the page with its first phase.
    page.locator("#go-back button").tap()
    expect(interval).to_have_attribute("data-phase", "work")
    expect(sound).to_have_attribute("data-heard", "2")
    # Painted before the server has it: the clock waits for the server.
    page.get_by_role("button", name="Pause").tap()
    expect(page.get_by_text("paused")).to_be_visible()
    all_sent(page)
    paused = page.evaluate("clock.now()")
    clock.forward(30)
    # A page hears of it with the next poll.
    page.wait_for_function("(paused) => clock.now() > paused + 30_000", arg=paused)
    page.get_by_role("button", name="Go on").tap()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    all_sent(page)
    # Still in the middle of it: the next sound is where it ends.
    expect(interval).to_have_attribute("data-phase", "work")
    expect(sound).to_have_attribute("data-heard", "2")
    clock.forward(10)
    expect(interval).to_have_attribute("data-phase", "rest", timeout=SEEN_BY_OTHERS)
    expect(sound).to_have_attribute("data-heard", "3")


@pytest.mark.parametrize("size", [TABLET, TABLET_SHORT, PHONE], ids=["tablet", "short", "phone"])
def test_the_strip_has_its_line_and_the_rows_stay_where_they_are(
    open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep, size: tuple[int, int]
) -> None:
    page = open_page(size)
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)
    board = Board(page, floor).open()
    first = board.row("Aaliyah M.").bounding_box()
    make.step(floor.session, "block", by=floor.cast.kim, block=2)
    expect(page.locator("#strip [data-clock]")).to_have_text(re.compile("11:5"), timeout=SEEN_BY_OTHERS)
    assert board.row("Aaliyah M.").bounding_box() == first
    if size != PHONE:
        assert page.evaluate("(({scrollHeight, clientHeight}) => scrollHeight - clientHeight)(roster)") == 0
        widths = page.eval_on_selector_all("#strip .blocks > span", "all => all.map(each => each.clientWidth)")
        # In proportion to their minutes: 4, 4, 12, 20, 5.
        assert [round(width / sum(widths) * 45) for width in widths] == [4, 4, 12, 20, 5]
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") == 0
    keep(page, f"strip-{size[0]}x{size[1]}")
    page.locator("#strip a").tap()
    expect(page.get_by_role("heading", name="Hinge ladder").first).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") == 0


def test_the_summary_of_a_class_of_twenty_is_one_page(
    page: Page, floor: Floor, sign_in: SignIn, tmp_path: Path
) -> None:
    carla = floor.cast.carla
    assert carla.user
    names = ["Maximilian Featherstonehaugh", "Anna-Sophie de Villiers", "Bartholomew Kowalczyk", "Wilhelmina Macdonald"]
    for name in [*names, "Ozioma Oyelaran-Fernandes"]:
        member = make.person(floor.gym, name)
        make.roster(floor.session, member)
        make.place(floor.session, member, "dowel", by=carla)
        for fault in ("chin-up", "squats-it"):
            make.tap(floor.session, member, "fault", by=carla, fault=fault)
        make.place(floor.session, member, "wall-tap", by=carla)
    for member in floor.people.values():
        make.tap(floor.session, member, "saw", by=carla, saw="clean")
    for block in range(5):
        make.step(floor.session, "block", by=carla, block=block)
    make.step(floor.session, "finished", by=carla, finished=True)
    sign_in(page, carla.user)
    page.goto(f"{floor.url}summary/")
    # One is held since before, and so was not seen.
    expect(page.locator("tbody").first.locator("tr")).to_have_count(19)
    expect(page.get_by_text("Here, not seen: Hannah L.")).to_be_visible()
    paper = tmp_path / "summary.pdf"
    page.pdf(path=paper, format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper.read_bytes())) == 1


def test_swapping_a_drill_says_that_there_is_no_connection_and_stays(
    open_page: OpenPage, floor: Floor, sign_in: SignIn, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    page = open_page(TABLET)
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)
    page.goto(f"{floor.url}plan/")
    swap, away = page.get_by_role("link", name=re.compile("Swap.*Dowel hinge")), page.locator("#away")
    page.context.set_offline(True)
    swap.tap()
    expect(away).to_have_text("No connection. Try again when there is one.")
    expect(page).to_have_url(re.compile("plan/$"))
    page.context.set_offline(False)
    swap.tap()
    expect(page.get_by_role("heading", name="Instead of Dowel hinge")).to_be_visible()
    keep(page, "swap")

    page.get_by_label("Find a drill").fill("MORNING pvc")
    shown = page.locator(".swap button:visible")
    expect(shown).to_have_count(1)
    page.get_by_label("Find a drill").fill("xyz")
    expect(page.get_by_text("No drill is called so.")).to_be_visible()
    page.get_by_label("Find a drill").fill("pvc g")
    page.context.set_offline(True)
    shown.tap()
    expect(away).to_be_visible()
    page.context.set_offline(False)
    shown.tap()
    expect(page.get_by_text("instead of Dowel hinge")).to_be_visible()
