"""My drills: my stage, what earns the next step, and what to do, on a phone. Nothing of anybody else."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gym.models import Gym, Membership
from gym.scope import in_gym
from programming.models import ClassSession, Drill, Fault, Progression, Stage
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

MY = "/gym/northside-barbell/my/"
LONDON = ZoneInfo("Europe/London")
# A Friday.
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=LONDON)
TUESDAY = datetime(2026, 11, 24, 18, 0, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """It is Friday noon; the evening's class began at ten to twelve."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana(cast: Cast, evening: ClassSession) -> Client:
    """Ana's phone. She is in the class that runs now."""
    return signed_in(cast.ana)


@pytest.fixture
def tuesday(cast: Cast, evening: ClassSession) -> ClassSession:
    """A class that Ana was in on Tuesday."""
    return make.class_session(cast.northside, [cast.ana], coach=cast.carla, starts_at=TUESDAY)


@pytest.fixture
def at_home(ana: Client, evening: ClassSession) -> Client:
    """Ana's phone; the class that ran is over."""
    with in_gym(evening.gym_id):
        ClassSession.objects.filter(pk=evening.pk).update(finished_at=NOON)
    return ana


Taps = list[tuple[str, dict[str, Any]]]
CLEAN: tuple[str, dict[str, Any]] = ("saw", {"saw": "clean"})
NOT_YET: tuple[str, dict[str, Any]] = ("saw", {"saw": "not_yet"})
PAIN: tuple[str, dict[str, Any]] = ("pain", {"where": "hip"})


def tell(
    session: ClassSession, member: Membership, *taps: tuple[str, dict[str, Any]], by: Membership, after: int = 10
) -> None:
    """Let these taps happen one after the other, too far apart for a slip of the thumb."""
    for number, (kind, values) in enumerate(taps):
        answer = make.tap(session, member, kind, by=by, after=after + 30 * number, **values)
        assert answer.refusal is None, (kind, values, answer.refusal)


def stage(key: str) -> tuple[str, dict[str, Any]]:
    return ("stage", {"stage": key})


def assign(drill: str, fault: str = "", *, wanted: bool = True) -> tuple[str, dict[str, Any]]:
    return ("assign", {"drill": drill, "wanted": wanted} | ({"fault": fault} if fault else {}))


def shown(client: Client, gym: str = "northside-barbell") -> Element:
    answer = client.get(f"/gym/{gym}/my/")
    assert answer.status_code == 200
    return page(answer).one("main")


def cards(client: Client) -> dict[str, str]:
    """What the page says of each drill, by the drill's name, in the order of the page."""
    found = {card.one("h3").text: words_of(card) for card in shown(client).all("article")}
    assert len(found) == len(shown(client).all("article")), "a drill twice"
    return found


def words_of(card: Element) -> str:
    """What a card says, without the buttons that log it; those are of test_practised.py."""
    for acts in card.all("div", class_="acts practised"):
        return card.text.removesuffix(acts.text).strip()
    return card.text


def why(client: Client, drill: str) -> list[str]:
    (card,) = [card for card in shown(client).all("article") if card.one("h3").text == drill]
    return [line.text for line in card.all("p", class_="why")]


# --- Where I stand ---------------------------------------------------------------------------------------------------


def test_before_the_first_class(ana: Client, cast: Cast, evening: ClassSession) -> None:
    main = shown(ana)
    assert main.one("h1").text == "Ana"
    assert "No stage yet: a coach places you in class." in main.text
    assert main.all("ol", class_="ladder") == [] and main.all("p", class_="next") == []
    # What the class gives everyone is there all the same, and of no stage.
    assert list(cards(ana)) == ["Banded couch stretch", "Cat-cow", "Hip thrust", "Brace work"]
    tell(evening, cast.ana, stage("wall-tap"), by=cast.carla)
    assert "No stage yet" not in shown(ana).text


@pytest.mark.parametrize(
    ("key", "name", "steps"),
    [
        ("wall-tap", "wall tap", ["Wall", "Dowel (to come)", "Loaded (to come)"]),
        ("dowel", "dowel", ["Wall ✓(done)", "Dowel", "Loaded (to come)"]),
        ("loaded", "loaded hinge", ["Wall ✓(done)", "Dowel ✓(done)", "Loaded"]),
    ],
)
def test_my_stage_as_a_picture(
    ana: Client, cast: Cast, evening: ClassSession, key: str, name: str, steps: list[str]
) -> None:
    make.place(evening, cast.ana, key, by=cast.carla)
    main = shown(ana)
    assert (
        main.one("header").text
        == f"Northside Barbell · 27 November 2026 Ana, you are on the {name} This page on your phone"
    )
    ladder = main.one("ol", class_="ladder")
    assert [step.text for step in ladder.all("li")] == steps
    here = ladder.one("li", aria_current="step")
    assert here.text in steps and here.one("use")["href"].startswith("#")
    assert len(ladder.all("li", data_done="")) == steps.index(here.text)


