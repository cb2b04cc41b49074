"""Moves up that do not stand, because a pain that came in later had been before them (rule 4). History keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from programming import ladder
from programming.models import Hold, Progression, StageMove
from programming.models.ladder_words import LadderWords
from programming.shipped import within

# For how long a row speaks of it: the next class is another day.
SPOKEN_OF = timedelta(hours=18)


def void_moves(
    holds: Sequence[Hold], standings: Mapping[UUID, ladder.Standing], progression: Progression, at: datetime
) -> dict[UUID, StageMove]:
    """The newest such move of each whom these holds, that are on, keep from it."""
    since: dict[UUID, datetime] = {}
    for hold in holds:
        since[hold.member_id] = min(hold.at, since.get(hold.member_id, hold.at))
    moves = StageMove.objects.filter(
        member_id__in=since,
        progression=progression,
        kind=StageMove.Kind.STAGE,
        at__gt=min(since.values()),
        recorded_at__gt=at - SPOKEN_OF,
    )
    rungs = progression.ladder().ladder
    found = {}
    for move in moves.standing().select_related("to_stage__stage").order_by("at", "tap__key"):
        present = rungs.height(standings[move.member_id].stage)
        if move.at > since[move.member_id] and rungs.height(move.to_stage.stage.key) > present:
            found[move.member_id] = move
    return found


def void_line(words: LadderWords, move: StageMove) -> str:
    """The row of somebody whom pain holds, in few words, with the move that does not stand."""
    return _("PAIN · held · not on %(stage)s") % {"stage": stage_word(words, move)}


def void_sentence(words: LadderWords, move: StageMove, present: str | None, *, you: UUID | None) -> str:
    """Why the move does not stand, and where they are instead."""
    moved = {"stage": stage_word(words, move)}
    if move.actor_id == you:
        said = _("The pain was before your move to %(stage)s, which does not stand.") % moved
    else:
        said = _("The pain was before the move to %(stage)s, which does not stand.") % moved
    if present is None:
        return said
    now = _("On %(stage)s.") % {"stage": within(words.stages[present].short_name)}
    return f"{said} {now}"


def stage_word(words: LadderWords, move: StageMove) -> str:
    """Where the move was to."""
    return within(words.stages[move.to_stage.stage.key].short_name)
