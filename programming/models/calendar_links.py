"""A person's link for their calendar: whoever has it reads which classes they coach or are expected in."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.auditing import audit
from gym.models import Membership
from gym.scope import TenantForeignKey, TenantModel
from programming.models.screens import TOKEN_BYTES, digest_of


class CalendarLink(TenantModel):
    """One for each person at most. The link itself is not stored, only its digest: it is shown once, and made anew."""

    stays: ClassVar[dict[str, Any]] = {"*": _("each person makes a new link for their calendar")}

    person = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    # SHA-256 of the link's token, in hex.
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "person"], name="calendar_link_once"),
            # Found by its token, with each question of a calendar.
            models.UniqueConstraint(fields=["gym", "digest"], name="calendar_link_digest"),
        ]

    def __str__(self) -> str:
        return str(self.person_id)

    @classmethod
    @transaction.atomic
    def make(cls, person: Membership, *, at: datetime) -> str:
        """The token of a new link, which can be read this once only; the former link shows nothing any more."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        made, _new = cls.objects.update_or_create(person=person, defaults={"digest": digest_of(token), "made_at": at})
        audit("calendar.make", made)
        return token

    @classmethod
    @transaction.atomic
    def revoke(cls, person: Membership) -> None:
        """Let their link show nothing from now on. Once more changes nothing."""
        made = cls.objects.filter(person=person).first()
        if made is not None:
            audit("calendar.revoke", made)
            cls.objects.filter(pk=made.pk).delete()

    @classmethod
    def whose(cls, gym_slug: str, token: str) -> Membership | None:
        """Whose calendar a link shows; None where there is no such link, or the person may not sign in any more."""
        rows = cls.across_gyms.select_related("gym", "person__user", "person__gym")
        found = rows.filter(gym__slug=gym_slug, digest=digest_of(token)).first()
        if found is None or not found.person.belongs:
            return None
        person: Membership = found.person
        return person if person.user is not None and person.user.is_active else None
