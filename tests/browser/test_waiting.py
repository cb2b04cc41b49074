"""What waits on the tablet shows as it is: undone, tapped, in words; and a page that lost its script says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from tests import make
from tests.browser.conftest import Trouble
from tests.browser.pages import Board, Floor, pressed
from tests.browser.test_offline import OFFLINE, say

pytest_plugins = ["tests.people"]

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]


@pytest.fixture
def page_of_carla(page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble) -> Page:
    """A tablet on which Carla is signed in; Olu was seen clean a moment ago."""
    trouble.expect(OFFLINE)
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    make.tap(floor.session, floor.people["Olu A."], "saw", by=floor.cast.carla, saw="clean", after=599)
    return page


@pytest.fixture
def board(page_of_carla: Page, floor: Floor) -> Board:
    """Her board, whose network has just gone."""
    board = Board(page_of_carla, floor).open()
    board.is_saved()
    page_of_carla.context.set_offline(True)
    return board


def test_an_undo_that_waits_shows_what_it_undoes(board: Board, floor: Floor, keep: Keep) -> None:
    seen = board.page.locator("#counts [data-count=seen]")
    before = int(seen.inner_text())
    pressed(board.clean("Olu A."))
    expect(board.last).to_contain_text("Olu A. · clean")
    board.undo.tap()
    pressed(board.clean("Olu A."), is_pressed=False)
    expect(board.row("Olu A.")).to_have_attribute("data-waiting", "")
    expect(seen).to_have_text(str(before - 1))
    keep(board.page, "undo-waits")
    # One for several people as well, as long as the page that it was tapped on stays open.
    board.page.context.set_offline(False)
    board.is_saved()
    with board.page.expect_response("**/rest/"):
        board.page.get_by_role("button", name="Rest clean", exact=True).tap()
    pressed(board.clean("Ben T."))
    board.is_saved()
    board.page.context.set_offline(True)
    board.undo.tap()
    pressed(board.clean("Ben T."), is_pressed=False)
    board.page.context.set_offline(False)
    board.is_saved()
    pressed(board.clean("Ben T."), is_pressed=False)
    assert floor.taps_of("Ben T.") == []


def test_the_sheet_without_a_network_shows_what_was_tapped_and_gives_way(
    board: Board, floor: Floor, keep: Keep
) -> None:
    board.open_sheet("Farid H.")
    board.chip("not yet").tap()
    board.chip("Pain").tap()
    for words in ("not yet", "Pain"):
        pressed(board.chip(words))
    keep(board.page, "sheet-waits")
    board.close_sheet()
    # Last taps says what waits, and undoes it.
    board.clean("Ben T.").tap()
    board.page.get_by_role("button", name="Last taps").tap()
    items = board.sheet.locator("li")
    expect(items).to_have_count(3)
    expect(items.first).to_contain_text("Ben T. clean")
    expect(items.last).to_contain_text("Farid H. not yet")
    expect(board.sheet).to_contain_text("Older taps come with it.")
    keep(board.page, "last-taps-wait")
    items.first.get_by_role("button", name="Undo").tap()
    pressed(board.clean("Ben T."), is_pressed=False)
    # The server's own sheet is there as soon as that answers.
    board.open_sheet("Isaac W.")
    expect(board.sheet.get_by_text("Write a note")).to_have_count(0)
    board.page.context.set_offline(False)
    expect(board.sheet.get_by_text("Write a note")).to_be_visible(timeout=20_000)
    expect(board.sheet.get_by_role("heading", name="Isaac W.")).to_be_visible()
    board.is_saved()
    assert floor.taps_of("Farid H.")[-2:] == [("saw", "not_yet"), ("pain", "")]
    assert floor.taps_of("Ben T.") == []


@pytest.mark.parametrize("script", ["secret", "tap", "outbox"])
def test_a_page_that_lost_a_script_does_not_say_that_all_is_saved(
    page_of_carla: Page, floor: Floor, trouble: Trouble, keep: Keep, script: str
) -> None:
    trouble.expect("outbox|tap|inWords|painting|waiting is not defined")
    page = page_of_carla
    page.route(f"**/js/{script}*.js", lambda route: route.abort())
    board = Board(page, floor).open()
    expect(board.connection).to_have_text("Not all of this page came: load it again")
    keep(page, f"lost-{script}")
    # Taps work all the same, each once.
    with page.expect_response("**/saw/") as answer:
        board.clean("Ben T.").tap()
    pressed(board.clean("Ben T."))
    # The script that names taps is one of these: without it the server does.
    assert script == "tap" or answer.value.headers["x-op"] in (answer.value.request.post_data or "")
    assert floor.taps_of("Ben T.") == [("saw", "clean")]
    page.unroute(f"**/js/{script}*.js")
    board.connection.tap()
    say(board, "All saved")
