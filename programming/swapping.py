"""Which drill may stand in another's place today: the likely ones first, under plain headings, and all the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from programming.models import BlockDrill, Drill
from programming.plan import Block, find
from programming.plan import BlockDrill as PlannedDrill
from programming.plan_page import PlanPage
from programming.shipped import shown, within

# A drill to choose: its key, name and dose.
Choice = tuple[str, str, str]

# From so many drills on they can be looked for by typing.
MANY = 12


@dataclass(frozen=True)
class Swap:
    """The drills to choose from for a place of a block, in groups: (heading, drills)."""

    block: Block
    place: int
    present: PlannedDrill
    groups: list[tuple[str, list[Choice]]]

    @property
    def are_many(self) -> bool:
        """Whether looking through them takes longer than typing."""
        return sum(len(drills) for _words, drills in self.groups) >= MANY

    @classmethod
    def read(cls, page: PlanPage, block_id: int, place: int) -> Swap | None:
        """The choice at that place; None where the plan has none (any more)."""
        block = find(page.running.plan, block_id)
        if block is None or not 0 <= place < len(block.drills):
            return None
        present = block.drills[place]
        may_be_chosen = Q(retired_at=None) & Q(current__isnull=False)
        drills = Drill.objects.filter(may_be_chosen).select_related("current").order_by("current__name")
        on_offer = {drill.key: choice_of(drill) for drill in drills if drill.key != present.drill}
        groups: list[tuple[str, list[Choice]]] = []
        if present.instead_of:
            # Back to the drill of the plan, also where the gym has retired it since.
            first = present.instead_of
            groups.append((_("As planned"), [(first.drill, first.name, first.dose_text)]))
        for words, keys in likely(page, block, present):
            chosen = [on_offer.pop(key) for key in dict.fromkeys(keys) if key in on_offer]
            groups.append((words, chosen))
        groups = [(words, chosen) for words, chosen in groups if chosen]
        rest = list(on_offer.values())
        if rest:
            groups.append((_("Other drills") if groups else _("Drills"), rest))
        return cls(block, place, present, groups)


def likely(page: PlanPage, block: Block, present: PlannedDrill) -> Iterator[tuple[str, Iterable[str]]]:
    """Headings with the keys of drills, the likeliest first: those of the stage, those that the gym's plans give to the
    stage, those that they give to blocks of this name, and for a drill of no stage the others of none.
    """
    given = BlockDrill.objects.values_list("block__title", "stage__key", "drill__key")
    planned = list(given.order_by("drill__current__name", "drill__key"))
    stage = page.words.stages.get(present.stage or "")
    if stage:
        yield stage.name, stage.drills
        yield (
            _("Also given to %(stage)s") % {"stage": within(stage.short_name)},
            [drill for _title, key, drill in planned if key == present.stage],
        )
    yield (
        _("In blocks called %(title)s") % {"title": block.title},
        [drill for title, _stage, drill in planned if shown(title) == block.title],
    )
    if not stage:
        of_stages = {drill for each in page.words.stages.values() for drill in each.drills}
        yield _("Of no stage"), [drill for drill in page.words.drills if drill not in of_stages]


def choice_of(drill: Drill) -> Choice:
    """A drill of the library as it is chosen."""
    words = drill.words
    return drill.key, shown(words.name), shown(words.dose.get("text", ""))
