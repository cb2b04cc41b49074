"""Hostile input: whatever is sent to whichever address, nothing breaks, nothing is half written, no word is lost.

The addresses are those of test_access.py's table, and the fields those of the forms, so that new ones are driven too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import BadRequest, SuspiciousOperation, ValidationError
from django.db import transaction
from django.http import QueryDict
from django.http.multipartparser import MultiPartParserError
from django.test import Client, RequestFactory
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gym.forms import AddressForm
from gym.models import User
from gym.post.delivering import deliver_due
from programming.forms.check_in import CheckInForm
from programming.forms.class_templates import (
    ArchiveForm,
    BlockForm,
    BringBackForm,
    HeadForm,
    KeyForm,
    MarkForm,
    NewBlockForm,
    NewTemplateForm,
    PlaceForm,
)
from programming.forms.classes import AddSomeoneForm, HandForm, LadderOfClassForm, StartClassForm
from programming.forms.closing import AbsenceForm, ClosureForm, CopyForm
from programming.forms.drills import DrillForm, FaultForm, FollowForm, RetiredForm
from programming.forms.equipment import CountsForm, KindForm, WeightForm
from programming.forms.exercises import ChooseForm, ExerciseFileForm
from programming.forms.groups import RegularsForm, RestForm, SeveralForm, UndoSeveralForm
from programming.forms.hurts import HurtForm, RetentionForm
from programming.forms.ladders import LadderForm, PublishForm, RetireForm, StageForm, TeachForm
from programming.forms.ladders import PlaceForm as StagePlaceForm
from programming.forms.languages import GymLanguageForm, OwnLanguageForm
from programming.forms.members import LimitsForm, MailForm, NameForm, TvForm
from programming.forms.owner_people import DescribeForm, RolesForm, SeveralPeopleForm
from programming.forms.people import InviteForm, PersonForm, SecondStepForm
from programming.forms.people_files import CarryOutForm, FileForm
from programming.forms.pictures import PictureForm
from programming.forms.plan import StepForm
from programming.forms.practice import LookedForm, PractisedForm, SelfCheckForm, TakeBackForm
from programming.forms.schedule import CancelForm, CoachForm, EndSlotForm, SlotForm
from programming.forms.screens import NewScreenForm, ScreenForm
from programming.forms.sharing import TemplateFileForm
from programming.forms.stations import ForTodayForm, OrderForm
from programming.forms.tablets import EnrolForm, LockAfterForm, PinForm
from programming.forms.taps import NotTodayForm, TapForm
from programming.models import ClassSession, Tap
from tests import hostile, make, test_access
from tests.coach.screen import everything, nothing_written, page
from tests.hostile import Sent
from tests.page import Element
from tests.second_step import typed_a_code
from tests.test_access import (
    ADMIN,
    BLOCK,
    CLASS,
    DRAFT,
    DRILL,
    EXERCISES,
    FAULT,
    GYM,
    OF_THE_GYM,
    PERSON,
    RUN,
    SIGN_IN,
    SOMEBODY,
    TABLE,
    TEMPLATE,
    TEMPLATE_FILE,
    World,
    address,
)

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]
world = test_access.new_world

driven = settings(
    # For each address. More of them before a release: EXAMPLES=500.
    max_examples=int(os.environ.get("EXAMPLES", "6")),
    # A failing request is short enough to read; making it shorter would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
    database=None,
)

# The forms behind the addresses --------------------------------------------------------------------------------------

FORMS: dict[str, type[forms.Form]] = {
    "account/address/": AddressForm,
    "account/is-it-you/": ConfirmLoginCodeForm,
    f"{GYM}today/hand/": HandForm,
    f"{GYM}check-in/<str:token>/": CheckInForm,
    f"{GYM}my/tv/": TvForm,
    f"{GYM}my/hurts/": HurtForm,
    f"{GYM}my/data/name/": NameForm,
    # Buttons alone.
    f"{GYM}my/data/leave/": forms.Form,
    f"{GYM}my/data/delete/": forms.Form,
    f"{GYM}owner/everything/": forms.Form,
    f"{GYM}my/mail/": MailForm,
    f"{GYM}my/language/": OwnLanguageForm,
    f"{GYM}owner/gym/": GymLanguageForm,
    # Buttons alone.
    f"{GYM}owner/mail/<uuid:letter_id>/again/": forms.Form,
    f"{GYM}owner/mail/<uuid:letter_id>/dismiss/": forms.Form,
    f"{GYM}my/history/looked/": LookedForm,
    f"{GYM}my/practised/": PractisedForm,
    f"{GYM}my/undo/": TakeBackForm,
    f"{GYM}my/self-check/<slug:progression>/<slug:check>/": SelfCheckForm,
    f"{GYM}class/start/": StartClassForm,
    f"{GYM}owner/templates/new/": NewTemplateForm,
    TEMPLATE: HeadForm,
    f"{GYM}owner/templates/import/": TemplateFileForm,
    # Which choices it has depends on the file. The others are buttons alone.
    TEMPLATE_FILE: forms.Form,
    f"{TEMPLATE_FILE}undo/": forms.Form,
    f"{TEMPLATE_FILE}discard/": forms.Form,
    f"{TEMPLATE}copy/": KeyForm,
    f"{TEMPLATE}archive/": ArchiveForm,
    f"{TEMPLATE}versions/": BringBackForm,
    f"{TEMPLATE}blocks/": NewBlockForm,
    BLOCK: BlockForm,
    f"{BLOCK}place/": PlaceForm,
    f"{BLOCK}copy/": KeyForm,
    f"{BLOCK}remove/": MarkForm,
    f"{GYM}owner/equipment/": CountsForm,
    f"{GYM}owner/equipment/weight/": WeightForm,
    f"{GYM}owner/equipment/kind/": KindForm,
    f"{GYM}owner/drills/new/": DrillForm,
    f"{DRILL}edit/": DrillForm,
    f"{DRILL}picture/": PictureForm,
    # A button alone.
    f"{DRILL}picture/remove/": forms.Form,
    f"{DRILL}retired/": RetiredForm,
    f"{DRILL}shipped/": FollowForm,
    f"{GYM}owner/faults/new/": FaultForm,
    f"{FAULT}edit/": FaultForm,
    f"{FAULT}retired/": RetiredForm,
    f"{FAULT}shipped/": FollowForm,
    f"{GYM}owner/ladders/": LadderForm,
    # A button alone.
    f"{GYM}owner/ladders/<uuid:ladder_id>/change/": forms.Form,
    f"{GYM}owner/ladders/<uuid:ladder_id>/taught/": TeachForm,
    f"{DRAFT}": LadderForm,
    f"{DRAFT}stages/": StageForm,
    f"{DRAFT}stages/<slug:stage>/": StageForm,
    f"{DRAFT}stages/<slug:stage>/place/": StagePlaceForm,
    f"{DRAFT}stages/<slug:stage>/retired/": RetireForm,
    f"{DRAFT}publish/": PublishForm,
    # A button alone.
    f"{DRAFT}discard/": forms.Form,
    # It asks for nothing.
    f"{GYM}owner/equipment/<uuid:equipment_id>/remove/": forms.Form,
    f"{GYM}owner/pain-records/": RetentionForm,
    f"{GYM}owner/screens/": NewScreenForm,
    f"{GYM}owner/screens/<uuid:screen_id>/": ScreenForm,
    # A button alone.
    f"{GYM}owner/screens/<uuid:screen_id>/revoke/": forms.Form,
    f"{GYM}people/<uuid:person_id>/invite/": InviteForm,
    f"{GYM}owner/people/new/": PersonForm,
    f"{GYM}owner/people/several/": SeveralPeopleForm,
    f"{GYM}owner/people/import/": FileForm,
    # Which columns it has depends on the file.
    f"{RUN}": forms.Form,
    # Buttons alone.
    f"{RUN}read/": forms.Form,
    f"{RUN}undo/": forms.Form,
    f"{RUN}discard/": forms.Form,
    f"{RUN}now/": CarryOutForm,
    f"{GYM}owner/exercises/": ExerciseFileForm,
    # Which fields it has depends on the file.
    f"{EXERCISES}": forms.Form,
    # Buttons alone.
    f"{EXERCISES}read/": forms.Form,
    f"{EXERCISES}undo/": forms.Form,
    f"{EXERCISES}discard/": forms.Form,
    f"{EXERCISES}choose/": ChooseForm,
    f"{EXERCISES}now/": ChooseForm,
    f"{SOMEBODY}": DescribeForm,
    f"{SOMEBODY}roles/": RolesForm,
    # Buttons alone.
    f"{SOMEBODY}deactivate/": forms.Form,
    f"{SOMEBODY}reactivate/": forms.Form,
    f"{SOMEBODY}erase/": forms.Form,
    f"{SOMEBODY}merge/<uuid:other_id>/": forms.Form,
    f"{GYM}owner/signing-in/": SecondStepForm,
    # Buttons alone.
    f"{GYM}owner/invitations/<uuid:invitation_id>/revoke/": forms.Form,
    f"{CLASS}invitations/": forms.Form,
    f"{GYM}pin/": PinForm,
    f"{GYM}owner/tablets/": EnrolForm,
    f"{GYM}owner/tablets/lock-after/": LockAfterForm,
    f"{GYM}owner/tablets/<uuid:tablet_id>/": EnrolForm,
    # Buttons alone.
    f"{GYM}owner/tablets/<uuid:tablet_id>/revoke/": forms.Form,
    f"{GYM}owner/tablets/pins/<uuid:coach_id>/remove/": forms.Form,
    f"{CLASS}ladders/": LadderOfClassForm,
    f"{CLASS}change/": CoachForm,
    f"{CLASS}cancel/": CancelForm,
    f"{GYM}owner/schedule/new/": SlotForm,
    f"{GYM}owner/schedule/closed/": ClosureForm,
    f"{GYM}owner/schedule/away/": AbsenceForm,
    f"{GYM}owner/schedule/copy/": CopyForm,
    # Buttons alone.
    f"{GYM}owner/schedule/closed/<uuid:closure_id>/end/": forms.Form,
    f"{GYM}owner/schedule/away/<uuid:absence_id>/end/": forms.Form,
    f"{GYM}my/calendar/": forms.Form,
    f"{GYM}my/calendar/revoke/": forms.Form,
    f"{GYM}owner/schedule/<uuid:slot_id>/": SlotForm,
    f"{GYM}owner/schedule/<uuid:slot_id>/end/": EndSlotForm,
    f"{CLASS}add/": AddSomeoneForm,
    f"{CLASS}regulars/": RegularsForm,
    f"{CLASS}rest/": RestForm,
    f"{PERSON}not-today/": NotTodayForm,
    f"{CLASS}several/": SeveralForm,
    f"{CLASS}several/undo/": UndoSeveralForm,
    **{f"{CLASS}plan/{form.wanted}/": form for form in StepForm.__subclasses__()},
    # A button alone.
    f"{PERSON}hand-out/": forms.Form,
    f"{PERSON}limits/": LimitsForm,
    f"{PERSON}tv/": TvForm,
    f"{CLASS}stations/today/": ForTodayForm,
    f"{CLASS}order/": OrderForm,
    **{f"{PERSON}{form.kind.replace('_', '-')}/": form for form in TapForm.__subclasses__()},
}
CARLA = "carla@northside.example"
# What the scripts of a screen add, and the pages that somebody types on.
WITH_FIELDS = ["sheet", "member"]
BY_THE_SCREEN = st.fixed_dictionaries({}, optional={"from": st.sampled_from(WITH_FIELDS), "tap": st.uuids().map(str)})
# What a form may carry beside its fields.
BESIDE = ["from", "opening", "next", "csrfmiddlewaretoken", "anything", "__class__"]


def takes_a_form(route: str) -> bool:
    """Whether somebody may post something to the address."""
    return not {404, 405} & set(TABLE[route].post.values()) - {404 if route in OF_THE_GYM else 0}


def form_of(route: str) -> type[forms.Form] | None:
    """The form that the address reads."""
    if route in SIGN_IN:
        view = getattr(resolve(address(route, {})).func, "view_class", None)
        return getattr(view, "form_class", FORMS.get(route))
    return FORMS.get(route)


def fields_of(form: type[forms.Form] | None) -> dict[str, forms.Field]:
    """The fields of a form, by its own word."""
    if form is None:
        return {}
    return {**form.base_fields, **(form().fields if form is LoginForm else {})}


def is_typed(field: forms.Field) -> bool:
    """Whether somebody types into the field, and would have to type it again."""
    shown = isinstance(field.widget, forms.TextInput | forms.Textarea)
    hidden = isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)
    return shown and not hidden and field.label is not None


def test_every_form_is_known() -> None:
    for route in OF_THE_GYM:
        assert not takes_a_form(route) or form_of(route), f"{route} takes a form: say in FORMS which one"
    typed = {name for route in TABLE for name, field in fields_of(form_of(route)).items() if is_typed(field)}
    assert typed >= {"note", "name", "login", "email", "code"}


# Sending -------------------------------------------------------------------------------------------------------------


@contextmanager
def rolled_back(client: Client) -> Iterator[None]:
    """Nothing of the block stays, in the database or in the browser, so that examples do not meet."""
    cookies = client.cookies.output(header="", sep=";")
    cache.clear()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        client.cookies = SimpleCookie(cookies)


def send(client: Client, method: str, url: str, sent: Sent, cookies: str = "") -> Answer:
    """Send it through everything that stands before a view."""
    headers = dict(sent.headers)
    if "Cookie" in headers:
        headers["Cookie"] = f"{cookies}; {headers['Cookie']}"
    return client.generic(method, url, sent.body, sent.kind, headers=headers, QUERY_STRING=sent.query)


def as_read(sent: Sent) -> QueryDict:
    """The form as a server reads it; empty where it cannot."""
    with suppress(SuspiciousOperation, BadRequest, MultiPartParserError, UnicodeError):
        return RequestFactory().generic("POST", "/", sent.body, sent.kind).POST
    return QueryDict()


# One tap, and one for each of the people.
FOR_SEVERAL = ("/regulars/", "/rest/", "/several/", "/several/undo/")


def changes(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Table → the rows that were not so before."""
    return {name: sorted(set(after[name]) ^ set(rows)) for name, rows in before.items() if after[name] != rows}


