"""Files of a whole gym as tests make them: of a gym with something in every table, and damaged in one place."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from gym.models import Gym
from gym.moving import MANIFEST
from gym.moving.writing import taken_along
from gym.scope import in_gym
from tests import make
from tests.people import Cast, make_cast
from tests.test_isolation import in_both

Rows = list[dict[str, Any]]


@contextmanager
def forgotten() -> Iterator[None]:
    """Whatever is stored inside is gone afterwards: the installation is as empty as before."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def filled() -> Cast:
    """Two gyms with something in every table. At Northside somebody was erased, and somebody is there twice."""
    cast = make_cast()
    make.library(cast.northside)
    gone, twin = make.person(cast.northside, "Gina Gone"), make.person(cast.northside, "Anna Alves")
    with in_gym(cast.northside):
        gone.erase(at=timezone.now())
        twin.become(cast.ana)
    return in_both(make.class_session(cast.northside, cast.members, coach=cast.carla), cast)


def taken(gym: Gym) -> bytes:
    """Everything of the gym, now."""
    return b"".join(taken_along(gym, at=timezone.now()))


def entries(content: bytes) -> dict[str, bytes]:
    """What is in the file, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(found: dict[str, bytes]) -> bytes:
    """The file with this in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, held in found.items():
            file.writestr(name, held)
    return made.getvalue()


def rows_of(content: bytes, table: str) -> Rows:
    """The rows of one table."""
    return [json.loads(line) for line in entries(content)[f"tables/{table}.jsonl"].splitlines()]


def with_rows(content: bytes, table: str, change: Callable[[Rows], object]) -> bytes:
    """The same file with other rows in a table, and a manifest that agrees."""
    rows = rows_of(content, table)
    change(rows)
    return with_lines(content, table, "".join(f"{json.dumps(row)}\n" for row in rows).encode())


def with_lines(content: bytes, table: str, held: bytes) -> bytes:
    """The same with these very bytes."""
    found = {**entries(content), f"tables/{table}.jsonl": held}
    told = json.loads(found[MANIFEST])
    agreed = {"rows": held.count(b"\n"), "bytes": len(held), "sha256": hashlib.sha256(held).hexdigest()}
    told["tables"][table].update(agreed)
    return packed({**found, MANIFEST: json.dumps(told).encode()})


def with_manifest(content: bytes, **changes: Any) -> bytes:
    """The same file, which says something else of itself."""
    found = entries(content)
    return packed({**found, MANIFEST: json.dumps({**json.loads(found[MANIFEST]), **changes}).encode()})
