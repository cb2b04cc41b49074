"""`manage.py start`: one clear line for whatever is not in place, and a server when everything is."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from gym.management.commands import start
from tests.systemd import activated
from tests.test_backups import wait_for

# Runs `manage.py start` with these variables, perhaps on a held socket, until it ends or serves; returns the process
# and what it has said.
Run = Callable[..., tuple[subprocess.Popen[bytes], str]]


def unused_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with nothing but the application, so that its var is its own."""
    folder = tmp_path / "rung"
    for name in ("gym", "programming", "templates", "static"):
        shutil.copytree(settings.BASE_DIR / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(settings.BASE_DIR / "manage.py", folder)
    return folder


@pytest.fixture
def database_url(machine: Path, db: None) -> Iterator[str]:
    """The URL of an empty database on the kind of server that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{machine}/var/rung.sqlite3"
        return
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"start_{os.getpid()}"
    with psycopg.connect(server.geturl(), autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}".encode())
        yield server._replace(path=f"/{name}").geturl()
        session.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in the database of that URL, past the application."""
    if url.startswith("sqlite"):
        with sqlite3.connect(urlsplit(url).path[1:]) as file:
            return file.execute(statement).fetchall()
    with psycopg.connect(url, autocommit=True) as session:
        cursor = session.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def run(machine: Path, database_url: str) -> Iterator[Run]:
    """Starts Rung in the machine; whatever still runs at the end is stopped."""
    running: list[subprocess.Popen[bytes]] = []

    def run_there(
        *options: str, held: socket.socket | None = None, **variables: str
    ) -> tuple[subprocess.Popen[bytes], str]:
        output = machine.parent / f"output-{len(running)}"
        environment = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DEMO": "true", "DATABASE_URL": database_url}
        command, passed = [sys.executable, "manage.py", "start", *options], []
        if held is not None:
            command, passed = activated(command, held), [held.fileno()]
        process = subprocess.Popen(
            command,
            cwd=machine,
            pass_fds=passed,
            env={**environment, **variables},
            stdout=output.open("wb"),
            stderr=subprocess.STDOUT,
        )
        running.append(process)
        # The first start compresses every static file.
        for _attempt in range(1200):
            if process.poll() is not None or "Booting worker" in output.read_text():
                break
            time.sleep(0.1)
        return process, output.read_text()

    yield run_there
    for process in running:
        process.terminate()
        process.wait(timeout=30)


def get(address: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of an address, after redirects."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "br"})  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def refusal(process: subprocess.Popen[bytes], said: str) -> str:
    """The one line of a refused start."""
    assert process.wait(timeout=60) == 1
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    assert lines[0].startswith("Rung cannot start: ")
    return lines[0].removeprefix("Rung cannot start: ")


def test_it_starts_serves_and_starts_again_without_loss(run: Run, machine: Path, database_url: str) -> None:
    port = unused_port()
    # What takes long can be done while the release before still has the port.
    with socket.create_server(("127.0.0.1", port)):
        prepared, said = run("--prepare", PORT=str(port))
    assert (prepared.wait(timeout=60), said) == (0, "")
    collected = (machine / "var" / "static.sha256").stat().st_mtime_ns

    first, said = run(PORT=str(port))
    assert f"http://localhost:{port}" in said
    sign_ins = [line.split() for line in said.splitlines() if "@" in line]
    assert len(sign_ins) >= 3

    status, headers, page = get(f"http://localhost:{port}/")
    assert status == 200
    assert b'name="login"' in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    stylesheet = next(word for word in page.decode().split('"') if word.startswith("/static/css/"))
    status, headers, _body = get(f"http://localhost:{port}{stylesheet}")
    assert status == 200
    assert headers["Content-Encoding"] == "br"
    assert "immutable" in headers["Cache-Control"]
    assert get(f"http://localhost:{port}/?a=%00")[0] == 400

    it_sends_mail(machine, database_url, first)

    ask(database_url, "INSERT INTO cache (cache_key, value, expires) VALUES ('kept', '', '2999-01-01 00:00:00')")
    tables = ("cache", "gym_user", "gym_membership", "gym_gym", "django_migrations")
    before = [ask(database_url, f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608
    key = (machine / "var" / "secret_key").read_text()
    first.terminate()
    assert first.wait(timeout=30) == 0
    assert workers_of(first) == []

    # Now on a socket that systemd holds, so that the port is taken already.
    with socket.create_server(("127.0.0.1", port)) as held:
        _second, said = run(held=held, PORT=str(port))
    assert "listens on the socket that it was given" in said
    assert [ask(database_url, f"SELECT count(*) FROM {table}") for table in tables] == before  # noqa: S608
    assert (machine / "var" / "secret_key").read_text() == key
    assert (machine / "var" / "static.sha256").stat().st_mtime_ns == collected
    assert get(f"http://localhost:{port}/")[0] == 200


def it_sends_mail(machine: Path, database_url: str, server: subprocess.Popen[bytes]) -> None:
    """A worker runs beside the server; killed, it is started again."""
    letter = "post('login_code', to='a@x.example', key='1', about={'code': 'ABCD-1234'})"
    wait_for(lambda: len(workers_of(server)) == 1)
    [worker] = workers_of(server)
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: workers_of(server) not in ([], [worker]))
    environment = {**os.environ, "ENV_FILE": os.devnull, "DEMO": "true", "DATABASE_URL": database_url}
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", f"from gym.post import post; {letter}"]
    subprocess.run(command, cwd=machine, env=environment, check=True)
    wait_for(lambda: "ABCD-1234" in "".join(path.read_text() for path in machine.parent.glob("output-*")))


def workers_of(server: subprocess.Popen[bytes]) -> list[int]:
    """The ids of the processes that send mail beside this server."""
    wanted = f"worker\0--parent\0{server.pid}\0".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if wanted in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def test_a_taken_port(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert refusal(*run(PORT=str(port))) == f"port {port} is taken; choose another: make run PORT=8000"


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1", "8000.0", "²"])
def test_a_port_that_is_none(port: str) -> None:
    with pytest.raises(CommandError, match="it has to be a number from 1 to 65535"):
        start.chosen_port(port)


def test_a_host_that_is_none() -> None:
    with pytest.raises(CommandError, match="is no address of this machine|cannot listen"):
        start.check_address_is_free("nowhere.invalid", 8000)


def test_a_folder_that_cannot_be_written(run: Run, machine: Path) -> None:
    # A file in its place stands for missing rights, which do not hinder root.
    (machine / "var").write_text("in the way")
    assert "cannot be written" in refusal(*run(PORT=str(unused_port())))
    with pytest.raises(CommandError, match="cannot be written"):
        start.check_folder_is_writable(machine / "var")


def test_a_newer_database(run: Run, machine: Path, database_url: str) -> None:
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DEMO": "true", "DATABASE_URL": database_url}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=machine, env=environment, check=True)
    ask(
        database_url,
        "INSERT INTO django_migrations (app, name, applied) VALUES ('gym', '0999_later', '2999-01-01 00:00:00')",
    )
    line = refusal(*run(PORT=str(unused_port())))
    assert line == "the database belongs to a newer Rung: this one does not know gym.0999_later."


@pytest.mark.parametrize("url", ["postgres://coach:hush@127.0.0.1:1/rung", "sqlite:////nowhere/rung.sqlite3"])
def test_a_database_that_does_not_answer(run: Run, url: str) -> None:
    line = refusal(*run(PORT=str(unused_port()), DATABASE_URL=url))
    assert line.startswith("the database cannot be reached: ")
    assert "hush" not in line


def test_outside_the_demo_the_settings_must_be_complete(run: Run, machine: Path) -> None:
    line = refusal(*run(DEMO="false"))
    assert line.startswith("SECRET_KEY is not set.")
    assert not (machine / "var").exists()
