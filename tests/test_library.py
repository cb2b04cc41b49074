"""The shipped library: it reads, it holds all of the hip hinge, and a broken file says where it is broken."""

from __future__ import annotations

import dataclasses
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programming.library.contents import Dose, Drill, Fault, Library, Progression, Setting, Sourced, digest
from programming.library.reader import SHIPPED, LibraryError, read_library


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library()


@pytest.fixture(scope="module")
def hinge(library: Library) -> Progression:
    return next(each for each in library.progressions if each.key == "hip-hinge")


def drill(library: Library, key: str) -> Drill:
    [found] = [each for each in library.drills if each.key == key]
    return found


def fault(library: Library, key: str) -> Fault:
    [found] = [each for each in library.faults if each.key == key]
    return found


def sourced(part: Any) -> Iterator[Sourced]:
    """Everything in the library that cites sources."""
    if isinstance(part, Sourced):
        yield part
    if dataclasses.is_dataclass(part):
        for each in dataclasses.fields(part):
            yield from sourced(getattr(part, each.name))
    elif isinstance(part, tuple):
        for each in part:
            yield from sourced(each)


# ---------------------------------------------------------------- nothing is tied to the hinge


@pytest.mark.parametrize(
    ("key", "stages"),
    [
        ("deep-squat", ["Box squat", "Goblet squat", "Bar squat"]),
        ("horizontal-pull", ["Shoulder-blade row", "Incline row", "Weighted row"]),
    ],
)
def test_two_further_ladders_say_that_they_are_our_own(library: Library, key: str, stages: list[str]) -> None:
    ladder = next(each for each in library.progressions if each.key == key)
    assert [stage.name for stage in ladder.stages] == stages
    drills = [each for each in library.drills if each.stage in {stage.key for stage in ladder.stages}]
    assert len(drills) == 6
    assert {each.sources for each in (ladder, *ladder.stages, *ladder.rules, *drills)} == {("rung",)}
    # Less is harder at one stage of each: a lower box, a lower bar.
    less = [stage.name for stage in ladder.stages if stage.setting and stage.setting.harder == "less"]
    assert len(less) == 1


# ---------------------------------------------------------------- it holds all of the hip hinge


def test_sources(library: Library) -> None:
    assert {each.key: each.author for each in library.sources} == {
        "elhlimi": "Karim El Hlimi",
        "l2": "L2 Fitness",
        "wbc": "Women's Barbell Club",
        "thornton": "Trey Thornton",
        "gentilcore": "Tony Gentilcore",
        "rung": "Rung",
    }


def test_everything_cites_a_known_source(library: Library) -> None:
    known = {each.key for each in library.sources}
    cited = list(sourced(library))
    assert len(cited) > 80
    for each in cited:
        assert each.sources, each
        assert set(each.sources) <= known, each


def test_the_ladder(hinge: Progression) -> None:
    assert (hinge.key, hinge.name) == ("hip-hinge", "Hip hinge")
    assert [(each.key, each.name, each.short_name, each.figure, each.colour) for each in hinge.stages] == [
        ("wall-tap", "Wall tap", "Wall", "wall", "wall"),
        ("dowel", "Dowel", "Dowel", "dowel", "dowel"),
        ("loaded", "Loaded hinge", "Loaded", "loaded", "loaded"),
    ]
    assert [each.clean_needed for each in hinge.stages] == [2, 2, 2]
    assert [each.loads for each in hinge.stages] == [False, False, True]
    assert [each.within_first for each in hinge.stages] == [False, False, True]
    assert [each.sources for each in hinge.stages[:2]] == [("gentilcore",), ("gentilcore", "wbc", "l2")]


def test_settings(hinge: Progression) -> None:
    wall, dowel, loaded = (each.setting for each in hinge.stages)
    assert wall == Setting(
        name="To the wall",
        quantity="distance",
        step=100,
        minimum=100,
        maximum=900,
        start=200,
        pass_at=400,
        harder="further",
    )
    assert dowel is None
    assert loaded == Setting(
        name="Weight", quantity="load", step=4000, minimum=0, maximum=100_000, start=0, pass_at=None, harder="heavier"
    )


def test_the_dowels_three_contacts(hinge: Progression) -> None:
    dowel = hinge.stages[1]
    assert [(each.name, each.fault) for each in dowel.contacts] == [
        ("back of the head", "head-off-dowel"),
        ("between the shoulder blades", "upper-back-off-dowel"),
        ("sacrum", "sacrum-off-dowel"),
    ]


