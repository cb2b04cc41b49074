"""Regulars: who came to at least two of the last four classes of the slot is proposed when the next one is opened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Attendance, ClassSession, Tap, WeeklySlot
from programming.models.regulars import regulars_of
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def slot(cast: Cast, evening: ClassSession) -> WeeklySlot:
    """The slot of Carla's class, in which nobody has a row yet."""
    with in_gym(cast.northside):
        Attendance.objects.filter(session=evening).delete()
    return make.weekly_slot(evening)


def held(slot: WeeklySlot, weeks: int, *people: Membership, state: str = "here", **fields: Any) -> ClassSession:
    """The slot's class so many weeks ago, with these people in that state."""
    begun = timezone.now() - timedelta(weeks=weeks)
    where: dict[str, Any] = {"slot": slot, "slot_date": begun.date(), "starts_at": begun}
    session = make.class_session(slot.gym, **{**where, **fields})
    for person in people:
        make.roster(session, person, state=state)
    return session


@pytest.fixture
def usual(cast: Cast, slot: WeeklySlot) -> WeeklySlot:
    """Ana and Ben are regulars, Chiara came once."""
    held(slot, 1, cast.ana, cast.ben)
    held(slot, 2, cast.ana, cast.ben, cast.chiara)
    return slot


def proposed(session: ClassSession) -> list[str]:
    with in_gym(session.gym_id):
        return [each.short_name for each in regulars_of(ClassSession.objects.get(pk=session.pk), timezone.now())]


def states(session: ClassSession) -> dict[str, str]:
    with in_gym(session.gym_id):
        rows = Attendance.objects.filter(session=session).select_related("member")
        return {row.member.short_name: row.state for row in rows}


# --- The rule --------------------------------------------------------------------------------------------------------


def test_two_of_the_last_four(cast: Cast, slot: WeeklySlot, evening: ClassSession) -> None:
    held(slot, 5, cast.chiara, cast.dev)
    for weeks, people in ((4, [cast.ana]), (3, [cast.ben]), (2, [cast.dev]), (1, [cast.ana, cast.chiara])):
        held(slot, weeks, *people)
    # Ben came once, Chiara and Dev twice, but once of it too long ago.
    assert proposed(evening) == ["Ana A."]


def test_late_is_having_come_and_the_rest_is_not(cast: Cast, slot: WeeklySlot, evening: ClassSession) -> None:
    for person, state in ((cast.ana, "late"), (cast.ben, "no_show"), (cast.chiara, "expected"), (cast.dev, "off")):
        for weeks in (1, 2):
            begun = timezone.now() - timedelta(weeks=weeks)
            with in_gym(cast.northside):
                there = ClassSession.objects.filter(slot=slot, slot_date=begun.date()).first()
            make.roster(there or held(slot, weeks), person, state=state)
    assert proposed(evening) == ["Ana A."]


def test_cancelled_classes_and_those_nobody_came_to_do_not_count(
    cast: Cast, slot: WeeklySlot, evening: ClassSession
) -> None:
    held(slot, 7, cast.ana)
    held(slot, 6, cast.ana)
    for weeks in (5, 4):
        held(slot, weeks, cast.ben)
    held(slot, 3, cast.chiara, cancelled_at=timezone.now())
    held(slot, 2, cast.chiara, state="no_show")
    held(slot, 1)
    assert proposed(evening) == ["Ana A.", "Ben B."]


def test_neither_another_slot_nor_a_class_of_none(cast: Cast, usual: WeeklySlot, evening: ClassSession) -> None:
    other = make.class_session(cast.northside)
    assert proposed(other) == []
    make.weekly_slot(other, weekday=3)
    assert proposed(other) == []
    # Nor a class that comes later in the same slot.
    held(usual, -1, cast.dev)
    held(usual, -2, cast.dev)
    assert proposed(evening) == ["Ana A.", "Ben B."]


