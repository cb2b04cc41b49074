"""Lists of people: looked at, read in another way, imported as a whole, taken back as a whole, and exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gym.models import Change, Gym, Import, ImportRow, Letter, Membership, Tag
from gym.models.imports import LOOKED_AT, TAKEN_BACK
from programming.models import ClassSession
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.lists_of_people import HOSTILE, SHAPES
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

PEOPLE = "/gym/northside-barbell/owner/people/"
IMPORT = f"{PEOPLE}import/"


@pytest.fixture
def olga(cast: Cast, evening: ClassSession, at_northside: Gym) -> Iterator[Client]:
    yield signed_in(cast.olga)


def bring(client: Client, content: bytes, name: str = "members.csv") -> str:
    """Choose the file and let it be compared; the address of the list."""
    answer = client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, page(answer).one("main").text
    run = answer.headers["Location"]
    assert client.post(f"{run}read/").status_code == 302
    return run


def shown(client: Client, run: str, query: str = "") -> dict[str, tuple[str, str]]:
    """Name → what becomes of the row, and why."""
    rows = [row for row in page(client.get(run + query)).one("tbody").all("tr") if row["id"] != "no-row"]
    return {row.one("th").text: (row.all("td")[2].text, row.all("td")[3].text) for row in rows}


def everybody() -> list[tuple[Any, ...]]:
    fields = ("pk", "name", "email", "guardian_email", "is_minor", "is_active", "nickname", "search_name", "user_id")
    return list(Membership.objects.order_by("pk").values_list(*fields))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_list_of_each_shape_becomes_the_same_people(olga: Client, cast: Cast, shape: str) -> None:
    before = everybody()
    run = bring(olga, SHAPES[shape])
    assert {name: what for name, (what, _why) in shown(olga, run).items()} == {
        # One of the lists has a tag for her.
        "Ana Alves": "changed" if shape == "quoted" else "same",
        "Chiara Conti": "changed",
        "José Müller-Lüdenscheidt": "new",
        "Mia Young": "new",
    }
    # Looking writes nobody down.
    assert everybody() == before
    assert olga.post(f"{run}now/").status_code == 302
    people = {each.name: each for each in Membership.objects.all()}
    assert people["Chiara Conti"].email == "chiara@home.example"
    mia, jose = people["Mia Young"], people["José Müller-Lüdenscheidt"]
    assert (mia.is_minor, mia.guardian_email, mia.email, mia.is_member) == (True, "mum@home.example", "", True)
    assert (jose.is_active, jose.search_name) == (False, "jose muller ludenscheidt")
    # Nobody is written to, and the file is kept nowhere.
    assert not Letter.across_gyms.exists()
    assert Import.objects.get().file == "" and [each.wanted for each in ImportRow.objects.all() if each.wanted] == []
    change = Change.objects.get(what="people.import")
    assert (change.actor, change.differences) == (
        cast.olga,
        {"new": [None, 2], "changed": [None, 1 + (shape == "quoted")]},
    )
    # Taken back, everybody is as before.
    assert olga.post(f"{run}undo/").status_code == 302
    assert everybody() == before and not Tag.objects.exists()


def test_the_hostile_one_says_why_beside_each_row(olga: Client, cast: Cast) -> None:
    run = bring(olga, HOSTILE, "<script>.csv")
    wrong = shown(olga, run, "?mark=wrong")
    assert [why for _what, why in wrong.values()] == [
        "There is no name.",
        "Too long: name has at most 120 characters.",
        "“not-an-address” is not an e-mail address.",
        "“perhaps” says neither that they belong to the gym nor that they left.",
        "The same person as in line 10.",
        "“many” is not an e-mail address.",
    ]
    assert "A coach or owner is deactivated by hand." in shown(olga, run)["Olga Oduya"][1]
    content = olga.get(run).content.decode()
    assert "<script>alert" not in content and "&lt;script&gt;alert(1)" in content
    # Nothing is imported as long as rows are wrong and nobody said to leave them out.
    with nothing_written():
        answer = olga.post(f"{run}now/", follow=True)
    assert "Some rows are wrong" in page(answer).one("main").text
    assert olga.post(f"{run}now/", {"leave_out": "on"}).status_code == 302
    assert Membership.objects.filter(name="Turned Round").exists()
    # To a spreadsheet its formulas are words, and read again they are what they were.
    answer = olga.get(f"{PEOPLE}export/")
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
    cells = [cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) for cell in row]
    assert '\'=HYPERLINK("http://evil.example";"x")' in cells and "'@SUM(A1:A9)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_ones_own_export_is_all_the_same(olga: Client, cast: Cast) -> None:
    make.person(cast.northside, "=1+1", nickname="-x", email="formula@home.example", language="de", units="imperial")
    make.person(cast.northside, "Mia Mann", is_minor=True, guardian_email="mum@home.example", tv_consent=True)
    make.person(cast.northside, "Ana Alves", standing_limits="low grip only")
    Tag.put([cast.ana.pk, cast.dev.pk], "Morning crew")
    run = bring(olga, olga.get(f"{PEOPLE}export/").content)
    assert {what for what, _why in shown(olga, run).values()} == {"same"}
    assert len(shown(olga, run)) == 10 and Import.objects.get().total == 11
    # What the table shows is what is exported.
    lines = olga.get(f"{PEOPLE}export/?role=owner").content.decode().splitlines()
    assert len(lines) == 2 and "Olga Oduya" in lines[1]


def test_it_is_read_as_the_owner_says(olga: Client) -> None:
    run = bring(olga, b"Wer;Wohin;Wann\nRobin Roe;robin@home.example;gestern\n")
    assert shown(olga, run)["–"][0] == "wrong"
    form = page(olga.get(run)).one("form", id="reading-form")
    assert [label.text for label in form.all("label")] == ["Letters", "Between the cells", "Wer", "Wohin", "Wann"]
    sent = {"encoding": "utf-8", "delimiter": ";", "column-0": "name", "column-1": "email"}
    for wrong in ({"column-1": "name"}, {"column-0": ""}, {"column-0": "shoe size"}, {"encoding": "klingon"}):
        assert olga.post(run, {**sent, **wrong}).status_code == 422
    assert olga.post(run, sent).status_code == 302
    olga.post(f"{run}read/")
    assert shown(olga, run) == {"Robin Roe": ("new", "")}
    # With another sign between the cells the headings are others, and guessed anew.
    assert olga.post(run, {**sent, "delimiter": ","}).status_code == 302
    olga.post(f"{run}read/")
    assert list(shown(olga, run).values())[0][0] == "wrong"


@pytest.mark.parametrize("content", [b"", b"Name,E-mail\n", b"Name\n" + b"x\n" * 20_100, b'Name\n"Ana\nBen\n'])
def test_what_is_no_list_is_refused_with_the_reason(olga: Client, content: bytes) -> None:
    answer = olga.post(IMPORT, {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert page(answer).one("form", id="import").all("ul", class_="errorlist")
    assert not Import.objects.exists()


def test_a_file_that_is_larger_than_a_form_is_taken_here_alone(olga: Client) -> None:
    content = b"Name,Notes\n" + b"".join(b"Person %d,%s\n" % (number, b"x" * 3000) for number in range(1000))
    assert olga.post(IMPORT, {"file": SimpleUploadedFile("x.csv", content)}).status_code == 302
    assert olga.post(f"{PEOPLE}several/", {"file": SimpleUploadedFile("x.csv", content)}).status_code == 413
    assert olga.post(IMPORT, {"file": SimpleUploadedFile("x.csv", content * 3)}).status_code == 413


def test_all_or_nothing(olga: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bring(olga, b"Name,Nickname\nRobin Roe,Rob\nAna Alves,Ani\n")
    before = everybody()

    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("halfway")

    monkeypatch.setattr("programming.models.importing.ClassSession.raise_versions_of", broken)
    with pytest.raises(RuntimeError, match="halfway"):
        olga.post(f"{run}now/")
    assert everybody() == before and Import.objects.get().state == "ready"


def test_pressed_twice_it_is_one_import(olga: Client) -> None:
    run = bring(olga, b"Name\nRobin Roe\n")
    for _press in range(2):
        assert olga.post(f"{run}now/").status_code == 302
    assert Membership.objects.filter(name="Robin Roe").count() == 1


def test_what_changed_since_it_was_looked_at_is_looked_at_again(olga: Client, cast: Cast) -> None:
    run = bring(olga, b"Name,Nickname\nDev Das,Dee\nRobin Roe,Rob\n")
    cast.dev.rename("Dev Davies", "")
    with nothing_written():
        answer = olga.post(f"{run}now/", follow=True)
    assert "Nothing was imported: look again" in page(answer).one("main").text
    olga.post(f"{run}read/")
    assert {name: what for name, (what, _why) in shown(olga, run).items()} == {"Dev Das": "new", "Robin Roe": "new"}


def test_taken_back_but_for_what_somebody_did_since(olga: Client, cast: Cast, evening: ClassSession) -> None:
    run = bring(olga, b"Name,Nickname,Tags\nRobin Roe,Rob,crew\nSky Sung,Sky,\nDev Das,Dee,crew\nBen Baker,Benny,\n")
    olga.post(f"{run}now/")
    robin = Membership.objects.get(name="Robin Roe")
    make.roster(evening, robin)
    Membership.objects.filter(pk=cast.ben.pk).update(nickname="Bo")
    asked = page(olga.get(f"{run}undo/")).one("main")
    assert "Robin Roe" in asked.one("p", id="stay").text and "Sky" not in asked.one("p", id="stay").text
    assert olga.post(f"{run}undo/").status_code == 302
    assert Membership.objects.filter(name="Robin Roe").exists()
    assert not Membership.objects.filter(name="Sky Sung").exists()
    nicknames = dict(Membership.objects.values_list("name", "nickname"))
    assert (nicknames["Dev Das"], nicknames["Ben Baker"]) == ("", "Bo")
    assert not Tag.objects.filter(person=cast.dev).exists()
    # Once is enough, and it is not to be done again.
    with nothing_written():
        assert olga.post(f"{run}undo/").status_code == 302


def test_it_is_forgotten(olga: Client, cast: Cast) -> None:
    now = timezone.now()
    looked = bring(olga, b"Name\nRobin Roe\n")
    assert olga.post(f"{looked}discard/").status_code == 302
    assert not Import.objects.exists() and not ImportRow.objects.exists()
    bring(olga, b"Name\nRobin Roe\n")
    assert Import.forget_old(now + LOOKED_AT / 2) == 0
    assert Import.forget_old(now + LOOKED_AT + timedelta(minutes=1)) == 1
    done = bring(olga, b"Name\nRobin Roe\n")
    olga.post(f"{done}now/")
    # Another file that is only looked at takes nothing of one that was imported.
    bring(olga, b"Name\nSky Sung\n")
    Import.forget_old(now + TAKEN_BACK + timedelta(minutes=1))
    assert [each.state for each in Import.objects.all()] == ["done"] and not ImportRow.objects.exists()


def progress(part: Element) -> str:
    return part.one("progress")["value"]


def test_a_long_list_shows_how_far_it_is(olga: Client) -> None:
    lines = "".join(f"First{number} Last{number},p{number}@home.example,Active\n" for number in range(1_200))
    answer = olga.post(IMPORT, {"file": SimpleUploadedFile("x.csv", f"Name,E-mail,Status\n{lines}".encode())})
    run = answer.headers["Location"]
    part = page(olga.post(f"{run}read/", headers={"HX-Request": "true"}))
    assert progress(part) == "1000" and part.one("form")["hx-trigger"] == "load, submit"
    answer = olga.post(f"{run}read/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert len(shown(olga, run)) == 50 and len(shown(olga, run, "?page=24")) == 50
    olga.post(f"{run}now/")
    assert Membership.objects.filter(name__startswith="First").count() == 1_200
