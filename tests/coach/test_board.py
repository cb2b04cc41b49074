"""The board: every member of the class on one screen, and on each row the first thing that matters now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming.board import around
from programming.models import Attendance, ClassSession, Progression, Stage, StageRevision
from tests import make
from tests.coach.screen import Screen, nothing_written, page, standing
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

# Kind, seconds after the class began, values of the tap.
Said = tuple[str, float, dict[str, Any]]

WALL: Said = ("stage", 60, {"stage": "wall-tap"})
DOWEL: Said = ("stage", 60, {"stage": "dowel"})
LOADED: Said = ("stage", 60, {"stage": "loaded"})


def saw(after: float, result: str = "clean") -> Said:
    return ("saw", after, {"saw": result})


def fault(after: float, key: str = "squats-it", opening: str | None = None) -> Said:
    return ("fault", after, {"fault": key, **({"opening": opening} if opening else {})})


def tell(session: ClassSession, member: Membership, taps: list[Said], by: Membership) -> None:
    for kind, after, values in taps:
        make.tap(session, member, kind, by=by, after=after, **values)


def attendance(session: ClassSession, member: Membership, **fields: Any) -> None:
    with in_gym(session.gym):
        Attendance.objects.filter(session=session, member=member).update(**fields)


def names(board: Element) -> list[str]:
    """The names on the rows; a long one wears a smaller size."""
    spans = [row.one("button", class_="who").all("span")[0] for row in board.all("li", class_="row")]
    assert all(span["class"] in ("name", "name long") for span in spans)
    return [span.text for span in spans]


def marks(row: Element) -> set[str]:
    return {name.removeprefix("data-") for name in row.attributes if name.startswith("data-")}


def stages(row: Element) -> list[str]:
    return [button.text for button in row.all("button", name="stage")]


# --- The line under the name ---------------------------------------------------------------------------------------

TOGETHER = "018f0000-0000-4000-8000-000000000007"


@pytest.mark.parametrize(
    ("taps", "line", "marked"),
    [
        ([], "no stage yet", set()),
        ([WALL], "20 cm · not seen yet", set()),
        ([DOWEL], "not seen yet", set()),
        ([LOADED], "no weight · not seen yet", set()),
        ([WALL, ("setting", 70, {"stage": "wall-tap", "setting": 450})], "45 cm · not seen yet", set()),
        ([LOADED, ("setting", 70, {"stage": "loaded", "setting": 12000})], "12 kg · not seen yet", set()),
        ([LOADED, ("setting", 70, {"stage": "loaded", "setting": 2500})], "2.5 kg · not seen yet", set()),
        ([WALL, saw(70)], "20 cm · clean 1 of 2", {"seen"}),
        ([DOWEL, saw(70)], "clean 1 of 2", {"seen"}),
        ([DOWEL, saw(70, "seen")], "seen", {"seen"}),
        ([WALL, saw(70, "seen")], "20 cm", {"seen"}),
        ([DOWEL, saw(70), saw(100)], "2 clean → loaded", {"seen", "ready"}),
        ([WALL, saw(70), saw(100)], "2 clean → 30 cm", {"seen", "ready"}),
        ([LOADED, saw(70), saw(100)], "2 clean → reverse anchored hinge", {"seen", "ready"}),
        ([DOWEL, saw(70, "not_yet")], "not yet", {"seen", "fault"}),
        ([DOWEL, fault(70)], "squats it · “soft knees, hips back”", {"seen", "fault"}),
        (
            [DOWEL, fault(70, "chin-up", TOGETHER), fault(72, opening=TOGETHER)],
            "chin up, squats it · “soft knees, hips back”",
            {"seen", "fault"},
        ),
        ([DOWEL, fault(70), saw(100)], "clean 1 of 2", {"seen"}),
        ([DOWEL, fault(70), fault(100)], "squats it ×2", {"seen", "fault"}),
        (
            [DOWEL, fault(70, "sacrum-off-dowel"), fault(100, "sacrum-off-dowel")],
            "sacrum off dowel ×2 → wall",
            {"seen", "fault"},
        ),
        ([("attendance", 60, {"state": "no_show"})], "not here", {"absent"}),
        ([("pain", 60, {})], "PAIN · held", {"seen", "hold"}),
        ([("pain", 60, {"where": "low_back"})], "PAIN · held · low back", {"seen", "hold"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_row_says(paper: Screen, cast: Cast, taps: list[Said], line: str, marked: set[str]) -> None:
    tell(paper.session, cast.ana, taps, by=cast.carla)
    row = paper.row(cast.ana)
    assert row.one("small").text == line
    assert marks(row) == marked


def test_the_first_thing_that_matters_comes_first(paper: Screen, second: Screen, cast: Cast) -> None:
    """From the last in order to the first: each new thing hides those before it."""
    earlier = make.class_session(
        cast.northside, [cast.ana], coach=cast.carla, starts_at=timezone.now() - timedelta(days=20)
    )
    assert paper.line(cast.ana) == "no stage yet"
    attendance(paper.session, cast.ana, is_first_class=True)
    assert paper.line(cast.ana) == "first class · no stage yet"
    tell(earlier, cast.ana, [DOWEL, saw(70, "seen")], by=cast.carla)
    assert paper.line(cast.ana) == "not seen for 19 days"
    tell(earlier, cast.ana, [saw(80)], by=cast.carla)
    assert paper.line(cast.ana) == "clean 1 of 2 · not seen for 19 days"
    tell(paper.session, cast.ana, [fault(60)], by=cast.carla)
    assert paper.line(cast.ana) == "squats it · “soft knees, hips back”"
    tell(paper.session, cast.ana, [fault(90)], by=cast.carla)
    assert paper.line(cast.ana) == "squats it ×2"
    seen = standing_version(paper, cast.ana)
    second.tap(cast.ana, "stage", stage="wall-tap", seen=seen)
    paper.tap(cast.ana, "stage", stage="loaded", seen=seen)
    assert paper.said(cast.ana) == "Kim K.: wall just now · you: loaded"
    tell(paper.session, cast.ana, [("attendance", 590, {"state": "no_show"})], by=cast.carla)
    assert paper.line(cast.ana) == "not here" or "you: loaded" in paper.line(cast.ana)
    paper.tap(cast.ana, "pain")
    assert paper.line(cast.ana) == "PAIN · held"


def standing_version(screen: Screen, member: Membership) -> str:
    """The version that the row's form would send."""
    return screen.row(member).one("form", id=f"stage-{member.pk}").one("input", name="seen")["value"]


