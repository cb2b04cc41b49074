"""A changed ladder is taught: new revisions of its stages, and everybody on it settled in one go.

What happened before is judged and read by what was taught then (rule 11), so that nothing but what is said here moves
anybody: whoever stands on a stage that is retired moves to the one that the draft names. Whom pain holds does not move
up by it either, and stays until a coach moves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from gym.auditing import audit
from gym.identifiers import uuid7
from gym.models import Membership, fold
from programming import ladder
from programming.models.classes import ClassSession
from programming.models.ladder_changes import LadderChange, note_change, stages_now
from programming.models.ladder_drafts import WORDS, DraftChanged, LadderDraft, as_taught, flat, free_key
from programming.models.progressions import Placement, Progression, Stage, StageMove
from programming.models.recording import digest_of
from programming.models.retrying import retrying
from programming.models.taps import Tap

# Rows written at a time.
BATCH = 500
# Away from the places of stages, so that two never stand on one while they change it.
ASIDE = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How somebody stands once the ladder is another one.

    `moved` is the event that takes them off a retired stage; `stays` the stage to which pain keeps them from moving up.
    """

    standing: ladder.Standing
    moved: ladder.Moved | None = None
    stays: str = ""


def outcome(
    rungs: ladder.Ladder, standing: ladder.Standing, targets: Mapping[str, str], at: datetime, key: str = ""
) -> Outcome:
    """What a change of the ladder does to somebody who stands so; `rungs` is the ladder as it is from then on."""
    changed = ladder.after(rungs, standing, ladder.LadderChanged(at=at))
    stage = rungs.stage(changed.stage)
    target = targets.get(stage.key, "") if stage is not None and stage.retired else ""
    if not target:
        return Outcome(changed)
    move = ladder.Moved(at=at, tap=key, stage=target, left=changed.stage, follows=True)
    if ladder.refusal(rungs, changed, move):
        return Outcome(changed, stays=target)
    return Outcome(ladder.after(rungs, changed, move), moved=move)


@retrying
@transaction.atomic
def publish(
    draft: LadderDraft, *, shown: int, changes: int, by: Membership, at: datetime | None = None
) -> LadderChange | None:
    """Teach what the draft says from now on, and end the draft. Answers the change; None for a new ladder.

    `shown` is the version of the draft, `changes` how often the ladder had been changed, as the owner saw them before:
    raises DraftChanged where it is another one by now, and ValueError for a draft that nobody could teach.
    """
    lock_everybody()
    # After every tap that was recorded before.
    at = at or timezone.now()
    found = LadderDraft.objects.select_for_update(of=("self",)).filter(pk=draft.pk, version=shown).first()
    if found is None:
        raise DraftChanged
    if not found.taught:
        raise ValueError("a ladder without a stage")
    progression = found.progression or _new_ladder(found.name)
    progression = Progression.objects.select_for_update(of=("self",), no_key=True).get(pk=progression.pk)
    if LadderChange.objects.filter(progression=progression).count() != changes:
        raise DraftChanged
    name, before = progression.name, stages_now(progression)
    was = flat(as_taught(progression))
    _write(progression, found, at)
    audit("ladder.publish", progression, before=was if before else {}, after=flat(found.content))
    change = note_change(progression, name=name, stages=before, actor=by, at=at) if before else None
    found.delete()
    settle(progression, found.targets, by=by, at=at)
    return change


def settle(progression: Progression, targets: Mapping[str, str], *, by: Membership | None, at: datetime) -> None:
    """Let everybody on the ladder stand as its change makes them, and say so on every open board."""
    progression.refresh_from_db(fields=["revision"])
    words, revisions = progression.ladder(), _before_last(progression)
    placements, taps, moves = [], [], []
    for placement in Placement.objects.filter(progression=progression).order_by("member_id"):
        key = uuid7()
        made = outcome(words.ladder, placement.position, targets, at, str(key))
        placement.take(made.standing, words, by=None)
        placements.append(placement)
        if made.moved is not None and by is not None:
            tap = _tap(placement, key, made.moved, by, at)
            taps.append(tap)
            left, wanted = revisions[str(made.moved.left)], words.stages[made.moved.stage].revision_id
            moves.append(_move(placement, tap, left, wanted))
    fields = ["standing", "is_held", "version", "stage", "stage_version", "stage_by"]
    Placement.objects.bulk_update(placements, fields, batch_size=BATCH)
    Tap.objects.bulk_create(taps, batch_size=BATCH)
    StageMove.objects.bulk_create(moves, batch_size=BATCH)
    raise_versions(progression, at)


def lock_everybody() -> None:
    """Hold everybody of the gym: a tap that is being recorded comes before what follows, or after it."""
    list(Membership.objects.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def raise_versions(progression: Progression, at: datetime) -> None:
    """Every open class with that ladder has something new to show."""
    ClassSession.objects.open(at).filter(ladders=progression).update(version=F("version") + 1)


def _new_ladder(name: str) -> Progression:
    taken = set(Progression.objects.values_list("key", flat=True))
    key = free_key(slugify(fold(name))[:52], taken)
    made: Progression = Progression.objects.create(key=key, name=name, follows_shipped=False)
    return made


def _write(progression: Progression, draft: LadderDraft, at: datetime) -> None:
    """The stages as the draft says them: new revisions, places, and which are taught. The ladder is the gym's own."""
    known = {stage.key: stage for stage in Stage.objects.filter(progression=progression)}
    for stage in known.values():
        stage.position += ASIDE
    Stage.objects.bulk_update(known.values(), ["position"])
    for place, each in enumerate(draft.stages):
        stage = known.get(each["key"]) or Stage.objects.create(
            progression=progression, key=each["key"], position=ASIDE * 2 + place
        )
        stage.revise(**{name: each["words"][name] for name in WORDS if name in each["words"]})
        stage.position = place
        stage.retired_at = (stage.retired_at or at) if each["retired"] else None
        stage.save(update_fields=["position", "retired_at"])
    progression.name, progression.follows_shipped, progression.revision = draft.name, False, uuid7()
    progression.save(update_fields=["name", "follows_shipped", "revision"])


def _before_last(progression: Progression) -> dict[str, UUID]:
    """The revision of each stage as it was until the last change."""
    last = LadderChange.objects.filter(progression=progression).order_by("-number").first()
    return {each["stage"]: UUID(each["revision"]) for each in last.stages} if last else {}


def _tap(placement: Placement, key: UUID, move: ladder.Moved, by: Membership, at: datetime) -> Tap:
    values = {"stage": move.stage}
    return Tap(
        key=key,
        kind=Tap.Kind.LADDER,
        digest=digest_of(Tap.Kind.LADDER, None, [str(placement.member_id)], by, values),
        member_id=placement.member_id,
        progression_id=placement.progression_id,
        actor=by,
        at=at,
        recorded_at=at,
        outcome=Tap.Outcome.APPLIED,
        detail=values,
    )


def _move(placement: Placement, tap: Tap, left: UUID, wanted: UUID) -> StageMove:
    return StageMove(
        tap=tap,
        at=tap.at,
        recorded_at=tap.recorded_at,
        actor=tap.actor,
        member_id=placement.member_id,
        progression_id=placement.progression_id,
        from_stage_id=left,
        to_stage_id=wanted,
        reason=StageMove.Reason.LADDER,
    )


def outcomes(
    rungs: ladder.Ladder, placements: Iterable[Placement], targets: Mapping[str, str], at: datetime
) -> list[tuple[Placement, Outcome]]:
    """What a change would do to each of these: nothing is written."""
    return [(each, outcome(rungs, each.position, targets, at)) for each in placements]
