"""Every page and part that the application draws: sound HTML, without script or style in it, and every field named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gym.models import Import, Invitation, Letter, Membership, User
from gym.post import post
from gym.post.switching import link_to_switch_off
from gym.scope import in_gym
from gym.tablets import COOKIE
from programming.check_in import token
from programming.models import (
    ClassSession,
    ClassTemplate,
    Drill,
    Equipment,
    ExerciseImport,
    Fault,
    Progression,
    Screen,
    TemplateFile,
)
from programming.models.coming import make_coming
from programming.models.taking_in import seen, shared, things_in
from programming.outline import Block, adding
from tests import exercise_files, make
from tests.coach.conftest import signed_in
from tests.lists_of_people import HOSTILE
from tests.page import Builder, Element, read
from tests.people import Cast
from tests.photographs import photograph
from tests.second_step import app_code, passkey, typed_a_code

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]

HTMX = {"HX-Request": "true"}
GYM = "/gym/northside-barbell/"


@pytest.fixture
def board(cast: Cast, evening: ClassSession) -> str:
    """The address of a board on which a row of each kind stands."""
    cast.dev.standing_limits = "low grip only"
    cast.dev.save()
    cast.nia.name = 'Nia "the <b>" O\'Novak & Søn'
    cast.nia.save()
    story: list[tuple[Membership, list[tuple[str, dict[str, Any]]]]] = [
        (
            cast.ana,
            [
                ("stage", {"stage": "wall-tap"}),
                ("saw", {"saw": "clean"}),
                ("note", {"note": "Stiff."}),
                ("assign", {"drill": "cat-cow", "wanted": True, "fault": "squats-it"}),
            ],
        ),
        (cast.ben, [("stage", {"stage": "dowel"}), ("fault", {"fault": "chin-up"})]),
        (cast.chiara, [("stage", {"stage": "loaded"}), ("pain", {"where": "hip"})]),
        (cast.dev, [("attendance", {"state": "no_show"})]),
        (cast.nia, [("stage", {"stage": "dowel"}), ("saw", {"saw": "clean"})]),
    ]
    for member, taps in story:
        for after, (kind, values) in enumerate(taps, start=60):
            make.tap(evening, member, kind, by=cast.carla, after=after, **values)
    make.tap(evening, cast.nia, "saw", by=cast.kim, after=200, saw="clean")
    make.several(evening, [cast.ana, cast.ben], by=cast.kim, after=210, stage="dowel")
    # Carla had not seen that Kim wants the dowel for him.
    make.tap(evening, cast.ben, "stage", by=cast.carla, after=215, seen=0, stage="loaded")
    make.tap(evening, cast.nia, "note", by=cast.kim, after=220, note="Tall.")
    slot = make.weekly_slot(evening, room="Studio")
    for weeks in (1, 2):
        begun = evening.starts_at - timedelta(weeks=weeks)
        make.class_session(cast.northside, [cast.kim, cast.olga], slot=slot, slot_date=begun.date(), starts_at=begun)
    return f"{GYM}class/{evening.pk}/"


def tap_key(client: Client, board: str) -> str:
    """The key of the newest tap."""
    found = re.search(r'name="undone" value="([^"]+)"', client.get(board).content.decode())
    assert found
    return found[1]


def of_a_coach(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """What a coach sees: pages, parts, refusals."""
    client = signed_in(cast.carla)
    answers = {"answer-head": "yes", "answer-shoulder-blades": "no", "answer-sacrum": "unsure"}
    yield "a self-check", signed_in(cast.ana).post(f"{GYM}my/self-check/hip-hinge/three-contacts/", answers)
    key = tap_key(client, board)
    paths = [f"{GYM}today/", board, f"{board}taps/", f"{board}taps/{key}/wrong-person/", f"{board}add/"]
    paths += [f"{board}regulars/", f"{board}several/", f"{board}several/?everyone", f"{board}stations/"]
    paths += [f"{board}plan/", f"{board}plan/drill/?block=2&place=1", f"{board}summary/"]
    paths += [f"{board}add/?name=kow", f"{board}rows/", f"{board}rest/", f"{GYM}my/", f"{GYM}nowhere/"]
    paths += [f"{GYM}my/history/", f"{GYM}my/history/?period=all", f"{GYM}my/self-check/"]
    paths += [f"{GYM}my/self-check/hip-hinge/{check}/" for check in ("three-contacts", "set-up", "nowhere")]
    paths += [f"{board}{member.pk}/{page}/" for member in cast.members for page in ("sheet", "member", "hand-out")]
    paths += [f"{board}{member.pk}/member/?period=all" for member in cast.members]
    printed = f"{board}{cast.chiara.pk}/hand-out/"
    yield "a hand-out with an invitation", client.post(printed, follow=True)
    for path in paths:
        yield f"GET {path}", client.get(path)
        yield f"GET {path} as a part", client.get(path, headers=HTMX)
    for path, body in (
        (f"{board}{cast.chiara.pk}/saw/", {"saw": "clean"}),
        (f"{board}{cast.chiara.pk}/clear/", {"from": "sheet"}),
        (f"{board}{cast.ana.pk}/note/", {"from": "sheet", "note": "x" * 3000}),
        (f"{board}{cast.chiara.pk}/clear/", {"from": "member"}),
        (f"{board}{cast.ana.pk}/note/", {"from": "member", "note": ""}),
        (f"{board}{cast.ana.pk}/limits/", {"limits": "x" * 100}),
        (f"{board}{cast.ana.pk}/tv/", {"agreed": "yes"}),
        (f"{board}{cast.ana.pk}/tv/", {}),
        (f"{board}{cast.ana.pk}/stage/", {"stage": "nonsense"}),
        (f"{board}{cast.ana.pk}/move/", {"undone": key}),
        (f"{board}several/", {"saw": "clean"}),
        (f"{board}several/", {"saw": "clean", "member": str(cast.chiara.pk)}),
        (f"{board}{cast.kim.pk}/not-today/", {"state": "off"}),
        (f"{board}{cast.ana.pk}/not-today/", {"state": "off"}),
        (f"{board}regulars/", {}),
        (f"{board}rest/", {"member": str(cast.dev.pk)}),
        (f"{board}several/undo/", {}),
        (f"{board}plan/minutes/", {"block": "0", "minutes": "0"}),
        (f"{board}plan/block/", {"block": "0"}),
        (f"{board}plan/paused/", {"block": "0", "paused": "yes"}),
        (f"{board}plan/drill/", {"block": "2", "place": "1", "drill": "cat-cow"}),
        (f"{board}add/", {}),
        (f"{board}order/", {"by": "station"}),
        (f"{board}order/", {}),
        (f"{board}{cast.ana.pk}/with-coach/", {"wanted": "yes", "from": "stations"}),
        (f"{board}{cast.ana.pk}/with-coach/", {"from": "stations"}),
        (f"{board}stations/today/", {"block": "2", "place": "1", "drill": "horizontal-dowel-hinge"}),
        (f"{board}stations/today/", {"block": "2", "stage": "dowel", "way": "waves", "number": "4"}),
        (f"{board}stations/today/", {}),
        (f"{board}add/", {"name": "<script>alert(1)</script>"}),
        (f"{board}{cast.ben.pk}/fault/", {"fault": "squats-it", "from": "sheet"}),
        (f"{GYM}class/start/", {}),
        (f"{GYM}my/tv/", {"agreed": "yes"}),
        (f"{GYM}my/tv/", {}),
        (f"{GYM}my/mail/", {"mail_moves": "on"}),
        (f"{GYM}my/language/", {"language": "xx"}),
        (f"{GYM}my/practised/", {"drill": "cat-cow"}),
        (f"{GYM}my/practised/", {"drill": "<script>"}),
        (f"{GYM}my/undo/", {"undone": key}),
        (f"{GYM}my/self-check/hip-hinge/three-contacts/", {"answer-head": "no"}),
    ):
        yield f"POST {path}", client.post(path, body, follow=True)
        yield f"POST {path} as a part", client.post(path, body, headers=HTMX)
    yield "POST without a token", signed_in_with_checks(cast).post(f"{board}{cast.ana.pk}/stage/", {"stage": "dowel"})


def signed_in_with_checks(cast: Cast) -> Client:
    client = Client(enforce_csrf_checks=True)
    assert cast.carla.user is not None
    client.force_login(cast.carla.user)
    return client


def exceptions(client: Client, cast: Cast) -> Iterator[tuple[str, Answer]]:
    """Closed days, coaches who are away, a week that is copied, and somebody's calendar."""
    schedule = f"{GYM}owner/schedule/"
    yield "the week", client.get(schedule)
    soon = timezone.localdate() + timedelta(days=1)
    days = {"first": f"{soon}", "last": f"{soon + timedelta(days=7)}"}
    make.class_session(cast.northside, starts_at=timezone.now() + timedelta(days=2), coach=cast.carla)
    for sent in ({"first": "<b>"}, {**days, "name": "Works & <i>"}, {**days, "name": "Works & <i>", "sure": "yes"}):
        yield f"POST closed {sent}", client.post(f"{schedule}closed/", sent, follow=True)
    for more in ({}, {"coach": str(cast.carla.pk)}):
        yield f"POST away {more}", client.post(f"{schedule}away/", {**days, **more}, follow=True)
    later = soon + timedelta(days=30)
    for asked in ({}, {"source": "x", "target": ""}, {"source": f"{soon}", "target": f"{later}"}):
        yield f"GET copy {asked}", client.get(f"{schedule}copy/", asked)
    yield "the week with exceptions", client.get(schedule, {"week": f"{soon}"})
    for method in (client.get, client.post, client.get):
        yield "my calendar", method(f"{GYM}my/calendar/")


