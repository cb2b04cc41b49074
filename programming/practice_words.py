"""What is said of what members do between classes: on their own page, to their coaches, in their history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programming.history_words import NEAR, WEEK, day_words, local_day
from programming.models import SelfCheck
from programming.models.practice import KEPT, times_since

# What a question of a self-check may be answered with.
ANSWERS = {
    SelfCheck.YES: gettext_lazy("yes"),
    SelfCheck.NO: gettext_lazy("no"),
    SelfCheck.UNSURE: gettext_lazy("not sure"),
}


def ago_words(at: datetime, now: datetime) -> str:
    """A day after "practised": "today", "yesterday", "3 days ago", "on 27 October"."""
    days = (local_day(now) - local_day(at)).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days < NEAR:
        return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
    day = local_day(at)
    return _("on %(day)s") % {"day": format_date(day, _("j F") if day.year == local_day(now).year else _("j F Y"))}


def practised_words(times: Sequence[datetime], now: datetime) -> str:
    """When somebody last practised a drill, newest first: "practised today, 2×"; empty for never."""
    if not times:
        return ""
    said = _("practised %(when)s") % {"when": ago_words(times[0], now)}
    today = sum(1 for each in times if local_day(each) == local_day(now))
    return _("%(practised)s, %(count)s×") % {"practised": said, "count": today} if today > 1 else said


def since_words(count: int, since: datetime | None, now: datetime, *, most: int = KEPT) -> str:
    """How often somebody practised since a day: "practised 3× since Tue"; empty for never.

    From `most` times on, no more are counted.
    """
    if not count:
        return ""
    times = {"count": count if count < most else _("more than %(count)s") % {"count": most - 1}}
    if since is None:
        return _("practised %(count)s×") % times
    days = (local_day(now) - local_day(since)).days
    if days <= 0:
        return _("practised %(count)s× today") % times
    day = format_date(local_day(since), "D") if days < WEEK else day_words(since, now)
    return _("practised %(count)s× since %(day)s") % {**times, "day": day}


def practised_since(times_text: str | None, since: datetime | None, now: datetime) -> str:
    """The same of what a homework keeps, as JSON; NULL: nothing."""
    return since_words(times_since(json.loads(times_text), since), since, now) if times_text else ""


def check_words(check: SelfCheck) -> str:
    """What a self-check found: "2 of 3 yes"."""
    return _("%(count)s of %(all)s yes") % {"count": check.kept, "all": len(check.answers)}