LAST_DRILL = ("drill", {"stage": "loaded", "drill": "snatch"})


def weight(grams: int) -> tuple[str, dict[str, Any]]:
    return ("setting", {"stage": "loaded", "setting": grams})


def wall(millimetres: int) -> tuple[str, dict[str, Any]]:
    return ("setting", {"stage": "wall-tap", "setting": millimetres})


@pytest.mark.parametrize(
    ("taps", "setting", "following"),
    [
        # A nearer wall first: the stage names what passes.
        (
            [stage("wall-tap"), wall(300), CLEAN],
            "To the wall: 30 cm",
            "Next: 40 cm. Two clean sets in a row, far enough out that the hips have to reach for the wall. "
            "The dowel is earned at 40 cm or further. 1 of 2 clean",
        ),
        (
            [stage("wall-tap"), wall(300), CLEAN, CLEAN],
            "To the wall: 30 cm",
            "Ready for 40 cm: your coach decides. Two clean sets in a row, far enough out that the hips have to reach "
            "for the wall. The dowel is earned at 40 cm or further. 2 of 2 clean",
        ),
        (
            [stage("wall-tap"), wall(600)],
            "To the wall: 60 cm",
            "Next: the dowel. Two clean sets in a row, far enough out that the hips have to reach for the wall. "
            "The dowel is earned at 40 cm or further. 0 of 2 clean",
        ),
        (
            [stage("dowel"), CLEAN],
            "",
            "Next: the loaded hinge. Two clean sets in a row with all three contacts. 1 of 2 clean",
        ),
        (
            [stage("dowel"), CLEAN, CLEAN, CLEAN],
            "",
            "Ready for the loaded hinge: your coach decides. Two clean sets in a row with all three contacts. "
            "2 of 2 clean",
        ),
        # What was not there yet ends the run; that a fault came twice is for the coach to say.
        (
            [stage("dowel"), CLEAN, NOT_YET, ("fault", {"fault": "chin-up"}), ("fault", {"fault": "squats-it"})],
            "",
            "Next: the loaded hinge. Two clean sets in a row with all three contacts. 0 of 2 clean",
        ),
        # On the top stage there is a next as well: the next drill, then a heavier weight, then keep it.
        (
            [stage("loaded"), weight(12_000), CLEAN],
            "Weight: 12 kg",
            "Next: the reverse anchored hinge. Two clean sets in a row earn the next drill, then a heavier weight. "
            "1 of 2 clean",
        ),
        (
            [stage("loaded"), LAST_DRILL, CLEAN, CLEAN],
            "No weight",
            "Ready for 4 kg: your coach decides. Two clean sets in a row earn the next drill, then a heavier weight. "
            "2 of 2 clean",
        ),
        ([stage("loaded"), LAST_DRILL, weight(100_000)], "Weight: 100 kg", "You are at the top. Keep it."),
    ],
)
def test_what_earns_the_next_step_and_how_far_along(
    ana: Client, cast: Cast, evening: ClassSession, taps: Taps, setting: str, following: str
) -> None:
    tell(evening, cast.ana, *taps, by=cast.carla)
    main = shown(ana)
    assert [line.text for line in main.all("p", class_="setting")] == ([setting] if setting else [])
    box = main.one("p", class_="next")
    assert box.text == following
    assert ("data-ready" in box) == following.startswith("Ready")
    # The dots say the same as the words.
    counted = re.search(r"(\d) of (\d) clean$", following)
    said = tuple(map(int, counted.groups())) if counted else (0, 0)
    assert (len(box.all("i", class_="on")), len(box.all("i"))) == said


def test_a_gyms_own_ladder_says_in_its_own_words(ana: Client, cast: Cast, evening: ClassSession) -> None:
    with in_gym(cast.northside):
        own = Stage.objects.get(key="dowel")
        own.revise(pass_text="", clean_needed=3, within_first=True)
    tell(evening, cast.ana, stage("dowel"), CLEAN, by=cast.carla)
    assert shown(ana).one("p", class_="next").text == (
        "Next: the horizontal dowel hinge. 3 clean sets in a row. The loaded hinge comes after that. 1 of 3 clean"
    )
    with in_gym(cast.northside):
        own.revise(clean_needed=1)
    assert "1 clean set." in shown(ana).one("p", class_="next").text


