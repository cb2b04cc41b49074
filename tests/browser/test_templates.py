"""A class template in the owner's hands: built from nothing by keyboard, put in order, written by two at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import ClassTemplate
from programming.outline import Outline
from tests import make
from tests.browser.conftest import LAPTOP, PHONE, OpenPage, Trouble
from tests.browser.pages import Floor

SignIn = Callable[[Page, User], None]
Keep = Callable[[Page, str], None]

# Seconds of somebody who types neither fast nor slowly: a key, a click with finding its place, and a thought before it.
KEY, CLICK, THOUGHT = 0.28, 1.2, 1.35


class Hands:
    """One owner at the keyboard, whose keys and clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.clicks, self.thoughts = page, 0, 0, 0

    def type(self, words: str, then: str = "Enter") -> None:
        """Type into what has the focus, replacing what stands there."""
        if self.page.evaluate("document.activeElement.value"):
            self.page.keyboard.press("ControlOrMeta+a")
            self.keys += 2
        self.page.keyboard.type(words)
        self.page.keyboard.press(then)
        self.keys += len(words) + 1
        self.thoughts += 1

    def click(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name, exact=True).last.click()  # type: ignore[arg-type]
        self.clicks += 1
        self.thoughts += 1

    def drill(self, words: str, then: str = "Enter", *, shows: str) -> None:
        """Type a part of a drill's name, and wait until it stands in the block."""
        self.type(words, then)
        expect(self.page.locator(f".line input[list][value='{shows}']").last).to_be_visible()

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.clicks * CLICK + self.thoughts * THOUGHT


def stored(floor: Floor, name: str) -> Outline:
    with in_gym(floor.gym):
        return ClassTemplate.objects.select_related("progression").get(name=name).outline()


def focused(page: Page, label: str) -> None:
    """Wait until that field has the focus."""
    expect(page.get_by_label(label, exact=True)).to_be_focused()


def test_from_nothing_in_under_two_minutes(open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep) -> None:
    page = open_page(LAPTOP, touch=False)
    assert floor.cast.olga.user
    sign_in(page, floor.cast.olga.user)
    page.goto(f"/gym/{floor.gym.slug}/owner/templates/")
    hands = Hands(page)
    hands.click("link", "+ Template")
    hands.click("textbox", "Name")
    hands.type("Friday hinge")
    for title, minutes in (("Warm-up", "8"), ("Ladder", "12"), ("Strength", "20"), ("Cool-down", "5")):
        hands.click("textbox", "Title")
        hands.type(title, "Tab")
        hands.type(minutes)
        focused(page, f"One more drill for Everyone, {title}")
        if title == "Warm-up":
            hands.drill("couch", shows="Banded couch stretch")
            hands.drill("cat", shows="Cat-cow")
        elif title == "Cool-down":
            hands.drill("brace", shows="Brace work")
        else:
            page.keyboard.press("Tab")
            hands.keys += 1
            names = ("wall tap", "dowel hi", "pull-") if title == "Ladder" else ("hip thrust", "pvc", "romanian")
            for name in names:
                hands.type(name, "Tab")
    expect(page.locator("#bar")).to_contain_text("Cool-down changed")
    expect(page.locator("#planned")).to_contain_text("60 min class · 45 planned")
    keep(page, "template-built")
    made = stored(floor, "Friday hinge")
    assert [(block.title, block.minutes, [line.drill for line in block.lines]) for block in made.blocks] == [
        ("Warm-up", 8, ["couch-stretch", "cat-cow"]),
        ("Ladder", 12, ["wall-tap", "dowel-hinge", "pull-through"]),
        ("Strength", 20, ["hip-thrust", "pvc-good-morning", "romanian-deadlift"]),
        ("Cool-down", 5, ["brace"]),
    ]
    assert [line.stage.rpartition("/")[2] for line in made.blocks[1].lines] == ["wall-tap", "dowel", "loaded"]
    print(f"{hands.keys} keys, {hands.clicks} clicks, {hands.seconds:.0f} s")
    assert hands.seconds < 120


def test_order_by_keyboard_and_by_dragging_and_two_owners(
    open_page: OpenPage, floor: Floor, sign_in: SignIn, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect("status of 409")
    page, other = open_page(LAPTOP, touch=False), open_page(PHONE)
    otto = make.person(floor.gym, "Otto Owner", ["owner"], email="otto@northside.example")
    assert floor.cast.olga.user and otto.user
    for each, user in ((page, floor.cast.olga.user), (other, otto.user)):
        sign_in(each, user)
        each.goto(f"/gym/{floor.gym.slug}/owner/templates/")
        each.get_by_role("link", name="Hinge Foundations").click()
    titles = page.locator(".block h2")
    page.get_by_role("button", name="Later: Couch stretch").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(titles).to_have_text(["Prep", "Couch stretch", "Hinge ladder", "Strength by stage", "Cool-down"])
    page.locator(".block", has_text="Hinge ladder").locator(".length").drag_to(titles.first)
    expect(titles).to_have_text(["Hinge ladder", "Prep", "Couch stretch", "Strength by stage", "Cool-down"])
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(titles.first).to_have_text("Prep")
    # Somebody else wrote the same block: both versions stand there, and one chooses.
    for each, minutes in ((other, "7"), (page, "6")):
        block = each.locator(".block", has=each.get_by_role("heading", name="Prep"))
        block.get_by_text("Edit", exact=True).click()
        block.get_by_label("Minutes").fill(minutes)
        block.get_by_label("Minutes").press("Tab")
        expect(block if each is page else each.locator("#planned")).to_contain_text(
            "It reads now" if each is page else "48 planned"
        )
    keep(page, "template-two-owners")
    expect(page.get_by_role("alert")).to_contain_text("Prep, 7 min")
    page.get_by_role("button", name=re.compile("^Save.*Prep")).click()
    expect(page.locator("#planned")).to_contain_text("47 planned")
    assert {block.title: block.minutes for block in stored(floor, "Hinge Foundations").blocks}["Prep"] == 6
