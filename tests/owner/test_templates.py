"""The owner's class templates: made, written as one goes, undone; two owners at once; coming classes follow."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate, Drill
from programming.models.coming import make_coming
from programming.outline import Line, Outline
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import inputs_of, nothing_written, page
from tests.page import Element
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

LIST = "/gym/northside-barbell/owner/templates/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def olga(cast: Cast) -> Client:
    """Olga's browser; her gym has the library."""
    make.library(cast.northside)
    return signed_in(cast.olga)


def template(cast: Cast, key: str = "hinge-foundations") -> ClassTemplate:
    with in_gym(cast.northside):
        found: ClassTemplate = ClassTemplate.objects.select_related("progression").get(key=key)
    return found


def url(found: ClassTemplate, rest: str = "") -> str:
    return f"{LIST}{found.pk}/{rest}"


def outline(found: ClassTemplate) -> Outline:
    with in_gym(found.gym_id):
        return ClassTemplate.objects.select_related("progression").get(pk=found.pk).outline()


def look(client: Client, found: ClassTemplate) -> Element:
    answer = client.get(url(found))
    assert answer.status_code == 200
    return page(answer)


def write(client: Client, shown: Element, which: str, /, **typed: str) -> Answer:
    """Save the block of that title as the page shows it, with what is typed; names as the form has them."""
    block_id = next(each.id for each in BLOCKS[0].blocks if each.title == which)
    form = shown.one("form", id=f"write-{block_id}")
    sent = inputs_of(form) | {"notes": form.one("textarea").text} | typed
    return client.post(form["action"], sent)


# The outline whose blocks write() finds by title.
BLOCKS: list[Outline] = []


@pytest.fixture
def foundations(olga: Client, cast: Cast) -> ClassTemplate:
    """The template that Olga has open."""
    found = template(cast)
    BLOCKS[:] = [outline(found)]
    return found


def line_of(found: ClassTemplate, title: str, drill: str) -> Line:
    block = next(each for each in outline(found).blocks if each.title == title)
    return next(line for line in block.lines if line.drill == drill)


# Made ------------------------------------------------------------------------------------------------------------


def test_a_template_is_made_from_nothing(olga: Client, cast: Cast) -> None:
    shown = page(olga.get(f"{LIST}new/"))
    sent = inputs_of(shown.one("form", id="template-new")) | {"name": " Hinge  Friday ", "ladder": "hip-hinge"}
    answer = olga.post(f"{LIST}new/", sent)
    made = template(cast, "hinge-friday")
    assert (answer.status_code, answer.headers["Location"]) == (302, url(made))
    # A second press makes no second one.
    assert olga.post(f"{LIST}new/", sent).headers["Location"] == url(made)
    adding = inputs_of(look(olga, made).one("form", id="add-block"))
    for _press in (1, 2):
        answer = olga.post(url(made, "blocks/"), adding | {"title": "Warm-up", "minutes": "8"})
    (block,) = outline(made).blocks
    assert (block.title, block.minutes) == ("Warm-up", 8)
    assert answer.headers["Location"] == f"{url(made)}?open={block.id}#block-{block.id}"
    BLOCKS[:] = [outline(made)]
    shown = look(olga, made)
    new = shown.one("input", aria_label="One more drill for Everyone, Warm-up")["name"]
    dowel = shown.one("input", aria_label="One more drill for Dowel, Warm-up")["name"]
    assert write(olga, shown, "Warm-up", **{new: "couch", dowel: "Dowel hinge"}).status_code == 302
    lines = outline(made).blocks[0].lines
    assert [(line.drill, line.stage) for line in lines] == [("couch-stretch", ""), ("dowel-hinge", "hip-hinge/dowel")]


