"""The whole class at once: the rest is clean, several are selected, and each is one entry to undo."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import Assessment
from tests.browser.conftest import PHONE, OpenPage, Trouble
from tests.browser.pages import SEEN_BY_OTHERS, Board, Floor, pressed

Keep = Callable[[Page, str], None]
Taps = Callable[[Page], int]
SignIn = Callable[[Page, User], None]

HELD = "Hannah L."


def board_of(page: Page, floor: Floor, sign_in: SignIn, who: str = "carla") -> Board:
    """The board on a coach's screen."""
    user = getattr(floor.cast, who).user
    assert user is not None
    sign_in(page, user)
    return Board(page, floor).open()


def rest_clean(page: Page) -> None:
    page.get_by_role("button", name="Rest clean", exact=True).tap()


def the_rest(page: Page) -> list[str]:
    """The names in the rows that belong to the rest."""
    rows = page.locator(".row", has=page.locator("input[form=rest]"))
    return [name.strip() for name in rows.locator(".name").all_inner_texts()]


def results(floor: Floor) -> dict[str, list[str]]:
    """What was seen of each in this class, oldest first, of what stands."""
    with in_gym(floor.gym):
        found = Assessment.objects.filter(session=floor.session).standing().order_by("at", "id")
        seen = list(found.values_list("member_id", "result"))
    return {name: [result for who, result in seen if who == member.pk] for name, member in floor.people.items()}


def test_a_class_of_fifteen_with_its_exceptions(
    page: Page, fresh_floor: Floor, sign_in: SignIn, taps: Taps, keep: Keep
) -> None:
    floor = fresh_floor
    board = board_of(page, floor, sign_in)
    # Two exceptions, those who stand nowhere yet get a stage, and all the others in one tap, sent at once.
    for name, fault in (("Dmitri K.", "squats it"), ("Grace O.", "rounds low back")):
        board.fault(name).tap()
        board.chip(fault).tap()
    for name in ("Ben T.", "Farid H.", "Isaac W.", "Jun P.", "Liam D."):
        board.stage(name, "Wall").tap()
    rest_clean(page)
    pressed(board.clean("Olu A."))
    board.is_saved()
    used = taps(page)
    assert used == 10, "for fifteen people"
    expect(page.locator("#counts")).to_contain_text("15 here · 14 seen")
    expect(board.last).to_have_text("Rest clean · 12 people")
    keep(page, "rest-clean")
    expected = {name: ["clean"] for name in floor.people} | {
        HELD: [],
        "Dmitri K.": ["not_yet"],
        "Grace O.": ["not_yet"],
    }
    assert results(floor) == expected

    # One more exception, afterwards.
    page.get_by_role("button", name="Last taps").tap()
    board.sheet.get_by_text("One by one").tap()
    keep(page, "rest-clean-one-by-one")
    board.sheet.get_by_role("button", name="Undo Noor B.").tap()
    expect(board.sheet).to_be_hidden()
    pressed(board.clean("Noor B."), is_pressed=False)
    expect(board.last).to_have_text("Rest clean · 11 people")
    assert the_rest(page) == ["Noor B."]
    # The whole of it, in one tap.
    board.undo.tap()
    expect(page.locator("#counts")).to_contain_text("15 here · 2 seen")
    pressed(board.clean("Olu A."), is_pressed=False)
    # Painted at once; who is of the rest again, the server says.
    expect(page.locator("input[form=rest]")).to_have_count(12)
    assert len(the_rest(page)) == 12
    assert taps(page) == used + 4


