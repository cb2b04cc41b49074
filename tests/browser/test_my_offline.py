"""A member's phone opens the last drills without a connection, and nothing of anybody after signing out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import ClassSession, Drill, DrillPicture, SelfCheck
from programming.picture_files import redrawn
from tests import make
from tests.browser.conftest import PHONE, OpenPage, Trouble
from tests.people import Cast, make_cast
from tests.photographs import photograph

SignIn = Callable[[Page, User], None]

MY = "/gym/northside-barbell/my/"
HISTORY, CHECKS = f"{MY}history/", f"{MY}self-check/"
CONTACTS = f"{CHECKS}hip-hinge/three-contacts/"
# What My drills has kept with itself.
WITH_IT = (MY, HISTORY, CHECKS)
# The paths of the pages that are kept.
KEPT = """async () => {
  const kept = [];
  for (const name of (await caches.keys()).filter((each) => each.startsWith("pages "))) {
    kept.push(...(await (await caches.open(name)).keys()).map(({url}) => new URL(url).pathname));
  }
  return kept;
}"""
# Let them have been kept so many days ago.
AGE_KEPT = """async (days) => {
  for (const name of (await caches.keys()).filter((each) => each.startsWith("pages "))) {
    const cache = await caches.open(name);
    for (const kept of await cache.matchAll()) {
      const headers = new Headers(kept.headers);
      headers.set("X-Kept-At", Date.now() - days * 864e5);
      await cache.put(headers.get("X-Address"), new Response(await kept.text(), { headers }));
    }
  }
}"""
# Drills whose figure is not there.
UNDRAWN = """() => [...document.querySelectorAll(".drawn use")].filter((use) => !use.getBBox().width)
  .map((use) => use.getAttribute("href"))"""


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def evening(cast: Cast) -> ClassSession:
    """A class in which Ana and Ben stand on different stages."""
    make.library(cast.northside)
    session = make.class_session(cast.northside, [cast.ana, cast.ben], coach=cast.carla)
    make.place(session, cast.ana, "wall-tap", by=cast.carla)
    make.place(session, cast.ben, "dowel", by=cast.carla)
    return session


@pytest.fixture
def phone(open_page: OpenPage, evening: ClassSession, cast: Cast, sign_in: SignIn, trouble: Trouble) -> Page:
    """Ana's phone, on which My drills was opened once."""
    trouble.expect("net::ERR|Failed to fetch|Failed to load resource")
    page = open_page(PHONE, worker=True)
    assert cast.ana.user
    sign_in(page, cast.ana.user)
    page.goto(MY)
    keeps(page, *WITH_IT)
    return page


def keeps(page: Page, *paths: str) -> None:
    """Wait until these pages are kept, and no others."""
    for _try in range(200):
        if sorted(page.evaluate(KEPT)) == sorted(paths):
            return
        time.sleep(0.05)
    raise AssertionError(f"{page.evaluate(KEPT)} instead of {paths}")


def test_the_last_drills_open_without_a_connection(phone: Page) -> None:
    context = phone.context
    phone.close()
    context.set_offline(True)
    # As from the home screen.
    page = context.new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile(f"{MY}$"))
    expect(page.locator("#kept")).to_have_text(re.compile(r"Opened without connection; as it was at \d\d:\d\d"))
    expect(page.get_by_role("heading", name="Ana, you are on the wall tap")).to_be_visible()
    assert page.locator(".drawn").count() == 5 and page.evaluate(UNDRAWN) == []
    assert page.evaluate("document.fonts.check('600 20px \"Barlow Semi Condensed\"')")
    # What it cannot do without a connection it says, and stays.
    page.get_by_role("button", name="Not shown").tap()
    expect(page.get_by_text("No connection. Try again when there is one.")).to_be_visible()
    # Drawn anew by itself when the connection is back.
    context.set_offline(False)
    expect(page.locator("#kept")).to_be_hidden(timeout=10_000)


def test_history_and_a_self_check_without_a_connection(phone: Page, cast: Cast) -> None:
    phone.goto(CHECKS)
    keeps(phone, *WITH_IT, CONTACTS, f"{CHECKS}hip-hinge/set-up/")
    phone.context.set_offline(True)
    phone.goto(HISTORY)
    expect(phone.locator("#kept")).to_contain_text("Opened without connection; as it was at")
    expect(phone.locator("#told")).to_contain_text("You began on the wall tap.")
    phone.get_by_role("link", name="Self-check").tap()
    expect(phone.locator("#kept")).to_be_visible()
    phone.get_by_role("link", name=re.compile("The three contacts")).tap()
    expect(phone.locator("#kept")).to_be_visible()
    for question in phone.locator(".question").all():
        question.get_by_role("radio", name="yes").check()
    phone.evaluate("document.activeElement.blur()")
    # Answered and not sent: what comes back does not draw over it.
    phone.context.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.wait_for_timeout(700)
    expect(phone.locator("#kept")).to_be_visible()
    expect(phone.get_by_role("radio", name="yes", checked=True)).to_have_count(3)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Keep it").tap()
    expect(phone.get_by_text("Saved on this phone.", exact=True)).to_be_visible()
    with in_gym(cast.northside):
        assert not SelfCheck.objects.exists()
    # The list sends it too, and is drawn anew.
    phone.goto(CHECKS)
    expect(phone.locator("#waits")).to_contain_text("1 saved on this phone.")
    phone.context.set_offline(False)
    expect(phone.locator("#hip-hinge-three-contacts")).to_contain_text("Last time, today: 3 of 3 yes", timeout=20_000)
    expect(phone.locator("#waits")).to_be_hidden()
    with in_gym(cast.northside):
        assert SelfCheck.objects.get().kept == 3


