"""Who may: the gym of a request, the person's roles in it, and rows of this gym or 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Manager, Model, QuerySet, SlugField, UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from gym.languages import at_home, speak
from gym.models import Gym, Membership
from gym.prepared import Prepared
from gym.scope import in_gym
from gym.second_factor import has_second_factor, used_second_factor
from gym.tablets import Hand

View = ParamSpec("View")
Row = TypeVar("Row", bound=Model)


class GymRequest(HttpRequest):
    """A request inside a gym: `gym` is set, `member` is the person who asks, and `hand` says on which device."""

    gym: Gym
    member: Membership
    hand: Hand


GymView = Callable[Concatenate[GymRequest, View], HttpResponse]


def gym_view(
    may: Callable[[Membership], bool], *, tablets: bool = False, second_step: bool = False
) -> Callable[[GymView[View]], Callable[..., HttpResponse]]:
    """Resolve the gym of the URL and the person in it; everything inside sees this gym's rows and clock.

    A gym that is not theirs and one that is not there are the same 404. A person of the gym without
    the role gets 403. Signed-out requests never come here: signing in is required everywhere.
    With `tablets`, a tablet of the gym opens it as well, in the hands of a coach who is unlocked there:
    gym.middleware.SignInOrTablet has looked at its proof, and for such views alone.
    With `second_step`, whoever has not used one is led to it first, if the gym asks for that.
    """

    def decorate(view: GymView[View]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inside(request: Any, gym_slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            hand: Hand | None = getattr(request, "hand", None) if tablets else None
            if hand is None:
                hand = Hand(membership_of(request.user.pk, gym_slug))
            member = hand.by
            request.gym, request.member, request.hand = member.gym, member, hand
            speak(request, member.gym, member)
            with in_gym(member.gym), at_home(member.gym, member):
                if not (hand.made_in_time or (hand.is_admitted and may(member))):
                    raise PermissionDenied
                if second_step and lacks_second_step(request):
                    return to_second_step(request)
                return view(request, *args, **kwargs)

        inside.open_to_tablets = tablets  # type: ignore[attr-defined]
        return inside

    return decorate


MEMBERSHIP = Prepared[Membership](
    lambda user, slug: Membership.across_gyms.select_related("gym").filter(
        gym__slug=slug, user_id=user, is_active=True, merged_into=None, erased_at=None
    ),
    user=UUIDField(),
    slug=SlugField(),
)


def membership_of(user_id: UUID, gym_slug: str) -> Membership:
    """The user's membership of the gym, or 404."""
    found = MEMBERSHIP.first(user=user_id, slug=gym_slug)
    if found is None:
        raise Http404
    return found


def has_other_gyms(member: Membership) -> bool:
    """Whether the same sign-in belongs to another gym as well."""
    others = Membership.across_gyms.exclude(pk=member.pk)
    return others.filter(user_id=member.user_id, is_active=True, merged_into=None, erased_at=None).exists()


member_required = gym_view(lambda member: True)
coach_required = gym_view(lambda member: member.may_coach, tablets=True)
# What a coach does by their own sign-in alone.
own_coach_required = gym_view(lambda member: member.may_coach)
owner_required = gym_view(lambda member: member.is_owner, second_step=True)


def lacks_second_step(request: GymRequest) -> bool:
    """Whether the gym asks its owners for a second step and this session has not used one."""
    return request.gym.owners_need_second_step and not used_second_factor(request)


def to_second_step(request: HttpRequest) -> HttpResponse:
    """To the second step, or to where it is set up; from there back to the page that was asked for."""
    user = request.user
    if not has_second_factor(user):
        messages.warning(request, _("Your gym asks its owners for a second step. Set one up, then go on."))
        return redirect("mfa_index")
    by_code = is_mfa_enabled(user, [Authenticator.Type.TOTP])
    page = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
    way = reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")
    return redirect(f"{way}?{urlencode({REDIRECT_FIELD_NAME: page})}")


def get_or_404(rows: Manager[Row] | QuerySet[Row], **lookup: Any) -> Row:
    """The row of this gym; absent and foreign are the same 404."""
    found = rows.filter(**lookup).first()
    if found is None:
        raise Http404
    return found
