"""Everything of a gym in one file, and from there into an empty installation: equal after the way there and back."""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from gym.models import Change, Gym, Membership, Tablet, User
from gym.moving import MANIFEST, reading, writing
from gym.moving.columns import KINDS
from gym.moving.reading import LONGEST_MANIFEST
from gym.moving.tables import ALL, left_behind, of_gyms, stays_of, travelling
from gym.post.delivering import deliver_due
from gym.scope import in_gym
from programming.models import ClassSession, Note, Screen, Tap
from tests import make, test_history
from tests.archives import entries, filled, forgotten, packed, rows_of, taken, with_lines, with_manifest, with_rows
from tests.coach.conftest import signed_in
from tests.coach.screen import page
from tests.people import NORTHSIDE_ID, make_cast

TABLES = [table.name for table in travelling()]


@dataclass(frozen=True)
class Taken:
    """The file of a gym, when it was taken, and what its screens said then."""

    file: bytes
    at: datetime
    screens: dict[str, str]


# Made once: the database is empty for each test, and this is what comes into it.
_made: list[Taken] = []


@pytest.fixture
def northside(db: None) -> Taken:
    """Everything of Northside, which is not here any more."""
    if not _made:
        at = timezone.now()
        with time_machine.travel(at, tick=False), forgotten():
            gym = filled().northside
            _made.append(Taken(taken(gym), at, everywhere()))
    return _made[0]


@pytest.fixture
def file(northside: Taken) -> bytes:
    """The file of it."""
    return northside.file


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., str]:
    """Bring a file in; answers with what was said."""

    def bring(content: bytes, **options: Any) -> str:
        path, said = tmp_path / f"{uuid4()}.zip", io.StringIO()
        path.write_bytes(content)
        # The command's own transaction: it cannot end the test's.
        call_command("import_gym", path, stdout=said, **options)
        return said.getvalue()

    return bring


# What travels --------------------------------------------------------------------------------------------------------


def test_every_table_and_column_of_a_gym_travels_or_says_why_not() -> None:
    travel = {table.model: {column.name for column in table.columns} for table in travelling()}
    for model in of_gyms():
        fields = {field.name for field in model._meta.concrete_fields} - {"gym"}
        stay = set(stays_of(model))
        if ALL in stay:
            assert model not in travel and stay == {ALL}, model
        else:
            assert travel[model] | stay == fields and not travel[model] & stay, model
    assert all(str(why) for why in left_behind().values())
    assert {"gym.pin", "gym.invitation", "gym.letter", "gym.tablet.digest", "programming.screen.digest"} <= set(
        left_behind()
    )


# Made of what stands beside it: of a tap with the installation's key, of a picture as the last part of its address.
NO_SECRET = {"programming.tap.digest", "programming.drillpicture.digest"}


def test_nothing_that_sounds_like_a_secret_travels() -> None:
    words = ("digest", "secret", "token", "password", "hash", "pin", "code")
    named = {f"{table.name}.{column.name}" for table in travelling() for column in table.columns}
    assert {name for name in named if name.rsplit(".", 1)[1] in words} == NO_SECRET


def test_every_kind_of_column_is_read_as_it_was_written() -> None:
    kinds = {column.kind for table in travelling() for column in table.columns}
    assert kinds <= set(KINDS.values()) and len(kinds) > 5
    binary = KINDS["BinaryField"]
    assert binary.write is not None
    assert binary.read(binary.write(memoryview(b"\x00\xff"))) == b"\x00\xff"


