"""A TV's question whether there is anything new: whose link it is and whether a class of its room changed, in one read.

The answer says what it showed as a tag, which the TV sends with its next question: until when nothing but a change of a
class can matter, the changes of the classes then, and a digest of all that stands on the screen. Unlike a board's (see
polling.py) it need not be signed: each question looks at the link anew, and a made-up tag earns nothing but silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    F,
    OuterRef,
    SlugField,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from gym.prepared import Prepared
from programming.models import ClassSession, Screen
from programming.models.screens import digest_of
from programming.tv import Tv, next_change

# Seconds after which everything is looked at again.
LOOKED_FOR = 30
# What a class counts beside its version, so that one class more is not taken for a version that rose.
A_CLASS = 1_000_000_000


def _asked(slug: Any, digest: Any, since: Any, until: Any) -> Any:
    classes = ClassSession.across_gyms.filter(gym_id=OuterRef("gym_id"), starts_at__gte=since, starts_at__lt=until)
    of_room = classes.filter(room__iexact=OuterRef("room"))
    screens = Screen.across_gyms.select_related("gym").filter(gym__slug=slug, digest=digest, revoked_at=None)
    return screens.annotate(changes=Case(When(room="", then=_sum(classes)), default=_sum(of_room)))


def _sum(classes: Any) -> Any:
    sums = classes.order_by().values("gym_id").annotate(sum=Sum(F("version") + Value(A_CLASS))).values("sum")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), Value(0))


ASKED = Prepared[Any](_asked, slug=SlugField(), digest=CharField(), since=DateTimeField(), until=DateTimeField())


def find_screen(gym_slug: str, token: str, at: datetime) -> Any:
    """The TV of that link with its gym; None for a link that was revoked or never was.

    `changes` is another number whenever a class of its room from yesterday to tomorrow is added or changed.
    """
    # Of no time zone in particular: wide enough for today's classes in each.
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"since": midnight - timedelta(days=1), "until": midnight + timedelta(days=2)}
    return ASKED.first(slug=gym_slug, digest=digest_of(token), **days)


@dataclass(frozen=True)
class Tag:
    """What a TV says that it shows. Times in whole seconds since 1970."""

    until: int
    changes: int
    digest: str

    @classmethod
    def read(cls, given: str) -> Tag | None:
        """The tag of a question; None for anything else."""
        until, changes, digest = (*given.split("-"), "", "")[:3]
        if not (until.isdecimal() and changes.isdecimal() and digest):
            return None
        return cls(int(until[:20]), int(changes[:20]), digest)

    @classmethod
    def of(cls, tv: Tv, screen: Any, classes: list[ClassSession], at: datetime) -> Tag:
        """The tag of what is shown now."""
        until = min(at + timedelta(seconds=LOOKED_FOR), next_change(screen, classes, at))
        shown = sha256(f"{release()} {tv!r}".encode()).hexdigest()[:16]
        return cls(int(until.timestamp()), screen.changes, shown)

    def __str__(self) -> str:
        return f"{self.until}-{self.changes}-{self.digest}"

    def still_holds(self, screen: Any, at: datetime) -> bool:
        """Whether nothing can have changed, so that nothing more need be read."""
        return at.timestamp() < self.until and self.changes == screen.changes


def release() -> str:
    """Another word for every version of the files that a TV is drawn with, and for every language of its gym.

    By it a TV knows when to load itself anew.
    """
    return f"{_release()}-{get_language()}"


@cache
def _release() -> str:
    files = sorted((Path(settings.BASE_DIR) / "templates" / "screen").glob("*.html"))
    texts = [getattr(staticfiles_storage, "manifest_hash", ""), *(file.read_text() for file in files)]
    return sha256("\n".join(texts).encode()).hexdigest()[:12]
