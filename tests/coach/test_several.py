"""Select several people, and set a stage for them or mark them seen, as one tap."""

from __future__ import annotations

from uuid import uuid4, uuid5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gym.scope import in_gym
from programming.models import Assessment, Attendance, ClassSession, Placement, StageMove, Tap
from tests import make
from tests.coach.groups import answer_is_everyone, bar, group, said, send
from tests.coach.screen import Screen, nothing_written, page, standing
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

BUTTONS = ["Wall", "Dowel", "Loaded", "Clean", "Seen, same", "Here"]


@pytest.fixture
def placed(cast: Cast, evening: ClassSession) -> None:
    """Ana stands on the dowel stage, Ben and Chiara at the wall; Dev and Nia stand nowhere yet."""
    for member, stage in ((cast.ana, "dowel"), (cast.ben, "wall-tap"), (cast.chiara, "wall-tap")):
        make.place(evening, member, stage, by=cast.carla, after=60)


def sheet(screen: Screen) -> Element:
    """The sheet on which people are selected, opened from the bar."""
    return page(screen.press(bar(screen).button("Select"))).one("div", id="sheet-content")


def pick(shown: Element, *names: str) -> None:
    """Tick these names."""
    for label in shown.all("label"):
        if label.one("b").text in names:
            label.one("input").attributes["checked"] = ""


def picked(shown: Element) -> list[str]:
    """The names that are ticked."""
    return [label.one("b").text for label in shown.all("label") if "checked" in label.one("input")]


@pytest.mark.usefixtures("placed")
def test_everyone_here_can_be_selected(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.dev, "attendance", by=cast.carla, after=90, state="no_show")
    make.tap(screen.session, cast.chiara, "pain", by=cast.carla, after=90)
    shown = sheet(screen)
    assert [label.text for label in shown.all("label")] == [
        "Ana A.dowel",
        "Ben B.wall",
        "Chiara C.wall, held",
        "Dev D.no stage yet, not here",
        "Nia N.no stage yet",
    ]
    assert [button.text for button in shown.one("form", id="several").all("button")] == BUTTONS
    assert picked(shown) == []
    everyone = shown.one("a", id="everyone")
    assert everyone["href"] == everyone["hx-get"]
    answer = screen.client.get(everyone["href"], headers=screen._headers("sheet"))
    # But whoever did not come.
    assert picked(page(answer)) == ["Ana A.", "Ben B.", "Chiara C.", "Nia N."]


@pytest.mark.usefixtures("placed")
def test_several_are_here(screen: Screen, cast: Cast) -> None:
    with in_gym(cast.northside):
        Attendance.objects.filter(member__in=[cast.dev, cast.nia]).update(state="expected")
    make.tap(screen.session, cast.chiara, "attendance", by=cast.carla, after=90, state="no_show")
    shown = sheet(screen)
    assert [label.one("small").text for label in shown.all("label")][2:] == [
        "wall, not here",
        "no stage yet, expected",
        "no stage yet, expected",
    ]
    # Nobody who is only expected is one of the rest.
    sentence = "2 expected and not yet here. Select them and tap Here."
    for member in (cast.ana, cast.ben):
        make.tap(screen.session, member, "saw", by=cast.carla, after=100, saw="seen")
    answer = screen.press(bar(screen).button("Rest clean"))
    assert answer_is_everyone(screen, answer).one("span", data_refused="").text == sentence
    pick(shown, "Ana A.", "Dev D.", "Nia N.")
    footer = answer_is_everyone(screen, screen.press(shown.button("Here")))
    # Ana was.
    assert footer.one("span", class_="last").text == "2 people · here"
    assert states(cast) == ["here", "here", "no_show", "here", "here"]
    # Nobody was seen by that.
    assert screen.board().one("span", id="counts").text.endswith("4 here · 2 seen")
    answer_is_everyone(screen, screen.press(bar(screen).button("Undo")))
    assert states(cast) == ["here", "here", "no_show", "expected", "expected"]


