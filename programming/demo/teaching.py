"""How the coaches of the demo teach: what they see of each person becomes taps, as from a board."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gym.models import Membership
from programming import ladder
from programming.demo.story import CLEAN, SAME, Person, Said, fault, stage
from programming.models import ClassSession, Placement, Tap
from programming.models.recording import ScreenTap


class StoryRefused(RuntimeError):
    """A rule of the ladder says no to what the demo tells: the story is wrong, not the rule."""


class Teaching:
    """One class being taught: a coach, a clock that runs from tap to tap, and chance that is always the same."""

    def __init__(
        self, session: ClassSession, coach: Membership, chance: random.Random, *, clock: datetime, pace: timedelta
    ) -> None:
        self.session, self.coach, self.chance = session, coach, chance
        self.clock, self.pace = clock, pace
        self.words = session.progression.ladder()

    def say(self, member: Membership, said: Said) -> UUID:
        """One tap, as a screen sends it; answers its key. Raises StoryRefused where a rule says no."""
        self.clock += self.pace
        values: dict[str, Any] = dict(said.values)
        if said.kind == Tap.Kind.FAULT:
            values["opening"] = str(self._uuid())
        tap = ScreenTap(kind=said.kind, member_id=member.pk, by=self.coach, values=values, key=self._uuid())
        refusal = self.session.record_tap(tap, now=self.clock).refusal
        if refusal is not None:
            raise StoryRefused(f"{member.name}, {said.kind} {said.values}: {refusal.code}")
        return tap.key

    def _uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def standing(self, member: Membership) -> ladder.Standing:
        """Where the member stands now."""
        placement = Placement.objects.filter(member=member, progression=self.session.progression).first()
        return placement.position if placement else ladder.Standing()

    def visit(self, member: Membership, person: Person, number: int, *, is_last: bool) -> None:
        """Everything that is tapped of one person in one class; `number` counts their classes from 0."""
        standing = self.standing(member)
        if standing.stage is None:
            self.say(member, stage(person.start))
        for said in person.besides.get(number, ()):
            self.say(member, said)
        if is_last and person.last:
            for said in person.last:
                if not self._holds_already(member, said):
                    self.say(member, said)
            return
        if self.standing(member).held:
            self.say(member, Said(Tap.Kind.ATTENDANCE, {"state": "here"}))
            return
        self._follow_suggestion(member, person)
        for _set in range(1 if self.chance.random() < 0.5 else 2):
            self._observe(member, person)
            # One after the other, not faster than a set takes.
            self.clock += ladder.SLIP

    def _holds_already(self, member: Membership, said: Said) -> bool:
        """Whether a wanted state holds, so that no coach would tap it."""
        standing = self.standing(member)
        if said.kind == Tap.Kind.STAGE:
            return standing.stage == said.values["stage"]
        if said.kind == Tap.Kind.SETTING:
            return standing.setting == said.values["setting"]
        if said.kind == Tap.Kind.DRILL:
            return standing.drill == said.values["drill"]
        return False

    def _follow_suggestion(self, member: Membership, person: Person) -> None:
        """Mostly the coach does what the rules suggest."""
        rungs, standing = self.words.ladder, self.standing(member)
        suggestion = ladder.suggest(rungs, standing)
        if person.comes_down and rungs.height(standing.stage) > 0 and standing.faults and self.chance.random() < 0.5:
            below = rungs.stages[rungs.height(standing.stage) - 1]
            self.say(member, stage(below.key))
        elif suggestion is None or self.chance.random() < 0.1:
            return
        elif suggestion.kind == "correct":
            if suggestion.drill and self.chance.random() < 0.6:
                values = {"drill": suggestion.drill, "wanted": True, "fault": suggestion.fault}
                self.say(member, Said(Tap.Kind.ASSIGN, values))
        elif suggestion.kind == "stage":
            self.say(member, stage(suggestion.stage or ""))
        elif suggestion.kind == "drill":
            self.say(member, Said(Tap.Kind.DRILL, {"stage": standing.stage, "drill": suggestion.drill}))
        elif suggestion.kind == "setting":
            self.say(member, Said(Tap.Kind.SETTING, {"stage": standing.stage, "setting": suggestion.setting}))

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
