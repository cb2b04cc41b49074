"""Taps that say again what was said already. They change nothing, as long as it stands.

Taken back in time for them, by a tap that arrives later, it leaves them to be judged once more: they count then. What
is taken back after them takes them along, as they were part of what the coach saw on the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid5

from programming import ladder
from programming.models.assessments import Hold
from programming.models.attending import place_of
from programming.models.recording import Recording, ScreenTap
from programming.models.taps import Tap

if TYPE_CHECKING:
    from programming.models.classes import ClassSession

OBSERVATIONS = (Tap.Kind.SAW, Tap.Kind.FAULT, Tap.Kind.PAIN)
# What a tap of each kind says of a person, of all that is kept with it. Where it hurts stands in the hold alone.
SAID: dict[str, tuple[str, ...]] = {
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
    """This coach's last standing observation of the member, where it says the same within 20 seconds: a slip."""
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
    last: Tap | None = near.standing().order_by("-at", "-key").first()
    if last is None or last.kind != recording.screen.kind:
        return None
    return last if what_was_seen(last.detail) == what_was_seen(recording.detail) else None


def what_was_seen(detail: dict[str, Any]) -> dict[str, Any]:
    """The observation itself, whichever opening of the sheet it was said in, and whether it was judged again."""
    return {name: value for name, value in detail.items() if name not in ("opening", "was", "again")}


def judge_again(recording: Recording) -> None:
    """Let what only repeated a tap that has ended now, and landed after the end, count as it would have.

    Each is a tap of its own, at the time and by the coach of the old one, which stays as it was told to its screen.
    """
    taps = Tap.objects.filter(member=recording.member, outcome=Tap.Outcome.UNCHANGED, at__gte=recording.at)
    repeats = list(taps.filter(detail__confirms__in=recording.ended).select_related("session", "actor", "progression"))
    if not repeats:
        return
    back = Tap.objects.filter(member=recording.member, kind__in=[Tap.Kind.UNDO, Tap.Kind.MOVE])
    taken_back = set(back.filter(detail__undone__in=[str(tap.key) for tap in repeats]).values_list("detail__undone"))
    for tap in sorted(repeats, key=place_of):
        if place_of(tap) > recording.landed and (str(tap.key),) not in taken_back:
            record_again(recording, tap)


def record_again(recording: Recording, tap: Tap) -> None:
    """Record the tap as if it arrived now."""
    session: ClassSession = tap.session
    session.show_ladder(tap.progression.key)
    values = {name: tap.detail[name] for name in SAID[tap.kind] if name in tap.detail}
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
        age=recording.now - tap.at,
        device=tap.device,
        group=tap.group_id,
    )
    again = Recording(session, screen, recording.now)
    again.detail["again"] = str(tap.key)
    again.run()


def counted_as(tap: Tap) -> Tap:
    """The tap that counts in place of this one, where it changed nothing at first and was judged again; else itself."""
    if tap.outcome != Tap.Outcome.UNCHANGED:
        return tap
    again = Tap.objects.filter(session=tap.session_id, member=tap.member_id, detail__again=str(tap.key))
    return again.order_by("-recorded_at", "-id").first() or tap
