"""Standing limits: what a member may not do until further notice, said on every board they stand on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Attendance, ClassSession
from tests import make
from tests.coach.screen import Screen, nothing_written, page
from tests.coach.test_member_sheet import answered, member_sheet
from tests.people import Cast

pytest_plugins = ["tests.people"]


def version(session: ClassSession) -> int:
    with in_gym(session.gym_id):
        found: int = ClassSession.objects.get(pk=session.pk).version
    return found


def test_they_are_said_on_the_sheet_and_on_the_board(screen: Screen, cast: Cast) -> None:
    button = member_sheet(screen, cast.ana).button("Save the limits")
    sheet = answered(screen, screen.press(button, limits="  low grip\u00a0 only "), cast.ana)
    assert sheet.one("section", id="limits").all("p")[0].text == "low grip only"
    assert sheet.one("header").one("b", class_="limits").text == "low grip only"
    assert sheet.one("input", name="limits")["value"] == "low grip only"
    assert screen.row(cast.ana).one("span", class_="limits").text == "low grip only"


def test_every_open_board_draws_anew(paper: Screen, cast: Cast, evening: ClassSession) -> None:
    later = make.class_session(cast.northside, [cast.ana, cast.ben], coach=cast.kim)
    others = make.class_session(cast.northside, [cast.ben], coach=cast.kim)
    yesterday = timezone.now() - timedelta(days=1)
    over = make.class_session(cast.northside, [cast.ana], starts_at=yesterday)
    before = [version(each) for each in (evening, later, others, over)]
    paper.client.post(paper.url(cast.ana, "limits"), {"limits": "no jumps"})
    rose = [version(each) - was for each, was in zip((evening, later, others, over), before, strict=True)]
    assert rose == [1, 1, 0, 0]


def test_the_same_again_changes_nothing(paper: Screen, cast: Cast) -> None:
    paper.client.post(paper.url(cast.ana, "limits"), {"limits": "no jumps"})
    with nothing_written():
        paper.client.post(paper.url(cast.ana, "limits"), {"limits": "no  jumps "})


def test_they_end_when_the_field_is_empty(paper: Screen, cast: Cast) -> None:
    paper.client.post(paper.url(cast.ana, "limits"), {"limits": "no jumps"})
    paper.client.post(paper.url(cast.ana, "limits"), {"limits": "", "was": "no jumps"})
    assert member_sheet(paper, cast.ana).one("section", id="limits").all("p")[0].text == "None."
    with in_gym(cast.northside):
        assert Membership.objects.get(pk=cast.ana.pk).standing_limits == ""


def test_too_long_is_refused_and_kept(screen: Screen, cast: Cast) -> None:
    with nothing_written():
        answer = screen.press(member_sheet(screen, cast.ana).button("Save the limits"), limits="x" * 81)
    assert answer.status_code == 422
    part = page(answer).one("section", id="limits")
    assert "open" in part.one("details")
    assert part.one("input", name="limits")["value"] == "x" * 81
    assert part.one("ul", class_="errorlist").text == "This is too long: 80 characters at most."


@pytest.mark.parametrize("meanwhile", ["no jumps", ""])
def test_two_coaches_write_at_once(screen: Screen, cast: Cast, meanwhile: str) -> None:
    """The later one is shown the earlier one's words beside their own, and chooses."""
    with in_gym(cast.northside):
        Membership.objects.filter(pk=cast.ana.pk).update(standing_limits="low grip")
    button = member_sheet(screen, cast.ana).button("Save the limits")
    screen.client.post(screen.url(cast.ana, "limits"), {"limits": meanwhile, "was": "low grip"})
    with nothing_written():
        answer = screen.press(button, limits="no running")
    assert answer.status_code == 409
    part = page(answer).one("section", id="limits")
    assert part.all("p")[0].text == (meanwhile or "None.")
    said = f"Meanwhile somebody wrote “{meanwhile}”." if meanwhile else "Meanwhile somebody ended the limits."
    assert part.one("ul", class_="errorlist").text.startswith(said)
    assert part.one("input", name="limits")["value"] == "no running"
    assert "open" in part.one("details")
    sheet = answered(screen, screen.press(part.button("Save the limits")), cast.ana)
    assert sheet.one("section", id="limits").all("p")[0].text == "no running"


def test_two_coaches_write_the_same(screen: Screen, cast: Cast) -> None:
    button = member_sheet(screen, cast.ana).button("Save the limits")
    screen.client.post(screen.url(cast.ana, "limits"), {"limits": "no jumps"})
    with nothing_written():
        answered(screen, screen.press(button, limits="no jumps"), cast.ana)


@pytest.mark.parametrize("state", ["off", "away", "foreign"])
def test_only_for_those_on_the_roster(paper: Screen, cast: Cast, state: str) -> None:
    away = make.person(cast.northside, "Away Abel")
    with in_gym(cast.northside):
        Attendance.objects.filter(member=cast.dev).update(state=Attendance.State.OFF)
    member = {"off": cast.dev, "away": away, "foreign": cast.sam}[state]
    with nothing_written():
        assert paper.client.post(paper.url(member, "limits"), {"limits": "no jumps"}).status_code == 404


def test_who_may(paper: Screen, cast: Cast) -> None:
    with nothing_written():
        for person, status in ((cast.ana, 403), (cast.hana, 404)):
            assert person.user is not None
            paper.client.force_login(person.user)
            assert paper.client.post(paper.url(cast.ana, "limits"), {"limits": "none"}).status_code == status