@pytest.mark.parametrize(
    ("days", "line"), [(13, "not seen yet"), (14, "not seen for 14 days"), (40, "not seen for 40 days")]
)
def test_who_was_away(paper: Screen, cast: Cast, days: int, line: str) -> None:
    earlier = make.class_session(
        cast.northside, [cast.ana], coach=cast.carla, starts_at=timezone.now() - timedelta(days=days, minutes=5)
    )
    tell(earlier, cast.ana, [DOWEL, saw(70, "seen")], by=cast.carla)
    assert paper.line(cast.ana) == line


def test_a_fault_of_another_class_is_not_of_this_one(paper: Screen, cast: Cast) -> None:
    earlier = make.class_session(
        cast.northside, [cast.ana], coach=cast.carla, starts_at=timezone.now() - timedelta(days=2)
    )
    tell(earlier, cast.ana, [DOWEL, fault(70)], by=cast.carla)
    assert paper.line(cast.ana) == "not seen yet"
    assert paper.row(cast.ana).button("Fault")["aria-pressed"] == "false"


def test_pain_comes_before_standing_limits(paper: Screen, cast: Cast) -> None:
    cast.ana.standing_limits = "low grip only"
    cast.ana.save()
    tell(paper.session, cast.ana, [("pain", 60, {})], by=cast.carla)
    assert paper.row(cast.ana).one("small").text == "PAIN · held · low grip only"


def test_pressed_is_what_was_seen_at_this_stage(paper: Screen, cast: Cast) -> None:
    tell(paper.session, cast.ana, [WALL, saw(70)], by=cast.carla)
    assert paper.row(cast.ana).one("button", value="clean")["aria-pressed"] == "true"
    tell(paper.session, cast.ana, [("stage", 100, {"stage": "dowel"})], by=cast.carla)
    assert paper.row(cast.ana).one("button", value="clean")["aria-pressed"] == "false"
    tell(paper.session, cast.ana, [("fault", 130, {"fault": "chin-up"})], by=cast.carla)
    assert paper.row(cast.ana).one("button", data_saw="fault")["aria-pressed"] == "true"
    # Back where it was clean: the last that was seen is of the dowel.
    tell(paper.session, cast.ana, [("stage", 160, {"stage": "wall-tap"})], by=cast.carla)
    assert paper.row(cast.ana).all("button", aria_pressed="true", value="clean") == []
    assert paper.row(cast.ana).one("button", data_saw="fault")["aria-pressed"] == "false"


