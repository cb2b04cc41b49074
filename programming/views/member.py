"""A member's own page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gym.access import GymRequest, has_other_gyms, member_required
from programming.my_drills import read


@require_safe
@member_required
def my(request: GymRequest) -> HttpResponse:
    """My stage on each ladder, what earns the next step, and my drills. Nothing of anybody else."""
    context = {"my": read(request.member, timezone.now()), "has_other_gyms": has_other_gyms(request.member)}
    return render(request, "member/my.html", context)
