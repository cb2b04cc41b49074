"""The line figures: one for each shipped stage and drill, and one for a gym's own stage, all drawn alike."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.conf import settings

from gym.scope import in_gym
from programming.figures import drawn, figure_of
from programming.models import Progression, Stage
from programming.templatetags.figures import sprite
from tests import make
from tests.page import Element, read
from tests.people import Cast

pytest_plugins = ["tests.people"]

SPRITE = (Path(settings.BASE_DIR) / "static" / "img" / "sprite.svg").read_text()
FIGURES = {stage.figure for ladder in make.shipped().progressions for stage in ladder.stages} | {"stage"}
DRILLS = (Path(settings.BASE_DIR) / "static" / "img" / "drills.svg").read_text()
SHIPPED = {drill.key for drill in make.shipped().drills}
# Shape alone: how thick and in which colour is said by the stylesheet.
SHAPE = {"path": {"d"}, "circle": {"cx", "cy", "r", "fill"}}


def symbol(name: str, sheet: str = SPRITE) -> Element:
    return read(sheet).one("symbol", id=name)


def unlike(drawn: Element) -> list[str]:
    """In what a figure differs from the others of the set."""
    found = [] if drawn["viewbox"] == "0 0 48 48" else [f"viewBox {drawn['viewbox']}"]
    for element in drawn.walk():
        found += [f"<{element.tag}>"] if element.tag not in SHAPE else []
        found += [name for name in element.attributes if name not in SHAPE.get(element.tag, ())]
        found += [fill for fill in [element.attributes.get("fill", "none")] if fill not in ("none", "currentColor")]
    return found


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_is_a_shape_and_nothing_else(name: str) -> None:
    assert symbol(name).children
    assert unlike(symbol(name)) == []


def test_each_shipped_drill_is_drawn_and_nothing_else_is() -> None:
    assert sorted(each["id"] for each in read(DRILLS).all("symbol")) == sorted(SHIPPED)
    assert drawn() == SHIPPED


@pytest.mark.parametrize("drill", sorted(SHIPPED))
def test_a_drill_is_drawn_like_the_stages(drill: str) -> None:
    found = symbol(drill, DRILLS)
    assert unlike(found) == []
    # One person: their head is the only open circle that is as large.
    assert [each["r"] for each in found.all("circle") if "fill" not in each.attributes].count("4") == 1
    assert figure_of(drill) == drill


def test_no_two_drills_look_the_same() -> None:
    shapes = {tuple(tuple(part.attributes.values()) for part in symbol(drill, DRILLS).children) for drill in SHIPPED}
    assert len(shapes) == len(SHIPPED)


def test_a_drill_of_a_gyms_own_is_not_drawn() -> None:
    assert figure_of("log-press") == ""


def test_all_drills_together_weigh_little() -> None:
    assert len(gzip.compress(DRILLS.encode())) < 12_000


@pytest.mark.parametrize(
    "drawn",
    [
        '<symbol viewBox="0 0 24 24"><path d="M0 0"/></symbol>',
        '<symbol viewBox="0 0 48 48"><path d="M0 0" stroke-width="2"/></symbol>',
        '<symbol viewBox="0 0 48 48"><path d="M0 0" style="stroke: red"/></symbol>',
        '<symbol viewBox="0 0 48 48"><circle cx="1" cy="1" r="1" fill="#000"/></symbol>',
        '<symbol viewBox="0 0 48 48"><g><path d="M0 0"/></g></symbol>',
    ],
)
def test_one_that_is_drawn_otherwise_is_found(drawn: str) -> None:
    assert unlike(read(drawn).one("symbol"))


def test_the_same_body_hinges_in_all_three() -> None:
    # Foot, knee, hip and shoulder, and the head: the same person on the same floor.
    body, head = "M28 43.5h-7l1.5-12L12 22l18-6.5", {"cx": "37", "cy": "15.5", "r": "4"}
    for name in ("wall", "dowel", "loaded"):
        drawn = symbol(name)
        assert body in drawn.one("path")["d"], name
        assert drawn.all("circle", **head), name


def test_they_stay_tiny() -> None:
    assert len(sprite().encode()) < 3_000


def test_a_stage_without_a_figure_of_its_own_shows_the_ladder(cast: Cast) -> None:
    make.library(cast.northside)
    own = make.second_ladder(cast.northside)
    with in_gym(cast.northside):
        Stage.objects.get(key="box-squat").revise(figure="")
        shown = Progression.objects.get(pk=own.pk).ladder().stages
    assert (shown["box-squat"].figure, shown["goblet-squat"].figure) == ("stage", "wall")
