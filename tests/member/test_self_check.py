"""Self-check: a member goes through a guided check alone. It is their own record, and moves no stage."""

from __future__ import annotations

import tomllib
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Assessment, ClassSession, Placement, SelfCheck, StageMove
from programming.models.replaying import standing_events
from programming.shipped import shown
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import HTMX, Screen, nothing_written, page
from tests.people import Cast

pytest_plugins = ["tests.people"]

CHECKS = "/gym/northside-barbell/my/self-check/"
CONTACTS = f"{CHECKS}hip-hinge/three-contacts/"
HELD = "You are on hold. Leave this until a coach has cleared it."
ANSWERS = {"answer-head": "yes", "answer-shoulder-blades": "yes", "answer-sacrum": "no"}


@pytest.fixture
def ana(cast: Cast, evening: ClassSession) -> Client:
    """Ana's phone. She is on the dowel, once clean."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=10)
    make.tap(evening, cast.ana, "saw", by=cast.carla, after=40, saw="clean")
    return signed_in(cast.ana)


def shipped(key: str) -> dict[str, Any]:
    """A check as the library has it."""
    text = (settings.BASE_DIR / "programming" / "library" / "hinge.toml").read_text()
    (ladder,) = tomllib.loads(text)["progression"]
    return next(each for each in ladder["self_check"] if each["key"] == key)


@pytest.mark.parametrize("key", ["three-contacts", "set-up"])
def test_the_steps_and_questions_are_the_librarys(ana: Client, key: str) -> None:
    main = page(ana.get(f"{CHECKS}hip-hinge/{key}/")).one("main")
    told = shipped(key)
    steps = [(li.one("span").text, li["data-seconds"]) for li in main.one("section", id="steps").all("li")]
    assert steps == [(step["say"], str(step["seconds"])) for step in told["step"]]
    assert [legend.text for legend in main.all("legend")] == [each["asks"] for each in told["question"]]
    assert "After " in main.one("section", id="steps").text and "Tony Gentilcore" in main.text


def test_the_answers_are_kept_once(ana: Client, cast: Cast) -> None:
    key = str(uuid4())
    answer = ana.post(CONTACTS, {**ANSWERS, "tap": key})
    assert (answer.status_code, answer["Location"]) == (302, f"{CHECKS}#hip-hinge-three-contacts")
    with nothing_written():
        again = ana.post(CONTACTS, {**ANSWERS, "tap": key}, headers=HTMX)
    assert (again.status_code, again["X-Op"], again.content) == (200, key, b"")
    with in_gym(cast.northside):
        row = SelfCheck.objects.get()
        assert [each["answer"] for each in row.answers] == ["yes", "yes", "no"]
    card = page(ana.get(CHECKS)).one("section", id="hip-hinge-three-contacts")
    assert "Last time, today: 2 of 3 yes" in card.text
    assert card.one("q").text == "close the door behind you"


def test_a_question_that_was_left_out_is_asked_again(ana: Client) -> None:
    with nothing_written():
        answer = ana.post(CONTACTS, {**ANSWERS, "answer-sacrum": ""})
    assert answer.status_code == 422
    assert page(answer).one("ul", class_="errorlist").text == "Answer with yes, no or not sure."


def test_it_moves_no_stage_and_is_no_assessment(ana: Client, cast: Cast, evening: ClassSession) -> None:
    def ladder() -> list[Any]:
        with in_gym(cast.northside):
            placements = list(Placement.objects.order_by("pk").values())
            events = standing_events(cast.ana.pk, evening.on_board)
            return [placements, events, Assessment.objects.count(), StageMove.objects.count()]

    before = ladder()
    for answer in ("yes", "no", "unsure"):
        ana.post(CONTACTS, dict.fromkeys(ANSWERS, answer))
    assert ladder() == before
    assert Screen(signed_in(cast.carla), evening, cast.carla).line(cast.ana) == "clean 1 of 2"


def test_coaches_read_it_as_the_members_own_word(ana: Client, cast: Cast, evening: ClassSession) -> None:
    screen = Screen(signed_in(cast.carla), evening, cast.carla)
    assert page(screen.get(f"{cast.ana.pk}/member/")).all("section", id="checked") == []
    ana.post(CONTACTS, ANSWERS)
    panel = page(screen.get(f"{cast.ana.pk}/member/")).one("section", id="checked")
    assert panel.one("h2").text == "Self-checks self-reported"
    assert "The three contacts 2 of 3 yes" in panel.text
    # And of nobody else.
    assert page(screen.get(f"{cast.ben.pk}/member/")).all("section", id="checked") == []


def test_a_coach_reads_it_in_their_own_language(ana: Client, cast: Cast, evening: ClassSession) -> None:
    ana.post(CONTACTS, ANSWERS)
    Membership.across_gyms.filter(pk=cast.carla.pk).update(language="de")
    panel = page(Screen(signed_in(cast.carla), evening, cast.carla).get(f"{cast.ana.pk}/member/")).one(
        "section", id="checked"
    )
    told = shipped("three-contacts")
    for text in (told["name"], *(each["asks"] for each in told["question"])):
        with translation.override("de"):
            assert shown(text) in panel.text
        assert text not in panel.text


def test_who_is_held_is_not_asked_to_try(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.tap(evening, cast.ana, "pain", by=cast.carla, where="knee")
    assert page(ana.get(CONTACTS)).all("form", data_tap="") == []
    assert "You are on hold" in page(ana.get(CHECKS)).one("main").text


def test_what_who_is_held_sends_all_the_same_is_refused(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.tap(evening, cast.ana, "pain", by=cast.carla, where="knee")
    drawn = ana.post(CONTACTS, ANSWERS)
    assert drawn.status_code == 422
    assert page(drawn).one("p", role="alert").text == HELD
    sent = ana.post(CONTACTS, ANSWERS, headers=HTMX)
    assert (sent.status_code, sent.content.decode()) == (422, f"{HELD}\n")
    with in_gym(cast.northside):
        assert SelfCheck.objects.count() == 0
    # What landed before the pain was told counts, whenever it arrives; so does one after the hold.
    assert ana.post(CONTACTS, {**ANSWERS, "age": "60000"}, headers=HTMX).status_code == 200
    make.tap(evening, cast.ana, "clear", by=cast.carla, note="Went well.")
    assert ana.post(CONTACTS, ANSWERS, headers=HTMX).status_code == 200
    with in_gym(cast.northside):
        assert SelfCheck.objects.count() == 2


def test_a_script_is_told_the_reason_in_a_sentence(ana: Client) -> None:
    answer = ana.post(CONTACTS, {**ANSWERS, "answer-sacrum": ""}, headers=HTMX)
    assert (answer.status_code, answer.content.decode()) == (422, "Answer with yes, no or not sure.\n")


def test_what_is_not_there(ana: Client, cast: Cast) -> None:
    with nothing_written():
        for address in (f"{CHECKS}hip-hinge/nowhere/", f"{CHECKS}squat/three-contacts/"):
            assert ana.get(address).status_code == 404
            assert ana.post(address, ANSWERS).status_code == 404
        assert signed_in(cast.sam).post(CONTACTS, ANSWERS).status_code == 404
