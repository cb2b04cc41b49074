"""Somebody's own sign-in: address, password, second step, the devices that are signed in, and the gyms it opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.forms import ConfirmLoginCodeForm
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gym.devices import device_words
from gym.forms import AddressForm
from gym.mailed_code import MailedCode
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


# --- Is it you? ------------------------------------------------------------------------------------------------------


@read_or_write
def is_it_you(request: HttpRequest) -> HttpResponse:
    """Ask for a mailed code: of whoever has neither password nor second step. Opening the page mails nothing."""
    user: Any = request.user
    way = get_adapter().get_reauthentication_methods(user)[0]["url"]
    if way != request.path:
        return redirect(with_next(request, way))
    code = MailedCode(request, user)
    if request.method != "POST":
        return code_page(request, code)
    return send_code(request, code) if "send" in request.POST else take_code(request, code)


def send_code(request: HttpRequest, code: MailedCode) -> HttpResponse:
    """Mail one, no more often than one to sign in with."""
    if not ratelimit.consume(request, action="request_login_code", key=code.address):
        return render(request, "429.html", status=429)
    code.send()
    return redirect(with_next(request, request.path))


def take_code(request: HttpRequest, code: MailedCode) -> HttpResponse:
    """The right one leads back to what was asked for, and does it if it was a form. After some wrong ones none does."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return render(request, "429.html", status=429)
    form = ConfirmLoginCodeForm(request.POST, code=code.code)
    if code.is_waited_for and form.is_valid():
        code.finish()
        return resume_request(request) or redirect("account")
    if not code.is_waited_for or not code.record_invalid_attempt():
        messages.error(request, _("There is no code any more that could be typed here. Have a new one sent."))
        return redirect(with_next(request, request.path))
    return code_page(request, code, form)


def code_page(request: HttpRequest, code: MailedCode, form: ConfirmLoginCodeForm | None = None) -> HttpResponse:
    """The button that has one mailed, or the field for it."""
    refused = form is not None and bool(form.errors)
    context = {"code": code, "form": form or ConfirmLoginCodeForm(), "next": get_next_redirect_url(request) or ""}
    return render(request, "account/is_it_you.html", context, status=422 if refused else 200)


def with_next(request: HttpRequest, way: str) -> str:
    """That address, which leads on to where this page would."""
    page = get_next_redirect_url(request)
    return f"{way}?{urlencode({REDIRECT_FIELD_NAME: page})}" if page else way


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
