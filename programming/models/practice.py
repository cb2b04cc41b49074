"""What members do between classes, by their own word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models, transaction

from gym.models import Membership
from gym.scope import TenantForeignKey, TenantModel
from programming.models.history import Happening, records_of
from programming.models.taps import Tap

# So many of the newest times are kept for boards: nobody practises more between two classes.
KEPT = 40
# So many a member sheet counts.
MOST = 400
# Within this a page that is opened again is the same visit.
VISIT = timedelta(hours=1)


class Visit(NamedTuple):
    """One visit of a page. `since`: when the one before it was, None for the first; `is_noted`: it has been told of."""

    since: datetime | None
    is_noted: bool


class Practice(Happening):
    """A member practised a drill, and says so themself. No coach has seen it."""

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    drill = TenantForeignKey("programming.DrillRevision", on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta(Happening.Meta):
        indexes = [
            # A member's own page, their sheet and their history: newest first.
            models.Index(fields=["gym", "member", "at"], name="practice_by_member"),
            models.Index(fields=["gym", "tap"], name="practice_by_tap"),
        ]

    def __str__(self) -> str:
        return f"{self.drill_id} by {self.member_id}"


class SelfCheck(Happening):
    """What a member found in a guided check of themself. It is theirs: no assessment, and no stage moves by it.

    `name` and `answers` ({"key", "asks", "answer"} in order) hold the words as they were asked.
    """

    YES, NO, UNSURE = "yes", "no", "unsure"

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    progression = TenantForeignKey(
        "programming.Progression", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    check_key = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    answers = models.JSONField(default=list)

    class Meta(Happening.Meta):
        indexes = [
            models.Index(fields=["gym", "member", "at"], name="self_check_by_member"),
            models.Index(fields=["gym", "tap"], name="self_check_by_tap"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kept(self) -> int:
        """How many of the questions were answered with yes."""
        return sum(1 for each in self.answers if each["answer"] == self.YES)


class Homework(TenantModel):
    """What boards and pages read quickly of a member's own doings: one row for a member who did anything."""

    member = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="homework")
    # When they practised, whichever drill: the newest KEPT that stand, in seconds since 1970, newest first.
    times = models.JSONField(default=list)
    # By the name of a page: how far the last visit saw, and how far the one before it did; in ISO 8601.
    looked = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "member"], name="homework_once"),
        ]

    def __str__(self) -> str:
        return f"homework of {self.member_id}"

    @classmethod
    def count(cls, member: Membership) -> None:
        """Make the times of what stands. Call it under the member's lock."""
        standing = (
            Practice.objects.filter(member__in=records_of(member.pk))
            .standing()
            .order_by("-at")
            .values_list("at", flat=True)
        )
        times = [int(at.timestamp()) for at in standing[:KEPT]]
        cls.objects.update_or_create(member=member, defaults={"times": times})

    @classmethod
    @transaction.atomic
    def look(cls, member: Membership, page: str, *, seen_to: datetime) -> None:
        """The member has looked at a page that shows what happened up to then.

        Noted once in a visit, under the member's lock: neither another visit nor a tap meanwhile is lost.
        """
        Membership.objects.select_for_update(no_key=True).get(pk=member.pk)
        row, _made = cls.objects.get_or_create(member=member)
        known = row._looks(page)
        if "at" in known and seen_to - known["at"] < VISIT:
            return
        row.looked = {**row.looked, page: {"at": seen_to.isoformat()}}
        if "at" in known:
            row.looked[page]["before"] = known["at"].isoformat()
        row.save(update_fields=["looked"])

    @classmethod
    def visit(cls, member: Membership, page: str, at: datetime) -> Visit:
        """The visit in which the member opens a page now. Opened again within the hour it still says what was new."""
        row = cls.objects.filter(member=member).first()
        known = row._looks(page) if row else {}
        is_noted = "at" in known and at - known["at"] < VISIT
        return Visit(known.get("before" if is_noted else "at"), is_noted)

    def _looks(self, page: str) -> dict[str, datetime]:
        return {name: datetime.fromisoformat(text) for name, text in self.looked.get(page, {}).items()}


def times_since(times: list[int], seen_at: datetime | None) -> int:
    """How many of a homework's times came after that; all of them where there is no such time."""
    return sum(1 for each in times if seen_at is None or each > seen_at.timestamp())


def last_practices(member_id: UUID, count: int) -> list[tuple[str, datetime, UUID]]:
    """The newest practices that stand: drill's key, when, and the tap's key."""
    rows: Any = Practice.objects.filter(member__in=records_of(member_id)).standing().order_by("-at", "-tap__key")
    return list(rows.values_list("drill__drill__key", "at", "tap__key")[:count])


def practices_since(member_id: UUID, since: Mapping[str, datetime]) -> Counter[str]:
    """How often each drill, by key, was practised since its own time; of all of them together the newest MOST."""
    if not since:
        return Counter()
    rows = Practice.objects.filter(
        member__in=records_of(member_id), at__gte=min(since.values()), drill__drill__key__in=since
    )
    newest = rows.standing().order_by("-at").values_list("drill__drill__key", "at")[:MOST]
    return Counter(key for key, at in newest if at >= since[key])


def drill_of(tap: Tap) -> str:
    """The key of the drill that a tap of practice, or the undo of one, is about."""
    if tap.kind == Tap.Kind.PRACTISED:
        return str(tap.detail["drill"])
    undone = Tap.objects.filter(key=tap.detail["undone"], kind=Tap.Kind.PRACTISED).first()
    return drill_of(undone) if undone else ""
