"""What a class must be after its taps: worked out from the taps alone, in order of their effective times.

It shares the pure rules of ladder.py with the application, and nothing of how that records, locks or replays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from programming import ladder

APPLIED, UNCHANGED, REFUSED = "applied", "unchanged", "refused"
HERE, NOT_HERE = "here", ("expected", "no_show", "off")


@dataclass(frozen=True)
class Tapped:
    """One tap of one finger on one person: what was wanted or seen, and the effective time."""

    key: UUID
    kind: str
    coach: str
    at: datetime
    values: Mapping[str, str] = field(default_factory=dict)
    # A part of "Rest clean": only for those who are here and were not yet seen.
    is_rest: bool = False

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in the order of things."""
        return (self.at, str(self.key))

    def part(self, member: str, stage: str) -> Tapped:
        """What a tap for several people is for one of them, on the stage that the screen showed."""
        values = {**self.values, **({"stage": stage} if stage and "saw" in self.values else {})}
        kind = next(kind for kind, name in PARTS.items() if name in values)
        if kind == "stage":
            values = {"stage": values["stage"]}
        return Tapped(uuid5(self.key, member), kind, self.coach, self.at, values, self.is_rest)


# The value by which the kind of a part of a tap for several people is known.
PARTS = {"saw": "saw", "attendance": "state", "stage": "stage"}


@dataclass
class Person:
    """Somebody in the class, before and after taps."""

    rungs: ladder.Ladder
    standing: ladder.Standing = field(default_factory=ladder.Standing)
    state: str = HERE
    # What was last seen of them in this class: result, stage, faults. None: nothing yet, or nothing but pain.
    seen: tuple[str, str, tuple[str, ...]] | None = None
    is_seen: bool = False
    # Rows that stand: how many of each kind of history.
    rows: Counter[str] = field(default_factory=Counter)
    verdicts: dict[UUID, str] = field(default_factory=dict)
    # Tap that only said again what stood → the tap that had made it so; and who made the stage, the state and so on.
    repeats: dict[UUID, UUID] = field(default_factory=dict)
    _makers: dict[tuple[object, ...], UUID] = field(default_factory=dict)
    # The last assessment; that of each opening of the sheet; the faults of each; the applied observations, in order.
    _last: str = ""
    _openings: dict[str, str] = field(default_factory=dict)
    _faults: dict[str, list[str]] = field(default_factory=dict)
    _said: list[tuple[Tapped, tuple[object, ...]]] = field(default_factory=list)

    def take(self, tap: Tapped) -> None:
        """Let a tap happen that comes after all that were taken before."""
        self.verdicts[tap.key] = getattr(self, f"_{tap.kind}")(tap)

    def _happen(self, event: ladder.Event) -> None:
        self.standing = ladder.after(self.rungs, self.standing, event)

    def _refuses(self, event: ladder.Event) -> bool:
        return ladder.refusal(self.rungs, self.standing, event) is not None

    def _be_here(self, tap: Tapped) -> None:
        if self.state in NOT_HERE:
            self.state, self._makers["attendance",] = HERE, tap.key

    def _repeat(self, tap: Tapped, maker: UUID | None) -> str:
        """The tap says again what that one made so (None: it was so from the start)."""
        if maker is not None:
            self.repeats[tap.key] = maker
        return UNCHANGED

    def _stage(self, tap: Tapped) -> str:
        event = ladder.Moved(at=tap.at, tap=str(tap.key), stage=tap.values["stage"])
        if self.standing.stage == event.stage:
            return self._repeat(tap, self._makers.get(("stage",)))
        if self._refuses(event):
            return REFUSED
        self._happen(event)
        self._makers["stage",] = tap.key
        self._be_here(tap)
        return APPLIED

    def _setting(self, tap: Tapped) -> str:
        value = int(tap.values["setting"])
        return self._change(tap, ladder.Adjusted(at=tap.at, tap=str(tap.key), stage=self._stage_of(tap), setting=value))

    def _drill(self, tap: Tapped) -> str:
        event = ladder.DrillChosen(at=tap.at, tap=str(tap.key), stage=self._stage_of(tap), drill=tap.values["drill"])
        return self._change(tap, event)

    def _change(self, tap: Tapped, event: ladder.Adjusted | ladder.DrillChosen) -> str:
        if self._refuses(event):
            return REFUSED
        before = ladder.within(self.rungs, self.standing, event.stage)
        self._happen(event)
        maker = (tap.kind, event.stage)
        if ladder.within(self.rungs, self.standing, event.stage) == before:
            return self._repeat(tap, self._makers.get(maker))
        self._makers[maker] = tap.key
        self.rows["settings and drills"] += 1
        return APPLIED

    def _stage_of(self, tap: Tapped) -> str:
        return tap.values.get("stage") or self.standing.stage or ""

    def _saw(self, tap: Tapped) -> str:
        if tap.is_rest and (self.is_seen or self.state in NOT_HERE):
            return ""
        return self._assess(tap, tap.values["saw"])

    def _fault(self, tap: Tapped) -> str:
        opening, fault = tap.values.get("opening", ""), tap.values["fault"]
        assessment = self._openings.get(opening)
        if assessment is None:
            return self._assess(tap, ladder.NOT_YET, fault)
        event = ladder.FaultSeen(at=tap.at, tap=str(tap.key), assessment=assessment, fault=fault)
        if self._refuses(event):
            return REFUSED
        if fault in self._faults[assessment]:
            return self._repeat(tap, self._makers[assessment, fault])
        self._happen(event)
        self._see_fault(tap, assessment, fault)
        stage = self._stage_of(tap)
        self._said.append((tap, ("fault", fault, stage, *ladder.within(self.rungs, self.standing, stage))))
        self._be_here(tap)
        return APPLIED

    def _assess(self, tap: Tapped, result: str, fault: str = "") -> str:
        stage = self._stage_of(tap)
        setting, drill = ladder.within(self.rungs, self.standing, stage)
        assessment = str(tap.key)
        event = ladder.Assessed(
            at=tap.at, tap=assessment, stage=stage, result=result, assessment=assessment, setting=setting
        )
        if self._refuses(event):
            return REFUSED
        what = (tap.kind, fault or result, stage, setting, drill)
        slip_of = self._slip_of(tap, what)
        if slip_of is not None:
            return self._repeat(tap, slip_of)
        self._happen(event)
        self.seen, self.is_seen, self._last = (result, stage, ()), True, assessment
        self.rows["assessments"] += 1
        self._faults[assessment] = []
        if opening := tap.values.get("opening", "") if result == ladder.NOT_YET else "":
            self._openings.setdefault(opening, assessment)
        if fault:
            self._happen(ladder.FaultSeen(at=tap.at, tap=assessment, order=1, assessment=assessment, fault=fault))
            self._see_fault(tap, assessment, fault)
        self._said.append((tap, what))
        self._be_here(tap)
        return APPLIED

    def _see_fault(self, tap: Tapped, assessment: str, fault: str) -> None:
        self._makers[assessment, fault] = tap.key
        self._faults[assessment].append(fault)
        self.rows["faults"] += 1
        if self.seen and assessment == self._last:
            self.seen = (*self.seen[:2], tuple(sorted(self._faults[assessment])))

    def _slip_of(self, tap: Tapped, what: tuple[object, ...]) -> UUID | None:
        """The coach’s last observation of the person within the last 20 seconds, where it says the same."""
        near = [
            (earlier.key, said)
            for earlier, said in self._said
            if earlier.coach == tap.coach and earlier.at > tap.at - ladder.SLIP
        ]
        return near[-1][0] if near and near[-1][1] == what else None

    def _pain(self, tap: Tapped) -> str:
        where = tap.values.get("where", "")
        what = ("pain", where)
        on = [
            earlier.key
            for earlier, said in self._said
            if earlier.at > tap.at - ladder.SLIP
            and (said, earlier.coach) == (what, tap.coach)
            and str(earlier.key) in self.standing.holds
        ]
        if on:
            return self._repeat(tap, on[-1])
        self._happen(ladder.PainReported(at=tap.at, tap=str(tap.key), hold=str(tap.key)))
        self._said.append((tap, what))
        self.rows["holds put on"] += 1
        self.is_seen = True
        self._be_here(tap)
        return APPLIED

    def _clear(self, tap: Tapped) -> str:
        for order, hold in enumerate(self.standing.holds):
            self._happen(ladder.HoldCleared(at=tap.at, tap=str(tap.key), order=order, hold=hold))
            self.rows["clearances"] += 1
        self.rows["notes"] += 1
        return APPLIED

    def _note(self, tap: Tapped) -> str:
        self.rows["notes"] += 1
        return APPLIED

    def _attendance(self, tap: Tapped) -> str:
        if self.state == tap.values["state"]:
            return self._repeat(tap, self._makers.get(("attendance",)))
        self.state, self._makers["attendance",] = tap.values["state"], tap.key
        return APPLIED


