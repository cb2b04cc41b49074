"""The owner's schedule: the slots that come round each week."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gym.access import GymRequest, owner_required
from programming.models import WeeklySlot


@require_safe
@owner_required
def schedule(request: GymRequest) -> HttpResponse:
    """The week's slots in the order of the week."""
    return render(request, "owner/schedule.html", {"here": "schedule", "slots": WeeklySlot.objects.going_on()})