def test_it_is_painted_at_once_and_kept_where_it_did_not_arrive(
    page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect("net::ERR_FAILED|Failed to fetch")
    board = board_of(page, floor, sign_in)
    rest = the_rest(page)
    assert rest and HELD not in rest
    waiting: list[Route] = []

    def hold_back(route: Route) -> None:
        waiting.append(route)

    page.route("**/rest/", hold_back)
    rest_clean(page)
    for name in rest:
        pressed(board.clean(name))
    pressed(board.clean("Aaliyah M."), is_pressed=False)
    expect(board.connection).to_have_text("1 tap saved on this tablet")
    waiting[0].abort()
    page.unroute("**/rest/")
    keep(page, "rest-clean-kept-here")
    board.is_saved()
    for name in rest:
        pressed(board.clean(name))
    expect(board.last).to_have_text(f"Rest clean · {len(rest)} people")
    # Nobody is left, and it says so.
    rest_clean(page)
    expect(board.last).to_have_text(re.compile("^(Everyone here is seen|Nobody to mark)"))
    assert sum(found == ["clean"] for found in results(floor).values()) >= len(rest)


def test_two_coaches_and_what_is_kept(open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep) -> None:
    carla, kim = (board_of(open_page(), floor, sign_in, who) for who in ("carla", "kim"))
    rest = the_rest(carla.page)
    rest_clean(carla.page)
    expect(kim.last).to_have_text(f"Rest clean · {len(rest)} people · Carla C.", timeout=SEEN_BY_OTHERS)
    for name in rest:
        pressed(kim.clean(name))
    assert the_rest(kim.page) == []
    kim.open_sheet("Farid H.")
    kim.chip("chin up").tap()
    kim.is_saved()
    kim.close_sheet()
    expect(carla.line("Farid H.")).to_contain_text("chin up", timeout=SEEN_BY_OTHERS)
    carla.page.get_by_role("button", name="Last taps").tap()
    carla.sheet.get_by_role("button", name="Rest clean").tap()
    expect(carla.last).to_contain_text("Kept: Farid H., who was tapped since.")
    expect(carla.sheet).to_be_hidden()
    keep(carla.page, "rest-clean-kept")
    expect(kim.clean(rest[0])).to_have_attribute("aria-pressed", "false", timeout=SEEN_BY_OTHERS)
    assert the_rest(kim.page) == [name for name in rest if name != "Farid H."]
    assert results(floor)["Farid H."] == ["clean", "not_yet"]


def test_several_are_selected(
    page: Page, open_page: OpenPage, floor: Floor, sign_in: SignIn, taps: Taps, keep: Keep, trouble: Trouble
) -> None:
    trouble.expect("status of 422")
    board = board_of(page, floor, sign_in)
    page.get_by_role("button", name="Select").tap()
    board.chip("Dowel").tap()
    expect(board.sheet.get_by_role("alert")).to_have_text("Choose somebody first.")
    names = ["Ben T.", HELD, "Isaac W.", "Jun P."]
    for name in names:
        board.sheet.get_by_label(name).tap()
    keep(page, "select")
    before = taps(page)
    board.chip("Dowel").tap()
    expect(board.sheet).to_be_hidden()
    for name in ("Ben T.", "Isaac W.", "Jun P."):
        board.stands_on(name, "Dowel")
    board.is_saved()
    assert taps(page) == before + 1
    expect(board.last).to_have_text("3 people · to dowel")
    board.undo.tap()
    for name in ("Ben T.", "Isaac W.", "Jun P."):
        board.stands_on(name, "Wall")

    # Refused for everybody: the sheet stays, with the choice and the reason.
    page.get_by_role("button", name="Select").tap()
    board.sheet.get_by_label(HELD).tap()
    board.chip("Clean").tap()
    expect(board.sheet.get_by_role("alert")).to_have_text(f"{HELD} is held for pain.")
    expect(board.sheet.get_by_label(HELD)).to_be_checked()
    keep(page, "select-refused-for-all")
    board.close_sheet()

    # Everyone: who may not be assessed is named.
    page.get_by_role("button", name="Select").tap()
    board.sheet.get_by_label("Ben T.").tap()
    board.sheet.get_by_role("link", name="Everyone").tap()
    expect(board.sheet.get_by_role("checkbox", checked=True)).to_have_count(15)
    board.chip("Seen, same").tap()
    expect(board.last).to_have_text(f"{HELD} is held for pain.")
    expect(board.sheet).to_be_hidden()
    expect(page.locator("#counts")).to_contain_text("15 here · 14 seen")
    keep(page, "select-refused")
    # It stands while others tap, beside what Undo would take back, and until this screen's next tap.
    kim = board_of(open_page(), floor, sign_in, "kim")
    kim.clean("Olu A.").tap()
    kim.is_saved()
    expect(board.last).to_have_text(f"{HELD} is held for pain. Olu A. · clean · Kim K.", timeout=SEEN_BY_OTHERS)
    page.wait_for_timeout(3_000)
    expect(board.last).to_have_text(f"{HELD} is held for pain. Olu A. · clean · Kim K.")
    keep(page, "select-refused-later")
    board.stage("Ben T.", "Dowel").tap()
    expect(board.last).to_have_text("Ben T. · to dowel")


def test_it_fits_a_phone_and_the_left_hand(open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep) -> None:
    with in_gym(floor.gym):
        floor.cast.carla.left_handed = True
        floor.cast.carla.save()
    page = open_page(PHONE)
    board = board_of(page, floor, sign_in)
    buttons = page.locator("#bar button")
    boxes = [box for box in (button.bounding_box() for button in buttons.all()) if box]
    assert [round(box["y"]) for box in boxes] == [round(boxes[0]["y"])] * 5
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0] and box["height"] >= 48 for box in boxes)
    # Undo is under the thumb, wherever that is.
    assert min(boxes, key=lambda box: box["x"]) == board.undo.bounding_box()
    page.get_by_role("button", name="Select").tap()
    for label in board.sheet.locator("label").all():
        box = label.bounding_box()
        assert box and box["height"] >= 52 and box["x"] + box["width"] <= PHONE[0]
    board.sheet.get_by_label("Olu A.").tap()
    keep(page, "select-phone")
    board.chip("Clean").tap()
    expect(board.last).to_have_text("1 person · clean")
    keep(page, "select-phone-done")
    # Both ways to put a tap right stand on one line, and Undo under the thumb there, too.
    board.clean("Ben T.").tap()
    board.is_saved()
    page.get_by_role("button", name="Last taps").tap()
    line = board.sheet.locator("li", has_text="Ben T.").first
    wrong = line.get_by_role("button", name="Wrong person").bounding_box()
    undo = line.get_by_role("button", name="Undo").bounding_box()
    assert wrong and undo and wrong["y"] == undo["y"]
    assert undo["x"] < wrong["x"]
    keep(page, "last-taps-phone-left")


