"""Undo: the newest standing tap of the class, whoever made it, from a bar that stays."""

from __future__ import annotations

from uuid import uuid4

import pytest

from gym.scope import in_gym
from programming.models import Attendance, ClassSession, Tap, Undo
from tests import make
from tests.coach.screen import Screen, nothing_written, page, standing
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


def bar(screen: Screen) -> Element:
    return screen.board().one("footer")


def said(screen: Screen) -> str:
    return bar(screen).one("span", class_="last").text


@pytest.fixture
def placed(cast: Cast, evening: ClassSession) -> Tap:
    """Ana was put on the dowel stage."""
    answer = make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    assert answer.tap is not None
    return answer.tap


def test_before_the_first_tap_there_is_nothing_to_undo(paper: Screen, cast: Cast) -> None:
    assert said(paper) == "No taps yet"
    # The button stands there already, so that nothing moves when there is something.
    assert "disabled" in bar(paper).one("button", id="undo-last").attributes
    assert "No taps yet" in page(paper.get("taps/")).text


@pytest.mark.usefixtures("placed")
def test_one_tap_takes_the_last_one_out(screen: Screen, cast: Cast) -> None:
    row = screen.answer_is_own_row(screen.press(bar(screen).button("Undo")), cast.ana)
    assert row.all("button", name="stage", aria_pressed="true") == []
    assert standing(cast.ana).stage is None
    assert said(screen) == "No taps yet"


def test_again_and_again_back_to_the_start(screen: Screen, cast: Cast) -> None:
    for after, stage in enumerate(["dowel", "loaded", "wall-tap"], start=60):
        make.place(screen.session, cast.ana, stage, by=cast.carla, after=after)
    for before in ("loaded", "dowel", None):
        screen.press(bar(screen).button("Undo"))
        assert standing(cast.ana).stage == before


@pytest.mark.usefixtures("placed")
def test_history_keeps_both(screen: Screen, cast: Cast, placed: Tap) -> None:
    screen.press(bar(screen).button("Undo"))
    with in_gym(cast.northside):
        undo = Undo.objects.select_related("tap").get()
        assert (undo.undone_id, undo.actor, undo.tap.kind) == (placed.pk, cast.carla, "undo")
        assert Tap.objects.filter(pk=placed.pk).exists()


@pytest.mark.usefixtures("placed")
def test_it_says_whose_tap_it_is_when_it_is_another_coachs(screen: Screen, second: Screen, cast: Cast) -> None:
    assert said(screen) == "Ana A. · to dowel"
    assert said(second) == "Ana A. · to dowel · Carla C."
    second.press(bar(second).button("Undo"))
    assert standing(cast.ana).stage is None


@pytest.mark.usefixtures("placed")
def test_the_last_taps_are_listed_newest_first(screen: Screen, cast: Cast) -> None:
    make.place(screen.session, cast.ben, "wall-tap", by=cast.kim, after=90)
    shown = page(screen.press(bar(screen).button("Last taps"))).one("ol", class_="undo-list")
    assert [item.one("b").text for item in shown.all("li")] == ["Ben B.", "Ana A."]
    assert "to wall Kim K., " in shown.children[0].text
    # Any of them can be taken out, not the newest alone.
    row = screen.answer_is_own_row(screen.press(shown.children[1].button("Undo")), cast.ana)
    assert row.all("button", name="stage", aria_pressed="true") == []
    assert standing(cast.ben).stage == "wall-tap"


def test_the_list_ends_somewhere(paper: Screen, cast: Cast) -> None:
    for after in range(15):
        make.place(paper.session, cast.ana, ["dowel", "wall-tap"][after % 2], by=cast.carla, after=60 + after)
    assert len(page(paper.get("taps/")).one("ol", class_="undo-list").all("li")) == 12


@pytest.mark.usefixtures("placed")
def test_what_was_built_on_is_not_pulled_away(screen: Screen, cast: Cast, placed: Tap) -> None:
    make.tap(screen.session, cast.ana, "saw", by=cast.carla, after=90, saw="clean")
    answer = screen.tap(cast.ana, "undo", undone=placed.key)
    assert screen.refusal(answer) == "“clean” came after it. Undo that first."
    assert standing(cast.ana).stage == "dowel"


