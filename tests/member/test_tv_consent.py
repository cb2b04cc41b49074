"""On the gym's TV: members say on My drills whether they are named there, each for themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from gym.models import Membership
from gym.scope import in_gym
from programming.models import ClassSession
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.coach.test_limits import version
from tests.coach.test_tv_consent import agreed, buttons
from tests.page import Element
from tests.people import Cast
from tests.screen.tv import hung

pytest_plugins = ["tests.people"]

MY = "/gym/northside-barbell/my/"
TV = f"{MY}tv/"


@pytest.fixture
def ana(cast: Cast, evening: ClassSession) -> Client:
    """Ana's phone. She is in the class that runs now."""
    return signed_in(cast.ana)


def my(client: Client) -> Element:
    return page(client.get(MY))


def choose(client: Client, words: str) -> None:
    """Press that button, as a browser without scripts does."""
    button = my(client).one("section", id="on-tv").button(words)
    answer = client.post(TV, {"agreed": button["value"]})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{MY}#on-tv")


def test_there_and_back(ana: Client, cast: Cast) -> None:
    assert buttons(my(ana)) == {"Shown as Ana A.": "false", "Not shown": "true"}
    choose(ana, "Shown as Ana A.")
    assert buttons(my(ana)) == {"Shown as Ana A.": "true", "Not shown": "false"}
    assert [agreed(each) for each in cast.members] == [True, False, False, False, False]
    choose(ana, "Not shown")
    assert buttons(my(ana)) == {"Shown as Ana A.": "false", "Not shown": "true"}
    assert not agreed(cast.ana)


def test_it_says_which_name_and_to_whom(ana: Client, cast: Cast) -> None:
    said = my(ana).one("section", id="on-tv").one("p").text
    assert "the TV can show “Ana A.” at your station, for everyone in the room to read." in said
    with in_gym(cast.northside):
        Membership.objects.filter(pk=cast.ana.pk).update(is_minor=True)
    part = my(ana).one("section", id="on-tv")
    assert list(buttons(my(ana))) == ["Shown as A. A.", "Not shown"]
    assert "Ana" not in part.text


def test_the_tv_sees_it_with_the_next_poll(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    tv = hung(cast.olga)
    tv.open()
    for words, names in (("Shown as Ana A.", ["Ana A."]), ("Not shown", ["1 person"])):
        assert tv.ask().status_code == 304
        choose(ana, words)
        assert tv.ask().status_code == 200
        assert tv.columns()["Dowel 1"] == names


def test_boards_draw_anew_where_the_member_is(ana: Client, cast: Cast, evening: ClassSession) -> None:
    others = make.class_session(cast.northside, [cast.ben], coach=cast.kim)
    before = version(evening), version(others)
    choose(ana, "Shown as Ana A.")
    assert (version(evening), version(others)) == (before[0] + 1, before[1])


def test_the_later_word_holds_whoever_says_it(ana: Client, cast: Cast, evening: ClassSession) -> None:
    carla = signed_in(cast.carla)
    recorded = f"/gym/northside-barbell/class/{evening.pk}/{cast.ana.pk}/tv/"
    carla.post(recorded, {"agreed": "yes"})
    choose(ana, "Not shown")
    assert not agreed(cast.ana)
    carla.post(recorded, {"agreed": "yes"})
    assert buttons(my(ana)) == {"Shown as Ana A.": "true", "Not shown": "false"}


def test_twice_is_harmless(ana: Client, cast: Cast) -> None:
    choose(ana, "Shown as Ana A.")
    with nothing_written():
        choose(ana, "Shown as Ana A.")
    assert agreed(cast.ana)


def test_it_is_said_in_one_gym_alone(cast: Cast, evening: ClassSession) -> None:
    choose(signed_in(cast.nia), "Shown as Nia N.")
    assert (agreed(cast.nia), agreed(cast.nia_at_harbour)) == (True, False)


def test_nobody_says_it_of_somebody_else(ana: Client, cast: Cast) -> None:
    """Whatever is sent beside it, it is of who sends it."""
    ana.post(TV, {"agreed": "yes", "member": str(cast.ben.pk), "member_id": str(cast.ben.pk)})
    assert (agreed(cast.ana), agreed(cast.ben)) == (True, False)
    with nothing_written():
        assert signed_in(cast.sam).post(TV, {"agreed": "yes"}).status_code == 404
        assert Client().post(TV, {"agreed": "yes"}).status_code == 302


def test_anything_else_is_refused(ana: Client) -> None:
    with nothing_written():
        assert ana.get(TV).status_code == 405
        for sent in ({}, {"agreed": ""}, {"agreed": "True"}, {"agreed": "x" * 100_000}):
            answer = ana.post(TV, sent)
            assert answer.status_code == 422
            part = page(answer).one("section", id="on-tv")
            assert part.one("ul", class_="errorlist").text == "Choose shown or not shown."
