"""The last taps of a class: undo one, or give it to the person it was meant for."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gym.access import GymRequest, coach_required, get_or_404
from programming.board import Reader, standing_taps
from programming.forms.taps import MoveForm, UndoForm
from programming.models import Tap
from programming.models.grouping import standing_parts
from programming.models.undoing import MOVABLE
from programming.views.taps import class_session, take_tap, tap_view

# How many of the last taps the list shows.
SHOWN = 12


@tap_view
def undo(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Take out the named tap."""
    return take_tap(request, session_id, member_id, UndoForm)


@tap_view
def move(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Take the named tap out here and append it for the right person, as one."""
    meant = MoveForm(request.POST, words=class_session(session_id).on_board.ladder())
    also = (meant.cleaned_data["to"],) if meant.is_valid() else ()
    return take_tap(request, session_id, member_id, MoveForm, also=also, everyone=True)


@require_safe
@coach_required
def taps(request: GymRequest, session_id: UUID) -> HttpResponse:
    """The last taps that stand, newest first."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    reader.board()
    last = list(standing_taps(reader.session.pk)[:SHOWN])
    parts = standing_parts(tap for tap in last if tap.kind == Tap.Kind.SEVERAL)
    said = [(reader.said(tap), tap.kind in MOVABLE, [*map(reader.said, parts.get(tap.pk, []))]) for tap in last]
    template = "coach/_taps.html" if request.htmx else "coach/taps.html"  # type: ignore[attr-defined]
    return render(request, template, {"taps": said, "back": reader.url})


@require_safe
@coach_required
def wrong_person(request: GymRequest, session_id: UUID, tap_key: UUID) -> HttpResponse:
    """Who was meant by a tap: everyone else on the roster."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    taps = Tap.objects.select_related("member", "actor").exclude(member=None)
    tap = get_or_404(taps, key=tap_key, session_id=session_id)
    people = [row for row in reader.board().rows if row.member_id != tap.member_id]
    template = "coach/_wrong_person.html" if request.htmx else "coach/wrong_person.html"  # type: ignore[attr-defined]
    return render(request, template, {"tap": reader.said(tap), "people": people, "back": reader.url})
