"""A block's own equipment: written in the editor, checked, undone, printed, counted in the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassTemplate, Equipment
from programming.outline import Block
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import inputs_of, nothing_written, page
from tests.page import Element
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]


@pytest.fixture
def olga(cast: Cast) -> Client:
    make.library(cast.northside)
    return signed_in(cast.olga)


@pytest.fixture
def foundations(olga: Client, cast: Cast) -> ClassTemplate:
    with in_gym(cast.northside):
        found: ClassTemplate = ClassTemplate.objects.get(key="hinge-foundations")
    return found


def prep(found: ClassTemplate) -> Block:
    with in_gym(found.gym_id):
        outline = ClassTemplate.objects.select_related("progression").get(pk=found.pk).outline()
    return next(each for each in outline.blocks if each.title == "Prep")


def address(found: ClassTemplate, rest: str = "") -> str:
    return f"/gym/northside-barbell/owner/templates/{found.pk}/{rest}"


def form_of(client: Client, found: ClassTemplate) -> Element:
    return page(client.get(address(found))).one("form", id=f"write-{prep(found).id}")


def write(client: Client, found: ClassTemplate, **typed: str) -> Answer:
    """Save the block as its form shows it, with what is typed: names without "e-" and with _ for a hyphen or colon."""
    form = form_of(client, found)
    sent = inputs_of(form) | {"notes": form.one("textarea").text}
    for select in (each for need in form.all("div", class_="need") for each in need.all("select")):
        chosen = [each["value"] for each in select.all("option") if "selected" in each]
        sent[select["name"]] = chosen[0] if chosen else ""
    return client.post(form["action"], sent | {f"e-{name}": value for name, value in typed.items()})


def add(client: Client, found: ClassTemplate, kind: str, count: str, whom: str) -> Answer:
    row = form_of(client, found).all("div", class_="need")[-1].one("input", name="needs")["value"]
    return write(client, found, **{f"{row}-kind": kind, f"{row}-count": count, f"{row}-whom": whom})


def findings(client: Client, found: ClassTemplate) -> list[str]:
    section = page(client.get(address(found))).one("section", id="findings")
    return [each.text for each in section.all("p") if each.text.startswith("Prep")]


def test_a_block_says_what_each_person_and_all_together_need(
    olga: Client, cast: Cast, foundations: ClassTemplate
) -> None:
    # Without a count one of it is meant.
    assert add(olga, foundations, "mat", "", "each").status_code == 302
    assert add(olga, foundations, "box", "2", "all").status_code == 302
    assert (prep(foundations).equipment, prep(foundations).shared) == ({"mat": 1}, {"box": 2})
    summary = page(olga.get(address(foundations))).one("li", id=f"block-{prep(foundations).id}").all("summary")[0]
    assert "1 mat each · 2 boxes to lift for all" in summary.text
    assert "1 mat each · 2 boxes to lift for all" in page(olga.get(address(foundations, "print/"))).text
    # Neither the same again nor a form that knows nothing of it changes anything.
    with nothing_written():
        assert write(olga, foundations).status_code == 302
        form = form_of(olga, foundations)
        known = inputs_of(form) | {"notes": form.one("textarea").text}
        unsaid = {name: value for name, value in known.items() if name != "needs" and name[:2] != "e-"}
        olga.post(form["action"], unsaid)
    assert write(olga, foundations, **{"each:mat-count": "3", "all:box-count": ""}).status_code == 302
    assert (prep(foundations).equipment, prep(foundations).shared) == ({"mat": 3}, {})


def test_what_is_none_is_said_and_kept(olga: Client, foundations: ClassTemplate) -> None:
    with nothing_written():
        for kind, count in (("mat", "many"), ("mat", "0"), ("mat", "101"), ("anvil", "1")):
            answer = add(olga, foundations, kind, count, "each")
            assert answer.status_code == 422
            form = page(answer).one("form", id=f"write-{prep(foundations).id}")
            row = form.all("div", class_="need")[-1]
            assert row.all("ul", class_="errorlist")
            assert row.one("input", inputmode="numeric")["value"] == count


def test_undo_brings_it_back(olga: Client, foundations: ClassTemplate) -> None:
    add(olga, foundations, "mat", "1", "each")
    add(olga, foundations, "box", "2", "all")
    undo = page(olga.get(address(foundations))).one("form", id="undo")
    sent = inputs_of(undo) | {"number": undo.one("button")["value"]}
    olga.post(undo["action"], sent)
    assert (prep(foundations).equipment, prep(foundations).shared) == ({"mat": 1}, {})


def test_a_copy_has_it_too(olga: Client, cast: Cast, foundations: ClassTemplate) -> None:
    add(olga, foundations, "mat", "1", "each")
    olga.post(address(foundations, "copy/"), {"key": str(foundations.pk)})
    with in_gym(cast.northside):
        twin = ClassTemplate.objects.get(name="Hinge Foundations (copy)")
    assert prep(twin).equipment == {"mat": 1}


def test_what_is_short_is_said_beside_the_plan(olga: Client, cast: Cast, foundations: ClassTemplate) -> None:
    add(olga, foundations, "box", "2", "all")
    assert not [each for each in findings(olga, foundations) if "boxes" in each]
    with in_gym(cast.northside):
        Equipment.objects.filter(key="box").update(owned=1)
    assert "Prep: All together need 2 boxes to lift (1 here)." in findings(olga, foundations)


def test_equipment_that_a_block_needs_is_in_use(olga: Client, cast: Cast, foundations: ClassTemplate) -> None:
    with in_gym(cast.northside):
        Equipment.add_kind("speaker", "speakers", None, at=timezone.now())

    def row() -> str:
        rows = page(olga.get("/gym/northside-barbell/owner/equipment/")).all("tr")
        return next(each.text for each in rows if each.text.startswith("Speaker"))

    assert "nothing yet" in row()
    add(olga, foundations, "speaker", "1", "all")
    assert "1 block" in row()
    with in_gym(cast.northside):
        speaker = Equipment.objects.get(key="speaker")
    with nothing_written():
        olga.post(f"/gym/northside-barbell/owner/equipment/{speaker.pk}/remove/")


@pytest.mark.parametrize("owned", [None, 1])
def test_the_class_counts_it(olga: Client, cast: Cast, foundations: ClassTemplate, owned: int | None) -> None:
    add(olga, foundations, "mat", "1", "each")
    add(olga, foundations, "box", "2", "all")
    with in_gym(cast.northside):
        Equipment.objects.filter(key="box").update(owned=owned)
    session = make.class_session(cast.northside, cast.members, coach=cast.carla)
    make.step(session, "block", by=cast.carla, block=1, after=1)
    carla = signed_in(cast.carla)
    class_url = f"/gym/northside-barbell/class/{session.pk}/"
    stations = page(carla.get(f"{class_url}stations/"))
    here = "" if owned is None else ", 1 here"
    said = stations.one("div", class_="for-all").one("p", class_="need")
    assert (said.text, "data-short" in said) == (f"2 boxes to lift needed{here}", owned is not None)
    everyone = stations.one("section", id="at-everyone")
    assert "5 mats needed" in [each.text for each in everyone.all("p", class_="need")]
    assert "1 mat each · 2 boxes to lift for all" in page(carla.get(f"{class_url}plan/")).text
