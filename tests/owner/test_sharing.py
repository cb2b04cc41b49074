"""A class template goes to another gym: shared as a file, looked at, taken in as a whole, taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from time import process_time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym.models import Change, Gym, Membership
from gym.models.imports import LOOKED_AT, TAKEN_BACK
from gym.scope import in_gym
from programming.models import (
    ClassSession,
    ClassTemplate,
    Drill,
    DrillPicture,
    Equipment,
    Fault,
    Progression,
    TemplateFile,
)
from programming.models.ladder_drafts import LadderDraft
from programming.models.taking_in import begin, seen, shared, take_in, things_in
from programming.outline import Block, Head, Line, writing
from programming.sharing.document import LARGEST
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import inputs_of, nothing_written, page
from tests.page import Element
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

HARBOUR = "/gym/harbour-strength/owner/templates/"
IMPORT = f"{HARBOUR}import/"


@pytest.fixture
def hana(cast: Cast) -> Client:
    """The browser of Harbour's owner. Both gyms have the shipped library."""
    make.library(cast.northside)
    make.library(cast.harbour)
    return signed_in(cast.hana)


def line(drill: str, stage: str = "", **dose: Any) -> Line:
    return Line(str(uuid4()), drill, stage, dose)


def block(title: str, *lines: Line, **words: Any) -> Block:
    return Block(str(uuid4()), title, 10, lines=lines, **words)


def own_things(house: Gym) -> None:
    """Northside's own: a sled, a push with it that corrects a fault of its own, a ladder of two stages."""
    with in_gym(house):
        Equipment.add_kind("sled", "sleds", 3, at=timezone.now())
        words = {"name": "Sled push", "cues": ["long steps"], "dose": {"text": "4 × 20 m", "sets": 4}}
        push = Drill.objects.create(key="sled-push", follows_shipped=False)
        push.revise(**words, equipment={"sled": 1}, corrects=["high-hips"], loads=True)
        fault = Fault.objects.create(key="high-hips", follows_shipped=False)
        fault.revise(name="High hips", cue="hips down", drills=["sled-push"])
    ladder = make.second_ladder(house)
    with in_gym(house):
        # Its name is no shipped one's.
        Progression.objects.filter(pk=ladder.pk).update(name="Box and goblet")


def template(
    house: Gym, by: Membership, *blocks: Block, name: str = "Friday", ladder: str = "hip-hinge"
) -> ClassTemplate:
    with in_gym(house):
        head = Head(name, 60, ladder, "Doors open early.\nNobody lifts alone.")
        return ClassTemplate.make(head, key=uuid4(), by=by, at=timezone.now(), blocks=blocks)


@pytest.fixture
def friday(hana: Client, cast: Cast) -> ClassTemplate:
    """A template of Northside's with things of its own, on two ladders."""
    own_things(cast.northside)
    return template(
        cast.northside,
        cast.olga,
        block("Push", line("sled-push"), equipment={"mat": 1}, shared={"sled": 2}),
        block("Hinge", line("dowel-hinge", "hip-hinge/dowel", text="3 × 8", sets=3, reps=8), is_ladder=True),
        block("Squat", line("sled-push", "squat/goblet-squat", text="16 kg", grams=16_000), notes="Slow"),
    )


def file_of(found: ClassTemplate) -> bytes:
    with in_gym(found.gym_id):
        return shared(ClassTemplate.objects.get(pk=found.pk))


def upload(client: Client, content: bytes) -> Answer:
    return client.post(IMPORT, {"file": SimpleUploadedFile("friday.json", content)})


def bring(client: Client, content: bytes) -> str:
    """Choose the file; the address of what is said about it."""
    answer = upload(client, content)
    assert answer.status_code == 302, page(answer).one("main").text
    return answer.headers["Location"]


def marks(client: Client, run: str) -> list[str]:
    """The counts at the top: new, different, the same."""
    return [each.text for each in page(client.get(run)).one("ul", id="tally").all("li")]


def different(client: Client, run: str) -> dict[str, Element]:
    """What differs, by its name."""
    found = page(client.get(run)).all("ul", class_="differing")
    return {each.one("b").text: each for each in (found[0].all("li") if found else [])}


