"""What a gym's TV shows at one time: the class that runs in its room, else what is next today, else nothing.

Plain values, without the name of a person who did not agree, without health and without ids: what is not in them
cannot reach the room. See tv_people.py for the names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from programming import check_in
from programming.clock import spoken
from programming.models import ClassSession, Screen
from programming.plan import Block
from programming.running import Running
from programming.station_list import Stations, StationShown
from programming.stations import Place
from programming.tv_people import Group, group_of, names_in


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
    # How people share what is short today.
    way: str = ""


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
    """What the screen shows of these classes: the running one that was started last, else the first to come."""
    if not classes:
        return Tv(gym=screen.gym.name)
    running = [each for each in classes if each.state(at) == "running"]
    running.sort(key=lambda each: each.started_at or each.starts_at)
    session = running[-1] if running else classes[0]
    about: dict[str, Any] = {
        "gym": screen.gym.name,
        "is_running": bool(running),
        "session_name": session.called,
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
    shown = Stations.read(session, at).stations if session.progression else ()
    return floor_of(Running.read(session, at), session, shown, names_in(session.pk))


def floor_of(
    running: Running, session: ClassSession, shown: tuple[StationShown, ...], names: dict[UUID, str]
) -> dict[str, Any]:
    """The same of stations and names that are known already."""
    with_coach = [each for each in shown if each.place == Place.WITH_COACH]
    following = running.next_block
    return {
        "title": running.block.title if running.block else session.called,
        "clock": _clock(running),
        "stations": tuple(_station(each, names) for each in shown if each not in with_coach),
        "with_coach": group_of([person.member_id for each in with_coach for person in each.people], names),
        "coming": _coming(following) if following else "",
    }


def _station(station: StationShown, names: dict[UUID, str]) -> TvStation:
    people = group_of([person.member_id for person in station.people], names)
    drills = tuple(Doing(drill.name, _joined(drill.dose, drill.cue)) for drill in station.drills)
    way = station.way.words if station.way else ""
    return TvStation(station.name, station.figure, station.colour, drills, people, way)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


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
