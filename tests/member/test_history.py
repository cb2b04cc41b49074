"""My history: where I stood when, and what happened, in words without blame. Nothing of anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, Homework
from programming.models.practising import OwnTap
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

HISTORY = "/gym/northside-barbell/my/history/"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """It is Friday noon; the evening's class began at ten to twelve."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana(cast: Cast, evening: ClassSession) -> Client:
    """Ana's phone, after a class in which much happened."""
    taps: list[tuple[str, dict[str, Any]]] = [
        ("stage", {"stage": "wall-tap"}),
        ("setting", {"stage": "wall-tap", "setting": 400}),
        ("saw", {"saw": "clean"}),
        ("saw", {"saw": "clean"}),
        ("stage", {"stage": "dowel"}),
        ("fault", {"fault": "squats-it"}),
        ("saw", {"saw": "not_yet"}),
        ("note", {"note": "Lazy today."}),
        ("pain", {"where": "knee"}),
        ("clear", {"note": "Walks fine."}),
        ("stage", {"stage": "wall-tap"}),
    ]
    for number, (kind, values) in enumerate(taps):
        assert make.tap(evening, cast.ana, kind, by=cast.carla, after=10 + 30 * number, **values).refusal is None
    make.tap(evening, cast.ben, "saw", by=cast.carla, saw="seen")
    with in_gym(cast.northside):
        OwnTap(kind="practised", by=cast.ana, values={"drill": "cat-cow"}).record()
    return signed_in(cast.ana)


def shown(client: Client, query: str = "", **headers: str) -> Element:
    answer = client.get(HISTORY + query, headers=headers)
    assert answer.status_code == 200
    return page(answer).one("main")


def lines(main: Element) -> list[str]:
    return [line.one("p").text for line in main.one("section", id="told").all("li")]


def test_each_thing_in_plain_words_newest_first(ana: Client) -> None:
    assert lines(shown(ana)) == [
        "You practised: cat-cow.",
        "You are on the wall tap again: your coach chose it for now. With Carla C.",
        "The hold is cleared. With Carla C.",
        "On hold: no load and no next stage until a coach clears it. With Carla C.",
        "Worked on the dowel; not clean yet. With Carla C.",
        "Worked on the dowel. Think of: “soft knees, hips back”. With Carla C.",
        "You moved up to the dowel: 2 clean in a row at 40 cm. With Carla C.",
        "Clean on the wall tap at 40 cm. With Carla C.",
        "Clean on the wall tap at 40 cm. With Carla C.",
        "Wall tap set to 40 cm. With Carla C.",
        "You began on the wall tap. With Carla C.",
    ]


def test_nothing_of_the_coaches_and_nothing_of_anybody_else(ana: Client) -> None:
    words = shown(ana).text
    for hidden in ("Lazy", "Walks fine", "knee", "squats", "Ben"):
        assert hidden not in words.replace("soft knees", "")


def test_the_stages_as_a_picture_with_its_table(ana: Client) -> None:
    part = shown(ana).one("section", id="ladder-hip-hinge")
    title = part.one("title", id="title-ladder-hip-hinge").text
    assert title == "wall tap from today, dowel from today, wall tap from today".replace("wall", "Wall").replace(
        "dowel", "Dowel"
    )
    rows = [[cell.text for cell in row.children if cell.tag in ("td", "th")] for row in part.all("tr")]
    assert rows[0] == ["Since", "Stage", "Clean", "Not yet"]
    assert ["today", "Dowel", "0", "2"] in rows


def test_what_is_new_since_the_last_visit(
    ana: Client, cast: Cast, evening: ClassSession, clock: time_machine.Traveller
) -> None:
    # The first time nothing is old, and so nothing is new.
    assert "hidden" in shown(ana).one("section", id="news")
    look(ana)
    clock.shift(timedelta(hours=3))
    make.tap(evening, cast.ana, "saw", by=cast.carla, saw="clean")
    with in_gym(cast.northside):
        OwnTap(kind="practised", by=cast.ana, values={"drill": "cat-cow"}).record()
    clock.shift(timedelta(minutes=1))
    news = shown(ana).one("section", id="news")
    assert news.one("h2").text == "Since you looked today"
    # What she did herself is no news to her.
    assert [line.text for line in news.all("li")] == ["Clean on the wall tap at 40 cm."]
    # The same visit says the same, also once it was told of; the next one has nothing new.
    look(ana)
    clock.shift(timedelta(minutes=59))
    assert len(shown(ana).one("section", id="news").all("li")) == 1
    clock.shift(timedelta(minutes=61))
    assert shown(ana).one("section", id="news").text == "Since you looked today Nothing new."


