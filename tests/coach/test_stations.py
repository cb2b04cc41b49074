"""The stations page: who is where at this block, the drill there, what is short, and a way that fits with one tap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate, Equipment, Tap
from programming.station_list import Stations
from tests import make
from tests.coach.screen import HTMX, Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

# The blocks of Hinge Foundations.
COUCH, LADDER, STRENGTH = 0, 2, 3


@pytest.fixture(autouse=True)
def placed(cast: Cast, evening: ClassSession) -> None:
    """Three on the dowel, one on the loaded hinge at 16 kg, one without a stage."""
    for after, member in enumerate([cast.ana, cast.ben, cast.chiara], start=1):
        make.place(evening, member, "dowel", by=cast.carla, after=after)
    make.place(evening, cast.dev, "loaded", by=cast.carla, after=5)
    make.tap(evening, cast.dev, "setting", by=cast.carla, after=6, stage="loaded", setting=16_000)


def own(cast: Cast, **counts: int | None) -> None:
    """Northside owns so many of each."""
    with in_gym(cast.northside):
        for key, owned in counts.items():
            Equipment.objects.filter(key=key.replace("_", "-"), grams=0).update(owned=owned)


def look(screen: Screen) -> Element:
    """The page, newly loaded."""
    answer = screen.client.get(f"{screen.board_url}stations/")
    assert answer.status_code == 200
    return page(answer)


def station(screen: Screen, name: str) -> Element:
    return look(screen).one("section", id=f"station-{name}")


def names(element: Element) -> list[str]:
    return [each.text for each in element.all("span", class_="name")]


def needs(element: Element) -> list[str]:
    return [each.text for each in element.all("p", class_="need")]


def press(screen: Screen, button: Element) -> Element:
    """Press it and look again; with htmx it is answered by the page's own part."""
    answer = screen.press(button)
    if not screen.htmx:
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{screen.board_url}stations/")
        return look(screen)
    assert answer.status_code == 200
    return page(answer)


def plan(screen: Screen) -> list[dict[str, Any]]:
    screen.session.refresh_from_db()
    return screen.session.plan


def test_who_is_where_and_what_they_do(screen: Screen, cast: Cast) -> None:
    shown = look(screen)
    assert names(shown.one("section", id="station-wall-tap")) == []
    dowel = shown.one("section", id="station-dowel")
    assert names(dowel) == ["Ana A.", "Ben B.", "Chiara C."]
    assert "Dowel hinge 3 × 8" in dowel.text and "stay on the stick" in dowel.text
    assert names(shown.one("section", id="station-loaded")) == ["Dev D."]
    assert names(shown.one("section", id="at-not_placed")) == ["Nia N."]
    assert "Hinge ladder" in shown.all("header")[0].text


def test_of_those_only_who_are_here(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ben, "attendance", by=cast.carla, after=60, state="no_show")
    assert names(station(screen, "dowel")) == ["Ana A.", "Chiara C."]


def test_it_follows_the_block(screen: Screen, cast: Cast) -> None:
    make.step(screen.session, "block", by=cast.carla, after=60, block=STRENGTH)
    shown = look(screen)
    assert "Strength by stage" in shown.all("header")[0].text
    assert "Romanian deadlift" in shown.one("section", id="station-loaded").text
    make.step(screen.session, "block", by=cast.carla, after=70, block=COUCH)
    everyone = look(screen).one("section", id="at-everyone")
    assert len(names(everyone)) == 5
    assert needs(everyone) == ["5 anchors needed", "10 bands needed", "5 mats needed"]


def test_what_nobody_counted_is_not_short(screen: Screen) -> None:
    dowel = station(screen, "dowel")
    assert needs(dowel) == ["3 dowels needed"]
    assert "data-short" not in dowel
    assert not dowel.all("button", name="way")


def test_needed_against_owned(screen: Screen, cast: Cast) -> None:
    own(cast, dowel=2)
    dowel = station(screen, "dowel")
    assert needs(dowel) == ["3 dowels needed, 2 here"]
    assert "data-short" in dowel


