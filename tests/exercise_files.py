"""Files in the shape of free-exercise-db, in words of our own, and files that only look so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

ORIGIN = {
    "title": "Harbour drills",
    "author": "Harbour Coaches’ Circle",
    "licence": "CC0 1.0",
    "url": "https://drills.example/harbour",
}


def exercise(name: str, **more: Any) -> dict[str, Any]:
    """One exercise with every field of the shape."""
    return {
        "id": name.replace(" ", "_"),
        "name": name,
        "force": "pull",
        "level": "beginner",
        "mechanic": "compound",
        "equipment": None,
        "primaryMuscles": ["hamstrings"],
        "secondaryMuscles": ["glutes", "lower back"],
        "instructions": ["Feet under the hips.", "Send the hips back.", "Stand up tall."],
        "category": "strength",
        "images": [f"{name}/0.jpg"],
        **more,
    }


def written(*exercises: Any) -> bytes:
    """The file."""
    return json.dumps(exercises).encode()


SMALL = written(
    exercise("Suitcase Hinge", equipment="Kettlebells"),
    exercise("Broomstick Bow", equipment="dowel", author="somebody", rating=5),
    # The shipped library has a drill of these words in another order.
    exercise("Táp, Wall!", id="wall_tap_of_theirs"),
    exercise("Rope Bow", equipment="ship's rope", instructions=["Hold the rope <b>taut</b>."]),
    exercise("", id="nameless"),
    exercise("Far too long " * 10, id="long"),
    exercise("Twice", id="Suitcase_Hinge"),
    exercise("Suitcase hinge", id="again"),
    "no exercise",
)

# What each is refused with.
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("There is nothing in this file.", lambda: b" \n"),
    "a picture": ("This file is no text in UTF-8.", lambda: b"\x89PNG\r\n\x1a\n\xff\xfe"),
    "UTF-16": ("This file is no text in UTF-8.", lambda: "[{}]".encode("utf-16")),
    "half a file": ("This file cannot be read as JSON.", lambda: SMALL[:500]),
    "a page": ("This file cannot be read as JSON.", lambda: b"<!doctype html><script>alert(1)</script>"),
    "NaN": ("This file cannot be read as JSON.", lambda: b'[{"name": NaN}]'),
    "Infinity": ("This file cannot be read as JSON.", lambda: b'[{"name": -Infinity}]'),
    "a NUL byte": ("This file cannot be read as JSON.", lambda: b'[{"name": "a\x00b"}]'),
    "lists in lists": (
        "This file is nested too deeply to be a list of exercises.",
        lambda: b"[" * 90_000 + b"]" * 90_000,
    ),
    "objects in objects": (
        "This file is nested too deeply to be a list of exercises.",
        lambda: b'{"a":' * 90_000 + b"1" + b"}" * 90_000,
    ),
    "a million lists": (
        "There is too much in this file: 10,000 exercises at most.",
        lambda: b"[" + b"[]," * 1_000_000 + b"[]]",
    ),
    "10,001 exercises": (
        "There is too much in this file: 10,000 exercises at most.",
        lambda: b"[" + b'{"name":"x"},' * 10_000 + b'{"name":"x"}]',
    ),
    "an object": ("This file is JSON, and no list of exercises.", lambda: b'{"exercises": []}'),
    "an empty list": ("This file is JSON, and no list of exercises.", lambda: b"[]"),
    "a list of texts": ("This file is JSON, and no list of exercises.", lambda: b'["Hinge"]'),
    "a number of a million digits": ("This file is JSON, and no list of exercises.", lambda: b"9" * 1_000_000),
}

# Entries that are wrong, each with what stands beside it.
WRONG: list[tuple[Any, str]] = [
    (7, "This is no exercise: no fields stand in it."),
    (None, "This is no exercise: no fields stand in it."),
    ([["name", "Hinge"]], "This is no exercise: no fields stand in it."),
    ({}, "There is no name."),
    ({"name": None}, "There is no name."),
    ({"name": " \u202e\u0000\u200f "}, "There is no name."),
    ({"name": "…!?"}, "There is no name."),
    ({"name": 7}, "There is something else than text: name."),
    ({"name": {"en": "Hinge"}}, "There is something else than text: name."),
    ({"name": "Hinge", "id": 7}, "There is something else than text: id."),
    ({"name": "Hinge", "id": ["Hinge"]}, "There is something else than text: id."),
    ({"name": "Hinge", "id": "x" * 300}, "Too long: id has at most 200 characters."),
    ({"name": "x" * 1_000_000}, "Too long: name has at most 120 characters."),
    ({"name": "Hinge", "instructions": "x" * 1_000_000}, "Too long: each of cues has at most 120 characters."),
    ({"name": "Hinge", "instructions": ["Hips back."] * 7}, "Too many: cues are at most 6."),
    ({"name": "Hinge", "instructions": [["Hips back."]]}, "There is something else than text: instructions."),
    ({"name": "Hinge", "instructions": {"1": "Hips back."}}, "There is something else than text: instructions."),
    ({"name": "Hinge", "instructions": [1, 2]}, "There is something else than text: instructions."),
    ({"name": "Hinge", "equipment": ["dowel"]}, "There is something else than text: equipment."),
    ({"name": "Hinge", "equipment": 10**400}, "There is something else than text: equipment."),
    ({"name": "Hinge", "equipment": True}, "There is something else than text: equipment."),
]
