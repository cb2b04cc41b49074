"""Who may: every address × owner, coach, member, stranger, anonymous, with own, foreign and sibling ids.

The table names every address of the project, those of the sign-in pages and the operator's admin included. One that
it does not name fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from gym.identifiers import uuid7
from gym.models import Invitation, Membership, Tablet, User
from gym.post import post
from gym.post.switching import link_to_switch_off
from gym.scope import in_gym
from gym.tablets import COOKIE
from programming.check_in import token
from programming.models import (
    Absence,
    CalendarLink,
    ClassSession,
    ClassTemplate,
    Closure,
    Drill,
    DrillPicture,
    Equipment,
    Fault,
    LadderDraft,
    Progression,
    Screen,
    exercises,
)
from programming.models.coming import make_coming
from programming.models.importing import begin, compare_more
from programming.outline import Block, adding
from programming.picture_files import redrawn
from programming.urls.coach import of_board, of_class
from tests import exercise_files, make
from tests.coach.screen import everything, nothing_written
from tests.kept import copied, kept
from tests.people import Cast, make_cast, make_evening
from tests.photographs import photograph

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

ROLES = ["owner", "coach", "member", "stranger", "anonymous"]
GYM = "gym/<slug:gym_slug>/"
NORTHSIDE = "/gym/northside-barbell/"
CLASS = f"{GYM}class/<uuid:session_id>/"
PERSON = f"{CLASS}<uuid:member_id>/"
SOMEBODY = f"{GYM}owner/people/<uuid:person_id>/"
RUN = f"{GYM}owner/people/import/<uuid:run_id>/"
EXERCISES = f"{GYM}owner/exercises/<uuid:file_id>/"
TEMPLATE_FILE = f"{GYM}owner/templates/import/<uuid:brought_id>/"
TEMPLATE = f"{GYM}owner/templates/<uuid:template_id>/"
BLOCK = f"{TEMPLATE}blocks/<uuid:block_id>/"


@dataclass(frozen=True)
class Door:
    """What an address answers, by role; `body` is a form that it would take, `sibling` the answer to a sibling's ids.

    A coach may see every class of the gym; `sibling` is what they get with a member who is not on the class's roster,
    or with a tap of another class.
    """

    get: dict[str, int]
    post: dict[str, int]
    body: dict[str, str] = field(default_factory=dict)
    sibling: int | None = None
    # Whether a shared tablet in the hands of a coach gets what the coach gets; nobody else's pages are open to it.
    opens_to_tablets: bool = True
    # What is open to every member opens to such a tablet as well.
    shows_to_tablets: bool = False


def everyone(signed_in: int, anonymous: int) -> dict[str, int]:
    """The same for everybody who has signed in."""
    return {**dict.fromkeys(ROLES, signed_in), "anonymous": anonymous}


def coaches(answer: int) -> dict[str, int]:
    """For those who may coach; a member of the gym is refused, and to a stranger there is nothing here."""
    return {"owner": answer, "coach": answer, "member": 403, "stranger": 404, "anonymous": 302}


def owners(answer: int) -> dict[str, int]:
    """For the owner alone; coaches and members of the gym are refused, and to a stranger there is nothing here."""
    return {**coaches(answer), "coach": 403}


def page(**more: Any) -> Door:
    """A coach's page, which takes nothing."""
    return Door(get=coaches(200), post=everyone(405, 302), **more)


def tap(**body: str) -> Door:
    """A tap of a coach: it is posted, and leads back to the board."""
    return Door(get=everyone(405, 302), post=coaches(302), body=body, sibling=404)


def step(**body: str) -> Door:
    """A step of the plan: it is posted, and leads back to the plan. It concerns the class and no member."""
    return Door(get=everyone(405, 302), post=coaches(302), body=body, sibling=302)


DRILL = f"{GYM}owner/drills/<uuid:drill_id>/"
PICTURE = f"{GYM}drills/<uuid:drill_id>/picture/<slug:mark>/"
FAULT = f"{GYM}owner/faults/<uuid:fault_id>/"
DRAFT = f"{GYM}owner/ladders/drafts/<uuid:draft_id>/"
STEPS = {
    "block": {"block": "1"},
    "paused": {"block": "1", "paused": "yes"},
    "minutes": {"block": "1", "minutes": "7"},
    "dropped": {"block": "1", "dropped": "yes"},
    "order": {"order": "1,0,2,3,4"},
    "finished": {"finished": "yes"},
    # In a class in which people were seen there is nothing to remove.
    "removed": {"removed": "no"},
}

# Long after every class of these tests.
SOME_DAY = f"{timezone.now() + timedelta(days=300):%Y-%m-%d}"

