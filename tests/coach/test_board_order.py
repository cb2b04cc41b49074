"""The board by station, and by name again: one tap, on this tablet alone, and no row moves in between."""

from __future__ import annotations

import pytest

from gym.scope import in_gym
from programming.models import Attendance, ClassSession
from tests import make
from tests.coach.screen import Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

BY_NAME = ["Ana A.", "Ben B.", "Chiara C.", "Dev D.", "Nia N."]
BY_STATION = ["Chiara C.", "Ana A.", "Dev D.", "Nia N.", "Ben B."]


@pytest.fixture(autouse=True)
def placed(cast: Cast, evening: ClassSession) -> None:
    """Chiara at the wall, Ana on the dowel, Dev on no stage, Nia with the coach, and Ben did not come."""
    make.place(evening, cast.chiara, "wall-tap", by=cast.carla, after=1)
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=2)
    make.place(evening, cast.nia, "wall-tap", by=cast.carla, after=3)
    make.tap(evening, cast.nia, "with_coach", by=cast.carla, after=4, wanted=True)
    make.tap(evening, cast.ben, "attendance", by=cast.carla, after=5, state="no_show")


def headed(shown: Element) -> dict[str, str]:
    """Heading → whose row it stands in."""
    found = {}
    for row in shown.all("li", class_="row"):
        for heading in row.all("h2", class_="group"):
            found[heading.text] = row.one("span", class_="name").text
    return found


def rows(shown: Element) -> list[str]:
    return [each.one("span", class_="name").text for each in shown.all("li", class_="row")]


def sort(screen: Screen, button: str) -> Element:
    answer = screen.press(screen.board().button(button))
    if screen.htmx:
        assert [each["id"] for each in page(answer).children][-4:] == ["add", "counts", "bar", "order"]
        return page(answer)
    assert (answer.status_code, answer.headers["Location"]) == (302, screen.board_url)
    return screen.board()


def test_by_station_and_back(screen: Screen) -> None:
    assert rows(screen.board()) == BY_NAME
    with nothing_written():
        assert rows(sort(screen, "By station")) == BY_STATION
        assert rows(screen.board()) == BY_STATION
        assert rows(sort(screen, "By name")) == BY_NAME
        assert rows(screen.board()) == BY_NAME


def test_nobody_moves_until_it_is_tapped_again(screen: Screen, cast: Cast) -> None:
    sort(screen, "By station")
    screen.tap(cast.chiara, "stage", stage="loaded")
    assert rows(screen.board()) == BY_STATION
    sort(screen, "By name")
    assert rows(sort(screen, "By station")) == ["Ana A.", "Chiara C.", "Dev D.", "Nia N.", "Ben B."]


def test_each_station_has_its_heading_at_its_first_row(screen: Screen, cast: Cast) -> None:
    assert headed(screen.board()) == {}
    heads = {"Wall": "Chiara C.", "Dowel": "Ana A.", "Not placed yet": "Dev D.", "With coach": "Nia N."}
    assert headed(sort(screen, "By station")) == {**heads, "Not here": "Ben B."}
    # It stays where the row stays, and passes to the next where the first goes.
    answer = screen.tap(cast.chiara, "stage", stage="loaded")
    assert headed(page(answer) if screen.htmx else screen.board())["Wall"] == "Chiara C."
    make.roster(screen.session, make.person(cast.northside, "Abel Abbot"))
    with in_gym(cast.northside):
        Attendance.objects.filter(session=screen.session, member=cast.ana).update(state=Attendance.State.OFF)
    assert headed(screen.board()) == {
        name: who for name, who in {**heads, "Not here": "Ben B."}.items() if name != "Dowel"
    }
    assert headed(sort(screen, "By name")) == {}


def test_whoever_comes_later_stands_at_the_end(screen: Screen, cast: Cast) -> None:
    sort(screen, "By station")
    make.roster(screen.session, make.person(cast.northside, "Abel Abbot"))
    assert rows(screen.board()) == [*BY_STATION, "Abel A."]


def test_every_answer_with_all_rows_keeps_the_order(tablet: Screen, cast: Cast) -> None:
    sort(tablet, "By station")
    assert rows(page(tablet.get("rows/"))) == BY_STATION
    seen = {"member": str(cast.ana.pk), "saw": "seen"}
    answer = tablet.client.post(f"{tablet.board_url}several/", seen, headers=tablet._headers("roster"))
    assert rows(page(answer)) == BY_STATION
    answer = tablet.client.post(f"{tablet.board_url}add/", {"name": "Robin"}, headers=tablet._headers("roster"))
    assert rows(page(answer)) == [*BY_STATION, "Robin"]


def test_on_this_tablet_and_in_this_class_alone(tablet: Screen, second: Screen, cast: Cast) -> None:
    sort(tablet, "By station")
    assert rows(second.board()) == BY_NAME
    other = make.class_session(cast.northside, [cast.nia, cast.chiara])
    assert rows(page(tablet.client.get(f"/gym/northside-barbell/class/{other.pk}/"))) == ["Chiara C.", "Nia N."]


def test_nonsense_is_refused(screen: Screen) -> None:
    for by in ("", "age", "x" * 10_000):
        answer = screen.client.post(f"{screen.board_url}order/", {"by": by}, headers=screen._headers("roster"))
        assert answer.status_code == 422
        assert rows(page(answer)) == BY_NAME


def test_who_may(tablet: Screen, cast: Cast) -> None:
    assert cast.ana.user is not None
    tablet.client.force_login(cast.ana.user)
    assert tablet.client.post(f"{tablet.board_url}order/", {"by": "station"}).status_code == 403
