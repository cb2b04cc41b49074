"""Make a real gym: the shipped library, its owner, and nobody else."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from gym.auditing import audit
from gym.models import Gym, Membership, User
from gym.scope import in_gym
from programming.library.loader import load_library
from programming.library.reader import read_library


class Command(BaseCommand):
    """Everything or nothing: a refusal leaves no trace."""

    help = "Makes a gym with the shipped library, owned by the person of that e-mail, who may coach there as well."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help='the gym as its people call it: "Iron Works"')
        parser.add_argument("email", help="the owner's")
        parser.add_argument("--owner", default="", help="the owner's name (default: made of the e-mail)")
        parser.add_argument("--slug", default="", help="the gym's place in addresses (default: made of the name)")
        parser.add_argument("--time-zone", default="Europe/London", help="default Europe/London")

    def handle(self, *args: Any, **options: Any) -> None:
        gym = checked_gym(options["name"], options["slug"], options["time_zone"])
        email = options["email"].strip()
        owner = (options["owner"].strip() or name_from(email))[:120]
        try:
            with transaction.atomic():
                gym.save(force_insert=True)
                user = owning_user(email)
                audit("gym.make", gym, after={"name": gym.name, "slug": gym.slug, "time_zone": gym.time_zone})
                roles = {"is_member": False, "is_coach": True, "is_owner": True}
                with in_gym(gym):
                    person = Membership.objects.create(user=user, name=owner, **roles)
                    audit("person.add", person, after={"name": owner, **roles})
                load_library(gym, read_library())
        except IntegrityError as problem:
            # Another process made it since we looked.
            raise CommandError(f"“{gym.name}” or its address “{gym.slug}” has just been taken.") from problem
        self.stdout.write(f"{gym.name} is ready: {owner} owns it and may coach there.")
        self.stdout.write(
            f"To sign in, {user.email} asks for a code by e-mail on the sign-in page; no password is needed."
        )


def checked_gym(name: str, slug: str, time_zone: str) -> Gym:
    """The gym, not yet stored. Raises CommandError with a sentence that says what to change."""
    name = " ".join(name.split())
    if not name:
        raise CommandError("A gym needs a name.")
    taken = Gym.objects.filter(name__iexact=name).first()
    if taken is not None:
        raise CommandError(f"There is a gym called “{taken.name}” already.")
    made = slug or slugify(name)[: Gym._meta.get_field("slug").max_length].strip("-")
    if not made:
        raise CommandError(f"No address can be made of “{name}”; give one, such as --slug iron-works.")
    if Gym.objects.filter(slug__iexact=made).exists():
        raise CommandError(f"The address “{made}” is taken; give another with --slug.")
    gym = Gym(name=name, slug=made, time_zone=time_zone)
    try:
        gym.clean_fields()
    except ValidationError as problem:
        raise CommandError(sentence(gym, problem)) from problem
    return gym


def sentence(gym: Gym, problem: ValidationError) -> str:
    """The first field that is wrong, in words."""
    sentences = {
        "name": "The name is too long: 100 characters at most.",
        "slug": f"The address “{gym.slug}” will not do: up to 60 letters a to z, digits, - and _.",
        "time_zone": f"There is no time zone “{gym.time_zone}”; write one such as Europe/London.",
    }
    return next(words for field, words in sentences.items() if field in problem.message_dict)


def owning_user(email: str) -> User:
    """The user of that e-mail in whatever case, or a new one without a password. Raises CommandError."""
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        try:
            User._meta.get_field("email").clean(email, None)
        except ValidationError as problem:
            raise CommandError(f"“{email}” is no e-mail address.") from problem
        return User.objects.create_user(email)
    if found.is_demo and not settings.DEMO:
        raise CommandError(f"{found.email} is a sign-in of the demo and works there only; give another e-mail.")
    if not found.is_active:
        raise CommandError(f"The sign-in of {found.email} has been switched off; give another e-mail.")
    return found


def name_from(email: str) -> str:
    """A name to begin with: "ruth.okafor@…" reads "Ruth Okafor"."""
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").split()
    return " ".join(word.capitalize() for word in words) or email
