"""The guided checks that a gym's ladders offer its members, and what a member found in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from gym.models import Membership
from programming.models import Fault, Placement, Progression, SelfCheck, Source
from programming.models.history import records_of
from programming.practice_words import ANSWERS, ago_words, check_words
from programming.shipped import shown

# The key of what no source says.
OUR_OWN = "rung"


@dataclass(frozen=True, slots=True)
class Step:
    """What is said and shown for so many seconds."""

    key: str
    say: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Check:
    """A guided check as a page offers it, with the sources of its words."""

    progression: str
    key: str
    name: str
    summary: str
    needs: str
    steps: tuple[Step, ...]
    # The key of each question with its words.
    questions: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]

    @property
    def seconds(self) -> int:
        """How long it takes, without the answers."""
        return sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a check when it was done last; `think_of` are cues for what was answered with no."""

    when: str
    words: str
    answers: tuple[tuple[str, str], ...]
    think_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A check and what came of it last; None where the member never did it."""

    check: Check
    last: Found | None


def checks() -> list[Check]:
    """Every guided check of the present gym, ladder by ladder."""
    ladders = Progression.objects.order_by("name", "pk")
    return [read_check(ladder, each) for ladder in ladders for each in ladder.teaching.get("self_checks", [])]


def find_check(progression: str, key: str) -> Check | None:
    """One of them; None where there is no such."""
    return next((each for each in checks() if (each.progression, each.key) == (progression, key)), None)


def read_check(ladder: Progression, told: dict[str, Any]) -> Check:
    """A check as the ladder's teaching has it."""
    parts = [told, *told["steps"], *told["questions"]]
    return Check(
        progression=ladder.key,
        key=told["key"],
        name=shown(told["name"]),
        summary=shown(told["summary"]),
        needs=shown(told["needs"]),
        steps=tuple(Step(each["key"], shown(each["say"]), each["seconds"]) for each in told["steps"]),
        questions=tuple((each["key"], shown(each["asks"])) for each in told["questions"]),
        sources=tuple(dict.fromkeys(source for part in parts for source in part["sources"])),
    )


def authors_of(check: Check) -> str:
    """Whose teaching a check follows: "Tony Gentilcore and Women's Barbell Club"."""
    known = Source.objects.filter(key__in=check.sources).exclude(key=OUR_OWN)
    return get_text_list(list(known.order_by("author").values_list("author", flat=True)), _("and"))


def is_held(member: Membership) -> bool:
    """Whether pain holds the member: then nothing is to be tried alone."""
    return Placement.objects.filter(member=member, is_held=True).exists()


def offered(member: Membership, now: datetime) -> list[Offered]:
    """Every check with what the member found when they did it last."""
    known, cues = checks(), cues_of_questions()
    # A handful a month at most: the newest say it.
    done = (
        SelfCheck.objects.filter(member__in=records_of(member.pk))
        .standing()
        .select_related("progression")
        .order_by("-at")[:60]
    )
    last: dict[tuple[str, str], SelfCheck] = {}
    for each in done:
        last.setdefault((each.progression.key, each.check_key), each)
    rows = [(each, last.get((each.progression, each.key))) for each in known]
    return [Offered(check, found_in(row, cues, now) if row else None) for check, row in rows]


def cues_of_questions() -> dict[tuple[str, str], str]:
    """What helps with each question of each check, by their keys: the first cue of the fault behind it."""
    faults = dict(Fault.objects.exclude(current=None).values_list("key", "current__cue"))
    return {
        (told["key"], question["key"]): shown(faults[question["fault"]])
        for ladder in Progression.objects.all()
        for told in ladder.teaching.get("self_checks", [])
        for question in told["questions"]
        if question["fault"] in faults
    }


def found_in(row: SelfCheck, cues: dict[tuple[str, str], str], now: datetime) -> Found:
    """One result in words."""
    missed = [each["key"] for each in row.answers if each["answer"] == SelfCheck.NO]
    thought = [cues[row.check_key, key] for key in missed if (row.check_key, key) in cues]
    return Found(
        when=ago_words(row.at, now),
        words=check_words(row),
        answers=tuple((shown(each["asks"]), str(ANSWERS[each["answer"]])) for each in row.answers),
        think_of=tuple(dict.fromkeys(thought)),
    )
