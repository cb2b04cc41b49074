"""What a library holds. These dataclasses are the format of its TOML files.

A table ``[[drill]]`` may hold the fields of ``Drill`` and no others, a field without a default must
be there, the annotation says what it holds and the helper behind it what is allowed.
Imports nothing of ours.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

OUTSIDE_THE_LADDERS = ("preparation", "everyday")  # where a drill stands that is no stage's
LARGEST = 2**31 - 1  # what an integer column holds

# ---------------------------------------------------------------- what a field may hold


def _words(longest: int = 160, **more: Any) -> Any:
    """One line of text of at most so many characters."""
    return field(metadata={"longest": longest}, **more)


def _lines(least: int = 1, most: int = 20, longest: int = 160, **more: Any) -> Any:
    """Several lines of text."""
    return field(metadata={"least": least, "most": most, "longest": longest}, **more)


def _key() -> Any:
    """The name a thing goes by in these files: lower case, digits and hyphens, at most 40 characters."""
    return field(metadata={"key": True, "longest": 40})


def _to(kind: str, *also: str, **more: Any) -> Any:
    """The key, or keys, of things of one kind; ``also`` names words that are allowed beside them."""
    return field(metadata={"refers": kind, "also": also, "least": 0 if "default" in more else 1}, **more)


def _one_of(*choices: str, **more: Any) -> Any:
    return field(metadata={"choices": choices}, **more)


def _whole(least: int = 1, most: int = LARGEST, **more: Any) -> Any:
    """A whole number between the two, both included."""
    return field(metadata={"least": least, "most": most}, **more)


def _tables(written: str, *, at_least: int = 0) -> Any:
    """The tables ``[[written]]``, in the order of the file."""
    return field(default=(), metadata={"written": written, "least": at_least})


def _sources() -> Any:
    return _to("source")


def _rung() -> Any:
    return field(default=(), metadata={"own_fields": True})


# ---------------------------------------------------------------- the format


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """A thing with the keys of its sources; ``rung`` names the fields that are our own choice."""

    sources: tuple[str, ...] = _sources()
    rung: tuple[str, ...] = _rung()

    def sources_of(self, name: str) -> tuple[str, ...]:
        """Where the words of one field come from: the sources, or ("rung",)."""
        return ("rung",) if name in self.rung else self.sources


@dataclass(frozen=True, kw_only=True)
class Source:
    key: str = _key()
    author: str = _words(120)
    title: str = _words(200)
    url: str = _words(200, default="")


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """A thing a gym owns and counts."""

    key: str = _key()
    name: str = _words(40)
    plural: str = _words(40)
    note: str = _words(160, default="")


@dataclass(frozen=True, kw_only=True)
class Need:
    """So many of one piece of equipment for one person. In TOML: equipment = { dowel = 1 }"""

    equipment: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Dose:
    """How much of a drill. ``text`` is the line on screen; a timer reads the numbers, where there are any."""

    text: str = _words(80)
    sets: int | None = _whole(default=None)
    reps: int | None = _whole(default=None)
    reps_to: int | None = _whole(default=None)  # "10 to 12": reps 10, reps_to 12
    seconds: int | None = _whole(default=None)  # in all, a side where it is per side
    work_seconds: int | None = _whole(default=None)
    rest_seconds: int | None = _whole(default=None)
    rounds: int | None = _whole(default=None)
    hold_seconds: int | None = _whole(default=None)
    per_side: bool = False


@dataclass(frozen=True, kw_only=True)
class Drill(Sourced):
    """Something to do. What it corrects, its equipment, demand and posture are ours; the words are its sources'."""

    key: str = _key()
    name: str = _words(60)
    summary: str = _words(300)
    cues: tuple[str, ...] = _lines(least=2, most=4, longest=120)
    what_to_feel: str = _words(default="")
    looks_for: str = _words(200, default="")  # what a coach sees in it; preparation only
    adds: str = _words(200, default="")  # what it adds to the drill before it
    stage: str = _to("stage", *OUTSIDE_THE_LADDERS)
    demand: int = _whole()  # order within the stage, 1 is the easiest
    dose: Dose
    equipment: tuple[Need, ...] = ()
    corrects: tuple[str, ...] = _to("fault", default=())
    loads: bool = False  # appreciable load from outside: not for a held member, nor below a stage that loads
    posture: str = _one_of("any", "flexed", "extended", default="any")  # the profile it suits most
    video: str = _words(200, default="")  # a link to see it done, https