def test_a_stage_that_is_taught_no_more(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    make.place(evening, cast.ben, "loaded", by=cast.carla)
    with in_gym(cast.northside):
        ladder = Progression.objects.get(key="hip-hinge")
        Stage.objects.filter(key="dowel").update(retired_at=NOON)
        # Another one than any ladder that is kept in memory.
        ladder.revision = Progression().revision
        ladder.save()
    # Whoever stands on it sees where they stand; nobody else sees it.
    assert [step.text.split()[0] for step in shown(ana).one("ol", class_="ladder").all("li")] == [
        "Wall",
        "Dowel",
        "Loaded",
    ]
    ben = shown(signed_in(cast.ben)).one("ol", class_="ladder")
    assert [step.text.split()[0] for step in ben.all("li")] == ["Wall", "Loaded"]


def test_several_ladders(ana: Client, cast: Cast, evening: ClassSession) -> None:
    tell(evening, cast.ana, stage("dowel"), CLEAN, by=cast.carla)
    squat = make.class_session(cast.northside, [cast.ana], coach=cast.carla)
    squat.progression = make.second_ladder(cast.northside)
    tell(squat, cast.ana, stage("box-squat"), by=cast.carla)
    main = shown(ana)
    assert main.one("h1").text == "Ana"
    ladders = main.all("section", class_="my-ladder")
    assert [each.one("h2").text for each in ladders] == ["Hip hinge: dowel", "Squat: box-squat"]
    assert [each.one("p", class_="next").text.split(".")[0] for each in ladders] == [
        "Next: the loaded hinge",
        "Next: the goblet-squat",
    ]
    # A hold concerns all.
    tell(evening, cast.ana, PAIN, by=cast.carla)
    assert shown(ana).all("p", class_="next") == []


def test_what_i_am_called(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    assert shown(ana).one("h1").one("bdi").text == "Ana"
    for name in ("عمر", "Ana <b>"):
        cast.ana.shown_name = name
        cast.ana.save()
        assert shown(ana).one("h1").one("bdi").text == name


def test_standing_limits_are_mine_to_see(ana: Client, cast: Cast) -> None:
    assert "For you" not in shown(ana).text
    cast.ana.standing_limits = "low grip only"
    cast.ana.save()
    assert shown(ana).one("p", class_="limits").text == "For you: low grip only"


# --- What I do -------------------------------------------------------------------------------------------------------


def test_the_drill_of_my_stage(at_home: Client, cast: Cast, evening: ClassSession) -> None:
    tell(evening, cast.ana, stage("wall-tap"), by=cast.carla)
    assert cards(at_home) == {
        "Wall tap": "Wall tap 3 × 8 "
        # Three cues, not all four.
        "Chop the hip crease with the edges of your handsHips back until they tapTap, do not sit on the wall "
        "What to feel: A stretch at the back of the legs just before the tap. From your stage"
    }
    # The rules say which one of several.
    sternum = ("drill", {"stage": "loaded", "drill": "sternum-hinge"})
    tell(evening, cast.ana, stage("loaded"), sternum, by=cast.carla, after=100)
    assert list(cards(at_home)) == ["Sternum hinge"]


def test_what_todays_class_gives_everyone_and_my_stage(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=10)
    names = ["Dowel hinge", "Banded couch stretch", "Cat-cow", "Hip thrust", "PVC good morning", "Brace work"]
    assert list(cards(ana)) == names
    # The same drill of stage and class is one card with both reasons.
    assert why(ana, "Dowel hinge") == ["From your stage", "Today’s class, 11:50 · Carla C."]
    assert why(ana, "PVC good morning") == ["Today’s class, 11:50 · Carla C."]
    # As the class has it.
    assert "4 × 8" in cards(ana)["PVC good morning"]
    # Nothing of another stage.
    assert "Romanian deadlift" not in names
    make.place(evening, cast.ana, "loaded", by=cast.carla, after=40)
    assert "Romanian deadlift" in cards(ana)


@pytest.mark.parametrize(
    ("hours", "changes", "on"),
    [
        (-2, {}, False),
        (-1 / 4, {"finished_at": NOON}, False),
        (6, {}, True),
        (-9, {"minutes": 600}, True),
        (-13, {"minutes": 600}, False),
        # Tomorrow.
        (13, {}, False),
    ],
)
def test_only_a_class_of_today_that_is_not_over(
    at_home: Client, cast: Cast, hours: float, changes: dict[str, Any], on: bool
) -> None:
    session = make.class_session(cast.northside, [cast.ana], starts_at=NOON + timedelta(hours=hours))
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=session.pk).update(**changes, version=2)
    assert ("Cat-cow" in cards(at_home)) == on


def test_a_class_that_runs_past_midnight(at_home: Client, cast: Cast, clock: time_machine.Traveller) -> None:
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    make.class_session(cast.northside, [cast.ana], starts_at=midnight - timedelta(minutes=30))
    assert why(at_home, "Cat-cow") == ["Today’s class, 23:30"]
    clock.move_to(midnight + timedelta(minutes=10))
    assert why(at_home, "Cat-cow") == ["Today’s class, 23:30"]
    clock.move_to(midnight + timedelta(minutes=40))
    assert cards(at_home) == {}


def test_only_a_class_whose_roster_i_am_on(at_home: Client, cast: Cast) -> None:
    session = make.class_session(cast.northside, [cast.ben])
    assert cards(at_home) == {}
    mine = make.roster(session, cast.ana)
    for state, on in {"expected": True, "here": True, "late": True, "no_show": False, "off": False}.items():
        with in_gym(cast.northside):
            mine.state = state
            mine.save()
        assert ("Cat-cow" in cards(at_home)) == on, state


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "America/Los_Angeles"])
def test_days_are_those_of_the_gym(at_home: Client, cast: Cast, zone: str) -> None:
    Gym.objects.filter(pk=cast.northside.pk).update(time_zone=zone)
    local = ZoneInfo(zone)
    late = NOON.astimezone(local).replace(hour=23, minute=30)
    make.class_session(cast.northside, [cast.ana], starts_at=late)
    make.class_session(cast.northside, [cast.ana], starts_at=late + timedelta(hours=1))
    assert why(at_home, "Cat-cow") == ["Today’s class, 23:30"]
    # Late on Tuesday there, whatever day it was elsewhere.
    before = datetime(2026, 11, 24, 23, 0, tzinfo=local)
    session = make.class_session(cast.northside, [cast.ana], coach=cast.carla, starts_at=before)
    tell(session, cast.ana, assign("wrong-then-right"), by=cast.carla)
    days = (NOON.astimezone(local).date() - before.date()).days
    assert days in (3, 4)
    assert why(at_home, "Wrong, then right") == ["Chosen by Carla C. on Tuesday"]


