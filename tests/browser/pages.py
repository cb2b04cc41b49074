"""What the journeys share: a full class, and a coach's hands on its board.

A test asks for `floor`, or for `fresh_floor`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from gym.models import Gym, Membership, User
from gym.scope import in_gym
from programming.demo.people import ON_THE_FLOOR
from programming.demo.teaching import Teaching
from programming.models import Attendance, ClassSession, Tap
from tests import make
from tests.people import Cast, make_cast

# Milliseconds after which somebody else's tap stands on every screen. How soon it does, make bench measures.
SEEN_BY_OTHERS = 10_000


@dataclass(frozen=True)
class Floor:
    """A class that runs now, and everyone on its roster by the name that the board shows."""

    cast: Cast
    session: ClassSession
    people: dict[str, Membership] = field(default_factory=dict)

    @property
    def gym(self) -> Gym:
        return self.cast.northside

    @property
    def url(self) -> str:
        return f"/gym/{self.gym.slug}/class/{self.session.pk}/"

    def taps_of(self, name: str) -> list[tuple[str, str]]:
        """What was tapped of that person in this class and stands, oldest first: kind and value."""
        with in_gym(self.gym):
            standing = Tap.objects.filter(
                session=self.session, member=self.people[name], outcome__in=["applied", "crossed"], undos=None
            )
            return [said(tap) for tap in standing.exclude(kind__in=["undo", "move"]).order_by("at", "key")]


def said(tap: Tap) -> tuple[str, str]:
    """A stored tap as kind and value."""
    values = [tap.detail[name] for name in ("saw", "fault", "drill", "setting", "stage", "state") if name in tap.detail]
    return (tap.kind, str(values[0]) if values else "")


def make_floor(*, today: bool, new: Iterable[str] = ()) -> Floor:
    """The fifteen of the demo as their last visits left them; `today` tells what was already tapped in this class.

    Those whose first names are in `new` stand on no stage yet.
    """
    cast = make_cast()
    gym, carla = cast.northside, cast.carla
    make.library(gym)
    now, chance = timezone.now(), random.Random(1)  # noqa: S311 - a story, no secret
    people = [make.person(gym, person.name, **person.fields) for person in ON_THE_FLOOR]
    cast_of = dict(zip(ON_THE_FLOOR, people, strict=True))
    unplaced = {person for person in ON_THE_FLOOR if person.name.split()[0] in set(new)}
    with in_gym(gym):
        for person, member in cast_of.items():
            if person.weeks == 0 or person in unplaced:
                continue
            begun = now - timedelta(days=person.away or 7)
            earlier = make.class_session(gym, [member], coach=carla, starts_at=begun, finished_at=begun)
            teaching = Teaching(earlier, chance, clock=begun, pace=timedelta(seconds=30))
            teaching.visit(member, person, 99, is_last=True)
        session = make.class_session(gym, people, coach=carla, started_at=now - timedelta(minutes=10))
        if today:
            Attendance.objects.filter(session=session, member__name="Jun Park").update(is_first_class=True)
            teaching = Teaching(session, chance, clock=now - timedelta(minutes=9), pace=timedelta(seconds=30))
            for person, member in cast_of.items():
                for each in person.today:
                    teaching.say(member, each)
    return Floor(cast, session, {member.short_name: member for member in people})


@pytest.fixture
def floor(transactional_db: None) -> Floor:
    """Fifteen people in the middle of a class: some seen, one held, some with something to suggest."""
    return make_floor(today=True)


@pytest.fixture
def fresh_floor(transactional_db: None) -> Floor:
    """Fifteen people at the start of a class; five of them stand on no stage yet."""
    return make_floor(today=False, new=["Ben", "Farid", "Isaac", "Liam"])


class Clock:
    """The server's clock, which a test moves on instead of sleeping."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def forward(self, seconds: float) -> None:
        """Let that much time pass."""
        self._traveller.shift(timedelta(seconds=seconds))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """`clock.forward(seconds)`; the clock ticks on as usual."""
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield Clock(traveller)


class Board:
    """A class board on one screen."""

    def __init__(self, page: Page, floor: Floor) -> None:
        self.page, self.floor = page, floor

    def open(self) -> Board:
        """Go to the board."""
        self.page.goto(self.floor.url)
        return self

    @property
    def sheet(self) -> Locator:
        return self.page.locator("#sheet")

    @property
    def last(self) -> Locator:
        """The bar's words."""
        return self.page.locator("#bar .last")

    @property
    def connection(self) -> Locator:
        return self.page.locator("#net > button")

    @property
    def undo(self) -> Locator:
        return self.page.locator("#undo-last")

    def row(self, name: str) -> Locator:
        return self.page.locator(f"#m-{self.floor.people[name].pk}")

    def line(self, name: str) -> Locator:
        """What the row says under the name."""
        return self.row(name).locator("small")

    def short(self, name: str) -> Locator:
        """What stands there where the whole sentence has no room."""
        return self.row(name).locator("small .narrow:not([data-to=others])")

    def stage(self, name: str, stage: str) -> Locator:
        return self.row(name).locator(".seg button", has_text=stage)

    def clean(self, name: str) -> Locator:
        return self.row(name).locator("button[name=saw]")

    def fault(self, name: str) -> Locator:
        return self.row(name).locator("button[data-saw=fault]")

    def chip(self, words: str) -> Locator:
        """A button of the sheet by its first words."""
        return self.page.locator(".sheet button", has_text=re.compile(rf"^\s*{re.escape(words)}"))

    def open_sheet(self, name: str) -> None:
        """Tap Fault and wait for the sheet."""
        self.fault(name).tap()
        expect(self.sheet.get_by_role("heading", name=name)).to_be_visible()

    def close_sheet(self) -> None:
        self.sheet.get_by_role("button", name="Close", exact=True).tap()
        expect(self.sheet).to_be_hidden()

    def is_saved(self) -> None:
        """Wait until every tap was answered."""
        expect(self.connection).to_have_text("All saved")

    def stands_on(self, name: str, stage: str) -> None:
        """Wait until the row shows that stage and no other."""
        expect(self.row(name).locator(".seg [aria-pressed=true]")).to_have_text(re.compile(stage))


def all_sent(page: Page) -> None:
    """Wait until the server has answered every tap of this device."""
    page.wait_for_function("() => outbox.size() === 0")


def pressed(locator: Locator, *, is_pressed: bool = True) -> None:
    """Wait until a button shows as pressed, or as not pressed."""
    expect(locator).to_have_attribute("aria-pressed", "true" if is_pressed else "false")


@pytest.fixture
def carla_and_kim(
    open_page: Callable[[], Page], floor: Floor, sign_in: Callable[[Page, User], None]
) -> tuple[Board, Board]:
    """Carla's board and Kim's."""
    boards = []
    for member in (floor.cast.carla, floor.cast.kim):
        page = open_page()
        assert member.user is not None
        sign_in(page, member.user)
        boards.append(Board(page, floor).open())
    return boards[0], boards[1]
