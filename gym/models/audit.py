"""Who changed what, when and from where: one row for each change, written by the method that makes it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.history import History, one_of
from gym.models.people import Membership
from gym.scope import TenantForeignKey


class Change(History):
    """One change to something of the gym. It names people by their ids, so that erasing them reaches it.

    gym/auditing.py writes it. What coaches and members tap stands in rows of its own, with the same who, when and
    where (programming.models.taps).
    """

    class Where(models.TextChoices):
        OWNER = "owner", _("owner’s pages")
        COACH = "coach", _("coach’s pages")
        TABLET = "tablet", _("shared tablet")
        MEMBER = "member", _("member’s pages")
        LINK = "link", _("a link")
        ACCOUNT = "account", _("sign-in pages")
        OPERATOR = "operator", _("operator’s pages")
        COMMAND = "command", _("command on the server")

    may_be_emptied: ClassVar[tuple[str, ...]] = ("changes",)

    at = models.DateTimeField(_("when"), default=timezone.now)
    # What was done, such as "slot.change"; its words stand in programming/audit_words.py.
    what = models.CharField(max_length=40)
    # NULL: nobody of the gym, such as a command or the operator.
    actor = TenantForeignKey("gym.Membership", null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    where = models.CharField(max_length=10, choices=Where.choices)
    # The browser and its system, or the command's name.
    named = models.CharField(max_length=60, blank=True)
    # The shared tablet; NULL: another device.
    device = models.UUIDField(null=True, blank=True)
    # The kind of row that was changed, and which one.
    about = models.CharField(max_length=40)
    about_id = models.UUIDField()
    # Whom it is about; NULL: nobody in particular.
    person = TenantForeignKey("gym.Membership", null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    # JSON: field → [before, after], or null for a field that is never told. Emptied when the person is erased: that
    # something was changed, by whom and when, stays.
    changes = models.TextField(blank=True)

    class Meta(History.Meta):
        constraints = [
            *History.Meta.constraints,
            one_of(
                "change_where",
                "where",
                *("owner", "coach", "tablet", "member", "link", "account", "operator", "command"),
            ),
        ]
        indexes = [
            # The owner's list, newest first, and a span of days of it.
            models.Index(fields=["gym", "at"], name="change_by_time"),
            # Everything that one person did; and everything about one, which erasing empties.
            models.Index(fields=["gym", "actor", "at"], name="change_by_actor"),
            models.Index(fields=["gym", "person", "at"], name="change_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.what} · {self.at:%Y-%m-%d %H:%M}"

    @property
    def differences(self) -> dict[str, list[Any] | None]:
        """Field → [before, after]; None for a field that is never told."""
        found: dict[str, list[Any] | None] = json.loads(self.changes) if self.changes else {}
        return found

    @classmethod
    def forget(cls, person: Membership) -> None:
        """Empty what was changed about somebody who is erased, or about a record that was merged into theirs."""
        theirs = models.Q(person=person) | models.Q(person__merged_into=person)
        cls.across_gyms.filter(theirs, gym=person.gym_id).exclude(changes="").empty("changes")