def confirm(client: Client, run: str, **chosen: str) -> Answer:
    """Import it as the page proposes, or as chosen by name ("Sled push" is `sled_push`)."""
    shown = page(client.get(run))
    form = shown.one("form", id="take-in")
    sent = inputs_of(form)
    for name, each in different(client, run).items():
        field = each.one("select")
        first = next(option for option in field.all("option") if "selected" in option)
        sent[field["name"]] = chosen.get(name.lower().replace(" ", "_"), first["value"])
    return client.post(run, sent)


def came(cast: Cast, key: str = "friday") -> ClassTemplate:
    with in_gym(cast.harbour):
        found: ClassTemplate = ClassTemplate.objects.select_related("progression").get(key=key)
    return found


def keys(house: Gym, model: Any) -> set[str]:
    with in_gym(house):
        return set(model.objects.values_list("key", flat=True))


# Shared ----------------------------------------------------------------------------------------------------------


def test_an_owner_gets_one_file_that_can_be_read(cast: Cast, friday: ClassTemplate) -> None:
    olga = signed_in(cast.olga)
    address = f"/gym/northside-barbell/owner/templates/{friday.pk}/"
    link = page(olga.get(address)).one("a", href=f"{address}share/")
    assert link.text == "Share"
    answer = olga.get(link["href"])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="friday.json"'
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("application/json", "no-store")
    said = json.loads(answer.content)
    assert (said["format"], said["version"]) == ("rung-class-template", 1)
    assert [each["key"] for each in said["progression"]] == ["hip-hinge", "squat"]
    assert {"sled-push", "dowel-hinge", "cat-cow"} <= {each["key"] for each in said["drill"]}
    assert {"high-hips", "chin-up"} <= {each["key"] for each in said["fault"]}
    assert {"sled", "mat", "dowel"} <= {each["key"] for each in said["equipment"]}
    # The same template is the same file, byte by byte.
    assert answer.content == file_of(friday)
    # Nobody of the gym, and nothing that it counted, is in it.
    text = answer.content.decode()
    assert not [each for each in ("Olga", "Ana", "Northside", '"owned"') if each in text]


def test_what_no_gym_could_take_in_is_not_shared(cast: Cast, friday: ClassTemplate) -> None:
    with in_gym(cast.northside):
        Drill.objects.get(key="sled-push").revise(cues=["x" * 301])
    olga = signed_in(cast.olga)
    answer = olga.get(f"/gym/northside-barbell/owner/templates/{friday.pk}/share/", follow=True)
    assert "cannot be shared as it is: drill" in page(answer).text


# Looked at and taken in ----------------------------------------------------------------------------------------------