def key_of(read: QueryDict) -> UUID | None:
    """The key of the tap that a form carries."""
    with suppress(ValueError, AttributeError):
        return UUID(read.get("tap", ""))
    return None


def drive(client: Client, route: str, url: str, sent: Sent, before: dict[str, list[Any]]) -> None:
    """Post it to the address, and look at all that must hold of every answer. `before` is what is stored until now."""
    form, read = form_of(route), as_read(sent)
    key = key_of(read)
    known = key is not None and Tap.across_gyms.filter(key=key).exists()
    users = sign_ins()
    answer = send(client, "POST", url, sent)
    after = everything()
    assert answer.status_code in {200, 302, 400, 401, 404, 409, 410, 413, 422}, answer.content[:2000]
    if answer.status_code >= 400:
        written = changes(before, after)
        # A tap that a rule refuses is kept as refused; what is no tap leaves nothing.
        assert list(written) in ([], ["Tap"]), written
        kept = written.get("Tap", [])
        assert (len(kept) <= 1 or url.endswith(FOR_SEVERAL)) and all(", 'refused', " in row for row in kept)
    elif form and issubclass(form, TapForm) and not known:
        applied_once(client, url, sent, key, len(after["Tap"]) - len(before["Tap"]))
    assert sign_ins() == users or (answer.status_code == 302 and route in SIGN_IN)
    if is_page(answer):
        nothing_slips_in(answer)
        what_was_typed_is_kept(answer, fields_of(form), read)


