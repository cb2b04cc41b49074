"""The sheet beside a row: faults, adding somebody, and all of it from the keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from gym.models import Membership, User
from gym.scope import in_gym
from programming.models import AssignedDrill, Attendance
from tests.browser.pages import Board, Floor, pressed

Keep = Callable[[Page, str], None]
Taps = Callable[[Page], int]
SignIn = Callable[[Page, User], None]


@pytest.fixture
def board(page: Page, floor: Floor, sign_in: SignIn) -> Board:
    """Carla's board."""
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    return Board(page, floor).open()


def places(buttons: Locator) -> Any:
    """Where each of these stands on the screen, a finger on it or not."""
    return buttons.evaluate_all(
        "all => all.map(each => {"
        "const sheet = document.querySelector('#sheet'), {x, y} = sheet.getBoundingClientRect();"
        "return [each.innerText, x + each.offsetLeft, y + each.offsetTop - sheet.scrollTop, each.offsetHeight]; })"
    )


def test_a_fault_costs_two_taps(board: Board, taps: Taps, keep: Keep) -> None:
    chips = board.page.locator("#faults button")
    lead = board.sheet.locator("#lead")
    # Rows at the top, in the middle and at the bottom of both columns.
    for name in ("Aaliyah M.", "Farid H.", "Grace O.", "Katarzyna Z.", "Olu A."):
        begun = taps(board.page)
        board.open_sheet(name)
        before = places(chips)
        words, cue = chips.first.inner_text().split("\n")
        board.chip(words).tap()
        pressed(board.chip(words))
        board.is_saved()
        assert taps(board.page) - begun == 2
        expect(lead).to_contain_text(f"Say “{cue}”. Drill:")
        # Nothing jumps: a second fault is where it was when the sheet opened.
        assert places(chips) == before
        expect(board.line(name)).to_contain_text(words)
        pressed(board.fault(name))
        keep(board.page, f"fault-{name.split()[0].lower()}")

        lead.get_by_role("button", name="Assign").tap()
        expect(lead.get_by_role("button", name="Assigned")).to_be_visible()
        assert taps(board.page) - begun == 3
        assert places(chips) == before
        with in_gym(board.floor.gym):
            assert AssignedDrill.objects.filter(member=board.floor.people[name]).exists()

        # Touching the board shuts the sheet and does what was touched.
        board.clean(name).tap()
        expect(board.sheet).to_be_hidden()
        pressed(board.clean(name))
        board.is_saved()
        kinds = [kind for kind, _value in board.floor.taps_of(name)]
        assert kinds[-3:] == ["fault", "assign", "saw"]


def test_more_faults_of_one_opening_join_the_first(board: Board, floor: Floor) -> None:
    name = "Farid H."
    board.open_sheet(name)
    for words in ("head off dowel", "squats it", "chin up"):
        board.chip(words).tap()
    board.is_saved()
    for words in ("head off dowel", "squats it", "chin up"):
        pressed(board.chip(words))
    assert [value for _kind, value in floor.taps_of(name)] == ["head-off-dowel", "squats-it", "chin-up"]
    expect(board.page.locator("#counts")).to_contain_text("10 seen")
    with in_gym(floor.gym):
        seen = Attendance.objects.get(session=floor.session, member=floor.people[name]).seen
    assert [each["faults"] for each in seen.values()] == [["head-off-dowel", "squats-it", "chin-up"]]


def test_the_sheet_says_the_rest_too(board: Board, floor: Floor, keep: Keep) -> None:
    name = "Maximiliano Villanueva"
    board.open_sheet(name)
    board.sheet.get_by_role("button", name="Heavier").tap()
    expect(board.sheet.locator("#step-setting output")).to_have_text("20 kg")
    board.sheet.get_by_role("button", name="Lighter").tap()
    expect(board.sheet.locator("#step-setting output")).to_have_text("16 kg")
    board.chip("seen, same").tap()
    board.is_saved()
    keep(board.page, "loaded-sheet")
    board.close_sheet()
    expect(board.line(name)).to_contain_text("16 kg")
    board.open_sheet("Farid H.")
    board.chip("Not here").tap()
    expect(board.line("Farid H.")).to_have_text("not here")
    expect(board.page.locator("#counts")).to_contain_text("14 here")
    keep(board.page, "not-here")
    assert floor.taps_of(name) == [("setting", "20000"), ("setting", "16000"), ("saw", "seen")]


