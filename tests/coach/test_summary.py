"""The summary of a class: who was seen and who was not, moves, holds, faults, the plan as taught. For ever the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate, Drill, Fault, Stage
from tests import make
from tests.coach.screen import Screen, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


def summary(screen: Screen) -> Element:
    answer = screen.client.get(f"{screen.board_url}summary/")
    assert answer.status_code == 200
    return page(answer)


def taught(cast: Cast, evening: ClassSession) -> None:
    """Ana moved up, Ben has faults, Chiara hurts, Dev was not seen, Nia did not come; three blocks were taught."""
    by: dict[str, Any] = {"by": cast.carla}
    make.step(evening, "block", block=0, after=0, **by)
    make.step(evening, "block", block=2, after=300, **by)
    make.step(evening, "minutes", block=2, minutes=10, after=310, **by)
    make.step(evening, "dropped", block=1, dropped=True, after=311, **by)
    make.step(evening, "drill", block=2, place=1, drill="brace", after=312, **by)
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=320)
    for after in (330, 360):
        make.tap(evening, cast.ana, "saw", saw="clean", after=after, **by)
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=370)
    make.place(evening, cast.ben, "dowel", by=cast.carla, after=320)
    make.tap(evening, cast.ben, "fault", fault="chin-up", after=380, **by)
    make.place(evening, cast.chiara, "loaded", by=cast.carla, after=320)
    make.tap(evening, cast.chiara, "pain", where="low_back", after=390, **by)
    make.tap(evening, cast.chiara, "note", note="PRIVATE WORDS", after=391, **by)
    make.tap(evening, cast.nia, "attendance", state="no_show", after=392, **by)
    make.step(evening, "finished", finished=True, after=520, **by)


def test_it_says_who_was_seen_what_was_decided_and_what_was_taught(paper: Screen, cast: Cast) -> None:
    taught(cast, paper.session)
    shown = summary(paper)
    seen = {row.one("th").text: [cell.text for cell in row.all("td")] for row in shown.all("tbody")[0].all("tr")}
    assert seen == {
        "Ana A.": [
            "clean on the wall tap at 20 cm ×2",
            "first placed on the wall tap; wall tap → dowel: coach’s call",
        ],
        "Ben B.": ["chin up on the dowel", "first placed on the dowel"],
        "Chiara C.": ["held for pain", "first placed on the loaded hinge"],
    }
    assert "4 here · 3 seen" in shown.all("header")[0].text
    said = [each.text for each in shown.one("section", aria_labelledby="seen").all("p")]
    assert said == ["Here, not seen: Dev D.", "Expected, did not come: Nia N."]
    blocks = [[cell.text for cell in (row.one("th"), *row.all("td"))] for row in shown.all("tbody")[1].all("tr")]
    assert [(title, planned, taken) for title, _drills, planned, taken in blocks] == [
        ("Couch stretch", "4", "5"),
        ("Prep", "4", "–"),
        ("Hinge ladder", "12", "4"),
        ("Strength by stage", "20", "–"),
        ("Cool-down", "5", "–"),
    ]
    assert blocks[1][1].endswith("(dropped)")
    assert "Dowel: Brace work (instead of Dowel hinge)" in blocks[2][1]
    # Neither what a coach wrote nor where it hurts is for paper.
    told = "".join(each.text for each in shown.all("section"))
    assert "PRIVATE" not in shown.text and "back" not in told.replace("Back", "").lower()


def test_plan_and_summary_read_the_same_whatever_becomes_of_the_library(paper: Screen, cast: Cast) -> None:
    taught(cast, paper.session)

    def read() -> list[str]:
        plan = page(paper.client.get(f"{paper.board_url}plan/")).one("div", id="plan")
        return [summary(paper).one("main").text, plan.text]

    before = read()
    assert "Dowel hinge" in before[0] and "Wall" in before[1]
    with in_gym(cast.northside):
        for drill in Drill.objects.select_related("current"):
            drill.revise(name=f"New {drill.key}", cues=["Other"], dose={"text": "1 × 1"})
            Drill.objects.filter(pk=drill.pk).update(retired_at=timezone.now())
        for fault in Fault.objects.select_related("current"):
            fault.revise(name=f"New {fault.key}")
        for stage in Stage.objects.select_related("current"):
            stage.revise(name=f"New {stage.key}", short_name="New")
            Stage.objects.filter(pk=stage.pk).update(retired_at=timezone.now(), position=9 - stage.position)
        template = ClassTemplate.objects.get(key="hinge-foundations")
        template.blocks.all().delete()
        ClassTemplate.objects.filter(pk=template.pk).update(name="Other", archived_at=timezone.now())
    assert read() == before


def test_who_was_placed_only_was_not_seen(paper: Screen, cast: Cast) -> None:
    make.place(paper.session, cast.ana, "dowel", by=cast.carla, after=60)
    shown = summary(paper)
    assert "5 here · 0 seen" in shown.all("header")[0].text
    assert [cell.text for cell in shown.all("tbody")[0].all("td")] == ["not seen", "first placed on the dowel"]


def test_whoever_was_seen_and_then_set_to_not_here_is_counted_as_on_the_board(paper: Screen, cast: Cast) -> None:
    for after, member in enumerate((cast.ana, cast.ben)):
        make.place(paper.session, member, "dowel", by=cast.carla, after=60 + after)
        make.tap(paper.session, member, "saw", saw="clean", by=cast.carla, after=120 + after)
    make.tap(paper.session, cast.ana, "attendance", state="no_show", by=cast.carla, after=200)
    shown = summary(paper)
    assert "4 here · 1 seen" in shown.all("header")[0].text
    assert "4 here · 1 seen" in paper.board().one("span", id="counts").text
    said = [each.text for each in shown.one("section", aria_labelledby="seen").all("p")]
    assert said == ["Here, not seen: Chiara C., Dev D., Nia N.", "Expected, did not come: Ana A."]
    # What was seen of her is history.
    assert [row.one("th").text for row in shown.all("tbody")[0].all("tr")] == ["Ana A.", "Ben B."]


def test_what_was_undone_is_not_in_it(paper: Screen, cast: Cast) -> None:
    made = make.place(paper.session, cast.ana, "dowel", by=cast.carla, after=60)
    make.tap(paper.session, cast.ana, "undo", by=cast.carla, undone=str(made.tap.key), after=90)
    shown = summary(paper)
    assert "Nobody was seen in this class." in shown.text
    assert "still running" in shown.text


def test_whom_an_earlier_pain_holds_is_named_as_held(paper: Screen, cast: Cast) -> None:
    last_week = make.class_session(
        cast.northside, [cast.ana, cast.ben], starts_at=paper.session.starts_at - timedelta(days=7)
    )
    for member in (cast.ana, cast.ben):
        make.tap(last_week, member, "pain", by=cast.carla, after=60)
    make.tap(last_week, cast.ben, "clear", by=cast.carla, after=90, note="Fine again.")
    make.step(paper.session, "finished", finished=True, by=cast.carla, after=520)

    def unseen() -> str:
        (said,) = summary(paper).one("section", aria_labelledby="seen").all("p")[1:]
        return said.text

    assert unseen() == "Here, not seen: Ana A. (held), Ben B., Chiara C., Dev D., Nia N."
    # What is cleared after the class was on during it.
    make.tap(last_week, cast.ana, "clear", by=cast.kim, note="Fine since.")
    assert "Ana A. (held)" in unseen()


def test_the_end_is_taken_back_from_it_for_the_rest_of_the_day(paper: Screen, cast: Cast) -> None:
    assert summary(paper).all("form", id="taking-back") == []
    now = timezone.now()
    make.step(paper.session, "finished", finished=True, by=cast.carla)
    form = summary(paper).one("form", id="taking-back")
    assert form.one("p").text.startswith(f"Finished at {timezone.localtime(now, paper.session.gym.zone):%H:%M}. Until")
    button = form.one("button")
    answer = paper.client.post(form["action"], {button["name"]: button["value"]}, follow=True)
    assert "Finish the class" in page(answer).one("section", id="end").text
    assert summary(paper).all("form", id="taking-back") == []
    # On another day it stays finished.
    make.step(paper.session, "finished", finished=True, by=cast.carla)
    with time_machine.travel(now + timedelta(days=1)):
        assert summary(paper).all("form", id="taking-back") == []


def test_it_asks_the_same_for_one_as_for_forty(cast: Cast, paper: Screen) -> None:
    asked = []
    for count in (1, 40):
        people = [make.person(cast.northside, f"Person{number} {count}") for number in range(count)]
        begun = timezone.now() - timedelta(hours=1)
        session = make.class_session(cast.northside, people, coach=cast.kim, starts_at=begun)
        make.step(session, "block", by=cast.kim, block=0, after=1)
        for person in people:
            make.place(session, person, "dowel", by=cast.kim, after=60)
            make.tap(session, person, "fault", by=cast.kim, fault="chin-up", after=90)
        with CaptureQueriesContext(connection) as queries:
            summary(Screen(paper.client, session, cast.carla))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 13, asked
