"""Where the present work comes from: the request that asks for it, or the command that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# A request, or the name of a command; empty for a shell on the server.
_origin: ContextVar[HttpRequest | str] = ContextVar("origin", default="")


def origin() -> HttpRequest | str:
    """The request of the present work, or the name of the command; empty where nobody said so."""
    return _origin.get()


@contextmanager
def coming_from(source: HttpRequest | str) -> Iterator[None]:
    """Everything inside the block is done for this request, or by the command of that name."""
    token = _origin.set(source)
    try:
        yield
    finally:
        _origin.reset(token)


def remember_request(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: whatever a view changes comes from its request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with coming_from(request):
            return get_response(request)

    return middleware