def test_who_left_was_merged_or_erased_does_not_appear(cast: Cast, usual: WeeklySlot, evening: ClassSession) -> None:
    with in_gym(cast.northside):
        Membership.objects.filter(pk=cast.ana.pk).update(merged_into=cast.dev)
        assert proposed(evening) == ["Ben B."]
        Membership.objects.filter(pk=cast.ana.pk).update(merged_into=None, is_active=False)
        Membership.objects.filter(pk=cast.ben.pk).update(erased_at=timezone.now())
    assert proposed(evening) == []


@pytest.mark.parametrize("state", ["expected", "here", "late", "no_show"])
def test_whoever_has_a_row_already_is_not_proposed(
    cast: Cast, usual: WeeklySlot, evening: ClassSession, state: str
) -> None:
    make.roster(evening, cast.ana, state=state)
    assert proposed(evening) == ["Ben B."]


def test_nobody_once_it_is_over_or_cancelled(usual: WeeklySlot, evening: ClassSession) -> None:
    with in_gym(evening.gym_id):
        ClassSession.objects.filter(pk=evening.pk).update(cancelled_at=timezone.now())
        assert proposed(evening) == []
        ClassSession.objects.filter(pk=evening.pk).update(cancelled_at=None, finished_at=timezone.now())
    assert proposed(evening) == []


# --- One tap for all -------------------------------------------------------------------------------------------------


def cell(screen: Screen) -> Element:
    """The place of Add someone on the board."""
    return screen.board().one("li", id="add")


def said(screen: Screen) -> str:
    return screen.board().one("footer").one("span", class_="last").text


def test_one_tap_expects_all(screen: Screen, usual: WeeklySlot) -> None:
    button = cell(screen).button("+ 2 regulars")
    assert button.one("small").text == "Ana A., Ben B."
    answer = screen.press(button)
    assert answer.status_code == (200 if screen.htmx else 302)
    assert states(screen.session) == {"Ana A.": "expected", "Ben B.": "expected"}
    # The cell is Add someone's alone again, and nobody is here yet.
    assert [each.text for each in cell(screen).all("button")] == ["+ Add someone"]
    assert "0 here · 0 seen · 2 expected" in screen.board().one("span", id="counts").text
    assert said(screen) == "2 people · expected"


def test_the_same_tap_again_is_the_same(tablet: Screen, usual: WeeklySlot) -> None:
    button, key = cell(tablet).button("+ 2 regulars"), uuid4()
    assert tablet.press(button, tap=key).headers["X-Op"] == str(key)
    with nothing_written():
        assert tablet.press(button, tap=key).status_code == 200
        # From an older page, with a key of its own: they are expected already.
        rows_before = states(tablet.session)
    tablet.press(button)
    assert states(tablet.session) == rows_before


def test_it_is_one_entry_to_undo_and_they_are_proposed_again(screen: Screen, usual: WeeklySlot) -> None:
    screen.press(cell(screen).button("+ 2 regulars"))
    screen.press(screen.board().button("Undo"))
    assert screen.board().all("li", class_="row") == []
    assert cell(screen).button("+ 2 regulars")


def test_whoever_checked_in_since_stays_here(tablet: Screen, usual: WeeklySlot, cast: Cast) -> None:
    shown = cell(tablet)
    with in_gym(cast.northside):
        tablet.session.check_in(cast.ana, key=uuid4())
    tablet.press(shown.button("+ 2 regulars"))
    assert states(tablet.session) == {"Ana A.": "here", "Ben B.": "expected"}
    tablet.press(tablet.board().button("Undo"))
    assert states(tablet.session) == {"Ana A.": "here", "Ben B.": "off"}