def test_loaded_drills_are_in_order_of_demand(hinge: Progression, library: Library) -> None:
    wanted = [
        ("rip-trainer-hinge", {"gentilcore"}, False),
        ("reverse-anchored-hinge", {"gentilcore"}, False),
        ("sternum-hinge", {"gentilcore"}, False),
        ("behind-the-head-hinge", {"gentilcore"}, False),
        ("band-resisted-hinge", {"gentilcore"}, False),
        ("pull-through", {"gentilcore", "l2"}, True),
        ("good-morning-hands", {"wbc"}, False),
        ("good-morning-dowel", {"wbc", "elhlimi"}, False),
        ("good-morning-bar", {"wbc", "elhlimi"}, True),
        ("kettlebell-swing", {"wbc", "l2"}, True),
        ("romanian-deadlift", {"l2", "wbc", "thornton"}, True),
        ("stiff-leg-deadlift", {"l2", "wbc", "thornton"}, True),
        ("trap-bar-deadlift", {"l2"}, True),
        ("deadlift", {"gentilcore", "wbc"}, True),
        ("clean", {"gentilcore", "wbc"}, True),
        ("snatch", {"gentilcore", "wbc"}, True),
    ]
    drills = [drill(library, key) for key in hinge.stages[2].drills]
    assert [(each.key, set(each.sources), each.loads) for each in drills] == wanted
    assert all(each.adds for each in drills)


@pytest.mark.parametrize(
    ("key", "sources"),
    [
        ("couch-stretch", {"elhlimi"}),
        ("cat-cow", {"elhlimi"}),
        ("hip-thrust", {"elhlimi", "l2"}),
        ("single-leg-hip-thrust", {"elhlimi"}),
        ("glute-bridge", {"elhlimi", "l2"}),
        ("reverse-hyper", {"elhlimi"}),
        ("alternating-reverse-hyper", {"elhlimi"}),
        ("pvc-good-morning", {"elhlimi"}),
        ("block-in-front-of-knees", {"l2"}),
        ("hands-above-knees", {"l2"}),
        ("wrong-then-right", {"gentilcore"}),
        ("brace", {"rung", "gentilcore", "l2"}),
    ],
)
def test_preparation(library: Library, key: str, sources: set[str]) -> None:
    found = drill(library, key)
    assert found.stage == "preparation"
    assert found.looks_for
    assert not found.loads
    assert set(found.sources) == sources


@pytest.mark.parametrize(
    ("key", "dose", "source"),
    [
        (
            "couch-stretch",
            {"work_seconds": 10, "rest_seconds": 20, "rounds": 4, "seconds": 120, "per_side": True},
            ("elhlimi",),
        ),
        ("cat-cow", {"sets": 1, "reps": 10, "reps_to": 12, "hold_seconds": 2}, ("elhlimi",)),
        ("wall-tap", {"sets": 3, "reps": 8}, ("rung",)),
        ("dowel-hinge", {"sets": 3, "reps": 8}, ("rung",)),
    ],
)
def test_doses(library: Library, key: str, dose: dict[str, Any], source: tuple[str, ...]) -> None:
    found = drill(library, key)
    assert found.dose == Dose(text=found.dose.text, **dose)
    assert found.sources_of("dose") == source


def test_a_dose_no_source_gives_is_our_own(library: Library) -> None:
    from_a_source = {each.key for each in library.drills if each.sources_of("dose") != ("rung",)}
    assert from_a_source == {"couch-stretch", "cat-cow"}


def test_the_couch_stretch_takes_two_minutes_a_side(library: Library) -> None:
    dose = drill(library, "couch-stretch").dose
    assert dose.work_seconds and dose.rest_seconds and dose.rounds
    assert (dose.work_seconds + dose.rest_seconds) * dose.rounds == dose.seconds == 120


def test_drills_have_short_cues(library: Library) -> None:
    for each in library.drills:
        assert 2 <= len(each.cues) <= 4, each.key
        assert all(len(cue) <= 60 for cue in each.cues), each.key
        assert each.what_to_feel, each.key


@pytest.mark.parametrize(
    ("key", "name", "cue", "drills", "sources"),
    [
        ("rounds-low-back", "rounds low back", "hips, not spine", ["dowel-hinge", "cat-cow"], "l2 thornton gentilcore"),
        ("over-arches", "over-arches", "ribs down, brace", ["brace", "hip-thrust"], "thornton elhlimi"),
        ("ribs-flare", "ribs flare", "ribs over hips, breathe all round", ["brace"], "l2"),
        ("squats-it", "squats it", "soft knees, hips back", ["block-in-front-of-knees", "wall-tap"], "l2 gentilcore"),
        ("locks-knees", "locks knees", "soft knees", ["wall-tap"], "gentilcore"),
        ("chin-up", "chin up", "tuck the chin", ["dowel-hinge"], "gentilcore wbc"),
        ("head-off-dowel", "head off dowel", "tuck the chin", ["dowel-hinge"], "gentilcore wbc"),
        ("upper-back-off-dowel", "upper back off dowel", "long spine", ["dowel-hinge"], "gentilcore wbc"),
        (
            "sacrum-off-dowel",
            "sacrum off dowel",
            "close the door behind you",
            ["dowel-hinge", "wall-tap"],
            "gentilcore wbc",
        ),
        ("weight-on-toes", "weight on toes", "tripod", ["wall-tap"], "l2"),
        ("starts-with-back", "starts with the back", "hips finish, back holds", ["reverse-hyper"], "elhlimi"),
        (
            "no-glute-finish",
            "no glute finish",
            "squeeze and stand tall",
            ["band-resisted-hinge", "hip-thrust"],
            "gentilcore l2 wbc",
        ),
        ("feels-only-hamstrings", "feels only hamstrings", "press the big toe", ["hip-thrust"], "elhlimi"),
    ],
)
def test_faults(library: Library, key: str, name: str, cue: str, drills: list[str], sources: str) -> None:
    found = fault(library, key)
    assert (found.name, found.cue, list(found.drills)) == (name, cue, drills)
    assert list(found.sources) == sources.split()
    assert bool(found.seen_as) == (key != "feels-only-hamstrings")


