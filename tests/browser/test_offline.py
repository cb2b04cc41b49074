"""What goes wrong between tablet and server, and loses nothing: one test for each way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Page, Request, Route, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import Tap
from tests import make
from tests.browser.conftest import Trouble
from tests.browser.pages import Board, Floor, pressed
from tests.browser.test_taps import sign_back_in

Keep = Callable[[Page, str], Path]
SignIn = Callable[[Page, User], None]

OFFLINE = "Failed to fetch|ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_ABORTED"
# This tablet's storage takes nothing more.
FULL = """() => {
  const setItem = Storage.prototype.setItem;
  Storage.prototype.setItem = function (...entry) {
    if (this === localStorage) throw new DOMException("full", "QuotaExceededError");
    setItem.apply(this, entry);
  };
}"""
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('tap ')).length"


@pytest.fixture
def board(page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble) -> Board:
    """Carla's board."""
    trouble.expect(OFFLINE)
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    return Board(page, floor).open()


def say(board: Board, words: str) -> None:
    """Wait until the header says so."""
    expect(board.connection).to_have_text(words)


def test_a_way_to_sign_in_is_no_answer(board: Board, floor: Floor) -> None:
    # A page of somebody else's that a redirect leads to, as a fetch that follows it would see it.
    board.page.route("**/saw/", lambda route: route.fulfill(status=302, headers={"Location": "/health/"}))
    board.clean("Olu A.").tap()
    say(board, "1 tap saved on this tablet")
    assert board.page.evaluate(KEPT) == 1
    board.page.unroute("**/saw/")
    board.is_saved()
    assert floor.taps_of("Olu A.") == [("saw", "clean")]


def test_a_secret_that_is_old_is_fetched_anew(board: Board, floor: Floor, trouble: Trouble) -> None:
    trouble.expect("status of 403")
    board.page.context.clear_cookies(name="csrftoken")
    with board.page.expect_request("**/account/secret/"):
        board.clean("Olu A.").tap()
    board.is_saved()
    assert floor.taps_of("Olu A.") == [("saw", "clean")]


def test_an_answer_that_is_lost_after_the_tap_was_stored(board: Board, floor: Floor) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.post_data or "")
        if len(lost) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    board.page.route("**/saw/", lose)
    board.clean("Olu A.").tap()
    board.is_saved()
    assert len(lost) == 2
    # The same key both times, and one observation.
    assert len({dict(pair.split("=") for pair in each.split("&"))["tap"] for each in lost}) == 1
    assert floor.taps_of("Olu A.") == [("saw", "clean")]


def test_a_poll_that_asked_before_the_tap_draws_nothing_over_it(board: Board, floor: Floor) -> None:
    held: list[tuple[Route, APIResponse]] = []
    board.page.route("**/rows/*", lambda route: held.append((route, route.fetch())), times=1)
    # It has something to draw.
    make.tap(floor.session, floor.people["Ben T."], "saw", by=floor.cast.kim, saw="clean")
    while not held:
        board.page.wait_for_timeout(50)
    board.clean("Olu A.").tap()
    # The answer is drawn.
    expect(board.line("Olu A.")).to_have_text("clean 1 of 2")
    route, answer = held[0]
    assert answer.status == 200
    route.fulfill(response=answer)
    board.page.wait_for_timeout(300)
    # At once: the next question would mend it.
    assert board.clean("Olu A.").get_attribute("aria-pressed") == "true"
    pressed(board.clean("Ben T."))


def test_a_refused_tap_says_why_and_holds_up_nobody(board: Board, floor: Floor, trouble: Trouble, keep: Keep) -> None:
    trouble.expect("status of 422")
    board.page.context.set_offline(True)
    # Olu says that it hurts meanwhile, on another tablet.
    make.tap(floor.session, floor.people["Olu A."], "pain", by=floor.cast.kim, after=600)
    board.stage("Olu A.", "Loaded").tap()
    board.clean("Ben T.").tap()
    board.page.context.set_offline(False)
    say(board, "1 refused")
    assert floor.taps_of("Ben T.")[-1] == ("saw", "clean")
    expect(board.line("Olu A.")).to_contain_text("PAIN · held")
    board.stands_on("Olu A.", "Dowel")
    board.connection.tap()
    item = board.page.locator("#own-taps li")
    expect(item).to_contain_text("Olu A. Loaded")
    expect(item).to_contain_text("held for pain")
    keep(board.page, "refused")
    # It stays over a reload, and until somebody has read it.
    board.page.reload()
    say(board, "1 refused")
    board.connection.tap()
    expect(item).to_contain_text("It did not fit what is there by now.")
    item.get_by_role("button", name="Try again").tap()
    say(board, "1 refused")
    item.get_by_role("button", name="Dismiss").tap()
    board.page.locator("#own-taps").get_by_role("button", name="Close").tap()
    board.is_saved()


