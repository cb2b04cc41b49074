"""Under which names people stand on a gym's TV: the one place that decides what a room may read of a person.

Only those who agreed are named; the others are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import UUIDField

from gym.models import TURNING, Membership, fold, short_name
from gym.prepared import Prepared
from programming.models import Attendance
from programming.on_roster import HERE


class Named(NamedTuple):
    """Somebody who is here and agreed to be named."""

    attendance_id: UUID
    member_id: UUID
    name: str
    shown_name: str
    is_minor: bool

    @property
    def called(self) -> str:
        """What the room may call them."""
        return called(self.name, self.shown_name, is_minor=self.is_minor)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether somebody agreed to be named, and the name that the room reads then."""

    agreed: bool
    called: str


@dataclass(frozen=True, slots=True)
class Group:
    """Those who stand at one place: the names in the order of the alphabet, and how many are not named."""

    names: tuple[str, ...] = ()
    others: int = 0

    @property
    def count(self) -> int:
        """How many stand there."""
        return len(self.names) + self.others


def choice_of(member: Membership) -> Choice:
    """What that member agreed to."""
    return Choice(member.tv_consent, called(member.name, member.shown_name, is_minor=member.is_minor))


def called(name: str, shown_name: str, *, is_minor: bool) -> str:
    """The name they chose, else first name and initial; of a minor the initials."""
    return initials(name) if is_minor else short_name(name, shown_name)


def initials(name: str) -> str:
    """ "J. P." for Jun Park."""
    return " ".join(f"{word[0]}." for word in name.translate(TURNING).split())


def _named(session: Any) -> Any:
    # Whoever left the gym in the middle of a class agreed to nothing more.
    agreed = {"member__tv_consent": True, "member__is_active": True}
    here = Attendance.objects.filter(session_id=session, state__in=HERE, **agreed)
    return here.order_by("pk").values_list("pk", "member_id", "member__name", "member__shown_name", "member__is_minor")


NAMED = Prepared[tuple[Any, ...]](_named, session=UUIDField())


def names_in(session_id: UUID) -> dict[UUID, str]:
    """What to call each who is here and agreed, by member. Those who would read the same are numbered in the order they
    came onto the roster: a number says nothing more about them.
    """
    return names_of([Named(*row) for row in NAMED.all(session=session_id)])


def names_of(people: list[Named]) -> dict[UUID, str]:
    """The same for people who are known already."""
    called = {person.member_id: person.called for person in people}
    same = Counter(map(fold, called.values()))
    met: Counter[str] = Counter()
    for member_id, name in called.items():
        if same[fold(name)] > 1:
            met[fold(name)] += 1
            called[member_id] = f"{name} {met[fold(name)]}"
    return {member_id: name for member_id, name in called.items() if name}


def group_of(members: Iterable[UUID], names: dict[UUID, str]) -> Group:
    """These people as the room reads of them."""
    everybody = list(members)
    named = sorted((names[each] for each in everybody if each in names), key=fold)
    return Group(tuple(named), len(everybody) - len(named))
