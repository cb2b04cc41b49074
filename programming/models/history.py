"""What was seen and done stays as it was: rows of history that a tap wrote, and revisions of words."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from gym.history import History, HistoryIsFixed, HistoryQuerySet, history_models, one_of
from gym.identifiers import uuid7
from gym.scope import TenantForeignKey, TenantManager

__all__ = [
    "Happening",
    "History",
    "HistoryIsFixed",
    "Revision",
    "StandingQuerySet",
    "history_models",
    "one_of",
    "one_person",
    "records_of",
]


class StandingQuerySet(HistoryQuerySet):
    """Rows that an undo may take out of the standing ones."""

    # Which tap of a row an undo would name.
    undone_by = "tap"

    def standing(self) -> StandingQuerySet:
        """The rows whose tap was not undone."""
        return self.filter(self.not_undone())

    def not_undone(self) -> Any:
        """The condition that a row's tap was not undone."""
        undos = apps.get_model("programming", "Undo").objects.filter(undone=models.OuterRef(self.undone_by))
        return ~models.Exists(undos)


HappeningManager = TenantManager.from_queryset(StandingQuerySet)
HappeningAcrossGyms = models.Manager.from_queryset(StandingQuerySet)


def records_of(*people: Any) -> Any:
    """The ids of all records of these people, for `member__in`: what was seen of a record that was joined to another
    stays where it is, and is read with it.
    """
    return apps.get_model("gym", "Membership").objects.records_of(*people)


def one_person(member: str = "member") -> Coalesce:
    """Whom a row is about, by the id of the record that is kept."""
    return Coalesce(f"{member}__merged_into_id", f"{member}_id")


class Happening(History):
    """Something a tap brought about: when it happened, when we heard, who did it, on which device.

    `at` is the effective time (arrival less the tap's age), `recorded_at` the arrival. Where two
    happen at the same `at`, the tap's key and then `order` within the tap decide.
    """

    tap = TenantForeignKey("programming.Tap", on_delete=models.PROTECT, db_index=False, related_name="+")
    order = models.SmallIntegerField(default=0)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    actor = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    # NULL: the tap came from a browser that is not enrolled as a tablet.
    device = models.UUIDField(null=True, blank=True)

    objects: ClassVar[Any] = HappeningManager()  # type: ignore[assignment]
    across_gyms: ClassVar[Any] = HappeningAcrossGyms()

    class Meta(History.Meta):
        abstract = True


class Revision(History):
    """One numbered version of an item's words."""

    number = models.IntegerField()
    written_at = models.DateTimeField(default=timezone.now)
    # Keys of the sources, and the names of the fields that are the gym's own choice.
    sources = models.JSONField(default=list)
    own_fields = models.JSONField(default=list)

    class Meta(History.Meta):
        abstract = True


@transaction.atomic
def write_revision(item: Any, revision_model: Any, owner: str, words: dict[str, Any]) -> Any:
    """Append a revision of `item` when the words differ from the current ones."""
    # One writer at a time, and from what is current now.
    item.current = type(item).objects.select_for_update(of=("self",)).select_related("current").get(pk=item.pk).current
    current = item.current
    if current is not None and all(getattr(current, name) == value for name, value in words.items()):
        return current
    revision = next_revision(item, revision_model, owner, words)
    revision.save()
    item.current = revision
    item.save(update_fields=["current"])
    # Every ladder may show it: ladders are kept in memory by their revision, whose name is never used twice.
    apps.get_model("programming", "Progression").objects.update(revision=uuid7())
    return revision


def next_revision(item: Any, revision_model: Any, owner: str, words: dict[str, Any]) -> Any:
    """The revision after the current one of `item`, which says the same but for these words. It is not stored yet."""
    fixed = {"id", "gym", owner, "number", "written_at"}
    current = item.current
    said = [field.name for field in current._meta.concrete_fields if field.name not in fixed] if current else []
    carried = {name: getattr(current, name) for name in said}
    return revision_model(**{owner: item}, number=(current.number if current else 0) + 1, **{**carried, **words})
