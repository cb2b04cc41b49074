"""Rest clean: one tap says "clean" of everyone here who was not seen yet, and one takes it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Assessment, Attendance, ClassSession, Tap, Undo
from tests import make
from tests.coach.groups import answer_is_everyone, bar, group, said, send
from tests.coach.screen import Screen, nothing_written, page, standing
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

HELD = "Chiara C. is held for pain."


@pytest.fixture
def placed(cast: Cast, evening: ClassSession) -> None:
    """Ana and Ben stand on the dowel stage and Chiara at the wall; Dev and Nia stand nowhere yet."""
    for member, stage in ((cast.ana, "dowel"), (cast.ben, "dowel"), (cast.chiara, "wall-tap")):
        make.place(evening, member, stage, by=cast.carla, after=60)


def held_elsewhere(cast: Cast, member: Membership) -> None:
    """Pain was reported in another class: held here too, and not seen here."""
    make.tap(make.class_session(cast.northside, [member]), member, "pain", by=cast.kim, after=90)


def rest(screen: Screen) -> list[str]:
    """Whom the screen shows as the rest."""
    return [field["value"].split(":")[0] for field in screen.board().all("input", name="member", form="rest")]


def rest_clean(screen: Screen, *people: Membership, **values: str) -> Answer:
    """Send the tap for just these people."""
    return send(screen, "rest/", *people, **values)


def undo(screen: Screen, **values: str) -> Answer:
    """Send an undo of a tap for several people."""
    return send(screen, "several/undo/", **values)


@pytest.mark.usefixtures("placed")
def test_one_tap_for_everyone_not_yet_seen(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ben, "fault", by=cast.carla, after=90, fault="chin-up")
    assert rest(screen) == [str(cast.ana.pk), str(cast.chiara.pk)]
    footer = answer_is_everyone(screen, screen.press(bar(screen).button("Rest clean")))
    assert footer.one("span", class_="last").text == "Rest clean · 2 people"
    assert "data-refused" not in footer.one("span", class_="last")
    # Each at their own stage and setting.
    with in_gym(cast.northside):
        seen = Assessment.objects.filter(result="clean").select_related("stage__stage").order_by("member__name")
        assert [(each.member_id, each.stage.stage.key, each.setting) for each in seen] == [
            (cast.ana.pk, "dowel", None),
            (cast.chiara.pk, "wall-tap", 200),
        ]
        assert {each.actor_id for each in seen} == {cast.carla.pk}
    assert (standing(cast.ana).clean, standing(cast.ben).clean, standing(cast.dev)) == (1, 0, None)
    assert screen.row(cast.ana).button("Clean")["aria-pressed"] == "true"
    assert "data-seen" not in screen.row(cast.dev)
    assert rest(screen) == []


@pytest.mark.usefixtures("placed")
def test_what_else_it_writes(paper: Screen, cast: Cast) -> None:
    version = paper.session.version
    rest_clean(paper, cast.ana, cast.chiara)
    with in_gym(cast.northside):
        whole = group()
        assert (whole.member_id, whole.outcome, whole.detail) == (None, "applied", {"saw": "clean", "rest": True})
        parts = whole.parts.order_by("member__name")
        assert [(part.member_id, part.kind, part.outcome) for part in parts] == [
            (cast.ana.pk, "saw", "applied"),
            (cast.chiara.pk, "saw", "applied"),
        ]
        assert {part.at for part in parts} == {whole.at} == {each.at for each in Assessment.objects.all()}
        # One change for every screen, however many people: three placements before it.
        assert ClassSession.objects.get(pk=paper.session.pk).version == version + 3 + 1


@pytest.mark.usefixtures("placed")
def test_the_held_the_absent_the_unplaced_and_the_seen_are_not_the_rest(screen: Screen, cast: Cast) -> None:
    make.tap(screen.session, cast.ana, "saw", by=cast.kim, after=90, saw="seen")
    make.tap(screen.session, cast.ben, "attendance", by=cast.carla, after=90, state="no_show")
    held_elsewhere(cast, cast.chiara)
    assert rest(screen) == []
    before = make.row_count(Assessment)
    # An older screen showed them all.
    answer = rest_clean(screen, *cast.members)
    # Like one tap that a rule refuses.
    footer = answer_is_everyone(screen, answer, status=422)
    assert footer.one("span", class_="last").text == f"{HELD} Tap a stage for Dev D. and Nia N. first."
    assert make.row_count(Assessment) == before
    assert group().outcome == "refused"
    assert said(screen) == "Ben B. · not here"


@pytest.mark.usefixtures("placed")
def test_it_was_seen_where_the_screen_showed_them(screen: Screen, second: Screen, cast: Cast) -> None:
    button = bar(screen).button("Rest clean")
    second.tap(cast.ben, "stage", stage="loaded")
    screen.press(button)
    with in_gym(cast.northside):
        assert Assessment.objects.get(member=cast.ben).stage.stage.key == "dowel"
    # By then Ben stands elsewhere: it marks him seen and counts for nothing.
    assert (standing(cast.ana).clean, standing(cast.ben).clean) == (1, 0)
    assert "data-seen" in screen.row(cast.ben)


@pytest.mark.usefixtures("placed")
def test_a_second_press_finds_nobody(screen: Screen, cast: Cast) -> None:
    def says_nobody(answer: Answer) -> str:
        return answer_is_everyone(screen, answer).one("span", class_="last").text

    screen.press(bar(screen).button("Rest clean"))
    answer = screen.press(bar(screen).button("Rest clean"))
    assert says_nobody(answer) == "Nobody to mark: who is not seen yet is held or has no stage."
    assert make.row_count(Assessment) == 3
    assert said(screen) == "Rest clean · 3 people"
    for member in (cast.dev, cast.nia):
        make.place(screen.session, member, "dowel", by=cast.carla, after=90)
    # From a screen that did not show these two yet.
    assert says_nobody(rest_clean(screen, cast.ana)) == "Nobody of those shown is left to mark."
    screen.press(bar(screen).button("Rest clean"))
    assert says_nobody(screen.press(bar(screen).button("Rest clean"))) == "Everyone here is seen."


@pytest.mark.usefixtures("placed")
def test_a_page_sent_again_is_the_same_tap(paper: Screen, tablet: Screen, cast: Cast) -> None:
    button = bar(paper).button("Rest clean")
    held_elsewhere(cast, cast.chiara)
    first = paper.press(button)
    with nothing_written():
        again = paper.press(button)
    assert [page(each).one("span", data_refused="").text for each in (first, again)] == [HELD, HELD]
    # Each page has a key of its own, and scripts one for each tap.
    paper.press(bar(paper).button("Rest clean"))
    tablet.press(button)
    assert Tap.across_gyms.filter(kind="several").count() == 3


@pytest.mark.usefixtures("placed")
def test_the_same_tap_twice_is_one(screen: Screen, cast: Cast) -> None:
    key = str(uuid4())
    held_elsewhere(cast, cast.chiara)
    first = rest_clean(screen, cast.ana, cast.chiara, tap=key)
    with nothing_written():
        again = rest_clean(screen, cast.chiara, cast.ana, tap=key, age="1000")
    assert (again.status_code, again.headers["X-Op"]) == (first.status_code, key)
    assert [page(each).one("span", data_refused="").text for each in (first, again)] == [HELD, HELD]


@pytest.mark.usefixtures("placed")
def test_the_same_key_for_other_people_is_a_conflict(screen: Screen, cast: Cast) -> None:
    key = str(uuid4())
    rest_clean(screen, cast.ana, tap=key)
    with nothing_written():
        for people in ([cast.ana, cast.ben], [cast.ben], []):
            answer = rest_clean(screen, *people, tap=key)
            assert (
                screen.refusal(answer, 409)
                == "This tap came twice with different content, and only the first was kept."
            )
            assert answer.headers["X-Op"] == key


@pytest.mark.usefixtures("placed")
def test_one_undo_takes_all_of_it_out(screen: Screen, second: Screen, cast: Cast) -> None:
    screen.press(bar(screen).button("Rest clean"))
    assert said(second) == "Rest clean · 3 people · Carla C."
    button = bar(second).button("Undo")
    assert button.text == "Undo: Rest clean · 3 people"
    footer = answer_is_everyone(second, second.press(button))
    assert footer.one("span", class_="last").text == "Chiara C. · to wall · Carla C."
    assert [standing(member).clean for member in (cast.ana, cast.ben, cast.chiara)] == [0, 0, 0]
    assert len(rest(screen)) == 3
    # Both are kept: what was undone, and who undid it.
    with in_gym(cast.northside):
        undone = Tap.objects.get(kind="undo", member=None)
        assert (undone.actor, undone.detail) == (cast.kim, {"undone": str(group().key)})
        assert {each.undone.group_id for each in Undo.objects.select_related("undone")} == {group().pk}
        assert Assessment.objects.count() == 3


@pytest.mark.usefixtures("placed")
def test_two_who_undo_the_same_undo_one(screen: Screen, second: Screen, cast: Cast) -> None:
    screen.press(bar(screen).button("Rest clean"))
    button, same = bar(screen).button("Undo"), bar(second).button("Undo")
    screen.press(button)
    footer = answer_is_everyone(second, second.press(same))
    assert "data-refused" not in footer.one("span", class_="last")
    assert make.row_count(Undo) == 3
    key = str(uuid4())
    undo(screen, undone=str(group().key), tap=key)
    with nothing_written():
        assert undo(screen, undone=str(group().key), tap=key).headers["X-Op"] == key
    assert make.row_count(Undo) == 3


@pytest.mark.usefixtures("placed")
def test_an_undo_before_its_tap_is_answered_the_same_after_it(screen: Screen, cast: Cast) -> None:
    key, undone = str(uuid4()), str(uuid4())
    for _time in range(2):
        answer = undo(screen, undone=undone, tap=key)
        assert screen.refusal(answer) == "That tap is not one of this class."
        rest_clean(screen, cast.ana, tap=undone)
    assert standing(cast.ana).clean == 1


@pytest.mark.usefixtures("placed")
def test_who_was_tapped_since_is_kept_and_named(screen: Screen, cast: Cast) -> None:
    screen.press(bar(screen).button("Rest clean"))
    later = timezone.now() + timedelta(seconds=1)
    with in_gym(cast.northside):
        since: list[tuple[str, Membership, dict[str, Any]]] = [
            ("fault", cast.ana, {"fault": "chin-up"}),
            ("note", cast.ben, {"note": "Stiff."}),
        ]
        for kind, member, values in since:
            screen.session.record_tap(make.screen_tap(kind, member, by=cast.kim, **values), now=later)
    footer = answer_is_everyone(screen, undo(screen, undone=str(group().key)))
    assert footer.one("span", data_refused="").text == "Kept: Ana A., who was tapped since."
    # A note says nothing of where Ben stands.
    assert [standing(member).clean for member in (cast.ben, cast.chiara)] == [0, 0]
    with in_gym(cast.northside):
        left = [part.member_id for part in group().parts.all().standing()]
    assert left == [cast.ana.pk]
    # What was built on comes first; then nothing holds the rest of it.
    assert said(screen) == "Ben B. · note · Kim K."
    for words in ("Ana A. · chin up · Kim K.", "Rest clean · 1 person", "Chiara C. · to wall"):
        screen.press(bar(screen).button("Undo"))
        assert said(screen) == words
    assert not screen.board().all("span", data_refused="")


@pytest.mark.usefixtures("placed")
def test_the_exceptions_go_one_by_one(screen: Screen, cast: Cast) -> None:
    screen.press(bar(screen).button("Rest clean"))
    shown = page(screen.press(bar(screen).button("Last taps"))).one("li", id=f"tap-{group().key}")
    assert [button.text for button in shown.all("button")] == [
        "Undo: Rest clean · 3 people",
        "Undo Ana A.",
        "Undo Ben B.",
        "Undo Chiara C.",
    ]
    row = screen.answer_is_own_row(screen.press(shown.button("Undo Ben B.")), cast.ben)
    assert row.button("Clean")["aria-pressed"] == "false"
    assert said(screen) == "Rest clean · 2 people"
    assert rest(screen) == [str(cast.ben.pk)]
    # Each of them, and nothing is left to undo.
    for member in (cast.ana, cast.chiara):
        shown = page(screen.get("taps/")).one("li", id=f"tap-{group().key}")
        screen.press(shown.button(f"Undo {member.short_name}"))
    assert said(screen) == "Chiara C. · to wall"
    assert [item["id"] for item in page(screen.get("taps/")).one("ol").children if str(group().key) in item["id"]] == []


@pytest.mark.usefixtures("placed")
def test_its_parts_are_no_entries_of_their_own(paper: Screen, cast: Cast) -> None:
    rest_clean(paper, cast.ana, cast.ben)
    names = [item.one("b").text for item in page(paper.get("taps/")).one("ol", class_="undo-list").children]
    assert names == ["Rest clean", "Chiara C.", "Ben B.", "Ana A."]
    # Nor can all of them be given to somebody else.
    assert paper.get(f"taps/{group().key}/wrong-person/").status_code == 404
    undo(paper, undone=str(group().key))
    whole = Tap.across_gyms.get(kind="undo", member=None)
    assert paper.get(f"taps/{whole.key}/wrong-person/").status_code == 404


@pytest.mark.usefixtures("placed")
def test_a_tap_that_comes_in_late_takes_who_was_not_seen_then(paper: Screen, cast: Cast) -> None:
    session = paper.session
    make.tap(session, cast.ana, "saw", by=cast.kim, after=90, saw="not_yet")
    make.tap(session, cast.ben, "saw", by=cast.kim, after=200, saw="not_yet")
    make.tap(session, cast.chiara, "saw", by=cast.kim, after=90, saw="not_yet")
    make.tap(session, cast.chiara, "saw", by=cast.kim, after=200, saw="not_yet")
    age = timezone.now() - make.moment(session, 150)
    rest_clean(paper, cast.ana, cast.ben, cast.chiara, age=str(age // timedelta(milliseconds=1)))
    with in_gym(cast.northside):
        assert [part.member_id for part in group().parts.all()] == [cast.ben.pk]
        # Ben's "not yet" came after it and stands.
        assert Attendance.objects.get(session=session, member=cast.ben).seen_at == make.moment(session, 200)
    assert standing(cast.ben).clean == 0


def test_nonsense_is_refused_in_words(screen: Screen, cast: Cast) -> None:
    damaged = [{"member": "nonsense"}, {"member": "🏋️"}, {"member": "x" * 1_000_000}, {"member": "1:2:3"}, {"age": "-1"}]
    damaged += [{"member": f"{cast.ana.pk}:{rest}"} for rest in (2**40, "x", "-1", "1:nonsense")]
    damaged += [{"tap": "nonsense"}, {"member": ""}]
    undamaged = {"member": str(cast.ana.pk)}
    with nothing_written():
        for values in damaged:
            answer = send(screen, "rest/", **{**undamaged, **values})
            assert screen.refusal(answer) == "This tap did not arrive whole. Tap again."
        for values in ({}, {"undone": ""}, {"undone": "nonsense"}, {"undone": "x" * 1_000_000}):
            assert screen.refusal(undo(screen, **values)) == "This tap did not arrive whole. Tap again."


@pytest.mark.usefixtures("placed")
def test_only_taps_for_several_of_this_class_are_undone_so(screen: Screen, cast: Cast) -> None:
    other_class = make.class_session(cast.northside, [cast.ana, cast.ben], coach=cast.carla)
    rest_clean(Screen(screen.client, other_class, cast.carla), cast.ana)
    with in_gym(cast.northside):
        alone = Tap.objects.filter(session=screen.session)[0]
        part = group().parts.get()
    for key in (group().key, alone.key, part.key, uuid4()):
        assert screen.refusal(undo(screen, undone=str(key))) == "That tap is not one of this class."
    assert make.row_count(Undo) == 0
    # Nor can one for several be taken out as if it were one person's.
    rest_clean(screen, cast.chiara)
    answer = screen.tap(cast.chiara, "undo", undone=group().key)
    assert screen.refusal(answer) == "That tap is not one of this class."


@pytest.mark.usefixtures("placed")
def test_only_for_people_of_this_class(screen: Screen, cast: Cast) -> None:
    away = make.person(cast.northside, "Away Abel")
    with nothing_written():
        for stranger in (away, cast.sam, cast.hana, cast.nia_at_harbour):
            key = str(uuid4())
            answer = rest_clean(screen, cast.ana, stranger, tap=key)
            assert (answer.status_code, answer.headers["X-Op"]) == (404, key)


@pytest.mark.usefixtures("placed")
def test_who_may(screen: Screen, cast: Cast) -> None:
    with nothing_written():
        assert screen.get("rest/").status_code == screen.get("several/undo/").status_code == 405
        for person, status in ((cast.hana, 404), (cast.ana, 403), (cast.nia, 403)):
            assert person.user is not None
            screen.client.force_login(person.user)
            key = str(uuid4())
            for answer in (rest_clean(screen, cast.ana, tap=key), undo(screen, undone=str(uuid4()), tap=key)):
                assert (answer.status_code, answer.headers["X-Op"]) == (status, key)
        screen.client.logout()
        answer = rest_clean(screen, cast.ana, tap=str(uuid4()))
        assert answer.status_code == (401 if screen.htmx else 302)
        assert "X-Op" not in answer.headers
