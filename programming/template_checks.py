"""The checks of a class template, ready for a page: what is known of its drills, stages, slots and the gym's things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from programming.checking import BlockFacts, DrillFacts, Facts, Finding, SlotFacts, StageFacts, check, needed
from programming.choosing import Drills
from programming.models import ClassTemplate, Equipment, Placement, WeeklySlot
from programming.models.ladder_words import LadderWords, StageWords
from programming.models.regulars import regulars_by_slot
from programming.models.standing_json import from_json
from programming.outline import Outline
from programming.station_words import Things, thing_words
from programming.stations import Person
from programming.template_words import Said, say


@dataclass(frozen=True)
class Checks:
    """What was found in a template, and what it needs. Two questions of the database: regulars, their stages."""

    outline: Outline
    drills: Drills
    words: LadderWords | None
    slots: list[WeeklySlot]
    facts: Facts
    things: Things

    @classmethod
    def read(
        cls,
        template: ClassTemplate,
        outline: Outline,
        drills: Drills,
        words: LadderWords | None,
        slots: list[WeeklySlot],
        today: date,
        rows: list[Equipment],
    ) -> Checks:
        """The checks of that template with the regulars of these slots and the gym's equipment."""
        ladder = template.progression.key if template.progression else ""
        facts = Facts(
            minutes=template.minutes,
            blocks=tuple(
                BlockFacts(
                    block.id,
                    block.minutes,
                    tuple((line.stage, line.drill) for line in block.lines),
                    tuple(block.equipment.items()),
                    tuple(block.shared.items()),
                )
                for block in outline.blocks
            ),
            drills={
                each.key: DrillFacts(each.key, each.loads, each.corrects, each.is_retired, each.needs)
                for each in drills.by_key.values()
            },
            stages=tuple(stage_facts(ladder, stage, words) for stage in words.shown) if words else (),
            slots=tuple(with_regulars(template, words, slots, today)),
            owned={(row.key, row.grams): row.owned for row in rows},
        )
        return cls(outline, drills, words, slots, facts, {row.key: row for row in rows})

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is worth a look."""
        return check(self.facts)

    @cached_property
    def said(self) -> list[Said]:
        """The same in words, what goes wrong before what may be meant."""
        said = [say(finding, self) for finding in self.findings]
        return sorted(said, key=lambda each: each.is_note)

    def needed(self, slot_id: UUID) -> list[str]:
        """What is needed at the stages that the regulars of that slot hold today, in words."""
        slot = next((each for each in self.facts.slots if each.id == str(slot_id)), None)
        found = needed(self.facts, slot) if slot else {}
        return [thing_words(self.things, kind, grams, count) for (kind, grams), count in found.items() if count]

    def stage(self, key: str) -> StageWords | None:
        """A stage of the ladder by "ladder/stage"."""
        return self.words.stages.get(key.rpartition("/")[2]) if self.words else None


def stage_facts(ladder: str, stage: StageWords, words: LadderWords) -> StageFacts:
    """What is known of a stage."""
    rung = next(each for each in words.ladder.stages if each.key == stage.key)
    passed_at = rung.setting.pass_at if rung.setting else None
    reaches = rung.setting is None or passed_at is None or rung.setting.minimum <= passed_at <= rung.setting.maximum
    taught = tuple(key for key in stage.drills if key not in rung.untaught)
    return StageFacts(f"{ladder}/{stage.key}", stage.loads, taught, stage.needs, reaches)


def with_regulars(
    template: ClassTemplate, words: LadderWords | None, slots: Iterable[WeeklySlot], today: date
) -> Iterable[SlotFacts]:
    """The weekly classes with their regulars, where each of these stands on the template's ladder today."""
    every = list(slots)
    regulars = regulars_by_slot(every, today)
    members = {member for theirs in regulars.values() for member in theirs}
    placed = Placement.objects.filter(member__in=members, progression=template.progression_id)
    standings = dict(placed.values_list("member_id", "standing")) if members else {}
    ladder = template.progression.key if template.progression else ""
    for slot in every:
        people = [person_of(member, standings.get(member, {}), ladder, words) for member in regulars[slot.pk]]
        yield SlotFacts(str(slot.pk), slot.minutes, tuple(people))


def person_of(member: UUID, kept: dict[str, object], ladder: str, words: LadderWords | None) -> Person:
    """A regular as the stations see them."""
    standing = from_json(kept)
    stage = words.stages.get(standing.stage or "") if words else None
    grams = standing.setting if stage and stage.quantity == "load" else None
    return Person(member, f"{ladder}/{stage.key}" if stage else None, grams, held=standing.held)
