"""What a device keeps of Rung, so that it opens without a connection (static/js/worker.js keeps it).

Its shell is the files that its pages are drawn with, a coach's or a member's, and a page of ours for what is not kept.
Pages themselves are kept by whom they were drawn for; see gym/middleware.py.
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
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

View = Callable[..., HttpResponse]

STATIC = Path(settings.BASE_DIR) / "static"
# What no page that may be kept is drawn with, and the worker, which comes from an address of its own.
ELSEWHERE = {"invitations.css", "ladders.css", "owner.css", "screen.css", "passkey.js", "screen.js", "worker.js"}
# Everything that the pages which are kept are drawn with: rather a file too many than one too few.
FILES = (
    *(f"css/{sheet.name}" for sheet in sorted((STATIC / "css").glob("*.css")) if sheet.name not in ELSEWHERE),
    *(f"js/{script.name}" for script in sorted((STATIC / "js").glob("*.js")) if script.name not in ELSEWHERE),
    *("vendor/htmx/htmx.min.js", "vendor/htmx/hx-ptag.min.js"),
    "fonts/barlow-semi-condensed-latin-600-normal.woff2",
    "img/icon.svg",
    "img/drills.svg",
)
# What of it a member's own pages are drawn with: nobody's phone fetches a coach's files for nothing.
OF_MEMBERS = (
    *("css/tokens.css", "css/base.css", "css/member.css", "css/account.css"),
    *("css/my_history.css", "css/self_check.css"),
    *("js/secret.js", "js/offline.js", "js/instead.js", "js/reached.js", "js/installing.js"),
    *("js/tap.js", "js/outbox.js", "js/practised.js", "js/whose.js"),
    *("js/looked.js", "js/awake.js", "js/self_check.js", "js/pictures.js"),
    "fonts/barlow-semi-condensed-latin-600-normal.woff2",
    "img/icon.svg",
    "img/drills.svg",
)
# Hours for which a kept page is opened: who is in a class is of no use the day after tomorrow, one's own drills are.
OF_A_CLASS, ONES_OWN = 36, 60 * 24
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


def script(*, of_members: bool = False) -> str:
    """The service worker. A browser compares it byte by byte with the one it has, and so learns of a new version."""
    wanted = {staticfiles_storage.url(name) for name in OF_MEMBERS}
    shell = {
        "release": release(),
        "files": [each for each in files() if not of_members or each[0] in wanted],
        "static": settings.STATIC_URL,
        "instead": reverse("no_connection"),
    }
    return f"const SHELL = {json.dumps(shell)};\n{WORKER.read_text()}"


def may_be_kept(*, as_home: bool | Callable[[Any], bool] = False, hours: int = OF_A_CLASS) -> Callable[[View], View]:
    """Mark a page that a device may keep for its person, to be opened for so many hours.

    Without a connection the home page stands in for "/".
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and request.method in ("GET", "HEAD"):
                is_home = as_home(request) if callable(as_home) else as_home
                response["X-Keep"] = "home" if is_home else "page"
                response["X-Keep-For"] = str(hours)
                response["X-Release"] = release()
            return response

        return marked

    return decorate