def of_an_owner(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """What an owner sees: pages, refusals, a class that is cancelled, one with somebody in it, one that is over."""
    client = signed_in(cast.olga)
    yield "GET an empty schedule", client.get(f"{GYM}owner/schedule/")
    for path, body in (
        ("owner/schedule/new/", {}),
        ("owner/schedule/new/", {"starts": "<script>", "room": "x" * 100, "capacity": "-1", "weekday": "9"}),
    ):
        yield f"POST {path}", client.post(f"{GYM}{path}", body)
    slot, coming, over = slot_with_classes(cast)
    client.post(f"{GYM}class/{coming}/cancel/", {"held": "no"})
    for path in (
        *("today/", "my/", "owner/schedule/", "owner/schedule/new/", "owner/nowhere/"),
        *(f"owner/schedule/{slot}/", f"owner/schedule/{slot}/end/"),
        *(f"class/{coming}/change/", f"class/{over}/change/"),
    ):
        yield f"GET {path}", client.get(f"{GYM}{path}")
    client.post(f"{GYM}class/{coming}/cancel/", {"held": "yes"})
    for path, body in (
        (f"owner/schedule/{slot}/", {"version": "0", "weekday": "1", "starts": "08:00", "minutes": "60"}),
        (f"owner/schedule/{slot}/end/", {"version": "0"}),
        (f"owner/schedule/{slot}/end/", {}),
        (f"class/{coming}/change/", {}),
        (f"class/{over}/change/", {"minutes": "5"}),
        (f"class/{over}/cancel/", {"held": "no"}),
        (f"class/{over}/cancel/", {}),
    ):
        yield f"POST {path}", client.post(f"{GYM}{path}", body)
    yield "GET a class to come", client.get(f"{GYM}class/{coming}/change/")
    yield from of_templates(cast, client)
    equipment = f"{GYM}owner/equipment/"
    for path, body in (
        ("weight/", {"key": "kettlebell", "weight": "16", "owned": "2"}),
        ("weight/", {"weight": "heavy", "owned": "x"}),
        ("kind/", {"name": "sand <bag>", "plural": "sand & bags"}),
        ("kind/", {"name": "dowel"}),
    ):
        yield f"POST {equipment}{path}", client.post(equipment + path, body, follow=True)
    dowel, bell = (
        Equipment.across_gyms.get(gym=cast.northside, **which) for which in ({"key": "dowel"}, {"grams": 16_000})
    )
    for count in ("six", "5"):
        yield f"POST {equipment}", client.post(equipment, {f"count-{dowel.pk}": count, f"was-{dowel.pk}": "9"})
    yield f"GET {equipment}", client.get(equipment)
    yield f"GET {equipment} to remove", client.get(f"{equipment}{bell.pk}/remove/")
    yield from pages_of_ladders(cast, client)
    yield from of_drills_and_faults(cast, client)
    for asked in ("", "?show=taps", "?since=yesterday&where=moon&q=<b>"):
        yield f"GET owner/audit/{asked}", client.get(f"{GYM}owner/audit/{asked}")
    yield "the owner's password again", client.post("/account/reauthenticate/", {"password": make.PASSWORD})
    yield "GET owner/everything/", client.get(f"{GYM}owner/everything/")
    yield from exceptions(client, cast)
    mail = f"{GYM}owner/mail/"
    yield f"GET {mail}", client.get(mail)
    letter = post("login_code", key="1", to="<b>@x.example", person=cast.ana)
    given_up = {"state": "dead", "problem": "refused", "error": "<i>", "settled_at": timezone.now()}
    Letter.across_gyms.filter(pk=letter.pk).update(**given_up)
    for what in ("", "again/", "dismiss/"):
        yield f"{mail}{what}", client.post(f"{mail}{letter.pk}/{what}", follow=True) if what else client.get(mail)
    yield from of_its_people(cast, client)
    yield from of_exercises(client)
    screens = f"{GYM}owner/screens/"
    for body in ({}, {"name": "Front <wall>", "room": "Loft"}, {"name": "x" * 99}):
        yield f"POST {screens}", client.post(screens, body)
    yield f"GET {screens}", client.get(screens)
    screen = Screen.across_gyms.get(name="Front <wall>")
    for path, body in ((f"{screen.pk}/", {"name": ""}), (f"{screen.pk}/revoke/", {})):
        yield f"GET {screens}{path}", client.get(screens + path)
        yield f"POST {screens}{path}", client.post(screens + path, body, follow=True)


def of_its_people(cast: Cast, client: Client) -> Iterator[tuple[str, Answer]]:
    """The table of people, one of them, two that become one, and a list that is brought."""
    people = f"{GYM}owner/people/"
    make.person(cast.northside, 'Dev "<b>" Das', nickname="<i>", is_minor=True)
    somebody, file = f"{people}{cast.dev.pk}/", SimpleUploadedFile("<b>.csv", HOSTILE)
    client.post(f"{people}several/", {"what": "tag", "word": "<mornings>", "everybody": "on"})
    for path in ("", "?q=<b>&unseen=x&stage=y&sort=-seen", "?q=nobody", "import/"):
        yield f"GET {people}{path}", client.get(people + path)
    for path in ("", "deactivate/", "erase/", "merge/", "merge/?q=ana", f"merge/{cast.ana.pk}/"):
        yield f"GET {somebody}{path}", client.get(somebody + path)
    for path, body in (
        ("several/", {"what": "tag"}),
        ("several/", {"what": "invite", "everybody": "on"}),
        (f"{cast.dev.pk}/", {"name": ""}),
        (f"{cast.dev.pk}/roles/", {}),
        (f"{cast.dev.pk}/merge/{cast.ana.pk}/", {}),
        (f"{cast.dev.pk}/deactivate/", {}),
        (f"{cast.olga.pk}/deactivate/", {}),
        (f"{cast.olga.pk}/erase/", {}),
        ("import/", {}),
        ("import/", {"file": file}),
    ):
        yield f"POST {people}{path}", client.post(people + path, body, follow=True)
    run = f"{people}import/{Import.across_gyms.latest('made_at').pk}/"
    yield "rows are compared", client.post(f"{run}read/", headers=HTMX)
    yield "a list without a name", client.post(run, {"encoding": "utf-8", "delimiter": ","})
    for path in ("", "?mark=wrong"):
        yield f"GET {run}{path}", client.get(run + path)
    yield "wrong rows", client.post(f"{run}now/", follow=True)
    yield "a list is imported", client.post(f"{run}now/", {"leave_out": "on"}, follow=True)
    yield "whether to take it back", client.get(f"{run}undo/")
    yield "a list is taken back", client.post(f"{run}undo/", follow=True)
    yield "imports", client.get(f"{people}import/")


def of_exercises(client: Client) -> Iterator[tuple[str, Answer]]:
    """Files of exercises: brought, refused, read in another way, chosen from, imported, taken back."""
    bring = f"{GYM}owner/exercises/"
    for content in (b"[", exercise_files.SMALL):
        file = SimpleUploadedFile("<b>.json", content)
        yield "a file of exercises", client.post(bring, {**exercise_files.ORIGIN, "file": file}, follow=True)
    run = f"{bring}{ExerciseImport.across_gyms.latest('made_at').pk}/"
    yield "exercises are compared", client.post(f"{run}read/", headers=HTMX)
    client.post(f"{run}read/")
    for path in ("", "?mark=wrong", "?mark=duplicate"):
        yield f"GET {run}{path}", client.get(run + path)
    yield "exercises without a name", client.post(run, {"field-name": "", "word-0": "<b>"})
    client.post(f"{run}choose/", {"what": "all"})
    yield "exercises are imported", client.post(f"{run}now/", follow=True)
    yield "whether to take them back", client.get(f"{run}undo/")
    yield "exercises are taken back", client.post(f"{run}undo/", follow=True)
    yield "all files of exercises", client.get(bring)


def of_templates(cast: Cast, client: Client) -> Iterator[tuple[str, Answer]]:
    """The class templates: listed, made, written, refused, changed by somebody else meanwhile, taken back."""
    templates = f"{GYM}owner/templates/"
    for path in ("", "?q=nowhere", "?archived=yes", "new/"):
        yield f"GET {templates}{path}", client.get(f"{templates}{path}")
    yield "POST of a new template", client.post(f"{templates}new/", {"name": "x" * 99})
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key="hinge-foundations")
        first, second, *_more = template.outline().blocks
        line = first.lines[0].id
    own = f"{templates}{template.pk}/"
    yield f"GET {own}", client.get(own)
    wrong = {"lines": line, f"l-{line}-drill": "<i>", f"l-{line}-line": "9" * 99, f"l-{line}-reps": "<b>"}
    for path, body in (
        (f"blocks/{first.id}/", {"was": "other", "title": "<b>", "minutes": "5"}),
        (f"blocks/{first.id}/", {"title": "", "minutes": "-1", **wrong}),
        (f"blocks/{first.id}/remove/", {"was": "other"}),
        (f"blocks/{second.id}/remove/", {"was": second.mark}),
        (f"blocks/{second.id}/", {"was": "other", "title": "<b>", "minutes": "5"}),
        (f"blocks/{first.id}/place/", {"before": "x"}),
        ("blocks/", {"title": ""}),
        ("", {"was": "other", "name": "<b>", "minutes": "60"}),
        ("versions/", {"number": "1", "version": "1"}),
    ):
        yield f"POST {own}{path}", client.post(own + path, body, follow=True)
        yield f"POST {own}{path} as a part", client.post(own + path, body, headers=HTMX)
    for path in ("versions/", "preview/tablet/", "preview/tv/", "print/"):
        yield f"GET {own}{path}", client.get(f"{own}{path}")
    yield from of_shared_templates(cast, client)


