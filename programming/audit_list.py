"""The owner's list of what was changed or tapped, by whom, when and from where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gym.models import Change, Membership, Tablet, short_name
from programming.audit_words import THEMES, as_id, difference_words, what_words
from programming.models import ClassSession, ClassTemplate, Drill, Equipment, Fault, Screen, Tap, WeeklySlot

PAGE = 50
# Rows whose names are looked up at once, for a file of all of them.
AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    at: datetime
    who: str
    what: str
    about: str
    where: str
    device: str
    details: list[str]


def changes(asked: dict[str, Any]) -> QuerySet[Change]:
    """The changes that were asked for: `q` a name, `theme`, `where`, `since` and `until` days, `sort`."""
    rows = _between(Change.objects.select_related("actor", "person"), asked, Q(actor__in=_called(asked)))
    if asked.get("theme"):
        begins = Q()
        for code in THEMES[asked["theme"]][1]:
            begins |= Q(what__startswith=code)
        rows = rows.filter(begins)
    if asked.get("where"):
        rows = rows.filter(where=asked["where"])
    return rows


def taps(asked: dict[str, Any]) -> QuerySet[Tap]:
    """The taps that were asked for; one for several people is one line."""
    rows = Tap.objects.filter(group=None).select_related("actor", "member", "session")
    return _between(rows, asked, Q(actor__in=_called(asked)), person="member")


def _called(asked: dict[str, Any]) -> Any:
    return Membership.objects.matching(asked.get("q") or "").values("pk")


def _between(rows: Any, asked: dict[str, Any], by: Q, *, person: str = "person") -> Any:
    """The rows of these days, by or about somebody of that name, in the order that was asked for."""
    if asked.get("q"):
        rows = rows.filter(by | Q(**{f"{person}__in": _called(asked)}))
    if asked.get("since"):
        rows = rows.filter(at__gte=_begin(asked["since"]))
    if asked.get("until"):
        rows = rows.filter(at__lt=_begin(asked["until"] + timedelta(days=1)))
    return rows.order_by("at", "id") if asked.get("sort") == "oldest" else rows.order_by("-at", "-id")


def _begin(day: Any) -> datetime:
    """The first moment of a day on the gym's clock."""
    return timezone.make_aware(datetime.combine(day, time()))


def page_of(rows: Any, number: int) -> tuple[list[Any], bool]:
    """The rows of one page, and whether there are more after it. Nobody counts the whole table for it."""
    first = (number - 1) * PAGE
    found = list(rows[first : first + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def read_changes(rows: Iterable[Change]) -> list[Line]:
    """Each change in words."""
    found = list(rows)
    told = [(row, row.differences) for row in found]
    ids = {row.about_id for row in found} | {row.device for row in found if row.device}
    for _row, differences in told:
        ids |= {key for pair in differences.values() for key in map(as_id, pair or ()) if key}
    names = names_of(ids)
    return [_line(row, differences, names) for row, differences in told]


def _line(row: Change, differences: dict[str, Any], names: dict[UUID, str]) -> Line:
    place = row.named if row.where != Change.Where.COMMAND else f"manage.py {row.named}".strip()
    return Line(
        at=row.at,
        who=row.actor.short_name if row.actor else _("nobody of the gym"),
        what=what_words(row.what),
        about=row.person.short_name if row.person else names.get(row.about_id, ""),
        where=row.get_where_display(),
        device=names.get(row.device, _("a tablet")) if row.device else place,
        details=[difference_words(name, pair, names) for name, pair in differences.items()],
    )


def read_taps(rows: Iterable[Tap]) -> list[Line]:
    """Each tap in words. What was seen of somebody stands on their sheet, and of pain nothing is said here."""
    found = list(rows)
    names = names_of({row.device for row in found if row.device})
    return [
        Line(
            at=row.at,
            who=row.actor.short_name,
            what=row.get_kind_display(),
            about=row.member.short_name if row.member else "",
            where=row.session.called if row.session else _("member’s pages"),
            device=names.get(row.device, _("a tablet")) if row.device else "",
            details=[row.get_outcome_display()],
        )
        for row in found
    ]


def all_changes(rows: QuerySet[Change]) -> Iterator[Line]:
    """Every change in words, a few hundred at a time."""
    first = 0
    while batch := list(rows[first : first + AT_ONCE]):
        yield from read_changes(batch)
        first += len(batch)


def names_of(ids: set[UUID]) -> dict[UUID, str]:
    """What rows of several kinds are called, in one query."""
    people = Membership.objects.filter(pk__in=ids).values_list("pk", "name", "shown_name")
    named = [
        model.objects.order_by().filter(pk__in=ids).annotate(shown=F("name")).values_list("pk", "name", "shown")
        for model in (Tablet, Screen, Equipment, ClassTemplate, ClassSession)
    ]
    slots = (
        WeeklySlot.objects.order_by().filter(pk__in=ids).annotate(called=F("template__name"), shown=F("template__name"))
    )
    taught = [
        model.objects.order_by().filter(pk__in=ids).annotate(called=F("current__name"), shown=F("current__name"))
        for model in (Drill, Fault)
    ]
    found = people.union(*named, *(rows.values_list("pk", "called", "shown") for rows in (slots, *taught)), all=True)
    return {key: short_name(name, shown) for key, name, shown in found}
