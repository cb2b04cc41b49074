"""From a posted form to a recorded tap, and from there to the row that answers it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import response_for_exception
from django.db.models import Exists, OuterRef, UUIDField
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gym.access import GymRequest, coach_required, get_or_404
from gym.middleware import plain
from gym.models import Membership
from gym.prepared import Prepared
from gym.tablets import Hand
from programming.board import Board, Reader
from programming.forms.taps import TapForm
from programming.ladder import EARLIEST, Refusal
from programming.models import Attendance, ClassLadder, ClassSession, Tap
from programming.models.attending import STANDING
from programming.models.ladder_words import LadderWords
from programming.models.recording import Answer, NotOnRoster
from programming.plan_page import Strip, milliseconds
from programming.polling import tag_after
from programming.sheet import Sheet, opening_key
from programming.views.board_order import in_order, with_heading
from programming.views.member_page import draw_member
from programming.views.shown_ladder import put_on_board
from programming.views.stations_page import draw_stations
from programming.words import refusal_sentence, tap_words

View = Callable[..., HttpResponse]

# Where the member sheet shows what came of a tap, by the end of its address; the others are of its ladder.
PANELS = {
    "assign": "home",
    "attendance": "attending",
    "clear": "notes",
    "note": "notes",
    "pain": "holding",
}


def with_board(key: Any) -> Any:
    """The class of that id, if it has a board."""
    classes = ClassSession.objects.filter(pk=key, progression__isnull=False)
    return classes.select_related("progression", "coach").defer("progression__teaching")


# Most of what is asked of a class needs no plan.
CLASS = Prepared[ClassSession](lambda key: with_board(key).defer("plan", "progression__teaching"), key=UUIDField())
PLANNED_CLASS = Prepared[ClassSession](
    lambda key: with_board(key).annotate(
        has_further=Exists(ClassLadder.objects.filter(session=OuterRef("pk"), position__gt=0))
    ),
    key=UUIDField(),
)


def class_session(session_id: UUID) -> ClassSession:
    """The gym's class that has a board, or 404."""
    found = CLASS.first(key=session_id)
    if found is None:
        raise Http404
    return put_on_board(found)


def planned_class(session_id: UUID) -> ClassSession:
    """The same, read with its plan."""
    found = PLANNED_CLASS.first(key=session_id)
    if found is None:
        raise Http404
    return put_on_board(found)


def tap_view(view: View) -> View:
    """A view that takes taps and nothing else."""
    return require_POST(taps_taken(view))


def taps_taken(view: View) -> View:
    """A view that takes taps when it is posted to: only from coaches, each their own, named in every answer.

    Also from a shared tablet whose coach's unlock is over: gym.tablets.hand_of takes their ticket for such views alone.
    """
    taken = tells_no_names_late(names_its_tap(coach_required(own_taps_only(view))))
    taken.takes_taps = True  # type: ignore[attr-defined]
    return taken


