"""Plain functions that make what a test needs, with defaults for all that it does not care about.

Each says itself which gym it works for, so that a test need not stand in one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.text import slugify

from gym.models import Gym, Membership, Pin, Tablet, User
from gym.scope import TenantModel, in_gym
from programming.library import loader, reader
from programming.models import (
    Attendance,
    ClassSession,
    ClassTemplate,
    LadderDraft,
    Progression,
    Screen,
    Stage,
    TemplateFile,
    WeeklySlot,
)
from programming.models.grouping import GroupTap, Shown
from programming.models.ladder_words import read_ladder
from programming.models.recording import Answer, ScreenTap
from programming.models.stepping import PlanTap
from programming.models.taking_in import begin as begin_file
from programming.models.taking_in import seen, shared, take_in, things_in

PASSWORD = "tall hips, long back"

# What a loaded library is made of, by gym: statements, and the rows for each as the database gave them. Putting these
# back is much faster than loading again.
_loaded: dict[UUID, list[tuple[str, list[tuple[Any, ...]]]]] = {}


def gym(name: str = "Northside Barbell", **fields: Any) -> Gym:
    """A gym whose address is its name."""
    return Gym.objects.create(**{"name": name, "slug": slugify(name), "time_zone": "Europe/London", **fields})


def person(
    house: Gym,
    name: str,
    roles: Iterable[str] = ("member",),
    *,
    email: str = "",
    user: User | None = None,
    **fields: Any,
) -> Membership:
    """Somebody of the gym with some of the roles member, coach, owner; with an e-mail they can sign in."""
    if email:
        user = User.objects.create_user(email, PASSWORD)
    with in_gym(house):
        made: Membership = Membership.objects.create(
            name=name, user=user, **{f"is_{role}": role in roles for role in ("member", "coach", "owner")}, **fields
        )
    made.gym = house
    return made


@cache
def shipped() -> reader.Library:
    """The shipped library, read once."""
    return reader.read_library()


@transaction.atomic
def library(house: Gym) -> None:
    """The shipped library in that gym: loaded the first time, the same rows put back after that."""
    # A gym with the same id may have had an edited ladder in an earlier test.
    read_ladder.cache_clear()
    known = _loaded.get(house.pk)
    if known is None:
        before = {pk for model in _tables() for pk in model.across_gyms.filter(gym=house).values_list("pk", flat=True)}
        loader.load_library(house, shipped())
        _loaded[house.pk] = [_rows(model, house, before) for model in _tables()]
        return
    with connection.cursor() as cursor:
        for put, rows in known:
            cursor.executemany(put, rows)


def _tables() -> list[type[TenantModel]]:
    """The tables of programming."""
    return [model for model in apps.get_app_config("programming").get_models() if issubclass(model, TenantModel)]


def _rows(model: type[TenantModel], house: Gym, before: set[UUID]) -> tuple[str, list[tuple[Any, ...]]]:
    """The statement that puts a row of the table back, and the gym's rows in it but for those from before."""
    new = model.across_gyms.filter(gym=house).exclude(pk__in=before).values_list("pk", flat=True)
    fields = [connection.ops.quote_name(field.column) for field in model._meta.concrete_fields]
    table, columns, places = model._meta.db_table, ", ".join(fields), ", ".join(["%s"] * len(fields))
    wanted, values = new.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} WHERE id IN ({wanted})", values)  # noqa: S608
        return f"INSERT INTO {table} ({columns}) VALUES ({places})", cursor.fetchall()  # noqa: S608


def second_ladder(house: Gym) -> Progression:
    """A ladder of two plain stages beside the hinge: "box-squat" and "goblet-squat". Needs the library."""
    with in_gym(house):
        made: Progression = Progression.objects.create(key="squat", name="Squat", follows_shipped=False)
        for position, key in enumerate(["box-squat", "goblet-squat"]):
            words = {"name": key, "short_name": key, "figure": "wall", "colour": "wall", "faults": ["chin-up"]}
            Stage.objects.create(progression=made, key=key, position=position).revise(**words)
        made.refresh_from_db()
    return made


def changed_ladder(progression: Progression, *, by: Membership) -> None:
    """That ladder, taught anew as it was, and the draft of a further change."""
    now = timezone.now()
    with in_gym(progression.gym_id):
        draft = LadderDraft.of(progression, by=by, at=now)
        draft.publish(shown=draft.version, changes=progression.changes.count(), by=by)
        LadderDraft.of(progression, by=by, at=now)


def template_file(by: Membership) -> TemplateFile:
    """A class template from another gym that an owner looks at: the foundations under another name."""
    with in_gym(by.gym_id):
        said = json.loads(shared(ClassTemplate.objects.get(key="hinge-foundations")))
        said["template"][0] |= {"key": "guest", "name": "Guest <plan>"}
        return begin_file(json.dumps(said).encode(), name="guest.json", by=by, at=timezone.now())


def taken_in(by: Membership) -> TemplateFile:
    """The same, taken in."""
    looked_at = template_file(by)
    with in_gym(by.gym_id):
        things, _tables, _gym = things_in(looked_at)
        return take_in(looked_at.pk, {}, was=seen(things), by=by, at=timezone.now())