@pytest.mark.parametrize(
    ("starts_at", "when"),
    [
        (NOON - timedelta(hours=2), "today"),
        (NOON - timedelta(days=1), "yesterday"),
        (TUESDAY, "on Tuesday"),
        (TUESDAY - timedelta(days=7), "on 17 November"),
        (TUESDAY - timedelta(days=366), "on 23 November 2025"),
    ],
)
def test_what_coaches_gave_me_and_why(at_home: Client, cast: Cast, starts_at: datetime, when: str) -> None:
    session = make.class_session(cast.northside, [cast.ana], coach=cast.carla, starts_at=starts_at)
    tell(session, cast.ana, assign("block-in-front-of-knees", "squats-it"), assign("cat-cow"), by=cast.carla)
    # The latest first.
    assert list(cards(at_home)) == ["Cat-cow", "Block in front of the knees"]
    assert why(at_home, "Block in front of the knees") == [f"Because of “knees travel forward” {when} · Carla C."]
    assert why(at_home, "Cat-cow") == [f"Chosen by Carla C. {when}"]
    assert shown(at_home).one("section", id="own").one("h2").text == "To do"


def test_what_is_ended_or_undone_is_gone(at_home: Client, cast: Cast, tuesday: ClassSession) -> None:
    tell(tuesday, cast.ana, assign("cat-cow"), assign("brace"), by=cast.carla)
    assert list(cards(at_home)) == ["Brace work", "Cat-cow"]
    make.tap(tuesday, cast.ana, "assign", by=cast.carla, after=100, drill="cat-cow", wanted=False)
    assert list(cards(at_home)) == ["Brace work"]
    given = make.tap(tuesday, cast.ana, "assign", by=cast.carla, after=130, drill="cat-cow", wanted=True).tap
    assert given and list(cards(at_home)) == ["Cat-cow", "Brace work"]
    make.tap(tuesday, cast.ana, "undo", by=cast.carla, after=160, undone=str(given.key))
    assert list(cards(at_home)) == ["Brace work"]


