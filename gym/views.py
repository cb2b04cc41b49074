"""The house's own pages: the way in, and whether it stands."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gym.models import Membership


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the gym of somebody who has one; a choice for somebody with several."""
    people = Membership.across_gyms.select_related("gym").order_by("gym__name")
    memberships = list(people.filter(user_id=request.user.pk, is_active=True, merged_into=None, erased_at=None))
    if len(memberships) == 1:
        return redirect("today" if memberships[0].may_coach else "my", gym_slug=memberships[0].gym.slug)
    return render(request, "account/gyms.html", {"memberships": memberships})


@require_safe
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """For a load balancer: the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def closed(request: HttpRequest, key: str = "") -> HttpResponse:
    """A page that is not open here."""
    raise Http404
