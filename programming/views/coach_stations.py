"""The stations of a class: who stands where, and what is changed for today. And the board in their order."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from gym.access import GymRequest, coach_required
from gym.shell import may_be_kept
from programming.board import Reader
from programming.forms.stations import ForTodayForm, OrderForm
from programming.forms.taps import WithCoachForm
from programming.polling import is_shown, tag
from programming.views.board_order import in_order, keep_order
from programming.views.stations_page import draw_stations
from programming.views.taps import class_session, name_tap, refusal_of, sentences, take_tap, tap_view, whole_board


@require_safe
@may_be_kept()
@coach_required
def stations(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Who is where at this block. Asked again and again by the page itself: 304 while there is nothing new."""
    session = class_session(session_id)
    if is_shown(request, session):
        response = HttpResponse(status=304)
    else:
        response = draw_stations(
            request, Reader(session, gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
        )
    # The version was read first: a tap that came in between is fetched once more.
    response["HX-PTag"] = tag(request, session)
    return response


@tap_view
def with_coach(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Somebody is wanted with the coach, or back."""
    return take_tap(request, session_id, member_id, WithCoachForm)


@tap_view
def for_today(request: GymRequest, session_id: UUID) -> HttpResponse:
    """A way to share, or another drill, in today's plan alone."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    form = ForTodayForm(request.POST)
    if not form.is_valid():
        return draw_stations(request, reader, refused=sentences(form), status=422)
    answer = reader.session.record_step(form.plan_tap(hand=request.hand), now=request.hand.heard_at)
    said = refusal_of(answer, reader.words)
    if said or request.htmx:  # type: ignore[attr-defined]
        reader.session = class_session(session_id)
        response = draw_stations(request, reader, refused=said, status=answer.status)
    else:
        response = redirect(f"{reader.url}stations/")
    return name_tap(response, answer.tap)


@require_http_methods(["GET", "HEAD", "POST"])
@coach_required
def order(request: GymRequest, session_id: UUID) -> HttpResponse:
    """The board of this tablet by station as people stand now, or by name again. To look at there is the board."""
    reader = Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    if request.method != "POST":
        return redirect(reader.url)
    form = OrderForm(request.POST)
    if not form.is_valid():
        return whole_board(request, reader.board(), sentences(form), status=422)
    keep_order(request, reader, by_station=form.cleaned_data["by"] == "station")
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(reader.url)
    return render(request, "coach/_order_answer.html", {"board": in_order(request, reader.board())})
