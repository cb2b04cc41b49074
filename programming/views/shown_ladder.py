"""Which ladder of a class is on screen: its first one, or the one that the address names (…/class/<id>/on/<ladder>/…).

Every tap carries its ladder in its address, also one that waits on a tablet.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from programming.models import ClassSession

View = Callable[..., HttpResponse]

_shown: ContextVar[str] = ContextVar("shown_ladder", default="")


def on_ladder(view: View) -> View:
    """The same view for the ladder that its address names."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, ladder: str, **named: Any) -> HttpResponse:
        token = _shown.set(ladder)
        try:
            return view(request, *args, **named)
        finally:
            _shown.reset(token)

    return inside


def put_on_board(session: ClassSession) -> ClassSession:
    """The class with the ladder of the address on its board; 404 for one that it does not run."""
    key = _shown.get()
    if key and not session.show_ladder(key):
        raise Http404
    return session
