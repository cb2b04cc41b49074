"""A member's own history."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gym.access import GymRequest, member_required
from gym.shell import ONES_OWN, may_be_kept
from programming.forms.practice import LookedForm
from programming.models.practice import Homework
from programming.my_history import PAGE, read


@require_safe
@may_be_kept(hours=ONES_OWN)
@member_required
def history(request: GymRequest) -> HttpResponse:
    """My stages over time, and what happened, newest first. To ask for it changes nothing."""
    return render(request, "member/history.html", {"page": read(request.member, request.GET, timezone.now())})


@require_POST
@member_required
def looked(request: GymRequest) -> HttpResponse:
    """I have looked at my history: what happens from then on is new the next time."""
    form = LookedForm(request.POST)
    if form.is_valid():
        Homework.look(request.member, PAGE, seen_to=min(form.cleaned_data["seen_to"], timezone.now()))
    return redirect("my_history", gym_slug=request.gym.slug)
