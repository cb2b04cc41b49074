"""Every change says who made it, when, from where, and from what to what."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

import manage
from gym.auditing import UNSAID, auditing
from gym.models import Change, Gym, Invitation, Membership, Pin, Tablet
from gym.scope import in_gym
from programming.audit_words import THEMES, WHAT
from programming.models import ClassSession
from programming.models.leaving import erase
from tests import make
from tests.people import Cast

pytest_plugins = ["tests.people"]

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


def last(gym: Gym, what: str) -> Change:
    """The newest row of that kind."""
    with in_gym(gym):
        found: Change = Change.objects.filter(what=what).select_related("actor").latest("at")
    return found


def count(gym: Gym) -> int:
    with in_gym(gym):
        counted: int = Change.objects.count()
    return counted


# Who, when, from where, from what to what ----------------------------------------------------------------------------


def signed_in(client: Client, who: Membership) -> Client:
    assert who.user is not None
    client.force_login(who.user)
    return client


def test_an_owner_changes_the_gym_on_an_iphone(cast: Cast, client: Client) -> None:
    signed_in(client, cast.olga)
    before = timezone.now()
    client.post("/gym/northside-barbell/owner/tablets/lock-after/", {"minutes": "5"}, headers={"User-Agent": IPHONE})
    row = last(cast.northside, "gym.lock_tablets_after")
    assert (row.actor, row.where, row.named, row.device) == (cast.olga, "owner", "Safari, iPhone", None)
    assert (row.about, row.about_id, row.person) == ("gym", cast.northside.pk, None)
    assert row.differences == {"lock_after": [10, 5]}
    assert before <= row.at <= timezone.now()
    # The same again changes nothing, and is no change.
    rows = count(cast.northside)
    client.post("/gym/northside-barbell/owner/tablets/lock-after/", {"minutes": "5"})
    assert count(cast.northside) == rows


def test_a_member_changes_their_own_name(cast: Cast, client: Client) -> None:
    signed_in(client, cast.ana)
    client.post("/gym/northside-barbell/my/data/name/", {"name": "Ana A. Alves", "shown_name": "Ana A."})
    row = last(cast.northside, "person.rename")
    assert (row.actor, row.person, row.where) == (cast.ana, cast.ana, "member")
    assert row.differences == {"name": ["Ana Alves", "Ana A. Alves"], "shown_name": ["", "Ana A."]}


def test_a_coach_changes_a_class_on_a_shared_tablet(evening: ClassSession, cast: Cast, client: Client) -> None:
    with in_gym(cast.northside):
        Pin.choose(cast.carla, "4711", at=timezone.now())
        tablet, secret = Tablet.enrol(name="Floor", by=cast.olga, at=timezone.now())
        tablet.try_pin(cast.carla.pk, "4711", at=timezone.now())
    client.cookies["tablet"] = f"northside-barbell:{secret}"
    address = f"/gym/northside-barbell/class/{evening.pk}/{cast.ana.pk}/limits/"
    client.post(address, {"limits": "low grip only", "was": "", "coach": str(cast.carla.pk)})
    row = last(cast.northside, "person.limit")
    assert (row.actor, row.person, row.where, row.device) == (cast.carla, cast.ana, "tablet", tablet.pk)


def test_a_command_says_its_name(evening: ClassSession, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make.weekly_slot(evening)
    monkeypatch.setattr(sys, "argv", ["manage.py", "make_classes", "--verbosity=0"])
    # As Django's own, but for closing the test's connection.
    monkeypatch.setattr(manage, "execute_from_command_line", lambda typed: call_command(*typed[1:]))
    manage.main()
    row = last(cast.northside, "schedule.make")
    assert (row.actor, row.where, row.named) == (None, "command", "make_classes")
    assert row.differences["classes"] is not None
    assert row.differences["classes"][1] >= 2


def test_without_either_it_was_somebody_at_the_server(cast: Cast) -> None:
    cast.northside.lock_tablets_after(7)
    row = last(cast.northside, "gym.lock_tablets_after")
    assert (row.actor, row.where, row.named) == (None, "command", "")


def test_what_goes_wrong_is_no_change(cast: Cast) -> None:
    rows = count(cast.northside)
    with pytest.raises(ValueError, match="halfway"), auditing("gym.speak", cast.northside, "units"):
        Gym.objects.filter(pk=cast.northside.pk).update(units="imperial")
        raise ValueError("halfway")
    cast.northside.refresh_from_db()
    assert (cast.northside.units, count(cast.northside)) == ("metric", rows)


def test_somebody_of_another_gym_is_nobody_here(cast: Cast, client: Client) -> None:
    """The operator's admin: staff who is nobody of the gym, and the gym's owner reads that it was the operator."""
    staff = make.person(cast.harbour, "Op Erator", email="op@host.example").user
    assert staff is not None
    staff.is_staff = staff.is_superuser = True
    staff.save()
    client.force_login(staff)
    client.post(
        f"/admin/gym/gym/{cast.northside.pk}/change/",
        {
            "name": "Northside",
            "slug": "northside-barbell",
            "time_zone": "Europe/London",
            "language": "",
            "units": "metric",
            "pain_retention_days": "",
        },
    )
    row = last(cast.northside, "operator.gym")
    assert (row.actor, row.where, row.differences) == (None, "operator", {"name": ["Northside Barbell", "Northside"]})


# What it never tells --------------------------------------------------------------------------------------------------


def test_nothing_secret_nor_about_health_is_told(cast: Cast) -> None:
    now = timezone.now()
    with in_gym(cast.northside):
        Pin.choose(cast.carla, "4711", at=now)
        _tablet, secret = Tablet.enrol(name="Floor", by=cast.olga, at=now)
        made = Invitation.make(cast.chiara, by=cast.olga, at=now)
        cast.ana.limit("low grip only")
        cast.ana.limit("")
        told = "\n".join(Change.objects.values_list("changes", flat=True))
        pins = Change.objects.filter(what="pin.choose", person=cast.carla).values_list("changes", flat=True)
    assert "low grip" not in told
    assert "4711" not in told and secret not in told and made.token not in told
    assert list(pins) == [""]
    assert last(cast.northside, "person.limit").differences == {"standing_limits": None}
    assert last(cast.northside, "tablet.enrol").differences == {"name": [None, "Floor"]}


def test_erasing_somebody_empties_what_was_told_of_them_and_keeps_that_it_was(cast: Cast) -> None:
    with in_gym(cast.northside):
        cast.chiara.rename("Chiara Neri", "Chia")
        cast.chiara.reach_at("chiara@mail.example")
        cast.dev.rename("Dev Dass", "")
        erase(cast.chiara.pk, at=timezone.now())
        theirs = list(Change.objects.filter(person=cast.chiara).order_by("at").values_list("what", "changes"))
    assert theirs == [("person.rename", ""), ("person.reach_at", ""), ("person.erase", "")]
    # And nobody else's.
    assert last(cast.northside, "person.rename").differences == {"name": ["Dev Das", "Dev Dass"]}


# Nothing is forgotten ------------------------------------------------------------------------------------------------

ROOT = Path(settings.BASE_DIR)
WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create"}
WRITES |= {"insert", "run"}
NOTED = {"audit", "audited", "auditing"}
# What `update`, `insert` or `run` is called of that is no table.
NO_TABLE = {"smaller", "detail", "digest", "subprocess", "shown", "vars()"}

TAP = "A tap: its row is history that says who, when and on which device."
PART = "Part of a method that is audited."
OWN = "Somebody's own sign-in, which is of no gym. Letters tell them."
TOLD_BY_SCREEN = "A screen or tablet was heard of; nobody changed anything."
UNLOCK = "An unlock is a row that says which coach had which tablet, from when till when."
POST = "A letter is written by what is audited; the worker settles it."
DRAWN = "What screens show is drawn anew."
WHAT_WAS_LOOKED_AT = "When somebody last looked, and what they practised, counted from their taps."
LOOKED_AT = "A file that is only looked at; carrying it out is audited."
DEMO = "The demo's people and past, made in an empty database."

# Functions that write, and why they write no row of the audit themselves.
WITHOUT = {
    "gym.models.addresses.AddressChange.ask": OWN,
    "gym.models.addresses.AddressChange.confirm": OWN,
    "gym.models.addresses.AddressChange.stop": OWN,
    "gym.models.addresses.AddressChange._sign_in_with": OWN,
    "gym.views.claiming.ask_for_code": OWN,
    "gym.admin.UserAdmin.save_model": OWN,
    "gym.admin.without_words": "The operator's own log.",
    "gym.models.people.UserManager.create_user": OWN,
    "gym.models.people.User.save": OWN,
    "gym.models.people.Membership.save": PART,
    "gym.models.letters.Letter._is_taken": POST,
    "gym.models.letters.Letter._change": POST,
    "gym.models.letters.Letter._settle": POST,
    "gym.models.letters.Letter.forget_settled": POST,
    "gym.post.post": POST,
    "gym.models.guarded.Guarded.count": UNLOCK,
    "gym.models.guarded.Guarded.forgive": UNLOCK,
    "gym.models.tablets.Tablet.begin": UNLOCK,
    "gym.models.tablets.Tablet.turned_to": UNLOCK,
    "gym.models.tablets.Tablet.end_all": UNLOCK,
    "gym.models.tablets.end_unlocks": UNLOCK,
    "gym.models.tablets.Tablet.hear": TOLD_BY_SCREEN,
    "gym.history.HistoryQuerySet.empty": PART,
    "gym.moving.putting._put_table": PART,
    "gym.moving.putting._sign_ins": OWN,
    "gym.history.History.save": PART,
    "programming.models.history.write_revision": "A revision is history itself; who revises an item is audited.",
    "programming.models.attendance.Attendance.write": TAP,
    "programming.models.classes.ClassSession.raise_versions_of": DRAWN,
    "programming.models.equipment.show": DRAWN,
    "programming.models.coming.insert": PART,
    "programming.models.classes.write_ladders": PART,
    "programming.models.coming.rewrite": PART,
    "programming.models.coming.remove": PART,
    "programming.models.scheduling.write": PART,
    "programming.models.rewriting._append": PART,
    "programming.models.rewriting._remember": PART,
    "programming.models.rewriting._store": PART,
    "programming.models.forgetting.forget_holds": PART,
    "programming.models.leaving.delete_account": PART,
    "programming.models.leaving.come_no_more": PART,
    "programming.models.grouping.once": TAP,
    "programming.models.grouping.Group.run": TAP,
    "programming.models.hurting._report": TAP,
    "programming.models.progressions.Placement.write": TAP,
    "programming.models.recording.record": TAP,
    "programming.models.recording.enter": TAP,
    "programming.models.recording.Recording._write": TAP,
    "programming.models.repeating.record_again": TAP,
    "programming.models.recording.placement_of": TAP,
    "programming.models.rosters._add": TAP,
    "programming.models.rosters.row_for": TAP,
    "programming.models.stepping.record_step": TAP,
    "programming.models.stepping.Stepping._write": TAP,
    "programming.models.undoing.move": TAP,
    "programming.models.ladder_changes.note_change": PART,
    # Each changes what LadderDraft._change then stores and writes down.
    "programming.models.ladder_drafts.LadderDraft.call": PART,
    "programming.models.ladder_drafts.LadderDraft.write_stage": PART,
    "programming.models.ladder_drafts.LadderDraft.add_stage": PART,
    "programming.models.ladder_drafts.LadderDraft.place_stage": PART,
    "programming.models.ladder_drafts.LadderDraft.retire_stage": PART,
    "programming.models.ladder_drafts.LadderDraft.teach_stage": PART,
    "programming.models.publishing.settle": PART,
    "programming.models.publishing._write": PART,
    "programming.models.publishing._new_ladder": PART,
    "programming.models.publishing.raise_versions": DRAWN,
    "programming.models.practice.Homework.count": WHAT_WAS_LOOKED_AT,
    "programming.models.practice.Homework.look": WHAT_WAS_LOOKED_AT,
    "programming.models.screens.Screen.note_seen": TOLD_BY_SCREEN,
    "gym.models.tags.Tag.put": PART,
    "gym.models.tags.Tag.take": PART,
    "gym.models.imports.ImportQuerySet.forget": LOOKED_AT,
    "gym.models.imports.BroughtFile.forget_old": LOOKED_AT,
    "programming.models.importing.begin": LOOKED_AT,
    "programming.models.importing.read_anew": LOOKED_AT,
    "programming.models.importing.compare_more": LOOKED_AT,
    "programming.models.importing._write_new": PART,
    "programming.models.taking_in.begin": LOOKED_AT,
    "programming.models.taking_in._keep_rows": PART,
    "programming.models.taking_in._write": PART,
    "programming.models.taking_in._write_ladder": PART,
    "programming.models.importing._put_tags": PART,
    "programming.models.exercises.begin": LOOKED_AT,
    "programming.models.exercises.read_anew": LOOKED_AT,
    "programming.models.exercises.compare_more": LOOKED_AT,
    "programming.models.exercises.choose": LOOKED_AT,
    "programming.models.exercises.choose_all": LOOKED_AT,
    "programming.models.exercises._source": PART,
    "programming.models.exercises._make": PART,
    "programming.models.exercises._change": PART,
    "programming.models.exercises.show_anew": DRAWN,
    "programming.models.merging.give_up": PART,
    "programming.models.merging.hand_over": PART,
    "programming.models.leaving._erase_record": PART,
    "gym.auditing.audit": "The row itself.",
    "programming.library.loader.load_library": "It ends with audit_release.",
    "programming.library.loader.load_equipment": PART,
    "programming.library.loader.load_drill": PART,
    "programming.library.loader.load_fault": PART,
    "programming.library.loader.load_progression": PART,
    "programming.library.loader.load_stage": PART,
    "programming.library.loader.load_template": PART,
}
# Rooms whose writing is no change that anybody makes.
APART = ("gym/backups/", "gym/migrations/", "programming/migrations/", "programming/demo/", "gym/settings.py")


def writers() -> Iterator[tuple[str, bool]]:
    """(dotted name, whether it writes a row of the audit) of each function that writes to the database."""
    for room in ("gym", "programming"):
        for path in sorted((ROOT / room).rglob("*.py")):
            relative = path.relative_to(ROOT).as_posix()
            if not relative.startswith(APART):
                module = relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                yield from writing(module, ast.parse(path.read_text()))


def writing(scope: str, node: ast.AST) -> Iterator[tuple[str, bool]]:
    """The same within a module or class. What stands inside a function counts as the function's."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from writing(f"{scope}.{child.name}", child)
        elif isinstance(child, ast.FunctionDef) and any(map(writes, ast.walk(child))):
            yield f"{scope}.{child.name}", any(called(each) in NOTED for each in ast.walk(child))