OF_THE_GYM: dict[str, Door] = {
    f"{GYM}today/": page(),
    f"{GYM}today/hand/": Door(get=everyone(405, 302), post=coaches(302), body={"hand": "left"}),
    # Only by a sign-in of one's own.
    f"{GYM}pin/": Door(
        get=coaches(200), post=coaches(302), body={"pin": "4811", "again": "4811"}, opens_to_tablets=False
    ),
    f"{GYM}class/start/": Door(get=everyone(405, 302), post=coaches(302), body={"template": "TEMPLATE"}),
    CLASS: page(sibling=200),
    f"{CLASS}rows/": page(sibling=200),
    # Ben is here already, so that the board says that there is nothing to change.
    f"{CLASS}regulars/": Door(get=coaches(200), post=coaches(200), body={"member": "OTHER", "state": "expected"}),
    f"{CLASS}rest/": tap(member="MEMBER"),
    f"{CLASS}several/": Door(get=coaches(200), post=coaches(302), body={"member": "OTHER", "saw": "seen"}, sibling=200),
    f"{CLASS}several/undo/": Door(get=everyone(405, 302), post=coaches(302), body={"undone": "GROUP"}, sibling=422),
    f"{CLASS}stations/": page(sibling=200),
    f"{CLASS}stations/today/": Door(
        get=everyone(405, 302), post=coaches(302), body={"block": "2", "stage": "dowel", "way": "pairs"}, sibling=302
    ),
    f"{CLASS}order/": Door(get=coaches(302), post=coaches(302), body={"by": "station"}, sibling=302),
    f"{CLASS}taps/": page(sibling=200),
    f"{CLASS}taps/<uuid:tap_key>/wrong-person/": page(sibling=404),
    f"{CLASS}add/": Door(get=coaches(200), post=coaches(302), body={"name": "Robin"}, sibling=200),
    f"{CLASS}plan/": page(sibling=200),
    **{f"{CLASS}plan/{wanted}/": step(**body) for wanted, body in STEPS.items()},
    f"{CLASS}plan/drill/": Door(
        get=coaches(302),
        post=coaches(302),
        body={"block": "0", "place": "0", "drill": "cat-cow"},
        sibling=302,
    ),
    f"{CLASS}summary/": page(sibling=200),
    f"{PERSON}sheet/": page(sibling=404),
    f"{PERSON}member/": page(sibling=404),
    # Who has a sign-in gets no invitation with it.
    f"{PERSON}hand-out/": Door(get=coaches(200), post=coaches(302), sibling=404),
    f"{PERSON}limits/": tap(limits="low-grip"),
    f"{PERSON}tv/": tap(agreed="yes"),
    f"{PERSON}stage/": tap(stage="loaded"),
    f"{PERSON}setting/": tap(stage="wall-tap", setting="300"),
    f"{PERSON}drill/": tap(stage="dowel", drill="horizontal-dowel-hinge"),
    f"{PERSON}saw/": tap(saw="clean", stage="dowel"),
    f"{PERSON}fault/": tap(fault="chin-up", stage="dowel"),
    f"{PERSON}pain/": tap(where="knee"),
    f"{PERSON}clear/": tap(note="Fine again."),
    f"{PERSON}assign/": tap(drill="cat-cow", wanted="yes"),
    f"{PERSON}note/": tap(note="Stiff."),
    f"{PERSON}attendance/": tap(state="no_show"),
    f"{PERSON}with-coach/": tap(wanted="yes"),
    f"{CLASS}invitations/": Door(get=coaches(200), post=coaches(302), sibling=200),
    # Dev has no sign-in yet.
    f"{GYM}people/<uuid:person_id>/invite/": Door(get=coaches(200), post=coaches(302), body={"way": "code"}),
    f"{GYM}people/invitations/<uuid:invitation_id>/": page(),
    f"{GYM}owner/invitations/": Door(get=owners(200), post=everyone(405, 302)),
    f"{GYM}owner/invitations/<uuid:invitation_id>/revoke/": Door(get=owners(200), post=owners(302)),
    f"{GYM}owner/people/": Door(get=owners(200), post=everyone(405, 302)),
    f"{GYM}owner/people/several/": Door(
        get=everyone(405, 302), post=owners(302), body={"what": "tag", "word": "mornings", "person": "OTHER"}
    ),
    f"{GYM}owner/people/export/": Door(get=owners(200), post=everyone(405, 302)),
    # Without a file.
    f"{GYM}owner/people/import/": Door(get=owners(200), post=owners(422)),
    f"{RUN}": Door(get=owners(200), post=owners(302), body={"encoding": "utf-8", "delimiter": ",", "column-0": "name"}),
    f"{RUN}read/": Door(get=everyone(405, 302), post=owners(302)),
    f"{RUN}now/": Door(get=everyone(405, 302), post=owners(302)),
    f"{RUN}undo/": Door(get=owners(200), post=owners(302)),
    f"{RUN}discard/": Door(get=everyone(405, 302), post=owners(302)),
    f"{GYM}owner/exercises/": Door(get=owners(200), post=owners(422)),
    f"{EXERCISES}": Door(get=owners(200), post=owners(302), body={"field-name": "name"}),
    f"{EXERCISES}read/": Door(get=everyone(405, 302), post=owners(302)),
    f"{EXERCISES}choose/": Door(get=everyone(405, 302), post=owners(302), body={"what": "all"}),
    f"{EXERCISES}now/": Door(get=everyone(405, 302), post=owners(302)),
    f"{EXERCISES}undo/": Door(get=owners(200), post=owners(302)),
    f"{EXERCISES}discard/": Door(get=everyone(405, 302), post=owners(302)),
    # Without what the page showed nobody knows what changed meanwhile.
    f"{SOMEBODY}": Door(get=owners(200), post=owners(409), body={"name": "Dev Das"}),
    f"{SOMEBODY}roles/": Door(get=everyone(405, 302), post=owners(302), body={"is_member": "on"}),
    f"{SOMEBODY}deactivate/": Door(get=owners(200), post=owners(302)),
    f"{SOMEBODY}reactivate/": Door(get=everyone(405, 302), post=owners(302)),
    f"{SOMEBODY}erase/": Door(get=owners(200), post=owners(302)),
    f"{SOMEBODY}merge/": Door(get=owners(200), post=everyone(405, 302)),
    # Dev is in a class that runs.
    f"{SOMEBODY}merge/<uuid:other_id>/": Door(get=owners(200), post=owners(422)),
    f"{GYM}owner/people/new/": Door(get=owners(200), post=owners(302), body={"name": "Robin", "role": "member"}),
    f"{GYM}owner/signing-in/": Door(get=owners(200), post=owners(302), body={"needed": "no"}),
    # Ana is here, so nobody can say that she does not come.
    f"{PERSON}not-today/": Door(get=everyone(405, 302), post=coaches(422), body={"state": "off"}),
    f"{PERSON}undo/": tap(undone="TAP"),
    f"{PERSON}move/": tap(undone="TAP", to="OTHER"),
    # The only owner cannot leave.
    f"{GYM}my/data/leave/": Door(
        get={**everyone(200, 302), "stranger": 404}, post={**everyone(302, 302), "owner": 422, "stranger": 404}
    ),
    f"{GYM}owner/equipment/": Door(get=owners(200), post=owners(302)),
    f"{GYM}owner/equipment/weight/": Door(
        get=everyone(405, 302), post=owners(302), body={"key": "kettlebell", "weight": "16"}
    ),
    f"{GYM}owner/equipment/kind/": Door(
        get=everyone(405, 302), post=owners(302), body={"name": "sandbag", "plural": "sandbags"}
    ),
    f"{GYM}owner/equipment/<uuid:equipment_id>/remove/": Door(get=owners(200), post=owners(302)),
    f"{GYM}owner/drills/": Door(get=owners(200), post=everyone(405, 302)),
    f"{GYM}owner/drills/new/": Door(get=owners(200), post=owners(302), body={"name": "Sandbag carry"}),
    DRILL: Door(get=owners(200), post=everyone(405, 302)),
    f"{DRILL}edit/": Door(get=owners(200), post=owners(302), body={"name": "Our own", "was": "1"}),
    f"{DRILL}picture/": Door(get=owners(200), post=owners(302), body={"alt": "A deeper bow"}),
    f"{DRILL}picture/remove/": Door(get=everyone(405, 302), post=owners(302)),
    # Whoever belongs to the gym sees it, and so does its tablet.
    PICTURE: Door(get={**everyone(200, 302), "stranger": 404}, post=everyone(405, 302), shows_to_tablets=True),
    f"{DRILL}retired/": Door(get=owners(200), post=owners(302), body={"retired": "no"}),
    f"{DRILL}shipped/": Door(get=owners(302), post=owners(302), body={"was": "1"}),
    f"{GYM}owner/faults/": Door(get=owners(200), post=everyone(405, 302)),
    f"{GYM}owner/faults/new/": Door(get=owners(200), post=owners(302), body={"name": "looks away", "cue": "Up"}),
    FAULT: Door(get=owners(200), post=everyone(405, 302)),
    f"{FAULT}edit/": Door(get=owners(200), post=owners(302), body={"name": "Our own", "cue": "Up", "was": "1"}),
    f"{FAULT}retired/": Door(get=owners(200), post=owners(302), body={"retired": "no"}),
    f"{FAULT}shipped/": Door(get=owners(302), post=owners(302), body={"was": "1"}),
    f"{GYM}owner/ladders/": Door(get=owners(200), post=owners(302), body={"name": "Press"}),
    f"{GYM}owner/ladders/<uuid:ladder_id>/change/": Door(get=everyone(405, 302), post=owners(302)),
    f"{GYM}owner/ladders/<uuid:ladder_id>/taught/": Door(get=owners(200), post=owners(302), body={"taught": "yes"}),
    f"{DRAFT}": Door(get=owners(200), post=owners(302), body={"name": "Hinge"}),
    f"{DRAFT}stages/": Door(get=owners(200), post=owners(422)),
    f"{DRAFT}stages/<slug:stage>/": Door(get=owners(200), post=owners(422)),
    f"{DRAFT}stages/<slug:stage>/place/": Door(get=everyone(405, 302), post=owners(302), body={"place": "0"}),
    f"{DRAFT}stages/<slug:stage>/retired/": Door(get=owners(200), post=owners(302), body={"retired": "no"}),
    f"{DRAFT}dry-run/": Door(get=owners(200), post=everyone(405, 302)),
    f"{DRAFT}publish/": Door(get=everyone(405, 302), post=owners(302), body={"shown": "1", "changes": "0"}),
    f"{DRAFT}discard/": Door(get=owners(200), post=owners(302)),
    f"{CLASS}ladders/": Door(get=coaches(200), post=coaches(302), body={"ladder": "hip-hinge"}, sibling=200),
    f"{CLASS}change/": Door(get=coaches(200), post=coaches(302), body={"minutes": "75"}, sibling=200),
    f"{CLASS}cancel/": Door(get=everyone(405, 302), post=coaches(302), body={"held": "yes"}, sibling=200),
    f"{GYM}owner/templates/": Door(get=owners(200), post=everyone(405, 302)),
    f"{GYM}owner/templates/new/": Door(get=owners(200), post=owners(302), body={"name": "Own", "minutes": "60"}),
    TEMPLATE: Door(get=owners(200), post=owners(302), body={"name": "Own", "minutes": "60", "was": "HEAD"}),
    f"{TEMPLATE}share/": Door(get=owners(200), post=everyone(405, 302)),
    # Without a file.
    f"{GYM}owner/templates/import/": Door(get=owners(200), post=owners(422)),
    # Without what the page showed.
    TEMPLATE_FILE: Door(get=owners(200), post=owners(422)),
    f"{TEMPLATE_FILE}undo/": Door(get=owners(200), post=owners(302)),
    f"{TEMPLATE_FILE}discard/": Door(get=everyone(405, 302), post=owners(302)),
    f"{TEMPLATE}copy/": Door(get=everyone(405, 302), post=owners(302)),
    f"{TEMPLATE}archive/": Door(get=everyone(405, 302), post=owners(302), body={"archived": "no"}),
    f"{TEMPLATE}versions/": Door(get=owners(200), post=owners(302), body={"number": "1", "version": "2"}),
    f"{TEMPLATE}preview/tablet/": Door(get=owners(200), post=everyone(405, 302)),
    f"{TEMPLATE}preview/tv/": Door(get=owners(200), post=everyone(405, 302)),
    f"{TEMPLATE}print/": Door(get=owners(200), post=everyone(405, 302)),
    f"{TEMPLATE}blocks/": Door(get=everyone(405, 302), post=owners(302), body={"title": "Own", "minutes": "5"}),
    BLOCK: Door(get=everyone(405, 302), post=owners(302), body={"title": "Own", "minutes": "5", "was": "BLOCK"}),
    f"{BLOCK}place/": Door(get=everyone(405, 302), post=owners(302)),
    f"{BLOCK}copy/": Door(get=everyone(405, 302), post=owners(302)),
    f"{BLOCK}remove/": Door(get=everyone(405, 302), post=owners(302), body={"was": "BLOCK"}),
    f"{GYM}owner/schedule/": Door(get=owners(200), post=everyone(405, 302)),
    f"{GYM}owner/pain-records/": Door(get=owners(200), post=owners(302), body={"days": "91"}),
    f"{GYM}owner/screens/": Door(get=owners(200), post=owners(200), body={"name": "Wall", "room": "Loft"}),
    f"{GYM}owner/screens/<uuid:screen_id>/": Door(get=owners(200), post=owners(302), body={"name": "Wall"}),
    f"{GYM}owner/screens/<uuid:screen_id>/revoke/": Door(get=owners(200), post=owners(302)),
    f"{GYM}owner/audit/": Door(get=owners(200), post=everyone(405, 302)),
    # First the password again.
    f"{GYM}owner/everything/": Door(get=owners(302), post=owners(302)),
    f"{GYM}owner/audit/export/": Door(get=owners(200), post=everyone(405, 302)),
    f"{GYM}owner/mail/": Door(get=owners(200), post=everyone(405, 302)),
    f"{GYM}owner/mail/<uuid:letter_id>/again/": Door(get=everyone(405, 302), post=owners(302)),
    f"{GYM}owner/mail/<uuid:letter_id>/dismiss/": Door(get=everyone(405, 302), post=owners(302)),
    f"{GYM}owner/tablets/": Door(get=owners(200), post=owners(302), body={"name": "Rack"}),
    f"{GYM}owner/tablets/lock-after/": Door(get=everyone(405, 302), post=owners(302), body={"minutes": "5"}),
    f"{GYM}owner/tablets/<uuid:tablet_id>/": Door(get=owners(200), post=owners(302), body={"name": "Rack"}),
    f"{GYM}owner/tablets/<uuid:tablet_id>/revoke/": Door(get=owners(200), post=owners(302)),
    f"{GYM}owner/tablets/pins/<uuid:coach_id>/remove/": Door(get=owners(200), post=owners(302)),
    f"{GYM}owner/schedule/closed/": Door(
        get=owners(200), post=owners(302), body={"first": SOME_DAY, "last": SOME_DAY, "name": "Works"}
    ),
    f"{GYM}owner/schedule/closed/<uuid:closure_id>/end/": Door(get=everyone(405, 302), post=owners(302)),
    f"{GYM}owner/schedule/away/": Door(get=owners(200), post=owners(422)),
    f"{GYM}owner/schedule/away/<uuid:absence_id>/end/": Door(get=everyone(405, 302), post=owners(302)),
    f"{GYM}owner/schedule/copy/": Door(get=owners(200), post=owners(422)),
    f"{GYM}my/calendar/": Door(
        get={**everyone(200, 302), "stranger": 404}, post={**everyone(200, 302), "stranger": 404}
    ),
    f"{GYM}my/calendar/revoke/": Door(get=everyone(405, 302), post={**everyone(302, 302), "stranger": 404}),
    f"{GYM}owner/schedule/new/": Door(
        get=owners(200),
        post=owners(302),
        body={"weekday": "2", "starts": "06:30", "minutes": "45", "template": "TEMPLATE"},
    ),
    f"{GYM}owner/schedule/<uuid:slot_id>/": Door(
        get=owners(200),
        post=owners(302),
        body={"weekday": "2", "starts": "07:30", "minutes": "45", "template": "TEMPLATE", "version": "1"},
    ),
    f"{GYM}owner/schedule/<uuid:slot_id>/end/": Door(get=owners(200), post=owners(302), body={"version": "1"}),
    f"{GYM}my/": Door(get={**everyone(200, 302), "stranger": 404}, post=everyone(405, 302)),
    f"{GYM}my/language/": Door(get=everyone(405, 302), post={**everyone(302, 302), "stranger": 404}),
    f"{GYM}owner/gym/": Door(get=owners(200), post=owners(302), body={"units": "imperial", "language": "de"}),
    f"{GYM}my/mail/": Door(get=everyone(405, 302), post={**everyone(302, 302), "stranger": 404}),
    f"{GYM}my/tv/": Door(get=everyone(405, 302), post={**everyone(302, 302), "stranger": 404}, body={"agreed": "yes"}),
    f"{GYM}my/practised/": Door(
        get=everyone(405, 302), post={**everyone(302, 302), "stranger": 404}, body={"drill": "cat-cow"}
    ),
    # What a coach tapped is nobody's own to undo.
    f"{GYM}my/undo/": Door(
        get=everyone(405, 302), post={**everyone(422, 302), "stranger": 404}, body={"undone": "TAP"}
    ),
    f"{GYM}my/history/": Door(get={**everyone(200, 302), "stranger": 404}, post=everyone(405, 302)),
    f"{GYM}my/history/looked/": Door(
        get=everyone(405, 302), post={**everyone(302, 302), "stranger": 404}, body={"seen_to": "1795780800000"}
    ),
    f"{GYM}my/self-check/": Door(get={**everyone(200, 302), "stranger": 404}, post=everyone(405, 302)),
    f"{GYM}my/self-check/<slug:progression>/<slug:check>/": Door(
        get={**everyone(200, 302), "stranger": 404},
        post={**everyone(302, 302), "stranger": 404},
        body={"answer-head": "yes", "answer-shoulder-blades": "no", "answer-sacrum": "unsure"},
    ),
    f"{GYM}my/data/": Door(get={**everyone(200, 302), "stranger": 404}, post=everyone(405, 302)),
    f"{GYM}my/data/name/": Door(
        get=everyone(405, 302), post={**everyone(302, 302), "stranger": 404}, body={"name": "Robin Roe"}
    ),
    f"{GYM}my/data/download/": Door(get={**everyone(200, 302), "stranger": 404}, post=everyone(405, 302)),
    # First the password again.
    f"{GYM}my/data/delete/": Door(
        get={**everyone(302, 302), "stranger": 404}, post={**everyone(302, 302), "stranger": 404}
    ),
    f"{GYM}my/hurts/": Door(
        get={**everyone(200, 302), "stranger": 404},
        post={**everyone(302, 302), "stranger": 404},
        body={"places": "left_knee", "agreed": "on"},
    ),
    f"{GYM}check-in/<str:token>/": Door(
        get={**everyone(200, 302), "stranger": 404}, post={**everyone(302, 302), "stranger": 404}
    ),
}


