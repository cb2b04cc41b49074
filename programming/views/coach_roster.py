"""Who is in the class: adding a member by typing, or a drop-in by name."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest
from programming.board import Reader
from programming.finding import find
from programming.forms.classes import LONGEST_NAME, AddSomeoneForm
from programming.forms.fields import WrittenField
from programming.ladder import Refusal
from programming.models import ClassSession, Tap
from programming.models.rosters import NoSuchMember, OtherTap
from programming.views.board_order import in_order
from programming.views.taps import class_session, name_tap, taps_taken
from programming.words import refusal_sentence


@require_http_methods(["GET", "HEAD", "POST"])
@taps_taken
def add(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Find a member by typing three letters; add them, or a drop-in by the name typed."""
    session = class_session(session_id)
    if request.method == "POST":
        return add_someone(request, session)
    return add_page(request, session, AddSomeoneForm(initial={"name": request.GET.get("name", "")}))


def add_someone(request: GymRequest, session: ClassSession) -> HttpResponse:
    """Put somebody on the roster and answer with the board."""
    form = AddSomeoneForm(request.POST)
    if not form.is_valid():
        return add_page(request, session, form, status=422)
    data = form.cleaned_data
    try:
        member = session.add_someone(
            member_id=data["member"],
            name=data["name"],
            by=request.member,
            key=data["tap"],
            age=request.hand.age(data["age"]),
            device=request.hand.device,
            now=request.hand.heard_at,
        )
    except NoSuchMember:
        form.add_error("name", NoSuchMember.sentence())
        return add_page(request, session, form, status=422)
    except OtherTap:
        form.add_error("name", refusal_sentence(Refusal("other_tap"), name=""))
        return add_page(request, session, form, status=409)
    reader = Reader(session, gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reader.url}#m-{member.pk}")
    context = {"board": in_order(request, reader.board()), "added": member}
    response = render(request, "coach/_added_answer.html", context)
    return name_tap(response, Tap.objects.get(key=data["tap"])) if data["tap"] else response


def add_page(request: GymRequest, session: ClassSession, form: AddSomeoneForm, status: int = 200) -> HttpResponse:
    """The form with those whom the typed letters find: to be added, or named as on the roster already."""
    typed = str(form["name"].value() or "")
    name = WrittenField().to_python(typed)
    # Nobody's name is longer, and every word of it is looked for.
    wanted, drop_in = name[:LONGEST_NAME], name if len(name) <= LONGEST_NAME else ""
    reader = Reader(session, gym_slug=request.gym.slug, at=timezone.now(), you=request.member.pk)
    found, already = find(session, wanted)
    # htmx names its target as tag#id.
    target = request.htmx.target or ""  # type: ignore[attr-defined]
    only_results = target.rpartition("#")[2] == "found"
    template = "coach/_found.html" if only_results else "coach/_add.html" if request.htmx else "coach/add.html"  # type: ignore[attr-defined]
    context = {"form": form, "typed": typed, "drop_in": drop_in, "found": found, "already": already, "back": reader.url}
    response = render(request, template, context, status=status)
    if status != 200:
        # Meant for the roster, but the roster stays as it is.
        response["HX-Retarget"], response["HX-Reswap"] = "#sheet", "innerMorph"
    return response