def test_bells_by_weight(screen: Screen, cast: Cast) -> None:
    with in_gym(cast.northside):
        Equipment.add_weight("kettlebell", 12_000, 3, at=timezone.now())
    place = [each["drill"] for each in plan(screen)[LADDER]["drills"]].index("pull-through")
    make.step(screen.session, "drill", by=cast.carla, block=LADDER, place=place, drill="kettlebell-swing")
    assert needs(station(screen, "loaded"))[0] == "1 kettlebell of 16 kg needed, 0 here"
    with in_gym(cast.northside):
        Equipment.add_weight("kettlebell", 16_000, 1, at=timezone.now())
    assert needs(station(screen, "loaded")) == ["1 kettlebell of 16 kg needed, 1 here"]


def test_one_tap_shares_and_one_takes_it_back(screen: Screen, cast: Cast) -> None:
    own(cast, dowel=2)
    proposal = station(screen, "dowel").one("form", id="station-dowel-proposal")
    assert "1 pair shares and takes turns; everyone else has their own." in proposal.text
    screen.session.refresh_from_db()
    version = screen.session.version
    shown = press(screen, proposal.button("Do so today: Dowel")).one("section", id="station-dowel")
    assert plan(screen)[LADDER]["ways"] == {"dowel": {"way": "pairs", "number": 2}}
    assert screen.session.version == version + 1
    assert "In pairs: two share and take turns." in shown.text
    assert needs(shown) == ["At least 2 dowels needed, 2 here"]
    shown = press(screen, shown.button("Back to the plan")).one("section", id="station-dowel")
    assert plan(screen)[LADDER]["ways"] == {}
    assert needs(shown) == ["3 dowels needed, 2 here"]


def test_it_changes_today_alone(screen: Screen, cast: Cast) -> None:
    own(cast, dowel=2)
    other = make.class_session(cast.northside, [cast.ana])
    press(screen, station(screen, "dowel").button("Do so today: Dowel"))
    other.refresh_from_db()
    assert not other.plan[LADDER].get("ways")
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key="hinge-foundations")
        assert not any(block.get("ways") for block in template.plan())


def test_another_drill_of_the_stage(screen: Screen, cast: Cast) -> None:
    own(cast, anchor=0)
    proposal = station(screen, "loaded").one("form", id="station-loaded-proposal")
    assert "Good morning, hands behind head (3 × 10) instead of Pull-through." in proposal.text
    shown = press(screen, proposal.button("Do so today: Loaded")).one("section", id="station-loaded")
    assert "Instead of Pull-through, today only." in shown.text
    assert not needs(shown)
    press(screen, shown.button("Back to the plan"))
    assert [each["drill"] for each in plan(screen)[LADDER]["drills"]][-1] == "pull-through"


def test_where_nothing_fits_it_says_so(screen: Screen, cast: Cast) -> None:
    own(cast, dowel=0)
    dowel = station(screen, "dowel")
    assert needs(dowel)[-1] == "Nothing here fits. Change the drill in today’s plan."
    assert not dowel.all("form", class_="today")


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    sent = {"block": LADDER, "stage": "dowel", "way": "pairs", "number": 2, "tap": str(uuid4())}
    first = answer_of(screen, sent)
    with nothing_written():
        again = answer_of(screen, sent)
    assert first.status_code == again.status_code == (200 if screen.htmx else 302)
    assert first.headers["X-Op"] == again.headers["X-Op"] == sent["tap"]
    # With its key and another body it is a mistake.
    with nothing_written():
        assert answer_of(screen, {**sent, "number": 3}).status_code == 409


def answer_of(screen: Screen, sent: dict[str, Any]) -> Answer:
    return screen.client.post(f"{screen.board_url}stations/today/", sent, headers=screen._headers("stations"))


def test_a_step_of_its_own_in_the_history(tablet: Screen, cast: Cast) -> None:
    answer_of(tablet, {"block": LADDER, "stage": "dowel", "way": "waves", "number": 4})
    with in_gym(cast.northside):
        tap = Tap.objects.get(kind="plan")
    assert (tap.member_id, tap.actor_id, tap.outcome) == (None, cast.carla.pk, "applied")


