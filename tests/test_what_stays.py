"""Into the file of a gym comes nothing of another gym, and nothing that opens anything: tried with words planted in
every column there is.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from gym.history import History
from gym.identifiers import uuid7
from gym.models import AddressChange, Gym, User
from gym.moving.tables import ALL, of_gyms, stays_of, travelling
from programming.models import AssignmentEnd, Clearance, Undo
from tests.archives import entries, filled, forgotten, taken
from tests.people import Cast

# Of a sign-in, and of no gym.
OF_SIGN_INS: list[Any] = [User, EmailAddress, Authenticator, UserSession, Session, AddressChange]
PLANTABLE = (models.CharField, models.TextField, models.JSONField, models.UUIDField, models.BinaryField)


def checked(model: Any) -> set[str]:
    """The fields of which the database says what they can be."""

    def named(condition: Any) -> Iterator[str]:
        for child in condition.children:
            yield from named(child) if isinstance(child, models.Q) else [child[0].partition("__")[0]]

    conditions = [each.condition for each in model._meta.constraints if isinstance(each, models.CheckConstraint)]
    return {name for condition in conditions for name in named(condition)}


def planted(model: Any, names: set[str] | None = None) -> dict[str, Any]:
    """A word of its own for each column that takes one."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        is_free = not (field.primary_key or field.is_relation or field.choices or field.name in checked(model))
        word = f"q{uuid4().hex[:9]}"
        has_room = isinstance(field, PLANTABLE) and len(word) <= (field.max_length or len(word))
        if not is_free or not has_room or (names is not None and field.name not in names):
            continue
        if isinstance(field, models.UUIDField):
            found[field.name] = uuid4()
        elif isinstance(field, models.BinaryField):
            found[field.name] = word.encode()
        elif isinstance(field, models.JSONField):
            found[field.name] = {word: word} if field.default is dict else [word]
        else:
            found[field.name] = word
    return found


# Of each there is one at most for another row, so that no copy of it can be made: it has a device of its own alone.
ONCE = {Undo, AssignmentEnd, Clearance}


def plant(rows: Any, names: set[str] | None = None) -> list[str]:
    """Write such words into one of these rows, or into a copy of history. Answers with what to look for."""
    if rows.model in ONCE:
        return []
    row, words = rows.first(), planted(rows.model, names)
    assert row is not None, rows.model
    if not words:
        return []
    if isinstance(row, History):
        held = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        # A revision has a number of its own.
        moved = {"number": 1000} if "number" in held else {}
        rows.model._base_manager.bulk_create([rows.model(**{**held, **moved, **words, "id": uuid7()})])
    else:
        rows.filter(pk=row.pk).update(**words)
    return [text_of(value) for value in words.values()]


def text_of(value: Any) -> str:
    """What would stand in the file."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return str(next(iter(value))) if isinstance(value, list | dict) else str(value)


def rows_in(model: Any, gym: Gym) -> Any:
    """The gym's rows."""
    return model._base_manager.filter(**({"pk": gym.pk} if model is Gym else {"gym": gym}))


@pytest.fixture
def world(db: None) -> Iterator[Cast]:
    with forgotten():
        cast = filled()
        now = timezone.now()
        for user in User.objects.all():
            EmailAddress.objects.create(user=user, email=user.email)
            Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
            UserSession.objects.create(user=user, ip="192.0.2.1", session_key=f"s{user.pk.hex[:20]}", data={})
            Session.objects.create(session_key=f"s{user.pk.hex[:20]}", session_data="x", expire_date=now)
        yield cast


def in_file(cast: Cast, words: list[str]) -> set[str]:
    """Which of these words come into Northside's file."""
    content = b"\n".join(entries(taken(cast.northside)).values()).decode()
    return {word for word in words if word in content}


def test_nothing_of_another_gym_comes_in(world: Cast) -> None:
    words = [word for model in of_gyms() for word in plant(rows_in(model, world.harbour))]
    keys = [str(key) for model in of_gyms() for key in rows_in(model, world.harbour).values_list("pk", flat=True)]
    assert len(words) > 100 and len(keys) > 300
    assert in_file(world, [*words, *keys, "hana@harbour.example", "sam@harbour.example"]) == set()


def test_what_is_planted_in_this_gym_is_found(world: Cast) -> None:
    """The search itself."""
    words = []
    for table in travelling():
        names = {column.name for column in table.columns}
        words += plant(rows_in(table.model, world.northside), names)
    assert len(words) > 100
    assert in_file(world, words) == set(words)


def test_nothing_that_opens_anything_comes_in(world: Cast) -> None:
    words = []
    for model in of_gyms():
        stays = set(stays_of(model))
        if stays:
            words += plant(rows_in(model, world.northside), None if ALL in stays else stays)
    assert len(words) > 8
    sign_ins = [word for model in OF_SIGN_INS for word in plant_all(model)]
    assert len(sign_ins) > 30
    assert in_file(world, [*words, *sign_ins, *map(str, User.objects.values_list("pk", flat=True))]) == set()


def plant_all(model: Any) -> list[str]:
    """Such words in every row of a sign-in, but for the address, by which members are known."""
    words: list[str] = []
    for row in model.objects.all():
        secret = {name: value for name, value in planted(model).items() if name != "email"}
        model.objects.filter(pk=row.pk).update(**secret)
        words += map(text_of, secret.values())
    return words
