"""A hold is cleared by a coach, with a note that says why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gym.scope import in_gym
from programming.models import ClassSession, Clearance, Note
from tests import make
from tests.coach.screen import Screen, nothing_written, page, standing
from tests.people import Cast

pytest_plugins = ["tests.people"]

NEEDED = "Write a short note: a hold is cleared with one only."


@pytest.fixture(autouse=True)
def held(cast: Cast, evening: ClassSession) -> None:
    """Ana is held since a while."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    make.tap(evening, cast.ana, "pain", by=cast.kim, after=120, where="hip")


def test_a_note_clears_it(screen: Screen, cast: Cast) -> None:
    button = screen.sheet(cast.ana).button("Clear the hold")
    sheet = screen.answer_is_sheet(screen.press(button, note="Physio says go on, no load."), cast.ana)
    assert sheet.all("div", id="holding") == []
    assert sheet.button("head off dowel")
    assert not standing(cast.ana).held
    row = screen.row(cast.ana)
    assert "data-hold" not in row
    assert "aria-disabled" not in row.button("Clean")


def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "clear", note=" Physio says go on. ")
    with in_gym(cast.northside):
        clearance = Clearance.objects.select_related("hold", "note").get()
        assert (clearance.hold.where, clearance.actor) == ("hip", cast.carla)
        assert (clearance.note.body, clearance.note.visibility) == ("Physio says go on.", "coaches")


def test_every_hold_of_the_member_is_cleared(paper: Screen, cast: Cast) -> None:
    make.tap(paper.session, cast.ana, "pain", by=cast.kim, after=300, where="knee")
    paper.tap(cast.ana, "clear", note="Fine again.")
    assert not standing(cast.ana).held
    assert make.row_count(Clearance) == 2


def test_not_without_a_note(screen: Screen, cast: Cast) -> None:
    button = screen.sheet(cast.ana).button("Clear the hold")
    for note in ("", "   ", "\n\t\n", "\u3000", "\u200b\u202e", "\x01"):
        with nothing_written():
            answer = screen.press(button, note=note)
        assert screen.refusal(answer) == NEEDED
        # Beside its field, and said to belong to it.
        field = page(answer).one("form", class_="clearing").one("textarea")
        assert field["aria-invalid"] == "true"
        assert page(answer).one(id=field["aria-describedby"].split()[-1]).text == NEEDED


def test_any_words_are_words(screen: Screen, cast: Cast) -> None:
    notes = ["a\u2028b.", "🏋️ ok.", "\u202eלוח ok.", '<b>ok</b> & "ok".']
    for after, note in enumerate(notes):
        make.tap(screen.session, cast.ana, "pain", by=cast.kim, after=200 + after)
        assert screen.tap(cast.ana, "clear", note=note).status_code in (200, 302)
    with in_gym(cast.northside):
        assert set(Note.objects.values_list("body", flat=True)) == set(notes)


def test_a_note_too_long_is_kept_in_its_field(screen: Screen, cast: Cast) -> None:
    typed = "hip fine " * 300
    with nothing_written():
        answer = screen.press(screen.sheet(cast.ana).button("Clear the hold"), note=typed)
    assert screen.refusal(answer) == "This is too long: a note has at most 2000 characters."
    assert page(answer).one("form", class_="clearing").one("textarea").text == typed.strip()


def test_words_refused_after_somebody_else_cleared_it_stay_as_a_note(screen: Screen, cast: Cast) -> None:
    button, typed = screen.sheet(cast.ana).button("Clear the hold"), "hip fine " * 300
    make.tap(screen.session, cast.ana, "clear", by=cast.kim, note="Fine again.")
    with nothing_written():
        answer = screen.press(button, note=typed)
    assert screen.refusal(answer) == "This is too long: a note has at most 2000 characters."
    note = page(answer).one("details", id="note")
    assert "open" in note
    assert note.one("textarea").text == typed.strip()


def test_a_megabyte_is_refused(screen: Screen, cast: Cast) -> None:
    with nothing_written():
        answer = screen.tap(cast.ana, "clear", note="x" * 1_000_000, **{"from": "sheet"})
    assert screen.refusal(answer) == "This is too long: a note has at most 2000 characters."


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    screen.takes_it_once(cast.ana, "clear", note="Fine again.")


def test_what_a_second_coach_wrote_stays_as_a_note(screen: Screen, cast: Cast) -> None:
    screen.tap(cast.ana, "clear", note="Fine again.")
    before = make.row_count(Note), make.row_count(Clearance)
    screen.answer_is_own_row(screen.tap(cast.ana, "clear", note="Fine, really."), cast.ana)
    assert (make.row_count(Note), make.row_count(Clearance)) == (before[0] + 1, before[1])


def test_pain_after_a_clearance_holds_again(paper: Screen, cast: Cast) -> None:
    paper.tap(cast.ana, "clear", note="Fine again.")
    paper.tap(cast.ana, "pain")
    assert standing(cast.ana).held


def test_a_late_clearance_does_not_end_a_hold_it_could_not_know_of(tablet: Screen, cast: Cast) -> None:
    tablet.tap(cast.ben, "pain")
    age = int(timedelta(minutes=5).total_seconds() * 1000)
    tablet.tap(cast.ben, "clear", note="Fine again.", age=age)
    assert standing(cast.ben).held


def test_who_may(screen: Screen, cast: Cast) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "clear", note="Fine again.")
