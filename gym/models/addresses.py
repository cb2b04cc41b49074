"""Changing the address that somebody signs in with: the new one confirms it, the old one can stop it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.utils import timezone

from gym.identifiers import uuid7
from gym.models.people import User

# How long the new address can confirm, and the old one can stop it or take it back.
CONFIRMS, STOPS = timedelta(days=1), timedelta(days=14)

# Each of the two letters has a link of its own, signed with the installation's key.
CONFIRM, STOP = Signer(salt="gym.addresses.confirm"), Signer(salt="gym.addresses.stop")


class AddressTaken(Exception):
    """Somebody else signs in with this address."""


class AddressChange(models.Model):
    """One wish to sign in with another address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    old = models.EmailField()
    new = models.EmailField()
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    # NULL: the new address has not confirmed.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # NULL: the old address has not stopped it, nor has a later wish.
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[AddressChange]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.user_id} · {self.asked_at:%Y-%m-%d %H:%M}"

    @classmethod
    @transaction.atomic
    def ask(cls, user: User, new: str, *, at: datetime) -> AddressChange:
        """Write down the wish and both letters. Whether the new address is free is not said, and not looked at yet."""
        from gym.post import post

        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        cls.objects.filter(user=user, confirmed_at=None, stopped_at=None).update(stopped_at=at)
        made = cls.objects.create(user=user, old=user.email, new=new.lower(), asked_at=at)
        for kind, to, useful_for in (("address_confirm", made.new, CONFIRMS), ("address_stop", made.old, STOPS)):
            about = {"change": str(made.pk)}
            post(kind, to=to, key=f"{kind} {made.pk}", about=about, useful_for=useful_for, at=at)
        return made

    @classmethod
    def named(cls, token: str, signer: Signer) -> AddressChange | None:
        """The wish that a link names; None where it names none."""
        try:
            return cls.objects.select_related("user").filter(pk=signer.unsign(token)).first()
        except (BadSignature, ValueError):
            return None

    def may_confirm(self, at: datetime) -> bool:
        """Whether the new address can still say yes."""
        return self.confirmed_at is None and self.stopped_at is None and at < self.asked_at + CONFIRMS

    def may_stop(self, at: datetime) -> bool:
        """Whether the old address can still say no: also some time after it was changed."""
        return self.stopped_at is None and at < self.asked_at + STOPS

    @transaction.atomic
    def confirm(self, *, at: datetime) -> bool:
        """Sign in with the new address from now on. Answers whether that was still possible. Raises AddressTaken."""
        held = self._held()
        if not held.may_confirm(at) or held.user.email != held.old:
            return False
        if User.objects.filter(email=held.new).exclude(pk=held.user_id).exists():
            raise AddressTaken
        held._sign_in_with(held.new)
        held.confirmed_at = at
        held.save(update_fields=["confirmed_at"])
        return True

    @transaction.atomic
    def stop(self, *, at: datetime) -> bool:
        """Let nothing have changed. Answers whether that was still possible. Raises AddressTaken.

        Whoever confirmed it may be somebody who had no right to be signed in: everybody is signed out, the password
        is gone, and so is every second step that was set up since.
        """
        held = self._held()
        if not held.may_stop(at):
            return False
        if held.confirmed_at is not None:
            if User.objects.filter(email=held.old).exclude(pk=held.user_id).exists():
                raise AddressTaken
            held._sign_in_with(held.old)
        held.user.set_unusable_password()
        held.user.save(update_fields=["password"])
        Authenticator.objects.filter(user=held.user, created_at__gte=held.asked_at).delete()
        for session in UserSession.objects.filter(user=held.user):
            session.end()
        # Also what was wished for later.
        AddressChange.objects.filter(user=held.user, asked_at__gte=held.asked_at).update(stopped_at=at)
        return True

    def _held(self) -> AddressChange:
        """This wish and its user as they are now, locked."""
        user = User.objects.select_for_update(no_key=True).get(pk=self.user_id)
        held = AddressChange.objects.select_for_update().get(pk=self.pk)
        held.user = user
        return held

    def _sign_in_with(self, address: str) -> None:
        """Let the user have this address and no other."""
        self.user.email = address
        self.user.save(update_fields=["email"])
        EmailAddress.objects.filter(user=self.user).delete()
        EmailAddress.objects.filter(email=address).delete()
        EmailAddress.objects.create(user=self.user, email=address, primary=True, verified=True)
