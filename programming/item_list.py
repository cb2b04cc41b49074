"""The tables of the gym's drills and of its faults: found, sorted and paged by the address.

They ask as much of the database for five thousand drills as for fifty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from gym.models import fold
from programming.following import FOLLOWED, LEFT, OWN, shipped, state_of
from programming.models import Drill, Equipment, Fault, Source, Stage
from programming.shipped import shown, within

PAGE = 50
# What the tables can be sorted by; a minus before it turns it round.
SORTED_BY = ("name", "stage", "changed")
# After every stage stands what is of none.
OF_NO_STAGE = 1_000_000
# What a filter looks at, and what only one way to sort does.
LISTS = {"equipment": "current__equipment", "fault": "current__corrects", "source": "current__sources"}
WRITTEN = "current__written_at"


@dataclass(frozen=True)
class Rung:
    """A stage that is taught, with the keys of the drills or faults that it lists."""

    pk: UUID
    ladder: str
    name: str
    listed: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What the gym has to filter by and to name: stages in their order, and things, faults, sources by key."""

    rungs: list[Rung]
    things: dict[str, str]
    others: dict[str, str]
    sources: dict[str, str]

    @classmethod
    def read(cls, model: type[Drill | Fault]) -> Known:
        """Four questions of the database. For faults, the drills that correct them are named page by page."""
        listed = "drills" if model is Drill else "faults"
        rows = Stage.objects.filter(retired_at=None, progression__retired_at=None).exclude(current=None)
        rows = rows.select_related("progression", "current")
        rungs = [
            Rung(row.pk, row.progression.called, shown(str(row)), tuple(getattr(row.current, listed)))
            for row in rows.order_by("progression__name", "progression_id", "position")
        ]
        things = Equipment.objects.filter(grams=0).values_list("key", "name") if model is Drill else ()
        faults = Fault.objects.exclude(current=None).values_list("key", "current__name") if model is Drill else ()
        sources = Source.objects.order_by("author", "title").values_list("key", "author", "title")
        return cls(
            rungs=rungs,
            things={key: shown(name) for key, name in things},
            others=dict(sorted(((key, shown(name)) for key, name in faults), key=lambda each: fold(each[1]))),
            sources={key: f"{author}, {title}" for key, author, title in sources},
        )

    @property
    def stage_choices(self) -> list[Any]:
        """The stages as a field offers them: by ladder."""
        by_ladder: dict[str, list[tuple[str, str]]] = {}
        for rung in self.rungs:
            by_ladder.setdefault(rung.ladder, []).append((str(rung.pk), rung.name))
        return list(by_ladder.items())

    def stages_of(self, key: str) -> list[str]:
        """The names of the stages that list it."""
        return [rung.name for rung in self.rungs if key in rung.listed]


@dataclass(frozen=True)
class Line:
    """A drill or fault in the table."""

    item: Any
    name: str
    stages: list[str]
    state: str
    # The names of the faults it corrects, or of the drills that correct it.
    others: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    @property
    def dose(self) -> str:
        """How much of a drill."""
        return shown(self.item.words.dose.get("text", ""))

    @property
    def cue(self) -> str:
        """What a coach says to a fault."""
        return shown(self.item.words.cue)


def page_of(model: type[Drill | Fault], known: Known, asked: Mapping[str, Any], sort: str, number: str) -> Page[Any]:
    """One page of those that the address asks for, as ids; the last one where there is none of that number."""
    by, words = sort.removeprefix("-"), fold(asked.get("q", "")).split()
    place = {key: place for place, rung in reversed(list(enumerate(known.rungs))) for key in rung.listed}
    rows = []
    for row in found(model, asked, by):
        # As it is read, which is what is looked through and sorted.
        name = fold(shown(row["current__name"]))
        if all(word in name for word in words) and fits(row, known, asked):
            first = {"stage": place.get(row["key"], OF_NO_STAGE), "changed": row.get(WRITTEN)}.get(by, 0)
            rows.append((first, name, row["pk"]))
    rows.sort(reverse=sort.startswith("-"))
    return Paginator([pk for _first, _name, pk in rows], PAGE).get_page(number)


def found(model: type[Drill | Fault], asked: Mapping[str, Any], by: str) -> Iterable[dict[str, Any]]:
    """Those that the database can tell, each with only what else is looked at."""
    rows = model.objects.exclude(current=None).filter(retired_at__isnull=not asked.get("retired"))
    ours, state = list(shipped().of(model)), asked.get("state")
    if state == OWN:
        rows = rows.exclude(key__in=ours).filter(follows_shipped=False)
    elif state:
        rows = rows.filter(key__in=ours)
        rows = rows if state == "shipped" else rows.filter(follows_shipped=state == FOLLOWED)
    looked_at = [column for name, column in LISTS.items() if asked.get(name)] + ([WRITTEN] if by == "changed" else [])
    return rows.order_by().values("pk", "key", "current__name", *looked_at)


def fits(row: Mapping[str, Any], known: Known, asked: Mapping[str, Any]) -> bool:
    """Whether one is of the stage, and has the equipment, fault and source that were asked for."""
    stage = asked.get("stage", "")
    if stage == "none" and any(row["key"] in rung.listed for rung in known.rungs):
        return False
    if stage not in ("", "none") and not any(str(r.pk) == stage and row["key"] in r.listed for r in known.rungs):
        return False
    return all(asked[name] in row[column] for name, column in LISTS.items() if asked.get(name))


def lines(model: type[Drill | Fault], page: Page[Any], known: Known) -> list[Line]:
    """The rows of a page, read whole."""
    ids = list(page.object_list)
    items: dict[UUID, Any] = model.objects.select_related("current").in_bulk(ids)
    rows = [items[pk] for pk in ids]
    names = known.others
    if model is Fault:
        keys = {key for row in rows for key in row.words.drills}
        drills = Drill.objects.filter(key__in=keys).exclude(current=None).values_list("key", "current__name")
        names = {key: shown(name) for key, name in drills}
    return [
        Line(
            item=row,
            name=shown(row.words.name),
            stages=known.stages_of(row.key),
            state=state_words(state_of(row)),
            others=[names[key] for key in getattr(row.words, row.names_others) if key in names],
            needs=needs_words(row.words.equipment, known.things) if isinstance(row, Drill) else [],
        )
        for row in rows
    ]


def needs_words(needs: Mapping[str, int], things: Mapping[str, str]) -> list[str]:
    """What one person needs: "dowel", "2 × band"."""
    named = [(within(things.get(key, key)), count) for key, count in needs.items()]
    return [name if count == 1 else f"{count} × {name}" for name, count in named]


def state_words(state: str) -> str:
    """Whether it follows the shipped one, in words."""
    return {FOLLOWED: _("shipped"), LEFT: _("shipped, changed here"), OWN: _("the gym’s own")}[state]
