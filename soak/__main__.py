"""Run a class through everything that can go wrong with its network and servers: `python -m soak`, or `make soak`.

SEED=42 runs one that was seen before, TAPS=600 says how many taps at least, DATABASE=sqlite or postgres runs on one,
ONCE=off lets the server take each try for another tap, which must fail. Exit code 0 when all was as it must be.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.databases import has_postgresql

ROOT = Path(__file__).resolve().parent.parent
SQLITE, POSTGRES = "sqlite", "postgres"
# As a gym's server would be: what was answered is on the disk.
CONFIGURATION = "max_connections = 100\njit = off\n"


def environment() -> dict[str, str]:
    """A demo's settings on a database of its own."""
    return {
        "DJANGO_SETTINGS_MODULE": "gym.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        "ENV_FILE": os.devnull,
        "DEMO": "true",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "EMAIL_URL": "consolemail://",
        "LOG_LEVEL": "WARNING",
    }


def soak(kind: str, folder: Path) -> int:
    """One run on one database, in this process. Answers the exit code."""
    from tests.postgres import start_server

    os.environ.update(environment())
    running = start_server(folder / "postgres", CONFIGURATION) if kind == POSTGRES else None
    url = running.get_uri() if running else f"sqlite:///{folder}/soak.sqlite3"
    os.environ["DATABASE_URL"] = url

    import django
    from django.core.management import call_command

    django.setup()
    from soak.evening import Orders
    from soak.run import run_alone
    from soak.servers import DatabaseServer

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("collectstatic", interactive=False, verbosity=0)
    orders = Orders(os.environ["SEED"], int(os.environ["TAPS"]), exactly_once=os.environ.get("ONCE", "on") != "off")
    result = run_alone(orders, url, DatabaseServer(running) if running else None)
    print(result.summary(), flush=True)
    return 0 if result.passed else 1


def main() -> int:
    """Exit code 0 when each run that was asked for has passed."""
    seed = os.environ.setdefault("SEED", str(secrets.randbelow(1_000_000)))
    taps = os.environ.setdefault("TAPS", "600")
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory(prefix="rung-soak-") as folder:
            return soak(sys.argv[1], Path(folder))
    asked = os.environ.get("DATABASE", "both")
    kinds = [kind for kind in (SQLITE, POSTGRES) if asked in (kind, "both")]
    if POSTGRES in kinds and not has_postgresql():
        print("Not run on PostgreSQL: there is no server for this machine.")
        kinds.remove(POSTGRES)
    print(f"SEED={seed} TAPS={taps}: the same again brings the same taps and the same weather.", flush=True)
    failed = []
    for kind in kinds:
        print(f"\n=== {kind}", flush=True)
        command = [sys.executable, "-m", "soak", kind]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:  # noqa: S603 - our own module
            failed.append(kind)
    print(f"\nSEED={seed}: {'failed on ' + ', '.join(failed) if failed else 'passed'}.")
    return 1 if failed or not kinds else 0


if __name__ == "__main__":
    sys.exit(main())
