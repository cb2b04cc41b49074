"""The editor of a class template as a page draws it: its head, its blocks with their drills, the last change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from gym.identifiers import uuid7
from programming.choosing import Drills
from programming.forms.class_templates import BlockForm, HeadForm, NewBlockForm
from programming.forms.template_lines import LineForm
from programming.models import ClassTemplate, Equipment, WeeklySlot
from programming.models.ladder_words import LadderWords, StageWords
from programming.outline import Block, Difference, Head, Outline, differences
from programming.shipped import shown
from programming.station_words import Things, equipment_words
from programming.template_checks import Checks
from programming.template_words import slot_words


@dataclass(frozen=True)
class Group:
    """The drills of a block for everyone, or for one stage ("ladder/stage"), and the form of one more."""

    stage: str
    label: str
    colour: str
    lines: list[LineForm]
    new: LineForm


@dataclass(frozen=True)
class Card:
    """A block on the page. `theirs` is what somebody else made of it meanwhile."""

    block: Block
    form: BlockForm
    groups: list[Group]
    # The block before which it stands when it goes up or down; None: it cannot.
    up: str | None
    down: str | None
    is_open: bool = False
    # Just added: its first drill comes next.
    is_fresh: bool = False
    is_crossed: bool = False
    theirs: list[str] = field(default_factory=list)
    # For copying it: a second press makes no second copy.
    key: UUID = field(default_factory=uuid7)

    @property
    def needs(self) -> list[str]:
        """What it needs beside its drills, in words."""
        return equipment_words(self.form.things, self.block.equipment, self.block.shared)

    @property
    def summary(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Its drills in words by group: (label, colour, [(drill, dose)])."""
        return [
            (
                group.label,
                group.colour,
                [line_words(self.form.drills, line.stored) for line in group.lines if line.stored],
            )
            for group in self.groups
            if any(line.stored for line in group.lines)
        ]


@dataclass(frozen=True)
class LastChange:
    """What was changed last, by whom, and when."""

    words: str
    by: str
    at: datetime
    # The version that Undo brings back; None: there is none.
    before: int | None


