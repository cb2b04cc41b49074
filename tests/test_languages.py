"""Who reads what: their own language and units, else the gym's, else what the browser asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from gym import units
from gym.languages import as_read_by
from gym.models import Gym, Letter, Membership
from gym.post import post
from gym.post.delivering import deliver_due
from gym.scope import in_gym
from programming.models import ClassSession, Drill
from programming.models.noticing import WAIT
from programming.words import setting_text
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import page
from tests.page import read
from tests.people import Cast

pytest_plugins = ["tests.people"]

NORTHSIDE = "/gym/northside-barbell/"
MY = f"{NORTHSIDE}my/"
GERMAN = {"Accept-Language": "de-AT,de;q=0.9"}


def speaks(person: Membership | Gym, language: str = "", units_of: str = "") -> None:
    """Let them have chosen this."""
    person.language, person.units = language, units_of or person.units
    person.save(update_fields=["language", "units"])


@pytest.mark.parametrize(
    ("own", "of_gym", "asked", "spoken"),
    [
        ("fr", "de", "en", "fr"),
        ("", "de", "fr", "de"),
        ("", "", "de", "de"),
        ("", "", "es", "en"),
        # A language that Rung has forgotten is none.
        ("xx", "de", "fr", "de"),
    ],
)
def test_who_decides(cast: Cast, own: str, of_gym: str, asked: str, spoken: str) -> None:
    speaks(cast.ana, own)
    speaks(cast.northside, of_gym)
    answer = signed_in(cast.ana).get(MY, headers={"Accept-Language": asked})
    assert page(answer).one("html")["lang"] == spoken
    assert answer.headers["Content-Language"] == spoken
    assert (
        page(answer)
        .one("title")
        .text.startswith({"en": "My drills", "de": "Meine Übungen", "fr": "Mes exercices"}[spoken])
    )


def test_a_refusal_speaks_the_persons_language_too(cast: Cast) -> None:
    speaks(cast.ana, "de")
    refused = signed_in(cast.ana).get(f"{NORTHSIDE}owner/schedule/")
    assert (refused.status_code, page(refused).one("html")["lang"]) == (403, "de")


def test_the_sign_in_page_speaks_the_browsers(cast: Cast) -> None:
    speaks(cast.northside, "fr")
    assert page(Client().get("/account/login/", headers=GERMAN)).one("html")["lang"] == "de"


def test_two_coaches_on_one_board_read_each_their_own(cast: Cast, evening: ClassSession) -> None:
    speaks(cast.carla, "de")
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    board = f"{NORTHSIDE}class/{evening.pk}/"
    for coach, said, never in ((cast.carla, "Wand", "Wall"), (cast.kim, "Wall", "Wand")) * 2:
        client = signed_in(coach)
        whole = page(client.get(board)).one("main").text
        rows = page(client.get(f"{board}rows/", headers={"HX-Request": "true"})).text
        for shown in (whole, rows):
            assert said in shown and never not in shown
        assert ("noch nicht gesehen" in rows, "not seen yet" in rows) == (coach == cast.carla, coach != cast.carla)


def test_a_drill_that_the_gym_renamed_is_shown_as_typed(cast: Cast, evening: ClassSession) -> None:
    speaks(cast.ana, "de")
    make.place(evening, cast.ana, "wall-tap", by=cast.carla, after=30)
    drills = [each.text for each in page(signed_in(cast.ana).get(MY)).one("section", id="own").all("h3")]
    assert drills == ["Wandtippen"]
    with in_gym(cast.northside):
        Drill.objects.get(key="wall-tap").revise(name="Po an die Wand")
    assert page(signed_in(cast.ana).get(MY)).one("section", id="own").one("h3").text == "Po an die Wand"


def test_a_tv_speaks_the_gyms_and_loads_itself_anew_when_that_changes(cast: Cast, evening: ClassSession) -> None:
    _screen, token = make.screen(cast.northside, by=cast.olga)
    link = f"{NORTHSIDE}screen/{token}/"
    first = Client().get(link, headers=GERMAN)
    speaks(cast.northside, "fr")
    second = Client().get(link, headers=GERMAN)
    assert [page(each).one("html")["lang"] for each in (first, second)] == ["de", "fr"]
    assert first.headers["X-Release"] != second.headers["X-Release"]


def test_a_french_member_of_a_german_gym_reads_pounds(cast: Cast, evening: ClassSession) -> None:
    speaks(cast.northside, "de")
    client = signed_in(cast.ana)
    make.place(evening, cast.ana, "loaded", by=cast.carla, after=30)
    make.tap(evening, cast.ana, "setting", by=cast.carla, after=60, stage="loaded", setting=16_000)
    assert "16 kg" in page(client.get(MY)).one("main").text
    answer = client.post(f"{MY}language/", {"language": "fr", "units": "imperial"})
    assert answer.headers["Location"] == f"{MY}#language"
    shown = page(client.get(MY))
    assert shown.one("html")["lang"] == "fr"
    assert "35 lb" in shown.one("main").text and "16 kg" not in shown.one("main").text
    # The coach beside her reads what he read before.
    assert "35 lb" not in page(signed_in(cast.carla).get(f"{NORTHSIDE}class/{evening.pk}/")).one("main").text


@pytest.mark.parametrize("body", [{"language": "xx", "units": ""}, {"language": "de", "units": "stone"}])
def test_what_is_no_language_or_unit_changes_nothing(cast: Cast, body: dict[str, str]) -> None:
    answer = signed_in(cast.ana).post(f"{MY}language/", body)
    assert (answer.status_code, page(answer).one("ul", class_="errorlist").text) == (422, "Choose one of the list.")
    cast.ana.refresh_from_db()
    assert (cast.ana.language, cast.ana.units) == ("", "")


def test_the_owner_says_what_the_gym_speaks(cast: Cast) -> None:
    client = signed_in(cast.olga)
    saved = client.post(f"{NORTHSIDE}owner/gym/", {"language": "de", "units": "imperial"}, follow=True)
    assert page(saved).one("html")["lang"] == "de"
    cast.northside.refresh_from_db()
    assert (cast.northside.language, cast.northside.units) == ("de", "imperial")
    assert client.post(f"{NORTHSIDE}owner/gym/", {"language": "de", "units": ""}).status_code == 422


def test_a_weight_is_typed_in_the_owners_units(cast: Cast, evening: ClassSession) -> None:
    speaks(cast.northside, "en", "imperial")
    client = signed_in(cast.olga)
    added = client.post(f"{NORTHSIDE}owner/equipment/weight/", {"key": "kettlebell", "weight": "35", "owned": "2"})
    assert added.status_code == 302
    speaks(cast.northside, "en", "metric")
    # The bell that is sold as 16 kg and as 35 lb.
    assert "Kettlebells of 16 kg" in page(client.get(f"{NORTHSIDE}owner/equipment/")).one("main").text


def test_what_is_written_outside_a_request_is_in_its_readers_language_and_units(cast: Cast) -> None:
    speaks(cast.northside, "de", "imperial")
    with as_read_by(cast.northside, cast.ana, asked="fr"):
        assert (units.present(), setting_text("load", 0)) == ("imperial", "ohne Gewicht")
    speaks(cast.ana, "fr", "metric")
    with as_read_by(cast.northside, cast.ana, asked="de"):
        assert (units.present(), setting_text("load", 0)) == ("metric", "sans poids")
    assert setting_text("load", 0) == "no weight"


LETTERS = {
    # Language, subject, what happened, and the words on the link that ends it.
    "ana": (
        "fr",
        "Bâton : un pas de plus",
        "Carla C. t’a fait monter à Northside Barbell",
        "Ne plus recevoir d’e-mails",
    ),
    "ben": (
        "de",
        "Stab: ein Schritt weiter",
        "Carla C. hat dir bei Northside Barbell einen Aufstieg gegeben",
        "Keine E-Mails mehr",
    ),
}


def test_a_letter_is_written_in_its_readers_language(
    cast: Cast, evening: ClassSession, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    """A French member of a German gym, moved up by a coach who reads English."""
    speaks(cast.northside, "de")
    speaks(cast.ana, "fr")
    speaks(cast.carla, "en")
    for person in (cast.ana, cast.ben):
        make.place(evening, person, "wall-tap", by=cast.carla, after=30)
        make.tap(evening, person, "stage", by=cast.carla, after=60, stage="dowel")
    deliver_due(lambda: timezone.now() + WAIT + timedelta(minutes=1))
    letters = {mail.to[0]: mail for mail in mailoutbox}
    for name, (language, subject, moved, off) in LETTERS.items():
        mail = letters[f"{name}@northside.example"]
        html = read(str(mail.alternatives[0][0]))
        assert mail.subject == subject
        for place in (mail.body, html.one("body").text):
            assert moved in place and off in place, place
        # The mailbox's own button, and where it leads.
        switch = mail.extra_headers["List-Unsubscribe"].strip("<>")
        assert html.one("footer").all("a")[-1]["href"] == switch
        assert html.one("html")["lang"] == page(Client().get(urlsplit(switch).path)).one("html")["lang"] == language


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "subject"), [("fr", "Ton code pour Rung"), ("xx", "Your code for Rung")])
def test_a_sign_in_code_is_in_the_language_of_the_page_that_asked_for_it(
    asked: str, subject: str, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    post("login_code", to="a@northside.example", key="1", about={"code": "ABCD-1234"})
    Letter.across_gyms.update(language=asked)
    deliver_due()
    assert mailoutbox[0].subject == subject


def test_days_on_ones_own_pages_are_written_as_the_reader_writes_them(cast: Cast, evening: ClassSession) -> None:
    ana = signed_in(cast.ana)
    said = {}
    with time_machine.travel(datetime(2026, 11, 21, 18, 0, tzinfo=UTC)):
        Membership.across_gyms.filter(pk=cast.ana.pk).update(joined_at=datetime(2026, 11, 3, 12, 0, tzinfo=UTC))
        for language in ("en", "de"):
            speaks(cast.ana, language)
            said[language] = [
                ana.get(f"/gym/northside-barbell/{page}").content.decode() for page in ("my/", "my/data/")
            ]
    for words, day, joined in (
        (said["en"], "21 November 2026", "3 November 2026"),
        (said["de"], "21. November 2026", "3. November 2026"),
    ):
        assert f" · {day}<" in words[0]
        assert f">{joined}<" in words[1]
