"""Tablets that a gym's coaches share: who may unlock one, whose hands it is in, and when it locks."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from gym.auditing import audit, audited
from gym.models.guarded import NO_TIME, Guarded, PleaseWait, WrongPin
from gym.models.people import Membership
from gym.prepared import update
from gym.scope import TenantForeignKey, TenantManager, TenantModel

# Bytes of chance in a tablet's cookie: nobody guesses it.
SECRET_BYTES = 24
# A tablet asks every two seconds; that it does is written down no more often than this,
SEEN_EVERY = timedelta(minutes=1)
# and that a finger touched it no more often than this.
USED_EVERY = timedelta(seconds=20)
# How long an unlock is known after its end: no tap says that it is older than a year (static/js/outbox.js).
TICKETS_LAST = timedelta(days=366)


class Overtaken(Exception):
    """The tablet was turned, locked or unlocked since that was wished. `turn` is its turn now."""

    def __init__(self, turn: int) -> None:
        self.turn = turn
        super().__init__(str(turn))


def digest_of(secret: str) -> str:
    """What is stored of a tablet's secret. It is long and random, so that a plain hash gives nothing away."""
    return sha256(secret.encode()).hexdigest()


class TabletQuerySet(models.QuerySet["Tablet"]):
    """The gym's tablets."""

    def enrolled(self) -> TabletQuerySet:
        """Those that were not revoked."""
        return self.filter(revoked_at=None)

    def in_order(self) -> TabletQuerySet:
        """The enrolled ones by name, then those revoked, the last one first."""
        return self.order_by(F("revoked_at").desc(nulls_first=True), "name", "id")


TabletManager = TenantManager.from_queryset(TabletQuerySet)


