"""`manage.py backup` while Rung runs, and `manage.py restore`: all of it or nothing, counted, and never over something
unless told.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from gym.backups import BackupRefused, archive
from gym.backups.kinds import present
from gym.models import Letter, Membership
from gym.post import post
from gym.post.delivering import deliver_due
from gym.releases import is_up_to_date
from gym.scope import in_gym
from programming.models import ClassSession, Drill, DrillPicture, Note, Tap
from programming.picture_files import redrawn
from tests import make, test_history
from tests.coach.screen import everything, nothing_written
from tests.people import Cast
from tests.photographs import photograph
from tests.postgres import end_other_sessions
from tests.test_history import fill
from tests.test_ladder_properties import check_stored

pytest_plugins = ["tests.people"]
pytestmark = pytest.mark.django_db(transaction=True)

POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture(autouse=True)
def var(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    close_what_is_open()


def close_what_is_open() -> None:
    """A server's thread of an earlier test may still hold the database open, and nobody restores under a server."""
    if POSTGRESQL:
        end_other_sessions(connection)
        return
    connection.close()
    for each in gc.get_objects():
        if issubclass(type(each), sqlite3.Connection):  # isinstance would wake every lazy object there is
            each.close()


@pytest.fixture
def taught(evening: ClassSession, cast: Cast) -> ClassSession:
    """A class with something in every table of history."""
    fill(evening, cast.ana, cast.carla)
    with in_gym(cast.northside):
        drawn = redrawn(photograph("PNG", (80, 80)))
        DrillPicture.put(Drill.objects.get(key="wall-tap"), drawn, "A bow", at=timezone.now())
    return evening


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup goes."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "rung-1.zip"


def backup(file: Path, **options: Any) -> str:
    """Take a backup; answers with what was said."""
    said = StringIO()
    call_command("backup", str(file), stdout=said, **options)
    return said.getvalue()


def restore(file: Path, **options: Any) -> str:
    """Put a backup back; answers with what was said."""
    said = StringIO()
    connections.close_all()
    call_command("restore", str(file), stdout=said, stderr=said, **options)
    return said.getvalue()


@contextmanager
def refused(because: str) -> Iterator[None]:
    """What happens inside is refused with such a sentence, and changes nothing."""
    with nothing_written(), pytest.raises(CommandError, match=because):
        yield


@contextmanager
def elsewhere(folder: Path) -> Iterator[None]:
    """Rung runs on another database of the same kind, which is empty."""
    here = connection.settings_dict["NAME"]
    name = f"elsewhere_{os.getpid()}" if POSTGRESQL else str(folder / "elsewhere.sqlite3")
    connection.close()
    execute_beside(f"CREATE DATABASE {name}")
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
        execute_beside(f"DROP DATABASE {name} WITH (FORCE)")


def execute_beside(statement: str) -> None:
    """Something that cannot be done from inside a database. On SQLite a file comes and goes by itself."""
    if POSTGRESQL:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


def edited(file: Path, contents: bytes | None = None, **changes: Any) -> Path:
    """The same backup with something else in it, and whole as a zip."""
    with zipfile.ZipFile(file) as whole:
        about = {**json.loads(whole.read(archive.ABOUT)), **changes}
        held = whole.read(archive.CONTENTS) if contents is None else contents
    other = file.with_name("edited.zip")
    with zipfile.ZipFile(other, "w") as made:
        made.writestr(archive.ABOUT, json.dumps(about))
        made.writestr(archive.CONTENTS, held)
    return other


def about(file: Path) -> dict[str, Any]:
    """What a backup says of itself."""
    with zipfile.ZipFile(file) as whole:
        told: dict[str, Any] = json.loads(whole.read(archive.ABOUT))
    return told


# All of it comes back ------------------------------------------------------------------------------------------------