def states(cast: Cast) -> list[str]:
    """Whether each of the class is here, by name."""
    with in_gym(cast.northside):
        return list(Attendance.objects.order_by("member__name").values_list("state", flat=True))


@pytest.mark.usefixtures("placed")
def test_a_stage_for_several(screen: Screen, cast: Cast) -> None:
    shown = sheet(screen)
    pick(shown, "Ana A.", "Ben B.", "Nia N.")
    footer = answer_is_everyone(screen, screen.press(shown.button("Dowel")))
    # Ana stood there already.
    assert footer.one("span", class_="last").text == "2 people · to dowel"
    assert [standing(member).stage for member in (cast.ana, cast.ben, cast.nia)] == ["dowel"] * 3
    assert [standing(cast.chiara).stage, standing(cast.dev)] == ["wall-tap", None]
    with in_gym(cast.northside):
        parts = group().parts.order_by("member__name").values_list("member", "outcome")
        assert list(parts) == [(cast.ana.pk, "unchanged"), (cast.ben.pk, "applied"), (cast.nia.pk, "applied")]
        assert set(StageMove.objects.filter(tap__group=group()).values_list("reason", flat=True)) == {"coach", "first"}
    button = bar(screen).button("Undo")
    assert button.text == "Undo: 2 people · to dowel"
    answer_is_everyone(screen, screen.press(button))
    assert [standing(member).stage for member in (cast.ana, cast.ben, cast.nia)] == ["dowel", "wall-tap", None]


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(("words", "last", "clean"), [("Clean", "clean", 1), ("Seen, same", "seen, same", 0)])
def test_several_were_seen(paper: Screen, cast: Cast, words: str, last: str, clean: int) -> None:
    make.tap(paper.session, cast.ben, "fault", by=cast.carla, after=90, fault="squats-it")
    shown = sheet(paper)
    pick(shown, "Ana A.", "Ben B.")
    answer_is_everyone(paper, paper.press(shown.button(words)))
    # Unlike the rest, whoever was selected is taken, seen or not.
    assert said(paper) == f"2 people · {last}"
    assert [standing(member).clean for member in (cast.ana, cast.ben)] == [clean, clean]
    with in_gym(cast.northside):
        seen = Assessment.objects.filter(tap__group=group()).order_by("member__name")
        assert list(seen.values_list("stage__stage__key", "setting")) == [("dowel", None), ("wall-tap", 200)]


@pytest.mark.usefixtures("placed")
def test_a_part_that_a_rule_refuses_is_named(screen: Screen, cast: Cast) -> None:
    for member in (cast.ana, cast.chiara):
        make.tap(screen.session, member, "pain", by=cast.carla, after=90)
    answer = send(screen, "several/", *cast.members, saw="clean")
    sentence = "Ana A. and Chiara C. are held for pain. Tap a stage for Dev D. and Nia N. first."
    assert answer_is_everyone(screen, answer).one("span", data_refused="").text == sentence
    assert said(screen) == "1 person · clean"
    # Down is allowed while held, up is not.
    answer = send(screen, "several/", cast.ana, cast.chiara, stage="wall-tap")
    assert said(screen) == "1 person · to wall"
    answer = send(screen, "several/", cast.ana, cast.chiara, stage="dowel")
    assert screen.refusal(answer) == "Ana A. and Chiara C. are held for pain."
    assert said(screen) == "1 person · to wall"


@pytest.mark.usefixtures("placed")
def test_a_tap_refused_for_everybody_keeps_the_choice(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.chiara, "pain", by=cast.carla, after=90)
    key = str(uuid4())
    sentence = "Chiara C. is held for pain. Tap a stage for Nia N. first."
    for _time in range(2):
        answer = send(screen, "several/", cast.chiara, cast.nia, saw="clean", tap=key)
        assert (screen.refusal(answer), answer.headers["X-Op"]) == (sentence, key)
        assert picked(page(answer)) == ["Chiara C.", "Nia N."]
        if screen.htmx:
            assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#sheet", "innerMorph")
    assert group().outcome == "refused"
    # Where it is applied to one of them it is a tap like any other.
    answer = send(screen, "several/", cast.ana, cast.chiara, saw="clean")
    answer_is_everyone(screen, answer)
    assert said(screen) == "1 person · clean"


