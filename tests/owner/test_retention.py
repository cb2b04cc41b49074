"""The owner says how long words about pain are kept after a hold, and it is carried out."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gym.identifiers import uuid7
from gym.management.commands.worker import Told as ToldToStop
from gym.management.commands.worker import look
from gym.models import Gym
from gym.scope import in_gym
from programming.models import ClassSession, Clearance, Hold, Note, PainReport
from programming.models.forgetting import forget_old_pain
from programming.models.history import HistoryIsFixed
from programming.models.hurting import Told
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.people import Cast

pytest_plugins = ["tests.people"]

PAGE = "/gym/northside-barbell/owner/pain-records/"
DAY = timedelta(days=1)
NOT_CHOSEN = "No time is chosen yet: until then nothing is deleted."


@pytest.fixture
def olga(cast: Cast, evening: ClassSession) -> Client:
    return signed_in(cast.olga)


@pytest.fixture
def ended(cast: Cast, evening: ClassSession) -> ClassSession:
    """Ana told of pain and a coach tapped where; both are cleared. Ben is still held. A note is a note."""
    with in_gym(cast.northside):
        for member in (cast.ana, cast.ben):
            told = Told(("left_knee",), "days", f"Words of {member.name}.", agreed=True)
            Hold.report(member.pk, told, key=uuid7(), now=timezone.now() - timedelta(minutes=5))
            make.tap(evening, member, "pain", by=cast.kim, where="hip", after=400)
    make.tap(evening, cast.ana, "clear", by=cast.carla, note="Physio says go on.")
    make.tap(evening, cast.ana, "note", by=cast.carla, note="Likes mornings.")
    return evening


def words(gym: Gym) -> set[str]:
    """All words about pain, and all notes, that are stored of the gym."""
    with in_gym(gym):
        found = {*Hold.objects.values_list("where", flat=True), *Note.objects.values_list("body", flat=True)}
        return {*found, *PainReport.objects.values_list("sentence", flat=True)} - {""}


HERS = {"Words of Ana Alves.", "Physio says go on."}
LEFT = {"Words of Ben Baker.", "hip", "Likes mornings."}


@pytest.mark.parametrize("days", [91, 730])
def test_words_go_when_their_time_is_over(cast: Cast, ended: ClassSession, days: int) -> None:
    cast.northside.keep_pain_for(days)
    forget_old_pain(timezone.now() + (days - 1) * DAY)
    assert words(cast.northside) == HERS | LEFT
    forget_old_pain(timezone.now() + (days + 1) * DAY)
    assert words(cast.northside) == LEFT
    with in_gym(cast.northside):
        # Ben's are on. That there were hers, and who ended them, stays.
        assert {hold.where for hold in Hold.objects.filter(member=cast.ana)} == {""}
        assert Hold.objects.filter(member=cast.ana).count() == Clearance.objects.count() == 2
    with nothing_written():
        forget_old_pain(timezone.now() + (days + 2) * DAY)


def test_until_an_owner_has_said_so_nothing_goes(cast: Cast, ended: ClassSession) -> None:
    with nothing_written():
        assert forget_old_pain(timezone.now() + 4000 * DAY) == 0


def test_each_gym_keeps_its_own_time(cast: Cast, ended: ClassSession) -> None:
    cast.harbour.keep_pain_for(91)
    with nothing_written():
        forget_old_pain(timezone.now() + 400 * DAY)


def test_what_has_gone_before_is_not_read_again(cast: Cast, ended: ClassSession) -> None:
    cast.northside.keep_pain_for(91)
    later = timezone.now() + 100 * DAY
    forget_old_pain(later)
    with CaptureQueriesContext(connection) as asked:
        forget_old_pain(later)
    # One finds the gyms; of a gym the database itself picks the rows, and sends none.
    rows = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert len(rows) == 1 and "gym_gym" in rows[0]


def test_a_hold_that_was_undone_counts_from_then(cast: Cast, evening: ClassSession) -> None:
    cast.northside.keep_pain_for(365)
    key = uuid7()
    make.tap(evening, cast.ana, "pain", by=cast.carla, where="knee", key=key)
    make.tap(evening, cast.ana, "undo", by=cast.carla, undone=str(key))
    forget_old_pain(timezone.now() + 364 * DAY)
    assert words(cast.northside) == {"knee"}
    forget_old_pain(timezone.now() + 366 * DAY)
    assert words(cast.northside) == set()


def test_the_worker_and_the_command_carry_it_out(
    cast: Cast, ended: ClassSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.northside.keep_pain_for(365)
    later = timezone.now() + 400 * DAY
    for module in ("gym.management.commands.worker", "programming.management.commands.forget_pain"):
        monkeypatch.setattr(f"{module}.timezone.now", lambda: later)
    # The test stands in a transaction of its connection.
    monkeypatch.setattr("gym.management.commands.worker.close_old_connections", lambda: None)
    look(ToldToStop(), clear_away=False)
    assert words(cast.northside) == HERS | LEFT
    look(ToldToStop(), clear_away=True)
    assert words(cast.northside) == LEFT
    said = StringIO()
    call_command("forget_pain", stdout=said)
    assert said.getvalue() == "0 rows lost their words.\n"


def test_history_is_emptied_where_it_may_be_and_nowhere_else(cast: Cast, ended: ClassSession) -> None:
    with in_gym(cast.northside), nothing_written():
        for rows, field in ((Hold.objects.all(), "visible_to"), (Clearance.objects.all(), "note")):
            with pytest.raises(HistoryIsFixed):
                rows.empty(field)


def test_the_owner_chooses_the_time(olga: Client, cast: Cast) -> None:
    main = page(olga.get(PAGE)).one("main")
    assert main.all("input", type="radio", checked="") == [] and NOT_CHOSEN in main.text
    assert olga.post(PAGE, {"days": "182"}).status_code == 302
    cast.northside.refresh_from_db()
    assert cast.northside.pain_kept_for == 182 * DAY
    assert [box["value"] for box in page(olga.get(PAGE)).all("input", type="radio", checked="")] == ["182"]
    assert NOT_CHOSEN not in page(olga.get(PAGE)).one("main").text


def test_no_other_time_is_taken(olga: Client, cast: Cast) -> None:
    for days in ("", "0", "1", "-91", "ninety", "9" * 40):
        with nothing_written():
            answer = olga.post(PAGE, {"days": days})
        assert answer.status_code == 422
        assert "Choose one of the list." in page(answer).one("main").text


def test_what_the_operator_has_set_stands_in_the_list(olga: Client, cast: Cast) -> None:
    cast.northside.keep_pain_for(90)
    assert [box["value"] for box in page(olga.get(PAGE)).all("input", type="radio", checked="")] == ["90"]
