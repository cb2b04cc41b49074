"""The member sheet: one member's history at a glance, and everything a coach may do for them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.identifiers import uuid7
from gym.models import Membership
from gym.scope import in_gym
from programming.models import (
    Assessment,
    AssessmentFault,
    AssignedDrill,
    Attendance,
    ClassSession,
    Clearance,
    Drill,
    Fault,
    FaultRevision,
    Hold,
    Note,
    Placement,
    Progression,
    Stage,
    StageMove,
    StageRevision,
    Tap,
)
from programming.models.replaying import stage_events
from tests import make
from tests.coach.screen import Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

WEEK = 7 * 24 * 3600


def member_sheet(screen: Screen, member: Membership, query: str = "") -> Element:
    """The member's sheet, newly opened."""
    answer = screen.get(f"{member.pk}/member/{query}")
    assert answer.status_code == 200
    return page(answer).one("div", id="member")


def answered(screen: Screen, answer: Any, member: Membership, status: int = 200) -> Element:
    """The answer to a tap on the member sheet: its content; without htmx it leads back to the page."""
    if not screen.htmx:
        assert (answer.status_code, answer.headers["Location"].split("#")[0]) == (302, screen.url(member, "member"))
        return member_sheet(screen, member)
    assert answer.status_code == status
    (content,) = page(answer).children
    assert content["id"] == "member"
    return content


def lines(sheet: Element, part: str = "seen") -> list[str]:
    """The lines of a list, without their days."""
    return [each.all("span")[0].text for each in sheet.one("section", id=part).all("li")]


def earlier_class(cast: Cast, weeks: float, *members: Membership) -> ClassSession:
    """A class of Carla's that was so many weeks ago."""
    begun = timezone.now() - timedelta(weeks=weeks)
    return make.class_session(cast.northside, members, coach=cast.carla, starts_at=begun, finished_at=begun)


# --- What it shows ---------------------------------------------------------------------------------------------------