def test_whoever_is_seen_is_here(tablet: Screen, usual: WeeklySlot, cast: Cast) -> None:
    tablet.press(cell(tablet).button("+ 2 regulars"))
    tablet.tap(cast.ben, "stage", stage="dowel")
    assert states(tablet.session) == {"Ana A.": "expected", "Ben B.": "here"}
    # Undone after that, Ben stays: he is standing there.
    with in_gym(cast.northside):
        group = Tap.objects.get(kind="several")
    answer = tablet.client.post(f"{tablet.board_url}several/undo/", {"undone": str(group.key)}, follow=True)
    assert "Kept: Ben B., who was tapped since." in page(answer).text
    assert states(tablet.session) == {"Ana A.": "off", "Ben B.": "here"}


def test_the_other_tablet_sees_it_with_its_next_poll(tablet: Screen, second: Screen, usual: WeeklySlot) -> None:
    version = second.board().one("div", id="live")["hx-ptag"]
    tablet.press(cell(tablet).button("+ 2 regulars"))
    rows = second.client.get(f"{second.board_url}rows/", headers={"HX-Request": "true", "HX-PTag": version})
    assert rows.status_code == 200
    assert [row.one("span", class_="name").text for row in page(rows).all("li", class_="row")] == ["Ana A.", "Ben B."]


def test_somebody_who_left_meanwhile_is_named_no_more(screen: Screen, usual: WeeklySlot, cast: Cast) -> None:
    button = cell(screen).button("+ 2 regulars")
    cast.ana.leave()
    answer = screen.press(button)
    assert "Somebody is not a member of this gym any more." in page(answer).one("footer").text
    assert states(screen.session) == {"Ana A.": "off", "Ben B.": "expected"}


def test_what_is_refused(screen: Screen, usual: WeeklySlot, cast: Cast) -> None:
    def send(**body: object) -> int:
        headers = {"HX-Request": "true"} if screen.htmx else {}
        return screen.client.post(f"{screen.board_url}regulars/", body, headers=headers).status_code

    with nothing_written():
        assert send() == send(state="expected") == send(member=str(cast.ana.pk)) == 422
        assert send(state="here", member=str(cast.ana.pk)) == send(state="expected", member="nonsense") == 422
        assert send(state="expected", member=[str(cast.ana.pk), str(cast.sam.pk)]) == 404


# --- One tap for one -------------------------------------------------------------------------------------------------


def opened(screen: Screen) -> Element:
    """The list of those who are proposed."""
    answer = screen.press(cell(screen).button("Who?"))
    assert answer.status_code == 200
    return page(answer)


def names(part: Element) -> list[str]:
    return [each.one("bdi").text for each in part.all("li") if each.attributes.get("id", "").startswith("regular-")]


def drop(screen: Screen, name: str, *, tap: UUID | None = None) -> Element:
    """Press “Not today” of that person; the list as it is then."""
    button = next(each for each in opened(screen).all("button", value="off") if name in each.text)
    answer = screen.press(button, tap=tap)
    if screen.htmx:
        assert answer.status_code == 200
        return page(answer)
    return page(screen.client.get(answer.headers["Location"]))


def test_one_tap_drops_one_for_today(screen: Screen, usual: WeeklySlot, evening: ClassSession) -> None:
    assert names(opened(screen)) == ["Ana A.", "Ben B."]
    assert names(drop(screen, "Ana A.")) == ["Ben B."]
    assert said(screen) == "Ana A. · not today"
    assert cell(screen).button("+ 1 regular").one("small").text == "Ben B."
    assert screen.board().all("li", class_="row") == []
    # Next week she is proposed again.
    coming = held(usual, -1)
    assert proposed(coming) == ["Ana A.", "Ben B."]


def test_the_drop_can_be_undone(screen: Screen, usual: WeeklySlot) -> None:
    drop(screen, "Ana A.")
    undo = screen.board().button("Undo")
    if screen.htmx:
        assert screen._target(undo.parent or undo) == "roster"  # noqa: SLF001 - she has no row to be redrawn
    screen.press(undo)
    assert cell(screen).button("+ 2 regulars")