def of_shared_templates(cast: Cast, client: Client) -> Iterator[tuple[str, Answer]]:
    """A template from another gym: chosen, refused, looked at beside what differs, taken in, taken back."""
    files = f"{GYM}owner/templates/import/"
    yield "a template is imported", client.get(files)
    with in_gym(cast.northside):
        template = ClassTemplate.objects.get(key="ten-minute-hinge-prep")
        content = shared(template)
        Drill.objects.filter(key="cat-cow").update(follows_shipped=False)
        Drill.objects.get(key="cat-cow").revise(name="Cat <cow>")
        template.rewrite(adding(Block(str(uuid4()), "<b>", 5)), by=cast.olga, at=timezone.now())
    for file in (b'{"<b>": 1}', content):
        sent = {"file": SimpleUploadedFile("<b>.json", file)}
        yield "a file is looked at", client.post(files, sent, follow=True)
    run = f"{files}{TemplateFile.across_gyms.latest('made_at').pk}/"
    yield "nothing is chosen", client.post(run, {"was": "<b>"})
    with in_gym(cast.northside):
        things, _tables, _gym = things_in(TemplateFile.objects.latest("made_at"))
    chosen = {"was": seen(things), "template:ten-minute-hinge-prep": "copy", "drill:cat-cow": "copy"}
    yield "it is taken in", client.post(run, chosen, follow=True)
    yield "whether to take it back", client.get(f"{run}undo/")
    yield "it is taken back", client.post(f"{run}undo/", follow=True)
    yield "files", client.get(files)


