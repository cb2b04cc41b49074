"""Centimetres and inches, kilograms and pounds: one stored value, shown as its reader counts."""

from __future__ import annotations

import pytest
from django.utils import translation

from gym import units
from programming.words import setting_text

WALL = (100, 900)
WEIGHT = (0, 100_000)


@pytest.mark.parametrize(
    ("quantity", "value", "metric", "imperial"),
    [
        ("distance", 600, "60 cm", "24 in"),
        ("distance", 455, "45.5 cm", "18 in"),
        ("distance", 610, "61 cm", "24 in"),
        ("load", 0, "no weight", "no weight"),
        ("load", 16_000, "16 kg", "35 lb"),
        ("load", 24_000, "24 kg", "53 lb"),
        ("load", 17_500, "17.5 kg", "39 lb"),
        ("load", 6_804, "6.8 kg", "15 lb"),
        ("load", None, "", ""),
        ("", 600, "", ""),
    ],
)
def test_how_a_setting_is_said(quantity: str, value: int | None, metric: str, imperial: str) -> None:
    assert setting_text(quantity, value) == metric
    with units.override(units.IMPERIAL):
        assert setting_text(quantity, value) == imperial
    assert setting_text(quantity, value) == metric


def test_decimals_are_written_as_the_language_does() -> None:
    with translation.override("de"):
        assert setting_text("load", 17_500).startswith("17,5")


@pytest.mark.parametrize(
    ("quantity", "shown", "stored"),
    # The round metric value where it reads the same, else the exact one.
    [("distance", 24, 600), ("distance", 8, 200), ("distance", 26, 660), ("load", 35, 16_000), ("load", 45, 20_412)],
)
def test_what_inches_and_pounds_are_stored_as(quantity: str, shown: int, stored: int) -> None:
    assert units.stored(quantity, shown) == stored


@pytest.mark.parametrize("quantity", ["distance", "load"])
def test_what_is_shown_is_shown_again(quantity: str) -> None:
    for shown in range(1, 300):
        assert units.imperial(quantity, units.stored(quantity, shown)) == shown


@pytest.mark.parametrize(
    ("quantity", "value", "step", "ends", "metric", "imperial"),
    [
        ("distance", 600, 100, WALL, (500, 700), ("22 in", "26 in")),
        ("distance", 200, 100, WALL, (100, 300), ("6 in", "10 in")),
        # At an end that is no whole step.
        ("distance", 100, 100, WALL, (None, 200), (None, "6 in")),
        ("distance", 864, 100, WALL, (764, None), ("32 in", "35 in")),
        ("distance", 900, 100, WALL, (800, None), ("34 in", None)),
        ("load", 0, 4000, WEIGHT, (None, 4000), (None, "5 lb")),
        ("load", 16_000, 4000, WEIGHT, (12_000, 20_000), ("30 lb", "40 lb")),
        ("load", 100_000, 10_000, WEIGHT, (90_000, None), ("200 lb", None)),
        # Set in the other units: to the next whole step.
        ("load", 24_000, 4000, WEIGHT, (20_000, 28_000), ("50 lb", "55 lb")),
    ],
)
def test_a_step_in_each_unit(
    quantity: str,
    value: int,
    step: int,
    ends: tuple[int, int],
    metric: tuple[int | None, int | None],
    imperial: tuple[str | None, str | None],
) -> None:
    assert units.beside(quantity, value, step, ends) == metric
    with units.override(units.IMPERIAL):
        found = units.beside(quantity, value, step, ends)
        assert tuple(None if each is None else setting_text(quantity, each) for each in found) == imperial


@pytest.mark.parametrize(
    ("quantity", "start", "step", "ends"), [("distance", 600, 100, WALL), ("load", 8000, 4000, WEIGHT)]
)
def test_steps_up_and_down_lose_nothing(quantity: str, start: int, step: int, ends: tuple[int, int]) -> None:
    with units.override(units.IMPERIAL):
        value = units.stored(quantity, units.imperial(quantity, start) // 2 * 2)
        passed = [value]
        while (higher := units.beside(quantity, passed[-1], step, ends)[1]) is not None and len(passed) < 5:
            passed.append(higher)
        back = [passed[-1]]
        while len(back) < len(passed) - 1:
            lower = units.beside(quantity, back[-1], step, ends)[0]
            assert lower is not None
            back.append(lower)
        assert back == passed[:0:-1]