def test_two_tabs_send_each_tap_once(board: Board, floor: Floor, trouble: Trouble) -> None:
    second = Board(board.page.context.new_page(), floor).open()
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(dict(pair.split("=") for pair in (request.post_data or "").split("&"))["tap"])

    board.page.context.set_offline(True)
    names = ["Ben T.", "Farid H.", "Isaac W."]
    board.clean(names[0]).tap()
    second.clean(names[1]).tap()
    board.clean(names[2]).tap()
    for each in (board, second):
        say(each, "3 taps saved on this tablet")
        pressed(each.clean(names[0]))
        # One that was begun without a network may still be failing.
        each.page.on("requestfinished", note)
    board.page.context.set_offline(False)
    board.is_saved()
    second.is_saved()
    assert len(sent) == len(set(sent)) == 3
    assert sent == sorted(sent)
    for name in names:
        pressed(second.clean(name))


def test_a_server_that_hangs(board: Board, floor: Floor) -> None:
    held: list[Route] = []
    is_hung = True

    def hang(route: Route) -> None:
        if is_hung:
            held.append(route)
        else:
            route.continue_()

    board.page.route("**/saw/", hang)
    board.clean("Olu A.").tap()
    say(board, "1 tap saved on this tablet")
    # A sheet does not wait for it: it opens of what the page holds.
    board.page.route("**/sheet/", hang)
    board.open_sheet("Ben T.")
    board.chip("squats it").tap()
    pressed(board.chip("squats it"))
    assert board.page.evaluate(KEPT) == 2
    board.close_sheet()
    # Nobody lets them go, which taking the route away would: they are given up after six seconds, and sent again.
    is_hung = False
    expect(board.connection).to_have_text("All saved", timeout=12_000)
    assert floor.taps_of("Olu A.") == [("saw", "clean")]
    assert floor.taps_of("Ben T.")[-1] == ("fault", "squats-it")


