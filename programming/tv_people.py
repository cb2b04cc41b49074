"""Who stands where on a gym's TV, and under which name: the one place that decides what a room may read of a person.

Only those who agreed are named; the others are counted. Nobody can tell from it who is held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, UUIDField

from gym.models import TURNING, fold, short_name
from gym.prepared import Prepared
from programming.models import Attendance, Placement
from programming.on_roster import HERE

# Where somebody stands who stands at no stage.
WITH_COACH, TOGETHER, NOT_PLACED = "with coach", "together", "not placed"


class OnTv(NamedTuple):
    """Somebody who is here. A NULL stage: not placed yet."""

    attendance_id: UUID
    name: str
    shown_name: str
    is_minor: bool
    agreed: bool
    with_coach: bool
    is_held: bool
    stage_id: UUID | None

    @property
    def called(self) -> str:
        """What the room may call them; empty for somebody who did not agree."""
        if not self.agreed:
            return ""
        return initials(self.name) if self.is_minor else short_name(self.name, self.shown_name)

    @property
    def is_with_coach(self) -> bool:
        """Held, or sent there: the two look the same."""
        return self.is_held or self.with_coach


@dataclass(frozen=True, slots=True)
class Group:
    """Those who stand at one place: the names in the order of the alphabet, and how many are not named."""

    names: tuple[str, ...] = ()
    others: int = 0

    @property
    def count(self) -> int:
        """How many stand there."""
        return len(self.names) + self.others


def initials(name: str) -> str:
    """ "J. P." for Jun Park."""
    return " ".join(f"{word[0]}." for word in name.translate(TURNING).split())


def _here(session: Any, progression: Any) -> Any:
    placed = FilteredRelation("member__placements", condition=Q(member__placements__progression=progression))
    # A hold is of the person, whichever ladder it was put on.
    held = Placement.objects.filter(member_id=OuterRef("member_id"), is_held=True)
    who = ("member__name", "member__shown_name", "member__is_minor", "member__tv_consent")
    here = Attendance.objects.filter(session_id=session, state__in=HERE)
    return here.annotate(placed=placed, held=Exists(held), stage=F("placed__stage_id")).values_list(
        "pk", *who, "with_coach", "held", "stage"
    )


PEOPLE = Prepared[tuple[Any, ...]](_here, session=UUIDField(), progression=UUIDField())


def people_of(session_id: UUID, progression_id: UUID | None) -> list[OnTv]:
    """Everybody who is here."""
    return [OnTv(*row) for row in PEOPLE.all(session=session_id, progression=progression_id)]


def names_of(people: Iterable[OnTv]) -> dict[UUID, str]:
    """What to call each who agreed. Those who would read the same are numbered in the order they came onto the roster:
    a number says nothing more about them.
    """
    called = {person.attendance_id: person.called for person in sorted(people, key=lambda each: each.attendance_id)}
    same = Counter(fold(name) for name in called.values())
    met: Counter[str] = Counter()
    for key, name in called.items():
        if name and same[fold(name)] > 1:
            met[fold(name)] += 1
            called[key] = f"{name} {met[fold(name)]}"
    return {key: name for key, name in called.items() if name}


def groups_of(people: Iterable[OnTv], stages: Collection[UUID]) -> dict[UUID | str, Group]:
    """Who stands at which of these stages, with the coach, or nowhere yet; without stages they stand together."""
    everybody = list(people)
    names = names_of(everybody)
    places: dict[UUID | str, list[OnTv]] = {}
    for person in everybody:
        places.setdefault(_place(person, stages), []).append(person)
    return {
        place: Group(
            tuple(sorted((names[each.attendance_id] for each in here if each.attendance_id in names), key=fold)),
            sum(1 for each in here if each.attendance_id not in names),
        )
        for place, here in places.items()
    }


def _place(person: OnTv, stages: Collection[UUID]) -> UUID | str:
    if person.is_with_coach:
        return WITH_COACH
    if not stages:
        return TOGETHER
    return person.stage_id if person.stage_id is not None and person.stage_id in stages else NOT_PLACED
