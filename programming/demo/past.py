"""The weeks before today: which classes there were and who came."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from programming.demo.people import FOUNDATIONS, House, Slot
from programming.demo.story import Person

# An early class, for whom the week's own would be seen on the wrong day.
EARLY = 7


@dataclass
class Lesson:
    """One class of the past, and who stood in it. `slot` is None for one that nobody had planned."""

    day: date
    hour: int
    minute: int
    template: str
    coach: int
    slot: Slot | None = None
    people: list[Person] = field(default_factory=list)
    # On the roster, but did not come.
    absent: list[Person] = field(default_factory=list)


def past_lessons(house: House, today: date, chance: random.Random) -> list[Lesson]:
    """Every class of the weeks before today in order, with its people."""
    lessons = calendar(house, today)
    regulars = {
        person: chance.sample(house.slots, k=min(len(house.slots), chance.choice((1, 2, 2)))) for person in house.people
    }
    for lesson in lessons:
        fill(lesson, house, (today - lesson.day).days, regulars, chance)
    see_lately(house, lessons, today)
    return lessons


def calendar(house: House, today: date) -> list[Lesson]:
    """The weekly classes, and an early one on the day somebody of the running class was last seen."""
    lessons = []
    for ago in range(house.weeks * 7, 0, -1):
        day = today - timedelta(days=ago)
        slots = [slot for slot in house.slots if slot.weekday == day.weekday()]
        last_seen = any(person.is_on and person.away == ago for person in house.people)
        if last_seen and not any(slot.starts.hour == EARLY for slot in slots):
            lessons.append(Lesson(day, EARLY, 0, FOUNDATIONS, len(house.coaches) - 1))
        lessons += [
            Lesson(day, slot.starts.hour, slot.starts.minute, slot.template, slot.coach, slot)
            for slot in sorted(slots, key=lambda slot: slot.starts)
        ]
    return lessons


def fill(lesson: Lesson, house: House, ago: int, regulars: dict[Person, list[Slot]], chance: random.Random) -> None:
    """Decide who comes: the slot's regulars mostly, then others until there are enough."""
    # Who has been away since that day came to its early class last.
    last_seen = [person for person in house.people if person.away == ago and lesson.hour == EARLY]
    coming = [person for person in house.people if person.away < ago <= person.weeks * 7] + last_seen
    chance.shuffle(coming)
    coming.sort(key=lambda person: (person not in last_seen, lesson.slot not in regulars[person]))
    enough = chance.randint(house.at_least, house.at_most)
    for person in coming:
        if len(lesson.people) >= enough:
            break
        if person in last_seen or chance.random() < 0.88:
            lesson.people.append(person)
        elif len(lesson.absent) < 2 and lesson.slot in regulars[person]:
            lesson.absent.append(person)


def see_lately(house: House, lessons: list[Lesson], today: date) -> None:
    """Let everybody of the running class, but for those who were away, have come within ten days."""
    lately = [lesson for lesson in lessons if today - lesson.day <= timedelta(days=10)]
    for person in house.people:
        if not person.is_on or person.away or not person.weeks or any(person in each.people for each in lately):
            continue
        emptiest = min(lately, key=lambda lesson: len(lesson.people))
        emptiest.people.append(person)
        emptiest.absent = [each for each in emptiest.absent if each is not person]