def test_the_same_drop_again_is_the_same(tablet: Screen, usual: WeeklySlot, cast: Cast) -> None:
    key = str(uuid4())
    first = tablet.tap(cast.ana, "not-today", tap=key, state="off")
    assert (first.status_code, first.headers["X-Op"]) == (200, key)
    with nothing_written():
        assert tablet.tap(cast.ana, "not-today", tap=key, state="off").status_code == 200
    # Dropped by a second tablet too, it is undone as one.
    tablet.tap(cast.ana, "not-today", state="off")
    tablet.press(tablet.board().button("Undo"))
    assert proposed(tablet.session) == ["Ana A.", "Ben B."]


def test_whoever_was_dropped_is_added_by_name(screen: Screen, usual: WeeklySlot, cast: Cast) -> None:
    drop(screen, "Ana A.")
    screen.press(page(screen.get("add/?name=ana")).button("Ana Alves"))
    assert states(screen.session)["Ana A."] == "here"
    # Had the adding been a mistake, it is as before.
    screen.press(screen.board().button("Undo"))
    assert proposed(screen.session) == ["Ben B."]


def test_a_list_that_is_older_brings_nobody_back(tablet: Screen, second: Screen, usual: WeeklySlot, cast: Cast) -> None:
    button = cell(second).button("+ 2 regulars")
    drop(tablet, "Ana A.")
    answer = second.press(button)
    assert page(answer).one("footer").one("span", class_="last").text.startswith("Ana A. was taken off this class.")
    assert states(tablet.session) == {"Ana A.": "off", "Ben B.": "expected"}


def test_nor_is_anybody_sent_home(tablet: Screen, usual: WeeklySlot, cast: Cast) -> None:
    with in_gym(cast.northside):
        tablet.session.check_in(cast.ana, key=uuid4())
    answer = tablet.tap(cast.ana, "not-today", state="off")
    assert tablet.refusal(answer) == "Ana A. has come by now."
    assert states(tablet.session) == {"Ana A.": "here"}


def test_who_may_drop(screen: Screen, usual: WeeklySlot, cast: Cast) -> None:
    with nothing_written():
        for values in ({}, {"state": "here"}, {"state": "off", "tap": "nonsense"}):
            assert screen.tap(cast.ana, "not-today", **values).status_code == 422
        assert screen.tap(cast.sam, "not-today", state="off").status_code == 404
        screen.client = signed_in(cast.ana)
        assert screen.tap(cast.ben, "not-today", state="off").status_code == 403


# --- Names and costs -------------------------------------------------------------------------------------------------


def test_two_of_one_name_are_told_apart(paper: Screen, usual: WeeklySlot, cast: Cast) -> None:
    twin = make.person(cast.northside, "Ben Brown")
    make.roster(paper.session, twin)
    same = make.person(cast.northside, "Ana Alves", joined_at=timezone.now() - timedelta(days=4000))
    for weeks in (3, 4):
        held(usual, weeks, same)
    first, second, ben = names(opened(paper))
    assert {first, second} == {
        f"Ana Alves, since {joined:%-d %b %Y}" for joined in (cast.ana.joined_at, same.joined_at)
    }
    assert ben == "Ben Baker"
    # A row keeps the name it has.
    assert paper.row(twin).one("span", class_="name").text == "Ben B."


def test_a_board_asks_once_more_for_1_and_for_40(cast: Cast, slot: WeeklySlot, evening: ClassSession) -> None:
    def asked() -> int:
        carla = Screen(signed_in(cast.carla), evening, cast.carla)
        carla.board()
        with CaptureQueriesContext(connection) as queries:
            carla.board()
        return len(queries)

    def come(person: Membership) -> None:
        for session in sessions:
            make.roster(session, person)

    sessions = [held(slot, weeks) for weeks in (1, 2, 3, 4)]
    come(cast.ana)
    one = asked()
    for number in range(39):
        come(make.person(cast.northside, f"Member {number}"))
    assert len(proposed(evening)) == 40
    assert asked() == one
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=evening.pk).update(slot=None)
    assert asked() == one - 1
