"""From home to the gym and back: what hurts, an invitation by mail, and the code on a printed hand-out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from gym.models import Membership, User
from gym.post.delivering import deliver_due
from gym.scope import in_gym
from programming.models import ClassSession
from tests import make
from tests.browser.conftest import PHONE, OpenPage, Trouble
from tests.browser.pages import SEEN_BY_OTHERS, Board, Floor
from tests.browser.test_accounts import type_code
from tests.browser.test_offline import OFFLINE
from tests.people import Cast, make_cast
from tests.qr_reader import read_qr

SignIn = Callable[[Page, User], None]
Keep = Callable[[Page, str], None]
MY = "/gym/northside-barbell/my/"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cache.clear()
    return make_cast()


@pytest.fixture
def evening(cast: Cast) -> ClassSession:
    """A class of Ana's and Chiara's. Chiara has no sign-in, and a drill to do at home."""
    make.library(cast.northside)
    session = make.class_session(cast.northside, [cast.ana, cast.chiara], coach=cast.carla)
    for member in (cast.ana, cast.chiara):
        make.place(session, member, "dowel", by=cast.carla, after=10)
    make.tap(session, cast.chiara, "assign", by=cast.carla, after=30, drill="brace", wanted=True)
    return session


@pytest.fixture
def board(page: Page, sign_in: SignIn, cast: Cast, evening: ClassSession) -> Board:
    """Carla's tablet, on which the class's board lies open."""
    assert cast.carla.user
    sign_in(page, cast.carla.user)
    return Board(page, Floor(cast, evening, {"Ana A.": cast.ana, "Chiara C.": cast.chiara})).open()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A member's phone, on which nobody has signed in."""
    return open_page(PHONE)


def delivered() -> dict[str, Any]:
    """What the worker sends by the next hour: to whom, and the letter."""
    begun = len(mail.outbox)
    deliver_due(lambda: timezone.now() + timedelta(hours=1))
    return {each.to[0]: each for each in mail.outbox[begun:]}


def path_in(letter: Any, beginning: str) -> str:
    """The address of ours in a letter that begins so."""
    found = re.search(rf'href="https?://[^/]+({re.escape(beginning)}[^"]*)"', str(letter.alternatives[0][0]))
    assert found
    return found[1]


def sign_in_by_code(phone: Page, address: str) -> None:
    """At the door, with the code that is mailed."""
    phone.get_by_label("E-mail").fill(address)
    phone.get_by_role("button", name="Send me a code").tap()
    type_code(phone, address)


def test_something_hurts_until_a_coach_has_cleared_it(
    board: Board, phone: Page, sign_in: SignIn, cast: Cast, trouble: Trouble, keep: Keep
) -> None:
    assert cast.ana.user
    sign_in(phone, cast.ana.user)
    phone.goto(MY)
    phone.get_by_role("link", name="Something hurts").tap()
    phone.get_by_label("left knee").check()
    phone.get_by_label("The gym may keep where it hurts").check()
    # Without a connection it says so, and keeps what was said.
    trouble.expect(OFFLINE)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Tell my coaches and hold me").tap()
    expect(phone.get_by_text("No connection. Try again when there is one.")).to_be_visible()
    expect(phone.get_by_label("left knee")).to_be_checked()
    phone.context.set_offline(False)
    phone.get_by_role("button", name="Tell my coaches and hold me").tap()
    expect(phone.get_by_role("heading", name="You are on hold")).to_be_visible()
    keep(phone, "journey-on-hold")

    expect(board.line("Ana A.")).to_have_text("PAIN · held: said so on My drills", timeout=SEEN_BY_OTHERS)
    told = delivered()
    assert set(told) == {each.user.email for each in (cast.carla, cast.kim, cast.olga) if each.user}
    # The letter leads to the sheet, on which the hold is cleared.
    board.page.goto(path_in(told["carla@northside.example"], "/gym/"))
    expect(board.page.get_by_role("heading", level=1)).to_have_text("Ana A.")
    expect(board.page.locator("main")).to_contain_text("left knee")
    board.page.get_by_label("What makes it safe to go on?").fill("Talked to her, all fine.")
    board.page.get_by_role("button", name="Clear the hold").tap()
    expect(board.page.get_by_role("button", name="Clear the hold")).to_be_hidden()
    board.open()
    expect(board.line("Ana A.")).not_to_contain_text("PAIN")

    phone.goto(MY)
    expect(phone.get_by_role("heading", name="Ana, you are on the dowel")).to_be_visible()
    expect(phone.locator("#on-hold")).to_have_count(0)
    phone.get_by_role("link", name="My history").tap()
    expect(phone.locator("#told")).to_contain_text("The hold is cleared. With Carla C.")
    [(reader, letter)] = delivered().items()
    assert (reader, letter.subject) == ("ana@northside.example", "News from Northside Barbell")
    assert "all fine" not in letter.body and "knee" not in letter.body


