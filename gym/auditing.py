"""How a method that changes something writes down who did it, when, from where, and from what to what.

`audited` and `auditing` compare named fields; `audit` is told what was before and after.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.http import HttpRequest

from gym.devices import named_device
from gym.origin import origin
from gym.scope import in_gym

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
Row = TypeVar("Row", bound=models.Model)
Method = Callable[Concatenate[Row, Arguments], Answer]

# Fields of which is written down that they changed, and never from what to what: secrets, and words about health.
UNSAID = frozenset({"standing_limits", "secret", "digest", "password", "token", "where", "sentence", "body", "note"})


def audit(
    what: str,
    about: models.Model,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    person: models.Model | None = None,
) -> None:
    """Write down that this was done to that row, from what to what. Call it in the transaction that does it.

    `person` is whom it is about, where the row does not say so itself.
    """
    gym_id = _gym_of(about)
    if gym_id is None:
        return
    with in_gym(gym_id):
        apps.get_model("gym", "Change").objects.create(
            what=what,
            about=about._meta.model_name,
            about_id=about.pk,
            person_id=person.pk if person else _person_of(about),
            changes=_told(before or {}, after or {}),
            **_origin_in(gym_id),
        )


@contextmanager
def auditing(what: str, about: models.Model, *fields: str) -> Iterator[None]:
    """Compare these fields of a row before and after the block, and write down what differs; nothing where none does.

    What is stored counts, not what the object in hand says. Block and row are one transaction.
    """
    with transaction.atomic():
        before = _stored(about, fields)
        yield
        after = _stored(about, fields)
        if before != after:
            audit(what, about, before=before, after=after)


def audited(what: str, *fields: str) -> Callable[[Method[Row, Arguments, Answer]], Method[Row, Arguments, Answer]]:
    """The same for a method of the row."""

    def decorate(method: Method[Row, Arguments, Answer]) -> Method[Row, Arguments, Answer]:
        @wraps(method)
        def watched(row: Row, *args: Arguments.args, **named: Arguments.kwargs) -> Answer:
            with auditing(what, row, *fields):
                return method(row, *args, **named)

        return watched

    return decorate


def _gym_of(about: models.Model) -> UUID | None:
    """The gym of a row; None for what is of no gym, such as somebody's sign-in or a letter with its code."""
    found: UUID | None = about.pk if about._meta.model_name == "gym" else getattr(about, "gym_id", None)
    return found


def _stored(about: models.Model, fields: tuple[str, ...]) -> dict[str, Any]:
    """What the database holds in these fields now; nothing where there is no such row."""
    rows = type(about)._base_manager.filter(pk=about.pk)
    if hasattr(about, "gym_id"):
        rows = rows.filter(gym_id=about.gym_id)
    return rows.values(*fields).first() or {}


def _told(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What differs, as JSON; empty where nothing does."""
    differs = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    told = {name: None if name in UNSAID else [before.get(name), after.get(name)] for name in differs}
    return json.dumps(told, cls=DjangoJSONEncoder) if told else ""


def _person_of(about: models.Model) -> UUID | None:
    """Whom a row is about, where it says so."""
    if about._meta.model_name == "membership":
        return about.pk
    return getattr(about, "person_id", None) or getattr(about, "member_id", None)


# --- Who and from where ----------------------------------------------------------------------------------------------

# How an address begins → where that is. What begins with none of these is a coach's.
PLACES = (
    ("gym/<slug:gym_slug>/owner/", "owner"),
    ("gym/<slug:gym_slug>/my/", "member"),
    ("gym/<slug:gym_slug>/check-in/", "member"),
    ("gym/<slug:gym_slug>/tablet/", "tablet"),
    ("gym/<slug:gym_slug>/invitation/", "link"),
    ("gym/<slug:gym_slug>/screen/", "link"),
    ("gym/<slug:gym_slug>/calendar/", "link"),
    ("mail/", "link"),
    ("account/", "account"),
    ("admin/", "operator"),
)
LONGEST_NAME = 60


def _origin_in(gym_id: UUID) -> dict[str, Any]:
    """The columns that say who does it, and from where, as the present gym knows them."""
    source = origin()
    if isinstance(source, str):
        return {"where": "command", "named": source[:LONGEST_NAME]}
    hand = getattr(source, "hand", None)
    tablet = hand.tablet if hand else None
    return {
        "where": "tablet" if tablet else _place(source),
        "named": "" if tablet else named_device(source.headers.get("User-Agent", ""))[:LONGEST_NAME],
        "device": tablet.pk if tablet else None,
        "actor_id": _actor(source, gym_id),
    }


def _place(request: HttpRequest) -> str:
    route = request.resolver_match.route if request.resolver_match else ""
    return next((where for begins, where in PLACES if route.startswith(begins)), "coach")


def _actor(request: HttpRequest, gym_id: UUID) -> UUID | None:
    """Who they are in this gym; None for somebody who is nobody there."""
    member = getattr(request, "member", None)
    if member is not None and member.gym_id == gym_id:
        found: UUID = member.pk
        return found
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    people = apps.get_model("gym", "Membership").objects
    mine: UUID | None = people.filter(user_id=user.pk).values_list("pk", flat=True).first()
    return mine
