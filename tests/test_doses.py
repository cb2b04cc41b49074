"""A dose as an owner types it, and as numbers are written. No database."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from programming.clock import phases
from programming.doses import numbers_of, read_dose, write_dose


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("", {}),
        ("slow and easy", {}),
        ("12", {"reps": 12}),
        ("10-12", {"reps": 10, "reps_to": 12}),
        ("10, 2 s holds", {"reps": 10, "hold_seconds": 2}),
        ("6, slow", {"reps": 6}),
        ("3x8", {"sets": 3, "reps": 8}),
        ("3 × 8 · distance", {"sets": 3, "reps": 8}),
        ("4 * 8–10 a side", {"sets": 4, "reps": 8, "reps_to": 10, "per_side": True}),
        ("3 x 8 · 16 kg", {"sets": 3, "reps": 8, "grams": 16_000}),
        ("3 x 8 at 17,5 kg", {"sets": 3, "reps": 8, "grams": 17_500}),
        ("3 x 5, 35 lb", {"sets": 3, "reps": 5, "grams": 16_000}),
        ("2 x 10, 60 cm from the wall", {"sets": 2, "reps": 10, "millimetres": 600}),
        ("40 s", {"seconds": 40}),
        ("2 min a side", {"seconds": 120, "per_side": True}),
        ("3 x 30 s", {"sets": 3, "seconds": 30}),
        (
            "10 s / 20 s × 4 a side",
            {"work_seconds": 10, "rest_seconds": 20, "rounds": 4, "per_side": True},
        ),
        ("40/20 x 5", {"work_seconds": 40, "rest_seconds": 20, "rounds": 5}),
        ("40 s / 20 s", {"work_seconds": 40, "rest_seconds": 20, "rounds": 1}),
        # Nothing of which a class could make sense.
        ("0 x 0", {}),
        ("99999 x 99999", {}),
        ("8-8", {"reps": 8}),
    ],
)
def test_a_line_is_read(line: str, numbers: dict[str, Any]) -> None:
    read = read_dose(line)
    assert numbers_of(read) == numbers
    assert read.get("text", "") == line


def test_spaces_are_one_space() -> None:
    assert read_dose("  3 x   8 ")["text"] == "3 x 8"


@pytest.mark.parametrize(
    ("numbers", "line"),
    [
        ({}, ""),
        ({"sets": 0}, ""),
        ({"reps": 12}, "12"),
        ({"sets": 3, "reps": 8}, "3 × 8"),
        ({"sets": 3, "reps": 8, "reps_to": 10, "per_side": True, "grams": 16_000}, "3 × 8–10 a side · 16 kg"),
        ({"reps": 10, "hold_seconds": 2}, "10 · 2 s hold"),
        ({"seconds": 120, "per_side": True}, "2 min a side"),
        ({"sets": 3, "seconds": 45}, "3 × 45 s"),
        ({"work_seconds": 10, "rest_seconds": 20, "rounds": 4, "per_side": True}, "10 s / 20 s × 4 a side"),
        # A rest without work is no pattern.
        ({"rest_seconds": 20, "reps": 5}, "5"),
        ({"millimetres": 600, "reps": 5}, "5 · 60 cm"),
    ],
)
def test_numbers_are_written(numbers: dict[str, Any], line: str) -> None:
    assert write_dose(numbers).get("text", "") == line


def test_what_is_written_reads_the_same() -> None:
    numbers = [
        {"sets": 3, "reps": 8, "reps_to": 10, "per_side": True, "grams": 16_000},
        {"seconds": 120, "per_side": True},
        {"sets": 3, "seconds": 45, "millimetres": 600},
        {"work_seconds": 10, "rest_seconds": 20, "rounds": 4, "per_side": True},
    ]
    for each in numbers:
        assert numbers_of(read_dose(write_dose(each)["text"])) == each


def test_the_clock_runs_what_was_typed() -> None:
    assert [phase.seconds for phase in phases(read_dose("40/20 x 2"))] == [40, 20, 40, 20]
    assert phases(read_dose("3 x 8")) == ()


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize(
    "numbers",
    [
        {"sets": 3, "reps": 8, "reps_to": 10, "hold_seconds": 5, "per_side": True, "grams": 16_000},
        {"reps": 10, "hold_seconds": 2},
        {"sets": 3, "seconds": 30, "per_side": True},
        {"seconds": 120},
        {"work_seconds": 10, "rest_seconds": 20, "rounds": 4, "per_side": True},
    ],
)
def test_what_rung_writes_it_reads_again(language: str, numbers: dict[str, Any]) -> None:
    with translation.override(language):
        assert numbers_of(read_dose(write_dose(numbers)["text"])) == numbers
