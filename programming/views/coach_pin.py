"""A coach's own PIN for the gym's tablets."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest, own_coach_required
from gym.models import Pin
from gym.tablets import coaches_with_pin, marks
from programming.forms.tablets import PinForm


@sensitive_post_parameters("pin", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@own_coach_required
def pin(request: GymRequest) -> HttpResponse:
    """Choose a PIN, or another one. Their own sign-in opens more than a PIN does: the former is not asked for."""
    form = PinForm(request.POST) if request.method == "POST" else PinForm()
    if form.is_bound and form.is_valid():
        Pin.choose(request.member, form.cleaned_data["pin"], at=timezone.now())
        messages.success(request, _("Your PIN is saved."))
        return redirect("pin", gym_slug=request.gym.slug)
    mark = next((mark for coach, mark in marks(coaches_with_pin()) if coach.pk == request.member.pk), "")
    return render(request, "coach/pin.html", {"form": form, "mark": mark}, status=422 if form.errors else 200)
