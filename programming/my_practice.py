"""When a member practised which drill, as the drill's card shows it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from programming.history_words import local_day
from programming.models.practice import last_practices
from programming.practice_words import practised_words

# So many of the newest are read; those of each drill that a page knows one by one.
READ, OF_A_DRILL = 100, 9


@dataclass(frozen=True, slots=True)
class Practised:
    """What a card says of one drill. `undo` names the tap that can be taken back: the newest of today."""

    words: str = ""
    is_today: bool = False
    undo: UUID | None = None
    # For the phone, which counts on without a network: "key@milliseconds since 1970", newest first.
    times: str = ""


def practised_by_drill(member_id: UUID, now: datetime) -> dict[str, Practised]:
    """The drills that the member practised of late, by key."""
    found: dict[str, list[tuple[datetime, UUID]]] = defaultdict(list)
    for drill, at, key in last_practices(member_id, READ):
        found[drill].append((at, key))
    return {drill: _practised(taps[:OF_A_DRILL], now) for drill, taps in found.items()}


def _practised(taps: list[tuple[datetime, UUID]], now: datetime) -> Practised:
    at, key = taps[0]
    is_today = local_day(at) == local_day(now)
    return Practised(
        words=practised_words([at for at, _key in taps], now),
        is_today=is_today,
        undo=key if is_today else None,
        times=" ".join(f"{key}@{int(at.timestamp() * 1000)}" for at, key in taps),
    )
