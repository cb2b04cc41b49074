"""What each kind of tap does, under the lock that recording.py holds.

Each function asks the rules, appends its rows of history, and lets the events happen. It raises
Refused where a rule says no, before it has changed anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from programming import ladder
from programming.models.assessments import Assessment, AssessmentFault, Clearance, Hold, Note
from programming.models.assignments import AssignedDrill, AssignmentEnd
from programming.models.attending import attend, be_here, refuse_if_off
from programming.models.crossing import Before, settle_crossing
from programming.models.history import Happening, one_person, records_of
from programming.models.progressions import StageMove
from programming.models.recording import Recording, Refused, placement_of
from programming.models.repeating import slip_after
from programming.models.replaying import standing_events
from programming.models.sending import send
from programming.models.taps import Tap
from programming.models.undoing import move, undo


def stage(recording: Recording) -> None:
    """A coach wants a stage."""
    refuse_if_off(recording)
    wanted: str = recording.screen.values["stage"]
    before, placement = recording.standing_then(), recording.placement
    shown = Before(placement.stage_version, placement.stage_by_id)
    if before.stage == wanted:
        confirm(recording, ladder.Moved(**recording.place(), stage=wanted, confirms=""))
        return settle_crossing(recording, None, shown)
    rungs = recording.rungs
    rung = rungs.stage(wanted)
    if rung is None or rung.retired:
        raise Refused("retired")
    recording.refuse_if(ladder.refusal(rungs, before, ladder.Moved(**recording.place(), stage=wanted)))
    reason, evidence = why(rungs, before, wanted)
    event = ladder.Moved(**recording.place(), stage=wanted, left=before.stage, earned=reason == StageMove.Reason.EARNED)
    stages = recording.words.stages
    move = recording.happening(
        StageMove,
        member=recording.member,
        progression=recording.progression,
        session=recording.session,
        to_stage_id=stages[wanted].revision_id,
        from_stage_id=stages[before.stage].revision_id if before.stage else None,
        reason=reason,
        evidence=evidence,
    )
    recording.apply(event)
    settle_crossing(recording, move, shown)
    be_here(recording)
    return None


def why(rungs: ladder.Ladder, before: ladder.Standing, wanted: str) -> tuple[str, dict[str, Any]]:
    """The reason of a move as a code, and its evidence. A suggestion that is overruled is kept with it."""
    suggestion = ladder.suggest(rungs, before)
    evidence: dict[str, Any] = {"clean": before.clean, "setting": before.setting}
    if suggestion and suggestion.stage != wanted:
        evidence["suggested"] = {"kind": suggestion.kind, "stage": suggestion.stage, "fault": suggestion.fault}
    if before.stage is None:
        return StageMove.Reason.FIRST, {}
    if rungs.height(wanted) < rungs.height(before.stage):
        return StageMove.Reason.DOWN, evidence
    if ladder.earned(rungs, before, wanted):
        return StageMove.Reason.EARNED, evidence
    return StageMove.Reason.COACH, evidence


def setting(recording: Recording) -> None:
    """A coach wants a setting at a stage."""
    before, key = standing_and_stage(recording)
    event = ladder.Adjusted(**recording.place(), stage=key, setting=recording.screen.values["setting"])
    if key and not recording.words.stages[key].allows(event.setting):
        raise Refused("not_of_stage")
    change_within(recording, before, event, setting=event.setting)


def drill(recording: Recording) -> None:
    """A coach wants a drill of a stage."""
    before, key = standing_and_stage(recording)
    event = ladder.DrillChosen(**recording.place(), stage=key, drill=recording.screen.values["drill"])
    if key and event.drill not in recording.words.stages[key].drills:
        raise Refused("not_of_stage")
    if event.drill != ladder.within(recording.rungs, before, key)[1]:
        refuse_untaught(recording, event.drill)
    change_within(recording, before, event, drill_id=recording.words.drills[event.drill].revision_id)


def standing_and_stage(recording: Recording) -> tuple[ladder.Standing, str]:
    """Where the member stood, and the stage that the tap speaks of: the one it names, else theirs."""
    before = recording.standing_then()
    return before, recording.screen.values.get("stage") or before.stage or ""


def change_within(
    recording: Recording, before: ladder.Standing, event: ladder.Adjusted | ladder.DrillChosen, **change: Any
) -> None:
    """Ask the rules about a change within a stage, and append it."""
    rungs = recording.rungs
    recording.refuse_if(ladder.refusal(rungs, before, event))
    after, shown = ladder.after(rungs, before, event), Before(recording.placement.version)
    if ladder.within(rungs, before, event.stage) == ladder.within(rungs, after, event.stage):
        confirm(recording, replace(event, confirms=""))
        return settle_crossing(recording, None, shown)
    # Kept with the tap: two settings cross at one stage alone.
    recording.detail["stage"] = event.stage
    revision = recording.words.stages[event.stage].revision_id
    move = recording.happening(
        StageMove,
        kind=StageMove.Kind.SETTING if isinstance(event, ladder.Adjusted) else StageMove.Kind.DRILL,
        member=recording.member,
        progression=recording.progression,
        session=recording.session,
        from_stage_id=revision,
        to_stage_id=revision,
        reason=StageMove.Reason.WITHIN,
        **change,
    )
    recording.apply(event)
    settle_crossing(recording, move, shown)
    return None


KIND_OF_MOVE = {
    ladder.Moved: StageMove.Kind.STAGE,
    ladder.Adjusted: StageMove.Kind.SETTING,
    ladder.DrillChosen: StageMove.Kind.DRILL,
}


def confirm(recording: Recording, event: ladder.Moved | ladder.Adjusted | ladder.DrillChosen) -> None:
    """The wanted state already holds. Nothing changes now; but an older tap that arrives later finds it wanted.

    It stands as long as the move it confirms does, so that undoing a move undoes its second tap too.
    """
    moves = StageMove.objects.filter(member=recording.member, progression=recording.progression)
    same = moves.filter(kind=KIND_OF_MOVE[type(event)], to_stage__stage__key=event.stage, at__lte=recording.at)
    confirmed = same.standing().select_related("tap").order_by("-at", "-tap__key").first()
    recording.detail.update(stage=event.stage)
    recording.hear(event)
    recording.confirming(confirmed.tap.key if confirmed else "")


def saw(recording: Recording) -> None:
    """A coach saw the member: clean, not yet, or the same as before."""
    refuse_if_off(recording)
    result: str = recording.screen.values["saw"]
    made = made_in_opening(recording) if result == ladder.NOT_YET else None
    assess(recording, result, is_first=made is None)


def fault(recording: Recording) -> None:
    """A coach saw a fault. Further chips of one opening of the sheet add to its assessment."""
    key: str = recording.screen.values["fault"]
    found = made_in_opening(recording)
    if found is None or found.member_id != recording.member.pk or not found.stands:
        return assess(recording, ladder.NOT_YET, fault_key=key, is_first=found is None)
    before, words = recording.standing_then(), recording.words
    event = ladder.FaultSeen(**recording.place(), assessment=str(found.pk), fault=key)
    asked = ladder.Assessed(**recording.place(), stage=before.stage or "", result=ladder.NOT_YET)
    recording.refuse_if(ladder.refusal(recording.rungs, before, asked))
    chip = found.faults.filter(fault__fault__key=key).standing().select_related("tap").first()
    if chip is not None:
        return recording.confirming(chip.tap.key)
    note_what_was_seen(recording, found.stage.stage.key, found.setting, found.drill.drill.key if found.drill else None)
    recording.happening(AssessmentFault, assessment=found, fault_id=words.faults[key].revision_id)
    recording.apply(event)
    be_here(recording)
    return None


def made_in_opening(recording: Recording) -> Assessment | None:
    """The "not yet" that this opening of the sheet has made already; `stands` says whether faults can join it."""
    opening = recording.screen.values.get("opening")
    if not opening:
        return None
    made = Assessment.objects.filter(opening=opening).annotate(stands=Assessment.objects.not_undone())
    found: Assessment | None = made.select_related("stage__stage", "drill__drill").first()
    return found


def assess(recording: Recording, result: str, fault_key: str | None = None, *, is_first: bool = True) -> None:
    """Append an assessment at the stage the coach saw, with its setting and drill as they were then.

    `is_first`: this opening of the sheet has made none, undone or not. One that has starts afresh, without its name.
    """
    before, key = standing_and_stage(recording)
    words = recording.words
    asked = ladder.Assessed(**recording.place(), stage=key, result=result)
    recording.refuse_if(ladder.refusal(recording.rungs, before, asked))
    setting_then, drill_then = ladder.within(recording.rungs, before, key)
    note_what_was_seen(recording, key, setting_then, drill_then)
    said_before = slip_after(recording)
    if said_before is not None:
        return recording.confirming(said_before.key)
    opening = recording.screen.values.get("opening") if result == ladder.NOT_YET else None
    row = recording.happening(
        Assessment,
        member=recording.member,
        session=recording.session,
        stage_id=words.stages[key].revision_id,
        result=result,
        setting=setting_then,
        drill_id=words.drills[drill_then].revision_id if drill_then else None,
        opening=opening if is_first else None,
    )
    assessment = str(row.pk)
    place = recording.place(order=row.order)
    events: list[ladder.Event] = [
        ladder.Assessed(**place, stage=key, result=result, assessment=assessment, setting=setting_then)
    ]
    if fault_key:
        chip = recording.happening(AssessmentFault, assessment=row, fault_id=words.faults[fault_key].revision_id)
        events.append(ladder.FaultSeen(**recording.place(order=chip.order), assessment=assessment, fault=fault_key))
    recording.apply(*events)
    be_here(recording)
    return None


def note_what_was_seen(recording: Recording, stage_key: str, setting: int | None, drill_key: str | None) -> None:
    """Keep with the tap what the observation is of: the same words of something else are another observation."""
    recording.detail.update(stage=stage_key, setting=setting)
    if drill_key:
        recording.detail["drill"] = drill_key


def pain(recording: Recording) -> None:
    """Pain was reported: a hold on every ladder. Where it hurts stands in the hold alone."""
    where = recording.detail.pop("where", "")
    # A slip only while its hold is on: pain that is tapped after a clearance is pain again.
    on = [hold for hold in open_holds([recording.member.pk]) if is_near(recording, hold)]
    same = next((hold for hold in on if (hold.actor_id, hold.where) == (recording.screen.by.pk, where)), None)
    if same is not None:
        return recording.confirming(same.tap.key)
    for other in recording.session.ladders.exclude(pk=recording.progression.pk):
        # Also where they stand on no stage of it yet: the next board may be of any ladder of the class.
        placement_of(recording.member, other)
    hold = recording.happening(Hold, member=recording.member, session=recording.session, where=where)
    on_every_ladder(recording, [ladder.PainReported(**recording.place(order=hold.order), hold=str(hold.pk))])
    be_here(recording)
    return None


def is_near(recording: Recording, hold: Hold) -> bool:
    """Whether the tap came within 20 seconds of the hold, before or after."""
    return abs(recording.at - hold.at) < ladder.SLIP


def clear(recording: Recording) -> None:
    """A coach clears the holds that were on when the finger landed, with a note that says why."""
    body = recording.screen.values["note"].strip()
    recording.detail.pop("note")
    if not body:
        raise Refused("note_needed")
    holds = [hold for hold in open_holds([recording.member.pk]) if place_of(hold) < recording.landed]
    # Somebody else cleared it meanwhile: what was written stays, as a note.
    note_row = recording.happening(Note, member=recording.member, body=body)
    if not holds:
        return None
    events: list[ladder.Event] = []
    for hold in holds:
        row = recording.happening(Clearance, hold=hold, note=note_row)
        events.append(ladder.HoldCleared(**recording.place(order=row.order), hold=str(hold.pk)))
        recording.ended.append(str(hold.tap.key))
    on_every_ladder(recording, events)
    return None


def open_holds(member_ids: list[UUID]) -> list[Hold]:
    """The holds of these members that nobody cleared and nobody undid, newest first."""
    ended = Clearance.objects.filter(hold=models.OuterRef("pk")).standing()
    holds = Hold.objects.filter(~models.Exists(ended), member__in=records_of(*member_ids)).standing()
    found = list(holds.select_related("tap").annotate(of=one_person()).order_by("-at", "-tap__key"))
    for hold in found:
        # Whose it is today: it may have been reported of a record that was joined to theirs.
        hold.member_id = hold.of
    return found


def on_every_ladder(recording: Recording, events: list[ladder.Event]) -> None:
    """Holds concern all ladders: let it happen on each of the member's."""
    recording.apply(*events)
    for placement in recording.placements()[1:]:
        known = standing_events(recording.member.pk, placement.progression)
        recording.settle(placement, [*known, *events])