def open_page(signed_in: int = 200, post: int = 200, anonymous: int = 200) -> Door:
    """A page before the door; with an empty form it says what is missing."""
    return Door(get=everyone(signed_in, anonymous), post=everyone(302 if signed_in == 302 else post, post))


CLOSED = Door(get=everyone(404, 404), post=everyone(404, 404))
TOLD = open_page(post=405)
# To the place where the operator signs in, whoever asks.
OPERATORS = Door(get=everyone(302, 302), post=everyone(302, 302))

# The same for everybody, and compared by browsers with what they have.
FOR_DEVICES = {"sw.js": TOLD, "manifest.webmanifest": TOLD}

HOUSE = {
    # To the one gym that is theirs.
    "": Door(get=everyone(302, 302), post=everyone(405, 302)),
    "health/": TOLD,
    "health/mail/": TOLD,
    # Its signature says whose letters it switches; whoever holds it.
    "mail/<str:switch>/": open_page(),
    "no-connection/": TOLD,
    **FOR_DEVICES,
    "account/secret/": Door(get=everyone(204, 204), post=everyone(405, 405)),
}

# For whoever is signed in, and theirs alone.
OWN = Door(get=everyone(200, 302), post=everyone(200, 302))
LED = Door(get=everyone(302, 302), post=everyone(302, 302))
KEY = "account/2fa/webauthn/keys/<int:pk>/"

