"""One tablet that Carla and Kim share through a class: enrolled, unlocked, switched, locked, revoked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from gym.models import Gym, Tablet, User
from gym.scope import in_gym
from gym.tablets import COOKIE
from programming.models import Tap
from tests import make
from tests.browser.conftest import OpenPage, Trouble
from tests.browser.pages import Board, Floor

SignIn = Callable[[Page, User], None]
Count = Callable[[Page], int]
Keep = Callable[[Page, str], None]

PINS = {"CC": "4711", "KK": "80632"}
OFFLINE = "ERR_INTERNET_DISCONNECTED|status of 401|status of 4(09|22)|ERR_FAILED|htmx:error|Failed to fetch"


@pytest.fixture
def pins(floor: Floor) -> None:
    """Carla and Kim have PINs."""
    make.pin(floor.cast.carla, PINS["CC"])
    make.pin(floor.cast.kim, PINS["KK"])


@pytest.fixture
def board(page: Page, floor: Floor, pins: None, trouble: Trouble) -> Board:
    """The board on an enrolled tablet which both have unlocked; Carla has it."""
    trouble.expect(OFFLINE)
    _tablet, secret = make.tablet(floor.gym, floor.cast.olga)
    page.context.add_cookies([{"name": COOKIE, "value": secret, "domain": "localhost", "path": "/"}])
    page.goto(floor.url)
    unlock(page, "KK")
    page.locator("#hands summary").tap()
    page.get_by_role("link", name="Another coach").tap()
    unlock(page, "CC")
    expect(in_hands_of(page)).to_have_text("Carla C.")
    return Board(page, floor)


def unlock(page: Page, mark: str) -> None:
    """Tap one's initials, the digits on the pad, and Unlock."""
    page.get_by_text(mark, exact=True).tap()
    for digit in PINS[mark]:
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Unlock").tap()
    expect(page.locator("#hands")).to_be_attached()


def in_hands_of(page: Page) -> Locator:
    """Whose name the header shows."""
    return page.locator("#hands summary .name")


def names_nobody(page: Page, floor: Floor) -> bool:
    """Whether nothing on the screen is a name."""
    shown = page.evaluate("document.body.innerText") + page.title()
    people = [*floor.people.values(), floor.cast.carla, floor.cast.kim, floor.cast.olga]
    return not any(re.search(rf"\b{re.escape(word)}\b", shown) for each in people for word in each.name.split())


def actors(floor: Floor) -> dict[str, str]:
    """Who made the "clean" of each person in this class on a shared tablet, by their names on the board."""
    names = {member.pk: name for name, member in floor.people.items()}
    with in_gym(floor.gym):
        taps = Tap.objects.filter(session=floor.session, kind="saw", device__isnull=False).select_related("actor")
        return {names[tap.member_id]: tap.actor.name for tap in taps}


def test_an_owner_enrols_it_and_coaches_share_it(
    page: Page, floor: Floor, pins: None, sign_in: SignIn, trouble: Trouble, taps: Count
) -> None:
    trouble.expect(OFFLINE)
    assert floor.cast.olga.user is not None
    sign_in(page, floor.cast.olga.user)
    page.goto(f"/gym/{floor.gym.slug}/owner/tablets/")
    page.get_by_label("Name of this tablet").fill("Rack tablet")
    page.get_by_role("button", name="Enrol this tablet").tap()
    expect(page.get_by_text("This tablet is locked.")).to_be_visible()
    assert names_nobody(page, floor)
    unlock(page, "CC")
    page.goto(floor.url)
    board = Board(page, floor)
    board.clean("Ben T.").tap()
    board.is_saved()
    page.locator("#hands summary").tap()
    page.get_by_role("link", name="Another coach").tap()
    unlock(page, "KK")
    expect(in_hands_of(page)).to_have_text("Kim K.")
    # Back to Carla and on again: two taps each.
    for name in ("Carla C.", "Kim K."):
        before = taps(page)
        page.locator("#hands summary").tap()
        with page.expect_navigation():
            page.locator("#switch").get_by_role("button", name=name).tap()
        expect(in_hands_of(page)).to_have_text(name)
        assert taps(page) - before == 2
    board.clean("Farid H.").tap()
    board.is_saved()
    assert actors(floor) == {"Ben T.": "Carla Costa", "Farid H.": "Kim Kowalski"}