def sign_ins() -> list[Any]:
    """Who can sign in, with what."""
    return list(User.objects.order_by("pk").values_list("pk", "email", "password", "is_active"))


def applied_once(client: Client, url: str, sent: Sent, key: UUID | None, made: int) -> None:
    """A tap that was taken is there, once, and the same again changes nothing."""
    # One moved to another person is another tap for them, and one for several people is one for each.
    assert made == 1 or (made > 1 and url.endswith(("/move/", *FOR_SEVERAL)))
    if key is None:
        return
    assert Tap.across_gyms.get(key=key).outcome != Tap.Outcome.REFUSED
    stored = everything()
    assert send(client, "POST", url, sent).status_code in (200, 302)
    assert everything() == stored


def is_page(answer: Answer) -> bool:
    return answer.headers.get("Content-Type", "").startswith("text/html")


# The picture of a drill, which the application serves itself.
OF_A_DRILL = re.compile(r"/gym/[-\w]+/drills/[-0-9a-f]{36}/picture/[0-9a-f]{16}/")


def nothing_slips_in(answer: Answer) -> None:
    """What was sent is text in the page, whatever it says."""
    for element in page(answer).walk():
        source = element.attributes.get("src", "/static/")
        is_ours = source.startswith(("/static/", "/admin/jsi18n/"))
        assert is_ours or (element.tag == "img" and OF_A_DRILL.fullmatch(source)), element.attributes
        assert element.tag != "script" or "src" in element
        assert not [name for name in element.attributes if name.startswith("on")]


