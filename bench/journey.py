"""The fingers that a mixed class of fifteen takes: counted in the browser's own journey through it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings

from bench.figures import Figure

JOURNEY = "tests/browser/test_class_journeys.py::test_a_mixed_class_of_fifteen_in_thirty_taps"


def figures() -> Iterator[Figure]:
    """How many taps place and assess everybody. Raises CalledProcessError where the journey fails."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", JOURNEY, f"--junitxml={report}", "-o", "junit_family=xunit1"]
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        subprocess.run(  # noqa: S603 - our own test
            command,
            cwd=settings.BASE_DIR,
            env={**kept, "TEST_DATABASE": "sqlite"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found = ElementTree.parse(report).find(".//property[@name='taps']")  # noqa: S314 - written by our own test
    if found is None:
        raise LookupError("The journey told no number of taps.")
    yield Figure(
        name="taps to place and assess a mixed class of 15, one page",
        measured=float(found.attrib["value"]),
        mark=30,
    )
