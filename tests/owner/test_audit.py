"""The owner's audit: what was changed or tapped, found by its address, and as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.auditing import audit
from gym.models import Change, Tablet
from gym.scope import in_gym
from programming.models import ClassSession
from programming.models.leaving import erase
from tests import make
from tests.coach.conftest import signed_in
from tests.page import Element, read
from tests.people import Cast

pytest_plugins = ["tests.people"]

AUDIT = "/gym/northside-barbell/owner/audit/"


@pytest.fixture
def olga(cast: Cast) -> Client:
    return signed_in(cast.olga)


def page(answer: Any) -> Element:
    return read(answer.content.decode())


def lines(client: Client, **asked: str) -> list[str]:
    """The lines of the page, each as one text."""
    answer = client.get(AUDIT, asked)
    assert answer.status_code == 200
    return [" | ".join(cell.text for cell in row.children) for row in page(answer).all("tr")[1:]]


def test_it_says_who_what_when_and_from_where(olga: Client, cast: Cast) -> None:
    olga.post("/gym/northside-barbell/owner/tablets/lock-after/", {"minutes": "5"}, headers={"User-Agent": "Firefox"})
    (line,) = lines(olga)
    at = timezone.localtime(timezone.now(), cast.northside.zone)
    assert f"{at:%b %Y}" in line
    assert line.endswith("Olga O. | Changed when shared tablets lock minutes: 10 → 5 | – | Owner’s pages Firefox")


def test_names_stand_for_ids(olga: Client, cast: Cast, evening: ClassSession) -> None:
    with in_gym(cast.northside):
        evening.change(was="", at=timezone.now(), coach=cast.kim, room="Loft")
        Tablet.enrol(name="Floor", by=cast.olga, at=timezone.now())
        cast.chiara.show_on_tv(True)
    found = lines(olga)
    assert "named on the TV: no → yes | Chiara C." in found[0]
    assert "Enrolled a tablet name: Floor | Floor" in found[1]
    assert "coach: Carla C. → Kim K. room: – → Loft | Hinge Foundations" in found[2]


def test_it_is_found_by_name_kind_place_and_day(olga: Client, cast: Cast) -> None:
    with in_gym(cast.northside):
        cast.chiara.show_on_tv(True)
        cast.northside.lock_tablets_after(3)
        long_ago = timezone.now() - timedelta(days=40)
        Change.objects.create(at=long_ago, what="slot.make", where="command", about="weeklyslot", about_id=cast.dev.pk)
    olga.post("/gym/northside-barbell/owner/tablets/lock-after/", {"minutes": "5"})
    assert len(lines(olga)) == 4
    assert ["Chiara C." in line for line in lines(olga, q="conti")] == [True]
    assert ["Olga O." in line for line in lines(olga, q="ODUYA")] == [True]
    assert len(lines(olga, theme="gym")) == 2
    assert ["every week" in line for line in lines(olga, theme="schedule")] == [True]
    assert len(lines(olga, where="owner")) == 1
    day = timezone.localtime(long_ago, cast.northside.zone).date()
    assert len(lines(olga, since=f"{day}", until=f"{day}")) == 1
    assert len(lines(olga, since=f"{day + timedelta(days=1)}")) == 3
    assert "every week" in lines(olga, sort="oldest")[0]
    assert lines(olga, q="nobody of that name") == []


def test_what_makes_no_sense_is_said_beside_its_field_and_kept(olga: Client, cast: Cast) -> None:
    cast.northside.lock_tablets_after(3)
    answer = olga.get(AUDIT, {"since": "last week", "where": "moon", "page": "-1"})
    found = page(answer)
    assert (answer.status_code, found.one("input", name="since")["value"]) == (200, "last week")
    assert "Write a day such as" in found.one("main").text
    assert len(lines(olga, since="last week", where="moon", page="-1", sort="sideways")) == 1


def test_fifty_a_page_and_as_many_queries_as_for_one(olga: Client, cast: Cast) -> None:
    def asked(**query: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            olga.get(AUDIT, query)
        return len(asked)

    with in_gym(cast.northside):
        cast.chiara.show_on_tv(True)
        few = asked()
        for number in range(60):
            audit("person.rename", cast.chiara, before={"name": f"{number}"}, after={"name": "x"})
    assert (len(lines(olga)), len(lines(olga, page="2")), len(lines(olga, page="3"))) == (50, 11, 0)
    assert asked() == few < 10
    first, second = page(olga.get(AUDIT)), page(olga.get(AUDIT, {"page": "2"}))
    assert first.one("a", rel="next")["href"] == "?page=2" and not first.all("a", rel="prev")
    assert second.one("a", rel="prev")["href"] == "?page=1" and not second.all("a", rel="next")


def test_taps_stand_beside_the_changes(olga: Client, cast: Cast, evening: ClassSession) -> None:
    make.tap(evening, cast.ana, "stage", by=cast.carla, stage="dowel")
    make.tap(evening, cast.ana, "pain", by=cast.carla, where="knee")
    assert not any("Ana A." in line for line in lines(olga))
    found = lines(olga, show="taps")
    assert ["Carla C." in line and "Ana A." in line and "Hinge Foundations" in line for line in found] == [True, True]
    assert "knee" not in " ".join(found)
    assert lines(olga, show="taps", q="kim") == []


def test_the_file_has_all_of_them_and_no_formula(olga: Client, cast: Cast) -> None:
    with in_gym(cast.northside):
        cast.chiara.rename("=1+1", "@SUM(A1)")
        for _number in range(60):
            audit("person.have_mail", cast.dev, before={"mail_moves": True}, after={"mail_moves": False})
    answer = olga.get(f"{AUDIT}export/", {"theme": "people"})
    assert answer["Content-Disposition"] == 'attachment; filename="audit-northside-barbell.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 61
    assert rows[-1]["about"] == "'@SUM(A1)"
    assert rows[-1]["from what to what"] == "name: Chiara Conti → =1+1; shown name: – → @SUM(A1)"
    assert not any(text.startswith(("=", "+", "-", "@")) for row in rows for text in row.values())
    assert len(olga.get(f"{AUDIT}export/", {"q": "dev"}).content.splitlines()) == 61


def test_whoever_was_erased_is_named_nowhere(olga: Client, cast: Cast) -> None:
    with in_gym(cast.northside):
        cast.chiara.rename("Chiara Neri", "")
        erase(cast.chiara.pk, at=timezone.now())
    found = lines(olga)
    assert ["Former member" in line for line in found] == [True, True]
    assert "Chiara" not in "".join(found)
    assert "Chiara" not in olga.get(f"{AUDIT}export/").content.decode()


def test_nothing_of_another_gym(olga: Client, cast: Cast) -> None:
    cast.harbour.lock_tablets_after(3)
    assert lines(olga) == []
    assert len(olga.get(f"{AUDIT}export/").content.splitlines()) == 1
