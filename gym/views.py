"""The house's own pages: the way in, and whether it stands."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gym.middleware import database_is_away
from gym.models import Membership
from gym.releases import is_up_to_date


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
    """For a load balancer or whoever watches: the process reaches its database, and the database is as it needs it.

    It is cheap enough to be asked every second, and tells nothing of anybody.
    """
    said, status = "ok", 200
    try:
        if not is_up_to_date(connection):
            said, status = "The database is not up to date: manage.py migrate", 503
    except (DatabaseError, InterfaceError) as problem:
        away = database_is_away(problem)
        said, status = ("The database does not answer." if away else "The database is empty: manage.py migrate"), 503
    answer = HttpResponse(f"{said}\n", status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


@login_not_required
def closed(request: HttpRequest, key: str = "") -> HttpResponse:
    """A page that is not open here."""
    raise Http404
