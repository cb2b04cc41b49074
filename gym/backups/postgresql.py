"""Backups of a PostgreSQL database, by the pg_dump, pg_restore and psql of its version.

Taken in the snapshot in which the rows are counted. Put back in one transaction, whose COMMIT is only sent when
everything has arrived and the rows are as many as they were.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from gym.backups import LETTERS, SETTLE, BackupRefused
from gym.backups.archive import PIECE, About

KIND = "postgresql"

# Rung makes tables and functions in one schema. What belongs to an extension, or to another schema, stays.
EMPTY = """
BEGIN;
SET LOCAL lock_timeout = '10s';
SET LOCAL client_min_messages = warning;
DO $$
DECLARE each record;
BEGIN
    FOR each IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    LOOP EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', each.name); END LOOP;
    FOR each IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', each.name); END LOOP;
END $$;
"""
COUNT = """
DO $$ BEGIN IF (SELECT count(*) FROM {table}) <> {rows} THEN
    RAISE EXCEPTION 'the table % holds other rows than the backup says', {name}; END IF; END $$;
"""
COMMIT = b"\nCOMMIT;\n"


def server() -> str:
    """The version of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def take(contents: Path, taken_at: str) -> About:
    """Write what the database holds at this moment, and say what it is."""
    pg_dump = tool("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        about = About(kind=KIND, server=server(), taken_at=taken_at, migrations=cursor.fetchall(), rows=rows())
        run(
            *(pg_dump, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"),
            *(f'--schema="{schema()}"', f"--file={contents}", f"--dbname={address()}"),
        )
    return about


def rows() -> dict[str, int]:
    """How many rows each table has that is there now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        counts = {}
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
            counts[name] = cursor.fetchone()[0]
    return counts


def refuse_in_use() -> None:
    """Raises BackupRefused while another connection of Rung's own role is open, as a web server keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    if others:
        raise BackupRefused(f"the database is in use: {others} other connections. Stop Rung first, on every machine.")


def put_back(contents: Path, about: About) -> None:
    """Make the database what the backup holds, in one transaction: killed at any moment, it is as it was."""
    pg_restore, psql = tool("pg_restore"), tool("psql")
    restore = [pg_restore, "--no-owner", "--no-privileges", f"--schema={schema()}", "--file=-", str(contents)]
    command = [psql, "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", f"--dbname={address()}"]
    last = "".join((*checks(about.rows), *settling(about.rows)))
    surroundings = environment()
    connection.close()
    with tempfile.TemporaryFile() as said, started(restore, said, surroundings, stdout=subprocess.PIPE) as source:
        with started(command, said, surroundings, stdin=subprocess.PIPE) as target:
            try:
                target.stdin.write(EMPTY.encode())
                shutil.copyfileobj(source.stdout, target.stdin, PIECE)
                if source.wait() == 0:
                    target.stdin.write(last.encode() + COMMIT)
                target.stdin.close()
            except BrokenPipeError:
                # It stopped at an error, which it has said.
                source.kill()
            failed = target.wait() or source.wait()
        if failed:
            raise BackupRefused(f"the backup was not restored, the database is as it was: {last_said(said)}.")
    with connection.cursor() as cursor:
        # Without it the first queries are planned for empty tables.
        cursor.execute("ANALYZE")


def checks(rows: dict[str, int]) -> Iterator[str]:
    """Statements that fail where a table does not have the rows of the backup."""
    place = schema()
    for name, count in rows.items():
        statement = sql.SQL(COUNT).format(
            table=sql.Identifier(place, name), rows=sql.Literal(count), name=sql.Literal(name)
        )
        yield statement.as_string(None)


def settling(rows: dict[str, int]) -> Iterator[str]:
    """The statement after which no letter of the backup is under way; none where it is of before there were letters."""
    if LETTERS in rows:
        yield sql.SQL(SETTLE).format(table=sql.Identifier(schema(), LETTERS)).as_string(None) + ";\n"


# The programs -------------------------------------------------------------------------------------------------------


def tool(name: str) -> str:
    """The path of one of PostgreSQL's programs. Raises BackupRefused where it is missing or older than the server."""
    folder = settings.POSTGRES_BIN
    path = shutil.which(name, path=folder or None)
    if path is None:
        where = f"in {folder} (POSTGRES_BIN)" if folder else "on the PATH"
        raise BackupRefused(
            f"there is no {name} {where}: install postgresql-client, or set POSTGRES_BIN to its folder."
        )
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"(\d+)", said)
    wanted = info().server_version // 10000
    if found is None or int(found[1]) < wanted:
        raise BackupRefused(
            f"{path} is of version {found[1] if found else 'unknown'}, the server of {wanted}: "
            f"install postgresql-client-{wanted}, or set POSTGRES_BIN to the folder of its programs."
        )
    return path


def schema() -> str:
    """Where Rung's tables are: public, unless the search path says otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def info() -> Any:
    """What is known of our connection; see psycopg's ConnectionInfo."""
    connection.ensure_connection()
    return connection.connection.info


def address() -> str:
    """Where the database is, the very server that we speak to, without the password: others can read command lines."""
    return make_conninfo(**{**info().get_parameters(), "host": info().host, "port": info().port})


def environment() -> dict[str, str]:
    """What the programs get besides: the password, which only their own user can read there."""
    password = info().password
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}


def run(*command: str) -> None:
    """Run a program to its end. Raises BackupRefused with what it said."""
    with tempfile.TemporaryFile() as said, started(list(command), said, environment()) as process:
        if process.wait():
            raise BackupRefused(f"{Path(command[0]).name} failed: {last_said(said)}.")


@contextmanager
def started(command: list[str], said: IO[bytes], surroundings: dict[str, str], **pipes: Any) -> Iterator[Any]:
    """A running program, which does not outlive the block."""
    process = subprocess.Popen(command, env=surroundings, stderr=said, **pipes)  # noqa: S603
    try:
        yield process
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        process.kill()
        process.wait()


def last_said(said: IO[bytes]) -> str:
    """The line in which a program said what is wrong."""
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    found = [*(line for line in lines if "error" in line.lower()), *lines[-1:], "it does not say why"]
    return found[0].rstrip(".")
