"""Everybody on a class's roster as plain values, with what the board shows of them, in one question."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, TextField, UUIDField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gym.models import TURNING, fold, short_name
from gym.prepared import Prepared
from programming import ladder
from programming.models import Attendance
from programming.models.standing_json import from_json

Someone = TypeVar("Someone", bound="Named")

HERE = (Attendance.State.HERE, Attendance.State.LATE)


class OnRoster(NamedTuple):
    """Somebody on the roster: who, whether here, what was seen of them, and where they stand on the class's ladder.

    What is kept as JSON is read only for those whose row is drawn. A NULL `version`: never placed.
    """

    attendance_id: UUID
    member_id: UUID
    state: str
    seen_at: datetime | None
    is_first_class: bool
    seen_text: str
    name: str
    shown_name: str
    nickname: str
    search_name: str
    standing_limits: str
    joined_at: datetime
    standing_text: str | None
    version: int | None
    crossed: UUID | None
    # A coach has sent them to the station "With coach".
    is_sent: bool = False
    # When they practised of late, as JSON; NULL: never.
    practised_text: str | None = None

    @property
    def short_name(self) -> str:
        """What a screen shows."""
        return short_name(self.name, self.shown_name)

    @property
    def is_here(self) -> bool:
        """Whether they came."""
        return self.state in HERE

    def seen(self, progression_id: UUID | None) -> dict[str, Any] | None:
        """What was last seen of them in this class on a ladder."""
        seen: dict[str, Any] | None = json.loads(self.seen_text).get(str(progression_id))
        return seen

    def standing(self) -> ladder.Standing:
        """Where they stand, as the rules see it."""
        return from_json(json.loads(self.standing_text or "{}"))


def _roster(session: Any, progression: Any) -> Any:
    here = Attendance.objects.filter(session_id=session).exclude(state=Attendance.State.OFF)
    placed = FilteredRelation("member__placements", condition=Q(member__placements__progression=progression))
    who = ("member__name", "member__shown_name", "member__nickname", "member__search_name")
    more = ("member__standing_limits", "member__joined_at")
    return here.annotate(
        placed=placed,
        seen_text=Cast("seen", TextField()),
        standing_text=Cast("placed__standing", TextField()),
        crossed=F("placed__crossed_id"),
        practised_text=Cast("member__homework__times", TextField()),
    ).values_list(
        *("pk", "member_id", "state", "seen_at", "is_first_class", "seen_text", *who, *more),
        *("standing_text", "placed__version", "crossed", "with_coach", "practised_text"),
    )


ROSTER = Prepared[tuple[Any, ...]](_roster, session=UUIDField(), progression=UUIDField())


def on_roster(session_id: UUID, progression_id: UUID | None) -> list[OnRoster]:
    """Everybody who has a row on the board, in the order of the alphabet."""
    people = [OnRoster(*row) for row in ROSTER.all(session=session_id, progression=progression_id)]
    people.sort(key=lambda person: (fold(person.short_name), person.search_name, person.attendance_id))
    return people


class Named(Protocol):
    """Somebody whom a list names beside others."""

    @property
    def member_id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def nickname(self) -> str: ...
    @property
    def short_name(self) -> str: ...
    @property
    def joined_at(self) -> datetime: ...


def told_apart(people: Iterable[Named]) -> dict[UUID, str]:
    """What to call each: the short name; for those who would read the same as much more as tells them apart."""
    everybody = list(people)
    names = {person.member_id: person.short_name for person in everybody}
    for longer in (lambda person: person.name, with_nickname, with_day_joined):
        same = sharing(names, everybody)
        if not same:
            return names
        names |= {person.member_id: longer(person).translate(TURNING) for person in same}
    counts: Counter[str] = Counter()
    for person in sorted(sharing(names, everybody), key=lambda person: person.member_id):
        counts[names[person.member_id]] += 1
        names[person.member_id] += f" ({counts[names[person.member_id]]})"
    return names


def sharing(names: dict[UUID, str], people: list[Someone]) -> list[Someone]:
    """Those who read the same as somebody else."""
    shared = Counter(names[person.member_id] for person in people)
    return [person for person in people if shared[names[person.member_id]] > 1]


def with_nickname(person: Named) -> str:
    """The whole name, and the nickname where there is one."""
    return f"{person.name} “{person.nickname}”" if person.nickname else person.name


def with_day_joined(person: Named) -> str:
    """The same, with the day on which they joined the gym."""
    day = date_format(timezone.localtime(person.joined_at), _("j M Y"))
    return _("%(name)s, since %(day)s") % {"name": with_nickname(person), "day": day}
