"""A gym's TV. It cannot sign in: whoever has its link sees what the room sees, and nothing else.

Every question finds the link anew, through the gym's address and the digest of the token; what is revoked, unknown or
of another gym gets one and the same page, which says nothing of any gym and goes on asking.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gym.languages import at_home, speak
from gym.middleware import plain
from gym.scope import in_gym
from programming.models.coming import make_coming
from programming.qr import qr
from programming.tv import Tv, day_of, in_ms, on_tv
from programming.tv_asking import Tag, find_screen, release

# From one place within a minute. A TV whose link was revoked asks four times.
WRONG_LINKS = 120

View = Callable[[HttpRequest, Any, datetime], HttpResponse]


def of_a_screen(view: View) -> Callable[..., HttpResponse]:
    """Resolve the link; inside, the work is of its gym, by its clock. No link: None, and no gym."""

    @require_safe
    def asked(request: HttpRequest, gym_slug: str, link: str) -> HttpResponse:
        now = timezone.now()
        screen = find_screen(gym_slug, link, now)
        if screen is None:
            return view(request, None, now) if may_ask(request, now) else plain(_("Too many tries."), 429)
        speak(request, screen.gym)
        with in_gym(screen.gym), at_home(screen.gym):
            answer = view(request, screen, now)
            answer["X-Clock"] = wall_clock(now)
        return answer

    return told_to_nobody(wraps(view)(asked))


def told_to_nobody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that whoever has its link may see: not for search engines, not for the pages it leads to, in no cache."""

    @login_not_required
    @wraps(view)
    def inside(request: HttpRequest, **where: str) -> HttpResponse:
        answer = view(request, **where)
        answer["X-Robots-Tag"] = "noindex, nofollow"
        answer["Referrer-Policy"] = "no-referrer"
        answer["Cache-Control"] = "no-store"
        return answer

    return inside


def wall_clock(now: datetime) -> str:
    """The time on the gym's wall."""
    return date_format(timezone.localtime(now), "H:i")


def may_ask(request: HttpRequest, now: datetime) -> bool:
    """Whether wrong links still come from there slowly enough. A right one is always answered."""
    key = f"wrong-link:{get_adapter().get_client_ip(request)}:{int(now.timestamp()) // 60}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key) <= WRONG_LINKS
    except ValueError:
        # Forgotten between the two steps, where many others are counted.
        return True


@of_a_screen
def screen(request: HttpRequest, screen: Any, now: datetime) -> HttpResponse:
    """The page that a TV opens once, with what it shows at first."""
    tv, tag = look(screen, now)
    heard = wall_clock(now) if tv else ""
    page = {"now": in_ms(now), "heard": heard, "url": request.path, "tag": tag, "release": release()}
    context = {**_drawing(request, tv, now), **page}
    return _answer(render_to_string("screen/screen.html", context), tag, found=tv is not None)


@of_a_screen
def changes(request: HttpRequest, screen: Any, now: datetime) -> HttpResponse:
    """What changed since the TV's tag: nothing (304), or everything that it shows now."""
    shown = Tag.read(request.headers.get("HX-PTag", ""))
    if screen and shown and shown.still_holds(screen, now):
        return _answer(None, shown)
    tv, tag = look(screen, now)
    if screen and shown and tag and shown.digest == tag.digest:
        return _answer(None, tag)
    # Exactly the part: a line break after it would be one more node of the page with every change, for weeks.
    part = render_to_string("screen/_tv.html", _drawing(request, tv, now)).strip()
    return _answer(part, tag, found=tv is not None)


def look(screen: Any, now: datetime) -> tuple[Tv | None, Tag | None]:
    """All that the TV shows now, with its tag; that it asked is noted."""
    if screen is None:
        return None, None
    screen.note_seen(at=now)
    # Nobody may have looked at the day before the TV does.
    make_coming(screen.gym, now)
    classes = day_of(screen, now)
    tv = on_tv(screen, classes, now)
    return tv, Tag.of(tv, screen, classes, now)


def _drawing(request: HttpRequest, tv: Tv | None, now: datetime) -> dict[str, Any]:
    """What the template needs beside the plain values."""
    path = tv.check_in if tv else ""
    return {
        "tv": tv,
        "clock": tv.clock.spoken(now) if tv and tv.clock else "",
        "qr": qr(request.build_absolute_uri(path)) if path else None,
    }


def _answer(html: str | None, tag: Tag | None, *, found: bool = True) -> HttpResponse:
    """An answer of ours, which a TV knows by its release. Without a tag: there is no such link."""
    status = 304 if html is None else 200 if found else 404
    answer = HttpResponse(html or "", status=status)
    answer["HX-PTag"] = str(tag or "none")
    answer["X-Release"] = release()
    return answer
