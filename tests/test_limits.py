"""Limits on tries are counted for all processes together, and outlive each of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from gym.models import User
from tests.test_backups import url_of_the_tests

LOGIN, PASSWORD = "/account/login/", "hips back, chest proud"


def sign_in(user: User, password: str) -> str:
    """What this process answers to a try, under another name of ours than the other one."""
    answer = Client(SERVER_NAME="testserver").post(LOGIN, {"login": user.email, "password": password})
    return answer.content.decode()


def sign_in_elsewhere(user: User, password: str) -> str:
    """What another process, which has ended by then, answers to a try."""
    connection.close()
    finished = subprocess.run(
        [sys.executable, "-m", "tests.another_process", LOGIN, f"login={user.email}", f"password={password}"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url_of_the_tests(), "DJANGO_SETTINGS_MODULE": "gym.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout


@pytest.mark.django_db(transaction=True)
def test_tries_in_one_process_count_in_the_next() -> None:
    cache.clear()
    carla = User.objects.create_user("carla@northside.test", PASSWORD)
    # As many as are allowed; the last one of them elsewhere, in a process that is started after the others.
    for _try in range(4):
        assert "E-mail and password do not belong together" in sign_in(carla, "wrong")
    assert "E-mail and password do not belong together" in sign_in_elsewhere(carla, "wrong")
    # Nor does the right one open now, here or there.
    assert "Too many tries" in sign_in(carla, PASSWORD)
    assert "Too many tries" in sign_in_elsewhere(carla, PASSWORD)
    # Whoever did not try too often gets in there.
    cache.clear()
    assert sign_in_elsewhere(carla, PASSWORD).split() == ["302", "/"]
