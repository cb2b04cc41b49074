"""My data: what is stored about me, taken along, put right; leaving the gym, deleting the account."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.test import Client
from django.utils import timezone

from gym.models import AddressChange, Letter, Membership, User
from gym.post import post
from gym.scope import TenantModel, in_gym
from programming.models import ClassSession, Hold, Note, PainReport
from programming.models.hurting import Told
from programming.models.leaving import erase, leave_gym
from programming.my_data import TABLES, as_csv, cell
from programming.on_roster import on_roster
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import Screen, nothing_written, page
from tests.people import Cast
from tests.test_history import fill

pytest_plugins = ["tests.people"]

DATA = "/gym/northside-barbell/my/data/"
MY = "/gym/northside-barbell/my/"
SENTENCE = "=HYPERLINK(“zqvx-21”)"


@pytest.fixture
def ana(cast: Cast, evening: ClassSession) -> Client:
    """Ana's phone. There is something in every table of history about her, and notes of both kinds."""
    fill(evening, cast.ana, cast.carla)
    make.tap(evening, cast.ana, "note", by=cast.carla, after=700, note="For coaches, zqvx-22.")
    with in_gym(cast.northside):
        tap = Note.objects.filter(body__contains="zqvx-22").get()
        Note.objects.create(
            tap=tap.tap, member=cast.ana, body="Well done, zqvx-23.", visibility="member", at=tap.at, actor=cast.carla
        )
        told = Told(("left_knee",), "days", SENTENCE, agreed=True)
        Hold.report(cast.ana.pk, told, key=tap.pk, now=timezone.now())
        post("move_up", key="a letter", person=cast.ana, about={"row": str(tap.pk)})
    make.tap(evening, cast.ben, "note", by=cast.carla, after=720, note="Of Ben, zqvx-24.")
    return signed_in(cast.ana)


