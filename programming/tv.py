"""What a gym's TV shows at one time: the class that runs in its room, else what is next today, else nothing.

Plain values, without the name of a person who did not agree, without health and without ids: what is not in them
cannot reach the room. See tv_people.py for the names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from programming import check_in
from programming.clock import spoken
from programming.models import ClassSession, Screen
from programming.models.ladder_words import LadderWords, StageWords
from programming.plan import Block, BlockDrill
from programming.running import Running
from programming.tv_people import NOT_PLACED, TOGETHER, WITH_COACH, Group, groups_of, people_of

# Cues that stand beside a drill, read from across the room.
CUES = 1


@dataclass(frozen=True, slots=True)
class Doing:
    """A drill as a station shows it: "Wall tap", "3 × 8 · fold, tap, stand"."""

    name: str
    rest: str


@dataclass(frozen=True, slots=True)
class TvStation:
    """One column: what is done there, and who does it."""

    label: str
    figure: str
    colour: str
    drills: tuple[Doing, ...]
    people: Group


@dataclass(frozen=True, slots=True)
class TvClock:
    """The clock of the present block, in ms as clock.js reads it. Paused at 0: it runs."""

    started: int
    paused: int
    seconds: int

    def spoken(self, at: datetime) -> str:
        """What it shows at that time."""
        return spoken(self.seconds - max(((self.paused or in_ms(at)) - self.started) // 1000, 0))


@dataclass(frozen=True, slots=True)
class Tv:
    """All that a TV shows. `session_name` is empty where no class is left today.

    `check_in` is the path of the class's check-in page; empty while its door is closed.
    """

    gym: str
    is_running: bool = False
    session_name: str = ""
    starts_at: datetime | None = None
    title: str = ""
    clock: TvClock | None = None
    stations: tuple[TvStation, ...] = ()
    with_coach: Group = Group()
    coming: str = ""
    check_in: str = ""


def day_of(screen: Screen, at: datetime) -> list[ClassSession]:
    """The classes of the screen's room that are or will be held today, as the gym's own clock has it; first first."""
    midnight = datetime.combine(at.astimezone(screen.gym.zone).date(), time.min, tzinfo=screen.gym.zone)
    # No class lasts longer than ten hours: one that still runs began no earlier.
    classes = ClassSession.objects.between(min(midnight, at - timedelta(hours=10)), midnight + timedelta(days=1))
    if screen.room:
        classes = classes.filter(room__iexact=screen.room)
    classes = classes.filter(cancelled_at=None, finished_at=None).select_related("progression")
    return [each for each in classes if each.state(at) != "done"]


def on_tv(screen: Screen, classes: list[ClassSession], at: datetime) -> Tv:
    """What the screen shows of these classes: the running one that began last, else the first to come."""
    if not classes:
        return Tv(gym=screen.gym.name)
    running = [each for each in classes if each.state(at) == "running"]
    session = running[-1] if running else classes[0]
    about: dict[str, Any] = {
        "gym": screen.gym.name,
        "is_running": bool(running),
        "session_name": session.name,
        "starts_at": session.starts_at,
        "check_in": check_in.address(session, screen.gym.slug, at=at),
    }
    return Tv(**about, **(_floor(session, at) if running else {}))


def next_change(screen: Screen, classes: list[ClassSession], at: datetime) -> datetime:
    """When another class may be the one to show, by the clock alone."""
    tomorrow = at.astimezone(screen.gym.zone).date() + timedelta(days=1)
    moments = [moment for each in classes for moment in (each.starts_at, each.ends_at) if moment > at]
    return min([*moments, datetime.combine(tomorrow, time.min, tzinfo=screen.gym.zone)])


def _floor(session: ClassSession, at: datetime) -> dict[str, Any]:
    """The class as it stands in its plan: the block, its clock, the stations, what comes next."""
    running = Running.read(session, at)
    words = session.progression.ladder() if session.progression else None
    stages = [] if words is None or _is_for_everyone(running.block) else words.shown
    groups = groups_of(people_of(session.pk, session.progression_id), {stage.stage_id for stage in stages})
    following = running.next_block
    return {
        "title": running.block.title if running.block else session.name,
        "clock": _clock(running),
        "stations": tuple(_stations(running.block, stages, words, groups)),
        "with_coach": groups.get(WITH_COACH, Group()),
        "coming": _coming(following) if following else "",
    }


def _is_for_everyone(block: Block | None) -> bool:
    """Whether the block gives all stages the same."""
    return block is not None and bool(block.for_everyone) and len(block.for_everyone) == len(block.drills)


def _stations(
    block: Block | None, stages: list[StageWords], words: LadderWords | None, groups: dict[UUID | str, Group]
) -> Iterator[TvStation]:
    """The stages from the easiest up, or one column for everyone; then those who stand at none yet."""
    for_everyone = block.for_everyone if block else ()
    for stage in stages:
        planned = (block.for_stage(stage.key) if block else ()) or for_everyone
        doing = tuple(map(_doing, planned)) or _own(stage, words)
        people = groups.get(stage.stage_id, Group())
        yield TvStation(stage.short_name, stage.figure, stage.colour, doing, people)
    if not stages:
        yield TvStation(_("Everyone"), "", "", tuple(map(_doing, for_everyone)), groups.get(TOGETHER, Group()))
    if NOT_PLACED in groups:
        yield TvStation(_("No stage yet"), "", "", (), groups[NOT_PLACED])


def _doing(drill: BlockDrill) -> Doing:
    return Doing(drill.name, " · ".join(part for part in (drill.dose_text, *drill.cues[:CUES]) if part))


def _own(stage: StageWords, words: LadderWords | None) -> tuple[Doing, ...]:
    """The stage's first drill, where the block says nothing."""
    own = [words.drills[key] for key in stage.drills[:1] if words and key in words.drills]
    return tuple(Doing(each.name, " · ".join(part for part in (each.dose, *each.cues[:CUES]) if part)) for each in own)


def _clock(running: Running) -> TvClock | None:
    if running.clock is None:
        return None
    started, paused = running.clock.started_at, running.clock.paused_at
    return TvClock(in_ms(started), in_ms(paused) if paused else 0, running.clock.seconds)


def in_ms(moment: datetime) -> int:
    """A moment as browsers count."""
    return int(moment.timestamp() * 1000)


def _coming(block: Block) -> str:
    return _("Next: %(block)s · %(minutes)s min") % {"block": block.title, "minutes": block.minutes}
