"""What a gym owns, counted: what a drill or stage needs for one person is measured against it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from gym.auditing import audit, auditing
from gym.identifiers import uuid7
from gym.models import fold
from gym.scope import TenantModel
from programming.models.retrying import retrying

# How many of a thing, or None: not counted.
Count = int | None


class AlreadyThere(ValueError):
    """The gym has a row for this already."""


class Equipment(TenantModel):
    """One kind of thing and how many of it the gym has; bells and bars by weight, each weight a row.

    Drills and stages name `key` and how many one person needs.
    """

    key = models.SlugField(max_length=40, db_index=False)
    name = models.CharField(_("name"), max_length=60)
    plural = models.CharField(_("several of them"), max_length=60)
    note = models.CharField(_("note"), max_length=160, blank=True)
    # 0: it has no weight, or nobody counts it by weight.
    grams = models.IntegerField(_("weight"), default=0)
    # NULL: nobody has counted them, and so nothing is ever short of them.
    owned = models.IntegerField(_("how many"), null=True, blank=True)
    position = models.IntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "grams"]
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "key", "grams"], name="equipment_key_and_weight"),
            models.CheckConstraint(condition=models.Q(grams__gte=0, grams__lte=1_000_000), name="equipment_weight"),
            models.CheckConstraint(
                condition=models.Q(owned=None) | models.Q(owned__gte=0, owned__lte=10_000), name="equipment_owned"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @retrying
    @transaction.atomic
    def recount(cls, counts: Mapping[UUID, tuple[Count, Count]], *, at: datetime) -> dict[UUID, Count]:
        """Keep new counts, by row: (what it was on the screen, what it is now). All of them, or none.

        Answers what is stored where somebody else counted meanwhile, or removed the row (then nothing, as not
        counted); empty where all of it is kept. The same again changes nothing.
        """
        rows = {row.pk: row for row in cls.objects.select_for_update().filter(pk__in=counts).order_by("pk")}
        others: dict[UUID, Count] = {}
        for pk, (was, owned) in counts.items():
            stored = rows[pk].owned if pk in rows else None
            if stored not in (was, owned) or (pk not in rows and owned is not None):
                others[pk] = stored
        if others:
            return others
        changed = [row for pk, row in rows.items() if row.owned != counts[pk][1]]
        for row in changed:
            row.owned = counts[row.pk][1]
            with auditing("equipment.recount", row, "owned"):
                row.save(update_fields=["owned"])
        if changed:
            show(at)
        return {}

    @classmethod
    @retrying
    @transaction.atomic
    def add_weight(cls, key: str, grams: int, owned: Count, *, at: datetime) -> Equipment:
        """A row for one weight of a kind the gym has. Raises AlreadyThere, and LookupError for a kind it has not."""
        kind = cls.objects.select_for_update().filter(key=key).order_by("grams").first()
        if kind is None:
            raise LookupError(key)
        words = {"name": kind.name, "plural": kind.plural, "note": kind.note, "position": kind.position}
        return cls._add(key, grams, owned, at, words)

    @classmethod
    @retrying
    @transaction.atomic
    def add_kind(cls, name: str, plural: str, owned: Count, *, at: datetime) -> Equipment:
        """A kind of the gym's own, after all others. Raises AlreadyThere."""
        rows = list(cls.objects.all())
        if fold(name) in {fold(each) for row in rows for each in (row.name, row.plural)}:
            raise AlreadyThere(name)
        last = max((row.position for row in rows), default=-1)
        # In scripts that make no slug, one that says nothing.
        key = slugify(fold(name))[:40] or uuid7().hex
        return cls._add(key, 0, owned, at, {"name": name, "plural": plural, "position": last + 1})

    @classmethod
    def _add(cls, key: str, grams: int, owned: Count, at: datetime, words: dict[str, Any]) -> Equipment:
        row: Equipment
        row, made = cls.objects.get_or_create(key=key, grams=grams, defaults={**words, "owned": owned})
        if not made:
            raise AlreadyThere(key)
        audit("equipment.add", row, after={"name": row.name, "grams": grams, "owned": owned})
        show(at)
        return row

    @staticmethod
    @retrying
    @transaction.atomic
    def remove(pk: UUID, *, at: datetime) -> None:
        """Take a row away. It is no history: what was counted is not kept. One that is gone already stays gone."""
        row = Equipment.objects.filter(pk=pk).first()
        if row is None:
            return
        audit("equipment.remove", row, before={"name": row.name, "grams": row.grams, "owned": row.owned})
        if Equipment.objects.filter(pk=pk).delete()[0]:
            show(at)


def show(at: datetime) -> None:
    """Whatever class is open shows what is short anew."""
    apps.get_model("programming", "ClassSession").objects.open(at).update(version=models.F("version") + 1)
