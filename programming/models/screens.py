"""The gym's TVs: a link for each room, which the owner makes, names and revokes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.auditing import audit, audited
from gym.models import Membership
from gym.scope import TenantForeignKey, TenantManager, TenantModel

# Bytes of chance in a link: nobody guesses it.
TOKEN_BYTES = 24

# A TV asks every two seconds; that it does is written down no more often than this.
SEEN_EVERY = timedelta(minutes=1)


def digest_of(token: str) -> str:
    """What is stored of a link's token. It is long and random, so that a plain hash gives nothing away."""
    return sha256(token.encode()).hexdigest()


class ScreenQuerySet(models.QuerySet["Screen"]):
    """The gym's TVs."""

    def working(self) -> ScreenQuerySet:
        """Those whose link was not revoked."""
        return self.filter(revoked_at=None)

    def in_order(self) -> ScreenQuerySet:
        """The working ones by name, then those revoked, the last one first."""
        return self.order_by(F("revoked_at").desc(nulls_first=True), "name", "id")


ScreenManager = TenantManager.from_queryset(ScreenQuerySet)


class Screen(TenantModel):
    """A TV in a room. Whoever has its link sees that room's class; the link itself is not stored, only its digest."""

    stays: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("digest", "revoked_at"), _("each TV gets a new link")),
        "seen_at": _("how a TV stands just now"),
    }

    name = models.CharField(_("name"), max_length=60)
    # Empty: every class of the gym.
    room = models.CharField(_("room"), max_length=60, blank=True)
    # SHA-256 of the link's token, in hex.
    digest = models.CharField(max_length=64, editable=False)
    made_by = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    # NULL: the link works.
    revoked_at = models.DateTimeField(null=True, blank=True)
    # NULL: no TV has asked yet.
    seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ScreenManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            # Found by its link, with each poll.
            models.UniqueConstraint(fields=["gym", "digest"], name="screen_digest"),
        ]

    def __str__(self) -> str:
        return self.name

    def arrive(self, *, at: datetime) -> None:
        """Nobody has its link."""
        self.digest, self.revoked_at = digest_of(secrets.token_urlsafe(TOKEN_BYTES)), at

    @classmethod
    @transaction.atomic
    def make(cls, *, name: str, room: str, by: Membership, **fields: Any) -> tuple[Screen, str]:
        """A new TV and the token of its link, which can be read this once only. For the room see rooms.py."""
        from programming.models.rooms import spelled

        room = spelled(room, timezone.now())
        token = secrets.token_urlsafe(TOKEN_BYTES)
        made: Screen = cls.objects.create(name=name, room=room, digest=digest_of(token), made_by=by, **fields)
        audit("screen.make", made, after={"name": name, "room": room})
        return made, token

    @audited("screen.rename", "name", "room")
    def rename(self, *, name: str, room: str) -> None:
        """Call it otherwise, or let it stand in another room. Its link stays the same."""
        from programming.models.rooms import spelled

        self.name, self.room = name, spelled(room, timezone.now(), but=self.pk)
        self.save(update_fields=["name", "room"])

    @audited("screen.revoke", "revoked_at")
    def revoke(self, *, at: datetime) -> None:
        """Let its link show nothing from now on, for ever. Once more changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = at
            self.save(update_fields=["revoked_at"])

    def note_seen(self, *, at: datetime) -> None:
        """A TV has asked by its link. Written at most once a minute."""
        if self.seen_at is None or at - self.seen_at >= SEEN_EVERY:
            self.seen_at = at
            self.save(update_fields=["seen_at"])
