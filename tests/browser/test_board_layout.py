"""What fits on which screen, measured: sizes of targets, nothing cut, nothing covered, nothing that jumps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import Placement
from tests import make
from tests.browser.conftest import PHONE, TABLET, TABLET_SHORT, OpenPage
from tests.browser.pages import Board, Floor, pressed

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]

PORTRAIT = (768, 1024)
SMALLEST = (320, 640)

# Everything a finger can aim at on the board: [words, width, height, whether it is a plain button of bar or sheet].
TARGETS = """() => [...document.querySelectorAll(
    ".row button, .add, .bar .btn, .sheet:popover-open button, .sheet:popover-open summary")]
  .filter(each => each.checkVisibility())
  .map(each => { const box = each.getBoundingClientRect();
    return [each.innerText.trim(), box.width, box.height, each.matches(".btn")]; })"""

# Whatever holds words that do not fit: [words, how much is cut sideways, and below].
CUT = """() => [...document.querySelectorAll(
    ".name, small, .row button, .bar > *, .top h1, #counts, .net, .add, output, .sheet:popover-open button")]
  .filter(each => each.checkVisibility() && !each.closest(".vh") && each.clientWidth)
  .map(each => [each.innerText.trim(), each.scrollWidth - each.clientWidth,
    getComputedStyle(each).overflowY === "visible" ? 0 : each.scrollHeight - each.clientHeight])
  .filter(([, sideways, below]) => sideways > 1 || below > 1)"""

# Which rows do not hold what stands in them, and which lie over each other.
SPILLED = """() => {
  const rows = [...document.querySelectorAll("#roster > li")].map(
    each => ({name: each.innerText.split("\\n")[0], box: each.getBoundingClientRect(), row: each}));
  const spilled = rows.filter(({box, row}) => [...row.querySelectorAll("button, .name, small")].some(part => {
    const {top, bottom, left, right} = part.getBoundingClientRect();
    return top < box.top - 1 || bottom > box.bottom + 1 || left < box.left - 1 || right > box.right + 1; }));
  const over = rows.filter(({box: a}, i) => rows.some(({box: b}, j) => i < j
    && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1));
  return [...spilled, ...over].map(({name}) => name); }"""

# Headings whose letters lie over a name's, or which are cut at the top of the list.
HEADINGS_OVER_NAMES = """() => [...document.querySelectorAll(".row > .group")].filter((each) => {
  const [heading, list] = [each.getBoundingClientRect(), each.closest("#roster").getBoundingClientRect()];
  const words = document.createRange();
  words.selectNodeContents(each.parentElement.querySelector(".name"));
  const name = words.getBoundingClientRect();
  return heading.top < list.top || (heading.bottom > name.top + 3 && heading.right > name.left);
}).map((each) => each.textContent)"""

MOVING = """() => [...document.querySelectorAll("*")].filter(each => {
  const {transitionDuration, animationName} = getComputedStyle(each);
  return transitionDuration !== "0s" || animationName !== "none"; }).length"""

ROSTER_SCROLL = "(({scrollHeight, clientHeight}) => scrollHeight - clientHeight)(document.querySelector('#roster'))"
PAGE_SIDEWAYS = "document.scrollingElement.scrollWidth - innerWidth"
PAGE_DOWN = "document.scrollingElement.scrollHeight - innerHeight"


@pytest.fixture
def open_board(open_page: OpenPage, sign_in: SignIn) -> Callable[..., Board]:
    """`open_board(floor, size, scheme=...)` is Carla's board on a screen of that size."""

    def open_one(floor: Floor, size: tuple[int, int] = TABLET, **more: Any) -> Board:
        page = open_page(size, **more)
        assert floor.cast.carla.user is not None
        sign_in(page, floor.cast.carla.user)
        board = Board(page, floor).open()
        page.evaluate("document.fonts.ready.then(() => 0)")
        return board

    return open_one


