"""What a gym owns, counted: what a drill or stage needs for one person is measured against it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gym.scope import TenantModel


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
