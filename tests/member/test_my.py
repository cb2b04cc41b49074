"""A member's own page: my stage, and what earns the next one. Nothing of anybody else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from programming.models import ClassSession
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

MY = "/gym/northside-barbell/my/"


@pytest.fixture
def ana(cast: Cast, evening: ClassSession) -> Client:
    """Ana's phone."""
    return signed_in(cast.ana)


def shown(client: Client) -> Element:
    answer = client.get(MY)
    assert answer.status_code == 200
    return page(answer).one("main")


def test_before_the_first_class(ana: Client) -> None:
    assert "No stage yet. A coach places you in your first class." in shown(ana).text


@pytest.mark.parametrize(
    ("stage", "done", "following"),
    [
        ("wall-tap", [], "Next: Dowel."),
        ("dowel", ["Wall ✓"], "Next: Loaded hinge."),
        ("loaded", ["Wall ✓", "Dowel ✓"], ""),
    ],
)
def test_my_stage_as_a_ladder(
    ana: Client, cast: Cast, evening: ClassSession, stage: str, done: list[str], following: str
) -> None:
    make.place(evening, cast.ana, stage, by=cast.carla)
    main = shown(ana)
    ladder = main.one("ol", class_="ladder")
    assert len(ladder.all("li")) == 3
    assert [step.text for step in ladder.all("li", data_done="")] == done
    assert ladder.one("li", aria_current="step")
    # What earns the next one stands beside it; at the top there is none.
    assert [words.text.startswith(following) for words in main.all("p", class_="next")] == [True] * bool(following)


def test_nothing_of_anybody_else_and_nothing_of_the_coaches(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    make.place(evening, cast.ben, "loaded", by=cast.carla, after=60)
    make.tap(evening, cast.ana, "note", by=cast.carla, after=70, note="Argues a lot.")
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=80, where="hip")
    answer = ana.get(MY)
    said = page(answer).text
    for word in ("Ben", "Argues", "hip", "Pain", "PAIN"):
        assert word not in said.replace("Hip hinge", "").replace("hips", "")


def test_each_gym_shows_its_own(cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.nia, "loaded", by=cast.carla)
    nia = signed_in(cast.nia)
    assert "Loaded hinge" in shown(nia).text
    assert "Loaded hinge" not in page(nia.get("/gym/harbour-strength/my/")).text


def test_the_same_questions_however_many_taps(ana: Client, cast: Cast, evening: ClassSession) -> None:
    asked = []
    for after in (60, 120):
        make.place(evening, cast.ana, "dowel", by=cast.carla, after=after)
        make.tap(evening, cast.ana, "saw", by=cast.carla, after=after + 30, saw="clean")
        shown(ana)
        with CaptureQueriesContext(connection) as queries:
            shown(ana)
        asked.append(len(queries))
    # Session, user, membership, placements.
    assert asked == [4, 4]


def test_only_for_people_of_the_gym(ana: Client, cast: Cast) -> None:
    with nothing_written():
        assert ana.post(MY).status_code == 405
        assert ana.get("/gym/harbour-strength/my/").status_code == 404
        assert signed_in(cast.hana).get(MY).status_code == 404
        assert Client().get(MY).headers["Location"] == f"/account/login/?next={MY}"