def too_small(page: Page, height: int, *, width: int = 52) -> list[Any]:
    """Targets below the measure; plain buttons of the bar and the sheet may be 52 px high everywhere."""
    found = page.evaluate(TARGETS)
    return [each for each in found if each[1] < width or each[2] < (min(height, 52) if each[3] else height)]


def more_people(floor: Floor, count: int) -> None:
    """So many on the roster altogether."""
    surnames = ["Fernandes", "Oyelaran", "de Villiers", "Kowalczyk", "Macdonald"]
    for number in range(len(floor.people), count):
        surname = surnames[number % len(surnames)]
        member = make.person(floor.gym, f"Person{number:02} {surname}")
        make.roster(floor.session, member)
        floor.people[member.short_name] = member


def test_fifteen_fit_a_tablet(open_board: Callable[..., Board], floor: Floor, keep: Keep) -> None:
    for size, height in ((TABLET, 60), (TABLET_SHORT, 52)):
        for scheme in ("light", "dark"):
            board = open_board(floor, size, scheme=scheme)
            where = f"{size[0]}x{size[1]}-{scheme}"
            keep(board.page, f"board-{where}")
            expect(board.page.locator(".row")).to_have_count(15)
            add = board.page.get_by_role("button", name="Add someone").bounding_box()
            bar = board.page.locator("#bar").bounding_box()
            assert add and bar and add["y"] + add["height"] <= bar["y"] and bar["y"] + bar["height"] <= size[1], where
            assert board.page.evaluate(ROSTER_SCROLL) <= 0, where
            assert board.page.evaluate(PAGE_DOWN) <= 0 and board.page.evaluate(PAGE_SIDEWAYS) <= 0, where
            assert too_small(board.page, height) == [], where
            assert board.page.evaluate(CUT) == [], where
            assert board.page.evaluate(SPILLED) == [], where
            board.page.context.close()


def test_fifteen_by_station_fit_with_the_headings_of_the_groups(
    open_board: Callable[..., Board], floor: Floor, keep: Keep
) -> None:
    for size, height in ((TABLET, 60), (TABLET_SHORT, 52)):
        board = open_board(floor, size)
        by_name = board.page.locator(".row").first.bounding_box()
        board.page.get_by_role("button", name="By station").tap()
        headings = board.page.locator(".row > .group")
        expect(headings.first).to_have_text("Wall")
        keep(board.page, f"board-by-station-{size[1]}")
        first = board.page.locator(".row").first.bounding_box()
        assert by_name and first and abs(by_name["height"] - first["height"]) < 1.5
        assert board.page.evaluate(ROSTER_SCROLL) <= 0
        assert too_small(board.page, height) == [] and board.page.evaluate(CUT) == []
        assert board.page.evaluate(SPILLED) == []
        assert board.page.evaluate(HEADINGS_OVER_NAMES) == []
        board.page.get_by_role("button", name="By name").tap()
        expect(headings).to_have_count(0)
        board.page.context.close()


def test_what_two_coaches_wanted_fits_the_line_of_the_row(
    open_board: Callable[..., Board], floor: Floor, keep: Keep
) -> None:
    names = ("Maximiliano Villanueva", "Katarzyna Z.", "Farid H.")
    coaches = (floor.cast.carla, floor.cast.kim)
    with in_gym(floor.gym):
        versions = {each.member_id: each.version for each in Placement.objects.filter(member__in=floor.people.values())}
    for name in names:
        for by, stage in zip(coaches, ("wall-tap", "loaded"), strict=True):
            member = floor.people[name]
            sent: dict[str, Any] = {"seen": versions.get(member.pk), "age": timedelta(minutes=50)}
            tap = make.screen_tap("stage", member, by=by, stage=stage, **sent)
            with in_gym(floor.gym):
                floor.session.record_tap(tap)
    # A move up that a pain of before takes away.
    late, held = floor.people["Olu A."], timedelta(minutes=1)
    with in_gym(floor.gym):
        floor.session.record_tap(make.screen_tap("stage", late, by=coaches[1], stage="loaded"))
        floor.session.record_tap(make.screen_tap("pain", late, by=coaches[0], where="low_back", age=held))
    for size in (TABLET, TABLET_SHORT, PHONE, (1440, 900)):
        board = open_board(floor, size)
        keep(board.page, f"crossing-{size[0]}-{size[1]}")
        assert board.page.evaluate(CUT) == [], size
        assert board.page.evaluate(SPILLED) == [], size
        shown = board.short("Farid H.") if size[0] < 1400 else board.row("Farid H.").locator("small .wide[data-to=you]")
        expect(shown).to_be_visible()
        board.page.context.close()