def downloaded(client: Client) -> zipfile.ZipFile:
    answer = client.get(f"{DATA}download/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="northside-barbell-')
    assert "no-store" in answer.headers["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(answer.content))


# What is stored ------------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_stored_in_words(ana: Client) -> None:
    assert page(ana.get(MY)).one("nav", class_="ways").one("a", href=DATA).text == "My data"
    main = page(ana.get(DATA)).one("main")
    said = {each.one("dt").text: each.one("dd").text for each in main.one("dl").children}
    assert said["E-mail"] == "ana@northside.example"
    assert said["Faults seen"] == "1"
    assert said["Times pain put you on hold"] == "2"
    assert "zqvx" not in main.text


def test_the_download_is_everything_but_coaches_notes(ana: Client, cast: Cast) -> None:
    assert ana.get("/account/sessions/").status_code == 200
    file = downloaded(ana)
    everything = json.loads(file.read("my-data.json"))
    assert everything["you"]["name"] == "Ana Alves"
    assert everything["you"]["email"] == "ana@northside.example"
    assert everything["assessments"][0]["stage_name"] == "Dowel"
    assert everything["assessments"][0]["by"] == "Carla C."
    assert [each["sentence"] for each in everything["pain_reports"]] == [SENTENCE]
    assert [each["body"] for each in everything["notes"]] == ["Well done, zqvx-23."]
    for name in file.namelist():
        text = file.read(name).decode()
        assert "zqvx-22" not in text and "zqvx-24" not in text and "Ben" not in text
    # Each table once more, for a spreadsheet.
    filled = {name for name, rows in everything.items() if rows}
    assert {name.removesuffix(".csv") for name in file.namelist()} == {"my-data.json", *filled}
    # What she does at home has tests of its own.
    apart = {
        "calendar",
        "tags",
        "lists",
        "practised",
        "self_checks",
        "homework",
        "invitations",
        "second_steps",
        "changes_of_address",
    }
    assert {table.name for table in TABLES} - filled <= apart
    # Where she is signed in, and nobody else.
    assert [each["ip"] for each in everything["sessions"]] == ["127.0.0.1"]


def test_no_cell_is_a_formula(ana: Client) -> None:
    text = downloaded(ana).read("pain_reports.csv").decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["sentence"] == f"'{SENTENCE}"
    for hostile in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"):  # noqa: RUF001
        assert cell(hostile) == f"'{hostile}"
    assert [cell("Ana"), cell(None), cell(7), cell([1]), cell({"a": "ü"})] == ["Ana", "", "7", "[1]", '{"a": "ü"}']
    assert as_csv([{"a": 'x"y\n'}]) == '\ufeffa\r\n"x""y\n"\r\n'


# Rows about a person that are nothing of theirs to take along.
LEFT_OUT = {"Pin", "Unlock"}
# By what a row says whom it is about; whoever wrote it is somebody else.
ABOUT = ("member", "person")


def test_no_table_about_a_member_is_forgotten() -> None:
    read = {table.model for table in TABLES}
    models = [model for name in ("gym", "programming") for model in apps.get_app_config(name).get_models()]
    about: set[Any] = {
        model
        for model in models
        for field in model._meta.concrete_fields
        if field.related_model is Membership and field.name in ABOUT and model.__name__ not in LEFT_OUT
    }
    assert about and about <= read, f"not in the download: {about - read}"
    assert issubclass(Hold, TenantModel) and PainReport in read


# Rows of somebody's sign-in that are nothing to take along: the person of each gym has a page of their own, the address
# is among the facts, and the operator's log is of the operator's work.
NOT_THEIRS = {"Membership", "EmailAddress", "LogEntry", "User_groups", "User_user_permissions"}


def test_no_table_about_a_sign_in_is_forgotten() -> None:
    about = {
        model
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is User and model.__name__ not in NOT_THEIRS
    }
    assert about and about == {table.model for table in TABLES if table.of == "user"}


def test_no_word_about_a_person_outlasts_them(cast: Cast) -> None:
    words = [each.name for each in Membership._meta.concrete_fields if isinstance(each, CharField | TextField)]
    Membership.across_gyms.filter(pk=cast.ana.pk).update(**dict.fromkeys(words, "zqvx-25"))
    person = Membership.across_gyms.get(pk=cast.ana.pk)
    person.erase(at=timezone.now())
    kept = Membership.across_gyms.filter(pk=cast.ana.pk).values(*words).get()
    assert "email" in words and kept == dict.fromkeys(words, "")


# Put right -----------------------------------------------------------------------------------------------------------


def test_my_name_and_how_i_am_shown(ana: Client, cast: Cast, evening: ClassSession) -> None:
    board = Screen(signed_in(cast.carla), evening, cast.carla)
    assert ana.post(f"{DATA}name/", {"name": " Ana   Abreu ", "shown_name": ""}).status_code == 302
    assert board.row(cast.ana).one("span", class_="name").text == "Ana A."
    ana.post(f"{DATA}name/", {"name": "Ana Abreu", "shown_name": "Annie"})
    assert board.row(cast.ana).one("span", class_="name").text == "Annie"
    cast.ana.refresh_from_db()
    assert (cast.ana.name, cast.ana.search_name) == ("Ana Abreu", "ana abreu")


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 121])
def test_a_name_is_needed(ana: Client, name: str) -> None:
    with nothing_written():
        answer = ana.post(f"{DATA}name/", {"name": name, "shown_name": "Annie"})
    assert answer.status_code == 422
    assert page(answer).one("input", name="shown_name")["value"] == "Annie"


# Going ---------------------------------------------------------------------------------------------------------------


def test_leaving_asks_once_and_closes_the_gym_at_once(ana: Client, cast: Cast) -> None:
    with nothing_written():
        asked = page(ana.get(f"{DATA}leave/")).one("main").text
    assert "What stays: your name and what coaches saw" in asked
    assert ana.post(f"{DATA}leave/").status_code == 302
    for path in (MY, DATA, f"{DATA}download/"):
        assert ana.get(path).status_code == 404
    cast.ana.refresh_from_db()
    assert (cast.ana.name, cast.ana.is_active, cast.ana.erased_at) == ("Ana Alves", False, None)


@pytest.mark.parametrize("way", ["leave", "erase"])
def test_whoever_goes_stands_on_no_roster_to_come(way: str, cast: Cast, evening: ClassSession) -> None:
    with in_gym(cast.northside):
        coming = make.class_session(cast.northside, [cast.ana, cast.ben], starts_at=timezone.now() + timedelta(days=1))
        version = coming.version
        (leave_gym if way == "leave" else erase)(cast.ana.pk, at=timezone.now())
        assert [each.member_id for each in on_roster(coming.pk, None)] == [cast.ben.pk]
        # Who was in a class was in it; and the screens are told.
        assert cast.ana.pk in {each.member_id for each in on_roster(evening.pk, None)}
        coming.refresh_from_db()
        assert coming.version > version


