"""Who reads the TV learns the chosen names of those who agreed, and nothing else of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from gym.models import Membership, User
from gym.scope import in_gym
from programming.models import ClassSession, Fault
from programming.models.ladder_words import read_ladder
from programming.models.leaving import erase, leave_gym
from tests import make
from tests.people import Cast
from tests.screen.tv import Tv, agree, send_to_coach

pytest_plugins = ["tests.people"]

# What the room may never read. Every one of them is different.
SECRET = re.compile(r"secret\d+", re.IGNORECASE)


def secrets() -> Iterator[str]:
    return (f"secret{number}" for number in count(1000))


@pytest.fixture
def planted(cast: Cast, evening: ClassSession) -> ClassSession:
    """A word that must not be seen, in every field of everybody and in everything that was said of them."""
    word = secrets()
    # A space that does not break, as names have that were copied from a page; and others that divide names.
    spaces = [" ", "\N{NO-BREAK SPACE}", "\t", "\N{IDEOGRAPHIC SPACE}", " ", " "]
    for place, (person, space) in enumerate(zip([*cast.members, cast.carla], spaces, strict=True)):
        first = person.name.split()[0]
        person.name = space.join([first, next(word), f"Q{next(word)}"])
        person.nickname, person.standing_limits = next(word), next(word)
        person.guardian_email, person.language = f"{next(word)}@example.org", f"s{place}"
        person.user = User.objects.create_user(f"{next(word)}@example.org")
        person.save()
    with in_gym(cast.northside):
        fault = Fault.objects.get(key="chin-up")
        fault.revise(name=next(word), cue=next(word), seen_as=next(word))
        evening.on_board.revision = evening.pk
        evening.on_board.save(update_fields=["revision"])
        for block in evening.plan:
            block["notes"] = next(word)
        evening.save(update_fields=["plan"])
    read_ladder.cache_clear()
    # All have agreed but Dev.
    agree(cast.ana, cast.ben, cast.chiara, cast.nia)
    for after, person in enumerate(cast.members, start=60):
        make.place(evening, person, "dowel", by=cast.carla, after=after)
        make.tap(evening, person, "fault", by=cast.carla, after=after + 60, fault="chin-up")
        make.tap(evening, person, "note", by=cast.carla, after=after + 120, note=next(word))
    for person in (cast.nia, cast.dev):
        make.tap(evening, person, "pain", by=cast.carla, after=200, where="hip", note=next(word))
    return evening


def everything_shown(tv: Tv) -> str:
    """All that a TV is ever sent: its page, a poll, and their headers."""
    answers = [tv.open()]
    tv.tag = ""
    answers.append(tv.ask())
    assert [answer.status_code for answer in answers] == [200, 200]
    return "".join(f"{answer.headers} {answer.content.decode()}" for answer in answers)


def test_nothing_of_anybody_but_the_chosen_name(tv: Tv, cast: Cast, planted: ClassSession) -> None:
    shown = everything_shown(tv)
    for name in ("Ana Q.", "Ben Q.", "Chiara Q."):
        assert name in shown
    assert SECRET.findall(shown) == []
    # Dev did not agree, and nobody learns that it is he who is counted.
    assert "Dev" not in shown
    tv.tag = ""
    assert not re.search(r"pain|hurt|\bheld\b|on hold|carla", tv.ask().content.decode(), re.IGNORECASE)


def test_what_was_planted_would_be_found(tv: Tv, cast: Cast, planted: ClassSession) -> None:
    cast.ana.shown_name = cast.ana.nickname
    cast.ana.save()
    tv.tag = ""
    assert len(SECRET.findall(tv.ask().content.decode())) == 1


def test_no_id_of_anybody(tv: Tv, cast: Cast, planted: ClassSession) -> None:
    shown = everything_shown(tv)
    assert not re.search(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", shown, re.IGNORECASE)


def test_those_held_stand_with_whoever_else_the_coach_sends(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    """One is held and one is sent: change about, and all but the names is the same."""
    agree(cast.ana, cast.ben, cast.nia)
    for person in (cast.ana, cast.ben, cast.nia):
        make.place(evening, person, "dowel", by=cast.carla)
    make.tap(evening, cast.ana, "pain", by=cast.carla)
    send_to_coach(evening, cast.ben)
    assert tv.with_coach() == ["Ana A.", "Ben B."]
    assert "Nia N." in tv.columns()["Dowel 1"]
    tv.tag = ""
    html = tv.ask().content.decode()
    assert re.findall(r"<li[^>]*>(?=Ana A\.|Ben B\.)", html) == ["<li>", "<li>"]


def test_the_name_they_chose_else_first_name_and_initial(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    agree(cast.ana, cast.ben, cast.chiara)
    cast.ben.shown_name = "Big <Ben>"
    cast.chiara.is_minor, cast.chiara.shown_name = True, "Chiara Conti"
    for person in (cast.ben, cast.chiara):
        person.save()
    for person in cast.members:
        make.place(evening, person, "dowel", by=cast.carla)
    # Of a minor nothing but initials, whatever was chosen. Two did not agree.
    assert tv.columns()["Dowel 5"] == ["Ana A.", "Big <Ben>", "C. C.", "and 2 more"]


def test_those_who_would_read_the_same_are_told_apart_without_a_surname(
    tv: Tv, cast: Cast, evening: ClassSession
) -> None:
    other: Membership = make.person(cast.northside, "Ana Abbot", tv_consent=True)
    third: Membership = make.person(cast.northside, "Ana Ashe")
    for person in (other, third):
        make.roster(evening, person)
    agree(cast.ana)
    for person in (cast.ana, other, third):
        make.place(evening, person, "wall-tap", by=cast.carla)
    assert tv.columns()["Wall 3"] == ["Ana A. 1", "Ana A. 2", "and 1 more"]


def test_consent_that_ends(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    agree(cast.ana)
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    assert tv.columns()["Dowel 1"] == ["Ana A."]
    cast.ana.tv_consent = False
    cast.ana.save()
    assert tv.columns()["Dowel 1"] == ["1 person"]


@pytest.mark.parametrize("go", [leave_gym, erase], ids=["left", "erased"])
def test_whoever_leaves_the_gym_is_named_no_more_at_the_next_question(
    tv: Tv, cast: Cast, evening: ClassSession, go: Any
) -> None:
    agree(cast.ana, cast.ben)
    for person in (cast.ana, cast.ben):
        make.place(evening, person, "dowel", by=cast.carla)
    tv.open()
    assert tv.ask().status_code == 304
    with in_gym(cast.northside):
        go(cast.ana.pk, at=timezone.now())
    answer = tv.ask()
    assert answer.status_code == 200
    assert "Ana" not in answer.content.decode()
    assert "Ben B." in answer.content.decode()


def test_who_has_not_come_is_not_shown(tv: Tv, cast: Cast, evening: ClassSession) -> None:
    agree(cast.ana, cast.ben)
    for person in (cast.ana, cast.ben):
        make.place(evening, person, "dowel", by=cast.carla)
    make.tap(evening, cast.ana, "attendance", by=cast.carla, state="no_show")
    assert tv.columns()["Dowel 1"] == ["Ben B."]
