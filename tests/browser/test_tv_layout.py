"""The TV from across the room: every name whole, nothing to scroll, for 1 to 40 people at one to five stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page

from programming.tv import Tv
from programming.tv_people import Group
from tests.browser import tv
from tests.browser.conftest import PHONE, TV, OpenPage

Keep = Callable[[Page, str], None]

PROJECTOR, SMALL = (1024, 768), (1280, 720)
SIZES = [TV, SMALL, PROJECTOR, PHONE]
CLASSES = [
    tv.a_class(1, stages=1),
    tv.a_class(7, stages=3, with_coach=1),
    tv.a_class(15, stages=3, with_coach=2),
    tv.a_class(40, stages=1),
    tv.a_class(40, stages=3, with_coach=6),
    tv.a_class(15, stages=5, with_coach=1),
    tv.a_class(40, stages=5, with_coach=8),
]
# Names of which all is inside their list, the list inside the window, and no letter over the edge.
WHOLE = """() => [...document.querySelectorAll(".names")].flatMap((list) => {
  const box = list.getBoundingClientRect();
  if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) return [];
  return [...list.children].filter((each) => {
    const all = [...each.getClientRects()];
    const fits = (one) => one.left >= box.left - 1 && one.right <= box.right + 1 && one.top >= box.top - 1
      && one.bottom <= box.bottom + 1;
    return all.length === 1 && all.every(fits) && each.scrollWidth <= each.clientWidth + 1;
  }).map((each) => each.textContent);
})"""
PAGES = """() => Math.max(1, ...[...document.querySelectorAll("h2[data-page]")]
  .map((each) => Number(each.dataset.page.split("/")[1])))"""
# What stands over another thing, or beyond the window.
OUTSIDE = """() => {
  const parts = [...document.querySelectorAll(".tv h1, .tv h2, .tv .clock, .tv .about, .tv p, .tv .names, .tv .qr")];
  const boxes = parts.filter((each) => each.checkVisibility()).map((each) => [each, each.getBoundingClientRect()]);
  const found = [];
  for (const [each, box] of boxes) {
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1) {
      found.push(`${each.className || each.tagName} ${each.textContent.slice(0, 20)} is beyond the window`);
    }
    for (const [other, its] of boxes) {
      if (other === each || other.contains(each) || each.contains(other)) continue;
      const width = Math.min(box.right, its.right) - Math.max(box.left, its.left);
      const height = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
      const named = [each, other].map((one) => one.className || one.tagName);
      if (width > 1 && height > 3) found.push(named.join(" over "));
    }
  }
  return found;
}"""


def names_of(shown: Tv) -> set[str]:
    groups = [*(station.people for station in shown.stations), shown.with_coach]
    return {name for group in groups for name in group.names}


def screen(open_page: OpenPage, size: tuple[int, int]) -> Page:
    page = open_page(size, scheme="dark", touch=False)
    page.clock.install()
    return page


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_name_is_whole_and_nothing_scrolls(open_page: OpenPage, keep: Keep, size: tuple[int, int]) -> None:
    page = screen(open_page, size)
    for shown in CLASSES:
        tv.show(page, shown)
        people = len(names_of(shown))
        keep(page, f"tv-{size[0]}-{people}-{len(shown.stations)}")
        assert page.evaluate(OUTSIDE) == [], (people, len(shown.stations))
        document = page.evaluate("[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]")
        assert document[0] <= size[0] and document[1] <= size[1]
        seen: set[str] = set(page.evaluate(WHOLE))
        for _page in range(page.evaluate(PAGES) - 1):
            page.clock.fast_forward(10_000)
            seen |= set(page.evaluate(WHOLE))
        assert seen == names_of(shown), (people, len(shown.stations))


def size_of(page: Page, place: int) -> tuple[float, int]:
    """A station's names: letters in hundredths of the height, and columns."""
    found: list[Any] = page.evaluate(
        """(place) => {
          const list = document.querySelectorAll(".station .names")[place];
          const lefts = new Set([...list.children].map((each) => Math.round(each.getBoundingClientRect().left)));
          return [parseFloat(getComputedStyle(list).fontSize) / innerHeight * 100, lefts.size];
        }""",
        place,
    )
    return round(found[0], 1), found[1]