def class_session(
    house: Gym, people: Iterable[Membership] = (), *, coach: Membership | None = None, **fields: Any
) -> ClassSession:
    """A class of today with these people on its roster, on the hinge ladder: since ten minutes, or midnight."""
    now = timezone.localtime(timezone=house.zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begun = {"starts_at": max(now - timedelta(minutes=10), midnight), **fields}
    with in_gym(house):
        template = ClassTemplate.objects.select_related("progression").get(key="hinge-foundations")
        session = ClassSession.begin(template, coach=coach, **begun)
        for member in people:
            roster(session, member)
    return session


def weekly_slot(session: ClassSession, **fields: Any) -> WeeklySlot:
    """The slot that this class comes round in: Mondays at six in the evening."""
    with in_gym(session.gym_id):
        slot: WeeklySlot = WeeklySlot.objects.create(
            **{"weekday": 0, "starts": time(18), "template": session.template, "coach": session.coach, **fields}
        )
        session.slot, session.slot_date = slot, session.starts_at.date()
        session.save(update_fields=["slot", "slot_date"])
    return slot


def screen(house: Gym, by: Membership, *, name: str = "Front wall", room: str = "") -> tuple[Screen, str]:
    """A TV of the gym and the token of its link."""
    with in_gym(house):
        return Screen.make(name=name, room=room, by=by)


def pin(coach: Membership, digits: str) -> str:
    """That coach's PIN."""
    with in_gym(coach.gym):
        Pin.choose(coach, digits, at=timezone.now())
    return digits


def tablet(house: Gym, by: Membership, *, name: str = "Rack tablet") -> tuple[Tablet, str]:
    """A tablet of the gym and the secret in its cookie."""
    with in_gym(house):
        return Tablet.enrol(name=name, by=by, at=timezone.now())


def roster(session: ClassSession, member: Membership, state: str = Attendance.State.HERE) -> Attendance:
    """That person on the class's roster."""
    with in_gym(session.gym):
        attendance: Attendance = Attendance.objects.create(session=session, member=member, state=state)
    return attendance


def screen_tap(
    kind: str,
    member: Membership,
    *,
    by: Membership,
    key: UUID | None = None,
    seen: int | None = None,
    age: timedelta = timedelta(),
    also: Iterable[Membership] = (),
    **values: Any,
) -> ScreenTap:
    """A tap as a screen sends it; `values` are those of its kind."""
    named = {"key": key} if key else {}
    others = tuple(each.pk for each in also)
    return ScreenTap(kind=kind, member_id=member.pk, by=by, values=values, seen=seen, age=age, also=others, **named)


def tap(
    session: ClassSession,
    member: Membership,
    kind: str,
    *,
    by: Membership,
    after: float | None = None,
    arrives: float | None = None,
    **more: Any,
) -> Answer:
    """Let a tap arrive at the class.

    `after` is when the finger landed and `arrives` when the tap came in, in seconds since the class began.
    Without `after` it is now; without `arrives` the tap came in at once. Further arguments as for screen_tap().
    """
    landed = timezone.now() if after is None else moment(session, after)
    arrived = landed if arrives is None else moment(session, arrives)
    sent = screen_tap(kind, member, by=by, age=arrived - landed, **more)
    with in_gym(session.gym):
        return session.record_tap(sent, now=arrived)


def step(
    session: ClassSession,
    wanted: str,
    *,
    by: Membership,
    after: float | None = None,
    arrives: float | None = None,
    key: UUID | None = None,
    shown: Any = None,
    **values: Any,
) -> Answer:
    """Let a step of the plan arrive at the class; times as for tap(). `values` are those of what is wanted."""
    landed = timezone.now() if after is None else moment(session, after)
    arrived = landed if arrives is None else moment(session, arrives)
    named = {"key": key} if key else {}
    sent = PlanTap(wanted=wanted, by=by, values=values, shown=shown, age=arrived - landed, **named)
    with in_gym(session.gym):
        return session.record_step(sent, now=arrived)


def several(
    session: ClassSession,
    people: Iterable[Membership],
    *,
    by: Membership,
    after: float | None = None,
    arrives: float | None = None,
    key: UUID | None = None,
    rest: bool = False,
    **values: str,
) -> Answer:
    """Let a tap for several people arrive at the class; times as for tap()."""
    landed = timezone.now() if after is None else moment(session, after)
    arrived = landed if arrives is None else moment(session, arrives)
    shown = dict.fromkeys((person.pk for person in people), Shown())
    named = {"key": key} if key else {}
    sent = GroupTap(by=by, people=shown, values=values, age=arrived - landed, is_rest=rest, **named)
    with in_gym(session.gym):
        return session.record_several(sent, now=arrived)


def moment(session: ClassSession, seconds: float) -> datetime:
    """That many seconds after the class began."""
    return session.starts_at + timedelta(seconds=seconds)


def place(
    session: ClassSession, member: Membership, stage: str, *, by: Membership, after: float | None = None
) -> Answer:
    """Put a member on a stage."""
    return tap(session, member, "stage", by=by, after=after, stage=stage)


def row_count(model: type[models.Model]) -> int:
    """How many rows the table has, of all gyms."""
    return getattr(model, "across_gyms", model._default_manager).count()
