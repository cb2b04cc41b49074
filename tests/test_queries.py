"""What each thing that happens often asks of the database: exactly so much, so that it cannot grow unseen.

A number may be changed with its reason beside it. The session and the user, which every signed-in request asks for,
and what frames a transaction are not counted; `make bench` counts in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Membership
from programming.models import ClassSession
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import Screen
from tests.coach.shared import share
from tests.people import Cast

pytest_plugins = ["tests.people"]

FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
SIGNED_IN = 2


def asked(work: Callable[[], Any]) -> list[str]:
    """What a signed-in request asks, each as the beginning of its statement."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return [query["sql"][:120] for query in queries if not query["sql"].startswith(FRAME)][SIGNED_IN:]


def many(cast: Cast, count: int) -> list[Membership]:
    """So many people, each with a name of their own."""
    return [make.person(cast.northside, f"{chr(65 + number % 26)}{number} Person") for number in range(count)]


def lived_in(cast: Cast, people: list[Membership]) -> ClassSession:
    """A class in which everybody was placed and seen, two coaches crossed and the last one is held."""
    session = make.class_session(cast.northside, people, coach=cast.carla)
    for person in people:
        make.place(session, person, "dowel", by=cast.carla, after=60)
        make.tap(session, person, "saw", by=cast.carla, after=120, saw="not_yet")
    make.tap(session, people[0], "stage", by=cast.kim, after=180, seen=0, stage="wall-tap")
    make.tap(session, people[-1], "pain", by=cast.carla, after=240, where="knee")
    return session


@pytest.fixture
def tablet(cast: Cast, evening: ClassSession) -> Screen:
    """Carla's tablet on a class of fifteen."""
    people = many(cast, 15)
    return Screen(signed_in(cast.carla), lived_in(cast, people), cast.carla, htmx=True)


@pytest.fixture
def somebody(cast: Cast, tablet: Screen) -> Membership:
    """One more in that class, on the dowel, of whom "not yet" was said a while ago."""
    person = make.person(cast.northside, "Zoe Zander")
    make.roster(tablet.session, person)
    make.place(tablet.session, person, "dowel", by=cast.carla, after=60)
    make.tap(tablet.session, person, "saw", by=cast.carla, after=120, saw="not_yet")
    return person


# --- A tap -----------------------------------------------------------------------------------------------------------

# Person, class, lock with the member, placement; the tap, its row of history, placement, version; the class's people
# for counts and names. docs/decisions/0014 says why none of them can go.
STAGE = 9
# What was seen is also written on the roster.
CLEAN = STAGE + 1
# A second row of history: the fault of the assessment.
FAULT = CLEAN + 1
# What this opening has made before; then for the sheet the faults tapped in it, and whether the drill is assigned.
ON_ITS_SHEET = FAULT + 3

OPENING = {"from": "sheet", "opening": str(uuid4())}


@pytest.mark.parametrize(
    ("kind", "values", "count"),
    [
        ("stage", {"stage": "wall-tap"}, STAGE),
        ("saw", {"saw": "clean"}, CLEAN),
        ("fault", {"fault": "squats-it"}, FAULT),
        ("fault", {"fault": "squats-it", **OPENING}, ON_ITS_SHEET),
    ],
    ids=["stage", "clean", "fault", "fault on its sheet"],
)
def test_a_tap(tablet: Screen, somebody: Membership, kind: str, values: dict[str, str], count: int) -> None:
    found = asked(lambda: sent(tablet, somebody, kind, values))
    assert len(found) == count, "\n".join(found)


def test_a_tap_of_a_board_that_says_what_it_shows(tablet: Screen, somebody: Membership) -> None:
    """The version as well, once the tap is in; the board's next question is then one, not everybody's rows."""
    tag = poll(tablet, tablet.board().one("div", id="live")["hx-ptag"])
    headers = {"HX-Request": "true", "HX-Target": f"li#m-{somebody.pk}", "HX-PTag": tag}
    values = {"tap": str(uuid4()), "age": "40", "stage": "wall-tap"}
    found = asked(lambda: tablet.client.post(tablet.url(somebody, "stage"), values, headers=headers))
    assert len(found) == STAGE + 1, "\n".join(found)


def test_further_chips_of_an_opening(tablet: Screen, somebody: Membership) -> None:
    """No row for an assessment; but whether the chip is on, and whether the thumb slipped."""
    sent(tablet, somebody, "fault", {"fault": "squats-it", **OPENING})
    found = asked(lambda: sent(tablet, somebody, "fault", {"fault": "chin-up", **OPENING}))
    assert len(found) <= ON_ITS_SHEET, "\n".join(found)


def sent(tablet: Screen, member: Membership, kind: str, values: dict[str, str]) -> None:
    answer = tablet.tap(member, kind, tap=str(uuid4()), age="40", **values)
    assert answer.status_code == 200


