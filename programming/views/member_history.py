"""A member's own history."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gym.access import GymRequest, member_required
from programming.my_history import read


@require_safe
@member_required
def history(request: GymRequest) -> HttpResponse:
    """My stages over time, and what happened, newest first. It remembers when I looked."""
    # A device that keeps the page for later is nobody who looks at it.
    looks = request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    shown = {"page": read(request.member, request.GET, timezone.now(), looks=looks)}
    return render(request, "member/history.html", shown)
