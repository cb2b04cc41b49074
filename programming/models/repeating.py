"""Taps that say again what was said already. They change nothing, as long as it stands.

Taken back in time for them, by a tap that arrives later, it leaves them to be judged once more: they count then. What
is taken back after them takes them along, as they were part of what the coach saw on the screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid5

from django.db.models import Q

from programming import ladder
from programming.models.assessments import Hold
from programming.models.attending import STANDING, place_of
from programming.models.recording import NotOnRoster, Recording, ScreenTap
from programming.models.taps import Tap

OBSERVATIONS = (Tap.Kind.SAW, Tap.Kind.FAULT, Tap.Kind.PAIN)
# What a tap of each kind says of a person, of all that is kept with it. Where it hurts stands in the hold alone.
KEPT: dict[str, tuple[str, ...]] = {
    Tap.Kind.STAGE: ("stage",),
    Tap.Kind.SETTING: ("setting", "stage"),
    Tap.Kind.DRILL: ("drill", "stage"),
    Tap.Kind.SAW: ("saw", "stage", "opening"),
    Tap.Kind.FAULT: ("fault", "stage", "opening"),
    Tap.Kind.PAIN: (),
    Tap.Kind.ASSIGN: ("drill", "wanted", "fault"),
    Tap.Kind.ATTENDANCE: ("state",),
    Tap.Kind.WITH_COACH: ("wanted",),
}


def slip_after(recording: Recording) -> Tap | None:
    """This coach's last standing observation of the member, where it says the same within 20 seconds: a slip.

    For a tap that arrives late it may also be the next one.
    """
    known = recording.placement.position.last
    if known is None or known[0] <= recording.at - ladder.SLIP:
        # Nothing at all was said of the member's ladder since.
        return None
    near = Tap.objects.filter(
        member=recording.member,
        progression=recording.progression,
        actor=recording.screen.by,
        kind__in=OBSERVATIONS,
        outcome=Tap.Outcome.APPLIED,
        at__gt=recording.at - ladder.SLIP,
        at__lt=recording.at + ladder.SLIP,
    )
    said = list(near.standing().order_by("at", "key"))
    earlier = [tap for tap in said if place_of(tap) < recording.landed]
    neighbours = [*earlier[-1:], *said[len(earlier) :][:1]]
    return next((tap for tap in neighbours if says_the_same(tap, recording)), None)


def says_the_same(tap: Tap, recording: Recording) -> bool:
    """Whether both are the same observation."""
    return tap.kind == recording.screen.kind and what_was_seen(tap.detail) == what_was_seen(recording.detail)


def what_was_seen(detail: dict[str, Any]) -> dict[str, Any]:
    """The observation itself, whichever opening of the sheet it was said in, and whether it was judged again."""
    return {name: value for name, value in detail.items() if name not in ("opening", "was", "again")}


def judge_again(recording: Recording) -> None:
    """Let what only repeated a tap that has ended now, and landed after the end, count as it would have.

    Each is a tap of its own, at the time and by the coach of the old one, which stays as it was told to its screen.
    """
    taps = Tap.objects.filter(member=recording.member, outcome=Tap.Outcome.UNCHANGED, at__gte=recording.at)
    found = taps.filter(detail__confirms__in=recording.ended)
    repeats = [tap for tap in found.select_related("session", "actor", "group") if place_of(tap) > recording.landed]
    if not repeats:
        return
    settled = taken_back(repeats) | counted_already(repeats)
    for tap in sorted(repeats, key=place_of):
        if screens_key(tap) not in settled:
            record_again(recording, tap)


def screens_key(tap: Tap) -> str:
    """The key under which a screen knows the tap, however often it was judged."""
    return str(tap.detail.get("again", tap.key))


def taken_back(taps: Iterable[Tap]) -> set[str]:
    """The screen's keys of those that a coach took back or moved, alone or with their tap for several people."""
    named = {screens_key(tap): screens_key(tap) for tap in taps}
    named |= {str(tap.group.key): screens_key(tap) for tap in taps if tap.group}
    of_them = Q(member__in={tap.member_id for tap in taps}) | Q(
        member=None, session__in={tap.session_id for tap in taps}
    )
    undos = Tap.objects.filter(of_them, kind__in=[Tap.Kind.UNDO, Tap.Kind.MOVE], detail__undone__in=list(named))
    undone = undos.exclude(outcome=Tap.Outcome.REFUSED).values_list("detail__undone", flat=True)
    return {named[key] for key in undone}


def counted_already(taps: Iterable[Tap]) -> set[str]:
    """The screen's keys of those that were judged again before, and counted."""
    keys = [screens_key(tap) for tap in taps]
    members = {tap.member_id for tap in taps}
    counted = Tap.objects.filter(member__in=members, detail__again__in=keys, outcome__in=STANDING)
    return set(counted.values_list("detail__again", flat=True))


def record_again(recording: Recording, tap: Tap) -> None:
    """Record the tap as if it arrived now."""
    session = tap.session
    # On the ladder that was on its screen, whatever the class teaches by now.
    session.progression = tap.progression
    values = {name: tap.detail[name] for name in KEPT[tap.kind] if name in tap.detail}
    if tap.kind == Tap.Kind.PAIN:
        values["where"] = Hold.objects.get(tap__key=tap.detail["confirms"]).where
    screen = ScreenTap(
        kind=tap.kind,
        member_id=recording.member.pk,
        by=tap.actor,
        values=values,
        # Made of both keys, so that a repeat of the later one is a repeat of this.
        key=uuid5(recording.screen.key, str(tap.key)),
        seen=tap.seen_version,
        age=max(recording.now - tap.at, timedelta()),
        device=tap.device,
        group=tap.group_id,
    )
    again = Recording(session, screen, recording.now)
    again.at = again.tap.at = tap.at
    again.detail["again"] = screens_key(tap)
    if tap.group and tap.group.outcome not in STANDING:
        # A tap for several people that changed nothing is in no list from which this part of it could be undone.
        again.tap.group = None
    # Records of one person that were joined since: the class may know them under the other.
    with suppress(NotOnRoster):
        again.run()


def counted_as(tap: Tap) -> Tap:
    """The tap that counts in place of this one, where it changed nothing at first and was judged again; else itself."""
    if tap.outcome != Tap.Outcome.UNCHANGED:
        return tap
    again = Tap.objects.filter(session=tap.session_id, member=tap.member_id, detail__again=str(tap.key))
    return again.filter(outcome__in=STANDING).first() or tap
