"""A class that goes on without a network: every kind of tap is kept, shown, and sent once, in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import Attendance, Tap
from tests.browser.conftest import Trouble
from tests.browser.pages import Board, Floor, pressed
from tests.browser.test_offline import KEPT, OFFLINE, say

Keep = Callable[[Page, str], Path]
SignIn = Callable[[Page, User], None]

BODIES = "Object.keys(localStorage).filter((name) => name.startsWith('tap ')).map((name) => localStorage[name]).join()"


@pytest.fixture
def board(page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble) -> Board:
    """Carla's board, whose network has just gone."""
    trouble.expect(OFFLINE)
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    board = Board(page, floor).open()
    page.context.set_offline(True)
    return board


def test_all_that_is_tapped_without_a_network(board: Board, floor: Floor, keep: Keep) -> None:
    page = board.page
    with in_gym(floor.gym):
        before = set(Tap.objects.values_list("key", flat=True))
    # What is seen next is seen at the stage that waits.
    board.stage("Ben T.", "Dowel").tap()
    board.clean("Ben T.").tap()
    pressed(board.clean("Ben T."))
    # Two taps for a fault, of what the page holds.
    board.open_sheet("Farid H.")
    board.chip("squats it").tap()
    pressed(board.chip("squats it"))
    board.chip("chin up").tap()
    board.close_sheet()
    pressed(board.fault("Farid H."))
    board.open_sheet("Isaac W.")
    board.chip("Late").tap()
    board.chip("Pain").tap()
    board.close_sheet()
    expect(board.row("Isaac W.")).to_have_attribute("data-hold", "")
    # Undone in its turn.
    board.clean("Olu A.").tap()
    expect(board.last).to_have_text("Olu A. · clean")
    board.undo.tap()
    pressed(board.clean("Olu A."), is_pressed=False)
    expect(board.last).to_have_text("Isaac W. · pain: hold")
    # Somebody new stands on the board at once and is tapped.
    page.get_by_role("button", name="+ Add someone").tap()
    board.sheet.get_by_label("Name").fill("Dora Drop")
    board.sheet.get_by_role("button", name="Add as a drop-in").tap()
    dora = page.locator(".row", has_text="Dora Drop")
    dora.get_by_role("button", name="Wall").tap()
    dora.get_by_role("button", name="Clean").tap()
    expect(dora).to_have_attribute("data-waiting", "")
    expect(dora.locator("small")).to_have_text("waiting · clean")
    say(board, "11 taps saved on this tablet")
    keep(page, "without-a-network")
    kept = page.evaluate(BODIES)
    assert "Farid" not in kept and "Ben T" not in kept
    assert "Dora" in kept
    page.locator("#net button").tap()
    expect(page.locator("#own-taps")).to_contain_text("Keep this open until all is saved.")
    expect(page.locator("#own-taps li")).to_have_count(11)
    expect(page.locator("#own-taps li").first).to_contain_text("Ben T. Dowel")
    keep(page, "taps-on-this-tablet")
    page.locator("#own-taps").get_by_role("button", name="Close").tap()

    page.context.set_offline(False)
    board.is_saved()
    expect(page.locator("[data-waiting]")).to_have_count(0)
    with in_gym(floor.gym):
        stored = Tap.objects.exclude(key__in=before).filter(group=None)
        said = [(tap.kind, tap.outcome) for tap in stored.order_by("recorded_at")]
        assert [tap.key for tap in stored.order_by("recorded_at")] == [tap.key for tap in stored.order_by("key")]
        here = Attendance.objects.get(session=floor.session, member__name="Dora Drop")
        assert here.state == Attendance.State.HERE
        of_dora = Tap.objects.filter(member=here.member).order_by("at")
        assert [tap.kind for tap in of_dora] == ["attendance", "stage", "saw"]
    kinds = ["stage", "saw", "fault", "fault", "attendance", "pain", "saw", "undo", "attendance", "stage", "saw"]
    assert said == [(kind, "applied") for kind in kinds]
    expect(page.locator(".row", has_text="Dora D.").locator("[value=clean]")).to_have_attribute("aria-pressed", "true")