def test_another_gym_takes_it_in_and_plans_the_same_class(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    content = file_of(friday)
    run = bring(hana, content)
    # The sled, its drill, its fault, the ladder and the template; all else is shipped, and followed by both.
    new, other, _same = marks(hana, run)
    assert (new, other) == ("5 new", "0 different")
    with nothing_written():
        hana.get(run)
    assert confirm(hana, run).headers["Location"] == run
    made = came(cast)
    with in_gym(cast.harbour):
        outline, sent = made.outline(), None
        (squat,) = Progression.objects.filter(key="squat")
        assert (squat.follows_shipped, [stage.key for stage in squat.stages.all()]) == (
            False,
            ["box-squat", "goblet-squat"],
        )
        assert Equipment.objects.get(key="sled").owned is None
    with in_gym(cast.northside):
        sent = ClassTemplate.objects.select_related("progression").get(pk=friday.pk).outline()
    assert outline.head == sent.head

    def told(each: Block) -> tuple[Any, ...]:
        lines = [(one.drill, one.stage, one.dose) for one in each.lines]
        return (each.title, each.minutes, each.notes, each.is_ladder, each.equipment, each.shared, lines)

    assert [told(each) for each in outline.blocks] == [told(each) for each in sent.blocks]
    # Shared again, it is the same file.
    assert file_of(made) == content
    # A class is made of it, with the words that came.
    with in_gym(cast.harbour):
        (push, *_rest) = made.plan()
    assert (push["drills"][0]["name"], push["drills"][0]["cues"]) == ("Sled push", ["long steps"])


def test_the_same_again_is_all_the_same(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    content = file_of(friday)
    first = bring(hana, content)
    confirm(hana, first)
    with nothing_written():
        # A second press.
        assert page(hana.post(first, {"was": "0" * 64})).one("p", id="done")
    run = bring(hana, content)
    assert marks(hana, run)[:2] == ["0 new", "0 different"]
    assert "The gym has all of it already." in page(hana.get(run)).text


@pytest.mark.parametrize("choice", ["ours", "copy"])
def test_for_what_differs_the_owner_chooses(hana: Client, cast: Cast, friday: ClassTemplate, choice: str) -> None:
    """Northside made a shipped drill its own; Harbour has a drill of its own under the name of another."""
    with in_gym(cast.northside):
        dowel = Drill.objects.get(key="dowel-hinge")
        dowel.follows_shipped = False
        dowel.save(update_fields=["follows_shipped"])
        dowel.revise(cues=["chin in", "ribs down"])
    with in_gym(cast.harbour):
        ours = Drill.objects.create(key="prowler", follows_shipped=False)
        ours.revise(name="SLED  Push", cues=["short steps"])
        before = list(Drill.objects.filter(key__in=["dowel-hinge", "prowler"]).order_by("pk").values())
    run = bring(hana, file_of(friday))
    shown = different(hana, run)
    assert set(shown) == {"Dowel hinge", "Sled push"}
    assert "theirs: chin in; ribs down" in shown["Dowel hinge"].text
    assert "ours: short steps" in shown["Sled push"].text
    confirm(hana, run, dowel_hinge=choice, sled_push=choice)
    drills = [each.drill for each in lines_of(came(cast))]
    with in_gym(cast.harbour):
        assert list(Drill.objects.filter(key__in=["dowel-hinge", "prowler"]).order_by("pk").values()) == before
        if choice == "ours":
            assert drills == ["prowler", "dowel-hinge", "prowler"]
            assert "sled-push" not in keys(cast.harbour, Drill)
            # Theirs goes to a drill that is ours, which does not say that it corrects it.
            assert Fault.objects.get(key="high-hips").current.drills == []
        else:
            assert drills == ["own_sled-push", "own_dowel-hinge", "own_sled-push"]
            copy = Drill.objects.get(key="own_dowel-hinge")
            assert (copy.words.name, copy.words.cues, copy.follows_shipped) == (
                "Dowel hinge (2)",
                ["chin in", "ribs down"],
                False,
            )
            push = Drill.objects.get(key="own_sled-push")
            assert (push.words.name, push.words.corrects) == ("Sled push (2)", ["high-hips"])


def lines_of(found: ClassTemplate) -> list[Line]:
    with in_gym(found.gym_id):
        return [each for one in found.outline().blocks for each in one.lines]


def test_a_ladder_that_lacks_a_stage_of_the_plan_cannot_stand_in_for_theirs(
    hana: Client, cast: Cast, friday: ClassTemplate
) -> None:
    with in_gym(cast.harbour):
        other = Progression.objects.create(key="squat", name="Squat", follows_shipped=False)
        stage = other.stages.create(key="air-squat", position=0)
        stage.revise(name="Air", short_name="Air", figure="wall", colour="wall")
    run = bring(hana, file_of(friday))
    shown = different(hana, run)["Box and goblet"]
    assert "Ours lacks a stage" in shown.text
    assert [each["value"] for each in shown.all("option")] == ["copy"]
    # Whatever is sent instead.
    with nothing_written():
        assert confirm(hana, run, box_and_goblet="ours").status_code == 422
    confirm(hana, run)
    assert [each.stage for each in lines_of(came(cast))][-1] == "own_squat/goblet-squat"
    with in_gym(cast.harbour):
        assert [each.key for each in Progression.objects.get(key="squat").stages.all()] == ["air-squat"]


def test_a_template_of_the_same_name_stays(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    own = template(cast.harbour, cast.hana, block("Ours"))
    run = bring(hana, file_of(friday))
    assert "Friday" in different(hana, run)
    confirm(hana, run)
    assert (came(cast).pk, came(cast, "own_friday").name) == (own.pk, "Friday (2)")
    # Without theirs, only what it needs comes.
    run = bring(hana, file_of(template(cast.northside, cast.olga, block("Else"), name="Monday", ladder="")))
    template(cast.harbour, cast.hana, name="Monday")
    run = bring(hana, file_of(template_named(cast, "Monday")))
    confirm(hana, run, monday="ours")
    assert "own_monday" not in keys(cast.harbour, ClassTemplate)


def template_named(cast: Cast, name: str) -> ClassTemplate:
    with in_gym(cast.northside):
        found: ClassTemplate = ClassTemplate.objects.get(name=name)
    return found


def test_what_changed_meanwhile_is_shown_again(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    run = bring(hana, file_of(friday))
    sent = inputs_of(page(hana.get(run)).one("form", id="take-in"))
    with in_gym(cast.harbour):
        Drill.objects.create(key="sled-push", follows_shipped=False).revise(name="Push", cues=["ours"])
    with nothing_written():
        # It asks for a choice that was not on the page.
        assert hana.post(run, sent).status_code == 422
    answer = hana.post(run, sent | {"drill:sled-push": "copy"}, follow=True)
    assert "Nothing was taken in: look again." in page(answer).text
    assert "friday" not in keys(cast.harbour, ClassTemplate)


def test_all_of_it_or_nothing(hana: Client, cast: Cast, friday: ClassTemplate, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bring(hana, file_of(friday))
    shown = inputs_of(page(hana.get(run)).one("form", id="take-in"))

    def break_off(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("the plug is pulled")

    monkeypatch.setattr(ClassTemplate, "make", break_off)
    with nothing_written(), pytest.raises(RuntimeError, match="plug"):
        hana.post(run, shown)


def test_the_audit_says_what_came(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    confirm(hana, bring(hana, file_of(friday)))
    with in_gym(cast.harbour):
        row = Change.objects.get(what="template.take_in")
    assert row.actor_id == cast.hana.pk
    assert row.differences == {"new": [None, 5], "template": [None, "Friday"]}


# Taken back, forgotten -----------------------------------------------------------------------------------------------


def test_it_is_taken_back_as_a_whole(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    run = bring(hana, file_of(friday))
    confirm(hana, run)
    with in_gym(cast.harbour):
        # Somebody planned with the drill since: it stays, and what is only of the file goes.
        own = template(cast.harbour, cast.hana, block("Ours", line("sled-push")), name="Own")
    with nothing_written():
        assert "taught no more" in page(hana.get(f"{run}undo/")).text
    hana.post(f"{run}undo/")
    with in_gym(cast.harbour):
        assert ClassTemplate.objects.get(key="friday").archived_at is not None
        assert ClassTemplate.objects.get(pk=own.pk).archived_at is None
        assert Progression.objects.get(key="squat").retired_at is not None
        assert Fault.objects.get(key="high-hips").retired_at is not None
        assert Drill.objects.get(key="sled-push").retired_at is None
        # What the gym had is as it was.
        assert not Drill.objects.exclude(retired_at=None).exists()
    with nothing_written():
        hana.post(f"{run}undo/")


def write(key: str) -> Callable[[Membership], Any]:
    """The gym writes it anew."""
    return lambda _by: Drill.objects.get(key=key).revise(cues=["our own"])


def rewrite_the_fault(_by: Membership) -> None:
    Fault.objects.get(key="high-hips").revise(cue="our own")


def draw(_by: Membership) -> None:
    picture = {"content": b"-", "digest": "-", "width": 1, "height": 1, "alt": "A sled"}
    DrillPicture.objects.create(drill=Drill.objects.get(key="sled-push"), put_at=timezone.now(), **picture)


def plan_tomorrow(_by: Membership) -> None:
    plan = [{"title": "Push", "minutes": 10, "is_ladder": False, "notes": "", "drills": [{"drill": "sled-push"}]}]
    soon = timezone.now() + timedelta(days=1)
    ClassSession.objects.create(name="Open gym", starts_at=soon, minutes=60, plan=plan)


def draft_a_stage(by: Membership) -> None:
    draft = LadderDraft.of(Progression.objects.get(key="hip-hinge"), by=by, at=timezone.now())
    draft.stages[0]["words"]["drills"].append("sled-push")
    draft.save()


def draft_the_ladder(by: Membership) -> None:
    LadderDraft.of(Progression.objects.get(key="squat"), by=by, at=timezone.now())


@pytest.mark.parametrize(
    ("use", "stays"),
    [
        (write("sled-push"), {"sled-push"}),
        (write("cat-cow"), set()),
        (rewrite_the_fault, {"high-hips", "sled-push"}),
        (draw, {"sled-push"}),
        (plan_tomorrow, {"sled-push"}),
        (draft_a_stage, {"sled-push"}),
        (draft_the_ladder, {"squat"}),
    ],
)
def test_what_the_gym_uses_since_stays(
    hana: Client, cast: Cast, friday: ClassTemplate, use: Callable[[Membership], Any], stays: set[str]
) -> None:
    run = bring(hana, file_of(friday))
    confirm(hana, run)
    with in_gym(cast.harbour):
        use(cast.hana)
        hinge = Progression.objects.get(key="hip-hinge").revision
    hana.post(f"{run}undo/")
    with in_gym(cast.harbour):
        came = {(Drill, "sled-push"), (Fault, "high-hips"), (Progression, "squat")}
        assert {key for model, key in came if model.objects.get(key=key).retired_at is None} == stays
        # Ladders are kept in memory by their revision.
        assert Progression.objects.get(key="hip-hinge").revision != hinge


def test_after_a_month_it_stays(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    run = bring(hana, file_of(friday))
    confirm(hana, run)
    with time_machine.travel(timezone.now() + TAKEN_BACK + timedelta(hours=1), tick=False):
        later = signed_in(cast.hana)
        assert "too long ago" in page(later.get(run)).text
        with nothing_written():
            later.post(f"{run}undo/")


def test_a_file_that_was_only_looked_at_is_forgotten(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    bring(hana, file_of(friday))
    TemplateFile.forget_old(timezone.now())
    run = bring(hana, file_of(friday))
    with in_gym(cast.harbour):
        assert TemplateFile.objects.count() == 1
    assert hana.post(f"{run}discard/").headers["Location"] == IMPORT
    bring(hana, file_of(friday))
    TemplateFile.forget_old(timezone.now() + LOOKED_AT + timedelta(minutes=1))
    with in_gym(cast.harbour):
        assert not TemplateFile.objects.exists()


# What is none --------------------------------------------------------------------------------------------------------

Damage = Callable[[dict[str, Any]], Any]


def first(said: dict[str, Any], kind: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in said[kind] if each["key"] == key)
    return found


def stage(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = said["progression"][0]["stage"][0]
    return found


DAMAGED: dict[str, tuple[Damage, str]] = {
    "another format": (lambda said: said.update(format="rung-people"), "no class template of Rung’s"),
    "a later version": (lambda said: said.update(version=2), "A later version of Rung"),
    "a version that is none": (lambda said: said.update(version=True), "which version"),
    "a kind that no template has": (lambda said: said.update(member=[]), "member"),
    "half a character as a kind": (lambda said: said.update({"\ud800": []}), "no template has: ?"),
    "half a character as a field": (lambda said: said["drill"][0].update({"\ud800": 1}), "drill 1 › ?: unknown"),
    "a field too many": (lambda said: first(said, "drill", "sled-push").update(owned=3), "unknown field 'owned'"),
    "a shipped field": (lambda said: first(said, "drill", "sled-push").update(demand=1), "unknown field 'demand'"),
    "a field too few": (lambda said: first(said, "drill", "sled-push").pop("name"), "missing 'name'"),
    "another type": (lambda said: first(said, "drill", "sled-push").update(cues="one"), "wants a list"),
    "a number for a text": (lambda said: first(said, "drill", "sled-push").update(name=3), "wants text"),
    "nothing for a text": (lambda said: first(said, "drill", "sled-push").update(name=None), "wants text"),
    "a drill that is not there": (lambda said: said["drill"].clear(), "unknown drill"),
    "a stage that is not there": (
        lambda said: said["template"][0]["block"][1]["drills"][0].update(stage="moon"),
        "unknown stage 'moon'",
    ),
    "a stage of another ladder": (
        lambda said: said["template"][0]["block"][1]["drills"][0].update(stage="goblet-squat"),
        "not of the ladder 'hip-hinge'",
    ),
    "the same key twice": (lambda said: said["drill"].append(dict(said["drill"][0])), "is already at drill 1"),
    "two templates": (
        lambda said: said["template"].append({**said["template"][0], "key": "other"}),
        "one template, and no other number",
    ),
    "no template": (lambda said: said.pop("template"), "one template, and no other number"),
    "nothing at all": (
        lambda said: [said.pop(kind) for kind in list(said) if kind not in ("format", "version")],
        "one template",
    ),
    "NUL": (lambda said: first(said, "drill", "sled-push").update(name="a\x00b"), "unprintable characters"),
    "half a character": (lambda said: first(said, "drill", "sled-push").update(name="\ud800"), "unprintable"),
    "what turns the text around": (
        lambda said: first(said, "drill", "sled-push").update(name="\u202ehsup"),
        "unprintable characters",
    ),
    "a long stage of a fault": (lambda said: first(said, "fault", "high-hips").update(stage="x" * 61), "may have 60"),
    "a stage that is none": (lambda said: first(said, "fault", "high-hips").update(stage="../x"), "is no key"),
    "a key that is none": (lambda said: said["template"][0].update(key="../x"), "is no key"),
    "a long name": (lambda said: said["template"][0].update(name="x" * 81), "81 characters, and may have 80"),
    "a huge number": (lambda said: said["template"][0].update(minutes=10**30), "a huge number"),
    "a fraction": (lambda said: said["template"][0].update(minutes=0.5), "not whole: 0.5"),
    "no number": (lambda said: said["template"][0].update(minutes=float("nan")), "not whole: NaN"),
    "a dose that is none": (
        lambda said: first(said, "drill", "sled-push").update(dose={"sets": 3}),
        "missing 'text'",
    ),
    "a dose that contradicts itself": (
        lambda said: first(said, "drill", "sled-push").update(dose={"text": "8", "reps": 8, "reps_to": 6}),
        "'reps_to' wants a smaller 'reps'",
    ),
    "stages with one key": (lambda said: said["progression"][1]["stage"][1].update(key="box-squat"), "is already at"),
    "stages with one name": (
        lambda said: said["progression"][1]["stage"][1].update(short_name="box-squat"),
        "are called 'box-squat'",
    ),
    "a setting out of its range": (
        lambda said: stage(said)["setting"].update(pass_at=5_000),
        "not between 100 and 900",
    ),
    "a step of nothing": (lambda said: stage(said)["setting"].update(step=0), "may be 1 to"),
    "a ladder that is taught nowhere": (
        lambda said: [each.update(retired=True) for each in said["progression"][1]["stage"]],
        "without a stage that is taught",
    ),
    "a fault to a drill that does not know it": (
        lambda said: first(said, "fault", "high-hips").update(drills=["cat-cow"]),
        "does not say that it corrects it",
    ),
    "a link that runs": (lambda said: said["source"][0].update(url="javascript:alert(1)"), "no link"),
    "more drills than a template needs": (
        lambda said: said["drill"].extend({"key": f"d{n}", "name": "D"} for n in range(500)),
        "'drill' has more than 500 entries",
    ),
    "more ladders than a template needs": (
        lambda said: said["progression"].extend(said["progression"][:1] * 19),
        "'progression' has more than 20 entries",
    ),
    "too many blocks": (
        lambda said: said["template"][0].update(block=said["template"][0]["block"] * 21),
        "more than 60",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_file_is_refused_beside_the_field(hana: Client, cast: Cast, friday: ClassTemplate, what: str) -> None:
    damage, reason = DAMAGED[what]
    said = json.loads(file_of(friday))
    damage(said)
    with nothing_written():
        answer = upload(hana, json.dumps(said).encode())
    assert answer.status_code == 422
    shown = page(answer).one("form", id="import").one("ul", class_="errorlist").text
    assert reason in shown


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "nothing in this file"),
        (b"PK\x03\x04", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        (b"[]", "no class template"),
        (b"null", "no class template"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"format": "rung-class-template", "version": 1, "drill": ' + b"[" * 90 + b"]" * 90 + b"}", "list of tables"),
        (b'{"format": "rung-class-template", "version": 1, "drill": [{"key": ' + b"9" * 5000 + b"}]}", "not JSON"),
        (b'{"format": "rung-class-template", "format": "rung-class-template"}', "twice"),
        (b" " * (LARGEST + 1), "too large"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(hana: Client, content: bytes, reason: str) -> None:
    with nothing_written():
        answer = upload(hana, content)
    assert answer.status_code == 422
    assert reason in page(answer).one("ul", class_="errorlist").text


def test_a_long_list_keeps_nobody_waiting(hana: Client) -> None:
    """Looking for each of so many keys among all of them would take a minute."""
    keys = [f"f{number}" for number in range(30_000)]
    drill = {"key": "row", "name": "Row", "corrects": keys}
    said = {"format": "rung-class-template", "version": 1, "drill": [drill], "fault": [{"key": key} for key in keys]}
    content = json.dumps(said, separators=(",", ":")).encode()
    assert len(content) < LARGEST
    begun = process_time()
    assert "more than 500" in page(upload(hana, content)).one("ul", class_="errorlist").text
    assert process_time() - begun < 8


def test_script_in_a_name_is_read_as_text(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    said = json.loads(file_of(friday))
    name = "<script>alert(1)</script>"
    first(said, "drill", "sled-push").update(name=name)
    run = bring(hana, json.dumps(said).encode())
    answer = hana.get(run)
    assert name.encode() not in answer.content
    assert name in page(answer).all("ul", class_="came")[0].text


def test_a_clash_with_what_is_shipped_replaces_nothing(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    """The file says of a shipped drill that it follows, and something else about it."""
    said = json.loads(file_of(friday))
    for follows in (True, False):
        other = deepcopy(said)
        first(other, "drill", "dowel-hinge").update(cues=["theirs", "and more"], follows=follows)
        run = bring(hana, json.dumps(other).encode())
        assert ("Dowel hinge" in different(hana, run)) is not follows
    confirm(hana, run)
    with in_gym(cast.harbour):
        assert "theirs" not in Drill.objects.get(key="dowel-hinge").words.cues


def test_an_edit_of_the_first_gym_reaches_nobody_else(hana: Client, cast: Cast, friday: ClassTemplate) -> None:
    confirm(hana, bring(hana, file_of(friday)))
    before = file_of(came(cast))
    with in_gym(cast.northside):
        (push, *_rest) = ClassTemplate.objects.get(pk=friday.pk).outline().blocks
        ClassTemplate.objects.get(pk=friday.pk).rewrite(writing(block("Else"), was=""), by=cast.olga, at=timezone.now())
    assert file_of(came(cast)) == before
    assert push.title == "Push"


# Any template --------------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)
COUNTS = st.dictionaries(st.sampled_from(["mat", "sled", "dowel"]), st.integers(1, 100), max_size=2)
DOSES = st.fixed_dictionaries(
    {"text": st.sampled_from(["3 × 8", "40 s / 20 s", "slow"])},
    optional={"sets": st.integers(1, 3600), "reps": st.integers(1, 9), "grams": st.integers(1, 1_000_000)},
)
LINES = st.builds(
    lambda drill, stage, dose: Line(str(uuid4()), drill, stage, dose),
    st.sampled_from(["sled-push", "dowel-hinge", "cat-cow"]),
    st.sampled_from(["", "hip-hinge/dowel", "squat/box-squat"]),
    st.just({}) | DOSES,
)
BLOCKS = st.builds(
    lambda title, minutes, notes, board, lines, each, shared: Block(
        str(uuid4()), title.strip() or "Block", minutes, notes, board, tuple(lines), each, shared
    ),
    *(WORDS, st.integers(1, 600), WORDS, st.booleans(), st.lists(LINES, max_size=4), COUNTS, COUNTS),
)


@settings(
    max_examples=6,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(blocks=st.lists(BLOCKS, max_size=4), ladder=st.sampled_from(["", "hip-hinge", "squat"]))
def test_there_and_shared_again_it_is_the_same_file(
    hana: Client, cast: Cast, friday: ClassTemplate, blocks: list[Block], ladder: str
) -> None:
    sent = template(cast.northside, cast.olga, *blocks, name=f"Any {uuid4()}", ladder=ladder)
    content = file_of(sent)
    with in_gym(cast.harbour):
        run = begin(content, name="any.json", by=cast.hana, at=timezone.now())
        things, _tables, _gym = things_in(run)
        take_in(run.pk, {}, was=seen(things), by=cast.hana, at=timezone.now())
    assert file_of(came(cast, sent.key)) == content
