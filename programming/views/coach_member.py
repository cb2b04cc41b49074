"""A member as their coaches see them, reached from a class's board."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gym.access import GymRequest, coach_required
from gym.languages import as_read_by
from gym.models import Invitation, Membership
from programming.board import Reader, Row
from programming.forms.members import LimitsForm, TvForm
from programming.models import ClassSession
from programming.my_drills import read
from programming.qr import qr
from programming.views.invitations import code_for_hand, may_give_code
from programming.views.member_page import draw_member
from programming.views.taps import class_session, same_period


@require_safe
@coach_required
def member_sheet(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """History at a glance, and everything a coach may do for the member."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    return draw_member(request, reader, row_of(reader, member_id))


@require_http_methods(["GET", "HEAD", "POST"])
@coach_required
def hand_out(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """The member's page to print, also for somebody without an account; posted, with an invitation on it."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    member = Membership.objects.get(pk=row_of(reader, member_id).member_id)
    if request.method == "POST":
        return invite_on_paper(request, member, at=reader.at)
    # Without an account the member's page leads nowhere; an invitation is printed where the coach asked for one.
    invited = code_for_hand(request, member) if "invitation" in request.GET else None
    own_page = request.build_absolute_uri(reverse("my", kwargs={"gym_slug": request.gym.slug}))
    address = own_page if member.user_id else invited.link if invited else ""
    # What is taken home is read there, not here.
    with as_read_by(request.gym, member):
        context = {
            "my": read(member, reader.at),
            "qr": qr(address, on_paper=True) if address else None,
            "invitation": invited.invitation if invited else None,
            "may_invite": invited is None and may_give_code(request, member),
            "back": f"{reader.url}{member.pk}/member/",
        }
        return render(request, "coach/hand_out.html", context)


def invite_on_paper(request: GymRequest, member: Membership, *, at: datetime) -> HttpResponse:
    """Make the code that the hand-out then has. Who has a sign-in needs none."""
    if member.user_id:
        return redirect(request.path)
    if not may_give_code(request, member):
        raise PermissionDenied
    Invitation.make(member, by=request.member, at=at)
    return redirect(f"{request.path}?invitation")


@require_POST
@coach_required
def limits(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """What the member may not do until further notice."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    row = row_of(reader, member_id)
    form = LimitsForm(request.POST)
    if not form.is_valid():
        return draw_member(request, reader, row, limits_form=form, status=422)
    wanted, was = form.cleaned_data["limits"], form.cleaned_data["was"] or ""
    stored = ClassSession.limit(member_id, wanted, was=was, at=reader.at)
    if stored != wanted:
        form.keep_beside(stored)
        return draw_member(request, reader, row_of(reader, member_id), limits_form=form, status=409)
    if request.htmx:  # type: ignore[attr-defined]
        return draw_member(request, reader, row_of(reader, member_id))
    return redirect(f"{reader.url}{member_id}/member/{same_period(request)}#limits")


@require_POST
@coach_required
def show_on_tv(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Whether the member agreed to be named on the gym's TV: a coach records it for somebody without an account."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    row = row_of(reader, member_id)
    form = TvForm(request.POST)
    if not form.is_valid():
        return draw_member(request, reader, row, tv_form=form, status=422)
    ClassSession.show_on_tv(member_id, form.cleaned_data["agreed"], at=reader.at)
    if request.htmx:  # type: ignore[attr-defined]
        return draw_member(request, reader, row)
    return redirect(f"{reader.url}{member_id}/member/{same_period(request)}#on-tv")


def row_of(reader: Reader, member_id: UUID) -> Row:
    """The member's row; 404 for somebody who is not on the class's roster."""
    try:
        return reader.one(member_id)[1]
    except StopIteration:
        raise Http404 from None