SIGN_IN = {
    "account/": Door(get=everyone(200, 302), post=everyone(405, 302)),
    # Everybody of these tests has a password, which is asked for instead.
    "account/is-it-you/": LED,
    "account/address/": Door(get=everyone(302, 302), post=everyone(302, 302)),
    "account/address/confirm/<str:token>/": open_page(410, post=410, anonymous=410),
    "account/address/stop/<str:token>/": open_page(410, post=410, anonymous=410),
    "account/sessions/": Door(get=everyone(200, 302), post=everyone(302, 302)),
    # Everybody of these tests has a password, which comes first.
    "account/2fa/": Door(get=everyone(200, 302), post=everyone(405, 302)),
    "account/2fa/authenticate/": LED,
    "account/2fa/reauthenticate/": LED,
    "account/2fa/totp/activate/": LED,
    "account/2fa/totp/deactivate/": Door(get=everyone(404, 302), post=everyone(404, 302)),
    "account/2fa/recovery-codes/": Door(get=everyone(404, 302), post=everyone(405, 302)),
    "account/2fa/recovery-codes/generate/": LED,
    "account/2fa/recovery-codes/download/": CLOSED,
    "account/2fa/webauthn/": Door(get=everyone(200, 302), post=everyone(405, 302)),
    "account/2fa/webauthn/add/": LED,
    "account/2fa/webauthn/login/": LED,
    "account/2fa/webauthn/reauthenticate/": LED,
    f"{KEY}edit/": LED,
    f"{KEY}remove/": LED,
    "account/email/": CLOSED,
    "account/confirm-email/": CLOSED,
    "account/confirm-email/<str:key>/": CLOSED,
    r"account/^confirm-email/(?P<key>[-:\w]+)/$": CLOSED,
    "account/login/": open_page(signed_in=302),
    "account/login/code/": open_page(signed_in=302),
    "account/login/code/confirm/": Door(get=everyone(302, 302), post=everyone(302, 302)),
    "account/logout/": Door(get=everyone(200, 302), post=everyone(302, 302)),
    "account/inactive/": TOLD,
    "account/signup/": open_page(signed_in=302),
    "account/reauthenticate/": Door(get=everyone(200, 302), post=everyone(200, 302)),
    "account/password/change/": Door(get=everyone(200, 302), post=everyone(200, 302)),
    "account/password/set/": Door(get=everyone(302, 302), post=everyone(302, 302)),
    "account/password/reset/": open_page(),
    "account/password/reset/done/": TOLD,
    r"account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": open_page(),
    "account/password/reset/key/done/": TOLD,
}

ADMIN = {
    **dict.fromkeys(
        [
            "admin/",
            "admin/logout/",
            "admin/password_change/",
            "admin/password_change/done/",
            "admin/autocomplete/",
            "admin/jsi18n/",
            *(
                f"admin/{model}/{rest}"
                # One of ours stands for all: see by_pattern().
                for model in (
                    *("auth/group", "account/emailaddress", "programming/assessment"),
                    *("mfa/authenticator", "usersessions/usersession"),
                )
                for rest in (
                    "",
                    "add/",
                    "<path:object_id>/history/",
                    "<path:object_id>/delete/",
                    "<path:object_id>/change/",
                    "<path:object_id>/",
                )
            ),
            "admin/gym/user/<id>/password/",
            "admin/^(?P<app_label>gym|account|auth|admin|programming|mfa|usersessions)/$",
            "admin/(?P<url>.*)$",
        ],
        OPERATORS,
    ),
    "admin/r/<path:key>/": CLOSED,
    "admin/r/<path:content_type_id>/<path:object_id>/": CLOSED,
    # To the sign-in page of everybody; who has signed in and is no operator may not.
    "admin/login/": Door(get=everyone(403, 302), post=everyone(403, 302)),
}

# A TV has no keyboard to sign in with: its link alone lets it in, and shows what the room sees. See tests/screen.
OPEN = {
    f"{GYM}screen/<str:link>/": open_page(post=405),
    f"{GYM}screen/<str:link>/now/": open_page(post=405),
    # A calendar signs in nowhere either.
    f"{GYM}calendar/<str:calendar>/": open_page(post=405),
}

# By the link of an invitation of somebody who has no sign-in. Whoever is of the gym already is somebody else.
INVITED = {
    f"{GYM}invitation/<str:invited>/": Door(
        get={**everyone(409, 200), "stranger": 200}, post={**everyone(409, 422), "stranger": 302}
    ),
}

# Only an enrolled tablet finds something here, whoever has signed in on it. See also test_a_shared_tablet().
TABLETS = {
    f"{GYM}tablet/": CLOSED,
    f"{GYM}tablet/switch/": Door(get=everyone(405, 405), post=everyone(404, 404)),
    f"{GYM}tablet/lock/": Door(get=everyone(405, 405), post=everyone(404, 404)),
}

TABLE = {**HOUSE, **SIGN_IN, **ADMIN, **OF_THE_GYM, **OPEN, **INVITED, **TABLETS}


# Under this stands what a ladder of a class has of its own: the same views, as a test says.
ON = "on/<slug:ladder>/"


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every address of the project as it is written down."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        else:
            assert isinstance(pattern, URLPattern)
            yield before + str(pattern.pattern)


def by_pattern(route: str) -> str:
    """The address as the table names it: the admin's pages are the same for every model. See also test_admin."""
    return re.sub(r"^admin/(gym|programming|admin)/[a-z]+/(?!<id>)", "admin/programming/assessment/", route)


def test_the_table_names_every_address() -> None:
    assert {by_pattern(route) for route in routes() if ON not in route} == set(TABLE)


