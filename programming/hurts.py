"""What a member told on their own page of what hurts, as lines: for their coaches, and for themself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from programming.body import places_words
from programming.history_words import day_words
from programming.models import Hold, PainReport
from programming.models.tap_kinds import open_holds


@dataclass(frozen=True, slots=True)
class Telling:
    """Once: when, where it hurts and since when, and a sentence. All but the day may be empty."""

    day: str
    words: str
    sentence: str


def told_by_themselves(hold: Hold) -> bool:
    """Whether it was reported on the member's own page. What is tapped is tapped in a class."""
    return hold.session_id is None and hold.actor_id == hold.member_id


def reports_of(holds: Collection[Hold]) -> dict[UUID, PainReport]:
    """What is still kept of what was told with these holds, by hold."""
    own = [hold.pk for hold in holds if told_by_themselves(hold)]
    return {each.hold_id: each for each in PainReport.objects.filter(hold__in=own)} if own else {}


def tellings(member_id: UUID, now: datetime) -> list[Telling]:
    """What was told with the holds that are on, the newest first; empty where no hold of theirs is on."""
    holds = [hold for hold in open_holds([member_id]) if told_by_themselves(hold)]
    reports = reports_of(holds)
    return [telling(hold, reports.get(hold.pk), now) for hold in holds]


def telling(hold: Hold, report: PainReport | None, now: datetime) -> Telling:
    """One of them in words."""
    return Telling(day_words(hold.at, now), report_words(report), report.sentence if report else "")


def report_words(report: PainReport | None) -> str:
    """Where it hurts and since when: "left knee, for a few days"; empty where neither was said, or is kept."""
    if report is None:
        return ""
    since = str(report.get_since_display()) if report.since else ""
    return _(", ").join(each for each in (places_words(report.places), since) if each)
