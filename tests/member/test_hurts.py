"""Something hurts: the member says so at home, the board holds them at once, and only a coach ends it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from gym.models import Letter, Membership
from gym.post.delivering import deliver_due
from gym.scope import in_gym
from programming.body import REGIONS
from programming.models import ClassSession, Hold, PainReport, Placement, Progression, Tap
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import Screen, nothing_written, page
from tests.page import Element
from tests.people import Cast

pytest_plugins = ["tests.people"]

MY = "/gym/northside-barbell/my/"
HURTS = f"{MY}hurts/"
SENTENCE = "Since the swings on Monday, zqvx-17."


@pytest.fixture
def ana(cast: Cast, evening: ClassSession) -> Client:
    """Ana's phone. She is on the dowel, and in the class that runs."""
    make.place(evening, cast.ana, "dowel", by=cast.carla, after=60)
    return signed_in(cast.ana)


@pytest.fixture
def board(cast: Cast, evening: ClassSession) -> Screen:
    """Carla's board of that class."""
    return Screen(signed_in(cast.carla), evening, cast.carla)


def send(client: Client, key: Any = None, **said: Any) -> Any:
    """Fill in the form as it is, and send it."""
    form = page(client.get(HURTS)).one("form", id="hurts")
    token = key or form.one("input", name="tap")["value"]
    return client.post(form["action"], {"tap": str(token), **said})


def tell(client: Client, **said: Any) -> None:
    """The same, with everything said and agreed to where nothing else is said."""
    told = {"places": ["left_knee", "low_back"], "since": "days", "sentence": SENTENCE, "agreed": "on", **said}
    answer = send(client, **told)
    assert (answer.status_code, answer.headers["Location"]) == (302, HURTS)


def main(client: Client, path: str = HURTS) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200
    return page(answer).one("main")


# What the member does ------------------------------------------------------------------------------------------------


def test_from_my_drills_one_tap_away(ana: Client) -> None:
    assert page(ana.get(MY)).one("a", class_="btn hurt")["href"] == HURTS


def test_every_part_of_the_body_has_words_a_box_and_a_place_in_the_picture(ana: Client) -> None:
    where = main(ana).one("fieldset", id="where")
    boxes = where.all("input", type="checkbox")
    assert [box["value"] for box in boxes] == [region.key for region in REGIONS]
    for box, region in zip(boxes, REGIONS, strict=True):
        words, *spots = where.all("label", for_=box["id"])
        assert words.text == str(region.words)
        assert [spot.text for spot in spots] == ([] if region.side == "neither" else [""])


def test_sending_holds_at_once_on_every_ladder(ana: Client, cast: Cast, evening: ClassSession) -> None:
    make.second_ladder(cast.northside)
    tell(ana)
    with in_gym(cast.northside):
        held = Placement.objects.filter(member=cast.ana, is_held=True)
        assert held.count() == Progression.objects.count() == 4
        hold = Hold.objects.get()
        assert (hold.member, hold.actor, hold.session, hold.where) == (cast.ana, cast.ana, None, "")
        # Where it hurts stands in the report alone, where it can be deleted.
        assert Tap.objects.get(kind="pain").detail == {}
        kept = PainReport.objects.get()
        assert (kept.hold, kept.places, kept.since) == (hold, ["left_knee", "low_back"], "days")
        assert kept.sentence == SENTENCE


def test_whoever_has_no_stage_yet_is_held_on_the_next_board(cast: Cast, board: Screen) -> None:
    tell(signed_in(cast.ben))
    assert board.line(cast.ben) == "PAIN · held: said so on My drills"


def test_then_the_page_says_what_happens(ana: Client) -> None:
    assert main(ana).one("h1").text == "Something hurts"
    tell(ana)
    after = main(ana)
    assert after.one("h1").text == "You are on hold"
    told = after.one("section", id="what-next").text
    assert "A coach talks to you" in told and "no drill with load" in told
    assert "Only a coach can end the hold. It cannot be taken back here." in told
    assert f"today: left knee and low back, for a few days · {SENTENCE}" in told
    assert "See a professional" in after.text
    assert main(ana, MY).one("section", id="on-hold")