def test_what_is_restored_elsewhere_is_all_of_it(taught: ClassSession, cast: Cast, file: Path, tmp_path: Path) -> None:
    before = everything()
    said = backup(file)
    rows = about(file)["rows"]
    assert rows["programming_tap"] == Tap.across_gyms.count() > 0
    assert f"{sum(rows.values())} rows of {len(rows)} tables" in said
    # Names and notes are in it.
    assert file.stat().st_mode & 0o777 == 0o600

    with elsewhere(tmp_path):
        assert f"{sum(rows.values())} rows" in restore(file)
        assert everything() == before
        assert is_up_to_date(connection)
        # History is as fixed as before, no row refers into another gym, and numbers go on where they were.
        assert test_history.triggers() >= test_history.wanted_triggers()
        with pytest.raises(DatabaseError, match="history is fixed"):
            test_history.execute("UPDATE programming_tap SET digest = ''")
        if POSTGRESQL:
            test_history.test_every_reference_stays_in_its_gym()
        assert make.tap(taught, cast.ben, "stage", by=cast.carla, stage="dowel").status == 200
        make.person(cast.northside, "Robin Reed", email="robin@northside.example")
    assert everything() == before


def test_no_letter_of_a_backup_is_sent_again(cast: Cast, file: Path, tmp_path: Path, mailoutbox: list[Any]) -> None:
    """Also from a copy: it has been sent since, or it was being handed over, and then whoever can ask decides."""
    states = Letter.State
    ana: dict[str, Any] = {"person": cast.ana, "to": "ana@northside.example"}
    for state in (*states.values, "of nobody"):
        whose = {"to": "ana@northside.example"} if state == "of nobody" else ana
        post("login_code", key=state, about={"code": "SECRET"}, **whose)
        wanted = states.HANDED if state == "of nobody" else state
        held: dict[str, Any] = {} if wanted == states.WAITING else {"holder": uuid4(), "attempts": 1}
        settled: dict[str, Any] = {"settled_at": timezone.now()} if wanted not in Letter.UNDER_WAY else {}
        settled |= {"about": {}} if wanted in (states.SENT, states.DROPPED) else {}
        Letter.across_gyms.filter(key=state).update(state=wanted, **held, **settled)
    backup(file)
    with elsewhere(tmp_path):
        restore(file)
        deliver_due(lambda: timezone.now() + timedelta(days=1))
        assert mailoutbox == []
        after = {letter.key: (letter.state, letter.problem, letter.about) for letter in Letter.across_gyms.all()}
        assert after["waiting"] == after["taken"] == (states.DROPPED, "", {})
        assert after["handed"] == (states.DEAD, Letter.Problem.IN_DOUBT, {"code": "SECRET"})
        assert after["of nobody"] == (states.DEAD, Letter.Problem.IN_DOUBT, {})
        assert [after[state][0] for state in ("sent", "dropped", "dead")] == ["sent", "dropped", "dead"]
        assert {letter.settled_at is None for letter in Letter.across_gyms.filter(key__in=states.values[:3])} == {False}
    deliver_due(lambda: timezone.now() + timedelta(days=1))
    assert len(mailoutbox) == 2


def tap_until(done: threading.Event, session: ClassSession, member: Membership, coach: Membership) -> Any:
    """A thread that moves a member up and down, and the keys of what was sent and of what was acknowledged."""
    sent: list[UUID] = []
    acknowledged: list[UUID] = []

    def tap() -> None:
        try:
            while not done.is_set():
                sent.append(uuid4())
                stage = ["wall-tap", "dowel"][len(sent) % 2]
                make.tap(session, member, "stage", by=coach, key=sent[-1], stage=stage)
                acknowledged.append(sent[-1])
        finally:
            connection.close()

    thread = threading.Thread(target=tap)
    thread.start()
    return thread, sent, acknowledged


