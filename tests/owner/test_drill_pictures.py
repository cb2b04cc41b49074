"""The picture of a drill: given, described, replaced and taken away by an owner; seen by whoever belongs to the gym."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from gym.models import Change, Gym
from programming.models import ClassSession, Drill, DrillPicture
from programming.picture_files import redrawn
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written, page
from tests.page import Element
from tests.people import Cast
from tests.photographs import PLANTED, photograph
from tests.test_picture_files import png_of

pytest_plugins = ["tests.people"]

GYM = "/gym/northside-barbell/"
SHOWS = "A dowel along the back, hips sent back"


@pytest.fixture
def drill(cast: Cast, evening: ClassSession, at_northside: Gym) -> Iterator[Drill]:
    yield Drill.objects.select_related("current").get(key="wall-tap")


@pytest.fixture
def olga(cast: Cast, drill: Drill) -> Client:
    return signed_in(cast.olga)


def own(drill: Drill) -> str:
    return f"{GYM}owner/drills/{drill.pk}/"


def file(content: bytes | None = None, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photograph("JPEG", (640, 480)) if content is None else content)


def given(drill: Drill, *, size: tuple[int, int] = (640, 480)) -> str:
    """Give it a picture; the picture's address."""
    row = DrillPicture.put(drill, redrawn(photograph("PNG", size)), SHOWS, at=timezone.now())
    return f"{GYM}drills/{drill.pk}/picture/{row.mark}/"


def test_a_drill_is_given_a_picture(olga: Client, cast: Cast, drill: Drill) -> None:
    shown = page(olga.get(own(drill))).one("section", id="picture")
    assert shown.one("svg").one("use")["href"].endswith("drills.svg#wall-tap") and not shown.all("img")
    sent = photograph("JPEG", (2400, 1800), planted=True)
    answer = olga.post(f"{own(drill)}picture/", {"file": file(sent), "alt": f"  {SHOWS}\u202e "})
    assert answer.status_code == 302 and answer.headers["Location"] == own(drill)
    row = DrillPicture.objects.get()
    assert (row.drill_id, row.alt, row.width, row.height) == (drill.pk, SHOWS, 1200, 900)
    # Nothing of the file itself is stored.
    assert PLANTED in sent and PLANTED not in bytes(row.content) and b"Exif" not in bytes(row.content)
    image = page(olga.get(own(drill))).one("section", id="picture").one("img")
    assert (image["alt"], image["width"], image["height"], image["loading"]) == (SHOWS, "1200", "900", "lazy")
    change = Change.objects.get(what="drill.picture")
    assert (change.actor, change.about_id, change.differences["alt"]) == (cast.olga, drill.pk, [None, SHOWS])


def test_it_is_served_as_a_picture_and_nothing_else(olga: Client, drill: Drill) -> None:
    address = given(drill)
    answer = olga.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.content == bytes(DrillPicture.objects.get().content)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "script-src" in answer.headers["Content-Security-Policy"]
    # A device that has it is told so.
    again = olga.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    assert olga.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert olga.head(address).status_code == 200 and olga.post(address).status_code == 405


def test_without_a_picture_there_is_none(olga: Client, drill: Drill) -> None:
    address = given(drill)
    for other in (address[:-2] + "/", address.replace(str(drill.pk), str(Drill.objects.get(key="cat-cow").pk))):
        assert olga.get(other).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<svg onload='alert(1)'/>", "photo.png", "This is no JPEG, PNG or WebP picture"),
        (b"<script>alert(1)</script>", "photo.jpg", "This is no JPEG, PNG or WebP picture"),
        (b"GIF89a" + bytes(99), "photo.gif", "This is no JPEG, PNG or WebP picture"),
        (photograph("JPEG", (640, 480))[:700], "photo.jpg", "This picture is damaged"),
        (png_of(40_000, 40_000, b"x"), "photo.png", "This picture has too many pixels: 30 million at most."),
        (photograph("PNG", (30, 30)), "photo.png", "This picture is too small"),
        (b"", "photo.jpg", "There is nothing in this file."),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(
    olga: Client, drill: Drill, content: bytes, name: str, words: str
) -> None:
    answer = olga.post(f"{own(drill)}picture/", {"file": file(content, name), "alt": SHOWS})
    assert answer.status_code == 422 and not DrillPicture.objects.exists()
    form = page(answer).one("form", id="give")
    assert words in form.text and form.one("input", name="alt")["value"] == SHOWS