@pytest.mark.parametrize("taps", [[], [WALL, saw(70)], [DOWEL, fault(70)]])
def test_standing_limits_come_before_everything_else(paper: Screen, cast: Cast, taps: list[Said]) -> None:
    cast.ana.standing_limits = "low grip only"
    cast.ana.save()
    tell(paper.session, cast.ana, taps, by=cast.carla)
    row = paper.row(cast.ana)
    assert row.one("span", class_="limits").text == "low grip only"
    assert row.one("small").text.startswith("low grip only · ")
    assert paper.sheet(cast.ana).one(class_="limits").text == "low grip only"


# --- Names and places ----------------------------------------------------------------------------------------------


def test_in_the_order_of_the_alphabet(paper: Screen, cast: Cast) -> None:
    for name in ("Émile Zola", "Zoë Abel", "bea Small", "Ådne Berg"):
        make.roster(paper.session, make.person(cast.northside, name))
    assert names(paper.board()) == [
        "Ådne B.",
        "Ana A.",
        "bea S.",
        "Ben B.",
        "Chiara C.",
        "Dev D.",
        "Émile Z.",
        "Nia N.",
        "Zoë A.",
    ]


def test_rows_keep_their_places(paper: Screen, cast: Cast) -> None:
    before = names(paper.board())
    tell(paper.session, cast.nia, [DOWEL, saw(70)], by=cast.carla)
    tell(paper.session, cast.dev, [("pain", 80, {})], by=cast.carla)
    assert names(paper.board()) == before


def test_two_who_would_read_the_same_are_told_apart(paper: Screen, tablet: Screen, cast: Cast) -> None:
    other = make.person(cast.northside, "Ana Adams")
    make.roster(paper.session, other)
    assert names(paper.board())[:2] == ["Ana Adams", "Ana Alves"]
    # Also in the answer to a tap, in the bar, in the list of taps and where somebody else is chosen.
    answer = page(tablet.tap(other, "stage", stage="dowel"))
    assert names(answer) == ["Ana Adams"]
    assert answer.one("footer").one("span", class_="last").text == "Ana Adams · to dowel"
    taps = page(paper.get("taps/"))
    assert taps.one("ol").one("b").text == "Ana Adams"
    who = page(paper.press(taps.button("Wrong person")))
    assert "Ana Alves" in {button.text for button in who.all("button", name="to")}
    assert "Ana Adams" in paper.sheet(other).one("h2").text


def test_two_of_the_same_whole_name(paper: Screen, cast: Cast) -> None:
    make.roster(paper.session, make.person(cast.northside, "Ana Alves", nickname="Nan"))
    assert sorted(names(paper.board())[:2]) == ["Ana Alves", "Ana Alves “Nan”"]


def test_somebody_who_left_the_roster_takes_no_name_away(paper: Screen, cast: Cast) -> None:
    make.roster(paper.session, make.person(cast.northside, "Ana Adams"), state="off")
    assert names(paper.board())[0] == "Ana A."


def test_the_name_they_chose(paper: Screen, cast: Cast) -> None:
    cast.ana.shown_name = "Annie"
    cast.ana.save()
    assert names(paper.board())[0] == "Annie"


def test_a_long_name_is_not_cut(paper: Screen, cast: Cast) -> None:
    long = make.person(cast.northside, "Maximiliano Villanueva", shown_name="Maximiliano Villanueva")
    make.roster(paper.session, long)
    name = paper.row(long).one("span", class_="name long")
    assert name.text == "Maximiliano Villanueva"
    assert paper.row(cast.ana).all("span", class_="name long") == []


@pytest.mark.parametrize("name", ["<b>Bold</b>", "{{ name }}", '" onload="x', "‮נועה כהן", "李明", "O'Brien"])
def test_any_name_is_shown_as_it_is(paper: Screen, cast: Cast, name: str) -> None:
    someone = make.person(cast.northside, name, shown_name=name)
    make.roster(paper.session, someone)
    # But for marks that would turn around what stands beside it.
    assert paper.row(someone).one("span", class_="name").text == name.replace("\u202e", "")


# --- The whole ----------------------------------------------------------------------------------------------------