def pages_of_ladders(cast: Cast, client: Client) -> Iterator[tuple[str, Answer]]:
    """The ladders of the gym, and the draft of one in which a stage is retired and one is new."""
    ladders = f"{GYM}owner/ladders/"
    hinge = Progression.across_gyms.get(gym=cast.northside, key="hip-hinge")
    yield f"GET {ladders}", client.get(ladders)
    yield f"POST {ladders}", client.post(ladders, {"name": ""})
    yield "GET a ladder to retire", client.get(f"{ladders}{hinge.pk}/taught/")
    draft: str = client.post(f"{ladders}{hinge.pk}/change/")["Location"]
    yield "GET a stage", client.get(f"{draft}stages/dowel/")
    yield "POST a stage", client.post(f"{draft}stages/dowel/", {"name": "<b>", "quantity": "distance", "step": "x"})
    yield "GET a new stage", client.get(f"{draft}stages/?place=1")
    yield "GET a stage to retire", client.get(f"{draft}stages/dowel/retired/")
    client.post(f"{draft}stages/dowel/retired/", {"retired": "yes", "to": "wall-tap"})
    for page in ("", "dry-run/", "discard/"):
        yield f"GET a draft {page}", client.get(f"{draft}{page}")
    yield "POST a draft that nobody saw", client.post(f"{draft}publish/", {"shown": "0", "changes": "7"})