def test_there_are_no_other_faults(library: Library) -> None:
    assert len([each for each in library.faults if each.sources != ("rung",)]) == 13


def test_less_depth_and_closer(library: Library) -> None:
    assert fault(library, "rounds-low-back").second_cue == "less depth"
    assert fault(library, "locks-knees").drill_note == "closer"


def test_our_own_choices_say_so(library: Library) -> None:
    assert fault(library, "weight-on-toes").sources_of("cue") == ("l2",)
    assert fault(library, "weight-on-toes").sources_of("drills") == ("rung",)
    assert fault(library, "feels-only-hamstrings").sources_of("drills") == ("elhlimi",)
    assert drill(library, "brace").sources_of("summary") == ("rung",)


def test_each_fault_leads_to_drills_that_correct_it(library: Library) -> None:
    drills = {each.key: each for each in library.drills}
    for each in library.faults:
        assert each.drills
        for key in each.drills:
            assert each.key in drills[key].corrects


def test_every_fault_stands_on_a_sheet_of_at_most_eight(library: Library, hinge: Progression) -> None:
    for stage in hinge.stages:
        assert 1 <= len(stage.faults) <= 8
    stages = [stage for ladder in library.progressions for stage in ladder.stages]
    assert {key for stage in stages for key in stage.faults} == {each.key for each in library.faults}
    assert all(len(stage.faults) <= 8 for stage in stages)
    # The order of the fault sheet as drawn.
    assert hinge.stages[0].faults[:4] == ("squats-it", "rounds-low-back", "locks-knees", "weight-on-toes")


def test_checklist(hinge: Progression) -> None:
    everyone = ("elhlimi", "l2", "wbc", "thornton", "gentilcore")
    assert [(each.key, each.sources) for each in hinge.checklist] == [
        ("stance", ("wbc", "thornton")),
        ("foot-tripod", ("l2", "wbc")),
        ("soft-knees", ("wbc", "thornton", "gentilcore")),
        ("brace", ("gentilcore", "l2")),
        ("neutral-spine", everyone),
        ("hips-go-first", ("wbc", "thornton", "gentilcore")),
        ("hamstrings-load", ("wbc", "thornton", "elhlimi")),
        ("depth", ("wbc",)),
        ("finish", ("wbc", "thornton", "l2")),
    ]


def test_rules(library: Library, hinge: Progression) -> None:
    assert {each.key: set(each.sources) for each in library.rules} == {
        "pain-is-not-a-fault": {"rung"},
        "refer": {"rung"},
        "skill-before-weight": {"l2", "thornton", "gentilcore"},
        "load-what-is-aligned": {"l2", "thornton", "gentilcore"},
        "no-skipped-steps": {"l2", "thornton", "gentilcore"},
    }
    assert {each.key: set(each.sources) for each in hinge.rules} == {
        "most-hip-least-knee": {"gentilcore", "l2"},
        "weight-goes-back": {"gentilcore", "l2"},
        "not-a-squat": {"gentilcore", "wbc"},
        "sequence-down": {"elhlimi"},
        "sequence-up": {"elhlimi"},
        "within-one-session": {"gentilcore"},
        "distance-is-the-load": {"gentilcore", "rung"},
        "contact-lost": {"gentilcore", "wbc"},
        "in-order-of-demand": {"gentilcore", "rung"},
        "preparation-shows": {"elhlimi"},
        "plan-knows-its-stage": {"rung"},
        "posture-colours-drills": {"elhlimi", "rung"},
    }


def test_pain_holds_and_refers(library: Library) -> None:
    pain, refer = library.rules[:2]
    assert "held" in pain.text and "cleared" in pain.text
    assert "qualified professional" in refer.text and "diagnoses nothing" in refer.text


