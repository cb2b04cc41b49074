"""What a member says they did between classes, as their coaches read it: newest first and page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from programming.history_words import day_words
from programming.member_history import Line, Pages, Place, newest, page_of
from programming.models import Practice, SelfCheck
from programming.models.history import records_of
from programming.practice_words import ANSWERS, check_words
from programming.shipped import shown

# Lines of a page.
PRACTISED, CHECKED = 10, 5


@dataclass(frozen=True, slots=True)
class Checked:
    """A self-check: what was found, and each question with its answer."""

    at: datetime
    day: str
    name: str
    words: str
    answers: tuple[tuple[str, str], ...]


def practised_pages(member_id: UUID, before: Place | None, now: datetime) -> Pages[Line]:
    """Which drill was practised when, by its name of then."""
    practices = Practice.objects.filter(member__in=records_of(member_id)).select_related("drill")
    rows, earlier = page_of(newest(practices, before, PRACTISED), PRACTISED)
    lines = [Line(row.at, day_words(row.at, now), "", shown(row.drill.name), "") for row in rows]
    return Pages(lines, earlier, is_newest=before is None)


def checked_pages(member_id: UUID, before: Place | None, now: datetime) -> Pages[Checked]:
    """What the member found in themself."""
    rows, earlier = page_of(
        newest(SelfCheck.objects.filter(member__in=records_of(member_id)), before, CHECKED), CHECKED
    )
    told = [Checked(row.at, day_words(row.at, now), shown(row.name), check_words(row), answers_of(row)) for row in rows]
    return Pages(told, earlier, is_newest=before is None)


def answers_of(row: SelfCheck) -> tuple[tuple[str, str], ...]:
    """Each question as it was asked, with its answer in words."""
    return tuple((shown(each["asks"]), str(ANSWERS[each["answer"]])) for each in row.answers)