def wait_for(condition: Callable[[], bool]) -> None:
    """Raises AssertionError after some seconds."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_backup_while_coaches_tap_holds_every_tap_that_was_acknowledged_before(
    evening: ClassSession, cast: Cast, file: Path
) -> None:
    done = threading.Event()
    people = [(cast.ana, cast.carla), (cast.ben, cast.kim), (cast.dev, cast.carla)]
    writers = [tap_until(done, evening, member, coach) for member, coach in people]
    try:
        wait_for(lambda: all(len(acknowledged) >= 5 for _thread, _sent, acknowledged in writers))
        before = {key for _thread, _sent, acknowledged in writers for key in acknowledged}
        backup(file)
        enough = [len(acknowledged) + 3 for _thread, _sent, acknowledged in writers]
        wait_for(lambda: all(len(each[2]) >= count for each, count in zip(writers, enough, strict=True)))
    finally:
        done.set()
        for thread, _sent, _acknowledged in writers:
            thread.join()

    restore(file, overwrite=True)
    restored = {tap.key for tap in Tap.across_gyms.all()}
    assert before <= restored < {key for _thread, sent, _acknowledged in writers for key in sent}
    assert len(restored) == about(file)["rows"]["programming_tap"]
    with in_gym(cast.northside):
        for member, _coach in people:
            check_stored([evening], member)


def test_a_backup_of_an_earlier_release_is_brought_up_to_date(cast: Cast, file: Path) -> None:
    loader = MigrationLoader(connection)
    (newest,) = loader.graph.leaf_nodes("programming")
    earlier = max(parent for parent in loader.graph.node_map[newest].parents if parent.key[0] == "programming")
    try:
        call_command("migrate", *earlier.key, verbosity=0)
        backup(file)
        assert not is_up_to_date(connection)
        assert "of an earlier Rung" in restore(file, overwrite=True)
        assert is_up_to_date(connection)
    finally:
        if not is_up_to_date(connection):
            call_command("migrate", verbosity=0)
    assert Membership.across_gyms.count() == about(file)["rows"]["gym_membership"] > len(cast.members)
    assert test_history.triggers() >= test_history.wanted_triggers()


def test_another_key_is_told(cast: Cast, file: Path, tmp_path: Path, settings: Any) -> None:
    backup(file)
    with elsewhere(tmp_path):
        assert "SECRET_KEY" not in restore(file)
        settings.SECRET_KEY = "another-key-" * 5
        assert "SECRET_KEY" in restore(file, overwrite=True)


# Never over something unless told ------------------------------------------------------------------------------------


def test_what_is_there_is_only_replaced_when_told(taught: ClassSession, cast: Cast, file: Path) -> None:
    backup(file)
    rows = about(file)["rows"]
    make.tap(taught, cast.ben, "note", by=cast.carla, note="After the backup.")
    with refused(f"holds {sum(present().rows().values())} rows in {len(rows)} tables already.*--overwrite"):
        restore(file)
    restore(file, overwrite=True)
    assert not Note.across_gyms.filter(body="After the backup.").exists()
    assert Tap.across_gyms.count() == rows["programming_tap"]


def test_a_database_that_somebody_has_open_is_not_replaced(cast: Cast, file: Path) -> None:
    backup(file)
    other = connection.copy()
    other.ensure_connection()
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM gym_gym")
    try:
        with refused("in use.*Stop Rung"):
            restore(file, overwrite=True)
    finally:
        other.close()
    restore(file, overwrite=True)


def test_a_backup_never_replaces_a_file(cast: Cast, file: Path) -> None:
    file.write_text("the only backup")
    with refused("is there already"):
        backup(file)
    assert file.read_text() == "the only backup"


def test_old_backups_go_only_when_told_and_only_they(cast: Cast, file: Path) -> None:
    names = ["rung-1.zip", "rung-2.zip", "rung-3.zip", "holiday.zip"]
    for name in names:
        file.with_name(name).write_text("older")
    backup(file.with_name("rung-4.zip"))
    assert sorted(each.name for each in file.parent.glob("*.zip")) == ["holiday.zip", *names[:3], "rung-4.zip"]
    backup(file.with_name("rung-5.zip"), keep=2)
    assert sorted(each.name for each in file.parent.glob("*.zip")) == ["holiday.zip", "rung-4.zip", "rung-5.zip"]


@pytest.mark.parametrize("number", ["-3", "0", "two"])
def test_how_many_backups_are_kept_is_a_number_from_one_on(cast: Cast, file: Path, number: str) -> None:
    with pytest.raises(CommandError, match="from 1 on"):
        call_command("backup", str(file), f"--keep={number}")
    assert not file.exists()


# What does not fit, or is damaged ------------------------------------------------------------------------------------


def test_a_damaged_file_is_refused(taught: ClassSession, file: Path) -> None:
    backup(file)
    whole = file.read_bytes()
    bad = file.with_name("bad.zip")
    middle = len(whole) // 2
    overwritten = whole[:middle] + bytes(100) + whole[middle + 100 :]
    for held in (whole[:middle], whole[:-1], overwritten, b"", b"PK\3\4 nonsense"):
        bad.write_bytes(held)
        with refused("is damaged"):
            restore(bad, overwrite=True)
    with refused("is damaged"):
        restore(edited(file, contents=b"nothing of the kind"), overwrite=True)
    # Cut before it was packed, so that only SQLite, or pg_restore in the middle of its work, can see it.
    with zipfile.ZipFile(file) as archived:
        held = archived.read(archive.CONTENTS)[:-2000]
    with refused("is damaged|the database is as it was"):
        restore(edited(file, contents=held, digest=hashlib.sha256(held).hexdigest()), overwrite=True)
    with refused("No such file"):
        restore(file.with_name("absent.zip"), overwrite=True)


def test_a_file_that_does_not_fit_is_refused(cast: Cast, file: Path) -> None:
    backup(file)
    told = about(file)
    other, name = ("sqlite", "SQLite") if POSTGRESQL else ("postgresql", "PostgreSQL")
    newer = [*told["migrations"], ("gym", "0999_later")]
    for changes, because in (
        ({"kind": other}, f"a backup of {name}"),
        ({"migrations": newer}, r"of a newer Rung: this one does not know gym\.0999_later"),
        ({"format": archive.FORMAT + 1}, "made by a newer Rung"),
        ({"rows": {**told["rows"], "gym_gym": 3}}, "other rows than (it|the backup) says"),
    ):
        with refused(because):
            restore(edited(file, **changes), overwrite=True)
    restore(edited(file), overwrite=True)


@pytest.mark.skipif(POSTGRESQL, reason="a server looks after its own files")
def test_a_ruined_database_is_not_written_into(cast: Cast, file: Path, tmp_path: Path) -> None:
    backup(file)
    with elsewhere(tmp_path):
        Path(connection.settings_dict["NAME"]).write_bytes(b"ruined " * 1000)
        with pytest.raises(CommandError, match="move it and its -wal file away"):
            restore(file, overwrite=True)


# Interrupted ---------------------------------------------------------------------------------------------------------


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow beyond 30 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_no_file_and_no_half_restored_database(cast: Cast, file: Path) -> None:
    with refused("No backup was made"), full_disk():
        backup(file)
    assert list(file.parent.rglob("*")) == [file.parent / ".unfinished"]
    backup(file)
    with refused("Nothing was restored"), full_disk():
        restore(file, overwrite=True)
    restore(file, overwrite=True)


# Restores, and is killed when half of the pages are written, or when all of it is sent but for the COMMIT.
KILLED = """
import os, shutil, sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from gym.backups import postgresql, sqlite
settings.VAR = Path(sys.argv[2])