# --- Two gyms, and who asks ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """Northside with two classes, Harbour with one, and a browser for each role."""

    cast: Cast
    people: dict[str, Membership]
    # Address → ids: the own ones, another gym's, and a sibling's of the same gym.
    own: dict[str, str]
    foreign: dict[str, str]
    siblings: list[dict[str, str]]
    template: str

    def browser(self, role: str) -> Client:
        """A browser in which that person has signed in, or nobody."""
        client = Client()
        if role != "anonymous":
            user = self.people[role].user
            assert user is not None
            client.force_login(user)
        return client

    def fill(self, body: dict[str, str], ids: dict[str, str]) -> dict[str, str]:
        """A form with real ids in it."""
        named = {"TEMPLATE": self.template, "TAP": ids["tap_key"], "OTHER": str(self.cast.ben.pk)}
        named |= {"MEMBER": ids["member_id"], "GROUP": ids["group_key"]}
        named |= {"HEAD": ids["head_mark"], "BLOCK": ids["block_mark"]}
        return {name: named.get(value, value) for name, value in body.items()}


def make_world(cast: Cast, evening: ClassSession) -> World:
    """Everybody where they belong."""
    later = make.class_session(cast.northside, [cast.ben], coach=cast.carla)
    make.library(cast.harbour)
    harbour = make.class_session(cast.harbour, [cast.sam], coach=cast.nia_at_harbour)
    with in_gym(cast.harbour):
        ClassSession.objects.filter(pk=harbour.pk).update(name="Secret Harbour class")
    stranger = make.person(cast.harbour, "Sid Stranger", ["member", "coach", "owner"], email="sid@harbour.example")
    slots = {}
    for session in (evening, harbour):
        slots[session.gym_id] = make.weekly_slot(session)
        # Whoever looks at the day first would make them.
        make_coming(session.gym, timezone.now())
    taps, groups = {}, {}
    for session, member, other, coach in (
        (evening, cast.ana, cast.chiara, cast.carla),
        (later, cast.ben, cast.ben, cast.carla),
        (harbour, cast.sam, cast.sam, cast.nia_at_harbour),
    ):
        taps[session.pk] = make.place(session, member, "dowel", by=coach, after=60).tap
        groups[session.pk] = make.several(session, [other], by=coach, after=90, stage="wall-tap").tap
    away = make.person(cast.northside, "Away Abel")
    screens = {owner.gym_id: make.screen(owner.gym, owner) for owner in (cast.olga, cast.hana)}
    # A weight is needed by nothing, and may go.
    bells: dict[Any, UUID] = {}
    for house in (cast.northside, cast.harbour):
        with in_gym(house):
            bells[house.pk] = Equipment.add_weight("kettlebell", 8_000, 2, at=timezone.now()).pk
    drafts: dict[Any, LadderDraft] = {}
    for owner in (cast.olga, cast.hana):
        with in_gym(owner.gym):
            hinge = Progression.objects.get(key="hip-hinge")
            drafts[owner.gym_id] = LadderDraft.of(hinge, by=owner, at=timezone.now())
    tablets = {owner.gym_id: make.tablet(owner.gym, owner) for owner in (cast.olga, cast.hana)}
    for coach in (cast.carla, cast.nia_at_harbour):
        make.pin(coach, "4711")
    exceptions: dict[Any, dict[str, Any]] = {}
    for coach in (cast.carla, cast.nia_at_harbour):
        with in_gym(coach.gym):
            # Long after every class of these tests.
            days = {"first": date(2098, 1, 1), "last": date(2098, 1, 1)}
            exceptions[coach.gym_id] = {
                "closure_id": Closure.objects.create(name="Works", **days).pk,
                "absence_id": Absence.make(key=uuid7(), coach=coach, **days).pk,
                "calendar": CalendarLink.make(coach, at=timezone.now()),
            }
    invited = {}
    for owner, person in ((cast.olga, cast.dev), (cast.hana, make.person(cast.harbour, "Ida Iverson"))):
        with in_gym(owner.gym):
            invited[owner.gym_id] = Invitation.make(person, by=owner, at=timezone.now())
    runs, files = {}, {}
    for owner in (cast.olga, cast.hana):
        with in_gym(owner.gym):
            begun = begin(b"Name\nSomebody New\n", name="people.csv", by=owner, at=timezone.now())
            runs[owner.gym_id] = compare_more(begun.pk)
            content = exercise_files.written(exercise_files.exercise("Broomstick bow"))
            brought = exercises.begin(content, name="x.json", origin=exercise_files.ORIGIN, by=owner, at=timezone.now())
            files[owner.gym_id] = exercises.compare_more(brought.pk)
    pictures: dict[Any, DrillPicture] = {}
    for number, house in enumerate((cast.northside, cast.harbour)):
        with in_gym(house):
            first, drawn = Drill.objects.order_by("key")[0], redrawn(photograph("PNG", (80 + number, 80)))
            pictures[house.pk] = DrillPicture.put(first, drawn, "A bow", at=timezone.now())
    templates = {owner.gym_id: make.template_file(owner).pk for owner in (cast.olga, cast.hana)}
    outlines = {}
    for owner in (cast.olga, cast.hana):
        with in_gym(owner.gym):
            plan = ClassTemplate.objects.get(key="hinge-under-load")
            block = Block(str(uuid4()), "Finisher", 5)
            changed = plan.rewrite(adding(block), by=owner, at=timezone.now())
            outlines[owner.gym_id] = (changed.outline(), str(plan.pk))
    # They have asked just now: looking at a TV's page writes nothing.
    Screen.across_gyms.update(seen_at=timezone.now() + timedelta(hours=1))

    def ids(session: ClassSession, member: Membership, of: ClassSession) -> dict[str, str]:
        tap, group = taps[of.pk], groups[of.pk]
        assert tap is not None and group is not None
        made = {"tap_key": str(tap.key), "group_key": str(group.key), "token": token(of.gym_id, of.pk)}
        screen, link = screens[of.gym_id]
        made |= {"screen_id": str(screen.pk), "link": link, "equipment_id": str(bells[of.gym_id])}
        draft = drafts[of.gym_id]
        made |= {"draft_id": str(draft.pk), "ladder_id": str(draft.progression_id), "stage": "dowel"}
        for model in (Drill, Fault):
            taught = model.across_gyms.filter(gym=of.gym_id).order_by("key")
            made[f"{model._meta.model_name}_id"] = str(taught[0].pk)
        made["mark"] = pictures[of.gym_id].mark
        made["slot_id"] = str(slots[of.gym_id].pk)
        made |= {name: str(row) for name, row in exceptions[of.gym_id].items()}
        made["switch"] = link_to_switch_off(member, "mail_moves").rstrip("/").rpartition("/")[2]
        made["letter_id"] = str(post("login_code", key=f"{member.pk}", person=member).pk)
        tablet, secret = tablets[of.gym_id]
        made |= {"tablet_id": str(tablet.pk), "secret": secret}
        made |= {"progression": "hip-hinge", "check": "three-contacts"}
        made["coach_id"] = str((cast.carla if of.gym_id == cast.northside.pk else cast.nia_at_harbour).pk)
        invitation = invited[of.gym_id]
        made |= {"invitation_id": str(invitation.pk), "invited": invitation.token}
        made["person_id"] = str(invitation.person_id)
        made |= {"run_id": str(runs[of.gym_id].pk), "other_id": made["coach_id"]}
        made["file_id"] = str(files[of.gym_id].pk)
        made["brought_id"] = str(templates[of.gym_id])
        outline, plan = outlines[of.gym_id]
        made |= {"template_id": plan, "head_mark": outline.head.mark}
        made |= {"block_id": outline.blocks[0].id, "block_mark": outline.blocks[0].mark}
        return {"session_id": str(session.pk), "member_id": str(member.pk), **made}

    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key="hinge-foundations")
    return World(
        cast=cast,
        people={"owner": cast.olga, "coach": cast.carla, "member": cast.ana, "stranger": stranger},
        own=ids(evening, cast.ana, evening),
        foreign=ids(harbour, cast.sam, harbour),
        siblings=[ids(evening, away, later), ids(later, cast.ana, evening)],
        template=str(template.pk),
    )


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once."""

    def made() -> World:
        cast = make_cast()
        return make_world(cast, make_evening(cast))

    with kept(made, django_db_blocker) as world:
        yield world


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    """Everybody where they belong."""
    return copied(kept_world)


@pytest.fixture
def new_world(cast: Cast, evening: ClassSession) -> World:
    """The same for tests elsewhere, with the cast and the evening that they know."""
    return make_world(cast, evening)


def address(route: str, ids: dict[str, str], slug: str = "northside-barbell") -> str:
    """The route with these ids in it."""
    known = {
        "token": "1",
        **ids,
        "gym_slug": slug,
        "app_label": "auth",
        "content_type_id": "1",
        "object_id": "1",
        "id": "1",
    }
    known |= {"uidb36": "1", "key": "1-abc", "url": "elsewhere", "pk": "1"}
    named = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known[found[1]], re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route))
    return "/" + named.replace("^", "").replace("$", "")


@dataclass
class Asking:
    """One browser that asks many times, each time as if it were the first."""

    client: Client
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, method: str, url: str, body: dict[str, str] | None = None, **headers: str) -> Answer:
        """Send it and roll back whatever it wrote."""
        self.client.cookies = SimpleCookie(self.cookies)
        cache.clear()
        with transaction.atomic():
            answer = self.client.generic(
                method,
                url,
                "&".join(f"{name}={value}" for name, value in (body or {}).items()),
                content_type="application/x-www-form-urlencoded",
                headers=headers,
            )
            transaction.set_rollback(True)
        return answer

    def expect(self, status: int, method: str, url: str, body: dict[str, str] | None = None) -> None:
        """Note it where the answer is another."""
        answer = self.ask(method, url, body)
        if answer.status_code != status:
            self.wrong.append(f"{method} {url}: {answer.status_code} instead of {status}")


def test_a_further_ladder_of_a_class_has_the_same_views() -> None:
    views = {pattern.name: pattern.callback for pattern in of_board}
    further = [pattern for pattern in of_class if ON in str(pattern.pattern)]
    assert len(further) == len(of_board) > 20
    for pattern in further:
        assert isinstance(pattern, URLPattern)
        assert pattern.callback.__wrapped__ is views[pattern.name]  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ROLES)
def test_a_board_of_another_ladder_is_for_those_who_see_the_class(world: World, role: str) -> None:
    asking = Asking(world.browser(role))
    squat = make.second_ladder(world.cast.northside)
    board = address(CLASS, world.own)
    asking.expect(404 if coaches(200)[role] == 200 else coaches(200)[role], "GET", f"{board}on/squat/")
    with in_gym(world.cast.northside):
        ClassSession.objects.get(pk=world.own["session_id"]).run_ladder(squat, at=timezone.now())
    asking.expect(coaches(200)[role], "GET", f"{board}on/squat/")
    asking.expect(
        coaches(302)[role], "POST", f"{board}on/squat/{world.own['member_id']}/stage/", {"stage": "box-squat"}
    )
    foreign = address(CLASS, world.foreign)
    asking.expect(404 if role in ("owner", "coach") else coaches(404)[role], "GET", f"{foreign}on/squat/")
    assert asking.wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_with_own_ids(world: World, role: str) -> None:
    asking = Asking(world.browser(role))
    for route, door in TABLE.items():
        url = address(route, world.own)
        asking.expect(door.get[role], "GET", url)
        asking.expect(door.post[role], "POST", url, world.fill(door.body, world.own))
    assert asking.wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_with_another_gyms_ids(world: World, role: str) -> None:
    """Absent and foreign are the same 404, under the own gym's address and under the other's."""
    asking = Asking(world.browser(role))
    own_gym = "harbour-strength" if role == "stranger" else "northside-barbell"
    others = {
        "owner": world.foreign,
        "coach": world.foreign,
        "member": world.foreign,
        "stranger": world.own,
        "anonymous": world.foreign,
    }
    nobody = dict.fromkeys(world.own, "018f0000-0000-7000-8000-00000000dead")
    # A place of another gym in the own one, each id foreign alone, all of them, and none that is anywhere.
    mixed = [{**world.own, name: value} for name, value in world.foreign.items()] if role != "stranger" else []
    for route, door in OF_THE_GYM.items():
        if not any(
            name in route
            for name in (
                *("session_id", "screen_id", "equipment_id", "slot_id", "tablet_id", "coach_id"),
                *("person_id", "invitation_id", "run_id", "file_id", "closure_id", "absence_id"),
                *("template_id", "block_id", "brought_id"),
                *("draft_id", "ladder_id"),
            )
        ):
            continue
        for ids in (others[role], nobody, *mixed):
            if ids in mixed and not any(name in route and ids[name] != world.own[name] for name in ids):
                continue
            url = address(route, ids, own_gym)
            for method, expected in (("GET", door.get[role]), ("POST", door.post[role])):
                found = 404 if expected in (200, 302, 409, 422) and role in ("owner", "coach", "stranger") else expected
                asking.expect(found, method, url, world.fill(door.body, ids))
    assert asking.wrong == []


def tablet_browser(world: World, state: str, *, of: str = "own") -> Client:
    """A shared tablet: in Carla's hands, in Olga's as a coach, locked, revoked."""
    client, own = Client(), getattr(world, of)
    client.cookies[COOKIE] = own["secret"]
    with in_gym(Tablet.across_gyms.get(pk=own["tablet_id"]).gym_id):
        tablet = Tablet.objects.select_related("gym").get(pk=own["tablet_id"])
        if state in ("coach", "owner"):
            tablet.begin(world.people[state], timezone.now())
        elif state == "revoked":
            tablet.begin(world.people["coach"], timezone.now())
            tablet.revoke(at=timezone.now())
    return client


@pytest.mark.parametrize("state", ["coach", "owner", "locked", "revoked"])
def test_a_shared_tablet(world: World, state: str) -> None:
    """Unlocked it opens what coaches open, and to an owner no more than that; everything else is as signed out."""
    asking = Asking(tablet_browser(world, state))
    for route, door in TABLE.items():
        url = address(route, world.own)
        is_coaches = (
            route in OF_THE_GYM and door.opens_to_tablets and 403 not in (door.get["coach"], door.post["coach"])
        )
        is_coaches = is_coaches and (door.shows_to_tablets or 403 in (door.get["member"], door.post["member"]))
        for method, wanted in (("GET", door.get), ("POST", door.post)):
            answer = asking.ask(method, url, world.fill(door.body, world.own) if method == "POST" else None)
            is_open = is_coaches and state in ("coach", "owner")
            expected = wanted["coach" if is_open else "anonymous"]
            if route in TABLETS and expected == 404:
                expected = 401 if state == "revoked" else 200 if route == f"{GYM}tablet/" else 302
                expected = 422 if (expected, method) == (200, "POST") else expected
            if answer.status_code != expected:
                asking.wrong.append(f"{method} {url}: {answer.status_code} instead of {expected}")
            if is_coaches and not is_open and not answer.headers.get("Location", "").startswith(f"{NORTHSIDE}tablet/"):
                asking.wrong.append(f"{method} {url} does not lead to the lock screen")
    assert asking.wrong == []


def test_a_tablet_of_another_gym(world: World) -> None:
    """To this gym it is no tablet at all."""
    asking = Asking(tablet_browser(world, "locked", of="foreign"))
    for route, door in {**OF_THE_GYM, **TABLETS}.items():
        url = address(route, world.own)
        asking.expect(door.get["anonymous"], "GET", url)
        asking.expect(door.post["anonymous"], "POST", url, world.fill(door.body, world.own))
    assert asking.wrong == []


def test_a_tablet_finds_nothing_of_another_gyms_ids(world: World) -> None:
    asking = Asking(tablet_browser(world, "coach"))
    for route, door in OF_THE_GYM.items():
        if "session_id" not in route:
            continue
        url = address(route, {**world.own, **world.foreign})
        asking.expect(405 if door.get["coach"] == 405 else 404, "GET", url)
        asking.expect(405 if door.post["coach"] == 405 else 404, "POST", url, world.fill(door.body, world.foreign))
    assert asking.wrong == []


@pytest.mark.parametrize("role", ["owner", "coach", "member", "anonymous"])
def test_with_a_siblings_ids(world: World, role: str) -> None:
    """A member who is not on the class's roster, a tap of another class: not there."""
    asking = Asking(world.browser(role))
    for route, door in OF_THE_GYM.items():
        if door.sibling is None:
            continue
        for ids in world.siblings:
            url = address(route, ids)
            for method, expected in (("GET", door.get[role]), ("POST", door.post[role])):
                found = door.sibling if expected in (200, 302) and role in ("owner", "coach") else expected
                found = 302 if found == 200 and method == "POST" else found
                asking.expect(found, method, url, world.fill(door.body, ids))
    assert asking.wrong == []


