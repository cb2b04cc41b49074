"""Letters about somebody's sign-in. Their links open something, so they are made when the letter is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gym.models import AddressChange, Invitation, Letter
from gym.models.addresses import CONFIRM, STOP
from gym.post.kinds import Kind, NotWanted, register

# How long a mailed code may be typed.
CODE_LASTS = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


def invitation(letter: Letter) -> dict[str, Any]:
    """Who invites whom to what, while the invitation is open."""
    found = Invitation.objects.newest_first().filter(pk=letter.about["invitation"]).first()
    if found is None or letter.gym is None or found.state(timezone.now()) != Invitation.State.OPEN or not found.token:
        raise NotWanted
    address = reverse("invitation", kwargs={"gym_slug": letter.gym.slug, "invited": found.token})
    return {"invitation": found, "link": settings.SITE_URL + address}


def address_confirm(letter: Letter) -> dict[str, Any]:
    """The link by which a new address confirms."""
    found = change_of(letter)
    if not found.may_confirm(timezone.now()):
        raise NotWanted
    token = CONFIRM.sign(str(found.pk))
    return {"change": found, "link": settings.SITE_URL + reverse("confirm_address", kwargs={"token": token})}


def address_stop(letter: Letter) -> dict[str, Any]:
    """The link by which the old address stops the change."""
    found = change_of(letter)
    if not found.may_stop(timezone.now()):
        raise NotWanted
    token = STOP.sign(str(found.pk))
    return {"change": found, "link": settings.SITE_URL + reverse("stop_address", kwargs={"token": token})}


def change_of(letter: Letter) -> AddressChange:
    """The change that the letter is about."""
    found = AddressChange.objects.filter(pk=letter.about["change"]).first()
    if found is None:
        raise NotWanted
    return found


def register_accounts() -> None:
    """Make the kinds known to the post."""
    register("invitation", Kind(called=_("an invitation"), prepare=invitation))
    register("is_it_you", Kind(called=_("a code for a change")))
    register("guardian_changed", Kind(called=_("a notice about an address")))
    register("address_confirm", Kind(called=_("a question about an address"), prepare=address_confirm))
    register("address_stop", Kind(called=_("a notice about an address"), prepare=address_stop))