def tells_no_names_late(view: View) -> View:
    """A tap that comes when its unlock is over is taken and named, and that is all that a locked tablet is told."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        hand: Hand | None = getattr(request, "hand", None)
        if request.method != "POST" or hand is None or not hand.is_late or response.status_code == 302:
            return response
        told = {name: response[name] for name in ("X-Op", "X-Age") if name in response}
        return HttpResponse(status=204 if response.status_code == 200 else response.status_code, headers=told)

    return inside


def own_taps_only(view: View) -> View:
    """A tap that says whose it is (`coach`) is recorded as theirs or not at all.

    On a tablet where somebody else has signed in meanwhile it is not answered: it waits there for its coach.
    """

    @wraps(view)
    def inside(request: GymRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("coach", "") not in ("", str(request.member.pk)):
            return plain(_("This is another coach’s tap."), 401)
        ended = request.hand.ended_at
        if ended is not None:
            # Whatever its age says: nobody taps in a class that began after they were sent away.
            begun = ClassSession.objects.filter(pk=kwargs.get("session_id"), starts_at__lte=ended + EARLIEST)
            if not begun.exists():
                raise PermissionDenied
        return view(request, *args, **kwargs)

    return inside


def names_its_tap(view: View) -> View:
    """Every answer of ours to a tap carries its key, refusals included: a tablet keeps a tap until it is answered.

    What comes before a view (signed out, a foreign form) carries none, and 401 is no answer to a tap.
    """

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = view(request, *args, **kwargs)
        except (PermissionDenied, Http404) as refusal:
            response = response_for_exception(request, refusal)
        if response.status_code == 401:
            return response
        with suppress(ValueError):
            response.setdefault("X-Op", str(UUID(request.POST.get("tap", ""))))
        return response

    return inside


def name_tap(response: HttpResponse, tap: Tap) -> HttpResponse:
    """Say which tap is answered, and how many ms ago it is taken to have landed: what follows it came after that."""
    response["X-Op"] = str(tap.key)
    response["X-Age"] = str(max((timezone.now() - tap.at) // timedelta(milliseconds=1), 0))
    return response


def take_tap(
    request: GymRequest,
    session_id: UUID,
    member_id: UUID,
    form_class: type[TapForm],
    *,
    also: tuple[UUID, ...] = (),
    everyone: bool = False,
) -> HttpResponse:
    """Read the form, record the tap, answer with the member's row, or with everyone's where it concerns several."""
    session = class_session(session_id)
    reader = Reader(session, gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    form = form_class(request.POST, words=reader.words)
    if not form.is_valid():
        get_or_404(Attendance.objects, session=session, member_id=member_id)
        said = sentences(form)
        return answer_with(request, reader, member_id, said, status=422, form=form, everyone=everyone)
    tap = form.screen_tap(member_id=member_id, hand=request.hand, also=also)
    try:
        answer = session.record_tap(tap, now=request.hand.heard_at)
    except NotOnRoster:
        raise Http404 from None
    said = refusal_of(answer, reader.words)
    reader.newest = newest_of(answer)
    if said and form.typed:
        form.add_error(form.typed, said)
    kept = form if said else None
    response = answer_with(request, reader, member_id, said, status=answer.status, form=kept, everyone=everyone)
    # A board that showed all there was has nothing to ask for after its own tap.
    if answer.shows and request.POST.get("from", "") in ("", "sheet"):
        response["HX-PTag"] = tag_after(request, session, path=f"{reader.url}rows/")
    return name_tap(response, answer.tap)


def newest_of(answer: Answer) -> Tap | None:
    """The tap itself where it has just become the last one that stands, as the undo bar says it."""
    tap = answer.tap
    if answer.repeated or tap.outcome not in STANDING or tap.kind in (Tap.Kind.UNDO, Tap.Kind.MOVE):
        return None
    return tap


def sentences(form: Form) -> str:
    """Everything wrong with a form, each once, as one line."""
    return " ".join(dict.fromkeys(str(error) for errors in form.errors.values() for error in errors))


def refusal_of(answer: Answer, words: LadderWords) -> str:
    """Why a tap was refused, in a sentence; empty where it was not."""
    if answer.conflict:
        return refusal_sentence(Refusal("other_tap"), name="")
    if answer.refusal is None:
        return ""
    built_on = ""
    if "tap" in answer.refusal.values:
        later = Tap.objects.filter(key=answer.refusal.values["tap"]).first()
        built_on = tap_words(later, words) if later else ""
    # A tap that is moved is judged by where the right person stands.
    member = Membership.objects.filter(pk=answer.tap.detail.get("to", answer.tap.member_id)).first()
    return refusal_sentence(answer.refusal, name=member.short_name if member else "", built_on=built_on)


def answer_with(
    request: GymRequest,
    reader: Reader,
    member_id: UUID,
    refused: str,
    *,
    status: int,
    form: TapForm | None = None,
    everyone: bool = False,
) -> HttpResponse:
    """The true row and the counts: as parts for htmx, else by way of the page that the tap came from."""
    came_from = request.POST.get("from", "")
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    if not is_part and not refused:
        return redirect(page_after(request, reader, member_id, came_from))
    if came_from == "stations":
        return draw_stations(request, reader, refused=refused, status=status)
    try:
        board, row = reader.one(member_id, refused=refused)
    except StopIteration:
        # The member has no row any more, and so no sheet.
        if is_part and came_from == "member":
            return HttpResponse(headers={"HX-Redirect": reader.url})
        everyone = True
    if everyone or not (is_part or came_from in ("sheet", "member")):
        return whole_board(request, reader.board(refused={member_id: refused}), refused, status=status)
    if came_from == "member":
        return draw_member(request, reader, row, refused=refused, form=form, status=status)
    row = with_heading(request, reader, row)
    context: dict[str, Any] = {"board": board, "row": row, "refused": refused, "back": reader.url}
    template = "coach/_tap_answer.html"
    if came_from == "sheet":
        context["sheet"] = Sheet.read(reader, row, opening=request.POST.get("opening", ""), refused_form=form)
        template = "coach/_sheet_answer.html" if is_part else "coach/sheet.html"
    response = render(request, template, context, status=status)
    if came_from != "sheet":
        # It is one row, whatever the screen took it for: it may have been off when the button was drawn.
        response["HX-Retarget"], response["HX-Reswap"] = f"#m-{member_id}", "outerMorph"
    return response


def whole_board(request: GymRequest, board: Board, refused: str, *, status: int) -> HttpResponse:
    """Everyone who has a row: as parts for htmx, else as the page. `refused` is what the bar says of a refusal."""
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    context: dict[str, Any] = {"board": in_order(request, board), "refused": refused}
    if not is_part:
        now = timezone.now()
        context |= {"strip": Strip.read(board.session, now), "now": milliseconds(now)}
    template = "coach/_rows_answer.html" if is_part else "coach/board.html"
    response = render(request, template, context, status=status)
    if is_part:
        response["HX-Retarget"], response["HX-Reswap"] = "#roster", "innerMorph"
    return response


def same_period(request: GymRequest) -> str:
    """The part of an address that keeps the member sheet at the time it showed."""
    return "?period=all" if request.POST.get("period") == "all" else ""


def page_after(request: GymRequest, reader: Reader, member_id: UUID, came_from: str) -> str:
    """Where a plain form leads back to: its panel of the member sheet, the sheet, or the member's row on the board."""
    if came_from == "member":
        roster = Attendance.objects.filter(session=reader.session).exclude(state=Attendance.State.OFF)
        if not roster.filter(member_id=member_id).exists():
            return reader.url
        panel = PANELS.get(request.path.split("/")[-2], f"ladder-{reader.session.on_board.key}")
        return f"{reader.url}{member_id}/member/{same_period(request)}#{panel}"
    if came_from == "stations":
        return f"{reader.url}stations/"
    if came_from == "sheet":
        return f"{reader.url}{member_id}/sheet/?opening={opening_key(request.POST.get('opening', ''))}"
    return f"{reader.url}#m-{member_id}"
