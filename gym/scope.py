"""Which gym the present work is for. Reading a gym's rows without having said so raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models.lookups import Exact

from gym.identifiers import uuid7

if TYPE_CHECKING:
    from gym.models import Gym

_gym_id: ContextVar[UUID | None] = ContextVar("gym_id", default=None)


class NoGym(RuntimeError):
    """A gym's rows were asked for while no gym was set."""


def current_gym_id() -> UUID:
    """The gym of the present work; raises NoGym where none was said."""
    gym_id = _gym_id.get()
    if gym_id is None:
        raise NoGym("Say which gym first: with in_gym(gym): …")
    return gym_id


@contextmanager
def in_gym(gym: Gym | UUID | models.Expression | None) -> Iterator[None]:
    """Everything inside the block reads and writes this gym's rows only; without one, reading raises.

    An expression stands for a gym that is said later; see prepared.py.
    """
    token = _gym_id.set(gym.pk if isinstance(gym, models.Model) else gym)  # type: ignore[arg-type]
    try:
        yield
    finally:
        _gym_id.reset(token)


class TenantForeignKey(models.ForeignKey):
    """A reference from one row of a gym to another. Every join along it says that they are of the same gym.

    The keys of a gym's tables start with the gym: a join that leaves it out is answered by going through the rows of
    every gym, and on a distributed table not at all.
    """

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        # None where a part of a query moves into a subquery, which has the gym of its manager.
        if alias is None or related_alias is None:
            return None
        theirs: Any = self.remote_field.model._meta.get_field("gym")
        ours: Any = self.model._meta.get_field("gym")
        return Exact(theirs.get_col(alias), ours.get_col(related_alias))

    def deconstruct(self) -> Any:
        # To the database it is an ordinary reference; see 0002_same_gym.
        name, _path, values, named = super().deconstruct()
        return name, "django.db.models.ForeignKey", values, named


class TenantManager(models.Manager[Any]):
    """Sees the present gym's rows only, and refuses to answer when there is no present gym."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(gym_id=current_gym_id())


class TenantModel(models.Model):
    """A row that belongs to exactly one gym, for ever.

    `objects` sees the present gym only. `across_gyms` sees all and is for the operator's
    admin, migrations and tests of isolation.
    """

    # What stays here when the gym moves to another installation (gym/moving), by field, with why; "*" is all of it.
    # What opens something never leaves.
    stays: ClassVar[Mapping[str, Any]] = {}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No index of its own: every unique key and hot index of a gym's table starts with the gym.
    gym = models.ForeignKey(
        "gym.Gym", on_delete=models.PROTECT, default=current_gym_id, db_index=False, related_name="+", editable=False
    )

    objects: ClassVar[TenantManager] = TenantManager()
    across_gyms: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        # The target of composite foreign keys, so that a row cannot point into another gym.
        constraints = [models.UniqueConstraint(fields=["gym", "id"], name="%(class)s_gym_id")]

    def arrive(self, *, at: datetime) -> None:
        """Fill what stayed behind, in a row that has come from another installation and is not stored yet."""

    def _do_update(
        self,
        base_qs: models.QuerySet[Any],
        using: str | None,
        pk_val: Any,
        values: Any,
        update_fields: Any,
        forced_update: bool,
    ) -> bool:
        # The update carries the gym: needed on a distributed table, harmless elsewhere.
        scoped = base_qs.filter(gym_id=self.gym_id)
        return super()._do_update(scoped, using, pk_val, values, update_fields, forced_update)
