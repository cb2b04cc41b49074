"""What is killed in the middle of a class: the web process and, where we run it ourselves, PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from bench.serving import PATIENCE, children, free_port, wait_until_it_answers

WORKERS = 2


@dataclass
class WebServer:
    """gunicorn on one port of loopback, as `make run` starts it; it can be killed and started again."""

    url: str
    log: Path
    # Further variables of its environment.
    given: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    kills: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers. Raises RuntimeError when it does not."""
        threads = 1 if self.url.startswith("sqlite") else 4
        arguments = [
            *(sys.executable, "-m", "gunicorn", "--config", str(settings.BASE_DIR / "gym" / "gunicorn.py")),
            *("--chdir", str(settings.BASE_DIR), "--bind", f"127.0.0.1:{self.port}", "--workers", str(WORKERS)),
            *("--threads", str(threads), "--log-level", "warning", "gym.wsgi:application"),
        ]
        # The same key as here, else the sessions made here would not be known there.
        given = {"DATABASE_URL": self.url, "SECRET_KEY": settings.SECRET_KEY, "LOG_LEVEL": "WARNING", **self.given}
        with self.log.open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 - our own server
                arguments, env={**os.environ, **given}, stdout=file, stderr=file
            )
        wait_until_it_answers(self.port, self._process)

    def kill(self) -> None:
        """kill -9 of the process and of all that it has started, at once."""
        if self._process is None:
            return
        self.kills += 1
        # First the one that would start the others again.
        pids = [self._process.pid, *children(self._process.pid)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        self._process = None

    def kill_worker(self) -> None:
        """kill -9 of one of those that answer; gunicorn starts another."""
        if self._process is None:
            return
        workers = children(self._process.pid)
        if workers:
            self.kills += 1
            with suppress(ProcessLookupError):
                os.kill(workers[0], signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None


@contextmanager
def web_server(url: str, log: Path, **given: str) -> Iterator[WebServer]:
    """A server on that database, stopped at the end of the block."""
    server = WebServer(url, log, given)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class DatabaseServer:
    """A PostgreSQL of our own, which can be stopped hard: what tests.postgres.start_server() gives."""

    running: Any
    stops: int = 0

    def stop_hard(self) -> None:
        """What `pg_ctl stop -m immediate` does: every process of it ends at once, and nothing is written first."""
        pid = self.running.get_pid()
        os.kill(pid, signal.SIGQUIT)
        self.stops += 1
        wait_until_gone(pid)

    def start(self) -> None:
        """Start it again, which recovers from its log."""
        self.running.ensure_postgres_running()


def wait_until_gone(pid: int) -> None:
    """Raises RuntimeError when the process is still there after a while."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        state = Path(f"/proc/{pid}/stat")
        try:
            # An orphan that nobody waits for is gone as well.
            if state.read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        time.sleep(0.05)
    raise RuntimeError("The database did not stop.")