def test_another_coach_signs_in_while_taps_wait(
    board: Board, floor: Floor, sign_in: SignIn, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect("status of 401")
    page = board.page
    page.route("**/saw/", lambda route: route.abort())
    board.clean("Olu A.").tap()
    say(board, "1 tap saved on this tablet")
    page.goto(f"/gym/{floor.gym.slug}/today/")
    page.get_by_role("button", name="Sign out").tap()
    expect(page.locator("[data-warns]")).to_be_visible()
    # Above its button, at the same edge.
    warning, button = (
        each.bounding_box() for each in (page.locator("[data-warns]"), page.locator("[data-signs-out] .btn"))
    )
    assert warning and button and warning["y"] + warning["height"] <= button["y"]
    assert abs(warning["x"] + warning["width"] - button["x"] - button["width"]) <= 1
    keep(page, "sign-out-warns")
    assert floor.cast.kim.user is not None
    page.context.clear_cookies()
    sign_in(page, floor.cast.kim.user)
    page.unroute("**/saw/")
    board.open()
    say(board, "1 tap of another coach waits")
    pressed(board.clean("Olu A."), is_pressed=False)
    board.clean("Ben T.").tap()
    pressed(board.clean("Ben T."))
    say(board, "1 tap of another coach waits")
    assert floor.taps_of("Olu A.") == []
    page.context.clear_cookies()
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    board.open()
    board.is_saved()
    with in_gym(floor.gym):
        of_olu = Tap.objects.get(session=floor.session, member=floor.people["Olu A."])
    assert of_olu.actor_id == floor.cast.carla.pk


def test_a_session_that_ends_while_there_is_no_network(board: Board, floor: Floor, trouble: Trouble) -> None:
    # Signing in makes the secret of the page's forms another one, too.
    trouble.expect("status of 401|status of 403")
    board.page.context.set_offline(True)
    board.clean("Olu A.").tap()
    say(board, "1 tap saved on this tablet")
    board.page.context.clear_cookies()
    board.page.context.set_offline(False)
    again = board.page.locator("#net a")
    expect(again).to_have_text("Sign in again to send 1 tap")
    again.tap()
    sign_back_in(board.page)
    board.page.wait_for_url(f"**{floor.url}")
    board.is_saved()
    assert floor.taps_of("Olu A.") == [("saw", "clean")]


def test_a_tablet_without_room(board: Board, floor: Floor, keep: Keep) -> None:
    board.page.evaluate(FULL)
    held: list[Route] = []
    board.page.route("**/saw/", lambda route: held.append(route))
    with board.page.expect_request("**/saw/"):
        board.clean("Olu A.").tap()
    say(board, "No room on this tablet: stay connected")
    keep(board.page, "no-room")
    # It was sent all the same.
    while not held:
        board.page.wait_for_timeout(50)
    held[0].continue_()
    board.is_saved()
    assert floor.taps_of("Olu A.") == [("saw", "clean")]


def test_an_undo_of_several_people_comes_before_what_was_tapped_of_them_since(
    board: Board, floor: Floor, trouble: Trouble
) -> None:
    trouble.expect("status of 500|500 from")
    page = board.page
    page.get_by_role("button", name="Rest clean", exact=True).tap()
    pressed(board.clean("Olu A."))
    board.is_saved()
    page.route("**/several/undo/", lambda route: route.fulfill(status=500, headers={"X-Now": "1"}))
    page.context.set_offline(True)
    board.undo.tap()
    say(board, "1 tap saved on this tablet")
    board.clean("Olu A.").tap()
    # It was tried often enough.
    page.evaluate("outbox.amend(outbox.mine()[0].key, {tries: 2})")
    page.context.set_offline(False)
    say(board, "1 tap saved on this tablet · 1 not taken by the server")
    assert floor.taps_of("Olu A.") == [("saw", "clean")]
    page.unroute("**/several/undo/")
    page.evaluate("outbox.tryAgain(outbox.mine()[0].key)")
    board.is_saved()
    assert floor.taps_of("Olu A.") == [("saw", "clean")]
    pressed(board.clean("Olu A."))


def test_a_clock_that_is_set_right_makes_no_tap_older(board: Board, floor: Floor) -> None:
    page = board.page
    # The tablet's own clock is off by that many ms from now on.
    off = "(ms) => { const now = Date.now; Date.now = () => now() + ms; }"
    page.context.set_offline(True)
    page.evaluate(off, -3_600_000)
    board.clean("Olu A.").tap()
    say(board, "1 tap saved on this tablet")
    page.evaluate(off, 86_400_000)
    with page.expect_request("**/saw/") as sent:
        page.context.set_offline(False)
    board.is_saved()
    assert 0 <= age_of(sent.value) < 60_000
    # A tablet that slept was hidden; its steady clock may have stood still meanwhile.
    page.context.set_offline(True)
    board.clean("Ben T.").tap()
    say(board, "1 tap saved on this tablet")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate(off, 600_000)
    with page.expect_request("**/saw/") as sent:
        page.context.set_offline(False)
    board.is_saved()
    assert 600_000 <= age_of(sent.value) < 660_000


def age_of(request: Request) -> int:
    """How many ms ago the tap landed, as it is sent."""
    return int(dict(pair.split("=") for pair in (request.post_data or "").split("&"))["age"])


def test_a_tap_that_the_server_fails_on_holds_up_nobody_else(
    board: Board, floor: Floor, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect("status of 404|status of 500|500 from")
    page = board.page
    sent: list[str] = []

    def fail(route: Route) -> None:
        # Our own server, with an error that this tap alone brings about: no X-Op.
        sent.append(route.request.url)
        route.fulfill(status=500, headers={"X-Now": "1"})

    theirs = f"**/{floor.people['Olu A.'].pk}/saw/"
    page.route(theirs, fail)
    page.context.set_offline(True)
    board.clean("Olu A.").tap()
    board.stage("Olu A.", "Loaded").tap()
    board.clean("Ben T.").tap()
    # An address of a release that was taken back.
    board.clean("Farid H.").evaluate("(button, url) => button.form.setAttribute('hx-post', url)", f"{floor.url}gone/")
    board.clean("Farid H.").tap()
    page.context.set_offline(False)
    # Olu's stage waits behind her clean; Ben's clean does not.
    stuck = "1 tap saved on this tablet · 2 not taken by the server"
    expect(board.connection).to_have_text(stuck, timeout=20_000)
    assert len(sent) == 3
    assert floor.taps_of("Ben T.")[-1] == ("saw", "clean")
    assert floor.taps_of("Olu A.") == []
    board.stands_on("Olu A.", "Loaded")
    board.connection.tap()
    item = page.locator("#own-taps li", has_text="Olu A. clean")
    expect(item).to_contain_text("The server could not take it.")
    keep(page, "failed")
    page.locator("#own-taps").get_by_role("button", name="Close").tap()
    # A page that opens tries it again, once.
    with page.expect_request(theirs):
        page.reload()
    say(board, stuck)
    page.unroute(theirs)
    board.connection.tap()
    item.get_by_role("button", name="Try again").tap()
    say(board, "1 not taken by the server")
    assert floor.taps_of("Olu A.") == [("saw", "clean"), ("stage", "loaded")]
    page.locator("#own-taps").get_by_role("button", name="Dismiss").tap()
    board.is_saved()