def test_sixteen_to_twenty_shrink_and_forty_scroll(open_board: Callable[..., Board], floor: Floor, keep: Keep) -> None:
    # Somebody comes in while the board is open: it shrinks by itself, without a new page.
    board = open_board(floor)
    for count in (16, 18, 20, 40):
        more_people(floor, count)
        board.open()
        keep(board.page, f"board-{count}")
        assert board.page.evaluate(PAGE_DOWN) <= 0 and board.page.evaluate(PAGE_SIDEWAYS) <= 0, count
        assert too_small(board.page, 52 if count <= 20 else 60) == [], count
        assert board.page.evaluate(SPILLED) == [], count
        assert board.page.evaluate(CUT) == [], count
        assert (board.page.evaluate(ROSTER_SCROLL) <= 0) == (count <= 20), count
    add = board.page.get_by_role("button", name="Add someone")
    add.scroll_into_view_if_needed()
    expect(add).to_be_in_viewport()
    expect(board.undo).to_be_in_viewport()
    # A tap on the last row does not move the list.
    last = sorted(name for name in floor.people if name.startswith("Person"))[-1]
    before = board.row(last).bounding_box()
    board.stage(last, "Dowel").tap()
    board.stands_on(last, "Dowel")
    board.is_saved()
    assert board.row(last).bounding_box() == before
    keep(board.page, "board-40-end")


def test_the_board_shrinks_when_somebody_comes(open_board: Callable[..., Board], floor: Floor, keep: Keep) -> None:
    board = open_board(floor)
    for name in ("Walter Wanderer", "Ottilie van der Merwe-Castellanos"):
        board.page.get_by_role("button", name="Add someone").tap()
        board.sheet.get_by_label("Name").fill(name)
        board.sheet.get_by_role("button", name="as a drop-in").tap()
        expect(board.sheet).to_be_hidden()
    expect(board.page.locator(".row")).to_have_count(17)
    keep(board.page, "board-17-live")
    assert board.page.evaluate(ROSTER_SCROLL) <= 0
    assert board.page.evaluate(SPILLED) == []
    assert board.page.evaluate(CUT) == []


def test_a_phone(open_board: Callable[..., Board], floor: Floor, keep: Keep) -> None:
    screens = ((PHONE, "light", "squats it"), (PHONE, "dark", "over-arches"), (SMALLEST, "light", "rounds low back"))
    for size, scheme, fault in screens:
        board = open_board(floor, size, scheme=scheme)
        where = f"{size[0]}-{scheme}"
        keep(board.page, f"phone-{where}")
        assert board.page.evaluate(PAGE_SIDEWAYS) <= 0, where
        assert too_small(board.page, 44) == [], where
        assert board.page.evaluate(CUT) == [], where
        assert board.page.evaluate(SPILLED) == [], where
        expect(board.undo).to_be_in_viewport()
        for name in ("Aaliyah M.", "Grace O.", "Olu A."):
            board.open_sheet(name)
            keep(board.page, f"phone-{where}-sheet-{name.split()[0].lower()}")
            assert board.page.evaluate(PAGE_SIDEWAYS) <= 0, where
            sheet, row = board.sheet.bounding_box(), board.row(name).bounding_box()
            assert sheet and row and row["y"] >= 0 and row["y"] + row["height"] <= sheet["y"], (where, name)
            board.chip(fault).tap()
            pressed(board.chip(fault))
            expect(board.sheet.locator("#lead")).to_be_in_viewport()
            board.is_saved()
            board.close_sheet()
        board.page.context.close()


