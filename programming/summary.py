"""What a class came to, for the page that is read and printed when it is over: in the words of then, and no ranking.

It is made of what was taught, seen and decided in this class alone, by its revisions: whatever becomes of template,
drill, ladder and stage later, it reads the same. Coaches' notes and where it hurts are not on it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from programming.history_words import from_to, seen_words
from programming.models import Assessment, AssessmentFault, Attendance, ClassSession, Hold, StageMove
from programming.models.assessments import held_at
from programming.models.stepping import taught
from programming.on_roster import OnRoster, on_roster, told_apart
from programming.plan import Block, read_plan
from programming.shipped import shown, shown_plan


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the roster: what was seen of them in this class, and where they moved."""

    name: str
    seen: str
    moves: str
    is_held: bool
    # Somebody may be seen, and be set to "not here" afterwards.
    is_here: bool


@dataclass(frozen=True, slots=True)
class TaughtBlock:
    """A block as it was taught: minutes as planned and as taken, None where it was never started."""

    block: Block
    drills: str
    taken: int | None


@dataclass(frozen=True)
class Summary:
    """A class after it is over. People stand in the order of the alphabet."""

    session: ClassSession
    # Of whom something was seen or decided in this class.
    people: list[Person]
    # Here, but nothing was said of them. Whom an earlier pain held is named as held.
    unseen: list[str]
    absent: list[str]
    blocks: list[TaughtBlock]

    @classmethod
    def read(cls, session: ClassSession, at: datetime) -> Summary:
        """The summary of that class, as it stands at that time; the same number of questions for 1 and for 40."""
        roster = on_roster(session.pk, session.progression_id)
        names = told_apart(roster)
        seen, moves, held = seen_in(session), moved_in(session), held_in(session)
        told = {*seen, *moves, *held}
        unseen = [each.member_id for each in roster if each.is_here and each.member_id not in told]
        still = held_at(unseen, min(at, session.over_at))
        return cls(
            session,
            [
                Person(
                    names[each.member_id],
                    "; ".join(seen.get(each.member_id, [])),
                    "; ".join(moves.get(each.member_id, [])),
                    each.member_id in held,
                    each.is_here,
                )
                for each in roster
                if each.member_id in told
            ],
            [_("%(name)s (held)") % {"name": names[each]} if each in still else names[each] for each in unseen],
            [names[each.member_id] for each in roster if is_absent(each)],
            taught_in(session, at),
        )

    @property
    def here(self) -> int:
        """How many came, as the board counts them."""
        return sum(1 for person in self.people if person.is_here) + len(self.unseen)

    @property
    def seen(self) -> int:
        """How many of them were seen: to be placed is not to be seen."""
        return sum(1 for person in self.people if person.is_here and (person.seen or person.is_held))


def is_absent(person: OnRoster) -> bool:
    """Whether they were expected and did not come."""
    return person.state in (Attendance.State.EXPECTED, Attendance.State.NO_SHOW)


def seen_in(session: ClassSession) -> dict[UUID, list[str]]:
    """What was seen of each, in order; the same twice is counted."""
    # By the taps of the class: that is how these rows can be found.
    of_class = Assessment.objects.filter(tap__session=session).standing()
    assessed = list(of_class.select_related("stage", "drill__drill").order_by("at", "tap__key"))
    faults: dict[UUID, list[str]] = defaultdict(list)
    chips = AssessmentFault.objects.filter(assessment__in=[each.pk for each in assessed]).standing()
    for chip in chips.select_related("fault").order_by("at", "order"):
        faults[chip.assessment_id].append(shown(chip.fault.name))
    said: dict[UUID, Counter[str]] = defaultdict(Counter)
    for each in assessed:
        named, rest = seen_words(each, faults[each.pk])
        said[each.member_id][f"{named} {rest}".strip()] += 1
    return {
        member_id: [f"{words} ×{count}" if count > 1 else words for words, count in counts.items()]
        for member_id, counts in said.items()
    }


def moved_in(session: ClassSession) -> dict[UUID, list[str]]:
    """The changes of stage of each, in order, with their reasons as judged then."""
    moves: dict[UUID, list[str]] = defaultdict(list)
    made = StageMove.objects.filter(tap__session=session, kind=StageMove.Kind.STAGE).standing()
    for move in made.select_related("from_stage", "to_stage").order_by("at", "tap__key"):
        moves[move.member_id].append(from_to(move))
    return dict(moves)


def held_in(session: ClassSession) -> set[UUID]:
    """Who said in this class that something hurts."""
    return set(Hold.objects.filter(tap__session=session).standing().values_list("member_id", flat=True))


def taught_in(session: ClassSession, at: datetime) -> list[TaughtBlock]:
    """The plan as taught."""
    taken = minutes_taken(taught(session), min(at, session.over_at))
    return [
        TaughtBlock(
            block, drill_words(block), round(taken[block.id] / timedelta(minutes=1)) if block.id in taken else None
        )
        for block in shown_plan(read_plan(session.plan))
    ]


def minutes_taken(starts: tuple[tuple[int, datetime], ...], end: datetime) -> dict[int, timedelta]:
    """How long each block ran: from each of its starts to the start of another, or to the end."""
    ends = [*(start for _block, start in starts[1:]), end]
    taken: dict[int, timedelta] = defaultdict(timedelta)
    for (block_id, start), ended in zip(starts, ends, strict=True) if starts else ():
        taken[block_id] += max(ended - start, timedelta())
    return dict(taken)


def drill_words(block: Block) -> str:
    """The drills of a block in one line, with what they stood in for."""
    said: list[Any] = []
    for drill in block.drills:
        words = f"{drill.stage_name}: {drill.name}" if drill.stage_name else drill.name
        if drill.instead_of:
            words = _("%(drill)s (instead of %(other)s)") % {"drill": words, "other": drill.instead_of.name}
        said.append(words)
    return " · ".join(said)
