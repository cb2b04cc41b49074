"""Taking a tap back: out of the standing ones, or over to the person it was meant for."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid5

from django.db import transaction

from programming import ladder
from programming.models.assessments import Hold
from programming.models.assignments import AssignmentEnd
from programming.models.attendance import Attendance
from programming.models.attending import STANDING, attend_without
from programming.models.crossing import KINDS as CROSSING
from programming.models.recording import Recording, Refused, Repeated, ScreenTap
from programming.models.repeating import counted_as
from programming.models.replaying import standing_events
from programming.models.rosters import drop_in_id
from programming.models.sending import send_without
from programming.models.taps import Tap, Undo


def undo(recording: Recording) -> None:
    """A coach takes out one tap, whoever made it."""
    undone = tap_to_undo(recording)
    if recording.screen.group is not None:
        refuse_if_touched(recording, undone)
    take_out(recording, undone)


def move(recording: Recording) -> None:
    """A tap on the wrong person: taken out here and appended for the right one, as one."""
    undone, right_person = tap_to_undo(recording), recording.screen.also[0]
    if undone.kind not in MOVABLE:
        raise Refused("not_movable")
    # Somebody else may have taken it out meanwhile; then there is nothing left to move.
    if not still_stands(undone) or right_person == recording.member.pk:
        return recording.unchanged()
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
    with transaction.atomic():
        try:
            answer = Recording(recording.session, again, recording.now).run()
        except Repeated:
            raise Refused("other_tap") from None
        if answer.refusal:
            raise Refused(answer.refusal.code, **answer.refusal.values)


# What a tap says apart from whom it was said of. Words (notes, clearances) are not moved.
MOVABLE: dict[str, tuple[str, ...]] = {
    Tap.Kind.STAGE: ("stage",),
    # With their stage: 450 mm to the wall is not 450 g on the bell.
    Tap.Kind.SETTING: ("setting", "stage"),
    Tap.Kind.DRILL: ("drill", "stage"),
    Tap.Kind.SAW: ("saw",),
    Tap.Kind.FAULT: ("fault",),
    Tap.Kind.PAIN: (),
    Tap.Kind.ASSIGN: ("drill", "wanted", "fault"),
    Tap.Kind.WITH_COACH: ("wanted",),
}


def tap_to_undo(recording: Recording) -> Tap:
    """The tap of this class and member that is to be taken out."""
    taps = Tap.objects.filter(session=recording.session, member=recording.member).exclude(
        kind__in=[Tap.Kind.UNDO, Tap.Kind.MOVE]
    )
    found = taps.filter(key=recording.screen.values["undone"]).first()
    if found is None:
        raise Refused("no_such_tap")
    return counted_as(found)


def still_stands(tap: Tap) -> bool:
    """Whether the tap changed something and was not undone."""
    return tap.outcome in STANDING and not Undo.objects.filter(undone=tap).exists()


def take_out(recording: Recording, undone: Tap) -> None:
    """Undo, unless something later was built on it; the state is what the remaining taps make (rule 8)."""
    if not still_stands(undone):
        return recording.unchanged()
    if undone.kind == Tap.Kind.PAIN:
        refuse_to_undo_pain(recording, undone)
    histories = [
        (placement, standing_events(recording.member.pk, placement.progression)) for placement in recording.placements()
    ]
    refuse_if_built_on(recording, undone, [event for _placement, events in histories for event in events])
    recording.happening(Undo, undone=undone)
    recording.ended.append(str(undone.key))
    recording.detail.update(undone_kind=undone.kind, undone_by=str(undone.actor_id))
    attend_without(recording, undone)
    if undone.kind == Tap.Kind.WITH_COACH:
        send_without(recording, undone)
    if recording.member.pk == drop_in_id(recording.session, undone.key):
        # Only this tap knows the person: a name typed by mistake is not found again.
        recording.member.leave()
    for placement, events in histories:
        own = [event for event in events if event.tap == str(undone.key)]
        if own:
            if undone.kind in CROSSING:
                placement.choose(undone.kind)
            left = [event for event in events if str(undone.key) not in (event.tap, event.confirms)]
            recording.settle(placement, left, since=min(event.place for event in own))
    return None


def refuse_to_undo_pain(recording: Recording, undone: Tap) -> None:
    """A hold ends by a clearance, but for its author's own slip during the class."""
    if undone.actor_id != recording.screen.by.pk:
        raise Refused("not_your_pain_tap")
    if recording.session.state(recording.at) == "done":
        raise Refused("class_over")


# What says something of where a member stands.
TOUCHING = (
    Tap.Kind.STAGE,
    Tap.Kind.SETTING,
    Tap.Kind.DRILL,
    Tap.Kind.SAW,
    Tap.Kind.FAULT,
    Tap.Kind.PAIN,
    Tap.Kind.CLEAR,
)


def refuse_if_touched(recording: Recording, undone: Tap) -> None:
    """Where a tap for several people is undone, whoever was tapped on since keeps their part of it."""
    taps = Tap.objects.filter(session=recording.session, member=recording.member, kind__in=TOUCHING)
    since = taps.filter(outcome__in=STANDING, at__gt=undone.at, recorded_at__gte=undone.recorded_at).standing()
    newest = since.order_by("-recorded_at", "-at", "-id").first()
    if newest is not None:
        raise Refused("touched", tap=str(newest.key))


def adds(tap: Tap) -> bool:
    """Whether the tap put somebody on the roster."""
    off = Attendance.State.OFF
    return tap.kind == Tap.Kind.ATTENDANCE and tap.detail["was"] == off != tap.detail["state"]


def refuse_if_built_on(recording: Recording, undone: Tap, events: list[ladder.Event]) -> None:
    """Name the newest tap that was built on this one, where there is one.

    What arrived before this tap did was judged without it, and so was not built on it.
    """
    own = [event for event in events if event.tap == str(undone.key)]
    keys = {
        event.tap
        for event in events
        for each in own
        if event.tap != each.tap and event.place > each.place and ladder.builds_on(event, each)
    }
    ends = AssignmentEnd.objects.filter(assigned__tap=undone).standing()
    keys |= {str(key) for key in ends.values_list("tap__key", flat=True)}
    newest = Tap.objects.order_by("-recorded_at", "-at", "-id")
    later = newest.filter(key__in=keys, recorded_at__gte=undone.recorded_at).first()
    if later is None and adds(undone):
        # Whoever was added and then tapped on stays on the roster.
        of_them = newest.filter(session=undone.session_id, member=undone.member_id, outcome__in=STANDING).standing()
        said = of_them.exclude(kind__in=[Tap.Kind.UNDO, Tap.Kind.MOVE]).exclude(pk=undone.pk)
        later = said.filter(recorded_at__gte=undone.recorded_at).first()
    if later is not None and later.kind == Tap.Kind.LADDER:
        raise Refused("ladder_changed")
    if later is not None:
        raise Refused("built_on", tap=str(later.key))
