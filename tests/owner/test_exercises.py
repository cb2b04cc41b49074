"""Files of open exercise data: looked at, read in another way, chosen from, imported and taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gym.models import Change, Gym
from gym.models.imports import LOOKED_AT, TAKEN_BACK
from programming.library import reader
from programming.models import (
    Block,
    BlockDrill,
    ClassSession,
    ClassTemplate,
    Drill,
    DrillRevision,
    ExerciseImport,
    ExerciseRow,
    Progression,
    Source,
    Stage,
)
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.exercise_files import ORIGIN, REFUSED, SMALL, exercise, written
from tests.people import Cast

pytest_plugins = ["tests.people"]

BRING = "/gym/northside-barbell/owner/exercises/"


@pytest.fixture
def olga(cast: Cast, evening: ClassSession, at_northside: Gym) -> Iterator[Client]:
    yield signed_in(cast.olga)


def bring(client: Client, content: bytes = SMALL, **origin: str) -> str:
    """Choose the file, say where it is from, let it be compared; the address of the run."""
    answer = client.post(BRING, {**ORIGIN, **origin, "file": SimpleUploadedFile("drills.json", content)})
    assert answer.status_code == 302, page(answer).one("main").text
    run = answer.headers["Location"]
    assert client.post(f"{run}read/").status_code == 302
    return run


def shown(client: Client, run: str, query: str = "") -> dict[str, tuple[str, str]]:
    """Number → what becomes of the exercise, and why."""
    rows = [row for row in page(client.get(run + query)).one("tbody").all("tr") if row["id"] != "no-row"]
    return {row.all("td")[1].text: (row.all("td")[4].text, row.all("td")[5].text) for row in rows}


def ticked(client: Client, run: str) -> list[str]:
    """The names of the exercises that are chosen on the page."""
    rows = page(client.get(run)).one("tbody").all("tr")
    return [row.one("th").text for row in rows for box in row.all("input", type="checkbox") if "checked" in box]


def import_all(client: Client, run: str) -> None:
    """Choose whatever can be, and import it."""
    client.post(f"{run}choose/", {"what": "all"})
    assert client.post(f"{run}now/").status_code == 302


def mine() -> dict[str, Drill]:
    """The imported drills by name."""
    rows = Drill.objects.filter(key__startswith="import_").select_related("current")
    return {drill.words.name: drill for drill in rows}


def test_a_file_becomes_drills_of_the_gym(olga: Client, cast: Cast) -> None:
    run = bring(olga)
    assert shown(olga, run) == {
        "1": ("new", ""),
        "2": ("new", ""),
        "3": ("duplicate by name", "There is a drill of that name: Wall tap."),
        "4": ("new", "HTML was taken out: instructions."),
        "5": ("wrong", "There is no name."),
        "6": ("wrong", "Too long: name has at most 120 characters."),
        "7": ("wrong", "The same exercise as number 1: its id stands in the file twice."),
        "8": ("duplicate by name", "There is a drill of that name: Suitcase Hinge."),
        "9": ("wrong", "This is no exercise: no fields stand in it."),
    }
    # Looking writes no drill, and what is new is chosen.
    assert not mine() and not Source.objects.filter(key__startswith="import_").exists()
    assert ticked(olga, run) == ["Suitcase Hinge", "Broomstick Bow", "Rope Bow"]
    boxes = [row.pk for row in ExerciseRow.objects.filter(chosen=True)]
    assert olga.post(f"{run}now/", {"shown": boxes, "take": boxes}).status_code == 302
    found = mine()
    assert sorted(found) == ["Broomstick Bow", "Rope Bow", "Suitcase Hinge"]
    hinge = found["Suitcase Hinge"]
    assert (hinge.follows_shipped, hinge.words.number, hinge.words.equipment) == (False, 1, {"kettlebell": 1})
    assert hinge.words.cues == ["Feet under the hips.", "Send the hips back.", "Stand up tall."]
    # Where it is from is kept with it.
    source = Source.objects.get(key=hinge.words.sources[0])
    assert {word: getattr(source, word) for word in ORIGIN} == ORIGIN
    # The file is kept nowhere, and neither is what was not chosen.
    assert ExerciseImport.objects.get().file == "" and ExerciseRow.objects.count() == 3
    change = Change.objects.get(what="drill.import")
    assert (change.actor, change.differences["new"]) == (cast.olga, [None, 3])


def test_what_is_ticked_is_imported_and_nothing_else(olga: Client) -> None:
    run = bring(olga)
    rows = {row.wanted["name"]: row.pk for row in ExerciseRow.objects.exclude(mark="wrong")}
    everything = list(rows.values())
    olga.post(f"{run}choose/", {"what": "these", "shown": everything, "take": [rows["Rope Bow"], rows["Táp, Wall!"]]})
    assert ticked(olga, run) == ["Táp, Wall!", "Rope Bow"]
    # Of what another page shows nothing changes.
    olga.post(f"{run}choose/", {"what": "these", "shown": [rows["Suitcase Hinge"]], "take": [rows["Suitcase Hinge"]]})
    assert ticked(olga, run) == ["Suitcase Hinge", "Táp, Wall!", "Rope Bow"]
    for what, mark, chosen in (
        ("none", "", []),
        ("all", "duplicate", ["Táp, Wall!", "Suitcase hinge"]),
        ("all", "new", ["Suitcase Hinge", "Broomstick Bow", "Táp, Wall!", "Rope Bow", "Suitcase hinge"]),
        ("none", "duplicate", ["Suitcase Hinge", "Broomstick Bow", "Rope Bow"]),
    ):
        assert olga.post(f"{run}choose/?mark={mark}", {"what": what}).status_code == 302
        assert ticked(olga, run) == chosen
    # What cannot be imported cannot be chosen.
    wrong = [row.pk for row in ExerciseRow.objects.filter(mark="wrong")]
    olga.post(f"{run}choose/", {"what": "these", "shown": wrong, "take": wrong})
    assert not ExerciseRow.objects.filter(mark="wrong", chosen=True).exists()
    # A name that is there already is a second drill, where the owner wants it.
    olga.post(f"{run}choose/?mark=duplicate", {"what": "all"})
    olga.post(f"{run}now/", {"shown": [rows["Rope Bow"]]})
    assert sorted(mine()) == ["Broomstick Bow", "Suitcase Hinge", "Suitcase hinge", "Táp, Wall!"]


def test_where_nothing_is_chosen_nothing_is_imported(olga: Client) -> None:
    run = bring(olga)
    olga.post(f"{run}choose/", {"what": "none"})
    with nothing_written():
        answer = olga.post(f"{run}now/", follow=True)
    assert "Nothing is chosen" in page(answer).one("main").text


def test_it_is_read_as_the_owner_says(olga: Client) -> None:
    run = bring(olga)
    form = page(olga.get(run)).one("form", id="mapping")
    assert [label.text for label in form.all("label")][-3:] == ["“Kettlebells”", "“dowel”", "“ship's rope”"]
    assert form.one("p", id="others").text == "Left out: author, rating"
    chosen = {
        select["name"]: option["value"]
        for select in form.all("select")
        for option in select.all("option")
        if "selected" in option
    }
    assert (chosen["field-name"], chosen["field-instructions"], chosen["word-0"]) == ("name", "cues", "kettlebell")
    for wrong in (
        {"field-name": ""},
        {"field-category": "name"},
        {"field-level": "equipment"},
        {"field-force": "colour"},
        {"word-0": "trampoline"},
    ):
        assert olga.post(run, {**chosen, **wrong}).status_code == 422
    assert ExerciseImport.objects.get().state == "ready"
    said = {**chosen, "field-instructions": "summary", "field-primaryMuscles": "what_to_feel", "word-2": "dowel"}
    assert olga.post(run, said).status_code == 302
    olga.post(f"{run}read/")
    import_all(olga, run)
    words = mine()["Rope Bow"].words
    assert (words.summary, words.cues, words.what_to_feel) == ("Hold the rope taut .", [], "hamstrings")
    assert words.equipment == {"dowel": 1}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_file_of_exercises_is_refused_with_the_reason(olga: Client, what: str) -> None:
    words, content = REFUSED[what]
    answer = olga.post(BRING, {**ORIGIN, "file": SimpleUploadedFile("x.json", content())})
    assert answer.status_code == 422 and not ExerciseImport.objects.exists()
    form = page(answer).one("form", id="bring")
    assert words in form.text
    # What was typed is kept.
    assert form.one("input", name="title")["value"] == "Harbour drills"


def test_without_licence_or_source_it_is_refused(olga: Client) -> None:
    for wrong, words in (
        ({"licence": ""}, "Say under which licence it may be used."),
        ({"title": " \u200b "}, "Say what it is called."),
        ({"author": ""}, "Say who wrote it."),
        ({"url": "javascript:alert(1)"}, "Give a whole link that begins with https://."),
        ({"title": "x" * 201}, "This is too long: at most 200 characters."),
    ):
        sent = {**ORIGIN, **wrong, "file": SimpleUploadedFile("x.json", SMALL)}
        answer = olga.post(BRING, sent)
        assert not ExerciseImport.objects.exists()
        assert answer.status_code == 422 and words in page(answer).one("form", id="bring").text
    assert olga.post(BRING, {**ORIGIN, "url": "", "file": SimpleUploadedFile("x.json", SMALL)}).status_code == 302


def test_a_file_that_is_too_large_is_not_even_read(olga: Client) -> None:
    content = b"[" + b" " * 9 * 1024 * 1024
    assert olga.post(BRING, {**ORIGIN, "file": SimpleUploadedFile("x.json", content)}).status_code == 413


# Brought again --------------------------------------------------------------------------------------------------------


def test_the_same_file_again_is_all_the_same(olga: Client) -> None:
    import_all(olga, bring(olga))
    drills, revisions = Drill.objects.count(), DrillRevision.objects.count()
    run = bring(olga)
    assert {what for what, _why in shown(olga, run).values()} == {"same", "wrong"}
    olga.post(f"{run}choose/", {"what": "all"})
    assert "Nothing is chosen" in page(olga.post(f"{run}now/", follow=True)).one("main").text
    assert (Drill.objects.count(), DrillRevision.objects.count()) == (drills, revisions)
    # Named as another source they are other exercises, with names that are there.
    assert {what for what, _why in shown(olga, bring(olga, licence="CC BY 4.0")).values()} == {
        "duplicate by name",
        "wrong",
    }


def test_what_changed_is_a_new_revision_where_it_is_chosen(olga: Client) -> None:
    import_all(olga, bring(olga, written(exercise("Rope Bow"), exercise("Bow"))))
    before = mine()["Rope Bow"].words
    mine()["Rope Bow"].revise(video="https://video.example/rope")
    run = bring(olga, written(exercise("Rope Bow", instructions=["Hips back."]), exercise("Bow")))
    assert shown(olga, run)["1"] == (
        "changed",
        "cues: Feet under the hips. · Send the hips back. · Stand up tall. → Hips back.",
    )
    # Nothing that the gym has is changed unasked.
    assert ticked(olga, run) == []
    import_all(olga, run)
    words = mine()["Rope Bow"].words
    assert (words.cues, words.video, words.number) == (["Hips back."], "https://video.example/rope", 3)
    assert words.sources == before.sources
    before.refresh_from_db()
    assert len(before.cues) == 3
    # Taken back it says what it said, in a further revision.
    assert olga.post(f"{run}undo/").status_code == 302
    words = mine()["Rope Bow"].words
    assert (words.cues, words.number) == (before.cues, 4)


def test_ladders_show_it(olga: Client) -> None:
    """What is kept of a ladder in memory is kept by its revision."""
    import_all(olga, bring(olga, written(exercise("Bow"))))
    before = Progression.objects.values_list("revision", flat=True)[0]
    import_all(olga, bring(olga, written(exercise("Bow", instructions=["Hips back."]))))
    assert Progression.objects.values_list("revision", flat=True)[0] != before


# All or nothing, and back ---------------------------------------------------------------------------------------------


def test_all_or_nothing(olga: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bring(olga)

    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("halfway")

    monkeypatch.setattr("programming.models.exercises.audit", broken)
    with pytest.raises(RuntimeError, match="halfway"):
        import_all(olga, run)
    assert not mine() and ExerciseImport.objects.get().state == "ready"


def test_pressed_twice_it_is_one_import(olga: Client) -> None:
    run = bring(olga)
    import_all(olga, run)
    count = Drill.objects.count()
    with nothing_written():
        assert olga.post(f"{run}now/").status_code == 302
    assert Drill.objects.count() == count


def test_what_changed_since_it_was_looked_at_is_looked_at_again(olga: Client) -> None:
    run = bring(olga, written(exercise("Rope Bow"), exercise("Bow")))
    Drill.objects.get(key="wall-tap").revise(name="Bow")
    answer = olga.post(f"{run}now/", follow=True)
    assert "Nothing was imported: look again" in page(answer).one("main").text and not mine()
    olga.post(f"{run}read/")
    assert [what for what, _why in shown(olga, run).values()] == ["new", "duplicate by name"]


def test_taken_back_but_for_what_somebody_uses_since(olga: Client, cast: Cast) -> None:
    names = ("Planned", "Written", "Named", "Left alone", "Retired by hand")
    run = bring(olga, written(*(exercise(name) for name in names)))
    import_all(olga, run)
    drills = mine()
    block = Block.objects.filter(template=ClassTemplate.objects.first()).first()
    BlockDrill.objects.create(block=block, position=99, drill=drills["Planned"])
    drills["Written"].revise(cues=["Ours."])
    stage = Stage.objects.select_related("current").get(key="wall-tap")
    stage.revise(drills=[*stage.current.drills, drills["Named"].key])
    Drill.objects.filter(pk=drills["Retired by hand"].pk).update(retired_at=timezone.now() - timedelta(hours=1))
    asked = page(olga.get(f"{run}undo/")).one("main")
    assert "Named, Planned, Written" in asked.one("p", id="stay").text and "2 drills are retired" in asked.text
    assert olga.post(f"{run}undo/").status_code == 302
    assert {name for name, drill in mine().items() if drill.retired_at} == {"Left alone", "Retired by hand"}
    # Nothing that was written is deleted, and once is enough.
    assert DrillRevision.objects.filter(drill=drills["Left alone"]).count() == 1
    with nothing_written():
        assert olga.post(f"{run}undo/").status_code == 302
    # Brought again, what was retired is taught again.
    again = bring(olga, written(*(exercise(name) for name in names)))
    assert ticked(olga, again) == ["Left alone", "Retired by hand"]
    boxes = [row.pk for row in ExerciseRow.objects.filter(chosen=True)]
    olga.post(f"{again}now/", {"shown": boxes, "take": boxes})
    assert [name for name, drill in mine().items() if drill.retired_at] == []


def test_it_is_forgotten(olga: Client) -> None:
    now = timezone.now()
    assert olga.post(f"{bring(olga)}discard/").status_code == 302
    assert not ExerciseImport.objects.exists() and not ExerciseRow.objects.exists()
    bring(olga)
    assert ExerciseImport.forget_old(now + LOOKED_AT / 2) == 0
    assert ExerciseImport.forget_old(now + LOOKED_AT + timedelta(minutes=1)) == 1
    import_all(olga, bring(olga))
    # Another file that is only looked at takes nothing of one that was imported.
    bring(olga)
    ExerciseImport.forget_old(now + TAKEN_BACK + timedelta(minutes=1))
    assert [each.state for each in ExerciseImport.objects.all()] == ["done"] and not ExerciseRow.objects.exists()


def test_no_key_of_an_import_is_one_of_the_library() -> None:
    library = make.shipped()
    keys = [each.key for kind in (library.drills, library.sources) for each in kind]
    assert isinstance(library, reader.Library) and len(keys) > 30
    assert not [key for key in keys if "_" in key]


def test_a_long_file_shows_how_far_it_is(olga: Client) -> None:
    content = written(*(exercise(f"Drill {number}") for number in range(1_200)))
    answer = olga.post(BRING, {**ORIGIN, "file": SimpleUploadedFile("x.json", content)})
    run = answer.headers["Location"]
    part = page(olga.post(f"{run}read/", headers={"HX-Request": "true"}))
    assert part.one("progress")["value"] == "1000" and part.one("form")["hx-trigger"] == "load, submit"
    answer = olga.post(f"{run}read/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert len(shown(olga, run)) == 50 and list(shown(olga, run, "?page=24"))[-1] == "1200"
    import_all(olga, run)
    assert len(mine()) == 1_200
    olga.post(f"{run}undo/")
    assert not Drill.objects.filter(key__startswith="import_", retired_at=None).exists()
