"""Fill an empty database with the demo gyms, or bring them up to today."""

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programming.demo import DEMO_SIGN_INS, bring_up_to_today, fill_empty_database
from programming.demo.people import NORTHSIDE

# With --date it is this time of the evening there.
EVENING = time(18, 10)


class Command(BaseCommand):
    """Safe to run at every start: what is there already stays."""

    help = "Fills an empty database with two demo gyms; where they are there already, brings them up to today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another number tells another story (default 1)")
        parser.add_argument(
            "--date", type=date.fromisoformat, help="as if it were ten past six in the evening of YYYY-MM-DD"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is off. Its people and sign-ins are made only where DEMO=true.")
        now = timezone.now()
        if options["date"]:
            now = datetime.combine(options["date"], EVENING, tzinfo=ZoneInfo(NORTHSIDE.time_zone))
        if not fill_empty_database(now, options["seed"]) and not bring_up_to_today(now):
            self.stderr.write("This database has gyms of its own, so the demo stays out of it.")
        elif options["verbosity"] > 0:
            self.stdout.write("The demo gyms are up to date. Sign-ins:")
            for who, email, password in DEMO_SIGN_INS:
                self.stdout.write(f"  {who!s:<16} {email:<34} {password}")
