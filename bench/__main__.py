"""Measure, and print each figure beside its mark: `python -m bench`, or `make bench`.

ONLY=tap,board measures some groups, DATABASE=SQLite on one database, FULL=1 the large growth. The exit code tells only
whether everything could be measured.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.databases import empty_database, has_postgresql
from bench.figures import Figure, table
from bench.groups import BOTH, POSTGRESQL, Group, chosen

ROOT = Path(__file__).resolve().parent.parent


def environment(url: str) -> dict[str, str]:
    """What a group's process is given: a demo's settings on its own database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gym.settings",
        "ENV_FILE": os.devnull,
        "DEMO": "true",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "EMAIL_URL": "consolemail://",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": url,
    }


def measure(group: Group, database: str, folder: Path) -> list[Figure]:
    """A group's figures on one database. Raises CalledProcessError where it could not run."""
    answer = folder / f"{group.name}-{database}.json"
    with empty_database(database, group.name, folder) as url:
        command = [sys.executable, "-m", "bench.one_group", group.name, str(answer)]
        subprocess.run(command, cwd=ROOT, env=environment(url), check=True)  # noqa: S603 - our own module
    on = database if len(group.databases) > 1 else ""
    return [Figure(**{**each, "database": each["database"] or on}) for each in json.loads(answer.read_text())]


def surroundings(versions: list[str]) -> str:
    """Where and when this was measured."""
    git = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    machine = f"{os.cpu_count()} cores ({processor()}), {memory()}, Linux {platform.release()}"
    return "\n".join(
        [
            f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC at commit {commit.stdout.strip() or 'unknown'}",
            f"on {machine};",
            f"Python {platform.python_version()}, {', '.join(versions)}.",
        ]
    )


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def memory() -> str:
    """How much memory there is."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"


def main() -> int:
    """Exit code 0 when everything that was asked for could be measured."""
    try:
        groups = chosen(os.environ.get("ONLY", ""))
    except ValueError as problem:
        print(problem)
        return 2
    databases = [each for each in BOTH if os.environ.get("DATABASE", each) == each]
    if POSTGRESQL in databases and not has_postgresql():
        print("Not measured on PostgreSQL: set TEST_DATABASE_URL, as there is no wheel for this machine.")
        databases.remove(POSTGRESQL)
    figures: list[Figure] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="rung-bench-") as name:
        folder = Path(name)
        for group in groups:
            for database in (each for each in group.databases if each in databases):
                print(f"measuring {group.about} on {database}", file=sys.stderr, flush=True)
                try:
                    figures += measure(group, database, folder)
                except subprocess.CalledProcessError:
                    failed.append(f"{group.name} on {database}")
        versions = sorted({line for file in folder.glob("*.version") for line in file.read_text().splitlines()})
    print(table(figures))
    print()
    print(surroundings(versions))
    if failed:
        print(f"Could not be measured: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
