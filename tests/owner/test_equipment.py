"""The owner's equipment: counts saved together, weights in kg, things of the gym's own, what is taken away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, Equipment
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import inputs_of, nothing_written, page
from tests.page import Element
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

URL = "/gym/northside-barbell/owner/equipment/"


@pytest.fixture
def olga(cast: Cast) -> Client:
    """Olga's browser; both gyms have the library."""
    make.library(cast.northside)
    make.library(cast.harbour)
    return signed_in(cast.olga)


def row(cast: Cast, key: str, grams: int = 0) -> Equipment:
    with in_gym(cast.northside):
        found: Equipment = Equipment.objects.get(key=key, grams=grams)
    return found


def look(client: Client) -> Element:
    answer = client.get(URL)
    assert answer.status_code == 200
    return page(answer)


def save(client: Client, shown: Element, **typed: Any) -> Answer:
    """Save the counts of a page that was opened; `typed` by the id of a row."""
    sent = inputs_of(shown.one("form", id="counts"))
    sent |= {f"count-{pk}": count for pk, count in typed.items()}
    return client.post(URL, sent)


def saved(answer: Answer) -> None:
    assert (answer.status_code, answer.headers["Location"]) == (302, URL)


def test_counts_are_saved_together(olga: Client, cast: Cast) -> None:
    dowel, band = row(cast, "dowel"), row(cast, "band")
    saved(save(olga, look(olga), **{str(dowel.pk): "6", str(band.pk): "12"}))
    assert (row(cast, "dowel").owned, row(cast, "band").owned) == (6, 12)
    shown = look(olga)
    assert shown.one("input", name=f"count-{dowel.pk}")["value"] == "6"
    assert "The counts are saved." in shown.text


def test_left_empty_is_not_counted_and_none_is_none(olga: Client, cast: Cast) -> None:
    dowel, band = row(cast, "dowel"), row(cast, "band")
    save(olga, look(olga), **{str(dowel.pk): "6", str(band.pk): "0"})
    assert row(cast, "band").owned == 0
    save(olga, look(olga), **{str(dowel.pk): ""})
    assert row(cast, "dowel").owned is None


def test_what_cannot_be_a_count_is_said_beside_it_and_kept(olga: Client, cast: Cast) -> None:
    dowel, band = row(cast, "dowel"), row(cast, "band")
    with nothing_written():
        for typed in ("six", "-1", "10001", "1.5", "9" * 5000):
            answer = save(olga, look(olga), **{str(dowel.pk): typed, str(band.pk): "3"})
            assert answer.status_code == 422
            shown = page(answer)
            own = shown.one("tr", id=f"row-{dowel.pk}")
            assert own.one("ul", class_="errorlist").text.startswith("Give a whole number from 0 to 10,000")
            assert own.one("input", name=f"count-{dowel.pk}")["value"] == typed
            assert shown.one("input", name=f"count-{band.pk}")["value"] == "3"
            assert len(shown.all("ul", class_="errorlist")) == 1


def test_two_owners_at_once_see_both_counts(olga: Client, cast: Cast) -> None:
    dowel, band = row(cast, "dowel"), row(cast, "band")
    opened = look(olga)
    other = make.person(cast.northside, "Otto Owner", ["owner"], email="otto@northside.example")
    saved(save(signed_in(other), look(olga), **{str(dowel.pk): "4"}))
    answer = save(olga, opened, **{str(dowel.pk): "6", str(band.pk): "12"})
    assert answer.status_code == 409
    # None of it is kept yet; what the other counted and what was typed both stand there.
    assert (row(cast, "dowel").owned, row(cast, "band").owned) == (4, None)
    shown = page(answer)
    own = shown.one("tr", id=f"row-{dowel.pk}")
    assert "Meanwhile somebody counted 4. Save again to replace it." in own.text
    assert own.one("input", name=f"count-{dowel.pk}")["value"] == "6"
    # To save again is a choice.
    saved(save(olga, shown))
    assert (row(cast, "dowel").owned, row(cast, "band").owned) == (6, 12)


def test_the_same_count_from_two_owners_is_no_conflict(olga: Client, cast: Cast) -> None:
    dowel = row(cast, "dowel")
    opened = look(olga)
    saved(save(olga, look(olga), **{str(dowel.pk): "4"}))
    saved(save(olga, opened, **{str(dowel.pk): "4"}))