@dataclass(frozen=True, kw_only=True)
class Fault(Sourced):
    """A named error, its first cue, and where it goes."""

    key: str = _key()
    name: str = _words(40)  # as on the chip
    seen_as: str = _words(160, default="")
    cue: str = _words(60)
    second_cue: str = _words(60, default="")
    drills: tuple[str, ...] = _to("drill")  # best first
    drill_note: str = _words(40, default="")  # how to do the first drill: "wall tap, closer"
    stage: str = _to("stage", default="")  # the stage to go back to, where it names one


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is turned up within a stage: whole millimetres or whole grams, always on the step."""

    name: str = _words(40)
    quantity: str = _one_of("distance", "load")
    step: int = _whole()
    minimum: int = _whole(least=0)
    maximum: int = _whole()
    start: int = _whole(least=0)
    pass_at: int | None = _whole(least=0, default=None)  # None: clean at any setting counts for the next stage
    harder: str = _one_of("further", "heavier", "less")


@dataclass(frozen=True, kw_only=True)
class Contact(Sourced):
    """A point that must keep touching, and the fault when it does not."""

    key: str = _key()
    name: str = _words(60)
    fault: str = _to("fault")


@dataclass(frozen=True, kw_only=True)
class Stage(Sourced):
    key: str = _key()
    name: str = _words(40)
    short_name: str = _words(16)
    figure: str = _one_of(
        "wall", "dowel", "loaded", "squat-box", "squat-goblet", "squat-bar", "pull-blades", "pull-row", "pull-bent"
    )
    colour: str = _one_of("wall", "dowel", "loaded")
    what: str = _words(300)
    pass_text: str = _words(200)
    clean_needed: int = _whole(most=20, default=2)
    loads: bool = False
    within_first: bool = False  # n clean suggests the next drill or a harder setting before the next stage
    setting: Setting | None = None
    drills: tuple[str, ...] = _to("drill")  # in order of demand
    faults: tuple[str, ...] = _to("fault")  # most often tapped first
    equipment: tuple[Need, ...] = ()
    contacts: tuple[Contact, ...] = _tables("contact")


@dataclass(frozen=True, kw_only=True)
class CheckPoint(Sourced):
    """One line of the run-through that a coach can tick."""

    key: str = _key()
    name: str = _words(60)
    detail: str = _words(300)


@dataclass(frozen=True, kw_only=True)
class GuidedStep(Sourced):
    """One step of a guided check: said aloud and shown for so many seconds."""

    key: str = _key()
    say: str = _words(160)
    seconds: int = _whole(most=120)


@dataclass(frozen=True, kw_only=True)
class Question(Sourced):
    """What somebody answers for themself after a guided check; with "no", the fault's cue helps."""

    key: str = _key()
    asks: str = _words(120)
    fault: str = _to("fault", default="")


@dataclass(frozen=True, kw_only=True)
class SelfCheck(Sourced):
    """A check that a member goes through alone. What comes of it is their own record and moves nobody."""

    key: str = _key()
    name: str = _words(60)
    summary: str = _words(200)
    needs: str = _words(120, default="")
    steps: tuple[GuidedStep, ...] = _tables("step", at_least=1)
    questions: tuple[Question, ...] = _tables("question", at_least=1)


@dataclass(frozen=True, kw_only=True)
class Rule(Sourced):
    """Something the teaching holds to, in a sentence or two."""

    key: str = _key()
    name: str = _words(80)
    text: str = _words(500)


@dataclass(frozen=True, kw_only=True)
class Gate(Sourced):
    """Nobody below the stage does the drills."""

    key: str = _key()
    text: str = _words(300)
    stage: str = _to("stage")
    drills: tuple[str, ...] = _to("drill")


@dataclass(frozen=True, kw_only=True)
class Posture(Sourced):
    """A way of standing that colours which drills fit, never which stage."""

    key: str = _one_of("flexed", "extended")
    name: str = _words(60)
    text: str = _words(300)


@dataclass(frozen=True, kw_only=True)
class Appearance(Sourced):
    """Where the movement shows up, in the gym and out of it."""

    key: str = _key()
    name: str = _words(60)
    drill: str = _to("drill")


@dataclass(frozen=True, kw_only=True)
class Progression(Sourced):
    """A ladder: its stages from the ground up, its run-through and its rules."""

    key: str = _key()
    name: str = _words(60)
    summary: str = _words(300)
    stages: tuple[Stage, ...] = _tables("stage", at_least=1)
    checklist: tuple[CheckPoint, ...] = _tables("check_point")
    self_checks: tuple[SelfCheck, ...] = _tables("self_check")
    rules: tuple[Rule, ...] = _tables("rule")
    gates: tuple[Gate, ...] = _tables("gate")
    postures: tuple[Posture, ...] = _tables("posture")
    appearances: tuple[Appearance, ...] = _tables("appearance")


@dataclass(frozen=True, kw_only=True)
class BlockDrill:
    """One drill of a block, for everyone or for one stage. No dose: the drill's own."""

    drill: str = _to("drill")
    stage: str = _to("stage", default="")  # "": everyone
    dose: Dose | None = None


@dataclass(frozen=True, kw_only=True)
class Block:
    name: str = _words(60)
    minutes: int = _whole(most=240)
    note: str = _words(200, default="")
    board: bool = False  # the coach assesses on the board during this block
    drills: tuple[BlockDrill, ...] = ()

    @property
    def by_stage(self) -> bool:
        return any(each.stage for each in self.drills)


@dataclass(frozen=True, kw_only=True)
class Template(Sourced):
    """A class plan to start from."""

    key: str = _key()
    name: str = _words(60)
    progression: str = _to("progression")
    minutes: int = _whole(most=240)  # length of the class
    notes: str = _words(500, default="")
    blocks: tuple[Block, ...] = _tables("block", at_least=1)

    @property
    def planned(self) -> int:
        """Minutes of all blocks together."""
        return sum(block.minutes for block in self.blocks)


@dataclass(frozen=True, kw_only=True)
class Library:
    """Everything that is shipped. ``rules`` hold for every ladder."""

    sources: tuple[Source, ...] = _tables("source")
    equipment: tuple[Equipment, ...] = _tables("equipment")
    drills: tuple[Drill, ...] = _tables("drill")
    faults: tuple[Fault, ...] = _tables("fault")
    rules: tuple[Rule, ...] = _tables("rule")
    progressions: tuple[Progression, ...] = _tables("progression")
    templates: tuple[Template, ...] = _tables("template")

    @property
    def digest(self) -> str:
        """The same for the same contents, whatever the comments, spacing and order of fields in the files."""
        return digest(self)


def digest(part: Any) -> str:
    """A hash of the library or of any dataclass in it, 64 hexadecimal digits."""
    plain = json.dumps(dataclasses.asdict(part), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