def test_what_is_none_is_said_beside_the_field_and_kept(olga: Client, foundations: ClassTemplate) -> None:
    with nothing_written():
        answer = olga.post(f"{LIST}new/", {"name": "", "minutes": "many", "ladder": "hip-hinge"})
        assert answer.status_code == 422
        shown = page(answer)
        assert "Give the template a name." in shown.text
        assert shown.one("input", name="minutes")["value"] == "many"
        for words in ({"title": ""}, {"minutes": "0"}, {"title": "x" * 81}):
            assert write(olga, look(olga, foundations), "Prep", **words).status_code == 422
        line = line_of(foundations, "Prep", "cat-cow")
        for name, typed in (("drill", "no such"), ("reps", "-3"), ("grams", "heavy"), ("line", "x" * 81)):
            answer = write(olga, look(olga, foundations), "Prep", **{f"l-{line.id}-{name}": typed})
            assert answer.status_code == 422
            own = page(answer).one("div", id=f"line-{line.id}")
            assert own.one("input", name=f"l-{line.id}-{name}")["value"] == typed
            assert own.all("ul", class_="errorlist")


def test_a_drill_is_found_by_a_part_of_its_name(olga: Client, foundations: ClassTemplate) -> None:
    shown = look(olga, foundations)
    new = shown.one("input", aria_label="One more drill for Everyone, Prep")["name"]
    answer = write(olga, shown, "Prep", **{new: "hinge"})
    assert answer.status_code == 422
    assert "Type a little more" in page(answer).text
    assert write(olga, shown, "Prep", **{new: "glute br"}).status_code == 302
    assert [line.drill for line in outline(foundations).blocks[1].lines] == ["cat-cow", "hip-thrust", "glute-bridge"]


def test_a_typed_dose_is_read_and_numbers_are_written(olga: Client, foundations: ClassTemplate) -> None:
    line = line_of(foundations, "Prep", "cat-cow")
    prefix = f"l-{line.id}-"
    write(olga, look(olga, foundations), "Prep", **{f"{prefix}line": "3 x 8 a side, 16 kg"})
    dose = line_of(foundations, "Prep", "cat-cow").dose
    assert dose == {"text": "3 x 8 a side, 16 kg", "sets": 3, "reps": 8, "per_side": True, "grams": 16_000}
    write(olga, look(olga, foundations), "Prep", **{f"{prefix}reps": "10", f"{prefix}millimetres": "60"})
    dose = line_of(foundations, "Prep", "cat-cow").dose
    assert dose["text"] == "3 × 10 a side · 16 kg · 60 cm"
    # Empty: the drill's own.
    emptied = [f"{prefix}{name}" for name in ("line", "sets", "reps", "grams", "millimetres", "per_side")]
    write(olga, look(olga, foundations), "Prep", **dict.fromkeys(emptied, ""))
    assert line_of(foundations, "Prep", "cat-cow").dose == {}


def test_drills_are_removed_and_put_in_order(olga: Client, foundations: ClassTemplate) -> None:
    thrust = line_of(foundations, "Prep", "hip-thrust")
    write(olga, look(olga, foundations), "Prep", act=f"earlier:{thrust.id}")
    assert [line.drill for line in outline(foundations).blocks[1].lines] == ["hip-thrust", "cat-cow"]
    write(olga, look(olga, foundations), "Prep", act=f"remove:{thrust.id}")
    assert [line.drill for line in outline(foundations).blocks[1].lines] == ["cat-cow"]


def test_a_block_is_moved_copied_and_removed(olga: Client, foundations: ClassTemplate) -> None:
    first, prep, *_rest = outline(foundations).blocks
    olga.post(url(foundations, f"blocks/{prep.id}/place/"), {"before": first.id})
    assert [block.title for block in outline(foundations).blocks[:2]] == ["Prep", "Couch stretch"]
    olga.post(url(foundations, f"blocks/{prep.id}/place/"), {"before": ""})
    assert [block.title for block in outline(foundations).blocks][-1] == "Prep"
    key = str(uuid4())
    for _press in (1, 2):
        olga.post(url(foundations, f"blocks/{prep.id}/copy/"), {"key": key})
    twins = [block for block in outline(foundations).blocks if block.title == "Prep"]
    assert len(twins) == 2
    assert {line.id for line in twins[0].lines}.isdisjoint(line.id for line in twins[1].lines)
    olga.post(url(foundations, f"blocks/{prep.id}/remove/"), {"was": prep.mark})
    assert [block.title for block in outline(foundations).blocks].count("Prep") == 1


