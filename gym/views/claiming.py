"""Taking an invitation: the page that its link opens, and the way from there into the gym.

Opening the link changes nothing and shows nothing of anybody but two first names and the gym's name. Whoever presses
the button proves an address by an e-mailed code, and joins the person that the gym has written down already.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gym.models import Invitation, Membership, NotClaimed, User
from gym.models.invitations import found_by
from gym.scope import in_gym

# What a link that lets nobody in answers with.
GONE = 410


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, gym_slug: str, invited: str) -> HttpResponse:
    """Who invites whom to which gym, and the button that takes it."""
    found = found_by(gym_slug, invited)
    if found is None:
        answer = render(request, "account/invitation_closed.html", {"why": "unknown"}, status=404)
    else:
        with in_gym(found.gym):
            answer = answer_for(request, found)
    # Not for search engines and in no cache. The link is told to no other site; a page with a form has to tell its own
    # where it comes from, or the form is refused as forged: so there the whole site's "same-origin" stays.
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "no-store"
    if answer.status_code in (GONE, 404):
        answer["Referrer-Policy"] = "no-referrer"
    return answer


def answer_for(request: HttpRequest, found: Invitation) -> HttpResponse:
    """The answer to a link that there is."""
    now = timezone.now()
    signed_in = request.user if isinstance(request.user, User) else None
    is_theirs = signed_in is not None and found.person.user_id == signed_in.pk and found.person.belongs
    if is_theirs and getattr(found.person, f"is_{found.role}"):
        return redirect(own_page(found.person))
    why = found.why_not(signed_in, now)
    if why:
        return closed(request, found, why)
    if request.method != "POST":
        return page(request, found)
    if signed_in is None:
        return ask_for_code(request, found)
    try:
        return redirect(own_page(found.claim(signed_in, at=now)))
    except NotClaimed as refusal:
        return closed(request, found, refusal.why)


def own_page(person: Membership) -> str:
    """Where somebody of the gym begins."""
    return reverse("my" if person.is_member else "today", kwargs={"gym_slug": person.gym.slug})


def page(request: HttpRequest, found: Invitation, form: Any = None) -> HttpResponse:
    """The explanation, with the way in."""
    form = form or RequestLoginCodeForm()
    context = {"invitation": found, "form": form, "here": request.path}
    return render(request, "account/invitation.html", context, status=422 if form.errors else 200)


def closed(request: HttpRequest, found: Invitation, why: str) -> HttpResponse:
    """Why the link lets nobody in, or not this sign-in; of the person it is for nothing is said."""
    context = {"why": why, "here": request.path, "gym": found.gym if why == "another" else None}
    return render(request, "account/invitation_closed.html", context, status=409 if why == "another" else GONE)


def ask_for_code(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Mail a code to the address that was typed, whether or not somebody signs in with it already: it looks the same.

    Until the code is typed a new address belongs to nobody and can do nothing.
    """
    form = RequestLoginCodeForm(request.POST)
    if not form.is_valid():
        return page(request, found, form)
    email = form.cleaned_data["email"].lower()
    user = form._user
    if user is None and not User.objects.filter(email=email).exists():
        user, _new = User.objects.get_or_create(email=email, defaults={"password": make_password(None)})
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)
    back = urlencode({REDIRECT_FIELD_NAME: request.path})
    return redirect(f"{reverse('account_confirm_login_code')}?{back}")
