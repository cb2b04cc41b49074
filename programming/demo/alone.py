"""What the people of the demo do by themselves, at home: as from their phones."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from gym.models import Gym, Membership
from programming.demo.story import Person
from programming.demo.teaching import StoryRefused, key_of
from programming.models import SelfCheck, Tap
from programming.models.practising import OwnTap
from programming.self_checks import checks

# When in the evening somebody looks at themself.
EVENING = 21


class Alone:
    """The days before today, for those of whom something is told."""

    def __init__(self, members: dict[Person, Membership], today: date, gym: Gym, chance: random.Random) -> None:
        self.members, self.today, self.gym, self.chance = members, today, gym, chance

    def live(self) -> None:
        """Everything that they did, person by person."""
        known = {each.key: each for each in checks()}
        for person, member in self.members.items():
            for days, hour, drill in person.practised:
                self._tap(member, Tap.Kind.PRACTISED, self._at(days, hour), drill=drill)
            for days, key, missed in person.checked:
                answers = {
                    question: SelfCheck.NO if question in missed else SelfCheck.YES
                    for question, _words in known[key].questions
                }
                values = {"progression": known[key].progression, "check": key, "answers": answers}
                self._tap(member, Tap.Kind.SELF_CHECK, self._at(days, EVENING), **values)

    def _at(self, days: int, hour: int) -> datetime:
        return datetime.combine(self.today - timedelta(days=days), time(hour, 30), tzinfo=self.gym.zone)

    def _tap(self, member: Membership, kind: str, at: datetime, **values: object) -> None:
        answer = OwnTap(kind=kind, by=member, values=values, key=key_of(self.chance)).record(now=at)
        if answer.refusal is not None:
            raise StoryRefused(f"{member.name}, {kind} {values}: {answer.refusal.code}")
