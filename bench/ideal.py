"""The yardstick: what a tap would cost if it were nothing but a tap. Nothing of Rung is part of it.

A signed-in request; one row read by its key, one inserted and one updated in one transaction; 600 bytes of HTML.
Which database is asked is for the settings to say; sessions and users are read as Django does by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

MIDDLEWARE = ["bench.ideal.Sessions", "bench.ideal.sign_in"]

TABLES = (
    "CREATE TABLE bench_item (id integer PRIMARY KEY, name varchar(80) NOT NULL, times integer NOT NULL)",
    "CREATE TABLE bench_line (id {key}, item_id integer NOT NULL, body varchar(80) NOT NULL, at {moment} NOT NULL)",
)
KEYS = {"sqlite": "integer PRIMARY KEY AUTOINCREMENT", "postgresql": "bigserial PRIMARY KEY"}
MOMENTS = {"sqlite": "datetime", "postgresql": "timestamptz"}

FRAGMENT = """<li class="item" id="item-{{ item.pk }}"><h3>{{ item.name }}</h3>
<form method="post" action="/item/{{ item.pk }}/"><fieldset><legend>{{ item.name }}</legend>
<button name="body" value="first" aria-pressed="{{ first }}"><svg><use href="#first"/></svg>First</button>
<button name="body" value="second" aria-pressed="{{ second }}"><svg><use href="#second"/></svg>Second</button>
<button name="body" value="third" aria-pressed="{{ third }}"><svg><use href="#third"/></svg>Third</button>
</fieldset></form>
<p class="times">{{ item.name }} was tapped {{ item.times }} times in this class, the last time just now.</p>
<footer><a href="/item/{{ item.pk }}/">All taps</a></footer>
</li>
"""


class Item(models.Model):
    """What is read and updated."""

    id = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=80)
    times = models.IntegerField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "bench"
        db_table = "bench_item"
        managed = False

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """What is inserted."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.DO_NOTHING)
    body = models.CharField(max_length=80)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "bench"
        db_table = "bench_line"
        managed = False

    def __str__(self) -> str:
        return self.body


def make_tables(items: int = 15) -> None:
    """The yardstick's own tables, with so many rows to tap."""
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement.format(key=KEYS[connection.vendor], moment=MOMENTS[connection.vendor]))
    Item.objects.bulk_create(Item(id=number, name=f"Item {number}", times=0) for number in range(1, items + 1))


def tap(request: HttpRequest, item_id: int) -> HttpResponse:
    """One tap."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    body = request.POST["body"]
    with transaction.atomic():
        item = Item.objects.get(pk=item_id)
        Line.objects.create(item=item, body=body, at=timezone.now())
        item.times += 1
        item.save(update_fields=["times"])
    pressed = {each: "true" if each == body else "false" for each in ("first", "second", "third")}
    return HttpResponse(template().render({"item": item, **pressed}))


def template() -> Any:
    """The fragment, compiled once."""
    global _template
    if _template is None:
        _template = engines["django"].from_string(FRAGMENT)
    return _template


_template: Any = None
urlpatterns = [path("item/<int:item_id>/", tap)]


class Sessions(SessionMiddleware):
    """Django's sessions, with the store that it ships."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self.SessionStore = db.SessionStore


def sign_in(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What Django's own middleware and backend do, whatever backends the settings name."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: user_of(request.session))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def user_of(session: Any) -> Any:
    """The user of a session, as long as the password is the one they signed in with."""
    user: Any = ModelBackend().get_user(UUID(session[SESSION_KEY]))
    if user and constant_time_compare(session[HASH_SESSION_KEY], user.get_session_auth_hash()):
        return user
    return AnonymousUser()


class Request(WSGIRequest):
    """A request that only knows the address above."""

    urlconf = __name__


class Handler(WSGIHandler):
    """The bare application."""

    request_class = Request


def handler() -> Handler:
    """The application with the two middlewares that sign somebody in."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        return Handler()
