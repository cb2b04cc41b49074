"""Checking in by the code on the TV: a page that puts the member on the roster, and says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest, member_required
from gym.identifiers import uuid7
from programming.check_in import STATUS, class_and_time, sentence, session_of
from programming.forms.check_in import CheckInForm
from programming.models import ClassSession
from programming.models.checking_in import CAME, NotCheckedIn, state_in, why_not
from programming.views.taps import names_its_tap, sentences

View = Callable[..., HttpResponse]


def for_members_of_the_gym(view: View) -> View:
    """As member_required; but a stranger, who stands in the gym and scans its code, reads a sentence with the 404.

    It is the same whether there is such a gym or not.
    """

    @wraps(view)
    def inside(request: HttpRequest, gym_slug: str, token: str) -> HttpResponse:
        try:
            return member_required(view)(request, gym_slug, token)
        except Http404:
            said = _("With this sign-in you are not a member of this gym. Ask the coach to add you.")
            return render(request, "member/check_in.html", {"said": said}, status=404)

    return inside


@require_http_methods(["GET", "HEAD", "POST"])
@names_its_tap
@for_members_of_the_gym
def check_in(request: GymRequest, token: str) -> HttpResponse:
    """Look: a page that posts itself, once. Post: the member is on the roster, once however often it is sent."""
    session = session_of(token)
    if session is None:
        return refused(request, "unknown", None)
    if request.method == "POST":
        return put_on(request, session)
    if state_in(session, request.member) in CAME:
        return is_in(request, session)
    reason = why_not(session, request.member, timezone.now())
    if reason:
        return refused(request, reason, session)
    # Somebody who was checked in and taken off says it anew; a tab that is only loaded again says nothing.
    # A coach may only want to see where the code leads.
    board = url_of_board(request, session) if request.member.may_coach else ""
    asks = bool(board) or "now" in request.GET
    shown = {"form": CheckInForm(), "class": class_and_time(session), "was_in": "now" in request.GET}
    shown |= {"asks": asks, "board": board}
    return render(request, "member/check_in.html", shown)


def url_of_board(request: GymRequest, session: ClassSession) -> str:
    """Where a coach works in the class."""
    return reverse("board", kwargs={"gym_slug": request.gym.slug, "session_id": session.pk})


def put_on(request: GymRequest, session: ClassSession) -> HttpResponse:
    """Record it, and lead to the page that says so."""
    form = CheckInForm(request.POST)
    if not form.is_valid():
        return render(request, "member/check_in.html", {"said": sentences(form)}, status=422)
    try:
        session.check_in(request.member, key=form.cleaned_data["tap"] or uuid7())
    except NotCheckedIn as problem:
        return refused(request, problem.code, session)
    return redirect(f"{request.path}?now")


def is_in(request: GymRequest, session: ClassSession) -> HttpResponse:
    """The member is on the roster: since just now, or already."""
    named = {"class": class_and_time(session)}
    said = _("You are checked in: %(class)s.") if "now" in request.GET else _("You are checked in already: %(class)s.")
    return render(request, "member/check_in.html", {"said": said % named, "is_in": True})


def refused(request: GymRequest, code: str, session: ClassSession | None) -> HttpResponse:
    """Why not, in a sentence."""
    return render(request, "member/check_in.html", {"said": sentence(code, session)}, status=STATUS[code])
