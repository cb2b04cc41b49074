"""Putting a gym that arrived into the database: all of it, in the caller's transaction, or a reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection, models

from gym.auditing import audit
from gym.models import Gym, Membership, User
from gym.moving import MoveRefused
from gym.moving.reading import Arrival
from gym.moving.tables import Table, travelling
from gym.scope import in_gym

# Rows that are stored at once.
AT_ONCE = 500


def put(arrival: Arrival, *, at: datetime) -> Gym:
    """Store every row, and write down that the gym came. Call it in a transaction, and undo that where it raises.

    Raises MoveRefused, also where the installation is not empty: whatever it refers to has to come with it, and who
    else is here is nobody's business.
    """
    there = Gym.objects.order_by("name").first()
    if there is not None:
        raise MoveRefused(f"there is a gym here already, “{there.name}”: a gym is brought into an empty installation.")
    unchecked: list[Table] = []
    with said_by_the_database():
        for table, waiting in zip(travelling(), _waiting(), strict=True):
            _put_table(arrival, table, at)
            unchecked.append(table)
            if not waiting:
                for each in unchecked:
                    _refuse_loose_ends(each)
                _settle()
                unchecked.clear()
        gym = Gym.objects.get()
        audit("gym.import", gym, after={"rows": arrival.in_all, "made_at": arrival.made_at})
        _settle()
    return gym


def _waiting() -> Iterator[bool]:
    """For each table in order, whether a row that is stored by then may name one of a later table."""
    models = [table.model for table in travelling()]
    later = set(models)
    named: set[Any] = set()
    for table in travelling():
        later.discard(table.model)
        named |= {field.related_model for field in table.references}
        yield bool(named & later)


def _put_table(arrival: Arrival, table: Table, at: datetime) -> None:
    rows = arrival.rows(table)
    gym = {} if table.model is Gym else {"gym_id": Gym.objects.values_list("pk", flat=True).get()}
    addresses = [column.name for column in table.columns if column.is_address]
    attributes = {column.name: column.field.attname for column in table.columns if not column.is_address}
    while batch := list(islice(rows, AT_ONCE)):
        users = _sign_ins({row[name] for row in batch for name in addresses} - {None})
        made = []
        for row in batch:
            one = table.model(**gym, **{attributes[name]: row[name] for name in attributes})
            for name in addresses:
                setattr(one, name, users.get(row[name]))
            if hasattr(one, "arrive"):
                one.arrive(at=at)
            made.append(one)
        table.model._base_manager.bulk_create(made)


def _sign_ins(addresses: set[str]) -> dict[str | None, User]:
    """The sign-ins of these addresses. Who has none gets one without a password: it opens by a mailed code."""
    wanted = {address.lower() for address in addresses}
    known = {user.email: user for user in User.objects.filter(email__in=wanted)}
    new = [User(email=address) for address in sorted(wanted - known.keys())]
    for user in new:
        user.set_unusable_password()
    User.objects.bulk_create(new)
    found = {**known, **{user.email: user for user in new}}
    return {address: found[address.lower()] for address in addresses}


def _refuse_loose_ends(table: Table) -> None:
    """Refuse rows that name what did not come with them."""
    for field in table.references:
        there = field.related_model._base_manager.filter(pk=models.OuterRef(field.attname))
        loose = table.model._base_manager.exclude(**{field.attname: None}).filter(~models.Exists(there))
        count = loose.count()
        if count:
            where = field.related_model._meta.label_lower
            raise MoveRefused(f"{table.file}: {count} rows name as “{field.name}” what is not in {where}.")


def _settle() -> None:
    """Let PostgreSQL look at its references now: until then it remembers each row that it has still to look at."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def said_by_the_database() -> Iterator[None]:
    """What the database refuses, in a sentence."""
    try:
        yield
    except (DatabaseError, OverflowError) as problem:
        said = " ".join(str(problem).split())[:300]
        raise MoveRefused(f"its rows do not fit together, as the database says: {said}.") from problem


def has_an_owner(gym: Gym) -> bool:
    """Whether somebody who can sign in owns the gym."""
    with in_gym(gym):
        owners = Membership.objects.current().filter(is_owner=True, user__is_active=True)
        found: bool = owners.exists()
    return found