def test_the_gate_keeps_deadlifts_for_those_who_can_hinge(library: Library, hinge: Progression) -> None:
    [gate] = hinge.gates
    assert gate.stage == "loaded"
    assert set(gate.sources) == {"thornton", "gentilcore"}
    assert {"deadlift", "trap-bar-deadlift", "romanian-deadlift", "stiff-leg-deadlift"} <= set(gate.drills)
    assert all(drill(library, key).loads for key in gate.drills)


def test_postures(library: Library, hinge: Progression) -> None:
    assert [(each.key, each.sources) for each in hinge.postures] == [
        ("flexed", ("elhlimi",)),
        ("extended", ("elhlimi",)),
    ]
    assert {each.posture for each in library.drills} == {"any", "flexed", "extended"}


def test_where_the_hinge_shows_up(hinge: Progression) -> None:
    assert [each.name for each in hinge.appearances] == [
        "Romanian deadlift",
        "Romanian deadlift on one leg",
        "Deadlift",
        "Clean",
        "Snatch",
        "Swing",
        "Hip thrust",
        "Jumping",
        "Sprint starts",
        "Picking up a box",
    ]


def test_hinge_foundations_is_the_plan_as_drawn(library: Library) -> None:
    template = library.templates[0]
    drills = {each.key: each for each in library.drills}
    plan = [
        (
            block.name,
            block.minutes,
            [
                (each.stage, drills[each.drill].name, (each.dose or drills[each.drill].dose).text)
                for each in block.drills
            ],
        )
        for block in template.blocks
    ]
    assert (template.name, template.minutes, template.planned) == ("Hinge Foundations", 60, 45)
    assert plan == [
        ("Couch stretch", 4, [("", "Banded couch stretch", "10 s squeeze / 20 s stretch × 4 a side")]),
        ("Prep", 4, [("", "Cat-cow", "10, 2 s holds"), ("", "Hip thrust", "12")]),
        (
            "Hinge ladder",
            12,
            [
                ("wall-tap", "Wall tap", "3 × 8 · distance"),
                ("dowel", "Dowel hinge", "3 × 8"),
                ("loaded", "Pull-through", "3 × 10 · band"),
            ],
        ),
        (
            "Strength by stage",
            20,
            [
                ("wall-tap", "Hip thrust", "4 × 10"),
                ("dowel", "PVC good morning", "4 × 8"),
                ("loaded", "Romanian deadlift", "4 × 6"),
            ],
        ),
        ("Cool-down", 5, [("", "Cat-cow", "6, slow"), ("", "Brace work", "5 slow breaths")]),
    ]
    assert [block.board for block in template.blocks] == [False, False, True, False, False]
    assert [block.by_stage for block in template.blocks] == [False, False, True, True, False]


def test_hinge_under_load(library: Library) -> None:
    template = library.templates[1]
    assert (template.name, template.minutes, template.planned) == ("Hinge under load", 60, 55)


def test_ten_minute_hinge_prep_is_made_of_preparation(library: Library) -> None:
    template = library.templates[2]
    assert (template.name, template.minutes, template.planned) == ("Ten-minute hinge prep", 10, 10)
    preparing = {drill.key for drill in library.drills if drill.stage == "preparation"}
    everyone = [each.drill for block in template.blocks for each in block.drills if not each.stage]
    assert everyone and set(everyone) <= preparing
    assert [block.board for block in template.blocks] == [False, False, True]


def test_the_library_says_everything_in_plain_words() -> None:
    for path in SHIPPED.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert "!" not in text, path.name


# ---------------------------------------------------------------- the digest


def copy_of_shipped(folder: Path) -> Path:
    for path in SHIPPED.glob("*.toml"):
        shutil.copy(path, folder)
    return folder


def edit(path: Path, old: str, new: str) -> int:
    """Replace the first ``old``, which must be there. Returns the line it starts on."""
    text = path.read_text(encoding="utf-8")
    start = text.index(old)
    path.write_text(text[:start] + new + text[start + len(old) :], encoding="utf-8")
    return text.count("\n", 0, start) + 1


def test_the_digest_stays_when_only_comments_and_spacing_change(tmp_path: Path, library: Library) -> None:
    copy_of_shipped(tmp_path)
    with (tmp_path / "faults.toml").open("a", encoding="utf-8") as file:
        file.write("\n\n# nothing new\n")
    edit(tmp_path / "faults.toml", 'cue = "hips, not spine"', 'cue    =    "hips, not spine"')
    assert read_library(tmp_path).digest == library.digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("faults.toml", '"hips, not spine"', '"hips, never spine"'),
        ("drills.toml", "reps_to = 12", "reps_to = 14"),
        ("hinge.toml", "pass_at = 400\n", ""),
        ("templates.toml", "minutes = 12", "minutes = 13"),
        ("equipment.toml", 'plural = "dowels"', 'plural = "sticks"'),
        ("sources.toml", '"Rung"', '"The gym"'),
        ("rules.toml", "Line it up, then load it.", "Line it up first."),
    ],
)
def test_the_digest_changes_with_any_of_the_contents(
    tmp_path: Path, library: Library, file: str, old: str, new: str
) -> None:
    edit(copy_of_shipped(tmp_path) / file, old, new)
    assert read_library(tmp_path).digest != library.digest


