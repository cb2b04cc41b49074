"""Fast fingers, taps that do not arrive, and a session that ends."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import Assessment, Tap
from tests import make
from tests.browser.conftest import PHONE, TABLET, OpenPage, Trouble
from tests.browser.pages import Board, Floor, pressed, said

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]


@pytest.fixture
def board(page: Page, floor: Floor, sign_in: SignIn) -> Board:
    """Carla's board."""
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    return Board(page, floor).open()


def fingers(page: Page, buttons: list[Locator]) -> None:
    """Tap these one after the other without waiting for anything."""
    spots = []
    for button in buttons:
        box = button.bounding_box()
        assert box is not None
        spots.append((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    for x, y in spots:
        page.touchscreen.tap(x, y)


def test_fast_taps_are_all_stored_in_order(board: Board, floor: Floor) -> None:
    names = [
        "Ben T.", "Chiara R.", "Dmitri K.", "Elena S.", "Farid H.",
        "Isaac W.", "Jun P.", "Katarzyna Z.", "Liam D.", "Noor B.",
    ]  # fmt: skip
    stages = ["Wall", "Loaded", "Dowel"]
    with in_gym(floor.gym):
        before = list(Tap.objects.values_list("key", flat=True))
    quick = [board.clean(name) for name in names] + [board.stage("Olu A.", stage) for stage in stages]
    fingers(board.page, quick)
    board.is_saved()
    board.stands_on("Olu A.", "Dowel")
    with in_gym(floor.gym):
        # A key sorts by when its finger landed.
        arrived = Tap.objects.exclude(key__in=before).select_related("member")
        by_finger = [(tap.member.short_name, *said(tap)) for tap in arrived.order_by("key") if tap.member]
        by_arrival = [(tap.member.short_name, *said(tap)) for tap in arrived.order_by("recorded_at") if tap.member]
    clean = [(name, "saw", "clean") for name in names]
    moved = [("Olu A.", "stage", key) for key in ("wall-tap", "loaded", "dowel")]
    assert by_finger == clean + moved
    assert by_arrival == clean + moved
    # The order of what happened to one member, too.
    assert floor.taps_of("Olu A.") == [("stage", "wall-tap"), ("stage", "loaded"), ("stage", "dowel")]
    for name in names:
        pressed(board.clean(name))


def test_a_double_tap_is_one_observation(board: Board, floor: Floor) -> None:
    fingers(board.page, [board.clean("Olu A.")] * 2)
    board.is_saved()
    pressed(board.clean("Olu A."))
    expect(board.line("Olu A.")).to_have_text("clean 1 of 2")
    with in_gym(floor.gym):
        assert Assessment.objects.filter(session=floor.session, member=floor.people["Olu A."]).count() == 1


@pytest.mark.parametrize("status", [0, 200, 503])
def test_a_tap_that_does_not_arrive_is_kept(
    board: Board, floor: Floor, trouble: Trouble, keep: Keep, status: int
) -> None:
    trouble.expect("Failed to fetch|ERR_FAILED|status of 503|503 from POST")

    def fail(route: Route) -> None:
        if status:
            # Also 200: the page of somebody else's network, in front of which one has to sign in.
            route.fulfill(status=status, body="<p>Welcome to Free Wi-Fi</p>", content_type="text/html")
        else:
            route.abort()

    name = "Olu A."
    for address in ("**/saw/", "**/stage/"):
        board.page.route(address, fail)
    board.clean(name).tap()
    expect(board.connection).to_have_text("1 tap saved on this tablet")
    expect(board.page.locator("#status")).to_have_text("1 tap saved on this tablet")
    board.stage(name, "Wall").tap()
    expect(board.connection).to_have_text("2 taps saved on this tablet")
    board.stands_on(name, "Wall")
    expect(board.line(name)).to_have_text("waiting · Wall")
    expect(board.last).to_have_text(f"{name} · Wall")
    # Polls that come through meanwhile, with something new of others, do not take the paint off.
    make.tap(board.floor.session, board.floor.people["Ben T."], "saw", by=board.floor.cast.kim, saw="clean")
    pressed(board.clean("Ben T."))
    board.stands_on(name, "Wall")
    keep(board.page, f"not-sent-{status}")
    assert floor.taps_of(name) == []

    for address in ("**/saw/", "**/stage/"):
        board.page.unroute(address)
    board.is_saved()
    board.stands_on(name, "Wall")
    assert floor.taps_of(name) == [("saw", "clean"), ("stage", "wall-tap")]


def sign_out(page: Page, floor: Floor) -> None:
    """Sign out in a tab of its own."""
    page.goto(f"/gym/{floor.gym.slug}/today/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")


def sign_back_in(page: Page) -> None:
    """Fill in the sign-in page."""
    page.get_by_text("Use my password").click()
    page.get_by_label("Email", exact=True).fill("carla@northside.example")
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_signed_out_in_another_tab(board: Board, floor: Floor, trouble: Trouble, keep: Keep) -> None:
    trouble.expect("status of 401")
    board.open_sheet("Ben T.")
    board.close_sheet()
    sign_out(board.page.context.new_page(), floor)
    again = board.page.locator("#net a")
    expect(again).to_have_text("Sign in again")
    expect(board.connection).to_be_hidden()
    board.clean("Olu A.").tap()
    expect(again).to_have_text("Sign in again to send 1 tap")
    board.page.get_by_role("button", name="Rest clean", exact=True).tap()
    expect(again).to_have_text("Sign in again to send 2 taps")
    expect(board.page.locator("#status")).to_have_text("Sign in again to send 2 taps")
    pressed(board.clean("Olu A."))
    keep(board.page, "signed-out")
    again.tap()
    sign_back_in(board.page)
    board.page.wait_for_url(f"**{floor.url}")
    board.is_saved()
    expect(again).to_be_hidden()
    pressed(board.clean("Olu A."))
    assert floor.taps_of("Olu A.") == [("saw", "clean")]
    assert floor.taps_of("Farid H.") == [("saw", "clean")]


def test_signed_in_again_in_another_tab(board: Board, floor: Floor, trouble: Trouble) -> None:
    trouble.expect("status of 401")
    other = board.page.context.new_page()
    sign_out(other, floor)
    expect(board.page.get_by_role("link", name="Sign in again")).to_be_visible()
    other.goto("/account/login/")
    sign_back_in(other)
    other.wait_for_url("**/today/")
    # The board hears of it by itself, and its taps are taken although the page is older than the session.
    expect(board.connection).to_have_text("All saved")
    board.clean("Olu A.").tap()
    board.is_saved()
    pressed(board.clean("Olu A."))
    assert floor.taps_of("Olu A.") == [("saw", "clean")]


def test_many_taps_that_wait_move_no_row(board: Board, trouble: Trouble, keep: Keep) -> None:
    trouble.expect("Failed to fetch|ERR_INTERNET_DISCONNECTED")
    # Hannah is held; Jun stands on no stage yet.
    names = [name for name in board.floor.people if name not in ("Hannah L.", "Jun P.")]
    before = board.row(names[0]).bounding_box()
    assert before is not None
    board.page.context.set_offline(True)
    fingers(board.page, [board.clean(name) for name in names])
    expect(board.connection).to_have_text(f"{len(names)} taps saved on this tablet")
    expect(board.line(names[0])).to_have_text("waiting · clean")
    keep(board.page, "many-wait")
    # But for the hair's breadth of a line that is shorter now.
    assert board.row(names[0]).bounding_box() == pytest.approx(before, abs=2)
    expect(board.connection).to_be_in_viewport(ratio=1)


def test_undo_stands_in_its_place_before_the_first_tap(
    open_page: OpenPage, fresh_floor: Floor, sign_in: SignIn, keep: Keep
) -> None:
    coach = fresh_floor.cast.carla
    assert coach.user is not None
    for size, left_handed in ((TABLET, False), (TABLET, True), (PHONE, False)):
        with in_gym(fresh_floor.gym):
            coach.left_handed = left_handed
            coach.save()
        page = open_page(size)
        sign_in(page, coach.user)
        board = Board(page, fresh_floor).open()
        expect(board.undo).to_be_disabled()
        keep(page, f"first-tap-{size[0]}-{left_handed}")
        buttons = page.locator("#bar button")
        before = [button.bounding_box() for button in buttons.all()]
        board.stage("Ben T.", "Wall").tap()
        expect(board.undo).to_be_enabled()
        assert [button.bounding_box() for button in buttons.all()] == before
        board.undo.tap()
        expect(board.undo).to_be_disabled()
        expect(board.stage("Ben T.", "Wall")).to_have_attribute("aria-pressed", "false")
        page.context.close()
