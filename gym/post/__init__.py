"""Letters by mail: put into the queue here, written in `writing.py` and sent in `delivering.py` by the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from gym.models import Gym, Letter, Membership
from gym.prepared import insert

__all__ = ["post"]


def post(
    kind: str,
    *,
    key: str,
    to: str = "",
    gym: Gym | None = None,
    person: Membership | None = None,
    about: dict[str, Any] | None = None,
    wait: timedelta = timedelta(),
    useful_for: timedelta | None = None,
    at: datetime | None = None,
) -> Letter:
    """Let the worker send a letter, if the transaction that this stands in is committed. One row, and nothing else.

    The same `key` never makes a second letter: then the first one is answered. Without an address in `to` it goes to
    the person's own, as it will be then. `about` are plain values for the templates `mail/<kind>.txt` and the like.
    It is not sent before `wait` has passed, nor when it is older than `useful_for`.
    """
    now = at or timezone.now()
    letter = Letter(
        kind=kind,
        key=key,
        to=to,
        gym_id=person.gym_id if person else gym.pk if gym else None,
        person=person,
        language=get_language() or "",
        about=about or {},
        made_at=now,
        due_at=now + wait,
        useful_until=now + useful_for if useful_for else None,
    )
    if insert(letter, unless=("key",)):
        return letter
    first: Letter = Letter.across_gyms.get(key=key)
    return first
