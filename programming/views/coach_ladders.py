"""The ladders of one class: those on its board, and those that the gym teaches besides."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest, coach_required
from programming.forms.classes import LadderOfClassForm
from programming.models import Progression
from programming.views.taps import class_session


@require_http_methods(["GET", "HEAD", "POST"])
@coach_required
def ladders(request: GymRequest, session_id: UUID) -> HttpResponse:
    """Put a further ladder on the board of this class, and go to it."""
    session = class_session(session_id)
    running = list(session.ladders.order_by("name"))
    known = {each.pk for each in running}
    others = [each for each in Progression.objects.filter(retired_at=None).order_by("name") if each.pk not in known]
    form = LadderOfClassForm([*running, *others], request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        wanted = form.wanted()
        session.run_ladder(wanted, at=timezone.now())
        board = reverse("board", kwargs={"gym_slug": request.gym.slug, "session_id": session_id})
        return redirect(board if wanted.pk == session.progression_id else f"{board}on/{wanted.key}/")
    context = {"session": session, "running": running, "others": others, "form": form}
    return render(request, "coach/ladders.html", context, status=422 if form.errors else 200)
