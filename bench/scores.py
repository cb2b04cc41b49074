"""Lighthouse's scores of a member's page, as it simulates them: a slower phone on a slow network, nothing kept yet."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import reverse
from playwright.sync_api import sync_playwright

from bench.browser import cookies_of
from bench.classes import make_gym, make_room
from bench.figures import Figure
from bench.serving import served
from gym.models import User
from tests import make
from tests.browser.chromium import DEBIAN, FLAGS

LIGHTHOUSE = Path(__file__).parent / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PEOPLE, ROUNDS, MARK = 15, 3, 98


def figures() -> Iterator[Figure]:
    """The middle one of some rounds in each category. Raises CalledProcessError where Lighthouse cannot run."""
    gym, coach = make_gym()
    room = make_room(gym, coach, PEOPLE)
    dmitri = make.person(gym, "Dmitri Kovac", email="dmitri@northside-barbell.example")
    make.roster(room.session, dmitri)
    make.place(room.session, dmitri, "dowel", by=coach)
    make.tap(room.session, dmitri, "assign", by=coach, after=90, drill="wrong-then-right", wanted=True)
    page = reverse("my", kwargs={"gym_slug": gym.slug})
    if dmitri.user is None:
        raise LookupError(f"{dmitri} cannot sign in.")
    rounds = reports(dmitri.user, page)
    for category in CATEGORIES:
        found = [100 * report["categories"][category]["score"] for report in rounds]
        yield Figure(
            name=f"Lighthouse, a member’s page: {category.replace('-', ' ')}",
            measured=statistics.median(found),
            mark=MARK,
            better="higher",
            low=min(found),
            high=max(found),
            note=", ".join(sorted({name for report in rounds for name in failed(report, category)})),
        )


def reports(user: User, page: str) -> list[dict[str, Any]]:
    """What Lighthouse says of the page in each round."""
    cookies = cookies_of(user)
    connection.close()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with served("gym.wsgi:application", os.environ["DATABASE_URL"], threads=1, log=log) as server:
            address = f"http://127.0.0.1:{server.port}{page}"
            return [report(address, cookies, Path(folder) / f"{number}.json") for number in range(ROUNDS)]


def report(address: str, cookies: str, answer: Path) -> dict[str, Any]:
    """One round."""
    command = [
        *("node", str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--output-path={answer}"),
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={' '.join(['--headless', *FLAGS])}",
        f"--extra-headers={json.dumps({'Cookie': cookies})}",
    ]
    subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium()}, check=True)  # noqa: S603 - our own command
    found: dict[str, Any] = json.loads(answer.read_text())
    # What was asked for, and not the way in.
    if found["finalDisplayedUrl"] != address:
        raise AssertionError(f"Lighthouse was led to {found['finalDisplayedUrl']}.")
    return found


def chromium() -> str:
    """Debian's where it is installed, else Playwright's own."""
    if DEBIAN.exists():
        return str(DEBIAN)
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def failed(report: dict[str, Any], category: str) -> Iterator[str]:
    """The audits that cost something."""
    for part in report["categories"][category]["auditRefs"]:
        score = report["audits"][part["id"]]["score"]
        if part["weight"] and score is not None and score < 0.9:
            yield part["id"]
