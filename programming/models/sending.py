"""Who was sent to the station "With coach": what the standing taps of that class make of it, in whatever order.

Those whom pain holds stand there without being sent, so that standing there tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from programming.models.attending import STANDING, place_of, refuse_if_off
from programming.models.recording import Recording
from programming.models.taps import Tap


def send(recording: Recording) -> None:
    """A coach wants a person with the coach, or back at their own station."""
    refuse_if_off(recording)
    taps = told(recording)
    earlier = [tap for tap in taps if place_of(tap) < recording.landed]
    if with_coach_after(earlier) == recording.screen.values["wanted"]:
        # An older tap that arrives later finds it wanted, as long as the tap that made it so stands.
        return recording.confirming(maker_of(earlier))
    recording.attendance.stand_with_coach(with_coach_after([*taps, recording.tap]))
    return None


def send_without(recording: Recording, undone: Tap) -> None:
    """Stand as the other taps of the class make it."""
    left = [tap for tap in told(recording) if tap.pk != undone.pk and tap.detail.get("confirms") != str(undone.key)]
    recording.attendance.stand_with_coach(with_coach_after(left))


def told(recording: Recording) -> list[Tap]:
    """The taps of this class that stand and say where the person is wanted, and those that confirm one of them."""
    taps = Tap.objects.filter(session=recording.session, member=recording.member, kind=Tap.Kind.WITH_COACH)
    arrived: list[Tap] = list(taps.standing())
    standing = [tap for tap in arrived if tap.outcome in STANDING]
    keys = {"", *(str(tap.key) for tap in standing)}
    return [*standing, *(tap for tap in arrived if tap.detail.get("confirms") in keys)]


def with_coach_after(taps: Iterable[Tap]) -> bool:
    """Whether the person stands with the coach after these taps, in order of their effective times."""
    last = max(taps, key=place_of, default=None)
    return bool(last and last.detail["wanted"])


def maker_of(taps: Iterable[Tap]) -> str:
    """The key of the tap that made it so; empty where nobody was sent yet."""
    maker: Tap | None = None
    for tap in sorted(taps, key=place_of):
        if tap.detail["wanted"] != bool(maker and maker.detail["wanted"]):
            maker = tap
    return maker.detail.get("confirms", str(maker.key)) if maker else ""
