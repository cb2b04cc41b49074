"""What happens to every request before a view sees it, and to every answer after."""

import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import defaults

from gym.tablets import COOKIE, gym_in, hand_of, known_tablet

# For whom a page was drawn that somebody sees who is signed out.
NOBODY = "nobody"

Answer = Callable[[HttpRequest], HttpResponseBase]

# Seconds after which a browser may ask again while the database is away.
RETRY_AFTER = 5

# Seconds that somebody's own sign-in lasts on a tablet which coaches share: an owner may forget to sign out.
OWN_SIGN_IN = 3600

# How long a body may say that it is: Python reads no number of thousands of digits, nor one such as "²".
LENGTH = re.compile(r"[0-9]{1,18}")

# Addresses that take a file, which may be larger than a form.
TAKES_A_FILE = re.compile(r"/gym/[-\w]+/owner/((people|templates)/import|exercises|drills/[-0-9a-f]{36}/picture)/")


def plain(sentence: str, status: int) -> HttpResponse:
    """An answer that needs no template, no session and no database."""
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


def refuse_unreadable(get_response: Answer) -> Answer:
    """Refuse what no browser sends from a page of ours, and what would otherwise end as a 500.

    Django fails on a form in UTF-16, and PostgreSQL on a NUL byte in any text.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() != "utf-8":
            return plain(_("This request is not in UTF-8."), 400)
        # Before the body is touched: nothing larger is ever read.
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not LENGTH.fullmatch(length):
            return plain(_("This request did not arrive whole."), 400)
        takes_a_file = TAKES_A_FILE.fullmatch(request.path_info)
        if int(length) > (settings.LARGEST_FILE if takes_a_file else settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
            return plain(_("This request is too large."), 413)
        try:
            if any("\x00" in value for value in values_of(request)):
                return plain(_("This request holds a character that cannot be stored."), 400)
        except UnreadablePostError:
            return plain(_("This request did not arrive whole."), 400)
        return get_response(request)

    return middleware


def values_of(request: HttpRequest) -> Iterator[str]:
    """Every text of the request that may reach the database."""
    yield request.path_info
    # A quoted cookie can spell a NUL byte as \000.
    yield from request.COOKIES.values()
    # Too many fields are refused by reading them: later it would be in the middle of a view, which may have written.
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from (str(value) for value in values)
    for name, files in request.FILES.lists():
        yield name
        yield from (file.name or "" for file in files)


def keep_private(get_response: Answer) -> Answer:
    """Keep signed-in pages out of every cache, and pages apart from their parts."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        proofs = {settings.SESSION_COOKIE_NAME, COOKIE}
        if proofs & {*request.COOKIES, *response.cookies} and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def tell_whose(get_response: Answer) -> Answer:
    """Say with every page for whom it was drawn (X-For): a device keeps one person's pages apart from another's.

    It is a word for the person and not their id; "nobody" stands for somebody who is signed out. What came by itself
    from elsewhere, such as the page of a network that wants a sign-in of its own, has none.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_page = "HX-Request" not in request.headers and response.get("Content-Type", "").startswith("text/html")
        if response.status_code == 401:
            response["X-For"] = NOBODY
        elif is_page:
            response["X-For"] = word_for(request)
        return response

    return middleware


def word_for(request: HttpRequest) -> str:
    """The same for one person on every page of every gym of theirs."""
    member = getattr(request, "member", None)
    person = (member.user_id or member.pk) if member else request.user.pk
    return salted_hmac("gym.middleware.tell_whose", str(person)).hexdigest()[:16] if person else NOBODY


def tell_the_time(get_response: Answer) -> Answer:
    """Say the server's time (X-Now, in ms) with every answer to a screen: its clocks are set by it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "HX-Request" in request.headers:
            response["X-Now"] = str(int(timezone.now().timestamp() * 1000))
        return response

    return middleware


def answer_the_watch(get_response: Answer) -> Answer:
    """Answer /health/ before the host's name is looked at: whoever watches a machine asks by its address."""
    from gym.views import health, health_of_mail

    watched = {"/health/": health, "/health/mail/": health_of_mail}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return watched.get(request.path_info, get_response)(request)

    return middleware


def is_way_to_sign_in(address: str, request: HttpRequest) -> bool:
    """Whether the address is that of signing in, with the way back to what was asked.

    Read instead of made anew: of a long enough address no redirect can be made, and a view may have written already.
    """
    found = urlsplit(address)
    back = parse_qs(found.query).get(REDIRECT_FIELD_NAME)
    return found.path == resolve_url(settings.LOGIN_URL) and back == [request.get_full_path()]


