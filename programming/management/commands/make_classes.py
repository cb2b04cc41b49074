"""Make the coming classes of every gym's weekly slots."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from gym.models import Gym
from programming.models.coming import make_coming


class Command(BaseCommand):
    """Run it once a day; running it again makes nothing twice."""

    help = "Makes the missing classes of the next two weeks from the weekly slots of every gym."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        made = [make_coming(gym, now) for gym in Gym.objects.order_by("pk")]
        if options["verbosity"] > 0:
            self.stdout.write(f"Made {sum(made)} classes in {sum(map(bool, made))} of {len(made)} gyms.")
