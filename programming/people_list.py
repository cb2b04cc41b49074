"""The table of the gym's people: who is found by what an owner asks for, in which order, a page at a time.

It asks as much of the database for five thousand people as for fifty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, F, Max, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from gym.models import Membership, Tag
from gym.models.tags import folded
from programming.models import Attendance, Placement, Stage
from programming.models.history import one_person
from programming.on_roster import HERE
from programming.shipped import shown

PAGE = 50
# What the table can be sorted by; a minus before it turns it round.
SORTED_BY = ("name", "seen", "joined")
# Words of a search that are looked at: each is a condition.
WORDS = 20


@dataclass(frozen=True)
class Line:
    """Somebody in the table."""

    person: Membership
    stages: tuple[str, ...]
    is_held: bool
    tags: tuple[str, ...]
    # NULL: never came.
    seen_at: datetime | None

    @property
    def roles(self) -> list[str]:
        """What they are in the gym."""
        words = {"is_owner": _("owner"), "is_coach": _("coach"), "is_member": _("member")}
        return [word for name, word in words.items() if getattr(self.person, name)]


@dataclass(frozen=True)
class Stages:
    """The stages of the gym's ladders, by id, in their order."""

    names: dict[UUID, str]
    by_ladder: dict[str, list[tuple[UUID, str]]]

    @classmethod
    def read(cls) -> Stages:
        """All that are not retired."""
        rows = Stage.objects.filter(retired_at=None).select_related("progression", "current")
        by_ladder: dict[str, list[tuple[UUID, str]]] = {}
        for row in rows.order_by("progression__name", "progression_id", "position"):
            by_ladder.setdefault(row.progression.called, []).append((row.pk, shown(str(row))))
        return cls({pk: name for stages in by_ladder.values() for pk, name in stages}, by_ladder)

    @property
    def choices(self) -> list[Any]:
        """As a field offers them: by ladder where there are several."""
        if len(self.by_ladder) == 1:
            return [(str(pk), name) for stages in self.by_ladder.values() for pk, name in stages]
        return [(ladder, [(str(pk), name) for pk, name in stages]) for ladder, stages in self.by_ladder.items()]


def find(asked: Mapping[str, Any], now: datetime) -> QuerySet[Membership]:
    """Whom the owner asks for: `asked` is what PeopleForm made of the address."""
    left = asked.get("left")
    people: Any = Membership.objects.filter(is_active=not left, erased_at=None, merged_into=None)
    people = people.matching(" ".join(asked.get("q", "").split()[:WORDS]))
    if asked.get("role"):
        people = people.filter(**{f"is_{asked['role']}": True})
    if asked.get("account"):
        people = people.filter(user__isnull=asked["account"] == "none")
    if asked.get("tag"):
        people = people.filter(pk__in=Tag.objects.filter(folded=folded(asked["tag"])).values("person"))
    if asked.get("held"):
        people = people.filter(Exists(Placement.objects.filter(member=OuterRef("pk"), is_held=True)))
    return of_stage(not_seen(people, asked.get("unseen"), now), asked.get("stage") or "")


def not_seen(people: Any, days: int | None, now: datetime) -> Any:
    """Those who came to no class in so many days, and belonged to the gym all that time."""
    if days is None:
        return people
    since = now - timedelta(days=days)
    came = Attendance.objects.filter(state__in=HERE, session__starts_at__gte=since, session__starts_at__lte=now)
    return people.filter(joined_at__lt=since).exclude(pk__in=came.values_list(one_person()))


def of_stage(people: Any, stage: str) -> Any:
    """Those who stand on a stage, or on none of any ladder."""
    placed = Placement.objects.exclude(stage=None)
    if stage == "none":
        return people.exclude(pk__in=placed.values("member"))
    return people.filter(pk__in=placed.filter(stage=stage).values("member")) if stage else people


def last_seen() -> Case:
    """When somebody's last class began, also under a record that was joined to theirs; NULL where they never came."""
    came = Attendance.objects.filter(state__in=HERE).order_by()
    last = {"last": Max("session__starts_at")}
    own = Subquery(came.filter(member=OuterRef("pk")).values("member").annotate(**last).values("last"))
    theirs = came.filter(member__merged_into=OuterRef("pk"))
    joined = Subquery(theirs.values("member__merged_into").annotate(**last).values("last"))
    # Hardly anybody has a second record: theirs alone are looked through.
    has_joined = Exists(Membership.objects.filter(merged_into=OuterRef("pk")))
    # One of them may be NULL, of which each database makes something else.
    return Case(When(has_joined, then=Greatest(Coalesce(own, joined), Coalesce(joined, own))), default=own)


def in_order(people: QuerySet[Membership], sort: str) -> QuerySet[Membership]:
    """Sorted as the address says; whoever never came is the longest unseen."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name == "seen":
        by = F("seen").desc(nulls_last=True) if down else F("seen").asc(nulls_first=True)
        return people.annotate(seen=last_seen()).order_by(by, "search_name", "id")
    field = {"joined": "joined_at"}.get(name, "search_name")
    return people.annotate(seen=last_seen()).order_by(f"-{field}" if down else field, "id")


def page_of(people: QuerySet[Membership], sort: str, number: str) -> Page[Any]:
    """One page of the table; the last one where there is none of that number."""
    # Counted without what only a row of the page needs.
    pages = Paginator(in_order(people, sort).select_related("user"), PAGE)
    pages.count = people.count()
    return pages.get_page(number)


def lines(people: Iterable[Any], stages: Stages) -> list[Line]:
    """These people as the table shows them."""
    rows = list(people)
    ids = [each.pk for each in rows]
    standing: dict[UUID, list[str]] = {}
    held: set[UUID] = set()
    placements = Placement.objects.filter(member__in=ids).values_list("member_id", "stage_id", "is_held")
    for member, stage, is_held in placements.order_by("progression_id"):
        if stage in stages.names:
            standing.setdefault(member, []).append(stages.names[stage])
        if is_held:
            held.add(member)
    tags: dict[UUID, list[str]] = {}
    for member, word in Tag.objects.filter(person__in=ids).order_by("folded").values_list("person_id", "word"):
        tags.setdefault(member, []).append(word)
    return [
        Line(each, tuple(standing.get(each.pk, ())), each.pk in held, tuple(tags.get(each.pk, ())), each.seen)
        for each in rows
    ]


def address(asked: Mapping[str, str], **changes: Any) -> str:
    """The query of the table's address with something changed; what is empty is left out."""
    named = {**asked, **{name: str(value) for name, value in changes.items()}}
    return "?" + urlencode({name: value for name, value in named.items() if value})


def turned(sort: str, name: str) -> str:
    """What a press on a column's head sorts by."""
    return f"-{name}" if sort == name else name
