"""Here, late, expected, or not here: one tap on the sheet says it, and the counts follow."""

from __future__ import annotations

import pytest

from gym.scope import in_gym
from programming.models import Attendance
from tests import make
from tests.coach.screen import Screen, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


def state(cast: Cast) -> str:
    with in_gym(cast.northside):
        return Attendance.objects.get(member=cast.ana).state


def pressed(part: Element) -> list[str]:
    """What the sheet says of somebody's being there."""
    return [button.text for button in part.all("button", name="state", aria_pressed="true")]


@pytest.mark.parametrize(("words", "wanted"), [("Late", "late"), ("Expected", "expected")])
def test_late_or_expected(screen: Screen, cast: Cast, words: str, wanted: str) -> None:
    assert pressed(screen.sheet(cast.ana)) == ["Here"]
    sheet = screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button(words)), cast.ana)
    assert (state(cast), pressed(sheet)) == (wanted, [words])
    row = screen.row(cast.ana)
    assert row.one("small").text.startswith(f"{wanted} · ")
    assert f"data-{wanted}" in row
    # Whoever is held shows that first.
    make.tap(screen.session, cast.ana, "pain", by=cast.carla, where="hip")
    said = screen.row(cast.ana).one("small").text
    # Seen with pain, somebody expected is here.
    assert said == ("PAIN · held · hip · late" if wanted == "late" else "PAIN · held · hip")
    assert pressed(screen.sheet(cast.ana)) == (["Late"] if wanted == "late" else ["Here"])


def test_from_the_member_sheet(screen: Screen, cast: Cast) -> None:
    shown = page(screen.get(f"{cast.ana.pk}/member/"))
    answer = screen.press(shown.button("Late"))
    if screen.htmx:
        assert pressed(page(answer)) == ["Late"]
    else:
        assert answer.headers["Location"] == f"{screen.url(cast.ana, 'member')}#attending"
    assert state(cast) == "late"


def test_the_undo_bar_says_which(paper: Screen, cast: Cast) -> None:
    for wanted, words in (("late", "late"), ("expected", "expected"), ("no_show", "not here"), ("here", "here")):
        paper.tap(cast.ana, "attendance", state=wanted)
        assert paper.board().one("footer").one("span", class_="last").text == f"Ana A. · {words}"
    paper.press(paper.board().button("Undo"))
    assert state(cast) == "no_show"


def test_who_did_not_come(screen: Screen, cast: Cast) -> None:
    sheet = screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("Not here")), cast.ana)
    assert state(cast) == "no_show"
    assert pressed(sheet) == ["Not here"]
    row = screen.row(cast.ana)
    assert row.one("small").text == "not here"
    assert "data-absent" in row


def test_and_came_after_all(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "attendance", by=cast.carla, after=60, state="no_show")
    sheet = screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("Here")), cast.ana)
    assert state(cast) == "here"
    assert pressed(sheet) == ["Here"]
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
    # Nobody is taken off by a tap on their sheet.
    table = [sheet, *({**sheet, "state": state} for state in ("", "off", "HERE", "‮here", "x" * 1_000_000))]
    assert screen.refusals(cast.ana, "attendance", table) == {"This tap did not arrive whole. Tap again."}


@pytest.mark.parametrize("value", ["no_show", "late"])
def test_who_may(screen: Screen, cast: Cast, value: str) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "attendance", state=value)
