"""Class templates that an owner brought from another gym: the file, and what became of each thing in it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gym.models import BroughtFile, BroughtRow
from gym.scope import TenantForeignKey, TenantModel
from programming.models.class_templates import ClassTemplate


class TemplateFile(BroughtFile):
    """One file with a class template and all that it needs."""

    row_model = "programming.TemplateFileRow"

    # NULL: not carried out, or the gym kept its own.
    template = TenantForeignKey(ClassTemplate, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")


class TemplateFileRow(BroughtRow):
    """One thing of a file: what it is called there, and beside what of the gym's it stands."""

    class Mark(models.TextChoices):
        NEW = "new", _("new")
        SAME = "same", _("the same")
        DIFFERENT = "different", _("different")

    run = TenantForeignKey(TemplateFile, on_delete=models.PROTECT, db_index=False, related_name="+")
    mark = models.CharField(max_length=10, choices=Mark.choices)
    # One of the kinds of programming.sharing, and the key under which the gym has it since; empty: nothing was made.
    kind = models.CharField(max_length=20)
    made = models.CharField(max_length=60, blank=True)

    class Meta(BroughtRow.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "run", "number"], name="template_file_row_once"),
            models.CheckConstraint(
                condition=models.Q(mark__in=("new", "same", "different")), name="template_file_row_mark"
            ),
        ]