def test_a_part_has_its_own_digest(library: Library) -> None:
    first, second = library.drills[:2]
    assert digest(first) == digest(dataclasses.replace(first))
    assert digest(first) != digest(second)


# ---------------------------------------------------------------- broken files


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        # misspelled, or of the wrong type
        ("drills.toml", "summary =", "sumary =", "unknown field 'sumary' (did you mean 'summary'?)"),
        ("drills.toml", "rounds = 4", "round = 4", "unknown field 'round' (did you mean 'rounds'?)"),
        ("hinge.toml", "pass_text =", "pass_txt =", "unknown field 'pass_txt' (did you mean 'pass_text'?)"),
        ("hinge.toml", "pass_at =", "pass_it =", "unknown field 'pass_it' (did you mean 'pass_at'?)"),
        ("templates.toml", "board =", "bord =", "unknown field 'bord' (did you mean 'board'?)"),
        ("rules.toml", "[[rule]]", "wrong = 3\n[[rule]]", "unknown table 'wrong'"),
        ("drills.toml", "demand = 1\n", 'demand = "1"\n', "'demand' wants a whole number, not '1'"),
        ("drills.toml", "demand = 1\n", "demand = 1.5\n", "'demand' wants a whole number, not 1.5"),
        ("drills.toml", "demand = 1\n", "demand = true\n", "'demand' wants a whole number, not true"),
        (
            "drills.toml",
            'summary = "On hands and knees',
            'video = "http://example.org/"\nsummary = "On hands and knees',
            "'video' is 'http://example.org/', not a link that begins with https://",
        ),
        ("drills.toml", "per_side = true", "per_side = 1", "'per_side' wants true or false, not 1"),
        ("drills.toml", 'name = "Cat-cow"', "name = 7", "'name' wants text, not 7"),
        ("drills.toml", 'name = "Cat-cow"', 'name = " "', "'name' is empty, or has spaces around it"),
        ("drills.toml", 'name = "Cat-cow"', 'name = "Cat\\u0000cow"', "unprintable characters"),
        ("drills.toml", 'name = "Cat-cow"', f'name = "{"c" * 61}"', "'name' has 61 characters, and may have 60"),
        ("drills.toml", 'key = "cat-cow"', 'key = "Cat Cow"', "'Cat Cow' is no key"),
        ("drills.toml", "equipment = { mat = 1 }", 'equipment = ["mat"]', "'equipment' wants a table such as"),
        ("drills.toml", "equipment = { mat = 1 }", "equipment = { mat = 0 }", "'mat' is 0, and may be 1 to 100"),
        ("drills.toml", 'cues = ["', 'cues = "x" # ["', "'cues' wants a list, not 'x'"),
        ("drills.toml", 'cues = ["', 'cues = ["x"] # ["', "'cues' wants 2 to 4 entries, and has 1"),
        ("faults.toml", "drills = [", "drills = 2026-01-01 # [", "'drills' wants a list, not 2026-01-01"),
        ("faults.toml", 'drills = ["dowel-hinge", "cat-cow"]', "drills = []", "'drills' wants at least one entry"),
        (
            "hinge.toml",
            'quantity = "distance"',
            'quantity = "depth"',
            "'quantity' is 'depth', and may be distance, load",
        ),
        ("rules.toml", 'sources = ["rung"]', "sources = []", "'sources' wants at least one entry, and has 0"),
        # things that are not there
        ("drills.toml", 'sources = ["elhlimi"]', 'sources = ["elhimi"]', "unknown source 'elhimi' in 'sources'"),
        ("drills.toml", "equipment = { band", "equipment = { bnad", "unknown equipment 'bnad' (did you mean 'band'?)"),
        (
            "drills.toml",
            'corrects = ["rounds-low',
            'corrects = ["round-low',
            "unknown fault 'round-low-back' in 'corrects'",
        ),
        ("drills.toml", 'stage = "wall-tap"', 'stage = "wall"', "unknown stage 'wall' in 'stage'"),
        ("faults.toml", 'drills = ["dowel-hinge"', 'drills = ["dowel"', "unknown drill 'dowel' in 'drills'"),
        ("faults.toml", 'stage = "dowel"', 'stage = "dowl"', "unknown stage 'dowl' in 'stage' (did you mean 'dowel'?)"),
        ("hinge.toml", 'faults = ["squats-it"', 'faults = ["squat-it"', "unknown fault 'squat-it' in 'faults'"),
        ("hinge.toml", 'drills = ["wall-tap"]', 'drills = ["wal-tap"]', "unknown drill 'wal-tap' in 'drills'"),
        ("hinge.toml", 'fault = "head-off-dowel"', 'fault = "head-off"', "unknown fault 'head-off' in 'fault'"),
        ("templates.toml", 'progression = "hip-hinge"', 'progression = "hip"', "unknown progression 'hip'"),
        ("templates.toml", "drills = [{ drill", 'drills = [{ drill = "x" }] # ', "unknown drill 'x' in 'drill'"),
        # twice
        (
            "drills.toml",
            'key = "cat-cow"',
            'key = "couch-stretch"',
            "drill 'couch-stretch' is already at drills.toml:6",
        ),
        ("hinge.toml", 'key = "foot-tripod"', 'key = "stance"', "check_point 'stance' is already at hinge.toml:"),
        ("hinge.toml", 'key = "shoulder-blades"', 'key = "head"', "contact 'head' is already at hinge.toml:"),
        ("faults.toml", 'sources = ["l2", "thornton"', 'sources = ["l2", "l2"', "'sources' says 'l2' twice"),
        ("faults.toml", 'rung = ["cue"', 'rung = ["queue"', "'rung' names an unknown field 'queue'"),
        ("faults.toml", 'rung = ["cue"', 'rung = ["drill_note"', "'rung' names 'drill_note', which is not there"),
        # numbers that do not fit
        ("hinge.toml", "start = 200", "start = 250", "'start' is 250, not on its step of 100"),
        ("hinge.toml", "minimum = 100", "minimum = 150", "'minimum' is 150, not on its step of 100"),
        ("hinge.toml", "pass_at = 400", "pass_at = 1000", "'pass_at' is 1000, not between 100 and 900"),
        ("hinge.toml", "step = 100", "step = 0", "'step' is 0, and may be 1 to"),
        ("hinge.toml", 'harder = "further"', 'harder = "heavier"', "a distance gets harder further"),
        (
            "hinge.toml",
            'faults = ["squats-it", ',
            'faults = ["squats-it", "ribs-flare", "no-glute-finish", "starts-with-back", ',
            "9 faults at stage 'wall-tap', and the fault sheet holds 8",
        ),
        ("templates.toml", "minutes = 4\n", "minutes = -4\n", "'minutes' is -4, and may be 1 to 240"),
        ("templates.toml", "minutes = 60", "minutes = 44", "45 minutes planned for a class of 44"),
        ("templates.toml", "minutes = 60", f"minutes = 0x{'f' * 6000}", "'minutes' is a huge number"),
        ("drills.toml", "reps_to = 12", "reps_to = 9", "'reps_to' wants a smaller 'reps'"),
        # things that do not agree
        (
            "hinge.toml",
            'drills = ["wall-tap"]',
            'drills = ["cat-cow"]',
            "drill 'cat-cow' belongs to 'preparation', not to stage 'wall-tap'",
        ),
        (
            "hinge.toml",
            'drills = ["dowel-hinge", "horizontal-dowel-hinge"]',
            'drills = ["horizontal-dowel-hinge", "dowel-hinge"]',
            "drill 'dowel-hinge' has demand 1: the order is by demand, easiest first",
        ),
        # not TOML
        ("drills.toml", 'key = "cat-cow"', "key = cat-cow", "is not TOML: Invalid value"),
        ("drills.toml", 'key = "cat-cow"', 'key = "cat-cow', "is not TOML: Illegal character '\\n'"),
        ("drills.toml", 'key = "cat-cow"', 'key "cat-cow"', "is not TOML: Expected '=' after a key"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    line = edit(copy_of_shipped(tmp_path) / file, old, new)
    with pytest.raises(LibraryError) as refused:
        read_library(tmp_path)
    assert reason in str(refused.value)
    assert str(refused.value).startswith(f"{file}:{line}: ")


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "reason"),
    [
        # what is missing is told at the table that misses it
        ("drills.toml", 'name = "Cat-cow"\n', "", 'drills.toml:[[drill]]\nkey = "cat-cow"', "missing 'name'"),
        ("drills.toml", 'key = "cat-cow"\n', "", 'drills.toml:[[drill]]\nname = "Cat-cow"', "missing 'key'"),
        ("rules.toml", 'sources = ["rung"]\n', "", 'rules.toml:[[rule]]\nkey = "pain', "missing 'sources'"),
        ("drills.toml", "rounds = 4\n", "", "drills.toml:[drill.dose]", "a work and rest pattern wants"),
        ("drills.toml", "text = ", "# ", "drills.toml:[drill.dose]", "missing 'text'"),
        ("hinge.toml", 'quantity = "distance"\n', "", "hinge.toml:[progression.stage.setting]", "missing 'quantity'"),
        (
            "hinge.toml",
            'name = "Depth"\n',
            "",
            'hinge.toml:[[progression.check_point]]\nkey = "depth"',
            "missing 'name'",
        ),
        # what does not agree, at the one of the two that says so
        (
            "drills.toml",
            'corrects = ["rounds-low-back"]\n',
            "",
            'faults.toml:drills = ["dowel-hinge", "cat-cow"]',
            "fault 'rounds-low-back' goes to drill 'cat-cow', which does not say that it corrects it",
        ),
        (
            "hinge.toml",
            ', "horizontal-dowel-hinge"]',
            "]",
            'drills.toml:stage = "dowel"\ndemand = 2',
            "drill 'horizontal-dowel-hinge' is not among the drills of its stage 'dowel'",
        ),
        (
            "hinge.toml",
            '"head-off-dowel", ',
            "",
            'hinge.toml:fault = "head-off-dowel"',
            "fault 'head-off-dowel' is not among the faults of stage 'dowel'",
        ),
        (
            "templates.toml",
            'drill = "pvc-good-morning"',
            'drill = "deadlift"',
            'templates.toml:drills = [\n    { stage = "wall-tap", drill = "hip-thrust"',
            "drill 'deadlift' loads: give it only to a stage that loads",
        ),
        (
            "templates.toml",
            'drill = "cat-cow"',
            'drill = "pull-through"',
            'templates.toml:drills = [\n    { drill = "pull-through"',
            "drill 'pull-through' loads: give it only to a stage that loads",
        ),
        (
            "templates.toml",
            'stage = "dowel"',
            'stage = "loaded"',
            'templates.toml:drills = [\n    { stage = "wall-tap", drill = "wall-tap"',
            "nothing for stage 'dowel'",
        ),
    ],
)
def test_what_is_missing_or_disagrees_is_named(
    tmp_path: Path, file: str, old: str, new: str, where: str, reason: str
) -> None:
    edit(copy_of_shipped(tmp_path) / file, old, new)
    named, passage = where.split(":", 1)
    text = (tmp_path / named).read_text(encoding="utf-8")
    line = text.count("\n", 0, text.index(passage)) + 1
    with pytest.raises(LibraryError) as refused:
        read_library(tmp_path)
    assert reason in str(refused.value)
    assert str(refused.value).startswith(f"{named}:{line}: ")


