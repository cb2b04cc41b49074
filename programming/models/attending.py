"""Who is at a class: what the standing taps of that class make of it, in whatever order they arrived."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from programming.models.attendance import Attendance
from programming.models.recording import Recording, Refused
from programming.models.taps import Tap, Undo

State = Attendance.State
NOT_HERE = (State.EXPECTED, State.NO_SHOW, State.OFF)
# Somebody who is seen is here.
SEEING = (Tap.Kind.STAGE, Tap.Kind.SAW, Tap.Kind.FAULT, Tap.Kind.PAIN)
STANDING = (Tap.Outcome.APPLIED, Tap.Outcome.CROSSED)


def attend(recording: Recording) -> None:
    """A coach wants a person here, late, expected, or not there."""
    first, taps = told(recording)
    earlier = [tap for tap in taps if place_of(tap) < recording.landed]
    was = state_after(first, earlier)
    recording.detail["was"] = was
    if was == recording.screen.values["state"]:
        # An older tap that arrives later finds it wanted, as long as the tap that made it so stands.
        recording.detail["confirms"] = maker_of(first, earlier)
        return recording.unchanged()
    recording.attendance.attend(state_after(first, [*taps, recording.tap]))
    return None


def refuse_if_off(recording: Recording) -> None:
    """A tap for several people, whose list may be old, brings nobody back who was taken off the roster."""
    if recording.screen.group is not None and recording.attendance.state == State.OFF:
        raise Refused("off")


def be_here(recording: Recording) -> None:
    """Somebody who is seen is here, unless a later tap says otherwise."""
    if recording.attendance.state in NOT_HERE:
        recording.detail["was"] = recording.attendance.state
        first, taps = told(recording)
        recording.attendance.attend(state_after(first, [*taps, recording.tap]))


def attend_without(recording: Recording, undone: Tap) -> None:
    """Be as the other taps of the class make it."""
    first, taps = told(recording)
    left = [tap for tap in taps if tap.pk != undone.pk and tap.detail.get("confirms") != str(undone.key)]
    recording.attendance.attend(state_after(first, left))


def told(recording: Recording) -> tuple[str, list[Tap]]:
    """What the roster said before any tap, and the standing taps of this class that say something of it."""
    taps = Tap.objects.filter(session=recording.session, member=recording.member).filter(
        kind__in=(Tap.Kind.ATTENDANCE, *SEEING)
    )
    arrived: list[Tap] = list(taps.order_by("recorded_at", "id"))
    # The first tap that meant a change kept what it changed.
    first = next((tap.detail["was"] for tap in arrived if "was" in tap.detail), recording.attendance.state)
    undone = set(Undo.objects.filter(undone__in=arrived).values_list("undone_id", flat=True))
    standing = [tap for tap in arrived if tap.outcome in STANDING and tap.pk not in undone]
    keys = {"", *(str(tap.key) for tap in standing)}
    again = [tap for tap in arrived if tap.kind == Tap.Kind.ATTENDANCE and tap.detail.get("confirms") in keys]
    return first, [*standing, *again]


def state_after(first: str, taps: Iterable[Tap]) -> str:
    """The state that these taps make, in order of their effective times."""
    return _last_change(first, taps)[0]


def maker_of(first: str, taps: Iterable[Tap]) -> str:
    """The key of the tap that made the state so; empty where the roster said so from the start."""
    maker = _last_change(first, taps)[1]
    return maker.detail.get("confirms", str(maker.key)) if maker else ""


def _last_change(first: str, taps: Iterable[Tap]) -> tuple[str, Tap | None]:
    state, maker = first, None
    for tap in sorted(taps, key=place_of):
        makes = tap.detail["state"] if tap.kind == Tap.Kind.ATTENDANCE else State.HERE if state in NOT_HERE else state
        if makes != state:
            state, maker = makes, tap
    return state, maker


def place_of(tap: Tap) -> tuple[Any, str, int]:
    """Where a tap stands in the order of things."""
    return (tap.at, str(tap.key), 0)
