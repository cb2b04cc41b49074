"""Every request and every answer: headers, refusals, the database away, signed out in mid-class."""

import logging
import sys
from io import StringIO
from typing import Any
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.test import Client, RequestFactory
from django.urls import get_resolver, path
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_htmx.middleware import HtmxDetails, HtmxMiddleware

from gym.middleware import (
    ask_to_sign_in,
    database_is_away,
    page_on_screen,
    refuse_unreadable,
    server_error,
)
from gym.wsgi import application

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

REACHED = "the view was reached"

# Somewhere a database could be and is not, and a question no database can answer.
ABSENT: dict[str, dict[str, Any]] = {
    "postgres": {"ENGINE": "django.db.backends.postgresql", "NAME": "rung", "HOST": "127.0.0.1", "PORT": 1},
    "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/nowhere/rung.sqlite3"},
}
MISTAKEN: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


def ask(database: dict[str, Any]) -> None:
    """Ask that database for a table it does not have."""
    connection = ConnectionHandler({"default": database})["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
    finally:
        connection.close()


def show(request: HttpRequest) -> HttpResponse:
    return HttpResponse(REACHED)


@csrf_exempt
@login_not_required
def show_to_anyone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(REACHED)


@login_not_required
def show_away(request: HttpRequest, kind: str) -> HttpResponse:
    ask(ABSENT[kind])
    return HttpResponse(REACHED)


@login_not_required
def show_mistaken(request: HttpRequest) -> HttpResponse:
    ask(MISTAKEN)
    return HttpResponse(REACHED)


@login_not_required
def show_refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("", show),
    path("account/login/", show_to_anyone, name="account_login"),
    path("open/", show_to_anyone),
    path("kept/", cache_control(max_age=60)(show_to_anyone)),
    path("board/", show),
    path("tap/", csrf_exempt(require_POST(show))),
    path("away/<kind>/", show_away),
    path("mistaken/", show_mistaken),
    path("refused/", show_refused),
]
handler500 = server_error


@pytest.fixture
def signed_in(client: Client) -> Client:
    """A browser in which somebody has signed in."""
    client.force_login(get_user_model().objects.create(email="sam@example.org"))
    return client


# --- Headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/open/", "/board/", "/nowhere/", "/open/?text=%00"])
def test_headers_are_on_every_answer(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    }
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "screen-wake-lock=(self)" in headers["Permissions-Policy"]


def test_pages_and_their_parts_are_kept_apart(client: Client) -> None:
    assert "HX-Request" in client.get("/open/").headers["Vary"]


def test_nothing_signed_in_is_cached(signed_in: Client) -> None:
    for address in ("/open/", "/board/", "/nowhere/"):
        assert signed_in.get(address).headers["Cache-Control"] == "no-store"


def test_a_view_may_say_more_about_caching(signed_in: Client) -> None:
    assert signed_in.get("/kept/").headers["Cache-Control"] == "max-age=60"


def test_what_everybody_sees_may_be_cached(client: Client) -> None:
    assert "Cache-Control" not in client.get("/open/").headers


