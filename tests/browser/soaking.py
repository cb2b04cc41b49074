"""A short class of `make soak` on the database of a test, with a server of its own that can be killed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import global_settings
from django.db import connection
from playwright.sync_api import Browser
from pytest_django import Settings

from bench.databases import url_of
from soak.evening import Orders
from soak.floor import make_floor
from soak.run import Result, run

Soak = Callable[[Orders], Result]


@pytest.fixture
def soak(transactional_db: None, browser: Browser, tmp_path: Path, settings: Settings) -> Soak:
    """`soak(orders)` runs a class."""
    name = str(connection.settings_dict["NAME"])
    # The server that looks at a PIN has the usual ones.
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else url_of(name, os.environ["DATABASE_URL"])

    def soak_once(orders: Orders) -> Result:
        # Without collected files, which take longer than the class.
        return run(orders, make_floor(), url, browser, tmp_path / "server.log", DEBUG="true")

    return soak_once