def test_the_same_again_writes_nothing(olga: Client, foundations: ClassTemplate) -> None:
    shown = look(olga, foundations)
    with nothing_written():
        assert write(olga, shown, "Prep").status_code == 302
        assert write(olga, shown, "Hinge ladder").status_code == 302
        head = shown.one("form", id="write-head")
        sent = inputs_of(head) | {"ladder": "hip-hinge", "notes": head.one("textarea").text}
        assert olga.post(url(foundations), sent).status_code == 302


def test_htmx_gets_the_block_with_what_depends_on_it(olga: Client, foundations: ClassTemplate) -> None:
    shown = look(olga, foundations)
    olga.defaults |= HTMX
    answer = write(olga, shown, "Prep", minutes="6")
    assert answer.status_code == 200
    parts = page(answer).children
    assert [part["id"] for part in parts][:3] == [f"block-{outline(foundations).blocks[1].id}", "planned", "bar"]
    assert "47 planned" in parts[1].text
    assert "Prep changed" in parts[2].text


# Undone ----------------------------------------------------------------------------------------------------------


def undo(client: Client, shown: Element) -> Answer:
    form = shown.one("form", id="undo")
    return client.post(form["action"], inputs_of(form) | {"number": form.one("button")["value"]})


def test_undo_goes_back_step_by_step(olga: Client, foundations: ClassTemplate) -> None:
    shipped = outline(foundations)
    assert "disabled" in look(olga, foundations).one("button", id="undo-last")
    for minutes in ("6", "7", "8"):
        write(olga, look(olga, foundations), "Prep", minutes=minutes)
    for back in (7, 6, 4):
        undo(olga, look(olga, foundations))
        assert outline(foundations).blocks[1].minutes == back
    assert outline(foundations) == shipped
    # Nothing is lost by it: every version can be brought back.
    versions = page(olga.get(url(foundations, "versions/")))
    assert len(versions.one("tbody").all("tr")) == 7
    form = versions.one("form", id="bring-4")
    olga.post(form["action"], inputs_of(form) | {"number": "4"})
    assert outline(foundations).blocks[1].minutes == 8


def test_undo_takes_nothing_back_that_was_not_on_the_screen(
    olga: Client, cast: Cast, foundations: ClassTemplate
) -> None:
    write(olga, look(olga, foundations), "Prep", minutes="6")
    shown = look(olga, foundations)
    otto = signed_in(make.person(cast.northside, "Otto Owner", ["owner"], email="otto@northside.example"))
    write(otto, look(otto, foundations), "Cool-down", minutes="6")
    with nothing_written():
        answer = undo(olga, shown)
    assert answer.status_code == 409
    assert "Otto O. · Cool-down changed" in page(answer).text


# Two owners ------------------------------------------------------------------------------------------------------


@pytest.fixture
def otto(cast: Cast, foundations: ClassTemplate) -> Client:
    """Another owner's browser."""
    return signed_in(make.person(cast.northside, "Otto Owner", ["owner"], email="otto@northside.example"))


def test_changes_of_different_blocks_stand_beside_each_other(
    olga: Client, otto: Client, foundations: ClassTemplate
) -> None:
    shown = look(olga, foundations)
    write(otto, look(otto, foundations), "Cool-down", minutes="6")
    first, *_rest = outline(foundations).blocks
    otto.post(url(foundations, f"blocks/{first.id}/place/"), {"before": ""})
    assert write(olga, shown, "Prep", minutes="6").status_code == 302
    assert [(block.title, block.minutes) for block in outline(foundations).blocks] == [
        ("Prep", 6),
        ("Hinge ladder", 12),
        ("Strength by stage", 20),
        ("Cool-down", 6),
        ("Couch stretch", 4),
    ]


