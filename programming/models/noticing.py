"""News for members by mail: a move up, a new drill, the end of a hold. Posted with the tap, in its transaction.

In class a stage is tapped up and down again, and taken back: so the letter waits, and `programming/notices.py` looks
again before it is written.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gym.models import Letter, Membership
from gym.post import post
from programming.models.assessments import Clearance
from programming.models.assignments import AssignedDrill
from programming.models.progressions import StageMove

if TYPE_CHECKING:
    from programming.models.recording import Recording

WAIT = timedelta(minutes=15)
# Drills that are given within this of the first one stand in its letter. Less than WAIT: a tap that is being stored
# just when the letter is sent would be in neither.
TOGETHER = WAIT - timedelta(minutes=1)
# News that is older is none.
USEFUL_FOR = timedelta(days=2)

UP = (StageMove.Reason.EARNED, StageMove.Reason.COACH)
# By the name of the kind of letter: the member's switch.
SWITCHES = {"move_up": "mail_moves", "new_drill": "mail_drills", "hold_ended": "mail_holds"}


def tell(recording: Recording) -> None:
    """Post what is news to the member of the rows that a tap brings about: one letter of a kind, to who wants it.

    It reads nothing but what the recording has (and, for a drill, whether a letter waits already), and writes nothing
    where there is nobody to tell.
    """
    told: set[str] = set()
    for row in recording.rows:
        kind = news_in(row)
        if kind and kind not in told and is_told(recording.member, kind):
            told.add(kind)
            if kind == "new_drill" and is_under_way(recording.member, recording.now):
                continue
            about = {"row": str(row.pk)}
            key, member = f"{kind}:{row.pk}", recording.member
            post(kind, key=key, person=member, about=about, wait=WAIT, useful_for=USEFUL_FOR, at=recording.now)


def news_in(row: Any) -> str:
    """The kind of letter that tells of this row of history; empty where none does."""
    if isinstance(row, StageMove):
        return "move_up" if row.kind == StageMove.Kind.STAGE and row.reason in UP else ""
    if isinstance(row, AssignedDrill):
        return "new_drill"
    return "hold_ended" if isinstance(row, Clearance) else ""


def is_told(member: Membership, kind: str) -> bool:
    """Whether there is an address to write to, and they want such letters. Of a minor their guardian is told."""
    return member.has_mail_address and bool(getattr(member, SWITCHES[kind]))


def is_under_way(member: Membership, now: datetime) -> bool:
    """Whether a letter that waits will tell of a drill that is given now. Called under the member's lock."""
    waiting = Letter.objects.filter(person=member, kind="new_drill", state=Letter.State.WAITING)
    return waiting.filter(made_at__gt=now - TOGETHER).exists()