# --- A page ----------------------------------------------------------------------------------------------------------


def test_the_board(cast: Cast, evening: ClassSession) -> None:
    """Person, class, roster with placements, holds and moves that they were before, crossings and the words of both,
    the last tap.
    """
    for count in (1, 40):
        session = lived_in(cast, many(cast, count))
        carla = Screen(signed_in(cast.carla), session, cast.carla)
        found = asked(carla.board)
        assert len(found) == 8, (count, "\n".join(found))


def test_a_poll_with_nothing_new(tablet: Screen) -> None:
    """The class's version; person and class too where the screen has not lately proved who asks."""
    shown = tablet.board().one("div", id="live")["hx-ptag"]
    assert len(asked(lambda: poll(tablet, shown))) == 2
    proved = poll(tablet, shown)
    with CaptureQueriesContext(connection) as queries:
        poll(tablet, proved)
    assert len(queries) == 1


def poll(tablet: Screen, tag: str) -> str:
    """Ask what is new, with nothing new: the tag to ask with next."""
    answer = tablet.client.get(f"{tablet.board_url}rows/", headers={"HX-Request": "true", "HX-PTag": tag})
    assert answer.status_code == 304
    return answer.headers.get("HX-PTag", "")


def test_today(cast: Cast, evening: ClassSession) -> None:
    """The same for one class of five as for six full ones.

    Person, slots whose classes are not made yet, classes, rosters, placements, who moved up, the next days, other gyms;
    the templates, which a select reads twice; the rooms of slots and of classes.
    """
    carla = signed_in(cast.carla)
    # The ladder's words are read once per process.
    carla.get("/gym/northside-barbell/today/")
    few = asked(lambda: carla.get("/gym/northside-barbell/today/"))
    people = many(cast, 15)
    for hours in range(5):
        begun = timezone.now() - timedelta(minutes=hours)
        session = make.class_session(cast.northside, people, coach=cast.kim, starts_at=begun)
        make.place(session, people[hours], "dowel", by=cast.kim)
    more = asked(lambda: carla.get("/gym/northside-barbell/today/"))
    assert len(few) == len(more) == 12, "\n".join(more)


def test_my_drills(cast: Cast, evening: ClassSession) -> None:
    """The same for somebody with one drill after one class as for somebody with a history.

    Person, ladders, classes, assigned drills, their faults, the drills' words and pictures, practices, other gyms.
    """
    for member, visits, drills in ((cast.ana, 1, ["cat-cow"]), (cast.ben, 6, ["brace", "hip-thrust", "deadlift"])):
        for weeks in range(visits):
            begun = timezone.now() - timedelta(weeks=weeks, minutes=30)
            session = make.class_session(cast.northside, [member], coach=cast.kim, starts_at=begun)
            make.place(session, member, "dowel", by=cast.kim, after=60)
            make.tap(session, member, "fault", by=cast.kim, after=120, fault="chin-up")
        for place, drill in enumerate(drills):
            wanted: dict[str, Any] = {"drill": drill, "wanted": True, "fault": "chin-up"}
            make.tap(evening, member, "assign", by=cast.carla, after=60 + place, **wanted)
        my = signed_in(member)
        found = asked(lambda: my.get("/gym/northside-barbell/my/"))  # noqa: B023 - called at once
        assert len(found) == 9, (member, "\n".join(found))


# --- A shared tablet -------------------------------------------------------------------------------------------------


def total(work: Callable[[], Any]) -> list[str]:
    """Everything that a request asks, the session and the user included."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return [query["sql"][:120] for query in queries if not query["sql"].startswith(FRAME)]


def test_a_shared_tablet_asks_no_more(cast: Cast, tablet: Screen, somebody: Membership) -> None:
    """Unlock, tablet, coach, user and gym in one read; and now and then one write of when it was seen and used."""
    own = total(lambda: sent(tablet, somebody, "saw", {"saw": "clean"}))
    with share(cast, tablet.session, somebody) as hands:
        hands.unlock("carla")
        for waiting in ("3", "3", "2"):
            hands.later(minutes=1)
            found = total(lambda: hands.tap("carla", headers={"X-Waiting": waiting}))  # noqa: B023 - called at once
            assert len(found) < len(own), "\n".join(found)
        shown = hands.body().one("div", id="live")["hx-ptag"]
        assert len(total(lambda: hands.poll(**{"HX-PTag": shown}))) == 2
        proved = hands.poll(**{"HX-PTag": shown}).headers["HX-PTag"]
        assert len(total(lambda: hands.poll(**{"HX-PTag": proved}))) == 1
        # Nor does a proof serve anybody without the cookie.
        hands.client.cookies.clear()
        assert hands.poll(**{"HX-PTag": proved}).status_code == 401