def of_drills_and_faults(cast: Cast, client: Client) -> Iterator[tuple[str, Answer]]:
    """The tables, one of each: its page, its form with errors and as another wrote it, retired, beside the shipped."""
    hostile = {"name": "<b>", "cue": "<i>", "video": "http://<b>", "cues": "a\n" * 9, "drill-1": "<i>"}
    for model, table in ((Drill, f"{GYM}owner/drills/"), (Fault, f"{GYM}owner/faults/")):
        item = model.across_gyms.filter(gym=cast.northside, key__in=("dowel-hinge", "swings")).get()
        own, sent = f"{table}{item.pk}/", {"name": "O'Brien's <b>", "cue": "<i>", "was": "1", "summary": "&"}
        for path in (table, f"{table}?q=<b>&stage=x&sort=-stage", f"{table}new/?copy={item.pk}", own, f"{own}edit/"):
            yield f"GET {path}", client.get(path)
        yield f"GET {table} as a part", client.get(f"{table}?q=dowel", headers=HTMX)
        yield f"POST {own}edit/ refused", client.post(f"{own}edit/", {**hostile, "was": "x"})
        yield f"POST {own}edit/", client.post(f"{own}edit/", sent, follow=True)
        yield f"POST {own}edit/ meanwhile", client.post(f"{own}edit/", {**sent, "name": "Another"})
        for path in ("shipped/", "retired/", "edit/"):
            yield f"GET {own}{path}", client.get(own + path)
        yield f"POST {own}shipped/ meanwhile", client.post(f"{own}shipped/", {"was": "1"})
        yield f"POST {own}retired/", client.post(f"{own}retired/", {"retired": "yes"}, follow=True)
        client.post(f"{own}retired/", {"retired": "no"})
    yield from of_pictures(cast, client)


def of_pictures(cast: Cast, client: Client) -> Iterator[tuple[str, Answer]]:
    """The picture of a drill: asked for, refused, given, shown to its owner and on somebody's drills."""
    with in_gym(cast.northside):
        drill = Drill.objects.get(key="cat-cow")
    own = f"{GYM}owner/drills/{drill.pk}/"
    for body in ({"alt": ""}, {"alt": '"<b>', "file": SimpleUploadedFile("<i>.png", b"<svg>")}):
        yield f"POST {own}picture/ refused", client.post(f"{own}picture/", body)
    sent = {"alt": '"<b>', "file": SimpleUploadedFile("<i>.png", photograph("PNG", (80, 80)))}
    yield f"POST {own}picture/", client.post(f"{own}picture/", sent, follow=True)
    yield f"GET {own}picture/", client.get(f"{own}picture/")


