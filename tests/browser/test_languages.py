"""Other languages on the screens that have least room, and a member who reads neither as the gym nor as the coach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from tests import make
from tests.browser.conftest import PHONE, TABLET, OpenPage
from tests.browser.pages import Board, Floor
from tests.browser.test_board_layout import CUT, PAGE_DOWN, PAGE_SIDEWAYS, ROSTER_SCROLL, SPILLED

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_fifteen_fit_a_tablet_in_longer_words(
    language: str, open_page: OpenPage, sign_in: SignIn, floor: Floor, keep: Keep
) -> None:
    floor.cast.northside.speak(language=language, units="metric")
    page = open_page(TABLET)
    assert floor.cast.carla.user is not None
    sign_in(page, floor.cast.carla.user)
    Board(page, floor).open()
    page.evaluate("document.fonts.ready.then(() => 0)")
    keep(page, f"board-{language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".row")).to_have_count(15)
    for measured in (ROSTER_SCROLL, PAGE_DOWN, PAGE_SIDEWAYS):
        assert page.evaluate(measured) <= 0, measured
    assert page.evaluate(CUT) == []
    assert page.evaluate(SPILLED) == []


def test_a_french_member_in_a_german_gym_in_pounds(
    open_page: OpenPage, sign_in: SignIn, floor: Floor, keep: Keep
) -> None:
    cast, session = floor.cast, floor.session
    cast.northside.speak(language="de", units="metric")
    make.roster(session, cast.ana)
    make.place(session, cast.ana, "loaded", by=cast.carla, after=30)
    make.tap(session, cast.ana, "setting", by=cast.carla, after=60, stage="loaded", setting=16_000)
    page = open_page(PHONE)
    assert cast.ana.user is not None
    sign_in(page, cast.ana.user)
    page.goto("/gym/northside-barbell/my/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".setting")).to_contain_text("16 kg")
    own = page.locator("#language")
    own.locator("[name=language]").select_option("fr")
    own.locator("[name=units]").select_option("imperial")
    own.get_by_role("button").tap()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator(".setting")).to_contain_text("35 lb")
    assert page.evaluate(PAGE_SIDEWAYS) <= 0
    keep(page, "my-french")