LADDER = """[[progression]]
key = "squat"
name = "Squat"
summary = "Down and up."
sources = ["rung"]
"""
RUNG = """[[progression.stage]]
key = "box"
name = "Box"
short_name = "Box"
figure = "wall"
colour = "wall"
what = "Sit to a box."
pass_text = "Two clean sets."
drills = ["box-squat"]
faults = ["rocks-back"]
sources = ["rung"]
"""
SQUAT = """[[drill]]
key = "box-squat"
name = "Box squat"
summary = "Sit back to a box and stand up."
cues = ["Sit back", "Stand up"]
stage = "box"
demand = 1
dose = { text = "3 × 5", sets = 3, reps = 5 }
corrects = ["rocks-back"]
sources = ["rung"]

[[fault]]
key = "rocks-back"
name = "rocks back"
cue = "stay over the feet"
drills = ["box-squat"]
sources = ["rung"]
"""


@pytest.mark.parametrize(
    ("contents", "refusal"),
    [
        (b"", "squat.toml:1: is empty"),
        (b"# only a remark\n\n", "squat.toml:1: is empty"),
        (b"# one\n# t\xffwo\n", "squat.toml:2: is not UTF-8 text"),
        (b"\xff\xfe[\x00", "squat.toml:1: is not UTF-8 text"),
        (b"\n\n[[drill", "squat.toml:3: is not TOML: Expected ']]' at the end of an array declaration"),
        (b"a = " + b"[" * 5000, "squat.toml:1: is not TOML: "),
        (b"a = " + b"1" * 5000, "squat.toml:1: is not TOML: "),
        (b"\n[drill]\nkey = 'x'\n", "squat.toml:2: 'drill' wants a list of tables: write [[drill]]"),
        (b"\ndrill = [3]\n", "squat.toml:2: 'drill' wants a list of tables: write [[drill]]"),
        (b"[[progression]]\nkey = 'squat'\n", "squat.toml:1: missing 'sources'"),
        (LADDER.encode(), "squat.toml:1: missing 'stage'"),
        (LADDER.encode() + b"stage = []\n", "squat.toml:6: 'stage' is empty"),
        (
            b"[[source]]\nkey = 'l2'\nauthor = 'A'\ntitle = 'T'\n",
            "squat.toml:2: source 'l2' is already at sources.toml:10",
        ),
        (
            (SQUAT + LADDER + RUNG + RUNG).encode(),
            "squat.toml:35: stage 'box' is already at squat.toml:23",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "contents",
)
def test_a_broken_file_beside_the_others_is_refused(tmp_path: Path, contents: bytes, refusal: str) -> None:
    (copy_of_shipped(tmp_path) / "squat.toml").write_bytes(contents)
    with pytest.raises(LibraryError) as refused:
        read_library(tmp_path)
    assert str(refused.value).startswith(refusal)


def test_a_folder_without_a_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r":1: no TOML file in it$"):
        read_library(tmp_path)
    with pytest.raises(LibraryError, match=r"^nowhere:1: cannot be read: "):
        read_library(tmp_path / "nowhere")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(LibraryError, match=r"^folder\.toml:1: cannot be read: "):
        read_library(tmp_path)


def test_another_ladder_is_another_file(tmp_path: Path, library: Library) -> None:
    (copy_of_shipped(tmp_path) / "squat.toml").write_text(SQUAT + LADDER + RUNG, encoding="utf-8")
    more = read_library(tmp_path)
    assert {each.key for each in more.progressions} == {"hip-hinge", "deep-squat", "horizontal-pull", "squat"}
    assert len(more.drills) == len(library.drills) + 1
    assert more.digest != library.digest


# ---------------------------------------------------------------- nonsense

REFUSAL = re.compile(r"[^:\n]+:[1-9][0-9]*: \S.*")
NAMES = st.sampled_from(
    ["source", "equipment", "drill", "fault", "rule", "progression", "template", "stage", "setting", "contact", "gate"]
    + ["check_point", "posture", "appearance", "block", "drills", "dose", "key", "name", "cues", "sources", "rung"]
    + ["corrects", "minutes", "step", "start", "faults", "everything", "a"]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            '"rung"',
            '"wall-tap"',
            '"dowel-hinge"',
            '"squats-it"',
            '""',
            '["rung"]',
            "[]",
            "[[]]",
            "[{}]",
            "{}",
            "{ a = 1 }",
        ]
        + ['{ text = "x" }', '[{ drill = "wall-tap" }]', "1", "-1", "0", "true", "1.5", "nan", "inf", "1979-05-27"]
        + ["07:32:00", f"0x{'f' * 5000}", "'''x'''", '"""', "[", "{", '"']
    ),
    st.text(max_size=12).map(lambda text: f'"{text}"'),
    st.integers().map(str),
)
DOTTED = st.lists(NAMES, min_size=1, max_size=4).map(".".join)
TOMLISH = st.one_of(
    DOTTED.map(lambda name: f"[[{name}]]"),
    DOTTED.map(lambda name: f"[{name}]"),
    st.tuples(DOTTED, VALUES).map(" = ".join),
    st.text(max_size=20),
)
SHIPPED_LINES = [
    (path.name, number)
    for path in sorted(SHIPPED.glob("*.toml"))
    for number in range(len(path.read_text("utf-8").split("\n")))
]