def slot_with_classes(cast: Cast) -> tuple[UUID, UUID, UUID]:
    """A slot whose second coming class has somebody in it, its first coming class, and a class that is over."""
    now = timezone.now()
    over = make.class_session(cast.northside, coach=cast.kim, starts_at=now - timedelta(days=7))
    slot = make.weekly_slot(over, weekday=(now.weekday() + 1) % 7, room="Annex")
    make_coming(cast.northside, now)
    with in_gym(cast.northside):
        first, second, *_more = ClassSession.objects.filter(slot=slot, starts_at__gt=now).in_order()
    make.roster(second, cast.ana, "expected")
    return slot.pk, first.pk, over.pk


def of_a_tv(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """What stands on a gym's TV: a class, the next one, none, and nothing for a link that is none."""
    for member in cast.members[:4]:
        member.tv_consent = True
        member.save()
    client, sessions = Client(), ClassSession.across_gyms.filter(pk=board.split("/")[-2])
    session = sessions.get()
    paths = [f"screen/{make.screen(cast.northside, cast.olga)[1]}/", "screen/unknown/"]
    now = session.starts_at + timedelta(minutes=10)
    for minutes in (10, -30, 600):
        sessions.update(starts_at=now - timedelta(minutes=minutes))
        for path in (f"{GYM}{each}" for each in paths):
            yield f"GET {path} after {minutes} min", client.get(path)
            yield f"GET {path}now/ after {minutes} min", client.get(f"{path}now/", headers=HTMX)


def of_a_shared_tablet(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """What a tablet shows that coaches share: locked without a PIN and with some, unlocked, revoked."""
    tablet, secret = make.tablet(cast.northside, cast.olga)
    client = Client()
    client.cookies[COOKIE] = secret
    yield "a lock screen that nobody can unlock", client.get(f"{GYM}tablet/")
    for coach, digits in ((cast.carla, "4711"), (cast.kim, "80632")):
        make.pin(coach, digits)
    for body in ({}, {"coach": str(cast.carla.pk), "pin": "1"}, {"coach": str(cast.carla.pk), "pin": "9999"}):
        yield f"POST {body}", client.post(f"{GYM}tablet/", body)
    for coach, digits in ((cast.carla, "4711"), (cast.kim, "80632")):
        yield "unlocked", client.post(f"{GYM}tablet/", {"coach": str(coach.pk), "pin": digits}, follow=True)
    for path in (f"{GYM}tablet/", board, *(f"{board}{each}/" for each in ("plan", "stations", "summary", "change"))):
        yield f"GET {path} on a tablet", client.get(path)
    yield "a member on a tablet", client.get(f"{board}{cast.ana.pk}/member/")
    owner = signed_in(cast.olga)
    owner.cookies[COOKIE] = secret
    tablets = f"{GYM}owner/tablets/"
    for path in (
        tablets,
        f"{tablets}{tablet.pk}/",
        f"{tablets}{tablet.pk}/revoke/",
        f"{tablets}pins/{cast.kim.pk}/remove/",
    ):
        yield f"GET {path}", owner.get(path)
    for path, body in (
        ("", {}),
        ("lock-after/", {"minutes": "99"}),
        (f"{tablet.pk}/", {}),
        (f"{tablet.pk}/revoke/", {}),
    ):
        yield f"POST {path}", owner.post(f"{tablets}{path}", body, follow=True)
    yield "revoked", client.get(f"{GYM}tablet/")
    yield "a PIN", owner.get(f"{GYM}pin/")
    yield "a PIN that will not do", owner.post(f"{GYM}pin/", {"pin": "1234", "again": "<i>"})


def of_a_member(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """What a member sees: placed, held, of two gyms, and one who does not train."""
    cast.chiara.user = User.objects.create_user("chiara@northside.example", make.PASSWORD)
    cast.chiara.save()
    for person in (cast.ana, cast.chiara, cast.nia, cast.olga):
        client = signed_in(person)
        yield "what does not hurt", client.post(f"{GYM}my/hurts/", {"places": "soul"})
        yield (
            "what hurts",
            client.post(f"{GYM}my/hurts/", {"places": "neck", "sentence": "<b>", "agreed": "on"}, follow=True),
        )
        scanned = f"{GYM}check-in/{token(cast.northside.pk, UUID(board.split('/')[-2]))}/"
        for path in ("/", f"{GYM}my/", f"{GYM}today/", scanned, "/account/logout/", "/account/password/change/"):
            yield f"GET {path}", client.get(path, follow=True)
        yield "POST of a password", client.post("/account/password/change/", {"oldpassword": "wrong"})
        yield "signing in anew", client.get("/account/reauthenticate/")
    yield "a code that was not read whole", client.get(f"{GYM}check-in/x/")
    yield "a stranger's scan", signed_in(cast.hana).get(scanned)
    nobody = Client()
    nobody.force_login(User.objects.create_user("lost@nowhere.example"))
    yield "somebody of no gym", nobody.get("/")
    again = "/account/is-it-you/"
    yield "is it you", nobody.get("/account/password/set/", follow=True)
    yield "a code for it", nobody.post(again, {"send": "yes", "next": "/account/password/set/"}, follow=True)
    yield "a wrong code for it", nobody.post(again, {"code": "<b>"})
    yield "a first password", typed_a_code(nobody).get("/account/password/set/")


def before_the_door(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """What everybody sees."""
    client = Client()
    for path in ("login/", "login/code/", "password/reset/", "password/reset/done/", "inactive/", "signup/"):
        yield f"GET {path}", client.get(f"/account/{path}")
    yield "a broken link", client.get("/account/password/reset/key/1-abc/")
    yield "no such page", client.get("/account/email/")
    switch = link_to_switch_off(cast.ana, "mail_moves").removeprefix("http://localhost:8000")
    for wanted in ("", "off", "on"):
        yield f"a switch {wanted}", client.post(switch, {"wanted": wanted}) if wanted else client.get(switch)
    yield "no switch", client.get("/mail/x/")
    for path, body in (
        ("login/", {}),
        ("login/", {"login": "ana@northside.example", "password": "wrong"}),
        ("login/", {"login": "<script>", "password": "wrong"}),
        ("login/code/", {"email": "nonsense"}),
        ("password/reset/", {}),
    ):
        yield f"POST {path}", client.post(f"/account/{path}", body)
    yield "the code", client.post("/account/login/code/", {"email": "ana@northside.example"}, follow=True)
    yield "the wrong code", client.post("/account/login/code/confirm/", {"code": "0000-0000"})


def of_ones_sign_in(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """What belongs to a sign-in: its address, a second step, passkeys, its end. Nobody's of the cast."""
    member = make.person(cast.northside, "Sia Second", email="sia@northside.example")
    assert member.user is not None
    EmailAddress.objects.get_or_create(user=member.user, email=member.user.email, verified=True, primary=True)
    client, password = signed_in(member), {"password": make.PASSWORD}
    yield "the password again", client.post("/account/reauthenticate/", password)
    step, keys = "/account/2fa/", "/account/2fa/webauthn/"
    for path in ("/account/", "/account/address/", step, keys, f"{keys}add/", f"{GYM}my/data/delete/"):
        yield f"GET {path}", client.get(path)
    yield "no address", client.post("/account/address/", {"email": "<b>"})
    set_up = client.get(f"{step}totp/activate/")
    yield "an app", set_up
    yield "a wrong code", client.post(f"{step}totp/activate/", {"code": "<b>"})
    found = re.search(r'class="secret">([A-Z2-7]+)<', set_up.content.decode())
    assert found
    yield "codes on paper", client.post(f"{step}totp/activate/", {"code": app_code(found[1])}, follow=True)
    made = passkey(member.user, 'Key "of <Sia>"')
    key = f"{keys}keys/{made.pk}/"
    for path in (step, keys, f"{key}edit/", f"{key}remove/", f"{step}recovery-codes/"):
        yield f"GET {path}", client.get(path)
    yield "a key without a name", client.post(f"{key}edit/", {"name": ""})
    for path in ("totp/deactivate/", "recovery-codes/generate/", "reauthenticate/", "webauthn/reauthenticate/"):
        yield f"GET {step}{path}", client.get(f"{step}{path}")
    elsewhere, typed = Client(), {"login": member.user.email, **password}
    yield "the second step", elsewhere.post("/account/login/", typed, follow=True)
    yield "a wrong second step", elsewhere.post(f"{step}authenticate/", {"code": "<b>"})


def of_somebody_invited(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """What the link of an invitation shows: to nobody yet, to somebody else, to one of the gym, and when it is none."""
    with in_gym(cast.northside):
        person = make.person(cast.northside, "Ivo <Invited>")
        invitation = Invitation.make(person, by=cast.carla, at=timezone.now())
    link = f"{GYM}invitation/{invitation.token}/"
    for client in (Client(), signed_in(cast.hana), signed_in(cast.kim)):
        yield f"GET {link}", client.get(link)
    yield "no address", Client().post(link, {"email": "<b>"})
    yield "no invitation", Client().get(f"{GYM}invitation/x/")


def of_the_operator(cast: Cast, board: str) -> Iterator[tuple[str, Answer]]:
    """The admin."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@rung.example", make.PASSWORD))
    own = f"gym/membership/{cast.ana.pk}/"
    for path in (
        *("", "auth/group/", "auth/group/add/", "account/emailaddress/", "password_change/", "gym/user/add/"),
        *("gym/gym/", "gym/membership/", f"{own}change/", f"{own}history/", f"gym/user/{cast.ana.user_id}/password/"),
        *("programming/tap/", f"programming/tap/?gym={cast.northside.pk}", "programming/placement/?q=ana"),
    ):
        yield f"GET admin/{path}", client.get(f"/admin/{path}")


SEEN: list[Callable[[Cast, str], Iterator[tuple[str, Answer]]]] = [
    of_a_coach,
    of_an_owner,
    of_a_tv,
    of_a_shared_tablet,
    of_a_member,
    before_the_door,
    of_ones_sign_in,
    of_somebody_invited,
    of_the_operator,
]
OURS = SEEN[:-1]


@pytest.fixture(autouse=True)
def nothing_counted_yet(db: None) -> None:
    """Tries to sign in are counted in the cache."""
    cache.clear()


@pytest.mark.parametrize("seen", SEEN)
def test_no_script_and_no_style_in_any_page(
    seen: Callable[[Cast, str], Iterator[tuple[str, Answer]]], cast: Cast, board: str
) -> None:
    """What the Content-Security-Policy would refuse, and what htmx would evaluate."""
    drawn = 0
    for where, answer in seen(cast, board):
        assert answer.status_code < 500, where
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        drawn += 1
        for element in loosely(answer).walk():
            wrong = [
                name
                for name, value in element.attributes.items()
                if name == "style"
                or name.startswith(("on", "hx-on", "x-"))
                or value.strip().lower().startswith(("javascript:", "js:"))
                or (name.startswith("hx-trigger") and "[" in value)
            ]
            assert wrong == [], f"{where}: {wrong} on <{element.tag}>"
            assert element.tag not in ("style", "base", "object", "embed", "iframe"), where
            if element.tag == "script":
                # Data is no script.
                assert "src" in element or element["type"] == "application/json", where
    assert drawn > 3


def loosely(answer: Answer) -> Element:
    """The elements of an answer, however they are nested: Django's own pages leave some end tags out."""
    builder = Loose()
    builder.feed(answer.content.decode())
    return builder.root


class Loose(Builder):
    """Builds a tree of whatever it is given."""

    def handle_endtag(self, tag: str) -> None:
        if tag == self.here.tag and self.here.parent is not None:
            self.here = self.here.parent


@pytest.mark.parametrize("seen", OURS)
def test_every_page_is_sound(seen: Callable[[Cast, str], Iterator[tuple[str, Answer]]], cast: Cast, board: str) -> None:
    for where, answer in seen(cast, board):
        if not answer.headers["Content-Type"].startswith("text/html") or not answer.content:
            continue
        tree = read(answer.content.decode())
        assert unsound(tree) == [], where
        if tree.all("html"):
            assert tree.one("html")["lang"] == "en"
            assert tree.one("head").one("title").text.endswith("Rung"), where
            assert len(tree.all("h1")) == 1, where
            assert tree.one("main")["id"] == "content"
            assert tree.all("a", href="#content"), where


def unsound(tree: Element) -> list[str]:
    """What a person with a screen reader, or a script that looks for an id, would stumble over."""
    elements = list(tree.walk())
    ids = [element["id"] for element in elements if "id" in element]
    wrong = [f"id {each} twice" for each in {each for each in ids if ids.count(each) > 1}]
    labels = {label.attributes.get("for", "") for label in tree.all("label")}
    whole = bool(tree.all("html"))
    for element in elements:
        if is_field(element) and element.attributes.get("id") not in labels and "aria-label" not in element:
            inside = any(around.tag == "label" for around in element.up)
            wrong += [] if inside else [f"no label for {element.attributes}"]
        if element.tag in ("button", "a") and not element.text and not element.attributes.get("aria-label"):
            wrong.append(f"no name on <{element.tag}> {element.attributes}")
        if element.tag == "img" and "alt" not in element:
            wrong.append(f"no alt on {element.attributes}")
        if element.tag == "form" and element.attributes.get("method") == "post":
            wrong += [] if element.all("input", name="csrfmiddlewaretoken") else [f"no token in {element.attributes}"]
        if element.tag == "button" and not any(around.tag == "form" for around in element.up):
            wrong += [] if {"type", "form"} & element.attributes.keys() else [f"a button of no form {element.text}"]
        if element.tag in ("ul", "ol"):
            wrong += [f"<{child.tag}> in a list" for child in element.children if child.tag != "li"]
        if whole:
            for name in ("for", "aria-describedby", "aria-labelledby", "form"):
                missing = set(element.attributes.get(name, "").split()) - set(ids)
                wrong += [f"{name} names {missing}, which is not there"] if missing else []
            if element.tag == "use" and element["href"].startswith("#") and element["href"][1:] not in ids:
                wrong.append(f"no figure {element['href']}")
    return wrong


def is_field(element: Element) -> bool:
    """Whether a person fills it in."""
    fields = ("input", "select", "textarea")
    return element.tag in fields and "hidden" not in (element.attributes.get("type"), *element.attributes)


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p id="a"></p><p id="a"></p>', 1),
        ('<input name="a">', 1),
        ('<label for="a">A</label><input id="a" name="a">', 0),
        ("<label>A <input></label>", 0),
        ("<button type='button'></button>", 1),
        ("<button type='button' aria-label='Close'></button>", 0),
        ("<button>Go</button>", 1),
        ("<img src='a'>", 1),
        ("<form method='post'></form>", 1),
        ("<ul><p></p></ul>", 1),
        ("<html><p aria-describedby='b'></p></html>", 1),
        ("<html><svg><use href='#b'/></svg></html>", 1),
    ],
)
def test_each_kind_of_unsoundness_is_found(html: str, found: int) -> None:
    assert len(unsound(read(html))) == found


def test_a_tag_that_is_not_closed_is_found() -> None:
    with pytest.raises(AssertionError):
        read("<p><b></p>")
    with pytest.raises(AssertionError):
        read("<p>")