@pytest.mark.parametrize("is_loaded_again", [False, True], ids=["at once", "page loaded again"])
def test_who_takes_it_last_has_it_however_late_the_server_hears_of_whom_before(
    board: Board, floor: Floor, *, is_loaded_again: bool
) -> None:
    page = board.page
    # A wrong PIN, typed before, ends nothing that is wished after it.
    page.locator("#hands summary").tap()
    page.get_by_role("link", name="Another coach").tap()
    page.get_by_text("KK", exact=True).tap()
    for _digit in range(4):
        page.get_by_role("button", name="9", exact=True).tap()
    page.get_by_role("button", name="Unlock").tap()
    expect(page.get_by_text("That is not your PIN.")).to_be_visible()
    page.goto(floor.url)
    told: list[Route] = []
    passing: list[bool] = []
    page.route("**/switch/", lambda route: route.continue_() if passing else told.append(route))
    for name in ("Kim K.", "Carla C."):
        page.locator("#hands summary").tap()
        page.locator("#switch").get_by_role("button", name=name).tap()
        expect(in_hands_of(page)).to_have_text(name)
    assert len(told) == 1
    if is_loaded_again:
        # The server hears of Kim, the tablet does not hear that.
        told[0].fetch()
        told[0].abort()
        page.reload()
    else:
        told[0].continue_()
    board.clean("Ben T.").tap()
    for _tenth in range(50):
        page.wait_for_timeout(100)
        if len(told) > 1:
            break
    passing.append(True)
    with page.expect_navigation():
        told[1].continue_()
    expect(in_hands_of(page)).to_have_text("Carla C.")
    board.clean("Farid H.").tap()
    board.is_saved()
    assert actors(floor) == {"Ben T.": "Carla Costa", "Farid H.": "Carla Costa"}
    page.reload()
    expect(in_hands_of(page)).to_have_text("Carla C.")


