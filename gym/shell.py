"""What a device keeps of Rung, so that a class can be taught without a connection (static/js/worker.js keeps it).

Its shell is the files that a coach's pages are drawn with, and a page of ours for what is not kept. Pages themselves
are kept by whom they were drawn for; see gym/middleware.py.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.urls import reverse

View = Callable[..., HttpResponse]

STATIC = Path(settings.BASE_DIR) / "static"
# What no page of a class is drawn with, and the worker, which comes from an address of its own.
ELSEWHERE = {"member.css", "owner.css", "screen.css", "screen.js", "worker.js"}
# Everything that the pages which are kept are drawn with: rather a file too many than one too few.
FILES = (
    *(f"css/{sheet.name}" for sheet in sorted((STATIC / "css").glob("*.css")) if sheet.name not in ELSEWHERE),
    *(f"js/{script.name}" for script in sorted((STATIC / "js").glob("*.js")) if script.name not in ELSEWHERE),
    *("vendor/htmx/htmx.min.js", "vendor/htmx/hx-ptag.min.js"),
    "fonts/barlow-semi-condensed-latin-600-normal.woff2",
    "img/icon.svg",
)
WORKER = STATIC / "js" / "worker.js"
NO_CONNECTION = Path(settings.BASE_DIR) / "templates" / "no_connection.html"


def bytes_of(name: str) -> bytes:
    """The file as it is served: where files are collected, other files stand in it under hashed names."""
    served = staticfiles_storage.url(name).removeprefix(settings.STATIC_URL)
    found = finders.find(served)
    if found:
        return Path(found).read_bytes()
    with staticfiles_storage.open(served) as file:
        return bytes(file.read())


@cache
def files() -> list[tuple[str, str]]:
    """Address and digest of each file of the shell: what a foreign network answers in its place has another digest."""
    return [
        (staticfiles_storage.url(name), f"sha256-{b64encode(sha256(bytes_of(name)).digest()).decode()}")
        for name in FILES
    ]


@cache
def release() -> str:
    """Another word for every version of the shell."""
    texts = [repr(files()), WORKER.read_text(), NO_CONNECTION.read_text()]
    return sha256("\n".join(texts).encode()).hexdigest()[:12]


def script() -> str:
    """The service worker. A browser compares it byte by byte with the one it has, and so learns of a new version."""
    shell = {"release": release(), "files": files(), "static": settings.STATIC_URL, "instead": reverse("no_connection")}
    return f"const SHELL = {json.dumps(shell)};\n{WORKER.read_text()}"


def may_be_kept(*, as_home: bool = False) -> Callable[[View], View]:
    """Mark a page that a device may keep for its person. Without a connection the home page stands in for "/"."""

    def decorate(view: View) -> View:
        @wraps(view)
        def marked(*args: Any, **kwargs: Any) -> HttpResponse:
            response = view(*args, **kwargs)
            if response.status_code == 200:
                response["X-Keep"] = "home" if as_home else "page"
                response["X-Release"] = release()
            return response

        return marked

    return decorate
