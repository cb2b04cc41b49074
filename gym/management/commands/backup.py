"""Write a backup of the database into one file, while Rung runs."""

import sqlite3
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from gym.backups import BackupRefused, archive
from gym.backups.kinds import present


def at_least_one(text: str) -> int:
    """A number of backups to keep."""
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError("it has to be a number from 1 on")
    return int(text)


class Command(BaseCommand):
    """The file is there when all of it is on the disk, and not before."""

    help = "Writes everything Rung has stored into one file, while it runs. Put it back with restore."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="where to; else var/backups/rung-<time>.zip")
        parser.add_argument(
            "--keep", type=at_least_one, metavar="N", help="then delete all but the newest N rung-*.zip beside it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        taken_at = timezone.now().isoformat(timespec="seconds")
        file = Path(options["file"] or archive.default_file(taken_at))
        try:
            about = self.write(file, taken_at)
        except BackupRefused as refusal:
            raise CommandError(f"No backup was made: {refusal}") from refusal
        except (OSError, Error, sqlite3.Error) as problem:
            raise CommandError(f"No backup was made: {problem}.") from problem
        size = file.stat().st_size / 1e6
        self.stdout.write(f"{file}: {about.in_all} rows of {len(about.rows)} tables, {size:.1f} MB.")
        if options["keep"]:
            for old in sorted(file.parent.glob("rung-*.zip"))[: -options["keep"]]:
                old.unlink()

    def write(self, file: Path, taken_at: str) -> archive.About:
        """Take the backup and bring it under its name. A file that is there already is never replaced."""
        if file.exists():
            raise BackupRefused(f"{file} is there already.")
        with archive.workshop(file.parent) as place:
            contents = place / archive.CONTENTS
            about = present().take(contents, taken_at)
            archive.write(file, about, contents)
        return about