@pytest.mark.parametrize("role", ["owner", "coach", "member"])
def test_under_another_gyms_address(world: World, role: str) -> None:
    asking = Asking(world.browser(role))
    for route, door in OF_THE_GYM.items():
        for slug, ids in (("harbour-strength", world.own), ("harbour-strength", world.foreign), ("x" * 300, world.own)):
            url = address(route, ids, slug)
            asking.expect(405 if door.get[role] == 405 else 404, "GET", url)
            asking.expect(405 if door.post[role] == 405 else 404, "POST", url, world.fill(door.body, ids))
    assert asking.wrong == []


def test_absent_and_foreign_read_the_same(world: World) -> None:
    client = world.browser("coach")
    nobody = dict.fromkeys(world.own, "018f0000-0000-7000-8000-00000000dead")
    foreign, absent = (client.get(address(CLASS, ids)).content.decode() for ids in (world.foreign, nobody))
    token = r'"X-CSRFToken": "\w+"'
    assert re.sub(token, "", foreign) == re.sub(token, "", absent)


def test_the_operator_reaches_the_admin(world: World) -> None:
    """So that the refusals above mean something."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@rung.example", make.PASSWORD))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/auth/group/").status_code == 200


def test_somebody_of_two_gyms_chooses(world: World) -> None:
    client, nia = Client(), world.cast.nia
    assert nia.user is not None
    client.force_login(nia.user)
    answer = client.get("/")
    assert answer.status_code == 200
    links = set(re.findall(r'href="(/gym/[^"]+)"', answer.content.decode()))
    # She coaches in one and trains in the other.
    assert links == {"/gym/harbour-strength/today/", "/gym/northside-barbell/my/"}


# --- Signed out, and rights that end ---------------------------------------------------------------------------------


def test_signed_out_htmx_gets_401_and_the_way_to_sign_in(world: World) -> None:
    asking = Asking(Client())
    board = address(CLASS, world.own)
    for route, door in OF_THE_GYM.items():
        for method in ("GET", "POST"):
            answer = asking.ask(
                method,
                address(route, world.own),
                world.fill(door.body, world.own),
                **{"HX-Request": "true", "HX-Current-URL": f"http://testserver{board}"},
            )
            assert answer.status_code == 401, route
            assert answer.headers["X-Sign-In"] == f"/account/login/?next={board}"
            assert "X-Op" not in answer.headers


def end_membership(person: Membership) -> None:
    person.is_active = False
    person.save()


def end_coaching(person: Membership) -> None:
    person.is_coach = False
    person.is_member = True
    person.save()


def end_user(person: Membership) -> None:
    assert person.user is not None
    person.user.is_active = False
    person.user.save()


def end_by_erasing(person: Membership) -> None:
    person.erased_at = timezone.now()
    person.save()


def end_by_merging(person: Membership) -> None:
    person.merged_into = Membership.across_gyms.get(name="Kim Kowalski")
    person.save()


def end_by_losing_the_sign_in(person: Membership) -> None:
    Membership.across_gyms.filter(pk=person.pk).update(user=None)


def end_by_another_password(person: Membership) -> None:
    assert person.user is not None
    person.user.set_password("another long sentence")
    person.user.save()


ENDS = [
    (end_membership, 404),
    (end_by_erasing, 404),
    (end_by_merging, 404),
    (end_by_losing_the_sign_in, 404),
    (end_coaching, 403),
    (end_user, 401),
    (end_by_another_password, 401),
]


@pytest.mark.parametrize(("end", "status"), ENDS)
def test_a_right_that_ends_has_ended_at_the_next_request(world: World, end: Any, status: int) -> None:
    client = world.browser("coach")
    board, stage = address(CLASS, world.own), address(f"{PERSON}stage/", world.own)
    headers = {"HX-Request": "true"}
    proved = proved_poll(client, board)
    end(world.people["coach"])
    with nothing_written():
        assert client.get(f"{board}rows/", headers=proved).status_code == status
        assert client.get(board, headers=headers).status_code == status
        assert client.get(f"{board}rows/", headers=headers).status_code == status
        assert client.post(stage, {"stage": "loaded"}, headers=headers).status_code == status


def proved_poll(client: Client, board: str) -> dict[str, str]:
    """The headers of a poll that has lately proved who asks, and is answered so."""
    headers = {"HX-Request": "true", "HX-PTag": "0"}
    headers["HX-PTag"] = client.get(f"{board}rows/", headers=headers).headers["HX-PTag"]
    assert client.get(f"{board}rows/", headers=headers).status_code == 304
    return headers


# A PIN is no password: another password ends no unlocking.
@pytest.mark.parametrize("end", [each for each, _status in ENDS if each is not end_by_another_password])
def test_it_has_ended_on_a_shared_tablet_too(world: World, end: Any) -> None:
    """Who has no right any more is led to the lock screen, at once, and the tablet in their hands shows nothing."""
    client = tablet_browser(world, "coach")
    board, stage = address(CLASS, world.own), address(f"{PERSON}stage/", world.own)
    proved = proved_poll(client, board)
    end(world.people["coach"])
    for answer in (
        client.get(f"{board}rows/", headers=proved),
        client.get(board, headers={"HX-Request": "true"}),
        client.post(stage, {"stage": "loaded"}, headers={"HX-Request": "true"}),
    ):
        assert answer.status_code == 401
        assert answer.headers["X-Sign-In"].startswith(f"{NORTHSIDE}tablet/")


@pytest.mark.parametrize("end", [end_membership, end_user])
def test_the_gyms_tv_outlives_whoever_made_its_link(world: World, end: Any) -> None:
    """It is the gym's: an owner revokes it, not their leaving."""
    screen = address(f"{GYM}screen/<str:link>/", world.own)
    assert Client().get(screen).status_code == 200
    end(world.people["owner"])
    assert Client().get(screen).status_code == 200
    Screen.across_gyms.filter(pk=world.own["screen_id"]).update(revoked_at=timezone.now())
    assert Client().get(screen).status_code == 404