def test_the_file_says_what_it_is(file: bytes) -> None:
    found = entries(file)
    told = json.loads(found[MANIFEST])
    assert (told["gym"]["slug"], told["version"]) == ("northside-barbell", 1)
    assert [app for app, _name in told["migrations"]].count("programming") >= 11
    # Something in every table, so that all that follows is of all of them.
    assert {name: each["rows"] for name, each in told["tables"].items() if each["rows"] == 0} == {}
    assert list(told["tables"]) == TABLES
    assert told["left_out"]["gym.pin"] == "each coach chooses a PIN anew"
    people = rows_of(file, "gym.membership")
    assert [row["name"] for row in people if row["erased_at"]] == [""]
    assert [row["name"] for row in people if row["merged_into"]] == ["Anna Alves"]
    assert "Northside Barbell" in found["README.txt"].decode()
    assert "import_gym" in found["README.txt"].decode()


# There and back ------------------------------------------------------------------------------------------------------


def test_it_is_equal_after_the_way_there_and_back(file: bytes, bring: Callable[..., str]) -> None:
    said = bring(file)
    assert "Northside Barbell is here" in said and "/gym/northside-barbell/" in said
    before, after = entries(file), entries(taken(Gym.objects.get()))
    assert {name for name in before if before[name] != after[name]} == {"tables/gym.change.jsonl", MANIFEST}
    # The audit goes on: it says that the gym came, and that it was taken once more.
    lines = [each["tables/gym.change.jsonl"].splitlines() for each in (before, after)]
    assert lines[1][: len(lines[0])] == lines[0]
    assert [json.loads(line)["what"] for line in lines[1][len(lines[0]) :]] == ["gym.import", "gym.export"]
    told = [json.loads(each[MANIFEST]) for each in (before, after)]
    assert {name for name in told[0] if told[0][name] != told[1][name]} <= {"made_at", "tables"}


def shown(path: str, who: Membership) -> str:
    """What a page says to them."""
    answer = signed_in(who).get(f"/gym/northside-barbell/{path}")
    assert answer.status_code == 200, path
    return page(answer).one("main").text


def everywhere() -> dict[str, str]:
    """What the screens say."""
    with in_gym(NORTHSIDE_ID):
        session = ClassSession.objects.get().pk
        people = {each.name: each for each in Membership.objects.select_related("user")}
    carla, olga, ana = people["Carla Costa"], people["Olga Oduya"], people["Ana Alves"]
    board = f"class/{session}/"
    coaches = ["today/", board, f"{board}plan/", f"{board}stations/", f"{board}taps/", f"{board}{ana.pk}/member/"]
    owners = ["owner/people/", f"owner/people/{ana.pk}/", "owner/templates/", "owner/ladders/", "owner/schedule/"]
    found = {path: shown(path, carla) for path in coaches} | {path: shown(path, olga) for path in owners}
    return found | {path: shown(path, ana) for path in ("my/", "my/history/", "my/data/")}


def test_every_screen_reads_as_it_did(northside: Taken, bring: Callable[..., str]) -> None:
    with time_machine.travel(northside.at, tick=False):
        bring(northside.file)
        before, after = northside.screens, everywhere()
    # My data counts what stayed behind as well.
    assert {path for path in before if before[path] != after[path]} == {"my/data/"}
    assert all(len(said) > 100 for said in after.values())


def test_the_gym_goes_on_where_it_was(file: bytes, bring: Callable[..., str]) -> None:
    bring(file)
    with in_gym(NORTHSIDE_ID):
        session = ClassSession.objects.select_related("gym").get()
        people = {each.name: each for each in Membership.objects.all()}
        last: Change = Change.objects.latest("at")
    assert (last.what, last.where, last.actor) == ("gym.import", "command", None)
    assert last.differences["rows"] == [None, sum(len(rows_of(file, name)) for name in TABLES)]
    assert make.tap(session, people["Ben Baker"], "stage", by=people["Carla Costa"], stage="dowel").status == 200
    make.person(session.gym, "Robin Reed", email="robin@northside.example")
    # History is fixed, and refers to nothing elsewhere.
    with pytest.raises(DatabaseError, match="history is fixed"):
        test_history.execute("UPDATE programming_tap SET digest = ''")
    if connection.vendor == "postgresql":
        test_history.test_every_reference_stays_in_its_gym()


