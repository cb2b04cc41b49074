"""Add someone: a member by typing three letters, or a drop-in by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Attendance, Tap
from tests import make
from tests.coach.screen import Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def abel(cast: Cast) -> Membership:
    """A member who is not in the class."""
    return make.person(cast.northside, "Zoë Abélard", nickname="Bee")


def look_for(screen: Screen, typed: str) -> list[str]:
    """Whom typing finds."""
    answer = screen.client.get(f"{screen.board_url}add/", {"name": typed})
    assert answer.status_code == 200
    return [button.text for button in page(answer).all("button", name="member")]


def added(screen: Screen, button: Element, member: Membership, tap: UUID | None = None) -> None:
    """Press the button; the answer shows the whole roster with the new row."""
    answer = screen.press(button, tap=tap)
    if screen.htmx:
        assert answer.status_code == 200
        ids = [part["id"] for part in page(answer).children]
        assert f"m-{member.pk}" in ids
        assert ids[-3:] == ["add", "counts", "bar"]
    else:
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{screen.board_url}#m-{member.pk}")
    assert f"m-{member.pk}" in {row["id"] for row in screen.board().all("li", class_="row")}


def test_the_way_there(screen: Screen, cast: Cast) -> None:
    shown = page(screen.press(screen.board().button("+ Add someone")))
    assert shown.one("h2").text == "Add someone"
    assert shown.one("input", id="id_name")["value"] == ""
    assert shown.all("button", name="member") == []


def test_three_letters_find_a_member(paper: Screen, abel: Membership) -> None:
    for typed in ("abe", "ABÉ", "zoe", "zoe abel", "abel zoe", "bee", " lar "):
        assert look_for(paper, typed) == ["Zoë Abélard “Bee”"], typed


def test_strokes_apostrophes_and_hyphens_do_not_matter(paper: Screen, cast: Cast) -> None:
    names = ["Łukasz Ødegård", "Siobhán O’Brien", "Anne-Marie Æther", "Đorđe Straße"]
    for name in names:
        make.person(cast.northside, name)
    for typed, name in (
        ("lukasz", names[0]),
        ("odegard łuk", names[0]),
        ("obrien", names[1]),
        ("O'Brien sio", names[1]),
        ("anne marie", names[2]),
        ("aether", names[2]),
        ("dorde strasse", names[3]),
    ):
        assert look_for(paper, typed) == [name], typed
    for typed in ("'''", "---", "’’’"):
        assert look_for(paper, typed) == [], typed


def test_first_the_people_of_this_slot_then_whose_name_begins_so(paper: Screen, cast: Cast) -> None:
    for name in ("Amar Singh", "Marta Ruiz", "Omar Aziz", "Zara Marsh"):
        person = make.person(cast.northside, name)
        if name == "Omar Aziz":
            slot = make.weekly_slot(paper.session)
            begun = paper.session.starts_at - timedelta(weeks=9)
            make.class_session(cast.northside, [person], slot=slot, slot_date=begun.date(), starts_at=begun)
    assert look_for(paper, "mar") == ["Omar Aziz", "Marta Ruiz", "Zara Marsh", "Amar Singh"]


def test_two_of_one_name_are_told_apart(paper: Screen, cast: Cast) -> None:
    joined = datetime(2024, 5, 3, 12, tzinfo=UTC)
    for at in (joined, joined + timedelta(days=400), joined + timedelta(days=400)):
        make.person(cast.northside, "John Smith", joined_at=at)
    assert look_for(paper, "john") == [
        "John Smith, since 3 May 2024",
        "John Smith, since 7 Jun 2025 (1)",
        "John Smith, since 7 Jun 2025 (2)",
    ]
    make.roster(paper.session, make.person(cast.northside, "Ana Amaral"))
    shown = page(paper.get("add/?name=ana")).one("ul", class_="already")
    assert [each.one("b").text for each in shown.all("li")] == ["Ana Alves", "Ana Amaral"]


def test_a_short_name_of_another_script_is_found(paper: Screen, cast: Cast) -> None:
    make.person(cast.northside, "李明")
    for typed in ("李", "明", "李明"):
        assert look_for(paper, typed) == ["李明"]


def test_what_finds_nobody(paper: Screen, abel: Membership) -> None:
    for typed in ("", "ab", "  a ", "xyz", "%%%", "___", "' or 1=1", "\u202eabe", "🏋️🏋️🏋️"):
        assert look_for(paper, typed) == [], typed


def test_however_much_is_typed_it_is_answered(paper: Screen, abel: Membership) -> None:
    for typed in ("x " * 2000, "abe " * 30, "é" * 1000):
        look_for(paper, typed)


def test_nobody_twice_and_nobody_else(paper: Screen, cast: Cast, abel: Membership) -> None:
    # On the roster already; of another gym; gone; merged into another.
    assert look_for(paper, "ana") == []
    assert look_for(paper, "stone") == []
    abel.is_active = False
    abel.save()
    assert look_for(paper, "abe") == []
    # A coach can train in a class as well.
    assert look_for(paper, "kowalski") == ["Kim Kowalski"]


def test_whoever_is_in_the_class_is_named_and_not_offered(paper: Screen, cast: Cast, abel: Membership) -> None:
    def already(typed: str) -> list[str]:
        shown = page(paper.get(f"add/?name={typed}"))
        return [each.text for lines in shown.all("ul", class_="already") for each in lines.all("li")]

    assert already("ana") == ["Ana A. · already in this class"]
    assert already("abe") == already("an") == []
    shown = page(paper.get("add/?name=ana")).one(id="found")
    assert [button.text for button in shown.all("button")] == ["Add “ana” as a drop-in"]
    paper.client.post(f"{paper.board_url}add/", {"member": abel.pk})
    assert already("bee") == ["Zoë A. · already in this class"]


def test_the_results_are_a_part_of_their_own(tablet: Screen, abel: Membership) -> None:
    answer = tablet.get("add/?name=abe", target="found")
    assert [part["id"] for part in page(answer).children] == ["found"]


def test_a_member_is_added_as_here(paper: Screen, cast: Cast, abel: Membership) -> None:
    found = page(paper.get("add/?name=abe"))
    added(paper, found.button("Zoë Abélard"), abel)
    with in_gym(cast.northside):
        assert Attendance.objects.get(member=abel).state == "here"
    row = paper.row(abel)
    assert row.one("small").text == "first class · no stage yet"
    assert row.one("span", class_="name").text == "Zoë A."
    assert "6 here" in paper.board().one("span", id="counts").text


def test_a_drop_in_needs_only_a_name(screen: Screen, cast: Cast) -> None:
    found = page(screen.get("add/?name=Robin of Locksley"))
    button = found.button("Add “Robin of Locksley” as a drop-in")
    answer = screen.press(button)
    member = Membership.across_gyms.get(name="Robin of Locksley")
    assert answer.status_code == (200 if screen.htmx else 302)
    assert (member.gym, member.user, member.is_member, member.is_coach) == (cast.northside, None, True, False)
    assert screen.row(member).one("span", class_="name").text == "Robin L."


def test_any_name_is_a_name(paper: Screen, cast: Cast) -> None:
    for name in ("李 明", "🏋️", "\u202eנועה", "O'Brien <b>", "a" * 120, "🏋️" * 60, "ﷺ" * 120):
        assert paper.client.post(f"{paper.board_url}add/", {"name": name}).status_code == 302
        assert paper.row(Membership.across_gyms.get(name=name))
    # One that is written from right to left turns around nothing that stands beside it.
    assert "\u202e" not in paper.board().text + page(paper.get("taps/")).text


def test_the_bar_says_so(paper: Screen, abel: Membership) -> None:
    paper.client.post(f"{paper.board_url}add/", {"member": abel.pk})
    assert paper.board().one("footer").one("span", class_="last").text.startswith("Zoë A. · ")


def test_the_answer_carries_the_key_of_the_tap(tablet: Screen, abel: Membership) -> None:
    key = uuid4()
    found = page(tablet.get("add/?name=abe"))
    assert tablet.press(found.button("Zoë"), tap=key).headers["X-Op"] == str(key)
    assert Tap.across_gyms.get().key == key


@pytest.mark.parametrize("values", [{"name": "Robin"}, {"member": "abel"}])
def test_the_same_tap_twice_adds_one(screen: Screen, abel: Membership, values: dict[str, str]) -> None:
    sent = {**values, "tap": str(uuid4())}
    if "member" in sent:
        sent["member"] = str(abel.pk)
    headers = {"HX-Request": "true"} if screen.htmx else {}
    first = screen.client.post(f"{screen.board_url}add/", sent, headers=headers)
    with nothing_written():
        again = screen.client.post(f"{screen.board_url}add/", sent, headers=headers)
    assert again.status_code == first.status_code == (200 if screen.htmx else 302)


def test_whoever_is_there_already_is_not_added_again(paper: Screen, cast: Cast) -> None:
    paper.client.post(f"{paper.board_url}add/", {"member": cast.ana.pk})
    assert len(paper.board().all("li", class_="row")) == 5


def test_whoever_was_taken_off_comes_back(screen: Screen, cast: Cast, abel: Membership) -> None:
    screen.client.post(f"{screen.board_url}add/", {"member": abel.pk})
    screen.press(screen.board().one("footer").button("Undo"))
    assert look_for(screen, "abe") == ["Zoë Abélard “Bee”"]
    screen.client.post(f"{screen.board_url}add/", {"member": abel.pk})
    assert screen.row(abel)


DAMAGED = "This tap did not arrive whole. Tap again."
TOO_LONG = "This is too long: a name has at most 120 characters."
NONSENSE: list[tuple[dict[str, str], str]] = [
    ({}, "Type a name first."),
    ({"name": "  \t "}, "Type a name first."),
    ({"name": "\u200b\u202e"}, "Type a name first."),
    ({"name": "  " + "a" * 121}, TOO_LONG),
    ({"name": "a b " * 200_000}, TOO_LONG),
    ({"member": "nonsense"}, DAMAGED),
    ({"member": "018f0000-0000-7000-8000-00000000dead"}, "This person is not a member of this gym any more."),
    ({"name": "Robin", "age": str(10**30)}, DAMAGED),
    ({"name": "Robin", "age": "-1"}, DAMAGED),
    ({"name": "Robin", "tap": "nonsense"}, DAMAGED),
]


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    headers = {"HX-Request": "true", "HX-Target": "ul#roster"} if screen.htmx else {}
    with nothing_written():
        for values, sentence in NONSENSE:
            answer = screen.client.post(f"{screen.board_url}add/", values, headers=headers)
            assert answer.status_code == 422
            shown = page(answer)
            assert shown.one("ul", class_="errorlist").text == sentence
            assert shown.one("input", id="id_name")["aria-invalid"] == "true"
            described = shown.one("input", id="id_name")["aria-describedby"].split()
            assert shown.one(id=described[-1]).text == sentence
            assert shown.one("input", id="id_name")["value"] == values.get("name", "")
            # What is too long for a name is not offered as one.
            assert not shown.all("button", class_="btn drop-in") or len(values["name"]) <= 120
            if screen.htmx:
                # The form asked for the roster; the refusal belongs into the sheet.
                assert answer.headers["HX-Retarget"] == "#sheet"
            assert bool(shown.all("html")) is not screen.htmx


def test_people_of_another_gym_stay_there(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        for person in (cast.sam, cast.hana, cast.nia_at_harbour):
            answer = paper.client.post(f"{paper.board_url}add/", {"member": person.pk})
            assert answer.status_code == 422
            assert person.name not in page(answer).text


def test_whoever_has_left_is_refused(paper: Screen, abel: Membership) -> None:
    abel.is_active = False
    abel.save()
    with nothing_written():
        answer = paper.client.post(f"{paper.board_url}add/", {"member": abel.pk})
    assert "This person is not a member of this gym any more." in page(answer).text


def test_a_key_of_another_tap_adds_nobody(paper: Screen, cast: Cast, abel: Membership) -> None:
    key = uuid4()
    make.place(paper.session, cast.ana, "dowel", by=cast.carla)
    paper.tap(cast.ana, "stage", stage="loaded", tap=key)
    with nothing_written():
        for values in ({"member": abel.pk}, {"name": "Robin"}):
            answer = paper.client.post(f"{paper.board_url}add/", {**values, "tap": key})
            assert (answer.status_code, answer.headers["X-Op"]) == (409, str(key))
            assert "This tap came twice with different content" in page(answer).text


def test_a_key_that_another_gym_has_used_is_free_here(paper: Screen, cast: Cast) -> None:
    make.library(cast.harbour)
    theirs = make.class_session(cast.harbour, coach=cast.nia_at_harbour)
    key = uuid4()
    for session, coach in ((theirs, cast.nia_at_harbour), (paper.session, cast.carla)):
        assert coach.user is not None
        paper.client.force_login(coach.user)
        url = f"/gym/{session.gym.slug}/class/{session.pk}/add/"
        assert paper.client.post(url, {"name": "Robin", "tap": key}).status_code == 302
    assert Membership.across_gyms.filter(name="Robin").values("gym").distinct().count() == 2


def test_who_may(paper: Screen, cast: Cast, abel: Membership) -> None:
    url = f"{paper.board_url}add/"
    with nothing_written():
        for person, status in ((cast.ana, 403), (cast.nia, 403), (cast.hana, 404)):
            assert person.user is not None
            paper.client.force_login(person.user)
            for values in ({"member": abel.pk}, {"name": "Robin"}):
                assert paper.client.post(url, values).status_code == status
            answer = paper.client.get(url, {"name": "abe"})
            assert answer.status_code == status
            assert "Abélard" not in answer.content.decode()


def test_a_drop_in_whose_adding_was_undone_is_not_found_again(screen: Screen, cast: Cast) -> None:
    key = uuid4()
    screen.client.post(f"{screen.board_url}add/", {"name": "Zelda Zimmer", "tap": str(key)})
    with in_gym(cast.northside):
        zelda = Membership.objects.get(name="Zelda Zimmer")
    screen.tap(zelda, "undo", undone=str(key))
    assert look_for(screen, "zelda") == []


def test_a_member_whose_adding_was_undone_is(screen: Screen, cast: Cast, abel: Membership) -> None:
    key = uuid4()
    screen.client.post(f"{screen.board_url}add/", {"member": str(abel.pk), "tap": str(key)})
    screen.tap(abel, "undo", undone=str(key))
    assert look_for(screen, "abe") == ["Zoë Abélard “Bee”"]