def what_was_typed_is_kept(answer: Answer, fields: dict[str, forms.Field], read: QueryDict) -> None:
    """Where a form comes back, its fields hold what was typed into them, and what is wrong with it stands beside."""
    shown = page(answer)
    refused = answer.status_code in (409, 422)
    assert not refused or sentences(shown), shown.text[:500]
    for name, field in fields.items():
        here = [element for element in shown.walk() if element.attributes.get("name") == name and is_field(element)]
        comes_back = here or (refused and read.get("from") in WITH_FIELDS)
        if not is_typed(field) or name not in read or not comes_back:
            continue
        typed = str(read[name])
        marked = [element for element in here if "aria-invalid" in element]
        if refused:
            assert typed in map(value_of, here), name
        # A new code is sent whatever stands in the field of the old one.
        assert marked or is_fine(field, typed) or read.get("action"), name
        for element in marked:
            assert value_of(element) == typed, name
            beside = [shown.one(id=each) for each in element["aria-describedby"].split()]
            assert any(each.attributes.get("class") == "errorlist" and each.text for each in beside), name


def sentences(shown: Element) -> list[str]:
    """What a page says was refused: beside a field, above a sheet, in a row, in the bar."""
    said = [*shown.all(class_="errorlist"), *shown.all(role="alert"), *shown.all("span", data_refused="")]
    return [element.text for element in said if element.text] + [
        row.one("small").text for row in shown.all("li", data_refused="")
    ]