class TemplatePage:
    """One template in the editor. The forms given are those that were refused; `opened` is a block to show open."""

    def __init__(
        self,
        template: ClassTemplate,
        *,
        head_form: HeadForm | None = None,
        block_form: BlockForm | None = None,
        new_form: NewBlockForm | None = None,
        opened: str = "",
        is_fresh: bool = False,
        slot: str = "",
    ) -> None:
        self.template = template
        self.outline: Outline = template.outline()
        self.drills = block_form.drills if block_form else Drills.read()
        # Every row of the gym's equipment; one kind may have several, by weight.
        self.rows = list(Equipment.objects.all())
        self.things: Things = {row.key: row for row in self.rows}
        self.words: LadderWords | None = template.progression.ladder() if template.progression else None
        self.head_form = head_form or HeadForm(initial=HeadForm.shown(self.outline.head), stored=self.outline.head)
        self.new_form = new_form or NewBlockForm(initial={"key": uuid7(), "minutes": 10})
        self.block_form, self.opened, self.is_fresh = block_form, opened, is_fresh
        # What somebody else made of the refused part meanwhile.
        self.head_crossed: Head | None = None
        self.block_crossed, self.theirs = False, list[str]()
        # The weekly class whose regulars are looked at; empty: the first.
        self.asked_slot = slot
        # For copying the template.
        self.key = uuid7()

    def cross(self, stored: Head | Block | None) -> None:
        """The refused part was changed by somebody else meanwhile: both are shown."""
        if isinstance(stored, Head):
            self.head_crossed = stored
        else:
            self.block_crossed = True
            self.theirs = block_words(stored, self.drills, self.stages, self.things) if stored else []

    @property
    def stages(self) -> dict[str, StageWords]:
        """The stages of its ladder by "ladder/stage", from the easiest up."""
        ladder = self.template.progression
        return {f"{ladder.key}/{stage.key}": stage for stage in self.words.shown} if self.words and ladder else {}

    @property
    def minutes_free(self) -> int:
        """Minutes of the class that no block has; below zero: so many too many."""
        return self.template.minutes - self.outline.planned

    @cached_property
    def slots(self) -> list[WeeklySlot]:
        """The weekly classes that are made of it."""
        return list(WeeklySlot.objects.going_on().filter(template=self.template))

    @cached_property
    def checks(self) -> Checks:
        """What is worth a look."""
        today = timezone.localdate()
        return Checks.read(self.template, self.outline, self.drills, self.words, self.slots, today, self.rows)

    @property
    def slot(self) -> WeeklySlot | None:
        """The weekly class whose regulars are looked at."""
        asked = [slot for slot in self.slots if str(slot.pk) == self.asked_slot]
        return next(iter(asked or self.slots), None)

    @property
    def slot_choices(self) -> list[tuple[str, str, bool]]:
        """The weekly classes to choose from: (id, words, whether it is this one)."""
        return [(str(slot.pk), slot_words(slot), slot == self.slot) for slot in self.slots]

    @property
    def needed(self) -> list[str]:
        """What the plan needs at the stages that this class's regulars hold today."""
        return self.checks.needed(self.slot.pk) if self.slot else []

    @property
    def used_by(self) -> str:
        """Those classes in a few words: "Tue 18:00, Thu 07:00"."""
        return ", ".join(slot_words(slot) for slot in self.slots)

    @cached_property
    def cards(self) -> list[Card]:
        """Every block; one that was refused and is gone stands at the end."""
        blocks = list(self.outline.blocks)
        refused = self.block_form.stored if self.block_form else None
        if refused and refused.id not in [block.id for block in blocks]:
            blocks.append(refused)
        return [self._card(block, place, blocks) for place, block in enumerate(blocks)]

    @property
    def timed(self) -> list[tuple[str, Card]]:
        """Every block with the minute at which it begins, as a clock counts from the start: "0:08"."""
        found, start = [], 0
        for card in self.cards:
            found.append((f"{start // 60}:{start % 60:02}", card))
            start += card.block.minutes
        return found

    def card(self, block_id: str) -> Card | None:
        """The block with that id."""
        return next((card for card in self.cards if card.block.id == block_id), None)

    def _card(self, block: Block, place: int, blocks: list[Block]) -> Card:
        is_refused = self.block_form is not None and self.block_form.stored.id == block.id
        form = self.block_form if is_refused and self.block_form else self._block_form(block)
        later = blocks[place + 2].id if place + 2 < len(blocks) else ""
        return Card(
            block=block,
            form=form,
            groups=self._groups(form),
            up=blocks[place - 1].id if place else None,
            down=later if place + 1 < len(blocks) else None,
            is_open=is_refused or block.id == self.opened,
            is_fresh=self.is_fresh and block.id == self.opened,
            is_crossed=is_refused and self.block_crossed,
            theirs=self.theirs if is_refused else [],
        )

    def _block_form(self, block: Block) -> BlockForm:
        return BlockForm(block=block, drills=self.drills, things=self.things)

    def _groups(self, form: BlockForm) -> list[Group]:
        lines = [line for line in form.lines if line["drill"].value()]
        named = {"": (_("Everyone"), "")} | {key: (each.short_name, each.colour) for key, each in self.stages.items()}
        for line in lines:
            stage = str(line["stage"].value() or "")
            # Of another ladder, or taught no more.
            named.setdefault(stage, (stage.rpartition("/")[2], ""))
        return [
            Group(
                stage=stage,
                label=label,
                colour=colour,
                lines=[line for line in lines if str(line["stage"].value() or "") == stage],
                new=new_line(form, stage, lines),
            )
            for stage, (label, colour) in named.items()
        ]

    @cached_property
    def last(self) -> LastChange | None:
        """The last change; None where nobody ever made one."""
        newest = self.template.revisions.select_related("actor").order_by("-number").first()
        if newest is None:
            return None
        earlier = self.template.revisions.filter(number=newest.number - 1).first()
        words = change_words(differences(earlier.read(), newest.read()) if earlier else ())
        return LastChange(words, newest.actor.short_name if newest.actor else "", newest.at, newest.before)


def new_line(block: BlockForm, stage: str, lines: list[LineForm]) -> LineForm:
    """The empty form of one more drill for that stage.

    It has another id once a drill was added there, and the same until then, so that what is typed into it stays.
    """
    there = [line.line_id for line in lines if str(line["stage"].value() or "") == stage]
    form = LineForm(None, str(uuid5(block.block_id, " ".join([stage, *there]))), None, block.drills)
    form.initial["stage"] = stage
    return form


def line_words(drills: Drills, line: Any) -> tuple[str, str]:
    """A drill with its dose, in words."""
    own = drills.by_key.get(line.drill)
    return drills.name(line.drill), shown(str(line.dose.get("text", ""))) or (own.dose if own else "")


def block_words(block: Block, drills: Drills, stages: dict[str, StageWords], things: Things) -> list[str]:
    """A block in a few lines, for comparing."""
    lines = [f"{shown(block.title)}, {_('%(minutes)s min') % {'minutes': block.minutes}}"]
    for line in block.lines:
        words = " · ".join(part for part in line_words(drills, line) if part)
        label = stages[line.stage].short_name if line.stage in stages else line.stage.rpartition("/")[2]
        lines.append(f"{label}: {words}" if line.stage else words)
    if block.is_ladder:
        lines.append(_("The board is the screen of this block"))
    lines += equipment_words(things, block.equipment, block.shared)
    return [*lines, *([shown(block.notes)] if block.notes else [])]


def change_words(found: Iterable[Difference]) -> str:
    """What a change did, in a few words; empty where nothing stands to be compared: it was made."""
    said = {
        "head": _("name, minutes, ladder or notes"),
        "added": _("%(titles)s added"),
        "removed": _("%(titles)s taken away"),
        "changed": _("%(titles)s changed"),
        "moved": _("blocks in another order"),
    }
    titles = [
        said[each.kind] % {"titles": get_text_list([shown(title) for title in each.titles], _("and"))} for each in found
    ]
    return " · ".join(titles) or _("made")