def test_the_header(paper: Screen, cast: Cast) -> None:
    attendance(paper.session, cast.ben, state="expected")
    attendance(paper.session, cast.dev, state="late")
    attendance(paper.session, cast.nia, state="no_show")
    tell(paper.session, cast.ana, [DOWEL, saw(70)], by=cast.carla)
    board = paper.board()
    assert board.one("h1").text == "Hinge Foundations"
    counts = board.one("span", id="counts").text
    assert counts.endswith(" · Carla C. · 3 here · 1 seen · 1 expected")
    assert board.one("a", class_="back")["href"] == "/gym/northside-barbell/today/"
    assert board.one("span", id="net").text.endswith("All saved")


def test_a_class_without_anybody(paper: Screen, cast: Cast) -> None:
    paper.session = make.class_session(cast.northside, coach=cast.carla)
    board = paper.board()
    assert names(board) == []
    assert board.button("+ Add someone")
    assert "0 here · 0 seen" in board.one("span", id="counts").text


def test_every_tap_of_a_row_has_a_form_that_works_without_scripts(paper: Screen, cast: Cast) -> None:
    for form in paper.board().all("form"):
        assert form["action"].startswith("/gym/northside-barbell/")
        if form.attributes["method"] == "post":
            assert form.one("input", name="csrfmiddlewaretoken")


def test_a_held_row(paper: Screen, cast: Cast) -> None:
    tell(paper.session, cast.ana, [DOWEL, ("pain", 70, {})], by=cast.carla)
    row = paper.row(cast.ana)
    assert row.button("Clean")["aria-disabled"] == "true"
    assert row.button("Held")
    # A held member may still move down: the stages stay as they are.
    assert stages(row) == ["Wall", "Dowel", "Loaded"]
    assert row.all("button", data_suggested="") == []


def test_crossing_taps_show_both_and_one_tap_chooses(paper: Screen, second: Screen, cast: Cast) -> None:
    tell(paper.session, cast.ana, [WALL], by=cast.carla)
    for choice, stays in (("Dowel", "dowel"), ("Loaded", "loaded")):
        make.place(paper.session, cast.ana, "wall-tap", by=cast.carla)
        seen = standing_version(paper, cast.ana)
        second.tap(cast.ana, "stage", stage="dowel", seen=seen)
        paper.tap(cast.ana, "stage", stage="loaded", seen=seen)
        row = paper.row(cast.ana)
        assert paper.said(cast.ana) == "Kim K.: dowel just now · you: loaded"
        assert "crossed" in marks(row)
        assert row.one("button", data_other="").text == "Dowel (the other choice)"
        assert row.one("button", name="stage", aria_pressed="true").text == "Loaded"
        paper.press(next(each for each in row.all("button", name="stage") if each.text.startswith(choice)))
        row = paper.row(cast.ana)
        assert "crossed" not in marks(row)
        assert row.all("button", data_other="") == []
        assert standing(cast.ana).stage == stays


# --- Ladders of five stages and more ---------------------------------------------------------------------------------


@pytest.fixture
def tall(cast: Cast, evening: ClassSession) -> ClassSession:
    """The evening class on a ladder with two stages more."""
    with in_gym(cast.northside):
        ladder = Progression.objects.get(key="hip-hinge")
        for position, name in enumerate(["Single", "Sport"], start=3):
            stage = Stage.objects.create(progression=ladder, key=name.lower(), position=position)
            words = {"name": f"{name} hinge", "short_name": name, "figure": "loaded", "colour": "loaded"}
            revision = StageRevision.objects.create(stage=stage, number=1, **words)
            stage.current = revision
            stage.save()
        # Another one than any ladder that is kept in memory.
        ladder.revision = Progression().revision
        ladder.save()
    evening.refresh_from_db()
    return evening


@pytest.mark.parametrize(
    ("present", "shown"),
    [
        (None, ["Wall", "Dowel", "Loaded"]),
        ("wall-tap", ["Wall", "Dowel", "Loaded"]),
        ("dowel", ["Wall", "Dowel", "Loaded"]),
        ("loaded", ["Dowel", "Loaded", "Single"]),
        ("single", ["Loaded", "Single", "Sport"]),
        ("sport", ["Loaded", "Single", "Sport"]),
    ],
)
@pytest.mark.usefixtures("tall")
def test_the_present_stage_and_its_neighbours(paper: Screen, cast: Cast, present: str | None, shown: list[str]) -> None:
    if present:
        make.place(paper.session, cast.ana, present, by=cast.carla)
    row = paper.row(cast.ana)
    assert stages(row) == shown
    if present:
        assert row.one("button", aria_pressed="true", name="stage")["value"] == present


