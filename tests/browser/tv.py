"""TVs of any class in a browser, without a server: drawn from plain values by the real templates, script and styles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route

from programming.qr import qr
from programming.tv import Tv
from programming.tv_asking import release

HOST = "http://tv.localhost"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
CODE = qr("https://rung.example.org/gym/northside-barbell/check-in/0123456789012345678901234567890123456789012/")


def page_of(tv: Tv | None, *, clock: str = "4:12") -> str:
    """The whole page as the server draws it."""
    context: dict[str, Any] = {"tv": tv, "clock": clock, "qr": CODE, "url": "/", "tag": "t", "release": release()}
    return render_to_string("screen/screen.html", {**context, "heard": "18:04"})


def part_of(tv: Tv | None, *, clock: str = "4:12") -> str:
    """What a poll brings."""
    return render_to_string("screen/_tv.html", {"tv": tv, "clock": clock, "qr": CODE})


def show(page: Page, tv: Tv | None) -> None:
    """Open that TV; polls are answered with "nothing new"."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST).partition("?")[0]
        if path.startswith("/static/"):
            file = Path(settings.BASE_DIR) / path.removeprefix("/")
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        elif path == "/now/":
            route.fulfill(status=304, headers={"X-Release": release(), "X-Clock": "18:04"})
        else:
            route.fulfill(body=page_of(tv), content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    page.goto(HOST)
    page.evaluate("document.fonts.ready.then(() => true)")