@pytest.mark.parametrize("size", [TV, SMALL], ids=str)
def test_seven_at_a_station_are_large_and_more_stand_in_two_columns(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = screen(open_page, size)
    shown = tv.a_class(15, stages=3)
    names = tuple(name for name in tv.NAMES if len(name) < 13)

    def of(count: int) -> Tv:
        first = replace(shown.stations[0], people=Group(names[:count]))
        return replace(shown, stations=(first, *shown.stations[1:]))

    for count, expected in ((7, (6.0, 1)), (8, (4.2, 1)), (16, (4.2, 2))):
        tv.show(page, of(count))
        assert size_of(page, 0) == expected, count


# Where the letters of each stand, in hundredths of a pixel: a box without height stands on the baseline.
BASELINES = """() => [...document.querySelectorAll(".with-coach :is(h2, li:first-child)")].map((each) => {
  const mark = each.appendChild(document.createElement("span"));
  mark.style.display = "inline-block";
  const line = mark.getBoundingClientRect().bottom;
  mark.remove();
  return Math.round(line * 100);
})"""


@pytest.mark.parametrize("size", [TV, SMALL], ids=str)
def test_with_coach_and_its_names_stand_on_one_line(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = screen(open_page, size)
    for people in (1, 2, 8):
        tv.show(page, tv.a_class(15, stages=3, with_coach=people))
        heading, name = page.evaluate(BASELINES)
        assert abs(heading - name) <= 100, people


# On how many lines what comes next stands.
LINES = """() => {
  const words = document.createRange();
  words.selectNodeContents(document.querySelector(".floor > footer > p"));
  return new Set([...words.getClientRects()].map((each) => Math.round(each.top))).size;
}"""


@pytest.mark.parametrize("size", [TV, SMALL], ids=str)
def test_what_comes_next_stands_on_one_line_beside_five_with_the_coach(
    open_page: OpenPage, keep: Keep, size: tuple[int, int]
) -> None:
    page = screen(open_page, size)
    shown = tv.a_class(15, stages=3, with_coach=5)
    titles = ("Strength by stage", "Accessory work in pairs", "Whatever is left of strength by stage, in pairs")
    for title, lines in zip(titles, (1, 1, 2), strict=True):
        tv.show(page, replace(shown, coming=f"Next: {title} · 20 min"))
        assert (page.evaluate(LINES), page.evaluate(OUTSIDE)) == (lines, []), title
        keep(page, f"tv-{size[0]}-next-{len(title)}")


def test_the_longest_name_that_can_be_chosen(open_page: OpenPage) -> None:
    page = screen(open_page, PROJECTOR)
    shown = tv.a_class(15, stages=5)
    spaced = "Wilhelmina " * 5 + "Wwwww"
    first = replace(shown.stations[0], people=Group(("W" * 60, spaced)))
    shown = replace(shown, stations=(first, *shown.stations[1:]), with_coach=Group((f"{spaced} 2", "Ana A.")))
    tv.show(page, shown)
    seen = set(page.evaluate(WHOLE))
    for _page in range(page.evaluate(PAGES) - 1):
        page.clock.fast_forward(10_000)
        seen |= set(page.evaluate(WHOLE))
    assert seen == names_of(shown)


# Where each line of a name begins, from its left edge in hundredths of the height.
LINES_OF_NAME = """(place) => {
  const name = document.querySelectorAll(".station .names li")[place];
  const words = document.createRange();
  words.selectNodeContents(name);
  const edge = name.getBoundingClientRect().left;
  const begins = [...words.getClientRects()].map(({left}) => Math.round((left - edge) / innerHeight * 100));
  return [...new Set(begins)];
}"""


def test_a_name_in_two_lines_is_one_persons(open_page: OpenPage, keep: Keep) -> None:
    page = screen(open_page, SMALL)
    shown = tv.a_class(15, stages=3)
    first = replace(shown.stations[0], people=Group(("Ana A.", "Big Mike the Magnificent of Northside")))
    tv.show(page, replace(shown, stations=(first, *shown.stations[1:])))
    keep(page, "tv-name-in-two-lines")
    assert page.evaluate(LINES_OF_NAME, 0) == [0]
    begins = page.evaluate(LINES_OF_NAME, 1)
    assert len(begins) == 2 and begins[0] == 0 < begins[1]


def test_a_name_that_is_cut_would_be_found(open_page: OpenPage) -> None:
    page = screen(open_page, SMALL)
    shown = tv.a_class(40, stages=5)
    tv.show(page, shown)
    # Only the first of several pages.
    assert page.evaluate(PAGES) > 1
    assert set(page.evaluate(WHOLE)) < names_of(shown)


def test_other_screens_of_the_tv(open_page: OpenPage, keep: Keep) -> None:
    for size in SIZES:
        page = screen(open_page, size)
        tonight = Tv(gym="Northside Barbell", session_name="Hinge Foundations", starts_at=CLASSES[0].starts_at)
        for name, shown in (("next", tonight), ("nothing", Tv(gym="Northside Barbell")), ("closed", None)):
            tv.show(page, shown)
            keep(page, f"tv-{size[0]}-{name}")
            assert page.evaluate(OUTSIDE) == []
