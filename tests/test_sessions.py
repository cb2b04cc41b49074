"""Whom a browser's session signs in, with each request anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from gym.models import User
from gym.sessions import SessionStore

pytestmark = pytest.mark.django_db

# Any page that asks for a sign-in and needs no gym.
INSIDE = "/account/password/change/"


@pytest.fixture
def signed_in(client: Client) -> User:
    user = User.objects.create_user("carla@northside.test", "hips back, chest proud")
    client.force_login(user)
    return user


def is_inside(client: Client) -> bool:
    return client.get(INSIDE).status_code == 200


def test_a_session_that_lasts(client: Client, signed_in: User) -> None:
    assert is_inside(client)
    assert is_inside(client)


@pytest.mark.parametrize(
    "ended",
    [
        pytest.param(lambda user: Session.objects.update(expire_date=timezone.now()), id="it is over"),
        pytest.param(lambda user: Session.objects.all().delete(), id="it was removed"),
        pytest.param(lambda user: User.objects.filter(pk=user.pk).update(is_active=False), id="user switched off"),
        pytest.param(lambda user: User.objects.filter(pk=user.pk).update(password="!"), id="another password"),
        pytest.param(lambda user: user.delete(), id="user deleted"),
    ],
)
def test_it_ends_with_the_next_request(client: Client, signed_in: User, ended: Callable[[User], object]) -> None:
    assert is_inside(client)
    ended(signed_in)
    assert not is_inside(client)


def test_an_unknown_key_becomes_no_session_and_never_a_stored_one() -> None:
    store = SessionStore("a" * 32)
    assert dict(store.items()) == {}
    store["asked"] = True
    store.save()
    assert store.session_key != "a" * 32
    assert SessionStore(store.session_key)["asked"] is True


def test_a_session_is_read_as_long_as_it_lasts() -> None:
    store = SessionStore()
    store["asked"] = True
    store.set_expiry(timedelta(hours=1))
    store.save()
    assert SessionStore(store.session_key).get("asked") is True
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(store.session_key).get("asked") is None
