"""How the coaches of the demo teach: what they see of each person becomes taps, as from a board."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from gym.models import Membership
from programming import ladder, steps
from programming.demo.story import CLEAN, SAME, Person, Said, assign, fault, stage
from programming.models import ClassSession, Placement, StageMove, Tap
from programming.models.recording import ScreenTap
from programming.models.stepping import PlanTap
from programming.models.tap_kinds import assigned_drills
from programming.plan import read_plan


class StoryRefused(RuntimeError):
    """A rule of the ladder says no to what the demo tells: the story is wrong, not the rule."""


def chance_of(*words: object) -> random.Random:
    """Chance that falls the same way each time for the same words."""
    return random.Random(" ".join(str(word) for word in words))  # noqa: S311 - a story, no secret


def key_of(chance: random.Random) -> UUID:
    """The key of the next tap."""
    return UUID(int=chance.getrandbits(128), version=4)


def start_blocks(session: ClassSession, chance: random.Random, *, until: datetime) -> None:
    """The coach starts each block of the plan when the plan has it begin; a class that nobody coaches has no clock."""
    at = session.starts_at
    for block in read_plan(session.plan) if session.coach else ():
        if at <= until:
            tap = PlanTap(wanted=steps.BLOCK, by=session.coach, values={"block": block.id}, key=key_of(chance))
            session.record_step(tap, now=at)
        at += timedelta(minutes=block.minutes)


class Teaching:
    """One class being taught by its coach; the clock moves on by `pace` from tap to tap."""

    def __init__(self, session: ClassSession, chance: random.Random, *, clock: datetime, pace: timedelta) -> None:
        if session.coach is None or session.progression is None:
            raise ValueError(f"{session.name} has no coach to tap, or no ladder.")
        self.session, self.coach, self.progression = session, session.coach, session.progression
        self.chance, self.clock, self.pace = chance, clock.astimezone(UTC), pace
        self.words = self.progression.ladder()
        # Where people stand, as far as it was read since their last tap.
        roster = Placement.objects.filter(progression=self.progression, member__attendances__session=session)
        self.known = {placement.member_id: placement.position for placement in roster}

    def say(self, member: Membership, said: Said) -> UUID:
        """One tap, as a screen sends it; answers its key. Raises StoryRefused where a rule says no."""
        self.clock += self.pace
        self.known.pop(member.pk, None)
        values: dict[str, Any] = dict(said.values)
        if said.kind == Tap.Kind.FAULT:
            values["opening"] = str(key_of(self.chance))
        tap = ScreenTap(kind=said.kind, member_id=member.pk, by=self.coach, values=values, key=key_of(self.chance))
        refusal = self.session.record_tap(tap, now=self.clock).refusal
        if refusal is not None:
            raise StoryRefused(f"{member.name}, {said.kind} {said.values}: {refusal.code}")
        return tap.key

    def standing(self, member: Membership) -> ladder.Standing:
        """Where the member stands now."""
        if member.pk not in self.known:
            placement = Placement.objects.filter(member=member, progression=self.progression).first()
            self.known[member.pk] = placement.position if placement else ladder.Standing()
        return self.known[member.pk]

    def visit(self, member: Membership, person: Person, number: int, *, is_last: bool) -> None:
        """Everything that is tapped of one person in one class; `number` counts their classes from 0."""
        if self.standing(member).stage is None:
            self.say(member, stage(person.start))
        for said in person.besides.get(number, ()):
            self.say(member, said)
        if is_last and person.last:
            for said in person.last:
                if not self._holds_already(member, said):
                    self.say(member, said)
        elif not self.standing(member).held:
            self._train(member, person)

    def _train(self, member: Membership, person: Person) -> None:
        """What the coach would do next, then one or two sets."""
        before = self.standing(member).stage
        wanted = self._wanted(self.standing(member))
        if wanted and not self._holds_already(member, wanted):
            self.say(member, wanted)
            if wanted.kind == Tap.Kind.STAGE and before and person.comes_down and not self._came_down(member):
                self.say(member, fault(self._fault_at(wanted.values["stage"], person)))
                self.say(member, stage(before))
        for _set in range(self.chance.choice((1, 1, 2))):
            self._observe(member, person)
            # A set takes its time.
            self.clock += ladder.SLIP

    def _came_down(self, member: Membership) -> bool:
        return StageMove.objects.filter(member=member, reason=StageMove.Reason.DOWN).exists()

    def _holds_already(self, member: Membership, said: Said) -> bool:
        """Whether what is wanted is so already, and no coach would tap it."""
        match said.kind:
            case Tap.Kind.STAGE | Tap.Kind.SETTING | Tap.Kind.DRILL:
                there: bool = getattr(self.standing(member), said.kind) == said.values[said.kind]
                return there
            case Tap.Kind.ASSIGN:
                return assigned_drills(member.pk).filter(drill__drill__key=said.values["drill"]).exists()
        return False

    def _wanted(self, standing: ladder.Standing) -> Said | None:
        """What the rules suggest; not every coach follows them every time."""
        suggestion = ladder.suggest(self.words.ladder, standing)
        if suggestion is None or self.chance.random() < 0.1:
            return None
        here = {"stage": standing.stage}
        match suggestion.kind:
            case "correct" if suggestion.drill and suggestion.fault:
                return assign(suggestion.drill, suggestion.fault)
            case "stage":
                return stage(suggestion.stage or "")
            case "drill":
                return Said(Tap.Kind.DRILL, {**here, "drill": suggestion.drill})
            case "setting":
                return Said(Tap.Kind.SETTING, {**here, "setting": suggestion.setting})
        return None

    def _observe(self, member: Membership, person: Person) -> None:
        """One set: clean, a fault, or the same as before; now and then a tap that is taken back."""
        standing = self.standing(member)
        roll = self.chance.random()
        if roll < 0.06:
            self.say(member, SAME)
        elif roll < 0.06 + person.skill and not self._is_too_much(standing, person):
            self.say(member, CLEAN)
        else:
            if self.chance.random() < 0.05:
                mistaken = self.say(member, CLEAN)
                self.say(member, Said(Tap.Kind.UNDO, {"undone": str(mistaken)}))
            self.say(member, fault(self._fault_at(standing.stage or "", person)))

    def _is_too_much(self, standing: ladder.Standing, person: Person) -> bool:
        """Whether one more clean set would earn a stage above the person's top."""
        one_more = ladder.suggest(self.words.ladder, replace(standing, clean=standing.clean + 1))
        return standing.stage == person.top and one_more is not None and one_more.kind == "stage"

    def _fault_at(self, key: str, person: Person) -> str:
        """A fault of that stage's sheet, mostly one the person tends to."""
        sheet = self.words.stages[key].faults
        usual = [each for each in person.weak if each in sheet]
        if usual and self.chance.random() < 0.7:
            return usual[0]
        return self.chance.choice(sheet)
