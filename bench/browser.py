"""A browser in front of a WSGI application of this process: what a server would hand over, without the server."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from gym.models import User

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# The secret that the cookie and the form have in common: any 32 letters.
SECRET = "a" * 32
# What a Chromium on a tablet sends with everything.
USUAL = {
    "HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0",
    "HTTP_ACCEPT": "text/html",
    "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
}


def cookies_of(user: User) -> str:
    """The cookies of a browser in which that user has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: SECRET}
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """One user's browser. Every request carries their session and the proof that it comes from a page of ours."""

    application: Application
    user: User
    cookies: str = field(init=False)

    def __post_init__(self) -> None:
        self.cookies = cookies_of(self.user)

    def get(self, path: str, **headers: str) -> Callable[[], Answer]:
        """A request that is ready to be sent, as often as one likes."""
        return self._request("GET", path, b"", headers)

    def post(self, path: str, values: dict[str, Any], **headers: str) -> Callable[[], Answer]:
        """A form that is ready to be sent."""
        return self._request("POST", path, urlencode({"csrfmiddlewaretoken": SECRET, **values}).encode(), headers)

    def _request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Callable[[], Answer]:
        path, _mark, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_COOKIE": self.cookies,
            **USUAL,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if method == "POST":
            environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
        return lambda: self._send({**environ, "wsgi.input": io.BytesIO(body)})

    def _send(self, environ: dict[str, Any]) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_error: object) -> None:
            started.append((status, headers))

        response: Any = self.application(environ, start_response)
        body = b"".join(response)
        response.close()
        ((status, headers),) = started
        return Answer(int(status.split()[0]), dict(headers), body)


def demanded(send: Callable[[], Answer], status: int = 200) -> Callable[[], Answer]:
    """The same request, failing loudly when it is answered otherwise: what is refused must not be measured."""

    def sent() -> Answer:
        answer = send()
        if answer.status != status:
            raise AssertionError(f"{answer.status} instead of {status}: {answer.body[:300]!r}")
        return answer

    return sent