def test_a_fault_goes_alone(screen: Screen, cast: Cast, placed: Tap) -> None:
    opening = str(uuid4())
    for after, fault in ((90, "chin-up"), (95, "squats-it")):
        make.tap(screen.session, cast.ana, "fault", by=cast.carla, after=after, fault=fault, opening=opening)
    assert said(screen) == "Ana A. · squats it"
    screen.press(bar(screen).button("Undo"))
    assert screen.line(cast.ana) == "chin up · “tuck the chin”"


@pytest.mark.usefixtures("placed")
def test_pain_is_undone_by_its_author_only(screen: Screen, second: Screen, cast: Cast) -> None:
    screen.tap(cast.ana, "pain")
    answer = second.press(bar(second).button("Undo"))
    sentence = "Only the coach who tapped pain can undo it. Clear the hold with a note instead."
    assert second.refusal(answer) == sentence
    assert standing(cast.ana).held
    screen.press(bar(screen).button("Undo"))
    assert not standing(cast.ana).held


def test_adding_somebody_is_undone(screen: Screen, cast: Cast) -> None:
    away = make.person(cast.northside, "Away Abel")
    screen.client.post(f"{screen.board_url}add/", {"member": away.pk})
    assert said(screen) == "Away A. · added" or said(screen) == "Away A. · here"
    answer = screen.press(bar(screen).button("Undo"))
    if screen.htmx:
        # There is no row to draw any more: the whole roster is.
        assert answer.status_code == 200
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#roster", "innerMorph")
        assert f"m-{away.pk}" not in {row.attributes.get("id") for row in page(answer).all("li")}
        assert len(page(answer).all("li", class_="row")) == 5
    else:
        assert answer.status_code == 302
    with in_gym(cast.northside):
        assert Attendance.objects.get(member=away).state == "off"
    assert len(screen.board().all("li", class_="row")) == 5


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast, placed: Tap) -> None:
    screen.takes_it_once(cast.ana, "undo", undone=str(placed.key))


def test_two_who_undo_the_same_tap_undo_one(screen: Screen, second: Screen, cast: Cast, placed: Tap) -> None:
    make.place(screen.session, cast.ana, "loaded", by=cast.carla, after=90)
    button, same = bar(screen).button("Undo"), bar(second).button("Undo")
    screen.press(button)
    second.answer_is_own_row(second.press(same), cast.ana)
    assert standing(cast.ana).stage == "dowel"
    assert make.row_count(Undo) == 1


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast, placed: Tap) -> None:
    damaged = [{}, {"undone": ""}, {"undone": "nonsense"}, {"undone": "🏋️"}, {"undone": "x" * 1_000_000}]
    assert screen.refusals(cast.ana, "undo", damaged) == {"This tap did not arrive whole. Tap again."}


def test_only_taps_of_this_class_and_member(screen: Screen, cast: Cast, placed: Tap) -> None:
    other_class = make.class_session(cast.northside, [cast.ana], coach=cast.carla)
    elsewhere = make.place(other_class, cast.ana, "loaded", by=cast.carla, after=60).tap
    bens = make.place(screen.session, cast.ben, "loaded", by=cast.carla, after=60).tap
    make.library(cast.harbour)
    harbour = make.class_session(cast.harbour, [cast.sam], coach=cast.nia_at_harbour)
    foreign = make.place(harbour, cast.sam, "loaded", by=cast.nia_at_harbour, after=60).tap
    assert elsewhere and bens and foreign
    for key in (elsewhere.key, bens.key, foreign.key, uuid4()):
        answer = screen.tap(cast.ana, "undo", undone=key)
        assert screen.refusal(answer) == "That tap is not one of this class."
    assert make.row_count(Undo) == 0


def test_who_may(screen: Screen, cast: Cast, placed: Tap) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "undo", undone=str(placed.key))


def test_the_bar_stays_after_a_refusal(tablet: Screen, cast: Cast) -> None:
    make.place(tablet.session, cast.ana, "dowel", by=cast.carla, after=60)
    with nothing_written():
        footer = page(tablet.tap(cast.ana, "stage", stage="nonsense")).one("footer")
    assert footer.one("span", class_="last").text == "This ladder has no such stage."
    assert footer.button("Undo")
