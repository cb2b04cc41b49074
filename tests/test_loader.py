"""The shipped library in a gym: loading it again changes nothing, and editing never changes what was written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gym.models import Gym
from programming.library.contents import Library
from programming.library.loader import load_library
from programming.models import (
    Assessment,
    AssessmentFault,
    Block,
    BlockDrill,
    ClassSession,
    ClassTemplate,
    Drill,
    DrillRevision,
    Fault,
    FaultRevision,
    Progression,
    Source,
    Stage,
    StageMove,
    StageRevision,
)
from programming.models.history import HistoryIsFixed
from tests import make
from tests.people import Cast

pytest_plugins = ["tests.people"]

WORDS = (Source, Drill, DrillRevision, Fault, FaultRevision, Progression, Stage, StageRevision)
TABLES = (*WORDS, ClassTemplate, Block, BlockDrill)


@pytest.fixture
def loaded(cast: Cast, at_northside: Gym) -> Gym:
    """Northside with the shipped library, really loaded."""
    load_library(cast.northside, make.shipped())
    return cast.northside


def stored() -> dict[str, list[Any]]:
    """Everything that a library fills, of all gyms."""
    return {model.__name__: list(model.across_gyms.order_by("pk").values()) for model in TABLES}


def with_drill(library: Library, key: str, **words: Any) -> Library:
    """The library as shipped next time, with other words for one drill."""
    drills = [replace(drill, **words) if drill.key == key else drill for drill in library.drills]
    return replace(library, drills=tuple(drills))


def with_stage(library: Library, key: str, **words: Any) -> Library:
    """The same for one stage of the hinge."""
    hinge = library.progressions[0]
    stages = tuple(replace(stage, **words) if stage.key == key else stage for stage in hinge.stages)
    return replace(library, progressions=(replace(hinge, stages=stages), *library.progressions[1:]))


# Loading -------------------------------------------------------------------------------------------------------------


def test_everything_shipped_is_there(loaded: Gym) -> None:
    shipped = make.shipped()
    assert set(Drill.objects.values_list("key", flat=True)) == {drill.key for drill in shipped.drills}
    assert set(Fault.objects.values_list("key", flat=True)) == {fault.key for fault in shipped.faults}
    assert set(Source.objects.values_list("key", flat=True)) == {source.key for source in shipped.sources}
    for progression in shipped.progressions:
        words = Progression.objects.get(key=progression.key).ladder()
        assert list(words.stages) == [stage.key for stage in progression.stages]
        for stage in progression.stages:
            assert words.stages[stage.key].name == stage.name
            assert words.stages[stage.key].faults == tuple(stage.faults)
            assert words.stages[stage.key].drills == tuple(stage.drills)
    for template in shipped.templates:
        made = ClassTemplate.objects.get(key=template.key)
        assert [block["minutes"] for block in made.plan()] == [block.minutes for block in template.blocks]
        assert [len(block["drills"]) for block in made.plan()] == [len(block.drills) for block in template.blocks]


def test_every_item_has_its_source(loaded: Gym) -> None:
    known = {*Source.objects.values_list("key", flat=True), "rung"}
    for model in (DrillRevision, FaultRevision, StageRevision):
        for revision in model.objects.all():
            assert revision.sources or revision.own_fields, revision
            assert set(revision.sources) <= known


def test_loading_again_changes_nothing(loaded: Gym) -> None:
    before = stored()
    load_library(loaded, make.shipped())
    assert stored() == before


def test_each_gym_has_its_own(loaded: Gym, cast: Cast) -> None:
    before = stored()
    load_library(cast.harbour, make.shipped())
    after = stored()
    for name, rows in before.items():
        assert [row for row in after[name] if row["gym_id"] == loaded.pk] == rows
        assert len(after[name]) == 2 * len(rows)


def test_other_words_arrive_as_a_new_revision(loaded: Gym) -> None:
    old = Drill.objects.get(key="cat-cow").current
    ladder_before = Progression.objects.get(key="hip-hinge").revision
    load_library(loaded, with_drill(make.shipped(), "cat-cow", name="Cat and cow"))
    new = Drill.objects.get(key="cat-cow").current
    assert old is not None and new is not None
    assert (old.number, new.number) == (1, 2)
    assert (old.name, new.name) == ("Cat-cow", "Cat and cow")
    assert DrillRevision.objects.get(pk=old.pk).name == "Cat-cow"
    assert DrillRevision.objects.exclude(drill__key="cat-cow").exclude(number=1).count() == 0
    # Ladders are kept in memory by their revision.
    assert Progression.objects.get(key="hip-hinge").revision > ladder_before


@pytest.mark.parametrize("edited", [False, True])
def test_what_the_gym_made_its_own_is_left_alone(loaded: Gym, edited: bool) -> None:
    drill, fault = Drill.objects.get(key="cat-cow"), Fault.objects.get(key="squats-it")
    progression = Progression.objects.get(key="hip-hinge")
    for item in (drill, fault, progression):
        item.follows_shipped = not edited
        item.save(update_fields=["follows_shipped"])
    if edited:
        drill.revise(name="Our cat-cow")
        fault.revise(cue="Our cue")
        Stage.objects.get(key="dowel").revise(name="Our dowel")
    before = stored()
    shipped = with_stage(with_drill(make.shipped(), "cat-cow", name="Cat and cow"), "dowel", name="Broomstick")
    load_library(loaded, shipped)
    assert (stored() == before) is edited


def test_a_template_is_the_owners_once_it_is_there(loaded: Gym) -> None:
    template = ClassTemplate.objects.get(key="hinge-foundations")
    template.name = "Our hinge"
    template.save(update_fields=["name"])
    template.blocks.first().delete()
    before = stored()
    load_library(loaded, make.shipped())
    assert stored() == before


def test_half_a_library_is_none(cast: Cast, at_northside: Gym) -> None:
    broken = with_stage(make.shipped(), "loaded", clean_needed=0)
    with pytest.raises(Exception, match="stage_clean_needed"):
        load_library(cast.northside, broken)
    assert not any(stored().values())


# Editing -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(evening: ClassSession, cast: Cast, at_northside: Gym) -> ClassSession:
    """Ana was seen on the dowel with a fault, and went on."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=0)
    make.tap(evening, cast.ana, "fault", by=cast.carla, fault="squats-it", after=60)
    make.place(evening, cast.ana, "loaded", by=cast.carla, after=120)
    return evening


