"""A member never reaches anything of another member of their gym: under no address of one's own, whatever is sent."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from gym.models import Membership
from gym.scope import in_gym
from programming.models import ClassSession, Tap
from programming.models.practising import OwnTap
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import everything
from tests.people import Cast
from tests.test_access import GYM, OF_THE_GYM, World, address, new_world

pytest_plugins = ["tests.people"]
world = new_world

# Stands in everything that is Ben's, and in nothing else.
MARK = "zqvx"
NAMES = ["member", "member_id", "person", "person_id", "coach", "actor", "by", "who", "user", "id", "pk", "key"]
OWN = [route for route in OF_THE_GYM if route.startswith((f"{GYM}my/", f"{GYM}check-in/"))]


@pytest.fixture
def ben(world: World, cast: Cast, evening: ClassSession) -> Membership:
    """On the same roster as Ana, and with something of everything."""
    fields = {"name": f"Ben {MARK}", "shown_name": f"Benny {MARK}", "standing_limits": f"{MARK} low grip only"}
    Membership.across_gyms.filter(pk=cast.ben.pk).update(**fields, nickname=MARK)
    make.place(evening, cast.ben, "dowel", by=cast.carla, after=100)
    make.tap(evening, cast.ben, "saw", by=cast.carla, after=130, saw="clean")
    make.tap(evening, cast.ben, "note", by=cast.carla, after=160, note=f"{MARK} in a note")
    make.tap(evening, cast.ben, "assign", by=cast.carla, after=190, drill="glute-bridge", wanted=True)
    his = signed_in(cast.ben)
    check = {"answer-head": "yes", "answer-shoulder-blades": "no", "answer-sacrum": "unsure"}
    his.post("/gym/northside-barbell/my/self-check/hip-hinge/three-contacts/", check)
    his.post("/gym/northside-barbell/my/hurts/", {"places": "neck", "sentence": f"{MARK} since", "agreed": "on"})
    with in_gym(cast.northside):
        OwnTap(kind="practised", by=cast.ben, values={"drill": "glute-bridge"}).record()
    return cast.ben


def practised_by(member: Membership) -> UUID:
    """The key of the member's own tap."""
    with in_gym(member.gym):
        key: UUID = Tap.objects.get(kind="practised", member=member).key
    return key


def rows_of(member: Membership) -> list[Any]:
    """Every row in which they stand."""
    # A database that has no type for them writes them without hyphens.
    keys = (str(member.pk), member.pk.hex)
    return [(name, row) for name, rows in everything().items() for row in rows if any(key in row for key in keys)]


def text_of(answer: Any) -> str:
    """All that an answer says, headers and packed files included."""
    said = f"{answer.headers} {answer.cookies}"
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(body))
        return said + "".join(f"{name} {archive.read(name).decode()}" for name in archive.namelist())
    return said + body.decode()


def test_nothing_of_a_sibling_is_read_or_written(world: World, ben: Membership, cast: Cast) -> None:
    assert len(OWN) > 15
    ana, before = signed_in(cast.ana), rows_of(ben)
    assert len({name for name, _row in before}) > 10
    theirs = {**dict.fromkeys(NAMES, str(ben.pk)), "undone": str(practised_by(ben)), "name": "Robin Roe"}
    for route in OWN:
        url, right = address(route, world.own), world.fill(OF_THE_GYM[route].body, world.own)
        for sent in (right, {**right, **theirs}):
            with transaction.atomic():
                shown = [ana.get(url, sent), ana.get(url, sent, headers={"HX-Request": "true"}), ana.post(url, sent)]
                shown.append(ana.post(url, sent, headers={"HX-Request": "true"}))
                for answer in shown:
                    said = text_of(answer)
                    assert MARK not in said and "ben@northside" not in said, route
                    # What she sent may stand in a form that comes back, and nothing else names him.
                    assert str(ben.pk) not in said or answer.status_code in (302, 422), route
                assert rows_of(ben) == before, route
                transaction.set_rollback(True)


def test_his_own_page_has_what_hers_must_not(ben: Membership, cast: Cast) -> None:
    """So that the silence above means something."""
    his: Client = signed_in(cast.ben)
    for path in ("", "data/", "data/download/", "hurts/"):
        assert MARK in text_of(his.get(f"/gym/northside-barbell/my/{path}")), path


def test_a_siblings_tap_is_not_taken_back(ben: Membership, cast: Cast) -> None:
    before = rows_of(ben)
    answer = signed_in(cast.ana).post("/gym/northside-barbell/my/undo/", {"undone": str(practised_by(ben))})
    assert answer.status_code == 422
    assert rows_of(ben) == before
    # A tap of his that waits on a phone which she has by now stays there.
    body = {"drill": "cat-cow", "coach": str(ben.pk)}
    waits = signed_in(cast.ana).post("/gym/northside-barbell/my/practised/", body, headers={"HX-Request": "true"})
    assert waits.status_code == 401 and "X-Op" not in waits.headers
    assert rows_of(ben) == before
