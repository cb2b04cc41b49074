"""What a library holds. These dataclasses are the format of its TOML files, and of the files that gyms share.

A table ``[[drill]]`` may hold the fields of ``Drill`` and no others, a field without a default must
be there, the annotation says what it holds and the helper behind it what is allowed. ``own`` is what a gym may say
where it may say more, or less, than the shipped library; a field that is ``only`` of one of them is not in the other.
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
MOST_OF_A_DOSE = 3600  # seconds, sets, whatever is counted

# ---------------------------------------------------------------- what a field may hold


def _words(longest: int = 160, own: dict[str, Any] | None = None, **more: Any) -> Any:
    """One line of text of at most so many characters."""
    return field(metadata={"longest": longest, "own": own or {}}, **more)


def _text(longest: int) -> dict[str, Any]:
    """What a gym may write instead of one line: nothing, or several lines."""
    return {"longest": longest, "lines": True, "default": ""}


def _lines(least: int = 1, most: int = 20, longest: int = 160, own: dict[str, Any] | None = None, **more: Any) -> Any:
    """Several lines of text."""
    return field(metadata={"least": least, "most": most, "longest": longest, "own": own or {}}, **more)


def _key(own: int = 40) -> Any:
    """The name a thing goes by in these files: lower case, digits and hyphens, at most 40 characters."""
    return field(metadata={"key": True, "longest": 40, "own": {"longest": own}})


def _to(kind: str, *also: str, own: dict[str, Any] | None = None, only: str = "", **more: Any) -> Any:
    """The key, or keys, of things of one kind; ``also`` names words that are allowed beside them."""
    least = 0 if "default" in more else 1
    return field(metadata={"refers": kind, "also": also, "least": least, "own": own or {}, "only": only}, **more)


# Whatever one template needs; each is written while nobody else writes.
MOST_SHARED = {"most": 500}
# A gym may name none.
NONE_OF_THEM = {"least": 0, "default": ()}


def _one_of(*choices: str, own: tuple[str, ...] = (), **more: Any) -> Any:
    return field(metadata={"choices": choices, "own": {"choices": (*choices, *own)}}, **more)


def _whole(least: int = 1, most: int = LARGEST, own: dict[str, Any] | None = None, only: str = "", **more: Any) -> Any:
    """A whole number between the two, both included."""
    return field(metadata={"least": least, "most": most, "own": own or {}, "only": only}, **more)


def _yes(only: str) -> Any:
    return field(default=False, metadata={"only": only})


def _tables(written: str, *, at_least: int = 0, own: dict[str, Any] | None = None) -> Any:
    """The tables ``[[written]]``, in the order of the file."""
    return field(default=(), metadata={"written": written, "least": at_least, "own": own or {}})


def _sources() -> Any:
    return _to("source", own=NONE_OF_THEM)


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
    licence: str = _words(120, default="")  # under which its words may be used


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """A thing a gym owns and counts."""

    key: str = _key()
    name: str = _words(40, own={"longest": 60})
    plural: str = _words(40, own={"longest": 60})
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
    sets: int | None = _whole(most=MOST_OF_A_DOSE, default=None)
    reps: int | None = _whole(most=MOST_OF_A_DOSE, default=None)
    reps_to: int | None = _whole(most=MOST_OF_A_DOSE, default=None)  # "10 to 12": reps 10, reps_to 12
    seconds: int | None = _whole(most=MOST_OF_A_DOSE, default=None)  # in all, a side where it is per side
    work_seconds: int | None = _whole(most=MOST_OF_A_DOSE, default=None)
    rest_seconds: int | None = _whole(most=MOST_OF_A_DOSE, default=None)
    rounds: int | None = _whole(most=MOST_OF_A_DOSE, default=None)
    hold_seconds: int | None = _whole(most=MOST_OF_A_DOSE, default=None)
    grams: int | None = _whole(most=1_000_000, default=None)
    millimetres: int | None = _whole(most=100_000, default=None)
    per_side: bool = False


# A drill of which nobody said how much.
NO_DOSE = Dose(text="")


@dataclass(frozen=True, kw_only=True)
class Drill(Sourced):
    """Something to do. What it corrects, its equipment, demand and posture are ours; the words are its sources'."""

    key: str = _key(own=60)
    name: str = _words(60, own={"longest": 120})
    follows: bool = _yes(only="own")  # the gym takes what the shipped library says of it
    summary: str = _words(300, own=_text(3000))
    cues: tuple[str, ...] = _lines(least=2, most=4, longest=120, own={"least": 0, "longest": 300, "default": ()})
    what_to_feel: str = _words(default="")
    looks_for: str = _words(200, default="")  # what a coach sees in it; preparation only
    adds: str = _words(200, default="")  # what it adds to the drill before it
    stage: str = _to("stage", *OUTSIDE_THE_LADDERS, only="shipped", own={"default": ""})
    # Order within the stage, 1 is the easiest.
    demand: int = _whole(only="shipped", own={"default": 0})
    dose: Dose = field(metadata={"own": {"default": NO_DOSE}})
    equipment: tuple[Need, ...] = ()
    corrects: tuple[str, ...] = _to("fault", default=())
    loads: bool = False  # appreciable load from outside: not for a held member, nor below a stage that loads
    posture: str = _one_of("any", "flexed", "extended", default="any")  # the profile it suits most
    video: str = _words(200, default="")  # a link to see it done, https


