"""What a device is told to keep: the worker and its version, which pages it may keep and for whom, how it installs."""

from __future__ import annotations

import json
import re
import struct
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from gym import shell
from gym.scope import in_gym
from gym.tablets import COOKIE
from programming.models import ClassSession, Drill, DrillPicture
from programming.picture_files import redrawn
from tests import make
from tests.coach.conftest import signed_in
from tests.people import Cast
from tests.photographs import photograph

pytest_plugins = ["tests.people"]

GYM = "/gym/northside-barbell/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def kept(evening: ClassSession) -> dict[str, str]:
    """The pages that a class needs, by name."""
    board = f"{GYM}class/{evening.pk}/"
    return {"today": f"{GYM}today/", "board": board, "plan": f"{board}plan/", "stations": f"{board}stations/"}


def file_of(address: str) -> Path:
    """The file in this repository that is served there."""
    found = finders.find(address.removeprefix(settings.STATIC_URL))
    assert isinstance(found, str), address
    return Path(found)


# --- The worker ------------------------------------------------------------------------------------------------------


def test_the_worker_is_served_at_the_root_to_anybody_and_asked_for_anew_each_time(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    # Where it lies is what it looks after, unless the answer says otherwise.
    assert "Service-Worker-Allowed" not in answer.headers
    assert not answer.cookies


def test_the_policy_allows_a_worker_and_a_manifest_of_ours_alone(client: Client) -> None:
    policy = client.get("/sw.js").headers["Content-Security-Policy"]
    for directive in ("worker-src", "manifest-src", "connect-src", "script-src"):
        assert f"{directive} 'self'" in policy.split("; ")


def test_the_shell_names_each_file_with_its_own_digest() -> None:
    first, _rest = shell.script().split("\n", 1)
    told = json.loads(first.removeprefix("const SHELL = ").removesuffix(";"))
    assert told["release"] == shell.release()
    assert len(told["files"]) == len(shell.FILES)
    for address, integrity in told["files"]:
        digest = b64decode(integrity.removeprefix("sha256-"))
        assert digest == sha256(file_of(address).read_bytes()).digest(), address


@pytest.mark.parametrize("changed", ["a file of the shell", "the worker", "the page for no connection", "nothing"])
def test_every_change_makes_another_version(changed: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = shell.script()
    copy = tmp_path / "changed"
    copy.write_text("changed")
    if changed == "a file of the shell":
        bytes_of = shell.bytes_of
        monkeypatch.setattr(shell, "bytes_of", lambda name: bytes_of(name) + b" " * (name == "js/board.js"))
    elif changed != "nothing":
        monkeypatch.setattr(shell, "WORKER" if changed == "the worker" else "NO_CONNECTION", copy)
    for cached in (shell.files, shell.release):
        cached.cache_clear()
    try:
        after = shell.script()
    finally:
        monkeypatch.undo()
        for cached in (shell.files, shell.release):
            cached.cache_clear()
    assert (after == before) is (changed == "nothing")


@pytest.mark.django_db
def test_the_shell_holds_all_that_its_pages_are_drawn_with(cast: Cast, kept: dict[str, str]) -> None:
    tablet, secret = make.tablet(cast.northside, cast.olga)
    with in_gym(cast.northside):
        tablet.held().begin(cast.carla, timezone.now())
    shared = Client()
    shared.cookies[COOKIE] = secret
    drawn = set()
    pages = [(signed_in(cast.carla), each) for each in (*kept.values(), "/no-connection/")]
    for client, address in (*pages, (shared, kept["today"])):
        html = client.get(address).content.decode()
        drawn |= set(re.findall(rf'(?:src|href)="{settings.STATIC_URL}([^"]+)"', html))
    # Looked at when Rung is put on the home screen, which takes a connection.
    drawn.discard("img/icon-touch.png")
    for sheet in [name for name in drawn if name.endswith(".css")]:
        found = re.findall(r"url\(\.\./([^)]+)\)", file_of(sheet).read_text())
        drawn |= set(found)
    assert {"css/coach.css", "js/board.js", "js/plan.js", "js/stations.js", "js/offline.js"} <= drawn
    assert drawn <= set(shell.FILES)


@pytest.mark.django_db
def test_a_members_phone_keeps_what_their_page_is_drawn_with_and_no_more(cast: Cast, evening: ClassSession) -> None:
    told = shell_of("/sw.js?of=member")
    # Of the same version, so that a coach's worker adds to it.
    assert told["release"] == shell.release()
    files = {address.removeprefix(settings.STATIC_URL) for address, _integrity in told["files"]}
    assert files < {address.removeprefix(settings.STATIC_URL) for address, _integrity in shell_of("/sw.js")["files"]}
    # What somebody's page is drawn with who has a drill with a picture.
    make.tap(evening, cast.ana, "assign", by=cast.carla, drill="cat-cow", wanted=True)
    with in_gym(evening.gym_id):
        picture = redrawn(photograph("PNG", (80, 80)))
        DrillPicture.put(Drill.objects.get(key="cat-cow"), picture, "A bow", at=timezone.now())
    drawn = set()
    own = ["my/", "my/history/", "my/self-check/", "my/self-check/hip-hinge/three-contacts/"]
    for address in (*(f"{GYM}{each}" for each in own), "/no-connection/"):
        html = signed_in(cast.ana).get(address).content.decode()
        drawn |= set(re.findall(rf'(?:src|href)="{settings.STATIC_URL}([^"#]+)', html))
    drawn.discard("img/icon-touch.png")
    for sheet in [name for name in drawn if name.endswith(".css")]:
        drawn |= set(re.findall(r"url\(\.\./([^)]+)\)", file_of(sheet).read_text()))
    assert drawn == files


def shell_of(address: str) -> Any:
    """What the worker at that address is told to keep."""
    first = Client().get(address).content.decode().split("\n", 1)[0]
    return json.loads(first.removeprefix("const SHELL = ").removesuffix(";"))


@pytest.mark.django_db
def test_the_shell_names_nobody(cast: Cast) -> None:
    page = signed_in(cast.carla).get("/no-connection/")
    assert page.content == Client().get("/no-connection/").content
    # Nor does it hold a secret of this browser, or give it one.
    assert b"csrf" not in page.content.lower()
    assert not Client().get("/no-connection/").cookies


# --- Pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_pages_of_a_class_may_be_kept(cast: Cast, kept: dict[str, str]) -> None:
    client = signed_in(cast.carla)
    for name, address in kept.items():
        headers = client.get(address).headers
        assert headers["X-Keep"] == ("home" if name == "today" else "page"), name
        assert headers["X-Release"] == shell.release()
        # Nobody but the worker may: it lets go of them when somebody signs out.
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_member_may_keep_their_own_page_for_weeks(cast: Cast, kept: dict[str, str]) -> None:
    ana = signed_in(cast.ana)
    headers = ana.get(f"{GYM}my/").headers
    assert (headers["X-Keep"], headers["X-Keep-For"]) == ("home", str(24 * 60))
    assert headers["Cache-Control"] == "no-store"
    # What she looks at and does at home as well; of what she posts there is nothing to keep.
    check = f"{GYM}my/self-check/hip-hinge/three-contacts/"
    for address in (f"{GYM}my/history/", f"{GYM}my/self-check/", check):
        headers = ana.get(address).headers
        assert (headers["X-Keep"], headers["X-Keep-For"]) == ("page", str(24 * 60)), address
    for address in (f"{GYM}my/hurts/", f"{GYM}my/data/", f"{GYM}my/data/leave/"):
        assert "X-Keep" not in ana.get(address).headers, address
    # A coach's home is Today, which nobody opens the day after tomorrow.
    carla = signed_in(cast.carla)
    assert carla.get(f"{GYM}my/").headers["X-Keep"] == "page"
    assert carla.get(kept["today"]).headers["X-Keep-For"] == "36"
    # A refused form is not the page.
    assert "X-Keep" not in ana.post(f"{GYM}my/tv/", {"agreed": "perhaps"}).headers
    answers = dict.fromkeys(["answer-head", "answer-shoulder-blades", "answer-sacrum"], "yes")
    done = ana.post(check, answers, headers=HTMX)
    assert (done.status_code, "X-Keep" in done.headers) == (200, False)


@pytest.mark.django_db
def test_no_other_page_may_be_kept(cast: Cast, kept: dict[str, str]) -> None:
    client = signed_in(cast.carla)
    board = kept["board"]
    others = [f"{board}{cast.ana.pk}/member/", f"{board}{cast.ana.pk}/sheet/", f"{board}taps/", f"{board}rows/"]
    others += [f"{board}{cast.ana.pk}/hand-out/", f"{GYM}nowhere/", f"{board}change/", f"{board}summary/"]
    for address in others:
        assert "X-Keep" not in client.get(address).headers, address
    # A refusal is not the page.
    assert "X-Keep" not in signed_in(cast.ana).get(board).headers


@pytest.mark.django_db
def test_every_page_says_for_whom_it_was_drawn(cast: Cast, kept: dict[str, str]) -> None:
    carla, kim = signed_in(cast.carla), signed_in(cast.kim)
    of_carla = {carla.get(address).headers["X-For"] for address in (*kept.values(), f"{GYM}my/", f"{GYM}nowhere/")}
    of_kim = {kim.get(address).headers["X-For"] for address in kept.values()}
    assert len(of_carla) == len(of_kim) == 1
    assert of_carla != of_kim
    # A word that tells nothing else.
    assert str(cast.carla.user_id) not in of_carla
    assert "nobody" not in of_carla | of_kim


@pytest.mark.django_db
def test_signed_out_it_is_for_nobody(cast: Cast, kept: dict[str, str]) -> None:
    client = Client()
    assert client.get("/account/login/").headers["X-For"] == "nobody"
    # The answer to a screen whose session is over.
    answer = client.get(f"{kept['board']}rows/", headers=HTMX)
    assert (answer.status_code, answer.headers["X-For"]) == (401, "nobody")


@pytest.mark.django_db
def test_a_part_says_it_to_nobody(cast: Cast, kept: dict[str, str]) -> None:
    assert "X-For" not in signed_in(cast.carla).get(f"{kept['board']}rows/", headers=HTMX).headers


# --- On the home screen ----------------------------------------------------------------------------------------------


def test_the_manifest_has_all_that_a_home_screen_needs(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert (told["name"], told["short_name"]) == ("Rung", "Rung")
    assert (told["start_url"], told["scope"], told["display"]) == ("/", "/", "standalone")
    assert {(icon["sizes"], icon["purpose"]) for icon in told["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in told["icons"]:
        assert "{}x{}".format(*size_of(file_of(icon["src"]))) == icon["sizes"]
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    assert f"--chalk: {told['background_color']};" in tokens


@pytest.mark.django_db
@pytest.mark.parametrize("whose", ["a coach's", "a member's"])
def test_pages_lead_to_it(cast: Cast, kept: dict[str, str], whose: str) -> None:
    who, page = (cast.carla, kept["today"]) if whose == "a coach's" else (cast.ana, f"{GYM}my/")
    html = signed_in(who).get(page).content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in html
    touch = re.search(r'rel="apple-touch-icon" href="([^"]+)"', html)
    assert touch and size_of(file_of(touch[1])) == (180, 180)
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    for colour, scheme in re.findall(
        r'name="theme-color" content="([^"]+)" media="\(prefers-color-scheme: (\w+)', html
    ):
        chalk = re.search(r"--chalk: light-dark\((\S+), (\S+)\)", tokens)
        assert chalk and colour == chalk[{"light": 1, "dark": 2}[scheme]]


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    return width, height
