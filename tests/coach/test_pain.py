"""Pain: one tap holds the member, on every board, until a coach clears it."""

from __future__ import annotations

import pytest

from gym.scope import in_gym
from programming.models import ClassSession, Hold, Placement, Tap
from tests import make
from tests.coach.screen import Screen, page
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture(autouse=True)
def on_the_dowel(cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)


def test_one_tap_on_the_sheet_holds(screen: Screen, cast: Cast) -> None:
    sheet = screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("Pain")), cast.ana)
    assert sheet.one("div", id="holding").one("p", class_="refusal").text == "PAIN · held"
    row = screen.row(cast.ana)
    assert "data-hold" in row
    assert row.one("small").text == "PAIN · held"
    assert row.button("Held")["aria-pressed"] == "false"
    assert row.button("Clean")["aria-disabled"] == "true"


def test_then_where_it_is(screen: Screen, cast: Cast) -> None:
    sheet = screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("Pain")), cast.ana)
    places = [button.text for button in sheet.all("button", name="where")]
    assert places == ["low back", "hip", "back of the leg", "knee", "shoulder", "elsewhere"]
    sheet = screen.answer_is_sheet(screen.press(sheet.button("low back")), cast.ana)
    assert sheet.button("low back")["aria-pressed"] == "true"
    assert screen.line(cast.ana) == "PAIN · held · low back"


def test_also_without_a_stage(screen: Screen, cast: Cast) -> None:
    screen.answer_is_sheet(screen.press(screen.sheet(cast.ben).button("Pain")), cast.ben)
    assert screen.line(cast.ben) == "PAIN · held"


def test_it_follows_to_the_next_coach(second: Screen, screen: Screen, cast: Cast) -> None:
    later = make.class_session(cast.northside, [cast.ana], coach=cast.kim)
    screen.tap(cast.ana, "pain", where="hip")
    second.session = later
    assert second.line(cast.ana) == "PAIN · held · hip"


def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "pain", where="knee")
    with in_gym(cast.northside):
        hold = Hold.objects.get()
        assert (hold.member, hold.where, hold.actor, hold.session) == (cast.ana, "knee", cast.carla, paper.session)
        assert Placement.objects.get(member=cast.ana).is_held
        # Where it hurts stands in the hold alone, where it can be emptied.
        assert "knee" not in str(Tap.objects.get(kind="pain").detail)


def test_the_bar_says_no_more_than_it_must(tablet: Screen, cast: Cast) -> None:
    bar = page(tablet.tap(cast.ana, "pain", where="knee")).one("footer")
    assert bar.one("span", class_="last").text == "Ana A. · pain, held"


def test_moves_down_notes_and_attendance_go_on(screen: Screen, cast: Cast) -> None:
    screen.tap(cast.ana, "pain")
    for kind, values in (
        ("stage", {"stage": "wall-tap"}),
        ("note", {"note": "sat out"}),
        ("attendance", {"state": "no_show"}),
        ("attendance", {"state": "here"}),
    ):
        assert screen.tap(cast.ana, kind, **values).status_code == (200 if screen.htmx else 302)


REFUSED: list[tuple[str, dict[str, str]]] = [
    ("stage", {"stage": "loaded"}),
    ("saw", {"saw": "clean"}),
    ("saw", {"saw": "not_yet"}),
    ("saw", {"saw": "seen"}),
    ("fault", {"fault": "chin-up"}),
    ("drill", {"stage": "dowel", "drill": "horizontal-dowel-hinge"}),
]


def test_what_is_refused_while_held(screen: Screen, cast: Cast) -> None:
    screen.tap(cast.ana, "pain")
    for kind, values in REFUSED:
        answer = screen.tap(cast.ana, kind, **values)
        assert screen.refusal(answer) == "Ana A. is held for pain. A coach clears the hold with a note first.", kind


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "pain", where="knee")


def test_a_slip_of_the_thumb_is_one(paper: Screen, cast: Cast) -> None:
    for _again in range(2):
        paper.tap(cast.ana, "pain")
    assert make.row_count(Hold) == 1


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    table = [{"where": where, "from": "sheet"} for where in ("soul", "🦵", "‮knee", "x" * 1_000_000)]
    assert screen.refusals(cast.ana, "pain", table) == {"This tap did not arrive whole. Tap again."}


def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "pain", where="knee")


def test_more_pain_does_not_forget_where_it_was(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "pain", by=cast.carla, after=120, where="low_back")
    make.tap(screen.session, cast.ana, "pain", by=cast.kim, after=180)
    assert screen.line(cast.ana) == "PAIN · held · low back"


def test_somebody_held_can_be_marked_as_not_here(screen: Screen, cast: Cast) -> None:
    screen.tap(cast.ana, "pain")
    screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("Not here")), cast.ana)
    with in_gym(cast.northside):
        assert screen.session.attendances.get(member=cast.ana).state == "no_show"


def test_pain_counts_as_seen(tablet: Screen, cast: Cast) -> None:
    counts = page(tablet.tap(cast.ana, "pain")).one("span", id="counts").text
    assert "5 here · 1 seen" in counts
