"""What stands between two people on one tablet: signing out, locking, and what each of them leaves on it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, Request, Route, expect

from gym.models import Tablet, User
from gym.tablets import COOKIE
from tests import make
from tests.browser.conftest import OpenPage, Trouble
from tests.browser.pages import Board, Floor
from tests.browser.test_service_worker import Doorway, doorway, keeps, kept, until  # noqa: F401

pytest_plugins = ["tests.people"]

SignIn = Callable[[Page, User], None]

PINS = {"CC": "4711", "KK": "80632"}
FULL = """() => {
  const {setItem} = Storage.prototype;
  Storage.prototype.setItem = function (...each) {
    if (this === localStorage) throw new DOMException("full", "QuotaExceededError");
    setItem.apply(this, each);
  };
}"""


@pytest.fixture
def tablet(page: Page, floor: Floor, trouble: Trouble) -> Tablet:
    """The page's browser is an enrolled tablet, locked; Carla and Kim have PINs."""
    return enrol(page, floor, trouble)


def enrol(page: Page, floor: Floor, trouble: Trouble) -> Tablet:
    trouble.expect(
        "net::ERR|status of 401|Failed to (fetch|load)|htmx:error|AbortError|not from Rung|Not saved|timeout"
    )
    make.pin(floor.cast.carla, PINS["CC"])
    make.pin(floor.cast.kim, PINS["KK"])
    tablet, secret = make.tablet(floor.gym, floor.cast.olga)
    page.context.add_cookies(
        [{"name": COOKIE, "value": f"{floor.gym.slug}:{secret}", "domain": "localhost", "path": "/"}]
    )
    return tablet


def unlock(page: Page, mark: str) -> None:
    """Tap one's initials, the digits on the pad, and Unlock."""
    page.get_by_text(mark, exact=True).tap()
    for digit in PINS[mark]:
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Unlock").tap()
    expect(page.locator("#hands")).to_be_attached()


def unlock_both(page: Page, floor: Floor) -> None:
    """Open the board with Kim's PIN, then give it to Carla, who types hers: Kim stays unlocked."""
    page.goto(floor.url)
    unlock(page, "KK")
    page.locator("#hands summary").tap()
    page.get_by_role("link", name="Another coach").tap()
    unlock(page, "CC")


def asked_of(page: Page, part: str) -> list[Request]:
    """What the page asks from now on of addresses with that part."""
    found: list[Request] = []

    def note(request: Request) -> None:
        if part in request.url:
            found.append(request)

    page.on("request", note)
    return found


# --- Signing out -----------------------------------------------------------------------------------------------------