# --- Refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/open/%00", "/%00", "/open/?a=%00", "/open/?%00=a", "/open/?a=b&c=d%00e"], ids=repr
)
def test_a_nul_byte_in_the_address_is_refused(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_nul_byte_in_a_cookie_is_refused(client: Client) -> None:
    assert client.get("/board/", headers={"Cookie": 'sessionid="a\\000b"'}).status_code == 400


@pytest.mark.parametrize("body", ["a=%00", "%00=a", "a=b&c=d%00"])
def test_a_nul_byte_in_a_form_is_refused(client: Client, body: str) -> None:
    form = "application/x-www-form-urlencoded"
    assert client.post("/open/", body, content_type=form).status_code == 400
    assert client.post("/open/", body.replace("%00", "%2500"), content_type=form).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_too_many_fields_are_refused_before_a_view_is_reached(client: Client, method: str) -> None:
    """This view reads no query; one that writes first would have written."""
    assert client.generic(method, "/open/?" + "a=b&" * 2000).status_code == 400
    assert client.generic(method, "/open/?" + "a=b&" * 900).status_code == 200


@pytest.mark.parametrize("field", [{"a": "b\x00c"}, {"a\x00": "b"}, {"a": ["b", "c\x00"]}])
def test_a_nul_byte_in_a_form_of_many_parts_is_refused(client: Client, field: dict[str, Any]) -> None:
    assert client.post("/open/", field).status_code == 400
    assert client.post("/open/", {"a": "b"}).status_code == 200


@pytest.mark.parametrize("charset", ["utf-16", "UTF-32", "latin-1", "utf-7", "nonsense", "idna"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_charset_is_refused(client: Client, charset: str, method: str) -> None:
    form = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.generic(method, "/open/", "a=b", content_type=form).status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf_8_is_read_when_it_is_said(client: Client, charset: str) -> None:
    form = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.post("/open/", "a=b", content_type=form).content.decode() == REACHED


def test_a_broken_form_of_many_parts_is_refused(client: Client) -> None:
    assert client.post("/open/", "--x\r\nbroken", content_type="multipart/form-data; boundary=").status_code == 400


def test_an_answer_to_a_screen_names_the_time_whatever_was_asked(client: Client) -> None:
    """A tablet knows by it that the server itself cannot take a tap."""
    asked = {"not in UTF-8": ("/open/", "text/plain; charset=utf-16", 400), "gone": ("/gone/", "text/plain", 404)}
    for address, kind, status in asked.values():
        answer = client.generic("POST", address, b"a=b", content_type=kind, headers={"HX-Request": "true"})
        assert answer.status_code == status
        assert int(answer.headers["X-Now"]) > 0
        assert "X-Now" not in client.generic("POST", address, b"a=b", content_type=kind).headers


def test_a_huge_request_is_refused_without_being_read() -> None:
    class Unread:
        def read(self, *size: int) -> bytes:
            raise AssertionError("the body was read")

    request = RequestFactory().generic("POST", "/open/", CONTENT_TYPE="application/x-www-form-urlencoded")
    request.META["CONTENT_LENGTH"] = str(3 * 1024 * 1024)
    request._stream = Unread()  # type: ignore[assignment]
    assert refuse_unreadable(show)(request).status_code == 413


@pytest.mark.parametrize("length", ["abc", "-5", "1.5", "²", "٣", "9" * 5000])
def test_a_length_that_is_no_number_is_refused(client: Client, length: str) -> None:
    form = "application/x-www-form-urlencoded"
    assert client.post("/open/", "a=b", content_type=form, CONTENT_LENGTH=length).status_code == 400


@pytest.mark.parametrize("name", ["charset*=nonsense''x", "charset*=idna''%ff", "a*0*=unicode_escape''%5Cud800", "*="])
def test_a_content_type_in_an_encoding_of_its_own_is_refused(name: str) -> None:
    """Django reads it before any middleware: only the entrance can."""
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": "/open/"}
    setup_testing_defaults(environ)
    answers: list[str] = []
    for kind in (f"application/x-www-form-urlencoded; {name}", "application/x-www-form-urlencoded"):
        body = application({**environ, "CONTENT_TYPE": kind}, lambda status, headers: answers.append(status))
        assert b"".join(body)
    assert answers == ["400 Bad Request", "200 OK"]


def test_a_form_of_one_megabyte_is_read(client: Client) -> None:
    assert client.post("/open/", {"note": "x" * 1024 * 1024}).status_code == 200


# --- What the operator reads -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "status", "traceback"), [("/refused/", 403, False), ("/mistaken/", 500, True)])
def test_a_refusal_is_one_line(address: str, status: int, traceback: bool) -> None:
    """Somebody without the role is an ordinary answer; only a mistake of ours comes with where it happened."""
    (stderr,) = (each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler)
    stream = StringIO()
    before = stderr.setStream(stream)
    try:
        answer = Client(raise_request_exception=False).get(address)
    finally:
        stderr.setStream(before or sys.stderr)
    assert answer.status_code == status
    written = stream.getvalue()
    assert address in written
    assert ("Traceback" in written) == traceback == (len(written.splitlines()) > 1)


# --- The database is away ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["postgres", "sqlite"])
def test_without_its_database_rung_asks_for_patience(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(raise_request_exception=False).get(f"/away/{kind}/")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert "cannot read or store its data" in answer.content.decode()
    assert any(record.exc_info for record in caplog.records if record.levelno == logging.ERROR)


def test_the_database_may_also_go_away_before_the_view(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(self: SessionStore) -> None:
        ask(ABSENT["postgres"])

    monkeypatch.setattr(SessionStore, "load", load)
    client.raise_request_exception = False
    client.cookies["sessionid"] = "a" * 32
    assert client.get("/board/").status_code == 503


def test_a_lock_that_lasts_too_long_is_not_our_mistake(tmp_path: Any) -> None:
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "x"), "OPTIONS": {"timeout": 0}}
    first, second = (ConnectionHandler({"default": database})["default"] for _ in range(2))
    try:
        first.cursor().execute("BEGIN EXCLUSIVE")
        with pytest.raises(OperationalError) as locked:
            second.cursor().execute("CREATE TABLE a (b)")
    finally:
        first.close()
        second.close()
    assert database_is_away(locked.value)


def test_a_mistake_of_ours_stays_a_500() -> None:
    assert Client(raise_request_exception=False).get("/mistaken/").status_code == 500


@pytest.mark.urls("gym.urls")
def test_the_application_uses_this_error_handler() -> None:
    assert get_resolver().resolve_error_handler(500) is server_error


# --- Signed out --------------------------------------------------------------------------------------------------


def test_a_page_leads_to_the_sign_in_page_and_back(client: Client) -> None:
    answer = client.get("/board/?day=1")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/board/%3Fday%3D1")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_part_gets_401_and_the_way_to_sign_in(client: Client, method: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/board/?day=1"}
    answer = client.generic(method, "/tap/" if method == "POST" else "/board/", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["X-Sign-In"] == "/account/login/?next=/board/%3Fday%3D1"
    assert "Location" not in answer.headers
    assert "Sign in again" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://elsewhere.example/board/",
        "https://testserver.elsewhere.example/",
        "http://testserver//elsewhere.example/",
        "http://testserver/\\elsewhere.example/",
        "javascript:alert(1)",
        "//elsewhere.example",
        "http://[broken",
    ],
)
def test_nobody_is_led_astray_by_a_forged_page(client: Client, address: str) -> None:
    answer = client.post("/tap/", headers={"HX-Request": "true", "HX-Current-URL": address})
    sign_in = answer.headers["X-Sign-In"]
    assert sign_in == "/account/login/" or sign_in == f"/account/login/?next={quote('/%5Celsewhere.example/')}"
    assert "elsewhere.example//" not in sign_in
    assert "//" not in sign_in


def test_a_form_sent_too_late_leads_back_to_its_page(client: Client) -> None:
    answer = client.post("/tap/", headers={"Referer": "http://testserver/board/"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/board/")
    assert client.post("/tap/")["Location"] == "/account/login/"


def test_signed_in_nothing_of_this_happens(signed_in: Client) -> None:
    assert signed_in.post("/tap/", headers={"HX-Request": "true"}).content.decode() == REACHED
    assert signed_in.get("/board/").content.decode() == REACHED


def test_another_redirect_is_left_alone(rf: RequestFactory) -> None:
    def go(request: HttpRequest) -> HttpResponseBase:
        return redirect("/account/login/?next=/elsewhere/")

    answer = HtmxMiddleware(ask_to_sign_in(go))(rf.post("/tap/", headers={"HX-Request": "true"}))
    assert isinstance(answer, HttpResponse)
    assert answer["Location"] == "/account/login/?next=/elsewhere/"


def test_a_redirect_from_a_very_long_address_is_left_alone(rf: RequestFactory) -> None:
    """Longer than any address that can be led to; what was sent there is stored already."""

    def go(request: HttpRequest) -> HttpResponseBase:
        return redirect("/elsewhere/")

    answer = HtmxMiddleware(ask_to_sign_in(go))(rf.post("/tap/?before=" + "%D7%90" * 2000))
    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer["Location"]) == (302, "/elsewhere/")


def test_the_page_on_the_screen_is_one_of_ours(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"Referer": "http://testserver/board/"})
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    assert page_on_screen(request) == "/board/"