def is_fine(field: forms.Field, typed: str) -> bool:
    """Whether the field would take it."""
    with suppress(ValidationError):
        field.clean(typed)
        return True
    return False


def is_field(element: Element) -> bool:
    return element.tag == "textarea" or (element.tag == "input" and element.attributes.get("type") != "hidden")


def value_of(field: Element) -> str:
    """What stands in the field."""
    return field.raw.removeprefix("\n") if field.tag == "textarea" else field.attributes.get("value", "")


# Every address -------------------------------------------------------------------------------------------------------


def test_forms_of_the_gym(world: World) -> None:
    for route in filter(takes_a_form, OF_THE_GYM):
        # What coaches may not is the owner's.
        role = "owner" if TABLE[route].post["coach"] == 403 else "coach"
        drive_form_of_the_gym(world, world.browser(role), route)


def drive_form_of_the_gym(world: World, client: Client, route: str) -> None:
    """Post all sorts of things to the address of the class and member that are the coach's own."""
    good, names = world.fill(TABLE[route].body, world.own), [*fields_of(form_of(route)), *BESIDE]
    evening = ClassSession.across_gyms.get(pk=world.own["session_id"])
    # Each example starts from the same, as nothing of the one before stays.
    untouched = everything()

    @driven
    @given(data=st.data(), more=BY_THE_SCREEN, held=st.booleans())
    def example(data: st.DataObject, more: dict[str, str], held: bool) -> None:
        sent = data.draw(hostile.posts({**good, **more}, names))
        with rolled_back(client):
            if held:
                make.tap(evening, world.people["member"], "pain", by=world.cast.kim)
            before = everything() if held else untouched
            drive(client, route, address(route, world.own), sent, before)

    example()


def test_each_field_of_nonsense_is_answered_with_a_sentence(world: World) -> None:
    """Those that nobody sees as well: a form that is refused says why."""
    silent = []
    for route in filter(takes_a_form, OF_THE_GYM):
        client = world.browser("owner" if TABLE[route].post["coach"] == 403 else "coach")
        for name in fields_of(form_of(route)):
            fields = {**world.fill(TABLE[route].body, world.own), name: "\u200b"}
            with rolled_back(client):
                answer = client.post(address(route, world.own), fields)
                if answer.status_code in (409, 422) and not sentences(page(answer)):
                    silent.append(f"{route}: {name}")
    assert silent == []