@pytest.mark.parametrize(("end", "status"), [each for each in ENDS if each[1] != 403])
def test_it_has_ended_for_members_and_owners(world: World, end: Any, status: int) -> None:
    pages = {"member": f"{NORTHSIDE}my/", "owner": f"{NORTHSIDE}owner/screens/"}
    for role, url in pages.items():
        client = world.browser(role)
        assert client.get(url).status_code == 200
        end(world.people[role])
        assert client.get(url, headers={"HX-Request": "true"}).status_code == status


def test_an_owner_may_what_coaches_may_and_no_more_when_it_ends(world: World) -> None:
    client = world.browser("owner")
    url = address(CLASS, world.own)
    assert client.get(url).status_code == 200
    owner = world.people["owner"]
    owner.is_owner, owner.is_member = False, True
    owner.save()
    assert client.get(url).status_code == 403


def test_demo_users_outside_the_demo(world: World, settings: Settings) -> None:
    client = world.browser("coach")
    user = world.people["coach"].user
    assert user is not None
    user.is_demo = True
    user.save()
    url, headers = address(CLASS, world.own), {"HX-Request": "true"}
    assert client.get(url, headers=headers).status_code == 200
    settings.DEMO = False
    assert client.get(url, headers=headers).status_code == 401
    assert client.get(url).status_code == 302
    with nothing_written():
        answer = client.post(address(f"{PERSON}stage/", world.own), {"stage": "loaded"}, headers=headers)
    assert answer.status_code == 401


