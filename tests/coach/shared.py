"""A tablet that coaches share, as the tests use it: its browser, its lock screen, and taps with their tickets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import time_machine
from django.test import Client

from gym.models import Membership, Tablet
from gym.scope import in_gym
from gym.tablets import COOKIE
from programming.models import ClassSession, Tap
from tests import make
from tests.coach.screen import HTMX, page
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

PINS = {"carla": "4711", "kim": "80632"}


@dataclass
class Shared:
    """An enrolled tablet in a class. Carla and Kim have PINs."""

    cast: Cast
    session: ClassSession
    tablet: Tablet
    client: Client
    clock: time_machine.Traveller
    # Whom the taps are of.
    member: Membership
    gym_url: str = "/gym/northside-barbell/"
    tickets: dict[str, str] = field(default_factory=dict)

    @property
    def lock_url(self) -> str:
        return f"{self.gym_url}tablet/"

    @property
    def board_url(self) -> str:
        return f"{self.gym_url}class/{self.session.pk}/"

    def later(self, **time: float) -> None:
        """Let so much time pass."""
        self.clock.shift(timedelta(**time))

    def coach(self, name: str) -> Membership:
        found: Membership = getattr(self.cast, name)
        return found

    def type_pin(self, name: str, digits: str, **more: str) -> Answer:
        """Choose a coach on the lock screen and type digits."""
        return self.client.post(self.lock_url, {"coach": str(self.coach(name).pk), "pin": digits, **more})

    def unlock(self, name: str) -> str:
        """Unlock it with that coach's PIN; answers the ticket of their taps."""
        answer = self.type_pin(name, PINS[name])
        assert answer.status_code == 302, page(answer).text
        self.tickets[name] = self.ticket()
        return self.tickets[name]

    def body(self) -> Any:
        """The body of the board as it is drawn now."""
        return page(self.client.get(self.board_url)).one("body")

    def ticket(self) -> str:
        """What taps carry on the board as it is drawn now."""
        return str(self.body()["data-ticket"])

    def switch(self, name: str) -> Answer:
        """Tap that coach's name in the header."""
        buttons = page(self.client.get(self.board_url)).one("form", id="switch").all("button")
        pressed = next(each for each in buttons if each["data-coach"] == str(self.coach(name).pk))
        return self.client.post(f"{self.lock_url}switch/", {"unlock": pressed["value"]})

    def lock(self) -> Answer:
        return self.client.post(f"{self.lock_url}lock/")

    def tap(
        self,
        name: str = "",
        *,
        ticket: str | None = None,
        key: UUID | None = None,
        headers: dict[str, str] | None = None,
        **values: str,
    ) -> Answer:
        """A tap of that coach with the ticket of their last unlock, as the outbox sends it. Of nobody: without both."""
        sent = {"tap": str(key or uuid4()), "age": "0", "saw": "clean", "stage": "wall-tap", **values}
        if name:
            sent |= {"coach": str(self.coach(name).pk), "ticket": self.tickets[name]}
        if ticket is not None:
            sent["ticket"] = ticket
        return self.client.post(f"{self.board_url}{self.member.pk}/saw/", sent, headers={**HTMX, **(headers or {})})

    def poll(self, **headers: str) -> Answer:
        """What the board asks by itself."""
        return self.client.get(f"{self.board_url}rows/", headers={**HTMX, "HX-PTag": "0", **headers})

    def is_locked(self) -> bool:
        """Whether a page that is opened shows the lock screen instead. Opening one keeps it unlocked."""
        answer = self.client.get(self.board_url)
        if answer.status_code == 200:
            return False
        assert answer.headers["Location"].startswith(self.lock_url)
        return True

    def stored(self, key: UUID) -> Tap:
        with in_gym(self.cast.northside):
            found: Tap = Tap.objects.select_related("actor").get(key=key)
        return found

    def now(self) -> Tablet:
        """The tablet as stored."""
        found: Tablet = Tablet.across_gyms.get(pk=self.tablet.pk)
        return found


@contextmanager
def share(cast: Cast, session: ClassSession, member: Membership) -> Iterator[Shared]:
    """An enrolled, locked tablet, and a clock that stands still until it is moved. The member stands at the wall."""
    for name, digits in PINS.items():
        make.pin(getattr(cast, name), digits)
    make.place(session, member, "wall-tap", by=cast.carla, after=60)
    tablet, secret = make.tablet(cast.northside, cast.olga)
    client = Client()
    client.cookies[COOKIE] = secret
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        yield Shared(cast, session, tablet, client, clock, member)