NONSENSE: list[dict[str, Any]] = [
    {},
    {"block": LADDER},
    {"block": LADDER, "stage": "dowel", "way": "sevens"},
    {"block": LADDER, "stage": "dowel", "way": "pairs", "number": 0},
    {"block": LADDER, "stage": "dowel", "way": "pairs", "drill": "wall-tap", "place": 0},
    {"block": "x", "stage": "dowel", "way": "pairs"},
    {"block": LADDER, "drill": "‮", "place": 0},
]


def test_nonsense_is_refused_in_words(screen: Screen) -> None:
    with nothing_written():
        for sent in NONSENSE:
            answer = answer_of(screen, sent)
            assert answer.status_code == 422
            assert page(answer).one("p", role="alert").text


def test_what_the_plan_has_no_more_is_refused(screen: Screen, cast: Cast) -> None:
    for sent in (
        {"block": 99, "stage": "dowel", "way": "pairs"},
        {"block": LADDER, "drill": "dowel-hinge", "place": 2, "shown": "wall-tap"},
    ):
        before = plan(screen)
        answer = answer_of(screen, sent)
        assert answer.status_code == 422
        assert "Look again" in page(answer).one("p", role="alert").text
        assert plan(screen) == before


def test_in_a_class_that_is_over_nothing_of_today_can_be_changed(tablet: Screen, cast: Cast) -> None:
    own(cast, dowel=1)
    make.several(tablet.session, [cast.ana, cast.ben], by=cast.carla, after=1, stage="dowel")
    assert look(tablet).all("form", class_="today proposal")
    make.step(tablet.session, "finished", by=cast.carla, finished=True)
    shown = look(tablet)
    assert "dowels needed, 1 here" in shown.text
    assert [each["action"] for each in shown.all("form") if each["action"].endswith("today/")] == []


def test_the_page_asks_for_what_changed(tablet: Screen, cast: Cast) -> None:
    live = look(tablet).one("div", id="live")
    assert live["hx-get"] == f"{tablet.board_url}stations/"
    tag = live["hx-ptag"]
    for _time in range(2):
        answer = tablet.client.get(f"{tablet.board_url}stations/", headers={**HTMX, "HX-PTag": tag})
        assert (answer.status_code, answer.content) == (304, b"")
        tag = answer.headers.get("HX-PTag", tag)
    make.place(tablet.session, cast.nia, "dowel", by=cast.kim)
    answer = tablet.client.get(f"{tablet.board_url}stations/", headers={**HTMX, "HX-PTag": tag})
    assert names(page(answer).one("section", id="station-dowel"))[-1] == "Nia N."


def test_as_many_questions_for_one_as_for_forty(tablet: Screen, cast: Cast) -> None:
    def questions(session: ClassSession) -> int:
        with in_gym(cast.northside), CaptureQueriesContext(connection) as queries:
            Stations.read(session, timezone.now())
        return len(queries)

    one = make.class_session(cast.northside, [cast.ana])
    forty = make.class_session(cast.northside, [make.person(cast.northside, f"Member {n:02} Moss") for n in range(40)])
    assert questions(one) == questions(forty) == 2


def test_forty_people_are_all_somewhere(tablet: Screen, cast: Cast) -> None:
    people = [make.person(cast.northside, f"Member {n:02} Moss") for n in range(40)]
    session = make.class_session(cast.northside, people)
    make.several(session, people[:30], by=cast.carla, stage="dowel")
    own(cast, dowel=6)
    shown = page(tablet.client.get(f"/gym/northside-barbell/class/{session.pk}/stations/"))
    assert len(names(shown)) == 40
    dowel = shown.one("section", id="station-dowel")
    assert needs(dowel)[0] == "30 dowels needed, 6 here"
    assert "5 waves of up to 6: one works while the others rest and watch." in dowel.text
