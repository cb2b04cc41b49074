"""The tables that every process of a test run copies: making them costs more than many a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

# Names the database to copy, in the environment of a test run that has several processes.
PATTERN = "TEST_PATTERN"
ROOT = Path(__file__).resolve().parent.parent


def make_pattern() -> None:
    """Make an empty database beside that of the tests, with all tables, and name it to the processes that follow."""
    url = os.environ["DATABASE_URL"]
    if url.startswith("sqlite"):
        made = f"{url}.pattern"
    else:
        made = urlsplit(url)._replace(path="/pattern").geturl()
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("CREATE DATABASE pattern")
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, cwd=ROOT, env={**os.environ, "DATABASE_URL": made}, check=True)
    os.environ[PATTERN] = made


def copy_pattern(pattern: str, name: str) -> None:
    """Begin the test database of this process, a file or the name of a database, as a copy."""
    if pattern.startswith("sqlite"):
        shutil.copyfile(pattern.removeprefix("sqlite:///"), name)
        return
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
        session.execute(f'CREATE DATABASE "{name}" TEMPLATE pattern'.encode())
