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
    """A person is wanted here, late, expected, not there, or not in this class at all."""
    first, taps = told(recording)
    earlier = [tap for tap in taps if place_of(tap) < recording.landed]
    was, maker = _last_change(first, earlier)
    wanted = recording.screen.values["state"]
    recording.detail["was"] = was
    if recording.screen.group is not None:
        refuse_in_group(recording, was, wanted, is_said=maker is not None)
        if wanted == State.EXPECTED and was not in (State.OFF, State.EXPECTED):
            # Regulars are expected of whom nothing was said: somebody has said more by now.
            return recording.unchanged()
    if was == wanted and (maker or wanted != State.OFF):
        # An older tap that arrives later finds it wanted, as long as the tap that made it so stands.
        return recording.confirming(maker_of(first, earlier))
    if wanted == State.OFF:
        refuse_if_came(was)
        # The row reads as before where nothing was said; yet screens propose the person no more.
        recording.attendance.changed = True
    recording.attendance.attend(state_after(first, [*taps, recording.tap]))
    return None


def refuse_in_group(recording: Recording, was: str, wanted: str, *, is_said: bool) -> None:
    """A tap for several people brings nobody back who was taken off or left; regulars of whom nothing was said come."""
    if was != State.OFF:
        return
    if not recording.member.belongs:
        raise Refused("left")
    if is_said or wanted != State.EXPECTED:
        raise Refused("off")


def refuse_if_came(was: str) -> None:
    """Whoever came meanwhile is not missing today."""
    if was in (State.HERE, State.LATE):
        raise Refused("came")


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
        # That somebody does not come today is news also of a regular of whom nothing was said.
        if makes != state or (makes == State.OFF and maker is None):
            state, maker = makes, tap
    return state, maker


def place_of(tap: Tap) -> tuple[Any, str, int]:
    """Where a tap stands in the order of things."""
    return (tap.at, str(tap.key), 0)