def test_asking_for_the_page_writes_nothing_and_the_button_does_once(ana: Client, cast: Cast) -> None:
    with nothing_written():
        # Looked at, got ready by a browser that guesses, and kept by a device.
        for headers in ({}, {"Sec-Purpose": "prefetch;prerender"}, {"Sec-Fetch-Dest": "empty"}):
            shown(ana, **headers)
        assert ana.head(HISTORY).status_code == 200
    assert look(ana).headers["Location"] == HISTORY
    # In the same visit there is nothing more to tell.
    assert shown(ana).all("form", id="looked") == []
    with nothing_written():
        ana.post(f"{HISTORY}looked/", {"seen_to": str(int(NOON.timestamp() * 1000))})
    assert looked(cast) == {"history": {"at": "2026-11-27T11:59:50+00:00"}}


def test_what_happens_while_the_page_is_open_is_new_the_next_time(
    ana: Client, cast: Cast, evening: ClassSession, clock: time_machine.Traveller
) -> None:
    seen_to = shown(ana).one("form", id="looked").one("input", name="seen_to")["value"]
    clock.shift(timedelta(minutes=20))
    make.tap(evening, cast.ana, "saw", by=cast.carla, after=1500, saw="clean")
    # The button of a page that was left open; then one that says more than anybody can have seen, or nothing.
    ana.post(f"{HISTORY}looked/", {"seen_to": seen_to})
    for said in (str(int(NOON.timestamp() * 1000) + 10**9), "-1", "soon", ""):
        assert ana.post(f"{HISTORY}looked/", {"seen_to": said}).status_code == 302
    clock.shift(timedelta(hours=2))
    assert len(shown(ana).one("section", id="news").all("li")) == 1


def test_a_visit_and_a_tap_of_ones_own_do_not_overwrite_each_other(ana: Client, cast: Cast) -> None:
    with in_gym(cast.northside):
        stale = Homework.objects.get(member=cast.ana)
        Homework.look(cast.ana, "history", seen_to=timezone.now())
        OwnTap(kind="practised", by=cast.ana, values={"drill": "glute-bridge"}).record(
            timezone.now() + timedelta(minutes=1)
        )
        row = Homework.objects.get(member=cast.ana)
    assert (stale.looked, len(stale.times)) == ({}, 1)
    assert (list(row.looked), len(row.times)) == (["history"], 2)


def look(client: Client) -> Any:
    """Press the button that the page has where no script does."""
    form = shown(client).one("form", id="looked")
    return client.post(form["action"], {"seen_to": form.one("input", name="seen_to")["value"]})


def looked(cast: Cast) -> dict[str, Any]:
    """What is remembered of Ana's visits."""
    with in_gym(cast.northside):
        remembered: dict[str, Any] = Homework.objects.get(member=cast.ana).looked
    return remembered


def test_what_somebody_said_themself_nobody_said_with_them(ana: Client, clock: time_machine.Traveller) -> None:
    clock.shift(60)
    ana.post("/gym/northside-barbell/my/hurts/", {})
    assert lines(shown(ana))[0] == "On hold: no load and no next stage until a coach clears it."


def test_before_the_first_class(cast: Cast, evening: ClassSession) -> None:
    main = shown(signed_in(cast.ben))
    assert main.one("section", id="told").one("p").text == "Nothing so far. It begins with your first class."
    assert main.all("svg") == []


def test_earlier_pages_and_the_same_number_of_questions(ana: Client, cast: Cast, evening: ClassSession) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(ana)
        return len(queries)

    shown(ana)
    few = asked()
    for number in range(40):
        make.tap(evening, cast.ana, "saw", by=cast.carla, after=400 + 21 * number, saw="seen", arrives=2000)
    assert asked() == few
    main = shown(ana)
    assert len(lines(main)) == 30
    earlier = next(link for link in main.all("a") if link.text == "Earlier")
    assert lines(shown(ana, earlier["href"].removeprefix(HISTORY)))[-1] == "You began on the wall tap. With Carla C."