def test_history_at_a_glance(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    before = earlier_class(cast, 3, cast.ana)
    make.place(before, cast.ana, "wall-tap", by=cast.carla, after=60)
    for after in (120, 180):
        make.tap(before, cast.ana, "saw", by=cast.carla, after=after, saw="clean")
    make.tap(before, cast.ana, "setting", by=cast.kim, after=200, stage="wall-tap", setting=400)
    for after in (220, 250):
        make.tap(before, cast.ana, "saw", by=cast.carla, after=after, saw="clean")
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    key = "018f0000-0000-4000-8000-000000000009"
    for fault in ("squats-it", "chin-up"):
        make.tap(evening, cast.ana, "fault", by=cast.kim, after=120, fault=fault, opening=key)
    sheet = member_sheet(paper, cast.ana)
    assert sheet.one("h1").text == "Ana A."
    assert sheet.one("header").one("span", class_="mute").text == "dowel since today · last seen today · 2 classes"
    assert lines(sheet) == [
        "squats it, chin up on the dowel · Kim K.",
        "moved up to the dowel: 2 clean in a row at 40 cm · Carla C.",
        "clean on the wall tap at 40 cm · Carla C.",
        "clean on the wall tap at 40 cm · Carla C.",
        "wall tap set to 40 cm · Kim K.",
        "clean on the wall tap at 20 cm · Carla C.",
        "clean on the wall tap at 20 cm · Carla C.",
        "first placed on the wall tap · Carla C.",
    ]
    assert sheet.one("section", id="seen").all("b")[0].text == "squats it, chin up"
    assert [each.text for each in sheet.one("section", id="seen").all("time")[:2]] == ["today", "today"]


def test_stages_over_time_as_a_picture_and_in_numbers(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    before = earlier_class(cast, 8, cast.ana)
    make.place(before, cast.ana, "wall-tap", by=cast.carla, after=60)
    make.tap(before, cast.ana, "saw", by=cast.carla, after=120, saw="clean")
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    make.tap(evening, cast.ana, "fault", by=cast.carla, after=120, fault="chin-up")
    ladder = member_sheet(paper, cast.ana, "?period=all").one("section", id="ladder-hip-hinge")
    picture = ladder.one("svg", role="img")
    day = before.starts_at
    assert picture.one("title").text == f"Wall tap from {day:%-d %B}, Dowel from today"
    assert picture["aria-labelledby"] == picture.one("title")["id"]
    # From the wall at the bottom up to the dowel, near the end.
    path = picture.one("path", class_="line")["d"]
    assert re.fullmatch(r"M[\d.]+ 108H[\d.]+V64H371", path), path
    assert (len(picture.all("circle", class_="clean")), len(picture.all("path", class_="fault"))) == (1, 1)
    rows = [[cell.text for cell in row.children] for row in ladder.one("tbody").all("tr")]
    assert rows == [["today", "Dowel", "0", "1"], [f"{day:%-d %B}", "Wall tap", "1", "0"]]


def test_a_month_at_a_glance(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    """The pictures show five weeks; the line goes on from where the member stood, and keeps the day it began."""
    long_ago, lately = earlier_class(cast, 8, cast.ana), earlier_class(cast, 3, cast.ana)
    make.place(long_ago, cast.ana, "wall-tap", by=cast.carla, after=60)
    make.place(long_ago, cast.ana, "dowel", by=cast.carla, after=90)
    make.tap(long_ago, cast.ana, "fault", by=cast.carla, after=120, fault="locks-knees")
    make.tap(lately, cast.ana, "fault", by=cast.carla, after=120, fault="chin-up")
    make.place(evening, cast.ana, "loaded", by=cast.carla, after=60)
    day = f"{long_ago.starts_at:%-d %B}"
    shown = {}
    for query, current in (("", "Month"), ("?period=all", "All"), ("?period=century", "Month")):
        sheet = member_sheet(paper, cast.ana, query)
        assert sheet.one("nav", class_="period").one("a", aria_current="page").text == current
        ladder = sheet.one("section", id="ladder-hip-hinge")
        rows = [[cell.text for cell in row.children] for row in ladder.one("tbody").all("tr")]
        shown[current] = (rows, ladder.one("title").text, sheet.one("section", id="faults-seen").one("title").text)
        assert ladder.one("path", class_="line")["d"].count("V") == (1 if current == "Month" else 2)
        # What happened stands in the list, whatever the pictures show.
        assert len(lines(sheet)) == 5
    assert shown["Month"] == (
        [["today", "Loaded hinge", "0", "0"], [day, "Dowel", "0", "1"]],
        f"Dowel from {day}, Loaded hinge from today",
        "Faults by week: chin up",
    )
    rows, _title, faults = shown["All"]
    assert rows[1:] == [[day, "Dowel", "0", "2"], [day, "Wall tap", "0", "0"]]
    assert faults == "Faults by week: chin up, locks knees"


def test_the_month_does_not_read_what_was_long_ago(cast: Cast, evening: ClassSession) -> None:
    long_ago = earlier_class(cast, 8, cast.ana)
    for place in range(10):
        make.place(long_ago, cast.ana, ("wall-tap", "dowel")[place % 2], by=cast.carla, after=60 + 60 * place)
        wanted: dict[str, Any] = {"stage": "wall-tap", "setting": 200 + 100 * (1 + place % 3)}
        make.tap(long_ago, cast.ana, "setting", by=cast.carla, after=90 + 60 * place, **wanted)
    make.place(evening, cast.ana, "loaded", by=cast.carla, after=60)
    since = timezone.now() - timedelta(weeks=5)
    with in_gym(cast.northside):
        everything = stage_events(cast.ana.pk, evening.on_board)
        month = stage_events(cast.ana.pk, evening.on_board, since=since)
    # The last three moves before it, with what was set between, and the one in it.
    assert (len(everything), len(month)) == (21, 7)
    assert month == everything[-7:]


def test_settings_over_time(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    long_ago, before = earlier_class(cast, 8, cast.ana), earlier_class(cast, 3, cast.ana)
    make.place(long_ago, cast.ana, "wall-tap", by=cast.carla, after=60)
    make.tap(long_ago, cast.ana, "setting", by=cast.carla, after=90, stage="wall-tap", setting=300)
    make.tap(long_ago, cast.ana, "setting", by=cast.carla, after=120, stage="wall-tap", setting=400)
    for after in (60, 120):
        make.tap(before, cast.ana, "saw", by=cast.carla, after=after, saw="clean")
    make.tap(evening, cast.ana, "setting", by=cast.carla, after=60, stage="wall-tap", setting=500)
    make.tap(evening, cast.ana, "fault", by=cast.carla, after=90, fault="chin-up")
    make.place(evening, cast.ana, "loaded", by=cast.carla, after=120)
    make.tap(evening, cast.ana, "setting", by=cast.carla, after=150, stage="loaded", setting=12000)
    part = member_sheet(paper, cast.ana).one("section", id="settings-hip-hinge")
    assert [each.text for each in part.all("h3")] == ["To the wall, wall tap", "Weight, loaded hinge"]
    wall, weight = part.all("svg", role="img")
    day = f"{long_ago.starts_at:%-d %B}"
    assert wall.one("title").text == f"40 cm from {day}, 50 cm from today"
    assert [each.text for each in wall.all("text")[:2]] == ["40 cm", "50 cm"]
    assert (len(wall.all("circle", class_="clean")), len(wall.all("path", class_="fault"))) == (1, 1)
    tables = [[[cell.text for cell in row.children] for row in each.all("tr")] for each in part.all("tbody")]
    assert tables == [[["today", "50 cm", "0", "1"], [day, "40 cm", "2", "0"]], [["today", "12 kg", "0", "0"]]]
    assert weight.one("title").text == "12 kg from today"
    everything = member_sheet(paper, cast.ana, "?period=all").one("section", id="settings-hip-hinge")
    assert [each.text for each in everything.all("svg", role="img")[0].all("text")[:3]] == ["30 cm", "40 cm", "50 cm"]


def test_without_a_setting_there_is_no_picture_of_one(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    before = earlier_class(cast, 8, cast.ana)
    make.place(before, cast.ana, "wall-tap", by=cast.carla, after=60)
    make.tap(before, cast.ana, "saw", by=cast.carla, after=90, saw="clean")
    make.place(before, cast.ana, "dowel", by=cast.carla, after=120)
    make.tap(evening, cast.ana, "saw", by=cast.carla, after=120, saw="clean")
    # The dowel has none, and at the wall nobody stood this month.
    assert member_sheet(paper, cast.ana).all("section", id="settings-hip-hinge") == []
    assert member_sheet(paper, cast.ana, "?period=all").all("section", id="settings-hip-hinge") != []


def test_a_tap_keeps_the_time_that_is_shown(screen: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    for period in ("all", "month"):
        sheet = member_sheet(screen, cast.ana, f"?period={period}")
        presses: list[tuple[Element, dict[str, Any]]] = [
            (sheet.button("Save the note"), {"note": f"Stiff in {period}."}),
            (sheet.button("Save the limits"), {"limits": f"no jumps in {period}"}),
            (sheet.one("button", name="stage", value="dowel" if period == "all" else "wall-tap"), {}),
        ]
        for button, typed in presses:
            answer = screen.press(button, **typed)
            if screen.htmx:
                kept = page(answer).one("nav", class_="period").one("a", aria_current="page")["href"]
                assert kept.endswith("?period=all") == (period == "all")
            else:
                assert ("?period=all#" in answer.headers["Location"]) == (period == "all")


def test_a_ladder_called_as_a_panel_is(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    with in_gym(cast.northside):
        Progression.objects.filter(pk=evening.progression_id).update(key="faults")
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "fault", by=cast.carla, after=60, fault="chin-up")
    # page() holds that every id is there once.
    titles = {each["aria-labelledby"] for each in member_sheet(paper, cast.ana).all("svg", role="img")}
    assert titles == {"title-ladder-faults", "title-faults"}


def test_points_are_points_where_decimals_have_commas(
    paper: Screen, cast: Cast, evening: ClassSession, settings: Any
) -> None:
    settings.LANGUAGES, settings.LANGUAGE_CODE = [("de", "Deutsch")], "de"
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "saw", by=cast.carla, after=60, saw="clean")
    for after in (90, 120):
        make.tap(evening, cast.ana, "fault", by=cast.carla, after=after, fault="chin-up")
    pictures = member_sheet(paper, cast.ana).all("svg", role="img")
    drawn = [each for picture in pictures for each in picture.walk()]
    numbers = [each[name] for each in drawn for name in ("d", "x", "y", "cx", "cy", "viewbox") if name in each]
    assert len(pictures) == 2 and any("." in each for each in numbers)
    assert [each for each in numbers if "," in each] == []


def test_undone_taps_are_nowhere(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    tapped = [
        make.place(evening, cast.ana, "loaded", by=cast.carla, after=60),
        make.tap(evening, cast.ana, "fault", by=cast.carla, after=90, fault="squats-it"),
        make.tap(evening, cast.ana, "note", by=cast.carla, after=120, note="Wrong person."),
        make.tap(evening, cast.ana, "pain", by=cast.carla, after=150, where="knee"),
        make.tap(evening, cast.ana, "assign", by=cast.carla, after=180, drill="cat-cow", wanted=True),
    ]
    shown = member_sheet(paper, cast.ana).text
    for said in ("moved up to the loaded hinge", "squats it", "Wrong person.", "pain: knee", "Cat-cow"):
        assert said in shown
    for answer in reversed(tapped):
        assert answer.tap
        make.tap(evening, cast.ana, "undo", by=cast.carla, undone=str(answer.tap.key))
    sheet = member_sheet(paper, cast.ana)
    for said in ("moved up", "squats it", "Wrong person.", "pain: knee"):
        assert said not in sheet.text
    assert "Cat-cow" not in sheet.one("section", id="home").all("p")[0].text
    assert lines(sheet) == ["first placed on the wall tap · Carla C."]
    path = sheet.one("section", id="ladder-hip-hinge").one("path", class_="line")["d"]
    assert "V" not in path


def test_what_a_hold_refused_later_is_no_step_of_the_line(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    # Tapped after the pain, but known before it: the rules leave the member where they were.
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=90)
    make.tap(evening, cast.ana, "pain", by=cast.kim, after=60, arrives=120)
    sheet = member_sheet(paper, cast.ana)
    assert sheet.one("header").one("span", class_="mute").text.startswith("wall tap since today")
    assert "V" not in sheet.one("path", class_="line")["d"]


def test_a_stage_wanted_again_is_a_step_once_it_was_lost(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    for after, stage in ((30, "wall-tap"), (60, "dowel"), (120, "dowel")):
        make.place(evening, cast.ana, stage, by=cast.carla, after=after)
    # Tapped between the two, and known after them.
    make.tap(evening, cast.ana, "stage", by=cast.kim, after=90, arrives=150, stage="wall-tap")
    ladder = member_sheet(paper, cast.ana).one("section", id="ladder-hip-hinge")
    stages = [row.one("th").text for row in ladder.one("tbody").all("tr")]
    assert stages == ["Dowel", "Wall tap", "Dowel", "Wall tap"]
    assert ladder.one("button", name="stage", aria_pressed="true").text == "Dowel"


def test_faults_over_time(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    long_ago, before = earlier_class(cast, 20, cast.ana), earlier_class(cast, 3, cast.ana)
    for session, faults in ((long_ago, ["locks-knees"]), (before, ["chin-up", "squats-it"]), (evening, ["chin-up"])):
        make.place(session, cast.ana, "dowel", by=cast.carla, after=30)
        for place, fault in enumerate(faults * 2):
            make.tap(session, cast.ana, "fault", by=cast.carla, after=60 + 30 * place, fault=fault)
    part = member_sheet(paper, cast.ana).one("section", id="faults-seen")
    assert part.one("title").text == "Faults by week: chin up, squats it"
    assert [each.text for each in part.one("svg", role="img").all("text")[:2]] == ["chin up", "squats it"]
    assert len(part.all("path", class_="fault")) == 3
    monday, earlier = ((each.date() - timedelta(each.weekday())) for each in (evening.starts_at, before.starts_at))
    assert [[cell.text for cell in row.children] for row in part.one("tbody").all("tr")] == [
        [f"{monday:%-d %B %Y}", "chin up", "2"],
        [f"{earlier:%-d %B %Y}", "chin up", "2"],
        [f"{earlier:%-d %B %Y}", "squats it", "2"],
    ]


def test_a_first_class(paper: Screen, cast: Cast) -> None:
    sheet = member_sheet(paper, cast.ana)
    assert sheet.one("header").one("span", class_="mute").text == "no stage yet · 1 class"
    assert sheet.all("svg", role="img") == []
    for part, said in (("seen", "Nothing seen so far."), ("home", "Nothing so far."), ("notes", "None so far.")):
        assert said in sheet.one("section", id=part).text
    assert sheet.all("section", id="holds") == []


def test_a_drop_in(paper: Screen, cast: Cast) -> None:
    paper.client.post(f"{paper.board_url}add/", {"name": "Walter Wanderer"})
    with in_gym(cast.northside):
        walter = Membership.objects.get(name="Walter Wanderer")
    assert member_sheet(paper, walter).one("h1").text == "Walter W."


def test_two_ladders(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    squat = make.second_ladder(cast.northside)
    other = earlier_class(cast, 2, cast.ana)
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=other.pk).update(progression=squat)
        other.refresh_from_db()
    make.place(other, cast.ana, "box-squat", by=cast.carla, after=30)
    for after in (60, 90):
        make.tap(other, cast.ana, "fault", by=cast.carla, after=after, fault="chin-up")
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    sheet = member_sheet(paper, cast.ana)
    panels = [each["id"] for each in sheet.all("section", class_="panel") if "id" in each]
    assert panels[:2] == ["ladder-hip-hinge", "ladder-squat"]
    hinge, second = sheet.one("section", id="ladder-hip-hinge"), sheet.one("section", id="ladder-squat")
    assert [len(each.one("svg", role="img").all("path", class_="fault")) for each in (hinge, second)] == [0, 1]
    assert "box-squat since" in second.one("h2").text
    # Stages of another ladder are tapped in its own classes; a drill can be assigned anywhere.
    assert (len(hinge.all("button", name="stage")), len(second.all("button", name="stage"))) == (3, 0)
    assert "Chin up in 2 assessments running." in second.text
    sheet = answered(paper, paper.press(second.button("Assign")), cast.ana)
    assert "because of “chin up” today · Carla C." in sheet.one("section", id="home").text


def test_what_was_written_then_reads_as_then(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "fault", by=cast.carla, after=60, fault="chin-up")
    with in_gym(cast.northside):
        Stage.objects.get(key="dowel").revise(name="Broomstick", short_name="Broom")
        Fault.objects.get(key="chin-up").revise(name="looks up")
        evening = ClassSession.objects.select_related("progression", "gym").get(pk=evening.pk)
    make.tap(evening, cast.ana, "fault", by=cast.carla, after=90, fault="chin-up")
    sheet = member_sheet(paper, cast.ana)
    assert lines(sheet) == [
        "looks up on the broomstick · Carla C.",
        "chin up on the dowel · Carla C.",
        "first placed on the dowel · Carla C.",
    ]
    # The pictures are of today's ladder, where one fault is one fault.
    assert "Broom" in [each.text for each in sheet.one("section", id="ladder-hip-hinge").all("text")]
    assert "chin up" not in sheet.one("section", id="faults-seen").text


def test_a_coachs_call_is_said_and_what_it_overruled(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    for after in (60, 90):
        make.tap(evening, cast.ana, "fault", by=cast.carla, after=after, fault="chin-up")
    make.place(evening, cast.ana, "loaded", by=cast.kim, after=120)
    said = lines(member_sheet(paper, cast.ana))[0]
    assert said == "moved up to the loaded hinge: coach’s call, instead of a drill for “chin up” · Kim K."


# --- Pages of history ------------------------------------------------------------------------------------------------


def history(member: Membership, session: ClassSession, by: Membership, count: int) -> None:
    """So many clean sets, an hour apart, each with a note; and a fault in every tenth."""
    with in_gym(session.gym):
        stage = StageRevision.objects.get(stage__key="dowel")
        fault = FaultRevision.objects.get(fault__key="chin-up")
        taps, sets, notes, faults = [], [], [], []
        for hours in range(1, count + 1):
            at = timezone.now() - timedelta(hours=hours)
            tap = Tap(
                key=uuid7(),
                kind="saw",
                digest="",
                session=session,
                member=member,
                actor=by,
                at=at,
                outcome="applied",
                detail={"saw": "clean"},
            )
            happening: dict[str, Any] = {"tap": tap, "at": at, "actor": by, "member": member}
            taps.append(tap)
            result = "not_yet" if hours % 10 == 0 else "clean"
            sets.append(Assessment(stage=stage, result=result, session=session, **happening))
            notes.append(Note(body=f"Note {hours}.", **happening))
            if result == "not_yet":
                del happening["member"]
                faults.append(AssessmentFault(assessment=sets[-1], fault=fault, **happening))
        for model, rows in ((Tap, taps), (Assessment, sets), (Note, notes), (AssessmentFault, faults)):
            model.objects.bulk_create(rows)


def test_newest_first_and_page_by_page(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    history(cast.ana, evening, cast.kim, 64)
    found, notes = [], []
    query: str = ""
    while True:
        part = member_sheet(paper, cast.ana, query).one("section", id="seen")
        found.append(len(part.all("li")))
        links = {link.text: link["href"] for link in part.all("a")}
        assert ("Newest" in links) == bool(query)
        if "Earlier" not in links:
            break
        query = links["Earlier"].removeprefix(paper.url(cast.ana, "member"))
    # The move as well.
    assert found == [30, 30, 5]
    query = ""
    while True:
        part = member_sheet(paper, cast.ana, query).one("section", id="notes")
        notes += [int(each.text.split()[1].rstrip(".")) for each in part.all("p", class_="said")]
        links = {link.text: link["href"] for link in part.all("a")}
        if "Earlier notes" not in links:
            break
        query = links["Earlier notes"].removeprefix(paper.url(cast.ana, "member"))
    assert notes == list(range(1, 65))


def test_two_at_the_same_time_are_both_read(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    """Taps older than the class are dated alike: the page must not end between them."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=-3600)
    for place in range(40):
        make.tap(evening, cast.ana, "note", by=cast.carla, after=-9000 + place, note=f"Note {place}.", arrives=place)
    pages = [member_sheet(paper, cast.ana)]
    while True:
        more = [each["href"] for each in pages[-1].one("section", id="notes").all("a") if each.text == "Earlier notes"]
        if not more:
            break
        pages.append(member_sheet(paper, cast.ana, more[0].removeprefix(paper.url(cast.ana, "member"))))
    read = [
        each.text.split()[1] for sheet in pages for each in sheet.one("section", id="notes").all("p", class_="said")
    ]
    assert (len(read), len(set(read))) == (40, 40)


@pytest.mark.parametrize(
    "before",
    ["", "~", "yesterday", "2026-01-01T00:00:00Z~", "0001-01-01T00:00:00%2B23:59~" + "0" * 32, "9" * 400, "🤸~🤸"],
)
def test_a_page_that_is_nowhere_is_the_newest(paper: Screen, cast: Cast, evening: ClassSession, before: str) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    sheet = member_sheet(paper, cast.ana, f"?before={before}&notes_before={before}")
    assert lines(sheet) == ["first placed on the dowel · Carla C."]


@pytest.mark.parametrize(("period", "most"), [("", 28), ("?period=all", 27)])
def test_the_same_queries_for_twenty_and_two_thousand(
    paper: Screen, cast: Cast, evening: ClassSession, period: str, most: int
) -> None:
    """For a month one more: from when on the moves are read. What was done alone: how often, what, self-checks."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    make.place(evening, cast.ben, "dowel", by=cast.carla, after=30)
    history(cast.ana, evening, cast.kim, 40)
    history(cast.ben, evening, cast.kim, 2000)
    counted = []
    for member in (cast.ana, cast.ben):
        member_sheet(paper, member, period)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            sheet = member_sheet(paper, member, period)
        counted.append([query["sql"] for query in queries])
        cut = "only the newest 400 are drawn and counted" in sheet.one("section", id="ladder-hip-hinge").text
        assert cut == (member == cast.ben)
    few, many = counted
    assert len(few) == len(many) == most
    # What grows with the assessments is cut off in the database.
    table = Assessment._meta.db_table
    assert all("LIMIT" in sql for sql in many if f'FROM "{table}"' in sql)


# --- What it does ----------------------------------------------------------------------------------------------------


def test_a_note(screen: Screen, cast: Cast) -> None:
    button = member_sheet(screen, cast.ana).button("Save the note")
    sheet = answered(screen, screen.press(button, note="Left shoulder stiff."), cast.ana)
    assert sheet.one("p", class_="said").text == "Left shoulder stiff. Carla C., today"
    assert sheet.one("textarea", name="note").text == ""
    assert make.row_count(Note) == 1


@pytest.mark.parametrize("note", ["", "x" * 2001])
def test_a_refused_note_is_kept_with_its_sentence(screen: Screen, cast: Cast, note: str) -> None:
    with nothing_written():
        answer = screen.press(member_sheet(screen, cast.ana).button("Save the note"), note=note)
    assert answer.status_code == 422
    shown = page(answer)
    assert bool(shown.all("html")) != screen.htmx
    part = shown.one("section", id="notes")
    assert "open" in part.one("details", id="note")
    assert part.one("textarea").text == note
    assert part.one("textarea")["aria-invalid"] == "true"
    assert ("Write something first." if not note else "too long") in part.one("ul", class_="errorlist").text


def test_a_drill_is_assigned_and_ended(screen: Screen, cast: Cast) -> None:
    sheet = member_sheet(screen, cast.ana)
    groups = {each.one("legend").text: each for each in sheet.all("fieldset", class_="drills")}
    assert list(groups) == ["Wall tap", "Dowel", "Loaded hinge", "Other drills"]
    sheet = answered(screen, screen.press(groups["Other drills"].button("Cat-cow")), cast.ana)
    home = sheet.one("li", id="home-cat-cow")
    assert home.one("b").text == "Cat-cow"
    assert "chosen by Carla C. today" in home.text
    # It is not offered twice.
    assert "cat-cow" not in [
        each.attributes.get("value") for each in sheet.one("details", id="more-drills").all("button")
    ]
    sheet = answered(screen, screen.press(home.button("End")), cast.ana)
    assert sheet.all("li", id="home-cat-cow") == []
    assert lines(sheet, "home") == ["Cat-cow chosen by Carla C. today; ended by Carla C."]
    assert make.row_count(AssignedDrill) == 1


def test_the_drills_of_the_own_stage_come_first(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    groups = member_sheet(paper, cast.ana).all("fieldset", class_="drills")
    assert [each.one("legend").text for each in groups] == ["Dowel", "Wall tap", "Loaded hinge", "Other drills"]


def test_what_was_given_and_ended_is_kept_with_its_reason(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    before = earlier_class(cast, 3, cast.ana)
    for place in range(11):
        make.tap(
            before, cast.ana, "assign", by=cast.kim, after=60 + place, drill="cat-cow", wanted=True, fault="chin-up"
        )
        make.tap(evening, cast.ana, "assign", by=cast.carla, after=60 + 10 * place, drill="cat-cow", wanted=False)
        make.tap(evening, cast.ana, "assign", by=cast.carla, after=65 + 10 * place, drill="cat-cow", wanted=True)
    sheet = member_sheet(paper, cast.ana)
    earlier = sheet.one("details", id="ended-drills").one("a")
    assert (len(lines(sheet, "home")) - 1, earlier.text) == (10, "Earlier")
    sheet = member_sheet(paper, cast.ana, earlier["href"].removeprefix(paper.url(cast.ana, "member")))
    reason = f"because of “chin up” on {before.starts_at:%-d %B} · Kim K.; ended by Carla C."
    assert lines(sheet, "home")[-1] == f"Cat-cow {reason}"


def test_a_retired_drill_is_not_offered(paper: Screen, cast: Cast) -> None:
    with in_gym(cast.northside):
        Drill.objects.filter(key="cat-cow").update(retired_at=timezone.now())
    assert "Cat-cow" not in member_sheet(paper, cast.ana).text


def test_the_suggested_drill(screen: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    for after in (60, 90):
        make.tap(evening, cast.ana, "fault", by=cast.carla, after=after, fault="head-off-dowel")
    part = member_sheet(screen, cast.ana).one("section", id="ladder-hip-hinge")
    assert part.one("div", id="lead").one("p").text.startswith("Head off dowel in 2 assessments running. Drill:")
    sheet = answered(screen, screen.press(part.button("Assign")), cast.ana)
    assert "because of “head off dowel” today" in sheet.one("section", id="home").text


def test_the_suggested_stage(screen: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    for after in (60, 90, 120):
        make.tap(evening, cast.ana, "saw", by=cast.carla, after=after, saw="clean")
    part = member_sheet(screen, cast.ana).one("section", id="ladder-hip-hinge")
    (suggested,) = part.all("button", data_suggested="")
    sheet = answered(screen, screen.press(suggested), cast.ana)
    assert sheet.one("button", name="stage", aria_pressed="true").text == "Loaded"
    assert lines(sheet)[0] == "moved up to the loaded hinge: 3 clean in a row · Carla C."


def test_the_suggested_setting_and_the_stepper(screen: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    for after in (60, 90):
        make.tap(evening, cast.ana, "saw", by=cast.carla, after=after, saw="clean")
    part = member_sheet(screen, cast.ana).one("section", id="ladder-hip-hinge")
    sheet = answered(screen, screen.press(part.button("Take it")), cast.ana)
    assert sheet.one("form", id="step-setting").one("output").text == "30 cm"
    sheet = answered(screen, screen.press(sheet.one("button", aria_label="Further")), cast.ana)
    assert sheet.one("form", id="step-setting").one("output").text == "40 cm"


def test_two_coaches_at_once(tablet: Screen, cast: Cast, evening: ClassSession) -> None:
    """The stage that this page showed is sent with the tap, so that a crossing one is noticed."""
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    wanted = member_sheet(tablet, cast.ana).one("button", name="stage", value="loaded")
    make.place(evening, cast.ana, "dowel", by=cast.kim)
    tablet.press(wanted)
    assert "data-crossed" in tablet.row(cast.ana)


def test_pain_where_it_hurts_and_the_clearance(screen: Screen, cast: Cast) -> None:
    sheet = answered(screen, screen.press(member_sheet(screen, cast.ana).button("Pain: hold")), cast.ana)
    assert "PAIN · held" in sheet.one("div", id="holding").text
    assert sheet.all("form", class_="to-stage") and not sheet.all("form", id="step-setting")
    sheet = answered(screen, screen.press(sheet.button("knee")), cast.ana)
    assert sheet.button("knee")["aria-pressed"] == "true"
    # Said a moment later, it is the same pain.
    assert lines(sheet, "holds") == ["pain: knee · Carla C. still held"]
    with nothing_written():
        answer = screen.press(sheet.button("Clear the hold"), note="")
    assert answer.status_code == 422
    assert "a hold is cleared with one only" in page(answer).one("form", class_="clearing").text
    sheet = answered(screen, screen.press(sheet.button("Clear the hold"), note="It was the belt."), cast.ana)
    assert sheet.all("div", id="holding") == []
    assert lines(sheet, "holds") == ["pain: knee · Carla C. cleared today · Carla C.: It was the belt."]
    assert "Hold cleared: It was the belt." in sheet.one("section", id="notes").text
    assert make.row_count(Clearance) == make.row_count(Hold)


def test_each_hold_has_its_line(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    """Where it hurts, said later, is of the last pain before it; two pains that end together stay two."""
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=60, where="knee")
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=120)
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=180, where="hip")
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=240, where="shoulder")
    for end in ("still held", "cleared today · Carla C.: Rested."):
        sheet = member_sheet(paper, cast.ana)
        assert lines(sheet, "holds") == [f"pain: {where} · Carla C. {end}" for where in ("shoulder", "hip", "knee")]
        make.tap(evening, cast.ana, "clear", by=cast.carla, after=300, note="Rested.")


def test_holds_page_by_page(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    for place in range(20):
        make.tap(evening, cast.ana, "pain", by=cast.carla, after=10 + 25 * place, where="knee")
    part = member_sheet(paper, cast.ana).one("section", id="holds")
    assert (len(part.all("li")), part.all("a")) == (20, [])
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=560, where="hip")
    sheet = member_sheet(paper, cast.ana)
    assert lines(sheet, "holds")[0] == "pain: hip · Carla C. still held"
    earlier = sheet.one("section", id="holds").one("a")
    assert (len(lines(sheet, "holds")), earlier.text) == (20, "Earlier holds")
    sheet = member_sheet(paper, cast.ana, earlier["href"].removeprefix(paper.url(cast.ana, "member")))
    assert lines(sheet, "holds") == ["pain: knee · Carla C. still held"]
    assert [each.text for each in sheet.one("section", id="holds").all("a")] == ["Newest holds"]


def test_a_refusal_stands_on_the_sheet(screen: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    up = member_sheet(screen, cast.ana).one("button", name="stage", value="dowel")
    make.tap(evening, cast.ana, "pain", by=cast.kim)
    answer = screen.press(up)
    assert answer.status_code == 422
    said = page(answer).one("div", id="member").one("p", role="alert")
    assert said.text.startswith("Ana A. is held for pain.")
    assert make.row_count(StageMove) == 1


def test_every_tap_is_taken_once(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "note", **{"from": "member", "note": "Stiff."})


def test_the_same_form_sent_twice_is_one_tap(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    """As a browser without scripts sends it again when its answer was lost."""
    sheet = member_sheet(paper, cast.ana)
    presses: list[tuple[Element, dict[str, Any]]] = [
        (sheet.button("Save the note"), {"note": "Stiff."}),
        (sheet.button("Pain: hold"), {}),
    ]
    for button, typed in presses:
        answered(paper, paper.press(button, **typed), cast.ana)
        with nothing_written():
            answered(paper, paper.press(button, **typed), cast.ana)
    clear = member_sheet(paper, cast.ana).button("Clear the hold")
    answered(paper, paper.press(clear, note="Rested."), cast.ana)
    with nothing_written():
        answered(paper, paper.press(clear, note="Rested."), cast.ana)
    assert (make.row_count(Note), make.row_count(Hold), make.row_count(Clearance)) == (2, 1, 1)


def test_a_refused_form_is_sent_again_as_a_new_tap(screen: Screen, cast: Cast) -> None:
    sheet = answered(screen, screen.press(member_sheet(screen, cast.ana).button("Pain: hold")), cast.ana)
    refused = page(screen.press(sheet.button("Clear the hold"), note=""))
    answered(screen, screen.press(refused.button("Clear the hold"), note="Rested."), cast.ana)
    assert make.row_count(Clearance) == 1


def test_a_tap_leads_back_to_where_it_was_made(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    sheet = member_sheet(paper, cast.ana)
    presses: list[tuple[Element, dict[str, Any], str]] = [
        (sheet.button("Save the note"), {"note": "Stiff."}, "notes"),
        (sheet.button("Cat-cow"), {}, "home"),
        (sheet.one("button", name="stage", value="dowel"), {}, "ladder-hip-hinge"),
        (sheet.button("Save the limits"), {"limits": "no jumps"}, "limits"),
        (sheet.button("Pain: hold"), {}, "holding"),
    ]
    for button, typed, panel in presses:
        answer = paper.press(button, **typed)
        assert answer.headers["Location"] == f"{paper.url(cast.ana, 'member')}#{panel}"
        assert [each["id"] for each in member_sheet(paper, cast.ana).walk() if each.attributes.get("id") == panel]


def test_of_somebody_taken_off_meanwhile_it_leads_to_the_board(screen: Screen, cast: Cast) -> None:
    button = member_sheet(screen, cast.ana).button("Save the note")
    with in_gym(cast.northside):
        Attendance.objects.filter(member=cast.ana).update(state=Attendance.State.OFF)
    answer = screen.press(button, note="Stiff.")
    if screen.htmx:
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, screen.board_url)
        assert "HX-Retarget" not in answer.headers
    else:
        assert (answer.status_code, answer.headers["Location"]) == (302, screen.board_url)
    assert make.row_count(Note) == 1


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_who_may(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    make.tap(evening, cast.ana, "note", by=cast.carla, note="Stiff.")
    url = paper.url(cast.ana, "member")
    with in_gym(cast.northside):
        Attendance.objects.filter(member=cast.dev).update(state=Attendance.State.OFF)
    away = make.person(cast.northside, "Away Abel")
    for nobody in (cast.sam, cast.dev, away):
        answer = paper.client.get(paper.url(nobody, "member"))
        assert answer.status_code == 404
    for person, status in ((cast.olga, 200), (cast.kim, 200), (cast.ana, 403), (cast.nia, 403), (cast.hana, 404)):
        assert person.user is not None
        paper.client.force_login(person.user)
        answer = paper.client.get(url)
        assert answer.status_code == status
        assert ("Stiff." in answer.content.decode()) == (status == 200)
        assert "no-store" in answer.headers["Cache-Control"]
    assert paper.client.post(url).status_code in (404, 405)


def test_it_is_reached_from_the_fault_sheet_and_from_that_of_the_held(
    paper: Screen, cast: Cast, evening: ClassSession
) -> None:
    make.tap(evening, cast.ben, "pain", by=cast.carla, where="hip")
    for member in (cast.ana, cast.ben):
        link = paper.sheet(member).one("a", class_="btn more")
        assert (link.text, link["href"]) == ("More…", paper.url(member, "member"))
    back = member_sheet(paper, cast.ana).one("a", id="to-board")
    assert back["href"] == f"{paper.board_url}#m-{cast.ana.pk}"


def test_placement_rows_are_not_made_by_looking(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        member_sheet(paper, cast.ana)
    assert make.row_count(Placement) == 0
