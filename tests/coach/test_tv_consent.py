"""On the TV: a coach records whether somebody agreed to be named there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Attendance, ClassSession
from tests import make
from tests.coach.screen import Screen, nothing_written, page
from tests.coach.test_limits import version
from tests.coach.test_member_sheet import answered, member_sheet
from tests.page import Element
from tests.people import Cast
from tests.screen.tv import hung

pytest_plugins = ["tests.people"]


def agreed(member: Membership) -> bool:
    return Membership.across_gyms.get(pk=member.pk).tv_consent


def buttons(sheet: Element) -> dict[str, str]:
    """The two buttons with what is pressed: "Shown as Ana A." → "false"."""
    found = sheet.one("section", id="on-tv").all("button")
    return {button.text: button["aria-pressed"] for button in found}


def test_there_and_back(screen: Screen, cast: Cast) -> None:
    sheet = member_sheet(screen, cast.chiara)
    assert buttons(sheet) == {"Shown as Chiara C.": "false", "Not shown": "true"}
    sheet = answered(screen, screen.press(sheet.button("Shown as Chiara C.")), cast.chiara)
    assert buttons(sheet) == {"Shown as Chiara C.": "true", "Not shown": "false"}
    assert agreed(cast.chiara)
    assert not any(agreed(each) for each in cast.members if each != cast.chiara)
    sheet = answered(screen, screen.press(sheet.button("Not shown")), cast.chiara)
    assert buttons(sheet) == {"Shown as Chiara C.": "false", "Not shown": "true"}
    assert not agreed(cast.chiara)


def test_it_leads_back_to_the_panel_and_the_time_shown(paper: Screen, cast: Cast) -> None:
    answer = paper.press(member_sheet(paper, cast.ana, "?period=all").button("Shown as Ana A."))
    assert answer.headers["Location"] == f"{paper.url(cast.ana, 'member')}?period=all#on-tv"


def test_the_name_as_the_room_will_read_it(tablet: Screen, cast: Cast) -> None:
    with in_gym(cast.northside):
        Membership.objects.filter(pk=cast.ben.pk).update(shown_name="Big <Ben>")
        Membership.objects.filter(pk=cast.chiara.pk).update(is_minor=True, shown_name="Chiara Conti")
    for member, called in ((cast.ben, "Big <Ben>"), (cast.chiara, "C. C.")):
        assert list(buttons(member_sheet(tablet, member))) == [f"Shown as {called}", "Not shown"]


def test_the_tv_sees_it_with_the_next_poll(paper: Screen, cast: Cast) -> None:
    make.place(paper.session, cast.ana, "dowel", by=cast.carla)
    make.place(paper.session, cast.ben, "dowel", by=cast.carla)
    tv = hung(cast.olga)
    tv.open()
    for wanted, names in (("yes", ["Ana A.", "and 1 more"]), ("no", ["2 people"])):
        assert tv.ask().status_code == 304
        paper.client.post(paper.url(cast.ana, "tv"), {"agreed": wanted})
        assert tv.ask().status_code == 200
        assert tv.columns()["Dowel 2"] == names


def test_every_open_class_with_them_has_something_new(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    later = make.class_session(cast.northside, [cast.ana, cast.ben], coach=cast.kim)
    others = make.class_session(cast.northside, [cast.ben], coach=cast.kim)
    over = make.class_session(cast.northside, [cast.ana], starts_at=timezone.now() - timedelta(days=1))
    before = [version(each) for each in (evening, later, others, over)]
    paper.client.post(paper.url(cast.ana, "tv"), {"agreed": "yes"})
    rose = [version(each) - was for each, was in zip((evening, later, others, over), before, strict=True)]
    assert rose == [1, 1, 0, 0]


def test_twice_is_harmless(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        paper.client.post(paper.url(cast.ana, "tv"), {"agreed": "no"})
    paper.client.post(paper.url(cast.ana, "tv"), {"agreed": "yes"})
    with nothing_written():
        paper.client.post(paper.url(cast.ana, "tv"), {"agreed": "yes"})
    assert agreed(cast.ana)


def test_anything_else_is_refused(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        for sent in ({}, {"agreed": ""}, {"agreed": "True"}, {"agreed": "x" * 100_000}):
            answer = paper.client.post(paper.url(cast.ana, "tv"), sent)
            assert answer.status_code == 422
            part = page(answer).one("section", id="on-tv")
            assert part.one("ul", class_="errorlist").text == "Choose shown or not shown."


@pytest.mark.parametrize("state", ["off", "away", "foreign"])
def test_only_for_those_on_the_roster(paper: Screen, cast: Cast, state: str) -> None:
    away = make.person(cast.northside, "Away Abel")
    with in_gym(cast.northside):
        Attendance.objects.filter(member=cast.dev).update(state=Attendance.State.OFF)
    member = {"off": cast.dev, "away": away, "foreign": cast.sam}[state]
    with nothing_written():
        assert paper.client.post(paper.url(member, "tv"), {"agreed": "yes"}).status_code == 404


def test_who_may(paper: Screen, cast: Cast) -> None:
    """Not another member, nor the member by this way; to a coach of another gym there is nothing here."""
    with nothing_written():
        assert paper.client.get(paper.url(cast.ana, "tv")).status_code == 405
        for person, status in ((cast.ben, 403), (cast.ana, 403), (cast.hana, 404)):
            assert person.user is not None
            paper.client.force_login(person.user)
            assert paper.client.post(paper.url(cast.ana, "tv"), {"agreed": "yes"}).status_code == status
