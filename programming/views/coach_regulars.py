"""The regulars of a class's slot: proposed on its board, expected with one tap, or said to be missing today."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest
from gym.identifiers import uuid7
from programming.board import Board, Reader
from programming.forms.groups import RegularsForm
from programming.forms.taps import NotTodayForm
from programming.models.recording import NotOnRoster
from programming.views.coach_several import answer, reader_of
from programming.views.taps import name_tap, newest_of, refusal_of, sentences, tap_view, taps_taken, whole_board


@require_http_methods(["GET", "HEAD", "POST"])
@taps_taken
def regulars(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Who is proposed; posted, all of those shown are expected."""
    reader = reader_of(request, session_id)
    if request.method != "POST":
        return draw(request, reader, reader.board())
    form = RegularsForm(request.POST, words=reader.words)
    if not form.is_valid():
        return whole_board(request, reader.board(), sentences(form), status=422)
    return answer(
        request,
        reader,
        lambda: reader.session.expect_regulars(form.group_tap(hand=request.hand), now=request.hand.heard_at),
    )


@tap_view
def not_today(request: GymRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """One of them does not come today: they are not proposed again in this class."""
    reader = reader_of(request, session_id)
    form = NotTodayForm(request.POST, words=reader.words)
    if not form.is_valid():
        return draw(request, reader, reader.board(), refused=sentences(form), status=422)
    try:
        recorded = reader.session.not_today(form.screen_tap(member_id=member_id, hand=request.hand))
    except NotOnRoster:
        raise Http404 from None
    said = refusal_of(recorded, reader.words)
    reader.newest = newest_of(recorded)
    board = reader.board()
    if said or request.htmx:  # type: ignore[attr-defined]
        response = draw(request, reader, board, refused=said, status=recorded.status)
    else:
        response = redirect(f"{reader.url}regulars/" if board.proposed else reader.url)
    return name_tap(response, recorded.tap)


def draw(request: GymRequest, reader: Reader, board: Board, *, refused: str = "", status: int = 200) -> HttpResponse:
    """Who is proposed now: a part beside the board, which is redrawn after a tap, or a page of its own."""
    # For a browser without scripts: a page that it sends again is the same tap.
    context = {"board": board, "refused": refused, "back": reader.url, "key": uuid7()}
    template = "coach/regulars.html"
    if request.htmx:  # type: ignore[attr-defined]
        template = "coach/_regulars_answer.html" if request.method == "POST" else "coach/_regulars.html"
    return render(request, template, context, status=status)
