"""`post()`: a letter goes into the queue with the transaction, once for each key, and is written for its reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.models import Letter, User
from gym.post import post
from gym.post.delivering import deliver_due
from gym.post.kinds import KINDS, Kind, NotWanted, register
from gym.scope import NoGym, in_gym
from tests import make
from tests.people import Cast

pytest_plugins = ["tests.people"]
pytestmark = pytest.mark.django_db

CARLA = "carla@northside.example"


def code(key: str = "code:1", **more: Any) -> Letter:
    """A letter of a kind that is there: a sign-in code."""
    return post("login_code", to=CARLA, key=key, about={"code": "ABCD-1234"}, **more)


# Into the queue ------------------------------------------------------------------------------------------------------


def test_a_letter_is_one_row_and_nothing_else() -> None:
    with CaptureQueriesContext(connection) as queries:
        letter = code()
    assert len(queries) == 1
    assert letter.state == Letter.State.WAITING


def test_the_same_key_never_makes_a_second_letter(mailoutbox: list[EmailMultiAlternatives]) -> None:
    first = code()
    assert code().pk == first.pk
    deliver_due()
    assert code().pk == first.pk
    deliver_due()
    assert len(mailoutbox) == 1
    assert code("code:2").pk != first.pk


def test_nothing_is_sent_of_what_is_rolled_back(mailoutbox: list[EmailMultiAlternatives]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        code()
        raise ZeroDivisionError
    deliver_due()
    assert mailoutbox == []
    assert not Letter.across_gyms.exists()


def test_a_letter_waits_as_long_as_it_is_told(mailoutbox: list[EmailMultiAlternatives]) -> None:
    now = timezone.now()
    code(wait=timedelta(minutes=15), at=now)
    deliver_due(lambda: now + timedelta(minutes=14))
    assert mailoutbox == []
    deliver_due(lambda: now + timedelta(minutes=15))
    assert len(mailoutbox) == 1


def test_a_gyms_letters_are_read_in_the_gym_alone(cast: Cast) -> None:
    of_ana, of_sam, of_nobody = post("a", key="1", person=cast.ana), post("a", key="2", person=cast.sam), code()
    assert (of_ana.gym_id, of_sam.gym_id, of_nobody.gym_id) == (cast.northside.pk, cast.harbour.pk, None)
    with pytest.raises(NoGym):
        Letter.objects.count()
    with in_gym(cast.northside):
        assert list(Letter.objects.all()) == [of_ana]


# What it says --------------------------------------------------------------------------------------------------------


def sent_code(mailoutbox: list[Any]) -> EmailMultiAlternatives:
    code()
    deliver_due()
    [mail] = mailoutbox
    found: EmailMultiAlternatives = mail
    return found


def page_of(mail: EmailMultiAlternatives) -> str:
    """Its HTML."""
    [(page, kind)] = [(str(content), kind) for content, kind in mail.alternatives]
    assert kind == "text/html"
    return page


def test_it_is_text_and_html(mailoutbox: list[Any], settings: Any) -> None:
    mail = sent_code(mailoutbox)
    page = page_of(mail)
    assert mail.to == [CARLA]
    assert mail.subject == "Your code for Rung"
    assert "\n\nABCD-1234\n\n" in mail.body
    assert ">ABCD-1234<" in page
    assert settings.SITE_URL in mail.body and settings.SITE_URL in page


def test_it_reads_in_the_dark_and_fetches_nothing(mailoutbox: list[Any]) -> None:
    page = page_of(sent_code(mailoutbox))
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "prefers-color-scheme: dark" in page
    for fetched in ("<img", "<link", "<script", "@import", "url(", "<table"):
        assert fetched not in page


def test_its_headers_say_what_it_is(mailoutbox: list[Any]) -> None:
    mail = sent_code(mailoutbox)
    letter = Letter.across_gyms.get()
    assert mail.extra_headers["Message-ID"] == f"<{letter.pk}@localhost>"
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    # Nobody switches off their own sign-in codes.
    assert "List-Unsubscribe" not in mail.extra_headers


def test_html_in_a_word_stays_a_word(mailoutbox: list[Any]) -> None:
    post("login_code", to=CARLA, key="1", about={"code": "<b>&"})
    deliver_due()
    assert "<b>&" in mailoutbox[0].body
    assert "&lt;b&gt;&amp;" in page_of(mailoutbox[0])
    assert "<b>&" not in page_of(mailoutbox[0])


def test_a_letter_without_a_page_of_its_own_gets_one_from_its_text(mailoutbox: list[Any]) -> None:
    address = "https://rung.example.org/account/password/reset/key/1-abc/"
    post("password_reset_key", to=CARLA, key="1", about={"password_reset_url": address})
    deliver_due()
    assert f'<a href="{address}"' in page_of(mailoutbox[0])


def test_what_it_says_is_forgotten_once_it_is_sent(mailoutbox: list[Any]) -> None:
    sent_code(mailoutbox)
    letter = Letter.across_gyms.get()
    assert (letter.state, letter.about) == (Letter.State.SENT, {})
    assert letter.settled_at


@pytest.fixture
def greeting(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> dict[str, Any]:
    """A kind of letter made up here, which says when; what it answers when asked can be changed."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "greeting.txt").write_text("Hello {{ who }}, {{ at|date:'H:i' }} at {{ gym.name }}")
    (tmp_path / "mail" / "greeting_subject.txt").write_text("Hello\n{{ who }}\r\nBcc: everybody@example.org")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    answers: dict[str, Any] = {"who": "Ana"}

    def prepare(letter: Letter) -> dict[str, Any]:
        if answers.get("not wanted"):
            raise NotWanted
        return {"who": answers["who"], "at": datetime(2026, 11, 21, 12, 0, tzinfo=UTC)}

    monkeypatch.setitem(KINDS, "greeting", Kind(called=KINDS["login_code"].called, prepare=prepare))
    return answers