def block_after(taps: Iterable[Tapped]) -> tuple[int | None, bool]:
    """The block of the plan that runs after these steps, and whether it is paused. None: none was started."""
    block, is_paused = None, False
    for tap in sorted(taps, key=lambda tap: tap.place):
        wanted = int(tap.values["block"])
        if tap.kind == "plan block" and wanted != block:
            block, is_paused = wanted, False
        elif tap.kind == "plan paused" and wanted == block:
            is_paused = tap.values["paused"] == "yes"
    return block, is_paused


def person_after(
    taps: Iterable[Tapped],
    rungs: ladder.Ladder,
    standing: ladder.Standing | None = None,
    state: str = HERE,
    *,
    arrived: Mapping[UUID, datetime] | None = None,
) -> Person:
    """Somebody who stood so before, after these taps, in whatever order they are given.

    An undo takes its tap out as if it had never been made, and with it what had only said the same again by then; all
    of them keep what was said of them when they came. Of two undos of one tap it is that which `arrived` first, where
    times by key are given, and the other finds nothing to take out.
    """
    left = sorted(taps, key=lambda tap: tap.place)
    verdicts: dict[UUID, str] = {}
    undos = [tap for tap in left if tap.kind == "undo"]
    came_in = sorted(undos, key=lambda tap: (arrived or {}).get(tap.key, tap.at), reverse=True)
    first = {tap.values["undone"]: tap for tap in came_in}
    while undo := next((tap for tap in left if tap.kind == "undo"), None):
        before = _folded(left[: left.index(undo)], rungs, standing, state)
        undone = UUID(undo.values["undone"])
        takes_out = before.verdicts.get(undone) == APPLIED and first[undo.values["undone"]] is undo
        verdicts |= {**before.verdicts, undo.key: APPLIED if takes_out else UNCHANGED}
        out = {undone, *(key for key, said in before.repeats.items() if said == undone)} if takes_out else set()
        left = [tap for tap in left if tap is not undo and tap.key not in out]
    person = _folded(left, rungs, standing, state)
    person.verdicts = {**verdicts, **person.verdicts}
    return person


def _folded(taps: Iterable[Tapped], rungs: ladder.Ladder, standing: ladder.Standing | None, state: str) -> Person:
    person = Person(rungs, standing or ladder.Standing(), state)
    for tap in taps:
        person.take(tap)
    return person
