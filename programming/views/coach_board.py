"""The class board and its taps. Every kind of tap has an address; all are recorded by the same method."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gym.access import GymRequest, coach_required
from gym.shell import may_be_kept
from programming.at_hand import at_hand
from programming.board import Reader
from programming.class_ladders import tabs
from programming.forms import taps
from programming.plan_page import Strip, milliseconds
from programming.polling import is_shown, tag
from programming.sheet import Sheet
from programming.views.board_order import in_order
from programming.views.taps import class_session, planned_class, take_tap, tap_view


@require_safe
@may_be_kept()
@coach_required
def board(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Every member of the class on one screen."""
    now = timezone.now()
    session = planned_class(session_id)
    reader = Reader(session, gym_slug=request.gym.slug, at=now, you=request.member.pk)
    board = replace(in_order(request, reader.board()), ladders=tabs(session, request.gym.slug))
    context = {"board": board, "strip": Strip.read(session, now), "now": milliseconds(now)}
    # With these a tablet goes on by itself while there is no network.
    context |= at_hand(reader)
    return render(request, "coach/board.html", context)


@require_safe
@coach_required
def rows(request: GymRequest, session_id: UUID) -> HttpResponse:
    """What changed since the version the screen has: nothing (304), or rows, counts and bar, and the plan's strip."""
    session = planned_class(session_id)
    if is_shown(request, session):
        response = HttpResponse(status=304)
    else:
        now = timezone.now()
        strip = Strip.read(session, now)
        # The screen says which strip it shows: another one is drawn, the same is not.
        changed = request.GET.get("plan", strip.stamp) != strip.stamp
        board = Reader(session, gym_slug=request.gym.slug, at=now, you=request.member.pk).board()
        context = {"board": in_order(request, board), "strip": strip if changed else None}
        response = render(request, "coach/_rows_answer.html", context)
    # The version was read first: a tap that came in between is fetched once more.
    response["HX-PTag"] = tag(request, session)
    return response


@require_safe
@coach_required
def sheet(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """The sheet of one member: a part beside the board, or a page of its own."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    try:
        _board, row = reader.one(member_id)
    except StopIteration:
        raise Http404 from None
    content = Sheet.read(reader, row, opening=request.GET.get("opening", ""))
    template = "coach/_sheet.html" if request.htmx else "coach/sheet.html"  # type: ignore[attr-defined]
    return render(request, template, {"sheet": content, "row": row, "back": reader.url})


@tap_view
def stage(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """A stage is wanted."""
    return take_tap(request, session_id, member_id, taps.StageForm)


@tap_view
def setting(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """A setting is wanted."""
    return take_tap(request, session_id, member_id, taps.SettingForm)


@tap_view
def drill(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """A drill of the stage is wanted."""
    return take_tap(request, session_id, member_id, taps.DrillForm)


@tap_view
def saw(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Clean, not yet, or the same as before."""
    return take_tap(request, session_id, member_id, taps.SawForm)


@tap_view
def fault(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """A fault was seen."""
    return take_tap(request, session_id, member_id, taps.FaultForm)


@tap_view
def pain(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Pain was reported."""
    return take_tap(request, session_id, member_id, taps.PainForm)


@tap_view
def clear(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """A hold is cleared, with a note."""
    return take_tap(request, session_id, member_id, taps.ClearForm)


@tap_view
def assign(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """A drill is to be done at home, or no longer."""
    return take_tap(request, session_id, member_id, taps.AssignForm)


@tap_view
def note(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """A note for coaches."""
    return take_tap(request, session_id, member_id, taps.NoteForm)


@tap_view
def attendance(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Here, or not here."""
    return take_tap(request, session_id, member_id, taps.AttendanceForm)
