"""A coach takes a class through the ladder, with every tap counted."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import Assessment, Attendance, Clearance, Placement, StageMove, Undo
from tests import make
from tests.browser.conftest import Trouble
from tests.browser.pages import Board, Clock, Floor, pressed

Keep = Callable[[Page, str], None]
Taps = Callable[[Page], int]
SignIn = Callable[[Page, User], None]
# For whoever reads the report of the run.
Tell = Callable[[str, object], None]


def stage_of(floor: Floor, name: str) -> str:
    with in_gym(floor.gym):
        return str(Placement.objects.get(member=floor.people[name]).stage.key)


def coach(floor: Floor) -> User:
    user = floor.cast.carla.user
    assert user is not None
    return user


def test_a_mixed_class_of_fifteen_in_thirty_taps(
    page: Page, fresh_floor: Floor, sign_in: SignIn, taps: Taps, keep: Keep, record_property: Tell
) -> None:
    floor = fresh_floor
    sign_in(page, coach(floor))
    board = Board(page, floor).open()
    opened = page.evaluate("performance.timeOrigin")
    keep(page, "fifteen-before")
    held = "Hannah L."

    # Down the left column, then down the right one. (stage, what was seen) of each.
    seen = {
        "Aaliyah M.": ("", "clean"),
        "Ben T.": ("Wall", "clean"),
        "Chiara R.": ("", "clean"),
        "Dmitri K.": ("", "squats it"),
        "Elena S.": ("", "clean"),
        "Farid H.": ("Dowel", "clean"),
        "Grace O.": ("", "rounds low back"),
        held: ("Wall", ""),
        "Isaac W.": ("Wall", "clean"),
        "Jun P.": ("Wall", "clean"),
        "Katarzyna Z.": ("", "clean"),
        "Liam D.": ("Dowel", "head off dowel"),
        "Maximiliano Villanueva": ("Dowel", "clean"),
        "Noor B.": ("", "not yet"),
        "Olu A.": ("", "clean"),
    }
    assert list(seen) == [name.strip() for name in page.locator(".row .name").all_inner_texts()]
    for name, (stage, what) in seen.items():
        if stage:
            board.stage(name, stage).tap()
        if what == "clean":
            board.clean(name).tap()
        elif what:
            board.fault(name).tap()
            board.chip(what).tap()
    used = taps(page)
    record_property("taps", used)
    board.is_saved()
    if board.sheet.is_visible():
        board.close_sheet()
    keep(page, "fifteen-after")

    assert used <= 30, f"{used} taps"
    assert page.evaluate("performance.timeOrigin") == opened, "the page changed"
    keys = {"Wall": "wall-tap", "Dowel": "dowel", "Loaded": "loaded"}
    for name, (stage, what) in seen.items():
        if stage:
            assert stage_of(floor, name) == keys[stage], name
        with in_gym(floor.gym):
            found = Assessment.objects.filter(session=floor.session, member=floor.people[name])
            said = [(each.result, [f.fault.fault.current.name for f in each.faults.all()]) for each in found]
            # Seen at the stage tapped just before, whether or not that tap was answered by then.
            assert {each.stage.stage.key for each in found} <= {stage_of(floor, name)}, name
        expected: dict[str, list[tuple[str, list[str]]]] = {
            "": [],
            "clean": [("clean", [])],
            "not yet": [("not_yet", [])],
        }
        assert said == expected.get(what, [("not_yet", [what])]), name
    expect(page.locator("#counts")).to_contain_text("15 here · 14 seen")


def test_wall_tap_to_loaded_hinge_within_one_class(
    page: Page, fresh_floor: Floor, sign_in: SignIn, taps: Taps, keep: Keep, clock: Clock
) -> None:
    floor, name = fresh_floor, "Jun P."
    sign_in(page, coach(floor))
    board = Board(page, floor).open()
    board.stage(name, "Wall").tap()
    board.stands_on(name, "Wall")

    def clean_twice() -> None:
        for _set in range(2):
            clock.forward(25)
            board.clean(name).tap()
            board.is_saved()

    # 20 cm, two clean: the frame waits until the wall is far enough away, and the words say what is next.
    clean_twice()
    expect(board.line(name)).to_have_text("2 clean → 30 cm")
    expect(board.row(name).locator("[data-suggested]")).to_have_count(0)
    board.open_sheet(name)
    expect(board.sheet).to_contain_text("2 clean in a row at 20 cm. Next: 30 cm.")
    keep(page, "wall-further")
    board.sheet.get_by_role("button", name="Take it").tap()
    expect(board.sheet.locator("#step-setting output")).to_have_text("30 cm")
    board.sheet.get_by_role("button", name="Further").tap()
    expect(board.sheet.locator("#step-setting output")).to_have_text("40 cm")
    board.close_sheet()

    for reached, following in (("Wall", "Dowel"), ("Dowel", "Loaded")):
        board.stands_on(name, reached)
        clean_twice()
        expect(board.line(name)).to_have_text(f"2 clean → {following.lower()}")
        suggested = board.row(name).locator("[data-suggested]")
        expect(suggested).to_contain_text(following)
        keep(page, f"suggested-{following.lower()}")
        # The suggestion waits for the coach.
        board.stands_on(name, reached)
        suggested.tap()
        board.stands_on(name, following)
        expect(board.row(name).locator("[data-suggested]")).to_have_count(0)
    board.is_saved()
    assert taps(page) == 13
    with in_gym(floor.gym):
        moves = StageMove.objects.filter(member=floor.people[name], kind="stage").order_by("at")
        assert [(move.to_stage.stage.key, move.reason) for move in moves] == [
            ("wall-tap", "first"),
            ("dowel", "earned"),
            ("loaded", "earned"),
        ]


def test_pain_to_clearance(
    page: Page, open_page: Callable[..., Page], floor: Floor, sign_in: SignIn, taps: Taps, keep: Keep, trouble: Trouble
) -> None:
    name = "Ben T."
    # The browser's own remark on a refusal.
    trouble.expect("status of 422")
    other = make.class_session(floor.gym, [floor.people[name]], coach=floor.cast.kim)
    sign_in(page, coach(floor))
    board = Board(page, floor).open()
    before = board.row(name).locator(".seg [aria-pressed=true]").inner_text()

    board.open_sheet(name)
    board.chip("Pain").tap()
    expect(board.sheet).to_contain_text("PAIN · held")
    expect(board.line(name)).to_have_text("PAIN · held")
    assert taps(page) == 2
    keep(page, "pain-held-sheet")
    board.chip("Low back").or_(board.chip("low back")).tap()
    expect(board.line(name)).to_have_text("PAIN · held · low back")
    board.close_sheet()
    keep(page, "pain-held-row")

    # Refused in words, and the row still says why.
    board.clean(name).tap(force=True)
    expect(board.last).to_have_text("Ben T. is held for pain. A coach clears the hold with a note first.")
    pressed(board.clean(name), is_pressed=False)
    keep(page, "pain-refused")
    board.stage(name, "Loaded").tap()
    # They stay listed until somebody has read them.
    expect(board.connection).to_have_text("2 refused")
    board.stands_on(name, before)

    # The next coach sees it too, in another class.
    second = open_page()
    assert floor.cast.kim.user is not None
    sign_in(second, floor.cast.kim.user)
    elsewhere = Board(second, Floor(floor.cast, other, floor.people)).open()
    expect(elsewhere.line(name)).to_have_text("PAIN · held · low back")
    elsewhere.clean(name).tap(force=True)
    expect(elsewhere.last).to_contain_text("is held for pain")

    # Without a note nothing is cleared, and nothing is lost.
    board.open_sheet(name)
    board.chip("Clear the hold").tap()
    field = board.sheet.locator(".clearing .field")
    expect(field).to_contain_text("Write a short note: a hold is cleared with one only.")
    keep(page, "pain-clear-without-note")
    expect(board.row(name)).to_have_attribute("data-hold", "")
    with in_gym(floor.gym):
        assert not Clearance.objects.filter(hold__member=floor.people[name]).exists()
    board.sheet.get_by_label("What makes it safe to go on?").fill("Physio is happy for him to hinge.")
    board.chip("Clear the hold").tap()
    expect(board.line(name)).not_to_contain_text("PAIN")
    board.close_sheet()
    board.clean(name).tap()
    pressed(board.clean(name))
    expect(board.connection).to_have_text("2 refused")
    with in_gym(floor.gym):
        cleared = Clearance.objects.filter(hold__member=floor.people[name])
        assert {each.note.body for each in cleared} == {"Physio is happy for him to hinge."}
    expect(elsewhere.line(name)).not_to_contain_text("PAIN")


def test_a_mistaken_tap_is_undone(page: Page, floor: Floor, sign_in: SignIn, taps: Taps, keep: Keep) -> None:
    name = "Olu A."
    sign_in(page, coach(floor))
    board = Board(page, floor).open()
    line = board.line(name).inner_text()
    board.clean(name).tap()
    expect(board.last).to_have_text("Olu A. · clean")
    board.stage(name, "Loaded").tap()
    expect(board.last).to_have_text("Olu A. · to loaded")
    keep(page, "undo-before")
    board.undo.tap()
    board.stands_on(name, "Dowel")
    expect(board.last).to_have_text("Olu A. · clean")
    pressed(board.clean(name))
    board.undo.tap()
    pressed(board.clean(name), is_pressed=False)
    expect(board.line(name)).to_have_text(line)
    keep(page, "undo-after")
    assert taps(page) == 4
    assert floor.taps_of(name) == []
    with in_gym(floor.gym):
        assert Undo.objects.count() == 2
        # History keeps both.
        assert Assessment.objects.filter(session=floor.session, member=floor.people[name]).count() == 1


def test_a_tap_on_the_wrong_person_is_moved(page: Page, floor: Floor, sign_in: SignIn, taps: Taps, keep: Keep) -> None:
    wrong, right = "Farid H.", "Olu A."
    sign_in(page, coach(floor))
    board = Board(page, floor).open()
    before = board.line(wrong).inner_text()
    board.clean(wrong).tap()
    pressed(board.clean(wrong))
    page.get_by_role("button", name="Last taps").tap()
    expect(board.sheet.get_by_role("heading", name="Last taps")).to_be_visible()
    keep(page, "last-taps")
    board.sheet.locator("li", has_text=wrong).first.get_by_role("button", name="Wrong person").tap()
    expect(board.sheet.get_by_role("heading", name="Who was meant?")).to_be_visible()
    keep(page, "wrong-person")
    board.sheet.get_by_role("button", name=right).tap()
    pressed(board.clean(right))
    pressed(board.clean(wrong), is_pressed=False)
    expect(board.line(wrong)).to_have_text(before)
    expect(board.sheet).to_be_hidden()
    expect(board.last).to_have_text(f"{right} · clean")
    keep(page, "wrong-person-moved")
    assert taps(page) == 4
    assert floor.taps_of(wrong) == []
    assert floor.taps_of(right) == [("saw", "clean")]
    with in_gym(floor.gym):
        assert Attendance.objects.get(session=floor.session, member=floor.people[wrong]).seen_at is None
