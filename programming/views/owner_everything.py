"""Everything of the gym as one file, to take along."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gym.access import GymRequest, owner_required
from gym.moving.writing import taken_along


@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
@reauthentication_required
def everything(request: GymRequest) -> HttpResponse | StreamingHttpResponse:
    """Says what is in the file; posted, sends it while it is made. Whoever it is has signed in just now."""
    if request.method != "POST":
        return render(request, "owner/everything.html", {"here": "everything"})
    name = f'attachment; filename="{request.gym.slug}-{timezone.localdate():%Y-%m-%d}.zip"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    pieces = taken_along(request.gym, at=timezone.now())
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)
