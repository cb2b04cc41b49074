"""Ladders: an owner changes one in a draft, sees who would stand where, and publishes it."""

from __future__ import annotations

from typing import Any

import pytest

from gym.scope import in_gym
from programming.models import ClassSession, LadderDraft, Placement, Progression
from tests import make
from tests.coach.conftest import signed_in
from tests.page import Element, read
from tests.people import Cast

pytest_plugins = ["tests.people"]

LADDERS = "/gym/northside-barbell/owner/ladders/"


class Editor:
    """The owner's browser, without scripts."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.client = cast, signed_in(cast.olga)
        with in_gym(cast.northside):
            self.hinge = Progression.objects.get(key="hip-hinge")
        self.draft: str = self.client.post(f"{LADDERS}{self.hinge.pk}/change/")["Location"]

    def page(self, path: str = "") -> Element:
        """A page of the draft."""
        return read(self.client.get(self.draft + path).content.decode())

    def stage(self, key: str, **words: Any) -> Any:
        """A stage's form as the page has it, with these fields typed otherwise."""
        return self.client.post(f"{self.draft}stages/{key}/", {**self.typed(f"stages/{key}/"), **words})

    def typed(self, path: str) -> dict[str, str]:
        """What stands in the form of a page."""
        form = self.page(path).one("form", id="stage")
        typed = {
            each["name"]: each.attributes.get("value", "") for each in form.all("input") if "name" in each.attributes
        }
        typed |= {each["name"]: each.text for each in form.all("textarea")}
        for each in form.all("select"):
            typed[each["name"]] = next((one["value"] for one in each.all("option") if "selected" in one.attributes), "")
        for each in form.all("input", type="checkbox"):
            typed[each["name"]] = "on" if "checked" in each.attributes else ""
        return {name: value or "" for name, value in typed.items()}

    def publish(self) -> Any:
        """What the dry run offers."""
        form = self.page("dry-run/").one("form", id="publish")
        shown = {
            each["name"]: each["value"]
            for each in form.all("input", type="hidden")
            if each["name"] != "csrfmiddlewaretoken"
        }
        return self.client.post(f"{self.draft}publish/", shown)

    def taught(self) -> list[str]:
        """The stages as they are taught."""
        with in_gym(self.cast.northside):
            return [stage.name for stage in Progression.objects.get(pk=self.hinge.pk).ladder().shown]


@pytest.fixture
def editor(evening: ClassSession, cast: Cast) -> Editor:
    return Editor(cast)


def test_a_stage_is_renamed_and_nobody_sees_it_until_it_is_published(editor: Editor) -> None:
    assert editor.stage("dowel", name="Stick", short_name="Stick").status_code == 302
    assert editor.taught() == ["Wall tap", "Dowel", "Loaded hinge"]
    assert editor.publish()["Location"] == LADDERS
    assert editor.taught() == ["Wall tap", "Stick", "Loaded hinge"]
    assert "is taught so from now on" in editor.client.get(LADDERS).content.decode()


def test_the_form_sent_as_it_came_changes_nothing(editor: Editor) -> None:
    with in_gym(editor.cast.northside):
        before = LadderDraft.objects.get().content
    for key in ("wall-tap", "dowel", "loaded"):
        assert editor.stage(key).status_code == 302
    with in_gym(editor.cast.northside):
        assert LadderDraft.objects.get().content == before


def test_insert_reorder_and_retire(editor: Editor, evening: ClassSession) -> None:
    cast = editor.cast
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    words = editor.typed("stages/wall-tap/")
    place = f"{editor.draft}stages/?place=1"
    editor.client.post(place, {**words, "name": "Hands on knees", "short_name": "Knees"})
    editor.client.post(f"{editor.draft}stages/loaded/place/", {"place": "0"})
    editor.client.post(f"{editor.draft}stages/dowel/retired/", {"retired": "yes", "to": "knees"})
    run = editor.page("dry-run/")
    assert "Ana A." in run.one("table", id="people").text
    assert "Hands on knees, 20 cm" in run.one("table", id="people").text
    editor.publish()
    assert editor.taught() == ["Loaded hinge", "Wall tap", "Hands on knees"]
    with in_gym(cast.northside):
        assert Placement.objects.get(member=cast.ana).position.stage == "knees"


