"""Here, or not here: one tap on the sheet, and the counts follow."""

from __future__ import annotations

import pytest

from gym.scope import in_gym
from programming.models import Attendance
from tests import make
from tests.coach.screen import Screen, page
from tests.people import Cast

pytest_plugins = ["tests.people"]


def state(cast: Cast) -> str:
    with in_gym(cast.northside):
        return Attendance.objects.get(member=cast.ana).state


def test_who_did_not_come(screen: Screen, cast: Cast) -> None:
    sheet = screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("Not here")), cast.ana)
    assert state(cast) == "no_show"
    assert sheet.button("Here")
    row = screen.row(cast.ana)
    assert row.one("small").text == "not here"
    assert "data-absent" in row


def test_and_came_after_all(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "attendance", by=cast.carla, after=60, state="no_show")
    sheet = screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("Here")), cast.ana)
    assert state(cast) == "here"
    assert sheet.button("Not here")
    assert "data-absent" not in screen.row(cast.ana)


def test_the_counts_follow(tablet: Screen, cast: Cast) -> None:
    assert "5 here · 0 seen" in tablet.board().one("span", id="counts").text
    counts = page(tablet.tap(cast.ana, "attendance", state="no_show")).one("span", id="counts")
    assert "4 here · 0 seen" in counts.text


def test_whoever_is_seen_is_here(paper: Screen, cast: Cast) -> None:
    make.tap(paper.session, cast.ana, "attendance", by=cast.carla, after=60, state="no_show")
    paper.tap(cast.ana, "stage", stage="dowel")
    assert state(cast) == "here"


def test_seen_of_those_here_only(tablet: Screen, cast: Cast) -> None:
    make.place(tablet.session, cast.ana, "dowel", by=cast.carla, after=60)
    make.tap(tablet.session, cast.ana, "saw", by=cast.carla, after=70, saw="clean")
    tablet.tap(cast.ana, "attendance", state="no_show")
    assert "4 here · 0 seen" in tablet.board().one("span", id="counts").text


def test_what_is_so_already_changes_nothing(screen: Screen, cast: Cast) -> None:
    screen.answer_is_own_row(screen.tap(cast.ana, "attendance", state="here"), cast.ana)
    assert state(cast) == "here"
    assert screen.board().one("footer").one("span", class_="last").text == "No taps yet"


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "attendance", state="no_show")


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    sheet = {"from": "sheet"}
    # Nobody is taken off, or merely expected, by a tap.
    table = [sheet, *({**sheet, "state": state} for state in ("", "off", "expected", "‮here", "x" * 1_000_000))]
    assert screen.refusals(cast.ana, "attendance", table) == {"This tap did not arrive whole. Tap again."}


@pytest.mark.parametrize("value", ["no_show", "here"])
def test_who_may(screen: Screen, cast: Cast, value: str) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "attendance", state=value)
