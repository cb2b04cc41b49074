"""Somebody's own sign-in: address, password, second step, the devices that are signed in, and the gyms it opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gym.devices import device_words
from gym.forms import AddressForm
from gym.models.addresses import CONFIRM, STOP, AddressChange, AddressTaken
from gym.second_factor import has_second_factor
from gym.views import memberships_of

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything of the sign-in in one place, and the way into each gym."""
    user = request.user
    context = {
        "memberships": memberships_of(request),
        "has_second_step": has_second_factor(user),
        "passkeys": Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).count(),
        "sessions": len(sessions_of(request)),
    }
    return render(request, "account/account.html", context)


# --- Where somebody is signed in -------------------------------------------------------------------------------------


def sessions_of(request: HttpRequest) -> list[UserSession]:
    """Those that last, the present one first. One from before they were written down is written down now."""
    UserSession.objects.create_from_request(request)
    found = UserSession.objects.purge_and_list(request.user)
    return sorted(found, key=lambda each: (not each.is_current(), -each.last_seen_at.timestamp()))


@read_or_write
def sessions(request: HttpRequest) -> HttpResponse:
    """Where somebody is signed in; posted, one of them ends, or all others."""
    found = sessions_of(request)
    if request.method == "POST":
        wanted = request.POST.get("end", "")
        ended = [each for each in found if not each.is_current() and wanted in ("others", str(each.pk))]
        for each in ended:
            each.end()
        if ended:
            messages.success(request, _("Signed out there."))
        return redirect("usersessions_list")
    shown = [(each, device_words(each.user_agent)) for each in found]
    return render(request, "usersessions/usersession_list.html", {"sessions": shown})


# --- Another address -------------------------------------------------------------------------------------------------


@read_or_write
@reauthentication_required
def address(request: HttpRequest) -> HttpResponse:
    """Ask for another address to sign in with. Whether somebody has it already is not said."""
    present = str(request.user.email)  # type: ignore[union-attr]
    form = AddressForm(request.POST if request.method == "POST" else None, present=present)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="change_email", user=request.user):
            return render(request, "429.html", status=429)
        AddressChange.ask(request.user, form.cleaned_data["email"], at=timezone.now())  # type: ignore[arg-type]
        messages.success(
            request, _("Open the letter at %(email)s to confirm it.") % {"email": form.cleaned_data["email"]}
        )
        return redirect("account")
    return render(request, "account/address.html", {"form": form}, status=422 if form.errors else 200)


@read_or_write
@login_not_required
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the letter to the new address. Opening it changes nothing."""
    return answer_link(request, token, CONFIRM, "account/address_confirm.html")


@read_or_write
@login_not_required
def stop_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the letter to the old address. Opening it changes nothing."""
    return answer_link(request, token, STOP, "account/address_stop.html")


def answer_link(request: HttpRequest, token: str, signer: Signer, template: str) -> HttpResponse:
    """The page of a link, and what its button does."""
    found, now = AddressChange.named(token, signer), timezone.now()
    context: dict[str, Any] = {"change": found, "here": request.path, "state": state(found, signer, now)}
    if request.method == "POST" and found is not None and context["state"] == "open":
        try:
            done = found.confirm(at=now) if signer is CONFIRM else found.stop(at=now)
            context["state"] = "done" if done else "over"
        except AddressTaken:
            context["state"] = "taken"
    good = context["state"] in ("open", "done")
    answer = render(request, template, context, status=200 if good else 410)
    answer["X-Robots-Tag"], answer["Cache-Control"] = "noindex, nofollow", "no-store"
    return answer


def state(found: AddressChange | None, signer: Signer, now: datetime) -> str:
    """Whether the link can still do something."""
    if found is None:
        return "over"
    return "open" if (found.may_confirm(now) if signer is CONFIRM else found.may_stop(now)) else "over"
