"""The operator's admin in a browser: Django's pages need nothing that our policy refuses, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gym.models import User
from tests import make
from tests.browser.conftest import LAPTOP, OpenPage, Trouble
from tests.browser.pages import Floor


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 18, 18)")])
def test_an_operator_looks_for_a_tap_and_gives_somebody_a_sign_in(
    scheme: str, ground: str, floor: Floor, open_page: OpenPage, sign_in: Callable[[Page, User], None], trouble: Trouble
) -> None:
    """A refused script or style would fail the test at its end."""
    # Django's pages name no icon, for which a browser then asks by itself.
    trouble.expect(r"favicon\.ico")
    operator = User.objects.create_superuser("root@rung.example", make.PASSWORD)
    new = User.objects.create_user("new@rung.example")
    page = open_page(LAPTOP, scheme=scheme, touch=False)
    sign_in(page, operator)

    # A list, a filter, the dates, a row.
    page.goto("/admin/programming/tap/")
    page.locator("#changelist-filter").get_by_role("link", name=floor.gym.name).click()
    dates = page.locator("nav.toplinks")
    dates.get_by_role("link").first.click()
    expect(dates).to_contain_text("All dates")
    page.locator("#result_list th a").first.click()
    expect(page.get_by_role("heading", name="View tap")).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", ground)

    # A form, with somebody chosen in a window of its own.
    page.goto("/admin/gym/membership/?q=Hannah")
    page.locator("#result_list th a").first.click()
    with page.expect_popup() as popup:
        page.locator("#lookup_id_user").click()
    popup.value.get_by_role("link", name=new.email).click()
    expect(page.get_by_label("User:")).to_have_value(str(new.pk))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    page.get_by_role("button", name="Toggle theme").click()
