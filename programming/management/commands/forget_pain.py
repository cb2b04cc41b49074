"""Forget the words about pain that a gym's owner keeps no longer. The worker does it by itself."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from programming.models.forgetting import forget_old_pain


class Command(BaseCommand):
    """Where no worker runs: call it once a day."""

    help = "Deletes what was said of pain in holds that ended longer ago than their gym keeps it. The worker does too."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{forget_old_pain(timezone.now())} rows lost their words.")