def test_devices_are_known_and_open_nothing(file: bytes, bring: Callable[..., str]) -> None:
    bring(file)
    with in_gym(NORTHSIDE_ID):
        for model in (Tablet, Screen):
            (one,) = model.objects.all()
            assert one.revoked_at is not None and len(one.digest) == 64
        assert Tablet.objects.get().name == "Rack tablet"


def test_everybody_signs_in_by_a_mailed_code(
    file: bytes, bring: Callable[..., str], client: Client, mailoutbox: list[Any]
) -> None:
    cache.clear()
    bring(file)
    users = {user.email: user for user in User.objects.all()}
    assert set(users) == {
        *(f"{name}@northside.example" for name in ("olga", "carla", "kim", "ana", "ben")),
        "nia@both.example",
    }
    assert not any(user.has_usable_password() or user.is_staff for user in users.values())
    client.post("/account/login/code/", {"email": "ana@northside.example"})
    deliver_due()
    code = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", str(mailoutbox[-1].body), re.MULTILINE)
    assert code
    client.post("/account/login/code/confirm/", {"code": code.group()})
    assert client.get("/gym/northside-barbell/my/").status_code == 200
    # Whoever had no sign-in has none.
    with in_gym(NORTHSIDE_ID):
        assert Membership.objects.get(name="Chiara Conti").user is None


def test_a_sign_in_that_is_here_already_is_theirs(file: bytes, bring: Callable[..., str]) -> None:
    """Such as the operator's, who owns the gym."""
    operator = User.objects.create_superuser("olga@northside.example", "tall hips, long back")
    bring(file)
    with in_gym(NORTHSIDE_ID):
        assert Membership.objects.get(name="Olga Oduya").user == operator
    assert User.objects.get(pk=operator.pk).check_password("tall hips, long back")


def test_a_sign_in_that_was_switched_off_stays_where_it_is(db: None) -> None:
    with forgotten():
        cast = make_cast()
        User.objects.filter(email="ben@northside.example").update(is_active=False)
        rows = {row["name"]: row["user"] for row in rows_of(taken(cast.northside), "gym.membership")}
    assert (rows["Ben Baker"], rows["Ana Alves"]) == (None, "ana@northside.example")


# The owner -----------------------------------------------------------------------------------------------------------


def without_owner(rows: list[dict[str, Any]]) -> None:
    """Olga has no sign-in."""
    next(row for row in rows if row["name"] == "Olga Oduya")["user"] = None


def owners() -> dict[str, str]:
    """Who owns the gym, by name, with the address they sign in with."""
    with in_gym(NORTHSIDE_ID):
        found = Membership.objects.filter(is_owner=True).exclude(user=None)
        return dict(found.values_list("name", "user__email"))


def test_a_gym_that_nobody_could_own_needs_somebody(file: bytes, bring: Callable[..., str]) -> None:
    content = with_rows(file, "gym.membership", without_owner)
    with pytest.raises(CommandError, match="nobody who owns the gym has a sign-in: name somebody with --owner"):
        bring(content)
    assert not Gym.objects.exists() and not User.objects.exists()
    bring(content, owner="new.owner@home.example")
    assert owners() == {"New Owner": "new.owner@home.example"}


def test_somebody_of_the_gym_becomes_an_owner(file: bytes, bring: Callable[..., str]) -> None:
    bring(file, owner="Carla@northside.example")
    assert owners() == {"Olga Oduya": "olga@northside.example", "Carla Costa": "carla@northside.example"}
    with in_gym(NORTHSIDE_ID):
        assert Change.objects.filter(what="person.join", where="command").count() == 1


# Only into an empty installation -------------------------------------------------------------------------------------


def test_where_a_gym_is_no_other_comes(file: bytes, bring: Callable[..., str]) -> None:
    make.gym("Iron Works")
    with pytest.raises(CommandError, match=r"Nothing was brought in: there is a gym here already, “Iron Works”"):
        bring(file)
    assert Gym.objects.count() == 1


