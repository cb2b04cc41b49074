"""The operator's admin: every gym's rows are found and read there, hardly any are changed, and history never."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from gym.admin import GYMS_OFFERED, Pages, ReadAdmin, TenantAdmin
from gym.models import Gym, Letter, Membership, Unlock, User
from gym.post import post
from gym.scope import in_gym
from programming.models import Assessment, Attendance, ClassSession, DrillRevision, Note, StageRevision, Tap
from tests import make
from tests.coach.conftest import signed_in
from tests.coach.screen import nothing_written as nothing_written_in_gyms
from tests.kept import copied, kept
from tests.page import Element
from tests.people import Cast, make_cast, make_evening
from tests.test_isolation import OWNED, in_both
from tests.test_pages import loosely

pytest_plugins = ["tests.people"]

OURS = [model for name in ("gym", "programming") for model in apps.get_app_config(name).get_models()]
CHANGEABLE = {Gym, User, Membership}
# What became of a letter may be settled, and nothing else of it: see test_letters_that_were_given_up_are_settled.
SETTLED: dict[type[models.Model], tuple[str, ...]] = {Letter: ("try_again", "dismiss")}
FIXED = [model for model in OURS if model not in CHANGEABLE]


def named(model: type[models.Model]) -> str:
    return model.__name__


@pytest.fixture(scope="module")
def kept_both(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Made once."""

    def made() -> Cast:
        cast = make_cast()
        return in_both(make_evening(cast), cast)

    with kept(made, django_db_blocker) as both:
        yield both


@pytest.fixture
def both(kept_both: Cast, db: None) -> Cast:
    """Both gyms have rows in every table."""
    return copied(kept_both)


@pytest.fixture
def operator(db: None) -> Client:
    """The operator's browser."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@rung.example", make.PASSWORD))
    return client


def url(model: type[models.Model], page: str = "changelist", *, of: Any = None, **query: Any) -> str:
    """The address of a model's page in the admin."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    address = reverse(name, args=[of.pk] if of else [])
    return f"{address}?{urlencode(query)}" if query else address


def rows(model: type[models.Model]) -> Any:
    """Every gym's rows."""
    return getattr(model, "across_gyms", model._default_manager).order_by("-pk")


def listed(client: Client, model: type[models.Model], **query: Any) -> set[Any]:
    """The ids in the list."""
    answer = client.get(url(model, **query))
    assert answer.status_code == 200, (model, query)
    return {row.pk for row in answer.context["cl"].result_list}


@contextmanager
def nothing_written() -> Iterator[None]:
    """Whatever happens inside leaves every gym's rows as they were, the gyms themselves, and who may enter where."""
    before = house()
    with nothing_written_in_gyms():
        yield
    assert house() == before


def house() -> list[Any]:
    """Every row of gyms, sign-ins, their addresses and groups; but not when somebody last signed in."""
    users = User.objects.values_list("pk", "email", "password", "is_active", "is_staff", "is_superuser", "is_demo")
    models = (Gym, EmailAddress, Group, User.groups.through, Group.permissions.through)
    return [sorted(map(repr, found)) for found in (users, *(model._default_manager.values_list() for model in models))]


# --- Found and read --------------------------------------------------------------------------------------------------


def test_every_model_is_there() -> None:
    """And each of a gym's is read through `across_gyms`, found by gym, newest first."""
    assert {model for model in OURS if model not in admin.site._registry} == set()
    for model in OWNED:
        shown = admin.site._registry[model]
        assert isinstance(shown, TenantAdmin), model
        assert "gym" in shown.list_display, model
        assert shown.ordering == ("-pk",)


def test_lists_and_pages_of_every_model(both: Cast, operator: Client) -> None:
    for model in OURS:
        found = list(rows(model)[:100])
        assert listed(operator, model) == {row.pk for row in found}, model
        shown = [found[0], found[-1]]
        # Of both gyms, where a gym owns it.
        if model in OWNED:
            shown = [rows(model).filter(gym=gym).first() for gym in (both.northside, both.harbour)]
        for row in shown:
            assert operator.get(url(model, "change", of=row)).status_code == 200, model
        assert operator.get(url(model, "history", of=shown[0])).status_code == 200, model
        assert shown[0].pk in listed(operator, model, q=shown[0].pk), model
        # Words of which nothing is known here but that they must not fail.
        listed(operator, model, q="Ana")
        assert listed(operator, model, q="018f0000-0000-7000-8000-00000000dead") == set(), model


