"""Sent to the station "With coach", and back: one tap on the stations page, in the undo bar, undone like the others."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Attendance, Placement, Tap
from tests import make
from tests.coach.screen import Screen, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture(autouse=True)
def placed(cast: Cast, screen: Screen) -> None:
    """Ana on the dowel, Chiara held there."""
    make.place(screen.session, cast.ana, "dowel", by=cast.carla, after=1)
    make.place(screen.session, cast.chiara, "dowel", by=cast.carla, after=2)
    make.tap(screen.session, cast.chiara, "pain", by=cast.carla, after=3, where="knee")


def is_sent(member: Membership) -> bool:
    with in_gym(member.gym):
        return Attendance.objects.get(member=member).with_coach


def stations(screen: Screen) -> Element:
    answer = screen.client.get(f"{screen.board_url}stations/")
    assert answer.status_code == 200
    return page(answer)


def at_coach(screen: Screen) -> list[str]:
    return [each.text for each in stations(screen).one("section", id="at-with_coach").all("span", class_="name")]


def send(screen: Screen, member: Membership, wanted: str = "yes", **values: str) -> int:
    sent = {"wanted": wanted, "from": "stations", **values}
    answer = screen.client.post(screen.url(member, "with-coach"), sent, headers=screen._headers("stations"))
    if not screen.htmx:
        assert answer.headers["Location"] == f"{screen.board_url}stations/"
    elif answer.status_code == 200:
        assert [each["id"] for each in page(answer).children] == ["stations"]
    return answer.status_code


def test_somebody_is_sent_to_the_coach(screen: Screen, cast: Cast) -> None:
    assert at_coach(screen) == ["Chiara C."]
    assert send(screen, cast.ana) == (200 if screen.htmx else 302)
    assert is_sent(cast.ana)
    assert at_coach(screen) == ["Ana A.", "Chiara C."]
    assert "Ana A. · to the coach" in screen.board().one("footer").text


def test_and_back(screen: Screen, cast: Cast) -> None:
    send(screen, cast.ana)
    send(screen, cast.ana, "no")
    assert not is_sent(cast.ana)
    assert at_coach(screen) == ["Chiara C."]
    assert "Ana A. · back from the coach" in screen.board().one("footer").text


def drawn(screen: Screen, member: Membership) -> str:
    """How somebody at the coach's is drawn, but for the name, the id, and the keys of each drawing."""
    html = screen.client.get(f"{screen.board_url}stations/").content.decode()
    there = html[html.index('id="at-with_coach"') :]
    [found] = re.findall(rf'<li id="at-{member.pk}".*?</li>', there, re.DOTALL)
    hidden = re.sub(r'(name="(?:csrfmiddlewaretoken|tap)" value=)"[^"]*"', r"\1", found)
    return hidden.replace(str(member.pk), "ID").replace(member.short_name, "NAME")


def test_who_is_held_stands_there_like_whoever_is_sent(screen: Screen, cast: Cast) -> None:
    send(screen, cast.ana)
    there = stations(screen).one("section", id="at-with_coach")
    assert [each.text for each in there.all("button")] == ["Back: Ana A.", "Back: Chiara C."]
    assert drawn(screen, cast.ana) == drawn(screen, cast.chiara)
    assert not is_sent(cast.chiara)
    for word in ("pain", "held", "knee", "hold"):
        assert word not in there.text.lower()


def test_who_is_held_is_not_sent_back_and_the_page_says_nothing(screen: Screen, cast: Cast) -> None:
    send(screen, cast.ana)
    before = stations(screen).one("footer").text
    assert send(screen, cast.chiara, "no") == (200 if screen.htmx else 302)
    assert at_coach(screen) == ["Ana A.", "Chiara C."]
    shown = stations(screen)
    assert (shown.one("footer").text, shown.all("p", role="alert")) == (before, [])
    with in_gym(cast.northside):
        tap = Tap.objects.get(member=cast.chiara, kind=Tap.Kind.WITH_COACH)
        assert tap.outcome == Tap.Outcome.UNCHANGED
        assert Placement.objects.get(member=cast.chiara).position.held


def test_the_page_says_nothing_of_pain_where_that_was_the_last_tap(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.chiara, "pain", by=cast.carla, after=70, where="hip")
    assert "Chiara C. · pain" in screen.board().one("footer").text
    shown = stations(screen)
    assert "pain" not in shown.text.lower()
    assert not shown.one("footer").all("button")


def test_undone_on_the_board_and_on_the_stations_page(screen: Screen, cast: Cast) -> None:
    send(screen, cast.ana)
    screen.press(screen.board().one("footer").button("Undo: Ana A. · to the coach"))
    assert not is_sent(cast.ana)
    send(screen, cast.ana)
    screen.press(stations(screen).one("footer").button("Undo: Ana A. · to the coach"))
    assert not is_sent(cast.ana)
    assert at_coach(screen) == ["Chiara C."]


def test_wanted_again_changes_nothing(screen: Screen, cast: Cast) -> None:
    assert send(screen, cast.ana, "no") == (200 if screen.htmx else 302)
    assert not is_sent(cast.ana)
    send(screen, cast.ana)
    send(screen, cast.ana)
    # Undoing the first undoes what only confirmed it.
    screen.press(stations(screen).one("footer").button("Undo: Ana A. · to the coach"))
    assert not is_sent(cast.ana)


def test_the_later_finger_wins_whatever_arrives_first(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "with_coach", by=cast.kim, after=60, arrives=61, wanted=False)
    make.tap(screen.session, cast.ana, "with_coach", by=cast.carla, after=30, arrives=90, wanted=True)
    # At thirty she was sent; at sixty, before that was known, she was wanted back.
    assert not is_sent(cast.ana)
    make.tap(screen.session, cast.ana, "with_coach", by=cast.carla, after=100, wanted=True)
    make.tap(screen.session, cast.ana, "with_coach", by=cast.kim, after=80, arrives=110, wanted=False)
    assert is_sent(cast.ana)


def test_of_the_wrong_person_is_moved(tablet: Screen, cast: Cast) -> None:
    answer = make.tap(tablet.session, cast.ana, "with_coach", by=cast.carla, after=60, wanted=True)
    tablet.tap(cast.ana, "move", undone=str(answer.tap.key), to=str(cast.ben.pk))
    assert (is_sent(cast.ana), is_sent(cast.ben)) == (False, True)


def test_it_stays_in_this_class(tablet: Screen, cast: Cast) -> None:
    other = make.class_session(cast.northside, [cast.ana])
    make.tap(tablet.session, cast.ana, "with_coach", by=cast.carla, wanted=True)
    with in_gym(cast.northside):
        assert not Attendance.objects.get(session=other, member=cast.ana).with_coach


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "with-coach", wanted="yes")


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    table = [{"wanted": wanted} for wanted in ("", "maybe", "True", "x" * 100_000)]
    assert screen.refusals(cast.ana, "with-coach", table) == {"This tap did not arrive whole. Tap again."}
    answer = screen.client.post(
        screen.url(cast.ana, "with-coach"),
        {"wanted": "maybe", "from": "stations", "tap": str(uuid4())},
        headers=screen._headers("stations"),
    )
    assert answer.status_code == 422
    assert page(answer).one("p", role="alert").text == "This tap did not arrive whole. Tap again."


def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "with-coach", wanted="yes")
