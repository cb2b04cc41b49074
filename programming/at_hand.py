"""What a board's page brings along, so that a tablet goes on by itself while there is no network."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from programming import ladder
from programming.board import Reader, Row
from programming.models.ladder_words import StageWords
from programming.sheet import Chip, attending, chips

# Stands where the tablet writes who somebody is of whom the server has not heard yet.
NOBODY = UUID(int=0)


def at_hand(reader: Reader) -> dict[str, Any]:
    """The row of a newcomer, the faults of every stage, and what can be said of somebody's being there."""
    return {"blank": blank(reader), "stages": stages(reader), "attending": attending("")}


def blank(reader: Reader) -> Row:
    """The row of somebody without a name, who stands nowhere yet."""
    return Row(
        member_id=NOBODY,
        url=f"{reader.url}{NOBODY}/",
        name="",
        is_long=False,
        limits="",
        line="",
        marks=(),
        stages=reader.stages(ladder.Standing(), None, None),
        stage="",
        version=0,
        clean="false",
        fault="false",
        held=False,
    )


def stages(reader: Reader) -> list[tuple[StageWords, list[Chip]]]:
    """The stages that are taught, with their faults."""
    return [(stage, chips(reader.words, stage, [])) for stage in reader.words.shown]
