"""A ladder as plain values: what the rules need, and the words and revisions that screens and rows need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gym.scope import in_gym
from programming import ladder
from programming.shipped import shown, shown_all

if TYPE_CHECKING:
    from programming.models.progressions import StageRevision


@dataclass(frozen=True, slots=True)
class StageWords:
    """A stage as screens show it, and the revision that rows refer to."""

    key: str
    stage_id: UUID
    revision_id: UUID
    name: str
    short_name: str
    figure: str
    colour: str
    pass_text: str
    setting_name: str
    quantity: str
    step: int
    minimum: int
    maximum: int
    faults: tuple[str, ...]
    drills: tuple[str, ...]
    loads: bool
    retired: bool
    # What one person needs there of each kind of equipment, where the stage has no drill.
    needs: tuple[tuple[str, int], ...] = ()

    def allows(self, setting: int) -> bool:
        """Whether the stage can be set so: it has a setting, and this is within its range."""
        return bool(self.quantity) and self.minimum <= setting <= self.maximum


@dataclass(frozen=True, slots=True)
class DrillWords:
    """A drill as screens show it."""

    key: str
    revision_id: UUID
    name: str
    cues: tuple[str, ...]
    dose: str
    # What one person needs of each kind of equipment.
    needs: tuple[tuple[str, int], ...] = ()
    # NULL: it is taught. Nobody is given it newly from then on.
    retired_at: datetime | None = None

    def is_taught(self, at: datetime) -> bool:
        """Whether it could be chosen at that time."""
        return self.retired_at is None or at < self.retired_at


@dataclass(frozen=True, slots=True)
class FaultWords:
    """A fault as screens show it, with the keys of the drills that correct it."""

    key: str
    revision_id: UUID
    name: str
    cue: str
    drills: tuple[str, ...]
    retired: bool = False


@dataclass(frozen=True, slots=True)
class EarlierWords:
    """What the stages were called until the ladder was changed, by key."""

    until: datetime
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class LadderWords:
    """One revision of a ladder: the rules' view of it, and its words by key."""

    ladder: ladder.Ladder
    stages: dict[str, StageWords]
    drills: dict[str, DrillWords]
    faults: dict[str, FaultWords]
    # The oldest first.
    earlier: tuple[EarlierWords, ...] = ()
    # Which ladder it is; None: of no gym's.
    progression_id: UUID | None = None

    @property
    def shown(self) -> list[StageWords]:
        """The stages on the board, from the easiest up."""
        return [stage for stage in self.stages.values() if not stage.retired]

    def name_then(self, stage: str, at: datetime) -> str:
        """What a stage was called at that time."""
        known = next((era.names[stage] for era in self.earlier if at < era.until and stage in era.names), None)
        return known or self.stages[stage].name


# Each holds all drills of its gym: a few dozen kilobytes, of one with thousands several megabytes. So many are the
# ladders of some forty gyms that teach at the same time; what none of them asks for makes room.
KEPT = 128


@lru_cache(maxsize=KEPT)
def read_ladder(gym_id: UUID, progression_id: UUID, revision: UUID, language: str | None) -> LadderWords:
    """The ladder as of that revision, in the language that is spoken now.

    The key changes with every edit, so a process never shows an old one.
    """
    from programming.models.drills import Drill, Fault
    from programming.models.ladder_changes import eras_of
    from programming.models.progressions import Stage

    with in_gym(gym_id):
        stages = list(
            Stage.objects.filter(progression_id=progression_id).select_related("current").order_by("position", "key")
        )
        eras = eras_of(progression_id)
        drills = {drill.key: _drill(drill) for drill in Drill.objects.select_related("current")}
        faults = {fault.key: _fault(fault) for fault in Fault.objects.select_related("current")}
    untaught = frozenset(drill.key for drill in drills.values() if drill.retired_at)
    rungs = tuple(rung(stage.key, stage.current, stage.retired_at is not None, untaught) for stage in stages)
    earlier = tuple(ladder.Era(until, tuple(rung(*each) for each in then)) for until, then in eras)
    return LadderWords(
        ladder=ladder.Ladder(
            rungs,
            {fault.key: tuple(each for each in fault.drills if each not in untaught) for fault in faults.values()},
            earlier,
        ),
        stages={stage.key: _stage(stage) for stage in stages},
        drills=drills,
        faults=faults,
        progression_id=progression_id,
        earlier=tuple(
            EarlierWords(until, {key: shown(words.name) for key, words, _retired in then}) for until, then in eras
        ),
    )


def rung(key: str, words: Any, retired: bool, untaught: frozenset[str] = frozenset()) -> ladder.Stage:
    """A stage as the rules see it; `words` are those of a revision, or of a draft of one.

    `untaught` are the drills that the gym teaches no more.
    """
    setting = None
    if words.quantity:
        less = words.harder == "less"
        setting = ladder.Setting(words.step, words.minimum, words.maximum, words.start, words.pass_at, less)
    return ladder.Stage(
        key=key,
        clean_needed=words.clean_needed,
        setting=setting,
        drills=tuple(words.drills),
        within_first=words.within_first,
        retired=retired,
        untaught=untaught,
    )


def _stage(stage: Any) -> StageWords:
    words: StageRevision = stage.current
    return StageWords(
        key=stage.key,
        stage_id=stage.pk,
        revision_id=words.pk,
        name=shown(words.name),
        short_name=shown(words.short_name),
        # A gym's own stage may have none.
        figure=words.figure or "stage",
        colour=words.colour,
        pass_text=shown(words.pass_text),
        setting_name=shown(words.setting_name),
        quantity=words.quantity,
        step=words.step,
        minimum=words.minimum,
        maximum=words.maximum,
        faults=tuple(words.faults),
        drills=tuple(words.drills),
        loads=words.loads,
        retired=stage.retired_at is not None,
        needs=tuple(sorted(words.equipment.items())),
    )


def _drill(drill: Any) -> DrillWords:
    words = drill.current
    return DrillWords(
        key=drill.key,
        revision_id=words.pk,
        name=shown(words.name),
        cues=shown_all(words.cues),
        dose=shown(words.dose.get("text", "")),
        needs=tuple(sorted(words.equipment.items())),
        retired_at=drill.retired_at,
    )


def _fault(fault: Any) -> FaultWords:
    words = fault.current
    is_retired = fault.retired_at is not None
    return FaultWords(fault.key, words.pk, shown(words.name), shown(words.cue), tuple(words.drills), is_retired)
