"""Reading exercises from files: what stands in them, what it becomes, and beside the gym's drills."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from programming.exercise_files.comparing import UNSAID, Known, Outcome, key_of, name_words, outcomes, wants_of
from programming.exercise_files.fields import guess, guess_kinds
from programming.exercise_files.reading import LONGEST_TEXT, exercises_in, met_in
from programming.exercise_files.sentences import REFUSALS, sentence
from programming.people_files.tables import Unreadable
from tests.exercise_files import REFUSED, SMALL, WRONG, exercise

HINGE = UUID("018f0000-0000-7000-8000-00000000000a")
FIELDS = {"name": "name", "instructions": "cues", "equipment": "equipment"}
THINGS = {
    "dowel": ("Dowel", "Dowels"),
    "kettlebell": ("Kettlebell", "Kettlebells"),
    "box": ("Box", "Boxes"),
    "band": ("Resistance band", "Resistance bands"),
}


def drill(name: str, key: str = "hinge", **more: Any) -> Known:
    retired = more.pop("is_retired", False)
    return Known(HINGE, key, {**UNSAID, "name": name, **more}, is_retired=retired)


def beside(drills: list[Known], *exercises: Any) -> list[Outcome]:
    return list(outcomes(exercises, FIELDS, {"dowel": "dowel"}, drills, "import_a"))


# What stands in a file -----------------------------------------------------------------------------------------------


def test_what_is_met_in_a_file() -> None:
    met = met_in(exercises_in(SMALL))
    assert met.fields[:3] == ("name", "force", "level") and len(met.fields) == 9
    assert (met.others, met.words) == (("author", "rating"), ("Kettlebells", "dowel", "ship's rope"))


def test_a_mark_of_utf_8_is_no_part_of_it() -> None:
    assert exercises_in(b"\xef\xbb\xbf" + SMALL) == exercises_in(SMALL)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_file_of_exercises_is_refused(what: str) -> None:
    words, content = REFUSED[what]
    with pytest.raises(Unreadable) as refused:
        exercises_in(content())
    assert str(REFUSALS[refused.value.code]) == words


def test_a_file_of_50_mb_is_refused() -> None:
    with pytest.raises(Unreadable, match="too_large"):
        exercises_in(b" " * 50 * 1024 * 1024)


# What it becomes -----------------------------------------------------------------------------------------------------


def test_short_steps_are_cues_and_sentences_say_how_it_is_done() -> None:
    short, long = exercise("Hinge"), exercise("Bow", instructions=["Stand and bend forward from the hips. " * 5])
    said = guess(met_in([short]), [short])
    assert {name: target for name, target in said.items() if target} == FIELDS
    assert guess(met_in([long]), [long])["instructions"] == "summary"
    # Nine of ten are enough.
    assert guess(met_in([short]), [short] * 9 + [long])["instructions"] == "cues"


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("kettlebells", "kettlebell"),
        ("Kettlebell", "kettlebell"),
        ("DOWELS", "dowel"),
        ("boxes", "box"),
        ("resistance-bands", "band"),
        ("body only", ""),
        ("None", ""),
        ("other", ""),
        ("cable", ""),
    ],
)
def test_their_words_for_equipment(word: str, key: str) -> None:
    assert guess_kinds([word], THINGS) == {word: key}


def test_fields_become_what_the_owner_says() -> None:
    fields = {
        **{"category": "summary", "level": "summary", "name": "name", "primaryMuscles": "what_to_feel"},
        **{"secondaryMuscles": "what_to_feel", "instructions": "summary"},
    }
    found = wants_of(exercise("Hinge"), fields, {})
    assert found.values == {
        "name": "Hinge",
        "summary": "beginner Feet under the hips. Send the hips back. Stand up tall. strength",
        "what_to_feel": "hamstrings, glutes, lower back",
    }
    assert (found.wrong, found.notes) == ([], [])


def test_equipment_that_nobody_asked_about_is_left_out() -> None:
    found = wants_of(exercise("Hinge", equipment="rope"), FIELDS, {"dowel": "dowel"})
    assert found.values["equipment"] == {} and [sentence(each) for each in found.notes] == [
        "“rope” is left out: equipment."
    ]
    assert wants_of(exercise("Hinge", equipment="dowel"), FIELDS, {"dowel": "dowel"}).values["equipment"] == {
        "dowel": 1
    }


def test_what_cannot_be_seen_or_stored_is_taken_out() -> None:
    """Marks that turn a line around, NUL, halves of letters, HTML, ends of lines."""
    hostile = json.loads(
        r'{"name": "\u202eHinge\u0000 \ud800 here", "instructions": ["Hips<script>alert(1)</script>\n\tback \u2066x"]}'
    )
    found = wants_of(hostile, FIELDS, {})
    assert found.values["name"] == "Hinge here"
    assert found.values["cues"] == ["Hips alert(1) back x"]
    assert [sentence(each) for each in found.notes] == ["HTML was taken out: instructions."]
    # What only looks like it stays.
    assert wants_of({"name": "Load < 20 kg > 10 kg"}, FIELDS, {}).values["name"] == "Load < 20 kg > 10 kg"


@pytest.mark.parametrize(("entry", "words"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_says_why(entry: Any, words: str) -> None:
    # With one beside it that is an exercise, or else it is no list of them.
    read, _other = exercises_in(json.dumps([entry, {}]).encode())
    (found,) = beside([], read)
    assert found.mark == "wrong" and words in [sentence(each) for each in found.reasons]
    # Only enough of it is kept to know it again.
    assert len(json.dumps(found.wanted)) < 200


def test_no_text_is_longer_than_a_drill_has() -> None:
    entry = exercise("Hinge", instructions=["x" * 119 for _line in range(6)], category="y" * 9_000)
    (found,) = list(outcomes([entry], {**FIELDS, "category": "summary"}, {}, [], "import_a"))
    assert [sentence(each) for each in found.reasons] == [
        f"Too long: how it is done has at most {LONGEST_TEXT} characters."
    ]


# Beside the gym's drills ---------------------------------------------------------------------------------------------


def test_new_changed_the_same_and_twice() -> None:
    key = key_of("import_a", "Hinge")
    cues = exercise("Hinge")["instructions"]
    assert [each.mark for each in beside([], exercise("Hinge"), exercise("Bow"))] == ["new", "new"]
    (same,) = beside([drill("Hinge", key, cues=cues)], exercise("Hinge"))
    assert (same.mark, same.drill, same.is_chosen) == ("same", HINGE, False)
    (changed,) = beside([drill("Hinge", key, cues=["Other."], what_to_feel="ours")], exercise("Hinge"))
    # What the fields do not say stays as the gym says it; what the gym has is not changed unasked.
    assert (changed.mark, changed.before, changed.after) == ("changed", {"cues": ["Other."]}, {"cues": cues})
    assert not changed.is_chosen
    first, second = beside([], exercise("Hinge"), exercise("Bow", id="Hinge"))
    assert (first.mark, second.mark) == ("new", "wrong")
    assert [sentence(each) for each in second.reasons] == [
        "The same exercise as number 1: its id stands in the file twice."
    ]


def test_one_that_was_retired_is_brought_back() -> None:
    key = key_of("import_a", "Hinge")
    (found,) = beside([drill("Hinge", key, cues=exercise("Hinge")["instructions"], is_retired=True)], exercise("Hinge"))
    assert (found.mark, found.after, found.is_chosen) == ("changed", {"retired": False}, True)


@pytest.mark.parametrize("name", ["Wall Tap", "wall tap", "Tap, Wall", "WALL  TÁP!", "Wall-tap", "táp_wall"])
def test_duplicates_are_found_whatever_the_accents_case_and_order(name: str) -> None:
    (found,) = beside([drill("Wall tap")], exercise(name))
    assert (found.mark, found.drill, found.is_chosen) == ("duplicate", None, False)
    assert [sentence(each) for each in found.reasons] == ["There is a drill of that name: Wall tap."]


@pytest.mark.parametrize("name", ["Wall taps", "Wall tap 2", "Walltap", "Tap"])
def test_other_names_are_no_duplicates(name: str) -> None:
    (found,) = beside([drill("Wall tap")], exercise(name))
    assert found.mark == "new"


def test_the_second_of_a_name_in_a_file_is_a_duplicate() -> None:
    assert [each.mark for each in beside([], exercise("Hinge"), exercise("hinge", id="other"))] == ["new", "duplicate"]
    assert name_words("Hinge, Good-Morning") == "good hinge morning"


@pytest.mark.parametrize("own_id", ["Hinge", "x" * 200, "日本語", "", "../../etc", "import_x", "Wall_Tap" * 20])
def test_a_key_is_of_its_source_alone_and_none_that_is_shipped(own_id: str) -> None:
    key = key_of("import_a", own_id)
    assert key.startswith("import_") and len(key) <= 60 and key.replace("_", "-").replace("-", "").isalnum()
    assert key == key_of("import_a", own_id) and key != key_of("import_b", own_id)