def test_who_was_taken_off_meanwhile_stays_off(screen: Screen, second: Screen, cast: Cast) -> None:
    with in_gym(cast.northside):
        added = uuid4()
        typo = screen.session.add_someone(by=cast.carla, member_id=None, name="Typo Tim", key=added)
    shown = sheet(screen)
    pick(shown, "Ben B.", "Typo T.")
    second.tap(typo, "undo", undone=added)
    footer = answer_is_everyone(screen, screen.press(shown.button("Wall")))
    assert footer.one("span", data_refused="").text == "Typo T. was taken off this class."
    assert said(screen) == "1 person · to wall"
    answer = send(screen, "several/", typo, saw="seen")
    assert screen.refusal(answer) == "Typo T. was taken off this class."
    with in_gym(cast.northside):
        assert Attendance.objects.get(session=screen.session, member=typo).state == "off"


@pytest.mark.usefixtures("placed")
def test_nothing_is_kept_where_the_key_of_a_part_is_taken(screen: Screen, cast: Cast) -> None:
    key = uuid4()
    taken = uuid5(key, str(cast.chiara.pk))
    make.tap(screen.session, cast.ana, "note", by=cast.carla, after=70, key=taken, note="Stiff.")
    before = make.row_count(Assessment)
    answer = send(screen, "several/", cast.ben, cast.chiara, saw="clean", tap=str(key))
    assert screen.refusal(answer) == "This tap came twice with different content, and only the first was kept."
    with in_gym(cast.northside):
        assert (group().outcome, group().parts.count(), make.row_count(Assessment)) == ("refused", 0, before)


@pytest.mark.usefixtures("placed")
def test_a_page_sent_again_is_the_same_tap(paper: Screen, cast: Cast) -> None:
    make.tap(paper.session, cast.chiara, "pain", by=cast.carla, after=90)
    shown = sheet(paper)
    pick(shown, "Ana A.", "Chiara C.")
    paper.press(shown.button("Clean"))
    with nothing_written():
        answer_is_everyone(paper, paper.press(shown.button("Clean")))
    assert standing(cast.ana).clean == 1


@pytest.mark.usefixtures("placed")
def test_who_stands_there_already_changes_nothing(screen: Screen, cast: Cast) -> None:
    answer = send(screen, "several/", cast.ben, cast.chiara, stage="wall-tap")
    assert answer_is_everyone(screen, answer).one("span", data_refused="").text == "Nothing to change."
    assert said(screen) == "Chiara C. · to wall"


@pytest.mark.usefixtures("placed")
def test_nobody_chosen(screen: Screen, cast: Cast) -> None:
    with nothing_written():
        for values in ({"stage": "dowel"}, {"saw": "clean"}):
            answer = send(screen, "several/", **values)
            assert screen.refusal(answer) == "Choose somebody first."
    if screen.htmx:
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#sheet", "innerMorph")


@pytest.mark.usefixtures("placed")
def test_a_choice_is_kept_where_the_tap_was_damaged(screen: Screen, cast: Cast) -> None:
    damaged = [{}, {"stage": "dowel", "saw": "clean"}, {"saw": "not_yet"}, {"saw": "🏋️"}, {"stage": "x" * 1_000_000}]
    with nothing_written():
        said = set()
        for values in damaged:
            answer = send(screen, "several/", cast.ana, cast.nia, **values)
            said.add(screen.refusal(answer))
            assert picked(page(answer)) == ["Ana A.", "Nia N."]
        assert said == {"This tap did not arrive whole. Tap again.", "This ladder has no such stage."}
        answer = send(screen, "several/", stage="dowel", member=["nonsense", str(cast.ana.pk)])
        assert screen.refusal(answer) == "This tap did not arrive whole. Tap again."


