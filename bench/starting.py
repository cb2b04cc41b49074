"""How long `make run` takes until the first answer, once everything is installed and the demo is filled."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from bench.figures import Figure
from bench.serving import PATIENCE, free_port

# The first start fills the demo and is not counted.
STARTS = 3
# Seconds that filling the demo may take.
FIRST = 120


def figures() -> Iterator[Figure]:
    """The median of a few starts."""
    first = started(FIRST)
    found = sorted(started(PATIENCE) for _start in range(STARTS))
    yield Figure(
        name="make run to the first answer, once installed",
        measured=found[STARTS // 2],
        mark=5,
        unit="s",
        low=found[0],
        high=found[-1],
        note=f"{first:.1f} s for the first, which fills the demo",
    )


def started(patience: float) -> float:
    """The seconds from `make run` to an answer of 200. Raises RuntimeError when there is none in time."""
    port = free_port()
    begun = time.monotonic()
    with running(port) as process:
        while time.monotonic() < begun + patience and process.poll() is None:
            if answers(port):
                return time.monotonic() - begun
            time.sleep(0.02)
    raise RuntimeError("make run did not answer.")


@contextmanager
def running(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`make run` on that port until the block ends, with everything that it starts."""
    given = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1"}
    command = ["make", "--silent", "run"]
    process = subprocess.Popen(  # noqa: S603
        command, cwd=settings.BASE_DIR, env=given, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)


def answers(port: int) -> bool:
    """Whether the application answers, and reaches its database."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