def test_a_setting_of_which_less_is_harder(editor: Editor) -> None:
    box = {"quantity": "distance", "setting_name": "Height of the box", "less": "less", "step": "5"}
    ends = {"minimum": "30", "maximum": "55", "start": "50", "pass_at": "40"}
    assert editor.stage("dowel", **box, **ends).status_code == 302
    editor.publish()
    with in_gym(editor.cast.northside):
        words = Progression.objects.get(pk=editor.hinge.pk).ladder()
    setting = words.ladder.stages[1].setting
    assert setting and (setting.step, setting.start, setting.pass_at, setting.less_is_harder) == (50, 500, 400, True)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Give it a name."),
        ("clean_needed", "0", "Write a number from 1 to 20."),
        ("short_name", "loaded", "Another stage of this ladder is called so."),
        ("quantity", "load", "What was recorded here is the other. Make a new stage for it."),
        ("step", "0", "Write a step above 0."),
        ("maximum", "5", "The largest is below the smallest."),
        ("start", "far", "Write a number such as 40, or 12.5."),
        ("pass_at", "5000", "This is not between the smallest and the largest."),
        ("drill-wall-tap", "x", "Write a number from 1 to 99, or leave it empty."),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_stays_typed(
    editor: Editor, field: str, value: str, said: str
) -> None:
    answer = editor.stage("wall-tap", **{field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert value in page


def test_of_very_many_drills_those_of_no_stage_are_typed_by_name(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an import of hundreds, a field for each would be more than a form can send."""
    assert "further_drills" not in editor.typed("stages/dowel/")
    monkeypatch.setattr("programming.forms.ladders.MOST_OFFERED", 5)
    typed = editor.typed("stages/dowel/")
    assert "drill-dowel-hinge" in typed and "drill-cat-cow" not in typed
    answer = editor.stage("dowel", further_drills="Cat-cow\nno such drill")
    assert answer.status_code == 422 and "No drill is called “no such drill”" in answer.content.decode()
    assert editor.stage("dowel", further_drills="cat-cow\n\nBrace work\nDowel hinge").status_code == 302
    editor.publish()
    with in_gym(editor.cast.northside):
        drills = Progression.objects.get(pk=editor.hinge.pk).ladder().stages["dowel"].drills
    assert drills[-2:] == ("cat-cow", "brace") and drills.count("dowel-hinge") == 1


def test_two_owners_on_one_stage_see_both(editor: Editor) -> None:
    typed = editor.typed("stages/dowel/")
    assert editor.stage("dowel", name="Stick", short_name="Stick").status_code == 302
    answer = editor.client.post(f"{editor.draft}stages/dowel/", {**typed, "name": "Pole"})
    assert answer.status_code == 409
    page = read(answer.content.decode())
    assert "Name: Stick" in page.one("div", role="alert").text
    # Saving again is a choice.
    was = page.one("input", name="was")["value"]
    again = editor.client.post(f"{editor.draft}stages/dowel/", {**typed, "name": "Pole", "was": was})
    assert again.status_code == 302


def test_a_ladder_of_ones_own_from_nothing(editor: Editor) -> None:
    editor.draft = editor.client.post(LADDERS, {"name": "Press"})["Location"]
    assert "Give it a stage first." in editor.client.get(f"{editor.draft}dry-run/").content.decode()
    words = editor.typed("stages/")
    new = {**words, "name": "Push-up", "short_name": "Push-up", "drill-cat-cow": "1"}
    assert editor.client.post(f"{editor.draft}stages/", new).status_code == 302
    editor.publish()
    assert "Push-up" in read(editor.client.get(LADDERS).content.decode()).one("section", id="ladder-press").text


def test_a_ladder_is_taught_no_more_and_again(editor: Editor) -> None:
    address = f"{LADDERS}{editor.hinge.pk}/taught/"
    for wanted, said in (("no", "taught no more"), ("no", "taught no more"), ("yes", "Teach it no more")):
        assert editor.client.post(address, {"taught": wanted}).status_code == 302
        ladder = read(editor.client.get(LADDERS).content.decode()).one("section", id="ladder-hip-hinge")
        assert said in ladder.text
    assert editor.client.post(address, {"taught": "perhaps"}).status_code == 422


def test_a_discarded_draft_leaves_the_ladder_as_it_is(editor: Editor) -> None:
    editor.stage("dowel", name="Stick", short_name="Stick")
    assert editor.client.post(f"{editor.draft}discard/").status_code == 302
    assert editor.client.get(editor.draft).status_code == 404
    assert editor.taught() == ["Wall tap", "Dowel", "Loaded hinge"]


def test_a_dry_run_asks_as_much_for_many(
    editor: Editor, evening: ClassSession, django_assert_max_num_queries: Any
) -> None:
    cast = editor.cast
    for number, member in enumerate(cast.members):
        make.place(evening, member, "dowel", by=cast.carla, after=60 + number)
    # The words of each ladder are read once per revision and process.
    editor.client.get(LADDERS)
    with django_assert_max_num_queries(9):
        editor.client.get(f"{editor.draft}dry-run/")
    with django_assert_max_num_queries(9):
        editor.client.get(LADDERS)
