"""My drills as a phone shows them: on its side, small, in the dark, on paper; the same words everywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.models import Membership, User
from programming.models import ClassSession
from tests import make
from tests.browser.conftest import PHONE, OpenPage
from tests.people import Cast, make_cast

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]

PAGE_SIDEWAYS = "document.scrollingElement.scrollWidth - innerWidth"
# Whatever holds words that do not fit its width.
SPILLED = """() => [...document.querySelectorAll(".me *")]
  .filter(each => each.checkVisibility() && !each.closest(".vh, svg") && each.clientWidth)
  .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.outerHTML.slice(0, 80))"""

SMALLEST, ON_ITS_SIDE = (320, 640), (844, 390)
# What the sheet's margins leave, in CSS pixels.
PAPERS = {"A4": (718, 1046), "Letter": (740, 980)}
NOT_BLACK = """() => [...document.querySelectorAll("main :is(h1, h2, h3, p, li, b, span)")]
  .filter(each => each.checkVisibility() && each.innerText.trim() && !each.closest(".vh"))
  .filter(each => getComputedStyle(each).color !== "rgb(0, 0, 0)").map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def evening(cast: Cast) -> ClassSession:
    """Ana's class, after which she has something to do at home."""
    make.library(cast.northside)
    cast.ana.shown_name = "عمر الخطيب"
    cast.ana.standing_limits = "low grip only"
    cast.ana.save()
    session = make.class_session(cast.northside, [cast.ana], coach=cast.carla)
    make.place(session, cast.ana, "wall-tap", by=cast.carla, after=10)
    make.tap(session, cast.ana, "saw", by=cast.carla, after=40, saw="clean")
    make.tap(
        session, cast.ana, "assign", by=cast.carla, after=70, drill="block-in-front-of-knees", fault="squats-it",
        wanted=True,
    )  # fmt: skip
    return session


def opened(page: Page, sign_in: SignIn, member: Membership) -> Page:
    assert member.user is not None
    sign_in(page, member.user)
    page.goto("/gym/northside-barbell/my/")
    page.evaluate("document.fonts.ready.then(() => 0)")
    return page


@pytest.mark.usefixtures("evening")
def test_on_every_phone(open_page: OpenPage, sign_in: SignIn, cast: Cast, keep: Keep) -> None:
    for size, scheme in ((PHONE, "light"), (PHONE, "dark"), (SMALLEST, "light"), (ON_ITS_SIDE, "light")):
        page = opened(open_page(size, scheme=scheme), sign_in, cast.ana)
        where = f"my-{size[0]}-{scheme}"
        keep(page, where)
        assert page.evaluate(PAGE_SIDEWAYS) <= 0, where
        assert page.evaluate(SPILLED) == [], where
        # In Arabic letters, in an English sentence.
        expect(page.get_by_role("heading", level=1)).to_have_text("عمر الخطيب, you are on the wall tap")
        expect(page.get_by_text("For you: low grip only")).to_be_visible()
        # The stage and what earns the next one are seen without scrolling; the figures are drawn.
        expect(page.locator(".ladder [aria-current]")).to_be_in_viewport(ratio=1)
        if size == PHONE:
            expect(page.locator(".next")).to_be_in_viewport(ratio=1)
        figures = page.locator(":is(.fig, .drawn):not([hidden] *)").all()
        heights = {each.evaluate("each => each.outerHTML"): each.bounding_box() for each in figures}
        assert [each for each, box in heights.items() if not box or box["height"] <= 20] == [], where
        assert len(heights) > 3
        block = page.locator("#drill-block-in-front-of-knees")
        block.scroll_into_view_if_needed()
        expect(block).to_contain_text("knees travel forward")
        buttons = page.locator(".btn:visible").all()
        assert all(box and box["height"] >= 48 for box in (each.bounding_box() for each in buttons))
        page.context.close()


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("by", ["the member", "a coach"])
def test_on_paper_it_is_a_hand_out_of_one_page(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, evening: ClassSession, keep: Keep, paper: str, by: str
) -> None:
    cast.ana.shown_name = "Maximiliane-Konstantina von Hohenstein-Oberländer"
    cast.ana.save()
    page = open_page(PAPERS[paper], scheme="dark", javascript=False)
    if by == "the member":
        opened(page, sign_in, cast.ana)
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    else:
        assert cast.carla.user
        sign_in(page, cast.carla.user)
        page.goto(f"/gym/northside-barbell/class/{evening.pk}/{cast.ana.pk}/hand-out/")
        expect(page.get_by_role("link", name="Back to the member")).to_be_visible()
    expect(page.locator(".paper").first).to_be_hidden()
    page.emulate_media(media="print")
    keep(page, f"hand-out-{paper}-{by.split()[-1]}")
    for gone in (".ways", ".skip"):
        expect(page.locator(gone)).to_be_hidden()
    for heading in ("Maximiliane", "To do", "In today’s class", "Wall tap", "Block in front of the knees"):
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    assert page.locator(".drill").count() == 6
    # The way back to the page, large enough for a camera: two centimetres.
    code = page.locator(".qr").bounding_box()
    assert code and code["width"] >= 76
    # All of it inside, black on white whatever the phone is set to, on one page.
    assert page.evaluate(PAGE_SIDEWAYS) <= 0 and page.evaluate(SPILLED) == []
    assert page.evaluate(NOT_BLACK) == []
    assert page.evaluate("document.body.getBoundingClientRect().height") <= PAPERS[paper][1]
    assert page.pdf(format=paper).count(b"/Type /Page\n") == 1
