"""Two taps say a fault: Fault opens the sheet, a chip of it saves at once and the sheet stays."""

from __future__ import annotations

from uuid import uuid4

import pytest

from gym.scope import in_gym
from programming.models import Assessment, AssessmentFault, ClassSession
from tests import make
from tests.coach.screen import Screen, page, standing
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture(autouse=True)
def on_the_dowel(cast: Cast, evening: ClassSession) -> None:
    """Ana stands on the dowel stage."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)


def test_fault_opens_the_sheet_of_that_stage(screen: Screen, cast: Cast) -> None:
    sheet = page(screen.press(screen.row(cast.ana).button("Fault"))).one("div", id="sheet-content")
    assert sheet.one("h2").text == "Ana A."
    assert "Dowel" in sheet.one("header").text
    chips = [chip["value"] for chip in sheet.all("button", name="fault")]
    assert len(chips) == 8
    assert chips[0] == "head-off-dowel"
    assert "head off dowel" in sheet.button("head off dowel").text
    assert {chip["aria-pressed"] for chip in sheet.all("button", name="fault")} == {"false"}


def test_the_way_to_the_sheet_carries_no_secret(screen: Screen, cast: Cast) -> None:
    answer = screen.press(screen.row(cast.ana).button("Fault"))
    assert "csrf" not in answer.request["QUERY_STRING"]


def test_a_chip_saves_and_the_sheet_stays(screen: Screen, cast: Cast) -> None:
    sheet = screen.sheet(cast.ana)
    opening = sheet.all("input", name="opening")[0]["value"]
    sheet = screen.answer_is_sheet(screen.press(sheet.button("head off dowel")), cast.ana, opening)
    assert sheet.button("head off dowel")["aria-pressed"] == "true"
    lead = sheet.one("div", id="lead").text
    assert "Say “tuck the chin”." in lead
    assert "Drill:" in lead
    row = screen.row(cast.ana)
    assert row.one("small").text == "head off dowel · “tuck the chin”"
    assert row.button("Fault")["aria-pressed"] == "true"
    assert "data-fault" in row


def test_further_chips_of_one_opening_join_one_assessment(screen: Screen, cast: Cast) -> None:
    sheet = screen.sheet(cast.ana)
    for words in ("head off dowel", "chin up", "squats it"):
        sheet = screen.answer_is_sheet(screen.press(sheet.button(words)), cast.ana)
    assert make.row_count(Assessment) == 1
    assert make.row_count(AssessmentFault) == 3
    pressed = {chip["value"] for chip in sheet.all("button", name="fault") if chip["aria-pressed"] == "true"}
    assert pressed == {"head-off-dowel", "chin-up", "squats-it"}
    # The cue is that of the last one.
    assert "soft knees, hips back" in sheet.one("div", id="lead").text


def test_another_opening_is_another_assessment(screen: Screen, cast: Cast) -> None:
    for words in ("head off dowel", "chin up"):
        screen.press(screen.sheet(cast.ana).button(words))
    assert make.row_count(Assessment) == 2


def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    opening = uuid4()
    paper.tap(cast.ana, "fault", fault="chin-up", stage="dowel", opening=opening, **{"from": "sheet"})
    with in_gym(cast.northside):
        assessment = Assessment.objects.select_related("stage__stage").get()
        assert (assessment.result, assessment.stage.stage.key) == ("not_yet", "dowel")
        assert (assessment.opening, assessment.actor, assessment.session) == (opening, cast.carla, paper.session)
        chip = AssessmentFault.objects.select_related("fault__fault").get()
        assert (chip.assessment, chip.fault.fault.key, chip.tap) == (assessment, "chin-up", assessment.tap)
    assert dict(standing(cast.ana).faults) == {"chin-up": 1}


def test_a_fault_that_comes_again_suggests_its_drill(paper: Screen, cast: Cast) -> None:
    for after in (100, 200):
        make.tap(paper.session, cast.ana, "fault", by=cast.carla, after=after, fault="squats-it")
    row = paper.row(cast.ana)
    assert row.one("small").text.startswith("squats it ×2")
    assert "data-fault" in row
    assert standing(cast.ana).stage == "dowel"


def test_not_yet_with_nothing_single(screen: Screen, cast: Cast) -> None:
    screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("not yet")), cast.ana)
    with in_gym(cast.northside):
        assert Assessment.objects.get().result == "not_yet"
    row = screen.row(cast.ana)
    assert row.one("small").text == "not yet"
    assert row.button("Fault")["aria-pressed"] == "true"


def test_seen_the_same_neither_adds_to_a_run_nor_breaks_it(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "saw", by=cast.carla, after=120, saw="clean")
    screen.answer_is_sheet(screen.press(screen.sheet(cast.ana).button("seen, same")), cast.ana)
    assert standing(cast.ana).clean == 1
    row = screen.row(cast.ana)
    assert "data-seen" in row
    assert row.one("small").text == "clean 1 of 2"


def test_without_a_stage_the_sheet_says_what_to_do_first(screen: Screen, cast: Cast) -> None:
    sheet = screen.sheet(cast.ben)
    assert "Tap a stage on the board first." in sheet.text
    assert sheet.all("button", name="fault") == []
    answer = screen.tap(cast.ben, "fault", fault="chin-up", **{"from": "sheet"})
    assert screen.refusal(answer) == "Tap a stage for Ben B. first."


def test_no_fault_while_held(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "pain", by=cast.carla)
    assert screen.sheet(cast.ana).all("button", name="fault") == []
    answer = screen.tap(cast.ana, "fault", fault="chin-up", **{"from": "sheet"})
    assert screen.refusal(answer) == "Ana A. is held for pain. A coach clears the hold with a note first."
    assert make.row_count(Assessment) == 0


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "fault", fault="chin-up", stage="dowel", opening=str(uuid4()))


def test_the_same_chip_twice_is_one(screen: Screen, cast: Cast) -> None:
    sheet = screen.sheet(cast.ana)
    for _again in range(2):
        screen.press(sheet.button("chin up"))
    assert make.row_count(AssessmentFault) == 1


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    chosen = {"fault": "chin-up", "from": "sheet"}
    table = [
        {"from": "sheet"},
        {"fault": "", "from": "sheet"},
        {"fault": "laziness", "from": "sheet"},
        {"fault": "‮" * 400, "from": "sheet"},
        {"fault": "x" * 1_000_000, "from": "sheet"},
        {**chosen, "stage": "handstand"},
        {**chosen, "opening": "nonsense"},
        {**chosen, "seen": "1e9"},
    ]
    assert screen.refusals(cast.ana, "fault", table) == {
        "Choose a fault.",
        "This gym has no such fault.",
        "This ladder has no such stage.",
        "This tap did not arrive whole. Tap again.",
    }


def test_somebody_elses_opening_stays_theirs(paper: Screen, cast: Cast) -> None:
    make.place(paper.session, cast.ben, "dowel", by=cast.carla, after=60)
    opening = str(uuid4())
    paper.tap(cast.ben, "fault", fault="chin-up", opening=opening)
    paper.tap(cast.ana, "fault", fault="squats-it", opening=opening)
    with in_gym(cast.northside):
        theirs = {
            each.member_id: [chip.fault.fault.key for chip in each.faults.all()] for each in Assessment.objects.all()
        }
    assert theirs == {cast.ben.pk: ["chin-up"], cast.ana.pk: ["squats-it"]}


def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "fault", fault="chin-up", stage="dowel")


def test_any_opening_in_the_address_is_answered(paper: Screen, cast: Cast) -> None:
    for opening in ("", "nonsense", "x" * 5000, "🏋️", "{}"):
        answer = paper.client.get(paper.url(cast.ana, "sheet"), {"opening": opening})
        assert answer.status_code == 200
        assert page(answer).all("input", name="opening")[0]["value"] != opening


def test_nobody_has_a_sheet_who_is_not_on_the_roster(paper: Screen, cast: Cast) -> None:
    for person in (cast.sam, make.person(cast.northside, "Away Abel")):
        assert paper.get(f"{person.pk}/sheet/").status_code == 404
