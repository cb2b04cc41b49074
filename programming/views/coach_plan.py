"""The plan of a class: its page with the clock, its steps, and what is changed for today."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from gym.access import GymRequest, coach_required
from gym.shell import may_be_kept
from programming.forms import plan as forms
from programming.models.recording import Answer
from programming.plan_page import PlanPage, milliseconds
from programming.polling import is_shown, tag
from programming.summary import Summary
from programming.swapping import Swap
from programming.views.taps import class_session, name_tap, planned_class, sentences, tap_view, taps_taken
from programming.words import step_refusal


@require_safe
@may_be_kept()
@coach_required
def plan(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Every block with its drills, the clock and its buttons; to a poll, what changed or nothing (304)."""
    session = planned_class(session_id)
    is_poll = "HX-PTag" in request.headers
    nothing_new = is_poll and is_shown(request, session)
    response = HttpResponse(status=304) if nothing_new else plan_page(request, session_id)
    if is_poll:
        response["HX-PTag"] = tag(request, session)
    return response


def plan_page(request: GymRequest, session_id: UUID, *, refused: str = "", status: int = 200) -> HttpResponse:
    """The plan as it is now: a part for htmx, else the page."""
    now = timezone.now()
    context = {"plan": PlanPage.read(planned_class(session_id), now), "refused": refused, "now": milliseconds(now)}
    context |= {"url": url_of(request, "plan", session_id), "back": url_of(request, "board", session_id)}
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "coach/_plan.html" if is_part else "coach/plan.html", context, status=status)


def url_of(request: GymRequest, name: str, session_id: UUID) -> str:
    """The address of a page of that class."""
    return reverse(name, kwargs={"gym_slug": request.gym.slug, "session_id": session_id})


def take_step(request: GymRequest, session_id: UUID, form_class: type[forms.StepForm]) -> HttpResponse:
    """Read the form, record the step, answer with the plan."""
    session = class_session(session_id)
    form = form_class(request.POST)
    if not form.is_valid():
        return plan_page(request, session_id, refused=sentences(form), status=422)
    answer = session.record_step(form.plan_tap(hand=request.hand), now=request.hand.heard_at)
    return name_tap(step_answer(request, session_id, answer), answer.tap)


def step_answer(request: GymRequest, session_id: UUID, answer: Answer) -> HttpResponse:
    """The plan after a step, with the reason where it was refused; to Today, where the class is removed."""
    said = step_refusal(answer)
    is_gone = not said and answer.tap.detail.get("removed") is True
    there = reverse("today", kwargs={"gym_slug": request.gym.slug}) if is_gone else url_of(request, "plan", session_id)
    if not request.htmx and not said:  # type: ignore[attr-defined]
        return redirect(there)
    if is_gone:
        return HttpResponse(headers={"HX-Redirect": there})
    return plan_page(request, session_id, refused=said, status=answer.status)


@tap_view
def block(request: GymRequest, session_id: UUID) -> HttpResponse:
    """A block is to run: the first, the next, or one before."""
    return take_step(request, session_id, forms.BlockForm)


@tap_view
def paused(request: GymRequest, session_id: UUID) -> HttpResponse:
    """The clock is to stand, or to go on."""
    return take_step(request, session_id, forms.PausedForm)


@tap_view
def minutes(request: GymRequest, session_id: UUID) -> HttpResponse:
    """A block is to last so long."""
    return take_step(request, session_id, forms.MinutesForm)


@tap_view
def dropped(request: GymRequest, session_id: UUID) -> HttpResponse:
    """A block is to be left out today, or put back."""
    return take_step(request, session_id, forms.DroppedForm)


@tap_view
def order(request: GymRequest, session_id: UUID) -> HttpResponse:
    """The blocks are to come in that order today."""
    return take_step(request, session_id, forms.OrderForm)


@tap_view
def finished(request: GymRequest, session_id: UUID) -> HttpResponse:
    """The class is to be finished, or to go on after all."""
    return take_step(request, session_id, forms.FinishedForm)


@tap_view
def removed(request: GymRequest, session_id: UUID) -> HttpResponse:
    """A class that was started by mistake is to go."""
    return take_step(request, session_id, forms.RemovedForm)


@require_http_methods(["GET", "HEAD", "POST"])
@taps_taken
def drill(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Choose another drill for a place of a block; posted, it is taught there today."""
    if request.method == "POST":
        return take_step(request, session_id, forms.PlanDrillForm)
    page = PlanPage.read(planned_class(session_id), timezone.now())
    try:
        swap = Swap.read(page, int(request.GET.get("block", "")), int(request.GET.get("place", "")))
    except ValueError:
        swap = None
    if swap is None or page.running.is_over:
        # The place was there a moment ago, or the class went on: the plan shows what is there now.
        return redirect(url_of(request, "plan", session_id))
    return render(request, "coach/swap.html", {"swap": swap, "url": url_of(request, "plan", session_id), "plan": page})


@require_safe
@coach_required
def summary(request: GymRequest, session_id: UUID) -> HttpResponse:
    """What the class came to, on one page."""
    now, session = timezone.now(), planned_class(session_id)
    context = {"summary": Summary.read(session, now), "is_over": session.state(now) == "done"}
    context["plan"] = PlanPage.read(session, now)
    context["back"] = url_of(request, "board", session_id)
    return render(request, "coach/summary.html", context)
