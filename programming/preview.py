"""A class template as its class would look now on a tablet and on the TV, with the regulars of a weekly class.

The class is made in memory and never stored: board, strip, stations and TV are drawn of it by what draws them in class.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, TextField
from django.db.models.functions import Cast

from gym.identifiers import uuid7
from gym.models import Gym, Membership, fold
from programming.board import Board, Reader
from programming.models import Attendance, ClassSession, ClassTemplate, WeeklySlot
from programming.models.regulars import regulars_by_slot
from programming.on_roster import OnRoster, told_apart
from programming.plan import Block, read_plan
from programming.plan_page import Strip
from programming.running import Running
from programming.station_list import Floor, StationShown
from programming.tv import Tv, floor_of
from programming.tv_people import Named, names_of


@dataclass(frozen=True)
class Preview:
    """A class that nobody holds. `place` is the block that runs, by its place in the plan."""

    gym: Gym
    session: ClassSession
    people: list[OnRoster]
    at: datetime

    @classmethod
    def read(
        cls, gym: Gym, template: ClassTemplate, slot: WeeklySlot | None, place: int | None, *, at: datetime
    ) -> Preview:
        """The class of that template in that block; without one in the block of the ladder, else the first."""
        plan = template.plan()
        ladder = next((number for number, block in enumerate(plan) if block["is_ladder"]), 0)
        running = place if place is not None and 0 <= place < len(plan) else ladder
        session = ClassSession(
            id=uuid7(),
            **{**template.given(), "plan": plan},
            coach=slot.coach if slot else None,
            minutes=slot.minutes if slot else template.minutes,
            starts_at=at,
            started_at=at,
            block_position=running if plan else None,
            block_started_at=at if plan else None,
        )
        members = regulars_by_slot([slot], at.astimezone(gym.zone).date())[slot.pk] if slot else []
        return cls(gym, session, roster_of(members, template), at)

    @property
    def blocks(self) -> list[tuple[int, Block, bool]]:
        """Every block with its place, and whether it runs."""
        plan = read_plan(self.session.plan)
        return [(place, block, place == self.session.block_position) for place, block in enumerate(plan)]

    @property
    def board(self) -> Board:
        """What the tablet shows. Raises LookupError for a template without a ladder."""
        return PreviewReader(self).board()

    @property
    def strip(self) -> Strip:
        """The plan above the board."""
        return Strip.read(self.session, self.at)

    @property
    def tv(self) -> Tv:
        """What the room's TV shows: only those are named who agreed."""
        running = Running.read(self.session, self.at)
        shown: tuple[StationShown, ...] = ()
        if self.session.progression:
            floor = Floor(self.session.on_board.ladder(), running.block, told_apart(self.people))
            shown = floor.shown(self.people)
        about: dict[str, Any] = {"is_running": True, "session_name": self.session.called, "starts_at": self.at}
        return Tv(gym=self.gym.name, **about, **floor_of(running, self.session, shown, self._names()))

    def _names(self) -> dict[UUID, str]:
        agreed = Membership.objects.filter(pk__in=[each.member_id for each in self.people], tv_consent=True)
        rows = agreed.order_by("pk").values_list("pk", "pk", "name", "shown_name", "is_minor")
        return names_of([Named(*row) for row in rows])


class PreviewReader(Reader):
    """Reads a board whose roster is not stored."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(preview.session, gym_slug=preview.gym.slug, at=preview.at)
        self.people = preview.people

    def _people(self) -> list[OnRoster]:
        self.names = told_apart(self.people)
        return self.people


def roster_of(members: list[UUID], template: ClassTemplate) -> list[OnRoster]:
    """These members as the roster of a class of that template has them: here, not yet seen."""
    placed = FilteredRelation("placements", condition=Q(placements__progression=template.progression_id))
    rows = Membership.objects.filter(pk__in=members).annotate(
        placed=placed,
        standing_text=Cast("placed__standing", TextField()),
        practised_text=Cast("homework__times", TextField()),
        version_of=F("placed__version"),
    )
    who = ("name", "shown_name", "nickname", "search_name", "standing_limits", "joined_at")
    people = [on_roster(row) for row in rows.values("pk", *who, "standing_text", "version_of", "practised_text")]
    return sorted(people, key=lambda person: (fold(person.short_name), person.search_name, person.member_id))


def on_roster(row: dict[str, Any]) -> OnRoster:
    """One of them."""
    return OnRoster(
        attendance_id=row["pk"],
        member_id=row["pk"],
        state=Attendance.State.HERE,
        seen_at=None,
        is_first_class=False,
        seen_text="{}",
        name=row["name"],
        shown_name=row["shown_name"],
        nickname=row["nickname"],
        search_name=row["search_name"],
        standing_limits=row["standing_limits"],
        joined_at=row["joined_at"],
        standing_text=row["standing_text"],
        version=row["version_of"],
        crossed=None,
        practised_text=row["practised_text"],
    )