def killed(*anything):
    os.kill(os.getpid(), 9)

class Copying(sqlite.sqlite3.Connection):
    def backup(self, target):
        super().backup(target, pages=100, progress=lambda status, left, total: left < total / 2 and killed())

sqlite.sqlite3.connect = partial(sqlite.sqlite3.connect, factory=Copying)

def copying(source, target, piece):
    target.write(source.read())
    target.flush()
    killed()

postgresql.shutil = SimpleNamespace(which=shutil.which, copyfileobj=copying)
call_command("restore", sys.argv[1], overwrite=True)
"""


def test_a_restore_that_is_killed_leaves_the_database_as_it_was(taught: ClassSession, cast: Cast, file: Path) -> None:
    backup(file)
    make.tap(taught, cast.ben, "note", by=cast.carla, note="After the backup.")
    before = everything()
    connections.close_all()
    run = subprocess.run(
        [sys.executable, "-c", KILLED, file, settings.VAR],
        env={**os.environ, "DATABASE_URL": url_of_the_tests()},
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=False,
    )
    assert run.returncode == -9, run.stderr.decode()
    assert everything() == before
    # What it left behind is in nobody's way.
    wait_for(nobody_else_is_there)
    restore(file, overwrite=True)
    assert not Note.across_gyms.filter(body="After the backup.").exists()
    assert list((settings.VAR / ".unfinished").iterdir()) == []


def url_of_the_tests() -> str:
    """The URL of the very database that this process tests on."""
    name = connection.settings_dict["NAME"]
    if not POSTGRESQL:
        return f"sqlite:///{name}"
    return re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", os.environ["DATABASE_URL"], count=1)


def nobody_else_is_there() -> bool:
    """Whether the server has noticed that the killed one is gone."""
    try:
        present().refuse_in_use()
    except BackupRefused:
        return False
    return True


def test_two_backups_do_not_meet_in_one_folder(cast: Cast, file: Path) -> None:
    place = file.parent / ".unfinished"
    place.mkdir()
    (place / "contents").write_text("left by one that was killed")
    handle = os.open(place, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with refused("another backup or restore is working"):
        backup(file)
    os.close(handle)
    backup(file)
    assert list(place.iterdir()) == []


# PostgreSQL's programs -----------------------------------------------------------------------------------------------


# Makes programs of a version, of which one does as the lines say; their folder is POSTGRES_BIN.
Programs = Callable[[str, str, str], Path]


@pytest.fixture
def programs(tmp_path: Path, settings: Any) -> Programs:
    def made(name: str, version: str, does: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        real = shutil.which("psql", path=settings.POSTGRES_BIN or None)
        assert real
        (folder / "psql").symlink_to(real)
        script = folder / name
        script.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{name} (PostgreSQL) {version}" && exit\n{does}')
        script.chmod(0o755)
        settings.POSTGRES_BIN = str(folder)
        return folder

    return made


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite needs no programs")
def test_programs_that_are_missing_or_too_old_are_named(
    cast: Cast, file: Path, programs: Programs, tmp_path: Path, settings: Any
) -> None:
    programs("pg_dump", "9.6.24", "exit 1")
    with refused(r"pg_dump is of version 9, the server of \d+: install postgresql-client-\d+"):
        backup(file)
    settings.POSTGRES_BIN = str(tmp_path)
    with refused(f"there is no pg_dump in {tmp_path}"):
        backup(file)
    assert not file.exists()


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite needs no programs")
def test_the_password_stands_on_no_command_line(cast: Cast, file: Path, programs: Programs) -> None:
    does = 'echo "$*" > $0.called; env > $0.environment; echo "pg_dump: error: broken" >&2; exit 1'
    folder = programs("pg_dump", "99.0", does)
    before = connection.settings_dict["PASSWORD"]
    connection.close()
    connection.settings_dict["PASSWORD"] = "hush-hush"
    try:
        with refused("pg_dump: error: broken"):
            backup(file)
    finally:
        connection.close()
        connection.settings_dict["PASSWORD"] = before
    assert "--dbname=" in (folder / "pg_dump.called").read_text()
    assert "hush" not in (folder / "pg_dump.called").read_text()
    assert "PGPASSWORD=hush-hush\n" in (folder / "pg_dump.environment").read_text()
    assert not file.exists()


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite needs no programs")
def test_a_program_that_dies_half_way_changes_nothing(taught: ClassSession, file: Path, programs: Programs) -> None:
    backup(file)
    programs("pg_restore", "99.0", 'echo "CREATE TABLE public.half (a integer);"; exit 1')
    with refused("the database is as it was"):
        restore(file, overwrite=True)
    assert "half" not in connection.introspection.table_names()
