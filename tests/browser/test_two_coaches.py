"""Two coaches on two tablets in the same class."""

import re
import time
from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from gym.scope import in_gym
from programming.models import Attendance, ClassSession, Placement
from tests.browser.pages import SEEN_BY_OTHERS, Board, Floor, pressed

Keep = Callable[[Page, str], None]


def test_each_sees_the_others_taps(carla_and_kim: tuple[Board, Board], keep: Keep) -> None:
    carla, kim = carla_and_kim
    carla.clean("Farid H.").tap()
    expect(kim.clean("Farid H.")).to_have_attribute("aria-pressed", "true", timeout=SEEN_BY_OTHERS)
    expect(kim.last).to_have_text("Farid H. · clean · Carla C.")
    kim.stage("Ben T.", "Dowel").tap()
    expect(carla.stage("Ben T.", "Dowel")).to_have_attribute("aria-pressed", "true", timeout=SEEN_BY_OTHERS)
    expect(carla.last).to_have_text("Ben T. · to dowel · Kim K.")
    expect(carla.page.locator("#counts")).to_contain_text("10 seen")
    kim.undo.tap()
    expect(carla.stage("Ben T.", "Wall")).to_have_attribute("aria-pressed", "true", timeout=SEEN_BY_OTHERS)
    keep(carla.page, "two-coaches")


def test_after_its_own_tap_a_board_hears_that_nothing_is_new(carla_and_kim: tuple[Board, Board]) -> None:
    carla, kim = carla_and_kim
    answers: list[int] = []
    carla.page.on("response", lambda answer: answers.append(answer.status) if "/rows/" in answer.url else None)

    def two_answers() -> list[int]:
        answers.clear()
        while len(answers) < 2:
            carla.page.wait_for_timeout(100)
        return answers[:2]

    # With these it has proved who asks.
    assert two_answers() == [304, 304]
    carla.clean("Farid H.").tap()
    carla.is_saved()
    assert two_answers() == [304, 304]
    # What somebody else does it still hears of.
    kim.clean("Ben T.").tap()
    expect(carla.clean("Ben T.")).to_have_attribute("aria-pressed", "true", timeout=SEEN_BY_OTHERS)
    assert 200 in answers


def test_who_was_taken_off_is_back_with_a_tap_in_their_open_sheet(
    carla_and_kim: tuple[Board, Board], floor: Floor
) -> None:
    board, _kim = carla_and_kim
    board.open_sheet("Ben T.")
    # As when the tap that put them on the roster is undone.
    with in_gym(floor.gym):
        Attendance.objects.filter(session=floor.session, member=floor.people["Ben T."]).update(state="off")
        ClassSession.raise_versions_of(floor.people["Ben T."].pk, at=timezone.now())
    expect(board.row("Ben T.")).to_have_count(0, timeout=SEEN_BY_OTHERS)
    board.sheet.locator(".faults button").first.tap()
    expect(board.row("Ben T.")).to_have_count(1, timeout=SEEN_BY_OTHERS)


def test_crossing_taps_say_both_and_one_tap_chooses(
    carla_and_kim: tuple[Board, Board], floor: Floor, keep: Keep
) -> None:
    carla, kim = carla_and_kim
    name = "Ben T."

    def nothing_new(route: Route) -> None:
        route.fulfill(status=304, headers={"X-Now": str(int(time.time() * 1000))})

    # Neither hears of the other for a moment.
    for board in (carla, kim):
        board.page.route("**/rows/*", nothing_new)
    carla.stage(name, "Dowel").tap()
    carla.is_saved()
    kim.stands_on(name, "Wall")
    kim.stage(name, "Loaded").tap()
    kim.is_saved()
    kim.stands_on(name, "Loaded")
    expect(kim.short(name)).to_have_text(re.compile("^Carla C.: dowel (just now|1 min ago) · you: loaded\\s*$"))
    expect(kim.row(name).locator("[data-other]")).to_contain_text("Dowel")
    keep(kim.page, "crossing")

    for board in (carla, kim):
        board.page.unroute("**/rows/*")
    said = re.compile("^Kim K.: loaded (just now|1 min ago) · you: dowel\\s*$")
    expect(carla.short(name)).to_have_text(said, timeout=SEEN_BY_OTHERS)
    carla.row(name).locator("[data-other]").tap()
    carla.stands_on(name, "Dowel")
    expect(carla.row(name).locator("[data-other]")).to_have_count(0)
    expect(kim.stage(name, "Dowel")).to_have_attribute("aria-pressed", "true", timeout=SEEN_BY_OTHERS)
    expect(kim.row(name).locator("[data-other]")).to_have_count(0)
    with in_gym(floor.gym):
        assert Placement.objects.get(member=floor.people[name]).stage.key == "dowel"
    assert floor.taps_of(name) == [("stage", "dowel"), ("stage", "loaded"), ("stage", "dowel")]


def test_an_open_sheet_with_typed_words_survives_the_others_taps(carla_and_kim: tuple[Board, Board]) -> None:
    carla, kim = carla_and_kim
    name = "Ben T."
    carla.open_sheet(name)
    carla.sheet.get_by_text("Write a note").tap()
    note = carla.sheet.get_by_label("Note for coaches")
    note.tap()
    note.press_sequentially("Tight hips today")
    note.evaluate("field => field.setSelectionRange(5, 5)")
    where = carla.sheet.bounding_box()

    # Somebody else's row, then the sheet's own.
    for each in ("Olu A.", name):
        kim.clean(each).tap()
        expect(carla.clean(each)).to_have_attribute("aria-pressed", "true", timeout=SEEN_BY_OTHERS)
        expect(carla.sheet).to_be_visible()
        expect(note).to_be_focused()
        expect(note).to_have_value("Tight hips today")
        assert note.evaluate("field => field.selectionStart") == 5
        assert carla.sheet.bounding_box() == where
    # A tap in the sheet keeps what is typed but not yet saved.
    carla.chip("squats it").tap()
    pressed(carla.chip("squats it"))
    expect(note).to_be_visible()
    expect(note).to_have_value("Tight hips today")
    carla.sheet.get_by_role("button", name="Save the note").tap()
    carla.is_saved()
    expect(carla.last).to_have_text("Ben T. · note")
