"""Finding somebody for a class's roster by typing a part of their name or nickname."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from gym.models import TURNING, Membership, fold
from programming.models import Attendance, ClassSession
from programming.on_roster import HERE, on_roster, told_apart, with_nickname

# Letters from which typing finds somebody, and how many are shown.
LETTERS = 3
SHOWN = 8


class Found(NamedTuple):
    """Somebody whom the typed letters find, by the whole name."""

    member_id: UUID
    name: str
    nickname: str
    joined_at: datetime

    @property
    def short_name(self) -> str:
        """What the list shows: nobody is chosen by an initial."""
        return with_nickname(self).translate(TURNING)


def find(session: ClassSession, typed: str) -> tuple[list[tuple[UUID, str]], list[str]]:
    """Whom the letters find: those who can be added, by id and name, and the names of those in the class already.

    First who came to this slot before, then whose name begins so. Nobody from fewer than three letters.
    """
    words = fold(typed).split()
    # In bytes, so that one character will do in a script whose names have two or three.
    if not words or len(typed.encode()) < LETTERS:
        return [], []
    names = told_apart(on_roster(session.pk, session.progression_id))
    people = Membership.objects.current().matching(typed)
    came = Attendance.objects.filter(member=OuterRef("pk"), state__in=HERE, session__slot=session.slot_id)
    begins = Q(search_name__startswith=words[0]) | Q(search_name__contains=f" {words[0]}")
    ranked = people.annotate(of_slot=Exists(came), begins=begins)
    ranked = ranked.order_by("-of_slot", "-begins", "search_name", "joined_at", "id")
    others = ranked.exclude(pk__in=names).values_list("pk", "name", "nickname", "joined_at")[:SHOWN]
    there = people.filter(pk__in=names).by_name().values_list("pk", flat=True)[:SHOWN]
    found = told_apart([Found(*row) for row in others])
    return list(found.items()), [names[each] for each in there]