def test_a_picture_that_does_not_come_is_a_figure_or_words(phone: Page, cast: Cast, evening: ClassSession) -> None:
    with in_gym(cast.northside):
        own = Drill.objects.create(key="import_bow", follows_shipped=False)
        own.revise(name="Broomstick bow", cues=["Hips back."])
        for number, drill in enumerate((own, Drill.objects.get(key="cat-cow"))):
            drawn = redrawn(photograph("PNG", (300 + number, 200)))
            DrillPicture.put(drill, drawn, f"Picture {number}", at=datetime.now(UTC))
    for after, key in enumerate(("import_bow", "cat-cow")):
        make.tap(evening, cast.ana, "assign", by=cast.carla, after=60 + after, drill=key, wanted=True)
    phone.goto(MY)
    cat_cow, bow = phone.locator("#drill-cat-cow"), phone.locator("#drill-import_bow")
    for card in (cat_cow, bow):
        card.scroll_into_view_if_needed()
        expect(card.get_by_role("img")).to_be_visible()
        card.get_by_role("img").evaluate("picture => picture.decode()")
    expect(cat_cow.locator(".drawn")).to_be_hidden()
    # A connection later there is none, and the browser has let them go.
    phone.context.new_cdp_session(phone).send("Network.clearBrowserCache")
    phone.context.set_offline(True)
    phone.goto(MY)
    expect(phone.locator("#kept")).to_be_visible()
    bow.scroll_into_view_if_needed()
    cat_cow.scroll_into_view_if_needed()
    expect(cat_cow.locator(".drawn")).to_be_visible()
    expect(bow.locator(".unseen")).to_have_text("Picture 0")
    expect(phone.locator(".photo")).to_have_count(0)


@pytest.mark.parametrize(("days", "opens"), [(50, True), (61, False)])
def test_for_two_months_and_with_the_day(phone: Page, days: int, opens: bool) -> None:
    phone.evaluate(AGE_KEPT, days)
    phone.context.set_offline(True)
    phone.goto(MY)
    if opens:
        # As the phone's clock shows it, which may have been put back an hour since.
        day = (datetime.now(UTC) - timedelta(days=days)).astimezone(ZoneInfo("Europe/London"))
        expect(phone.locator("#kept")).to_contain_text(re.compile(rf"{day:%b} {day.day}|{day.day} {day:%b}"))
        expect(phone.get_by_role("heading", name="Wall tap", exact=True)).to_be_visible()
    else:
        expect(phone.get_by_role("heading", name="No connection")).to_be_visible()


def test_what_does_not_open_says_so_in_the_language_that_was_read_last(phone: Page, cast: Cast) -> None:
    cast.ana.speak(language="de", units="")
    phone.goto(MY)
    phone.context.set_offline(True)
    phone.evaluate("address => location.assign(address)", f"{MY}data/")
    expect(phone.get_by_role("heading")).to_have_text(["Keine Verbindung"])
    expect(phone.locator("html")).to_have_attribute("lang", "de")
    expect(phone).to_have_title("Keine Verbindung · Rung")
    phone.get_by_role("link", name="Zurück").tap()
    expect(phone.locator("#kept")).to_be_visible()


@pytest.mark.parametrize("connected", [True, False])
def test_signing_out_leaves_nothing_on_the_phone(phone: Page, connected: bool) -> None:
    phone.context.set_offline(not connected)
    phone.get_by_role("button", name="Sign out").tap()
    expect(phone.get_by_role("heading", name="Sign in" if connected else "No connection")).to_be_visible()
    keeps(phone)
    phone.context.set_offline(True)
    for address in (MY, "/"):
        phone.goto(address)
        expect(phone.get_by_role("heading", name="No connection")).to_be_visible()


def test_the_next_person_finds_their_own_page_alone(phone: Page, cast: Cast, sign_in: SignIn) -> None:
    assert cast.ben.user
    sign_in(phone, cast.ben.user)
    phone.goto(MY)
    expect(phone.get_by_role("heading", name="Ben, you are on the dowel")).to_be_visible()
    keeps(phone, *WITH_IT)
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator("#kept")).to_be_visible()
    expect(phone.get_by_role("heading", name="Ben, you are on the dowel")).to_be_visible()


def test_a_coachs_page_has_the_rest_of_the_files_kept(phone: Page, cast: Cast, sign_in: SignIn) -> None:
    worker = "navigator.serviceWorker.ready.then((registration) => registration.active.scriptURL)"
    assert phone.evaluate(worker).endswith("/sw.js?of=member")
    assert cast.carla.user
    sign_in(phone, cast.carla.user)
    # A coach's, then a member's again: who is both keeps all.
    for address in ("/gym/northside-barbell/today/", MY):
        phone.goto(address)
        for _try in range(200):
            if phone.evaluate(worker).endswith("/sw.js") and address in phone.evaluate(KEPT):
                break
            time.sleep(0.05)
        else:
            raise AssertionError(phone.evaluate(worker))