def test_from_a_mailed_invitation_to_what_the_coach_sees(board: Board, phone: Page, cast: Cast, keep: Keep) -> None:
    board.page.goto(f"{board.floor.url}{cast.chiara.pk}/member/")
    board.page.get_by_role("link", name="Invite").tap()
    board.page.get_by_label("E-mail").fill("chiara@home.example")
    board.page.get_by_role("button", name="Send it by e-mail").tap()
    expect(board.page.get_by_text("The invitation is on its way to chiara@home.example.")).to_be_visible()

    phone.goto(path_in(delivered()["chiara@home.example"], "/gym/northside-barbell/invitation/"))
    expect(phone.get_by_text("Carla of Northside Barbell invites Chiara.")).to_be_visible()
    phone.get_by_label("Email").fill("chiara@home.example")
    phone.get_by_role("button", name="Send me a code").tap()
    type_code(phone, "chiara@home.example")
    phone.get_by_role("button", name="Join with this address").tap()
    expect(phone.get_by_role("heading", name="Chiara, you are on the dowel")).to_be_visible()
    phone.locator("#drill-brace").get_by_role("button", name="Practised").tap()
    expect(phone.locator("#drill-brace .done")).to_have_text("practised today")
    keep(phone, "journey-practised")

    board.open()
    expect(board.line("Chiara C.")).to_contain_text("practised 1×", timeout=SEEN_BY_OTHERS)
    board.page.goto(f"{board.floor.url}{cast.chiara.pk}/member/")
    expect(board.page.locator("#home-brace")).to_contain_text("practised 1× today")
    with in_gym(cast.northside):
        assert Membership.objects.get(name="Chiara Conti").user == User.objects.get(email="chiara@home.example")


def test_the_code_on_paper_leads_to_the_page(board: Board, phone: Page, cast: Cast, keep: Keep) -> None:
    phone.goto(printed_address(board, cast.ana))
    # Signed out: by way of the door, and back.
    sign_in_by_code(phone, "ana@northside.example")
    expect(phone.get_by_role("heading", name="Ana, you are on the dowel")).to_be_visible()
    assert phone.url.endswith(MY)


def test_the_code_on_paper_invites_where_the_coach_asked_for_it(
    board: Board, phone: Page, cast: Cast, keep: Keep
) -> None:
    paper = board.page
    paper.goto(f"{board.floor.url}{cast.chiara.pk}/hand-out/")
    paper.get_by_role("button", name="Print an invitation on it").tap()
    expect(paper.locator("#invited")).to_be_visible()
    phone.goto(printed_address(board, cast.chiara, "?invitation"))
    expect(phone.get_by_text("Carla of Northside Barbell invites Chiara.")).to_be_visible()
    paper.emulate_media(media="print")
    keep(paper, "hand-out-with-invitation")
    expect(paper.locator("#invited")).to_be_hidden()
    expect(paper.locator(".way-back")).to_contain_text("For you alone, once, until")


def printed_address(board: Board, member: Membership, query: str = "") -> str:
    """What a camera reads off the member's hand-out."""
    paper = board.page
    paper.goto(f"{board.floor.url}{member.pk}/hand-out/{query}")
    paper.emulate_media(media="print")
    code = paper.locator(".way-back .qr")
    expect(code).to_be_visible()
    size = code.get_attribute("viewBox")
    drawn = code.locator("path").get_attribute("d")
    paper.emulate_media(media="screen")
    assert size and drawn
    return read_qr(drawn, int(size.split()[-1]))
