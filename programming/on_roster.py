"""Everybody on a class's roster as plain values, with what the board shows of them, in one question."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, TextField, UUIDField
from django.db.models.functions import Cast

from gym.models import TURNING, fold, short_name
from gym.prepared import Prepared
from programming import ladder
from programming.models import Attendance
from programming.models.standing_json import from_json

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
    standing_text: str | None
    version: int | None
    stage_by: UUID | None
    crossed: UUID | None
    # A coach has sent them to the station "With coach".
    is_sent: bool = False

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
    who = ("member__name", "member__shown_name", "member__nickname", "member__search_name", "member__standing_limits")
    return here.annotate(
        placed=placed,
        seen_text=Cast("seen", TextField()),
        standing_text=Cast("placed__standing", TextField()),
        stage_by=F("placed__stage_by_id"),
        crossed=F("placed__crossed_id"),
    ).values_list(
        *("pk", "member_id", "state", "seen_at", "is_first_class", "seen_text", *who),
        *("standing_text", "placed__version", "stage_by", "crossed", "with_coach"),
    )


ROSTER = Prepared[tuple[Any, ...]](_roster, session=UUIDField(), progression=UUIDField())


def on_roster(session_id: UUID, progression_id: UUID | None) -> list[OnRoster]:
    """Everybody who has a row on the board, in the order of the alphabet."""
    people = [OnRoster(*row) for row in ROSTER.all(session=session_id, progression=progression_id)]
    people.sort(key=lambda person: (fold(person.short_name), person.search_name, person.attendance_id))
    return people


def told_apart(people: Iterable[OnRoster]) -> dict[UUID, str]:
    """What to call each: the short name; for those who would read the same the whole one, then with the nickname."""
    names = {person.member_id: person.short_name for person in people}
    for longer in (lambda person: person.name, with_nickname):
        shared = Counter(names.values())
        if len(shared) == len(names):
            break
        same = [person for person in people if shared[names[person.member_id]] > 1]
        names |= {person.member_id: longer(person).translate(TURNING) for person in same}
    return names


def with_nickname(person: OnRoster) -> str:
    """The whole name, and the nickname where there is one."""
    return f"{person.name} “{person.nickname}”" if person.nickname else person.name