def test_without_javascript(open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep, trouble: Trouble) -> None:
    trouble.expect("status of 422")
    page = open_page(javascript=False)
    board = board_of(page, floor, sign_in)
    rest = the_rest(page)
    rest_clean(page)
    expect(page).to_have_url(re.compile(re.escape(floor.url) + "$"))
    expect(board.last).to_have_text(f"Rest clean · {len(rest)} people")
    for name in rest:
        pressed(board.clean(name))
    page.get_by_role("button", name="Last taps").tap()
    page.get_by_text("One by one").tap()
    page.get_by_role("button", name=f"Undo {rest[0]}").tap()
    pressed(board.clean(rest[0]), is_pressed=False)
    board.undo.tap()
    expect(board.last).not_to_contain_text("Rest clean")
    assert the_rest(page) == rest

    page.get_by_role("button", name="Select").tap()
    board.chip("Loaded").tap()
    expect(page.get_by_role("alert")).to_have_text("Choose somebody first.")
    page.get_by_role("link", name="Everyone").tap()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(15)
    keep(page, "plain-select")
    board.chip("Loaded").tap()
    # Whom a rule kept out is named in the bar of the board.
    expect(board.last).to_have_text(f"{HELD} is held for pain.")
    board.stands_on("Olu A.", "Loaded")
    keep(page, "plain-select-done")
    board.undo.tap()
    board.stands_on("Olu A.", "Dowel")