def assign(recording: Recording) -> None:
    """A coach wants a drill assigned, or no longer."""
    key, wanted = recording.screen.values["drill"], recording.screen.values["wanted"]
    earlier = [row for row in assignments(recording.member.pk, key) if place_of(row) < recording.landed]
    before = earlier[-1] if earlier else None
    if wanted == isinstance(before, AssignedDrill):
        return recording.confirming(before.tap.key if before else "")
    if before:
        recording.ended.append(str(before.tap.key))
    if not wanted:
        recording.happening(AssignmentEnd, assigned=before)
        return None
    refuse_untaught(recording, key)
    because = recording.screen.values.get("fault")
    recording.happening(
        AssignedDrill,
        member=recording.member,
        session=recording.session,
        drill_id=recording.words.drills[key].revision_id,
        reason=AssignedDrill.Reason.FAULT if because else AssignedDrill.Reason.COACH,
        evidence={"fault": because} if because else {},
    )
    return None


def refuse_untaught(recording: Recording, drill: str) -> None:
    """Nobody is given a drill that was taught no more when it was tapped."""
    if not recording.words.drills[drill].is_taught(recording.at):
        raise Refused("drill_retired")


def assignments(member_id: UUID, drill: str) -> list[AssignedDrill | AssignmentEnd]:
    """Each time this drill was assigned or ended, of what stands, in order."""
    theirs = records_of(member_id)
    begun = AssignedDrill.objects.filter(member__in=theirs, drill__drill__key=drill).standing()
    ended = AssignmentEnd.objects.filter(assigned__member__in=theirs, assigned__drill__drill__key=drill).standing()
    return sorted([*begun.select_related("tap"), *ended.select_related("tap")], key=place_of)