def test_who_signed_out_here_signs_nobody_else_out(page: Page, floor: Floor, tablet: Tablet, sign_in: SignIn) -> None:
    assert floor.cast.kim.user is not None
    sign_in(page, floor.cast.kim.user)
    page.goto(f"/gym/{floor.gym.slug}/today/")
    page.get_by_role("button", name="Sign out").tap()
    expect(page.get_by_text("This tablet is locked.")).to_be_visible()
    assert page.evaluate("localStorage.getItem('signed out')") is None
    unlock(page, "CC")
    asked = asked_of(page, "logout")
    page.goto(floor.url)
    expect(page.locator("#roster")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.url.endswith(floor.url) and not asked


def test_a_full_tablet_keeps_nobody_from_signing_out(page: Page, floor: Floor, sign_in: SignIn) -> None:
    assert floor.cast.kim.user is not None
    sign_in(page, floor.cast.kim.user)
    page.goto(f"/gym/{floor.gym.slug}/today/")
    page.evaluate(FULL)
    page.get_by_role("button", name="Sign out").tap()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not Session.objects.exists()


# --- Locking ---------------------------------------------------------------------------------------------------------


def stays_open(page: Page, floor: Floor) -> None:
    """It looks every second whether it should lock."""
    page.wait_for_timeout(1_500)
    expect(page.locator("#roster")).to_be_visible()
    assert page.url.endswith(floor.url)


def test_a_tablet_whose_turns_begin_anew_is_unlocked_all_the_same(page: Page, floor: Floor, tablet: Tablet) -> None:
    """After a restore, or enrolled as another one."""
    page.goto(floor.url)
    page.evaluate("localStorage.setItem('tablet', JSON.stringify({turn: 999, isLocked: true, hand: null}))")
    page.reload()
    unlock(page, "CC")
    stays_open(page, floor)


def test_a_clock_set_back_is_no_touch_and_it_locks_later_than_never(page: Page, floor: Floor, tablet: Tablet) -> None:
    page.goto(floor.url)
    unlock(page, "CC")
    polls = asked_of(page, "/rows/")
    hour_ahead = page.evaluate("Date.now() + 3_600_000")
    page.evaluate("(at) => localStorage.setItem('tablet touched', at)", hour_ahead)
    with page.expect_request(re.compile("/rows/")):
        pass
    with page.expect_request(re.compile("/rows/")):
        pass
    assert polls and not any("x-touched" in each.headers for each in polls)
    assert int(page.evaluate("localStorage.getItem('tablet touched')")) < hour_ahead - 3_500_000
    # A finger that is one tells it again.
    page.locator("h1").first.tap()
    with page.expect_request(re.compile("/rows/")) as asked:
        pass
    assert int(asked.value.headers["x-touched"]) < 10_000


def test_taps_that_wait_are_sent_before_it_goes_to_its_lock_screen(page: Page, floor: Floor, tablet: Tablet) -> None:
    page.goto(floor.url)
    unlock(page, "CC")
    board = Board(page, floor)
    board.is_saved()
    sent = asked_of(page, "/saw/")
    page.context.set_offline(True)
    board.clean("Ben T.").tap()
    page.wait_for_timeout(200)
    sent.clear()
    page.locator("#hands summary").tap()
    page.get_by_role("button", name="Lock").tap()
    expect(page.get_by_text("Unlocking needs the network.")).to_be_visible()

    def slowly(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    page.route("**/saw/", slowly)
    page.context.set_offline(False)
    expect(page.get_by_text("Who are you?")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden()
    assert floor.taps_of("Ben T.")[-1] == ("saw", "clean")
    # Not cut off and sent again.
    assert len(sent) == 1
    tablet.refresh_from_db()
    assert tablet.waiting == 0


def test_a_tap_that_a_locked_tablet_sends_draws_nothing(page: Page, floor: Floor, tablet: Tablet) -> None:
    page.goto(floor.url)
    unlock(page, "CC")
    board = Board(page, floor)
    board.is_saved()
    # The board does not hear yet that it is locked.
    page.route(re.compile("/rows/"), lambda route: None)
    Tablet.across_gyms.update(used_at=timezone.now() - timedelta(minutes=11))
    with page.expect_response("**/saw/") as answer:
        board.clean("Ben T.").tap()
    assert (answer.value.status, bool(answer.value.headers.get("x-op"))) == (204, True)
    page.wait_for_timeout(200)
    expect(board.row("Ben T.")).to_be_visible()
    page.unroute(re.compile("/rows/"))
    page.reload()
    expect(page.get_by_text("Who are you?")).to_be_visible()


def test_a_note_that_a_locked_tablet_sends_is_not_said_to_be_lost(page: Page, floor: Floor, tablet: Tablet) -> None:
    page.goto(floor.url)
    unlock(page, "CC")
    page.goto(f"{floor.url}{floor.people['Ben T.'].pk}/member/")
    Tablet.across_gyms.update(used_at=timezone.now() - timedelta(minutes=11))
    page.get_by_text("Add a note").tap()
    page.locator("#note textarea").fill("Box squats from now on")
    with page.expect_response("**/note/") as answer:
        page.locator("#note").get_by_role("button", name="Save").tap()
    assert answer.value.status == 204
    page.wait_for_timeout(300)
    expect(page.locator("#note [data-unsaved]")).to_be_hidden()
    assert ("note", "") in floor.taps_of("Ben T.")


def test_a_note_that_is_refused_while_it_is_locked_keeps_its_words(page: Page, floor: Floor, tablet: Tablet) -> None:
    page.goto(floor.url)
    unlock(page, "CC")
    page.goto(f"{floor.url}{floor.people['Ben T.'].pk}/member/")
    Tablet.across_gyms.update(used_at=timezone.now() - timedelta(minutes=11))
    page.get_by_text("Add a note").tap()
    field = page.locator("#note textarea")
    field.evaluate("field => (field.value = 'A long story. '.repeat(200))")
    with page.expect_response("**/note/") as answer:
        page.locator("#note").get_by_role("button", name="Save").tap()
    assert answer.value.status == 422
    expect(page.locator("#note [data-unsaved]")).to_be_visible()
    assert len(field.input_value()) == 2_800


def test_a_full_tablet_changes_hands(page: Page, floor: Floor, tablet: Tablet) -> None:
    unlock_both(page, floor)
    page.context.set_offline(True)
    page.evaluate(FULL)
    page.locator("#hands summary").tap()
    page.locator("#switch").get_by_role("button", name="Kim K.").tap()
    expect(page.locator("#hands summary .name")).to_have_text("Kim K.")
    assert page.evaluate("document.body.dataset.coach") == str(floor.cast.kim.pk)
    # And locks.
    page.locator("#hands summary").tap()
    page.get_by_role("button", name="Lock").tap()
    expect(page.get_by_text("Unlocking needs the network.")).to_be_visible()


def test_kept_pages_leave_when_it_locks_and_not_before(
    open_page: OpenPage,
    doorway: Doorway,  # noqa: F811
    floor: Floor,
    trouble: Trouble,
) -> None:
    page = open_page(worker=True, at=doorway.url)
    enrol(page, floor, trouble)
    page.goto(floor.url)
    unlock(page, "CC")
    page.reload()
    keeps(page, floor.url)
    # A question that is answered as locked, though taps that come in a moment later bridge the gap.
    page.evaluate(
        """() => document.dispatchEvent(new CustomEvent("htmx:finally:request", {detail: {ctx: {
          request: {}, response: {status: 401, headers: new Headers({"X-For": "nobody"})}}}}))"""
    )
    page.wait_for_timeout(300)
    assert kept(page) != {}
    # Nobody has touched it since yesterday, and the network is away when it is opened.
    page.add_init_script("localStorage.setItem('tablet touched', '1')")
    doorway.shut()
    page.goto(floor.url)
    expect(page.get_by_text("Unlocking needs the network.")).to_be_visible()
    until(lambda: kept(page) == {}, "pages are still kept")


# Kim takes the tablet, as far as the server and the page that is kept know; the network goes as soon as it has heard of
# the next wish.
TURNED_UNSEEN = """async () => {
  const form = document.getElementById("switch");
  const kim = [...form.elements].find((each) => each.textContent.includes("Kim K."));
  const headers = {"HX-Request": "true", "X-CSRFToken": secret()};
  const ask = window.fetch;
  await ask(form.action, {method: "POST", headers, body: new URLSearchParams({unlock: kim.value})});
  const hers = await (await ask(location.href)).text();
  for (const name of (await caches.keys()).filter((each) => each.startsWith("pages "))) {
    const cache = await caches.open(name);
    for (const request of (await cache.keys()).filter((each) => each.url === location.href)) {
      const kept = await cache.match(request);
      await cache.put(request, new Response(hers, {headers: kept.headers}));
    }
  }
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (String(asked[0]).includes("switch") && answer.status === 204) await shut();
    return answer;
  };
}"""


def test_a_page_that_was_kept_meanwhile_gives_the_tablet_to_nobody_else(
    open_page: OpenPage,
    doorway: Doorway,  # noqa: F811
    floor: Floor,
    trouble: Trouble,
) -> None:
    """Kept while Kim had it, it comes in place of the one that is drawn for Carla, who took it after her."""
    page = open_page(worker=True, at=doorway.url)
    page.expose_function("shut", doorway.shut)
    enrol(page, floor, trouble)
    unlock_both(page, floor)
    page.reload()
    keeps(page, floor.url)
    page.evaluate(TURNED_UNSEEN)
    page.locator("#hands summary").tap()
    with page.expect_event("domcontentloaded"):
        page.locator("#switch").get_by_role("button", name="Carla C.").tap()
    expect(page.locator("#hands summary .name")).to_have_text("Carla C.")
    assert page.evaluate("document.body.dataset.coach") == str(floor.cast.carla.pk)
    # Back on the network it is not said again, and the page stays; drawn anew it is hers, too.
    turn, loaded = Tablet.across_gyms.get(gym=floor.gym).turn, page.evaluate("performance.timeOrigin")
    doorway.open()
    page.wait_for_timeout(5000)
    assert page.evaluate("performance.timeOrigin") == loaded
    page.reload()
    expect(page.locator("#hands summary .name")).to_have_text("Carla C.")
    page.wait_for_timeout(3000)
    assert Tablet.across_gyms.get(gym=floor.gym).turn == turn


def test_a_network_that_answers_by_itself_turns_no_tablet(page: Page, tablet: Tablet, floor: Floor) -> None:
    unlock_both(page, floor)
    turn = Tablet.across_gyms.get(pk=tablet.pk).turn
    answered = []

    def portal(route: Route) -> None:
        answered.append(route.request.url)
        route.fulfill(status=204)

    page.route("**/switch/", portal)
    page.locator("#hands summary").tap()
    page.locator("#switch").get_by_role("button", name="Kim K.").tap()
    until(lambda: bool(answered), "nobody was told")
    page.reload()
    expect(page.locator("#hands summary .name")).to_have_text("Kim K.")
    assert page.evaluate("document.body.dataset.coach") == str(floor.cast.kim.pk)
    assert Tablet.across_gyms.get(pk=tablet.pk).turn == turn
    # The server hears of it as soon as it can.
    page.unroute("**/switch/", portal)
    until(lambda: Tablet.across_gyms.get(pk=tablet.pk).turn == turn + 1, "not turned")
    expect(page.locator("#hands summary .name")).to_have_text("Kim K.")
