"""A note for coaches, written on the sheet."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from gym.scope import in_gym
from programming.models import Hold, Note, Tap
from tests import make
from tests.coach.screen import Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


def test_it_is_saved(screen: Screen, cast: Cast) -> None:
    button = screen.sheet(cast.ana).button("Save the note")
    sheet = screen.answer_is_sheet(screen.press(button, note="Left shoulder stiff."), cast.ana)
    # The field is empty again, and shut.
    assert sheet.one("textarea").text == ""
    assert "open" not in sheet.one("details")


def test_the_same_form_sent_twice_is_one_note(paper: Screen, cast: Cast) -> None:
    """As a browser without scripts sends it again when its answer was lost."""
    sheet = paper.sheet(cast.ana)
    presses: list[tuple[Element, dict[str, Any]]] = [
        (sheet.button("Save the note"), {"note": "Stiff."}),
        (sheet.one("button", class_="pain"), {}),
    ]
    for button, typed in presses:
        paper.press(button, **typed)
        with nothing_written():
            paper.press(button, **typed)
    # A sheet that is opened anew says it anew.
    paper.press(paper.sheet(cast.ana).button("Save the note"), note="Stiff.")
    assert (make.row_count(Note), make.row_count(Hold)) == (2, 1)


def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "note", note=" Left shoulder stiff.\r\nAsk next time. ")
    with in_gym(cast.northside):
        note = Note.objects.get()
        assert (note.member, note.actor, note.visibility) == (cast.ana, cast.carla, "coaches")
        assert note.body.splitlines() == ["Left shoulder stiff.", "Ask next time."]
        # Words about a person stand in the note alone.
        assert "shoulder" not in str(Tap.objects.get().detail)


def test_nobody_else_reads_it(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "note", note="Slept badly.")
    assert "Slept badly" not in paper.board().text
    assert cast.ana.user is not None
    paper.client.force_login(cast.ana.user)
    assert "Slept badly" not in paper.client.get("/gym/northside-barbell/my/").content.decode()


@pytest.mark.parametrize("note", ["", "  \n ", "\u200b", "\u202e\u0301\x01"])
def test_an_empty_one_is_refused_beside_its_field(screen: Screen, cast: Cast, note: str) -> None:
    with nothing_written():
        answer = screen.press(screen.sheet(cast.ana).button("Save the note"), note=note)
    assert screen.refusal(answer) == "Write something first."
    details = page(answer).one("details")
    assert "open" in details
    field = details.one("textarea")
    assert field["aria-invalid"] == "true"
    assert page(answer).one(id=field["aria-describedby"].split()[-1]).text == "Write something first."


@pytest.mark.parametrize("length", [2001, 1_000_000])
def test_one_too_long_is_kept_in_its_field(screen: Screen, cast: Cast, length: int) -> None:
    typed = "é" * length
    with nothing_written():
        answer = screen.press(screen.sheet(cast.ana).button("Save the note"), note=typed)
    assert screen.refusal(answer) == "This is too long: a note has at most 2000 characters."
    assert page(answer).one("details").one("textarea").text == typed


def test_nothing_is_cut_off_on_the_way(screen: Screen, cast: Cast) -> None:
    # With a maxlength a browser cuts what is pasted, without a word.
    assert "maxlength" not in screen.sheet(cast.ana).one("textarea")


@pytest.mark.parametrize("more", [{"age": "yesterday"}, {"seen": "-1"}, {"tap": "nonsense"}])
def test_words_are_kept_when_the_tap_is_damaged(screen: Screen, cast: Cast, more: dict[str, str]) -> None:
    with nothing_written():
        answer = screen.tap(cast.ana, "note", note="Left shoulder stiff.", **{"from": "sheet", **more})
    assert screen.refusal(answer) == "This tap did not arrive whole. Tap again."
    assert page(answer).one("details", open="").one("textarea").text == "Left shoulder stiff."


def test_words_are_kept_when_the_key_is_of_another_tap(screen: Screen, cast: Cast) -> None:
    key = str(uuid4())
    screen.tap(cast.ana, "note", note="Stiff.", tap=key)
    with nothing_written():
        answer = screen.tap(cast.ana, "note", note="Left shoulder stiff.", tap=key, **{"from": "sheet"})
    said = screen.refusal(answer, status=409)
    field = page(answer).one("details", open="").one("textarea")
    assert field.text == "Left shoulder stiff."
    assert page(answer).one(id=field["aria-describedby"].split()[-1]).text == said


def test_any_words_are_words(screen: Screen, cast: Cast) -> None:
    notes = ["🏋️‍♀️ heavy", "\u202eמילה", "</textarea><script>alert(1)</script>", "a\u0301" * 900, "x" * 2000]
    for note in notes:
        assert screen.tap(cast.ana, "note", note=note, **{"from": "sheet"}).status_code in (200, 302)
    with in_gym(cast.northside):
        assert set(Note.objects.values_list("body", flat=True)) == set(notes)


def test_what_looks_like_html_is_shown_as_typed(screen: Screen, cast: Cast) -> None:
    typed = "</textarea><script>alert(1)</script>" + "x" * 2000
    answer = screen.press(screen.sheet(cast.ana).button("Save the note"), note=typed)
    assert page(answer).one("details").one("textarea").text == typed
    assert "<script>alert" not in answer.content.decode()


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "note", note="Left shoulder stiff.")
    assert make.row_count(Note) == 1


def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "note", note="Left shoulder stiff.")
