"""Two tablets on the same class: each asks every two seconds whether there is something new."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Membership, User
from gym.scope import in_gym
from programming.board import Board, Reader
from programming.models import ClassSession
from tests import make
from tests.coach.screen import Screen, inputs_of, nothing_written, page
from tests.page import Element
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]


def poll(screen: Screen, version: str) -> Answer:
    """Ask as the board does, with the version that the screen has."""
    headers = {"HX-Request": "true", "HX-Target": "ul#roster", "HX-PTag": version}
    return screen.client.get(f"{screen.board_url}rows/", headers=headers)


def live(screen: Screen) -> Element:
    return screen.board().one("div", id="live")


def shown(answer: Answer) -> str:
    """What the screen shows from now on."""
    return ".".join(answer.headers["HX-PTag"].split(".")[:2])


def questions(screen: Screen, tag: str) -> int:
    """How much a poll with nothing new asks of the database."""
    with CaptureQueriesContext(connection) as queries:
        assert poll(screen, tag).status_code == 304
    return len(queries)


def user_of(member: Membership) -> User:
    assert member.user is not None
    return member.user


def version_of(screen: Screen) -> str:
    """The version that a board, newly loaded, shows."""
    return live(screen)["hx-ptag"]


def test_the_board_asks_for_what_changed_since_it_was_drawn(tablet: Screen) -> None:
    asks = live(tablet)
    assert asks["hx-get"] == f"{tablet.board_url}rows/"
    assert "every 2s" in asks["hx-trigger"]
    assert asks["hx-target"] == "#roster"
    assert asks["hx-ptag"] == f"{tablet.session.version}.en-metric"


def test_nothing_new_is_one_question_and_no_content(tablet: Screen) -> None:
    version = version_of(tablet)
    with CaptureQueriesContext(connection) as queries:
        answer = poll(tablet, version)
    assert (answer.status_code, answer.content) == (304, b"")
    # Beside the session, the user and the membership.
    assert len(queries) == 4, [query["sql"][:80] for query in queries]


def test_a_screen_that_has_lately_proved_itself_asks_one_thing(tablet: Screen, cast: Cast) -> None:
    tag = poll(tablet, version_of(tablet)).headers["HX-PTag"]
    assert questions(tablet, tag) == 1
    # Half a minute later the session, the person and their role are looked at again.
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert questions(tablet, tag) == 4
    tablet.tap(cast.ana, "stage", stage="dowel")
    assert poll(tablet, tag).status_code == 200


def test_a_proof_holds_for_its_session_and_class_alone(tablet: Screen, second: Screen, cast: Cast) -> None:
    tag = poll(tablet, version_of(tablet)).headers["HX-PTag"]
    # One look at what the tag says, then everything anew.
    assert questions(second, tag) == 5
    number, reader, gym, session, coach, unlock, until, proof = tag.split(".")
    version = f"{number}.{reader}"
    for looks, changed in (
        (1, f"{version}.{gym}.{session}.{coach}.{unlock}.{int(until) + 9}.{proof}"),
        (1, f"{version}.{gym}.{session}.{coach}.{unlock}.{until}."),
        (1, f"{version}.{gym}.{session}.{cast.kim.pk}.{unlock}.{until}.{proof}"),
        (1, f"{version}.{gym}.{session}.{coach}.{cast.kim.pk}.{until}.{proof}"),
        (0, f"{version}.{gym}.x.{coach}.{unlock}.{until}.{proof}"),
        (0, f"{version}.{gym}.{session}.{coach}.{unlock}.{'9' * 5000}.{proof}"),
    ):
        assert questions(tablet, changed) == 4 + looks, changed
    assert poll(tablet, ".......").status_code == 200
    tablet.client.force_login(user_of(cast.ana))
    assert poll(tablet, tag).status_code == 403
    tablet.client.logout()
    assert poll(tablet, tag).status_code == 401


def test_who_coaches_no_more_learns_nothing(tablet: Screen, cast: Cast) -> None:
    tag = poll(tablet, version_of(tablet)).headers["HX-PTag"]
    with in_gym(cast.northside):
        cast.carla.leave()
    # Not even that nothing is new.
    assert poll(tablet, tag).status_code == 404


@pytest.mark.parametrize(
    ("who", "chosen", "says"),
    [
        ("coach", {"language": "de", "units": ""}, "noch nicht"),
        ("coach", {"language": "", "units": "imperial"}, "24 in"),
        ("gym", {"language": "de", "units": "metric"}, "noch nicht"),
        ("gym", {"language": "", "units": "imperial"}, "24 in"),
    ],
    ids=lambda each: str(each),
)
def test_another_language_and_other_units_are_on_the_board_at_the_next_question(
    tablet: Screen, cast: Cast, who: str, chosen: dict[str, str], says: str
) -> None:
    make.place(tablet.session, cast.ana, "wall-tap", by=cast.carla, after=30)
    make.tap(tablet.session, cast.ana, "setting", by=cast.carla, after=60, stage="wall-tap", setting=600)
    before = poll(tablet, "").headers["HX-PTag"]
    assert poll(tablet, before).status_code == 304
    with in_gym(cast.northside):
        (cast.carla if who == "coach" else cast.northside).speak(**chosen)
    answer = poll(tablet, before)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert poll(tablet, shown(answer)).status_code == 304


def test_what_is_new_is_every_row_the_counts_and_the_bar(tablet: Screen, second: Screen, cast: Cast) -> None:
    version = version_of(second)
    tablet.tap(cast.ana, "stage", stage="dowel")
    answer = poll(second, version)
    assert answer.status_code == 200
    parts = page(answer).children
    assert [part["id"] for part in parts] == [*(f"m-{member.pk}" for member in cast.members), "add", "counts", "bar"]
    assert ["hx-swap-oob" in part for part in parts] == [False] * 6 + [True] * 2
    assert parts[0].button("Dowel")["aria-pressed"] == "true"
    assert parts[-1].one("span", class_="last").text == "Ana A. · to dowel · Carla C."
    # From now on there is nothing new again.
    assert shown(answer) == version_of(second)
    assert poll(second, answer.headers["HX-PTag"]).status_code == 304


def test_any_other_version_gets_the_rows(tablet: Screen) -> None:
    for version in ("", "0", "-1", "nonsense", "9" * 5000, "1; drop table"):
        answer = poll(tablet, version)
        assert answer.status_code == 200
        assert shown(answer) == f"{tablet.session.version}.en-metric"


def test_the_rows_are_those_of_the_board(tablet: Screen, cast: Cast) -> None:
    tablet.tap(cast.ana, "stage", stage="dowel")
    tablet.tap(cast.ben, "pain", where="hip")
    polled = page(poll(tablet, "")).all("li", class_="row")
    drawn = tablet.board().all("li", class_="row")
    assert [row.text for row in polled] == [row.text for row in drawn]
    assert [row.attributes for row in polled] == [row.attributes for row in drawn]


NEWS: list[tuple[str, dict[str, str]]] = [
    ("stage", {"stage": "dowel"}),
    ("saw", {"saw": "clean"}),
    ("fault", {"fault": "chin-up"}),
    ("setting", {"stage": "wall-tap", "setting": "300"}),
    ("pain", {}),
    ("note", {"note": "Stiff."}),
    ("assign", {"drill": "cat-cow", "wanted": "yes"}),
    ("attendance", {"state": "no_show"}),
]


def test_whatever_a_screen_shows_is_news(tablet: Screen, cast: Cast) -> None:
    make.place(tablet.session, cast.ana, "wall-tap", by=cast.carla, after=60)
    version = version_of(tablet)
    for kind, values in NEWS:
        assert tablet.tap(cast.ana, kind, **values).status_code == 200
        done = poll(tablet, version)
        assert done.status_code == 200, kind
        tablet.press(page(done).one("footer").button("Undo"))
        undone = poll(tablet, done.headers["HX-PTag"])
        assert undone.status_code == 200, kind
        version = undone.headers["HX-PTag"]


def tap_on(screen: Screen, tag: str, member: Membership, kind: str, **values: str) -> Answer:
    """A tap on a screen that shows what its tag says."""
    headers = {"HX-Request": "true", "HX-Target": f"li#m-{member.pk}", "HX-PTag": tag}
    return screen.client.post(screen.url(member, kind), {"tap": str(uuid4()), **values}, headers=headers)


def looks(rows: list[Element]) -> dict[str, list[object]]:
    """What is seen of some rows, by whose they are, and what they send."""
    said: dict[str, list[object]] = {row["id"]: [row.text, row.attributes] for row in rows}
    for row in rows:
        said[row["id"]] += [(each.text, each.attributes) for each in row.all("button")]
        sent = [inputs_of(form) for form in row.all("form")]
        # A proof and a key are others each time.
        said[row["id"]] += [
            {name: each[name] for name in each.keys() - {"csrfmiddlewaretoken", "tap"}} for each in sent
        ]
    return said


@pytest.mark.parametrize(("kind", "values"), NEWS, ids=[kind for kind, _values in NEWS])
def test_after_its_own_tap_a_board_that_showed_all_has_nothing_to_ask_for(
    tablet: Screen, cast: Cast, kind: str, values: dict[str, str]
) -> None:
    for member in cast.members:
        make.place(tablet.session, member, "wall-tap", by=cast.carla, after=60)
    before = poll(tablet, "")
    answer = tap_on(tablet, before.headers["HX-PTag"], cast.ana, kind, **values)
    assert questions(tablet, answer.headers["HX-PTag"]) == 1
    # Everything else is as it was, and what changed is in the answer.
    drawn, told = page(poll(tablet, "")), page(answer)
    rows = drawn.all("li", class_="row")
    assert looks(rows) == looks(page(before).all("li", class_="row")) | looks(told.all("li", class_="row"))
    for part in ("counts", "bar"):
        assert drawn.one(id=part).text == told.one(id=part).text


def test_a_board_that_lacks_anything_else_still_asks_after_its_own_tap(
    tablet: Screen, second: Screen, cast: Cast
) -> None:
    tag = poll(tablet, "").headers["HX-PTag"]
    second.tap(cast.ben, "stage", stage="dowel")
    assert tap_on(tablet, tag, cast.ana, "stage", stage="dowel").headers["HX-PTag"] == ""


def test_a_tag_of_another_screen_says_nothing_of_this_one(tablet: Screen, second: Screen, cast: Cast) -> None:
    def strange(tag: str) -> list[str]:
        version, _reader, rest = tag.split(".", 2)
        other_class = tag.replace(str(tablet.session.pk), str(uuid4()))
        # As the board is drawn first; none at all; another language, coach, class.
        drawn, german = f"{version}.en-metric", f"{version}.de-metric.{rest}"
        return [drawn, "nonsense", german, poll(second, "").headers["HX-PTag"], other_class]

    for number in range(5):
        foreign = strange(poll(tablet, "").headers["HX-PTag"])[number]
        stage = ["dowel", "wall-tap"][number % 2]
        assert tap_on(tablet, foreign, cast.ana, "stage", stage=stage).headers["HX-PTag"] == ""
    assert tap_on(tablet, poll(tablet, "").headers["HX-PTag"], cast.ana, "stage", stage="wall-tap").headers["HX-PTag"]


def test_a_tap_that_comes_twice_says_nothing_of_the_board(tablet: Screen, second: Screen, cast: Cast) -> None:
    tag, key = poll(tablet, "").headers["HX-PTag"], str(uuid4())
    assert tap_on(tablet, tag, cast.ana, "stage", stage="dowel", tap=key).headers["HX-PTag"]
    # The first answer was lost.
    assert "HX-PTag" not in tap_on(tablet, tag, cast.ana, "stage", stage="dowel", tap=key).headers
    # Nor does one that changes nothing: what another tablet did since is one version further too.
    tag = poll(tablet, "").headers["HX-PTag"]
    second.tap(cast.ben, "stage", stage="dowel")
    assert "HX-PTag" not in tap_on(tablet, tag, cast.ana, "stage", stage="dowel").headers


def test_a_tap_in_a_class_of_another_day_says_nothing_of_its_board(tablet: Screen, cast: Cast) -> None:
    """Its version stays: see ClassSession.raise_versions_of."""
    with in_gym(cast.northside):
        ClassSession.objects.filter(pk=tablet.session.pk).update(starts_at=timezone.now() - timedelta(hours=25))
    tag = poll(tablet, "").headers["HX-PTag"]
    answer = tap_on(tablet, tag, cast.ana, "stage", stage="dowel")
    assert (answer.status_code, "HX-PTag" in answer.headers) == (200, False)


def test_the_answer_is_one_row_also_where_the_bar_meant_all_of_them(tablet: Screen, second: Screen, cast: Cast) -> None:
    """Whose last tap was undone had no row when the bar was drawn."""
    answer = tap_on(tablet, "", cast.ana, "stage", stage="dowel")
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == (f"#m-{cast.ana.pk}", "outerMorph")


def test_somebody_new_is_news(tablet: Screen, cast: Cast) -> None:
    version = version_of(tablet)
    tablet.client.post(f"{tablet.board_url}add/", {"name": "Robin"})
    assert len(page(poll(tablet, version)).all("li", class_="row")) == 6


def test_a_change_in_another_class_of_the_same_member_is_news(tablet: Screen, second: Screen, cast: Cast) -> None:
    second.session = make.class_session(cast.northside, [cast.ana], coach=cast.kim)
    version = version_of(tablet)
    second.tap(cast.ana, "pain", where="hip")
    answer = poll(tablet, version)
    assert page(answer).one("li", id=f"m-{cast.ana.pk}").one("small").text == "PAIN · held · hip"


def test_a_change_of_somebody_else_is_none(tablet: Screen, second: Screen, cast: Cast) -> None:
    away = make.person(cast.northside, "Away Abel")
    second.session = make.class_session(cast.northside, [away], coach=cast.kim)
    version = version_of(tablet)
    second.tap(away, "pain")
    assert poll(tablet, version).status_code == 304


def test_what_changes_nothing_is_none(tablet: Screen, cast: Cast) -> None:
    make.place(tablet.session, cast.ana, "dowel", by=cast.carla)
    version = version_of(tablet)
    tablet.tap(cast.ana, "stage", stage="dowel")
    tablet.tap(cast.ana, "stage", stage="nonsense")
    assert poll(tablet, version).status_code == 304


def test_a_tap_while_the_rows_are_read_is_fetched_with_the_next(
    tablet: Screen, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Reader.board

    def read_and_be_overtaken(reader: Reader, **more: dict[object, str]) -> Board:
        board = read(reader, **more)  # type: ignore[arg-type]
        monkeypatch.undo()
        make.place(tablet.session, cast.ana, "dowel", by=cast.kim)
        return board

    monkeypatch.setattr(Reader, "board", read_and_be_overtaken)
    first = poll(tablet, "")
    assert page(first).one("li", id=f"m-{cast.ana.pk}").all("button", aria_pressed="true") == []
    second = poll(tablet, first.headers["HX-PTag"])
    assert second.status_code == 200
    assert page(second).one("li", id=f"m-{cast.ana.pk}").button("Dowel")["aria-pressed"] == "true"


def test_it_writes_nothing(tablet: Screen) -> None:
    with nothing_written():
        poll(tablet, version_of(tablet))
        poll(tablet, "")


def test_signed_out_in_mid_class(tablet: Screen) -> None:
    version = version_of(tablet)
    tablet.client.logout()
    answer = tablet.client.get(
        f"{tablet.board_url}rows/",
        headers={
            "HX-Request": "true",
            "HX-PTag": version,
            "HX-Current-URL": f"http://testserver{tablet.board_url}",
        },
    )
    assert answer.status_code == 401
    assert answer.headers["X-Sign-In"] == f"/account/login/?next={tablet.board_url}"


def test_who_may(tablet: Screen, cast: Cast) -> None:
    for person, status in ((cast.kim, 304), (cast.ana, 403), (cast.nia, 403), (cast.hana, 404)):
        assert person.user is not None
        tablet.client.force_login(person.user)
        answer = poll(tablet, f"{tablet.session.version}.en-metric")
        assert answer.status_code == status
    assert tablet.client.post(f"{tablet.board_url}rows/").status_code == 405


def test_a_class_that_is_not_there(tablet: Screen, cast: Cast) -> None:
    make.library(cast.harbour)
    theirs = make.class_session(cast.harbour, coach=cast.nia_at_harbour)
    for tablet.session in (theirs,):
        url = f"/gym/northside-barbell/class/{theirs.pk}/rows/"
        assert tablet.client.get(url, headers={"HX-PTag": str(theirs.version)}).status_code == 404
    with in_gym(cast.northside):
        assert not ClassSession.objects.filter(pk=theirs.pk).exists()