def test_a_portrait_tablet(open_board: Callable[..., Board], floor: Floor, keep: Keep) -> None:
    board = open_board(floor, PORTRAIT)
    keep(board.page, "portrait")
    assert board.page.evaluate(PAGE_SIDEWAYS) <= 0 and board.page.evaluate(PAGE_DOWN) <= 0
    assert board.page.evaluate(ROSTER_SCROLL) <= 0
    assert board.page.evaluate(CUT) == []
    assert board.page.evaluate(SPILLED) == []
    assert too_small(board.page, 44) == []
    board.open_sheet("Grace O.")
    keep(board.page, "portrait-sheet")


@pytest.mark.parametrize("size", [TABLET, TABLET_SHORT])
def test_a_sheet_never_covers_its_row(
    open_board: Callable[..., Board], floor: Floor, keep: Keep, size: tuple[int, int]
) -> None:
    board = open_board(floor, size)
    for name in floor.people:
        board.row(name).locator(".who").tap()
        expect(board.sheet.get_by_role("heading", name=name)).to_be_visible()
        sheet, row = board.sheet.bounding_box(), board.row(name).bounding_box()
        assert sheet and row
        assert sheet["x"] >= row["x"] + row["width"] or sheet["x"] + sheet["width"] <= row["x"], name
        # The bar with Undo and the connection stay in sight.
        bar = board.page.locator("#bar").bounding_box()
        assert bar and sheet["y"] + sheet["height"] <= bar["y"], name
        connection = board.connection.bounding_box()
        assert connection and sheet["y"] >= connection["y"] + connection["height"], name
        if name == "Grace O.":
            keep(board.page, f"sheet-{size[1]}")
            assert too_small(board.page, 52 if size == TABLET_SHORT else 60) == []
            assert board.page.evaluate(CUT) == []
            # The longest sheet of all, with pain in sight.
            expect(board.chip("Pain")).to_be_in_viewport(ratio=1)
        board.close_sheet()


def test_a_board_on_paper_is_a_sign_off_sheet(open_board: Callable[..., Board], floor: Floor, keep: Keep) -> None:
    board = open_board(floor)
    board.page.emulate_media(media="print")
    keep(board.page, "print")
    for gone in ("#bar", "#net", ".add", "#sheet"):
        expect(board.page.locator(gone)).to_be_hidden()
    expect(board.page.get_by_role("heading", name="Hinge Foundations")).to_be_visible()
    for name in floor.people:
        row = board.row(name)
        expect(row.locator(".name")).to_be_visible()
        expect(row.locator("small")).to_be_visible()
        visible = [each.inner_text() for each in row.locator(".seg button").all() if each.is_visible()]
        assert len(visible) == 1, name
        # Boxes for a pen.
        expect(row.locator(".saw button").first).to_be_visible()
    assert board.page.evaluate("getComputedStyle(document.body).colorScheme || 'light'") != "dark"
    assert board.page.pdf().count(b"/Type /Page\n") <= 2


def test_other_ways_of_seeing(open_board: Callable[..., Board], floor: Floor, keep: Keep) -> None:
    board = open_board(floor)
    board.page.emulate_media(reduced_motion="reduce")
    assert board.page.evaluate(MOVING) == 0
    board.page.emulate_media(forced_colors="active")
    keep(board.page, "forced-colours")
    chosen = board.row("Dmitri K.").locator(".seg [aria-pressed=true]")
    other = board.row("Dmitri K.").locator(".seg [aria-pressed=false]").first
    colour = "element => getComputedStyle(element).backgroundColor"
    assert chosen.evaluate(colour) != other.evaluate(colour)
    suggested = board.row("Dmitri K.").locator("[data-suggested]")
    assert suggested.evaluate("element => getComputedStyle(element).outlineStyle") == "dashed"
    board.page.emulate_media(forced_colors="none", contrast="more")
    keep(board.page, "more-contrast")