class Tablet(Guarded, TenantModel):
    """A browser that an owner has enrolled for the gym. Of the secret in its cookie only the digest is stored."""

    free, longest = 5, timedelta(minutes=15)
    stays: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("digest", "revoked_at"), _("each tablet is enrolled anew")),
        **dict.fromkeys(
            ("seen_at", "used_at", "waiting", "turn", "wrong", "tried_at"), _("how a tablet stands just now")
        ),
    }

    name = models.CharField(_("name"), max_length=60)
    # SHA-256 of the cookie's secret, in hex.
    digest = models.CharField(max_length=64, editable=False)
    enrolled_by = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    enrolled_at = models.DateTimeField(default=timezone.now, editable=False)
    # NULL: it is enrolled.
    revoked_at = models.DateTimeField(null=True, blank=True)
    # NULL: it has not asked yet.
    seen_at = models.DateTimeField(null=True, blank=True)
    # When a finger last touched it, as far as we heard; NULL: never.
    used_at = models.DateTimeField(null=True, blank=True)
    # How many taps it last said wait on it.
    waiting = models.IntegerField(default=0)
    # Rises whenever it is unlocked, locked or turned to another coach: a page that shows a lower one is out of date.
    turn = models.IntegerField(default=0)

    objects: ClassVar[Any] = TabletManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            # Found by its cookie, with each request.
            models.UniqueConstraint(fields=["gym", "digest"], name="tablet_digest"),
        ]

    def __str__(self) -> str:
        return self.name

    def arrive(self, *, at: datetime) -> None:
        """Nobody has its secret: history knows it, and it opens nothing."""
        self.digest, self.revoked_at = digest_of(secrets.token_urlsafe(SECRET_BYTES)), at

    @classmethod
    @transaction.atomic
    def enrol(cls, *, name: str, by: Membership, at: datetime, known: Tablet | None = None) -> tuple[Tablet, str]:
        """A tablet and the secret for its cookie, which can be read this once only.

        A tablet that is `known` from before is let in again as the same one, so that taps which wait on it still
        prove whose they are. Nobody is unlocked on it.
        """
        secret = secrets.token_urlsafe(SECRET_BYTES)
        if known is None:
            made: Tablet = cls.objects.create(
                name=name, digest=digest_of(secret), enrolled_by=by, enrolled_at=at, seen_at=at
            )
            audit("tablet.enrol", made, after={"name": name})
            return made, secret
        tablet = known.held()
        tablet.end_all(at)
        tablet.name, tablet.digest, tablet.enrolled_by = name, digest_of(secret), by
        tablet.enrolled_at, tablet.revoked_at, tablet.wrong = at, None, 0
        tablet.save()
        audit("tablet.enrol", tablet, before={"name": known.name}, after={"name": name})
        return tablet, secret

    def held(self) -> Tablet:
        """This tablet as it is now, locked until the transaction ends."""
        tablet: Tablet = Tablet.objects.select_for_update(of=("self",)).select_related("gym").get(pk=self.pk)
        return tablet

    def is_idle(self, at: datetime) -> bool:
        """Whether nobody has touched it for so long that it counts as locked."""
        return self.used_at is None or at - self.used_at > timedelta(minutes=self.gym.lock_after)

    def open_unlocks(self) -> models.QuerySet[Unlock]:
        """The coaches who are unlocked on it, in the order in which they were."""
        found: models.QuerySet[Unlock] = Unlock.objects.filter(tablet=self, ended_at=None)
        return found.select_related("coach__user").order_by("begun_at", "id")

    def try_pin(self, coach_id: UUID, typed: str, *, at: datetime, as_of: int | None = None) -> Unlock:
        """Unlock it for a coach, if this is their PIN.

        `as_of` is the turn that the page showed. Where the tablet was turned to this coach since, it is the same PIN
        that comes late or twice: it changes nothing, as another coach may have it by now.

        Raises WrongPin, and PleaseWait where too many wrong ones came before. A try is counted before it is looked
        at, so that many at the same moment are no more than one after another. Raises Overtaken where the PIN is
        right and the tablet was turned to other coaches alone since, or to this one and locked.
        """
        with transaction.atomic():
            tablet, pin = self._held_with_pin(coach_id)
            wait = max(tablet.wait(at), pin.wait(at))
            if wait:
                raise PleaseWait(wait)
            tablet.count(at)
            pin.count(at)
        if not pin.is_right(typed):
            raise WrongPin(max(tablet.wait(at), pin.wait(at)))
        with transaction.atomic():
            try:
                tablet, now = self._held_with_pin(coach_id)
            except Pin.DoesNotExist:
                raise WrongPin(NO_TIME) from None
            # Looking at it takes a while: another PIN, or none, may have come meanwhile.
            if now.secret != pin.secret:
                raise WrongPin(NO_TIME)
            tablet.forgive()
            now.forgive()
            since = tablet.turn if as_of is None else as_of
            later = Unlock.objects.filter(tablet=tablet, turn__gt=since).order_by("turn")
            turned = {unlock.coach_id: unlock for unlock in later}
            # Locked it may have been since, by itself as well: whoever types a PIN then means just that.
            if not turned:
                return tablet.begin(now.coach, at)
        # After the transaction: that the PIN was right is kept.
        heard = turned.get(now.coach_id)
        if heard is None or not heard.is_open(at):
            raise Overtaken(tablet.turn)
        return heard

    def _held_with_pin(self, coach_id: UUID) -> tuple[Tablet, Pin]:
        """This tablet and that coach's PIN as they are now, locked: the coach first, then the tablet, then the PIN."""
        hold_coach(coach_id)
        tablet = self.held()
        return tablet, Pin.objects.select_for_update(of=("self",)).select_related("coach").get(coach_id=coach_id)

    def begin(self, coach: Membership, at: datetime) -> Unlock:
        """Give it into a coach's hands. Others who are unlocked stay so, unless it had locked itself."""
        if self.is_idle(at):
            self.end_all(at)
        Unlock.objects.filter(tablet=self, ended_at__lt=at - TICKETS_LAST).delete()
        unlock: Unlock | None = self.open_unlocks().filter(coach=coach).first()
        if unlock is None:
            unlock = Unlock.objects.create(tablet=self, coach=coach, begun_at=at)
        self.turned_to(unlock, at)
        return unlock

    def turned_to(self, unlock: Unlock, at: datetime) -> None:
        """It is in the hands of this unlock's coach from now on."""
        self.used_at, self.turn = at, self.turn + 1
        self.save(update_fields=["used_at", "turn"])
        unlock.turn = self.turn
        unlock.save(update_fields=["turn"])

    @transaction.atomic
    def switch(self, unlock_id: UUID, *, at: datetime, as_of: int | None = None) -> int | None:
        """Turn it to another coach who is unlocked on it. Answers which turn that was; None where it was not possible.

        `as_of` is the last turn that the page knew. Raises Overtaken where another one came since: on bad Wi-Fi a wish
        may arrive after the one that followed it.
        """
        tablet = self.held()
        unlock = tablet.open_unlocks().filter(pk=unlock_id).first()
        if unlock is None or not unlock.coach.may_coach or tablet.is_idle(at):
            return None
        if as_of is not None and as_of < tablet.turn:
            raise Overtaken(tablet.turn)
        # Who has it already was told so before, and the answer was lost.
        if unlock.turn != tablet.turn:
            tablet.turned_to(unlock, at)
        turn: int = tablet.turn
        return turn

    @transaction.atomic
    def lock(self, *, at: datetime) -> None:
        """Nobody is unlocked on it any more."""
        self.held().end_all(at)

    def end_all(self, at: datetime) -> None:
        """End every unlock. Call it under the tablet's lock."""
        self.open_unlocks().update(ended_at=at)
        self.turn += 1
        self.save(update_fields=["turn"])

    @audited("tablet.revoke", "revoked_at")
    def revoke(self, *, at: datetime) -> None:
        """Show it nothing of the gym from now on, and take nothing from it. Once more changes nothing."""
        tablet = self.held()
        if tablet.revoked_at is None:
            tablet.end_all(at)
            tablet.revoked_at = at
            tablet.save(update_fields=["revoked_at"])

    @audited("tablet.rename", "name")
    def rename(self, name: str) -> None:
        """Call it otherwise, also once it was revoked: history knows it by its id."""
        self.name = name
        self.save(update_fields=["name"])

    def hear(self, *, at: datetime, waiting: int | None, touched: datetime | None) -> None:
        """What a request of it tells: that it is there, how many taps wait on it, when a finger touched it.

        A touch keeps it unlocked only where it came before it locked itself. Written in one go, and seldom.
        """
        is_new = waiting is not None and waiting != self.waiting
        was = self.used_at
        if touched and was and USED_EVERY <= touched - was <= timedelta(minutes=self.gym.lock_after):
            self.used_at, is_new = touched, True
        if is_new or self.seen_at is None or at - self.seen_at >= SEEN_EVERY:
            self.seen_at = at
            self.waiting = self.waiting if waiting is None else waiting
            update(self, ("seen_at", "waiting", "used_at"))


