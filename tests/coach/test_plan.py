"""The plan of a class on a coach's screen: the strip on the board, the plan page, its steps, what is changed today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate, Drill, Tap
from tests import make
from tests.coach.screen import Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


def plan_page(screen: Screen) -> Element:
    """The plan page, newly loaded."""
    answer = screen.client.get(f"{screen.board_url}plan/")
    assert answer.status_code == 200
    return page(answer)


def after(screen: Screen, answer: Any, status: int = 200) -> Element:
    """The plan after a step: answered as a part, or by way of the page."""
    if not screen.htmx and status == 200:
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{screen.board_url}plan/")
        return plan_page(screen).one("div", id="plan")
    assert answer.status_code == status
    return page(answer).one("div", id="plan")


def stored(screen: Screen) -> ClassSession:
    with in_gym(screen.session.gym_id):
        session: ClassSession = ClassSession.objects.get(pk=screen.session.pk)
        return session


def poll(screen: Screen, tag: str, stamp: str, path: str = "rows/") -> Any:
    headers = {"HX-Request": "true", "HX-PTag": tag}
    return screen.client.get(f"{screen.board_url}{path}?plan={stamp}", headers=headers)


# The strip -------------------------------------------------------------------------------------------------------


def test_the_board_shows_the_blocks_and_the_clock_of_the_present_one(paper: Screen, cast: Cast) -> None:
    strip = paper.board().one("nav", id="strip")
    assert [block.text for block in strip.one("span", class_="blocks").all("span")] == [
        "Couch stretch",
        "Prep",
        "Hinge ladder",
        "Strength by stage",
        "Cool-down",
    ]
    assert strip.one("a")["href"] == f"{paper.board_url}plan/"
    assert not strip.all("span", role="timer")
    make.step(paper.session, "block", by=cast.carla, block=2, after=300)
    strip = paper.board().one("nav", id="strip")
    present = strip.one("span", data_present="")
    assert (present.text, present["class"]) == ("Hinge ladder · Tap what you see", "m12")
    clock = strip.one("span", role="timer")
    begun = make.moment(paper.session, 300)
    assert clock["data-started"] == str(int(begun.timestamp() * 1000))
    assert (clock["data-paused"], clock["data-seconds"]) == ("", "720")
    # Without scripts it says when the block ends.
    ends = timezone.localtime(begun + timedelta(minutes=12), paper.session.gym.zone)
    assert clock.text == f"until {ends:%H:%M}"


def test_a_poll_draws_the_strip_only_where_it_changed(tablet: Screen, cast: Cast) -> None:
    board = tablet.board()
    tag, stamp = board.one("div", id="live")["hx-ptag"], board.one("input", name="plan")["value"]
    assert board.one("div", id="live")["hx-include"] == "#strip input"
    tablet.tap(cast.ana, "stage", stage="dowel")
    answer = poll(tablet, tag, stamp)
    assert answer.status_code == 200 and not page(answer).all("nav")
    tag = answer.headers["HX-PTag"]
    make.step(tablet.session, "block", by=cast.kim, block=0, after=300)
    answer = poll(tablet, tag, stamp)
    strip = page(answer).one("nav", id="strip")
    assert strip["hx-swap-oob"] == "outerMorph" and strip.one("span", role="timer")
    tag, stamp = answer.headers["HX-PTag"], strip.one("input")["value"]
    assert poll(tablet, tag, stamp).status_code == 304


def test_every_answer_tells_the_time(tablet: Screen) -> None:
    tag = tablet.board().one("div", id="live")["hx-ptag"]
    for path in ("rows/", "plan/"):
        answer = poll(tablet, tag, "", path)
        assert answer.status_code == 304
        assert abs(int(answer.headers["X-Now"]) / 1000 - timezone.now().timestamp()) < 5
    assert "X-Now" not in tablet.client.get(tablet.board_url).headers


# Steps -----------------------------------------------------------------------------------------------------------


def test_start_next_pause_go_on_and_back(screen: Screen) -> None:
    shown = after(screen, screen.press(plan_page(screen).one("form", id="start").one("button")))
    assert shown.one("section", id="now").one("h2").text == "Couch stretch"
    interval = shown.one("p", id="interval-0-0")
    assert '["work", "Work", "left side", "1 of 4", 10]' in interval["data-phases"]
    shown = after(screen, screen.press(shown.button("Next: Prep")))
    assert shown.one("article", aria_current="step")["id"] == "block-1"
    assert not shown.all("p", class_="interval")
    shown = after(screen, screen.press(shown.button("Pause")))
    assert shown.one("span", role="timer")["data-paused"]
    assert "paused" in shown.one("section", id="now").text
    shown = after(screen, screen.press(shown.button("Go on")))
    assert shown.one("span", role="timer")["data-paused"] == ""
    shown = after(screen, screen.press(shown.button("+ 1 min")))
    assert shown.one("span", role="timer")["data-seconds"] == "300"
    shown = after(screen, screen.press(shown.button("− 1 min")))
    assert shown.one("span", role="timer")["data-seconds"] == "240"
    shown = after(screen, screen.press(shown.button("Back: Couch stretch")))
    assert shown.one("section", id="now").one("h2").text == "Couch stretch"
    with in_gym(screen.session.gym_id):
        taps = Tap.objects.filter(session=screen.session, kind=Tap.Kind.PLAN)
        assert [tap.member_id for tap in taps] == [None] * 7
    # None of it stands in the undo bar.
    assert screen.board().one("span", class_="last").text == "No taps yet"


def test_a_step_is_taken_once_and_answered_by_its_key(screen: Screen) -> None:
    key = str(uuid4())
    address = f"{screen.board_url}plan/block/"
    sent = {"block": "0", "tap": key, "age": "2000"}
    first = screen.client.post(address, sent, headers=screen._headers("plan"))
    with nothing_written():
        again = screen.client.post(address, sent, headers=screen._headers("plan"))
        other = screen.client.post(address, {**sent, "block": "1"}, headers=screen._headers("plan"))
    assert first.headers["X-Op"] == again.headers["X-Op"] == other.headers["X-Op"] == key
    assert first.status_code == again.status_code == (200 if screen.htmx else 302)
    shown = after(screen, other, status=409)
    assert "only the first was kept" in shown.one("p", role="alert").text


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("block", {}),
        ("block", {"block": "99"}),
        ("block", {"block": "-1"}),
        ("paused", {"block": "0", "paused": "perhaps"}),
        ("minutes", {"block": "0", "minutes": "0"}),
        ("minutes", {"block": "0", "minutes": "601"}),
        ("order", {"order": "1,1,2,3,4"}),
        ("order", {"order": "4,3,2,1,0", "shown": "1,0,2,3,4"}),
        ("order", {"order": "one"}),
        ("drill", {"block": "0", "place": "0", "drill": "no-such-drill"}),
        ("drill", {"block": "0", "place": "9", "drill": "cat-cow"}),
        ("drill", {"block": "0", "place": "0", "drill": "cat-cow", "shown": "brace"}),
        ("finished", {}),
        ("removed", {"removed": ""}),
    ],
)
def test_what_makes_no_sense_or_has_changed_meanwhile_is_refused_with_a_sentence(
    paper: Screen, path: str, values: dict[str, str]
) -> None:
    before = stored(paper)
    answer = paper.client.post(f"{paper.board_url}plan/{path}/", values)
    assert after(paper, answer, status=422).one("p", role="alert").text
    now = stored(paper)
    assert (now.plan, now.version, now.stepped_at) == (before.plan, before.version, None)


# Today only ------------------------------------------------------------------------------------------------------


def test_blocks_are_shortened_dropped_and_moved_for_today(screen: Screen, cast: Cast) -> None:
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key="hinge-foundations").plan()
    shown = after(screen, screen.press(plan_page(screen).button("Shorter: Hinge ladder")))
    assert "11 min (planned 12)" in shown.one("article", id="block-2").one("h3").text
    shown = after(screen, screen.press(shown.button("Earlier: Hinge ladder")))
    assert [each["id"] for each in shown.all("article")][:3] == ["block-0", "block-2", "block-1"]
    shown = after(screen, screen.press(shown.button("Drop today: Prep")))
    assert "dropped today" in shown.one("article", id="block-1").text
    assert [block.text for block in screen.board().one("span", class_="blocks").all("span")][:2] == [
        "Couch stretch",
        "Hinge ladder",
    ]
    shown = after(screen, screen.press(shown.button("Put back: Prep")))
    assert "dropped today" not in shown.text
    with in_gym(cast.northside):
        assert ClassTemplate.objects.get(key="hinge-foundations").plan() == template


def test_a_drill_is_swapped_for_one_of_the_same_stage_first(paper: Screen, cast: Cast) -> None:
    link = next(a for a in plan_page(paper).all("a") if a.text == "Swap: Dowel hinge")
    choice = page(paper.client.get(link["href"]))
    first, given, of_block, others = choice.all("fieldset")
    assert first.one("legend").text == "Dowel"
    assert [button["value"] for button in first.all("button")] == ["horizontal-dowel-hinge"]
    assert given.one("legend").text == "Also given to dowel"
    assert "pvc-good-morning" in [button["value"] for button in given.all("button")]
    assert of_block.one("legend").text == "In blocks called Hinge ladder"
    assert [button["value"] for button in of_block.all("button")] == ["pull-through", "sternum-hinge", "wall-tap"]
    assert others.one("legend").text == "Other drills"
    # Each drill once, and not the one that is taught there.
    offered = [button["value"] for button in choice.one("form", class_="swap").all("button")]
    assert len(offered) == len(set(offered)) == make.row_count(Drill) - 1
    assert "dowel-hinge" not in offered
    form = choice.one("form", class_="swap")
    sent = {field["name"]: field["value"] for field in form.all("input") if field["name"] != "csrfmiddlewaretoken"}
    assert sent == {"block": "2", "place": "1", "shown": "dowel-hinge"}
    answer = paper.client.post(form["action"], {**sent, "drill": "horizontal-dowel-hinge"})
    block = after(paper, answer).one("article", id="block-2")
    assert "instead of Dowel hinge" in block.text
    # Somebody who still sees the old one is told.
    answer = paper.client.post(form["action"], {**sent, "drill": "cat-cow"})
    assert "has changed meanwhile" in after(paper, answer, status=422).one("p", role="alert").text
    assert stored(paper).plan[2]["drills"][1]["drill"] == "horizontal-dowel-hinge"
    # The way back is the first choice.
    choice = page(paper.client.get(link["href"]))
    assert choice.all("fieldset")[0].one("legend").text == "As planned"
    # A place that is not there (any more) leads back to the plan.
    for place in ("block=2&place=7", "block=9&place=0", "block=x", ""):
        answer = paper.client.get(f"{paper.board_url}plan/drill/?{place}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{paper.board_url}plan/")


# The end ---------------------------------------------------------------------------------------------------------


def test_a_class_is_finished_with_one_tap_and_that_is_taken_back(screen: Screen) -> None:
    shown = after(screen, screen.press(plan_page(screen).button("Finish the class")))
    assert shown.one("section", id="now").text == "Class over"
    board = screen.board()
    assert "class over" in board.one("span", id="counts").text
    assert board.one("nav", id="strip").one("a")["href"] == f"{screen.board_url}summary/"
    today = page(screen.client.get(f"/gym/{screen.session.gym.slug}/today/"))
    assert f"{screen.board_url}summary/" in [a["href"] for a in today.all("a")]
    shown = after(screen, screen.press(shown.button("Take the end back")))
    assert shown.button("Finish the class")
    assert stored(screen).finished_at is None


def test_a_class_started_by_mistake_is_removed(screen: Screen, cast: Cast) -> None:
    answer = screen.press(plan_page(screen).button("Started by mistake: remove it"))
    there = f"/gym/{screen.session.gym.slug}/today/"
    if screen.htmx:
        assert answer.headers["HX-Redirect"] == there
    else:
        assert (answer.status_code, answer.headers["Location"]) == (302, there)
    assert stored(screen).cancelled_at is not None
    assert screen.board_url not in [a["href"] for a in page(screen.client.get(there)).all("a")]
    slotted = make.class_session(cast.northside, coach=cast.kim)
    make.weekly_slot(slotted)
    other = Screen(screen.client, slotted, cast.carla, htmx=screen.htmx)
    assert not [each for each in plan_page(other).all("button") if "mistake" in each.text]


def test_the_clock_of_a_moved_server_is_the_present_one(paper: Screen, cast: Cast) -> None:
    make.step(paper.session, "block", by=cast.carla, block=0, after=600)
    with time_machine.travel(make.moment(paper.session, 700), tick=False):
        shown = paper.board()
        assert shown.one("div", class_="plan-line")["data-now"] == str(
            int(make.moment(paper.session, 700).timestamp() * 1000)
        )


def buttons(shown: Element) -> list[str]:
    return [button.text for button in shown.all("button")]


def test_a_start_by_mistake_is_taken_back_while_nobody_was_seen(screen: Screen, cast: Cast) -> None:
    shown = after(screen, screen.press(plan_page(screen).one("form", id="start").one("button")))
    shown = after(screen, screen.press(shown.button("Not started after all")))
    assert shown.one("section", id="now").one("h2").text == "Not started"
    assert stored(screen).started_at is None
    after(screen, screen.press(shown.one("form", id="start").one("button")))
    make.step(screen.session, "block", by=cast.carla, block=1)
    assert "Not started after all" not in buttons(plan_page(screen))
    make.step(screen.session, "block", by=cast.carla, block=0)
    assert "Not started after all" in buttons(plan_page(screen))
    make.place(screen.session, cast.ana, "dowel", by=cast.carla)
    assert "Not started after all" not in buttons(plan_page(screen))


def test_a_class_far_ahead_is_not_started(screen: Screen, cast: Cast) -> None:
    with time_machine.travel(make.moment(screen.session, -3 * 3600), tick=False):
        shown = after(screen, screen.press(plan_page(screen).one("form", id="start").one("button")), status=422)
        starts = timezone.localtime(screen.session.starts_at, screen.session.gym.zone)
        assert shown.one("p", role="alert").text.startswith(f"This class starts at {starts:%H:%M}")
        assert shown.one("p", role="alert").text.endswith("Start it when it is nearer, or move it.")
    assert stored(screen).started_at is None


def test_the_plan_of_a_class_that_is_over_is_read_only(paper: Screen, cast: Cast) -> None:
    make.step(paper.session, "block", by=cast.carla, block=0, after=0)
    with time_machine.travel(make.moment(paper.session, 76 * 60), tick=False):
        shown = plan_page(paper).one("div", id="plan")
        assert buttons(shown) == []
        assert [a["href"] for a in shown.all("a")] == [f"{paper.board_url}summary/"]
        answer = paper.client.get(f"{paper.board_url}plan/drill/?block=0&place=0")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{paper.board_url}plan/")
        # A page from before the end is told.
        answer = paper.client.post(f"{paper.board_url}plan/minutes/", {"block": "0", "minutes": "9"})
        said = after(paper, answer, status=422).one("p", role="alert").text
        assert said == "This class is over: its plan stays as it was."
    with time_machine.travel(make.moment(paper.session, 600), tick=False):
        assert len(buttons(plan_page(paper))) > 20