@pytest.mark.parametrize("htmx", [False, True])
def test_both_versions_of_a_block_are_shown_and_one_is_chosen(
    olga: Client, otto: Client, foundations: ClassTemplate, htmx: bool
) -> None:
    shown = look(olga, foundations)
    write(otto, look(otto, foundations), "Prep", minutes="7", notes="Slowly")
    olga.defaults |= HTMX if htmx else {}
    with nothing_written():
        answer = write(olga, shown, "Prep", minutes="6")
    assert answer.status_code == 409
    both = page(answer)
    (theirs,) = [each for each in both.all("div", role="alert") if "It reads now" in each.text]
    assert "Prep, 7 min" in theirs.text and "Slowly" in theirs.text
    form = both.one("form", id=f"write-{outline(foundations).blocks[1].id}")
    assert form.one("input", name="minutes")["value"] == "6"
    # Theirs stands until one saves once more; then one's own.
    olga.post(form["action"], inputs_of(form) | {"notes": ""})
    assert (outline(foundations).blocks[1].minutes, outline(foundations).blocks[1].notes) == (6, "")


def test_a_block_that_somebody_took_away_can_be_put_back(
    olga: Client, otto: Client, foundations: ClassTemplate
) -> None:
    shown, prep = look(olga, foundations), outline(foundations).blocks[1]
    otto.post(url(foundations, f"blocks/{prep.id}/remove/"), {"was": prep.mark})
    with nothing_written():
        answer = write(olga, shown, "Prep", minutes="6")
    assert answer.status_code == 409
    assert "took this block away" in page(answer).text
    (form,) = [each for each in page(answer).all("form") if each.all("input", name="title", value="Prep")]
    assert olga.post(form["action"], inputs_of(form) | {"notes": ""}).status_code == 302
    back = outline(foundations).blocks[-1]
    assert (back.title, back.minutes) == ("Prep", 6)
    assert [(line.drill, line.dose["text"]) for line in back.lines] == [
        ("cat-cow", "10, 2 s holds"),
        ("hip-thrust", "12"),
    ]


def test_nothing_is_removed_that_somebody_changed_meanwhile(
    olga: Client, otto: Client, foundations: ClassTemplate
) -> None:
    prep = outline(foundations).blocks[1]
    write(otto, look(otto, foundations), "Prep", minutes="7")
    with nothing_written():
        answer = olga.post(url(foundations, f"blocks/{prep.id}/remove/"), {"was": prep.mark})
    assert answer.status_code == 409
    assert "nothing was done" in page(answer).text


def test_both_versions_of_the_head_are_shown(olga: Client, otto: Client, foundations: ClassTemplate) -> None:
    head = look(olga, foundations).one("form", id="write-head")
    sent = inputs_of(head) | {"ladder": "hip-hinge", "notes": ""}
    otto.post(url(foundations), sent | {"name": "Hinge first"})
    answer = olga.post(url(foundations), sent | {"name": "Hinge basics"})
    assert answer.status_code == 409
    assert "Hinge first" in page(answer).text
    again = inputs_of(page(answer).one("form", id="write-head"))
    assert again["name"] == "Hinge basics"
    assert olga.post(url(foundations), again | {"ladder": "hip-hinge", "notes": ""}).status_code == 302
    assert outline(foundations).head.name == "Hinge basics"


# Around ----------------------------------------------------------------------------------------------------------


def test_coming_classes_follow_and_taught_ones_keep_their_plan(
    olga: Client, cast: Cast, foundations: ClassTemplate
) -> None:
    taught = make.class_session(cast.northside, [cast.ana], coach=cast.carla)
    now = timezone.now()
    with in_gym(cast.northside):
        make.weekly_slot(taught, weekday=(now + timedelta(days=2)).weekday())
        make_coming(cast.northside, now)
        first, second = ClassSession.objects.filter(starts_at__gt=now).in_order()[:2]
        second.change(was="", at=now, minutes=45)
    write(olga, look(olga, foundations), "Prep", minutes="9")

    def minutes(session: ClassSession) -> Any:
        return ClassSession.across_gyms.get(pk=session.pk).plan[1]["minutes"]

    assert (minutes(taught), minutes(first), minutes(second)) == (4, 9, 4)
    assert ClassSession.across_gyms.get(pk=first.pk).version == first.version + 1


