"""A tap on the wrong person is moved to the right one: taken out and appended, as one."""

from __future__ import annotations

from uuid import uuid4, uuid5

import pytest

from gym.scope import in_gym
from programming.models import Assessment, ClassSession, Tap, Undo
from tests import make
from tests.coach.screen import Screen, nothing_written, page, standing
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def clean(cast: Cast, evening: ClassSession) -> Tap:
    """Ana and Ben stand on the dowel stage, and Ana got a clean that was meant for Ben."""
    for member in (cast.ana, cast.ben):
        make.place(evening, member, "dowel", by=cast.carla, after=60)
    tap = make.tap(evening, cast.ana, "saw", by=cast.carla, after=90, saw="clean").tap
    assert tap is not None
    return tap


def test_from_the_list_of_taps_to_the_right_person(screen: Screen, cast: Cast, clean: Tap) -> None:
    taps = page(screen.press(screen.board().one("footer").button("Last taps")))
    item = taps.one("li", id=f"tap-{clean.key}")
    who = page(screen.press(item.button("Wrong person")))
    assert "Ana A.: “clean” was meant for" in who.text
    names = [button.text for button in who.all("button", name="to")]
    assert names == ["Ben B.", "Chiara C.", "Dev D.", "Nia N."]
    answer = screen.press(who.button("Ben B."))
    if screen.htmx:
        # Both rows have changed: all are drawn, into the roster that the form names.
        assert answer.status_code == 200
        assert [part["id"] for part in page(answer).children] == [
            *(f"m-{member.pk}" for member in cast.members),
            "add",
            "counts",
            "bar",
        ]
    else:
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{screen.board_url}#m-{cast.ana.pk}")
    assert (standing(cast.ana).clean, standing(cast.ben).clean) == (0, 1)
    assert "data-seen" not in screen.row(cast.ana)
    assert "data-seen" in screen.row(cast.ben)


def test_what_else_it_writes(paper: Screen, cast: Cast, clean: Tap) -> None:
    paper.tap(cast.ana, "move", undone=clean.key, to=cast.ben.pk)
    with in_gym(cast.northside):
        assert Undo.objects.get().undone_id == clean.pk
        assert list(Assessment.objects.order_by("recorded_at").values_list("member", flat=True)) == [
            cast.ana.pk,
            cast.ben.pk,
        ]
        # It happened when the finger landed, whoever it was meant for.
        assert Assessment.objects.get(member=cast.ben).at == clean.at


def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast, clean: Tap) -> None:
    screen.takes_it_once(cast.ana, "move", undone=str(clean.key), to=str(cast.ben.pk))


def test_what_the_right_person_may_not_is_refused_and_nothing_moves(screen: Screen, cast: Cast, clean: Tap) -> None:
    make.tap(screen.session, cast.ben, "pain", by=cast.carla, after=80)
    answer = screen.tap(cast.ana, "move", undone=clean.key, to=cast.ben.pk)
    assert screen.refusal(answer) == "Ben B. is held for pain. A coach clears the hold with a note first."
    assert standing(cast.ana).clean == 1
    assert make.row_count(Undo) == 0


def test_words_are_not_moved(screen: Screen, cast: Cast) -> None:
    note = make.tap(screen.session, cast.ana, "note", by=cast.carla, after=90, note="Stiff.").tap
    assert note is not None
    item = page(screen.get("taps/")).one("li", id=f"tap-{note.key}")
    assert [button.text for button in item.all("button")] == ["Undo: Ana A. · note"]
    answer = screen.tap(cast.ana, "move", undone=note.key, to=cast.ben.pk)
    assert screen.refusal(answer) == "That tap cannot be moved to somebody else. Undo it instead."


def test_to_nobody(screen: Screen, cast: Cast, clean: Tap) -> None:
    table = [{"undone": str(clean.key)}, {"undone": str(clean.key), "to": ""}]
    assert screen.refusals(cast.ana, "move", table) == {"Choose who was meant."}
    table = [
        {"undone": str(clean.key), "to": "nonsense"},
        {"undone": "🏋️", "to": str(cast.ben.pk)},
        {"undone": "x" * 1_000_000, "to": str(cast.ben.pk)},
    ]
    assert screen.refusals(cast.ana, "move", table) == {"This tap did not arrive whole. Tap again."}


def test_to_somebody_who_is_not_in_the_class(paper: Screen, cast: Cast, clean: Tap) -> None:
    away = make.person(cast.northside, "Away Abel")
    with nothing_written():
        for person in (away, cast.sam, cast.hana):
            assert paper.tap(cast.ana, "move", undone=clean.key, to=person.pk).status_code == 404


def test_where_the_key_for_the_right_person_is_taken_nothing_moves(paper: Screen, cast: Cast, clean: Tap) -> None:
    """No tablet makes such keys; but a tap is never taken out without being appended."""
    key = uuid4()
    paper.tap(cast.ben, "note", note="Stiff.", tap=str(uuid5(key, "moved")))
    answer = paper.tap(cast.ana, "move", undone=clean.key, to=cast.ben.pk, tap=str(key))
    assert answer.status_code == 422
    assert (standing(cast.ana).clean, standing(cast.ben).clean) == (1, 0)
    assert make.row_count(Undo) == 0


def test_a_tap_that_is_not_there(screen: Screen, cast: Cast, clean: Tap) -> None:
    answer = screen.tap(cast.ana, "move", undone=uuid4(), to=cast.ben.pk)
    assert screen.refusal(answer) == "That tap is not one of this class."
    assert screen.get(f"taps/{uuid4()}/wrong-person/").status_code == 404


def test_a_tap_of_another_class_has_no_page_here(paper: Screen, cast: Cast) -> None:
    other = make.class_session(cast.northside, [cast.ana], coach=cast.carla)
    elsewhere = make.place(other, cast.ana, "dowel", by=cast.carla, after=60).tap
    assert elsewhere is not None
    assert paper.get(f"taps/{elsewhere.key}/wrong-person/").status_code == 404


def test_who_may(screen: Screen, cast: Cast, clean: Tap) -> None:
    screen.takes_it_from_coaches_only(cast, cast.ana, "move", undone=str(clean.key), to=str(cast.ben.pk))
