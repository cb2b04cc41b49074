"""Files that an owner brought from elsewhere: what was read, what became of each row, and taking it back.

What every such file has stands first; then lists of people. What else is brought stands with what it becomes.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.models.gyms import Gym
from gym.models.people import Membership
from gym.scope import TenantForeignKey, TenantManager, TenantModel, current_gym_id

# A list that was only looked at is forgotten after this, and so is the file.
LOOKED_AT = timedelta(days=1)
# So long can an import be taken back; then what was before is forgotten.
TAKEN_BACK = timedelta(days=30)


class ImportQuerySet(models.QuerySet[Any]):
    """The gym's imports."""

    def newest_first(self) -> ImportQuerySet:
        """With who made them, without the file."""
        return self.select_related("made_by").defer("file").order_by("-made_at", "-id")

    def held(self, pk: UUID) -> Any:
        """That import until the transaction ends: one after the other of a gym, and none beside a change of its owners.

        Raises Http404 where it was forgotten meanwhile.
        """
        Gym.objects.select_for_update(no_key=True).get(pk=current_gym_id())
        run = self.select_for_update(of=("self",)).filter(pk=pk).first()
        if run is None:
            raise Http404
        return run

    @transaction.atomic
    def forget(self) -> int:
        """Delete those of these that were only looked at, with all that was read. Answers how many they were."""
        # Each is held first, as whoever compares it or carries it out holds it: by then more rows may name it, or it
        # was carried out and stays.
        looked_at = self.filter(done_at=None).select_for_update().order_by("pk")
        held = list(looked_at.values_list("pk", flat=True))
        self.model.rows().filter(run__in=held).delete()
        return self.filter(pk__in=held).delete()[1].get(self.model._meta.label, 0)


ImportManager = TenantManager.from_queryset(ImportQuerySet)
ImportsOfAllGyms = models.Manager.from_queryset(ImportQuerySet)


class BroughtFile(TenantModel):
    """One file: first looked at, then carried out as a whole, perhaps taken back as a whole."""

    class State(models.TextChoices):
        # Its rows are still being compared with what the gym has.
        READING = "reading", _("being read")
        READY = "ready", _("ready")
        DONE = "done", _("imported")
        UNDONE = "undone", _("taken back")

    # Which model holds its rows: they name their file as `run`.
    row_model: ClassVar[str]

    name = models.CharField(max_length=120)
    made_by = TenantForeignKey(Membership, on_delete=models.PROTECT, db_index=False, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    # The file in base64: it may hold bytes that no database takes for text. Emptied when the import is carried out.
    file = models.TextField(blank=True)
    # Rows in the file, and how many of them have been compared.
    total = models.IntegerField(default=0)
    compared = models.IntegerField(default=0)
    # NULL: not carried out.
    done_at = models.DateTimeField(null=True, blank=True)
    # NULL: not taken back.
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ImportManager()
    across_gyms: ClassVar[Any] = ImportsOfAllGyms()

    class Meta(TenantModel.Meta):
        abstract = True
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(state__in=("reading", "ready", "done", "undone")), name="%(class)s_state"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> bytes:
        """The file as it came."""
        return b64decode(self.file)

    @staticmethod
    def stored(content: bytes) -> str:
        """A file as it is kept here."""
        return b64encode(content).decode("ascii")

    def may_be_taken_back(self, at: datetime) -> bool:
        """Whether what was before is still known."""
        return self.state == self.State.DONE and self.done_at is not None and at - self.done_at < TAKEN_BACK

    @property
    def hint(self) -> str:
        """Which state it is in, in a word."""
        return str(self.State(self.state).label)

    @classmethod
    def rows(cls) -> Any:
        """The rows of all such files, of every gym."""
        return apps.get_model(cls.row_model).across_gyms.all()

    @classmethod
    def forget_old(cls, now: datetime) -> int:
        """Forget in every gym what was only looked at, and what can be taken back no more."""
        looked = models.Q(done_at=None, made_at__lt=now - LOOKED_AT)
        forgotten: int = cls.across_gyms.filter(looked).forget()
        over = cls.across_gyms.filter(done_at__lt=now - TAKEN_BACK).values("pk")
        removed: int = cls.rows().filter(run__in=over).delete()[0]
        return forgotten + removed


class BroughtRow(TenantModel):
    """One row of a file: what it wants, and what is said of it. `before` and `after` are the fields that change.

    A table of them has its `run`, and its own marks.
    """

    # Its place in the file, counted from one; of a table the line, as a spreadsheet shows it.
    number = models.IntegerField()
    mark = models.CharField(max_length=10)
    wanted = models.JSONField(default=dict)
    # Codes with what belongs into their sentences: [["no_name", {}], …]; worded when shown.
    reasons = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.number} {self.mark}"


class Import(BroughtFile):
    """One file of people."""

    row_model = "gym.ImportRow"

    # How it is read: as guessed, then as the owner says. `fields` names for each column what it holds, or "".
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    fields = models.JSONField(default=list)

    class Meta(BroughtFile.Meta):
        # The list of imports, newest first.
        indexes = [models.Index(fields=["gym", "made_at"], name="import_by_time")]


class ImportRow(BroughtRow):
    """One row of a list of people: what it wants, whom it is about, and what is said of it."""

    class Mark(models.TextChoices):
        NEW = "new", _("new")
        SAME = "same", _("same")
        CHANGED = "changed", _("changed")
        WRONG = "wrong", _("wrong")

    run = TenantForeignKey(Import, on_delete=models.PROTECT, db_index=False, related_name="+")
    mark = models.CharField(max_length=10, choices=Mark.choices)
    # NULL: somebody new, until the import is carried out; or nobody, where it is wrong.
    person = TenantForeignKey(Membership, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta(BroughtRow.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "run", "number"], name="import_row_once"),
            models.CheckConstraint(
                condition=models.Q(mark__in=("new", "same", "changed", "wrong")), name="import_row_mark"
            ),
        ]
        # What is known of a person from files, which erasing them takes out.
        indexes = [models.Index(fields=["gym", "person"], name="import_row_by_person")]
