"""Beside a class template: what is worth a look, what its regulars need, and how tablet, TV and paper show it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate, Equipment, WeeklySlot
from programming.outline import Block, Line, adding
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]


@pytest.fixture
def olga(cast: Cast) -> Client:
    make.library(cast.northside)
    return signed_in(cast.olga)


@pytest.fixture
def slot(olga: Client, cast: Cast) -> WeeklySlot:
    """A weekly class to which Ana, Ben and Chiara came for two weeks, on the dowel; Dev came once."""
    now = timezone.now()
    first = make.class_session(cast.northside, cast.members[:4], coach=cast.carla, starts_at=now - timedelta(days=14))
    found = make.weekly_slot(first, minutes=45)
    begun = now - timedelta(days=7)
    second = make.class_session(
        cast.northside, cast.members[:3], coach=cast.carla, starts_at=begun, slot=found, slot_date=begun.date()
    )
    for member in cast.members[:3]:
        make.place(second, member, "dowel", by=cast.carla)
    return found


def look(client: Client, slot: WeeklySlot, rest: str = "") -> Element:
    answer = client.get(f"/gym/northside-barbell/owner/templates/{slot.template_id}/{rest}")
    assert answer.status_code == 200
    return page(answer)


def findings(shown: Element) -> list[str]:
    return [each.text for each in shown.one("section", id="findings").all("p")]


def test_equipment_is_counted_at_the_stages_of_the_regulars(olga: Client, cast: Cast, slot: WeeklySlot) -> None:
    noted = [
        "Strength by stage: Hip thrust comes twice: also in Prep.",
        "Cool-down: Cat-cow comes twice: also in Prep.",
    ]
    assert findings(look(olga, slot)) == noted
    with in_gym(cast.northside):
        dowel = Equipment.objects.get(key="dowel")
        Equipment.recount({dowel.pk: (None, 2)}, at=timezone.now())
    shown = look(olga, slot)
    short = f"the regulars of {slot.weekday_name[:3]} 18:00 need 3 dowels (2 here)."
    help_words = "This would fit: In pairs: two share and take turns."
    blocks = ("Hinge ladder", "Strength by stage")
    assert findings(shown) == [*(f"{block}: {short} {help_words}" for block in blocks), *noted]
    # Dev came once: three need one each.
    assert "3 dowels" in shown.one("aside", id="side").text


def test_what_a_change_brings_about_is_said_at_once(olga: Client, cast: Cast, slot: WeeklySlot) -> None:
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(pk=slot.template_id)
        swings = Block(
            "018f0000-0000-7000-8000-00000000aaaa",
            "Swings",
            10,
            lines=(Line("018f0000-0000-7000-8000-00000000bbbb", "kettlebell-swing", "hip-hinge/loaded"),),
        )
        template.rewrite(adding(swings), by=cast.olga, at=timezone.now())
    said = findings(look(olga, slot))
    assert said[0] == f"55 minutes planned for the class of 45 minutes on {slot.weekday_name[:3]} 18:00."
    assert "Swings: Kettlebell swing loads the hinge: give Wall and Dowel something else to do." in said


def test_the_tablet_shows_its_real_board_with_the_regulars(olga: Client, cast: Cast, slot: WeeklySlot) -> None:
    with nothing_written():
        shown = look(olga, slot, "preview/tablet/")
    assert [name.text for name in shown.all("span", class_="name")] == ["Ana A.", "Ben B.", "Chiara C."]
    board = next(each for each in shown.all("div") if "board-page" in each.attributes.get("class", ""))
    assert "inert" in board
    pressed = [button["value"] for button in board.all("button", name="stage", aria_pressed="true")]
    assert pressed == ["dowel"] * 3
    assert ClassSession.across_gyms.count() == 2


def test_the_tv_names_only_who_agreed(olga: Client, cast: Cast, slot: WeeklySlot) -> None:
    cast.ana.tv_consent = True
    cast.ana.save()
    with nothing_written():
        shown = look(olga, slot, "preview/tv/?block=2")
    names = [each.text for each in shown.one("main").all("li")]
    assert names == ["Ana A.", "and 2 more"]
    assert "Hinge ladder" in shown.one("h1").text
    # A block that is none is the ladder's.
    assert look(olga, slot, "preview/tv/?block=99&slot=nonsense").one("h1").text == "Hinge ladder"


def test_a_template_that_nobody_uses_has_a_preview_too(olga: Client, cast: Cast, slot: WeeklySlot) -> None:
    with in_gym(cast.northside):
        slot.template = ClassTemplate.objects.get(key="ten-minute-hinge-prep")
    for what in ("preview/tablet/", "preview/tv/", "print/"):
        assert look(olga, slot, what).text


def test_the_plan_on_paper(olga: Client, slot: WeeklySlot) -> None:
    rows = [[cell.text for cell in row.children] for row in look(olga, slot, "print/").one("tbody").all("tr")]
    assert rows[0] == ["0:00", "Couch stretch4 min", "Banded couch stretch (10 s squeeze / 20 s stretch × 4 a side)"]
    assert [row[0] for row in rows] == ["0:00", "0:04", "0:08", "0:20", "0:40"]
    assert "Dowel: Dowel hinge (3 × 8)" in rows[2][2]


def test_only_owners(olga: Client, cast: Cast, slot: WeeklySlot) -> None:
    carla = signed_in(cast.carla)
    for what in ("", "preview/tablet/", "preview/tv/", "print/"):
        assert carla.get(f"/gym/northside-barbell/owner/templates/{slot.template_id}/{what}").status_code == 403
