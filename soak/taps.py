"""What the tablets say they were tapped: every tap as the outbox first stored it, before it was painted or sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from soak.model import Tapped

# What a form carries beside what was wanted or seen.
ABOUT_THE_TAP = {"tap", "age", "coach", "ticket", "csrfmiddlewaretoken", "seen", "from", "period", "plan", "member"}
# The kind under which the taps of these addresses are stored; others are stored under the end of their address.
STORED_AS = {"rest": "several", "add": "attendance", "with-coach": "with_coach"}


@dataclass(frozen=True)
class Made:
    """A tap as a tablet made it. `landed` is when the finger did, by the tablet's clock."""

    key: UUID
    tablet: str
    # Whose finger it was, by the soak's own book, and on which shared tablet; None for a tablet of their own.
    coach: UUID
    landed: datetime
    # The end of its address, and the person it concerns; None for several people.
    what: str
    member: UUID | None
    values: Mapping[str, str]
    # Of a tap for several people: who, and the stage that the screen showed of them.
    people: Mapping[UUID, str] = field(default_factory=dict)
    device: UUID | None = None
    # Whom the header named and what the tablet knew of itself, for whoever looks for a fault.
    seen: str = ""

    @property
    def stored_as(self) -> str:
        """The kind of the stored tap."""
        return "plan" if self.is_step else STORED_AS.get(self.what, self.what)

    @property
    def is_step(self) -> bool:
        """Whether it is about the class's plan, and nobody in it."""
        return self.what.startswith("plan ")

    def on(self, member: UUID, at: datetime) -> Tapped | None:
        """What the model is told of it for that person, at its effective time; None where it does not concern them."""
        if self.what in ("rest", "several"):
            if member not in self.people:
                return None
            whole = Tapped(self.key, self.what, str(self.coach), at, self.values, is_rest=self.what == "rest")
            return whole.part(str(member), self.people[member])
        if self.member != member:
            return None
        return Tapped(self.key, self.what, str(self.coach), at, self.values)


def made_of(tablet: str, stored: Iterable[str], device: UUID | None = None) -> list[Made]:
    """The taps of one tablet, of what its storage held of each, in the order of their keys: a clock may be set back."""
    return sorted((read(tablet, json.loads(text), device) for text in stored), key=lambda made: made.key)


def read(tablet: str, tap: dict[str, Any], device: UUID | None) -> Made:
    """One tap out of a tablet's storage."""
    _class, _slash, rest = tap["address"].partition("/class/")[2].partition("/")
    *before, what = rest.strip("/").split("/")
    if before == ["plan"]:
        before, what = [], f"plan {what}"
    body = parse_qsl(tap["body"], keep_blank_values=True)
    values = {name: value for name, value in body if name not in ABOUT_THE_TAP and value}
    people = {}
    for each in (value for name, value in body if name == "member" and what in ("rest", "several")):
        member, _version, stage = (*each.split(":"), "", "")[:3]
        people[UUID(member)] = stage
    return Made(
        key=UUID(tap["key"]),
        tablet=tablet,
        coach=UUID(tap["finger of"]),
        landed=datetime.fromtimestamp(tap["landed"] / 1000, UTC),
        what=what,
        member=UUID(before[0]) if before else None,
        values={"saw": "clean"} if what == "rest" else values,
        people=people,
        device=device,
        seen=tap.get("seen", ""),
    )
