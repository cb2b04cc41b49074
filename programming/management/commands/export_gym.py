"""Write everything of a gym into one file, while Rung runs."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from gym.backups import BackupRefused
from gym.backups.archive import sync_folder, workshop
from gym.languages import as_read_by
from gym.models import Gym
from gym.moving.writing import taken_along


class Command(BaseCommand):
    """The file is there when all of it is on the disk, and not before."""

    help = "Writes everything of one gym into one file. Bring it into an empty installation with import_gym."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the gym's place in addresses")
        parser.add_argument("file", type=Path, help="where to; a file that is there is never replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        gym, file = Gym.objects.filter(slug=options["slug"]).first(), options["file"]
        if gym is None:
            raise CommandError(f"There is no gym at the address “{options['slug']}”.")
        if file.exists():
            raise CommandError(f"No file was made: {file} is there already.")
        try:
            write(gym, file)
        except (BackupRefused, OSError, Error) as problem:
            raise CommandError(f"No file was made: {problem}") from problem
        self.stdout.write(f"{file}: everything of {gym.name}, {file.stat().st_size / 1e6:.1f} MB.")


def write(gym: Gym, file: Path) -> None:
    """Write it beside, and bring it under its name when it is whole."""
    with workshop(file.parent) as place, as_read_by(gym):
        draft = place / "gym"
        with draft.open("wb") as stream:
            # Names, e-mail addresses and notes about health are in it: for its owner's eyes.
            os.fchmod(stream.fileno(), 0o600)
            for piece in taken_along(gym, at=timezone.now()):
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(file)
    sync_folder(file.parent)
