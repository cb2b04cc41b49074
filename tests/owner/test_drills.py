"""Drills and faults: an owner finds them, writes them, makes them the gym's own, lets them follow, retires them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym.models import Change, Gym, fold
from programming import following
from programming.choosing import Drills
from programming.forms.drills import MOST_DRILLS
from programming.ladder import Refusal
from programming.library.loader import load_library
from programming.models import AssignedDrill, ClassSession, ClassTemplate, Drill, Fault, Progression, Stage
from programming.models.coming import make_coming
from programming.models.item_changes import WrittenMeanwhile
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

OWNER = "/gym/northside-barbell/owner/"
DRILLS, FAULTS = f"{OWNER}drills/", f"{OWNER}faults/"


@pytest.fixture
def olga(cast: Cast, evening: ClassSession, at_northside: Gym) -> Iterator[Client]:
    yield signed_in(cast.olga)


def drill(key: str) -> Drill:
    found: Drill = Drill.objects.select_related("current").get(key=key)
    return found


def fault(key: str) -> Fault:
    found: Fault = Fault.objects.select_related("current").get(key=key)
    return found


def of(item: Drill | Fault) -> str:
    return f"{DRILLS if isinstance(item, Drill) else FAULTS}{item.pk}/"


def names(client: Client, query: str = "", where: str = DRILLS) -> list[str]:
    answer = client.get(f"{where}{query}")
    assert answer.status_code == 200
    return [row.one("th").one("a").text for body in page(answer).all("tbody") for row in body.all("tr")]


def typed(client: Client, path: str) -> dict[str, Any]:
    """What stands in the form of a page, as a browser would send it."""
    form = page(client.get(path)).one("form", id="item")
    sent: dict[str, Any] = {each["name"]: each.raw for each in form.all("textarea")}
    for each in form.all("input"):
        if each.attributes.get("type") == "checkbox":
            if "checked" in each:
                sent.setdefault(each["name"], []).append(each.attributes.get("value", "on"))
        elif "name" in each:
            sent[each["name"]] = each.attributes.get("value") or ""
    for each in form.all("select"):
        sent[each["name"]] = next((one["value"] for one in each.all("option") if "selected" in one), "")
    return sent


def write(client: Client, item: Drill | Fault, **words: Any) -> Any:
    """The form of one, sent as it came but for these fields."""
    return client.post(f"{of(item)}edit/", {**typed(client, f"{of(item)}edit/"), **words})


def out_of_step() -> set[tuple[str, str]]:
    """(drill, fault) of which only one says that it corrects the other."""
    by_drills = {(each.key, key) for each in Drill.objects.select_related("current") for key in each.others}
    by_faults = {(key, each.key) for each in Fault.objects.select_related("current") for key in each.others}
    return by_drills ^ by_faults


# The tables ----------------------------------------------------------------------------------------------------------


def test_finding_filtering_and_sorting_by_the_address(olga: Client, cast: Cast) -> None:
    dowel = Stage.objects.get(key="dowel")
    assert names(olga, "?q=dowel+HINGE") == ["Dowel hinge", "Horizontal dowel hinge"]
    assert set(names(olga, f"?stage={dowel.pk}")) >= {"Dowel hinge"}
    assert "Cat-cow" in names(olga, "?stage=none") and "Dowel hinge" not in names(olga, "?stage=none")
    assert "Cat-cow" in names(olga, "?equipment=mat") and "Dowel hinge" not in names(olga, "?equipment=mat")
    assert names(olga, "?fault=chin-up&q=dowel") == ["Dowel hinge"]
    assert "Cat-cow" in names(olga, "?source=elhlimi") and "Dowel hinge" not in names(olga, "?source=elhlimi")
    every = names(olga)
    assert every == sorted(every, key=fold) and names(olga, "?sort=-name") == every[::-1]
    assert names(olga, "?sort=stage")[0] in names(olga, f"?stage={Stage.objects.get(key='wall-tap').pk}")
    assert names(olga, "?q=nothing+like+it") == []
    # What makes no sense asks for nothing.
    assert names(olga, "?stage=x&sort=y&page=z") == every
    assert names(olga, "?q=chin", FAULTS) == ["chin up"]


def test_whose_they_are_is_a_filter(olga: Client) -> None:
    write(olga, drill("cat-cow"), name="Our cat-cow")
    olga.post(f"{DRILLS}new/", {"name": "Sandbag carry"})
    assert names(olga, "?state=left") == ["Our cat-cow"]
    assert names(olga, "?state=own") == ["Sandbag carry"]
    assert "Our cat-cow" in names(olga, "?state=shipped") and "Sandbag carry" not in names(olga, "?state=shipped")
    assert not {"Our cat-cow", "Sandbag carry"} & set(names(olga, "?state=followed"))


def test_while_somebody_types_the_table_alone_is_sent(olga: Client) -> None:
    part = olga.get(f"{DRILLS}?q=cat", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div class="found" id="found"') and "Cat-cow" in part and "<html" not in part
    assert "<html" in olga.get(f"{DRILLS}?q=cat").content.decode()


def test_five_thousand_drills_ask_as_little_as_fifty(olga: Client, cast: Cast) -> None:
    def asked(query: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert olga.get(f"{DRILLS}{query}").status_code == 200
        return len(queries)

    few = [asked(query) for query in ("", "?q=a&sort=stage", "?fault=chin-up")]
    made = Drill.objects.bulk_create(Drill(key=f"own_{n}", follows_shipped=False) for n in range(60))
    for each in made:
        each.revise(name=f"Drill {each.key}", corrects=["chin-up"])
    assert [asked(query) for query in ("", "?q=a&sort=stage", "?fault=chin-up")] == few
    assert max(few) < 10
    assert len(names(olga)) == 50 and len(names(olga, "?page=2&q=drill+own")) == 10


# Writing -------------------------------------------------------------------------------------------------------------


def test_the_form_sent_as_it_came_changes_nothing(olga: Client) -> None:
    for item in (drill("couch-stretch"), drill("dowel-hinge"), fault("chin-up"), fault("squats-it")):
        sent = typed(olga, f"{of(item)}edit/")
        with nothing_written():
            assert olga.post(f"{of(item)}edit/", sent)["Location"] == of(item)
        item.refresh_from_db()
        assert item.follows_shipped and item.words.number == 1


def test_a_change_makes_it_the_gyms_own_and_is_said_before(olga: Client, cast: Cast) -> None:
    cat = drill("cat-cow")
    assert "Once you save a change it is the gym’s own" in olga.get(f"{of(cat)}edit/").content.decode()
    answer = write(olga, cat, cues="Slowly\n\n  Breathe  out \nSlowly", line="3 × 8 a side", **{"need-band": "2"})
    assert answer["Location"] == of(cat)
    cat = drill("cat-cow")
    assert not cat.follows_shipped and cat.words.number == 2
    assert cat.words.cues == ["Slowly", "Breathe out"]
    assert cat.words.dose == {"text": "3 × 8 a side", "sets": 3, "reps": 8, "per_side": True}
    assert cat.words.equipment == {"mat": 1, "band": 2}
    assert {"cues", "dose", "equipment"} <= set(cat.words.own_fields)
    # The next release leaves it alone, and brings one that follows up to date.
    drill("brace").revise(summary="A former release.")
    load_library(cast.northside, make.shipped())
    assert drill("cat-cow").words.number == 2
    assert drill("brace").words.summary != "A former release."
    said = Change.objects.get(what="library.write", about_id=cat.pk)
    assert said.differences["cues"] == [" · ".join(cat.revisions.get(number=1).cues), "Slowly · Breathe out"]


def test_what_cannot_be_is_said_beside_its_field(olga: Client) -> None:
    cat = drill("cat-cow")
    for words, sentence in (
        ({"name": " "}, "Give it a name."),
        ({"name": "dowel HINGE"}, "Another drill is called so."),
        ({"video": "http://a.example/x"}, "Give a whole link that begins with https://."),
        ({"video": "https://user name"}, "Give a whole link that begins with https://."),
        ({"cues": "\n".join("abcdefg")}, "These are more than 6 cues."),
        ({"need-mat": "many"}, "Write a number from 1 to 20, or leave it empty."),
        ({"corrects": ["nothing"]}, "Choose from the list."),
    ):
        with nothing_written():
            answer = write(olga, cat, **words)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    with nothing_written():
        answer = write(olga, fault("chin-up"), **{"drill-1": "hinge"})
    assert answer.status_code == 422 and "Type a little more." in answer.content.decode()


def test_two_owners_see_both_wordings(olga: Client, cast: Cast) -> None:
    cat = drill("cat-cow")
    first, second = typed(olga, f"{of(cat)}edit/"), typed(olga, f"{of(cat)}edit/")
    olga.post(f"{of(cat)}edit/", {**first, "summary": "Hers."})
    with nothing_written():
        answer = olga.post(f"{of(cat)}edit/", {**second, "summary": "His."})
    assert answer.status_code == 409
    both = page(answer).one("div", id="differences-meanwhile").text
    assert "His." in both and "Hers." in both
    # Saving again is a choice: the page knows by now what it replaces.
    again = page(answer).one("form", id="item").one("input", name="was")["value"]
    assert olga.post(f"{of(cat)}edit/", {**second, "summary": "His.", "was": again}).status_code == 302
    assert drill("cat-cow").words.summary == "His."
    # Who wants what is there already loses nothing.
    assert olga.post(f"{of(cat)}edit/", {**second, "summary": "His."}).status_code == 302


def test_what_was_taught_keeps_its_words_and_what_comes_takes_the_new_ones(
    olga: Client, cast: Cast, evening: ClassSession
) -> None:
    template = ClassTemplate.objects.get(key="hinge-foundations")
    planned = next(part.drill for block in template.blocks.all() for part in block.drills.all())
    slot = make.weekly_slot(evening, weekday=(timezone.now().weekday() + 1) % 7)
    make_coming(cast.northside, timezone.now())
    make.tap(evening, cast.ana, "assign", by=cast.carla, drill=planned.key, wanted=True)
    before = planned.words.name
    write(olga, planned, name="Quite another name")
    evening.refresh_from_db()
    assert before in str(evening.plan) and "Quite another name" not in str(evening.plan)
    coming = ClassSession.objects.filter(slot=slot, starts_at__gt=timezone.now()).first()
    assert coming and "Quite another name" in str(coming.plan)
    assert AssignedDrill.objects.get(member=cast.ana).drill.name == before


# Which drill corrects which fault ------------------------------------------------------------------------------------


def test_drills_and_faults_say_the_same_of_each_other(olga: Client) -> None:
    assert out_of_step() == set()
    write(olga, drill("cat-cow"), corrects=["chin-up"])
    assert fault("chin-up").words.drills[-1] == "cat-cow" and not fault("chin-up").follows_shipped
    assert "cat-cow" not in fault("rounds-low-back").words.drills
    write(olga, fault("chin-up"), **{"drill-1": "Cat-cow", "drill-2": "brace"})
    assert fault("chin-up").words.drills == ["cat-cow", "brace", *fault("chin-up").words.drills[2:]]
    assert "chin-up" in drill("brace").words.corrects
    assert out_of_step() == set()


def test_a_fault_that_more_drills_correct_than_can_be_typed_keeps_them_all(olga: Client) -> None:
    item, keys = fault("chin-up"), sorted(Drill.objects.values_list("key", flat=True))[: MOST_DRILLS + 5]
    item.revise(drills=keys)
    assert write(olga, item, cue="Look at the floor.").status_code == 302
    said = fault("chin-up").words
    assert (said.cue, said.drills) == ("Look at the floor.", keys)
    # One of them is still taken out by emptying its field, and no room is given for more.
    assert f"drill-{len(keys) + 1}" not in typed(olga, f"{of(item)}edit/")
    write(olga, item, **{"drill-1": ""})
    assert fault("chin-up").words.drills == keys[1:]


KEYS = (["cat-cow", "brace", "dowel-hinge"], ["chin-up", "rounds-low-back", "over-arches"])


@settings(
    max_examples=6,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["drill", "fault", "follow drill", "follow fault", "release"]),
            st.integers(0, 2),
            st.sets(st.integers(0, 2)),
        ),
        max_size=6,
    )
)
def test_they_stay_in_step_after_whatever_was_done(
    olga: Client, cast: Cast, done: list[tuple[str, int, set[int]]]
) -> None:
    now, shipped = timezone.now(), following.shipped()
    for what, which, named in done:
        is_fault = "fault" in what
        item = fault(KEYS[1][which]) if is_fault else drill(KEYS[0][which])
        if what == "release":
            load_library(cast.northside, make.shipped())
        elif what.startswith("follow"):
            item.follow(shipped.of(type(item))[item.key], was=item.words.number, at=now)
        else:
            words = {item.names_others: [KEYS[0 if is_fault else 1][each] for each in sorted(named)]}
            item.rewrite(words, was=item.words.number, at=now)
        assert out_of_step() == set()
        assert all(
            getattr(each.words, each.names_others) == shipped.of(type(each))[each.key][each.names_others]
            for each in (*Drill.objects.select_related("current"), *Fault.objects.select_related("current"))
            if each.follows_shipped
        )


# The gym's own, and the shipped one ----------------------------------------------------------------------------------


def test_a_copy_stands_beside_the_shipped_one(olga: Client) -> None:
    cat = drill("cat-cow")
    sent = typed(olga, f"{DRILLS}new/?copy={cat.pk}")
    assert sent["name"] == "" and "corrects" not in sent
    sent["name"] = "Cat-cow against a wall"
    # A second press of the same button makes no second one.
    first, second = (olga.post(f"{DRILLS}new/?copy={cat.pk}", sent) for _press in range(2))
    assert first["Location"] == second["Location"]
    copy = Drill.objects.select_related("current").get(current__name="Cat-cow against a wall")
    assert (copy.key, copy.follows_shipped, copy.words.cues) == ("own_cat_cow_against_a_wall", False, cat.words.cues)
    assert copy.words.dose == cat.words.dose and copy.words.sources == cat.words.sources
    assert {"name", *cat.words.own_fields} <= set(copy.words.own_fields) and "summary" not in copy.words.own_fields
    assert drill("cat-cow").follows_shipped
    assert Change.objects.get(what="library.make").differences["name"] == [None, "Cat-cow against a wall"]
    # Nothing is missing of another gym's, or of none.
    assert olga.get(f"{DRILLS}new/?copy={uuid4()}").status_code == 404
    assert olga.get(f"{DRILLS}new/?copy=x").status_code == 200


def test_a_new_fault_with_its_drills(olga: Client) -> None:
    olga.post(f"{FAULTS}new/", {"name": "looks away", "cue": "Eyes on the wall", "drill-1": "cat-cow"})
    made = Fault.objects.select_related("current").get(current__name="looks away")
    assert made.words.drills == ["cat-cow"] and made.key in drill("cat-cow").words.corrects
    # The owner finds it for a stage.
    assert "looks away" in names(olga, "?state=own", FAULTS)


def test_following_the_shipped_one_again(olga: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cat = drill("cat-cow")
    # Nothing to follow for one that does.
    assert olga.get(f"{of(cat)}shipped/")["Location"] == of(cat)
    write(olga, cat, summary="Ours.", corrects=["chin-up"])
    assert "has changed since" not in olga.get(of(cat)).content.decode()
    shown = page(olga.get(f"{of(cat)}shipped/"))
    assert "Ours." in shown.one("div", id="differences-shipped").text
    assert "chin up, rounds low back" in shown.text
    released = following.shipped()
    newer = {**released.drills, "cat-cow": {**released.drills["cat-cow"], "summary": "As of the next release."}}
    monkeypatch.setattr(following, "shipped", lambda: following.Shipped(newer, released.faults))
    monkeypatch.setattr("programming.item_page.shipped", following.shipped)
    assert "has changed since" in olga.get(of(cat)).content.decode()
    with nothing_written():
        assert olga.post(f"{of(cat)}shipped/", {"was": "1"}).status_code == 409
    assert olga.post(f"{of(cat)}shipped/", {"was": "2"})["Location"] == of(cat)
    cat = drill("cat-cow")
    assert cat.follows_shipped and cat.words.summary == "As of the next release."
    assert cat.words.corrects == ["rounds-low-back"] and out_of_step() == set()
    assert Change.objects.get(what="library.follow").differences["follows_shipped"] == [False, True]
    earlier = page(olga.get(of(cat))).one("section", id="versions").text
    assert "Ours." in earlier


def test_a_writer_who_read_an_older_one_is_told(olga: Client) -> None:
    cat = drill("cat-cow")
    cat.rewrite({"summary": "One."}, was=1, at=timezone.now())
    with pytest.raises(WrittenMeanwhile):
        cat.rewrite({"summary": "Two."}, was=1, at=timezone.now())


# Retiring ------------------------------------------------------------------------------------------------------------


def used(client: Client, item: Drill | Fault) -> Element:
    return page(client.get(f"{of(item)}retired/")).one("section", id="used")


def test_where_it_is_used_is_shown_before_it_is_retired(olga: Client, cast: Cast, evening: ClassSession) -> None:
    hinge = drill("dowel-hinge")
    make.tap(evening, cast.ana, "assign", by=cast.carla, drill="dowel-hinge", wanted=True)
    make.tap(evening, cast.ben, "assign", by=cast.carla, after=10, drill="dowel-hinge", wanted=True)
    make.tap(evening, cast.ben, "assign", by=cast.carla, after=20, drill="dowel-hinge", wanted=False)
    make.weekly_slot(evening, weekday=(timezone.now().weekday() + 1) % 7)
    make_coming(cast.northside, timezone.now())
    make.changed_ladder(Progression.objects.get(key="hip-hinge"), by=cast.olga)
    said = used(olga, hinge).text
    for words in ("Hip hinge: Dowel", "Ladders that are being changed", "chin up", "Hinge Foundations:", "Ana Alves"):
        assert words in said
    assert "Coming classesHinge Foundations, " in said and "Ben Baker" not in said
    said = used(olga, fault("head-off-dowel")).text
    assert "Hip hinge: Dowel" in said and "Dowel hinge" in said and "Self-checks" in said
    olga.post(f"{DRILLS}new/", {"name": "Sandbag carry"})
    assert "Nowhere yet." in used(olga, Drill.objects.get(current__name="Sandbag carry")).text


def test_a_retired_drill_is_not_chosen_any_more_and_old_plans_keep_it(
    olga: Client, cast: Cast, evening: ClassSession
) -> None:
    cat, now = drill("cat-cow"), timezone.now()
    before = evening.plan
    assert olga.post(f"{of(cat)}retired/", {"retired": "yes"})["Location"] == of(cat)
    olga.post(f"{of(cat)}retired/", {"retired": "yes"})
    assert Change.objects.filter(what="library.retire").count() == 1
    assert "Cat-cow" not in names(olga) and names(olga, "?retired=yes") == ["Cat-cow"]
    assert "cat-cow" not in {each.key for each in Drills.read().on_offer}
    evening.refresh_from_db()
    assert evening.plan == before
    assert "taught no more since" in olga.get(of(cat)).content.decode()
    olga.post(f"{of(cat)}retired/", {"retired": "no"})
    assert "Cat-cow" in names(olga) and drill("cat-cow").retired_at is None
    with nothing_written():
        assert olga.post(f"{of(cat)}retired/", {}).status_code == 422
    assert now <= timezone.now()


def test_in_class_nobody_is_given_a_retired_drill(olga: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    drill("horizontal-dowel-hinge").retire(True, at=make.moment(evening, 60))
    drill("cat-cow").retire(True, at=make.moment(evening, 60))
    # Neither in today's plan, nor as somebody's own, nor to do at home.
    given: dict[str, Any] = {"block": 0, "place": 0, "drill": "horizontal-dowel-hinge"}
    assert make.step(evening, "drill", by=cast.carla, after=70, **given).refusal == Refusal("drill_retired")
    for kind, values in (
        ("drill", {"stage": "dowel", "drill": "horizontal-dowel-hinge"}),
        ("assign", {"drill": "cat-cow", "wanted": True}),
    ):
        refused = make.tap(evening, cast.ana, kind, by=cast.carla, after=80, **values).refusal
        assert refused and refused.code == "drill_retired"
        # A tap that waited on the tablet since before is not too late.
        assert make.tap(evening, cast.ana, kind, by=cast.carla, after=50, arrives=90, **values).refusal is None
    # Open boards and every ladder in memory know of it.
    words = Progression.objects.get(key="hip-hinge").ladder()
    assert words.drills["cat-cow"].retired_at and "horizontal-dowel-hinge" in words.ladder.stages[1].untaught


def test_a_retired_fault_is_on_no_sheet_and_stays_where_it_was_seen(
    olga: Client, cast: Cast, evening: ClassSession
) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "fault", by=cast.carla, after=40, fault="chin-up")
    fault("chin-up").retire(True, at=make.moment(evening, 60))
    make.place(evening, cast.ben, "dowel", by=cast.carla, after=65)
    sheet = page(signed_in(cast.carla).get(f"/gym/northside-barbell/class/{evening.pk}/{cast.ben.pk}/sheet/"))
    assert not sheet.all("button", name="fault", value="chin-up")
    assert sheet.all("button", name="fault", value="head-off-dowel")
    member = page(signed_in(cast.carla).get(f"/gym/northside-barbell/class/{evening.pk}/{cast.ana.pk}/member/"))
    assert "chin up" in member.text
