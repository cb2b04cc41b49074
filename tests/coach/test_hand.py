"""Undo stands where the coach's thumb is."""

from __future__ import annotations

from gym.models import Membership
from tests.coach.screen import Screen, everything, nothing_written, page
from tests.people import Cast

pytest_plugins = ["tests.people"]

TODAY = "/gym/northside-barbell/today/"
HAND = f"{TODAY}hand/"


def is_left(cast: Cast) -> bool:
    return Membership.across_gyms.get(pk=cast.carla.pk).left_handed


def test_there_and_back(paper: Screen, cast: Cast) -> None:
    assert "data-hand" not in paper.board().one("body")
    for words, left in (("Put it on the left", True), ("Put it on the right", False)):
        form = page(paper.client.get(TODAY)).one("form", class_="hand")
        assert form["action"] == HAND
        button = form.button(words)
        answer = paper.client.post(HAND, {"hand": button["value"]})
        assert (answer.status_code, answer.headers["Location"]) == (302, TODAY)
        assert is_left(cast) is left
        assert ("data-hand" in paper.board().one("body")) is left


def test_it_is_this_coachs_alone(paper: Screen, second: Screen, cast: Cast) -> None:
    paper.client.post(HAND, {"hand": "left"})
    assert "data-hand" not in second.board().one("body")


def test_twice_is_harmless(paper: Screen, cast: Cast) -> None:
    paper.client.post(HAND, {"hand": "left"})
    before = everything()
    paper.client.post(HAND, {"hand": "left"})
    assert everything() == before


def test_anything_else_is_refused(paper: Screen, cast: Cast) -> None:
    paper.client.post(HAND, {"hand": "left"})
    with nothing_written():
        for sent in ({}, {"hand": ""}, {"hand": "both"}, {"hand": "🖐️"}, {"hand": "x" * 1_000_000}):
            answer = paper.client.post(HAND, sent)
            assert answer.status_code == 422
            assert page(answer).one("form", class_="hand").one("ul").text == "Choose left or right."


def test_it_is_posted_by_a_coach(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        assert paper.client.get(HAND).status_code == 405
        for person, status in ((cast.ana, 403), (cast.hana, 404)):
            assert person.user is not None
            paper.client.force_login(person.user)
            assert paper.client.post(HAND, {"hand": "left"}).status_code == status
