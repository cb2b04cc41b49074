"""Reading lists of people: encoding, delimiter, headings, what a row wants, and beside the gym's people."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from programming.people_files.columns import guess, known
from programming.people_files.comparing import UNSAID, Comparing, Known, Outcome
from programming.people_files.tables import Table, Unreadable, decoded, guess_delimiter, guess_encoding, table_of
from programming.people_files.wants import dates_in, wants_of
from tests.lists_of_people import HOSTILE, SHAPES

TODAY = date(2026, 11, 21)
ANA = UUID("018f0000-0000-7000-8000-00000000000a")
BEN = UUID("018f0000-0000-7000-8000-00000000000b")


def read(content: bytes) -> Table:
    text = decoded(content, guess_encoding(content))
    return table_of(text, guess_delimiter(text), known)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_people_are_in_lists_of_every_shape(shape: str) -> None:
    table = read(SHAPES[shape])
    fields = guess(table.headings)
    found = [wants_of(cells, fields, TODAY) for _number, cells in table.rows]
    assert [each.wrong for each in found] == [[], [], [], []]
    said = [
        (each.values["name"], each.values["email"], each.values["is_active"], each.values["is_minor"]) for each in found
    ]
    assert said == [
        ("Ana Alves", "ana@northside.example", True, False),
        ("Chiara Conti", "chiara@home.example", True, False),
        ("José Müller-Lüdenscheidt", "jose@home.example", False, False),
        ("Mia Young", "mum@home.example", True, True),
    ]


def test_lines_are_numbered_as_a_spreadsheet_does() -> None:
    assert [number for number, _cells in read(SHAPES["with a title"]).rows] == [4, 5, 6, 7]
    assert [number for number, _cells in read(SHAPES["german"]).rows] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("name", "encoding", "guessed"),
    [
        ("José Müller", "utf-8", "utf-8"),
        ("José Müller", "utf-8-sig", "utf-8"),
        ("José Müller", "cp1252", "cp1252"),
        ("Łukasz Żółć, Paweł Świątek", "cp1250", "cp1250"),
        ("José Müller, Åsa Strøm", "mac-roman", "mac-roman"),
        ("José Müller", "utf-16", "utf-16"),
        ("José Müller", "utf-16-le", "utf-16"),
        ("José Müller", "utf-16-be", "utf-16"),
        ("Plain", "ascii", "utf-8"),
    ],
)
def test_letters_are_read_as_they_were_written(name: str, encoding: str, guessed: str) -> None:
    content = f"Name;E-mail\n{name};someone@home.example\n".encode(encoding)
    assert guess_encoding(content) == guessed
    assert read(content).rows[0][1][0] == name


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_stands_between_cells_is_found(delimiter: str) -> None:
    rows = [["Name", "E-mail", "Notes"], ["Ana", "a@x.example", '"one, two; three"'], ["Ben", "b@x.example", ""]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert guess_delimiter(text) == delimiter
    assert guess_delimiter(f"sep={delimiter}\n{text}") == delimiter
    assert table_of(f"sep={delimiter}\n{text}", delimiter, known).headings == ("Name", "E-mail", "Notes")


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["First", "Last", "Email", "DOB", "Type"], ["first_name", "last_name", "email", "born", ""]),
        (["Name", "Vorname", "E-Mail"], ["last_name", "first_name", "email"]),
        (["Nom", "Prénom", "Adresse e-mail"], ["last_name", "first_name", "email"]),
        (["Nombre", "Apellidos", "Correo electrónico"], ["first_name", "last_name", "email"]),
        (["NAME", "First Name", "Last Name"], ["", "first_name", "last_name"]),
        (["E-mail", "Email", "Name"], ["email", "", "name"]),
        (["first_name", "last-name", "e_mail"], ["first_name", "last_name", "email"]),
        (["Schuhgröße", ""], ["", ""]),
    ],
)
def test_headings_are_understood_in_any_order_and_language(headings: list[str], fields: list[str]) -> None:
    assert guess(headings) == fields


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("2010-04-03", ["2010-04-03"]),
        ("03.04.2010", ["2010-04-03"]),
        ("3/4/2010", ["2010-04-03", "2010-03-04"]),
        ("25/12/1980", ["1980-12-25"]),
        ("12/25/80", ["1980-12-25"]),
        ("1980-12-25 00:00:00", ["1980-12-25"]),
        ("31/02/2000", []),
        ("2030-01-01", []),
        ("1700-01-01", []),
        ("soon", []),
    ],
)
def test_a_date_of_birth(said: str, days: list[str]) -> None:
    assert [day.isoformat() for day in dates_in(said, TODAY)] == days


def test_who_may_be_a_minor_is_one() -> None:
    for said, is_minor in (("2008-11-21", False), ("2008-11-22", True), ("10/12/2008", True), ("10.12.2007", False)):
        assert wants_of(["Mia", said], ["name", "born"], TODAY).values["is_minor"] is is_minor, said
    # What the list says outright counts.
    assert wants_of(["Mia", "no", "2015-01-01"], ["name", "is_minor", "born"], TODAY).values["is_minor"] is False


@pytest.mark.parametrize(
    ("field", "said", "code"),
    [
        ("email", "ana@", "no_address"),
        ("guardian_email", "mum", "no_address"),
        ("is_minor", "perhaps", "yes_or_no"),
        ("born", "soon", "no_date"),
        ("state", "thinking", "no_state"),
        ("nickname", "x" * 61, "too_long"),
        ("standing_limits", "x" * 81, "too_long"),
        ("tags", "x" * 41, "tags"),
    ],
)
def test_what_cannot_be_stored_is_wrong(field: str, said: str, code: str) -> None:
    assert [each[0] for each in wants_of(["Ana", said], ["name", field], TODAY).wrong] == [code]
    assert wants_of(["Ana", ""], ["name", field], TODAY).wrong == []


def test_a_name_is_needed() -> None:
    for cells in (["", "a@x.example"], ["–", "a@x.example"], ["\u202e", "a@x.example"]):
        assert [each[0] for each in wants_of(cells, ["name", "email"], TODAY).wrong] == ["no_name"]


NO_LISTS = [
    b"",
    b"\n\n",
    b"Name,E-mail\n",
    b"Name," * 300 + b"\nx",
    b'Name,E-mail\n"Ana,a@x.example\nBen,b@x.example\n',
]


@pytest.mark.parametrize("content", NO_LISTS)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content)


# Beside the gym's people ---------------------------------------------------------------------------------------------


def somebody(
    key: UUID, name: str, address: str = "", *, signs_in: bool = False, in_charge: bool = False, **more: Any
) -> Known:
    values = {**UNSAID, "name": name, "email": "" if signs_in else address, **more}
    return Known(key, values, address, signs_in, in_charge)


def compare(people: list[Known], *rows: str, headings: str = "name,email") -> list[Outcome]:
    table = Table((), tuple((place, tuple(row.split(","))) for place, row in enumerate(rows, start=2)))
    return list(Comparing(table, headings.split(","), people, TODAY).outcomes())


def marks(people: list[Known], *rows: str, headings: str = "name,email") -> list[tuple[str, UUID | None]]:
    return [(str(each.mark), each.person) for each in compare(people, *rows, headings=headings)]


def test_who_is_meant() -> None:
    ana = somebody(ANA, "Ana Alves", "ana@x.example")
    assert marks([ana], "Ana Alves,ana@x.example") == [("same", ANA)]
    assert marks([ana], "ANA  ALVÈS,ana@x.example") == [("same", ANA)]
    assert marks([ana], "Ana Alves,") == [("same", ANA)]
    assert marks([ana], "Ana Alves-Baker,ana@x.example") == [("changed", ANA)]
    assert marks([ana], "Ana Alves,other@x.example") == [("new", None)]
    assert marks([ana], f"Somebody Else,,{ANA}", headings="name,email,id") == [("changed", ANA)]
    # A family's address is nobody's alone.
    assert marks([ana], "Ana Alves,ana@x.example", "Mia Alves,ana@x.example") == [("same", ANA), ("new", None)]
    assert marks([somebody(ANA, "Ana Alves")], "Ana Alves,ana@x.example") == [("changed", ANA)]


def test_whoever_cannot_be_told_apart_is_nobody() -> None:
    two = [somebody(ANA, "Ana Alves"), somebody(BEN, "Ana Alves")]
    assert marks(two, "Ana Alves,ana@x.example") == [("wrong", None)]
    assert marks(two, "Ana Alves,", "Ana Alves,") == [("wrong", None), ("wrong", None)]


def test_one_person_stands_in_one_row() -> None:
    found = compare([], "Ana,ana@x.example", "Ben,", "Ana,ana@x.example", "Ben,")
    assert [str(each.mark) for each in found] == ["new", "new", "wrong", "wrong"]
    assert found[2].reasons == [["twice", {"line": 2}]]


def test_what_is_empty_changes_nothing_and_another_spelling_neither() -> None:
    ana = somebody(ANA, "Ana Alvès", "ana@x.example", nickname="Ani", standing_limits="low grip only")
    (same,) = compare([ana], "ANA ALVES,,", headings="name,nickname,standing_limits")
    assert (same.mark, same.after) == ("same", {})


def test_an_own_address_is_left_alone_and_so_is_who_runs_the_gym() -> None:
    owner = somebody(ANA, "Ana Alves", "ana@x.example", signs_in=True, in_charge=True)
    (kept,) = compare([owner], f"Ana Alves,new@x.example,left,{ANA}", headings="name,email,state,id")
    assert (str(kept.mark), [code for code, _values in kept.reasons]) == ("same", ["own_address", "in_charge"])
    (wrong,) = compare([owner], "Ana Alves,ana@x.example,yes", headings="name,email,is_minor")
    assert (str(wrong.mark), wrong.reasons[0][0]) == ("wrong", "minor_in_charge")


def test_of_a_minor_the_guardian_is_written_to() -> None:
    (mia,) = compare([], "Mia,mum@x.example,yes", headings="name,email,is_minor")
    assert (mia.after["email"], mia.after["guardian_email"]) == ("", "mum@x.example")
    known_mia = somebody(ANA, "Mia", is_minor=True, guardian_email="dad@x.example")
    (kept,) = compare([known_mia], "Mia,mum@x.example")
    assert (str(kept.mark), kept.reasons) == ("same", [["guardian", {}]])


def test_tags_are_added_and_none_is_taken() -> None:
    ana = Known(ANA, {**UNSAID, "name": "Ana"}, "", False, False, frozenset({"mornings"}))
    (found,) = compare([ana], "Ana,Mornings|Barbell", headings="name,tags")
    assert (found.before, found.after) == ({"tags": []}, {"tags": ["Barbell"]})


def test_a_hostile_list_is_read_as_words() -> None:
    table = read(HOSTILE)
    people = [
        somebody(ANA, "Ana Alves", "ana@northside.example", signs_in=True),
        somebody(BEN, "Olga Oduya", "olga@northside.example", signs_in=True, in_charge=True),
    ]
    found = list(Comparing(table, guess(table.headings), people, TODAY).outcomes())
    assert [(each.wanted["name"][:12], str(each.mark)) for each in found] == [
        ('=HYPERLINK("', "new"),
        ("<script>aler", "new"),
        ("Nul Byte", "new"),
        ("", "wrong"),
        ("x" * 12, "wrong"),
        ("Bad Mail", "wrong"),
        ("Odd Status", "wrong"),
        ("Turned Round", "new"),
        ("Ana Alves", "changed"),
        ("Ana Alves", "wrong"),
        ("Olga Oduya", "same"),
        ("too", "wrong"),
    ]