def test_one_without_words_is_refused(olga: Client, drill: Drill) -> None:
    for alt in ("", " \u200b ", "x" * 161):
        assert olga.post(f"{own(drill)}picture/", {"file": file(), "alt": alt}).status_code == 422
    assert olga.post(f"{own(drill)}picture/", {"alt": SHOWS}).status_code == 422
    assert not DrillPicture.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        DrillPicture.put(drill, redrawn(photograph("PNG", (80, 80))), "", at=timezone.now())


def test_a_file_that_is_too_large_is_not_even_read(olga: Client, drill: Drill) -> None:
    large = b"\xff\xd8\xff" + bytes(9 * 1024 * 1024)
    assert olga.post(f"{own(drill)}picture/", {"file": file(large), "alt": SHOWS}).status_code == 413
    # Larger than a form may be, and taken here.
    assert olga.post(f"{own(drill)}picture/", {"file": file(large[: 3 * 1024**2]), "alt": SHOWS}).status_code == 422


def test_other_words_leave_the_picture_as_it_is(olga: Client, drill: Drill) -> None:
    address = given(drill)
    assert olga.post(f"{own(drill)}picture/", {"alt": "Somebody hinges"}).status_code == 302
    assert DrillPicture.objects.get().alt == "Somebody hinges" and olga.get(address).status_code == 200
    # The same again changes nothing.
    with nothing_written():
        olga.post(f"{own(drill)}picture/", {"alt": "Somebody hinges"})
        DrillPicture.put(drill, redrawn(photograph("PNG", (640, 480))), "Somebody hinges", at=timezone.now())


def test_what_is_replaced_or_taken_away_is_gone_for_good(olga: Client, drill: Drill) -> None:
    first = given(drill)
    gone = DrillPicture.objects.get()
    second = given(drill, size=(500, 400))
    assert first != second and olga.get(first).status_code == 404 and olga.get(second).status_code == 200
    assert DrillPicture.objects.get().pk == gone.pk and bytes(DrillPicture.objects.get().content) != bytes(gone.content)
    # No words of the drill changed: what was seen and taught with them reads as it did.
    assert Drill.objects.get(pk=drill.pk).current_id == drill.current_id
    assert olga.post(f"{own(drill)}picture/remove/").status_code == 302
    assert olga.get(second).status_code == 404 and not DrillPicture.objects.exists()
    assert page(olga.get(own(drill))).one("section", id="picture").one("svg")
    with nothing_written():
        assert olga.post(f"{own(drill)}picture/remove/").status_code == 302
    assert Change.objects.filter(what="drill.no_picture", about_id=drill.pk).count() == 1


# Where it is shown ----------------------------------------------------------------------------------------------------


def card(client: Client, address: str = f"{GYM}my/") -> Element:
    """The first drill that the page shows."""
    return page(client.get(address)).one("section", id="own").all("article")[0]


def test_a_member_sees_it_in_place_of_the_line_figure(olga: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    ana, carla = signed_in(cast.ana), signed_in(cast.carla)
    paper = f"{GYM}class/{evening.pk}/{cast.ana.pk}/hand-out/"
    plain = card(ana)
    key = plain["id"].removeprefix("drill-")
    assert plain.one("svg", class_="drawn") and not plain.all("img")
    assert "pictures.js" not in ana.get(f"{GYM}my/").content.decode()
    address = given(Drill.objects.get(key=key))
    for client, where in ((ana, f"{GYM}my/"), (carla, paper)):
        shown = card(client, where)
        image = shown.one("img")
        assert (image["src"], image["alt"], image["width"], image["height"]) == (address, SHOWS, "640", "480")
        # It is fetched when it comes near the screen; the figure stands by for when it does not come.
        assert image["loading"] == "lazy" and shown.one("svg", class_="drawn stands-by")
        assert "pictures.js" in client.get(where).content.decode()
        assert client.get(address).status_code == 200


def test_a_drill_without_cues_says_how_it_is_done(olga: Client, cast: Cast, evening: ClassSession) -> None:
    make.place(evening, cast.ana, "dowel", by=cast.carla)
    ana = signed_in(cast.ana)
    assert not card(ana).all("p", class_="how")
    drill = Drill.objects.get(key=card(ana)["id"].removeprefix("drill-"))
    drill.revise(cues=[], summary="Stand tall. Send the hips back.")
    assert card(ana).one("p", class_="how").text == "Stand tall. Send the hips back."


def test_bytes_stay_as_they_are(olga: Client, drill: Drill) -> None:
    """What the database gives back is what was stored, on each."""
    given(drill)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM programming_drillpicture")
        assert bytes(cursor.fetchone()[0]) == redrawn(photograph("PNG", (640, 480))).content
