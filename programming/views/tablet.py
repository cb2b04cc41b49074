"""The lock screen of a tablet that coaches share: it names nobody, takes a PIN, and locks again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gym.languages import at_home, speak
from gym.middleware import page_on_screen, plain
from gym.models import Overtaken, Pin, PleaseWait, Tablet, WrongPin
from gym.scope import in_gym
from gym.tablets import COOKIE, coaches_with_pin, keep_cookie, known_tablet, marks, number
from programming.forms.tablets import SwitchForm, UnlockForm
from programming.unsent import WORDS

TabletView = Callable[[HttpRequest, Tablet], HttpResponse]


def tablet_view(view: TabletView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view for a tablet that was enrolled in the gym, whoever has it; to any other browser there is nothing here."""

    @login_not_required
    @wraps(view)
    def inside(request: HttpRequest, gym_slug: str) -> HttpResponse:
        tablet = known_tablet(request, gym_slug)
        if tablet is None:
            raise Http404
        speak(request, tablet.gym)
        with in_gym(tablet.gym), at_home(tablet.gym):
            return revoked(request) if tablet.revoked_at else view(request, tablet)

    return inside


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
@tablet_view
def lock_screen(request: HttpRequest, tablet: Tablet) -> HttpResponse:
    """Who is there, and their PIN. Also for a further coach, while others are unlocked."""
    people = marks(coaches_with_pin())
    if request.method != "POST":
        return draw(request, tablet, UnlockForm(marks=people))
    form = UnlockForm(request.POST, marks=people)
    if not form.is_valid():
        return draw(request, tablet, form, status=422)
    said, as_of = form.cleaned_data, number(request.POST.get("turn"))
    try:
        tablet.try_pin(said["coach"], said["pin"], at=timezone.now(), as_of=as_of)
    except Pin.DoesNotExist:
        form.add_error("coach", form.fields["coach"].error_messages["invalid_choice"])
    except PleaseWait as problem:
        form.add_error("pin", sentence(problem))
        response = draw(request, tablet, form, status=422 if isinstance(problem, WrongPin) else 429)
        response["Retry-After"] = str(-(-problem.wait // timedelta(seconds=1)))
        return response
    except Overtaken as problem:
        tablet.turn = problem.turn
        form.add_error("pin", _("This tablet was used or locked meanwhile. Type your PIN again."))
        return draw(request, tablet, form, status=409)
    else:
        return unlocked(request, tablet)
    return draw(request, tablet, form, status=422)


def unlocked(request: HttpRequest, tablet: Tablet) -> HttpResponse:
    """To the page that the tablet showed, or to Today. Whoever had signed in here is signed out."""
    there = way_back(request, tablet)
    logout(request)
    # What the browser remembers by the former secret is over: that somebody wished to be signed out.
    rotate_token(request)
    response = redirect(there)
    keep_cookie(response, request.COOKIES[COOKIE])
    return response


def way_back(request: HttpRequest, tablet: Tablet) -> str:
    """The page of this gym that the request names, else Today."""
    page = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    is_ours = page.startswith(f"/gym/{tablet.gym.slug}/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours else reverse("today", kwargs={"gym_slug": tablet.gym.slug})


def sentence(problem: PleaseWait) -> str:
    """What a coach reads of a PIN that was wrong, or not looked at."""
    wait = words_for(problem.wait)
    if not isinstance(problem, WrongPin):
        return _("Too many wrong PINs. Wait %(time)s, then try again.") % {"time": wait}
    if problem.wait:
        return _("That is not your PIN. Wait %(time)s, then try again.") % {"time": wait}
    return _("That is not your PIN. Try again.")


def words_for(wait: timedelta) -> str:
    """A time to wait, never too short."""
    seconds = -(-wait // timedelta(seconds=1))
    if seconds <= 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = -(-seconds // 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def draw(request: HttpRequest, tablet: Tablet, form: UnlockForm, *, status: int = 200) -> HttpResponse:
    """The lock screen. It shows nothing of anybody but initials."""
    is_open = not tablet.is_idle(timezone.now()) and tablet.open_unlocks().exists()
    context: dict[str, Any] = {"form": form, "gym": tablet.gym, "turn": tablet.turn, "is_open": is_open}
    context |= {"next": way_back(request, tablet), "words": WORDS}
    return render(request, "tablet/lock.html", context, status=status)


def revoked(request: HttpRequest) -> HttpResponse:
    """Nothing of the gym; the taps that were not sent are listed by the page itself, from what the tablet keeps."""
    response = render(request, "tablet/revoked.html", {"words": WORDS}, status=401)
    response["X-Revoked"] = "yes"
    return response


@require_POST
@tablet_view
def switch(request: HttpRequest, tablet: Tablet) -> HttpResponse:
    """Another coach who is unlocked has the tablet now."""
    form = SwitchForm(request.POST)
    try:
        turn = form.carry_out(tablet, at=timezone.now()) if form.is_valid() else None
    except Overtaken as problem:
        return HttpResponse(status=409, headers={"X-Turn": str(problem.turn)})
    there = reverse("tablet", kwargs={"gym_slug": tablet.gym.slug})
    if request.htmx:  # type: ignore[attr-defined]
        # The tablet tells by it that a page which it has kept from before is an old one.
        if turn is not None:
            return HttpResponse(status=204, headers={"X-Turn": str(turn)})
        answer = plain(_("This tablet is locked."), 401)
        answer["X-Sign-In"] = there
        return answer
    if turn is None:
        return redirect(there)
    return redirect(page_on_screen(request) or reverse("today", kwargs={"gym_slug": tablet.gym.slug}))


@require_POST
@tablet_view
def lock(request: HttpRequest, tablet: Tablet) -> HttpResponse:
    """Nobody is unlocked any more, and whoever had signed in here is signed out."""
    tablet.lock(at=timezone.now())
    logout(request)
    return redirect("tablet", gym_slug=tablet.gym.slug)