@pytest.mark.usefixtures("tall")
def test_step_by_step_to_the_top(screen: Screen, cast: Cast) -> None:
    for words in ("Wall", "Loaded", "Single", "Sport"):
        screen.answer_is_own_row(screen.press(screen.row(cast.ana).button(words)), cast.ana)
    assert standing(cast.ana).stage == "sport"


@pytest.mark.usefixtures("tall")
def test_the_other_stage_of_a_crossing_can_be_tapped(paper: Screen, second: Screen, cast: Cast) -> None:
    make.place(paper.session, cast.ana, "loaded", by=cast.carla)
    seen = standing_version(paper, cast.ana)
    second.tap(cast.ana, "stage", stage="wall-tap", seen=seen)
    paper.tap(cast.ana, "stage", stage="single", seen=seen)
    row = paper.row(cast.ana)
    assert row.one("button", data_other="").text == "Wall (the other choice)"
    paper.press(row.one("button", data_other=""))
    assert standing(cast.ana).stage == "wall-tap"


@pytest.mark.usefixtures("tall")
def test_the_suggested_stage_can_be_tapped(paper: Screen, cast: Cast) -> None:
    make.place(paper.session, cast.ana, "single", by=cast.carla, after=60)
    for after in (70, 100):
        tell(paper.session, cast.ana, [fault(after, "sacrum-off-dowel")], by=cast.carla)
    row = paper.row(cast.ana)
    assert row.one("small").text == "sacrum off dowel ×2 → dowel"
    suggested = row.one("button", data_suggested="")
    assert suggested.text == "Dowel (suggested)"


@pytest.mark.parametrize("count", [1, 3, 4])
def test_up_to_four_stages_are_all_there(count: int) -> None:
    all_of_them = list(range(count))
    assert around(all_of_them, None) == all_of_them


# --- What it costs ---------------------------------------------------------------------------------------------------


def test_the_same_questions_for_one_and_for_forty(paper: Screen, second: Screen, cast: Cast) -> None:
    """Session, user and membership; the class, its roster, placements, holds and moves before which they were,
    crossings and the words of both, the last tap.
    """
    asked = []
    for people in ([cast.ana], make_forty(cast)):
        paper.session = second.session = session = make.class_session(cast.northside, people, coach=cast.carla)
        member = people[0]
        make.place(session, member, "wall-tap", by=cast.carla)
        seen = standing_version(paper, member)
        second.tap(member, "stage", stage="dowel", seen=seen)
        paper.tap(member, "stage", stage="loaded", seen=seen)
        make.tap(session, people[-1], "pain", by=cast.carla)
        with CaptureQueriesContext(connection) as queries:
            board = paper.board()
        assert len(names(board)) == len(people)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 10


def make_forty(cast: Cast) -> list[Membership]:
    return [make.person(cast.northside, f"{chr(65 + number % 26)}{number} Person") for number in range(40)]


def test_it_stays_light(paper: Screen, cast: Cast) -> None:
    """A row weighs little before it is compressed."""
    one = make.class_session(cast.northside, [cast.ana], coach=cast.carla)
    forty = make.class_session(cast.northside, make_forty(cast), coach=cast.carla)
    sizes = []
    for paper.session in (one, forty):
        sizes.append(len(paper.client.get(paper.board_url).content))
    assert (sizes[1] - sizes[0]) / 39 < 3_000


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_who_may(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        for person, status in ((cast.olga, 200), (cast.kim, 200), (cast.ana, 403), (cast.nia, 403), (cast.hana, 404)):
            assert person.user is not None
            paper.client.force_login(person.user)
            answer = paper.client.get(paper.board_url)
            assert answer.status_code == status
            assert ("Chiara" in answer.content.decode()) == (status == 200)
            assert paper.client.post(paper.board_url).status_code == 405


def test_a_class_without_a_ladder_has_no_board(paper: Screen, cast: Cast) -> None:
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=paper.session.pk).update(progression=None)
    assert paper.client.get(paper.board_url).status_code == 404


def test_a_class_that_is_over_says_so(tablet: Screen) -> None:
    assert "class over" not in tablet.board().one("span", id="counts").text
    with in_gym(tablet.session.gym):
        tablet.session.finished_at = timezone.now()
        tablet.session.save(update_fields=["finished_at"])
    assert tablet.board().one("span", id="counts").text.endswith("class over")
