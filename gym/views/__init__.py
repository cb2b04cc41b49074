"""The house's own pages: the way in, and whether it stands."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_safe

from gym import shell
from gym.languages import speak
from gym.middleware import database_is_away
from gym.models import Letter, Membership
from gym.post.switching import switch_of
from gym.releases import is_up_to_date


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the gym of somebody who has one; a choice for somebody with several."""
    memberships = memberships_of(request)
    if len(memberships) == 1:
        return redirect("today" if memberships[0].may_coach else "my", gym_slug=memberships[0].gym.slug)
    return render(request, "account/gyms.html", {"memberships": memberships})


def memberships_of(request: HttpRequest) -> list[Membership]:
    """Who the person who asks is, in each of their gyms."""
    people = Membership.across_gyms.select_related("gym").order_by("gym__name")
    return list(people.filter(user_id=request.user.pk, is_active=True, merged_into=None, erased_at=None))


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


@require_safe
@login_not_required
def health_of_mail(request: HttpRequest) -> HttpResponse:
    """For whoever watches, and no load balancer: letters that are due are taken, and the mail server takes them too.

    Tells how many there are and nothing of anybody.
    """
    try:
        said = Letter.stuck(timezone.now())
    except (DatabaseError, InterfaceError):
        said = "The database does not answer, or is not up to date."
    answer = HttpResponse(f"{said or 'ok'}\n", status=503 if said else 200, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_switch(request: HttpRequest, switch: str) -> HttpResponse:
    """Where the link in a letter leads: one button, which says what it switches off.

    A mailbox posts here by itself when its reader asks it to (RFC 8058): without a session and without a token of a
    form, so that the link's signature alone says whose letters they are. What is posted is the wanted state.
    """
    found = switch_of(switch)
    if found is None:
        return render(request, "account/mail_switch.html", {"switch": None}, status=404)
    # As the letter did, in whatever language the browser asks.
    speak(request, found.person.gym, found.person)
    if request.method == "POST":
        found.turn(on=request.POST.get("wanted") == "on")
    # Answered at once rather than by a redirect, which no mailbox follows.
    return render(request, "account/mail_switch.html", {"switch": found, "said": request.method == "POST"})


@require_safe
@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root because it looks after every page. Asked for anew whenever one is opened.

    `?of=member` is one that keeps only what a member's own pages need.
    """
    script = shell.script(of_members=request.GET.get("of") == "member")
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@require_safe
@login_not_required
def no_connection(request: HttpRequest) -> HttpResponse:
    """What a device shows in place of a page that it has not kept: the same for everybody, and drawn for nobody.

    It is in every language, the browser's first.
    """
    languages = sorted(dict(settings.LANGUAGES), key=lambda each: each != get_language())
    return HttpResponse(render_to_string("no_connection.html", {"languages": languages}))


# Name, sides in pixels, and what it is for: a maskable one is cut to the device's own shape.
ICONS = (("icon-192", 192, "any"), ("icon-512", 512, "any"), ("icon-maskable", 512, "maskable"))


@require_safe
@login_not_required
def manifest(request: HttpRequest) -> HttpResponse:
    """What a home screen is told. One for all gyms: it starts at the door, which leads everybody to their own place."""
    told = {
        "id": "/",
        "name": "Rung",
        "short_name": "Rung",
        "description": gettext("Class programming for gyms"),
        "lang": get_language(),
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        # As --chalk in tokens.css. The dark scheme's colour stands in the pages, since a manifest has only one.
        "background_color": "#f6f4ee",
        "theme_color": "#f6f4ee",
        "icons": [
            {"src": static(f"img/{name}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for name, side, purpose in ICONS
        ],
    }
    headers = {"Cache-Control": "no-cache"}
    return JsonResponse(told, content_type="application/manifest+json", headers=headers)


@require_safe
@login_not_required
@ensure_csrf_cookie
def secret(request: HttpRequest) -> HttpResponse:
    """Nothing but the cookie that proves a form to be ours: a page that is older than the sign-in asks for it."""
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


@login_not_required
def closed(request: HttpRequest, key: str = "") -> HttpResponse:
    """A page that is not open here."""
    raise Http404


# What a page keeps of a form that was refused: sentences, and no secrets.
SECRETS = ("password", "credential", "token", "code")


def is_ours(request: HttpRequest) -> bool:
    """Whether a page of ours sent this, as the browser says: what a foreign site posts is not for us to show."""
    here = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    return origin == here if origin else request.headers.get("Referer", "").startswith(f"{here}/")


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What is sent by a page that was drawn for another sign-in, or by a site that is not ours.

    Each sign-in changes the secret of the forms: so a page that is older never writes as whoever signed in since.
    """
    typed = [
        value
        for name, value in request.POST.items()
        if is_ours(request) and " " in str(value).strip() and not any(each in name.lower() for each in SECRETS)
    ]
    return render(request, "403_csrf.html", {"typed": typed}, status=403)