def test_no_drill_twice(ana: Client, cast: Cast, evening: ClassSession, tuesday: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    tell(tuesday, cast.ana, assign("dowel-hinge", "chin-up"), assign("cat-cow"), assign("brace"), by=cast.carla)
    make.class_session(cast.northside, [cast.ana], coach=cast.carla, starts_at=NOON + timedelta(hours=6))
    assert why(ana, "Dowel hinge") == [
        "From your stage",
        "Because of “looks up” on Tuesday · Carla C.",
        "Today’s class, 11:50 · Carla C.",
        "Today’s class, 18:00 · Carla C.",
    ]
    assert list(cards(ana)).count("Cat-cow") == 1


def test_what_a_block_would_do_that_was_dropped_is_left_out(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    before = list(cards(ana))
    blocks = [place for place, block in enumerate(evening.plan) if "Hip thrust" in str(block)]
    for block in blocks:
        make.step(evening, "dropped", by=cast.carla, block=block, dropped=True, after=60 + block)
    after = list(cards(ana))
    assert "Hip thrust" in before and "Hip thrust" not in after
    assert "Dowel hinge" in after
    for block in blocks:
        make.step(evening, "dropped", by=cast.carla, block=block, dropped=False, after=90 + block)
    assert list(cards(ana)) == before


def test_what_is_mine_stands_before_what_only_the_class_does(
    ana: Client, cast: Cast, evening: ClassSession, tuesday: ClassSession
) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    tell(tuesday, cast.ana, assign("cat-cow"), by=cast.carla)
    sections = {
        each.one("h2").text: [card.one("h3").text for card in each.all("article")]
        for each in shown(ana).all("section")
        if each.all("article")
    }
    assert list(sections) == ["To do", "In today’s class"]
    assert sections["To do"] == ["Dowel hinge", "Cat-cow"]
    assert "Hip thrust" in sections["In today’s class"] and "Cat-cow" not in sections["In today’s class"]


def test_what_i_do_reads_as_it_is_now_and_why_as_it_was_then(
    at_home: Client, cast: Cast, tuesday: ClassSession
) -> None:
    tell(tuesday, cast.ana, assign("block-in-front-of-knees", "squats-it"), by=cast.carla)
    with in_gym(cast.northside):
        Drill.objects.get(key="block-in-front-of-knees").revise(name="Block drill", cues=["New"], dose={"text": "9"})
        Fault.objects.get(key="squats-it").revise(seen_as="dips")
    assert cards(at_home)["Block drill"].startswith("Block drill 9 New What to feel")
    assert why(at_home, "Block drill") == ["Because of “knees travel forward” on Tuesday · Carla C."]
    # What is given after the edit says it in the new words.
    later = make.class_session(cast.northside, [cast.ana], starts_at=NOON - timedelta(hours=1))
    make.tap(later, cast.ana, "assign", by=cast.kim, drill="cat-cow", fault="squats-it", wanted=True)
    assert why(at_home, "Cat-cow") == ["Because of “dips” today · Kim K."]


def test_a_fault_without_a_description_is_named(at_home: Client, cast: Cast, tuesday: ClassSession) -> None:
    tell(tuesday, cast.ana, assign("hip-thrust", "feels-only-hamstrings"), by=cast.carla)
    assert why(at_home, "Hip thrust") == ["Because of “feels only hamstrings” on Tuesday · Carla C."]


def test_a_drill_that_is_taught_no_more_says_so(at_home: Client, cast: Cast, tuesday: ClassSession) -> None:
    tell(tuesday, cast.ana, assign("cat-cow"), by=cast.carla)
    with in_gym(cast.northside):
        Drill.objects.filter(key="cat-cow").update(retired_at=NOON)
    assert cards(at_home) == {
        "Cat-cow": "Cat-cow This drill is not taught any more. Ask your coach for another. "
        "Chosen by Carla C. on Tuesday"
    }


def test_no_button_that_does_not_work_yet(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    buttons = [button.text for button in shown(ana).all("button") if not any(up.tag == "article" for up in button.up)]
    assert "hidden" in shown(ana).one("div", id="waits")
    assert buttons == [
        "Dismiss",
        "Save",
        "Shown as Ana A.",
        "Not shown",
        "Save",
        "Install Rung on this phone",
        "Sign out",
    ]


# --- Held ------------------------------------------------------------------------------------------------------------


def test_held(ana: Client, cast: Cast, evening: ClassSession, tuesday: ClassSession) -> None:
    given = [assign("deadlift", "no-glute-finish"), assign("band-resisted-hinge"), assign("cat-cow")]
    tell(tuesday, cast.ana, *given, by=cast.carla)
    tell(evening, cast.ana, stage("loaded"), weight(12_000), CLEAN, by=cast.carla)
    free = list(cards(ana))
    assert {"Rip-trainer hinge", "Conventional deadlift", "Romanian deadlift", "Band-resisted hinge"} < set(free)
    make.tap(evening, cast.ana, "pain", by=cast.carla, after=200, where="hip")
    main = shown(ana)
    assert main.one("section", id="on-hold").text == (
        "On hold No load and no next stage until a coach clears it. Ask your coach what to do until then, and see a "
        "professional about anything that hurts. What happens next Drills with load are left out until then."
    )
    # Where they stand, but nothing to earn and nothing to lift: neither a drill with load nor one of the loaded stage.
    assert main.one("li", aria_current="step").text == "Loaded"
    assert main.all("p", class_="next") == [] and main.all("p", class_="setting") == []
    assert list(cards(ana)) == ["Cat-cow", "Banded couch stretch", "Hip thrust", "Brace work"]
    make.tap(evening, cast.ana, "clear", by=cast.carla, after=230, note="Fine again.")
    assert shown(ana).all("section", id="on-hold") == []
    assert list(cards(ana)) == free


def test_held_where_nothing_is_left_out(at_home: Client, cast: Cast, tuesday: ClassSession) -> None:
    tell(tuesday, cast.ana, stage("wall-tap"), PAIN, by=cast.carla)
    assert "left out" not in shown(at_home).one("section", id="on-hold").text
    assert list(cards(at_home)) == ["Wall tap"]


def test_held_no_drill_of_a_loading_stage_of_any_ladder(at_home: Client, cast: Cast, tuesday: ClassSession) -> None:
    with in_gym(cast.northside):
        # Ana stands nowhere on this ladder, and the drill itself says nothing of load.
        goblet = make.second_ladder(cast.northside).stages.get(key="goblet-squat")
        goblet.revise(loads=True, drills=["brace"])
    tell(tuesday, cast.ana, stage("wall-tap"), assign("brace"), by=cast.carla)
    assert list(cards(at_home)) == ["Wall tap", "Brace work"]
    make.tap(tuesday, cast.ana, "pain", by=cast.carla, after=200)
    assert list(cards(at_home)) == ["Wall tap"]
    assert "left out" in shown(at_home).one("section", id="on-hold").text


def test_held_before_any_stage(at_home: Client, cast: Cast, tuesday: ClassSession) -> None:
    tell(tuesday, cast.ana, PAIN, by=cast.carla)
    main = shown(at_home)
    assert main.one("section", id="on-hold")
    assert "No stage yet" in main.text


# --- Nobody else's ---------------------------------------------------------------------------------------------------


def test_nothing_of_anybody_else_and_nothing_of_the_coaches(
    ana: Client, cast: Cast, evening: ClassSession, tuesday: ClassSession
) -> None:
    for member in (cast.ben, cast.chiara, cast.dev):
        member.name, member.nickname, member.standing_limits = f"Xq{member.name}", f"Xqnick{member.pk}", "Xqlimits"
        member.save()
    note, clearance = ("note", {"note": "Xqnote argues a lot."}), ("clear", {"note": "Xqclear, his physio says."})
    tell(tuesday, cast.ana, stage("dowel"), ("pain", {"where": "hamstring"}), clearance, note, by=cast.carla)
    tell(evening, cast.ana, CLEAN, ("fault", {"fault": "over-arches"}), note, PAIN, by=cast.kim)
    make.roster(tuesday, cast.ben)
    tell(
        tuesday, cast.ben, stage("loaded"), ("fault", {"fault": "weight-on-toes"}), assign("glute-bridge"), by=cast.kim
    )
    answer = ana.get(MY)
    # Whose class it is does stand there, and whose sign-in; the latter is said where another's tab became theirs.
    assert cast.ana.user
    source = answer.content.decode().replace("11:50 · Carla C.", "").replace(f"<b>{cast.ana.user.email}</b>", "")
    for word in ("Xq", "back of the leg", "Pain", "pain", "arches", "on toes", "Kim", "Carla", "@", "Glute bridge"):
        assert word not in source, word
    assert str(cast.ben.pk) not in source
    # The hip is in the name of the ladder and in the drills; where it hurts is not.
    for word in ("hip", "hamstring"):
        assert word not in page(answer).one("section", id="on-hold").text
    # Ben sees his own, so that the words above would have been found.
    own = shown(signed_in(cast.ben)).text
    assert [word for word in ("Xqlimits", "XqBen", "Glute bridge", "Kim K.") if word not in own] == []


def test_each_gym_shows_its_own(cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.nia, "loaded", by=cast.carla)
    nia = signed_in(cast.nia)
    assert shown(nia).one("h1").text == "Nia, you are on the loaded hinge"
    # She coaches there, and nobody has placed her.
    there = shown(nia, "harbour-strength")
    assert there.one("h1").text == "Nia"
    assert "You do not train at this gym, so there is nothing to do here." in there.text
    assert there.all("article") == []


def test_a_coach_who_trains_too_sees_their_own(cast: Cast, evening: ClassSession) -> None:
    carla = signed_in(cast.carla)
    assert "You do not train at this gym" in shown(carla).text
    make.roster(evening, cast.carla)
    make.place(evening, cast.carla, "dowel", by=cast.kim)
    assert shown(carla).one("h1").text == "Carla, you are on the dowel"
    assert "Dowel hinge" in cards(carla)


def test_the_way_elsewhere(ana: Client, cast: Cast, evening: ClassSession) -> None:
    ways = {
        signed_in(person): [link.text for link in shown(signed_in(person)).one("nav").all("a")]
        for person in (cast.ana, cast.nia, cast.carla, cast.olga)
    }
    own, last = ["My history", "Self-check", "My calendar", "My data"], "Your sign-in"
    assert list(ways.values()) == [
        [*own, last],
        [*own, "Your gyms", last],
        [*own, "Classes", last],
        [*own, "Classes", last],
    ]
    assert shown(signed_in(cast.nia)).one("nav").all("a")[-2]["href"] == "/"
    # A gym that they have left is none.
    cast.nia_at_harbour.leave()
    assert [link.text for link in shown(signed_in(cast.nia)).one("nav").all("a")] == [*own, last]


def test_only_for_people_of_the_gym(ana: Client, cast: Cast) -> None:
    with nothing_written():
        assert ana.get(MY).status_code == 200
        assert ana.post(MY).status_code == 405
        assert ana.get("/gym/harbour-strength/my/").status_code == 404
        assert signed_in(cast.hana).get(MY).status_code == 404
        assert Client().get(MY).headers["Location"] == f"/account/login/?next={MY}"


# --- Light and quick -------------------------------------------------------------------------------------------------


def test_the_same_questions_whatever_the_history(
    ana: Client, cast: Cast, evening: ClassSession, tuesday: ClassSession
) -> None:
    asked = []
    for number, drills in enumerate((["cat-cow"], ["brace", "hip-thrust", "deadlift", "wrong-then-right"])):
        session = (evening, tuesday)[number]
        tell(session, cast.ana, stage("wall-tap"), CLEAN, NOT_YET, stage("dowel"), CLEAN, PAIN, by=cast.carla)
        make.tap(session, cast.ana, "clear", by=cast.carla, after=300, note="Fine.")
        tell(session, cast.ana, *(assign(drill, "chin-up") for drill in drills), by=cast.carla)
        make.class_session(cast.northside, [cast.ana], starts_at=NOON + timedelta(hours=number + 1))
        shown(ana)
        with CaptureQueriesContext(connection) as queries:
            shown(ana)
        asked.append(len(queries))
    # Session, user, membership; ladders, classes, assigned drills, their faults, the drills' words and
    # pictures; practices; other gyms.
    assert asked == [11, 11]


def test_the_first_visit_weighs_little(ana: Client, cast: Cast, evening: ClassSession, tuesday: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    tell(tuesday, cast.ana, assign("wrong-then-right"), by=cast.carla)
    source = ana.get(MY).content
    assert source.count(b"<article") == 7
    asked = set(re.findall(rb'(?:href|src)="/static/([^"#]+)', source))
    assert {b"css/member.css", b"js/offline.js", b"img/drills.svg"} < asked
    # Looked at when Rung is put on the home screen, and not before.
    asked.remove(b"img/icon-touch.png")
    weights = {"the page": len(gzip.compress(source))}
    for name in [each.decode() for each in asked]:
        drawn = file(name)
        weights[name] = len(gzip.compress(drawn))
        # What a stylesheet asks for in its turn: the font, which is compressed as it is.
        for inner in re.findall(rb"url\(([^)]+)\)", drawn):
            weights[inner.decode()] = len(file(inner.decode().removeprefix("../")))
    assert any(name.endswith(".woff2") for name in weights)
    assert sum(weights.values()) <= 45_000, weights


def file(name: str) -> bytes:
    """A static file as it lies in the repository."""
    found = finders.find(name)
    assert isinstance(found, str), name
    with open(found, "rb") as opened:
        return opened.read()


# --- As a picture, and as a video ------------------------------------------------------------------------------------


def test_every_shipped_drill_is_a_picture_with_its_name_beside_it(
    ana: Client, cast: Cast, evening: ClassSession
) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    for card in shown(ana).all("article"):
        figure = card.one("svg", class_="drawn", aria_hidden="true").one("use")["href"]
        assert figure == f"/static/img/drills.svg#{card['id'].removeprefix('drill-')}"
        assert card.one("h3").text


def test_a_drill_of_the_gyms_own_has_no_picture(at_home: Client, cast: Cast, tuesday: ClassSession) -> None:
    with in_gym(cast.northside):
        Drill.objects.create(key="log-press").revise(name="Log press", cues=["Push"], dose={"text": "3 × 5"})
    tell(tuesday, cast.ana, assign("log-press"), by=cast.carla)
    (card,) = shown(at_home).all("article")
    assert card.one("h3").text == "Log press" and card.all("svg", class_="drawn") == []


def test_a_video_is_a_link_that_says_where_it_leads_and_nothing_is_loaded(
    at_home: Client, cast: Cast, tuesday: ClassSession
) -> None:
    with in_gym(cast.northside):
        Drill.objects.get(key="cat-cow").revise(video="https://www.example.org/watch?v=1&t=2")
    tell(tuesday, cast.ana, assign("brace"), assign("cat-cow"), by=cast.carla)
    cat_cow, brace = shown(at_home).all("article")
    link = cat_cow.one("a")
    assert link.text == "Watch: Cat-cow opens example.org"
    assert (link["href"], link["target"]) == ("https://www.example.org/watch?v=1&t=2", "_blank")
    # The other site learns neither where they come from nor gets hold of the page.
    assert link["rel"] == "noreferrer noopener"
    assert brace.all("a") == []
    source = at_home.get(MY).content.decode()
    assert source.count("example.org/") == 1 and not re.search("<(iframe|video|embed|object|img)", source)


@pytest.mark.parametrize("video", ["http://example.org/", "javascript:alert(1)", "//example.org/"])
def test_no_other_link_can_be_stored(cast: Cast, evening: ClassSession, video: str) -> None:
    with in_gym(cast.northside), pytest.raises(IntegrityError), transaction.atomic():
        Drill.objects.get(key="cat-cow").revise(video=video)


# --- Checked in ------------------------------------------------------------------------------------------------------


def checked_in(client: Client) -> list[str]:
    """What the page says of being checked in."""
    return [line.text for line in shown(client).all("p", class_="checked-in")]


def test_says_that_they_are_checked_in(ana: Client, cast: Cast, evening: ClassSession) -> None:
    assert checked_in(ana) == ["You are checked in: Hinge Foundations, Friday 11:50."]
    # None of the other words for it is said to a member.
    for after, (state, count) in enumerate([("late", 1), ("here", 1), ("expected", 0), ("no_show", 0)], start=10):
        make.tap(evening, cast.ana, "attendance", by=cast.carla, after=after, state=state)
        assert len(checked_in(ana)) == count, state


def test_only_while_check_in_is_open(ana: Client, evening: ClassSession, clock: time_machine.Traveller) -> None:
    clock.move_to(evening.starts_at - timedelta(minutes=60))
    assert len(checked_in(ana)) == 1
    clock.shift(timedelta(seconds=-1))
    assert checked_in(ana) == []
    clock.move_to(evening.ends_at)
    assert checked_in(ana) == []


def test_not_in_a_class_that_was_cancelled(ana: Client, evening: ClassSession) -> None:
    with in_gym(evening.gym_id):
        ClassSession.objects.filter(pk=evening.pk).update(cancelled_at=NOON)
    assert checked_in(ana) == []
    assert shown(ana).all("section", id="class") == []