def test_every_filter(both: Cast, operator: Client) -> None:
    for model in OURS:
        answer = operator.get(url(model))
        shown: Any = admin.site._registry[model]
        specs = answer.context["cl"].filter_specs
        assert len(specs) == len(shown.get_list_filter(answer.wsgi_request)), model
        # "All" comes first in each of them.
        for spec in specs:
            query = list(spec.choices(answer.context["cl"]))[-1]["query_string"]
            assert operator.get(url(model) + query).status_code == 200, (model, query)
        if model in OWNED:
            of_harbour = set(rows(model).filter(gym=both.harbour).values_list("pk", flat=True))
            found = listed(operator, model, gym=both.harbour.pk)
            assert found and found <= of_harbour, model
            if shown.date_hierarchy:
                by_date(operator, model, both.harbour, shown.date_hierarchy)


def by_date(operator: Client, model: type[models.Model], gym: Gym, when: str) -> None:
    """Within a gym a list is narrowed down year by year to the day; over all gyms that would read the whole table."""
    row: Any = rows(model).filter(gym=gym).first()
    day = getattr(row, when).astimezone(UTC)
    of_the_day = {f"{when}__year": day.year, f"{when}__month": day.month, f"{when}__day": day.day}
    assert row.pk in listed(operator, model, gym=gym.pk, **of_the_day), model
    assert not listed(operator, model, gym=gym.pk, **{f"{when}__year": day.year - 9}), model
    assert len(page(operator, url(model, gym=gym.pk)).all("nav", class_="toplinks")) == 1, model
    assert page(operator, url(model)).all("nav", class_="toplinks") == [], model


def status(client: Client, address: str) -> int:
    """How it answers. What the database refused ends there, as it does where no test is one long transaction."""
    before = transaction.savepoint()
    answer = client.get(address)
    transaction.savepoint_rollback(before)
    return answer.status_code


@pytest.mark.parametrize("model", [Assessment, Membership, Gym, User, LogEntry], ids=named)
def test_however_much_is_searched_for_it_is_answered(model: type[models.Model], both: Cast, operator: Client) -> None:
    assert operator.get(url(model), {"q": "a " * 1500}).status_code == 200


def test_no_nonsense_in_a_lookup_is_a_500(both: Cast, operator: Client) -> None:
    """Dates that cannot be, numbers too long, what a database does not know; some are found out only by asking it."""
    for model, query in (
        (Assessment, "recorded_at__year=0"),
        (Assessment, "recorded_at__iso_year=0"),
        (Assessment, "recorded_at__year__gt=99999999999"),
        (Assessment, "gym=&at__year=9999"),
        (Assessment, "gym=&at__year=99999999999"),
        (StageRevision, "written_at__year=0"),
        (Attendance, "seen_at__year=0"),
        (Membership, "erased_at__year=0"),
        (Gym, "created_at__year=0"),
        (User, "date_joined__year=0"),
        (User, "last_login__year=99999999999"),
        (LogEntry, "action_time__iso_year=0"),
        (LogEntry, "object_id__range=nonsense"),
        (Gym, "is_demo__range=0"),
    ):
        assert status(operator, f"{url(model)}?{query}") == 302, query
        assert status(operator, f"{url(model)}?{query}&e=1") == 200, query
    # SQLite cannot look into JSON.
    assert status(operator, url(Tap, detail__contains="x")) == (302 if connection.vendor == "sqlite" else 200)
    for pattern in (url(Tap, detail__regex="("), url(Group, name__iregex="("), url(EmailAddress, email__regex="(")):
        assert status(operator, pattern) == 400
    assert status(operator, url(Assessment, recorded_at__year=2026)) == 200


@pytest.mark.parametrize("model", [Assessment, Membership, Gym, User, LogEntry], ids=named)
def test_no_nonsense_in_the_address_is_a_500(model: type[models.Model], both: Cast, operator: Client) -> None:
    for query in (
        "gym=nonsense",
        "gym=",
        "p=nonsense",
        "p=-3",
        "o=99",
        "e=1",
        "nonsense=1",
        "q=%22",
        "all=",
        "pk__gt=x",
    ):
        assert operator.get(f"{url(model)}?{query}").status_code in (200, 302), query
    assert operator.get(f"{url(model)}?pk__regex=(").status_code == 400
    for key in ("nonsense", "018f0000-0000-7000-8000-00000000dead", "1", "_5F"):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in ("change", "history"):
            assert operator.get(reverse(f"{name}_{page}", args=[key])).status_code == 302
        # By which field it is to be found: by none.
        assert operator.get(reverse(f"{name}_change", args=[key]), {"_to_field": ""}).status_code == 302


