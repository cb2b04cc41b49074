"""From a posted form to a recorded tap, and from there to the row that answers it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from gym.access import GymRequest, get_or_404
from programming.board import Reader
from programming.forms.taps import TapForm
from programming.ladder import Refusal
from programming.models import ClassSession, Tap
from programming.models.ladder_words import LadderWords
from programming.models.recording import Answer, NotOnRoster
from programming.sheet import Sheet, opening_key
from programming.words import refusal_sentence, tap_words


def class_session(session_id: UUID) -> ClassSession:
    """The gym's class that has a board, or 404."""
    sessions = ClassSession.objects.select_related("progression", "coach").exclude(progression=None)
    return get_or_404(sessions, pk=session_id)


def take_tap(
    request: GymRequest, session_id: UUID, member_id: UUID, form_class: type[TapForm], also: tuple[UUID, ...] = ()
) -> HttpResponse:
    """Read the form, record the tap, answer with the member's row."""
    session = class_session(session_id)
    form = form_class(request.POST, words=session.on_board.ladder())
    reader = Reader(session, gym_slug=request.gym.slug, at=timezone.now())
    if not form.is_valid():
        return answer_with(request, reader, member_id, sentences(form), status=422, form=form)
    try:
        answer = session.record_tap(form.screen_tap(member_id=member_id, by=request.member, also=also))
    except NotOnRoster:
        raise Http404 from None
    response = answer_with(request, reader, member_id, refusal_of(answer, reader.words), status=answer.status)
    response["X-Op"] = str(form.cleaned_data["tap"] or "")
    return response


def sentences(form: TapForm) -> str:
    """Everything wrong with a form, as one line."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def refusal_of(answer: Answer, words: LadderWords) -> str:
    """Why a tap was refused, in a sentence; empty where it was not."""
    if answer.conflict:
        return refusal_sentence(Refusal("other_tap"), name="")
    if answer.refusal is None or answer.tap is None:
        return ""
    built_on = ""
    if "tap" in answer.refusal.values:
        later = Tap.objects.filter(key=answer.refusal.values["tap"]).first()
        built_on = tap_words(later, words) if later else ""
    member = answer.tap.member
    return refusal_sentence(answer.refusal, name=member.short_name if member else "", built_on=built_on)


def answer_with(
    request: GymRequest, reader: Reader, member_id: UUID, refused: str, *, status: int, form: TapForm | None = None
) -> HttpResponse:
    """The true row and the counts: as parts for htmx, else by way of the page that the tap came from."""
    from_sheet = request.POST.get("from") == "sheet"
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    if not is_part and not refused:
        return redirect(page_after(request, reader, member_id, from_sheet=from_sheet))
    try:
        board, row = reader.one(member_id, refused=refused)
    except StopIteration:
        return whole_board(request, reader, status=status)
    context: dict[str, Any] = {"board": board, "row": row, "refused": refused, "back": reader.url}
    if from_sheet:
        context["sheet"] = Sheet.read(reader, member_id, opening=request.POST.get("opening", ""), refused_form=form)
        template = "coach/_sheet_answer.html" if is_part else "coach/sheet.html"
    elif is_part:
        template = "coach/_tap_answer.html"
    else:
        context["board"] = reader.board(refused={member_id: refused})
        template = "coach/board.html"
    return render(request, template, context, status=status)


def whole_board(request: GymRequest, reader: Reader, *, status: int) -> HttpResponse:
    """The answer where the member has no row any more: everyone who has one."""
    response = render(request, "coach/_rows_answer.html", {"board": reader.board()}, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#roster", "innerMorph"
    return response


def page_after(request: GymRequest, reader: Reader, member_id: UUID, *, from_sheet: bool) -> str:
    """Where a plain form leads back to: the sheet it stood on, or the member's row on the board."""
    if not from_sheet:
        return f"{reader.url}#m-{member_id}"
    return f"{reader.url}{member_id}/sheet/?opening={opening_key(request.POST.get('opening', ''))}"