def test_the_same_page_sent_twice_is_once(ana: Client, cast: Cast) -> None:
    key = uuid4()
    send(ana, key, places=["head"], agreed="on")
    with nothing_written():
        assert send(ana, key, places=["head"], agreed="on").status_code == 302
    # Other words from the same page, gone back to, are not lost.
    send(ana, key, places=["neck"], agreed="on")
    assert make.row_count(PainReport) == 2


def test_twice_is_one_hold_with_both_reports(ana: Client, cast: Cast, board: Screen) -> None:
    tell(ana, places=["left_knee"], sentence="")
    tell(ana, places=["neck"], since="today", sentence="")
    assert board.line(cast.ana) == "PAIN · held: said so on My drills"
    told = [line.text for line in board.sheet(cast.ana).one("ul", class_="told").all("li")]
    assert told == ["today: neck, since today", "today: left knee, for a few days"]
    holds = page(board.get(f"{cast.ana.pk}/member/")).one("section", id="holds")
    (line,) = holds.all("li")
    assert "left knee, for a few days; neck, since today" in line.text
    board.tap(cast.ana, "clear", note="Fine again.")
    assert "data-hold" not in board.row(cast.ana)


def test_it_cannot_be_taken_back(ana: Client, cast: Cast, evening: ClassSession, board: Screen) -> None:
    tell(ana)
    with in_gym(cast.northside):
        key = str(Tap.objects.get(kind="pain").key)
    for client, status in ((ana, 403), (board.client, 422)):
        answer = client.post(board.url(cast.ana, "undo"), {"undone": key, "from": "member"})
        assert answer.status_code == status
    assert "data-hold" in board.row(cast.ana)


@pytest.mark.parametrize("said", [{}, {"places": "left_knee", "since": "weeks", "sentence": SENTENCE}])
def test_without_agreeing_nothing_but_the_hold_is_kept(
    ana: Client, cast: Cast, board: Screen, said: dict[str, str]
) -> None:
    answer = send(ana, **said)
    assert answer.status_code == 302
    assert ("did not agree" in main(ana).text) == bool(said)
    assert make.row_count(PainReport) == 0
    assert "data-hold" in board.row(cast.ana)
    assert [line.text for line in board.sheet(cast.ana).one("ul", class_="told").all("li")] == ["today: not said where"]
    with in_gym(cast.northside):
        stored = str(list(Tap.objects.filter(kind="pain").values()))
    assert "zqvx" not in stored and "knee" not in stored


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"places": "soul"}, "Choose places of the list."),
        ({"since": "1"}, "Choose one of the list."),
        ({"sentence": "x" * 201}, "This is too long: 200 characters at most. Nothing was sent yet."),
        ({"tap": "x"}, "This did not arrive whole. Send it again."),
    ],
)
def test_nonsense_is_refused_in_words(ana: Client, said: dict[str, str], sentence: str) -> None:
    with nothing_written():
        answer = ana.post(HURTS, {"places": "head", **said})
    assert answer.status_code == 422
    assert sentence in page(answer).one("main").text
    # What was ticked stays ticked.
    assert [box["value"] for box in page(answer).all("input", name="places", checked="")] == (
        ["head"] if "places" not in said else []
    )


# What the coaches see ------------------------------------------------------------------------------------------------


def test_the_board_is_told_at_the_next_poll(ana: Client, cast: Cast, board: Screen) -> None:
    def version() -> int:
        with in_gym(cast.northside):
            return ClassSession.objects.get(pk=board.session.pk).version

    before = version()
    tell(ana)
    assert version() > before
    row = board.row(cast.ana)
    assert row.one("small").text == "PAIN · held: said so on My drills"
    # The words stand on the sheet, and not on the board that lies open.
    assert "zqvx" not in board.board().text and "knee" not in row.text
    told = board.sheet(cast.ana).one("ul", class_="told")
    assert told.text == f"today: left knee and low back, for a few days · {SENTENCE}"