def test_a_list_of_many_costs_no_more(both: Cast, operator: Client) -> None:
    session = ClassSession.across_gyms.get(gym=both.northside)
    for number in range(9):
        make.person(both.northside, f"Person {number}", email=f"person{number}@northside.example")
        make.gym(f"Gym {number}")
        make.tap(session, both.ben, "note", by=both.carla, note="Stiff.")
    for model in OURS:
        operator.get(url(model))
        asked = []
        for size in (1, 100):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(admin.site._registry[model], "list_per_page", size)
                with CaptureQueriesContext(connection) as queries:
                    shown = operator.get(url(model)).context["cl"].result_list
                    assert len(shown) <= size
                asked.append(len(queries))
        assert len(shown) > 1, model
        assert asked[0] == asked[1] < 8, (model, asked)


def test_what_an_operator_is_given(both: Cast, operator: Client) -> None:
    """A name, an e-mail, a tap's key, a member's or class's id, a drill's key."""
    tap = Tap.across_gyms.filter(kind="fault", gym=both.northside).get()
    of_ana = {row.pk for row in Assessment.across_gyms.filter(member=both.ana)}
    assert of_ana
    session = tap.session
    for typed in ("alves ANA", "ana@northside.example", both.ana.pk, session.pk, session.pk.hex):
        assert listed(operator, Assessment, q=typed) == of_ana, typed
    assert listed(operator, Assessment, q=tap.key) == {
        row.pk for row in Assessment.across_gyms.filter(tap=tap, gym=both.northside)
    }
    assert listed(operator, Tap, q=tap.key) == {tap.pk}
    assert listed(operator, Assessment, q="Nobody") == set()
    assert listed(operator, Membership, q="ANA@northside.example") == {both.ana.pk}
    assert listed(operator, Membership, q="Novák") == {both.nia.pk, both.nia_at_harbour.pk}
    assert listed(operator, User, q="novak") == {both.nia.user_id}
    assert len(listed(operator, DrillRevision, q="cat-cow")) == 2
    assert listed(operator, Gym, q="harbour") == {both.harbour.pk}
    assert listed(operator, ClassSession, q="carla") == {session.pk}


def test_from_a_gym_and_from_a_person_links_lead_to_their_rows(both: Cast, operator: Client) -> None:
    for start, expected in ((url(Gym, "change", of=both.harbour), OWNED), (url(Membership, "change", of=both.ana), [])):
        links = [link["href"] for link in page(operator, start).all("a") if "?" in link.attributes.get("href", "")]
        assert len(links) >= 6
        assert {url(model, gym=both.harbour.pk) for model in expected} <= set(links)
        for link in links:
            assert operator.get(link).context["cl"].result_count > 0 or "undo" in link, link
    found = page(operator, url(User, "change", of=both.nia.user))
    hrefs = {link["href"] for link in found.all("a")}
    assert {url(Membership, "change", of=person) for person in (both.nia, both.nia_at_harbour)} <= hrefs


def page(client: Client, address: str) -> Element:
    answer = client.get(address)
    assert answer.status_code == 200
    return loosely(answer)


def test_a_gym_that_the_filter_does_not_offer_can_be_chosen(both: Cast, operator: Client) -> None:
    for number in range(GYMS_OFFERED):
        make.gym(f"A gym {number}")
    [spec] = [spec for spec in operator.get(url(Note)).context["cl"].filter_specs if spec.title == "gym"]
    assert str(both.harbour.pk) not in dict(spec.lookup_choices)
    answer = operator.get(url(Note, gym=both.harbour.pk))
    [spec] = [spec for spec in answer.context["cl"].filter_specs if spec.title == "gym"]
    assert str(both.harbour.pk) in dict(spec.lookup_choices)
    assert answer.context["cl"].result_count == 2