def reading() -> list[str]:
    """What old rows say."""
    seen = Assessment.objects.select_related("stage", "drill").get()
    chip = AssessmentFault.objects.select_related("fault").get()
    moves = StageMove.objects.select_related("from_stage", "to_stage").order_by("at")
    return [
        seen.stage.name,
        seen.stage.pass_text,
        str(seen.stage.clean_needed),
        seen.drill.name,
        *seen.drill.cues,
        chip.fault.name,
        chip.fault.cue,
        *(move.to_stage.name for move in moves),
        str(moves[1].from_stage),
    ]


def test_old_rows_still_read_the_same(written: ClassSession, cast: Cast) -> None:
    before, plan = reading(), written.plan
    Stage.objects.get(key="dowel").revise(name="Broomstick", pass_text="Anything", clean_needed=5)
    Stage.objects.get(key="loaded").revise(name="Heavy")
    Drill.objects.get(key="dowel-hinge").revise(name="Stick hinge", cues=["Other"])
    Fault.objects.get(key="squats-it").revise(name="Sits", cue="Do not")
    written.refresh_from_db()
    assert reading() == before
    assert written.plan == plan
    # What is written now reads as it is now.
    words = Progression.objects.get(key="hip-hinge").ladder()
    assert words.stages["dowel"].name == "Broomstick"
    assert words.faults["squats-it"].cue == "Do not"
    make.place(ClassSession.objects.select_related("progression").get(), cast.ben, "dowel", by=cast.carla)
    assert StageMove.objects.get(member=cast.ben).to_stage.name == "Broomstick"


def test_a_new_count_holds_from_now_on(written: ClassSession, cast: Cast) -> None:
    Stage.objects.get(key="dowel").revise(clean_needed=1)
    session = ClassSession.objects.select_related("progression").get()
    make.place(session, cast.ana, "dowel", by=cast.carla, after=180)
    make.tap(session, cast.ana, "saw", by=cast.carla, saw="clean", after=240)
    make.place(session, cast.ana, "loaded", by=cast.carla, after=300)
    assert [move.reason for move in StageMove.objects.order_by("at")] == ["first", "coach", "down", "earned"]


def test_the_same_words_again_are_no_revision(loaded: Gym) -> None:
    stage = Stage.objects.get(key="dowel")
    before = stored()
    assert stage.current is not None
    assert stage.revise(name=stage.current.name, clean_needed=2) == stage.current
    assert stored() == before


def test_a_revision_carries_on_what_was_not_said(loaded: Gym) -> None:
    stage = Stage.objects.get(key="wall-tap")
    old = stage.current
    new = stage.revise(name="Wall reach")
    assert old is not None
    assert (new.name, new.number) == ("Wall reach", 2)
    assert (new.step, new.pass_at, new.faults, new.drills) == (old.step, old.pass_at, old.faults, old.drills)
    with pytest.raises(HistoryIsFixed):
        old.save()
