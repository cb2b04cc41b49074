"""A new owner: from `create_gym` to the first class of people of theirs, taught from a template of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Page, expect

from gym.models import Gym
from gym.scope import in_gym
from programming.models import Assessment, ClassSession, ClassTemplate, StageMove
from tests.browser.conftest import LAPTOP, OpenPage
from tests.browser.pages import pressed
from tests.browser.test_accounts import type_code
from tests.browser.test_templates import Hands, focused

Keep = Callable[[Page, str], None]

EMAIL = "rosa@ironworks.example"
# As another program writes it: its own order and names of columns, semicolons, a name in two parts.
PEOPLE = """Email address;First name;Surname;Phone
ada@ironworks.example;Ada;Abara;0123
bo@ironworks.example;Bo;Bauer;
;Cem;Çelik;0456
dora@ironworks.example;Dóra;Deák;
;Eli;Evans;
"""
# Seconds that an owner reads a page that is new to them before they do anything on it, and that the class is begun in.
READS, MOST = 8, 600


@pytest.fixture
def gym(transactional_db: None) -> Gym:
    """The gym as the command leaves it."""
    cache.clear()
    call_command("create_gym", "Iron Works", EMAIL, owner="Rosa Reyes")
    return Gym.objects.get(name="Iron Works")


def test_from_nothing_to_the_first_class_within_ten_minutes(open_page: OpenPage, gym: Gym, keep: Keep) -> None:
    page = open_page(LAPTOP, touch=True)
    hands, pages = Hands(page), 0

    page.goto("/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Send me a code").click()
    type_code(page, EMAIL)
    expect(page.get_by_text("No classes today.")).to_be_visible()
    keep(page, "new-owner-today")
    pages += 3

    # A template of her own.
    hands.click("link", "Owner’s pages")
    hands.click("link", "Templates")
    hands.click("link", "+ Template")
    hands.click("textbox", "Name")
    hands.type("First hinge")
    for title, minutes, drills in (
        ("Warm-up", "10", [("cat", "Cat-cow")]),
        ("Ladder", "25", [("wall tap", "Wall tap"), ("dowel hi", "Dowel hinge"), ("pull-", "Pull-through")]),
    ):
        hands.click("textbox", "Title")
        hands.type(title, "Tab")
        hands.type(minutes)
        focused(page, f"One more drill for Everyone, {title}")
        if len(drills) == 1:
            hands.drill(drills[0][0], shows=drills[0][1])
        else:
            page.keyboard.press("Tab")
            hands.keys += 1
            for typed, _shows in drills:
                hands.type(typed, "Tab")
    expect(page.locator("#planned")).to_contain_text("35 planned")
    keep(page, "new-owner-template")
    pages += 4

    # The people whom her former program knows.
    hands.click("link", "People")
    hands.click("link", "Import a list")
    page.get_by_label("File").set_input_files(
        {"name": "members.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode("cp1252")}
    )
    hands.click("button", "Look at it")
    expect(page.locator("#tally")).to_contain_text("5 new")
    keep(page, "new-owner-import")
    hands.click("button", "Import 5 people")
    pages += 4

    # Her first class, and two of them in it.
    page.goto(f"/gym/{gym.slug}/today/")
    page.get_by_label("Template").select_option(label="First hinge")
    hands.click("button", "Start an unplanned class")
    for typed, name in (("ada", "Ada"), ("deak", "Dóra")):
        page.locator("#add button.add").click()
        field = page.locator("#sheet:popover-open #id_name")
        expect(field).to_have_value("")
        field.press_sequentially(typed)
        page.locator("#found").get_by_role("button", name=name).first.click()
        hands.clicks += 2
        hands.keys += len(typed)
        expect(page.locator("#roster")).to_contain_text(name)
    row = page.locator("#roster > .row").filter(has_text="Ada A.")
    row.get_by_role("button", name="wall").click()
    row.get_by_role("button", name="Clean").click()
    pressed(row.get_by_role("button", name="Clean"))
    expect(page.locator("#net button")).to_have_text("All saved")
    keep(page, "new-owner-board")
    pages += 4

    with in_gym(gym):
        session = ClassSession.objects.get()
        assert session.template == ClassTemplate.objects.get(name="First hinge")
        assert [block["title"] for block in session.plan] == ["Warm-up", "Ladder"]
        seen = Assessment.objects.get()
        assert (seen.member.name, seen.result, seen.actor.name) == ("Ada Abara", "clean", "Rosa Reyes")
        assert StageMove.objects.get().to_stage.name == "Wall tap"
    print(f"{hands.keys} keys, {hands.clicks} clicks, {pages} pages: {hands.seconds + pages * READS:.0f} s")
    assert hands.seconds + pages * READS < MOST
