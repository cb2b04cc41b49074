"""How much of a drill, as one line and as numbers: a line that an owner types is read, and numbers are written as one.

Pure but for the words of a language and the reader's units. The numbers are those of the shipped library's [drill.dose]
and two of our own: `grams` and `millimetres`. What a line says beyond them stays in the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gym import units
from programming.words import setting_text

# In the order of a line. All are whole and above 0.
NUMBERS = (
    *("sets", "reps", "reps_to", "rounds", "work_seconds", "rest_seconds", "seconds", "hold_seconds"),
    *("grams", "millimetres"),
)
# No dose of a class is larger.
MOST = 3600
HEAVIEST, FURTHEST = 1_000_000, 100_000

TIMES = r"\s*(?:×|x|\*)\s*"
SIDE = re.compile(r"\b(?:(?:a|per|each|every|pro|je|par)\s+(?:side|leg|arm|seite|bein|côté|bras)|e/s)\b", re.IGNORECASE)
# The words after a number: "10 s squeeze".
SECONDS_OF = r"(\d+)\s*(?:s\b)?(?:\s+(?!x\b)[^\W\d_]+)*"
PATTERN = re.compile(rf"{SECONDS_OF}\s*/\s*{SECONDS_OF}(?:{TIMES}(\d+))?", re.IGNORECASE)
ROUNDS = re.compile(r"\b(\d+)\s*(?:rounds?|runden?|tours?)\b", re.IGNORECASE)
SETS = re.compile(rf"\b(\d+){TIMES}(\d+)(?:\s*[-–]\s*(\d+))?(?!\d|\s*(?:s|sec|min|m|kg|lb|cm|in|g)\b)", re.IGNORECASE)
SETS_OF_TIME = re.compile(rf"\b(\d+){TIMES}(?=\d+\s*(?:s|sec|min)\b)", re.IGNORECASE)
# "2 s hold", as each language of Rung says it.
HELD = r"(?:holds?|halten|(?:de\s+)?tenue)\b"
TIME = re.compile(rf"\b(\d+)\s*(s|sec|seconds?|min|minutes?)\b(?!\s*{HELD})", re.IGNORECASE)
HOLD = re.compile(rf"\b(\d+)\s*(?:s|sec)\.?\s+{HELD}", re.IGNORECASE)
LOAD = re.compile(r"\b(\d+(?:[.,]\d)?)\s*(kg|lb)\b", re.IGNORECASE)
FAR = re.compile(r"\b(\d+)\s*(cm|in)\b", re.IGNORECASE)
ALONE = re.compile(r"^\s*(\d+)(?:\s*[-–]\s*(\d+))?\b")


def read_dose(line: str) -> dict[str, Any]:
    """What is said in a line, with the line itself; empty for an empty one. What is no number of ours is only kept."""
    text = " ".join(line.split())
    if not text:
        return {}
    found: dict[str, Any] = {}
    rest = text
    if SIDE.search(rest):
        found["per_side"] = True
    for pattern, names in (
        (PATTERN, ("work_seconds", "rest_seconds", "rounds")),
        (HOLD, ("hold_seconds",)),
        (ROUNDS, ("rounds",)),
        (SETS, ("sets", "reps", "reps_to")),
        (SETS_OF_TIME, ("sets",)),
    ):
        match = pattern.search(rest)
        if match:
            found |= {name: int(value) for name, value in zip(names, match.groups(), strict=True) if value}
            rest = f"{rest[: match.start()]} ; {rest[match.end() :]}"
    rest = _read_measures(rest, found)
    alone = ALONE.match(rest)
    if alone and not found.keys() & {"reps", "seconds", "work_seconds", "sets"}:
        found |= {"reps": int(alone[1]), **({"reps_to": int(alone[2])} if alone[2] else {})}
    return {"text": text, **sound(found)}


def _read_measures(rest: str, found: dict[str, Any]) -> str:
    """Read times, loads and distances out of what is left of a line; answers what is left then."""
    for pattern in (TIME, LOAD, FAR):
        match = pattern.search(rest)
        if not match:
            continue
        value, unit = match[1].replace(",", "."), match[2].lower()
        if pattern is TIME:
            found["seconds"] = int(value) * (60 if unit.startswith("m") else 1)
        elif pattern is LOAD:
            found["grams"] = int(float(value) * 1000) if unit == "kg" else units.stored("load", round(float(value)))
        else:
            found["millimetres"] = int(value) * 10 if unit == "cm" else units.stored("distance", int(value))
        rest = f"{rest[: match.start()]} ; {rest[match.end() :]}"
    return rest


def sound(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Only the numbers that a dose may have: none that is 0 or out of all measure, and no pattern with a part alone."""
    most = {"grams": HEAVIEST, "millimetres": FURTHEST}
    kept = {name: numbers[name] for name in NUMBERS if 0 < (numbers.get(name) or 0) <= most.get(name, MOST)}
    if not {"work_seconds", "rest_seconds"} <= kept.keys():
        kept.pop("rest_seconds", None)
    if kept.get("reps_to", 0) <= kept.get("reps", 0) or "reps" not in kept:
        kept.pop("reps_to", None)
    if "work_seconds" in kept:
        kept.setdefault("rounds", 1)
        kept.pop("seconds", None)
    return {**kept, "per_side": True} if numbers.get("per_side") else kept


def write_dose(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as a dose with its line: "3 × 8–10 a side · 16 kg"; empty for none."""
    kept = sound(numbers)
    side = " " + pgettext("dose", "a side") if kept.get("per_side") else ""
    parts = [f"{_amount(kept)}{side}".strip()]
    if "hold_seconds" in kept:
        parts.append(_("%(seconds)s s hold") % {"seconds": kept["hold_seconds"]})
    parts.append(setting_text("load", kept.get("grams")))
    parts.append(setting_text("distance", kept.get("millimetres")))
    text = " · ".join(part for part in parts if part)
    return {"text": text, **kept} if text else {}


def _amount(kept: Mapping[str, Any]) -> str:
    """How often, or how long."""
    if "work_seconds" in kept:
        work, rest, rounds = kept["work_seconds"], kept.get("rest_seconds"), kept["rounds"]
        return f"{work} s / {rest} s × {rounds}" if rest else f"{work} s × {rounds}"
    much = str(kept["reps"]) if "reps" in kept else ""
    if "reps_to" in kept:
        much = f"{much}–{kept['reps_to']}"
    if "seconds" in kept:
        minutes, seconds = divmod(kept["seconds"], 60)
        much = _("%(minutes)s min") % {"minutes": minutes} if minutes and not seconds else f"{kept['seconds']} s"
    times = kept.get("sets") or kept.get("rounds")
    return f"{times} × {much}" if times and much else much or (str(times) if times else "")


def numbers_of(dose: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a dose, without its line."""
    return {name: value for name, value in dose.items() if name != "text"}
