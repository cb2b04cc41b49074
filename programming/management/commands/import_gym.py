"""Bring a gym that export_gym or its owner has written into an empty installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from gym.auditing import audit
from gym.models import Gym, Membership
from gym.moving import MoveRefused
from gym.moving.putting import has_an_owner, put
from gym.moving.reading import arriving
from gym.releases import is_up_to_date
from gym.scope import in_gym
from programming.management.commands.create_gym import name_from, owning_user


class Command(BaseCommand):
    """Everything or nothing: a refusal leaves no trace."""

    help = "Brings everything of a gym, as one file, into an installation in which there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what export_gym wrote, or the owner took along")
        parser.add_argument("--owner", default="", help="e-mail of somebody who is to own it as well")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_up_to_date(connection):
            raise CommandError("Nothing was brought in: the database is not up to date; manage.py migrate first.")
        try:
            with arriving(options["file"]) as arrival, transaction.atomic():
                gym = put(arrival, at=timezone.now())
                if options["owner"]:
                    own(gym, options["owner"].strip())
                if not has_an_owner(gym):
                    raise MoveRefused("nobody who owns the gym has a sign-in: name somebody with --owner.")
        except MoveRefused as refusal:
            raise CommandError(f"Nothing was brought in: {refusal}") from refusal
        with connection.cursor() as cursor:
            # Without it the first questions are planned for empty tables.
            cursor.execute("ANALYZE")
        self.stdout.write(f"{gym.name} is here: {arrival.in_all} rows, as of {arrival.made_at}.")
        self.stdout.write(
            f"It is at /gym/{gym.slug}/. Everybody asks for a code by e-mail on the sign-in page; tablets, TVs, "
            "PINs and calendars are set up anew."
        )


def own(gym: Gym, email: str) -> None:
    """Let whoever has that e-mail own the gym: who is in it already, or somebody new."""
    user = owning_user(email)
    with in_gym(gym):
        people = Membership.objects.current()
        person = people.filter(user=user).first() or people.filter(email__iexact=email, user=None).first()
        if person is None:
            roles = {"is_member": False, "is_coach": True, "is_owner": True}
            person = Membership.objects.create(user=user, name=name_from(email)[:120], **roles)
            audit("person.add", person, after={"name": person.name, **roles})
        else:
            person.join(user, "owner")