def test_a_template_is_copied_archived_and_back(olga: Client, cast: Cast, foundations: ClassTemplate) -> None:
    key = str(uuid4())
    for _press in (1, 2):
        answer = olga.post(url(foundations, "copy/"), {"key": key})
    with in_gym(cast.northside):
        twin = ClassTemplate.objects.get(name="Hinge Foundations (copy)")
    assert answer.headers["Location"] == url(twin)
    assert outline(twin).planned == outline(foundations).planned
    olga.post(url(twin, "archive/"), {"archived": "yes"})
    listed = page(olga.get(LIST)).one("tbody").text
    assert "(copy)" not in listed and "Hinge Foundations" in listed
    assert "(copy)" in page(olga.get(f"{LIST}?archived=yes")).one("tbody").text
    olga.post(url(twin, "archive/"), {"archived": "no"})
    assert "(copy)" in page(olga.get(LIST)).one("tbody").text


def test_the_list_is_searched_and_sorted_by_the_address(olga: Client, foundations: ClassTemplate) -> None:
    def names(query: str) -> list[str]:
        return [row.one("th").text for row in page(olga.get(f"{LIST}?{query}")).one("tbody").all("tr")]

    assert names("") == ["Hinge Foundations", "Hinge under load", "Ten-minute hinge prep"]
    assert names("q=LOAD") == ["Hinge under load"]
    assert names("sort=planned")[0] == "Ten-minute hinge prep"
    assert names("sort=nonsense&page=99") == names("")
    assert "No template has" in page(olga.get(f"{LIST}?q=zzz")).text


def test_a_retired_drill_stays_where_it_is_and_is_not_offered(
    olga: Client, cast: Cast, foundations: ClassTemplate
) -> None:
    Drill.across_gyms.filter(gym=cast.northside, key="cat-cow").update(retired_at=timezone.now())
    shown = look(olga, foundations)
    assert "Cat-cow" not in [option["value"] for option in shown.one("datalist").all("option")]
    assert write(olga, shown, "Prep", minutes="5").status_code == 302
    new = shown.one("input", aria_label="One more drill for Everyone, Couch stretch")["name"]
    assert write(olga, shown, "Couch stretch", **{new: "cat-cow"}).status_code == 422
    assert line_of(foundations, "Prep", "cat-cow")


def test_another_gyms_template_is_not_there(olga: Client, cast: Cast, foundations: ClassTemplate) -> None:
    make.library(cast.harbour)
    with in_gym(cast.harbour):
        foreign = ClassTemplate.objects.get(key="hinge-foundations")
    with nothing_written():
        assert olga.get(url(foreign)).status_code == 404
        assert olga.post(url(foreign, "blocks/"), {"title": "x", "minutes": "3"}).status_code == 404
        # Nor does a foreign id of a block or line meet a foreign row.
        block = outline(foreign).blocks[1]
        assert olga.post(url(foundations, f"blocks/{block.id}/remove/"), {"was": block.mark}).status_code == 404
    shown, stolen = look(olga, foundations), outline(foreign).blocks[1].lines[0]
    new = {"lines": stolen.id, f"l-{stolen.id}-drill": "couch stretch", "title": "Prep", "minutes": "4"}
    own = outline(foundations).blocks[1]
    answer = olga.post(url(foundations, f"blocks/{own.id}/"), new | {"was": own.mark, "notes": ""})
    assert answer.status_code == 302
    assert outline(foreign).blocks[1].lines[0] == stolen
    assert shown.text
