"""Somebody lands on an address that only a button asks: by typing it, or by loading a page again."""

from __future__ import annotations

import pytest
from django.test import Client

from programming.models import ClassSession
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def carla(cast: Cast) -> Client:
    return signed_in(cast.carla)


@pytest.mark.parametrize(
    ("address", "back", "words"),
    [
        ("class/{0}/rest/", "class/{0}/", "To the class"),
        ("class/{0}/plan/finished/", "class/{0}/", "To the class"),
        ("today/hand/", "", "To the start"),
    ],
)
def test_a_page_with_a_way_back(carla: Client, evening: ClassSession, address: str, back: str, words: str) -> None:
    gym = "/gym/northside-barbell/"
    with nothing_written():
        answer = carla.get(gym + address.format(evening.pk))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    shown = page(answer)
    assert shown.one("h1").text == "Nothing to see here"
    (way,) = shown.all("a", class_="btn primary")
    assert (way["href"], way.text) == (gym + back.format(evening.pk) if back else "/", words)
    assert carla.get(way["href"], follow=True).status_code == 200


def test_a_part_and_a_form_get_no_page(carla: Client, evening: ClassSession) -> None:
    url = f"/gym/northside-barbell/class/{evening.pk}/"
    assert carla.get(f"{url}rest/", headers={"HX-Request": "true"}).content == b""
    assert carla.post(url).content == b""


def test_the_address_of_the_order_is_that_of_the_board(carla: Client, evening: ClassSession) -> None:
    url = f"/gym/northside-barbell/class/{evening.pk}/"
    with nothing_written():
        assert carla.get(f"{url}order/").headers["Location"] == url