def place_of(row: Happening) -> tuple[datetime, str, int]:
    """Where a row, read with its tap, stands in the order of things."""
    return (row.at, str(row.tap.key), row.order)


def assigned_drills(member_id: UUID) -> models.QuerySet[AssignedDrill]:
    """What a member is to do now: of each drill the newest word, where that does not end it."""
    theirs = records_of(member_id)
    later = models.Q(at__gt=models.OuterRef("at")) | models.Q(
        at=models.OuterRef("at"), tap__key__gt=models.OuterRef("tap__key")
    )
    drill = models.OuterRef("drill__drill")
    ended = AssignmentEnd.objects.filter(later, assigned__member__in=theirs, assigned__drill__drill=drill).standing()
    again = AssignedDrill.objects.filter(later, member__in=theirs, drill__drill=drill).standing()
    drills: models.QuerySet[AssignedDrill] = AssignedDrill.objects.filter(
        ~models.Exists(ended), ~models.Exists(again), member__in=theirs
    ).standing()
    return drills


def note(recording: Recording) -> None:
    """A coach writes a note. Its words stand in the note alone, where they can be emptied."""
    body = recording.screen.values["note"].strip()
    recording.detail.pop("note")
    recording.happening(Note, member=recording.member, body=body)


KINDS: dict[str, Callable[[Recording], None]] = {
    Tap.Kind.STAGE: stage,
    Tap.Kind.SETTING: setting,
    Tap.Kind.DRILL: drill,
    Tap.Kind.SAW: saw,
    Tap.Kind.FAULT: fault,
    Tap.Kind.PAIN: pain,
    Tap.Kind.CLEAR: clear,
    Tap.Kind.ASSIGN: assign,
    Tap.Kind.NOTE: note,
    Tap.Kind.ATTENDANCE: attend,
    Tap.Kind.WITH_COACH: send,
    Tap.Kind.UNDO: undo,
    Tap.Kind.MOVE: move,
}