def ask_to_sign_in(get_response: Answer) -> Answer:
    """Bring a signed-out person back, after signing in, to the page on the screen.

    Without this a tap that comes too late would lead back to its own address, which answers POST only. To htmx
    the answer is 401 with the sign-in address in X-Sign-In: a whole page must not land in a row.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        led_to = getattr(response, "url", None)
        if led_to is None or not is_way_to_sign_in(led_to, request):
            return response
        is_part = bool(request.htmx)  # type: ignore[attr-defined]
        if request.method in {"GET", "HEAD"} and not is_part:
            return response
        page = page_on_screen(request)
        sign_in = redirect_to_login(page).url if page else resolve_url(settings.LOGIN_URL)
        if not is_part:
            return redirect(sign_in)
        answer = plain(_("Sign in again."), 401)
        answer["X-Sign-In"] = sign_in
        return answer

    return middleware


def lead_back(get_response: Answer) -> Answer:
    """Show a page with a way back to whoever lands on an address that only a button asks, by typing or by reloading.

    The innermost: its page is drawn as a view's is.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_part = bool(request.htmx)  # type: ignore[attr-defined]
        if response.status_code != 405 or request.method not in {"GET", "HEAD"} or is_part:
            return response
        asked = request.resolver_match.kwargs if request.resolver_match else {}
        to_class = "session_id" in asked
        of_class = {name: asked[name] for name in ("gym_slug", "session_id") if to_class}
        back = resolve_url("board", **of_class) if to_class else "/"
        page = render(request, "405.html", {"back": back, "to_class": to_class}, status=405)
        page["Allow"] = response.headers.get("Allow", "")
        return page

    return middleware


class SignInOrTablet(LoginRequiredMiddleware):
    """Signing in is required everywhere; a coach's screens are also open to a tablet that a coach has unlocked.

    A tablet that is locked or revoked is led to its lock screen instead of the sign-in page.
    Somebody's own sign-in works on it as well, for an hour.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if COOKIE not in request.COOKIES:
            return super().process_view(request, view_func, view_args, view_kwargs)
        signed_in = request.user.is_authenticated
        if signed_in and request.session.get_expiry_age() > OWN_SIGN_IN:
            request.session.set_expiry(OWN_SIGN_IN)
        gym_of_tablet = gym_in(request)
        if request.path == "/" and gym_of_tablet and not signed_in:
            return redirect("today", gym_slug=gym_of_tablet)
        if not getattr(view_func, "open_to_tablets", False):
            return super().process_view(request, view_func, view_args, view_kwargs)
        gym_slug = view_kwargs["gym_slug"]
        takes_taps = getattr(view_func, "takes_taps", False)
        hand = hand_of(request, gym_slug, signed_in=signed_in, takes_taps=takes_taps)
        if hand is not None:
            request.hand = hand  # type: ignore[attr-defined]
            return None
        tablet = None if signed_in else known_tablet(request, gym_slug)
        if tablet is None:
            return super().process_view(request, view_func, view_args, view_kwargs)
        return locked(request, gym_slug, is_revoked=tablet.revoked_at is not None)


def locked(request: HttpRequest, gym_slug: str, *, is_revoked: bool) -> HttpResponse:
    """To the lock screen, and from there back to the page on the screen. Nothing of ours has seen the tap: no X-Op."""
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    is_page = request.method in {"GET", "HEAD"} and not is_part
    page = request.get_full_path() if is_page else page_on_screen(request)
    there = reverse("tablet", kwargs={"gym_slug": gym_slug})
    if page.startswith(f"/gym/{gym_slug}/") and not is_revoked and not page.startswith(there):
        there = f"{there}?{urlencode({REDIRECT_FIELD_NAME: page})}"
    if is_part:
        answer = plain(_("This tablet is no longer enrolled.") if is_revoked else _("This tablet is locked."), 401)
        answer["X-Sign-In"] = there
    else:
        answer = redirect(there)
    if is_revoked:
        answer["X-Revoked"] = "yes"
    return answer


def page_on_screen(request: HttpRequest) -> str:
    """Path and query of the page that sent the request; empty when it is unknown or not one of ours."""
    address = request.htmx.current_url or request.headers.get("Referer", "")  # type: ignore[attr-defined]
    ours = {request.get_host()}
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=ours, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    # Once more without the host: a path such as //elsewhere.example would lead away.
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def server_error(request: HttpRequest) -> HttpResponseBase:
    """The last answer (`handler500`): 503 while the database is away, else the page for an error of ours.

    An error handler and no middleware, because Django turns an exception into an answer at every layer.
    """
    if not database_is_away(sys.exc_info()[1]):
        return defaults.server_error(request)
    answer = HttpResponse(loader.get_template("503.html").render(), status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    return answer


def database_is_away(problem: BaseException | None) -> bool:
    """Whether asking again later can help: no connection, a lock, a full disk; not a mistake in a query."""
    if not isinstance(problem, OperationalError | InterfaceError):
        return False
    # SQLite reports a missing table or column as operational too, but with its general code.
    return getattr(problem.__cause__, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
