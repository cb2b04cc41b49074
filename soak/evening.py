"""The class itself: both coaches tap through bad Wi-Fi while servers die, until all is saved."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Browser, Page

from bench.browser import cookies_of
from soak.floor import Floor
from soak.hands import do
from soak.proxy import LONGEST_DELAY, MIX, Fault, Way, ways_to
from soak.script import APART, CROSSING, Act, Step, steps
from soak.servers import DatabaseServer, WebServer
from soak.tablet import Tablet, own_tablet, shared_tablet, tv, tv_words, without_refusal
from soak.taps import Made

# Taps that may wait on a tablet before its coach takes a breath; seconds for that, between two tries.
MOST_WAITING, BREATH = 25, 0.15
# Seconds that a server stays away; until all is saved at the end, in bad weather and then in good; and until every
# screen shows it.
AWAY, IN_BAD, IN_GOOD, SHOWN = 1.5, 90, 60, 20
# What is killed with -9 or stopped at once, after which share of the taps.
SERVER, WORKER, DATABASE = "server", "worker", "database"
DISASTERS = ((0.2, SERVER), (0.4, WORKER), (0.5, DATABASE), (0.75, SERVER))
# Seconds that a tablet may take from the finger to the request, and for the answer.
SCREEN = 2
# Seconds that the class may take for each tap; after how many it says how far it is.
LONGEST, TOLD = 3, 100


@dataclass(frozen=True)
class Orders:
    """What kind of run: how many taps at least, in which weather, and what is killed after which share of them.

    `exactly_once`: whether the server may know that a further try is the same tap.
    """

    seed: str
    taps: int
    mix: Mapping[Fault, float] = field(default_factory=lambda: MIX)
    disasters: Sequence[tuple[float, str]] = DISASTERS
    exactly_once: bool = True


@dataclass
class Evening:
    """A class under way, and afterwards what came of it."""

    orders: Orders
    floor: Floor
    server: WebServer
    database: DatabaseServer | None
    ways: dict[str, Way]
    tablets: list[Tablet]
    tv: Page
    acts: Counter[Act] = field(default_factory=Counter)
    outages: list[threading.Thread] = field(default_factory=list)
    # Whose taps on a person have to be saved before the other coach taps them.
    closed: dict[str, Tablet] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    told: int = 0

    @property
    def fingers(self) -> int:
        """How many taps were made."""
        return sum(each.fingers for each in self.tablets)

    def run(self) -> None:
        """Do what the seed says until enough taps were made, and let it be saved."""
        for way in self.ways.values():
            way.is_bad = True
        begun = time.monotonic()
        disasters = self.disasters()
        for step in steps(self.orders.seed, len(self.floor.people), len(self.tablets)):
            if self.fingers >= self.orders.taps:
                break
            if time.monotonic() - begun > 30 + LONGEST * self.orders.taps:
                self.failed.append("the class took too long")
                break
            self.tell(time.monotonic() - begun)
            while disasters and self.fingers >= disasters[0][0]:
                self.strike(disasters.pop(0)[1])
            self.take(step)
        for outage in self.outages:
            outage.join()
        self.save()

    def tell(self, seconds: float) -> None:
        """Say now and then how far it is."""
        if self.fingers // TOLD > self.told:
            self.told = self.fingers // TOLD
            waiting = " and ".join(str(len(each.waiting())) for each in self.tablets)
            print(f"{self.fingers} taps after {seconds:.0f} s, {waiting} of them waiting", file=sys.stderr, flush=True)

    def take(self, step: Step) -> None:
        """One step of the script, where nothing of the person is on its way that would leave its outcome open."""
        hand, other = self.tablets[step.tablet], self.tablets[1 - step.tablet]
        if len(hand.waiting()) > MOST_WAITING:
            hand.page.wait_for_timeout(BREATH * 1000)
            return
        if not hand.is_open():
            hand.open()
        member = str(self.floor.people[step.person].pk)
        is_crossing = step.act in CROSSING and hand.is_placed(member)
        if self.may(step.act, member, other, is_crossing=is_crossing) and do(hand, step.act, member, step.choice):
            self.acts[step.act] += 1
            self.close(step.act, member, hand, is_crossing=is_crossing)

    def may(self, act: Act, member: str, other: Tablet, *, is_crossing: bool) -> bool:
        """Whether what waits on the other tablet leaves no doubt what comes of it."""
        if act in APART:
            return True
        theirs = other.waiting()
        if act == Act.REST:
            return not theirs
        waits = any(f"/{member}/" in address or "/rest/" in address for address in theirs)
        return not waits or (is_crossing and self.closed.get(member) is not other)

    def close(self, act: Act, member: str, hand: Tablet, *, is_crossing: bool) -> None:
        """Remember whose taps on the person have to be saved before the other coach goes on."""
        if act in APART:
            return
        if act == Act.REST:
            self.closed = {str(each.pk): hand for each in self.floor.people}
        elif not is_crossing:
            self.closed[member] = hand
        elif self.closed.get(member) is not hand:
            self.closed.pop(member, None)

    # What dies in the middle --------------------------------------------------------------------

    def disasters(self) -> list[tuple[int, Callable[[], None]]]:
        """What happens after how many taps, in order."""
        known = {SERVER: self.kill_server, WORKER: self.kill_worker, DATABASE: self.stop_database}
        return [(int(share * self.orders.taps), known[what]) for share, what in self.orders.disasters]

    def strike(self, disaster: Callable[[], None]) -> None:
        """Let it happen while the coaches tap on."""
        for outage in self.outages:
            outage.join()
        self.outages.append(threading.Thread(target=self.survive, args=[disaster]))
        self.outages[-1].start()

    def survive(self, disaster: Callable[[], None]) -> None:
        """Remember where what was killed does not come back."""
        try:
            disaster()
        except Exception as problem:  # noqa: BLE001 - said at the end
            self.failed.append(f"{disaster.__name__}: {problem!r}")

    def kill_server(self) -> None:
        self.server.kill()
        time.sleep(AWAY)
        self.server.start()

    def kill_worker(self) -> None:
        self.server.kill_worker()

    def stop_database(self) -> None:
        """Where the database is a file, its server is the web server."""
        if self.database is None:
            self.kill_server()
            return
        self.database.stop_hard()
        time.sleep(AWAY)
        self.database.start()

    # Afterwards -----------------------------------------------------------------------------------

    def save(self) -> None:
        """Wait until nothing waits on any tablet."""
        for patience, is_bad in ((IN_BAD, True), (IN_GOOD, False)):
            for way in self.ways.values():
                way.is_bad = is_bad
            end = time.monotonic() + patience
            while time.monotonic() < end:
                if not any(each.waiting() for each in self.tablets):
                    for way in self.ways.values():
                        way.is_bad = False
                    for each in self.tablets:
                        if not each.is_open():
                            each.open()
                    return
                for each in self.tablets:
                    # As a coach does before whose eyes another network's page stands in place of the board.
                    if each.waiting() and not each.is_open():
                        each.open()
                self.tablets[0].page.wait_for_timeout(200)
        for each in self.tablets:
            waiting = each.waiting()
            if waiting:
                self.failed.append(f"{each.name}: {len(waiting)} taps are still waiting; {each.state()}")

    def made(self) -> list[Made]:
        """Every tap that was made, as the tablets say."""
        return [made for each in self.tablets for made in each.made()]

    def on_the_way(self) -> timedelta:
        """How long a tap can have been on its way, from what was measured."""
        return timedelta(seconds=LONGEST_DELAY + max(way.longest for way in self.ways.values()) + SCREEN)

    def people(self, made: list[Made]) -> dict[UUID, str]:
        """Everybody who is in the class at the end, by id: the roster and the drop-ins."""
        known = {each.pk: each.short_name for each in self.floor.people}
        for tap in made:
            if tap.what == "add":
                known[self.tablets[0].drop_in_of(tap.key)] = tap.values["name"]
        return known

    def unlike_screens(self) -> list[str]:
        """Where a screen shows something else than one that is opened now."""
        end = time.monotonic() + SHOWN
        while True:
            found = list(self.differences())
            if not found or time.monotonic() > end:
                return found
            self.tv.wait_for_timeout(500)

    def differences(self) -> Iterator[str]:
        """What each screen shows otherwise than a fresh one, as it is now."""
        for each in self.tablets:
            fresh = each.page.context.new_page()
            fresh.goto(each.board)
            new, old = replace(each, page=fresh).rows(), each.rows()
            fresh.close()
            for row in new.keys() | old.keys():
                if new.get(row) != without_refusal(old.get(row), new.get(row)):
                    yield f"{each.name}: {row} shows {old.get(row)} and should show {new.get(row)}"
        fresh = self.tv.context.new_page()
        fresh.goto(self.tv.url)
        new_words, old_words = tv_words(fresh), tv_words(self.tv)
        fresh.close()
        if new_words != old_words:
            yield f"TV: shows {old_words} and should show {new_words}"


@contextmanager
def evening(
    orders: Orders, floor: Floor, server: WebServer, browser: Browser, database: DatabaseServer | None = None
) -> Iterator[Evening]:
    """All screens open, in good weather still."""
    coach = floor.coaches[0]
    if coach.user is None:
        raise LookupError(f"{coach} cannot sign in.")
    screens = [own, shared, _tv] = [coach.short_name, "shared tablet", "TV"]
    with ways_to(server.port, screens, seed=orders.seed, mix=orders.mix, exactly_once=orders.exactly_once) as ways:
        session = cookies_of(coach.user).partition(";")[0].partition("=")[2]
        tablets = [
            own_tablet(browser, ways[own], floor.board_path, floor.gym.pk, coach.pk, session),
            shared_tablet(browser, ways[shared], floor.board_path, floor.gym.pk, floor.shared),
        ]
        tablets[0].open()
        screen = tv(browser, ways["TV"], floor.tv_path)
        try:
            yield Evening(orders, floor, server, database, ways, tablets, screen)
        finally:
            for page in (*(each.page for each in tablets), screen):
                page.context.close()
