"""Bring every gym's ladders, drills and faults up to the library of this release."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.cache import cache
from django.core.management.base import BaseCommand
from django.db import IntegrityError

from gym.models import Gym
from programming.library.loader import load_library
from programming.library.reader import read_library

# Where the database remembers which library all gyms were brought up to.
LOADED = "library-of-all-gyms"


class Command(BaseCommand):
    """What a gym has made its own stays. `manage.py start` does it where the library is another one than before."""

    help = "Brings the shipped texts of every gym up to this release; what a gym has made its own is left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-changed", action="store_true", help="only if the last time was another library")

    def handle(self, *args: Any, **options: Any) -> None:
        library = read_library()
        if options["if_changed"] and cache.get(LOADED) == library.digest:
            return
        left = []
        for gym in Gym.objects.order_by("pk").iterator():
            try:
                load_library(gym, library)
            except IntegrityError as problem:
                # One gym keeps no other from what is new, nor Rung from starting.
                left.append(gym)
                self.stderr.write(f"{gym.slug} stays as it was: {str(problem).partition(chr(10))[0]}")
        if not left:
            cache.set(LOADED, library.digest, timeout=None)
        if options["verbosity"] > 0:
            self.stdout.write(f"{Gym.objects.count() - len(left)} gyms have the library of this release.")