@pytest.fixture
def doors(world: World, mailoutbox: list[Any]) -> dict[str, tuple[Client, str]]:
    """Route of a sign-in page → a browser in which it is open, and its address."""
    anonymous, waiting, forgetful, newcomer, asked = (Client() for _number in range(5))
    coach, user = world.browser("coach"), world.people["coach"].user
    assert user is not None
    waiting.post("/account/login/code/", {"email": user.email})
    forgetful.post("/account/password/reset/", {"email": user.email})
    deliver_due()
    link = next(word for word in str(mailoutbox[-1].body).split() if "/reset/key/" in word)
    set_password = forgetful.get(link.removeprefix("http://testserver")).headers["Location"]
    newcomer.force_login(User.objects.create_user("code.only@northside.example"))
    typed_a_code(newcomer)
    asked.force_login(User.objects.create_user("asked@northside.example"))
    asked.post("/account/is-it-you/", {"send": "yes"})
    browsers = {
        "account/login/code/confirm/": waiting,
        "account/password/set/": newcomer,
        "account/address/": newcomer,
        "account/is-it-you/": asked,
        **{f"account/{page}/": coach for page in ("logout", "reauthenticate", "password/change")},
    }
    of_route = {route: (browsers.get(route, anonymous), address(route, {})) for route in filter(takes_a_form, SIGN_IN)}
    return {**of_route, next(route for route in SIGN_IN if "uidb36" in route): (forgetful, set_password)}


def test_forms_of_the_sign_in(doors: dict[str, tuple[Client, str]]) -> None:
    for route, (client, url) in doors.items():
        drive_form_of_the_sign_in(client, route, url)


def drive_form_of_the_sign_in(client: Client, route: str, url: str) -> None:
    """Post all sorts of things to the page."""
    names = list(fields_of(form_of(route)))
    right = {"login": CARLA, "email": CARLA, "password": make.PASSWORD, "oldpassword": make.PASSWORD}
    good = {name: right.get(name, "horses in the hall") for name in names}

    untouched = everything()

    @driven
    @given(sent=hostile.posts(good, [*names, "action", *BESIDE]))
    def example(sent: Sent) -> None:
        with rolled_back(client):
            drive(client, route, url, sent, untouched)

    example()


@pytest.mark.parametrize("role", ["owner", "anonymous", "operator"])
def test_pages(world: World, role: str) -> None:
    client = Client() if role == "operator" else world.browser(role)
    if role == "operator":
        client.force_login(User.objects.create_superuser("root@rung.example", make.PASSWORD))
    cookies = client.cookies.output(attrs=[], header="", sep=";").strip()
    with nothing_written():
        for route in ADMIN if role == "operator" else TABLE:
            visit_page(cookies, address(route, world.own))


def visit_page(cookies: str, url: str) -> None:
    """Ask for the page in all sorts of ways, with an odd cookie beside those of the browser."""

    @settings(driven, max_examples=max(driven.max_examples // 3, 1))
    @given(visit=hostile.visits(), method=st.sampled_from(["GET", "GET", "GET", "HEAD"]))
    def example(visit: Sent, method: str) -> None:
        answer = send(Client(), method, url, visit, cookies)
        assert answer.status_code < 500
        if is_page(answer):
            nothing_slips_in(answer)

    example()


# Forged requests to the sign-in pages; those to a gym are in test_access.py -------------------------------------------


def test_without_a_token_of_its_own_no_page_of_the_door_takes_anything(doors: dict[str, tuple[Client, str]]) -> None:
    for route, (client, url) in doors.items():
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = client.cookies
        own = "a" * 32
        strict.cookies["csrftoken"] = own
        for token, headers, secure in (
            ("", {}, False),
            ("b" * 32, {}, False),
            ("שלום\x01", {}, False),
            (own, {"Origin": "https://elsewhere.example"}, False),
            (own, {"Origin": "http://[broken"}, False),
            (own, {"Origin": "null"}, False),
            # Over HTTPS a browser says which page it comes from, or Rung does not believe it.
            (own, {}, True),
            (own, {"Referer": "https://elsewhere.example/account/login/"}, True),
            (own, {"Referer": "https://[broken"}, True),
        ):
            answer = strict.post(url, {"csrfmiddlewaretoken": token}, headers=headers, secure=secure)
            assert answer.status_code == 403, (route, token, headers)
        # 410: a link in a letter that is of no use any more. 422: nothing was typed.
        assert strict.post(url, {"csrfmiddlewaretoken": own}).status_code in (200, 302, 410, 422), route