@pytest.mark.usefixtures("placed")
def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    key = str(uuid4())
    first = send(screen, "several/", cast.ana, cast.ben, stage="loaded", tap=key)
    with nothing_written():
        again = send(screen, "several/", cast.ben, cast.ana, stage="loaded", tap=key)
        assert (again.status_code, again.headers["X-Op"]) == (first.status_code, key)
        for people, values in (
            ([cast.ana, cast.ben], {"stage": "dowel"}),
            ([cast.ana, cast.ben, cast.chiara], {"stage": "loaded"}),
            ([cast.nia], {"saw": "clean"}),
        ):
            answer = send(screen, "several/", *people, tap=key, **values)
            sentence = "This tap came twice with different content, and only the first was kept."
            assert screen.refusal(answer, 409) == sentence


@pytest.mark.usefixtures("placed")
def test_a_stage_that_crosses_another_coachs_says_both(tablet: Screen, second: Screen, cast: Cast) -> None:
    shown = sheet(tablet)
    second.tap(cast.ben, "stage", stage="loaded")
    pick(shown, "Ana A.", "Ben B.")
    tablet.press(shown.button("Dowel"))
    assert tablet.said(cast.ben) == "Kim K.: loaded just now · you: dowel"
    with in_gym(cast.northside):
        assert group().parts.get(member=cast.ben).outcome == "crossed"
    # It had shown Kim's stage where it was opened after it.
    second.tap(cast.ben, "stage", stage="loaded")
    shown = sheet(tablet)
    pick(shown, "Ben B.")
    tablet.press(shown.button("Wall"))
    assert "Kim K." not in tablet.line(cast.ben)


@pytest.mark.usefixtures("placed")
def test_only_for_people_of_this_class(screen: Screen, cast: Cast) -> None:
    away = make.person(cast.northside, "Away Abel")
    with nothing_written():
        for stranger in (away, cast.sam, cast.hana, cast.nia_at_harbour):
            key = str(uuid4())
            answer = send(screen, "several/", cast.ana, stranger, stage="wall-tap", tap=key)
            assert (answer.status_code, answer.headers["X-Op"]) == (404, key)


def test_who_may(screen: Screen, cast: Cast) -> None:
    with nothing_written():
        for person, status in ((cast.hana, 404), (cast.ana, 403), (cast.nia, 403)):
            assert person.user is not None
            screen.client.force_login(person.user)
            key = str(uuid4())
            answer = send(screen, "several/", cast.ana, stage="dowel", tap=key)
            assert (answer.status_code, answer.headers["X-Op"]) == (status, key)
            assert screen.get("several/").status_code == status
        screen.client.logout()
        answer = send(screen, "several/", cast.ana, stage="dowel", tap=str(uuid4()))
        assert answer.status_code == (401 if screen.htmx else 302)
        assert "X-Op" not in answer.headers


def test_each_person_costs_few_statements(cast: Cast, evening: ClassSession) -> None:
    def statements(count: int) -> int:
        people = [make.person(cast.northside, f"P{number} of {count}") for number in range(count)]
        session = make.class_session(cast.northside, people, coach=cast.carla)
        for person in people:
            make.place(session, person, "dowel", by=cast.carla, after=60)
        with CaptureQueriesContext(connection) as asked:
            make.several(session, people, by=cast.carla, after=90, saw="clean")
        return len(asked)

    few, more = statements(2), statements(6)
    assert more - few <= 7 * 4
    assert few <= 7 * 2 + 12


def test_the_board_and_the_poll_ask_no_more_with_it(tablet: Screen, cast: Cast) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert tablet.get(path).status_code == 200
        return len(asked)

    make.place(tablet.session, cast.ana, "dowel", by=cast.carla, after=60)
    before = queries("rows/")
    make.several(tablet.session, cast.members, by=cast.carla, after=90, stage="loaded")
    assert queries("rows/") == before
    with in_gym(cast.northside):
        assert (Placement.objects.count(), Tap.objects.filter(group__isnull=False).count()) == (5, 5)