@dataclass(frozen=True, kw_only=True)
class Fault(Sourced):
    """A named error, its first cue, and where it goes."""

    key: str = _key(own=60)
    name: str = _words(40, own={"longest": 80})  # as on the chip
    follows: bool = _yes(only="own")
    seen_as: str = _words(160, default="")
    cue: str = _words(60, own={"longest": 120, "default": ""})
    second_cue: str = _words(60, default="")
    drills: tuple[str, ...] = _to("drill", own=NONE_OF_THEM)  # best first
    drill_note: str = _words(40, default="")  # how to do the first drill: "wall tap, closer"
    # The stage to go back to, where it names one; a gym's own may be of a ladder that the file does not hold.
    stage: str = _to("stage", own={"refers": "", "key": True, "longest": 60}, default="")


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


FIGURES = ("wall", "dowel", "loaded", "squat-box", "squat-goblet", "squat-bar", "pull-blades", "pull-row", "pull-bent")


@dataclass(frozen=True, kw_only=True)
class Stage(Sourced):
    key: str = _key()
    name: str = _words(40, own={"longest": 80})
    short_name: str = _words(16, own={"longest": 20})
    figure: str = _one_of(*FIGURES, own=("stage",))
    colour: str = _one_of("wall", "dowel", "loaded")
    retired: bool = _yes(only="own")  # taught no more
    what: str = _words(300, own=_text(3000))
    pass_text: str = _words(200, own=_text(3000))
    clean_needed: int = _whole(most=20, default=2)
    loads: bool = False
    within_first: bool = False  # n clean suggests the next drill or a harder setting before the next stage
    setting: Setting | None = None
    drills: tuple[str, ...] = _to("drill", own=NONE_OF_THEM)  # in order of demand
    faults: tuple[str, ...] = _to("fault", own=NONE_OF_THEM)  # most often tapped first
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

    key: str = _key(own=60)
    name: str = _words(60, own={"longest": 80})
    follows: bool = _yes(only="own")
    summary: str = _words(300, own=_text(3000))
    stages: tuple[Stage, ...] = _tables("stage", at_least=1, own={"most": 40})
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
    progression: str = _to("progression", only="own", default="")  # whose stage; "": of the template's ladder
    dose: Dose | None = None


@dataclass(frozen=True, kw_only=True)
class Block:
    name: str = _words(60, own={"longest": 80})
    minutes: int = _whole(most=240, own={"most": 600})
    note: str = _words(200, own=_text(1000), default="")
    board: bool = False  # the coach assesses on the board during this block
    equipment: tuple[Need, ...] = ()  # what one person needs whatever the drill
    shared: tuple[Need, ...] = ()  # what serves all together
    drills: tuple[BlockDrill, ...] = field(default=(), metadata={"own": {"most": 60}})

    @property
    def by_stage(self) -> bool:
        return any(each.stage for each in self.drills)


@dataclass(frozen=True, kw_only=True)
class Template(Sourced):
    """A class plan to start from."""

    # A plan is its gym's.
    sources: tuple[str, ...] = _to("source", only="shipped", own=NONE_OF_THEM)
    rung: tuple[str, ...] = field(default=(), metadata={"own_fields": True, "only": "shipped"})
    key: str = _key(own=60)
    name: str = _words(60, own={"longest": 80})
    progression: str = _to("progression", own={"default": ""})
    minutes: int = _whole(most=240, own={"most": 600})  # length of the class
    notes: str = _words(500, own=_text(1000), default="")
    blocks: tuple[Block, ...] = _tables("block", at_least=1, own={"least": 0, "most": 60})

    @property
    def planned(self) -> int:
        """Minutes of all blocks together."""
        return sum(block.minutes for block in self.blocks)


@dataclass(frozen=True, kw_only=True)
class Library:
    """Everything that is shipped. ``rules`` hold for every ladder."""

    sources: tuple[Source, ...] = _tables("source", own=MOST_SHARED)
    equipment: tuple[Equipment, ...] = _tables("equipment", own=MOST_SHARED)
    drills: tuple[Drill, ...] = _tables("drill", own=MOST_SHARED)
    faults: tuple[Fault, ...] = _tables("fault", own=MOST_SHARED)
    rules: tuple[Rule, ...] = _tables("rule")
    progressions: tuple[Progression, ...] = _tables("progression", own={"most": 20})
    templates: tuple[Template, ...] = _tables("template")

    @property
    def digest(self) -> str:
        """The same for the same contents, whatever the comments, spacing and order of fields in the files."""
        return digest(self)


def digest(part: Any) -> str:
    """A hash of the library or of any dataclass in it, 64 hexadecimal digits."""
    plain = json.dumps(dataclasses.asdict(part), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
