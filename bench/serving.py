"""The application as it is served: gunicorn on loopback, with what its processes cost."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from bench.browser import SECRET, cookies_of
from gym.models import User

# Seconds that a server may take to start, and to stop.
PATIENCE = 30
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        return children(self.pid)

    def seconds(self) -> float:
        """CPU time that its processes have used so far."""
        return sum(cpu_seconds(pid) for pid in (self.pid, *self.workers()))


def children(pid: int) -> list[int]:
    """The processes that this one has started, and that still run."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_seconds(pid: int) -> float:
    """CPU time of one process, of all its threads, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
    return port


@contextmanager
def served(application: str, url: str, *, threads: int, log: Path) -> Iterator[Served]:
    """Serve it as `make run` does, with two processes, until the block ends."""
    port = free_port()
    arguments = [
        *(sys.executable, "-m", "gunicorn", "--config", str(settings.BASE_DIR / "gym" / "gunicorn.py")),
        *("--chdir", str(settings.BASE_DIR), "--bind", f"127.0.0.1:{port}", "--workers", "2"),
        *("--threads", str(threads), "--log-level", "warning", application),
    ]
    # The same key as here, else the sessions made here would not be known there.
    given = {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY, "LOG_LEVEL": "WARNING"}
    with log.open("ab") as file:
        process = subprocess.Popen(arguments, env={**os.environ, **given}, stdout=file, stderr=file)  # noqa: S603
    try:
        wait_until_it_answers(port, process)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    """Raises RuntimeError when the server does not come up."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("The server did not start.")


def signed_in(user: User) -> dict[str, str]:
    """The headers of a browser in which that user has signed in, and that may post a tap."""
    return {"Cookie": cookies_of(user), "X-CSRFToken": SECRET, "HX-Request": "true"}
