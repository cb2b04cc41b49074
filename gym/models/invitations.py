"""Invitations: links by which somebody who is written down in a gym gets a sign-in there."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from gym.auditing import audit, audited
from gym.identifiers import uuid7
from gym.models.people import Membership, User
from gym.scope import TenantForeignKey, TenantManager, TenantModel

# How long a link lets somebody in.
LASTS = timedelta(days=14)
# A second press within this is the same invitation, and mails nothing again.
ONE_PRESS = timedelta(minutes=10)
# Bytes of a link that nobody guesses.
TOKEN_BYTES = 24


class NotInvited(ValueError):
    """Nobody can be invited in this way: they are in already, have left, or this person may not invite them."""


class NotClaimed(Exception):
    """The link does not let this sign-in in. `why` is a state of Invitation, or "another"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def token_of(invitation_id: UUID) -> str:
    """What the link of an invitation ends with: made of its id with the installation's key.

    So it can be shown and printed again, and the database alone gives no link away.
    """
    made = salted_hmac("gym.invitations", str(invitation_id), algorithm="sha256").digest()
    return urlsafe_b64encode(made[:TOKEN_BYTES]).decode()


def digest_of(token: str) -> str:
    """What is stored of a link."""
    return sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """The gym's invitations."""

    def open(self, at: datetime) -> InvitationQuerySet:
        """Those that still let somebody in."""
        return self.filter(claimed_at=None, revoked_at=None, expires_at__gt=at)

    def newest_first(self) -> InvitationQuerySet:
        """With whom they are for and who made them."""
        return self.select_related("person", "made_by").order_by("-made_at", "-id")


InvitationManager = TenantManager.from_queryset(InvitationQuerySet)


