"""One gym with a past, and any number of gyms like it.

The first gym is the demo’s, every tap of it recorded as from a screen. The others are copies made inside PostgreSQL,
one
INSERT for each row of the first, so that the rows of all gyms lie between each other as they would after years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from gym.models import Gym, Membership, User
from gym.scope import TenantModel, in_gym
from programming import ladder
from programming.demo.gyms import fill_empty_database
from programming.demo.people import HOUSES
from programming.models import Assessment, Attendance, ClassSession, Placement, StageMove, Tap
from programming.models.replaying import standing_events

# Weeks of classes: some 500 assessments of 42 people.
WEEKS = 6
# People on the roster of the class that runs now.
ON_ROSTER = 30
# The last eight of a UUID's digits name the gym; those before tell its rows apart.
KEPT = 28
# Above every gym's number: copies within a gym are numbered from here.
OLDER = 1 << 24
UUID_IN_TEXT = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{4})[0-9a-f]{8}"


def make_one() -> Gym:
    """The first gym: its library, people, classes and taps, and a class of 30 that runs for hours yet."""
    house = replace(HOUSES[0], weeks=WEEKS)
    if not fill_empty_database(timezone.now(), 1, (house,)):
        raise RuntimeError("The database holds gyms already.")
    gym = Gym.objects.get()
    with in_gym(gym):
        session = running_class(gym)
        there = session.attendances.values("member_id")
        others = Membership.objects.current().filter(is_member=True).exclude(pk__in=there).by_name()
        for member in others[: ON_ROSTER - session.attendances.count()]:
            session.add_someone(by=session.coach, member_id=member.pk, name="", key=None)
        ClassSession.objects.filter(pk=session.pk).update(minutes=600)
    return gym


def running_class(gym: Gym) -> ClassSession:
    """The gym's class that runs now; call it inside the gym."""
    recent = ClassSession.objects.between(timezone.now() - timedelta(hours=10), timezone.now())
    sessions = recent.select_related("coach__user", "progression")
    return next(session for session in sessions.reverse() if session.state(timezone.now()) == "running")


def id_in(gym_number: int, row_id: UUID) -> UUID:
    """The id that a row of the first gym has in another."""
    return UUID(f"{str(row_id)[:KEPT]}{gym_number:08x}")


def copied_models() -> list[type[models.Model]]:
    """Everything that a gym consists of; people's sign-ins and the gym itself first."""
    tenants = [model for name in ("gym", "programming") for model in apps.get_app_config(name).get_models()]
    return [Gym, User, *(model for model in tenants if issubclass(model, TenantModel))]


def copy_statement(model: type[models.Model], values: Mapping[str, str]) -> str:
    """The INSERT that copies one row (%s) for every number from %s to %s; `values` say which columns differ and how."""
    columns = [field.column for field in model._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    copied = ", ".join(values.get(column, f'first."{column}"') for column in columns)
    table = model._meta.db_table
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {copied} '  # noqa: S608 - names of our own tables
        f'FROM generate_series(%s, %s) AS nth, "{table}" AS first WHERE first.id = %s'
    )


def numbered(column: str) -> str:
    """An id that differs from the first one's in its last digits."""
    return f"(left(first.\"{column}\"::text, {KEPT}) || lpad(to_hex(nth), 8, '0'))::uuid"


def values_in_copy(model: type[models.Model]) -> dict[str, str]:
    """What differs in another gym: ids and references lead to its own rows, wherever they stand."""
    values = {}
    for field in model._meta.concrete_fields:
        target = field.target_field if isinstance(field, models.ForeignKey) else field
        if isinstance(target, models.UUIDField):
            values[field.column] = numbered(field.column)
        elif isinstance(field, models.JSONField):
            digits = "lpad(to_hex(nth), 8, '0')"
            text = f'first."{field.column}"::text'
            values[field.column] = f"regexp_replace({text}, '{UUID_IN_TEXT}', '\\1' || {digits}, 'g')::jsonb"
        elif field.unique:
            # A gym's address and a person's e-mail.
            values[field.column] = f"'g' || nth || '-' || first.\"{field.column}\""
    return values


