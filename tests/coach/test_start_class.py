"""Start a class that nobody had planned, from a template."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate
from tests import make
from tests.coach.screen import Screen, everything, nothing_written, page
from tests.page import Element
from tests.people import Cast
from tests.screen.tv import hung

pytest_plugins = ["tests.people"]

GYM = "/gym/northside-barbell/"
START = f"{GYM}class/start/"
KEY = "018f0000-0000-4000-8000-00000000aaaa"


def form(screen: Screen) -> Element:
    return page(screen.client.get(f"{GYM}today/")).one("form", class_="unplanned")


def template(cast: Cast, key: str = "hinge-foundations") -> ClassTemplate:
    with in_gym(cast.northside):
        found: ClassTemplate = ClassTemplate.objects.get(key=key)
    return found


def classes() -> int:
    return make.row_count(ClassSession)


def test_a_form_of_one_choice_and_one_button(paper: Screen, cast: Cast) -> None:
    shown = form(paper)
    assert shown["action"] == START
    assert [option.text for option in shown.all("option")] == [
        "Hinge Foundations",
        "Hinge under load",
        "Ten-minute hinge prep",
    ]
    choice = shown.one("select")
    assert [label.text for label in shown.all("label") if label["for"] == choice["id"]] == ["Class template"]


def test_it_stands_on_the_tv_of_its_room_and_on_those_of_every_room(paper: Screen, cast: Cast) -> None:
    loft, cellar, every = (hung(cast.olga, room=room) for room in ("Loft", "Cellar", ""))
    for room in ("Loft", "Cellar"):
        ahead = timezone.now() + timedelta(days=1)
        make.class_session(cast.northside, room=room, starts_at=ahead)
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=paper.session.pk).update(room="Cellar", name="Cellar class")
    choice = form(paper).all("select")[1]
    assert [option.text for option in choice.all("option")] == ["None of them", "Cellar", "Loft"]

    def shown() -> list[str]:
        return [each.shows().one("h1").text for each in (loft, cellar, every)]

    assert shown() == ["No class now", "Cellar class", "Cellar class"]
    paper.client.post(START, {"template": template(cast).pk})
    assert shown() == ["No class now", "Cellar class", "Hinge Foundations"]
    paper.client.post(START, {"template": template(cast, "hinge-under-load").pk, "room": "Loft"})
    assert shown() == ["Hinge under load", "Cellar class", "Hinge under load"]
    with nothing_written():
        assert paper.client.post(START, {"template": template(cast).pk, "room": "Attic"}).status_code == 422


def test_it_leads_to_its_board(paper: Screen, cast: Cast) -> None:
    before = timezone.now()
    sent = {field["name"]: field["value"] for field in form(paper).all("input")}
    answer = paper.client.post(START, {**sent, "template": template(cast).pk})
    assert answer.status_code == 302
    with in_gym(cast.northside):
        session = ClassSession.objects.exclude(pk=paper.session.pk).get()
        assert (session.name, session.coach, session.slot) == ("Hinge Foundations", cast.carla, None)
        assert before <= session.starts_at <= timezone.now()
        assert session.started_at == session.starts_at
        assert session.plan == template(cast).plan()
        assert session.ladders.count() == 1
    assert answer.headers["Location"] == f"{GYM}class/{session.pk}/"
    board = page(paper.client.get(answer.headers["Location"]))
    assert "0 here · 0 seen" in board.one("span", id="counts").text
    assert board.button("+ Add someone")


def test_pressed_twice_it_starts_once(paper: Screen, cast: Cast) -> None:
    sent = {"key": KEY, "template": template(cast).pk}
    first = paper.client.post(START, sent)
    before = everything()
    again = paper.client.post(START, sent)
    assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    assert everything() == before
    assert classes() == 2


def test_each_page_starts_a_class_of_its_own(paper: Screen, cast: Cast) -> None:
    for _page in range(2):
        key = form(paper).one("input", name="key")["value"]
        paper.client.post(START, {"key": key, "template": template(cast).pk})
    assert classes() == 3


def test_a_key_that_another_gym_has_used_is_free_here(paper: Screen, cast: Cast) -> None:
    make.library(cast.harbour)
    with in_gym(cast.harbour):
        theirs = ClassTemplate.objects.get(key="hinge-foundations")
    assert cast.nia_at_harbour.user is not None
    paper.client.force_login(cast.nia_at_harbour.user)
    paper.client.post("/gym/harbour-strength/class/start/", {"key": KEY, "template": theirs.pk})
    assert cast.carla.user is not None
    paper.client.force_login(cast.carla.user)
    answer = paper.client.post(START, {"key": KEY, "template": template(cast).pk})
    assert paper.client.get(answer.headers["Location"]).status_code == 200
    with in_gym(cast.northside):
        assert ClassSession.objects.filter(pk=UUID(answer.headers["Location"].split("/")[-2])).exists()


def test_nonsense_is_refused_beside_the_field(paper: Screen, cast: Cast) -> None:
    unknown = ["nonsense", "🏋️", "018f0000-0000-7000-8000-00000000dead", "x" * 1_000_000]
    table: list[tuple[dict[str, str], str]] = [
        ({}, "Choose a class template."),
        ({"template": ""}, "Choose a class template."),
        *(({"template": each}, "Choose one of the templates.") for each in unknown),
    ]
    with nothing_written():
        for values, sentence in table:
            answer = paper.client.post(START, values)
            assert answer.status_code == 422
            field = page(answer).one("select")
            assert field["aria-invalid"] == "true"
            assert page(answer).one(id=field["aria-describedby"].split()[-1]).text == sentence
            assert len(answer.content) < 60_000


def test_a_damaged_key_is_refused(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        answer = paper.client.post(START, {"key": "nonsense", "template": template(cast).pk})
    assert answer.status_code == 422
    assert "This tap did not arrive whole. Tap again." in page(answer).text


def test_no_archived_template_and_no_other_gyms(paper: Screen, cast: Cast) -> None:
    make.library(cast.harbour)
    with in_gym(cast.harbour):
        theirs = ClassTemplate.objects.get(key="hinge-foundations")
    gone = template(cast, "hinge-under-load")
    gone.archived_at = timezone.now()
    gone.save()
    assert [option.text for option in form(paper).all("option")] == ["Hinge Foundations", "Ten-minute hinge prep"]
    with nothing_written():
        for each in (theirs, gone):
            assert paper.client.post(START, {"template": each.pk}).status_code == 422


def test_it_is_posted_by_a_coach(paper: Screen, cast: Cast) -> None:
    sent = {"template": str(template(cast).pk)}
    with nothing_written():
        assert paper.client.get(START, sent).status_code == 405
        for person, status in ((cast.ana, 403), (cast.nia, 403), (cast.hana, 404)):
            assert person.user is not None
            paper.client.force_login(person.user)
            assert paper.client.post(START, sent).status_code == status