def test_nobody_touches_it_and_it_covers_itself(board: Board, floor: Floor) -> None:
    page = board.page
    Gym.objects.update(lock_after=1)
    page.reload()
    page.context.set_offline(True)
    assert not names_nobody(page, floor)
    # Its own clock is a minute and a half further.
    page.evaluate("localStorage.setItem('tablet touched', Date.now() - 90000)")
    expect(page.get_by_text("Unlocking needs the network.")).to_be_visible()
    assert names_nobody(page, floor)
    page.context.set_offline(False)
    expect(page.get_by_text("Who are you?")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Who are you?")).to_be_visible()
    assert names_nobody(page, floor)


def test_unlocking_says_that_it_needs_the_network(board: Board, floor: Floor) -> None:
    page = board.page
    page.locator("#hands summary").tap()
    page.get_by_role("button", name="Lock").tap()
    expect(page.get_by_text("Who are you?")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_text("CC", exact=True).tap()
    page.get_by_label("PIN").fill(PINS["CC"])
    page.get_by_role("button", name="Unlock").tap()
    expect(page.get_by_text("No connection. Unlocking needs the network")).to_be_visible()


def test_the_server_locks_it_and_the_board_goes(board: Board, floor: Floor) -> None:
    """Nobody has touched it as far as the server heard: with its next question the board gives way."""
    page = board.page
    Tablet.across_gyms.update(used_at=timezone.now() - timedelta(minutes=11))
    # With nothing new, it would go on for the half minute that a poll's proof is good for.
    make.tap(floor.session, floor.people["Ben T."], "saw", by=floor.cast.kim, saw="clean")
    expect(page.get_by_text("Who are you?")).to_be_visible()
    assert names_nobody(page, floor)
    # And comes back to where it was.
    unlock(page, "CC")
    assert page.url.endswith(floor.url)


def test_without_scripts_a_coach_unlocks_switches_and_locks(
    open_page: OpenPage, floor: Floor, pins: None, trouble: Trouble
) -> None:
    page = open_page(javascript=False)
    _tablet, secret = make.tablet(floor.gym, floor.cast.olga)
    page.context.add_cookies([{"name": COOKIE, "value": secret, "domain": "localhost", "path": "/"}])
    page.goto(floor.url)
    for mark in ("KK", "CC"):
        page.get_by_text(mark, exact=True).tap()
        page.get_by_label("PIN").fill(PINS[mark])
        page.get_by_role("button", name="Unlock").tap()
        page.locator("#hands summary").tap()
        if mark == "KK":
            page.get_by_role("link", name="Another coach").tap()
    page.locator("#switch").get_by_role("button", name="Kim K.").tap()
    expect(in_hands_of(page)).to_have_text("Kim K.")
    page.locator("#hands summary").tap()
    page.get_by_role("button", name="Lock").tap()
    expect(page.get_by_text("This tablet is locked.")).to_be_visible()


def test_without_a_network_taps_keep_their_coach_through_switching_and_locking(
    board: Board, floor: Floor, taps: Count, keep: Keep
) -> None:
    page = board.page
    # What Carla and Kim wanted of Ben crossed.
    for coach, stage, after in ((floor.cast.kim, "dowel", 300), (floor.cast.carla, "loaded", 400)):
        make.tap(floor.session, floor.people["Ben T."], "stage", by=coach, stage=stage, seen=0, after=after)
    yours, others = (board.row("Ben T.").locator(f".narrow[data-to={who}]") for who in ("you", "others"))
    expect(yours).to_contain_text("Kim K.: dowel")
    expect(yours).to_contain_text("you: loaded")
    expect(others).to_be_hidden()
    expect(board.line("Ben T.")).to_contain_text("tap dowel to swap")
    page.context.set_offline(True)
    board.clean("Ben T.").tap()
    before = taps(page)
    page.locator("#hands summary").tap()
    page.locator("#switch").get_by_role("button", name="Kim K.").tap()
    assert taps(page) - before == 2
    expect(in_hands_of(page)).to_have_text("Kim K.")
    expect(board.connection).to_contain_text("1 tap of Carla C. waits")
    # Who is here, and was seen, stands whole in the header whatever else it says.
    counts = page.locator("#counts > span").last
    assert counts.evaluate("each => each.scrollWidth <= each.clientWidth && each.clientWidth > 0")
    expect(page.locator("#counts [data-count=here]")).to_be_in_viewport()
    keep(page, "shared-tablet-full-header")
    # What was said to Carla is not said to Kim.
    expect(yours).to_be_hidden()
    expect(others).to_contain_text("Carla C.: loaded")
    board.clean("Farid H.").tap()
    page.locator("#hands summary").tap()
    page.get_by_role("button", name="Lock").tap()
    # It is covered at once, and says what it needs.
    expect(page.get_by_text("Unlocking needs the network.")).to_be_visible()
    assert names_nobody(page, floor)
    page.context.set_offline(False)
    expect(page.get_by_text("Who are you?")).to_be_visible()
    # They prove whose they are, and go also while it is locked.
    expect(page.locator("#unsent")).to_be_hidden()
    assert actors(floor) == {"Ben T.": "Carla Costa", "Farid H.": "Kim Kowalski"}


def test_revoked_it_keeps_its_taps_and_shows_nothing_else(board: Board, floor: Floor) -> None:
    page = board.page
    page.context.set_offline(True)
    board.clean("Ben T.").tap()
    with in_gym(floor.gym):
        Tablet.objects.get().revoke(at=timezone.now())
    page.context.set_offline(False)
    page.goto(floor.url)
    expect(page.get_by_role("heading", name="no longer enrolled")).to_be_visible()
    expect(page.get_by_role("heading", name="1 tap is saved on this tablet")).to_be_visible()
    expect(page.locator("#unsent li")).to_have_text(re.compile(r"^clean, \d\d:\d\d"))
    assert names_nobody(page, floor) and floor.gym.name not in page.content()
    assert actors(floor) == {}