def copy_gyms(number: int) -> int:
    """Put `number` copies beside the first gym; answers how many rows that made.

    Only by the owner of the server: references are not checked while copying, because each copy refers to itself as
    the first does. History's triggers stay where they are.
    """
    made = 0
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        for model in copied_models():
            statement = copy_statement(model, values_in_copy(model))
            cursor.execute(f'SELECT id FROM "{model._meta.db_table}" ORDER BY id')  # noqa: S608
            for (row_id,) in cursor.fetchall():
                cursor.execute(statement, [1, number, row_id])
                made += cursor.rowcount
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SET synchronous_commit = on")
        # Else the first queries of a run would meet autovacuum.
        cursor.execute("VACUUM (ANALYZE)")
    return made


def grow_older(session: ClassSession, assessments: int, classes: int) -> None:
    """Let everybody on the roster have been in so many more classes and been seen "the same" so many times more.

    Nobody stands elsewhere for it: it happened in the seconds after they were first placed, where no other tap was.
    Call it inside the gym.
    """
    earlier = f"first.starts_at - (nth - {OLDER}) * interval '1 day'"
    insert_copies(
        ClassSession,
        session.pk,
        classes,
        {"id": numbered("id"), "slot_id": "NULL", "slot_date": "NULL", "starts_at": earlier, "started_at": earlier},
    )
    for attendance in session.attendances.all():
        insert_copies(Attendance, attendance.pk, classes, {"id": numbered("id"), "session_id": numbered("session_id")})
    nth_class = f"{OLDER} + 1 + mod(nth, {classes})"
    one_of_them = f"(left('{session.pk}', {KEPT}) || lpad(to_hex({nth_class}), 8, '0'))::uuid"
    there = session.attendances.values("member_id")
    for move in StageMove.objects.filter(member__in=there, reason=StageMove.Reason.FIRST):
        first = Assessment.objects.filter(member=move.member_id).order_by("at").first()
        if first is None:
            continue
        when = f"'{move.at.isoformat()}'::timestamptz + (nth - {OLDER}) * interval '1 millisecond'"
        both = {"id": numbered("id"), "at": when, "recorded_at": when, "session_id": one_of_them}
        insert_copies(Tap, first.tap_id, assessments, {**both, "key": numbered("key")})
        seen = {"tap_id": numbered("tap_id"), "result": "'seen'", "opening": "NULL"}
        insert_copies(Assessment, first.pk, assessments, {**both, **seen})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def insert_copies(model: type[models.Model], row_id: UUID, number: int, values: Mapping[str, str]) -> None:
    """So many copies of a row, which differ in these columns."""
    with connection.cursor() as cursor:
        cursor.execute(copy_statement(model, values), [OLDER + 1, OLDER + number, row_id])


def misplaced(gym: Gym) -> list[str]:
    """The members of a gym who do not stand where replaying their history puts them."""
    wrong = []
    with in_gym(gym):
        for placement in Placement.objects.select_related("progression", "member"):
            rungs = placement.progression.ladder().ladder
            events = standing_events(placement.member_id, placement.progression)
            if not events or ladder.replay(rungs, events) != placement.position:
                wrong.append(f"{placement.member} of {gym}")
    return wrong


def orphans(gym: Gym) -> list[str]:
    """References of a gym's rows that lead to no row of the same gym."""
    lost = []
    with in_gym(gym):
        for model in copied_models():
            if not issubclass(model, TenantModel):
                continue
            for field in model._meta.concrete_fields:
                target = field.remote_field.model if field.remote_field else None
                if target is None or not issubclass(target, TenantModel):
                    continue
                there = target.across_gyms.filter(pk=OuterRef(field.attname), gym=gym)
                rows = model._default_manager.filter(~Exists(there), **{f"{field.name}__isnull": False})
                if rows.exists():
                    lost.append(f"{model.__name__}.{field.name}")
    return lost
