"""Words that are kept for a time and no longer: where it hurt, what was told of it, and what was written to clear it.

History keeps that there was a hold, since when, and who ended it when. Doing it twice does it once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from gym.auditing import audit
from gym.models import Gym
from gym.scope import in_gym
from programming.models.assessments import Clearance, Hold, Note
from programming.models.hurting import PainReport
from programming.models.taps import Undo


def forget_old_pain(now: datetime) -> int:
    """Forget in every gym what its owner keeps no longer. Answers how many rows lost their words."""
    chosen = Gym.objects.exclude(pain_retention_days=None).order_by("pk")
    return sum(forget_pain_of(gym, now - gym.pain_kept_for) for gym in chosen if gym.pain_kept_for)


def forget_pain_of(gym: Gym, before: datetime) -> int:
    """The same in one gym, of holds that ended before that. A hold that is still on is kept whatever its age."""
    with in_gym(gym), transaction.atomic():
        cleared = Clearance.objects.filter(hold=OuterRef("pk"), at__lt=before).standing()
        undone = Undo.objects.filter(undone=OuterRef("tap"), at__lt=before)
        forgotten = forget_holds(Hold.objects.filter(Exists(cleared) | Exists(undone)))
        if forgotten:
            audit("pain.forget", gym, after={"records": forgotten})
        return forgotten


def forget_holds(holds: Any) -> int:
    """Take the words out of these holds, and out of the notes that cleared them."""
    # Chosen by the database, each time anew: what has lost its words before is not read again.
    ids = holds.values("pk")
    reports, _each = PainReport.objects.filter(hold__in=ids).delete()
    notes = Clearance.objects.filter(hold__in=ids).values("note")
    emptied: int = Note.objects.filter(pk__in=notes).exclude(body="").empty("body")
    emptied += Hold.objects.filter(pk__in=ids).exclude(where="").empty("where")
    return reports + emptied