def test_a_coach_who_leaves_coaches_no_more(cast: Cast, evening: ClassSession) -> None:
    carla = signed_in(cast.carla)
    carla.post(f"{DATA}leave/")
    assert carla.get(f"/gym/northside-barbell/class/{evening.pk}/").status_code == 404


def test_the_last_owner_cannot_leave_and_reads_why(cast: Cast, evening: ClassSession) -> None:
    olga = signed_in(cast.olga)
    with nothing_written():
        answer = olga.post(f"{DATA}leave/")
    assert answer.status_code == 422
    assert page(answer).one(role="alert").text.startswith("You are the only owner of this gym.")
    make.person(cast.northside, "Otto Orr", ["owner"], email="otto@northside.example")
    assert olga.post(f"{DATA}leave/").status_code == 302


def confirmed(person: Membership) -> Client:
    """A browser in which that person has typed their password again."""
    client = signed_in(person)
    assert "/reauthenticate/" in client.get(f"{DATA}delete/").headers["Location"]
    assert client.post("/account/reauthenticate/", {"password": make.PASSWORD}).status_code == 302
    return client


def test_deleting_needs_the_password_again(ana: Client, cast: Cast) -> None:
    with nothing_written():
        assert "/reauthenticate/" in ana.post(f"{DATA}delete/").headers["Location"]
        wrong = ana.post("/account/reauthenticate/", {"password": "wrong"})
    assert wrong.status_code == 200
    assert User.objects.filter(email="ana@northside.example").exists()


def test_deleting_takes_the_person_out_of_every_gym(ana: Client, cast: Cast, evening: ClassSession) -> None:
    client = confirmed(cast.ana)
    AddressChange.ask(cast.ana.user, "ana@elsewhere.example", at=timezone.now())  # type: ignore[arg-type]
    assert Letter.across_gyms.filter(to="ana@elsewhere.example").exists()
    asked = page(client.get(f"{DATA}delete/")).one("main").text
    assert "Northside Barbell" in asked and "“Former member”" in asked
    assert client.post(f"{DATA}delete/").status_code == 302
    assert client.get(MY).status_code == 302 and ana.get(MY).status_code == 302
    assert not User.objects.filter(email="ana@northside.example").exists()
    # What was written about her sign-in went to no person of a gym, and to two addresses.
    assert not Letter.across_gyms.filter(to__startswith="ana@").exists()
    with in_gym(cast.northside):
        kept = Membership.objects.get(pk=cast.ana.pk)
        assert kept.erased_at and not kept.is_active and kept.user is None
        assert {kept.name, kept.shown_name, kept.search_name, kept.guardian_email} == {""}
        assert {note.body for note in Note.objects.filter(member=kept)} == {""}
        assert {hold.where for hold in Hold.objects.filter(member=kept)} == {""}
        assert not PainReport.objects.exists() and not Letter.objects.filter(person=kept).exists()
        # Of others nothing is gone.
        assert Note.objects.get(member=cast.ben).body == "Of Ben, zqvx-24."
    board = Screen(signed_in(cast.carla), evening, cast.carla)
    assert board.row(cast.ana).one("span", class_="name").text == "Former member"
    assert "Ana" not in board.board().text


def test_somebody_of_two_gyms_is_erased_from_both(cast: Cast, evening: ClassSession) -> None:
    make.library(cast.harbour)
    client = confirmed(cast.nia)
    assert client.post(f"{DATA}delete/").status_code == 302
    for person in (cast.nia, cast.nia_at_harbour):
        person.refresh_from_db()
        assert (person.name, person.user_id, person.short_name) == ("", None, "Former member")


def test_the_last_owner_keeps_the_account(cast: Cast, evening: ClassSession) -> None:
    client = confirmed(cast.olga)
    with nothing_written():
        answer = client.post(f"{DATA}delete/")
    assert answer.status_code == 422
    assert "You are the only owner of Northside Barbell." in page(answer).one(role="alert").text
    assert client.get(MY).status_code == 200
