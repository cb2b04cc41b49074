"""Start Rung: look whether everything is in place, bring the database up to date, and serve."""

import errno
import hashlib
import os
import socket
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from gym.releases import is_behind, unknown_here


class Command(BaseCommand):
    """Every refusal is one line, and nothing is changed before all checks have passed."""

    help = "Starts Rung with the production server. HOST and PORT say where it listens."
    # The checks need the database, which is looked at below with a sentence for each failure.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        told = "only migrate and collect the static files, as a deploy does before the restart"
        parser.add_argument("--prepare", action="store_true", help=told)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.prepare() if options["prepare"] else self.start()
        except CommandError as problem:
            sys.exit(f"Rung cannot start: {problem}")

    def start(self) -> None:
        """Look, prepare, announce, serve."""
        host = os.environ.get("HOST") or "127.0.0.1"
        port = chosen_port(os.environ.get("PORT") or "8000")
        if not has_socket():
            check_address_is_free(host, port)
        self.prepare()
        if settings.DEMO:
            call_command("seed_demo", verbosity=0)
        self.announce(host, port)
        serve(host, port)

    def prepare(self) -> None:
        """All that takes time. For a deploy it is done before the restart, while the release before still serves."""
        check_folder_is_writable(settings.VAR)
        check_database_is_ours()
        prepare_database()
        call_command("update_library", if_changed=True, verbosity=0)
        collect_static_files()

    def announce(self, host: str, port: int) -> None:
        """Say where it is and, in the demo, who may sign in."""
        here = "localhost" if host in {"127.0.0.1", "0.0.0.0", "localhost"} else host  # noqa: S104 - compared, not bound
        if has_socket():
            self.stdout.write("Rung listens on the socket that it was given.")
        elif not settings.DEMO:
            self.stdout.write(f"Rung listens on {here}:{port} for the proxy that speaks HTTPS to browsers.")
        else:
            from programming.demo import DEMO_SIGN_INS

            self.stdout.write(f"\n  Rung is at http://localhost:{port}\n")
            self.stdout.write("  Demo sign-ins:")
            for role, email, password in DEMO_SIGN_INS:
                self.stdout.write(f"    {role!s:<16} {email:<34} {password}")
            self.stdout.write("  Ctrl+C stops it.\n")
        # The server takes this process over; what is not written by then is lost.
        self.stdout.flush()


def chosen_port(text: str) -> int:
    """The port as a number. Raises CommandError unless it is one from 1 to 65535."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT is {text!r}; it has to be a number from 1 to 65535.")
    return int(text)


def has_socket() -> bool:
    """Whether systemd listens for us: its socket outlives us, so that browsers wait during a restart.

    gunicorn finds it by the same variables and leaves HOST and PORT alone.
    """
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and "LISTEN_FDS" in os.environ


def check_address_is_free(host: str, port: int) -> None:
    """Raises CommandError when the server could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as attempt:
        # As the server does it, so that a port it has just left counts as free.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
            attempt.listen(1)
        except socket.gaierror as problem:
            raise CommandError(f"HOST is {host!r}, which is no address of this machine.") from problem
        except PermissionError as problem:
            raise CommandError(f"port {port} needs more rights; choose another: make run PORT=8000") from problem
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                another = 8001 if port == 8000 else 8000
                raise CommandError(f"port {port} is taken; choose another: make run PORT={another}") from problem
            raise CommandError(f"Rung cannot listen on {host}:{port}: {problem.strerror}.") from problem


def check_folder_is_writable(folder: Path) -> None:
    """Raises CommandError when a file cannot be made there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise CommandError(f"the folder {folder} cannot be written: {problem.strerror}.") from problem


def check_database_is_ours() -> None:
    """Raises CommandError when the database does not answer or was used by a newer Rung."""
    try:
        connection.ensure_connection()
        newer = unknown_here(MigrationRecorder(connection).applied_migrations())
    except (DatabaseError, InterfaceError) as problem:
        raise CommandError(f"the database cannot be reached: {first_line(problem)}.") from problem
    if newer:
        raise CommandError(f"the database belongs to a newer Rung: this one does not know {', '.join(newer)}.")


def prepare_database() -> None:
    """Apply what is missing; an up-to-date database is not touched."""
    try:
        if is_behind(connection):
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    except OperationalError as problem:
        raise CommandError(f"the database cannot be written: {first_line(problem)}.") from problem


def first_line(problem: BaseException) -> str:
    """What a database says went wrong, without its full stop and without its further lines."""
    return str(problem).strip().partition("\n")[0].rstrip(". ") or type(problem).__name__


def collect_static_files() -> None:
    """Hash and compress the static files, unless they are the same as last time."""
    stamp = settings.VAR / "static.sha256"
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    if Path(settings.STATIC_ROOT).is_dir() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())


def serve(host: str, port: int) -> None:
    """Become the web server; does not return."""
    # SQLite writes one at a time, so more threads would only wait; two processes keep reads going meanwhile. The second
    # thread goes on where somebody takes long over a file.
    threads = 4 if connection.vendor == "postgresql" else 2
    connection.close()
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    arguments = [
        *(sys.executable, "-m", "gunicorn", "--config", str(settings.BASE_DIR / "gym" / "gunicorn.py")),
        *("--chdir", str(settings.BASE_DIR), "--bind", address, "--workers", "2", "--threads", str(threads)),
        *("--log-level", settings.LOG_LEVEL.lower(), "gym.wsgi:application"),
    ]
    # Unless a service of its own sends the mail, gym/gunicorn.py does; no other way of starting it does so.
    os.environ["SENDS_MAIL"] = "true" if settings.WORKER else "false"
    os.execv(sys.executable, arguments)  # noqa: S606 - no shell wanted
