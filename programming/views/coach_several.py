"""Taps for several people at once: the rest is clean, those selected get a stage or were seen, and all that undone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest
from gym.identifiers import uuid7
from programming.board import Board, Reader, Row
from programming.forms.groups import RestForm, SeveralForm, UndoSeveralForm
from programming.models import Tap
from programming.models.grouping import kept_out
from programming.models.recording import Answer, NotOnRoster
from programming.views.taps import class_session, name_tap, refusal_of, sentences, tap_view, taps_taken, whole_board
from programming.words import kept_out_sentence, nobody_sentence, where_words


@dataclass(frozen=True, slots=True)
class Choice:
    """One person who can be selected."""

    row: Row
    # Where they stand.
    words: str
    is_chosen: bool


@tap_view
def rest(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Everyone not yet seen is clean."""
    reader = reader_of(request, session_id)
    form = RestForm(request.POST, words=reader.words)
    if not form.is_valid():
        return whole_board(request, reader.board(), sentences(form), status=422)
    return answer(
        request,
        reader,
        lambda: reader.session.record_several(form.group_tap(hand=request.hand), now=request.hand.heard_at),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@taps_taken
def several(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Select people, and set a stage for them, mark them seen or here."""
    reader = reader_of(request, session_id)
    if request.method != "POST":
        return sheet(request, reader, everyone="everyone" in request.GET)
    form = SeveralForm(request.POST, words=reader.words)
    chosen = {each.partition(":")[0] for each in request.POST.getlist("member")}
    if not form.is_valid():
        return sheet(request, reader, chosen=chosen, refused=sentences(form), status=422)
    return answer(
        request,
        reader,
        lambda: reader.session.record_several(form.group_tap(hand=request.hand), now=request.hand.heard_at),
        refused=lambda said: sheet(request, reader, chosen=chosen, refused=said, status=422),
    )


@tap_view
def undo(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Take out what still stands of a tap for several people."""
    reader = reader_of(request, session_id)
    form = UndoSeveralForm(request.POST, words=reader.words)
    if not form.is_valid():
        return whole_board(request, reader.board(), sentences(form), status=422)
    return answer(
        request,
        reader,
        lambda: reader.session.undo_several(form.group_undo(hand=request.hand), now=request.hand.heard_at),
    )


def reader_of(request: GymRequest, session_id: UUID) -> Reader:
    """What reads the board of that class; 404 where the gym has no such class."""
    return Reader(class_session(session_id), gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)


def answer(
    request: GymRequest,
    reader: Reader,
    record: Callable[[], Answer],
    *,
    refused: Callable[[str], HttpResponse] | None = None,
) -> HttpResponse:
    """Record the tap and answer with everybody's row, or with `refused` where a rule kept everybody out.

    The bar names whom a rule kept out.
    """
    try:
        recorded = record()
    except NotOnRoster:
        raise Http404 from None
    board = reader.board()
    said = what_to_say(recorded, reader, board)
    if refused and recorded.status == 422:
        response = refused(said)
    elif said or request.htmx:  # type: ignore[attr-defined]
        response = whole_board(request, board, said, status=recorded.status)
    else:
        response = redirect(reader.url)
    return name_tap(response, recorded.tap)


def what_to_say(recorded: Answer, reader: Reader, board: Board) -> str:
    """Who was kept out and why, or why nothing was done at all; empty where there is nothing to say."""
    names: dict[str, list[str]] = {}
    for part in [] if recorded.conflict else kept_out(recorded.tap):
        person = part.member
        if person is not None:
            names.setdefault(part.detail["refused"], []).append(reader.names.get(person.pk, person.short_name))
    if names:
        return " ".join(kept_out_sentence(code, people) for code, people in names.items())
    if not recorded.conflict and recorded.tap.outcome == Tap.Outcome.UNCHANGED:
        any_left = any(row.is_rest for row in board.rows)
        expected = sum(1 for row in board.rows if not row.is_here and not row.is_absent)
        all_seen = board.here == board.seen
        return nobody_sentence(recorded.tap, all_seen=all_seen, any_left=any_left, expected=expected)
    return refusal_of(recorded, reader.words)


def sheet(
    request: GymRequest,
    reader: Reader,
    *,
    chosen: Collection[str] = (),
    everyone: bool = False,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """Everybody on the roster, to select from: a part beside the board, or a page of its own.

    Everyone is everyone but those who did not come.
    """
    people = [
        Choice(
            row,
            where_words(reader.words, row.stage, held=row.held, is_here=row.is_here, is_absent=row.is_absent),
            (everyone and not row.is_absent) or str(row.member_id) in chosen,
        )
        for row in reader.board().rows
    ]
    context = {
        "people": people,
        "stages": reader.words.shown,
        "back": reader.url,
        "refused": refused,
        # For a browser without scripts: a page that it sends again is the same tap.
        "key": uuid7(),
    }
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    response = render(request, "coach/_several.html" if is_part else "coach/several.html", context, status=status)
    if status != 200 and is_part:
        # Meant for the roster, but the roster stays as it is.
        response["HX-Retarget"], response["HX-Reswap"] = "#sheet", "innerMorph"
    return response
