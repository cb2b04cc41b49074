"""The link in a letter by which its reader switches such letters off, without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from gym.models import Membership
from gym.post.kinds import Kind, with_switch

# It serves for as long as the letter lies in somebody's mailbox, and does nothing but this.
SALT = "gym.post.switching"


@dataclass(frozen=True)
class Switch:
    """Whose letters of which kind."""

    person: Membership
    field: str
    kind: Kind

    @property
    def is_on(self) -> bool:
        """Whether they have such letters."""
        return bool(getattr(self.person, self.field))

    def turn(self, *, on: bool) -> None:
        """Have them from now on, or have none."""
        self.person.have_mail(**{self.field: on})


def link_to_switch_off(person: Membership, field: str) -> str:
    """The whole address, for a letter."""
    token = signing.Signer(salt=SALT).sign_object([person.pk.hex, field])
    return settings.SITE_URL + reverse("mail_switch", kwargs={"switch": token})


def switch_of(token: str) -> Switch | None:
    """What a link switches; None for one that was made up, or whose reader has left the gym."""
    try:
        key, field = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    kind = with_switch(field)
    person = Membership.across_gyms.select_related("gym").filter(pk=UUID(key)).first()
    if kind is None or person is None or not person.belongs:
        return None
    return Switch(person, field, kind)