def test_long_lists_are_not_counted_to_their_end(both: Cast, operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pages, "furthest", 3)
    assert Tap.across_gyms.count() > 3
    with CaptureQueriesContext(connection) as asked:
        assert operator.get(url(Tap)).context["cl"].result_count == 3
    counts = [query["sql"] for query in asked if "COUNT(" in query["sql"] and "programming_tap" in query["sql"]]
    assert counts and all("LIMIT 3" in count for count in counts)


# --- Never changed ---------------------------------------------------------------------------------------------------


def test_what_is_fixed_takes_nothing(both: Cast, operator: Client) -> None:
    gym = url(Gym, "change", of=both.northside)
    assert operator.post(gym, {**form_of(operator, gym), "name": "Logged"}).status_code == 302
    with nothing_written():
        for model in FIXED:
            takes_nothing(operator, model)
        takes_nothing(operator, LogEntry)


def takes_nothing(operator: Client, model: type[models.Model]) -> None:
    """No form is shown, and whatever is sent all the same is refused."""
    shown: Any = admin.site._registry[model]
    assert isinstance(shown, ReadAdmin) and shown.actions == SETTLED.get(model)
    row = rows(model).first()
    values = {field.name: getattr(row, field.attname) or "" for field in model._meta.concrete_fields}
    delete = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes", "index": "0"}
    for address, body, status in (
        (url(model, "add"), values, 403),
        (url(model, "change", of=row), values, 403),
        (url(model, "change", of=row), {**values, "_saveasnew": "1"}, 403),
        (url(model, "delete", of=row), {"post": "yes"}, 403),
        (url(model), {**delete, **values}, 302 if model in SETTLED else 200),
        (url(model), {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": row.pk, "_save": "1"}, 200),
    ):
        assert operator.post(address, body).status_code == status, address
    for address in (url(model, "add"), url(model, "delete", of=row)):
        assert operator.get(address).status_code == 403
    content = page(operator, url(model, "change", of=row)).one(id="content")
    fields = [field for tag in ("input", "select", "textarea", "button") for field in content.all(tag)]
    assert [field for field in fields if field.attributes.get("type") != "hidden"] == [], model
    assert bool(page(operator, url(model)).all("select", name="action")) is (model in SETTLED), model


def test_letters_that_were_given_up_are_settled(both: Cast, operator: Client) -> None:
    """Those of no gym too, which no owner sees; and what a letter says is not shown."""
    letters = [post("login_code", key=str(number), to="a@x.example", about={"code": "SECRET"}) for number in range(3)]
    Letter.across_gyms.filter(pk__in=[letter.pk for letter in letters[:2]]).update(
        state="dead", settled_at=timezone.now()
    )
    assert "SECRET" not in operator.get(url(Letter, "change", of=letters[0])).content.decode()
    for action, letter in zip(("try_again", "dismiss", "dismiss"), letters, strict=True):
        body = {"action": action, "_selected_action": [letter.pk], "index": "0"}
        assert operator.post(url(Letter), body).status_code == 302
    assert [Letter.across_gyms.get(pk=each.pk).state for each in letters] == ["waiting", "dropped", "waiting"]


def test_who_may_only_look_at_letters_settles_none(both: Cast) -> None:
    staff = User.objects.create_user("staff@rung.example", make.PASSWORD, is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_letter"))
    letter = post("login_code", key="1", to="a@x.example")
    Letter.across_gyms.update(state="dead", settled_at=timezone.now())
    client = Client()
    client.force_login(staff)
    client.post(url(Letter), {"action": "dismiss", "_selected_action": [letter.pk], "index": "0"})
    assert Letter.across_gyms.get(pk=letter.pk).state == "dead"


def test_nobody_deletes_a_gym_or_a_person(both: Cast, operator: Client) -> None:
    for row in (both.harbour, both.sam, both.sam.user):
        assert row is not None
        with nothing_written():
            assert operator.post(url(type(row), "delete", of=row), {"post": "yes"}).status_code == 403
            delete = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
            operator.post(url(type(row)), delete)
    for model in (Gym, Membership):
        assert operator.post(url(model, "add"), {"name": "Somebody"}).status_code == 403


# --- Changed ---------------------------------------------------------------------------------------------------------


def form_of(client: Client, address: str) -> dict[str, Any]:
    """What the form on the page would send unchanged."""
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def change(client: Client, row: Any, **values: Any) -> dict[str, Any]:
    """Save the row's page with these values; None leaves a field out. Returns what is wrong, by field."""
    address = url(type(row), "change", of=row)
    sent = {name: value for name, value in {**form_of(client, address), **values}.items() if value is not None}
    answer = client.post(address, sent)
    if answer.status_code == 302:
        return {}
    assert answer.status_code == 200
    errors: dict[str, Any] = answer.context["adminform"].form.errors
    assert errors
    return errors


def test_a_gym_is_changed(both: Cast, operator: Client) -> None:
    values = {"name": "Northside", "slug": "north", "time_zone": "Europe/Berlin", "pain_retention_days": "90"}
    assert change(operator, both.northside, **values, is_demo="on") == {}
    gym = Gym.objects.get(pk=both.northside.pk)
    assert (gym.name, gym.slug, gym.time_zone, gym.pain_retention_days) == ("Northside", "north", "Europe/Berlin", 90)
    assert not gym.is_demo


def test_what_a_gym_cannot_be(both: Cast, operator: Client) -> None:
    with nothing_written():
        for field, value in (
            ("slug", "harbour-strength"),
            ("slug", "not an address"),
            ("time_zone", "Mars/Olympus"),
            ("name", " "),
            ("pain_retention_days", "0"),
            ("pain_retention_days", "99999999999999"),
        ):
            assert set(change(operator, both.northside, **{field: value})) == {field}, value


def test_a_person_is_changed(both: Cast, operator: Client) -> None:
    with in_gym(both.northside):
        both.ana.use_hand(left=True)
    values = {"name": "Ána Álves", "is_coach": "on", "is_member": None, "user": "", "standing_limits": "low grip only"}
    assert change(operator, both.ana, **values, gym=both.harbour.pk, tv_consent="on", erased_at="2020-01-01") == {}
    ana = Membership.across_gyms.get(pk=both.ana.pk)
    assert (ana.name, ana.is_coach, ana.is_member, ana.user, ana.standing_limits) == (
        "Ána Álves",
        True,
        False,
        None,
        "low grip only",
    )
    # Found by the new name, and the rest as it was.
    assert ana.search_name == "ana alves"
    assert ana.left_handed and not ana.tv_consent and ana.erased_at is None and ana.gym_id == both.northside.pk


def test_whoever_coaches_no_more_is_unlocked_on_no_tablet(both: Cast, operator: Client) -> None:
    tablet, _secret = make.tablet(both.northside, both.olga)
    for values in ({"is_coach": None, "is_member": "on"}, {"is_coach": "on", "is_active": None}):
        with in_gym(both.northside):
            unlock = tablet.begin(both.carla, timezone.now())
        assert change(operator, both.carla, shown_name="Carla") == {}
        ended = Unlock.across_gyms.filter(pk=unlock.pk, ended_at__isnull=False)
        assert not ended.exists()
        assert change(operator, both.carla, **values) == {}
        assert ended.exists()
        assert change(operator, both.carla, is_coach="on", is_active="on", shown_name="") == {}


def test_only_what_was_changed_is_written(both: Cast, operator: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert change(operator, both.ana, nickname="Anita") == {}
    [update] = [query["sql"] for query in asked if query["sql"].startswith('UPDATE "gym_membership"')]
    assert '"nickname"' in update and '"search_name"' in update and '"is_coach"' not in update


def test_every_open_board_of_a_person_draws_anew(both: Cast, operator: Client) -> None:
    open_class = ClassSession.across_gyms.get(gym=both.northside)
    others = make.class_session(both.northside, [both.ben], coach=both.kim)
    yesterday = timezone.now() - timedelta(days=1)
    over = make.class_session(both.northside, [both.ana], coach=both.kim, starts_at=yesterday)
    for values in (
        {"standing_limits": "no jumps"},
        {"shown_name": "An"},
        {"nickname": "Annie"},
        {"name": "Ana Anders"},
    ):
        before = versions(open_class, others, over)
        assert change(operator, both.ana, **values) == {}
        rose = [now - was for now, was in zip(versions(open_class, others, over), before, strict=True)]
        assert rose == [1, 0, 0], values
    before = versions(open_class, others, over)
    assert change(operator, both.ana) == {}
    assert versions(open_class, others, over) == before


def versions(*sessions: ClassSession) -> list[int]:
    return [ClassSession.across_gyms.get(pk=session.pk).version for session in sessions]


def test_what_a_person_cannot_be(both: Cast, operator: Client) -> None:
    for field, values in (
        ("is_active", {"is_member": None}),
        ("name", {"name": " "}),
        ("name", {"name": "x" * 121}),
        # Somebody else's here, nobody's, and no id at all.
        ("user", {"user": both.ben.user_id}),
        ("user", {"user": "018f0000-0000-7000-8000-00000000dead"}),
        ("user", {"user": "nonsense"}),
        ("guardian_email", {"guardian_email": "nonsense"}),
    ):
        with nothing_written():
            assert set(change(operator, both.ana, **values)) == {field}, values
    # Without a role somebody can have left; and a sign-in can be of two gyms.
    assert change(operator, both.ana, is_member=None, is_active=None) == {}
    assert change(operator, both.chiara, user=both.sam.user_id) == {}


def test_an_erased_or_merged_person_stays_so(both: Cast, operator: Client) -> None:
    Membership.across_gyms.filter(pk=both.ana.pk).update(erased_at=timezone.now(), name="")
    Membership.across_gyms.filter(pk=both.ben.pk).update(merged_into=both.chiara.pk)
    for person in (both.ana, both.ben):
        with nothing_written():
            answer = operator.post(url(Membership, "change", of=person), {"name": "Again", "is_member": "on"})
        assert answer.status_code == 403


def test_a_sign_in_is_made_and_changed(both: Cast, operator: Client) -> None:
    answer = operator.post(url(User, "add"), {"email": "New@Rung.example"})
    assert answer.status_code == 302
    new = User.objects.get(email="new@rung.example")
    assert not new.has_usable_password() and not new.is_staff
    EmailAddress.objects.create(user=new, email=new.email, verified=True)
    assert change(operator, new, email="Newer@rung.example", is_staff="on", is_superuser="on", is_demo="on") == {}
    new.refresh_from_db()
    assert (new.email, new.is_staff, new.is_superuser, new.is_demo) == ("newer@rung.example", True, False, False)
    # The former address no longer opens the door.
    assert not EmailAddress.objects.filter(user=new).exists()
    password = reverse("admin:auth_user_password_change", args=[new.pk])
    typed = {"password1": make.PASSWORD, "password2": make.PASSWORD, "usable_password": "true"}
    assert operator.post(password, {**typed, "password2": "another"}).status_code == 200
    assert operator.post(password, typed).status_code == 302
    new.refresh_from_db()
    assert new.check_password(make.PASSWORD)


def test_what_an_address_cannot_be(both: Cast, operator: Client) -> None:
    assert both.ben.user is not None
    for typed in ("ANA@northside.example", "ana@northside.example", "nonsense", ""):
        with nothing_written():
            assert set(change(operator, both.ben.user, email=typed)) == {"email"}
            answer = operator.post(url(User, "add"), {"email": typed})
            assert set(answer.context["adminform"].form.errors) == {"email"}


def test_what_was_changed_is_logged_without_names(both: Cast, operator: Client) -> None:
    assert change(operator, both.ana, name="Ana Anders") == {}
    assert both.ana.user is not None
    assert change(operator, both.ana.user, email="anders@northside.example") == {}
    assert change(operator, both.northside, time_zone="Europe/Paris") == {}
    entries = list(LogEntry.objects.order_by("pk"))
    assert [entry.object_repr for entry in entries] == [
        str(row.pk) for row in (both.ana, both.ana.user, both.northside)
    ]
    assert [json.loads(entry.change_message) for entry in entries] == [
        [{"changed": {"fields": [name]}}] for name in ("Name", "E-mail", "Time zone")
    ]
    assert listed(operator, LogEntry) == {entry.pk for entry in entries}
    assert listed(operator, LogEntry, q=both.ana.pk) == {entries[0].pk}
    said = page(operator, url(Membership, "history", of=both.ana)).text
    assert "root@rung.example" in said and "Changed Name." in said
    assert "Europe/Paris" not in str(LogEntry.objects.values_list())


# --- Who may ---------------------------------------------------------------------------------------------------------


def staff_with(*permissions: str) -> Client:
    """The browser of a member of staff who is no superuser."""
    user = User.objects.create_user("staff@rung.example", make.PASSWORD, is_staff=True)
    group = Group.objects.create(name="Support")
    group.permissions.set(Permission.objects.filter(codename__in=permissions))
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def test_coaches_and_owners_are_sent_to_the_door(both: Cast) -> None:
    """By every address of the admin; see also test_access."""
    clients = [Client(), signed_in(both.carla), signed_in(both.olga)]
    # One page of each kind; what leads to the others is the same door.
    addresses = {reverse("admin:index"), *(url(model) for model in OURS)}
    addresses |= {url(Note, page, of=rows(Note).first()) for page in ("change", "history", "delete")}
    for client in clients:
        for address in addresses:
            answer = client.get(address)
            assert (answer.status_code, "login" in answer.headers["Location"]) == (302, True), address


def test_staff_without_a_right_are_refused(both: Cast) -> None:
    client = staff_with("view_note")
    assert client.get(reverse("admin:index")).status_code == 200
    allowed = {model for model in OURS if client.get(url(model)).status_code == 200}
    assert allowed == {Note}
    with nothing_written():
        for row in (both.ana, both.northside, both.ana.user):
            assert row is not None
            assert client.get(url(type(row), "change", of=row)).status_code == 403
            assert client.post(url(type(row), "change", of=row), {"name": "x"}).status_code == 403


def test_staff_give_themselves_nothing(both: Cast, operator: Client) -> None:
    """Rights to change users are no rights over those who may enter here."""
    client = staff_with("view_user", "change_user", "add_user", "view_membership", "view_logentry")
    root = User.objects.get(email="root@rung.example")
    myself = User.objects.get(email="staff@rung.example")
    with nothing_written():
        for user in (root, myself):
            assert client.post(url(User, "change", of=user), {"email": "mine@rung.example"}).status_code == 403
            password = reverse("admin:auth_user_password_change", args=[user.pk])
            assert client.post(password, {"password1": make.PASSWORD}).status_code == 403
        assert both.ana.user is not None
        assert change(client, both.ana.user, is_staff="on", groups=[Group.objects.get().pk], is_superuser="on") == {}
    # A password is not to be guessed letter by letter.
    for model, lookup in ((User, "password"), (Membership, "user__password"), (LogEntry, "user__password")):
        assert client.get(url(model, **{f"{lookup}__startswith": "md5"})).status_code == 400
    hashed = page(client, url(User, "change", of=root)).text
    assert root.password not in hashed and root.password.rsplit("$", 1)[1] not in hashed


def test_staff_write_themselves_into_nobody(both: Cast, operator: Client) -> None:
    """Neither by an address nor in the place of an owner; nor do they say what their group may."""
    four = [f"{verb}_{model}" for model in ("emailaddress", "group") for verb in ("view", "add", "change", "delete")]
    client = staff_with(*four, "view_membership", "change_membership")
    root = User.objects.get(email="root@rung.example")
    myself = User.objects.get(email="staff@rung.example")
    group = Group.objects.get()
    former = make.person(both.northside, "Stan Staff", ["owner"], user=myself, is_active=False)
    address = EmailAddress.objects.create(user=root, email=root.email, verified=True, primary=True)
    mine = {"user": root.pk, "email": myself.email, "verified": "on", "primary": "on"}
    wide = {"name": "Support", "permissions": list(Permission.objects.values_list("pk", flat=True))}
    with nothing_written():
        for row, values in ((address, mine), (group, wide)):
            assert client.get(url(type(row), user__password__startswith="md5")).status_code == 400
            assert listed(client, type(row)) == {row.pk}
            assert client.get(url(type(row), "change", of=row)).status_code == 200
            for name, of in (("add", None), ("change", row), ("delete", row)):
                assert client.post(url(type(row), name, of=of), {**values, "post": "yes"}).status_code == 403
            for action in ("make_verified", "delete_selected"):
                client.post(url(type(row)), {"action": action, "_selected_action": [row.pk], "post": "yes"})
        takes_nothing(operator, EmailAddress)
        # Whoever has left does not bring themselves back.
        assert client.post(url(Membership, "change", of=former), {"name": "Stan", "is_active": "on"}).status_code == 403
        assert change(client, both.olga, user=myself.pk, is_coach="on", is_member="on") == {}
    # The rest of a person they change, and a superuser what groups may.
    assert change(client, both.olga, nickname="Olly") == {}
    assert Membership.across_gyms.get(pk=both.olga.pk).nickname == "Olly"
    assert change(operator, group, name="Support", permissions=[]) == {}
    assert not group.permissions.exists()