def test_adding_somebody(board: Board, floor: Floor, taps: Taps, keep: Keep) -> None:
    board.page.get_by_role("button", name="Add someone").tap()
    field = board.sheet.get_by_label("Name")
    expect(field).to_be_focused()
    board.page.keyboard.type("an")
    expect(board.sheet.get_by_role("button", name="Add “an” as a drop-in")).to_be_visible()
    expect(board.sheet.get_by_role("button", name="Ana Alves")).to_have_count(0)
    board.page.keyboard.type("a")
    found = board.sheet.get_by_role("button", name="Ana Alves")
    expect(found).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("ana")
    keep(board.page, "add-someone")
    found.tap()
    expect(board.page.locator("#counts")).to_contain_text("16 here")
    expect(board.sheet).to_be_hidden()
    assert taps(board.page) == 2
    ana = board.page.locator(f"#m-{floor.cast.ana.pk}")
    expect(ana).to_contain_text("first class")

    board.page.get_by_role("button", name="Add someone").tap()
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    board.page.keyboard.type("Walter Wanderer")
    board.sheet.get_by_role("button", name="Add “Walter Wanderer” as a drop-in").tap()
    expect(board.page.locator("#counts")).to_contain_text("17 here")
    expect(board.page.locator(".row .name", has_text="Walter W.")).to_be_visible()
    expect(board.last).to_have_text("Walter W. · added")
    board.is_saved()
    keep(board.page, "added")
    with in_gym(floor.gym):
        assert Membership.objects.filter(name="Walter Wanderer").count() == 1
        assert Attendance.objects.filter(session=floor.session).count() == 17


def test_the_board_from_the_keyboard_alone(board: Board, floor: Floor, taps: Taps, keep: Keep) -> None:
    page, name = board.page, "Ben T."

    def tab_to(target: Locator) -> None:
        """Press Tab until that has the focus."""
        for _press in range(150):
            if target.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {target}")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    keep(page, "keyboard-skip")
    page.keyboard.press("Enter")
    tab_to(board.stage(name, "Dowel"))
    keep(page, "keyboard-focus")
    page.keyboard.press("Enter")
    board.stands_on(name, "Dowel")
    expect(board.stage(name, "Dowel")).to_be_focused()
    tab_to(board.clean(name))
    page.keyboard.press("Space")
    pressed(board.clean(name))
    board.is_saved()
    expect(board.clean(name)).to_be_focused()

    tab_to(board.fault(name))
    page.keyboard.press("Enter")
    expect(board.sheet).to_be_visible()
    expect(board.sheet.get_by_role("button", name="Close", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(board.sheet).to_be_hidden()
    expect(board.fault(name)).to_be_focused()

    page.keyboard.press("Enter")
    expect(board.sheet).to_be_visible()
    tab_to(board.chip("squats it"))
    page.keyboard.press("Enter")
    pressed(board.chip("squats it"))
    expect(board.chip("squats it")).to_be_focused()
    tab_to(board.sheet.get_by_role("button", name="Assign"))
    page.keyboard.press("Enter")
    expect(board.sheet.get_by_role("button", name="Assigned")).to_be_focused()
    # The button of the tap goes away; focus stays in the sheet, and goes back to the row from there.
    board.chip("Pain").focus()
    page.keyboard.press("Enter")
    expect(board.sheet).to_contain_text("PAIN · held")
    expect(board.sheet.locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(board.sheet).to_be_hidden()
    expect(board.fault(name)).to_be_focused()
    assert taps(page) == 0
    kinds = [kind for kind, _value in floor.taps_of(name)]
    assert kinds == ["stage", "saw", "fault", "assign", "pain"]