def no_posts(route: Route) -> None:
    """Pages come, taps do not go."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def test_it_outlives_the_page_and_several_are_one_tap(board: Board, floor: Floor) -> None:
    page = board.page
    names = ["Ben T.", "Olu A."]
    page.get_by_role("button", name="Select").tap()
    for name in names:
        board.sheet.get_by_label(name).check()
    board.chip("Loaded").tap()
    for name in names:
        board.stands_on(name, "Loaded")
    expect(board.last).to_have_text("Loaded")
    page.get_by_role("button", name="Rest clean", exact=True).tap()
    pressed(board.clean("Olu A."))
    say(board, "2 taps saved on this tablet")
    page.context.route("**/class/**", no_posts)
    page.context.set_offline(False)
    board.open()
    # Loaded anew, they still wait and are still shown.
    say(board, "2 taps saved on this tablet")
    board.stands_on("Olu A.", "Loaded")
    pressed(board.clean("Olu A."))
    page.context.unroute("**/class/**")
    board.is_saved()
    assert floor.taps_of("Olu A.") == [("stage", "loaded"), ("saw", "clean")]
    board.stands_on("Ben T.", "Loaded")


def test_what_somebody_writes_is_never_kept(board: Board, floor: Floor, keep: Keep) -> None:
    page = board.page
    page.context.set_offline(False)
    board.open_sheet("Ben T.")
    page.context.set_offline(True)
    board.sheet.get_by_text("Write a note").tap()
    board.sheet.get_by_label("Note for coaches").fill("An old knee")
    board.sheet.get_by_role("button", name="Save the note").tap()
    expect(board.sheet.get_by_text("Not saved: try again.")).to_be_visible()
    keep(page, "note-not-saved")
    expect(board.sheet.get_by_label("Note for coaches")).to_have_value("An old knee")
    assert "knee" not in page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert page.evaluate(KEPT) == 0
    page.context.set_offline(False)
    board.sheet.get_by_role("button", name="Save the note").tap()
    expect(board.last).to_have_text("Ben T. · note")


def test_where_it_hurts_is_never_kept(board: Board, floor: Floor, keep: Keep) -> None:
    page = board.page
    page.context.set_offline(False)
    board.open_sheet("Hannah L.")
    page.context.set_offline(True)
    where = board.sheet.get_by_role("button", name="Shoulder")
    where.tap()
    expect(board.sheet.get_by_text("Where it is was not saved")).to_be_visible()
    keep(page, "where-not-saved")
    board.close_sheet()
    # That somebody is in pain is kept, and holds.
    board.open_sheet("Ben T.")
    board.chip("Pain").tap()
    expect(board.row("Ben T.")).to_have_attribute("data-hold", "")
    say(board, "1 tap saved on this tablet")
    board.close_sheet()
    assert "shoulder" not in page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    page.context.set_offline(False)
    board.is_saved()
    assert floor.taps_of("Ben T.")[-1] == ("pain", "")
    board.open_sheet("Hannah L.")
    where.tap()
    pressed(where)
    expect(board.sheet.get_by_text("Where it is was not saved")).to_be_hidden()


def seconds_of(clock: str) -> int:
    """What a clock shows."""
    minutes, seconds = clock.split(":")
    return int(minutes) * 60 + int(seconds)


def test_steps_of_the_plan_without_a_network(board: Board, floor: Floor, keep: Keep) -> None:
    page = board.page
    page.context.set_offline(False)
    page.goto(f"{floor.url}plan/")
    now = page.locator("#now")
    first = now.get_by_role("button", name="Start")
    if first.count():
        first.tap()
        expect(now.get_by_role("button", name="Next")).to_be_visible()
    expect(page.locator("#net button")).to_have_text("All saved")
    title = now.locator("h2").inner_text()
    page.context.set_offline(True)
    now.get_by_role("button", name="Next").tap()
    expect(now.locator("h2")).not_to_have_text(title)
    wanted = now.locator("h2").inner_text()
    now.get_by_role("button", name="+ 1 min").tap()
    now.get_by_role("button", name="Pause").tap()
    expect(now.get_by_text("paused")).to_be_visible()
    expect(page.locator("#net button")).to_have_text("3 taps saved on this tablet")
    keep(page, "plan-without-a-network")
    shown = now.locator(".clock").inner_text()
    page.context.set_offline(False)
    expect(page.locator("#net button")).to_have_text("All saved")
    expect(now.locator("h2")).to_have_text(wanted)
    assert abs(seconds_of(shown) - seconds_of(now.locator(".clock").inner_text())) <= 1
    expect(now.get_by_role("button", name="Go on")).to_be_visible()
    page.goto(floor.url)
    expect(page.locator("#strip [data-present]")).to_contain_text(wanted)


def test_an_entry_says_what_it_is(board: Board, floor: Floor) -> None:
    """What other versions of the page, and other parts of it, read."""
    board.clean("Olu A.").tap()
    say(board, "1 tap saved on this tablet")
    entry = json.loads(board.page.evaluate(BODIES))
    member = floor.people["Olu A."]
    assert (entry["form"], entry["coach"], entry["gym"]) == (1, str(floor.cast.carla.pk), floor.gym.slug)
    assert entry["address"] == f"{floor.url}{member.pk}/saw/"
    assert entry["body"] == "stage=dowel&saw=clean"
    with board.page.expect_request("**/saw/") as sent:
        board.page.context.set_offline(False)
    # What waits beside itself.
    assert sent.value.headers["x-waiting"] == "0"
    board.is_saved()


def test_a_tap_of_a_later_release_is_counted_and_waits(board: Board, floor: Floor) -> None:
    page = board.page
    board.clean("Olu A.").tap()
    say(board, "1 tap saved on this tablet")
    later = """([name]) => {
      const entry = { ...JSON.parse(localStorage[name]), form: 99 };
      localStorage.setItem(name, JSON.stringify(entry));
    }"""
    page.evaluate(later, page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('tap '))"))
    page.context.set_offline(False)
    board.open()
    say(board, "1 tap waits for a newer Rung")
    # It holds up nobody.
    board.clean("Ben T.").tap()
    pressed(board.clean("Ben T."))
    say(board, "1 tap waits for a newer Rung")
    board.connection.tap()
    expect(page.locator("#own-taps [data-say=newer]")).to_have_text("1 tap waits for a newer Rung")
    expect(page.locator("#own-taps [data-say=saved]")).to_be_hidden()
    assert page.evaluate("outbox.size()") == 1
    assert floor.taps_of("Olu A.") == []
    assert floor.taps_of("Ben T.")[-1] == ("saw", "clean")
