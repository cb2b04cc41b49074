"""Taking a tap back: out of the standing ones, or over to the person it was meant for."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid5

from programming import ladder
from programming.models.assessments import Hold
from programming.models.classes import AssignmentEnd
from programming.models.recording import Recording, Refused, ScreenTap
from programming.models.replaying import standing_events
from programming.models.taps import Tap, Undo


def undo(recording: Recording) -> None:
    """A coach takes out one tap, whoever made it."""
    take_out(recording, tap_to_undo(recording))


def move(recording: Recording) -> None:
    """A tap on the wrong person: taken out here and appended for the right one, as one."""
    undone, right_person = tap_to_undo(recording), recording.screen.also[0]
    if undone.kind not in MOVABLE:
        raise Refused("not_movable")
    take_out(recording, undone)
    values = {name: undone.detail[name] for name in MOVABLE[undone.kind] if name in undone.detail}
    if undone.kind == Tap.Kind.PAIN:
        values["where"] = Hold.objects.get(tap=undone).where
    again = ScreenTap(
        kind=undone.kind,
        member_id=right_person,
        by=recording.screen.by,
        values=values,
        # Made of this tap's key, so that a repeat of the one is a repeat of the other.
        key=uuid5(recording.screen.key, "moved"),
        age=max(recording.now - undone.at, timedelta()),
        device=recording.screen.device,
    )
    answer = Recording(recording.session, again, recording.now).run()
    if answer.refusal:
        raise Refused(answer.refusal.code, **answer.refusal.values)


# What a tap says apart from whom it was said of. Words (notes, clearances) are not moved.
MOVABLE: dict[str, tuple[str, ...]] = {
    Tap.Kind.STAGE: ("stage",),
    Tap.Kind.SETTING: ("setting",),
    Tap.Kind.DRILL: ("drill",),
    Tap.Kind.SAW: ("saw",),
    Tap.Kind.FAULT: ("fault",),
    Tap.Kind.PAIN: (),
    Tap.Kind.ASSIGN: ("drill", "wanted", "fault"),
}


def tap_to_undo(recording: Recording) -> Tap:
    """The tap of this class and member that is to be taken out."""
    taps = Tap.objects.filter(session=recording.session, member=recording.member).exclude(
        kind__in=[Tap.Kind.UNDO, Tap.Kind.MOVE]
    )
    found = taps.filter(key=recording.screen.values["undone"]).first()
    if found is None:
        raise Refused("no_such_tap")
    tap: Tap = found
    return tap


def take_out(recording: Recording, undone: Tap) -> None:
    """Undo, unless something later was built on it; the state is what the remaining taps make (rule 8)."""
    standing = undone.outcome in (Tap.Outcome.APPLIED, Tap.Outcome.CROSSED)
    if not standing or Undo.objects.filter(undone=undone).exists():
        return recording.unchanged()
    if undone.kind == Tap.Kind.PAIN and undone.actor_id != recording.screen.by.pk:
        raise Refused("not_your_pain_tap")
    histories = [
        (placement, standing_events(recording.member.pk, placement.progression)) for placement in recording.placements()
    ]
    refuse_if_built_on(recording, undone, [event for _placement, events in histories for event in events])
    recording.happening(Undo, undone=undone)
    recording.detail.update(undone_kind=undone.kind, undone_by=str(undone.actor_id))
    if undone.kind == Tap.Kind.ATTENDANCE:
        recording.attendance.state = undone.detail["was"]
        recording.attendance.changed = True
    for placement, events in histories:
        own = [event for event in events if event.tap == str(undone.key)]
        if own:
            placement.choose()
            recording.settle(placement, [event for event in events if event not in own])
    return None


def refuse_if_built_on(recording: Recording, undone: Tap, events: list[ladder.Event]) -> None:
    """Name the tap that was built on this one, where there is one."""
    own = [event for event in events if event.tap == str(undone.key)]
    for event in events:
        later = event.tap != str(undone.key) and any(event.place > each.place for each in own)
        if later and any(ladder.builds_on(event, each) for each in own):
            raise Refused("built_on", tap=event.tap)
    end = AssignmentEnd.objects.filter(assigned__tap=undone, tap__undos=None).select_related("tap").first()
    if end is not None:
        raise Refused("built_on", tap=str(end.tap.key))
