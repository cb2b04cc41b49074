"""Files of open exercise data that an owner brought, and what becomes of each exercise in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gym.models import BroughtFile, BroughtRow
from gym.scope import TenantForeignKey, TenantModel
from programming.models.drills import Drill, Source


class ExerciseImport(BroughtFile):
    """One file of exercises, and the source that its owner named."""

    row_model = "programming.ExerciseRow"

    # Who wrote what is in it, under which licence.
    author = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=120)
    # NULL: not carried out.
    source = TenantForeignKey(Source, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    # What was met in it: {"fields": known ones, "others": names of the rest, "words": what it calls equipment}.
    met = models.JSONField(default=dict)
    # What each field becomes, and which of the gym's equipment each word means, or "": as guessed, then as said.
    fields = models.JSONField(default=dict)
    kinds = models.JSONField(default=dict)

    class Meta(BroughtFile.Meta):
        # The list of imports, newest first.
        indexes = [models.Index(fields=["gym", "made_at"], name="exercise_import_by_time")]


class ExerciseRow(BroughtRow):
    """One exercise of a file: which drill it is or becomes, and whether the owner wants it."""

    class Mark(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        SAME = "same", _("same")
        # Another drill of the gym, or of the file, has its name.
        DUPLICATE = "duplicate", _("duplicate by name")
        WRONG = "wrong", _("wrong")

    run = TenantForeignKey(ExerciseImport, on_delete=models.PROTECT, db_index=False, related_name="+")
    mark = models.CharField(max_length=10, choices=Mark.choices)
    # NULL: a drill to be made, until the import is carried out; or none, where it is wrong.
    drill = TenantForeignKey(Drill, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    # Whether it is imported.
    chosen = models.BooleanField(default=False)

    class Meta(BroughtRow.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "run", "number"], name="exercise_row_once"),
            models.CheckConstraint(
                condition=models.Q(mark__in=("new", "changed", "same", "duplicate", "wrong")),
                name="exercise_row_mark",
            ),
            models.CheckConstraint(
                condition=models.Q(chosen=False) | ~models.Q(mark__in=("same", "wrong")), name="exercise_row_chosen"
            ),
        ]