def called(node: ast.AST) -> str:
    """The last word of what is called here; empty for anything else."""
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def writes(node: ast.AST) -> bool:
    """Whether this call may write to a table."""
    if called(node) not in WRITES or not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).rpartition(".")[0].rpartition(".")[2] not in NO_TABLE


def test_every_function_that_writes_is_audited_or_says_why_not() -> None:
    found = dict(writers())
    forgotten = sorted(name for name, is_noted in found.items() if not is_noted and name not in WITHOUT)
    assert forgotten == [], "audit what it changes (gym/auditing.py)"
    assert sorted(name for name in WITHOUT if found.get(name) is not False) == [], "gone, or audited by now"


def codes() -> Iterator[str]:
    """What every call says that it did."""
    for room in ("gym", "programming"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and called(node) in NOTED and isinstance(node.args[0], ast.Constant):
                    yield str(node.args[0].value)


def test_what_was_done_has_words() -> None:
    said, told = set(codes()), set(WHAT)
    assert len(said) > 40
    assert said - told == set(), "a line in programming/audit_words.py is missing"
    assert {code for code in told - said if not code.startswith("operator.")} == set()
    begins = tuple(begin for _words, several in THEMES.values() for begin in several)
    assert [code for code in told if not code.startswith(begins)] == []


def test_a_function_that_forgets_is_found() -> None:
    """The check itself: a method that saves is found, with and without a row of the audit."""
    for body, noted in (
        ("self.name = name\n        self.save()", False),
        ("with auditing('gym.speak', self, 'name'):\n            self.save()", True),
        ("Gym.objects.filter(pk=1).update(name=name)", False),
    ):
        source = f"class Gym:\n    def call(self, name):\n        {body}\n"
        assert list(writing("room", ast.parse(source))) == [("room.Gym.call", noted)]
    decorated = "class Gym:\n    @audited('gym.call', 'name')\n    def call(self, name):\n        self.save()\n"
    assert list(writing("room", ast.parse(decorated))) == [("room.Gym.call", True)]


@pytest.mark.parametrize("field", sorted(UNSAID))
def test_no_secret_field_is_told_by_hand(cast: Cast, field: str) -> None:
    from gym.auditing import audit

    with transaction.atomic():
        audit("gym.speak", cast.northside, before={field: "4711"}, after={field: "0000"})
    assert last(cast.northside, "gym.speak").differences == {field: None}


def test_loading_the_same_library_again_is_no_change(cast: Cast) -> None:
    call_command("update_library", verbosity=0)
    rows = count(cast.northside)
    call_command("update_library", verbosity=0)
    assert (count(cast.northside), last(cast.northside, "library.load").about) == (rows, "gym")