def test_open_classes_show_it_and_past_ones_are_left(olga: Client, cast: Cast) -> None:
    now = make.class_session(cast.northside)
    past = make.class_session(cast.northside, starts_at=timezone.now() - timedelta(days=3))
    foreign = make.class_session(cast.harbour)
    save(olga, look(olga), **{str(row(cast, "dowel").pk): "6"})

    def version(session: ClassSession) -> int:
        return ClassSession.across_gyms.get(pk=session.pk).version

    assert (version(now), version(past), version(foreign)) == (now.version + 1, past.version, foreign.version)
    save(olga, look(olga))
    assert version(now) == now.version + 1


@pytest.mark.parametrize(
    ("typed", "grams", "said"),
    [("16", 16_000, "16 kg"), ("17,5", 17_500, "17.5 kg"), (" 4 kg", 4_000, "4 kg"), ("1000", 1_000_000, "1000 kg")],
)
def test_a_weight_is_typed_in_kilograms(olga: Client, cast: Cast, typed: str, grams: int, said: str) -> None:
    saved(olga.post(f"{URL}weight/", {"key": "kettlebell", "weight": typed, "owned": "3"}))
    assert row(cast, "kettlebell", grams).owned == 3
    assert f"Kettlebells of {said}" in look(olga).text


def test_a_weight_that_is_none_is_refused_beside_the_field(olga: Client, cast: Cast) -> None:
    olga.post(f"{URL}weight/", {"key": "kettlebell", "weight": "16"})
    said = set()
    with nothing_written():
        for typed in ("", "heavy", "0", "-4", "1001", "0.0001", "1e9999999", "nan", "Infinity", "16.0"):
            answer = olga.post(f"{URL}weight/", {"key": "kettlebell", "weight": typed, "owned": "2"})
            assert answer.status_code == 422
            form = page(answer).one("form", id="add-weight")
            said.add(form.one("ul", class_="errorlist").text)
            assert form.one("input", name="weight").attributes.get("value", "") == typed
            assert form.one("input", name="owned")["value"] == "2"
        # Nor does a mat come in weights: it would be short of the weight that somebody lifts.
        for key in ("cannon", "mat"):
            assert olga.post(f"{URL}weight/", {"key": key, "weight": "16"}).status_code == 422
    assert said == {
        "Say how heavy it is.",
        "Give kilograms, such as 16 or 17.5, up to 1000; or whole pounds, such as 35 lb.",
        "This weight is in the list already.",
    }


def test_something_of_the_gyms_own(olga: Client, cast: Cast) -> None:
    saved(olga.post(f"{URL}kind/", {"name": "sandbag", "plural": "sandbags", "owned": "4"}))
    assert row(cast, "sandbag").owned == 4
    with nothing_written():
        for name, plural in (("Sandbag", "x"), ("dowels", "x"), ("", "x"), ("bag", ""), ("x" * 61, "y")):
            assert olga.post(f"{URL}kind/", {"name": name, "plural": plural}).status_code == 422
    saved(olga.post(f"{URL}kind/", {"name": "砂袋", "plural": "砂袋"}))
    assert "砂袋" in look(olga).text


def test_what_nothing_needs_is_taken_away_after_asking_once(olga: Client, cast: Cast) -> None:
    olga.post(f"{URL}weight/", {"key": "kettlebell", "weight": "166"})
    mistaken = row(cast, "kettlebell", 166_000)
    with nothing_written():
        asked = page(olga.get(f"{URL}{mistaken.pk}/remove/"))
    assert "Take away: kettlebells of 166 kg" in asked.text
    saved(olga.post(f"{URL}{mistaken.pk}/remove/"))
    assert "166" not in look(olga).text.replace("Taken away: kettlebells of 166 kg.", "")
    assert olga.post(f"{URL}{mistaken.pk}/remove/").status_code == 404


def test_what_drills_need_stays(olga: Client, cast: Cast) -> None:
    dowel = row(cast, "dowel")
    with nothing_written():
        assert olga.post(f"{URL}{dowel.pk}/remove/").status_code == 404
    own = look(olga).one("tr", id=f"row-{dowel.pk}")
    assert not own.all("a")
    assert "drills · 1 stage" in own.text


def test_another_gyms_equipment_is_not_there(olga: Client, cast: Cast) -> None:
    with in_gym(cast.harbour):
        theirs = Equipment.add_weight("kettlebell", 24_000, 2, at=timezone.now())
    with nothing_written():
        assert olga.post(f"{URL}{theirs.pk}/remove/").status_code == 404
        # A count for a row of theirs is one for no row of this page.
        saved(olga.post(URL, {f"count-{theirs.pk}": "9", f"was-{theirs.pk}": "2"}))