def read_or_refuse(file: str, contents: bytes, *, shipped: bool = True) -> None:
    """Reading either works or raises a LibraryError that names a line which is there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if shipped:
            copy_of_shipped(folder)
        (folder / file).write_bytes(contents)
        try:
            read_library(folder)
        except LibraryError as refused:
            assert REFUSAL.fullmatch(str(refused)), str(refused)
            text = (folder / refused.file).read_bytes()
            assert refused.line <= text.count(b"\n") + 1, str(refused)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(contents: bytes) -> None:
    read_or_refuse("any.toml", contents, shipped=False)


@given(st.lists(TOMLISH, max_size=12).map("\n".join), st.booleans())
@settings(max_examples=300, deadline=None)
def test_anything_like_toml_is_read_or_refused(contents: str, shipped: bool) -> None:
    read_or_refuse("any.toml", contents.encode("utf-8", "surrogatepass"), shipped=shipped)


@given(st.sampled_from(SHIPPED_LINES), st.one_of(st.none(), TOMLISH))
@settings(max_examples=150, deadline=None)
def test_the_shipped_library_with_one_line_changed_is_read_or_refused(place: tuple[str, int], line: str | None) -> None:
    file, number = place
    lines = (SHIPPED / file).read_text("utf-8").split("\n")
    lines[number : number + 1] = [] if line is None else [line]
    read_or_refuse(file, "\n".join(lines).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (
            f"[[drill]]\nsources = ['rung']\nkey = 'x'\nname.{'.'.join('a' * 5000)} = 1\n",
            "'name' wants text, not a table",
        ),
        (f"[[drill]]\nsources = ['rung']\nkey = 'x'\nname = {'[' * 200}{']' * 200}\n", "'name' wants text, not a list"),
    ],
    ids=["dotted", "lists"],
)
def test_depth_is_refused_in_words(tmp_path: Path, contents: str, reason: str) -> None:
    (copy_of_shipped(tmp_path) / "deep.toml").write_text(contents, encoding="utf-8")
    with pytest.raises(LibraryError, match=r"^deep\.toml:4: ") as refused:
        read_library(tmp_path)
    assert refused.value.reason.startswith(reason)
