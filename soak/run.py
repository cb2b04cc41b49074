"""One run on one database, and its summary in plain words."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from soak.evening import Evening, Orders, evening
from soak.floor import Floor, make_floor
from soak.proxy import Fault
from soak.script import SHIFT
from soak.servers import DatabaseServer, web_server
from soak.taps import Made
from soak.verdict import Verdict, verdict
from tests.browser.chromium import DEBIAN, FLAGS

# Lines of each kind that are said of what is wrong.
MOST = 12


@dataclass(frozen=True)
class Result:
    """What came of a run."""

    evening: Evening
    verdict: Verdict
    taps: list[Made]
    unlike: list[str]
    seconds: float

    @property
    def made(self) -> int:
        """How many taps the tablets made."""
        return len(self.taps)

    @property
    def turned(self) -> int:
        """How often the shared tablet changed hands."""
        return sum(each.turned for each in self.evening.tablets)

    @property
    def turns_wanted(self) -> int:
        """About half of what the script plans for so many taps: with fewer nothing is proved of sharing."""
        return max(self.made // SHIFT // 2 - 1, 0)

    @property
    def passed(self) -> bool:
        """Whether nothing was lost, doubled, altered or shown otherwise, and the shared tablet was shared."""
        return not any(self.wrong().values())

    def wrong(self) -> dict[str, list[str]]:
        """What was found, by what it is."""
        return {
            "lost": self.verdict.lost,
            "doubled": self.verdict.doubled,
            "never stored on the tablet": [line for each in self.evening.tablets for line in each.unheard],
            "altered": self.verdict.altered,
            "people who stand elsewhere": self.verdict.differing,
            "screens that differ": self.unlike,
            "failures": [*self.evening.failed, *self.unshared()],
        }

    def unshared(self) -> list[str]:
        """That the tablet hardly changed hands, where it hardly did."""
        if self.turned >= self.turns_wanted:
            return []
        return [f"the shared tablet changed hands {self.turned} times and not at least {self.turns_wanted}"]

    def summary(self) -> str:
        """All figures, and the first lines of each thing that is wrong."""
        ways = self.evening.ways.values()
        met = sum((way.met for way in ways), Counter[Fault]())
        sends = sum(sum(way.tries.values()) for way in ways)
        faults = ", ".join(f"{met[fault]} {fault}" for fault in Fault if fault != Fault.NONE)
        acts = ", ".join(f"{count} {act}" for act, count in self.evening.acts.most_common())
        stops = self.evening.database.stops if self.evening.database else 0
        turned_while_waiting = sum(each.turned_while_waiting for each in self.evening.tablets)
        lines = [
            f"{self.made} taps made, sent {sends} times, in {self.seconds:.0f} s; the web server was killed"
            f" {self.evening.server.kills} times, the database stopped {stops} times.",
            f"The network: {faults}; {met[Fault.NONE]} requests went through.",
            f"The coaches: {acts}.",
            f"The shared tablet changed hands {self.turned} times, {turned_while_waiting} of them while taps waited"
            " on it.",
            *(f"{len(found)} {what}" for what, found in self.wrong().items()),
        ]
        for what, found in self.wrong().items():
            lines += [f"  {what}: {line}" for line in found[:MOST]]
        return "\n".join([*lines, "passed" if self.passed else "FAILED"])


def run(
    orders: Orders,
    floor: Floor,
    url: str,
    browser: Browser,
    log: Path,
    database: DatabaseServer | None = None,
    **given: str,
) -> Result:
    """Run the class on the database of that URL, and compare. The web server is `given` further variables."""
    begun = time.monotonic()
    # Nothing of ours may be open when the database stops.
    connections.close_all()
    with web_server(url, log, **given) as server, evening(orders, floor, server, browser, database) as class_:
        connections.close_all()
        class_.run()
        unlike = class_.unlike_screens()
        made = class_.made()
        renamed = {name: key for way in class_.ways.values() for name, key in way.renamed.items()}
        found = verdict(floor, made, class_.people(made), on_the_way=class_.on_the_way(), renamed=renamed)
        return Result(class_, found, made, unlike, time.monotonic() - begun)


def run_alone(orders: Orders, url: str, database: DatabaseServer | None = None) -> Result:
    """The same with a class and a browser of its own, in an empty database."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rung-soak-"))
        playwright = stack.enter_context(sync_playwright())
        given: dict[str, Any] = {"executable_path": DEBIAN} if DEBIAN.exists() else {}
        browser = playwright.chromium.launch(args=FLAGS, **given)
        stack.callback(browser.close)
        return run(orders, make_floor(), url, browser, Path(folder) / "server.log", database)
