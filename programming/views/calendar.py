"""A person's calendar: the page on which they make its link, and the feed that the link opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gym.access import GymRequest, member_required
from gym.languages import at_home, speak
from gym.middleware import plain
from gym.scope import in_gym
from programming.calendar_feed import written
from programming.models.calendar_links import CalendarLink
from programming.models.coming import make_coming
from programming.qr import qr
from programming.views.screen import may_ask, told_to_nobody


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def my_calendar(request: GymRequest) -> HttpResponse:
    """Whether there is a link, and since when; posted, a new one, which is in that answer alone."""
    link = ""
    if request.method == "POST":
        token = CalendarLink.make(request.member, at=timezone.now())
        link = request.build_absolute_uri(reverse("calendar", kwargs={"gym_slug": request.gym.slug, "calendar": token}))
    made = CalendarLink.objects.filter(person=request.member).first()
    context = {"link": link, "made": made, "qr": qr(link) if link else None}
    context["subscribe"] = f"webcal:{link.partition(':')[2]}" if link else ""
    return render(request, "member/calendar.html", context)


@require_POST
@member_required
def revoke(request: GymRequest) -> HttpResponse:
    """The link shows nothing any more."""
    CalendarLink.revoke(request.member)
    return redirect("my_calendar", gym_slug=request.gym.slug)


@told_to_nobody
@require_safe
def feed(request: HttpRequest, gym_slug: str, calendar: str) -> HttpResponse:
    """What a calendar asks for. Unknown, revoked, and of whoever has left are the same 404."""
    now = timezone.now()
    person = CalendarLink.whose(gym_slug, calendar)
    if person is None:
        if may_ask(request, now):
            return render(request, "404.html", status=404)
        return plain(_("Too many tries."), 429)
    speak(request, person.gym, person)
    make_coming(person.gym, now)
    with in_gym(person.gym), at_home(person.gym, person):
        answer = HttpResponse(written(person.gym, person, now), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{gym_slug}.ics"'
    return answer
