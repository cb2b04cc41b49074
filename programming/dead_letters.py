"""The letters of a gym that were given up, as its owner reads them. What they say is nobody's but their reader's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gym.models import Letter
from gym.post.kinds import kind_of

# More than these nobody reads through; whoever dismisses some sees the next.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What it was, to whom, why it was not sent, and whether it can be tried again."""

    id: UUID
    what: str
    name: str
    to: str
    why: str
    said: str
    made_at: datetime
    settled_at: datetime | None
    can_be_tried: bool


def read(now: datetime) -> list[DeadLetter]:
    """Those of the present gym, the last one first."""
    given_up = Letter.objects.filter(state=Letter.State.DEAD).select_related("person__user")
    return [dead_letter(letter, now) for letter in given_up.order_by("-settled_at", "-pk")[:SHOWN]]


def dead_letter(letter: Letter, now: datetime) -> DeadLetter:
    """One line of the list."""
    person = letter.person
    return DeadLetter(
        id=letter.pk,
        what=str(kind_of(letter).called),
        name=person.short_name if person else "",
        to=letter.to or (person.mail_address if person else ""),
        # Its own word where a newer release gave it up for a reason that this one does not know.
        why=str(letter.get_problem_display()),
        said=letter.error,
        made_at=letter.made_at,
        settled_at=letter.settled_at,
        can_be_tried=letter.useful_until is None or now < letter.useful_until,
    )
