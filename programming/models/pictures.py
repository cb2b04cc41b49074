"""The picture of a drill, which its gym brought: one at a time, drawn anew before it comes here.

It belongs to the drill as it is now and to no revision: a picture may show somebody, who may want it gone, and then
it is gone. No history is drawn from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import models, transaction

from gym.auditing import audit
from gym.scope import TenantForeignKey, TenantManager, TenantModel
from programming.models.drills import Drill
from programming.models.retrying import retrying
from programming.picture_files import MOST_BYTES, Redrawn

# Digits of the digest in a picture's address: another picture has another address.
MARK = 16


class DrillPictureQuerySet(models.QuerySet["DrillPicture"]):
    """The pictures of the gym's drills."""

    def of(self, keys: Iterable[str]) -> dict[str, DrillPicture]:
        """Those of the drills with these keys, by key, without the pictures themselves."""
        rows = self.filter(drill__key__in=list(keys)).select_related("drill").defer("content")
        return {row.drill.key: row for row in rows}


DrillPictureManager = TenantManager.from_queryset(DrillPictureQuerySet)


class DrillPicture(TenantModel):
    """A WebP file and what it shows, in words."""

    drill = TenantForeignKey(Drill, on_delete=models.PROTECT, db_index=False, related_name="+")
    content = models.BinaryField(max_length=MOST_BYTES)
    # Of `content`: SHA-256 in hexadecimal digits.
    digest = models.CharField(max_length=64)
    # Pixels.
    width = models.IntegerField()
    height = models.IntegerField()
    # For whoever does not see it.
    alt = models.CharField(max_length=160)
    put_at = models.DateTimeField()

    objects: ClassVar[Any] = DrillPictureManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "drill"], name="drill_picture_once"),
            models.CheckConstraint(condition=~models.Q(alt=""), name="drill_picture_says_what_it_shows"),
        ]

    def __str__(self) -> str:
        return self.alt

    @property
    def mark(self) -> str:
        """The last part of its address."""
        return self.digest[:MARK]

    @classmethod
    @retrying
    @transaction.atomic
    def put(cls, drill: Drill, picture: Redrawn, alt: str, *, at: datetime) -> DrillPicture:
        """Give a drill this picture in place of the one it has. The same again changes nothing."""
        row = cls._held(drill)
        before = _said(row)
        row = row or cls(drill=drill)
        row.content, row.digest, row.alt = picture.content, picture.digest, alt
        row.width, row.height = picture.width, picture.height
        if _said(row) != before:
            row.put_at = at
            row.save()
            audit("drill.picture", drill, before=before, after=_said(row))
        return row

    @classmethod
    @retrying
    @transaction.atomic
    def describe(cls, drill: Drill, alt: str) -> None:
        """Say in other words what the picture of a drill shows. Of one without a picture nothing is said."""
        row = cls._held(drill)
        if row is None or row.alt == alt:
            return
        before, row.alt = _said(row), alt
        row.save(update_fields=["alt"])
        audit("drill.picture", drill, before=before, after=_said(row))

    @classmethod
    @retrying
    @transaction.atomic
    def remove(cls, drill: Drill) -> None:
        """Take the picture of a drill away for good. Without one nothing happens."""
        row = cls._held(drill)
        if row is not None:
            audit("drill.no_picture", drill, before=_said(row))
            cls.objects.filter(pk=row.pk).delete()

    @classmethod
    def _held(cls, drill: Drill) -> DrillPicture | None:
        """The drill's row; one change after the other."""
        Drill.objects.select_for_update(of=("self",)).get(pk=drill.pk)
        found: DrillPicture | None = cls.objects.filter(drill=drill).defer("content").first()
        return found


def _said(row: DrillPicture | None) -> dict[str, Any]:
    """What the audit says of a picture."""
    return {"picture": row.mark, "alt": row.alt} if row else {}


def picture_of(drill_id: UUID) -> DrillPicture | None:
    """The picture of that drill, without the picture itself."""
    found: DrillPicture | None = DrillPicture.objects.filter(drill=drill_id).defer("content").first()
    return found