class Unlock(TenantModel):
    """A coach at a tablet, from the right PIN until it is locked. Each tap made meanwhile names it in its ticket."""

    stays: ClassVar[dict[str, Any]] = {"*": _("who is at a tablet just now")}

    tablet = TenantForeignKey(Tablet, on_delete=models.PROTECT, db_index=False, related_name="+")
    coach = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    begun_at = models.DateTimeField()
    # The tablet's turn when it was last given into this coach's hands: of several, the highest has it.
    turn = models.IntegerField(default=0)
    # NULL: the coach is unlocked, unless nobody has touched the tablet for too long.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            # Also how the hands that a tablet is in are found, with each request.
            models.UniqueConstraint(
                fields=["gym", "tablet", "coach"], condition=models.Q(ended_at=None), name="unlock_once"
            ),
        ]
        # What ends with a coach's PIN.
        indexes = [
            models.Index(fields=["gym", "coach"], name="unlock_by_coach", condition=models.Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.coach_id} · {self.begun_at:%Y-%m-%d %H:%M}"

    def is_open(self, at: datetime) -> bool:
        """Whether the coach is unlocked: not locked since, and the tablet has not locked itself."""
        return self.ended_at is None and not self.tablet.is_idle(at)


class Pin(Guarded, TenantModel):
    """A coach's four to eight digits for the gym's tablets. Only a slow hash of them is stored."""

    free, longest = 3, timedelta(hours=1)
    stays: ClassVar[dict[str, Any]] = {"*": _("each coach chooses a PIN anew")}

    coach = TenantForeignKey("gym.Membership", on_delete=models.PROTECT, db_index=False, related_name="+")
    secret = models.CharField(max_length=128, editable=False)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["gym", "coach"], name="pin_one_per_coach"),
        ]

    def __str__(self) -> str:
        return str(self.coach_id)

    @classmethod
    @transaction.atomic
    def choose(cls, coach: Membership, digits: str, *, at: datetime) -> None:
        """Let this be the coach's PIN. Whoever was unlocked with the former one is not any more."""
        hold_coach(coach.pk)
        end_unlocks(coach, at)
        chosen = {"secret": make_password(mixed(coach, digits)), "set_at": at, "wrong": 0, "tried_at": None}
        pin, _new = cls.objects.update_or_create(coach=coach, defaults=chosen)
        audit("pin.choose", pin, person=coach)

    @classmethod
    @transaction.atomic
    def remove(cls, coach: Membership, *, at: datetime) -> bool:
        """Take the coach's PIN away, and end what was unlocked with it. Answers whether there was one.

        Taps that were made before stay the coach's, also those that are still on their way.
        """
        hold_coach(coach.pk)
        end_unlocks(coach, at)
        pin = cls.objects.filter(coach=coach).first()
        if pin is None:
            return False
        audit("pin.remove", pin, person=coach)
        cls.objects.filter(pk=pin.pk).delete()
        return True

    def is_right(self, digits: str) -> bool:
        """Whether these are the digits. Slow on purpose."""
        return check_password(mixed(self.coach, digits), self.secret)


@transaction.atomic
def coaches_no_more(coach: Membership, *, at: datetime) -> None:
    """Let a coach who has left, or coaches no longer, be unlocked nowhere. What they tapped before stays theirs."""
    hold_coach(coach.pk)
    end_unlocks(coach, at)


def end_unlocks(coach: Membership, at: datetime) -> None:
    """The coach is unlocked nowhere any more. Call it under the coach's lock: then nobody unlocks meanwhile."""
    ended = Unlock.objects.filter(coach=coach, ended_at=None)
    tablets = Tablet.objects.filter(pk__in=ended.values("tablet_id")).order_by("pk")
    for tablet in tablets.select_for_update(of=("self",)):
        tablet.turn += 1
        tablet.save(update_fields=["turn"])
    ended.update(ended_at=at)


def hold_coach(coach_id: UUID) -> None:
    """Let one at a time choose, remove or try this coach's PIN, until the transaction ends.

    Whoever holds a coach, tablets and a PIN takes them in this order.
    """
    Membership.objects.select_for_update(no_key=True).filter(pk=coach_id).first()


def mixed(coach: Membership, digits: str) -> str:
    """What is hashed of a PIN: mixed with the installation's key, so that the database alone gives no PIN away."""
    return salted_hmac("gym.tablets.pin", f"{coach.pk}:{digits}", algorithm="sha256").hexdigest()
