"""What the owner's table of people costs for 5,000 against 50, and how long a list of 5,000 takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from bench.boards import always
from bench.browser import Answer, Browser, demanded
from bench.figures import Figure
from bench.measuring import ratios
from bench.taps import SIGNED_IN, queries_of
from gym.identifiers import uuid7
from gym.models import Import, Membership, Tag, User, fold
from gym.scope import in_gym
from programming.models import Placement, Progression, Stage
from programming.models.importing import begin, carry_out, compare_more
from tests import make

FEW, MANY = 50, 5_000


def figures() -> Iterator[Figure]:
    """The table as it opens and as it is searched, in a small and in a large gym; and an import from end to end."""
    application = get_wsgi_application()
    owners = {people: owner_of(people) for people in (FEW, MANY)}
    for name, query in (("the table of people", ""), ("a search in it", "?q=person+1"), ("its next page", "?page=2")):
        small, large = (table(application, owners[people], query) for people in (FEW, MANY))
        (found,) = ratios([always(large)], always(small))
        # A search goes through everybody's name, and a page is one of two only where there are that many.
        mark = 1.3 if not query else None
        yield Figure(
            name=f"{name} of {MANY:,} against that of {FEW}",
            measured=found.median,
            mark=mark,
            unit="×",
            low=found.low,
            high=found.high,
            note=found.milliseconds,
        )
        queries = len(queries_of(large))
        yield Figure(name=f"queries of {name}, in all", measured=queries, mark=9, note=f"{SIGNED_IN} of them sign in")
    yield imported(owners[FEW])


def owner_of(people: int) -> Membership:
    """The owner of a gym of so many, of whom everybody has a stage and a tag."""
    gym = make.gym(f"Gym of {people}")
    make.library(gym)
    owner = make.person(gym, "Olga Oduya", ["owner"], email=f"olga@{gym.slug}.example")
    with in_gym(gym):
        members = [person(number) for number in range(people)]
        Membership.objects.bulk_create(members, batch_size=500)
        ladder = Progression.objects.get(key="hip-hinge")
        stages = list(Stage.objects.filter(progression=ladder))
        Placement.objects.bulk_create(
            (
                Placement(pk=uuid7(), member=each, progression=ladder, stage=stages[number % len(stages)])
                for number, each in enumerate(members)
            ),
            batch_size=500,
        )
        Tag.put([each.pk for each in members], "everybody")
    return owner


def person(number: int) -> Membership:
    """One of them."""
    name = f"{chr(65 + number % 26)}{number} Person {number}"
    return Membership(pk=uuid7(), name=name, search_name=fold(name), joined_at=timezone.now() - timedelta(days=number))


def table(application: object, owner: Membership, query: str) -> Callable[[], Answer]:
    """A request for the table."""
    return demanded(Browser(application, user_of(owner)).get(f"/gym/{owner.gym.slug}/owner/people/{query}"))  # type: ignore[arg-type]


def user_of(owner: Membership) -> User:
    """The owner's sign-in."""
    if owner.user is None:
        raise LookupError(f"{owner} cannot sign in.")
    return owner.user


def imported(owner: Membership) -> Figure:
    """Seconds of CPU for a list of five thousand, from the bytes to everybody being written down."""
    lines = "".join(f"First{number} Last{number},p{number}@home.example,Active\n" for number in range(MANY))
    begun = time.process_time()
    with in_gym(owner.gym):
        run = begin(f"Name,E-mail,Status\n{lines}".encode(), name="list.csv", by=owner, at=timezone.now())
        while compare_more(run.pk).state == Import.State.READING:
            pass
        carry_out(run.pk, leave_out_wrong=False, at=timezone.now())
        seconds = time.process_time() - begun
        written = Membership.objects.filter(name__startswith="First").count()
    return Figure(
        name=f"a list of {MANY:,} people imported, CPU", measured=seconds, mark=10, unit="s", note=f"{written:,} new"
    )
