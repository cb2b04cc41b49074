"""A migration leaves alone what the release before asks for: that one still serves while a deploy migrates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import models
from django.db.migrations import AddField, DeleteModel, RemoveField, RenameField, RenameModel, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

from gym.releases import brought

# These came before there was a release that could have gone on beside them.
BEFORE_THE_FIRST_RELEASE = {"gym": "0003", "programming": "0005"}


def in_the_way(operations: Sequence[Operation]) -> Iterator[str]:
    """What the release before would stumble over: it writes rows without a new column, and reads those it knows.

    Something goes in two releases: first from the code, in the state alone, then from the database.
    """
    for operation in operations:
        if isinstance(operation, RemoveField | RenameField | DeleteModel | RenameModel):
            yield f"{operation.describe()}: take it out of the state first, and out of the database a release later"
        elif isinstance(operation, AddField):
            field: Any = operation.field
            if not (field.null or field.has_db_default() or field.many_to_many):
                yield f"{operation.describe()}: give it a db_default, or let it be NULL"


def test_the_release_before_can_go_on() -> None:
    later = {
        (app, name): migration.operations
        for (app, name), migration in brought().disk_migrations.items()
        if app in BEFORE_THE_FIRST_RELEASE and name[:4] > BEFORE_THE_FIRST_RELEASE[app]
    }
    wrong = [f"{app}.{name}: {each}" for (app, name), found in sorted(later.items()) for each in in_the_way(found)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("operation", "is_in_the_way"),
    [
        (AddField("tap", "weight", models.IntegerField(default=1)), True),
        (AddField("tap", "weight", models.IntegerField(null=True)), False),
        (AddField("tap", "weight", models.IntegerField(db_default=1)), False),
        (RemoveField("tap", "detail"), True),
        (SeparateDatabaseAndState(state_operations=[RemoveField("tap", "detail")]), False),
        (SeparateDatabaseAndState(database_operations=[RemoveField("tap", "detail")]), False),
        (RenameField("tap", "detail", "details"), True),
        (DeleteModel("tap"), True),
        (RenameModel("tap", "touch"), True),
    ],
    ids=lambda each: each.describe() if isinstance(each, Operation) else "",
)
def test_this_file_can_tell_what_is_in_the_way(operation: Operation, is_in_the_way: bool) -> None:
    assert bool(list(in_the_way([operation]))) is is_in_the_way
