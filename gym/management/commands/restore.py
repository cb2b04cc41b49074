"""Make the database what a backup holds."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection

from gym.backups import BackupRefused, archive
from gym.backups.kinds import NAMES, present
from gym.releases import is_behind, unknown_here


class Command(BaseCommand):
    """All is looked at before anything is changed; then all of it is changed at once."""

    help = "Makes the database what a backup holds. Stop Rung first."
    # The database may be empty, or not be there.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--overwrite", action="store_true", help="replace what the database holds")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            about = self.restore(options["file"], overwrite=options["overwrite"])
        except BackupRefused as refusal:
            raise CommandError(f"Nothing was restored: {refusal}") from refusal
        except (OSError, Error, sqlite3.Error) as problem:
            raise CommandError(f"Nothing was restored: {problem}.") from problem
        self.stdout.write(f"Restored {about.in_all} rows of {len(about.rows)} tables, as of {about.taken_at}.")
        if is_behind(connection):
            call_command("migrate", interactive=False, verbosity=0)
            self.stdout.write("The backup was of an earlier Rung: the database was brought up to date.")

    def restore(self, file: Path, *, overwrite: bool) -> archive.About:
        """Check the backup and the database, then put the backup in its place."""
        about, digest, key = archive.read(file)
        self.refuse_what_does_not_fit(about)
        rows = present().rows()
        if rows and not overwrite:
            raise BackupRefused(
                f"the database holds {sum(rows.values())} rows in {len(rows)} tables already. "
                "Take a backup of it; then say --overwrite to replace all of them."
            )
        present().refuse_in_use()
        with archive.workshop(Path(settings.VAR)) as place:
            contents = place / archive.CONTENTS
            archive.unpack(file, digest, contents)
            present().put_back(contents, about)
        if key != archive.fingerprint():
            self.stderr.write(
                "This backup was made with another SECRET_KEY. Everybody has to sign in again, and taps that wait on a "
                "tablet and had arrived before are refused. Better start Rung with the key of then."
            )
        return about

    def refuse_what_does_not_fit(self, about: archive.About) -> None:
        """Raises BackupRefused for a backup of the other kind of database, or of a newer Rung."""
        if about.kind != connection.vendor:
            kind, here = NAMES.get(about.kind, about.kind), NAMES[connection.vendor]
            raise BackupRefused(f"it is a backup of {kind}, and this Rung runs on {here}.")
        newer = unknown_here(about.migrations)
        if newer:
            raise BackupRefused(f"it is of a newer Rung: this one does not know {', '.join(newer)}.")