# --- Forged requests -------------------------------------------------------------------------------------------------


def test_without_a_token_of_its_own_nothing_is_taken(world: World) -> None:
    client, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    for browser, role in ((client, "owner"), (other, "stranger")):
        user = world.people[role].user
        assert user is not None
        browser.force_login(user)
    own = token_on(client, address(CLASS, world.own))
    foreign = token_on(other, "/gym/harbour-strength/today/")
    for route, door in OF_THE_GYM.items():
        if 405 in door.post.values():
            continue
        url, body = address(route, world.own), world.fill(door.body, world.own)
        key = "018f0000-0000-4000-8000-00000000beef"
        with nothing_written():
            for token, headers in (
                ("", {}),
                ("x" * 64, {}),
                (foreign, {}),
                (own, {"Origin": "https://elsewhere.example"}),
                (own, {"Origin": "null"}),
            ):
                for more in ({}, {"HX-Request": "true"}):
                    sent = {**body, "tap": key, "csrfmiddlewaretoken": token}
                    answer = client.post(url, sent, headers={**headers, **more})
                    assert answer.status_code == 403, (route, token, headers)
                    # The tap is not settled by that: with a fresh token it goes in.
                    assert "X-Op" not in answer.headers
        signed_in = copy(client.cookies)
        with transaction.atomic():
            taken = client.post(url, {**body, "csrfmiddlewaretoken": own})
            assert taken.status_code == door.post["owner"], route
            transaction.set_rollback(True)
        # Whoever makes a shared tablet of this one is signed out on it.
        client.cookies = signed_in


def token_on(client: Client, url: str) -> str:
    """The token that a page carries, which htmx sends as a header and forms as a field."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(url).content.decode())
    assert found
    return found[1]


def test_the_header_that_htmx_sends_will_do(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    assert world.people["coach"].user is not None
    client.force_login(world.people["coach"].user)
    page = client.get(address(CLASS, world.own)).content.decode()
    found = re.search(r'"X-CSRFToken": "(\w+)"', page)
    assert found
    headers = {"HX-Request": "true", "X-CSRFToken": found[1]}
    answer = client.post(address(f"{PERSON}stage/", world.own), {"stage": "loaded"}, headers=headers)
    assert answer.status_code == 200


# --- Odd requests ----------------------------------------------------------------------------------------------------

METHODS = ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "GOT"]


@pytest.mark.parametrize("role", ["coach", "stranger", "anonymous"])
def test_no_method_is_a_500_or_writes(world: World, role: str) -> None:
    asking = Asking(world.browser(role))
    with nothing_written():
        for route, door in TABLE.items():
            url = address(route, world.own)
            for method in METHODS:
                answer = asking.client.generic(method, url, "stage=loaded&name=Robin")
                assert answer.status_code < 500, (method, url)
                if method == "HEAD" and route in OF_THE_GYM:
                    assert answer.status_code == door.get[role], url
                    assert answer.content == b""
                elif route in OF_THE_GYM:
                    assert answer.status_code in (302, 405), (method, url)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded; charset=utf-16", "text/plain; charset=latin-1"])
def test_another_charset_is_refused_everywhere(world: World, kind: str) -> None:
    client = world.browser("coach")
    with nothing_written():
        for route, door in TABLE.items():
            body = "&".join(f"{name}={value}" for name, value in world.fill(door.body, world.own).items())
            answer = client.generic("POST", address(route, world.own), body.encode("utf-16"), content_type=kind)
            assert answer.status_code == 400, route


def test_a_nul_byte_is_refused_in_every_field(world: World) -> None:
    client = world.browser("coach")
    with nothing_written():
        for route, door in TABLE.items():
            url, body = address(route, world.own), world.fill(door.body, world.own)
            assert client.get(url, {"name": "a\x00b"}).status_code == 400, route
            for name in [*body, "tap", "from", "opening", "anything"]:
                assert client.post(url, {**body, name: "a\x00b"}).status_code == 400, (route, name)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "application/xml", ""])
def test_no_other_kind_of_body_is_a_500(world: World, kind: str) -> None:
    asking = Asking(world.browser("coach"))
    for route in OF_THE_GYM:
        for body in (b'{"stage": "loaded"}', b"\xff\xfe"):
            with transaction.atomic():
                answer = asking.client.generic("POST", address(route, world.own), body, content_type=kind)
                transaction.set_rollback(True)
            assert answer.status_code < 500, (route, body)


# --- Headers ---------------------------------------------------------------------------------------------------------

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_has_the_headers(world: World, role: str) -> None:
    asking = Asking(world.browser(role))
    for route, door in TABLE.items():
        for method in ("GET", "POST"):
            answer = asking.ask(method, address(route, world.own), world.fill(door.body, world.own))
            where = f"{method} {route}"
            assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY, where
            assert answer.headers["X-Content-Type-Options"] == "nosniff", where
            assert answer.headers["X-Frame-Options"] == "DENY", where
            # A link that lets somebody in is told to nobody.
            told = "no-referrer" if route in OPEN else "same-origin"
            assert answer.headers["Referrer-Policy"] == told, where
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", where
            assert "Permissions-Policy" in answer.headers, where
            assert "HX-Request" in answer.headers["Vary"], where
            if role != "anonymous":
                is_asked_again = route in FOR_DEVICES or (route == PICTURE and answer.status_code == 200)
                stored = "no-cache" if is_asked_again and method == "GET" else "no-store"
                assert stored in answer.headers["Cache-Control"], where


# --- Ids of another gym in a form ------------------------------------------------------------------------------------


def foreign_values(world: World) -> dict[str, list[str]]:
    """For each field that names something, what belongs to Harbour."""
    harbour = world.cast.harbour
    with in_gym(harbour):
        template = str(ClassTemplate.objects.get(key="hinge-foundations").pk)
    people = [str(world.cast.sam.pk), str(world.cast.hana.pk)]
    keys = [world.foreign["tap_key"]]
    return {
        "template": [template],
        "member": people,
        "to": people,
        "undone": keys,
        "tap": keys,
        "opening": [world.foreign["session_id"], *keys],
        "stage": [template, world.foreign["session_id"]],
        "drill": [template],
        "fault": [template],
        "seen": ["1"],
        "from": ["sheet"],
    }


@pytest.mark.parametrize("htmx", [True, False])
def test_what_belongs_to_another_gym_is_neither_written_nor_read(world: World, htmx: bool) -> None:
    client = world.browser("coach")
    headers = {"HX-Request": "true"} if htmx else {}
    before = of_gym(world.cast.harbour.pk)
    for route, door in OF_THE_GYM.items():
        if 405 in door.post.values():
            continue
        url, body = address(route, world.own), world.fill(door.body, world.own)
        foreign = foreign_values(world)
        asked = {name for name in foreign if name in body} | {"tap", "opening", "member"}
        # Each field of the form alone, and everything at once.
        planted = [{name: value} for name in asked for value in foreign[name]]
        for more in (*planted, {name: values[0] for name, values in foreign.items()}):
            answer = client.post(url, {**body, **more}, headers=headers, follow=True)
            assert answer.status_code < 500, (route, more)
            said = answer.content.decode()
            for secret in ("Secret Harbour", "Sam S", "Hana H"):
                assert secret not in said, (route, more)
    assert of_gym(world.cast.harbour.pk) == before


def of_gym(gym_id: UUID) -> dict[str, list[str]]:
    """Every row of one gym."""
    return {table: [row for row in rows if repr(gym_id) in row] for table, rows in everything().items()}
