"""The rules of the ladder, numbered as in docs/ladder-rules.md.

Pure functions over plain values: this module imports neither Django nor anything of ours.
Settings are whole millimetres (distance) or grams (load). Times are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

# An identical observation by the same coach within this time is a slip of the thumb.
SLIP = timedelta(seconds=20)
# A tap's effective time is never earlier than this before its class starts.
EARLIEST = timedelta(hours=1)

CLEAN, NOT_YET, SEEN = "clean", "not_yet", "seen"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a stage is set to: a distance in mm or a load in g, judged in whole steps.

    More is harder (further, heavier), unless less is: a lower box, a bar nearer to the floor.
    """

    step: int
    minimum: int
    maximum: int
    start: int
    pass_at: int | None = None
    less_is_harder: bool = False

    def judged(self, value: int) -> int:
        """The value at the stage's step, within its range (rule 9). Half a step counts as a whole one."""
        stepped = (value - self.minimum + self.step // 2) // self.step * self.step + self.minimum
        return min(max(stepped, self.minimum), self.maximum)

    def effort(self, value: int) -> int:
        """What is asked by a setting, to compare with another: the more, the harder."""
        return -self.judged(value) if self.less_is_harder else self.judged(value)

    def kept(self, value: int | None) -> int:
        """The nearest setting within the range; where there is none, the one to begin with."""
        return self.start if value is None else min(max(value, self.minimum), self.maximum)


@dataclass(frozen=True, slots=True)
class Stage:
    """One rung. `drills` are in order of demand; those of them that are `untaught` nobody is given any more."""

    key: str
    clean_needed: int = 2
    setting: Setting | None = None
    drills: tuple[str, ...] = ()
    within_first: bool = False
    retired: bool = False
    untaught: frozenset[str] = frozenset()

    @property
    def first_drill(self) -> str | None:
        """The easiest that is taught."""
        return next((drill for drill in self.drills if drill not in self.untaught), None)


@dataclass(frozen=True, slots=True)
class Era:
    """The stages as they were taught until the ladder was changed."""

    until: datetime
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The stages from the easiest up, and for each fault the drills that correct it, best first.

    `earlier` are its former eras, the oldest first: what happened then is judged by what was taught then.
    """

    stages: tuple[Stage, ...]
    corrections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    earlier: tuple[Era, ...] = ()

    def height(self, key: str | None) -> int:
        """How high a stage stands, from 0; −1 for none."""
        return next((height for height, stage in enumerate(self.stages) if stage.key == key), -1)

    def stage(self, key: str | None) -> Stage | None:
        """The stage of that key."""
        height = self.height(key)
        return self.stages[height] if height >= 0 else None

    def next_stage(self, key: str | None) -> Stage | None:
        """The next stage up that is still taught; None at the top."""
        return next((stage for stage in self.stages[self.height(key) + 1 :] if not stage.retired), None)

    def then(self, at: datetime) -> Ladder:
        """The ladder as it was taught at that time."""
        era = next((era for era in self.earlier if at < era.until), None)
        return Ladder(era.stages, self.corrections) if era else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a member, at an effective time. `tap` and `order` settle equal times."""

    at: datetime
    tap: str
    order: int = 0
    session: str | None = None
    # The tap whose wanted state this one only repeats ("": the state it found); None: it wanted something new.
    confirms: str | None = None

    @property
    def place(self) -> tuple[datetime, str, int]:
        """Where the event stands in the order of things, whenever it arrived."""
        return (self.at, self.tap, self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Event):
    """This stage was wanted; `left` is the one that the member held when it was judged.

    `follows`: a change of the ladder wanted it, of whoever stood on the stage that was left and of nobody else.
    """

    stage: str
    left: str | None = None
    earned: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted(Event):
    """A coach wanted this setting at this stage."""

    stage: str
    setting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillChosen(Event):
    """A coach wanted this drill of this stage."""

    stage: str
    drill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed(Event):
    """A coach saw the member at a stage and setting: clean, not yet, or the same as before."""

    stage: str
    result: str
    assessment: str = ""
    setting: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSeen(Event):
    """A fault of an assessment."""

    assessment: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PainReported(Event):
    """Pain: a hold begins."""

    hold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCleared(Event):
    """A coach cleared one hold."""

    hold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderChanged(Event):
    """The ladder is another one from then on (rule 11)."""

    tap: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands on a ladder: what all that stands of their history makes (rule 8)."""

    stage: str | None = None
    setting: int | None = None
    drill: str | None = None
    # Clean assessments in a row at this stage, setting and drill (rules 2, 7, 10).
    clean: int = 0
    # Fault → in how many assessments running, at this stage (rule 5); and as it was before the last one.
    faults: Mapping[str, int] = field(default_factory=dict)
    faults_before: Mapping[str, int] = field(default_factory=dict)
    assessment: str = ""
    # Stage → the setting and drill last used there.
    remembered: Mapping[str, tuple[int | None, str | None]] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    seen_at: datetime | None = None
    last: tuple[datetime, str, int] | None = None

    @property
    def held(self) -> bool:
        """Whether pain holds the member."""
        return bool(self.holds)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a tap is not applied: a code that words.py turns into a sentence, and its parameters."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the rules would do next, with the evidence. It never acts (rule 6).

    kind: "stage", "drill", "setting", "keep" after clean ones; "correct" after a repeated fault.
    """

    kind: str
    stage: str | None = None
    drill: str | None = None
    setting: int | None = None
    clean: int = 0
    at_stage: str | None = None
    at_setting: int | None = None
    fault: str | None = None
    times: int = 0


def refusal(ladder: Ladder, standing: Standing, event: Event) -> Refusal | None:
    """Why this may not happen to someone who stands so; None where it may (rules 1, 4)."""
    if isinstance(event, PainReported | HoldCleared | LadderChanged):
        return None
    if isinstance(event, Moved):
        if event.follows and event.left != standing.stage:
            return Refusal("not_there")
        up = ladder.height(event.stage) > ladder.height(standing.stage)
        return Refusal("held") if standing.held and up else None
    if standing.held and isinstance(event, Assessed | FaultSeen):
        return Refusal("held")
    if standing.stage is None:
        return Refusal("not_placed")
    if standing.held and is_harder(ladder, standing, event):
        return Refusal("held")
    return None


def is_harder(ladder: Ladder, standing: Standing, event: Event) -> bool:
    """Whether a change within a stage asks for more than was asked there before."""
    if not isinstance(event, Adjusted | DrillChosen):
        return False
    stage = ladder.stage(event.stage)
    if stage is None:
        return False
    setting, drill = remembered(standing, stage)
    if isinstance(event, Adjusted):
        return stage.setting is not None and stage.setting.effort(event.setting) > stage.setting.effort(setting or 0)
    return _demand(stage, event.drill) > _demand(stage, drill)


def earned(ladder: Ladder, standing: Standing, wanted: str) -> bool:
    """Whether a move up is earned: one stage, after n clean in a row at a setting that passes (rule 2)."""
    stage, target = ladder.stage(standing.stage), ladder.next_stage(standing.stage)
    if stage is None or target is None or target.key != wanted or standing.held:
        return False
    return standing.clean >= stage.clean_needed and _passes(stage, standing.setting)


def after(ladder: Ladder, standing: Standing, event: Event) -> Standing:
    """The standing once the event has happened. What a rule refuses at its time has no effect (rule 4)."""
    moved_on = replace(standing, last=event.place)
    if refusal(ladder, standing, event):
        return moved_on
    match event:
        case Moved():
            return _after_move(ladder, moved_on, event.stage)
        case Adjusted() | DrillChosen():
            return _after_change_within(ladder, moved_on, event)
        case Assessed():
            return _after_assessment(ladder, moved_on, event)
        case FaultSeen():
            return _after_fault(moved_on, event)
        case PainReported():
            return replace(moved_on, holds=(*moved_on.holds, event.hold))
        case HoldCleared():
            return replace(moved_on, holds=tuple(hold for hold in moved_on.holds if hold != event.hold))
        case LadderChanged():
            return _after_ladder_change(ladder, moved_on)
    raise TypeError(f"No rule for {type(event).__name__}")


def replay(ladder: Ladder, events: Iterable[Event]) -> Standing:
    """What a history makes, in order of effective time, in whatever order it arrived (rules 8, 11)."""
    standing = Standing()
    for event in _in_order(ladder, events):
        standing = after(ladder.then(event.at), standing, event)
    return standing


def in_effect(ladder: Ladder, events: Iterable[Event]) -> list[Event]:
    """Those of a history's events that no rule refused at their time, in order."""
    standing, effective = Standing(), []
    for event in _in_order(ladder, events):
        rungs = ladder.then(event.at)
        if refusal(rungs, standing, event) is None and not isinstance(event, LadderChanged):
            effective.append(event)
        standing = after(rungs, standing, event)
    return effective


def suggest(ladder: Ladder, standing: Standing) -> Suggestion | None:
    """What the rules would do next, and why; None where they have nothing to say (rules 2, 5, 6, 9, 10)."""
    stage = ladder.stage(standing.stage)
    if stage is None or standing.held:
        return None
    repeated = sorted((-times, fault) for fault, times in standing.faults.items() if times >= 2)
    if repeated:
        times, fault = -repeated[0][0], repeated[0][1]
        return _correction(ladder, standing, fault, times)
    if standing.clean < stage.clean_needed:
        return None
    return _next_step(ladder, stage, standing)


def correcting_drill(ladder: Ladder, standing: Standing, fault: str) -> str | None:
    """The best drill for a fault: not one of a later stage, and another than the present one where there is one."""
    later = ladder.stages[ladder.height(standing.stage) + 1 :]
    drills = [
        drill
        for drill in ladder.corrections.get(fault, ())
        if drill == standing.drill or not any(drill in stage.drills for stage in later)
    ]
    return next((drill for drill in drills if drill != standing.drill), drills[0] if drills else None)


def builds_on(later: Event, earlier: Event) -> bool:
    """Whether undoing `earlier` would pull the ground from under `later` (rule 8)."""
    if later.confirms is not None:
        return False
    match earlier, later:
        case (Moved(), Moved() | Adjusted() | DrillChosen() | Assessed()):
            return True
        case (Assessed(), Moved()):
            return later.earned and earlier.result == CLEAN and earlier.stage == later.left
        case (Assessed(), FaultSeen()):
            return later.assessment == earlier.assessment and later.tap != earlier.tap
        case (Adjusted() | DrillChosen(), Assessed()):
            return later.stage == earlier.stage
        case (PainReported(), HoldCleared()):
            return later.hold == earlier.hold
        case (HoldCleared(), Moved() | Adjusted() | DrillChosen() | Assessed() | FaultSeen()):
            return True
    return False


def effective_at(now: datetime, age: timedelta, class_starts: datetime) -> datetime:
    """When a tap happened: arrival less age, between one hour before the class and now."""
    return min(now, max(now - age, class_starts - EARLIEST))


def within(ladder: Ladder, standing: Standing, key: str) -> tuple[int | None, str | None]:
    """The setting and drill of a member at a stage, their own or another: (None, None) where there is no such stage."""
    if key == standing.stage:
        return standing.setting, standing.drill
    stage = ladder.stage(key)
    return remembered(standing, stage) if stage else (None, None)


def _in_order(ladder: Ladder, events: Iterable[Event]) -> list[Event]:
    """What happened to a member and to the ladder."""
    changes = [LadderChanged(at=era.until) for era in ladder.earlier]
    return sorted([*changes, *events], key=lambda event: event.place)


def _demand(stage: Stage, drill: str | None) -> int:
    return stage.drills.index(drill) if drill in stage.drills else -1


def remembered(standing: Standing, stage: Stage) -> tuple[int | None, str | None]:
    """The setting and drill of a member at a stage: as last used there, else where the stage starts."""
    setting, drill = standing.remembered.get(stage.key, (None, None))
    if drill not in stage.drills:
        drill = stage.first_drill
    return (stage.setting.kept(setting) if stage.setting is not None else None), drill


def _passes(stage: Stage, setting: int | None) -> bool:
    if stage.setting is None or stage.setting.pass_at is None:
        return True
    return setting is not None and stage.setting.effort(setting) >= stage.setting.effort(stage.setting.pass_at)


def _after_ladder_change(ladder: Ladder, standing: Standing) -> Standing:
    """Whoever stands on a stage stays on it, with a setting and a drill that it has. A harder one starts the count."""
    stage = ladder.stage(standing.stage)
    if stage is None:
        return standing
    drill = standing.drill if standing.drill in stage.drills else stage.first_drill
    if stage.setting is None:
        return replace(standing, setting=None, drill=drill)
    before, setting = standing.setting, stage.setting.kept(standing.setting)
    is_harder = before is not None and (setting < before if stage.setting.less_is_harder else setting > before)
    return replace(standing, setting=setting, drill=drill, clean=0 if is_harder else standing.clean)


def _after_move(ladder: Ladder, standing: Standing, wanted: str) -> Standing:
    stage = ladder.stage(wanted)
    if stage is None or standing.stage == wanted:
        return standing
    setting, drill = remembered(standing, stage)
    return replace(
        standing, stage=wanted, setting=setting, drill=drill, clean=0, faults={}, faults_before={}, assessment=""
    )


def _after_change_within(ladder: Ladder, standing: Standing, event: Adjusted | DrillChosen) -> Standing:
    stage = ladder.stage(event.stage)
    if stage is None:
        return standing
    setting, drill = remembered(standing, stage)
    harder = is_harder(ladder, standing, event)
    if isinstance(event, Adjusted):
        setting = event.setting if stage.setting is not None else None
    else:
        drill = event.drill if event.drill in stage.drills else drill
    if (setting, drill) == remembered(standing, stage):
        return standing
    standing = replace(standing, remembered={**standing.remembered, stage.key: (setting, drill)})
    if standing.stage != stage.key:
        return standing
    return replace(standing, setting=setting, drill=drill, clean=0 if harder else standing.clean)


def _after_assessment(ladder: Ladder, standing: Standing, event: Assessed) -> Standing:
    standing = replace(standing, seen_at=event.at)
    stage = ladder.stage(event.stage)
    if stage is None or event.stage != standing.stage or event.result == SEEN:
        return standing
    if event.result == NOT_YET:
        return replace(standing, clean=0, faults={}, faults_before=dict(standing.faults), assessment=event.assessment)
    # Clean is clean at the setting recorded: an easier one does not count for the harder (rule 7).
    easier = (
        stage.setting is not None
        and event.setting is not None
        and standing.setting is not None
        and stage.setting.effort(event.setting) < stage.setting.effort(standing.setting)
    )
    return replace(
        standing,
        clean=standing.clean if easier else standing.clean + 1,
        faults={},
        faults_before={},
        assessment=event.assessment,
    )


def _after_fault(standing: Standing, event: FaultSeen) -> Standing:
    if event.assessment != standing.assessment or event.fault in standing.faults:
        return standing
    times = standing.faults_before.get(event.fault, 0) + 1
    return replace(standing, faults={**standing.faults, event.fault: times})


def _correction(ladder: Ladder, standing: Standing, fault: str, times: int) -> Suggestion:
    drill = correcting_drill(ladder, standing, fault)
    here = ladder.height(standing.stage)
    homes = [stage.key for stage in ladder.stages[:here] if drill in stage.drills and not stage.retired]
    home = homes[-1] if homes else None
    return Suggestion("correct", stage=home, drill=drill, at_stage=standing.stage, fault=fault, times=times)


def _next_step(ladder: Ladder, stage: Stage, standing: Standing) -> Suggestion:
    """Rule 10: within the stage first where it says so, or at the top; never past what passes without passing."""
    keep = Suggestion("keep", clean=standing.clean, at_stage=stage.key, at_setting=standing.setting)
    following = ladder.next_stage(stage.key)
    harder = _harder_setting(stage, standing.setting)
    if stage.within_first or following is None:
        later = stage.drills[_demand(stage, standing.drill) + 1 :]
        following_drill = next((drill for drill in later if drill not in stage.untaught), None)
        if following_drill is not None:
            return replace(keep, kind="drill", drill=following_drill)
        enough = following is not None and _passes(stage, standing.setting) and _has_pass(stage)
        if harder is not None and not enough:
            return replace(keep, kind="setting", setting=harder)
    if harder is not None and not _passes(stage, standing.setting):
        return replace(keep, kind="setting", setting=harder)
    if following is not None:
        return replace(keep, kind="stage", stage=following.key)
    return keep


def _has_pass(stage: Stage) -> bool:
    return stage.setting is not None and stage.setting.pass_at is not None


def _harder_setting(stage: Stage, setting: int | None) -> int | None:
    """One step harder; None where there is no setting or no room left."""
    if stage.setting is None:
        return None
    step = -stage.setting.step if stage.setting.less_is_harder else stage.setting.step
    harder = stage.setting.judged(setting if setting is not None else stage.setting.start) + step
    return harder if stage.setting.minimum <= harder <= stage.setting.maximum else None
