"""No room left for the database: nothing is acknowledged, nothing is lost, and it goes on when there is room again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from gym.scope import in_gym
from programming.models import ClassSession, Note
from tests.coach.screen import HTMX, everything, nothing_written
from tests.people import Cast
from tests.test_ladder_properties import check_stored

pytest_plugins = ["tests.people"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="a server's disk cannot be filled from here"),
]


@contextmanager
def full_disk() -> Iterator[None]:
    """The database's file cannot grow. What is written inside what it has already still goes through."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1000000")


def test_taps_on_a_full_disk_wait_until_there_is_room(evening: ClassSession, cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.carla.user)  # type: ignore[arg-type]
    board = f"/gym/northside-barbell/class/{evening.pk}/"
    note = f"{board}{cast.ana.pk}/note/"
    acknowledged, kept = [], []

    def send(key: str) -> int:
        answer = client.post(note, {"tap": key, "note": f"{key} " * 40}, headers=HTMX)
        if answer.status_code == 200:
            assert answer["X-Op"] == key
            acknowledged.append(key)
            return 200
        # Without the tap's key the tablet keeps it.
        assert (answer.status_code, answer["Retry-After"], answer.get("X-Op")) == (503, "5", None)
        assert "cannot read or store its data just now. What was confirmed is safe." in answer.content.decode()
        kept.append(key)
        return 503

    assert send(str(uuid4())) == 200
    with full_disk():
        while send(str(uuid4())) == 200:
            assert len(acknowledged) < 500
        with nothing_written():
            for _tap in range(3):
                send(str(uuid4()))
        # What is there can still be read.
        assert client.get(board).status_code == 200
    before = everything()
    for key in list(kept):
        assert send(key) == 200
    # And sent for the second time, it is there once.
    after = everything()
    assert {send(key) for key in kept} == {200}
    assert everything() == after != before
    with in_gym(cast.northside):
        stored = [note.body.split()[0] for note in Note.objects.all()]
        assert sorted(stored) == sorted(set(acknowledged))
        check_stored([evening], cast.ana)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)
