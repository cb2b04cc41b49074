"""A member practises at home without a network; the phone says so at once, and the coach's board and sheet show it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import ClassSession, Practice
from tests import make
from tests.browser.conftest import PHONE, OpenPage, Trouble
from tests.browser.test_offline import OFFLINE
from tests.people import Cast, make_cast

SignIn = Callable[[Page, User], None]
Keep = Callable[[Page, str], None]
MY = "/gym/northside-barbell/my/"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def evening(cast: Cast) -> ClassSession:
    """Ana's class. She is on the dowel, and nobody has looked at her yet."""
    make.library(cast.northside)
    session = make.class_session(cast.northside, [cast.ana], coach=cast.carla)
    make.place(session, cast.ana, "dowel", by=cast.carla, after=10)
    make.tap(session, cast.ana, "assign", by=cast.carla, after=20, drill="brace", wanted=True)
    return session


def test_practised_offline_and_seen_by_the_coach(
    open_page: OpenPage, page: Page, sign_in: SignIn, cast: Cast, evening: ClassSession, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect(OFFLINE)
    phone = open_page(PHONE)
    assert cast.ana.user and cast.carla.user
    sign_in(phone, cast.ana.user)
    phone.goto(MY)
    card = phone.locator("#drill-brace")
    phone.context.set_offline(True)
    card.get_by_role("button", name="Practised").tap()
    expect(card.locator(".done")).to_have_text("practised today")
    expect(phone.locator("#waits")).to_contain_text("1 saved on this phone.")
    # Taken back and done again, each in its turn.
    card.get_by_role("button", name="Undo").tap()
    expect(card.locator(".done")).to_be_hidden()
    card.get_by_role("button", name="Practised").tap()
    expect(phone.locator("#waits")).to_contain_text("3 saved on this phone.")
    keep(phone, "practised-offline")
    with in_gym(cast.northside):
        assert Practice.objects.count() == 0
    phone.context.set_offline(False)
    expect(phone.locator("#waits")).to_be_hidden(timeout=20_000)
    expect(card.locator(".done")).to_have_text("practised today")
    expect(card.locator(".practised")).not_to_have_attribute("data-waiting", "")
    with in_gym(cast.northside):
        assert Practice.objects.standing().count() == 1

    sign_in(page, cast.carla.user)
    board = f"/gym/northside-barbell/class/{evening.pk}/"
    page.goto(board)
    expect(page.locator(f"#m-{cast.ana.pk} small")).to_contain_text("practised 1×")
    page.goto(f"{board}{cast.ana.pk}/member/")
    expect(page.locator("#home-brace")).to_contain_text("practised 1× today")


def test_a_guided_check_goes_on_by_itself(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, evening: ClassSession, keep: Keep
) -> None:
    phone = open_page(PHONE)
    assert cast.ana.user
    sign_in(phone, cast.ana.user)
    phone.goto(f"{MY}self-check/hip-hinge/three-contacts/")
    phone.evaluate("document.querySelectorAll('#steps li').forEach((step) => (step.dataset.seconds = 0.4))")
    phone.get_by_role("button", name="Begin").tap()
    expect(phone.locator("#now")).to_be_visible()
    keep(phone, "self-check")
    expect(phone.locator("#now")).to_be_hidden(timeout=15_000)
    for question in phone.locator(".question").all():
        question.get_by_role("radio", name="yes").check()
    phone.get_by_role("button", name="Keep it").tap()
    expect(phone).to_have_url(re.compile("self-check/#hip-hinge-three-contacts$"))
    expect(phone.locator("#hip-hinge-three-contacts")).to_contain_text("Last time, today: 3 of 3 yes")
