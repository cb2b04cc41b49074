"""What a table of a library may say, read from the dataclasses of contents.py.

`own`: it is a gym's own, which may say more, or less, than what is shipped.
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from typing import Any

Field = dataclasses.Field[Any]


def fields_of(shape: type) -> tuple[Field, ...]:
    """The fields of a table, those that it cannot say in one kind of file among them."""
    return dataclasses.fields(shape)


@functools.cache
def hints_of(shape: type) -> dict[str, Any]:
    """What its fields hold."""
    return typing.get_type_hints(shape)


def item_type(hint: Any) -> type:
    """The X of tuple[X, ...]."""
    return typing.cast(type, typing.get_args(hint)[0])


def written_as(each: Field) -> str:
    """What a field is called in the file: [[stage]] for ``stages``, else its own name."""
    return str(each.metadata.get("written", each.name))


def limits_of(each: Field, *, own: bool) -> dict[str, Any]:
    """What a field may hold."""
    return {**each.metadata, **(each.metadata.get("own", {}) if own else {})}


def is_said(each: Field, *, own: bool) -> bool:
    """Whether such a file may have the field."""
    return each.metadata.get("only") in (None, "", "own" if own else "shipped")


def left_out(each: Field, *, own: bool) -> Any:
    """What a field holds that is not in the table; MISSING where it has to be there."""
    limits = limits_of(each, own=own)
    if limits.get("written") and limits.get("least"):
        return dataclasses.MISSING
    return limits.get("default", each.default)