def test_a_coach_clears_it_with_a_note_and_the_member_reads_so(ana: Client, cast: Cast, board: Screen) -> None:
    tell(ana)
    assert board.tap(cast.ana, "stage", stage="loaded").status_code == 422
    board.press(board.sheet(cast.ana).button("Clear the hold"), note="Talked, all fine.")
    assert "data-hold" not in board.row(cast.ana)
    assert main(ana).one("h1").text == "Something hurts"
    assert main(ana, MY).all("section", id="on-hold") == []


def test_a_clearance_of_before_does_not_end_what_was_told_since(ana: Client, cast: Cast, board: Screen) -> None:
    """A tablet without network brings it later."""
    tell(ana)
    board.tap(cast.ana, "clear", note="Fine again.", age=int(timedelta(minutes=5).total_seconds() * 1000))
    assert "data-hold" in board.row(cast.ana)


def deliver() -> None:
    deliver_due(lambda: timezone.now() + timedelta(minutes=1))


def test_every_coach_and_owner_reads_it_by_mail(ana: Client, cast: Cast, mailoutbox: list[Any]) -> None:
    tell(ana)
    tell(ana, places=["neck"])
    deliver()
    readers = {cast.carla, cast.kim, cast.olga}
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(each.user.email for each in readers if each.user)
    for mail in mailoutbox:
        assert mail.subject == "A word from Ana A. at Northside Barbell"
        whole = f"{mail.subject} {mail.body} {mail.alternatives[0].content}"
        assert "Ana A. reported that something hurts; the board at Northside Barbell holds them" in mail.body
        assert "/member/" in mail.body
        for word in ("zqvx", "knee", "neck", "days"):
            assert word not in whole


def test_nobody_is_mailed_what_was_cleared_meanwhile(
    ana: Client, cast: Cast, board: Screen, mailoutbox: list[Any]
) -> None:
    tell(ana)
    board.tap(cast.ana, "clear", note="Fine again.")
    deliver()
    assert [mail.subject for mail in mailoutbox if "A word" in mail.subject] == []


# Who reads it --------------------------------------------------------------------------------------------------------


def test_the_words_reach_nobody_else(
    ana: Client, cast: Cast, evening: ClassSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tell(ana)
    ben, (_screen, link) = signed_in(cast.ben), make.screen(cast.northside, cast.olga)
    pages = [ben.get(MY), ben.get(HURTS), Client().get(f"/gym/northside-barbell/screen/{link}/")]
    pages.append(Client().get(f"/gym/northside-barbell/screen/{link}/now/"))
    pages += [signed_in(cast.olga).get("/gym/northside-barbell/today/"), ana.get(MY)]
    for answer in pages:
        assert answer.status_code == 200
        assert "zqvx" not in answer.content.decode() and "left knee and" not in answer.content.decode()
    assert ben.get(f"/gym/northside-barbell/class/{evening.pk}/{cast.ana.pk}/sheet/").status_code == 403
    assert "zqvx" not in caplog.text
    with in_gym(cast.northside):
        assert "zqvx" not in str(list(Letter.objects.values()))
    # And they would be found.
    assert "zqvx" in ana.get(HURTS).content.decode()


def test_another_gyms_pain_is_another_gyms(cast: Cast, evening: ClassSession) -> None:
    make.library(cast.harbour)
    tell(signed_in(cast.nia))
    with in_gym(cast.harbour):
        assert not Hold.objects.exists() and not PainReport.objects.exists()
    away: Membership = cast.sam
    assert signed_in(away).get(HURTS).status_code == 404
