"""Further databases on the same PostgreSQL server, and work on one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from psycopg import sql

from bench.databases import url_of
from gym.environment import database


@contextmanager
def copy_of(url: str, name: str) -> Iterator[str]:
    """The URL of a copy of a database to which nobody is connected just now; it is gone afterwards."""
    connection.close()
    source = sql.Identifier(urlsplit(url).path.lstrip("/"))
    target = sql.Identifier(name)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target)
    with psycopg.connect(url_of("postgres", url), autocommit=True) as server:
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(target, source))
        try:
            yield url_of(name, url)
        finally:
            server.execute(drop)


@contextmanager
def connected(url: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection to that database, which use() makes the one that everything works with."""
    made = ConnectionHandler({"default": database(url)})["default"]
    made.connect()
    try:
        yield made
    finally:
        made.close()


def use(chosen: BaseDatabaseWrapper) -> None:
    """From now on everything works with this connection."""
    connections["default"] = chosen
