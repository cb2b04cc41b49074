"""The list of class templates: searched, sorted and paged by the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Sum

from gym.models import fold
from programming.models import ClassTemplate, WeeklySlot
from programming.template_words import slot_words

PAGE = 50

SORTS: dict[str, Any] = {
    "name": lambda row: fold(row.name),
    "minutes": lambda row: (row.template.minutes, fold(row.name)),
    "planned": lambda row: (row.planned, fold(row.name)),
}


@dataclass
class Row:
    """A template in the list, and the weekly classes that are made of it."""

    template: ClassTemplate
    name: str
    planned: int
    blocks: int
    used_by: str = ""


@dataclass(frozen=True)
class TemplateList:
    """One page of the templates that were searched for."""

    rows: Page[Row]
    searched: str
    sort: str
    is_archived: bool
    # How many stand on the other list.
    others: int

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> TemplateList:
        """What that address shows. Three questions of the database."""
        words, archived = asked.get("q", "").strip()[:80], asked.get("archived") == "yes"
        sort = asked.get("sort", "name")
        sort = sort if sort.removeprefix("-") in SORTS else "name"
        every = ClassTemplate.objects.select_related("progression")
        every = every.annotate(planned=Sum("blocks__minutes", default=0), parts=Count("blocks"))
        rows = [Row(each, each.called, each.planned, each.parts) for each in every]
        shown = [row for row in rows if (row.template.archived_at is not None) == archived and matches(row, words)]
        shown.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
        others = sum(1 for row in rows if (row.template.archived_at is not None) != archived)
        page = Paginator(shown, PAGE).get_page(asked.get("page"))
        say_used_by(page)
        return cls(page, words, sort, archived, others)


def matches(row: Row, words: str) -> bool:
    """Whether name or ladder have what was typed."""
    ladder = row.template.progression.called if row.template.progression else ""
    text = fold(f"{row.name} {ladder}")
    return all(word in text for word in fold(words).split())


def say_used_by(page: Page[Row]) -> None:
    """Tell each row of the page by which weekly classes it is used."""
    rows = {row.template.pk: row for row in page}
    for slot in WeeklySlot.objects.going_on().filter(template__in=list(rows)):
        row = rows[slot.template_id]
        row.used_by = ", ".join(part for part in (row.used_by, slot_words(slot)) if part)
