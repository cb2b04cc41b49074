"""From the board to a member's sheet and back to the same place, and what is done there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import AssignedDrill, Note
from tests import make
from tests.browser.conftest import PHONE, TABLET, OpenPage, Trouble
from tests.browser.pages import Board, Floor

Keep = Callable[[Page, str], None]
Taps = Callable[[Page], int]
SignIn = Callable[[Page, User], None]

# How far the page and the list of rows are scrolled.
SCROLLED = "() => [Math.round(scrollY), Math.round(document.getElementById('roster').scrollTop)]"


@pytest.fixture
def crowd(floor: Floor) -> Floor:
    """Forty people in one class."""
    for number in range(25):
        member = make.person(floor.gym, f"Member{number:02} Of Many")
        make.roster(floor.session, member)
        floor.people[member.short_name] = member
    return floor


def scrolled(page: Page) -> Any:
    return page.evaluate(SCROLLED)


@pytest.mark.parametrize(("screen", "size"), [("tablet", TABLET), ("phone", PHONE)])
def test_there_in_two_taps_and_back_to_the_same_place(
    open_page: OpenPage, crowd: Floor, sign_in: SignIn, taps: Taps, keep: Keep, screen: str, size: tuple[int, int]
) -> None:
    page = open_page(size)
    assert crowd.cast.carla.user is not None
    sign_in(page, crowd.cast.carla.user)
    board = Board(page, crowd).open()
    # One far down the list, and one whom pain holds.
    for name, is_far in (("Olu A.", True), ("Hannah L.", False)):
        board.row(name).scroll_into_view_if_needed()
        if is_far:
            page.evaluate("() => { scrollBy(0, 45); document.getElementById('roster').scrollBy(0, 45); }")
        begun, place = taps(page), scrolled(page)
        board.row(name).locator(".who").tap()
        expect(board.sheet.get_by_role("heading", name=name)).to_be_visible()
        assert sum(place) > 0 or not is_far
        board.sheet.get_by_role("link", name="More…").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        assert taps(page) - begun == 2
        keep(page, f"member-{name.split()[0].lower()}-{screen}")

        # A tap made there, and back.
        page.get_by_text("Add a note").tap()
        page.get_by_label("Note for coaches").fill(f"Ask {name}")
        page.get_by_role("button", name="Save the note").tap()
        expect(page.locator("#notes .said").first).to_contain_text(f"Ask {name}")
        page.get_by_role("link", name="Back to board").tap()
        expect(board.row(name)).to_be_visible()
        expect(board.row(name).locator(".who")).to_be_focused()
        assert scrolled(page) == place
        assert "#" not in page.url
    # Nothing of it is left over for a board that is opened anew.
    page.goto(crowd.url.replace(f"class/{crowd.session.pk}/", "today/"))
    board.open()
    assert scrolled(page) == [0, 0]


def test_what_is_done_there(page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble, keep: Keep) -> None:
    trouble.expect("status of 422")
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    member = floor.people["Liam D."]
    page.goto(f"{floor.url}{member.pk}/member/")
    # Half a note is not lost when something else is tapped.
    page.get_by_text("Add a note").tap()
    note = page.get_by_label("Note for coaches")
    note.fill("Half a no")
    page.get_by_text("+ Drill").tap()
    page.get_by_role("button", name="Cat-cow").tap()
    expect(page.locator("#home")).to_contain_text("chosen by Carla C. today")
    expect(page.locator("#more-drills")).not_to_have_attribute("open", "")
    expect(note).to_have_value("Half a no")
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#notes .said").first).to_contain_text("Half a no")
    expect(note).to_be_hidden()
    page.get_by_text("Add a note").tap()
    expect(note).to_have_value("")
    # Refused, beside the field.
    page.get_by_text("Change").tap()
    page.get_by_label("Standing limits").fill("x" * 80)
    page.get_by_role("button", name="Save the limits").tap()
    expect(page.locator("#member > header .limits")).to_have_text("x" * 80)
    expect(page.locator("#change-limits")).not_to_have_attribute("open", "")
    keep(page, "member-limits")
    page.get_by_role("button", name="Pain: hold").tap()
    expect(page.locator("#holding")).to_be_visible()
    page.locator("#holding").get_by_role("button", name="Clear the hold").tap()
    expect(page.locator(".clearing .errorlist")).to_contain_text("Write a short note")
    page.get_by_label("What makes it safe to go on?").fill("The belt.")
    page.locator("#holding").get_by_role("button", name="Clear the hold").tap()
    expect(page.locator("#holding")).to_have_count(0)
    with in_gym(floor.gym):
        assert set(Note.objects.filter(member=member).values_list("body", flat=True)) >= {"Half a no", "The belt."}
        assert AssignedDrill.objects.filter(member=member, drill__drill__key="cat-cow").count() == 1


def test_what_is_not_saved_is_said_and_kept(
    page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect("Failed to load resource|Failed to fetch")
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    page.goto(f"{floor.url}{floor.people['Liam D.'].pk}/member/")
    page.get_by_text("Add a note").tap()
    page.get_by_label("Note for coaches").fill("Stiff today.")

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/note/", refuse)
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#note [data-unsaved]")).to_contain_text("Not saved: try again.")
    expect(page.locator("#status")).to_contain_text("Not saved: try again.")
    expect(page.get_by_label("Note for coaches")).to_have_value("Stiff today.")
    page.unroute("**/note/", refuse)
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#net a")).to_have_text("Sign in again")
    keep(page, "member-not-saved")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#notes .said").first).to_contain_text("Stiff today.")
    expect(page.locator("#note [data-unsaved]")).to_be_hidden()


def strange(status: int, headers: dict[str, str]) -> Callable[[Route], None]:
    """Answers a request with what is not the answer to it."""

    def answer(route: Route) -> None:
        route.fulfill(status=status, headers=headers, body="<h1>Welcome to FreeWifi</h1>")

    return answer


def test_a_page_of_somebody_else_has_saved_nothing(page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble) -> None:
    trouble.expect("Failed to load resource|Not saved")
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    page.goto(f"{floor.url}{floor.people['Liam D.'].pk}/member/")
    page.get_by_text("Add a note").tap()
    page.get_by_label("Note for coaches").fill("Stiff today.")
    # The page of a network that wants a sign-in of its own; where a redirect leads to; ours, of another tap.
    other = {"X-Now": "1", "X-Op": "0192f0c1-2345-7abc-8def-0123456789ab"}
    for status, headers in ((200, {}), (302, {"Location": "/health/"}), (200, other)):
        page.locator("#note [data-unsaved]").evaluate("(said) => (said.hidden = true)")
        page.route("**/note/", strange(status, {"Content-Type": "text/html", **headers}), times=1)
        page.get_by_role("button", name="Save the note").tap()
        expect(page.locator("#note [data-unsaved]")).to_contain_text("Not saved: try again.")
        expect(page.get_by_label("Note for coaches")).to_have_value("Stiff today.")
        expect(page.get_by_role("heading", level=1)).to_have_text("Liam D.")
    assert stored_notes(floor) == []
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#notes .said").first).to_contain_text("Stiff today.")
    assert stored_notes(floor) == ["Stiff today."]


def test_what_was_stored_and_its_answer_lost_is_stored_once(
    page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble
) -> None:
    trouble.expect("Failed to load resource|Failed to fetch")
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    page.goto(f"{floor.url}{floor.people['Liam D.'].pk}/member/")

    def lose(route: Route) -> None:
        assert route.fetch().ok
        route.abort()

    page.route("**/note/", lose, times=1)
    page.get_by_text("Add a note").tap()
    page.get_by_label("Note for coaches").fill("Stiff today.")
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#note [data-unsaved]")).to_contain_text("Not saved: try again.")
    # Something else is answered meanwhile, and draws the page anew.
    page.get_by_text("+ Drill").tap()
    page.get_by_role("button", name="Cat-cow").tap()
    expect(page.locator("#home")).to_contain_text("chosen by Carla C. today")
    page.get_by_role("button", name="Save the note").tap()
    expect(page.get_by_label("Note for coaches")).to_be_hidden()
    assert stored_notes(floor) == ["Stiff today."]
    # Once it is answered, the same words are another note.
    page.get_by_text("Add a note").tap()
    page.get_by_label("Note for coaches").fill("Stiff today.")
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#notes .said")).to_have_count(2)
    # So are other words when the first ones were not answered.
    page.route("**/note/", lose, times=1)
    page.get_by_text("Add a note").tap()
    page.get_by_label("Note for coaches").fill("Stiff.")
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#note [data-unsaved]")).to_contain_text("Not saved: try again.")
    page.get_by_label("Note for coaches").fill("Stiff, and late.")
    page.get_by_role("button", name="Save the note").tap()
    expect(page.locator("#notes .said")).to_have_count(4)
    assert stored_notes(floor) == ["Stiff today.", "Stiff today.", "Stiff.", "Stiff, and late."]


def stored_notes(floor: Floor) -> list[str]:
    with in_gym(floor.gym):
        notes = Note.objects.filter(member=floor.people["Liam D."]).order_by("at", "tap__key")
        return list(notes.values_list("body", flat=True))


def test_without_javascript(open_page: OpenPage, floor: Floor, sign_in: SignIn) -> None:
    page = open_page(javascript=False)
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    board = Board(page, floor).open()
    board.row("Liam D.").locator(".who").tap()
    page.get_by_role("link", name="More…").tap()
    page.get_by_text("+ Drill").tap()
    page.get_by_role("button", name="Cat-cow").tap()
    expect(page.locator("#home")).to_contain_text("chosen by Carla C. today")
    page.locator("#home-cat-cow").get_by_role("button", name="End").tap()
    expect(page.locator("#home-cat-cow")).to_have_count(0)
    page.get_by_text("Change").tap()
    page.get_by_label("Standing limits").fill("no jumps")
    page.get_by_role("button", name="Save the limits").tap()
    page.get_by_role("link", name="Back to board").tap()
    expect(board.row("Liam D.").locator(".limits")).to_have_text("no jumps")
    expect(board.row("Liam D.")).to_be_in_viewport()