class Invitation(TenantModel):
    """A link, good once, by which a person of the gym takes what is written down about them into a sign-in."""

    stays: ClassVar[dict[str, Any]] = {
        "*": _("links that let somebody in; whoever has not used theirs is invited anew")
    }

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        COACH = "coach", _("coach")
        OWNER = "owner", _("owner")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLAIMED = "claimed", _("accepted")
        REVOKED = "revoked", _("withdrawn")
        EXPIRED = "expired", _("too old")
        # Whoever made it could not make it now: they have left, or the person has, or is in or something else by now.
        VOID = "void", _("no longer good")

    person = TenantForeignKey(Membership, on_delete=models.PROTECT, db_index=False, related_name="+")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    # SHA-256 of the token, in hex.
    digest = models.CharField(max_length=64, editable=False)
    # Where it was mailed to; empty for a code that was shown or printed.
    email = models.EmailField(_("e-mail"), blank=True)
    made_by = TenantForeignKey(Membership, on_delete=models.PROTECT, db_index=False, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    # NULL: nobody has used it.
    claimed_at = models.DateTimeField(null=True, blank=True)
    # NULL: nobody has withdrawn it.
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = InvitationManager()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            # Found by its link.
            models.UniqueConstraint(fields=["gym", "digest"], name="invitation_digest"),
            models.CheckConstraint(condition=Q(role__in=("member", "coach", "owner")), name="invitation_role"),
        ]
        # Those of a person, and of everybody on a roster.
        indexes = [models.Index(fields=["gym", "person"], name="invitation_by_person")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.role}"

    @classmethod
    @transaction.atomic
    def make(
        cls, person: Membership, *, by: Membership, at: datetime, role: str = Role.MEMBER, email: str = ""
    ) -> Invitation:
        """An invitation of that person, mailed where there is an address. A second press answers the first one.

        Raises NotInvited.
        """
        person = Membership.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not may_invite(by, person, role) or not goes_where_it_may(person, email):
            raise NotInvited
        alike = cls.objects.open(at).newest_first().filter(person=person, role=role, email=email)
        known: Invitation | None = next((each for each in alike if each.state(at) == cls.State.OPEN), None)
        if known is not None and (not email or at - known.made_at < ONE_PRESS):
            return known
        key = uuid7()
        made: Invitation = cls.objects.create(
            pk=key,
            person=person,
            role=role,
            email=email,
            made_by=by,
            made_at=at,
            expires_at=at + LASTS,
            digest=digest_of(token_of(key)),
        )
        audit("invitation.make", made, after={"role": role, "email": email})
        if email:
            made.mail()
        return made

    def mail(self) -> None:
        """Write the letter. It holds no link: that is made when it is sent (gym/post/accounts.py)."""
        from gym.post import post

        post(
            "invitation",
            to=self.email,
            key=f"invitation {self.pk}",
            gym=self.gym,
            person=self.person,
            about={"invitation": str(self.pk)},
            useful_for=LASTS,
            at=self.made_at,
        )

    def state(self, at: datetime) -> str:
        """Whether it lets anybody in, and if not, why."""
        if self.claimed_at is not None:
            return self.State.CLAIMED
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.expires_at <= at:
            return self.State.EXPIRED
        # As of now: the person may have become a coach since, or another guardian's; whoever made it may have left.
        is_good = may_invite(self.made_by, self.person, self.role) and goes_where_it_may(self.person, self.email)
        return self.State.OPEN if is_good else self.State.VOID

    def why_not(self, user: User | None, at: datetime) -> str:
        """Why the link does not let this sign-in in, or nobody's who is signed out; empty where it does.

        "another": it is somebody else in this gym already.
        """
        state = self.state(at)
        if state != self.State.OPEN or user is None:
            return "" if state == self.State.OPEN else state
        if self.person.user_id not in (None, user.pk):
            return self.State.VOID
        others = Membership.objects.current().filter(user=user).exclude(pk=self.person_id)
        return "another" if others.exists() else ""

    @transaction.atomic
    def claim(self, user: User, *, at: datetime) -> Membership:
        """Let this sign-in be the person's from now on, with the role. Raises NotClaimed."""
        # One after the other for one sign-in: it may be pressing the buttons of two invitations.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        person: Membership = Membership.objects.select_for_update(no_key=True).get(pk=self.person_id)
        held: Invitation = Invitation.objects.select_for_update(of=("self",)).select_related("made_by").get(pk=self.pk)
        held.person = person
        why = held.why_not(user, at)
        if why:
            raise NotClaimed(why)
        # Whoever left and is invited anew as somebody who is written down afresh: one sign-in is one person of a gym.
        Membership.objects.filter(user=user).exclude(pk=person.pk).update(user=None)
        person.join(user, held.role)
        held.claimed_at = at
        held.save(update_fields=["claimed_at"])
        audit("invitation.claim", held, after={"role": held.role})
        return person

    @audited("invitation.revoke", "revoked_at")
    def revoke(self, *, at: datetime) -> None:
        """Let the link let nobody in. One that was used or withdrawn stays as it is."""
        Invitation.objects.filter(pk=self.pk, claimed_at=None, revoked_at=None).update(revoked_at=at)

    @property
    def may_be_shown(self) -> bool:
        """Whether it may be shown as a code: a mailed one is its mailbox's alone, and a minor's the guardian's."""
        return not self.email and not self.person.is_minor

    @property
    def token(self) -> str:
        """What its link ends with; empty where the installation's key is another than it was."""
        token = token_of(self.pk)
        return token if digest_of(token) == self.digest else ""


def is_owners_to_make(person: Membership, role: str) -> bool:
    """Whether only an owner invites this person so: who is or becomes more than a member."""
    return role != Invitation.Role.MEMBER or person.is_coach or person.is_owner


def goes_where_it_may(person: Membership, email: str) -> bool:
    """Whether an invitation of that person may be mailed there, or shown where `email` is empty.

    A minor's goes to the guardian's address and nowhere else.
    """
    return not person.is_minor or (bool(email) and email == person.guardian_email)


def may_invite(by: Membership, person: Membership, role: str = Invitation.Role.MEMBER) -> bool:
    """Whether they may invite this person so: coaches invite members alone, owners anybody, and nobody who is in.

    Whoever has no sign-in yet is invited as no less than they are: a member's code never opens a coach's page.
    """
    if not (by.may_coach and by.belongs and person.belongs):
        return False
    is_owners = is_owners_to_make(person, role)
    if is_owners and not by.is_owner:
        return False
    if person.user_id is None:
        highest = "owner" if person.is_owner else "coach" if person.is_coach else "member"
        roles = Invitation.Role.values
        return roles.index(role) >= roles.index(highest)
    return is_owners and not getattr(person, f"is_{role}")


def found_by(gym_slug: str, token: str) -> Invitation | None:
    """The invitation of that gym whose link ends so; None where there is none."""
    rows = Invitation.across_gyms.select_related("gym", "person", "made_by")
    found: Invitation | None = rows.filter(gym__slug=gym_slug, digest=digest_of(token)).first()
    return found