def test_it_is_written_when_it_is_sent_in_the_gyms_time(
    cast: Cast, greeting: dict[str, Any], mailoutbox: list[Any]
) -> None:
    cast.northside.time_zone = "Asia/Tokyo"
    cast.northside.save()
    post("greeting", key="1", person=cast.ana)
    greeting["who"] = "Ana & Ben"
    deliver_due()
    assert "Hello Ana & Ben, 21:00 at Northside Barbell" in mailoutbox[0].body
    assert mailoutbox[0].to == ["ana@northside.example"]


def test_a_subject_is_one_line_whatever_stands_in_it(
    cast: Cast, greeting: dict[str, Any], mailoutbox: list[Any]
) -> None:
    greeting["who"] = "x\r\nBcc: all@example.org"
    post("greeting", key="1", person=cast.ana)
    deliver_due()
    assert mailoutbox[0].subject == "Hello x Bcc: all@example.org Bcc: everybody@example.org"
    assert mailoutbox[0].recipients() == ["ana@northside.example"]


def test_what_is_no_longer_so_is_not_sent(cast: Cast, greeting: dict[str, Any], mailoutbox: list[Any]) -> None:
    post("greeting", key="1", person=cast.ana, about={"secret": "abc"})
    greeting["not wanted"] = True
    deliver_due()
    assert mailoutbox == []
    letter = Letter.across_gyms.get()
    assert (letter.state, letter.about) == (Letter.State.DROPPED, {})


def test_where_a_person_reads_what_concerns_them(cast: Cast, greeting: dict[str, Any], mailoutbox: list[Any]) -> None:
    """At the address they have when it is sent; of a minor their guardian, and nobody else."""
    assert cast.ben.user
    cast.ben.is_minor, cast.ben.guardian_email = True, "parent@home.example"
    cast.ben.save()
    User.objects.filter(email="ana@northside.example").update(email="new@northside.example")
    # Without an account, a minor without a guardian's address, somebody who left, a sign-in that is off.
    cast.nia.is_minor = True
    cast.nia.save()
    gone, off = (
        make.person(cast.northside, "Gone", email="gone@x.example"),
        make.person(cast.northside, "Off", email="off@x.example"),
    )
    gone.leave()
    User.objects.filter(email="off@x.example").update(is_active=False)
    for person in (cast.ana, cast.ben, cast.chiara, cast.nia, gone, off):
        post("greeting", key=f"{person.pk}", person=person)
    deliver_due()
    assert [mail.to for mail in mailoutbox] == [["new@northside.example"], ["parent@home.example"]]
    assert Letter.across_gyms.filter(state=Letter.State.DROPPED).count() == 4


def test_a_kind_is_registered_once_and_known_by_its_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gym.post.kinds.KINDS", {})
    kind = Kind(called=KINDS["login_code"].called, switch="mail_moves")
    register("greeting", kind)
    from gym.post.kinds import with_switch

    assert with_switch("mail_moves") is kind
    assert with_switch("is_owner") is None
    assert with_switch("") is None


# allauth's letters go this way too -----------------------------------------------------------------------------------


def test_a_page_sends_no_mail_itself(mailoutbox: list[Any]) -> None:
    User.objects.create_user(CARLA, make.PASSWORD)
    Client().post("/account/login/code/", {"email": CARLA})
    assert mailoutbox == []
    letter = Letter.across_gyms.get()
    assert letter.useful_until is not None
    assert letter.useful_until - letter.made_at == timedelta(minutes=15)
    deliver_due()
    assert mailoutbox[0].subject == "Your code for Rung"


def test_a_code_that_nobody_could_use_any_more_is_not_sent(mailoutbox: list[Any]) -> None:
    code(useful_for=timedelta(minutes=15))
    deliver_due(lambda: timezone.now() + timedelta(minutes=16))
    letter = Letter.across_gyms.get()
    assert (mailoutbox, letter.state, letter.about) == ([], Letter.State.DROPPED, {})
