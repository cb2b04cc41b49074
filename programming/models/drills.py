"""What a gym does: drills, the faults it names, the sources it learned them from.

A drill or fault is an identity; its words stand in numbered revisions that never change, so that
what was written about it last month still reads the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self, cast
from uuid import UUID

from django.db import models

from gym.scope import TenantForeignKey, TenantModel
from programming.models.history import Revision, write_revision


class Source(TenantModel):
    """Where a drill, fault or rule comes from, cited by its key."""

    key = models.SlugField(max_length=40, db_index=False)
    author = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200, blank=True)
    # Under which licence its words may be used; empty for what the library ships, which says it in its own words.
    licence = models.CharField(max_length=120, blank=True, default="", db_default="")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "key"], name="source_key"),
        ]

    def __str__(self) -> str:
        return f"{self.author}, {self.title}"

    @property
    def cited(self) -> str:
        """As it stands beside what comes from it, with the licence where one is known."""
        return f"{self} · {self.licence}" if self.licence else str(self)


class LibraryItem(TenantModel):
    """An identity with numbered revisions. Items in use are retired, never deleted."""

    key = models.SlugField(max_length=60, db_index=False)
    # True: updates of the shipped library arrive here. False: the gym has made it its own.
    follows_shipped = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.key


class TaughtItem(LibraryItem):
    """A drill or a fault. How it is written, retired and made the gym's own stands in item_changes.py."""

    # The list of its words that names the other kind: the faults a drill corrects, or the drills that correct a fault.
    names_others: ClassVar[str]
    current: Any

    class Meta(LibraryItem.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.current.name if self.current else self.key

    @classmethod
    def other_kind(cls) -> type[TaughtItem]:
        """Faults for drills, and drills for faults."""
        return Fault if cls is Drill else Drill

    @property
    def words(self) -> Any:
        """Its present words. Raises LookupError for one that was never written."""
        if self.current is None:
            raise LookupError(f"{self.key} has no words")
        return self.current

    @property
    def others(self) -> set[str]:
        """The keys of the other kind that it names."""
        return set(getattr(self.words, self.names_others))

    def revise(self, **words: Any) -> Any:
        """Write the next revision and make it the current one; the same words again change nothing."""
        raise NotImplementedError

    @classmethod
    def make(cls, words: Mapping[str, Any], *, key: UUID, at: datetime) -> Self:
        """One of the gym's own. The same key again makes nothing."""
        from programming.models.item_changes import make_item

        return cast(Self, make_item(cls, words, key=key, at=at))

    def rewrite(self, words: Mapping[str, Any], *, was: int, at: datetime) -> Self:
        """Let it read so; it is the gym's own from then on. `was` is the number of the revision that was read."""
        from programming.models.item_changes import rewrite_item

        return cast(Self, rewrite_item(self, words, was=was, at=at))

    def follow(self, shipped: Mapping[str, Any], *, was: int, at: datetime) -> Self:
        """Let it read as the shipped one, and take its updates again."""
        from programming.models.item_changes import follow_shipped

        return cast(Self, follow_shipped(self, shipped, was=was, at=at))

    def retire(self, retired: bool, *, at: datetime) -> Self:
        """Teach it no more, or again."""
        from programming.models.item_changes import retire_item

        return cast(Self, retire_item(self, retired, at=at))


class Drill(TaughtItem):
    """Something to do, with cues, dose, equipment, and the faults it corrects."""

    # NULL only between the making of a drill and its first revision, within one transaction.
    current = TenantForeignKey(
        "programming.DrillRevision",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )

    names_others = "corrects"

    class Meta(TaughtItem.Meta):
        constraints = [
            *TaughtItem.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "key"], name="drill_key"),
        ]

    def revise(self, **words: Any) -> DrillRevision:
        """Write the next revision and make it the current one; the same words again change nothing."""
        return write_revision(self, DrillRevision, "drill", words)


class DrillRevision(Revision):
    """A drill's words at one time. The dose is a JSON object as in the shipped library's [drill.dose]."""

    drill = TenantForeignKey(Drill, on_delete=models.PROTECT, db_index=False, related_name="revisions")
    name = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    cues = models.JSONField(default=list)
    dose = models.JSONField(default=dict)
    equipment = models.JSONField(default=dict)
    adds = models.CharField(max_length=200, blank=True)
    corrects = models.JSONField(default=list)
    loads = models.BooleanField(default=False)
    posture = models.CharField(max_length=20, blank=True)
    what_to_feel = models.CharField(max_length=160, blank=True)
    looks_for = models.CharField(max_length=200, blank=True)
    # A link that a member may follow to see it done. Nothing of it is ever loaded here.
    video = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta(Revision.Meta):
        constraints = [
            *Revision.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "drill", "number"], name="drill_revision_number"),
            models.CheckConstraint(
                condition=models.Q(video="") | models.Q(video__startswith="https://"), name="drill_video_is_https"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Fault(TaughtItem):
    """A named error with its cue and the drill that corrects it."""

    current = TenantForeignKey(
        "programming.FaultRevision",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )

    names_others = "drills"

    class Meta(TaughtItem.Meta):
        constraints = [
            *TaughtItem.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "key"], name="fault_key"),
        ]

    def revise(self, **words: Any) -> FaultRevision:
        """Write the next revision and make it the current one; the same words again change nothing."""
        return write_revision(self, FaultRevision, "fault", words)


class FaultRevision(Revision):
    """A fault's words at one time, and the keys of the drills that correct it, best first."""

    fault = TenantForeignKey(Fault, on_delete=models.PROTECT, db_index=False, related_name="revisions")
    name = models.CharField(max_length=80)
    seen_as = models.CharField(max_length=160, blank=True)
    cue = models.CharField(max_length=120)
    second_cue = models.CharField(max_length=60, blank=True)
    drill_note = models.CharField(max_length=40, blank=True)
    # The key of the stage to go back to, where the fault names one.
    stage = models.CharField(max_length=60, blank=True)
    drills = models.JSONField(default=list)

    class Meta(Revision.Meta):
        constraints = [
            *Revision.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "fault", "number"], name="fault_revision_number"),
        ]

    def __str__(self) -> str:
        return self.name