def test_a_database_that_is_behind_takes_none(
    file: bytes, bring: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("programming.management.commands.import_gym.is_up_to_date", lambda connection: False)
    with pytest.raises(CommandError, match="migrate first"):
        bring(file)


# Broken and hostile --------------------------------------------------------------------------------------------------


def first(**changes: Any) -> Callable[[list[dict[str, Any]]], object]:
    """The first row says something else."""
    return lambda rows: rows[0].update(changes)


def without(table: str) -> Callable[[bytes], bytes]:
    return lambda content: packed({name: held for name, held in entries(content).items() if table not in name})


def besides(name: str) -> Callable[[bytes], bytes]:
    return lambda content: packed({**entries(content), name: b"x"})


def tables_say(**changes: Any) -> Callable[[bytes], bytes]:
    """The manifest says something else of the notes."""

    def change(content: bytes) -> bytes:
        tables = json.loads(entries(content)[MANIFEST])["tables"]
        tables["programming.note"] = {**tables["programming.note"], **changes}
        return with_manifest(content, tables=tables)

    return change


def twice(content: bytes) -> bytes:
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("tables/gym.tag.jsonl", b"")
    return made.getvalue()


def bomb(content: bytes) -> bytes:
    """A table of blanks that unpacks to a thousand times its size."""
    return with_lines(content, "programming.note", b" " * 20_000_000)


def flipped(content: bytes) -> bytes:
    """One bit in the packed bytes of a table is another."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        entry = file.getinfo("tables/programming.tap.jsonl")
    place = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


def migrations(change: Callable[[list[list[str]]], object]) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        named = json.loads(entries(content)[MANIFEST])["migrations"]
        change(named)
        return with_manifest(content, migrations=named)

    return changed


def in_table(table: str, change: Callable[[list[dict[str, Any]]], object]) -> Callable[[bytes], bytes]:
    return lambda content: with_rows(content, table, change)


def lines(table: str, held: bytes) -> Callable[[bytes], bytes]:
    return lambda content: with_lines(content, table, held)


LATER = ["gym", "0999_later"]
SOMEWHERE = "01890000-0000-7000-8000-000000000000"
DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    # The file.
    "no zip": (lambda content: b"Everything.", "no such file, or it is damaged"),
    "nothing": (lambda content: b"", "no such file, or it is damaged"),
    "cut off": (lambda content: content[: len(content) // 2], "damaged or cut off"),
    "a bit": (flipped, "damaged"),
    "another zip": (lambda content: packed({"holiday.txt": b"x"}), "no manifest.json in it"),
    "a backup": (lambda content: packed({"about.json": b"{}", "contents": b""}), "manage.py restore"),
    "a way out": (besides("../../etc/cron.d/rung"), "nothing of Rung’s"),
    "a full path": (besides("/etc/passwd"), "nothing of Rung’s"),
    "a table of ours that stays": (besides("tables/gym.pin.jsonl"), "nothing of Rung’s"),
    "twice": (twice, "something twice"),
    "a table less": (without("programming.note"), r"no tables/programming.note.jsonl in it"),
    "a bomb": (bomb, "absurd"),
    # The manifest.
    "no JSON": (lambda content: packed({**entries(content), MANIFEST: b"{"}), "manifest.json is not JSON"),
    "a list": (lambda content: packed({**entries(content), MANIFEST: b"[]"}), "another format"),
    "a long one": (lambda content: with_manifest(content, more="x" * 1_000_001), "far too long"),
    "deep": (lambda content: packed({**entries(content), MANIFEST: b"[" * 500_000}), "is not JSON"),
    "another format": (lambda content: with_manifest(content, format="wger"), "another format"),
    "made at no time": (lambda content: with_manifest(content, made_at="\x1b[2J"), "does not say when it was made"),
    "a name that clears the screen": (besides("\x1b[2J"), r"“\?\[2J”, which is nothing"),
    "a later version": (lambda content: with_manifest(content, version=2), "newer Rung"),
    "no version": (lambda content: with_manifest(content, version="1"), "which version"),
    "a later state": (
        migrations(lambda named: named.append(["programming", "0999_later"])),
        "newer Rung: this one does not know programming.0999_later",
    ),
    "an earlier state": (migrations(lambda named: named.pop()), "older Rung, before programming"),
    "a state with fewer tables": (
        lambda content: without("programming.note")(migrations(lambda named: named.pop())(content)),
        "older Rung, before programming",
    ),
    "a state with more tables": (
        lambda content: besides("tables/gym.later.jsonl")(
            migrations(lambda named: named.append(["gym", "9"]))(content)
        ),
        "newer Rung",
    ),
    "no state": (lambda content: with_manifest(content, migrations=[1]), "which state of the tables"),
    "no tables": (lambda content: with_manifest(content, tables=[]), "which tables"),
    "an unknown table": (
        lambda content: with_manifest(
            content, tables={**json.loads(entries(content)[MANIFEST])["tables"], "gym.user": {}}
        ),
        "names the table “gym.user”",
    ),
    "more rows than there are": (tables_say(rows=10**12), "has .* rows, and the manifest says 1000000000000"),
    "fewer than none": (tables_say(rows=-1), "how much there is of programming.note"),
    "more bytes": (tables_say(bytes=10**15), "not what the manifest says"),
    "fewer bytes": (tables_say(bytes=1), "not what the manifest says"),
    "another digest": (tables_say(sha256="0" * 64), "not what the manifest says"),
    # The rows.
    "two gyms": (in_table("gym.gym", lambda rows: rows.append({**rows[0], "id": SOMEWHERE})), "holds 2 gyms"),
    "no gym": (in_table("gym.gym", lambda rows: rows.clear()), "holds 0 gyms"),
    "of another gym": (in_table("programming.note", first(gym=SOMEWHERE)), "“gym” is nothing that such a row has"),
    "another column": (in_table("gym.tablet", first(digest="x")), "line 1: “digest” is nothing"),
    "a column less": (in_table("gym.tag", lambda rows: rows[0].pop("word")), "“word” is missing"),
    "a text for a number": (in_table("gym.gym", first(lock_after="10")), "“lock_after” is not a whole number"),
    "true for a number": (in_table("gym.gym", first(lock_after=True)), "“lock_after” is not a whole number"),
    "a huge number": (in_table("gym.gym", first(lock_after=10**40)), "“lock_after” will not do"),
    "a number for a text": (in_table("gym.gym", first(name=1)), "“name” is not a text"),
    "too long": (in_table("gym.gym", first(name="x" * 101)), "“name” will not do"),
    "no time zone": (in_table("gym.gym", first(time_zone="Mars/Olympus")), "Unknown time zone"),
    "no value of it": (in_table("gym.gym", first(units="cubits")), "“units” is none of what it can be"),
    "null": (in_table("gym.gym", first(name=None)), "“name” is missing"),
    "no id": (in_table("gym.tag", first(id="1; DROP TABLE")), "“id” cannot be read"),
    "an id in capitals": (in_table("gym.tag", first(id=SOMEWHERE.replace("89", "8A"))), "“id” is not an id as"),
    "no moment": (in_table("gym.gym", first(created_at="yesterday")), "“created_at” cannot be read"),
    "a moment of no zone": (in_table("gym.gym", first(created_at="2026-01-01T10:00:00")), "not a moment in UTC"),
    "no address": (in_table("gym.membership", first(user="root")), "“user” will not do"),
    "an object for a list": (in_table("programming.classsession", first(plan={})), "“plan” is not a list"),
    "no row": (lines("gym.tag", b"[]\n"), "line 1: it is no row"),
    "an empty line": (lines("gym.tag", b"\n"), "line 1: is not JSON"),
    "no number": (lines("gym.tag", b'{"id": NaN}\n'), "NaN, which is no number"),
    "no letter": (in_table("gym.tag", first(word="crew\x00")), "a character that is none"),
    "half a letter": (in_table("gym.tag", first(word="\ud800")), "a character that is none"),
    # What only the database sees.
    "somebody who is not there": (in_table("programming.note", first(actor=SOMEWHERE)), "name as “actor” what is not"),
    "a circle left open": (in_table("programming.drill", first(current=SOMEWHERE)), "name as “current” what is not in"),
    "a row twice": (in_table("programming.note", lambda rows: rows.append(rows[0])), "do not fit together"),
    "a sign-in twice": (
        in_table("gym.membership", lambda rows: [row.update(user="ana@northside.example") for row in rows[:2]]),
        "do not fit together",
    ),
    "what the database forbids": (in_table("gym.gym", first(lock_after=0)), "do not fit together"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_broken_or_hostile_file_is_refused_with_the_reason(name: str, file: bytes, bring: Callable[..., str]) -> None:
    damage, because = DAMAGE[name]
    with pytest.raises(CommandError, match=f"Nothing was brought in: .*(?:{because})"):
        bring(damage(file))
    assert not Gym.objects.exists() and not User.objects.exists() and not Tap.across_gyms.exists()


def test_no_row_is_read_that_is_endless(
    file: bytes, bring: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = max(len(line) for held in entries(file).values() for line in held.splitlines(keepends=True))
    monkeypatch.setattr(reading, "LONGEST_ROW", longest)
    with pytest.raises(CommandError, match=r"gym.tag.jsonl, line 1: it is far too long"):
        bring(with_lines(file, "gym.tag", b" " * (longest + 1) + b"{}\n"))
    bring(file)


def test_and_one_that_is_only_packed_anew_is_not(file: bytes, bring: Callable[..., str]) -> None:
    bring(with_rows(file, "programming.note", lambda rows: rows.reverse()))
    assert Note.across_gyms.count() == len(rows_of(file, "programming.note"))


def test_a_file_that_is_not_there(db: None) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_gym", "/nowhere/at/all.zip")


# While Rung runs -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_file_is_of_one_moment_and_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PIECE", 1)
    cast = make_cast()
    pieces = writing.taken_along(cast.northside, at=timezone.now())
    # It comes piece by piece.
    begun = [next(pieces) for _piece in range(3)]

    def write() -> None:
        try:
            make.person(cast.northside, "Robin Reed")
        finally:
            connection.close()

    other = threading.Thread(target=write)
    other.start()
    other.join(10)
    assert not other.is_alive()
    content = b"".join([*begun, *pieces])
    names = {row["name"] for row in rows_of(content, "gym.membership")}
    assert "Ana Alves" in names and "Robin Reed" not in names
    assert Membership.across_gyms.filter(name="Robin Reed").exists()
    # And half of one leaves nothing behind.
    half = writing.taken_along(cast.northside, at=timezone.now())
    next(half)
    half.close()
    with transaction.atomic():
        make.person(cast.northside, "Robin Roe")


def test_export_gym_writes_what_its_owner_alone_reads(db: None, tmp_path: Path) -> None:
    cast, path = make_cast(), tmp_path / "northside.zip"
    call_command("export_gym", "northside-barbell", path, stdout=io.StringIO())
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(rows_of(path.read_bytes(), "gym.membership")) == 8
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_gym", "northside-barbell", path)
    with pytest.raises(CommandError, match="no gym at the address “nowhere”"):
        call_command("export_gym", "nowhere", tmp_path / "other.zip")
    with in_gym(cast.northside):
        assert Change.objects.filter(what="gym.export").count() == 1
    assert len(entries(path.read_bytes())[MANIFEST]) < LONGEST_MANIFEST / 10
